//! The WARC files within a WACZ, a zip file with an `archive` folder.
//!
//! The format asks for WARC files to be stored, not compressed, and such files are read where they
//! stand. Others are unpacked to an unnamed file first, since a WARC reader must be able to go back.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};

use zip::result::ZipError;
use zip::{CompressionMethod, ZipArchive};

use super::Reader;
use crate::CorpusError;

/// The bytes of an archive: a file, or a stretch of one.
#[derive(Debug)]
pub(super) struct Source {
    file: File,
    start: u64,
    length: u64,
    place: u64,
}

impl Source {
    /// Returns the whole file.
    pub(super) fn whole(file: File) -> io::Result<Self> {
        let length = file.metadata()?.len();
        Self::part(file, 0, length)
    }

    fn part(mut file: File, start: u64, length: u64) -> io::Result<Self> {
        file.seek(SeekFrom::Start(start))?;
        Ok(Self {
            file,
            start,
            length,
            place: 0,
        })
    }
}

impl Read for Source {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let left = usize::try_from(self.length - self.place).unwrap_or(usize::MAX);
        let room = into.len().min(left);
        let count = self.file.read(&mut into[..room])?;
        self.place += count as u64;
        Ok(count)
    }
}

impl Seek for Source {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let place = match to {
            SeekFrom::Start(place) => Some(place),
            SeekFrom::End(by) => self.length.checked_add_signed(by),
            SeekFrom::Current(by) => self.place.checked_add_signed(by),
        };
        let place = place.ok_or(io::ErrorKind::InvalidInput)?.min(self.length);
        self.file.seek(SeekFrom::Start(self.start + place))?;
        self.place = place;
        Ok(place)
    }
}

/// An open WACZ file.
pub struct Wacz {
    zip: ZipArchive<File>,
    path: PathBuf,
    /// The WARC files: name and place in the zip's list, by name.
    entries: Vec<(String, usize)>,
}

impl Wacz {
    /// Opens the WACZ file at `path`.
    ///
    /// # Errors
    /// [`CorpusError::Unreadable`] when it is no zip file, or has no WARC file in an `archive` folder.
    pub fn open(path: &Path) -> Result<Self, CorpusError> {
        let file = File::open(path).map_err(CorpusError::io("read", path))?;
        let zip = ZipArchive::new(file).map_err(|error| {
            let why = match error {
                ZipError::Io(error) => format!("the zip file cannot be read: {error}"),
                error => format!("no whole zip file ({error}): fetch or export it again"),
            };
            unreadable(path, &why)
        })?;
        let mut entries: Vec<(String, usize)> = zip
            .file_names_raw()
            .enumerate()
            .map(|(place, name)| (String::from_utf8_lossy(name).into_owned(), place))
            .filter(|(name, _)| is_warc_of_archive(name))
            .collect();
        entries.sort();
        if entries.is_empty() {
            let why = "there is no WARC file in its `archive` folder; if it is a plain zip, unzip it \
                 and import the folder";
            return Err(unreadable(path, why));
        }
        Ok(Self {
            zip,
            path: path.to_owned(),
            entries,
        })
    }

    /// Returns how many WARC files there are.
    pub const fn len(&self) -> usize {
        self.entries.len()
    }

    /// Returns whether there is no WARC file, which [`Wacz::open`] does not let pass.
    pub const fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// Returns the name of a WARC file by its number.
    pub fn name(&self, number: usize) -> &str {
        self.entries.get(number).map_or("", |(name, _)| name)
    }

    /// Opens a WARC file by its number. What is compressed is unpacked into an unnamed file in
    /// `scratch`.
    ///
    /// # Errors
    /// [`CorpusError::Unreadable`] when it is encrypted, compressed in another way than deflate, or
    /// damaged; [`CorpusError::NoSpace`] when it cannot be unpacked.
    pub fn reader(&mut self, number: usize, scratch: &Path) -> Result<Reader, CorpusError> {
        let Some((name, place)) = self.entries.get(number).cloned() else {
            return Err(unreadable(&self.path, "it has no such WARC file"));
        };
        let path = self.path.join(&name);
        let failed = |error: &dyn std::fmt::Display| {
            unreadable(&path, &format!("the zip entry is damaged: {error}"))
        };
        let entry = self.zip.by_index_raw(place).map_err(|e| failed(&e))?;
        if entry.encrypted() {
            let why = "the zip entry is encrypted: decrypt the file first";
            return Err(unreadable(&path, why));
        }
        let source = match entry.compression() {
            CompressionMethod::Stored => {
                let start = entry.data_start();
                let length = entry.compressed_size();
                drop(entry);
                let start = start.ok_or_else(|| failed(&"its place is unknown"))?;
                self.stored(start, length, &path)?
            }
            CompressionMethod::Deflated => {
                drop(entry);
                self.unpacked(place, scratch, &path)?
            }
            other => {
                let why = format!("the zip entry is compressed by {other:?}: unzip it first");
                return Err(unreadable(&path, &why));
            }
        };
        Reader::new(source, &path)
    }

    fn stored(&self, start: u64, length: u64, path: &Path) -> Result<Source, CorpusError> {
        let read = CorpusError::io("read", &self.path);
        let file = File::open(&self.path).map_err(read)?;
        let size = file
            .metadata()
            .map_err(CorpusError::io("read", &self.path))?
            .len();
        if start.checked_add(length).is_none_or(|end| end > size) {
            return Err(unreadable(
                path,
                "the zip entry is damaged: it ends after the file",
            ));
        }
        Source::part(file, start, length).map_err(CorpusError::io("read", &self.path))
    }

    fn unpacked(
        &mut self,
        place: usize,
        scratch: &Path,
        path: &Path,
    ) -> Result<Source, CorpusError> {
        let failed =
            |error: io::Error| unreadable(path, &format!("the zip entry is damaged: {error}"));
        let mut entry = self.zip.by_index(place).map_err(|e| failed(e.into()))?;
        let mut file =
            tempfile::tempfile_in(scratch).map_err(CorpusError::io("create a file in", scratch))?;
        let mut buffer = vec![0; 64 * 1024];
        loop {
            let count = entry.read(&mut buffer).map_err(failed)?;
            if count == 0 {
                break;
            }
            io::Write::write_all(&mut file, &buffer[..count])
                .map_err(CorpusError::io("unpack into", scratch))?;
        }
        Source::whole(file).map_err(CorpusError::io("read", path))
    }
}

/// A WACZ may stand in a folder of its zip file, as hand-made ones do.
fn is_warc_of_archive(name: &str) -> bool {
    let lower = name.to_ascii_lowercase();
    let is_warc = super::is_warc_name(&lower);
    is_warc && lower.split('/').rev().nth(1) == Some("archive")
}

fn unreadable(path: &Path, why: &str) -> CorpusError {
    CorpusError::Unreadable {
        path: path.to_owned(),
        why: why.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_warc_files_of_the_archive_folder_count() {
        for name in [
            "archive/a.warc.gz",
            "x/archive/b.WARC",
            "archive/c.warc.zst",
        ] {
            assert!(is_warc_of_archive(name), "{name}");
        }
        for name in [
            "a.warc.gz",
            "indexes/index.cdx.gz",
            "archive/",
            "archive/x/a.warc",
        ] {
            assert!(!is_warc_of_archive(name), "{name}");
        }
    }

    #[test]
    fn a_part_of_a_file_ends_where_it_should() {
        let mut file = tempfile::tempfile().unwrap();
        io::Write::write_all(&mut file, b"0123456789").unwrap();
        let mut part = Source::part(file, 2, 5).unwrap();
        let mut text = String::new();
        part.read_to_string(&mut text).unwrap();
        assert_eq!(text, "23456");
        assert_eq!(part.seek(SeekFrom::End(-2)).unwrap(), 3);
        assert_eq!(part.seek(SeekFrom::Start(99)).unwrap(), 5);
        assert!(part.seek(SeekFrom::Current(-6)).is_err());
        assert_eq!(part.seek(SeekFrom::Current(-5)).unwrap(), 0);
        assert_eq!(part.read(&mut [0; 3]).unwrap(), 3);
    }
}
