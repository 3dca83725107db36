//! The words of a corpus, counted.

use std::sync::LazyLock;

use rustc_hash::{FxHashMap, FxHashSet};
use serde::{Deserialize, Serialize};
use thresh_types::BlockKind;

use super::words;
use crate::block::Segmentation;
use crate::measure;

/// Words that the field uses everywhere, so that a page alone can be repaired.
static BUILT_IN: LazyLock<FxHashSet<u64>> = LazyLock::new(|| {
    include_str!("words.txt")
        .split_whitespace()
        .map(measure::digest)
        .collect()
});

/// The words of a corpus with their counts: they decide whether a broken word is joined.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Vocabulary {
    counts: FxHashMap<u64, u32>,
}

impl Vocabulary {
    /// Counts the words of `texts`; the halves of words that look broken do not count.
    pub fn build<'a>(texts: impl IntoIterator<Item = &'a Segmentation>) -> Self {
        let mut vocabulary = Self::default();
        for page in texts {
            vocabulary.add(page);
        }
        vocabulary
    }

    /// Counts the words of one more page.
    pub fn add(&mut self, page: &Segmentation) {
        for block in page.blocks.iter().filter(|b| b.kind != BlockKind::Code) {
            self.add_text(&block.text);
        }
    }

    /// Adds the counts of another vocabulary: the words of two halves are those of the whole.
    pub fn merge(&mut self, other: &Self) {
        for (&word, &count) in &other.counts {
            let sum = self.counts.entry(word).or_insert(0);
            *sum = sum.saturating_add(count);
        }
    }

    fn add_text(&mut self, text: &str) {
        let broken = words::broken(text);
        let mut start = None;
        let ends = text.char_indices().chain([(text.len(), ' ')]);
        for (at, c) in ends {
            let inner = c.is_alphabetic() || (c == '-' && start.is_some());
            match (inner, start) {
                (true, None) => start = Some(at),
                (false, Some(from)) => {
                    let outside = broken.iter().all(|r| at <= r.start || from >= r.end);
                    if outside {
                        self.count_word(text[from..at].trim_end_matches('-'));
                    }
                    start = None;
                }
                _ => {}
            }
        }
    }

    fn count_word(&mut self, word: &str) {
        if word.len() > 2 {
            let count = self
                .counts
                .entry(measure::digest(&word.to_lowercase()))
                .or_insert(0);
            *count = count.saturating_add(1);
        }
    }

    /// Returns how often the corpus has the word; a built-in word counts as seen once.
    pub(super) fn count(&self, word: &str) -> u32 {
        let key = measure::digest(&word.to_lowercase());
        let seen = self.counts.get(&key).copied().unwrap_or(0);
        seen.max(u32::from(BUILT_IN.contains(&key)))
    }

    /// Returns whether the word is known.
    pub(super) fn knows(&self, word: &str) -> bool {
        self.count(word) > 0
    }
}
