//! Shortens the tests: pages from a few lines of HTML, texts with every block kept but those named.

#![allow(dead_code, reason = "each test binary uses its part")]
#![allow(clippy::unwrap_used, reason = "this is part of the tests")]

use thresh_metadata_extractor::{
    Gathered, Input, SiteCandidates, SiteFacts, gather, gather_text, resolve,
};
use thresh_page::Page;
use thresh_types::{Anchor, Block, BlockKind, CanonicalUrl, CleanText, Fate, Metadata, RuleId};

/// A paragraph that says nothing of metadata.
pub(crate) const PROSE: &str = "Crews from many lands work on the ships that call at our ports, and few of them know where to turn when the pay does not come or the papers are held back by the owner.";

pub(crate) fn url(text: &str) -> CanonicalUrl {
    text.parse().unwrap()
}

pub(crate) fn block(text: &str, fate: Fate) -> Block {
    Block {
        kind: BlockKind::Paragraph,
        text: text.to_owned(),
        markdown: None,
        path: String::new(),
        anchor: Anchor(0),
        repairs: Vec::new(),
        fate,
    }
}

pub(crate) fn kept(text: &str) -> Block {
    block(
        text,
        Fate::Kept {
            why: "test".to_owned(),
        },
    )
}

pub(crate) fn dropped(text: &str, rule: &str) -> Block {
    let rule: RuleId = rule.parse().unwrap();
    block(
        text,
        Fate::Dropped {
            rule,
            why: "test".to_owned(),
        },
    )
}

pub(crate) fn clean(blocks: Vec<Block>) -> CleanText {
    CleanText {
        blocks,
        warnings: Vec::new(),
    }
}

/// What a test says of a document besides the page.
#[derive(Default)]
pub(crate) struct Around<'a> {
    pub(crate) url: Option<&'a str>,
    pub(crate) fetched_at: Option<&'a str>,
    pub(crate) site: Option<&'a str>,
    pub(crate) recurring: Option<&'a SiteCandidates>,
}

pub(crate) fn decide(gathered: &Gathered, text: &CleanText, around: &Around<'_>) -> Metadata {
    let address = around.url.map(url);
    resolve(&Input {
        gathered,
        text,
        url: address.as_ref(),
        fetched_at: around.fetched_at.map(|t| t.parse().unwrap()),
        site: SiteFacts {
            name: around.site,
            languages: &[],
            licence: "unknown",
        },
        recurring: around.recurring,
        attachments: &[],
        page_type: "",
    })
}

pub(crate) fn gathered(html: &str, around: &Around<'_>) -> Gathered {
    gather(&Page::parse(html, around.url.map(url)))
}

/// Describes a page whose cleaned text is one paragraph of prose.
pub(crate) fn page(html: &str, around: &Around<'_>) -> Metadata {
    decide(&gathered(html, around), &clean(vec![kept(PROSE)]), around)
}

/// Describes a text of which every line is kept.
pub(crate) fn text(text: &str) -> Metadata {
    let blocks = text
        .lines()
        .filter(|l| !l.trim().is_empty())
        .map(kept)
        .collect();
    decide(&gather_text(text, None), &clean(blocks), &Around::default())
}

pub(crate) fn title(metadata: &Metadata) -> Option<&str> {
    metadata.title.as_ref().map(|e| e.value.as_str())
}

pub(crate) fn author(metadata: &Metadata) -> Option<&str> {
    metadata.author.as_ref().map(|e| e.value.as_str())
}

pub(crate) fn date(metadata: &Metadata) -> Option<String> {
    metadata.date.as_ref().map(|e| e.value.to_string())
}

pub(crate) fn modified(metadata: &Metadata) -> Option<String> {
    metadata.modified.as_ref().map(|e| e.value.to_string())
}
