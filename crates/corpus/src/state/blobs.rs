//! What others want kept beside the frontier: bytes under a name.

use rusqlite::{OptionalExtension, params};

use super::frontier::Frontier;
use crate::CorpusError;

/// Bytes in one row: SQLite copies a row several times on its way to the disk.
const PIECE: usize = 1 << 20;

/// Returns the name of a piece; the first has the name of the whole.
fn name_of(name: &str, piece: usize) -> String {
    match piece {
        0 => name.to_owned(),
        piece => format!("{name}#{piece}"),
    }
}

impl Frontier<'_> {
    /// Keeps `value` under `name`, in place of what was kept there. It is as lasting as the frontier: gone
    /// when the database is built anew.
    ///
    /// # Errors
    /// When the database fails.
    pub fn remember(&mut self, name: &str, value: &[u8]) -> Result<(), CorpusError> {
        self.run(
            "DELETE FROM blobs WHERE name > ?1 || '#' AND name < ?1 || '$'",
            [name],
        )?;
        for at in 0..value.len().div_ceil(PIECE).max(1) {
            let rest = &value[at * PIECE..];
            self.run(
                "INSERT OR REPLACE INTO blobs VALUES (?1, ?2)",
                params![name_of(name, at), &rest[..rest.len().min(PIECE)]],
            )?;
        }
        Ok(())
    }

    /// Returns what was last kept under `name`.
    ///
    /// # Errors
    /// When the database fails.
    pub fn recall(&self, name: &str) -> Result<Option<Vec<u8>>, CorpusError> {
        let Some(mut value) = self.piece(name)? else {
            return Ok(None);
        };
        let mut at = 1;
        while let Some(piece) = self.piece(&name_of(name, at))? {
            value.extend_from_slice(&piece);
            at += 1;
        }
        Ok(Some(value))
    }

    fn piece(&self, name: &str) -> Result<Option<Vec<u8>>, CorpusError> {
        self.connection
            .prepare_cached("SELECT value FROM blobs WHERE name = ?1")
            .and_then(|mut statement| statement.query_row([name], |row| row.get(0)).optional())
            .map_err(&self.failed)
    }
}
