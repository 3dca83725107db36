//! The `metadata` record that closes a group and holds the capture's row.

use std::fmt::Write as _;
use std::str::FromStr;

use serde::Serialize;
use serde::de::DeserializeOwned;
use thresh_types::{
    Capture, CaptureKind, HttpHead, PageSignals, Sha256Hash, Timestamp, Truncation, Validators,
};

use crate::state::Stored;
use crate::warc::{Fields, Place, is_kept_as_it_is};

/// First field of a mark, and the format number of what follows.
const MARK: &str = "thresh-mark";
const FORMAT: &str = "1";

/// The field with the head of a 304.
const REVISIT_HEAD: &str = "revisit-head";

/// The row of a capture, as it stands in the WARC.
#[derive(Debug, Clone)]
pub(crate) struct Mark {
    stored: Stored,
    /// The head of a 304 whose record has an empty block: no part of the row.
    head: Option<String>,
    /// Why the capture was made: no part of the row.
    why: Fields,
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
        Self {
            stored,
            head: None,
            why: Fields::new(),
        }
    }

    pub(crate) fn with_validators(mut self, head: &HttpHead) -> Self {
        self.stored.validators = Validators {
            etag: head.header("etag"),
            last_modified: head.header("last-modified"),
        };
        self
    }

    pub(crate) const fn with_depth(mut self, depth: u32) -> Self {
        self.stored.depth = depth;
        self
    }

    pub(crate) fn with_revisit_head(mut self, head: Option<&Vec<u8>>) -> Self {
        self.head = head.map(|head| quoted_bytes(head));
        self
    }

    pub(crate) fn because(mut self, why: Fields) -> Self {
        self.why = why;
        self
    }

    /// Returns what a reader will make of the mark, and its block: so the row that is kept now is the
    /// row that a rebuild finds.
    pub(crate) fn seal(self) -> (Stored, String) {
        let block = self.to_block();
        if self.reads_as_it_is() {
            return (self.stored, block);
        }
        match read_stored(&Fields::parse(block.as_bytes()), self.stored.warc_date) {
            Some(stored) if stored != self.stored => {
                let mark = Self { stored, ..self };
                let block = mark.to_block();
                (mark.stored, block)
            }
            _ => (self.stored, block),
        }
    }

    /// Returns whether it is plain that a reader will make the same row of it: all that is text in it is
    /// printable ASCII without outer spaces. Numbers, digests and the like are read as they were.
    fn reads_as_it_is(&self) -> bool {
        let Stored {
            capture,
            validators,
            ..
        } = &self.stored;
        let PageSignals {
            directives,
            canonical,
            refresh,
            base,
            tdm_policy,
        } = &capture.signals;
        let always = [
            &capture.warc,
            &capture.url,
            &capture.final_url,
            &capture.media_type,
        ];
        let target = refresh.as_ref().and_then(|refresh| refresh.target.as_ref());
        let sometimes = [
            capture.charset.as_ref(),
            capture.location.as_ref(),
            capture.import_id.as_ref(),
            validators.etag.as_ref(),
            validators.last_modified.as_ref(),
            canonical.as_ref(),
            target,
            base.as_ref(),
            tdm_policy.as_ref(),
        ];
        let texts = always.into_iter().chain(sometimes.into_iter().flatten());
        texts.chain(directives).all(|text| is_kept_as_it_is(text))
    }

    fn to_block(&self) -> String {
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
        fields.push_some(REVISIT_HEAD, self.head.as_ref());
        let mut lines = fields.to_lines();
        self.why.write_lines(&mut lines);
        lines + "\r\n"
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

/// Reads the head of a 304 from the mark of its group, of whichever archive.
pub(crate) fn revisit_head(block: &[u8]) -> Option<HttpHead> {
    let fields = is_mark(block).then(|| Fields::parse(block))?;
    unquoted_bytes(fields.get(REVISIT_HEAD)?).map(HttpHead)
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

/// Returns bytes as a JSON string whose characters U+0000 to U+00FF are the bytes 0 to 255. All but
/// printable ASCII is escaped, so that a field's value, which has no control characters, can be any bytes.
fn quoted_bytes(bytes: &[u8]) -> String {
    let mut out = String::with_capacity(bytes.len() + bytes.len() / 8 + 2);
    out.push('"');
    for &byte in bytes {
        match byte {
            b'"' | b'\\' => out.extend(['\\', char::from(byte)]),
            b'\n' => out.push_str("\\n"),
            b'\r' => out.push_str("\\r"),
            b' '..=b'~' => out.push(char::from(byte)),
            _ => {
                let _ = write!(out, "\\u{byte:04x}");
            }
        }
    }
    out.push('"');
    out
}

fn unquoted_bytes(text: &str) -> Option<Vec<u8>> {
    let text = unquoted(text)?;
    text.chars().map(|c| u8::try_from(c).ok()).collect()
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

    fn mark(stored: Stored) -> Mark {
        Mark {
            stored,
            head: None,
            why: Fields::new(),
        }
    }

    #[test]
    fn the_row_that_is_kept_is_the_row_that_is_read() {
        let texts = [
            "plain; text=1",
            "",
            " spaced ",
            "a\r\nsite: b",
            "é",
            "\u{7f}",
            "\\\"",
            "\u{2028}",
        ];
        type Put = fn(&mut Stored, String);
        let places: [Put; 12] = [
            |stored, text| stored.capture.url = text,
            |stored, text| stored.capture.final_url = text,
            |stored, text| stored.capture.media_type = text,
            |stored, text| stored.capture.charset = Some(text),
            |stored, text| stored.capture.location = Some(text),
            |stored, text| stored.capture.import_id = Some(text),
            |stored, text| stored.validators.etag = Some(text),
            |stored, text| stored.validators.last_modified = Some(text),
            |stored, text| stored.capture.signals.canonical = Some(text),
            |stored, text| stored.capture.signals.base = Some(text),
            |stored, text| stored.capture.signals.directives = vec![text],
            |stored, text| {
                stored.capture.signals.refresh = Some(Refresh {
                    seconds: 1,
                    target: Some(text),
                });
            },
        ];
        for put in places {
            for text in texts {
                let mut given = read(OLD);
                put(&mut given, text.to_owned());
                let is_plain = mark(given.clone()).reads_as_it_is();
                let (kept, block) = mark(given.clone()).seal();
                assert_eq!(kept, read(&block), "{block}");
                assert!(!is_plain || kept == given, "{text:?}");
            }
        }
        assert!(mark(read(OLD)).reads_as_it_is());
    }

    #[test]
    fn the_head_of_a_304_comes_back_byte_for_byte() {
        let stored = read(OLD);
        let every_byte: Vec<u8> = (0..=255).collect();
        let heads: [&[u8]; 4] = [
            b"HTTP/1.1 304 Not Modified\r\nX-Who: J\xfcrgen \\\"\r\n\r\n",
            "HTTP/1.1 304 \u{e4}\r\n\r\nthresh-mark: 1\r\nsite: other\r\n\r\n".as_bytes(),
            &every_byte,
            b"",
        ];
        for head in heads {
            let marked = mark(stored.clone()).with_revisit_head(Some(&head.to_vec()));
            let (kept, block) = marked.seal();
            assert_eq!((&kept, &read(&block)), (&stored, &stored));
            assert!(block.is_ascii(), "{block}");
            assert_eq!(revisit_head(block.as_bytes()).unwrap().0, head);
        }
        assert_eq!(revisit_head(OLD.as_bytes()), None);
    }

    #[test]
    fn a_head_that_cannot_be_read_is_none() {
        for value in ["HTTP/1.1 304", "\"\u{100}\"", "\"open", "304", "null", ""] {
            let block = format!("thresh-mark: 1\r\nrevisit-head: {value}\r\n\r\n");
            assert_eq!(revisit_head(block.as_bytes()), None, "{value}");
        }
        assert_eq!(revisit_head(b"via: x\r\nrevisit-head: \"x\"\r\n"), None);
    }

    #[test]
    fn why_stands_behind_the_row_and_changes_nothing_of_it() {
        let stored = read(OLD);
        let mut why = Fields::new();
        why.push("via", "https://a.example/\r\nsite: other");
        why.push("context", " words ");
        let (kept, block) = mark(stored.clone()).because(why).seal();
        assert_eq!((&kept, read(&block)), (&stored, stored.clone()));
        let added = block.strip_prefix(OLD.trim_end()).unwrap();
        assert_eq!(
            added,
            "\r\nvia: https://a.example/  site: other\r\ncontext: words\r\n\r\n"
        );
    }

    #[test]
    fn marks_without_signals_are_read_and_written_as_ever() {
        let stored = read(OLD);
        assert!(stored.capture.signals.is_empty());
        assert_eq!(mark(stored).to_block(), OLD);
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
        let block = mark(stored.clone()).to_block();
        assert_eq!(read(&block), stored);
    }

    #[test]
    fn broken_and_unknown_fields_are_passed_over() {
        let fields = "directives: [1, 2\r\ncanonical: bare\r\nrefresh: {}\r\nfuture: x\r\n\r\n";
        let block = OLD.replace("depth: 2\r\n\r\n", fields);
        assert!(read(&block).capture.signals.is_empty());
    }
}
