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

/// A relation that does not merge by itself.
///
/// [`Contains`](Self::Contains), [`Mirror`](Self::Mirror) and [`Syndication`](Self::Syndication) may
/// hold between documents that share a cluster; the others keep documents apart.
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
    /// `a` is a later revision of `b`, a correction of it or an addition to it.
    Revision,
    /// `a` is `b` under another address: another host of one site, or a site copied as a whole.
    Mirror,
    /// `a` says what `b` said first, on a site of its own.
    Syndication,
}

/// A stretch of words that two documents have in common.
///
/// Offsets count the Unicode characters of the texts as they were given; an end lies behind the last
/// character.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct SharedSpan {
    /// Where it stands in the first text: start and end.
    pub a: (usize, usize),
    /// Where it stands in the second text: start and end.
    pub b: (usize, usize),
    /// Its words.
    pub words: usize,
}

/// Words of one document in the place of others, or of none.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Differing {
    /// The words of the first text as written, shortened; empty where it has none here.
    pub a: String,
    /// The words of the second text as written, shortened; empty where it has none here.
    pub b: String,
    /// Where they stand in the first text: start and end, as in [`SharedSpan`].
    pub at_a: (usize, usize),
    /// Where they stand in the second text: start and end, as in [`SharedSpan`].
    pub at_b: (usize, usize),
}

/// What two texts have in common, and in what they differ.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Comparison {
    /// The shared spans, the longest first; not more than a page can show.
    pub shared: Vec<SharedSpan>,
    /// Words in all shared spans, also in those that are not listed.
    pub shared_words: usize,
    /// The differences, numbers first, then in the order of the text; not more than a page can show.
    pub differs: Vec<Differing>,
    /// Words that differ, also in differences that are not listed: the longer side of each.
    pub differing_words: usize,
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
    /// Share of the rare 5-grams of the document with fewer of them that both have, 0 to 1, rounded
    /// likewise; `None` where the pair was not measured.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub core: Option<f64>,
    /// The rule that fired: `exact`, `near`, `contained`, `wrapped`, `exchanged`, `decided`,
    /// `identity`, `claimed`.
    #[serde(default)]
    pub rule: String,
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

/// Two documents that relate without merging for it.
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
    /// As in [`Edge`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub core: Option<f64>,
    /// The rule that fired, or the one that forbade a merge: `contains`, `digest`, `own-article`,
    /// `numbers`, `exchanged`, `sibling-of-copy`, `revision-mark`, `symbol`, `identity`, `hreflang`,
    /// `canonical-link`, `statement`, `same-path`, `same-site`.
    #[serde(default)]
    pub rule: String,
    /// Why, for people.
    pub reason: String,
}
