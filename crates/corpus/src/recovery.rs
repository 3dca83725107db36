//! Makes the database agree with the WARC files again: after a kill, or when it was lost.
//!
//! The database knows how many bytes of each file its rows speak for. What stands beyond is read:
//! groups with their mark are adopted, and a torn group at the end of the newest file is cut off. Bytes
//! that some other damage made unreadable are never removed, only reported.

use std::collections::BTreeMap;
use std::fs::{self, OpenOptions};
use std::path::{Path, PathBuf};

use thresh_types::Timestamp;

use crate::CorpusError;
use crate::archive::{Reading, read_mark, warc_names};
use crate::durable::sync_folder;
use crate::state::{Database, Stored, forget_file, insert, set_committed};
use crate::warc::{Fields, OnDamage, ProblemKind, Reader, Record, Want};

/// A torn group that was cut off.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cut {
    /// The WARC file.
    pub warc: String,
    /// Where the group started, in bytes.
    pub offset: u64,
    /// How many bytes were cut.
    pub bytes: u64,
}

/// What was found when the corpus was opened for writing.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Recovery {
    /// How many captures were adopted.
    pub adopted: u64,
    /// Whether the database was built anew.
    pub rebuilt: bool,
    /// The torn groups that were cut off.
    pub cut: Vec<Cut>,
    /// What a person should look at: damage, lost files.
    pub problems: Vec<String>,
}

/// Whether recovery may change the WARC files.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Access {
    ReadOnly,
    Write,
}

/// Brings `database` up to date with the files in `folder`. `rebuilt` tells that it was empty.
pub(crate) fn recover(
    folder: &Path,
    database: &mut Database,
    rebuilt: bool,
    access: Access,
) -> Result<Recovery, CorpusError> {
    let names = warc_names(folder)?;
    let known: BTreeMap<String, u64> = database.files()?.into_iter().collect();
    let mut recovery = Recovery {
        rebuilt,
        ..Recovery::default()
    };
    forget_lost(database, &known, &names, &mut recovery)?;
    for (position, name) in names.iter().enumerate() {
        let path = folder.join(name);
        let size = fs::metadata(&path)
            .map_err(CorpusError::io("read", &path))?
            .len();
        let committed = known.get(name).copied();
        if committed == Some(size) {
            continue;
        }
        let is_newest = position + 1 == names.len();
        let has_lost = committed.is_some_and(|committed| committed > size);
        let from = committed.filter(|&committed| committed < size).unwrap_or(0);
        if has_lost {
            let losses = lost(&path, size, committed.unwrap_or(0));
            recovery.problems.push(losses);
        }
        let is_tail = is_newest && !rebuilt && !has_lost;
        let scan = Scan::run(&path, name, from, is_tail)?;
        let may_cut = is_newest && access == Access::Write;
        let file = File {
            path,
            name,
            size,
            from,
            is_tail,
        };
        adopt(database, &file, &scan, may_cut, &mut recovery)?;
    }
    Ok(recovery)
}

/// Says that a file is shorter than it was.
pub(crate) fn lost(path: &Path, left: u64, size: u64) -> String {
    format!(
        "`{}` has lost bytes since it was written: {left} are left of {size}; its captures are asked \
         for again, unless the file is restored first",
        path.display()
    )
}

fn forget_lost(
    database: &mut Database,
    known: &BTreeMap<String, u64>,
    names: &[String],
    recovery: &mut Recovery,
) -> Result<(), CorpusError> {
    for name in known.keys().filter(|name| !names.contains(name)) {
        let path = database.path().to_owned();
        database.transaction(|tx| forget_file(tx, name).map_err(CorpusError::db(&path)))?;
        recovery.problems.push(format!(
            "the WARC file `{name}` is gone: restore it, its captures are not listed"
        ));
    }
    Ok(())
}

struct File<'a> {
    path: PathBuf,
    name: &'a str,
    size: u64,
    from: u64,
    /// Whether everything beyond `from` was never committed.
    is_tail: bool,
}

/// What stands in a stretch of a WARC file.
struct Scan {
    captures: Vec<Stored>,
    /// Where the last whole group ends.
    good: u64,
    /// What could not be read, with what came before or after the last whole group.
    problems: Vec<(u64, ProblemKind, String)>,
}

impl Scan {
    /// Scans the file from `from` on. Within a tail that was never committed nothing after the first
    /// tear counts: a body could hold what looks like records, and a torn one would let them through.
    fn run(path: &Path, name: &str, from: u64, is_tail: bool) -> Result<Self, CorpusError> {
        let on_damage = if is_tail {
            OnDamage::Stop
        } else {
            OnDamage::GoOn
        };
        let mut scan = Self {
            captures: Vec::new(),
            good: from,
            problems: Vec::new(),
        };
        let mut reader = Reader::open(path, from, on_damage)?;
        let mut group = Vec::new();
        while let Some(next) = reader.next_record(wants) {
            match next {
                Ok(record) => scan.take(&record, name, &mut group),
                Err(problem) => {
                    group.clear();
                    let text = problem.to_string();
                    scan.problems.push((problem.offset, problem.kind, text));
                }
            }
        }
        Ok(scan)
    }

    /// Takes a record; `group` holds the places of those that wait for their mark.
    fn take(&mut self, record: &Record, name: &str, group: &mut Vec<(u64, u64)>) {
        let end = record.offset + record.length;
        if record.offset == 0 && record.kind() == "warcinfo" {
            self.good = end;
            return;
        }
        match reading(record, name) {
            Reading::Capture(stored)
                if group.contains(&(stored.capture.offset, stored.capture.length)) =>
            {
                self.captures.push(*stored);
            }
            Reading::Companions => {}
            Reading::Capture(_) | Reading::Other => {
                group.push((record.offset, record.length));
                return;
            }
        }
        self.good = end;
        group.clear();
    }

    /// Returns whether what follows the last whole group is what a kill leaves: part of a group.
    fn is_torn(&self) -> bool {
        self.problems
            .iter()
            .filter(|(offset, _, _)| *offset >= self.good)
            .all(|(_, kind, _)| *kind == ProblemKind::Truncated)
    }
}

fn wants(fields: &Fields) -> Want {
    match fields.get("WARC-Type") {
        Some("metadata") => Want::Keep,
        _ => Want::Skip,
    }
}

fn reading(record: &Record, name: &str) -> Reading {
    let date = record
        .fields
        .get("WARC-Date")
        .and_then(|date| date.parse::<Timestamp>().ok());
    match (record.kind().as_str(), date, record.block.to_bytes()) {
        ("metadata", Some(date), Ok(block)) => read_mark(&block, name, date),
        _ => Reading::Other,
    }
}

fn adopt(
    database: &mut Database,
    file: &File<'_>,
    scan: &Scan,
    may_cut: bool,
    recovery: &mut Recovery,
) -> Result<(), CorpusError> {
    let has_rest = scan.good < file.size;
    let cuts = has_rest && may_cut && (file.is_tail || scan.is_torn());
    for (offset, _, text) in &scan.problems {
        if !cuts || *offset < scan.good {
            recovery.problems.push(text.clone());
        }
    }
    if cuts {
        cut(file, scan.good)?;
        recovery.cut.push(Cut {
            warc: file.name.to_owned(),
            offset: scan.good,
            bytes: file.size - scan.good,
        });
    }
    recovery.adopted += scan.captures.len() as u64;
    let committed = if cuts { scan.good } else { file.size };
    let path = database.path().to_owned();
    database.transaction(|tx| {
        let failed = CorpusError::db(&path);
        if file.from == 0 {
            forget_file(tx, file.name).map_err(&failed)?;
        }
        for stored in &scan.captures {
            insert(tx, stored, true).map_err(&failed)?;
        }
        if committed > 0 {
            set_committed(tx, file.name, committed).map_err(&failed)?;
        }
        Ok(())
    })
}

/// Cuts the file; one without a whole record goes.
fn cut(file: &File<'_>, length: u64) -> Result<(), CorpusError> {
    if length == 0 {
        fs::remove_file(&file.path).map_err(CorpusError::io("remove", &file.path))?;
        return sync_folder(crate::durable::folder_of(&file.path));
    }
    OpenOptions::new()
        .write(true)
        .open(&file.path)
        .and_then(|file| file.set_len(length).and_then(|()| file.sync_all()))
        .map_err(CorpusError::io("cut", &file.path))
}

#[cfg(test)]
mod tests {
    use thresh_types::{Body, CanonicalUrl, CaptureKind, Exchange, HttpHead, SiteId};

    use super::*;
    use crate::{Clock, Corpus, Note};

    fn exchange(n: i64) -> Exchange {
        let url: CanonicalUrl = format!("https://a.example/{n}").parse().unwrap();
        Exchange {
            url,
            started_at: Timestamp::from_second(1_700_000_000 + n).unwrap(),
            took: std::time::Duration::ZERO,
            remote: None,
            protocols: Vec::new(),
            request: HttpHead(b"GET / HTTP/1.1\r\n\r\n".to_vec()),
            status: 200,
            response: HttpHead(b"HTTP/1.1 200 OK\r\n\r\n".to_vec()),
            body: Body::from(format!("page {n}").into_bytes()),
            truncated: None,
        }
    }

    /// Returns a WARC file of three groups, and where each ends.
    fn three_groups(root: &Path) -> (PathBuf, Vec<u64>) {
        let corpus = Corpus::open(root).unwrap();
        let clock = Clock::fixed(Timestamp::UNIX_EPOCH);
        let mut session = corpus.begin(&corpus.lock().unwrap(), &clock).unwrap();
        let note = Note::new(SiteId::local(), CaptureKind::Page);
        let mut ends = Vec::new();
        for n in 0..3 {
            session.append_exchange(&exchange(n), &note).unwrap();
            let file = corpus.warc_files().unwrap().remove(0);
            ends.push(fs::metadata(&file).unwrap().len());
        }
        session.finish().unwrap();
        (corpus.warc_files().unwrap().remove(0), ends)
    }

    #[test]
    fn at_every_byte_the_whole_groups_are_found_and_the_rest_is_torn() {
        let folder = tempfile::tempdir().unwrap();
        let (path, ends) = three_groups(folder.path());
        let name = path.file_name().unwrap().to_str().unwrap().to_owned();
        let bytes = fs::read(&path).unwrap();
        let cut = folder.path().join("cut");
        for length in 0..=bytes.len() {
            fs::write(&cut, &bytes[..length]).unwrap();
            let length = length as u64;
            let whole: Vec<u64> = ends.iter().copied().filter(|&end| end <= length).collect();
            for is_tail in [true, false] {
                let scan = Scan::run(&cut, &name, 0, is_tail).unwrap();
                assert_eq!(scan.captures.len(), whole.len(), "cut at {length}");
                if let Some(last) = whole.last() {
                    assert_eq!(scan.good, *last, "cut at {length}");
                }
                assert!(scan.is_torn(), "cut at {length}: {:?}", scan.problems);
                assert!(scan.problems.len() <= 1, "cut at {length}");
            }
        }
    }
}
