//! The `metadata` record that closes a group and holds the capture's row.

use std::str::FromStr;

use thresh_types::{Capture, CaptureKind, HttpHead, Sha256Hash, Timestamp, Truncation, Validators};

use crate::state::Stored;
use crate::warc::{Fields, Place};

/// First field of a mark, and the format number of what follows.
const MARK: &str = "thresh-mark";
const FORMAT: &str = "1";

/// The row of a capture, as it stands in the WARC.
#[derive(Debug, Clone)]
pub(crate) struct Mark {
    pub(crate) stored: Stored,
}

/// What a `metadata` record says.
#[derive(Debug, Clone)]
pub(crate) enum Reading {
    /// It closes the group of a capture.
    Capture(Box<Stored>),
    /// It closes records that are no captures.
    Companions,
    /// It is no mark.
    Other,
}

impl Mark {
    pub(crate) fn new(capture: Capture, warc: &str, place: Place, warc_date: Timestamp) -> Self {
        let capture = Capture {
            warc: warc.to_owned(),
            offset: place.offset,
            length: place.length,
            ..capture
        };
        let stored = Stored {
            capture,
            warc_date: crate::warc::whole_seconds(warc_date),
            validators: Validators::default(),
            depth: 0,
        };
        Self { stored }.normal()
    }

    pub(crate) fn with_validators(mut self, head: &HttpHead) -> Self {
        self.stored.validators = Validators {
            etag: head.header("etag"),
            last_modified: head.header("last-modified"),
        };
        self.normal()
    }

    pub(crate) const fn with_depth(mut self, depth: u32) -> Self {
        self.stored.depth = depth;
        self
    }

    /// Returns what a reader will make of the mark: so the row that is kept now is the row that a
    /// rebuild finds.
    fn normal(self) -> Self {
        let fields = Fields::parse(self.to_block().as_bytes());
        let stored = read_stored(&fields, self.stored.warc_date).unwrap_or(self.stored);
        Self { stored }
    }

    pub(crate) fn to_block(&self) -> String {
        let Stored {
            capture,
            validators,
            depth,
            ..
        } = &self.stored;
        let mut fields = Fields::new();
        fields.push(MARK, FORMAT);
        fields.push("warc", &capture.warc);
        fields.push("offset", capture.offset.to_string());
        fields.push("length", capture.length.to_string());
        fields.push("site", capture.site.as_str());
        fields.push("kind", capture.kind.as_str());
        fields.push("url", &capture.url);
        fields.push("final-url", &capture.final_url);
        fields.push("status", capture.status.to_string());
        fields.push("media-type", &capture.media_type);
        fields.push_some("charset", capture.charset.as_ref());
        fields.push_some("fetched-at", capture.fetched_at.map(|t| t.to_string()));
        fields.push("sha256", capture.sha256.to_string());
        fields.push("payload-sha256", capture.payload_digest.to_string());
        fields.push("bytes", capture.bytes.to_string());
        fields.push_some("truncated", capture.truncated.map(Truncation::as_str));
        fields.push_some("revisit", capture.revisit.then_some("yes"));
        fields.push_some("import-id", capture.import_id.as_deref().map(quoted));
        fields.push_some("location", capture.location.as_ref());
        fields.push_some("etag", validators.etag.as_deref().map(quoted));
        fields.push_some(
            "last-modified",
            validators.last_modified.as_deref().map(quoted),
        );
        fields.push("depth", depth.to_string());
        fields.to_block()
    }
}

/// Returns the block of a mark that closes `count` records which are no captures.
pub(super) fn companion_block(count: u64) -> String {
    let mut fields = Fields::new();
    fields.push(MARK, FORMAT);
    fields.push("companions", count.to_string());
    fields.to_block()
}

/// Reads the block of a `metadata` record of the file `warc`, with the record's date.
pub(crate) fn read_mark(block: &[u8], warc: &str, date: Timestamp) -> Reading {
    if !block.starts_with(MARK.as_bytes()) {
        return Reading::Other;
    }
    let fields = Fields::parse(block);
    if fields.get(MARK) != Some(FORMAT) {
        return Reading::Other;
    }
    if fields.get("companions").is_some() {
        return Reading::Companions;
    }
    match read_stored(&fields, date) {
        Some(stored) if stored.capture.warc == warc => Reading::Capture(Box::new(stored)),
        _ => Reading::Other,
    }
}

/// Returns whether the block is a mark, of whichever archive.
pub(crate) fn is_mark(block: &[u8]) -> bool {
    block.starts_with(b"thresh-mark:")
}

fn read_stored(fields: &Fields, warc_date: Timestamp) -> Option<Stored> {
    fn number<T: FromStr>(fields: &Fields, name: &str) -> Option<T> {
        fields.get(name)?.parse().ok()
    }
    let text = |name: &str| fields.get(name).map(str::to_owned);
    let capture = Capture {
        url: text("url")?,
        final_url: text("final-url")?,
        status: number(fields, "status")?,
        media_type: text("media-type")?,
        charset: text("charset"),
        fetched_at: number(fields, "fetched-at"),
        sha256: number::<Sha256Hash>(fields, "sha256")?,
        payload_digest: number(fields, "payload-sha256")?,
        bytes: number(fields, "bytes")?,
        warc: text("warc")?,
        offset: number(fields, "offset")?,
        length: number(fields, "length")?,
        site: number(fields, "site")?,
        truncated: fields.get("truncated").and_then(truncation),
        kind: fields.get("kind").and_then(kind)?,
        revisit: fields.get("revisit") == Some("yes"),
        import_id: fields.get("import-id").and_then(unquoted),
        location: text("location"),
    };
    Some(Stored {
        capture,
        warc_date,
        validators: Validators {
            etag: fields.get("etag").and_then(unquoted),
            last_modified: fields.get("last-modified").and_then(unquoted),
        },
        depth: number(fields, "depth").unwrap_or(0),
    })
}

/// Reads what [`CaptureKind::as_str`] writes.
pub(crate) fn kind(text: &str) -> Option<CaptureKind> {
    use CaptureKind::{Page, Redirect, Robots, Sitemap};
    [Page, Robots, Sitemap, Redirect]
        .into_iter()
        .find(|kind| kind.as_str() == text)
}

/// Reads what [`Truncation::as_str`] writes; other values of `WARC-Truncated` are unspecified.
pub(crate) fn truncation(text: &str) -> Option<Truncation> {
    use Truncation::{Disconnect, Length, Time, Unspecified};
    let known = [Length, Time, Disconnect]
        .into_iter()
        .find(|truncation| truncation.as_str().eq_ignore_ascii_case(text));
    (!text.is_empty()).then_some(known.unwrap_or(Unspecified))
}

/// Returns text that any value survives in: JSON keeps line breaks and outer spaces.
fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

fn unquoted(text: &str) -> Option<String> {
    serde_json::from_str(text).ok()
}
