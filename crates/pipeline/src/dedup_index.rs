//! Where the deduplicator's index is kept.

use std::fs::File;
use std::io::{self, Write};
use std::path::Path;
use std::sync::Arc;

use thresh_corpus::{CacheFolder, CorpusError, read_exact_at};
use thresh_deduplicator::{Blob, Store};

/// The deduplicator's index in a folder.
#[derive(Debug, Clone)]
pub struct DedupIndex(CacheFolder);

impl DedupIndex {
    /// Opens the index in the folder at `path`, which is made where it is missing.
    ///
    /// # Errors
    /// When the folder cannot be made or listed.
    pub fn open(path: &Path) -> Result<Self, CorpusError> {
        CacheFolder::open(path).map(Self)
    }
}

impl From<CacheFolder> for DedupIndex {
    fn from(folder: CacheFolder) -> Self {
        Self(folder)
    }
}

impl Store for DedupIndex {
    fn names(&self) -> io::Result<Vec<String>> {
        self.0.names().map_err(io::Error::other)
    }

    fn open(&self, name: &str) -> io::Result<Option<Arc<dyn Blob>>> {
        let Some(file) = self.0.read(name).map_err(io::Error::other)? else {
            return Ok(None);
        };
        let size = file.metadata()?.len();
        Ok(Some(Arc::new(Whole { file, size })))
    }

    fn write(
        &self,
        name: &str,
        write: &mut dyn FnMut(&mut dyn Write) -> io::Result<()>,
    ) -> io::Result<()> {
        self.0.write(name, write).map_err(io::Error::other)
    }

    fn remove(&self, name: &str) -> io::Result<()> {
        self.0.remove(name).map_err(io::Error::other)
    }
}

/// A file that nobody writes any more.
struct Whole {
    file: File,
    size: u64,
}

impl Blob for Whole {
    fn size(&self) -> u64 {
        self.size
    }

    fn read_at(&self, bytes: &mut [u8], offset: u64) -> io::Result<()> {
        read_exact_at(&self.file, bytes, offset)
    }
}
