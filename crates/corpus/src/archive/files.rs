//! The files of the archive: their names, how one begins, and when the next one does.

use std::path::{Path, PathBuf};
use std::time::Duration;

use thresh_types::{Body, Timestamp};

use super::ArchiveInfo;
use crate::durable::{entries, make_folder};
use crate::warc::{Draft, Effort, Fields, WarcFile};
use crate::{Clock, CorpusError};

/// When a file is full.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Limits {
    /// From this size on, in bytes.
    pub(crate) size: u64,
    /// From this age on.
    pub(crate) age: Duration,
}

/// Where files are made, and how.
pub(crate) struct Shelf {
    folder: PathBuf,
    clock: Clock,
    limits: Limits,
    info: ArchiveInfo,
}

/// A file that grows, and since when.
pub(super) struct Volume {
    pub(super) file: WarcFile,
    since: Timestamp,
}

impl Shelf {
    pub(crate) const fn new(
        folder: PathBuf,
        clock: Clock,
        limits: Limits,
        info: ArchiveInfo,
    ) -> Self {
        Self {
            folder,
            clock,
            limits,
            info,
        }
    }

    pub(super) fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// Returns whether a new file should follow.
    pub(super) fn is_full(&self, volume: &Volume) -> bool {
        // A clock that was set back makes nothing old.
        let age = Duration::try_from(self.now().duration_since(volume.since)).unwrap_or_default();
        volume.file.position() >= self.limits.size || age >= self.limits.age
    }

    /// Creates the next file, with its `warcinfo` record.
    pub(super) fn create(&self) -> Result<Volume, CorpusError> {
        make_folder(&self.folder)?;
        let since = self.now();
        let number = next_number(&self.folder)?;
        let stamp = since.strftime("%Y%m%d%H%M%S");
        let path = self.folder.join(format!("{number:06}-{stamp}.warc.gz"));
        let mut file = WarcFile::create(&path)?;
        if let Err(error) = write_info(&mut file, &self.info, since) {
            // Best effort: an empty file hurts nobody.
            let _ = std::fs::remove_file(&path);
            return Err(error);
        }
        Ok(Volume { file, since })
    }
}

fn write_info(file: &mut WarcFile, info: &ArchiveInfo, now: Timestamp) -> Result<(), CorpusError> {
    let lines = info.fields().to_block();
    let mut fields = Fields::new();
    fields.push("WARC-Filename", file.name());
    fields.push("Content-Type", "application/warc-fields");
    let id = file.record_id(0, now);
    file.append(&Draft {
        kind: "warcinfo",
        id: &id,
        date: now,
        fields,
        head: lines.as_bytes(),
        body: &Body::from(Vec::new()),
        effort: Effort::Text,
    })?;
    file.described_by(id);
    file.sync()
}

/// Returns the names of the archive's files, in order of their numbers.
pub(crate) fn warc_names(folder: &Path) -> Result<Vec<String>, CorpusError> {
    let names = entries(folder)?
        .iter()
        .filter_map(|path| path.file_name()?.to_str().map(str::to_owned))
        .filter(|name| number_of(name).is_some())
        .collect();
    Ok(names)
}

fn number_of(name: &str) -> Option<u64> {
    let stem = name.strip_suffix(".warc.gz")?;
    let (number, stamp) = stem.split_once('-')?;
    let is_digits = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    (is_digits(number) && is_digits(stamp))
        .then(|| number.parse().ok())
        .flatten()
}

fn next_number(folder: &Path) -> Result<u64, CorpusError> {
    let names = warc_names(folder)?;
    Ok(1 + names.iter().filter_map(|n| number_of(n)).max().unwrap_or(0))
}
