//! What the archive knows of one exchange.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{Sha256Hash, SiteId};

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
}

impl CaptureKind {
    /// Returns the kind as `captures` prints it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Page => "page",
            Self::Robots => "robots",
            Self::Sitemap => "sitemap",
            Self::Redirect => "redirect",
        }
    }
}

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
}
