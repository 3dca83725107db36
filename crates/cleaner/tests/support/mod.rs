//! What the tests share.
#![allow(dead_code, reason = "each test file uses its own part")]

use std::sync::LazyLock;

use thresh_cleaner::{
    Cleaned, Context, Pack, RuleSet, Segmentation, Settings, SiteProfile, Vocabulary, clean,
    segment, segment_text, shipped_packs, to_text,
};
use thresh_page::Page;

/// Every shipped rule.
pub(crate) static RULES: LazyLock<RuleSet> = LazyLock::new(|| rules(false));
static REVERSED: LazyLock<RuleSet> = LazyLock::new(|| rules(true));

fn rules(reversed: bool) -> RuleSet {
    let mut packs: Vec<Pack> = shipped_packs()
        .into_iter()
        .map(|(name, toml)| Pack::parse(name, toml).unwrap_or_else(|e| panic!("{e}")))
        .collect();
    if reversed {
        packs.reverse();
    }
    RuleSet::compile(&packs).unwrap_or_else(|e| panic!("{e}"))
}

/// Cleans a segmentation with every shipped rule.
pub(crate) fn cleaned(page: &Segmentation, profile: Option<&SiteProfile>) -> Cleaned {
    with(page, profile, &RULES)
}

fn with(page: &Segmentation, profile: Option<&SiteProfile>, rules: &RuleSet) -> Cleaned {
    let context = Context {
        rules,
        profile,
        vocabulary: &Vocabulary::default(),
        settings: Settings::default(),
        url: None,
        titles: &[],
    };
    clean(page, &context)
}

/// Cleans text that someone else extracted.
pub(crate) fn clean_text(text: &str) -> String {
    to_text(&cleaned(&segment_text(text), None).text)
}

/// Cleans text with the packs in reverse order.
pub(crate) fn clean_text_alone(text: &str) -> String {
    to_text(&with(&segment_text(text), None, &REVERSED).text)
}

/// Cleans a page alone.
pub(crate) fn clean_html(html: &str) -> Cleaned {
    cleaned(&parse(html), None)
}

/// Cuts a page.
pub(crate) fn parse(html: &str) -> Segmentation {
    parse_at(html, "https://site.example/section/page")
}

/// Cuts a page that stood at `url`.
pub(crate) fn parse_at(html: &str, url: &str) -> Segmentation {
    segment(&Page::parse(html, url.parse().ok()))
}
