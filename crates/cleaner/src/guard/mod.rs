//! What kind of page it is, and whether a person should look at it.

mod lines;
mod phrases;
mod stand_in;
mod weigh;

use std::collections::BTreeSet;

use thresh_types::{BlockKind, CleanText, RuleId};

use crate::block::{Segmentation, Source};
use crate::measure;
use crate::settings::Settings;

pub use stand_in::{StandIn, StandInKind};

/// What kind of page the blocks came from.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, serde::Serialize, serde::Deserialize,
)]
#[serde(rename_all = "kebab-case")]
pub enum PageType {
    /// Prose of its own.
    Article,
    /// Mostly links to other pages.
    Listing,
    /// A check, a refusal or a notice that stands in for the page; [`StandInKind`] says which.
    Interstitial,
    /// A page that says it is not there, served as if it were.
    #[serde(rename = "soft-404")]
    Soft404,
    /// A form to log in with.
    Login,
    /// A page whose text only comes by scripts.
    ScriptShell,
    /// Short texts that present something.
    Service,
    /// Nothing to read.
    Empty,
}

impl PageType {
    /// Returns the name as `extract` prints it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Article => "article",
            Self::Listing => "listing",
            Self::Interstitial => "interstitial",
            Self::Soft404 => "soft-404",
            Self::Login => "login",
            Self::ScriptShell => "script-shell",
            Self::Service => "service",
            Self::Empty => "empty",
        }
    }
}

/// What the guard needs to know beside the blocks.
pub(crate) struct Seen {
    /// Teaser cards on the page and the words in them.
    pub(crate) cards: (usize, usize),
}

/// Returns what kind of page it is, and what tells that it stands in for another where it does.
pub(crate) fn page_type(
    page: &Segmentation,
    text: &CleanText,
    seen: &Seen,
) -> (PageType, Option<StandIn>) {
    let stand_in = lines::Lines::of(page, text).and_then(|lines| weigh::stand_in(page, &lines));
    let page_type = match &stand_in {
        Some(stand_in) => stand_in.kind.page_type(),
        None => of_own(page, text, seen),
    };
    (page_type, stand_in)
}

/// Returns what kind of page it is that stands for itself.
fn of_own(page: &Segmentation, text: &CleanText, seen: &Seen) -> PageType {
    if page.words() == 0 {
        return PageType::Empty;
    }
    if is_listing(page, text, seen) || is_calendar(text) {
        return PageType::Listing;
    }
    let kept: usize = text.kept().map(|b| measure::count_words(&b.text)).sum();
    let prose = prose_words(text);
    if prose >= 60 || prose * 2 >= kept.max(1) {
        PageType::Article
    } else {
        PageType::Service
    }
}

fn prose_words(text: &CleanText) -> usize {
    text.kept()
        .filter(|b| {
            !matches!(b.kind, BlockKind::Heading(_))
                && measure::ends_sentence(&b.text)
                && !measure::is_truncated(&b.text)
        })
        .map(|b| measure::count_words(&b.text))
        .filter(|&words| words >= 10)
        .sum()
}

/// Words of whole sentences from which a page with cards has something to say itself. A page withheld
/// is worse than a listing published with a question, so it takes little.
const OWN_PROSE: usize = 20;

/// Mostly cards or links to other pages, without prose of its own.
fn is_listing(page: &Segmentation, text: &CleanText, seen: &Seen) -> bool {
    let prose = prose_words(text);
    if seen.cards.0 >= 3 && prose < OWN_PROSE {
        return true;
    }
    if page.source == Source::Text {
        return false;
    }
    let kept: Vec<_> = page
        .blocks
        .iter()
        .zip(&text.blocks)
        .filter(|(_, b)| b.fate.is_kept())
        .map(|(raw, _)| raw)
        .collect();
    let chars: u32 = kept.iter().map(|b| b.chars).sum();
    let links: u32 = kept.iter().map(|b| b.link_chars.min(b.chars)).sum();
    let leading = kept.iter().filter(|b| b.link_density() > 0.6).count();
    leading >= 6 && prose < 60 && links * 2 > chars
}

/// The days of a month and hardly a sentence: one of endlessly many pages of an events calendar.
fn is_calendar(text: &CleanText) -> bool {
    const EVERY_MONTH_HAS: std::ops::RangeInclusive<u32> = 1..=28;
    if prose_words(text) >= OWN_PROSE {
        return false;
    }
    let words = text
        .kept()
        .flat_map(|b| b.text.split(|c: char| !c.is_alphanumeric()));
    let days: BTreeSet<u32> = words.filter_map(|word| word.parse().ok()).collect();
    EVERY_MONTH_HAS.into_iter().all(|day| days.contains(&day))
        && days.iter().filter(|&&day| day > 31).count() <= 2
}

/// Returns why a person should look at the page.
pub(crate) fn needs_review(
    text: &CleanText,
    own_words: (usize, usize),
    settings: &Settings,
) -> Vec<String> {
    let kept: usize = text.kept().map(|b| measure::count_words(&b.text)).sum();
    let mut reasons = Vec::new();
    if kept < settings.min_words {
        reasons.push(format!(
            "{kept} words are left, fewer than {}",
            settings.min_words
        ));
    }
    let share = removed_share(own_words);
    if share > settings.review_if_removed_over {
        // Without the exact share: teasers that change with every request must not make a new version.
        reasons.push(format!(
            "rules removed over {:.0} % of the main part's words",
            settings.review_if_removed_over * 100.0
        ));
    }
    reasons
}

/// Returns the share of words that rules removed: `own_words` are those kept and those removed.
pub(crate) fn removed_share((kept, removed): (usize, usize)) -> f64 {
    if kept + removed == 0 {
        return 0.0;
    }
    removed as f64 / (kept + removed) as f64
}

/// Returns whether a rule speaks of the page's main part: decisions on what stands around it do not
/// count as removal.
pub(crate) fn counts_as_removal(rule: &RuleId) -> bool {
    !matches!(rule.pack(), "main" | "profile")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::segment_text;
    use thresh_types::{Anchor, Block, Fate};

    fn kept(lines: &[String]) -> CleanText {
        let block = |text: &String| Block {
            kind: BlockKind::TableRow { header: false },
            text: text.clone(),
            markdown: None,
            path: String::new(),
            anchor: Anchor(0),
            repairs: Vec::new(),
            fate: Fate::Kept { why: String::new() },
        };
        CleanText {
            blocks: lines.iter().map(block).collect(),
            warnings: Vec::new(),
        }
    }

    #[test]
    fn a_month_is_a_listing_and_a_table_of_figures_is_none() {
        let month: Vec<String> = (1..=30).map(|day: u32| day.to_string()).collect();
        let figures: Vec<String> = (1..=30)
            .map(|n: u32| format!("{n} | {}", n * 137))
            .collect();
        let page = segment_text("June\n\n1 2 3 4 5 6 7\n\n8 9 10 11 12 13 14");
        let type_of = |lines| page_type(&page, &kept(lines), &Seen { cards: (0, 0) }).0;
        assert_eq!(type_of(&month), PageType::Listing);
        assert_ne!(type_of(&figures), PageType::Listing);
    }
}
