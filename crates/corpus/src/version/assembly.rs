//! Turns documents into the objects and lines that a version consists of.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use thresh_types::{DocId, Document, Provenance, Sha256Hash, VersionId};

use super::{Counts, Inputs, Leaf, ManifestInputs, NewDocument, NewVersion, to_line, version_id};
use crate::CorpusError;
use crate::store::ObjectKind;

/// A line of `provenance.jsonl`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Source {
    pub(super) doc_id: DocId,
    #[serde(flatten)]
    pub(super) provenance: Provenance,
}

/// Everything of a version but its place in history.
#[derive(Debug)]
pub(super) struct Assembly {
    pub(super) leaves: Vec<Leaf>,
    pub(super) documents: String,
    pub(super) withheld: String,
    pub(super) provenance: String,
    pub(super) counts: Counts,
    pub(super) inputs: ManifestInputs,
}

impl Assembly {
    /// Assembles the version; `keep` gets every object, in an order that follows from the documents.
    pub(super) fn of(
        new: &NewVersion,
        mut keep: impl FnMut(ObjectKind, &[u8]) -> Result<Sha256Hash, CorpusError>,
    ) -> Result<Self, CorpusError> {
        let mut sorted: Vec<&NewDocument> = new.documents.iter().collect();
        sorted.sort_by(|a, b| a.doc.id.cmp(&b.doc.id));
        check_unique(&sorted)?;
        let mut leaves = Vec::with_capacity(sorted.len());
        let (mut documents, mut provenance) = (String::new(), String::new());
        for document in &sorted {
            let leaf = leaf_of(document, &mut keep)?;
            push_line(&mut documents, &leaf)?;
            if let Some(from) = &document.doc.provenance {
                let source = Source {
                    doc_id: document.doc.id.clone(),
                    provenance: from.clone(),
                };
                push_line(&mut provenance, &source)?;
            }
            leaves.push(leaf);
        }
        let config = keep(ObjectKind::Config, new.config_snapshot.as_bytes())?;
        let decisions = keep(ObjectKind::Decisions, new.decisions_snapshot.as_bytes())?;
        Ok(Self {
            counts: counts_of(&sorted, new.withheld.len()),
            leaves,
            documents,
            withheld: withheld_lines(new)?,
            provenance,
            inputs: manifest_inputs(&new.inputs, config, decisions),
        })
    }

    pub(super) fn id(&self) -> VersionId {
        version_id(&self.leaves)
    }

    /// Returns the hashes of all objects, sorted.
    pub(super) fn objects(&self) -> BTreeSet<Sha256Hash> {
        let of_leaves = self.leaves.iter().flat_map(objects_of);
        of_leaves
            .chain([self.inputs.config_sha256, self.inputs.decisions_sha256])
            .collect()
    }

    /// Returns the files of the folder that the manifest has digests of.
    pub(super) fn files(&self) -> [(&'static str, &str); 3] {
        [
            ("documents.jsonl", &self.documents),
            ("provenance.jsonl", &self.provenance),
            ("withheld.jsonl", &self.withheld),
        ]
    }
}

/// Returns the hashes of a document's objects.
pub(super) fn objects_of(leaf: &Leaf) -> [Sha256Hash; 4] {
    [
        leaf.text_sha256,
        leaf.meta_sha256,
        leaf.markdown_sha256,
        leaf.removed_sha256,
    ]
}

fn check_unique(sorted: &[&NewDocument]) -> Result<(), CorpusError> {
    let twin = sorted
        .windows(2)
        .find(|pair| pair[0].doc.id == pair[1].doc.id);
    twin.map_or(Ok(()), |pair| {
        Err(CorpusError::Refused {
            what: "the document",
            value: pair[0].doc.id.to_string(),
            why: "a version has each document once".to_owned(),
        })
    })
}

fn leaf_of(
    document: &NewDocument,
    keep: &mut impl FnMut(ObjectKind, &[u8]) -> Result<Sha256Hash, CorpusError>,
) -> Result<Leaf, CorpusError> {
    let doc = &document.doc;
    let meta = meta_object(doc)?;
    let removed = to_line(&document.removed)?;
    Ok(Leaf {
        doc_id: doc.id.clone(),
        text_sha256: keep(ObjectKind::Text, doc.text.as_bytes())?,
        meta_sha256: keep(ObjectKind::Meta, meta.as_bytes())?,
        cluster_id: doc.cluster_id.clone(),
        markdown_sha256: keep(ObjectKind::Markdown, document.markdown.as_bytes())?,
        removed_sha256: keep(ObjectKind::Removed, removed.as_bytes())?,
    })
}

/// Returns the document without text and provenance as canonical JSON: keys sorted, no white space.
fn meta_object(doc: &Document) -> Result<String, CorpusError> {
    let bare = Document {
        text: String::new(),
        provenance: None,
        ..doc.clone()
    };
    let value = serde_json::to_value(&bare).map_err(|e| CorpusError::Refused {
        what: "the document",
        value: doc.id.to_string(),
        why: e.to_string(),
    })?;
    let mut value = sorted(value);
    if let Value::Object(fields) = &mut value {
        fields.remove("text");
    }
    to_line(&sorted(value))
}

/// Sorts keys at every level. `serde_json` keeps them sorted unless a feature, which any crate of the
/// build can turn on, makes it keep their order; then inserting them in order sorts them.
fn sorted(value: Value) -> Value {
    match value {
        Value::Object(fields) => {
            let mut fields: Vec<(String, Value)> = fields.into_iter().collect();
            fields.sort_by(|a, b| a.0.cmp(&b.0));
            let fields = fields
                .into_iter()
                .map(|(name, value)| (name, sorted(value)));
            Value::Object(fields.collect::<Map<_, _>>())
        }
        Value::Array(values) => Value::Array(values.into_iter().map(sorted).collect()),
        other => other,
    }
}

fn push_line(lines: &mut String, value: &impl Serialize) -> Result<(), CorpusError> {
    lines.push_str(&to_line(value)?);
    lines.push('\n');
    Ok(())
}

fn withheld_lines(new: &NewVersion) -> Result<String, CorpusError> {
    let mut withheld: Vec<_> = new.withheld.iter().collect();
    withheld.sort();
    let mut lines = String::new();
    for one in withheld {
        push_line(&mut lines, one)?;
    }
    Ok(lines)
}

fn counts_of(documents: &[&NewDocument], withheld: usize) -> Counts {
    let mut counts = Counts {
        documents: documents.len() as u64,
        withheld: withheld as u64,
        ..Counts::default()
    };
    for NewDocument { doc, .. } in documents {
        counts.aliases += doc.aliases.len() as u64;
        counts.needs_review += u64::from(doc.needs_review);
        counts.text_bytes += doc.text.len() as u64;
        *counts.sites.entry(doc.site.to_string()).or_default() += 1;
    }
    counts
}

fn manifest_inputs(inputs: &Inputs, config: Sha256Hash, decisions: Sha256Hash) -> ManifestInputs {
    ManifestInputs {
        captures: inputs.captures.clone(),
        captures_digest: inputs.captures_digest,
        config_sha256: config,
        decisions_sha256: decisions,
        stages: inputs.stages.clone(),
    }
}

impl NewVersion {
    /// Returns the identity that the version would have, without writing anything.
    ///
    /// # Errors
    /// When two documents have one id.
    pub fn id(&self) -> Result<VersionId, CorpusError> {
        Ok(version_id(&self.leaves()?))
    }

    /// Returns the documents as hashes, sorted by id, without writing anything.
    ///
    /// # Errors
    /// When two documents have one id.
    pub fn leaves(&self) -> Result<Vec<Leaf>, CorpusError> {
        Ok(Assembly::of(self, hash_only)?.leaves)
    }
}

/// Keeps nothing.
pub(super) fn hash_only(_: ObjectKind, bytes: &[u8]) -> Result<Sha256Hash, CorpusError> {
    Ok(Sha256Hash::of(bytes))
}
