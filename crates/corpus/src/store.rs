//! Packs: the texts and other objects of all versions, each kept once, named by its digest.
//!
//! A pack is a row of zstd frames, one for each object, so that `zstd -dc` prints it; its index tells
//! hash, kind, offset and length. A pack's name is the digest of the sorted digests of its objects.

use std::collections::HashMap;
use std::fmt;
use std::fs::{self, File};
use std::io::{Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::str::FromStr;

use tempfile::NamedTempFile;
use thresh_types::Sha256Hash;

use crate::CorpusError;
use crate::durable::{entries, make_folder, put_in_place, temporary_beside, write_file};

/// First line of an index; the number is the format of what follows.
const HEADER: &str = "thresh-pack 1";

/// Level 9 of zstd: texts are written once and read for years; higher levels gain little.
const LEVEL: i32 = 9;

/// Objects are texts and their metadata; larger ones are damage.
const MAX_OBJECT: u64 = 1024 * 1024 * 1024;

/// What an object is; told for people, since the digest alone finds it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum ObjectKind {
    Text,
    Meta,
    Markdown,
    Removed,
    Config,
    Decisions,
}

impl ObjectKind {
    const ALL: [Self; 6] = [
        Self::Text,
        Self::Meta,
        Self::Markdown,
        Self::Removed,
        Self::Config,
        Self::Decisions,
    ];

    const fn as_str(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Meta => "meta",
            Self::Markdown => "markdown",
            Self::Removed => "removed",
            Self::Config => "config",
            Self::Decisions => "decisions",
        }
    }
}

impl fmt::Display for ObjectKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for ObjectKind {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        Self::ALL
            .into_iter()
            .find(|kind| kind.as_str() == text)
            .ok_or(())
    }
}

/// A line of an index.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Entry {
    pub(crate) hash: Sha256Hash,
    pub(crate) kind: ObjectKind,
    pub(crate) offset: u64,
    pub(crate) length: u64,
}

/// Every pack of a corpus.
#[derive(Debug, Default)]
pub(crate) struct Store {
    folder: PathBuf,
    packs: Vec<String>,
    objects: HashMap<Sha256Hash, (u32, u64, u64)>,
}

impl Store {
    /// Reads the indexes in `folder`.
    pub(crate) fn open(folder: &Path) -> Result<Self, CorpusError> {
        let mut store = Self {
            folder: folder.to_owned(),
            ..Self::default()
        };
        for path in entries(folder)? {
            let name = path.file_name().map(|n| n.to_string_lossy().into_owned());
            if let Some(pack) = name.as_deref().and_then(|name| name.strip_suffix(".idx")) {
                store.add_pack(pack, &read_index(&path)?);
            }
        }
        Ok(store)
    }

    fn add_pack(&mut self, pack: &str, entries: &[Entry]) {
        let number = u32::try_from(self.packs.len()).unwrap_or(u32::MAX);
        self.packs.push(pack.to_owned());
        for entry in entries {
            self.objects
                .entry(entry.hash)
                .or_insert((number, entry.offset, entry.length));
        }
    }

    /// Returns whether the object is kept.
    pub(crate) fn has(&self, hash: &Sha256Hash) -> bool {
        self.objects.contains_key(hash)
    }

    /// Returns the pack that keeps the object.
    pub(crate) fn pack_of(&self, hash: &Sha256Hash) -> Option<&str> {
        let (pack, _, _) = self.objects.get(hash)?;
        self.packs.get(*pack as usize).map(String::as_str)
    }

    /// Returns the path of a pack.
    pub(crate) fn pack_path(&self, pack: &str) -> PathBuf {
        self.folder.join(format!("{pack}.pack"))
    }

    /// Reads an object and checks it against its digest.
    pub(crate) fn read(&self, hash: &Sha256Hash) -> Result<Vec<u8>, CorpusError> {
        let Some(&(pack, offset, length)) = self.objects.get(hash) else {
            return Err(CorpusError::damaged(
                &self.folder,
                format!("no pack has the object {hash}"),
            ));
        };
        let path = self.pack_path(&self.packs[pack as usize]);
        let bytes = read_frame(&path, offset, length)?;
        if Sha256Hash::of(&bytes) == *hash {
            Ok(bytes)
        } else {
            let what = format!("the object at byte {offset} is not {hash}");
            Err(CorpusError::damaged(&path, what))
        }
    }
}

fn read_frame(path: &Path, offset: u64, length: u64) -> Result<Vec<u8>, CorpusError> {
    let mut file = File::open(path).map_err(CorpusError::io("read", path))?;
    file.seek(SeekFrom::Start(offset))
        .map_err(CorpusError::io("read", path))?;
    let damaged =
        |e: std::io::Error| CorpusError::damaged(path, format!("the frame at byte {offset}: {e}"));
    let mut bytes = Vec::new();
    let decoder = zstd::Decoder::new(file.take(length)).map_err(damaged)?;
    decoder
        .take(MAX_OBJECT)
        .read_to_end(&mut bytes)
        .map_err(damaged)?;
    Ok(bytes)
}

/// Reads an index.
pub(crate) fn read_index(path: &Path) -> Result<Vec<Entry>, CorpusError> {
    let text = fs::read_to_string(path).map_err(CorpusError::io("read", path))?;
    let mut lines = text.lines();
    if lines.next() != Some(HEADER) {
        let what = format!("the first line is not `{HEADER}`");
        return Err(CorpusError::damaged(path, what));
    }
    lines
        .enumerate()
        .map(|(position, line)| {
            parse_entry(line).ok_or_else(|| {
                let what = format!("line {} is no index entry", position + 2);
                CorpusError::damaged(path, what)
            })
        })
        .collect()
}

fn parse_entry(line: &str) -> Option<Entry> {
    let mut words = line.split(' ');
    let entry = Entry {
        hash: words.next()?.parse().ok()?,
        kind: words.next()?.parse().ok()?,
        offset: words.next()?.parse().ok()?,
        length: words.next()?.parse().ok()?,
    };
    words.next().is_none().then_some(entry)
}

/// Returns the name of the pack that holds these objects.
pub(crate) fn pack_id(hashes: impl IntoIterator<Item = Sha256Hash>) -> Sha256Hash {
    let mut sorted: Vec<String> = hashes.into_iter().map(|hash| hash.to_string()).collect();
    sorted.sort();
    Sha256Hash::of(sorted.iter().fold(String::new(), |mut text, hash| {
        text.push_str(hash);
        text.push('\n');
        text
    }))
}

/// A pack that grows in a temporary file.
pub(crate) struct PackWriter<'a> {
    store: &'a Store,
    out: Option<NamedTempFile>,
    compressor: Option<zstd::bulk::Compressor<'static>>,
    position: u64,
    entries: HashMap<Sha256Hash, Entry>,
}

impl<'a> PackWriter<'a> {
    /// Returns a pack that takes what `store` lacks.
    pub(crate) fn new(store: &'a Store) -> Self {
        Self {
            store,
            out: None,
            compressor: None,
            position: 0,
            entries: HashMap::new(),
        }
    }

    /// Takes an object, if it is not kept yet, and returns its digest.
    pub(crate) fn add(
        &mut self,
        kind: ObjectKind,
        bytes: &[u8],
    ) -> Result<Sha256Hash, CorpusError> {
        let hash = Sha256Hash::of(bytes);
        if self.store.has(&hash) || self.entries.contains_key(&hash) {
            return Ok(hash);
        }
        let folder = self.store.folder.clone();
        let failed = || CorpusError::io("write a pack in", &folder);
        if self.out.is_none() {
            make_folder(&folder)?;
            self.out = Some(temporary_beside(&folder.join("pack"))?);
            let mut compressor = zstd::bulk::Compressor::new(LEVEL).map_err(failed())?;
            compressor.include_checksum(true).map_err(failed())?;
            self.compressor = Some(compressor);
        }
        if let (Some(out), Some(compressor)) = (&mut self.out, &mut self.compressor) {
            let frame = compressor.compress(bytes).map_err(failed())?;
            out.write_all(&frame).map_err(failed())?;
            let entry = Entry {
                hash,
                kind,
                offset: self.position,
                length: frame.len() as u64,
            };
            self.position += entry.length;
            self.entries.insert(hash, entry);
        }
        Ok(hash)
    }

    /// Returns the pack that keeps the object, or will.
    pub(crate) fn pack_of(&self, hash: &Sha256Hash, own: &str) -> String {
        self.store.pack_of(hash).unwrap_or(own).to_owned()
    }

    /// Returns the name that the pack will have.
    pub(crate) fn id(&self) -> Sha256Hash {
        pack_id(self.entries.keys().copied())
    }

    /// Puts the pack in its place, then its index: a pack without one does not count.
    pub(crate) fn finish(self) -> Result<(), CorpusError> {
        let id = self.id();
        let Some(out) = self.out else {
            return Ok(());
        };
        put_in_place(out, &self.store.pack_path(&id.to_string()))?;
        let mut entries: Vec<&Entry> = self.entries.values().collect();
        entries.sort_by_key(|entry| entry.hash);
        let mut text = format!("{HEADER}\n");
        for entry in entries {
            let Entry {
                hash,
                kind,
                offset,
                length,
            } = entry;
            text.push_str(&format!("{hash} {kind} {offset} {length}\n"));
        }
        write_file(
            &self.store.folder.join(format!("{id}.idx")),
            text.as_bytes(),
        )
    }
}
