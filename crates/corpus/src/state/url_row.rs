//! Addresses as the frontier takes and gives them.

use serde::Serialize;
use thresh_types::{CanonicalUrl, Discovery, SiteId, TaskKind, Timestamp, Validators};

/// Where an address stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum State {
    /// To be fetched.
    Queued,
    /// To be fetched, not before its time.
    Waiting,
    /// Fetched.
    Done,
    /// Refused; asked again by the next [`crate::Frontier::make_due`].
    Refused,
}

impl State {
    pub(super) const ALL: [Self; 4] = [Self::Queued, Self::Waiting, Self::Done, Self::Refused];

    pub(super) const fn of(code: i64) -> Self {
        match code {
            0 => Self::Queued,
            1 => Self::Done,
            2 => Self::Refused,
            _ => Self::Waiting,
        }
    }

    pub(super) const fn code(self) -> usize {
        match self {
            Self::Queued => 0,
            Self::Done => 1,
            Self::Refused => 2,
            Self::Waiting => 3,
        }
    }
}

/// An address that was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewUrl {
    /// The address.
    pub url: CanonicalUrl,
    /// The site that it belongs to.
    pub site: SiteId,
    /// What it is for.
    pub kind: TaskKind,
    /// How many links away from the seeds.
    pub depth: u32,
    /// How many redirects led here without a page between.
    pub redirects: u8,
    /// The first address of the redirects that led here.
    pub requested: Option<CanonicalUrl>,
    /// Lower is taken first; equal ones in the order of their finding.
    pub priority: i32,
    /// How it came to be known. Of the context, [`CONTEXT_CHARS`] characters are kept.
    pub discovery: Discovery,
    /// Whether somebody vouches for it, as a seed, a person or a sitemap does: then it is queued also
    /// where it is held.
    pub vouched: bool,
}

/// Characters of a link's words that the frontier keeps.
pub const CONTEXT_CHARS: usize = 100;

/// What the looks at an address have shown of how it changes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct History {
    /// How often it was looked at after the first time.
    pub looks: u32,
    /// How many of those looks found it changed.
    pub changes: u32,
    /// How long it was watched without a change being missed, in seconds: whole waits that ended without a
    /// change, and of those that ended with one the time up to where the first is to be expected.
    pub exposed: u64,
    /// The newest time of a change that a sitemap or a feed told of it.
    pub listed_at: Option<Timestamp>,
    /// What such words were worth so far: true alarms less false ones. At [`DISTRUSTED`] and below they
    /// do not make the address due.
    pub trust: i32,
}

/// From this [`History::trust`] on downwards, what sitemaps and feeds tell of an address is passed over.
pub const DISTRUSTED: i32 = -2;

/// What is known of an address before a capture of it is taken in.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Past {
    /// What the looks before have shown.
    pub history: History,
    /// When it was last fetched.
    pub fetched_at: Option<Timestamp>,
    /// When its content last changed, as far as is known.
    pub changed_at: Option<Timestamp>,
}

/// An address whose turn it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QueuedUrl {
    /// The row's number.
    pub id: i64,
    /// The address.
    pub url: CanonicalUrl,
    /// The site that it belongs to.
    pub site: SiteId,
    /// What it is for.
    pub kind: TaskKind,
    /// How many links away from the seeds.
    pub depth: u32,
    /// How many redirects led here without a page between.
    pub redirects: u8,
    /// The first address of the redirects that led here.
    pub requested: Option<CanonicalUrl>,
    /// What to send for a conditional request.
    pub validators: Validators,
    /// How often it was tried in vain.
    pub attempts: u32,
    /// When its content last changed, as far as is known.
    pub changed_at: Option<Timestamp>,
    /// When it was last fetched.
    pub fetched_at: Option<Timestamp>,
    /// How it came to be known.
    pub discovery: Discovery,
    /// Whether somebody vouches for it.
    pub vouched: bool,
    /// What the looks before have shown.
    pub history: History,
    /// The status of its last answer.
    pub status: Option<u16>,
}

/// How a fetch ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Done {
    /// The status.
    pub status: u16,
    /// The entity tag to send next time.
    pub etag: Option<String>,
    /// The `Last-Modified` to send next time.
    pub last_modified: Option<String>,
    /// Whether the content differs from last time.
    pub changed: bool,
    /// When it was fetched.
    pub at: Timestamp,
    /// When to ask again; `None` only when everything is asked again.
    pub next_due: Option<Timestamp>,
    /// What the looks have shown, this one included.
    pub history: History,
}

/// Which fetched addresses to ask again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Due {
    /// All of them.
    All,
    /// Those whose time has come.
    At(Timestamp),
}

/// How many addresses of a site are in a state.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Count {
    /// The site.
    pub site: SiteId,
    /// The state.
    pub state: State,
    /// How many.
    pub rows: u64,
}

/// The frontier of one site, for `status`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SiteSummary {
    /// The site.
    pub site: SiteId,
    /// To be fetched.
    pub queued: u64,
    /// To be fetched later.
    pub waiting: u64,
    /// Fetched.
    pub done: u64,
    /// Refused.
    pub refused: u64,
    /// Of those refused: until somebody vouches for them.
    pub held: u64,
    /// Fetched, and due again.
    pub due: u64,
    /// When the next fetched address is due.
    pub next_due: Option<Timestamp>,
}

/// What is known of an address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KnownUrl {
    /// The row's number.
    pub id: i64,
    /// Where it stands.
    pub state: State,
    /// Whether it is refused until somebody vouches for it.
    pub held: bool,
    /// How many links away from the seeds.
    pub depth: u32,
    /// The status of its last answer.
    pub status: Option<u16>,
    /// When to ask again.
    pub next_due: Option<Timestamp>,
}
