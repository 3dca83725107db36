//! What one version changed against another, by document.
//!
//! A document that is in one version only was added or removed, unless the other version knows it as
//! an alias: then its cluster was regrouped, and its text is in the corpus as before. A document in
//! both changed its body, or only what is known of it, or its status, or only what was taken out of
//! it as noise. Where the texts were found and when (provenance) is no part of a version and is not
//! compared.

mod body;
mod fields;
mod versions;

use serde::Serialize;
use serde_json::Value;
use thresh_types::{DocId, DocumentStatus, SiteId, Timestamp, VersionId};

pub use versions::diff;

/// Whether the changes of a text are given word by word.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Words {
    /// Only their number.
    #[default]
    No,
    /// Each, with the words around it.
    Yes,
}

/// The differences between two versions. Every list is sorted by the document's identifier.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct VersionDiff {
    /// The version that is compared with.
    pub from: VersionRef,
    /// The version whose changes these are.
    pub to: VersionRef,
    /// How long the lists are, and what is not in them.
    pub counts: Counts,
    /// Documents that the corpus did not know, not even as an alias.
    pub added: Vec<DocumentRef>,
    /// Documents that the corpus no longer knows, not even as an alias.
    pub removed: Vec<Removed>,
    /// Documents whose text stands in another cluster, or that speak for their cluster now.
    pub regrouped: Vec<Regrouped>,
    /// Documents whose text changed; what else changed of them stands here too.
    pub body_changed: Vec<BodyChanged>,
    /// Documents whose text stayed and of which something else is known.
    pub metadata_changed: Vec<MetadataChanged>,
    /// Documents whose address answers no more, or again. They may stand in the lists above too.
    pub status_changed: Vec<StatusChanged>,
    /// Documents of which only the blocks that were taken out, or the Markdown, changed.
    pub noise_changed: Vec<DocumentRef>,
}

impl VersionDiff {
    /// Returns whether the versions hold the same documents.
    pub const fn is_empty(&self) -> bool {
        let c = &self.counts;
        c.added + c.removed + c.regrouped + c.body_changed == 0
            && c.metadata_changed + c.status_changed + c.noise_changed == 0
    }
}

/// The numbers of a comparison. A document whose status changed may be counted elsewhere too; all
/// others are counted once.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Counts {
    /// Documents of the older version.
    pub before: u64,
    /// Documents of the newer version.
    pub after: u64,
    /// Length of [`VersionDiff::added`].
    pub added: u64,
    /// Length of [`VersionDiff::removed`].
    pub removed: u64,
    /// Length of [`VersionDiff::regrouped`].
    pub regrouped: u64,
    /// Length of [`VersionDiff::body_changed`].
    pub body_changed: u64,
    /// Length of [`VersionDiff::metadata_changed`].
    pub metadata_changed: u64,
    /// Length of [`VersionDiff::status_changed`].
    pub status_changed: u64,
    /// Length of [`VersionDiff::noise_changed`].
    pub noise_changed: u64,
    /// Documents that are the same in both.
    pub unchanged: u64,
    /// Words that the changed bodies gained.
    pub words_added: u64,
    /// Words that the changed bodies lost.
    pub words_removed: u64,
}

/// A version by its names.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct VersionRef {
    /// The number.
    pub n: u64,
    /// The identity.
    pub id: VersionId,
    /// When it was published.
    pub published_at: Timestamp,
}

/// A document by what people know it by.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct DocumentRef {
    /// The identifier.
    pub id: DocId,
    /// The title.
    pub title: Option<String>,
    /// The address; empty for an import without one.
    pub url: String,
    /// The site.
    pub site: SiteId,
    /// The language.
    pub language: Option<String>,
    /// The number of words of its text.
    pub words: u64,
}

/// A document that the newer version does not hold.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Removed {
    /// The document as it was.
    pub document: DocumentRef,
    /// Why the newer version withholds it, where it says so: `directive`, `soft-404`, …
    pub withheld: Option<String>,
    /// What was seen, for people.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
}

/// A text that changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct BodyChange {
    /// Words that are new.
    pub words_added: u64,
    /// Words that are gone. A word that was replaced counts in both.
    pub words_removed: u64,
    /// The changes in reading order; there only when they were asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hunks: Option<Vec<Hunk>>,
}

/// Changes that stand close together, with the words around them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct Hunk {
    /// What stayed, went and came, in reading order; what went stands before what came for it.
    pub pieces: Vec<Piece>,
}

/// A run of words with one fate.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Piece {
    /// In both texts; as the newer one has it.
    Same(String),
    /// In the older text only.
    Removed(String),
    /// In the newer text only.
    Added(String),
}

/// A document whose text changed.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct BodyChanged {
    /// The document as it is now.
    pub document: DocumentRef,
    /// The change of its text.
    pub body: BodyChange,
    /// What else changed, without the status.
    pub fields: Vec<FieldChange>,
}

/// A document of which something else is known.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct MetadataChanged {
    /// The document as it is now.
    pub document: DocumentRef,
    /// What changed, without the status.
    pub fields: Vec<FieldChange>,
}

/// One member of the record with another value, sorted by name.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct FieldChange {
    /// The name of the member.
    pub field: String,
    /// Its value before; null where it was unknown.
    pub old: Value,
    /// Its value now; null where it is unknown.
    pub new: Value,
}

/// A document that went from the web or came back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct StatusChanged {
    /// The document as it is now.
    pub document: DocumentRef,
    /// Its status before.
    pub old: DocumentStatus,
    /// Its status now.
    pub new: DocumentStatus,
}

/// How the place of a document in its cluster changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Regrouping {
    /// It spoke for itself and is an alias of the other now.
    Merged,
    /// It was an alias of the other, and both stand by themselves now.
    Split,
    /// It was an alias of the other, speaks for the cluster now and has the other as an alias.
    Moved,
    /// It was an alias of the other, which is no longer in the corpus, or is an alias elsewhere.
    Promoted,
}

/// A document whose place in its cluster changed.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Regrouped {
    /// What happened to it.
    pub change: Regrouping,
    /// The document: as it was where it merged, as it is now elsewhere.
    pub document: DocumentRef,
    /// The document that speaks or spoke for it.
    pub other: DocumentRef,
    /// Where the cluster moved: how the text changed with it, if it did.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub body: Option<BodyChange>,
    /// Where the cluster moved: what else changed, without the status.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub fields: Vec<FieldChange>,
}
