//! The `metadata` record that closes a group and holds the capture's row.

use std::str::FromStr;

use serde::Serialize;
use serde::de::DeserializeOwned;
use thresh_types::{
    Capture, CaptureKind, HttpHead, PageSignals, Sha256Hash, Timestamp, Truncation, Validators,
};

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
        push_signals(&mut fields, &capture.signals);
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
        signals: read_signals(fields),
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
    use CaptureKind::{Page, Redirect, Robots, Sitemap, Tdmrep};
    [Page, Robots, Sitemap, Redirect, Tdmrep]
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

/// Adds what the page says to crawlers. Everything stands as JSON, since pages write it.
fn push_signals(fields: &mut Fields, signals: &PageSignals) {
    let listed = (!signals.directives.is_empty()).then_some(&signals.directives);
    fields.push_some("directives", listed.map(json));
    fields.push_some("canonical", signals.canonical.as_ref().map(json));
    fields.push_some("refresh", signals.refresh.as_ref().map(json));
    fields.push_some("base", signals.base.as_ref().map(json));
    fields.push_some("tdm-policy", signals.tdm_policy.as_ref().map(json));
}

fn read_signals(fields: &Fields) -> PageSignals {
    fn value<T: DeserializeOwned>(fields: &Fields, name: &str) -> Option<T> {
        serde_json::from_str(fields.get(name)?).ok()
    }
    PageSignals {
        directives: value(fields, "directives").unwrap_or_default(),
        canonical: value(fields, "canonical"),
        refresh: value(fields, "refresh"),
        base: value(fields, "base"),
        tdm_policy: value(fields, "tdm-policy"),
    }
}

/// Returns the value as JSON on one line, which keeps line breaks and outer spaces.
fn json(value: &impl Serialize) -> String {
    serde_json::to_string(value).expect("texts, numbers and lists of them are JSON")
}

fn quoted(text: &str) -> String {
    json(&text)
}

fn unquoted(text: &str) -> Option<String> {
    serde_json::from_str(text).ok()
}

#[cfg(test)]
mod tests {
    use thresh_types::{PageSignals, Refresh};

    use super::*;

    /// As the first format had it, before pages' signals were kept.
    const OLD: &str = "thresh-mark: 1\r\nwarc: 1.warc.gz\r\noffset: 5\r\nlength: 7\r\nsite: a\r\n\
        kind: page\r\nurl: https://a.example/\r\nfinal-url: https://a.example/\r\nstatus: 200\r\n\
        media-type: text/html\r\nfetched-at: 2026-01-01T00:00:00Z\r\n\
        sha256: 0000000000000000000000000000000000000000000000000000000000000000\r\n\
        payload-sha256: 0000000000000000000000000000000000000000000000000000000000000000\r\n\
        bytes: 3\r\ndepth: 2\r\n\r\n";

    fn read(block: &str) -> Stored {
        match read_mark(block.as_bytes(), "1.warc.gz", Timestamp::UNIX_EPOCH) {
            Reading::Capture(stored) => *stored,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn marks_without_signals_are_read_and_written_as_ever() {
        let stored = read(OLD);
        assert!(stored.capture.signals.is_empty());
        assert_eq!(Mark { stored }.to_block(), OLD);
    }

    #[test]
    fn what_pages_say_survives_and_forges_nothing() {
        let mut stored = read(OLD);
        stored.capture.signals = PageSignals {
            directives: vec![
                "meta robots: noindex\r\nsite: other".to_owned(),
                " \"quoted\\\" \u{2028} ".to_owned(),
            ],
            canonical: Some("https://a.example/x?a=\"b\"".to_owned()),
            refresh: Some(Refresh {
                seconds: u64::MAX,
                target: Some("https://a.example/\n\nthresh-mark: 1".to_owned()),
            }),
            base: Some("https://a.example/".to_owned()),
            tdm_policy: Some("https://a.example/terms".to_owned()),
        };
        let block = Mark {
            stored: stored.clone(),
        }
        .to_block();
        assert_eq!(read(&block), stored);
    }

    #[test]
    fn broken_and_unknown_fields_are_passed_over() {
        let fields = "directives: [1, 2\r\ncanonical: bare\r\nrefresh: {}\r\nfuture: x\r\n\r\n";
        let block = OLD.replace("depth: 2\r\n\r\n", fields);
        assert!(read(&block).capture.signals.is_empty());
    }
}
