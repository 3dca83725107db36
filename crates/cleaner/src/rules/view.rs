//! The page as rules see it: texts after repair, what is gone already, where the prose begins and
//! ends.

use std::cell::OnceCell;
use std::ops::Range;

use rustc_hash::FxHashMap;
use serde::Deserialize;
use thresh_types::{Attachment, BlockKind};

use super::phrases;
use crate::block::{NO_NODE, RawBlock, Segmentation, Source};
use crate::measure;

/// What a rule wants done.
#[derive(Debug, Clone)]
pub(crate) enum Effect {
    /// Drops blocks.
    Drop {
        /// The blocks.
        blocks: Vec<usize>,
        /// What was seen.
        why: String,
        /// Files that the blocks pointed at.
        attachment: Option<Attachment>,
    },
    /// Changes the text of a block.
    Edit {
        /// The block.
        block: usize,
        /// The text after the change.
        text: String,
        /// What went and what stands in its place, in order.
        changes: Vec<Change>,
        /// The file that the text pointed at.
        attachment: Option<Attachment>,
    },
}

/// A part of a text that went, and what stands in its place.
#[derive(Debug, Clone)]
pub(crate) struct Change {
    /// Where, in bytes, in the text with this change and those before it made.
    pub(super) at: usize,
    /// What went.
    pub(super) from: String,
    /// What stands there.
    pub(super) to: String,
}

impl Effect {
    /// Drops `blocks`.
    pub(super) fn drop(blocks: impl IntoIterator<Item = usize>, why: String) -> Self {
        Self::Drop {
            blocks: blocks.into_iter().collect(),
            why,
            attachment: None,
        }
    }
}

/// Where on the page a rule applies.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Position {
    /// Before any other text of note.
    First,
    /// After any other text of note.
    Last,
    /// Before the first prose.
    Head,
    /// After the last prose.
    Tail,
    /// Before the first or after the last prose.
    Edge,
    /// Anywhere.
    #[default]
    Any,
}

/// Which kind of source a rule is for.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Only {
    /// Both.
    #[default]
    Any,
    /// Pages, whose elements are known.
    Html,
    /// Text that someone else extracted.
    Text,
}

impl Only {
    /// Returns whether the page is of that kind.
    pub(super) fn holds(self, view: &View<'_>) -> bool {
        match self {
            Self::Any => true,
            Self::Html => !view.is_text(),
            Self::Text => view.is_text(),
        }
    }
}

/// A page on which rules work.
#[derive(Debug)]
pub(crate) struct View<'a> {
    pub(super) page: &'a Segmentation,
    pub(super) texts: Vec<String>,
    pub(super) alive: Vec<bool>,
    /// Keys of the titles that this page goes by: what bears one of them is this page's own.
    titles: Vec<String>,
    prose: Vec<bool>,
    first_prose: usize,
    last_prose: usize,
    spans: Vec<Range<usize>>,
    words: Vec<usize>,
    /// Per block the key of its words, 0 for long ones.
    keys: Vec<u64>,
    slugs: Vec<bool>,
    names: OnceCell<FxHashMap<&'a str, u32>>,
}

/// Words of a paragraph that is prose if it ends as a sentence, and if it does not.
const PROSE_WORDS: u32 = 12;
const LONG_WORDS: u32 = 40;
/// Longest blocks that may be a phrase.
const KEYED_WORDS: usize = 12;
const KEYED_BYTES: usize = 160;

/// Words of a text; those of a block whose text is as it was cut are counted already.
fn words_of(text: &str, block: &RawBlock) -> usize {
    if text == block.text {
        block.words as usize
    } else {
        measure::count_words(text)
    }
}

impl<'a> View<'a> {
    /// Returns the view of a page whose repaired texts are given.
    pub(crate) fn new(page: &'a Segmentation, texts: Vec<String>, titles: &[String]) -> Self {
        let mut view = Self {
            page,
            alive: vec![true; texts.len()],
            titles: titles
                .iter()
                .map(|t| measure::title_key(t))
                .filter(|t| !t.is_empty())
                .collect(),
            prose: Vec::new(),
            first_prose: 0,
            last_prose: 0,
            spans: spans(page),
            words: texts
                .iter()
                .zip(&page.blocks)
                .map(|(t, b)| words_of(t, b))
                .collect(),
            keys: Vec::new(),
            slugs: texts.iter().map(|t| measure::is_slug(t.trim())).collect(),
            names: OnceCell::new(),
            texts,
        };
        view.keys = (0..view.len()).map(|i| view.key_of(i)).collect();
        view.prose = (0..view.len()).map(|i| view.looks_like_prose(i)).collect();
        view.refresh();
        view
    }

    fn looks_like_prose(&self, i: usize) -> bool {
        let block = self.block(i);
        let text = &self.texts[i];
        !matches!(
            block.kind,
            BlockKind::Heading(_) | BlockKind::TableRow { .. }
        ) && block.link_density() < 0.5
            && !measure::is_truncated(text)
            && (block.words >= LONG_WORDS
                || (block.words >= PROSE_WORDS && measure::ends_sentence(text))
                || block.kind == BlockKind::Code)
    }

    /// Finds anew where the prose begins and ends among the blocks that are still there.
    pub(crate) fn refresh(&mut self) {
        let prose = |&i: &usize| self.alive[i] && self.prose[i];
        self.first_prose = (0..self.len()).find(prose).unwrap_or(self.len());
        self.last_prose = (0..self.len()).rev().find(prose).unwrap_or(0);
    }

    pub(super) fn len(&self) -> usize {
        self.texts.len()
    }

    pub(super) fn block(&self, i: usize) -> &'a RawBlock {
        &self.page.blocks[i]
    }

    pub(super) fn text(&self, i: usize) -> &str {
        &self.texts[i]
    }

    pub(super) fn words(&self, i: usize) -> usize {
        self.words[i]
    }

    /// Returns the key of the block's words, as [`phrases::key`] has it; 0 for long blocks.
    pub(super) fn key(&self, i: usize) -> u64 {
        self.keys[i]
    }

    fn key_of(&self, i: usize) -> u64 {
        let short = self.words[i] <= KEYED_WORDS && self.texts[i].len() <= KEYED_BYTES;
        if short {
            phrases::key(&self.texts[i])
        } else {
            0
        }
    }

    /// Returns whether the block is one token of the shape that programs give to names.
    pub(super) fn is_slug(&self, i: usize) -> bool {
        self.slugs[i]
    }

    /// Puts another text in place of a block's.
    pub(super) fn set_text(&mut self, i: usize, text: String) {
        self.words[i] = measure::count_words(&text);
        self.texts[i] = text;
        self.keys[i] = self.key_of(i);
        self.slugs[i] = measure::is_slug(self.texts[i].trim());
    }

    /// Returns whether nothing that is still there stands between the two.
    pub(super) fn follows(&self, before: usize, after: usize) -> bool {
        (before + 1..after).all(|i| !self.alive[i])
    }

    /// Returns the index of a tag, an id, a class or an attribute's value that the page has.
    pub(super) fn name(&self, name: &str) -> Option<u32> {
        let names = self.names.get_or_init(|| {
            let all = self.page.names.iter().zip(0..);
            all.map(|(name, index)| (name.as_str(), index)).collect()
        });
        names.get(name).copied()
    }

    pub(super) fn is_text(&self) -> bool {
        self.page.source == Source::Text
    }

    pub(super) fn is_prose(&self, i: usize) -> bool {
        self.prose[i]
    }

    pub(super) fn is_heading(&self, i: usize) -> bool {
        matches!(self.block(i).kind, BlockKind::Heading(_))
    }

    pub(super) fn is_code(&self, i: usize) -> bool {
        self.block(i).kind == BlockKind::Code || self.block(i).all_code
    }

    /// Returns the blocks that are still there, in order.
    pub(super) fn standing(&self) -> impl DoubleEndedIterator<Item = usize> + '_ {
        (0..self.len()).filter(|&i| self.alive[i])
    }

    /// Returns whether the text is a title that this page goes by, so that no rule may take it.
    pub(super) fn is_own_title(&self, i: usize) -> bool {
        if self.titles.is_empty() {
            return false;
        }
        // In bare text the first short line was taken for a title because it stands first: as noise does.
        let guessed = self.is_text() && self.block(i).kind == BlockKind::Heading(1);
        let key = measure::title_key(&self.texts[i]);
        self.titles.iter().filter(|&t| *t == key).count() > usize::from(guessed)
    }

    /// Returns whether block `i` stands at that position.
    pub(super) fn is_at(&self, i: usize, position: Position) -> bool {
        let has_prose = self.first_prose < self.len();
        // The outermost prose may itself be what a rule is for: a long note of the system.
        let head = i <= self.first_prose || !has_prose;
        let tail = i >= self.last_prose || !has_prose;
        match position {
            Position::Any => true,
            Position::Head => head,
            Position::Tail => tail,
            Position::Edge => head || tail,
            Position::First => {
                head && self.standing().take_while(|&b| b < i).take(4).count() < 4
                    && !self
                        .standing()
                        .take_while(|&b| b < i)
                        .any(|b| self.is_heading(b))
            }
            Position::Last => {
                tail && self.standing().rev().take_while(|&b| b > i).take(4).count() < 4
            }
        }
    }

    /// Returns the blocks within an element, which follow one another.
    pub(super) fn span(&self, node: u32) -> Range<usize> {
        self.spans.get(node as usize).cloned().unwrap_or(0..0)
    }

    /// Returns the words of the prose that is still there.
    pub(super) fn prose_words(&self, blocks: impl Iterator<Item = usize>) -> usize {
        blocks
            .filter(|&i| self.alive[i] && self.prose[i])
            .map(|i| self.block(i).words as usize)
            .sum()
    }

    /// Gives back the texts.
    pub(crate) fn into_texts(self) -> Vec<String> {
        self.texts
    }
}

/// Returns the range of blocks within each element: children come after parents in the table, so one
/// pass from the back widens every parent.
fn spans(page: &Segmentation) -> Vec<Range<usize>> {
    let empty = Range {
        start: usize::MAX,
        end: 0,
    };
    let mut spans = vec![empty; page.nodes.len()];
    for (i, block) in page.blocks.iter().enumerate() {
        if let Some(span) = spans.get_mut(block.node as usize) {
            span.start = span.start.min(i);
            span.end = span.end.max(i + 1);
        }
    }
    for node in (0..page.nodes.len()).rev() {
        let (span, parent) = (spans[node].clone(), page.nodes[node].parent);
        if parent != NO_NODE
            && let Some(outer) = spans.get_mut(parent as usize)
        {
            outer.start = outer.start.min(span.start);
            outer.end = outer.end.max(span.end);
        }
    }
    spans
}
