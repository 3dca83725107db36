//! The corpus as a whole: its folders, what readers ask of it, and how a session begins.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use serde::Serialize;
use thresh_types::{Capture, HttpHead, Refusal, Sha256Hash, Timestamp};

use crate::archive::{Archive, ArchiveInfo, Limits, Shelf, warc_names};
use crate::cache_folder::CacheFolder;
use crate::decision::{Decision, Decisions, Op};
use crate::durable::{entries, make_folder};
use crate::payload::{Payload, assemble, check, read_own_head, read_parts};
use crate::recovery::{Access, Recovery, lost, recover};
use crate::state::{Database, Filter, SiteSummary};
use crate::version::{Inputs, Versions, WarcInput};
use crate::{Cache, Clock, CorpusError, Event, RunLock, Session, decision, event};

/// Captures are listed in portions, so that no caller holds the database for long.
const PORTION: usize = 1000;

/// How captures are written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Options {
    /// A WARC file that has reached this size, in bytes, is followed by a new one.
    pub rotate_at: u64,
    /// A WARC file that was begun so long ago is followed by a new one, once there is more to write.
    pub rotate_after: Duration,
    /// What the files say of themselves.
    pub info: ArchiveInfo,
}

impl Default for Options {
    /// Returns the usual options: files of 1 GB, as ISO 28500 annex C.1 recommends, or of a day.
    fn default() -> Self {
        Self {
            rotate_at: 1_000_000_000,
            rotate_after: Duration::from_secs(24 * 3600),
            info: ArchiveInfo::default(),
        }
    }
}

/// How many bytes each part takes on disk.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct DiskUse {
    /// WARC files, their index and the event log.
    pub captures: u64,
    /// Packs.
    pub packs: u64,
    /// Manifests and lists of the versions.
    pub versions: u64,
    /// The state database, a cache.
    pub state: u64,
    /// The cache of pass 1.
    pub cache: u64,
}

/// A corpus on disk, open for reading; safe to share between threads.
pub struct Corpus {
    root: PathBuf,
    database: Mutex<Database>,
    /// What opening found; the next session reports it.
    opened: Mutex<Recovery>,
}

impl Corpus {
    /// Opens the corpus in the folder `root`. Where the database is missing and captures are there, it
    /// is built anew, on disk if nobody else is writing.
    ///
    /// # Errors
    /// When the folder is missing or cannot be read.
    pub fn open(root: &Path) -> Result<Self, CorpusError> {
        if !root.is_dir() {
            return Err(CorpusError::Missing {
                path: root.to_owned(),
            });
        }
        let (database, recovery) = open_database(root)?;
        Ok(Self {
            root: root.to_owned(),
            database: Mutex::new(database),
            opened: Mutex::new(recovery),
        })
    }

    /// Opens the corpus in the folder `root`, which is made where it is missing.
    ///
    /// # Errors
    /// When the folder cannot be made or read.
    pub fn create(root: &Path) -> Result<Self, CorpusError> {
        make_folder(root)?;
        Self::open(root)
    }

    /// Returns the folder.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// Takes the lock that writing needs.
    ///
    /// # Errors
    /// [`CorpusError::Locked`] when another run holds it.
    pub fn lock(&self) -> Result<RunLock, CorpusError> {
        RunLock::take(&self.root)
    }

    /// Begins a session: mends what a kill left, and adopts what the WARC has and the database lacks.
    ///
    /// # Errors
    /// When the corpus cannot be written.
    pub fn begin(&self, lock: &RunLock, clock: &Clock) -> Result<Session, CorpusError> {
        self.begin_with(lock, clock, Options::default())
    }

    /// Begins a session with other than the usual options.
    ///
    /// # Errors
    /// When the corpus cannot be written.
    pub fn begin_with(
        &self,
        lock: &RunLock,
        clock: &Clock,
        options: Options,
    ) -> Result<Session, CorpusError> {
        let folder = self.warc_folder();
        make_folder(&folder)?;
        let (database, mut recovery) = write_database(&self.root)?;
        let opened = std::mem::take(&mut *guard(&self.opened));
        recovery.rebuilt |= opened.rebuilt;
        recovery.adopted += opened.adopted;
        recovery.problems.extend(opened.problems);
        recovery.problems.sort();
        recovery.problems.dedup();
        // Readers must see what the session commits, also where they began without a file.
        if let Some(fresh) = Database::open(database.path())? {
            *self.database() = fresh;
        }
        let limits = Limits {
            size: options.rotate_at,
            age: options.rotate_after,
        };
        let archive = Archive::new(Shelf::new(folder, clock.clone(), limits, options.info));
        Ok(Session::new(
            self.root.clone(),
            database,
            archive,
            recovery,
            lock.clone(),
        ))
    }

    fn warc_folder(&self) -> PathBuf {
        self.root.join("captures/warc")
    }

    pub(crate) fn database(&self) -> MutexGuard<'_, Database> {
        guard(&self.database)
    }

    /// Returns the captures that the filter names, in order of WARC file and offset.
    ///
    /// # Errors
    /// When the database fails.
    pub fn captures(&self, filter: &Filter) -> Result<Vec<Capture>, CorpusError> {
        let mut captures = Vec::new();
        self.visit_captures(filter, |capture| {
            captures.push(capture);
            Ok(())
        })?;
        Ok(captures)
    }

    /// Calls `visit` with the captures that the filter names, in order of WARC file and offset.
    ///
    /// # Errors
    /// When the database fails, or `visit` does.
    pub fn visit_captures(
        &self,
        filter: &Filter,
        mut visit: impl FnMut(Capture) -> Result<(), CorpusError>,
    ) -> Result<(), CorpusError> {
        let (mut warc, mut offset) = (String::new(), -1);
        loop {
            let page = self.database().page(filter, (&warc, offset), PORTION)?;
            let Some(last) = page.last() else {
                return Ok(());
            };
            warc.clone_from(&last.warc);
            offset = i64::try_from(last.offset).unwrap_or(i64::MAX);
            for capture in page {
                visit(capture)?;
            }
        }
    }

    /// Returns how many captures there are.
    ///
    /// # Errors
    /// When the database fails.
    pub fn count_captures(&self) -> Result<u64, CorpusError> {
        let files = self.database().records_by_file()?;
        Ok(files.iter().map(|(_, captures)| captures).sum())
    }

    /// Reads the payload of a capture, checked against its digest. A revisit is resolved to the record
    /// that has the payload.
    ///
    /// # Errors
    /// When the WARC file cannot be read or is damaged.
    pub fn read_payload(&self, capture: &Capture) -> Result<Payload, CorpusError> {
        let path = self.warc_path(&capture.warc)?;
        let own = read_parts(&path, capture.offset)?;
        let carrier = if capture.revisit || own.kind == "revisit" {
            let place = self.carrier_of(capture)?;
            let path = self.warc_path(&place.warc)?;
            Some(read_parts(&path, place.offset)?)
        } else {
            None
        };
        let payload = assemble(capture, own, carrier);
        check(
            &path,
            capture.offset,
            &payload.bytes,
            &capture.payload_digest,
        )?;
        Ok(payload)
    }

    /// Reads the head of the capture's own record: for a revisit that of the later answer, not of the one
    /// that carried the payload. None for what has no head, as imported files.
    ///
    /// # Errors
    /// When the record cannot be read.
    pub fn read_head(&self, capture: &Capture) -> Result<Option<HttpHead>, CorpusError> {
        let path = self.warc_path(&capture.warc)?;
        read_own_head(&path, capture.offset)
    }

    fn carrier_of(&self, capture: &Capture) -> Result<Capture, CorpusError> {
        let carrier = self.database().carrier(&capture.payload_digest)?;
        carrier.map(|stored| stored.capture).ok_or_else(|| {
            let what = format!(
                "the record at byte {} repeats a payload that no record has: {}",
                capture.offset, capture.payload_digest
            );
            CorpusError::damaged(&self.warc_folder().join(&capture.warc), what)
        })
    }

    /// Returns the path of a WARC file; names that lead elsewhere are damage.
    pub(crate) fn warc_path(&self, name: &str) -> Result<PathBuf, CorpusError> {
        let path = self.warc_folder().join(name);
        if name.contains(['/', '\\']) || name.is_empty() || name == ".." {
            return Err(CorpusError::damaged(&path, "no name of a WARC file"));
        }
        Ok(path)
    }

    /// Returns whether the address has a capture with the payload.
    ///
    /// # Errors
    /// When the database fails.
    pub fn is_known(&self, payload: &Sha256Hash, url: &str) -> Result<bool, CorpusError> {
        self.database().is_known(payload, url, None)
    }

    /// Returns the names of the WARC files, in order.
    ///
    /// # Errors
    /// When the folder cannot be read.
    pub fn warc_files(&self) -> Result<Vec<PathBuf>, CorpusError> {
        let folder = self.warc_folder();
        let names = warc_names(&folder)?;
        Ok(names.iter().map(|name| folder.join(name)).collect())
    }

    /// Returns every refusal, oldest first.
    ///
    /// # Errors
    /// When the log cannot be read.
    pub fn refusals(&self) -> Result<Vec<Refusal>, CorpusError> {
        let refusals = self.events()?.into_iter().filter_map(|event| match event {
            Event::Refused(refusal) => Some(refusal),
            _ => None,
        });
        Ok(refusals.collect())
    }

    /// Returns whether any run, finished or not, was ever noted.
    pub fn has_runs(&self) -> bool {
        let log = fs::metadata(self.root.join("captures/events.jsonl"));
        log.is_ok_and(|log| log.len() > 0)
    }

    /// Returns every event, oldest first.
    ///
    /// # Errors
    /// When the log cannot be read.
    pub fn events(&self) -> Result<Vec<Event>, CorpusError> {
        event::read(&self.root.join("captures/events.jsonl"))
    }

    /// Appends an event to the log.
    ///
    /// # Errors
    /// When the log cannot be written.
    pub fn append_event(&self, _lock: &RunLock, event: &Event) -> Result<(), CorpusError> {
        let path = self.root.join("captures/events.jsonl");
        event::append(&path, std::slice::from_ref(event))
    }

    /// Returns the frontier of each site, by name.
    ///
    /// # Errors
    /// When the database fails.
    pub fn frontier_summary(&self, now: Timestamp) -> Result<Vec<SiteSummary>, CorpusError> {
        self.database().summary(now)
    }

    /// Returns how many bytes each part takes on disk.
    ///
    /// # Errors
    /// When a folder cannot be read.
    pub fn disk_use(&self) -> Result<DiskUse, CorpusError> {
        let size = |name: &str| size_of(&self.root.join(name));
        Ok(DiskUse {
            captures: size("captures")?,
            packs: size("packs")?,
            versions: size("versions")?,
            state: size("state.db")? + size("state.db-wal")?,
            cache: size("cache.db")? + size("cache.db-wal")?,
        })
    }

    /// Opens the cache of pass 1.
    ///
    /// # Errors
    /// When neither a file nor memory can hold it.
    pub fn cache(&self) -> Result<Cache, CorpusError> {
        Cache::open(&self.root.join("cache.db"))
    }

    /// Opens the folder `dedup`, in which curation keeps what it knows of pairs of texts.
    ///
    /// # Errors
    /// When it cannot be made or listed.
    pub fn dedup_cache(&self) -> Result<CacheFolder, CorpusError> {
        CacheFolder::open(&self.root.join("dedup"))
    }

    /// Returns the versions.
    pub fn versions(&self) -> Versions<'_> {
        Versions::new(self)
    }

    /// Returns what a version made of the present captures by these stages has for inputs. The digest
    /// covers each capture's row but for its place in the file, which a takedown may move.
    ///
    /// # Errors
    /// When the database fails.
    pub fn inputs(&self, stages: Vec<String>) -> Result<Inputs, CorpusError> {
        let mut digest = crate::version::LineDigest::new();
        self.visit_captures(&Filter::default(), |capture| {
            let placeless = Capture {
                offset: 0,
                length: 0,
                ..capture
            };
            digest.push(&crate::version::to_line(&placeless)?);
            Ok(())
        })?;
        let captures = self.database().records_by_file()?;
        Ok(Inputs {
            captures: captures
                .into_iter()
                .map(|(warc, records)| WarcInput { warc, records })
                .collect(),
            captures_digest: digest.finish(),
            stages,
        })
    }

    /// Reads the decisions.
    ///
    /// # Errors
    /// When the file cannot be read; lines that cannot are listed in the result.
    pub fn decisions(&self) -> Result<Decisions, CorpusError> {
        decision::read(&self.root)
    }

    /// Appends a decision.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn append_decision(
        &self,
        _lock: &RunLock,
        op: Op,
        why: &str,
        at: Timestamp,
    ) -> Result<Decision, CorpusError> {
        decision::append(&self.root, op, why, at)
    }
}

fn guard<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    // What is guarded is a handle; a panic elsewhere leaves it whole.
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Opens the database for reading.
fn open_database(root: &Path) -> Result<(Database, Recovery), CorpusError> {
    let path = root.join("state.db");
    if let Some(database) = Database::open(&path)? {
        return Ok((database, Recovery::default()));
    }
    let folder = root.join("captures/warc");
    if warc_names(&folder)?.is_empty() {
        return Ok((Database::in_memory(&path)?, Recovery::default()));
    }
    let lock = RunLock::take(root);
    if lock.is_ok()
        && let Ok(mended) = write_database(root)
    {
        return Ok(mended);
    }
    let mut database = Database::in_memory(&path)?;
    let recovery = recover(&folder, &mut database, true, Access::ReadOnly)?;
    Ok((database, recovery))
}

/// Opens the database for writing, which the caller's lock allows, and brings it up to date.
fn write_database(root: &Path) -> Result<(Database, Recovery), CorpusError> {
    let path = root.join("state.db");
    let folder = root.join("captures/warc");
    let known = Database::open(&path)?;
    let losses = match &known {
        Some(database) => lost_bytes(database, &folder)?,
        None => Vec::new(),
    };
    // Rows that speak of bytes which are gone would keep their pages from being asked for again.
    let (mut database, rebuilt) = match known.filter(|_| losses.is_empty()) {
        Some(database) => (database, false),
        None => (Database::create(&path)?, true),
    };
    // A corpus without captures is new, not rebuilt.
    let rebuilt = rebuilt && !warc_names(&folder)?.is_empty();
    let mut recovery = recover(&folder, &mut database, rebuilt, Access::Write)?;
    recovery.problems.extend(losses);
    database.seal()?;
    Ok((database, recovery))
}

/// Names the files that are shorter than the database says.
fn lost_bytes(database: &Database, folder: &Path) -> Result<Vec<String>, CorpusError> {
    let shorter = database.files()?.into_iter().filter_map(|(name, size)| {
        let path = folder.join(name);
        let left = fs::metadata(&path).ok()?.len();
        (left < size).then(|| lost(&path, left, size))
    });
    Ok(shorter.collect())
}

fn size_of(path: &Path) -> Result<u64, CorpusError> {
    let mut total = 0;
    let mut waiting = vec![path.to_owned()];
    while let Some(path) = waiting.pop() {
        match fs::symlink_metadata(&path) {
            Ok(found) if found.is_dir() => waiting.extend(entries(&path)?),
            Ok(found) => total += found.len(),
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => {}
            Err(e) => return Err(CorpusError::io("read", &path)(e)),
        }
    }
    Ok(total)
}
