//! A document as the corpus publishes it.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{
    Attachment, Dateline, DocId, Evidence, NonMerging, PartialDate, Refresh, Relation, RuleId,
    Sha256Hash, SiteId, Speaker, Translation,
};

/// Whether the document can still be found where it was.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum DocumentStatus {
    /// The address answered when it was last asked.
    Live,
    /// The address answered 404 or 410 when it was last asked.
    Gone,
}

/// Another document that says the same.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Alias {
    /// Its identifier.
    pub id: DocId,
    /// Its address; empty for an import without one.
    pub url: String,
    /// How it stands to the canonical document.
    pub relation: Relation,
    /// Jaccard coefficient of word 5-grams, 0 to 1.
    pub jaccard: Option<f64>,
    /// Containment of word 5-grams, 0 to 1.
    pub containment: Option<f64>,
    /// The rule that joined them and what it saw, for people.
    pub reason: String,
}

/// The address that a page calls its own: a hint, never obeyed by itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CanonicalClaim {
    /// The address that the page names.
    pub url: String,
    /// Whether it is the address that the document goes by.
    pub agrees: bool,
}

/// Where a document's text came from, and what its page said to crawlers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Provenance {
    /// When the capture was made; unknown for imports that do not say.
    pub fetched_at: Option<Timestamp>,
    /// The WARC file.
    pub warc: String,
    /// Where the compressed member starts in it, in bytes.
    pub offset: u64,
    /// Digest of the payload.
    pub payload_sha256: Sha256Hash,
    /// The rules that removed or repaired anything, sorted.
    pub rules: Vec<RuleId>,
    /// The versions of the stages, `name/number`.
    pub stages: Vec<String>,
    /// What the page asks of crawlers and did not keep it out, with the place where it stood:
    /// `meta robots: nofollow`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub directives: Vec<String>,
    /// The address that the page calls its own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub canonical: Option<CanonicalClaim>,
    /// Where the page leads by itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub refresh: Option<Refresh>,
    /// What the page has its relative links resolved against.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub base: Option<String>,
    /// The terms of text and data mining that the page or its origin names.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tdm_policy: Option<String>,
}

/// A record of the corpus: what `export` writes and `show` prints.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Document {
    /// The identifier.
    pub id: DocId,
    /// The smallest identifier of its cluster.
    pub cluster_id: DocId,
    /// The documents that say the same.
    pub aliases: Vec<Alias>,
    /// Why this document speaks for the others of its cluster; `None` where it is alone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub canonical_reason: Option<String>,
    /// The address; empty for an import without one.
    pub url: String,
    /// Every address it was seen under, sorted.
    pub urls: Vec<String>,
    /// The site.
    pub site: SiteId,
    /// The title.
    pub title: Option<String>,
    /// The authors, joined by `; `.
    pub author: Option<String>,
    /// The date of publication.
    pub date: Option<PartialDate>,
    /// Where the date was read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub date_evidence: Option<Evidence<PartialDate>>,
    /// The dateline.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dateline: Option<Dateline>,
    /// The date of the last change that the page declares.
    pub modified: Option<PartialDate>,
    /// The language, BCP 47, lower case.
    pub language: Option<String>,
    /// The document type.
    pub doc_type: Option<String>,
    /// Official symbols.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub doc_numbers: Vec<String>,
    /// Who publishes it.
    pub publisher: Option<String>,
    /// Topics and tags.
    pub tags: Vec<String>,
    /// The persons whom the text quotes.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub speakers: Vec<Speaker>,
    /// The licence, `unknown` where neither the page nor the site's file tells.
    pub licence: String,
    /// The text; stored on its own, by its digest.
    #[serde(default)]
    pub text: String,
    /// Live or gone.
    pub status: DocumentStatus,
    /// Whether a person should look at it.
    pub needs_review: bool,
    /// Why a person should look at it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub review_reasons: Vec<String>,
    /// Relations that do not merge.
    pub relations: Vec<NonMerging>,
    /// Files that belong to it.
    pub attachments: Vec<Attachment>,
    /// The same document in other languages.
    pub translations: Vec<Translation>,
    /// Where the text came from; outside the version's identity.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub provenance: Option<Provenance>,
}

/// A block that was removed, kept for ever with rule and reason.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RemovedBlock {
    /// The rule.
    pub rule: RuleId,
    /// What it saw.
    pub why: String,
    /// The text.
    pub text: String,
}

/// A page that was captured and is not in the version, with the reason.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Withheld {
    /// The document it would have been.
    pub id: DocId,
    /// Its address.
    pub url: String,
    /// `interstitial` or `interstitial/KIND`, `script-shell`, `listing`, `directive`, `truncated`, …
    pub reason: String,
    /// What was seen, for people.
    pub detail: String,
}
