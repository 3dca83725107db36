//! What others want kept beside the frontier: bytes under a name.

use rusqlite::{OptionalExtension, params};

use super::frontier::Frontier;
use crate::CorpusError;

impl Frontier<'_> {
    /// Keeps `value` under `name`, in place of what was kept there. It is as lasting as the frontier: gone
    /// when the database is built anew.
    ///
    /// # Errors
    /// When the database fails.
    pub fn remember(&mut self, name: &str, value: &[u8]) -> Result<(), CorpusError> {
        self.run(
            "INSERT OR REPLACE INTO blobs VALUES (?1, ?2)",
            params![name, value],
        )?;
        Ok(())
    }

    /// Returns what was last kept under `name`.
    ///
    /// # Errors
    /// When the database fails.
    pub fn recall(&self, name: &str) -> Result<Option<Vec<u8>>, CorpusError> {
        self.connection
            .prepare_cached("SELECT value FROM blobs WHERE name = ?1")
            .and_then(|mut statement| statement.query_row([name], |row| row.get(0)).optional())
            .map_err(&self.failed)
    }
}
