//! Documents that stay in their file.

use std::borrow::Cow;
use std::fs::File;
use std::io::{self, BufRead, BufReader};
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use thresh_corpus::read_exact_at;
use thresh_deduplicator::{Documents, Item};

use crate::exit::usage;

/// The lines of a file that are documents.
pub(super) struct OnDisk {
    file: File,
    /// Where each line stands, and how long it is.
    lines: Vec<(u64, u32)>,
}

impl OnDisk {
    /// Opens the file at `path`; `is_item` is asked of every line that is not blank, with its number.
    pub(super) fn open(
        path: &Path,
        mut is_item: impl FnMut(usize, &[u8]) -> bool,
    ) -> anyhow::Result<Self> {
        let told = |error| usage(format!("cannot read `{}`: {error}", path.display()));
        let file = File::open(path).map_err(told)?;
        let mut input = BufReader::with_capacity(1 << 18, &file);
        let (mut lines, mut line, mut at, mut number) = (Vec::new(), Vec::new(), 0, 0);
        while input.read_until(b'\n', &mut line).map_err(told)? > 0 {
            number += 1;
            let length = u32::try_from(line.len()).context("a line has more than 4 GB")?;
            if !line.iter().all(u8::is_ascii_whitespace) && is_item(number, &line) {
                lines.push((at, length));
            }
            at += u64::from(length);
            line.clear();
        }
        Ok(Self { file, lines })
    }
}

impl Documents for OnDisk {
    fn count(&self) -> usize {
        self.lines.len()
    }

    fn read(&self, index: usize) -> io::Result<Cow<'_, Item>> {
        let (at, length) = self.lines[index];
        let mut line = vec![0; length as usize];
        read_exact_at(&self.file, &mut line, at)?;
        let (_, item) =
            super::item(index, &line).map_err(|error| io::Error::other(error.to_string()))?;
        Ok(Cow::Owned(item))
    }
}

/// Where an index is kept.
pub(super) enum Kept {
    /// In a folder that somebody named.
    In(PathBuf),
    /// In a folder of this call.
    ForNow(PathBuf),
}

impl Kept {
    pub(super) fn path(&self) -> &Path {
        match self {
            Self::In(path) | Self::ForNow(path) => path,
        }
    }
}

impl Drop for Kept {
    fn drop(&mut self) {
        if let Self::ForNow(path) = self {
            // Files in the folder for temporary ones are removed by the system as well.
            _ = std::fs::remove_dir_all(path);
        }
    }
}

/// Returns a new folder among the temporary ones.
pub(super) fn temporary_folder() -> anyhow::Result<PathBuf> {
    let all = std::env::temp_dir();
    let name = |number| all.join(format!("thresh-dedup-{}-{number}", std::process::id()));
    let made = (0..100_u32)
        .map(name)
        .find(|path| std::fs::create_dir(path).is_ok());
    made.with_context(|| format!("cannot make a folder in `{}`", all.display()))
}
