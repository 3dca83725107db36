//! Reports of runs, kept for ever beside the captures: `captures/runs/<number>-<time>-<command>.json`.
//!
//! They are no part of what versions are made of, and nothing is lost but memory where they are deleted.

use std::path::PathBuf;

use thresh_types::Timestamp;

use crate::durable::{entries, make_folder, read_if_there, write_file};
use crate::{Corpus, CorpusError, RunLock};

/// Returns the number that the name of a report begins with.
fn number_of(path: &std::path::Path) -> Option<u64> {
    let name = path.file_name()?.to_str()?;
    name.strip_suffix(".json")?.split('-').next()?.parse().ok()
}

impl Corpus {
    fn runs_folder(&self) -> PathBuf {
        self.root().join("captures/runs")
    }

    /// Returns the reports that are kept, by number.
    fn run_reports(&self) -> Result<Vec<(u64, PathBuf)>, CorpusError> {
        let folder = self.runs_folder();
        if !folder.is_dir() {
            return Ok(Vec::new());
        }
        let mut reports: Vec<(u64, PathBuf)> = entries(&folder)?
            .into_iter()
            .filter_map(|path| Some((number_of(&path)?, path)))
            .collect();
        reports.sort();
        Ok(reports)
    }

    /// Keeps the report of a run that ended at `at`, whole or not at all. `report` is given the run's
    /// number, one more than the last.
    ///
    /// # Errors
    /// When the folder cannot be read or the file not be written.
    pub fn keep_run_report(
        &self,
        _lock: &RunLock,
        at: Timestamp,
        command: &str,
        report: impl FnOnce(u64) -> Vec<u8>,
    ) -> Result<(), CorpusError> {
        let last = self.run_reports()?.last().map_or(0, |(number, _)| *number);
        let number = last.saturating_add(1);
        let time = at.strftime("%Y%m%dT%H%M%SZ");
        let folder = self.runs_folder();
        make_folder(&folder)?;
        let path = folder.join(format!("{number:06}-{time}-{command}.json"));
        write_file(&path, &report(number))
    }

    /// Returns the report of the last run, as it was given; `None` where none is kept.
    ///
    /// # Errors
    /// When the folder or the file cannot be read.
    pub fn last_run_report(&self) -> Result<Option<Vec<u8>>, CorpusError> {
        match self.run_reports()?.last() {
            Some((_, path)) => read_if_there(path),
            None => Ok(None),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reports_are_numbered_on_and_the_last_one_reads_back() {
        let folder = tempfile::tempdir().unwrap();
        let corpus = Corpus::create(&folder.path().join("c")).unwrap();
        assert_eq!(corpus.last_run_report().unwrap(), None);
        let lock = corpus.lock().unwrap();
        for _ in 0..11 {
            let report = |number: u64| number.to_string().into_bytes();
            corpus
                .keep_run_report(&lock, Timestamp::UNIX_EPOCH, "crawl", report)
                .unwrap();
        }
        std::fs::write(corpus.runs_folder().join("notes.txt"), "mine").unwrap();
        assert_eq!(corpus.last_run_report().unwrap().unwrap(), b"11");
        let first = "000001-19700101T000000Z-crawl.json";
        assert!(corpus.runs_folder().join(first).exists());
    }
}
