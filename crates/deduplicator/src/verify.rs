//! Measures pairs of documents exactly, on all of their 5-grams.

use rustc_hash::FxHashSet;

use crate::normalise::Normal;
use crate::sketch::{Sketch, shingles};
use crate::veto::{Kind, Lexicon};

/// A document read in full, for the time that its pairs are measured.
pub(crate) struct Reading<'a> {
    pub(crate) normal: Normal,
    pub(crate) words: Vec<u64>,
    lexicon: &'a Lexicon,
    /// Whether each word stands in a line that is long enough for prose.
    pub(crate) prose: Vec<bool>,
    /// Ascending by hash, each hash once.
    grams: Vec<Gram>,
}

/// A 5-gram and the index of its first word.
#[derive(Clone, Copy)]
struct Gram {
    hash: u64,
    at: u32,
    once: bool,
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
    pub(crate) fn of(text: &str, lexicon: &'a Lexicon) -> Self {
        let normal = Normal::of(text);
        let words = normal.hashes();
        Self {
            grams: grams(&words),
            prose: normal.in_long_lines(PROSE),
            normal,
            words,
            lexicon,
        }
    }

    /// Returns the kind of word `index`.
    pub(crate) fn kind(&self, index: usize) -> Kind {
        self.lexicon
            .kind(self.normal.word(index), self.words[index])
    }

    /// Returns how many 5-grams both documents have, and where those stand that occur once in both.
    pub(crate) fn common(&self, other: &Self) -> (usize, Vec<(u32, u32)>) {
        let (mut i, mut j, mut shared) = (0, 0, 0);
        let mut anchors = Vec::new();
        while let (Some(x), Some(y)) = (self.grams.get(i), other.grams.get(j)) {
            if x.hash == y.hash {
                shared += 1;
                if x.once && y.once {
                    anchors.push((x.at, y.at));
                }
            }
            i += usize::from(x.hash <= y.hash);
            j += usize::from(y.hash <= x.hash);
        }
        (shared, anchors)
    }

    /// Returns the number of distinct 5-grams.
    pub(crate) const fn size(&self) -> usize {
        self.grams.len()
    }
}

fn grams(words: &[u64]) -> Vec<Gram> {
    let mut all: Vec<Gram> = shingles(words)
        .zip(0..)
        .map(|(hash, at)| Gram {
            hash,
            at,
            once: true,
        })
        .collect();
    // Which of several places stays does not matter: only those that occur once are used.
    all.sort_unstable_by_key(|gram| gram.hash);
    all.dedup_by(|later, kept| {
        let same = later.hash == kept.hash;
        kept.once &= !same;
        same
    });
    all
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

    /// Adds the counts of rare sampled 5-grams, given which entries of either sketch are rare.
    pub(crate) fn count_rare(&mut self, a: (&Sketch, &[bool]), b: (&Sketch, &[bool])) {
        let overlap = a.0.overlap(b.0);
        let rare = |flags: &[bool], length: usize| flags[..length].iter().filter(|&&r| r).count();
        self.rare_a = rare(a.1, overlap.a.len());
        self.rare_b = rare(b.1, overlap.b.len());
        let mut shared = 0;
        overlap.for_each_shared(|index| shared += usize::from(a.1[index]));
        self.rare_shared = shared;
    }
}

fn share(part: usize, whole: usize) -> f64 {
    match whole {
        0 => 0.0,
        _ => part as f64 / whole as f64,
    }
}

/// Returns the words of `hunk_words` as text, shortened.
pub(crate) fn quote(reading: &Reading<'_>, range: std::ops::Range<usize>) -> String {
    const MOST: usize = 6;
    let more = range.len() > MOST;
    let words = range
        .take(MOST)
        .map(|index| String::from_utf8_lossy(reading.normal.word(index)).into_owned());
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
        .flat_map(|word| Normal::of(word).hashes())
        .collect()
}
