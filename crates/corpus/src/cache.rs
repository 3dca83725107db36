//! The cache `cache.db`: what pass 1 of curation made of a payload, by digest.
//!
//! Everything in it can be computed again, so whatever is wrong with it is a miss, and a file that
//! cannot be opened is begun anew.

use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use rusqlite::{Connection, OptionalExtension};
use thresh_types::Sha256Hash;

use crate::CorpusError;

const SCHEMA: i64 = 1;

/// Values are unpacked up to this size; larger ones are damage.
const MAX_VALUE: usize = 512 * 1024 * 1024;

/// Keeps bytes by digest; safe to share between threads.
pub struct Cache {
    connection: Mutex<Connection>,
    path: PathBuf,
}

impl Cache {
    pub(crate) fn open(path: &Path) -> Result<Self, CorpusError> {
        let connection = match connect(path) {
            Ok(connection) => connection,
            Err(_) => begin_anew(path)?,
        };
        Ok(Self {
            connection: Mutex::new(connection),
            path: path.to_owned(),
        })
    }

    fn connection(&self) -> MutexGuard<'_, Connection> {
        // SQLite rolls a broken transaction back, so a poisoned lock guards nothing broken.
        self.connection
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }

    /// Returns the value of `key`; `None` where it is missing or damaged.
    pub fn get(&self, key: &Sha256Hash) -> Option<Vec<u8>> {
        let packed: Vec<u8> = self
            .connection()
            .prepare_cached("SELECT value FROM entries WHERE key = ?1")
            .and_then(|mut statement| {
                statement
                    .query_row([key.as_bytes()], |row| row.get(0))
                    .optional()
            })
            .ok()??;
        let size = zstd::zstd_safe::get_frame_content_size(&packed).ok()??;
        let size = usize::try_from(size)
            .ok()
            .filter(|&size| size <= MAX_VALUE)?;
        zstd::bulk::decompress(&packed, size).ok()
    }

    /// Returns whether `key` has a value, without unpacking it. The value may still turn out damaged.
    pub fn contains(&self, key: &Sha256Hash) -> bool {
        self.connection()
            .prepare_cached("SELECT 1 FROM entries WHERE key = ?1")
            .and_then(|mut statement| statement.exists([key.as_bytes()]))
            .unwrap_or(false)
    }

    /// Keeps the values, in one transaction.
    ///
    /// # Errors
    /// When the disk is full or may not be written.
    pub fn put_all(&self, entries: &[(Sha256Hash, Vec<u8>)]) -> Result<(), CorpusError> {
        let failed = CorpusError::db(&self.path);
        let packed: Vec<(&Sha256Hash, Vec<u8>)> = entries
            .iter()
            .filter_map(|(key, value)| Some((key, pack(value)?)))
            .collect();
        let mut connection = self.connection();
        let transaction = connection.transaction().map_err(&failed)?;
        for (key, value) in packed {
            transaction
                .prepare_cached("INSERT OR REPLACE INTO entries VALUES (?1, ?2)")
                .and_then(|mut statement| statement.execute((key.as_bytes(), value)))
                .map_err(&failed)?;
        }
        transaction.commit().map_err(&failed)
    }

    /// Forgets the values, so that no trace of them stays in the file.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn forget(&self, keys: &[Sha256Hash]) -> Result<(), CorpusError> {
        let failed = CorpusError::db(&self.path);
        let mut connection = self.connection();
        let transaction = connection.transaction().map_err(&failed)?;
        for key in keys {
            transaction
                .execute("DELETE FROM entries WHERE key = ?1", [key.as_bytes()])
                .map_err(&failed)?;
        }
        transaction.commit().map_err(&failed)?;
        connection
            .execute_batch("PRAGMA wal_checkpoint(TRUNCATE)")
            .map_err(&failed)
    }
}

/// Level 1 with a checksum: read back is what was written, or nothing.
fn pack(value: &[u8]) -> Option<Vec<u8>> {
    let mut compressor = zstd::bulk::Compressor::new(1).ok()?;
    compressor.include_checksum(true).ok()?;
    compressor.compress(value).ok()
}

fn connect(path: &Path) -> rusqlite::Result<Connection> {
    let connection = Connection::open(path)?;
    connection.busy_timeout(Duration::from_secs(30))?;
    connection.execute_batch(
        "PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA secure_delete = ON;
         CREATE TABLE IF NOT EXISTS entries (key BLOB PRIMARY KEY, value BLOB NOT NULL);",
    )?;
    let schema: i64 = connection.query_row("PRAGMA user_version", [], |row| row.get(0))?;
    if schema != SCHEMA {
        connection.execute_batch("DELETE FROM entries")?;
        connection.pragma_update(None, "user_version", SCHEMA)?;
    }
    connection.query_row(
        "SELECT count(*) FROM (SELECT 1 FROM entries LIMIT 1)",
        [],
        |_| Ok(()),
    )?;
    Ok(connection)
}

/// Falls back to memory where the folder may not be written: a reader needs no cache that stays.
fn begin_anew(path: &Path) -> Result<Connection, CorpusError> {
    for suffix in ["", "-wal", "-shm"] {
        let _ = std::fs::remove_file(format!("{}{suffix}", path.display()));
    }
    connect(path)
        .or_else(|_| connect(Path::new(":memory:")))
        .map_err(CorpusError::db(path))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_come_back_and_damage_is_a_miss() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("cache.db");
        let (a, b) = (Sha256Hash::of("a"), Sha256Hash::of("b"));
        let cache = Cache::open(&path).unwrap();
        cache
            .put_all(&[(a, b"alpha".to_vec()), (b, Vec::new())])
            .unwrap();
        assert_eq!(cache.get(&a).as_deref(), Some(&b"alpha"[..]));
        assert!(cache.contains(&a) && !cache.contains(&Sha256Hash::of("c")));
        assert_eq!(cache.get(&b).as_deref(), Some(&b""[..]));
        cache
            .connection()
            .execute("UPDATE entries SET value = x'28b52ffd00'", [])
            .unwrap();
        assert_eq!(cache.get(&a), None);
        cache.put_all(&[(a, b"again".to_vec())]).unwrap();
        assert_eq!(cache.get(&a).as_deref(), Some(&b"again"[..]));
        cache.forget(&[a]).unwrap();
        assert_eq!(cache.get(&a), None);
    }

    #[test]
    fn a_file_that_is_no_database_is_begun_anew() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("cache.db");
        std::fs::write(&path, vec![b'x'; 5000]).unwrap();
        let cache = Cache::open(&path).unwrap();
        let key = Sha256Hash::of("a");
        cache.put_all(&[(key, b"alpha".to_vec())]).unwrap();
        assert!(cache.get(&key).is_some());
    }
}
