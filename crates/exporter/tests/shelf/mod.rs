//! A corpus in a temporary folder, with small versions of our own writing.
#![allow(
    dead_code,
    unreachable_pub,
    reason = "each test binary uses what it needs of this module"
)]

use tempfile::TempDir;
use thresh_corpus::{Clock, Corpus, NewDocument, NewVersion, RunLock, Version};
use thresh_types::{
    Alias, DocId, Document, DocumentStatus, Provenance, Relation, Sha256Hash, SiteId, Withheld,
};

/// The corpus and the lock on it.
pub struct Shelf {
    pub folder: TempDir,
    pub corpus: Corpus,
    lock: RunLock,
}

impl Shelf {
    pub fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let corpus = Corpus::create(&folder.path().join("corpus")).unwrap();
        let lock = corpus.lock().unwrap();
        Self {
            folder,
            corpus,
            lock,
        }
    }

    pub fn publish(&self, documents: Vec<NewDocument>) -> Version {
        self.publish_with(documents, Vec::new())
    }

    pub fn publish_with(&self, documents: Vec<NewDocument>, withheld: Vec<Withheld>) -> Version {
        let new = NewVersion {
            documents,
            withheld,
            inputs: self.corpus.inputs(vec!["test/1".to_owned()]).unwrap(),
            config_snapshot: "{}".to_owned(),
            decisions_snapshot: String::new(),
        };
        let clock = Clock::fixed("2026-02-03T04:05:06Z".parse().unwrap());
        let versions = self.corpus.versions();
        versions
            .publish(&self.lock, &new, &clock, "thresh test")
            .unwrap();
        versions.list().unwrap().pop().unwrap()
    }
}

pub fn id(key: &str) -> DocId {
    DocId::of(&site(), key)
}

pub fn site() -> SiteId {
    "harbour".parse().unwrap()
}

/// A document about which little is known, at an address made of its key.
pub fn document(key: &str, text: &str) -> Document {
    let url = format!("https://harbour.example/{key}");
    Document {
        id: id(key),
        cluster_id: id(key),
        aliases: Vec::new(),
        canonical_reason: None,
        urls: vec![url.clone()],
        url,
        site: site(),
        title: Some(format!("On {key}")),
        author: None,
        date: None,
        date_evidence: None,
        dateline: None,
        modified: None,
        language: Some("en".to_owned()),
        doc_type: None,
        doc_numbers: Vec::new(),
        publisher: None,
        tags: Vec::new(),
        speakers: Vec::new(),
        licence: "unknown".to_owned(),
        text: text.to_owned(),
        status: DocumentStatus::Live,
        needs_review: false,
        review_reasons: Vec::new(),
        relations: Vec::new(),
        attachments: Vec::new(),
        translations: Vec::new(),
        provenance: Some(provenance()),
    }
}

fn provenance() -> Provenance {
    Provenance {
        fetched_at: Some("2026-01-02T03:04:05Z".parse().unwrap()),
        warc: "captures/000001.warc.gz".to_owned(),
        offset: 1_024,
        payload_sha256: Sha256Hash::of("payload"),
        rules: vec!["common/breadcrumb".parse().unwrap()],
        stages: vec!["cleaner/1".to_owned()],
        directives: Vec::new(),
        canonical: None,
        refresh: None,
        base: None,
        tdm_policy: None,
    }
}

/// Another document that says the same as the one it is put on.
pub fn alias(key: &str) -> Alias {
    Alias {
        id: id(key),
        url: format!("https://harbour.example/{key}"),
        relation: Relation::Near,
        jaccard: Some(0.953),
        containment: Some(0.99),
        reason: "the words are nearly the same".to_owned(),
    }
}

/// Makes it ready to be published.
pub fn new(doc: Document) -> NewDocument {
    let heading = doc.title.clone().unwrap_or_default();
    NewDocument {
        markdown: format!("# {heading}\n\n{}", doc.text),
        removed: Vec::new(),
        doc,
    }
}

/// A document of which much is known, in words that are awkward in every format.
pub fn rich() -> Document {
    Document {
        aliases: vec![alias("ferry-copy")],
        title: Some("\"No one\tleft\" behind: the #1 ferry".to_owned()),
        author: Some("A. Lind; Ö. Berg".to_owned()),
        date: Some("2018-02".parse().unwrap()),
        modified: Some("2018-03-01".parse().unwrap()),
        language: Some("no".to_owned()),
        doc_type: Some("press-release".to_owned()),
        publisher: Some("Harbour Office".to_owned()),
        tags: vec!["ferries".to_owned(), "yes".to_owned()],
        licence: "CC BY 4.0".to_owned(),
        status: DocumentStatus::Gone,
        needs_review: true,
        review_reasons: vec!["the declared language differs".to_owned()],
        ..document("ferry", "The ferry\n\nIt sails at \u{2028}nine.\n")
    }
}
