//! What goes into the deduplicator and what comes out.

use serde::{Deserialize, Serialize};
use thresh_types::{ClusterMember, Edge, NonMerging, Translation};

/// A document to be grouped.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Item {
    /// The identifier; unique among the items of a call.
    pub id: String,
    /// The text, cleaned of chrome as far as that was possible.
    pub text: String,
    /// The address, where there is one.
    #[serde(default)]
    pub url: Option<String>,
    /// The date of publication (ISO 8601, any precision), where it is known.
    #[serde(default)]
    pub date: Option<String>,
    /// The language (BCP 47), where it is known.
    #[serde(default)]
    pub language: Option<String>,
    /// What names the document itself, for example an official symbol: items of equal identity and
    /// language are one document whatever their texts, items of other languages are translations.
    #[serde(default)]
    pub identity: Option<String>,
    /// Preference as the document to keep: lower goes first, for example 0 for the site of origin
    /// and 1 for a mirror.
    #[serde(default)]
    pub rank: u32,
    /// Whether chrome was removed from the text. Then what one copy has more than another is text, not
    /// chrome: a copy that lacks much does not speak, and a short text within a much longer one is a
    /// part of it, never a copy of it.
    #[serde(default)]
    pub cleaned: bool,
    /// The address that the page calls its own, absolute, where it names one.
    #[serde(default)]
    pub canonical: Option<String>,
    /// Where the page says that it stands in other languages.
    #[serde(default)]
    pub translations: Vec<Translation>,
    /// The official symbol that the document bears as its own, for example `PC.DEC/557/Rev.1`. It
    /// tells revisions and translations; two texts do not merge for bearing the same one. Where it is
    /// missing, a line at the head of the text that is a symbol counts.
    #[serde(default)]
    pub symbol: Option<String>,
    /// Who publishes the document, by name: "originally published by" may name it.
    #[serde(default)]
    pub publisher: Option<String>,
    /// Whether a sitemap lists the address.
    #[serde(default)]
    pub listed: bool,
}

/// What people have decided about pairs of documents.
///
/// Pairs that name an unknown id are passed over, since documents come and go. Where both lists
/// speak of the same documents, `apart` wins.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Constraints {
    /// Pairs that are one document.
    #[serde(default)]
    pub merge: Vec<(String, String)>,
    /// Pairs that must not share a cluster.
    #[serde(default)]
    pub apart: Vec<(String, String)>,
}

/// The result of grouping.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Grouping {
    /// The place of every item, in the order of the items.
    pub members: Vec<ClusterMember>,
    /// The evidence that merged, sorted by ids.
    pub edges: Vec<Edge>,
    /// Pairs that relate but stay apart, sorted by ids.
    pub relations: Vec<NonMerging>,
    /// Every pair found in which `a` holds the text of `b` among much else, whether they share a
    /// cluster or not, sorted by ids.
    pub containments: Vec<NonMerging>,
}

/// The items cannot be grouped.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DedupError {
    /// Two items have the same id.
    #[error("the id `{0}` occurs twice: give every item an id of its own")]
    EqualIds(String),
    /// A document or the index cannot be read, or the index cannot be written.
    #[error("the documents or their index cannot be read: {0}")]
    Unreadable(String),
}

impl DedupError {
    #[allow(clippy::needless_pass_by_value, reason = "`map_err` gives it by value")]
    pub(crate) fn unreadable(error: std::io::Error) -> Self {
        Self::Unreadable(error.to_string())
    }
}
