//! Addresses as the frontier takes and gives them.

use serde::Serialize;
use thresh_types::{CanonicalUrl, SiteId, TaskKind, Timestamp, Validators};

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
    pub(super) const fn of(code: i64) -> Self {
        match code {
            0 => Self::Queued,
            1 => Self::Done,
            2 => Self::Refused,
            _ => Self::Waiting,
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
    /// How many links away from the seeds.
    pub depth: u32,
    /// The status of its last answer.
    pub status: Option<u16>,
    /// When to ask again.
    pub next_due: Option<Timestamp>,
}
