//! What makes a candidate stronger or weaker, whatever its field.

use std::cell::OnceCell;

use thresh_types::{Candidate, Field, Source};

use super::Input;
use super::opening::is_foreign;
use crate::dates;

/// Sources that one system writes from one value: their agreement proves little.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Family {
    Markup,
    Visible,
    Transport,
    Dateline,
    Citation,
    Config,
}

pub(super) fn family(source: Source) -> Family {
    match source {
        Source::JsonLd
        | Source::Microdata
        | Source::OpenGraph
        | Source::DublinCore
        | Source::Highwire
        | Source::Meta => Family::Markup,
        Source::Drupal | Source::WordPress | Source::Wix | Source::Html | Source::Text => {
            Family::Visible
        }
        Source::Http | Source::Url => Family::Transport,
        Source::Dateline => Family::Dateline,
        Source::CitationLine => Family::Citation,
        Source::Config => Family::Config,
    }
}

/// What an agreeing source adds: much for one of another family, little for a relative.
const OTHER_FAMILY: u8 = 4;
const SAME_FAMILY: u8 = 1;

/// Returns the confidence of the candidate at `index` after the others have spoken.
pub(super) fn supported(
    all: &[&Candidate],
    index: usize,
    agree: impl Fn(&Candidate, &Candidate) -> bool,
) -> u8 {
    let own = all[index];
    let mut families = vec![family(own.source)];
    let mut score = own.confidence;
    for (other_index, other) in all.iter().enumerate() {
        if other_index == index || !agree(own, other) {
            continue;
        }
        if families.contains(&family(other.source)) {
            score = score.saturating_add(if other.source == own.source {
                0
            } else {
                SAME_FAMILY
            });
        } else {
            families.push(family(other.source));
            score = score.saturating_add(OTHER_FAMILY);
        }
    }
    score.min(99)
}

/// Returns whether what `candidate` says stands on most pages of the site.
pub(super) fn recurs(input: &Input<'_>, candidate: &Candidate) -> bool {
    input
        .recurring
        .is_some_and(|site| site.recurs(candidate.field, &candidate.value))
}

/// Returns whether the text that a visible candidate was read from stands only in blocks that were
/// dropped as part of something else.
pub(super) fn is_only_foreign(
    input: &Input<'_>,
    candidate: &Candidate,
    says: impl Fn(usize, &str) -> bool,
) -> bool {
    if family(candidate.source) != Family::Visible {
        return false;
    }
    let mut found = false;
    let blocks = input.text.blocks.iter().enumerate();
    for (_, block) in blocks.filter(|(i, block)| says(*i, &block.text)) {
        if !is_foreign(block) {
            return false;
        }
        found = true;
    }
    found
}

/// The dates that the blocks of a page hold, in their normal form; each block is read at most once.
pub(super) struct ShownDates<'a> {
    pub(super) language: Option<&'a str>,
    blocks: Vec<OnceCell<Vec<String>>>,
}

impl<'a> ShownDates<'a> {
    pub(super) fn of(input: &Input<'_>, language: Option<&'a str>) -> Self {
        let blocks = input.text.blocks.iter().map(|_| OnceCell::new());
        Self {
            language,
            blocks: blocks.collect(),
        }
    }

    /// Returns whether `text`, that of the block at `index`, holds the date of normal form `iso`, in any
    /// spelling.
    pub(super) fn has(&self, index: usize, text: &str, iso: &str) -> bool {
        let year = iso.get(..4).unwrap_or_default();
        let read = || {
            let found = dates::find(text, self.language);
            found.iter().map(|f| f.reading.normal_form()).collect()
        };
        let block = self.blocks.get(index);
        text.contains(year)
            && block.is_some_and(|block| block.get_or_init(read).iter().any(|date| date == iso))
    }
}

/// Returns the language that the page declares most plainly.
pub(super) fn declared_language(input: &Input<'_>) -> Option<String> {
    let declared = input.gathered.of(Field::Language);
    declared
        .enumerate()
        .max_by_key(|(i, c)| (c.confidence, std::cmp::Reverse(*i)))
        .map(|(_, c)| c.value.clone())
}
