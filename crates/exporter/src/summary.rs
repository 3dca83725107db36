//! What a version holds, in numbers.

use std::collections::BTreeMap;

use serde::Serialize;
use thresh_corpus::Version;
use thresh_types::{Document, DocumentStatus, Timestamp, VersionId};

use crate::ExportError;
use crate::log::tags_of;
use crate::words::count_words;

/// What a version holds, in numbers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct VersionSummary {
    /// The number.
    pub n: u64,
    /// The identity.
    pub id: VersionId,
    /// When it was published.
    pub published_at: Timestamp,
    /// The program that published it.
    pub tool: String,
    /// Its tags, sorted.
    pub tags: Vec<String>,
    /// The documents.
    pub documents: u64,
    /// The words of their texts.
    pub words: u64,
    /// The other documents that say the same as one of them.
    pub aliases: u64,
    /// Those of the documents whose address answers no more.
    pub gone: u64,
    /// Those of the documents that a person should look at.
    pub needs_review: u64,
    /// The documents by site.
    pub sites: BTreeMap<String, u64>,
    /// The documents by language, `unknown` where it is.
    pub languages: BTreeMap<String, u64>,
    /// The documents by type, `unknown` where it is.
    pub doc_types: BTreeMap<String, u64>,
    /// The pages that were captured and are not in the version, by reason.
    pub withheld: BTreeMap<String, u64>,
}

/// Returns what `version` holds, in numbers; reads every document. `tags` names versions by their
/// number.
///
/// # Errors
/// When the store cannot read the version.
pub fn summarise(
    version: &Version,
    tags: &BTreeMap<String, u64>,
) -> Result<VersionSummary, ExportError> {
    let stamp = version.stamp();
    let mut summary = VersionSummary {
        n: version.n(),
        id: version.id(),
        published_at: stamp.published_at,
        tool: stamp.tool.clone(),
        tags: tags_of(version.n(), tags),
        documents: 0,
        words: 0,
        aliases: 0,
        gone: 0,
        needs_review: 0,
        sites: BTreeMap::new(),
        languages: BTreeMap::new(),
        doc_types: BTreeMap::new(),
        withheld: BTreeMap::new(),
    };
    for leaf in &version.leaves()? {
        summary.count(&version.document(leaf)?);
    }
    for withheld in version.withheld()? {
        *summary.withheld.entry(withheld.reason).or_default() += 1;
    }
    Ok(summary)
}

impl VersionSummary {
    fn count(&mut self, document: &Document) {
        self.documents += 1;
        self.words += count_words(&document.text);
        self.aliases += document.aliases.len() as u64;
        self.gone += u64::from(document.status == DocumentStatus::Gone);
        self.needs_review += u64::from(document.needs_review);
        add(&mut self.sites, Some(document.site.as_str()));
        add(&mut self.languages, document.language.as_deref());
        add(&mut self.doc_types, document.doc_type.as_deref());
    }
}

fn add(counts: &mut BTreeMap<String, u64>, name: Option<&str>) {
    let name = name.unwrap_or("unknown").to_owned();
    *counts.entry(name).or_default() += 1;
}
