//! Where an index is kept between calls.

use std::collections::BTreeMap;
use std::io::{self, Write};
use std::sync::{Arc, Mutex, PoisonError};

/// Named files that are whole or not there.
///
/// The deduplicator itself touches no disk: who calls it says where its files are. What a store loses
/// costs time and nothing else, so that any file may be deleted at any time between two calls.
pub trait Store: Send + Sync {
    /// Returns the names of all files.
    ///
    /// # Errors
    /// When they cannot be listed.
    fn names(&self) -> io::Result<Vec<String>>;

    /// Opens the file of this name; `None` where there is none.
    ///
    /// # Errors
    /// When it is there and cannot be opened.
    fn open(&self, name: &str) -> io::Result<Option<Arc<dyn Blob>>>;

    /// Writes the file of this name by `write`, in the place of one that is there. The file must not be
    /// seen before it is whole and on disk.
    ///
    /// # Errors
    /// When `write` fails, or the file cannot be written; then what was there before is still there.
    fn write(
        &self,
        name: &str,
        write: &mut dyn FnMut(&mut dyn Write) -> io::Result<()>,
    ) -> io::Result<()>;

    /// Removes the file of this name, if there is one.
    ///
    /// # Errors
    /// When it cannot be removed.
    fn remove(&self, name: &str) -> io::Result<()>;
}

/// A file that is read at any place.
pub trait Blob: Send + Sync {
    /// Returns its length in bytes.
    fn size(&self) -> u64;

    /// Fills `bytes` with what stands from `offset` on.
    ///
    /// # Errors
    /// When it cannot be read, or ends before.
    fn read_at(&self, bytes: &mut [u8], offset: u64) -> io::Result<()>;
}

/// A store in memory.
#[derive(Debug, Default)]
pub struct MemoryStore {
    files: Mutex<BTreeMap<String, Arc<Vec<u8>>>>,
}

impl MemoryStore {
    fn files(&self) -> std::sync::MutexGuard<'_, BTreeMap<String, Arc<Vec<u8>>>> {
        // A map that a panic left is as whole as any: entries are put in at once.
        self.files.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Returns the bytes of the file of this name.
    pub fn bytes(&self, name: &str) -> Option<Vec<u8>> {
        self.files().get(name).map(|bytes| bytes.to_vec())
    }

    /// Puts `bytes` into the place of the file of this name.
    pub fn put(&self, name: &str, bytes: Vec<u8>) {
        self.files().insert(name.to_owned(), Arc::new(bytes));
    }
}

impl Store for MemoryStore {
    fn names(&self) -> io::Result<Vec<String>> {
        Ok(self.files().keys().cloned().collect())
    }

    fn open(&self, name: &str) -> io::Result<Option<Arc<dyn Blob>>> {
        let found = self.files().get(name).cloned();
        Ok(found.map(|bytes| bytes as Arc<dyn Blob>))
    }

    fn write(
        &self,
        name: &str,
        write: &mut dyn FnMut(&mut dyn Write) -> io::Result<()>,
    ) -> io::Result<()> {
        let mut bytes = Vec::new();
        write(&mut bytes)?;
        self.put(name, bytes);
        Ok(())
    }

    fn remove(&self, name: &str) -> io::Result<()> {
        self.files().remove(name);
        Ok(())
    }
}

impl Blob for Vec<u8> {
    fn size(&self) -> u64 {
        self.len() as u64
    }

    fn read_at(&self, bytes: &mut [u8], offset: u64) -> io::Result<()> {
        let from = usize::try_from(offset).ok();
        let found = from.and_then(|from| self.get(from..from.checked_add(bytes.len())?));
        let found = found.ok_or_else(|| io::Error::from(io::ErrorKind::UnexpectedEof))?;
        bytes.copy_from_slice(found);
        Ok(())
    }
}
