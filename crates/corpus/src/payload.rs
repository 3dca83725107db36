//! Reads a capture's payload back from the WARC.

use std::fs::File;
use std::path::Path;

use thresh_types::{Capture, HttpHead, Sha256Hash};

use crate::CorpusError;
use crate::archive::revisit_head;
use crate::import::split;
use crate::warc::{self, OnDamage, Reader, Record, Want};

/// What a capture's record holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Payload {
    /// Status line and headers of the response that carried the bytes; `None` for an imported file.
    pub head: Option<HttpHead>,
    /// The media type, lower case, without parameters.
    pub media_type: String,
    /// The declared charset.
    pub charset: Option<String>,
    /// The bytes, transfer coding undone, content codings as sent.
    pub bytes: Vec<u8>,
}

impl Payload {
    /// Returns the values of `Content-Encoding`, in header order.
    pub fn codings(&self) -> Vec<String> {
        self.head
            .as_ref()
            .map(|head| head.header_all("content-encoding"))
            .unwrap_or_default()
    }
}

/// Head and bytes of one record.
pub(crate) struct Parts {
    pub(crate) kind: String,
    pub(crate) head: Option<HttpHead>,
    pub(crate) bytes: Vec<u8>,
}

/// Reads the record at `offset` of the file at `path`.
pub(crate) fn read_parts(path: &Path, offset: u64) -> Result<Parts, CorpusError> {
    let record = warc::read_at(path, offset)?;
    let kind = record.kind();
    let read = CorpusError::io("read", path);
    parts_of(&record, kind).map_err(read)
}

/// Reads the head of the record at `offset` of the file at `path`. That of a 304 stands in the mark of
/// its group, which follows at once; in older archives, and in those of others, it stands in the block.
pub(crate) fn read_own_head(path: &Path, offset: u64) -> Result<Option<HttpHead>, CorpusError> {
    let mut reader = Reader::open(path, offset, OnDamage::Stop)?;
    let record = next_of(&mut reader, path, offset)?;
    let read = CorpusError::io("read", path);
    let kind = record.kind();
    if kind != "revisit" || !record.block.is_empty() {
        return Ok(parts_of(&record, kind).map_err(read)?.head);
    }
    let mark = next_of(&mut reader, path, offset)?;
    let block = mark.block.to_bytes().map_err(read)?;
    Ok((mark.kind() == "metadata")
        .then(|| revisit_head(&block))
        .flatten())
}

fn next_of(reader: &mut Reader<File>, path: &Path, offset: u64) -> Result<Record, CorpusError> {
    let what = match reader.next_record(|_| Want::Keep) {
        Some(Ok(record)) => return Ok(record),
        Some(Err(problem)) => problem.to_string(),
        None => format!("the group of the record at byte {offset} has no end"),
    };
    Err(CorpusError::damaged(path, what))
}

fn parts_of(record: &Record, kind: String) -> std::io::Result<Parts> {
    let has_head = matches!(kind.as_str(), "response" | "revisit");
    let (head, body) = match has_head
        .then(|| split(&record.block))
        .transpose()?
        .flatten()
    {
        Some((head, body)) => (Some(head), body),
        None => (None, record.block.clone()),
    };
    Ok(Parts {
        kind,
        head,
        bytes: body.to_bytes()?.to_vec(),
    })
}

/// Puts the payload of `capture` together from its own record and the one that has the bytes.
pub(crate) fn assemble(capture: &Capture, own: Parts, carrier: Option<Parts>) -> Payload {
    let (head, bytes) = match carrier {
        // A 304 has the headers of the confirmation, not of the content.
        Some(carrier) if capture.status == 304 => (carrier.head, carrier.bytes),
        Some(carrier) => (own.head.or(carrier.head), carrier.bytes),
        None => (own.head, own.bytes),
    };
    Payload {
        head,
        media_type: capture.media_type.clone(),
        charset: capture.charset.clone(),
        bytes,
    }
}

/// Checks the bytes against the digest that names them.
pub(crate) fn check(
    path: &Path,
    offset: u64,
    bytes: &[u8],
    digest: &Sha256Hash,
) -> Result<(), CorpusError> {
    if Sha256Hash::of(bytes) == *digest {
        return Ok(());
    }
    let what = format!("the payload at byte {offset} does not have the digest {digest}");
    Err(CorpusError::damaged(path, what))
}
