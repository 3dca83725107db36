//! The history of a corpus, a row a version.

use std::collections::BTreeMap;

use serde::Serialize;
use thresh_corpus::Version;
use thresh_types::{Timestamp, VersionId};

/// One version in the history.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LogRow {
    /// The number.
    pub n: u64,
    /// The identity.
    pub id: VersionId,
    /// When it was published.
    pub published_at: Timestamp,
    /// How many documents it holds.
    pub documents: u64,
    /// Its tags, sorted.
    pub tags: Vec<String>,
}

/// Returns a row for each version, in the order given; `tags` names versions by their number.
pub fn log(versions: &[Version], tags: &BTreeMap<String, u64>) -> Vec<LogRow> {
    let rows = versions.iter().map(|version| LogRow {
        n: version.n(),
        id: version.id(),
        published_at: version.stamp().published_at,
        documents: version.manifest().counts.documents,
        tags: tags_of(version.n(), tags),
    });
    rows.collect()
}

/// Returns the tags that name the version with this number, sorted.
pub(crate) fn tags_of(n: u64, tags: &BTreeMap<String, u64>) -> Vec<String> {
    let here = tags.iter().filter(|(_, number)| **number == n);
    here.map(|(name, _)| name.clone()).collect()
}
