//! What the archive knows of one exchange.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{CanonicalUrl, Sha256Hash, SiteId, TaskKind};

/// What a captured exchange was.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum CaptureKind {
    /// A page or file, with any final status.
    Page,
    /// A robots.txt.
    Robots,
    /// A sitemap or feed.
    Sitemap,
    /// A redirect.
    Redirect,
    /// An origin's word on text and data mining: `/.well-known/tdmrep.json`.
    Tdmrep,
}

impl CaptureKind {
    /// Returns the kind as `captures` prints it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Page => "page",
            Self::Robots => "robots",
            Self::Sitemap => "sitemap",
            Self::Redirect => "redirect",
            Self::Tdmrep => "tdmrep",
        }
    }
}

/// The path at which an origin says whether it reserves text and data mining (the TDM Reservation Protocol's file).
pub const TDMREP_PATH: &str = "/.well-known/tdmrep.json";

/// Why a body is not whole; the values of `WARC-Truncated` (ISO 28500 §5.13).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Truncation {
    /// A size limit was reached.
    Length,
    /// A time limit was reached.
    Time,
    /// The connection ended before the announced length.
    Disconnect,
    /// Another reason.
    Unspecified,
}

impl Truncation {
    /// Returns the value of `WARC-Truncated`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Length => "length",
            Self::Time => "time",
            Self::Disconnect => "disconnect",
            Self::Unspecified => "unspecified",
        }
    }
}

/// A page that leads on by itself: `<meta http-equiv=refresh>` or the header `Refresh`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refresh {
    /// After how many seconds.
    pub seconds: u64,
    /// Where to, absolute; none where the page reloads itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub target: Option<String>,
}

/// What a page and its headers say to crawlers, as it was seen. All of it is the page's own claim, of
/// bounded length.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PageSignals {
    /// The rules of robots meta, `X-Robots-Tag` and TDM reservation that address everybody or this
    /// crawler, each with the place where it stood: `meta robots: noindex`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub directives: Vec<String>,
    /// The address that the page calls its own, absolute; none where it names several.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub canonical: Option<String>,
    /// Where the page leads by itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub refresh: Option<Refresh>,
    /// What the page has its relative links resolved against, absolute.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub base: Option<String>,
    /// The terms of text and data mining that the page names, absolute.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tdm_policy: Option<String>,
}

impl PageSignals {
    /// Returns whether nothing was seen.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// One exchange in the archive: a row of `thresh captures`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Capture {
    /// The address that was asked for first, before redirects; for imports the address given, or
    /// empty where none is known.
    pub url: String,
    /// The address that answered.
    pub final_url: String,
    /// The HTTP status; 200 for imported files.
    pub status: u16,
    /// The media type, lower case, without parameters.
    pub media_type: String,
    /// The `charset` parameter, as declared.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub charset: Option<String>,
    /// When it was fetched; unknown for imports that do not say.
    pub fetched_at: Option<Timestamp>,
    /// Digest of the decoded body.
    pub sha256: Sha256Hash,
    /// Digest of the payload as the WARC has it (content codings as sent).
    pub payload_digest: Sha256Hash,
    /// Length of the payload in bytes.
    pub bytes: u64,
    /// The WARC file's name.
    pub warc: String,
    /// Where the compressed member starts in it, in bytes.
    pub offset: u64,
    /// Length of the compressed member in bytes.
    pub length: u64,
    /// The site.
    pub site: SiteId,
    /// Why the body is not whole, where it is not.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub truncated: Option<Truncation>,
    /// What the exchange was.
    pub kind: CaptureKind,
    /// Whether the record only says that the payload is still the one recorded before.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub revisit: bool,
    /// The identifier that an import gave.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub import_id: Option<String>,
    /// The target of a redirect, as an absolute address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub location: Option<String>,
    /// What the page says to crawlers; nothing but for pages.
    #[serde(flatten)]
    pub signals: PageSignals,
}

impl Capture {
    /// Returns what the address was asked as, as far as the capture tells: a redirect is one of pages,
    /// unless the address first asked has a name of its own. None for robots.txt, which is no task.
    pub fn asked_as(&self) -> Option<TaskKind> {
        let first = || self.url.parse::<CanonicalUrl>().ok();
        match self.kind {
            CaptureKind::Page => Some(TaskKind::Page),
            CaptureKind::Sitemap => Some(TaskKind::Sitemap),
            CaptureKind::Tdmrep => Some(TaskKind::Tdmrep),
            CaptureKind::Robots => None,
            CaptureKind::Redirect => match first().as_ref().map(CanonicalUrl::path_and_query) {
                Some("/robots.txt") => None,
                Some(TDMREP_PATH) => Some(TaskKind::Tdmrep),
                _ => Some(TaskKind::Page),
            },
        }
    }
}
