//! Versions: what curation made of the captures, immutable and named by content.
//!
//! A version is a folder of small files over hashes; the texts stand in packs. Its id follows from its
//! documents alone. Everything in the folder but `stamp.json` is a function of the documents and the
//! inputs, byte for byte.

mod assembly;
mod compare;
mod publish;
mod read;
mod verify;

use std::collections::BTreeMap;
use std::fmt;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use thresh_types::{DocId, Document, RemovedBlock, Sha256Hash, Timestamp, VersionId, Withheld};

use crate::durable::make_folder;
use crate::store::Store;
use crate::{Corpus, CorpusError, RunLock};

pub use compare::Difference;
pub use publish::Published;
pub use read::Version;
pub use verify::Problem;

/// The number of the format that this release writes.
const FORMAT: u32 = 1;

/// A document to publish.
#[derive(Debug, Clone, PartialEq)]
pub struct NewDocument {
    /// The document, with text and provenance.
    pub doc: Document,
    /// The text as Markdown.
    pub markdown: String,
    /// What was removed.
    pub removed: Vec<RemovedBlock>,
}

/// What is to become a version.
#[derive(Debug, Clone, PartialEq)]
pub struct NewVersion {
    /// The documents, in any order.
    pub documents: Vec<NewDocument>,
    /// What was captured and is left out.
    pub withheld: Vec<Withheld>,
    /// What it was made of.
    pub inputs: Inputs,
    /// The configuration, as curation saw it.
    pub config_snapshot: String,
    /// The decisions, as curation saw them.
    pub decisions_snapshot: String,
}

/// What a version was made of, but for configuration and decisions.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Inputs {
    /// The WARC files.
    pub captures: Vec<WarcInput>,
    /// A digest of every capture's row.
    pub captures_digest: Sha256Hash,
    /// The stages, `name/number`.
    pub stages: Vec<String>,
}

/// How many captures of a WARC file a version was made of. Captures are only added, so the number names
/// them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WarcInput {
    /// The file.
    pub warc: String,
    /// How many captures.
    pub records: u64,
}

/// A line of `documents.jsonl`: a document as hashes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Leaf {
    /// The document.
    pub doc_id: DocId,
    /// Digest of its text.
    pub text_sha256: Sha256Hash,
    /// Digest of its metadata, as canonical JSON.
    pub meta_sha256: Sha256Hash,
    /// Its cluster.
    pub cluster_id: DocId,
    /// Digest of its Markdown.
    pub markdown_sha256: Sha256Hash,
    /// Digest of the list of what was removed.
    pub removed_sha256: Sha256Hash,
}

/// Counts of a version.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counts {
    /// Documents.
    pub documents: u64,
    /// Documents that others stand for.
    pub aliases: u64,
    /// Captures that are left out.
    pub withheld: u64,
    /// Documents that a person should look at.
    pub needs_review: u64,
    /// Bytes of text.
    pub text_bytes: u64,
    /// Documents of each site.
    pub sites: BTreeMap<String, u64>,
}

/// Inputs as the manifest names them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ManifestInputs {
    /// The WARC files.
    pub captures: Vec<WarcInput>,
    /// A digest of every capture's row.
    pub captures_digest: Sha256Hash,
    /// The object with the configuration.
    pub config_sha256: Sha256Hash,
    /// The object with the decisions.
    pub decisions_sha256: Sha256Hash,
    /// The stages, `name/number`.
    pub stages: Vec<String>,
}

/// `manifest.json`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Manifest {
    /// The number of the format.
    pub format: u32,
    /// The identity of the version: a digest of its documents alone.
    pub version_id: VersionId,
    /// The version before.
    pub parent: Option<VersionId>,
    /// Counts.
    pub counts: Counts,
    /// What it was made of.
    pub inputs: ManifestInputs,
    /// Digests of the other files of the folder, but for the stamp.
    pub files: BTreeMap<String, Sha256Hash>,
    /// The packs that hold its objects, sorted.
    pub packs: Vec<String>,
}

/// `stamp.json`: the one file that holds a time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stamp {
    /// The local number.
    pub n: u64,
    /// When it was published.
    pub published_at: Timestamp,
    /// The version's id.
    pub version_id: VersionId,
    /// The program that published it.
    pub tool: String,
}

/// The versions of a corpus.
pub struct Versions<'a> {
    corpus: &'a Corpus,
    /// The packs as they were when first asked for; put anew by a publication.
    shelf: Mutex<Arc<Shelf>>,
}

/// The packs, read when they are first needed.
#[derive(Debug)]
pub(crate) struct Shelf {
    folder: PathBuf,
    store: OnceLock<Store>,
}

impl Shelf {
    fn new(folder: PathBuf) -> Arc<Self> {
        Arc::new(Self {
            folder,
            store: OnceLock::new(),
        })
    }

    fn store(&self) -> Result<&Store, CorpusError> {
        if let Some(store) = self.store.get() {
            return Ok(store);
        }
        let store = Store::open(&self.folder)?;
        Ok(self.store.get_or_init(|| store))
    }
}

impl<'a> Versions<'a> {
    pub(crate) fn new(corpus: &'a Corpus) -> Self {
        Self {
            corpus,
            shelf: Mutex::new(Shelf::new(corpus.root().join("packs"))),
        }
    }

    fn folder(&self) -> PathBuf {
        self.corpus.root().join("versions")
    }

    fn shelf(&self) -> Arc<Shelf> {
        Arc::clone(&self.shelf.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn renew_shelf(&self) -> Arc<Shelf> {
        let fresh = Shelf::new(self.corpus.root().join("packs"));
        *self.shelf.lock().unwrap_or_else(PoisonError::into_inner) = Arc::clone(&fresh);
        fresh
    }

    /// Gives a version a name, over the version that had it. `latest`, numbers and what could begin an
    /// id are no names.
    ///
    /// # Errors
    /// When the name is none, or the file cannot be written.
    pub fn tag(&self, _lock: &RunLock, version: &Version, name: &str) -> Result<(), CorpusError> {
        let is_name = !name.is_empty()
            && name.len() <= 64
            && name != "latest"
            && name
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || b"-_.".contains(&b))
            && !name.starts_with('.')
            && !name.bytes().all(|b| b.is_ascii_hexdigit());
        if !is_name {
            return Err(CorpusError::Refused {
                what: "the tag",
                value: name.to_owned(),
                why: "letters, digits, `-`, `_` and `.` are expected, at most 64, not `latest`, and something that is no hexadecimal number".to_owned(),
            });
        }
        let folder = self.folder().join("tags");
        make_folder(&folder)?;
        crate::durable::write_file(&folder.join(name), format!("{}\n", version.n()).as_bytes())
    }

    /// Returns the tags with the numbers of their versions.
    ///
    /// # Errors
    /// When a tag cannot be read.
    pub fn tags(&self) -> Result<BTreeMap<String, u64>, CorpusError> {
        let mut tags = BTreeMap::new();
        for path in crate::durable::entries(&self.folder().join("tags"))? {
            let name = path
                .file_name()
                .map(|name| name.to_string_lossy().into_owned())
                .unwrap_or_default();
            if name.starts_with('.') {
                continue;
            }
            let text = std::fs::read_to_string(&path).map_err(CorpusError::io("read", &path))?;
            let n = text
                .trim()
                .parse()
                .map_err(|_| CorpusError::damaged(&path, "no number of a version"))?;
            tags.insert(name, n);
        }
        Ok(tags)
    }
}

impl fmt::Debug for Versions<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Versions")
            .field("folder", &self.folder())
            .finish_non_exhaustive()
    }
}

/// The digest of lines.
pub(crate) struct LineDigest(Sha256);

impl LineDigest {
    pub(crate) fn new() -> Self {
        Self(Sha256::new())
    }

    pub(crate) fn push(&mut self, line: &str) {
        self.0.update(line.as_bytes());
        self.0.update(b"\n");
    }

    pub(crate) fn finish(self) -> Sha256Hash {
        Sha256Hash::from_bytes(self.0.finalize().into())
    }
}

/// Returns a value as one line of JSON, its fields in the order of the type.
pub(crate) fn to_line(value: &impl Serialize) -> Result<String, CorpusError> {
    serde_json::to_string(value).map_err(|e| CorpusError::Refused {
        what: "a value",
        value: String::new(),
        why: e.to_string(),
    })
}

/// Returns the identity of a version: sha256 over the sorted lines `doc_id text_sha256 meta_sha256
/// cluster_id`, each ended by a newline.
pub(crate) fn version_id(leaves: &[Leaf]) -> VersionId {
    let mut lines: Vec<String> = leaves
        .iter()
        .map(|leaf| {
            format!(
                "{} {} {} {}",
                leaf.doc_id, leaf.text_sha256, leaf.meta_sha256, leaf.cluster_id
            )
        })
        .collect();
    lines.sort();
    let mut digest = LineDigest::new();
    for line in &lines {
        digest.push(line);
    }
    VersionId(digest.finish())
}
