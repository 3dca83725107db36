//! Takes captures out of the archive as they stand, for exports that others replay and check.
//!
//! A record is copied as the compressed member that holds it, byte for byte, so that its digests and
//! the writer's own bytes stay; only its place changes, and with it the line of the index.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom, Write};

use flate2::{Compression, GzBuilder};
use thresh_types::{Capture, Sha256Hash, Timestamp};

use crate::state::Stored;
use crate::warc::{Fields, OnDamage, Reader, Record, Want, digest_field, to_uuid, whole_seconds};
use crate::{Corpus, CorpusError, cdxj};

/// A capture and the date of its record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recorded {
    /// The capture.
    pub capture: Capture,
    /// The record's `WARC-Date`, in whole seconds.
    pub date: Timestamp,
}

impl From<Stored> for Recorded {
    fn from(stored: Stored) -> Self {
        Self {
            capture: stored.capture,
            date: stored.warc_date,
        }
    }
}

impl Recorded {
    /// Returns the line of a CDXJ index for the record, without a newline.
    pub fn index_line(&self) -> String {
        cdxj::line(&self.capture, self.date)
    }
}

/// Where a record's compressed member stands.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Member {
    /// The WARC file.
    pub warc: String,
    /// Where the member starts, in bytes.
    pub offset: u64,
    /// How long it is, in bytes.
    pub length: u64,
}

impl Corpus {
    /// Returns the capture whose record starts at `offset` of the file `warc`.
    ///
    /// # Errors
    /// When the database fails.
    pub fn recorded_at(&self, warc: &str, offset: u64) -> Result<Option<Recorded>, CorpusError> {
        let stored = self.database().capture_at(warc, offset)?;
        Ok(stored.map(Recorded::from))
    }

    /// Returns captures whose records hold the payload, in order of file and offset; the first thousand
    /// of them.
    ///
    /// # Errors
    /// When the database fails.
    pub fn carriers(&self, payload: &Sha256Hash) -> Result<Vec<Recorded>, CorpusError> {
        let stored = self.database().carriers(payload)?;
        Ok(stored.into_iter().map(Recorded::from).collect())
    }

    /// Returns the places of the capture's own record and of the `request` and `metadata` records that
    /// belong to it, in order. Every one was read whole, so that a damaged one is no result.
    ///
    /// # Errors
    /// When the archive cannot be read there.
    pub fn members_of(&self, capture: &Capture) -> Result<Vec<Member>, CorpusError> {
        let path = self.warc_path(&capture.warc)?;
        let start = self.database().end_before(&capture.warc, capture.offset)?;
        let mut reader = Reader::open(&path, start, OnDamage::Stop)?;
        let mut near: Vec<Record> = Vec::new();
        while let Some(next) = reader.next_record(|_| Want::Skip) {
            let record =
                next.map_err(|problem| CorpusError::damaged(&path, problem.to_string()))?;
            let is_next_capture = record.offset > capture.offset
                && matches!(record.kind().as_str(), "response" | "revisit" | "resource");
            if is_next_capture {
                break;
            }
            near.push(record);
        }
        let Some(own) = near.iter().find(|record| record.offset == capture.offset) else {
            let what = format!("no record at byte {}", capture.offset);
            return Err(CorpusError::damaged(&path, what));
        };
        let members = near
            .iter()
            .filter(|record| record.offset == own.offset || belongs(record, own))
            .map(|record| Member {
                warc: capture.warc.clone(),
                offset: record.offset,
                length: record.length,
            });
        Ok(members.collect())
    }

    /// Copies a record's compressed member to `out` and returns its length in bytes.
    ///
    /// # Errors
    /// When the file is shorter, or `out` fails: told apart by [`CorpusError::Io`]'s path.
    pub fn copy_member(&self, member: &Member, out: &mut dyn Write) -> Result<u64, CorpusError> {
        let path = self.warc_path(&member.warc)?;
        let read = CorpusError::io("copy a record of", &path);
        let copied = File::open(&path).and_then(|mut file| {
            file.seek(SeekFrom::Start(member.offset))?;
            io::copy(&mut file.take(member.length), out)
        });
        match copied.map_err(read)? {
            copied if copied == member.length => Ok(copied),
            _ => {
                let what = format!("the file ends within the record at byte {}", member.offset);
                Err(CorpusError::damaged(&path, what))
            }
        }
    }
}

/// Returns whether a `request` or `metadata` record names the capture's record, or is named by it.
fn belongs(record: &Record, own: &Record) -> bool {
    let id = |record: &Record| record.fields.get("WARC-Record-ID").map(str::to_owned);
    let names = |from: &Record, to: &Record| {
        let Some(id) = id(to) else { return false };
        let is_link = |name: &str| {
            name.eq_ignore_ascii_case("WARC-Concurrent-To")
                || name.eq_ignore_ascii_case("WARC-Refers-To")
        };
        from.fields
            .iter()
            .any(|(name, value)| is_link(name) && value == id)
    };
    matches!(record.kind().as_str(), "request" | "metadata")
        && (names(record, own) || names(own, record))
}

/// Returns a `warcinfo` record as a compressed member, to open the WARC file `name` with. The same
/// arguments give the same bytes.
pub fn warcinfo(name: &str, date: Timestamp, about: &[(&'static str, &str)]) -> Vec<u8> {
    let mut lines = Fields::new();
    for (field, value) in about {
        lines.push(field, *value);
    }
    let block = lines.to_block();
    let digest = Sha256Hash::of(&block);
    let date = whole_seconds(date).to_string();
    let mut fields = Fields::new();
    fields.push("WARC-Type", "warcinfo");
    let id = to_uuid(&Sha256Hash::of_parts([name, &date, &block]));
    fields.push("WARC-Record-ID", id);
    fields.push("WARC-Date", &date);
    fields.push("WARC-Filename", name);
    fields.push("Content-Type", "application/warc-fields");
    fields.push("WARC-Block-Digest", digest_field(&digest));
    fields.push("Content-Length", block.len().to_string());
    let record = format!("WARC/1.1\r\n{}{block}\r\n\r\n", fields.to_block());
    let mut encoder = GzBuilder::new().write(Vec::new(), Compression::new(6));
    encoder
        .write_all(record.as_bytes())
        .and_then(|()| encoder.finish())
        .expect("memory takes every byte")
}
