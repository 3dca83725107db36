//! The lock that one run at a time holds.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{Read, Seek, SeekFrom, Write};
use std::path::Path;
use std::sync::Arc;

use crate::CorpusError;
use crate::durable::make_folder;

/// The right to write to a corpus. It is given up when the last clone is dropped (a session holds one),
/// or by the system when the process ends.
#[derive(Debug, Clone)]
pub struct RunLock(#[expect(dead_code, reason = "held for its drop")] Arc<Held>);

#[derive(Debug)]
struct Held {
    file: File,
}

impl RunLock {
    pub(crate) fn take(root: &Path) -> Result<Self, CorpusError> {
        make_folder(root)?;
        let path = root.join(".lock");
        let mut file = OpenOptions::new()
            .create(true)
            .truncate(false)
            .read(true)
            .write(true)
            .open(&path)
            .map_err(CorpusError::io("open", &path))?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                let holder = holder(&mut file);
                return Err(CorpusError::Locked { path, holder });
            }
            Err(TryLockError::Error(e)) => return Err(CorpusError::io("lock", &path)(e)),
        }
        // Only a courtesy to people: the lock is the system's, not the text.
        let _ = file
            .set_len(0)
            .and_then(|()| writeln!(file, "process {}", std::process::id()));
        Ok(Self(Arc::new(Held { file })))
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        // The system gives the lock up with the file; the text must not outlive it.
        let _ = self.file.set_len(0);
        let _ = self.file.unlock();
    }
}

fn holder(file: &mut File) -> Option<String> {
    let mut text = String::new();
    file.seek(SeekFrom::Start(0)).ok()?;
    file.take(200).read_to_string(&mut text).ok()?;
    let text = text.trim();
    (!text.is_empty()).then(|| text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_second_run_is_turned_away_and_told_who_holds_it() {
        let folder = tempfile::tempdir().unwrap();
        let first = RunLock::take(folder.path()).unwrap();
        let error = RunLock::take(folder.path()).unwrap_err().to_string();
        assert!(error.contains("process"), "{error}");
        drop(first);
        RunLock::take(folder.path()).unwrap();
    }
}
