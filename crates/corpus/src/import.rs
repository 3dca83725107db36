//! Reads the records of foreign archives for an import.
//!
//! Every record comes out once: as a [`Imported`] capture, as a companion that is kept beside the
//! captures, or as a [`Problem`] with its place. Marks of other thresh archives are passed over: they
//! speak of files that are not here.

mod wacz;

use std::borrow::Cow;
use std::fs::File;
use std::io::{self, Read, Write};
use std::path::Path;

use jiff::tz::TimeZone;
use thresh_types::{Body, HttpHead, Sha256Hash, Timestamp, Truncation};

use self::wacz::Source;
pub use self::wacz::Wacz;
use crate::CorpusError;
use crate::archive::{is_mark, revisit_head, truncation};
use crate::warc::{self, BodyReader, Fields, OnDamage, Record, Spool, Want, digest_of, http};
pub use crate::warc::{Oddity, Problem, ProblemKind};

/// Heads of HTTP messages end within this many bytes, or the block is no message.
const MAX_HTTP_HEAD: u64 = 1024 * 1024;

/// A record as it was read, to be kept verbatim.
#[derive(Debug, Clone)]
pub struct RawRecord {
    /// The version line and named fields, with the empty line.
    pub head: Vec<u8>,
    /// The named fields.
    pub fields: Fields,
    /// The block.
    pub block: Body,
    /// Where the record, or the member that holds it, starts in its file, in bytes.
    pub offset: u64,
    /// What is wrong with it and was passed over.
    pub oddities: Vec<Oddity>,
}

impl RawRecord {
    /// Returns the head with the fields that every record must have (ISO 28500 §5): a missing
    /// identifier is `id`, a missing or unreadable date `date`.
    pub(crate) fn whole_head(&self, date: Timestamp, id: &str) -> Cow<'_, [u8]> {
        let is_dated = self
            .fields
            .get("WARC-Date")
            .is_some_and(|date| date.parse::<Timestamp>().is_ok());
        let is_named = self.fields.get("WARC-Record-ID").is_some();
        if is_dated && is_named {
            return Cow::Borrowed(&self.head);
        }
        let mut out = Vec::with_capacity(self.head.len() + 128);
        for (number, line) in self.head.split_inclusive(|&b| b == b'\n').enumerate() {
            let name = line.split(|&b| b == b':').next().unwrap_or_default();
            if is_dated || !name.trim_ascii().eq_ignore_ascii_case(b"warc-date") {
                out.extend_from_slice(line);
            }
            if number == 0 && !is_named {
                out.extend_from_slice(format!("WARC-Record-ID: {id}\r\n").as_bytes());
            }
            if number == 0 && !is_dated {
                let date = warc::whole_seconds(date);
                out.extend_from_slice(format!("WARC-Date: {date}\r\n").as_bytes());
            }
        }
        Cow::Owned(out)
    }
}

/// What an imported record was.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ImportedKind {
    /// An HTTP response.
    Response {
        /// The status.
        status: u16,
        /// Status line and headers.
        head: HttpHead,
    },
    /// Bytes that no HTTP head describes.
    Resource,
    /// A note that the payload is one recorded before.
    Revisit {
        /// The status, where the record has a head.
        status: Option<u16>,
        /// The address of the record that has the payload.
        refers_to: Option<String>,
        /// The date of the record that has the payload.
        refers_to_date: Option<Timestamp>,
        /// The payload's digest as the archive writes it, with its algorithm.
        digest: Option<String>,
        /// Status line and headers of the later answer: from the block or, where that is empty, from the
        /// mark behind it that thresh writes.
        head: Option<HttpHead>,
    },
}

/// A record that can become a capture.
#[derive(Debug, Clone)]
pub struct Imported {
    /// The address, as the record has it.
    pub url: String,
    /// The record's date, where it can be read.
    pub date: Option<Timestamp>,
    /// What the record is.
    pub kind: ImportedKind,
    /// The record's own `Content-Type`: for a resource, that of the payload.
    pub content_type: Option<String>,
    /// The payload, transfer coding undone, content codings as sent; empty for a revisit.
    pub payload: Body,
    /// The payload's digest.
    pub payload_digest: Sha256Hash,
    /// Why the payload is not whole, where it is not.
    pub truncated: Option<Truncation>,
    /// The record as it was read.
    pub raw: RawRecord,
}

impl Imported {
    /// Returns the status; 200 for a resource.
    pub fn status(&self) -> u16 {
        match &self.kind {
            ImportedKind::Response { status, .. } => *status,
            ImportedKind::Resource => 200,
            ImportedKind::Revisit { status, .. } => status.unwrap_or(200),
        }
    }

    /// Returns the head of the response, where there is one.
    pub const fn head(&self) -> Option<&HttpHead> {
        match &self.kind {
            ImportedKind::Response { head, .. } => Some(head),
            _ => None,
        }
    }
}

/// What an archive yields.
#[derive(Debug)]
pub enum Item {
    /// A capture.
    Record(Box<Imported>),
    /// A record that is no capture: `request`, `warcinfo`, `metadata`, `conversion`, …
    Companion(RawRecord),
    /// A stretch that could not be read.
    Problem(Problem),
}

/// Reads an archive record by record.
pub struct Reader {
    records: warc::Reader<Source>,
    /// What was read to look behind a revisit.
    ahead: Option<Result<Record, Problem>>,
    path: std::path::PathBuf,
}

/// Opens the WARC file at `path`: plain, gzip or zstd, told by its first bytes.
///
/// # Errors
/// When the file cannot be read at all.
pub fn warc(path: &Path) -> Result<Reader, CorpusError> {
    let source = File::open(path).and_then(Source::whole);
    Reader::new(source.map_err(CorpusError::io("read", path))?, path)
}

/// Returns whether a file is a WARC by its name, which is given in lower case; `.open` is how Heritrix
/// marks a file that it has not closed.
pub fn is_warc_name(name: &str) -> bool {
    let name = name.strip_suffix(".open").unwrap_or(name);
    [".warc", ".warc.gz", ".warc.zst"]
        .iter()
        .any(|end| name.ends_with(end))
}

impl Reader {
    fn new(source: Source, path: &Path) -> Result<Self, CorpusError> {
        let records = warc::Reader::new(source, path, 0, OnDamage::Mend);
        Ok(Self {
            records: records.map_err(CorpusError::io("read", path))?,
            ahead: None,
            path: path.to_owned(),
        })
    }

    fn next_record(&mut self) -> Option<Result<Record, Problem>> {
        let ahead = self.ahead.take();
        ahead.or_else(|| self.records.next_record(|_| Want::Keep))
    }

    /// Gives an empty revisit the head that the mark behind it has.
    fn look_behind(&mut self, item: &mut Item) -> io::Result<()> {
        let Item::Record(imported) = item else {
            return Ok(());
        };
        let (kind, raw) = (&mut imported.kind, &imported.raw);
        let ImportedKind::Revisit { head, .. } = kind else {
            return Ok(());
        };
        if !raw.block.is_empty() {
            return Ok(());
        }
        self.ahead = self.next_record();
        if let Some(Ok(next)) = &self.ahead
            && next.kind() == "metadata"
            && next.fields.get("WARC-Concurrent-To") == raw.fields.get("WARC-Record-ID")
        {
            *head = revisit_head(&prefix_of(&next.block)?);
        }
        Ok(())
    }
}

impl Iterator for Reader {
    type Item = Item;

    fn next(&mut self) -> Option<Item> {
        loop {
            let record = match self.next_record()? {
                Err(problem) => return Some(Item::Problem(problem)),
                Ok(record) => record,
            };
            let offset = record.offset;
            let item = to_item(record).and_then(|mut item| {
                item.as_mut()
                    .map_or(Ok(()), |item| self.look_behind(item))?;
                Ok(item)
            });
            match item {
                Ok(Some(item)) => return Some(item),
                Ok(None) => {}
                Err(error) => {
                    return Some(Item::Problem(Problem {
                        path: self.path.clone(),
                        offset,
                        kind: ProblemKind::TooLarge,
                        what: format!("the record cannot be unpacked: {error}"),
                    }));
                }
            }
        }
    }
}

fn to_item(record: Record) -> io::Result<Option<Item>> {
    let kind = record.kind();
    if kind == "metadata" && is_mark(&prefix_of(&record.block)?) {
        return Ok(None);
    }
    let imported = match kind.as_str() {
        "response" => response(&record)?,
        "resource" => Some(resource(&record)?),
        "revisit" => Some(revisit(&record)?),
        _ => None,
    };
    let oddities = oddities(&record, &kind, imported.as_ref())?;
    let raw = RawRecord {
        head: record.head,
        fields: record.fields,
        block: record.block,
        offset: record.offset,
        oddities,
    };
    Ok(Some(match imported {
        Some(imported) => Item::Record(Box::new(Imported { raw, ..imported })),
        None => Item::Companion(raw),
    }))
}

/// Returns what is wrong with a record that is taken all the same.
fn oddities(record: &Record, kind: &str, imported: Option<&Imported>) -> io::Result<Vec<Oddity>> {
    let fields = &record.fields;
    let mut oddities = record.oddities.clone();
    let mut note = |is_so: bool, oddity| {
        if is_so {
            oddities.push(oddity);
        }
    };
    match fields.get("WARC-Date") {
        Some(date) => note(date.parse::<Timestamp>().is_err(), Oddity::BadDate),
        None => note(true, Oddity::NoDate),
    }
    note(fields.get("WARC-Record-ID").is_none(), Oddity::NoRecordId);
    note(
        fields.get("WARC-Segment-Number").is_some() && kind != "continuation",
        Oddity::Segmented,
    );
    note(kind == "continuation", Oddity::Continuation);
    let is_web = target(fields, "WARC-Target-URI").is_some_and(|url| url.starts_with("http"));
    note(
        kind == "response" && is_web && imported.is_none(),
        Oddity::NoHttpHead,
    );
    let claimed = |name: &str, body: &Body| match fields.get(name) {
        Some(claim) => warc::holds(claim, body),
        None => Ok(None),
    };
    let block = claimed("WARC-Block-Digest", &record.block)?;
    note(block == Some(false), Oddity::BlockDigest);
    if let Some(imported) = imported.filter(|_| matches!(kind, "response" | "resource")) {
        let mut payload = claimed("WARC-Payload-Digest", &imported.payload)?;
        // Some writers take the payload as it went over the wire, chunks included.
        if payload == Some(false)
            && let Some((_, wire)) = split_raw(&record.block)?
        {
            payload = claimed("WARC-Payload-Digest", &wire)?;
        }
        note(payload == Some(false), Oddity::PayloadDigest);
    }
    Ok(oddities)
}

/// Returns the fields that every capture has; the raw record is put in by the caller.
fn common(fields: &Fields, kind: ImportedKind, payload: Body) -> io::Result<Imported> {
    let (payload_digest, _) = digest_of(b"", &payload)?;
    Ok(Imported {
        url: target(fields, "WARC-Target-URI").unwrap_or_default(),
        date: date(fields, "WARC-Date"),
        kind,
        content_type: fields.get("Content-Type").map(str::to_owned),
        payload,
        payload_digest,
        truncated: truncated(fields),
        raw: RawRecord {
            head: Vec::new(),
            fields: Fields::new(),
            block: Body::from(Vec::new()),
            offset: 0,
            oddities: Vec::new(),
        },
    })
}

/// Returns why the payload is not whole: what the record says, or that it is one of several segments.
fn truncated(fields: &Fields) -> Option<Truncation> {
    let said = fields.get("WARC-Truncated").and_then(truncation);
    let is_segment = fields.get("WARC-Segment-Number").is_some();
    said.or_else(|| is_segment.then_some(Truncation::Unspecified))
}

/// Returns `None` for a response of another protocol, such as `dns:`.
fn response(record: &Record) -> io::Result<Option<Imported>> {
    let Some((head, payload)) = split(&record.block)? else {
        return Ok(None);
    };
    let Some(status) = http::status(&head) else {
        return Ok(None);
    };
    let kind = ImportedKind::Response { status, head };
    common(&record.fields, kind, payload).map(Some)
}

fn resource(record: &Record) -> io::Result<Imported> {
    common(&record.fields, ImportedKind::Resource, record.block.clone())
}

fn revisit(record: &Record) -> io::Result<Imported> {
    let fields = &record.fields;
    let profile = fields.get("WARC-Profile").unwrap_or_default();
    let confirmed = profile.contains("server-not-modified").then_some(304);
    let head = split(&record.block)?.map(|(head, _)| head);
    let status = head.as_ref().and_then(http::status);
    let kind = ImportedKind::Revisit {
        status: status.or(confirmed),
        refers_to: target(fields, "WARC-Refers-To-Target-URI"),
        refers_to_date: date(fields, "WARC-Refers-To-Date"),
        digest: fields.get("WARC-Payload-Digest").map(str::to_owned),
        head,
    };
    common(fields, kind, Body::from(Vec::new()))
}

/// WARC 1.0 writers put addresses in angle brackets.
fn target(fields: &Fields, name: &str) -> Option<String> {
    let text = fields.get(name)?;
    let text = text.strip_prefix('<').unwrap_or(text);
    Some(text.strip_suffix('>').unwrap_or(text).to_owned())
}

/// Reads a date: as the standard asks, without a zone, or the fourteen digits of ARC files.
fn date(fields: &Fields, name: &str) -> Option<Timestamp> {
    let text = fields.get(name)?;
    let utc = |time: jiff::civil::DateTime| time.to_zoned(TimeZone::UTC).ok();
    let civil = || text.parse::<jiff::civil::DateTime>().ok().and_then(utc);
    let digits = || {
        let time = jiff::civil::DateTime::strptime("%Y%m%d%H%M%S", text).ok();
        time.and_then(utc)
    };
    let known = text.parse::<Timestamp>().ok();
    known.or_else(|| civil().or_else(digits).map(|zoned| zoned.timestamp()))
}

fn prefix_of(block: &Body) -> io::Result<Vec<u8>> {
    let mut prefix = Vec::new();
    BodyReader::new(block)?
        .take(MAX_HTTP_HEAD)
        .read_to_end(&mut prefix)?;
    Ok(prefix)
}

/// Returns head and payload of an HTTP message; `None` where the block is none.
pub(crate) fn split(block: &Body) -> io::Result<Option<(HttpHead, Body)>> {
    let Some((head, payload)) = split_raw(block)? else {
        return Ok(None);
    };
    let payload = unchunked(&head, payload)?;
    Ok(Some((head, payload)))
}

/// As [`split`], the payload as it stands.
fn split_raw(block: &Body) -> io::Result<Option<(HttpHead, Body)>> {
    let mut head = prefix_of(block)?;
    let Some(length) = http::head_length(&head) else {
        return Ok(None);
    };
    head.truncate(length);
    let mut reader = BodyReader::new(block)?;
    io::copy(&mut (&mut reader).take(length as u64), &mut io::sink())?;
    let mut payload = Spool::default();
    io::copy(&mut reader, &mut payload)?;
    Ok(Some((HttpHead(head), payload.into_body())))
}

fn unchunked(head: &HttpHead, payload: Body) -> io::Result<Body> {
    let is_chunked = head
        .header("transfer-encoding")
        .is_some_and(|coding| coding.to_ascii_lowercase().contains("chunked"));
    if !is_chunked {
        return Ok(payload);
    }
    let bytes = payload.to_bytes()?;
    let Some(whole) = http::without_chunks(&bytes) else {
        return Ok(payload);
    };
    let mut spool = Spool::default();
    spool.write_all(&whole)?;
    Ok(spool.into_body())
}
