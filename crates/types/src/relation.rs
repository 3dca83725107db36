//! How documents relate to each other.

use serde::{Deserialize, Serialize};

/// How a document stands to the cluster it was put in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Relation {
    /// It speaks for the cluster.
    Canonical,
    /// Its normalised text equals the canonical document's.
    Exact,
    /// Its text is nearly that of the document it is compared with.
    Near,
    /// Its text is wholly or mostly contained in the document it is compared with.
    Contained,
    /// It is alone in its cluster.
    Unique,
}

/// A relation that does not merge.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum RelationKind {
    /// `a` holds the text of `b` among others: a digest.
    Contains,
    /// Both are filled from one template with different facts.
    Template,
    /// `a` quotes `b` at length.
    Quotes,
    /// Both say the same in different languages.
    Translation,
    /// `a` is a later revision of `b`.
    Revision,
}

/// The evidence for merging two documents.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Edge {
    /// The document that joined.
    pub a: String,
    /// The document it was compared with.
    pub b: String,
    /// How `a` stands to `b`.
    pub relation: Relation,
    /// Jaccard coefficient of the sets of word 5-grams, 0 to 1, rounded to three digits.
    pub jaccard: f64,
    /// Share of the smaller set of word 5-grams found in the larger, 0 to 1, rounded likewise.
    pub containment: f64,
    /// The rule that fired and what it saw, for people.
    pub reason: String,
}

/// The place of one document in its cluster.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ClusterMember {
    /// The document.
    pub id: String,
    /// The smallest id of the cluster.
    pub cluster_id: String,
    /// The document that speaks for the cluster.
    pub canonical_id: String,
    /// How this document stands to `to`.
    pub relation: Relation,
    /// The document it is compared with: the canonical one where they share an edge.
    pub to: Option<String>,
    /// As in [`Edge`]; `None` for a document alone.
    pub jaccard: Option<f64>,
    /// As in [`Edge`]; `None` for a document alone.
    pub containment: Option<f64>,
    /// Why it is here, for people.
    pub reason: String,
}

/// Two documents that relate but stay apart.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct NonMerging {
    /// The first document.
    pub a: String,
    /// The second document.
    pub b: String,
    /// How `a` relates to `b`.
    pub relation: RelationKind,
    /// As in [`Edge`].
    pub jaccard: f64,
    /// As in [`Edge`].
    pub containment: f64,
    /// Why, for people.
    pub reason: String,
}
