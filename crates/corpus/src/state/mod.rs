//! The database `state.db`: an index of the captures and the frontier of the crawl.
//!
//! It is a cache. Every capture row can be read back from the marks in the WARC files; the frontier can
//! be found again by following the links of the captures. So the database runs in WAL mode without an
//! fsync per transaction (`synchronous = NORMAL`): after a power cut it may lack the last transactions,
//! never be torn, and recovery adopts from the WARC what it lacks.

mod adopt;
mod agenda;
mod blobs;
mod captures;
mod due;
mod frontier;
mod lanes;
mod lookup;
mod outcome;
mod recent;
mod row;
mod turn;
mod url_row;

use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags};
use thresh_types::{Capture, SiteId, Timestamp, Validators};

use crate::CorpusError;

pub use agenda::{Queue, Upcoming};
pub use captures::Filter;
pub(crate) use captures::{forget_file, insert, set_committed};
pub use frontier::Frontier;
pub(crate) use frontier::InHand;
pub(crate) use lookup::After;
pub use url_row::{
    CONTEXT_CHARS, Count, DISTRUSTED, Done, Due, History, KnownUrl, NewUrl, Past, QueuedUrl,
    SiteSummary, State,
};

/// KiB of pages that the database holds in memory.
const CACHE: u32 = 48 << 10;

/// Bumped when a table changes; another number means that the database is built anew.
const SCHEMA: i64 = 3;

/// A capture with what only the state needs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Stored {
    pub(crate) capture: Capture,
    /// The record's `WARC-Date`, in whole seconds.
    pub(crate) warc_date: Timestamp,
    pub(crate) validators: Validators,
    pub(crate) depth: u32,
}

/// An open database.
pub(crate) struct Database {
    connection: Connection,
    path: PathBuf,
}

impl Database {
    /// Opens the database at `path`; `None` where it is missing, no database, or of another schema.
    pub(crate) fn open(path: &Path) -> Result<Option<Self>, CorpusError> {
        if !path.exists() {
            return Ok(None);
        }
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let Ok(connection) = Connection::open_with_flags(path, flags) else {
            return Ok(None);
        };
        let database = Self {
            connection,
            path: path.to_owned(),
        };
        Ok(database.is_usable().then_some(database))
    }

    fn is_usable(&self) -> bool {
        self.configure().is_ok()
            && self.schema() == Some(SCHEMA)
            && self
                .connection
                .query_row("SELECT count(*) FROM files", [], |row| row.get::<_, i64>(0))
                .is_ok()
            && self.is_whole()
    }

    /// Returns whether SQLite finds the file in order; a large one is believed, since the check reads
    /// all of it.
    fn is_whole(&self) -> bool {
        const CHECKED: u64 = 16 << 20;
        let is_large = std::fs::metadata(&self.path).is_ok_and(|meta| meta.len() > CHECKED);
        is_large
            || self
                .connection
                .query_row("PRAGMA quick_check(1)", [], |row| row.get::<_, String>(0))
                .is_ok_and(|found| found == "ok")
    }

    fn schema(&self) -> Option<i64> {
        self.connection
            .query_row("PRAGMA user_version", [], |row| row.get(0))
            .ok()
    }

    /// Creates an empty database at `path`, over whatever is there.
    pub(crate) fn create(path: &Path) -> Result<Self, CorpusError> {
        for suffix in ["", "-wal", "-shm", "-journal"] {
            let file = PathBuf::from(format!("{}{suffix}", path.display()));
            if file.exists() {
                std::fs::remove_file(&file).map_err(CorpusError::io("remove", &file))?;
            }
        }
        let connection = Connection::open(path).map_err(CorpusError::db(path))?;
        Self::with_tables(connection, path)
    }

    /// Creates an empty database in memory: for readers of a corpus that they may not write.
    pub(crate) fn in_memory(path: &Path) -> Result<Self, CorpusError> {
        let connection = Connection::open_in_memory().map_err(CorpusError::db(path))?;
        Self::with_tables(connection, path)
    }

    fn with_tables(connection: Connection, path: &Path) -> Result<Self, CorpusError> {
        let database = Self {
            connection,
            path: path.to_owned(),
        };
        database
            .configure()
            .and_then(|()| {
                database
                    .connection
                    .execute_batch(include_str!("schema.sql"))
            })
            .map_err(CorpusError::db(path))?;
        Ok(database)
    }

    /// Marks the database as complete: until then a kill makes the next run begin it anew.
    pub(crate) fn seal(&self) -> Result<(), CorpusError> {
        self.connection
            .pragma_update(None, "user_version", SCHEMA)
            .map_err(CorpusError::db(&self.path))
    }

    fn configure(&self) -> rusqlite::Result<()> {
        self.connection.busy_timeout(Duration::from_secs(30))?;
        self.connection.set_prepared_statement_cache_capacity(64);
        // Otherwise SQLite peeks at what is bound, and prepares most statements anew for each use.
        self.connection
            .set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
        // A transaction changes index pages all over the file, and the next ones change many of them
        // again: a log of 32 MiB, where four are usual, writes each of them once instead of thrice.
        self.connection.execute_batch(&format!(
            "PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA secure_delete = ON;
             PRAGMA wal_autocheckpoint = 8000; PRAGMA journal_size_limit = 67108864;
             PRAGMA cache_size = -{CACHE}; PRAGMA temp_store = MEMORY;",
        ))
    }

    /// Returns the database's file.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// Runs `work` within the open transaction; begins one where none is open. If `work` fails,
    /// everything since [`Database::commit`] is undone.
    pub(crate) fn within<T>(
        &self,
        work: impl FnOnce(&Connection) -> Result<T, CorpusError>,
    ) -> Result<T, CorpusError> {
        if self.connection.is_autocommit() {
            self.connection
                .execute_batch("BEGIN IMMEDIATE")
                .map_err(CorpusError::db(&self.path))?;
        }
        let done = work(&self.connection);
        if done.is_err() {
            self.roll_back();
        }
        done
    }

    /// Ends the open transaction, if any: all of it is kept, or nothing.
    pub(crate) fn commit(&self) -> Result<(), CorpusError> {
        if self.connection.is_autocommit() {
            return Ok(());
        }
        let done = self.connection.execute_batch("COMMIT");
        if done.is_err() {
            self.roll_back();
        }
        done.map_err(CorpusError::db(&self.path))
    }

    fn roll_back(&self) {
        // SQLite may have done so itself, for example where the disk is full.
        if !self.connection.is_autocommit() {
            let _ = self.connection.execute_batch("ROLLBACK");
        }
    }

    /// Runs `work` in one transaction: all of it happens, or nothing.
    pub(crate) fn transaction<T>(
        &self,
        work: impl FnOnce(&Connection) -> Result<T, CorpusError>,
    ) -> Result<T, CorpusError> {
        let value = self.within(work)?;
        self.commit()?;
        Ok(value)
    }
}

/// Times in the frontier are whole microseconds since 1970.
fn to_micros(time: Timestamp) -> i64 {
    time.as_microsecond()
}

fn from_micros(micros: i64) -> Timestamp {
    Timestamp::from_microsecond(micros).unwrap_or(Timestamp::UNIX_EPOCH)
}

fn site_of(text: &str) -> SiteId {
    text.parse().unwrap_or_else(|_| SiteId::local())
}
