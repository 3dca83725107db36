//! Measures pairs of documents exactly, on all of their 5-grams.

use std::borrow::Cow;
use std::ops::Range;

use rustc_hash::FxHashSet;

use crate::grams::{Grams, Marks};
use crate::normalise::Normal;
use crate::postings::Overlap;
use crate::veto::{Kind, Lexicon};

/// A document read in full, for the time that its pairs are measured.
pub(crate) struct Reading<'a> {
    text: &'a str,
    normal: Cow<'a, Normal>,
    /// The hash of each word.
    pub(crate) words: Cow<'a, [u64]>,
    lexicon: &'a Lexicon,
    /// Whether each word stands in a line that is long enough for prose.
    pub(crate) prose: Vec<bool>,
    grams: Grams,
}

/// Words in a line of prose: menus, tags and teasers have fewer in nearly all of their lines, and
/// prose that is wrapped at 70 columns has about eleven.
const PROSE: usize = 10;

/// The counts of two sets of 5-grams, and of the rare ones among those that were sampled.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Measure {
    pub(crate) a: usize,
    pub(crate) b: usize,
    pub(crate) shared: usize,
    pub(crate) rare_a: usize,
    pub(crate) rare_b: usize,
    pub(crate) rare_shared: usize,
}

impl<'a> Reading<'a> {
    /// Reads `text`.
    pub(crate) fn of(text: &'a str, lexicon: &'a Lexicon) -> Self {
        let mut normal = Normal::of(text);
        let words = std::mem::take(&mut normal.hashes);
        Self::from_parts(text, Cow::Owned(normal), Cow::Owned(words), lexicon)
    }

    /// Takes up `text`, whose words are `normal`.
    pub(crate) fn again(text: &'a str, normal: &'a Normal, lexicon: &'a Lexicon) -> Self {
        let words = Cow::Borrowed(normal.hashes.as_slice());
        Self::from_parts(text, Cow::Borrowed(normal), words, lexicon)
    }

    fn from_parts(
        text: &'a str,
        normal: Cow<'a, Normal>,
        words: Cow<'a, [u64]>,
        lexicon: &'a Lexicon,
    ) -> Self {
        Self {
            grams: Grams::of(&words),
            prose: normal.in_long_lines(PROSE),
            text,
            normal,
            words,
            lexicon,
        }
    }

    /// Returns the kind of word `index`.
    pub(crate) fn kind(&self, index: usize) -> Kind {
        self.lexicon
            .kind(self.words[index], self.normal.has_digit(index))
    }

    /// Returns word `index`, folded.
    pub(crate) fn word(&self, index: usize) -> String {
        self.normal.word(index, self.text)
    }

    /// Returns the bytes of the text in which word `index` stands, with the separators behind it.
    #[allow(dead_code, reason = "for the spans of explanations")]
    pub(crate) fn span(&self, index: usize) -> Range<usize> {
        self.normal.place(index, self.text)
    }

    /// Returns how many 5-grams both documents have, and where those stand that occur once in both.
    pub(crate) fn common(&self, other: &Self, marks: &mut Marks) -> (usize, Vec<(u32, u32)>) {
        self.grams.common(&other.grams, marks)
    }

    /// Returns the number of distinct 5-grams.
    pub(crate) const fn size(&self) -> usize {
        self.grams.distinct()
    }
}

impl Measure {
    /// Returns the Jaccard coefficient.
    pub(crate) fn jaccard(&self) -> f64 {
        share(self.shared, self.a + self.b - self.shared)
    }

    /// Returns the share of the smaller document that lies in the larger.
    pub(crate) fn containment(&self) -> f64 {
        share(self.shared, self.a.min(self.b))
    }

    /// Returns the share of the rare 5-grams of the document with fewer of them that both have.
    pub(crate) fn core(&self) -> f64 {
        share(self.rare_shared, self.rare_a.min(self.rare_b))
    }

    /// Returns the size of the smaller document as a share of the larger.
    pub(crate) fn ratio(&self) -> f64 {
        share(self.a.min(self.b), self.a.max(self.b))
    }

    /// Returns the counts with the documents in the other order.
    pub(crate) const fn turned(self) -> Self {
        Self {
            a: self.b,
            b: self.a,
            shared: self.shared,
            rare_a: self.rare_b,
            rare_b: self.rare_a,
            rare_shared: self.rare_shared,
        }
    }

    /// Sets the counts of rare sampled 5-grams.
    pub(crate) const fn set_rare(&mut self, rare: Overlap) {
        self.rare_a = rare.a as usize;
        self.rare_b = rare.b as usize;
        self.rare_shared = rare.shared as usize;
    }
}

fn share(part: usize, whole: usize) -> f64 {
    match whole {
        0 => 0.0,
        _ => part as f64 / whole as f64,
    }
}

/// Returns the words of `hunk_words` as text, shortened.
pub(crate) fn quote(reading: &Reading<'_>, range: Range<usize>) -> String {
    const MOST: usize = 6;
    let more = range.len() > MOST;
    let words = range.take(MOST).map(|index| reading.word(index));
    let mut text = words.collect::<Vec<_>>().join(" ");
    if more {
        text.push_str(" …");
    }
    text
}

/// The hashes of a fixed list of words.
pub(crate) fn hashed(words: &[&str]) -> FxHashSet<u64> {
    words
        .iter()
        .flat_map(|word| Normal::of(word).hashes)
        .collect()
}
