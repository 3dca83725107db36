//! Where exporters write: a file, a folder or a stream that the caller opened.

use std::collections::BTreeSet;
use std::fs;
use std::io::{self, BufWriter, Seek, SeekFrom, Write};
use std::path::{Component, Path, PathBuf};

use tempfile::{NamedTempFile, TempDir};

use crate::CorpusError;
use crate::durable::{
    TEMPORARY, entries, folder_of, make_folder, put_in_place, sync_folder, temporary_beside,
};

/// Marks a folder as an export, which a later export may replace.
const MARKER: &str = ".thresh-export";

/// Takes the bytes of one file or stream. A file appears only when it is finished, whole.
pub struct Sink {
    target: Target,
}

enum Target {
    File {
        out: BufWriter<NamedTempFile>,
        path: PathBuf,
    },
    /// A file of a folder that nobody sees yet. It is not synced on its own: an export can be repeated,
    /// and a sync per file would cost milliseconds each.
    Part {
        out: BufWriter<fs::File>,
        path: PathBuf,
    },
    Stream(Box<dyn Write>),
}

impl Sink {
    fn part(path: PathBuf) -> Result<Self, CorpusError> {
        let folder = folder_of(&path);
        fs::create_dir_all(folder).map_err(CorpusError::io("create", folder))?;
        let file = fs::File::create_new(&path).map_err(CorpusError::io("create", &path))?;
        let out = BufWriter::with_capacity(128 * 1024, file);
        Ok(Self {
            target: Target::Part { out, path },
        })
    }

    /// Returns a sink that becomes the file at `path`, over any file of that name. Its folder is made
    /// where it is missing. What is there and no file, such as a device or a pipe, is written to.
    ///
    /// # Errors
    /// When the folder cannot be written.
    pub fn file(path: &Path) -> Result<Self, CorpusError> {
        make_folder(folder_of(path))?;
        if path.is_dir() {
            return Err(CorpusError::Refused {
                what: "the file",
                value: path.display().to_string(),
                why: "a folder is there: name a file".to_owned(),
            });
        }
        if path.exists() && !path.is_file() {
            let device = fs::OpenOptions::new().write(true).open(path);
            let device = device.map_err(CorpusError::io("write", path))?;
            return Ok(Self::stream(Box::new(BufWriter::new(device))));
        }
        let out = BufWriter::with_capacity(128 * 1024, temporary_beside(path)?);
        let path = path.to_owned();
        Ok(Self {
            target: Target::File { out, path },
        })
    }

    /// Returns a sink that passes bytes on to `stream`.
    pub fn stream(stream: Box<dyn Write>) -> Self {
        Self {
            target: Target::Stream(stream),
        }
    }

    /// Makes what was written durable and gives the file its name.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn finish(self) -> Result<(), CorpusError> {
        match self.target {
            Target::File { out, path } => {
                let temporary = out
                    .into_inner()
                    .map_err(|e| CorpusError::io("write", &path)(e.into_error()))?;
                put_in_place(temporary, &path)
            }
            Target::Part { mut out, path } => out.flush().map_err(CorpusError::io("write", &path)),
            Target::Stream(mut stream) => stream
                .flush()
                .map_err(CorpusError::io("write", Path::new("-"))),
        }
    }
}

impl Write for Sink {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match &mut self.target {
            Target::File { out, .. } => out.write(bytes),
            Target::Part { out, .. } => out.write(bytes),
            Target::Stream(stream) => stream.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match &mut self.target {
            Target::File { out, .. } => out.flush(),
            Target::Part { out, .. } => out.flush(),
            Target::Stream(stream) => stream.flush(),
        }
    }
}

/// Files can be written at any place of them, as formats need that fill in their own headers.
impl Seek for Sink {
    fn seek(&mut self, place: SeekFrom) -> io::Result<u64> {
        match &mut self.target {
            Target::File { out, .. } => out.seek(place),
            Target::Part { out, .. } => out.seek(place),
            Target::Stream(_) => Err(io::ErrorKind::NotSeekable.into()),
        }
    }
}

/// Takes many files and becomes a folder when it is finished, all at once.
pub struct Folder {
    building: TempDir,
    path: PathBuf,
    names: BTreeSet<String>,
}

impl Folder {
    /// Returns a folder that will stand at `path`: where nothing or an empty folder is, or in place of
    /// an earlier export.
    ///
    /// # Errors
    /// When something else stands there, or the folder above cannot be written.
    pub fn create(path: &Path) -> Result<Self, CorpusError> {
        check_replaceable(path)?;
        let above = folder_of(path);
        make_folder(above)?;
        let building = tempfile::Builder::new()
            .prefix(TEMPORARY)
            .tempdir_in(above)
            .map_err(CorpusError::io("create a folder in", above))?;
        Ok(Self {
            building,
            path: path.to_owned(),
            names: BTreeSet::new(),
        })
    }

    /// Returns a sink for the file `name`, a relative path with `/`. Characters that file systems
    /// refuse become `_`.
    ///
    /// # Errors
    /// When the name is empty, leads out of the folder, or was used before.
    pub fn file(&mut self, name: &str) -> Result<Sink, CorpusError> {
        let clean = sanitised(name)?;
        // Case is folded: on many systems `A` and `a` are one file.
        if !self.names.insert(clean.to_lowercase()) {
            return Err(refused(name, "the export has a file of this name already"));
        }
        Sink::part(self.building.path().join(clean))
    }

    /// Makes the folder appear at its path.
    ///
    /// # Errors
    /// When it cannot be put there.
    pub fn finish(self) -> Result<(), CorpusError> {
        let building = self.building.path();
        let marker = building.join(MARKER);
        fs::write(
            &marker,
            "written by thresh; a later export replaces this folder\n",
        )
        .map_err(CorpusError::io("write", &marker))?;
        readable_by_others(building)?;
        sync_folder(building)?;
        check_replaceable(&self.path)?;
        let failed = CorpusError::io("write", &self.path);
        let above = folder_of(&self.path);
        if self.path.exists() {
            let old = tempfile::Builder::new()
                .prefix(TEMPORARY)
                .tempdir_in(above)
                .map_err(CorpusError::io("create a folder in", above))?;
            let aside = old.path().join("old");
            fs::rename(&self.path, &aside)
                .and_then(|()| fs::rename(building, &self.path))
                .map_err(failed)?;
        } else {
            fs::rename(building, &self.path).map_err(failed)?;
        }
        // It has moved: there is nothing left to clean.
        let _ = self.building.keep();
        sync_folder(above)
    }
}

fn readable_by_others(folder: &Path) -> Result<(), CorpusError> {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        fs::set_permissions(folder, fs::Permissions::from_mode(0o755))
            .map_err(CorpusError::io("write", folder))?;
    }
    Ok(())
}

fn check_replaceable(path: &Path) -> Result<(), CorpusError> {
    let is_free = !path.exists()
        || (path.is_dir() && (path.join(MARKER).exists() || entries(path)?.is_empty()));
    if is_free {
        return Ok(());
    }
    Err(CorpusError::Refused {
        what: "the export",
        value: path.display().to_string(),
        why: "something that is no export stands there: name another folder or remove it"
            .to_owned(),
    })
}

fn refused(name: &str, why: &str) -> CorpusError {
    CorpusError::Refused {
        what: "the file",
        value: name.to_owned(),
        why: why.to_owned(),
    }
}

fn sanitised(name: &str) -> Result<String, CorpusError> {
    let clean: String = name
        .chars()
        .map(|c| match c {
            c if c.is_control() => '_',
            '<' | '>' | ':' | '"' | '\\' | '|' | '?' | '*' => '_',
            c => c,
        })
        .collect();
    let is_inside = Path::new(&clean)
        .components()
        .all(|part| matches!(part, Component::Normal(_)));
    let is_plain = clean
        .split('/')
        .all(|part| !part.is_empty() && part != "." && part != ".." && part.len() <= 255);
    if is_inside && is_plain && clean != MARKER {
        Ok(clean)
    } else {
        Err(refused(
            name,
            "a relative path within the folder is expected",
        ))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn write(folder: &mut Folder, name: &str, text: &str) {
        let mut sink = folder.file(name).unwrap();
        sink.write_all(text.as_bytes()).unwrap();
        sink.finish().unwrap();
    }

    #[test]
    fn a_file_appears_only_when_it_is_finished() {
        let root = tempfile::tempdir().unwrap();
        let path = root.path().join("out/x.jsonl");
        let mut sink = Sink::file(&path).unwrap();
        sink.write_all(b"one").unwrap();
        drop(sink);
        assert!(!path.exists());
        assert!(entries(folder_of(&path)).unwrap().is_empty());
        let mut sink = Sink::file(&path).unwrap();
        sink.write_all(b"two").unwrap();
        sink.finish().unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"two");
    }

    #[test]
    fn a_folder_replaces_an_earlier_export_whole_and_nothing_else() {
        let root = tempfile::tempdir().unwrap();
        let path = root.path().join("export");
        let mut first = Folder::create(&path).unwrap();
        write(&mut first, "a/old.txt", "old");
        first.finish().unwrap();
        let mut second = Folder::create(&path).unwrap();
        write(&mut second, "new.txt", "new");
        second.finish().unwrap();
        assert!(!path.join("a").exists());
        assert_eq!(fs::read(path.join("new.txt")).unwrap(), b"new");
        assert_eq!(entries(root.path()).unwrap(), [path]);
        let own = root.path().join("own");
        fs::create_dir(&own).unwrap();
        fs::write(own.join("thesis.txt"), "mine").unwrap();
        assert!(Folder::create(&own).is_err());
    }

    #[test]
    fn names_lead_nowhere_else() {
        let root = tempfile::tempdir().unwrap();
        let mut folder = Folder::create(&root.path().join("x")).unwrap();
        for name in [
            "",
            "/etc/passwd",
            "../x",
            "a/../../x",
            "a//b",
            ".",
            "a/./b",
            MARKER,
        ] {
            assert!(folder.file(name).is_err(), "{name}");
        }
        write(&mut folder, "a:b?.txt", "x");
        assert!(folder.file("A_b_.txt").is_err(), "one file on many systems");
    }
}
