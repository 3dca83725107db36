//! Re-hashes the archive: every record of every WARC file, and every capture's payload.

use std::collections::BTreeMap;
use std::path::Path;

use thresh_types::{Capture, Sha256Hash};

use crate::import::split;
use crate::state::Filter;
use crate::version::Problem;
use crate::warc::{OnDamage, Reader, Record, Want, digest_of};
use crate::{Corpus, CorpusError};

/// What an audit of the archive found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Audit {
    /// WARC files read.
    pub files: u64,
    /// Records read.
    pub records: u64,
    /// Captures whose record was found and whose payload was hashed, where the record holds one.
    pub captures: u64,
    /// What is not as the files or the rows say.
    pub problems: Vec<Problem>,
}

impl Corpus {
    /// Reads every WARC file whole, and compares each block with its digest and each payload with what
    /// the capture's row says of it. Digests of other algorithms than SHA-256, which imported records
    /// may have, are passed over: the row has one of ours. Calls `tell` after each record.
    ///
    /// # Errors
    /// None for damage, which is the result; only when the database fails.
    pub fn audit(&self, mut tell: impl FnMut()) -> Result<Audit, CorpusError> {
        let mut audit = Audit::default();
        let mut rows = self.rows_by_file()?;
        for path in self.warc_files()? {
            let name = name_of(&path);
            let expected = rows.remove(&name).unwrap_or_default();
            audit.file(&path, &name, expected, &mut tell);
        }
        for (name, rows) in rows {
            let detail = format!("the WARC file of {} captures is gone", rows.len());
            audit.add(name, detail);
        }
        Ok(audit)
    }

    /// Returns the payload's digest of each capture, by file and offset; none for a revisit, whose record
    /// holds no payload.
    fn rows_by_file(&self) -> Result<BTreeMap<String, Expected>, CorpusError> {
        let mut rows: BTreeMap<String, Expected> = BTreeMap::new();
        self.visit_captures(&Filter::default(), |capture| {
            let Capture {
                warc,
                offset,
                payload_digest,
                revisit,
                ..
            } = capture;
            let digest = (!revisit).then_some(payload_digest);
            rows.entry(warc).or_default().insert(offset, digest);
            Ok(())
        })?;
        Ok(rows)
    }
}

/// The payload digests of a file's captures, by offset.
type Expected = BTreeMap<u64, Option<Sha256Hash>>;

fn name_of(path: &Path) -> String {
    let name = path.file_name().unwrap_or_default();
    name.to_string_lossy().into_owned()
}

impl Audit {
    fn add(&mut self, what: String, detail: String) {
        self.problems.push(Problem { what, detail });
    }

    fn file(&mut self, path: &Path, name: &str, mut expected: Expected, tell: &mut impl FnMut()) {
        self.files += 1;
        let mut reader = match Reader::open(path, 0, OnDamage::GoOn) {
            Ok(reader) => reader,
            Err(error) => return self.add(name.to_owned(), error.to_string()),
        };
        while let Some(next) = reader.next_record(|_| Want::Keep) {
            match next {
                Ok(record) => {
                    let wanted = expected.remove(&record.offset);
                    self.record(name, &record, wanted);
                }
                Err(problem) => self.add(name.to_owned(), problem.to_string()),
            }
            tell();
        }
        for offset in expected.into_keys() {
            let detail = "a capture's record is not there".to_owned();
            self.add(format!("{name}, byte {offset}"), detail);
        }
    }

    fn record(&mut self, name: &str, record: &Record, wanted: Option<Option<Sha256Hash>>) {
        self.records += 1;
        self.captures += u64::from(wanted.is_some());
        let wrong = wrong_block(record).or_else(|| wrong_payload(record, wanted.flatten()?));
        if let Some(detail) = wrong {
            self.add(format!("{name}, byte {}", record.offset), detail);
        }
    }
}

fn wrong_block(record: &Record) -> Option<String> {
    let stated = Sha256Hash::from_warc(record.fields.get("WARC-Block-Digest")?)?;
    match digest_of(b"", &record.block) {
        Ok((digest, _)) if digest == stated => None,
        Ok((digest, _)) => Some(format!("the block is {digest}, not {stated}")),
        Err(error) => Some(format!("the block cannot be hashed: {error}")),
    }
}

fn wrong_payload(record: &Record, wanted: Sha256Hash) -> Option<String> {
    let payload = match record.kind().as_str() {
        "response" => split(&record.block).map(|parts| parts.map(|(_, payload)| payload)),
        _ => Ok(None),
    };
    let payload = payload.map(|payload| payload.unwrap_or_else(|| record.block.clone()));
    match payload.and_then(|payload| digest_of(b"", &payload)) {
        Ok((digest, _)) if digest == wanted => None,
        Ok((digest, _)) => Some(format!(
            "the payload is {digest}, the capture says {wanted}"
        )),
        Err(error) => Some(format!("the payload cannot be hashed: {error}")),
    }
}
