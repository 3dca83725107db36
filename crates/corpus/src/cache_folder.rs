//! A folder of cache files: each is whole or not there, and none is missed.

use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use crate::CorpusError;
use crate::durable::{TEMPORARY, entries, make_folder, put_in_place, temporary_beside};

/// A folder of files that can be made again, each written whole.
#[derive(Debug, Clone)]
pub struct CacheFolder {
    folder: PathBuf,
}

impl CacheFolder {
    /// Opens the folder at `path`, which is made where it is missing. What a killed writer left behind is
    /// removed: one process writes at a time.
    ///
    /// # Errors
    /// When it cannot be made or listed.
    pub fn open(path: &Path) -> Result<Self, CorpusError> {
        make_folder(path)?;
        let folder = Self {
            folder: path.to_owned(),
        };
        for name in folder.all()? {
            if name.starts_with(TEMPORARY) {
                folder.remove(&name)?;
            }
        }
        Ok(folder)
    }

    /// Returns the names of the files, sorted.
    ///
    /// # Errors
    /// When the folder cannot be listed.
    pub fn names(&self) -> Result<Vec<String>, CorpusError> {
        let mut names = self.all()?;
        names.retain(|name| !name.starts_with(TEMPORARY));
        Ok(names)
    }

    fn all(&self) -> Result<Vec<String>, CorpusError> {
        let names = entries(&self.folder)?.into_iter();
        let names = names.filter_map(|path| Some(path.file_name()?.to_str()?.to_owned()));
        let mut names: Vec<String> = names.collect();
        names.sort_unstable();
        Ok(names)
    }

    /// Opens the file of this name for reading; `None` where there is none.
    ///
    /// # Errors
    /// When it is there and cannot be opened.
    pub fn read(&self, name: &str) -> Result<Option<File>, CorpusError> {
        let path = self.folder.join(name);
        match File::open(&path) {
            Ok(file) => Ok(Some(file)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(CorpusError::io("read", &path)(error)),
        }
    }

    /// Writes the file of this name by `write`: after a crash it has either its old bytes or the new ones.
    ///
    /// # Errors
    /// When `write` fails or the file cannot be written.
    pub fn write(
        &self,
        name: &str,
        write: impl FnOnce(&mut dyn Write) -> io::Result<()>,
    ) -> Result<(), CorpusError> {
        let path = self.folder.join(name);
        let mut temporary = temporary_beside(&path)?;
        let mut out = BufWriter::new(temporary.as_file_mut());
        write(&mut out)
            .and_then(|()| out.flush())
            .map_err(CorpusError::io("write", &path))?;
        drop(out);
        put_in_place(temporary, &path)
    }

    /// Removes the file of this name, if there is one.
    ///
    /// # Errors
    /// When it cannot be removed.
    pub fn remove(&self, name: &str) -> Result<(), CorpusError> {
        let path = self.folder.join(name);
        match fs::remove_file(&path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => {
                Err(CorpusError::io("remove", &path)(error))
            }
            _ => Ok(()),
        }
    }
}

/// Fills `bytes` with what stands at `offset` in the file, in bytes, without moving its position: threads may
/// read at one time.
///
/// # Errors
/// When the file cannot be read or ends earlier.
#[cfg(unix)]
pub fn read_exact_at(file: &File, bytes: &mut [u8], offset: u64) -> io::Result<()> {
    std::os::unix::fs::FileExt::read_exact_at(file, bytes, offset)
}

/// Fills `bytes` with what stands at `offset` in the file, in bytes.
///
/// # Errors
/// When the file cannot be read or ends earlier.
#[cfg(windows)]
pub fn read_exact_at(file: &File, mut bytes: &mut [u8], mut offset: u64) -> io::Result<()> {
    while !bytes.is_empty() {
        match std::os::windows::fs::FileExt::seek_read(file, bytes, offset)? {
            0 => return Err(io::Error::from(io::ErrorKind::UnexpectedEof)),
            count => {
                bytes = &mut bytes[count..];
                offset += count as u64;
            }
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::io::Read;

    use super::*;

    fn text(folder: &CacheFolder, name: &str) -> Option<String> {
        let mut text = String::new();
        folder
            .read(name)
            .unwrap()?
            .read_to_string(&mut text)
            .unwrap();
        Some(text)
    }

    #[test]
    fn a_write_that_fails_leaves_what_was_there() {
        let place = tempfile::tempdir().unwrap();
        let folder = CacheFolder::open(&place.path().join("cache")).unwrap();
        assert_eq!(text(&folder, "a"), None);
        folder.write("a", |out| out.write_all(b"one")).unwrap();
        let failed = folder.write("a", |out| {
            out.write_all(b"tw")?;
            Err(io::Error::other("the source is gone"))
        });
        assert!(failed.is_err());
        assert_eq!(text(&folder, "a").as_deref(), Some("one"));
        assert_eq!(folder.names().unwrap(), ["a"]);
        folder.remove("a").unwrap();
        folder.remove("a").unwrap();
        assert_eq!(folder.names().unwrap(), Vec::<String>::new());
    }

    #[test]
    fn what_a_killed_writer_left_is_removed() {
        let place = tempfile::tempdir().unwrap();
        fs::write(place.path().join(".tmp-x"), "half").unwrap();
        let folder = CacheFolder::open(place.path()).unwrap();
        assert_eq!(fs::read_dir(place.path()).unwrap().count(), 0);
        assert!(folder.names().unwrap().is_empty());
    }
}
