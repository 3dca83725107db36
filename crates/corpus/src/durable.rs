//! Writing that survives a crash: whole files by temporary file, fsync and rename; logs by append and
//! fsync. A folder is synced after an entry of it appeared, since the entry is data of the folder.

use std::fs::{self, File, OpenOptions};
use std::io::{Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;

use crate::CorpusError;

/// Prefix of names that nothing but their writer looks at; leftovers of a kill start with it.
pub(crate) const TEMPORARY: &str = ".tmp-";

/// Makes the folder and those above it, where they are missing.
pub(crate) fn make_folder(path: &Path) -> Result<(), CorpusError> {
    if path.is_dir() {
        return Ok(());
    }
    fs::create_dir_all(path).map_err(CorpusError::io("create", path))?;
    path.parent().map_or(Ok(()), sync_folder)
}

/// Makes the entries of a folder durable.
pub(crate) fn sync_folder(path: &Path) -> Result<(), CorpusError> {
    // The empty path is the parent of a bare name: the current folder.
    let path = if path.as_os_str().is_empty() {
        Path::new(".")
    } else {
        path
    };
    #[cfg(unix)]
    File::open(path)
        .and_then(|folder| folder.sync_all())
        .map_err(CorpusError::io("sync", path))?;
    Ok(())
}

/// Returns a temporary file next to `path`, to be given to [`put_in_place`].
pub(crate) fn temporary_beside(path: &Path) -> Result<NamedTempFile, CorpusError> {
    let folder = folder_of(path);
    tempfile::Builder::new()
        .prefix(TEMPORARY)
        .tempfile_in(folder)
        .map_err(CorpusError::io("create a file in", folder))
}

/// Makes the temporary file durable and gives it its name, over any file of that name.
pub(crate) fn put_in_place(temporary: NamedTempFile, path: &Path) -> Result<(), CorpusError> {
    readable_by_others(temporary.as_file(), path)?;
    temporary
        .as_file()
        .sync_all()
        .map_err(CorpusError::io("sync", path))?;
    temporary
        .persist(path)
        .map_err(|e| CorpusError::io("write", path)(e.error))?;
    sync_folder(folder_of(path))
}

/// Temporary files are private to their user; what is published follows the usual mode.
fn readable_by_others(file: &File, path: &Path) -> Result<(), CorpusError> {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        file.set_permissions(fs::Permissions::from_mode(0o644))
            .map_err(CorpusError::io("write", path))?;
    }
    Ok(())
}

/// Writes a whole file: after a crash it has either its old bytes or the new ones.
pub(crate) fn write_file(path: &Path, bytes: &[u8]) -> Result<(), CorpusError> {
    let mut temporary = temporary_beside(path)?;
    temporary
        .write_all(bytes)
        .map_err(CorpusError::io("write", path))?;
    put_in_place(temporary, path)
}

/// Appends lines, each ended by a newline, and makes them durable. A torn last line, left by a crash,
/// is cut first; a whole one that only lacks its newline gets it.
pub(crate) fn append_lines(path: &Path, lines: &str) -> Result<(), CorpusError> {
    let is_new = !path.exists();
    let mut file = OpenOptions::new()
        .create(true)
        .read(true)
        .append(true)
        .open(path)
        .map_err(CorpusError::io("open", path))?;
    mend_tail(&mut file).map_err(CorpusError::io("mend", path))?;
    file.write_all(lines.as_bytes())
        .and_then(|()| file.sync_all())
        .map_err(CorpusError::io("append to", path))?;
    if is_new {
        sync_folder(folder_of(path))?;
    }
    Ok(())
}

fn mend_tail(file: &mut File) -> std::io::Result<()> {
    let length = file.seek(SeekFrom::End(0))?;
    let Some((start, tail)) = last_line(file, length)? else {
        return Ok(());
    };
    if serde_json::from_slice::<serde::de::IgnoredAny>(&tail).is_ok() {
        return file.write_all(b"\n");
    }
    file.set_len(start)
}

/// Returns where the last line starts, and its bytes, if it lacks its newline.
fn last_line(file: &mut File, length: u64) -> std::io::Result<Option<(u64, Vec<u8>)>> {
    const STEP: u64 = 64 * 1024;
    let (mut start, mut tail) = (length, Vec::new());
    while start > 0 {
        let from = start.saturating_sub(STEP);
        let mut piece = vec![0; usize::try_from(start - from).unwrap_or(0)];
        file.seek(SeekFrom::Start(from))?;
        file.read_exact(&mut piece)?;
        if let Some(at) = piece.iter().rposition(|&b| b == b'\n') {
            let mut line = piece.split_off(at + 1);
            line.append(&mut tail);
            let begin = length - line.len() as u64;
            return Ok((!line.is_empty()).then_some((begin, line)));
        }
        piece.append(&mut tail);
        (tail, start) = (piece, from);
    }
    Ok((!tail.is_empty()).then_some((0, tail)))
}

/// Removes what a killed writer left behind in `folder`.
pub(crate) fn sweep(folder: &Path) -> Result<(), CorpusError> {
    for path in entries(folder)? {
        let is_leftover = path
            .file_name()
            .is_some_and(|name| name.to_string_lossy().starts_with(TEMPORARY));
        if is_leftover && path.is_dir() {
            fs::remove_dir_all(&path).map_err(CorpusError::io("remove", &path))?;
        } else if is_leftover {
            fs::remove_file(&path).map_err(CorpusError::io("remove", &path))?;
        }
    }
    Ok(())
}

/// Returns the entries of a folder, sorted; none where it is missing.
pub(crate) fn entries(folder: &Path) -> Result<Vec<PathBuf>, CorpusError> {
    let listing = match fs::read_dir(folder) {
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
        other => other.map_err(CorpusError::io("read", folder))?,
    };
    let mut paths = listing
        .map(|entry| entry.map(|e| e.path()))
        .collect::<Result<Vec<_>, _>>()
        .map_err(CorpusError::io("read", folder))?;
    paths.sort();
    Ok(paths)
}

/// Reads a file whole; `None` where it is missing.
pub(crate) fn read_if_there(path: &Path) -> Result<Option<Vec<u8>>, CorpusError> {
    match fs::read(path) {
        Ok(bytes) => Ok(Some(bytes)),
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(e) => Err(CorpusError::io("read", path)(e)),
    }
}

/// Returns the folder that holds `path`.
pub(crate) fn folder_of(path: &Path) -> &Path {
    match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_torn_last_line_is_cut_and_a_whole_one_kept() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("log.jsonl");
        fs::write(&path, "{\"a\":1}\n{\"b\":").unwrap();
        append_lines(&path, "{\"c\":3}\n").unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), "{\"a\":1}\n{\"c\":3}\n");
        fs::write(&path, "{\"a\":1}").unwrap();
        append_lines(&path, "{\"c\":3}\n").unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), "{\"a\":1}\n{\"c\":3}\n");
    }

    #[test]
    fn a_last_line_longer_than_a_step_is_found() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("log.jsonl");
        let torn = format!("{{\"a\":1}}\n\"{}", "x".repeat(200_000));
        fs::write(&path, torn).unwrap();
        append_lines(&path, "2\n").unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), "{\"a\":1}\n2\n");
    }

    #[test]
    fn whole_files_replace_each_other_and_leave_nothing_behind() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("x");
        write_file(&path, b"one").unwrap();
        write_file(&path, b"two").unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"two");
        assert_eq!(entries(folder.path()).unwrap(), [path]);
    }
}
