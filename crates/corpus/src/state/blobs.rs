//! What others want kept beside the frontier: bytes under a name.

use std::io::{self, Write};

use rusqlite::{OptionalExtension, params};

use super::frontier::Frontier;
use crate::CorpusError;

/// Bytes in one row: SQLite copies a row several times on its way to the disk.
const PIECE: usize = 1 << 20;

/// KiB of pages that are held while pieces are written.
const PASSING: u32 = 4096;

/// Returns the name of a piece; the first has the name of the whole.
fn name_of(name: &str, piece: usize) -> String {
    match piece {
        0 => name.to_owned(),
        piece => format!("{name}#{piece}"),
    }
}

/// Keeps what is written, piece by piece.
struct Pieces<'f, 'c> {
    frontier: &'f mut Frontier<'c>,
    name: &'f str,
    /// Pieces that are kept.
    count: usize,
    /// What is written and not kept.
    held: Vec<u8>,
    failed: Option<CorpusError>,
}

impl Pieces<'_, '_> {
    fn keep(&mut self) -> io::Result<()> {
        let name = name_of(self.name, self.count);
        let kept = self.frontier.run(
            "INSERT OR REPLACE INTO blobs VALUES (?1, ?2)",
            params![name, &self.held],
        );
        self.count += 1;
        self.held.clear();
        kept.map(drop).map_err(|error| {
            self.failed = Some(error);
            io::Error::other("the database failed")
        })
    }

    fn finish(&mut self) -> io::Result<()> {
        if self.count == 0 || !self.held.is_empty() {
            self.keep()?;
        }
        Ok(())
    }
}

impl Write for Pieces<'_, '_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let taken = bytes.len().min(PIECE - self.held.len());
        self.held.extend_from_slice(&bytes[..taken]);
        if self.held.len() == PIECE {
            self.keep()?;
        }
        Ok(taken)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Frontier<'_> {
    /// Keeps `value` under `name`, in place of what was kept there. It is as lasting as the frontier: gone
    /// when the database is built anew.
    ///
    /// # Errors
    /// When the database fails.
    pub fn remember(&mut self, name: &str, value: &[u8]) -> Result<(), CorpusError> {
        self.remember_as_written(name, |out| out.write_all(value))
    }

    /// As [`Frontier::remember`], for what need not be in memory as a whole: `write` writes it.
    ///
    /// # Errors
    /// When the database fails, or `write` does.
    pub fn remember_as_written(
        &mut self,
        name: &str,
        write: impl FnOnce(&mut dyn Write) -> io::Result<()>,
    ) -> Result<(), CorpusError> {
        self.run(
            "DELETE FROM blobs WHERE name > ?1 || '#' AND name < ?1 || '$'",
            [name],
        )?;
        // Nobody asks for these pages again: they need not push out others, nor wait in memory.
        self.hold_pages(PASSING)?;
        let kept = self.keep_pieces(name, write);
        self.hold_pages(super::CACHE)?;
        kept
    }

    /// Says how many KiB of pages the database holds in memory, about.
    fn hold_pages(&self, kib: u32) -> Result<(), CorpusError> {
        self.connection
            .execute_batch(&format!("PRAGMA cache_size = -{kib}"))
            .map_err(&self.failed)
    }

    fn keep_pieces(
        &mut self,
        name: &str,
        write: impl FnOnce(&mut dyn Write) -> io::Result<()>,
    ) -> Result<(), CorpusError> {
        let mut pieces = Pieces {
            frontier: self,
            name,
            count: 0,
            held: Vec::with_capacity(PIECE),
            failed: None,
        };
        let written = write(&mut pieces).and_then(|()| pieces.finish());
        let failed = pieces.failed.take();
        written.map_err(|error| {
            let other = || (self.failed)(rusqlite::Error::ToSqlConversionFailure(error.into()));
            failed.unwrap_or_else(other)
        })
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
