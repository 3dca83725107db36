//! Reads the records of foreign archives for an import.
//!
//! Every record comes out once: as a [`Imported`] capture, as a companion that is kept beside the
//! captures, or as a [`Problem`] with its place. Marks of other thresh archives are passed over: they
//! speak of files that are not here.

use std::fs::File;
use std::io::{self, Read, Write};
use std::path::Path;

use thresh_types::{Body, HttpHead, Sha256Hash, Timestamp, Truncation};

use crate::CorpusError;
use crate::archive::{is_mark, truncation};
use crate::warc::{self, BodyReader, Fields, OnDamage, Record, Spool, Want, digest_of, http};
pub use crate::warc::{Problem, ProblemKind};

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
    records: warc::Reader<File>,
    path: std::path::PathBuf,
}

/// Opens the WARC file at `path`: plain, gzip or zstd, told by its first bytes.
///
/// # Errors
/// When the file cannot be read at all.
pub fn warc(path: &Path) -> Result<Reader, CorpusError> {
    Ok(Reader {
        records: warc::Reader::open(path, 0, OnDamage::GoOn)?,
        path: path.to_owned(),
    })
}

impl Iterator for Reader {
    type Item = Item;

    fn next(&mut self) -> Option<Item> {
        loop {
            let record = match self.records.next_record(|_| Want::Keep)? {
                Err(problem) => return Some(Item::Problem(problem)),
                Ok(record) => record,
            };
            let offset = record.offset;
            match to_item(record) {
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
    let raw = RawRecord {
        head: record.head,
        fields: record.fields,
        block: record.block,
    };
    Ok(Some(match imported {
        Some(imported) => Item::Record(Box::new(Imported { raw, ..imported })),
        None => Item::Companion(raw),
    }))
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
        truncated: fields.get("WARC-Truncated").and_then(truncation),
        raw: RawRecord {
            head: Vec::new(),
            fields: Fields::new(),
            block: Body::from(Vec::new()),
        },
    })
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
    let status = split(&record.block)?.and_then(|(head, _)| http::status(&head));
    let kind = ImportedKind::Revisit {
        status: status.or(confirmed),
        refers_to: target(fields, "WARC-Refers-To-Target-URI"),
        refers_to_date: date(fields, "WARC-Refers-To-Date"),
        digest: fields.get("WARC-Payload-Digest").map(str::to_owned),
    };
    common(fields, kind, Body::from(Vec::new()))
}

/// WARC 1.0 writers put addresses in angle brackets.
fn target(fields: &Fields, name: &str) -> Option<String> {
    let text = fields.get(name)?;
    let text = text.strip_prefix('<').unwrap_or(text);
    Some(text.strip_suffix('>').unwrap_or(text).to_owned())
}

fn date(fields: &Fields, name: &str) -> Option<Timestamp> {
    fields.get(name)?.parse().ok()
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
    let mut head = prefix_of(block)?;
    let Some(length) = http::head_length(&head) else {
        return Ok(None);
    };
    head.truncate(length);
    let head = HttpHead(head);
    let mut reader = BodyReader::new(block)?;
    io::copy(&mut (&mut reader).take(length as u64), &mut io::sink())?;
    let mut payload = Spool::default();
    io::copy(&mut reader, &mut payload)?;
    let payload = payload.into_body();
    let payload = unchunked(&head, payload)?;
    Ok(Some((head, payload)))
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
