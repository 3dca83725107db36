//! Reads versions back.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use serde::de::DeserializeOwned;
use thresh_types::{DocId, Document, Provenance, RemovedBlock, Sha256Hash, VersionId, Withheld};

use super::assembly::Source;
use super::{FORMAT, Leaf, Manifest, Shelf, Stamp, Versions};
use crate::CorpusError;
use crate::durable::entries;

/// Fewer digits of an id name nothing: `12` is a number, not an id.
const SHORTEST_PREFIX: usize = 4;

/// A published version; cheap to clone, its contents are read when asked for.
#[derive(Debug, Clone)]
pub struct Version {
    manifest: Manifest,
    stamp: Stamp,
    folder: PathBuf,
    pub(super) shelf: Arc<Shelf>,
    provenance: OnceLock<Arc<BTreeMap<DocId, Provenance>>>,
}

impl Version {
    fn open(folder: &Path, shelf: Arc<Shelf>) -> Result<Self, CorpusError> {
        let path = folder.join("manifest.json");
        let manifest: Manifest = read_json(&path)?;
        if manifest.format > FORMAT {
            return Err(CorpusError::Format {
                path,
                found: u64::from(manifest.format),
                known: u64::from(FORMAT),
            });
        }
        Ok(Self {
            manifest,
            stamp: read_json(&folder.join("stamp.json"))?,
            folder: folder.to_owned(),
            shelf,
            provenance: OnceLock::new(),
        })
    }

    /// Returns the local number.
    pub const fn n(&self) -> u64 {
        self.stamp.n
    }

    /// Returns the identity.
    pub const fn id(&self) -> VersionId {
        self.manifest.version_id
    }

    /// Returns the manifest.
    pub const fn manifest(&self) -> &Manifest {
        &self.manifest
    }

    /// Returns when and by what it was published.
    pub const fn stamp(&self) -> &Stamp {
        &self.stamp
    }

    /// Returns the folder.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Returns the documents as hashes, sorted by id.
    ///
    /// # Errors
    /// When the list cannot be read.
    pub fn leaves(&self) -> Result<Vec<Leaf>, CorpusError> {
        read_lines(&self.folder.join("documents.jsonl"))
    }

    /// Returns a document with text and provenance.
    ///
    /// # Errors
    /// When an object is missing or damaged.
    pub fn document(&self, leaf: &Leaf) -> Result<Document, CorpusError> {
        let meta: Document = self.object_json(&leaf.meta_sha256)?;
        Ok(Document {
            text: self.text(leaf)?,
            provenance: self.provenance()?.get(&leaf.doc_id).cloned(),
            ..meta
        })
    }

    /// Returns a document without its text, with provenance.
    ///
    /// # Errors
    /// When an object is missing or damaged.
    pub fn metadata(&self, leaf: &Leaf) -> Result<Document, CorpusError> {
        let meta: Document = self.object_json(&leaf.meta_sha256)?;
        Ok(Document {
            provenance: self.provenance()?.get(&leaf.doc_id).cloned(),
            ..meta
        })
    }

    /// Returns a document's text.
    ///
    /// # Errors
    /// When the object is missing or damaged.
    pub fn text(&self, leaf: &Leaf) -> Result<String, CorpusError> {
        self.object_text(&leaf.text_sha256)
    }

    /// Returns a document's text as Markdown.
    ///
    /// # Errors
    /// When the object is missing or damaged.
    pub fn markdown(&self, leaf: &Leaf) -> Result<String, CorpusError> {
        self.object_text(&leaf.markdown_sha256)
    }

    /// Returns what was removed from a document.
    ///
    /// # Errors
    /// When the object is missing or damaged.
    pub fn removed(&self, leaf: &Leaf) -> Result<Vec<RemovedBlock>, CorpusError> {
        self.object_json(&leaf.removed_sha256)
    }

    /// Returns what was captured and is left out, sorted.
    ///
    /// # Errors
    /// When the list cannot be read.
    pub fn withheld(&self) -> Result<Vec<Withheld>, CorpusError> {
        read_lines(&self.folder.join("withheld.jsonl"))
    }

    /// Returns where each document's text came from.
    ///
    /// # Errors
    /// When the list cannot be read.
    pub fn provenance(&self) -> Result<Arc<BTreeMap<DocId, Provenance>>, CorpusError> {
        if let Some(known) = self.provenance.get() {
            return Ok(Arc::clone(known));
        }
        let lines: Vec<Source> = read_lines(&self.folder.join("provenance.jsonl"))?;
        let map = lines
            .into_iter()
            .map(|line| (line.doc_id, line.provenance))
            .collect();
        Ok(Arc::clone(self.provenance.get_or_init(|| Arc::new(map))))
    }

    /// Returns the configuration that it was made with.
    ///
    /// # Errors
    /// When the object is missing or damaged.
    pub fn config_snapshot(&self) -> Result<String, CorpusError> {
        self.object_text(&self.manifest.inputs.config_sha256)
    }

    /// Returns the decisions that it was made with.
    ///
    /// # Errors
    /// When the object is missing or damaged.
    pub fn decisions_snapshot(&self) -> Result<String, CorpusError> {
        self.object_text(&self.manifest.inputs.decisions_sha256)
    }

    fn object_text(&self, hash: &Sha256Hash) -> Result<String, CorpusError> {
        let bytes = self.shelf.store()?.read(hash)?;
        String::from_utf8(bytes)
            .map_err(|_| CorpusError::damaged(&self.folder, format!("{hash} is no text")))
    }

    fn object_json<T: DeserializeOwned>(&self, hash: &Sha256Hash) -> Result<T, CorpusError> {
        let bytes = self.shelf.store()?.read(hash)?;
        serde_json::from_slice(&bytes)
            .map_err(|e| CorpusError::damaged(&self.folder, format!("the object {hash}: {e}")))
    }
}

impl Versions<'_> {
    /// Returns every version, oldest first.
    ///
    /// # Errors
    /// When a manifest cannot be read.
    pub fn list(&self) -> Result<Vec<Version>, CorpusError> {
        self.numbers()?.into_iter().map(|n| self.open(n)).collect()
    }

    /// Returns the newest version, where there is one.
    ///
    /// # Errors
    /// When its manifest cannot be read.
    pub fn latest(&self) -> Result<Option<Version>, CorpusError> {
        let newest = self.numbers()?.last().copied();
        newest.map(|n| self.open(n)).transpose()
    }

    /// Returns the version that a person named: `latest`, a tag, a number, or the first digits of an
    /// id. Of versions with equal ids the newest is meant.
    ///
    /// # Errors
    /// When no version has the name, or the digits begin several ids.
    pub fn resolve(&self, name: &str) -> Result<Version, CorpusError> {
        let unknown = || CorpusError::UnknownVersion {
            name: name.to_owned(),
        };
        if name == "latest" {
            return self.latest()?.ok_or_else(unknown);
        }
        if let Some(&n) = self.tags()?.get(name) {
            return self.open(n);
        }
        if let Ok(n) = name.parse::<u64>()
            && self.numbers()?.contains(&n)
        {
            return self.open(n);
        }
        self.by_prefix(name)?.ok_or_else(unknown)
    }

    fn by_prefix(&self, name: &str) -> Result<Option<Version>, CorpusError> {
        let prefix = name.to_ascii_lowercase();
        if prefix.len() < SHORTEST_PREFIX || !prefix.bytes().all(|b| b.is_ascii_hexdigit()) {
            return Ok(None);
        }
        let mut found: Option<Version> = None;
        for version in self.list()? {
            if !version.id().to_string().starts_with(&prefix) {
                continue;
            }
            if found.is_some_and(|other| other.id() != version.id()) {
                return Err(CorpusError::Ambiguous {
                    name: name.to_owned(),
                });
            }
            found = Some(version);
        }
        Ok(found)
    }

    /// Returns the numbers of the versions, ascending.
    fn numbers(&self) -> Result<Vec<u64>, CorpusError> {
        let mut numbers: Vec<u64> = entries(&self.folder())?
            .iter()
            .filter(|path| path.is_dir())
            .filter_map(|path| path.file_name()?.to_str()?.parse().ok())
            .collect();
        numbers.sort_unstable();
        Ok(numbers)
    }

    fn open(&self, n: u64) -> Result<Version, CorpusError> {
        Version::open(&self.folder().join(n.to_string()), self.shelf())
    }
}

fn read_json<T: DeserializeOwned>(path: &Path) -> Result<T, CorpusError> {
    let bytes = fs::read(path).map_err(CorpusError::io("read", path))?;
    serde_json::from_slice(&bytes).map_err(|e| CorpusError::damaged(path, e.to_string()))
}

/// Reads a file of JSON lines.
pub(super) fn read_lines<T: DeserializeOwned>(path: &Path) -> Result<Vec<T>, CorpusError> {
    let text = fs::read_to_string(path).map_err(CorpusError::io("read", path))?;
    text.lines()
        .enumerate()
        .map(|(position, line)| {
            serde_json::from_str(line)
                .map_err(|e| CorpusError::damaged(path, format!("line {}: {e}", position + 1)))
        })
        .collect()
}
