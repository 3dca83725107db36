//! Reads WARC and WACZ files record by record.
//!
//! What is wrong with a record and cost nothing is told once a file and fault; what could not be read is
//! told each time, with its place.

use std::collections::BTreeMap;
use std::error::Error;
use std::fs;
use std::path::Path;

use thresh_corpus::import::{Imported, ImportedKind, Item, Oddity, RawRecord, Reader, Wacz, warc};
use thresh_corpus::{CorpusError, Note, Session, Verbatim};
use thresh_types::{CanonicalUrl, CaptureKind, TDMREP_PATH};

use super::Import;
use crate::{PipelineError, signals};

/// The faults of one file that were passed over: how many records, and where the first one is.
#[derive(Default)]
struct Faults(BTreeMap<Oddity, (u64, u64)>);

impl Faults {
    fn note(&mut self, record: &RawRecord) {
        for &oddity in &record.oddities {
            self.0.entry(oddity).or_insert((0, record.offset)).0 += 1;
        }
    }

    fn lines(self, path: &Path) -> impl Iterator<Item = String> {
        let path = path.display().to_string();
        self.0.into_iter().map(move |(oddity, (count, first))| {
            let records = if count == 1 { "record" } else { "records" };
            format!("{path}: {oddity}: {count} {records}, the first at byte {first}")
        })
    }
}

impl Import<'_> {
    pub(super) fn warc(&mut self, session: &mut Session, path: &Path) -> Result<(), PipelineError> {
        if fs::metadata(path).is_ok_and(|found| found.len() == 0) {
            self.unreadable(path, "the file is empty: fetch or export it again");
            return Ok(());
        }
        match warc(path) {
            Ok(reader) => self.records(session, path, reader),
            Err(error) => {
                self.report.unreadable.push(told(&error));
                Ok(())
            }
        }
    }

    pub(super) fn wacz(&mut self, session: &mut Session, path: &Path) -> Result<(), PipelineError> {
        let mut wacz = match Wacz::open(path) {
            Ok(wacz) => wacz,
            Err(error) => {
                self.report.unreadable.push(told(&error));
                return Ok(());
            }
        };
        for number in 0..wacz.len() {
            match wacz.reader(number, self.scratch) {
                Ok(reader) => {
                    let part = path.join(wacz.name(number));
                    self.records(session, &part, reader)?;
                }
                Err(error @ CorpusError::Unreadable { .. }) => {
                    self.report.unreadable.push(told(&error));
                }
                Err(error) => return Err(error.into()),
            }
        }
        Ok(())
    }

    fn records(
        &mut self,
        session: &mut Session,
        path: &Path,
        reader: Reader,
    ) -> Result<(), PipelineError> {
        let mut faults = Faults::default();
        let mut is_empty = true;
        for item in reader {
            is_empty = false;
            match item {
                Item::Problem(problem) => self.report.unreadable.push(problem.to_string()),
                Item::Companion(record) => {
                    faults.note(&record);
                    session.append_companion(&record)?;
                }
                Item::Record(record) => {
                    faults.note(&record.raw);
                    self.record(session, path, &record)?;
                }
            }
            self.tick(session)?;
        }
        if is_empty {
            self.unreadable(path, "it holds no record: fetch or export it again");
        }
        self.report.tolerated.extend(faults.lines(path));
        Ok(())
    }

    fn record(
        &mut self,
        session: &mut Session,
        path: &Path,
        record: &Imported,
    ) -> Result<(), PipelineError> {
        let is_known = match (&record.kind, record.date) {
            (ImportedKind::Revisit { .. }, Some(at)) => session.has_revisit(&record.url, at)?,
            _ => session.is_known(&record.payload_digest, &record.url, None)?,
        };
        if is_known {
            self.report.known += 1;
            return Ok(());
        }
        let note = self.note_of(record);
        match session.append_verbatim(record, &note)? {
            Verbatim::Capture(_) => self.added(),
            Verbatim::Unresolved(why) => {
                let offset = record.raw.offset;
                self.unreadable(
                    path,
                    &format!(
                        "record at byte {offset}: {why}; import the archive that has it first"
                    ),
                );
            }
        }
        Ok(())
    }

    fn note_of(&self, record: &Imported) -> Note {
        let (kind, location) = match &record.kind {
            ImportedKind::Response { status, head }
                if (300..400).contains(status) && *status != 304 =>
            {
                let url = record.url.parse::<CanonicalUrl>().ok();
                let target = head
                    .header("location")
                    .and_then(|target| url?.join(&target).ok());
                (CaptureKind::Redirect, target.map(String::from))
            }
            _ => (kind_at(&record.url), None),
        };
        let mut note = Note::new(self.site_of(&record.url), kind);
        note.location = location;
        (note.sha256, note.signals) = signals::of_record(record, kind);
        note
    }
}

/// Returns an error with what caused it.
fn told(error: &CorpusError) -> String {
    error
        .source()
        .map_or_else(|| error.to_string(), |cause| format!("{error}: {cause}"))
}

/// Returns what the address alone tells of the kind.
pub(super) fn kind_at(address: &str) -> CaptureKind {
    let url = address.parse::<CanonicalUrl>().ok();
    if url.is_some_and(|url| url.path_and_query() == TDMREP_PATH) {
        CaptureKind::Tdmrep
    } else if address.ends_with("/robots.txt") {
        CaptureKind::Robots
    } else {
        CaptureKind::Page
    }
}
