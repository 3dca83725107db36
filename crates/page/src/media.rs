//! What kind of thing a body is.
//!
//! The server's `Content-Type` speaks first and is not believed where the bytes say otherwise: error
//! pages come as `application/pdf`, pages as `text/plain`, feeds as `text/html`. The signatures are
//! those of the MIME Sniffing Standard, with the differences that a crawler wants: XML is looked
//! into, and Word documents are told from other archives. The ending of the address counts only
//! where neither header nor bytes decide.

use serde::{Deserialize, Serialize};
use thresh_types::CanonicalUrl;

use crate::signature::{self, Shape};

/// What a body is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum MediaKind {
    /// HTML or XHTML.
    Html,
    /// Plain text.
    Text,
    /// PDF.
    Pdf,
    /// XML that is not XHTML: feeds, sitemaps.
    Xml,
    /// JSON.
    Json,
    /// A picture.
    Image,
    /// A Word document (Office Open XML).
    Docx,
    /// Anything else.
    Other,
}

const DOCX: &str = "application/vnd.openxmlformats-officedocument.wordprocessingml.document";

/// Endings of addresses and what they promise.
const ENDINGS: &[(&str, MediaKind)] = &[
    ("html", MediaKind::Html),
    ("htm", MediaKind::Html),
    ("xhtml", MediaKind::Html),
    ("shtml", MediaKind::Html),
    ("php", MediaKind::Html),
    ("asp", MediaKind::Html),
    ("aspx", MediaKind::Html),
    ("jsp", MediaKind::Html),
    ("txt", MediaKind::Text),
    ("text", MediaKind::Text),
    ("md", MediaKind::Text),
    ("xml", MediaKind::Xml),
    ("rss", MediaKind::Xml),
    ("atom", MediaKind::Xml),
    ("json", MediaKind::Json),
    ("pdf", MediaKind::Pdf),
    ("docx", MediaKind::Docx),
];

impl MediaKind {
    /// Returns what `body` is, and its media type in lower case without parameters: the declared
    /// one where the bytes do not contradict it.
    pub fn of(
        content_type: Option<&str>,
        url: Option<&CanonicalUrl>,
        body: &[u8],
    ) -> (Self, String) {
        let declared = content_type.and_then(essence);
        let promised = declared.as_deref().and_then(Self::promised_by);
        let ending = url.and_then(|url| ending_of(url.as_url().path()));
        let wide = content_type.is_some_and(|c| c.to_ascii_lowercase().contains("utf-16"));
        let shape = match signature::of(body) {
            // Every other byte of UTF-16 is zero.
            Shape::Binary if wide => Shape::Text,
            shape => shape,
        };
        let kind = decide(promised, ending, shape, body);
        let media_type = match declared {
            Some(declared) if Self::promised_by(&declared).unwrap_or(Self::Other) == kind => {
                declared
            }
            _ => shape.media_type().unwrap_or(kind.media_type()).to_owned(),
        };
        (kind, media_type)
    }

    /// Returns the usual media type of the kind.
    pub const fn media_type(self) -> &'static str {
        match self {
            Self::Html => "text/html",
            Self::Text => "text/plain",
            Self::Pdf => "application/pdf",
            Self::Xml => "application/xml",
            Self::Json => "application/json",
            Self::Image => "image/*",
            Self::Docx => DOCX,
            Self::Other => "application/octet-stream",
        }
    }

    /// Returns what a media type promises; none for the types that servers give to what they do not
    /// know.
    fn promised_by(media_type: &str) -> Option<Self> {
        Some(match media_type {
            "text/html" | "application/xhtml+xml" | "application/vnd.wap.xhtml+xml" => Self::Html,
            "application/pdf" | "application/x-pdf" => Self::Pdf,
            "application/json" | "text/json" => Self::Json,
            "text/xml" | "application/xml" => Self::Xml,
            DOCX => Self::Docx,
            "text/css"
            | "text/javascript"
            | "text/csv"
            | "text/calendar"
            | "text/vcard"
            | "text/rtf"
            | "text/tab-separated-values" => Self::Other,
            "application/octet-stream"
            | "binary/octet-stream"
            | "application/unknown"
            | "unknown/unknown"
            | "application/download"
            | "application/force-download"
            | "application/x-download"
            | "*/*" => return None,
            other if other.starts_with("image/") => Self::Image,
            other if other.ends_with("+xml") => Self::Xml,
            other if other.ends_with("+json") => Self::Json,
            other if other.starts_with("text/") => Self::Text,
            _ => Self::Other,
        })
    }
}

/// Weighs the three witnesses.
fn decide(
    promised: Option<MediaKind>,
    ending: Option<MediaKind>,
    shape: Shape,
    body: &[u8],
) -> MediaKind {
    use MediaKind::{Docx, Html, Json, Other, Text, Xml};
    let listing = promised == Some(Text) && ending == Some(Text);
    match (shape, promised) {
        // The source of a page, shown as text: header and address agree.
        (Shape::Page | Shape::Fragment | Shape::Xhtml | Shape::Feed(_), _) if listing => Text,
        (Shape::Empty, _) => promised.or(ending).unwrap_or(Other),
        (Shape::Magic(kind, _), _) => kind,
        (Shape::Archive, _) if signature::is_word(body) => Docx,
        (Shape::Archive, _) => Other,
        (Shape::Page | Shape::Xhtml, _) => Html,
        (Shape::Feed(_), _) => Xml,
        (Shape::Svg, Some(Html)) => Html,
        (Shape::Svg, _) => MediaKind::Image,
        // A lone tag at the start does not overrule a header that says what else it is.
        (Shape::Fragment, None | Some(Html | MediaKind::Pdf | MediaKind::Image | Docx)) => Html,
        (Shape::Fragment, Some(promised)) => promised,
        (Shape::Xml, None | Some(Html | Text)) => Xml,
        (Shape::Json, None | Some(Html)) => Json,
        (Shape::Binary, None | Some(Html | Text | Xml | Json)) => Other,
        (Shape::Binary | Shape::Xml | Shape::Json | Shape::Text, Some(promised)) => promised,
        (Shape::Text, None) => ending.unwrap_or(Text),
    }
}

/// Returns type and subtype of a `Content-Type`, lower case; none where it has no such form.
fn essence(content_type: &str) -> Option<String> {
    let value = content_type.split([';', ',']).next()?.trim();
    let (kind, subtype) = value.split_once('/')?;
    let is_token = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_graphic());
    (is_token(kind) && is_token(subtype)).then(|| value.to_ascii_lowercase())
}

fn ending_of(path: &str) -> Option<MediaKind> {
    let name = path.rsplit('/').next()?;
    let (_, ending) = name.rsplit_once('.')?;
    ENDINGS
        .iter()
        .find(|(known, _)| ending.eq_ignore_ascii_case(known))
        .map(|&(_, kind)| kind)
}
