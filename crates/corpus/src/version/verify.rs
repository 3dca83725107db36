//! Re-hashes everything that a version stands on.

use std::collections::BTreeSet;
use std::fmt;
use std::fs;

use thresh_types::{Document, Provenance, Sha256Hash};

use super::assembly::objects_of;
use super::{Leaf, Version, Versions, version_id};
use crate::CorpusError;
use crate::payload::read_parts;
use crate::store::{pack_id, read_index};

/// Something that is not as the version says.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Problem {
    /// The file, object or document.
    pub what: String,
    /// What is wrong with it.
    pub detail: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.what, self.detail)
    }
}

/// Gathers problems.
#[derive(Default)]
pub(super) struct Findings(Vec<Problem>);

impl Findings {
    pub(super) fn add(&mut self, what: impl fmt::Display, detail: impl fmt::Display) {
        self.0.push(Problem {
            what: what.to_string(),
            detail: detail.to_string(),
        });
    }

    fn take<T>(&mut self, what: impl fmt::Display, result: Result<T, CorpusError>) -> Option<T> {
        result.map_err(|error| self.add(what, chain(&error))).ok()
    }
}

/// Returns an error with its causes on one line.
fn chain(error: &CorpusError) -> String {
    let mut text = error.to_string();
    let mut cause = std::error::Error::source(error);
    while let Some(error) = cause {
        text.push_str(&format!(": {error}"));
        cause = error.source();
    }
    text
}

impl Versions<'_> {
    /// Re-hashes a version: its files, its identity, every object, the packs, and the payloads of the
    /// captures that its documents came from. Returns what is wrong; nothing where all is well.
    ///
    /// # Errors
    /// None for damage, which is the result; only when the database fails.
    pub fn verify(&self, version: &Version) -> Result<Vec<Problem>, CorpusError> {
        let mut findings = Findings::default();
        check_files(version, &mut findings);
        if let Some(leaves) = findings.take("documents.jsonl", version.leaves()) {
            check_identity(version, &leaves, &mut findings);
            check_objects(version, &leaves, &mut findings);
            check_documents(version, &leaves, &mut findings);
            self.check_sources(version, &leaves, &mut findings);
        }
        check_packs(version, &mut findings);
        Ok(findings.0)
    }

    fn check_sources(&self, version: &Version, leaves: &[Leaf], findings: &mut Findings) {
        let Some(provenance) = findings.take("provenance.jsonl", version.provenance()) else {
            return;
        };
        let mut checked = BTreeSet::new();
        for leaf in leaves {
            let Some(from) = provenance.get(&leaf.doc_id) else {
                continue;
            };
            if checked.insert((&from.warc, from.offset)) {
                let what = format!("the capture of {}", leaf.doc_id);
                findings.take(what, self.check_payload(from));
            }
        }
    }

    fn check_payload(&self, from: &Provenance) -> Result<(), CorpusError> {
        let known = self.corpus.database().capture_at(&from.warc, from.offset)?;
        let path = self.corpus.warc_path(&from.warc)?;
        let digest = match known {
            // Reading checks the bytes against the digest of the row.
            Some(stored) => {
                self.corpus.read_payload(&stored.capture)?;
                stored.capture.payload_digest
            }
            None => Sha256Hash::of(read_parts(&path, from.offset)?.bytes),
        };
        if digest == from.payload_sha256 {
            return Ok(());
        }
        let what = format!(
            "the record at byte {} has the payload {digest}, not {}",
            from.offset, from.payload_sha256
        );
        Err(CorpusError::damaged(&path, what))
    }
}

fn check_files(version: &Version, findings: &mut Findings) {
    for (name, digest) in &version.manifest().files {
        let path = version.folder().join(name);
        let bytes = fs::read(&path).map_err(CorpusError::io("read", &path));
        if let Some(bytes) = findings.take(name, bytes)
            && Sha256Hash::of(&bytes) != *digest
        {
            findings.add(name, "the file is not the one that the manifest names");
        }
    }
    if version.stamp().version_id != version.id() {
        findings.add("stamp.json", "it names another version than the manifest");
    }
}

fn check_identity(version: &Version, leaves: &[Leaf], findings: &mut Findings) {
    if version_id(leaves) != version.id() {
        findings.add(
            "documents.jsonl",
            "the documents do not give the version's id",
        );
    }
    if leaves
        .windows(2)
        .any(|pair| pair[0].doc_id >= pair[1].doc_id)
    {
        findings.add("documents.jsonl", "the documents are not sorted by id");
    }
    let stated = version.manifest().counts.documents;
    if stated != leaves.len() as u64 {
        let detail = format!("it counts {stated} documents, there are {}", leaves.len());
        findings.add("manifest.json", detail);
    }
}

fn check_objects(version: &Version, leaves: &[Leaf], findings: &mut Findings) {
    let Some(store) = findings.take("packs", version.shelf.store()) else {
        return;
    };
    let inputs = &version.manifest().inputs;
    let objects: BTreeSet<Sha256Hash> = leaves
        .iter()
        .flat_map(objects_of)
        .chain([inputs.config_sha256, inputs.decisions_sha256])
        .collect();
    for hash in objects {
        findings.take(format!("object {hash}"), store.read(&hash));
    }
}

fn check_documents(version: &Version, leaves: &[Leaf], findings: &mut Findings) {
    for leaf in leaves {
        // A damaged object was reported before.
        let Ok(meta) = version.metadata(leaf) else {
            continue;
        };
        let Document { id, cluster_id, .. } = &meta;
        if *id != leaf.doc_id || *cluster_id != leaf.cluster_id {
            let detail = format!("its metadata speaks of {id} in cluster {cluster_id}");
            findings.add(format!("document {}", leaf.doc_id), detail);
        }
    }
}

fn check_packs(version: &Version, findings: &mut Findings) {
    let Some(store) = findings.take("packs", version.shelf.store()) else {
        return;
    };
    for pack in &version.manifest().packs {
        let path = store.pack_path(pack);
        let Some(entries) = findings.take(pack, read_index(&path.with_extension("idx"))) else {
            continue;
        };
        if pack_id(entries.iter().map(|entry| entry.hash)).to_string() != *pack {
            findings.add(pack, "the index does not give the pack's name");
        }
        let length: u64 = entries.iter().map(|entry| entry.length).sum();
        let size = fs::metadata(&path).map_err(CorpusError::io("read", &path));
        if let Some(size) = findings.take(pack, size)
            && size.len() != length
        {
            let detail = format!("the pack has {} bytes, its index {length}", size.len());
            findings.add(pack, detail);
        }
    }
}
