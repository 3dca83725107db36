//! Samples the word 5-grams of a document.
//!
//! `FracMinHash`: every 5-gram whose hash lies under a fixed bound is kept, so that two sketches
//! estimate Jaccard *and* containment, which fixed-size `MinHash` cannot. Short documents keep their
//! [`LEAST`] smallest hashes instead, so that they have a sketch at all.

/// Words in a shingle: 5 is what the reference figures of the gold set count.
pub(crate) const WORDS: usize = 5;

/// One 5-gram of this many is sampled: 8 keeps a page of 500 words at some 60 hashes, and raising it
/// saves memory while short shared passages begin to be missed.
const RATE: u64 = 8;

/// A sketch has at least this many hashes where the document has so many 5-grams.
const LEAST: usize = 24;

/// A sample of the 5-grams of one document.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Sketch {
    /// Ascending, without repetition.
    pub(crate) hashes: Vec<u64>,
    /// Every 5-gram of the document with a hash up to this is in `hashes`.
    pub(crate) bound: u64,
}

/// Returns the hash of each word 5-gram in the order of the text; a shorter text has one, a text
/// without words none.
pub(crate) fn shingles(words: &[u64]) -> impl Iterator<Item = u64> + '_ {
    let whole = (!words.is_empty() && words.len() < WORDS).then(|| mix(words));
    whole.into_iter().chain(words.windows(WORDS).map(mix))
}

/// Hashes a sequence of word hashes: a polynomial, then the finaliser of `MurmurHash3`, without which
/// the low bits would decide over the sample.
fn mix(words: &[u64]) -> u64 {
    const BASE: u64 = 0x9e37_79b9_7f4a_7c15;
    let step = |sum: u64, &word: &u64| sum.wrapping_mul(BASE).wrapping_add(word);
    let mut hash = words.iter().fold(words.len() as u64, step);
    hash = (hash ^ (hash >> 33)).wrapping_mul(0xff51_afd7_ed55_8ccd);
    hash = (hash ^ (hash >> 33)).wrapping_mul(0xc4ce_b9fe_1a85_ec53);
    hash ^ (hash >> 33)
}

impl Sketch {
    /// Returns the sketch of the document with these word hashes.
    pub(crate) fn of(words: &[u64]) -> Self {
        let bound = u64::MAX / RATE;
        let sampled = sorted(shingles(words).filter(|&hash| hash <= bound).collect());
        if sampled.len() >= LEAST {
            return Self {
                hashes: sampled,
                bound,
            };
        }
        Self::smallest(sorted(shingles(words).collect()), bound)
    }

    fn smallest(mut all: Vec<u64>, bound: u64) -> Self {
        let whole = all.len() <= LEAST;
        all.truncate(LEAST);
        let last = all.last().copied().unwrap_or(0);
        Self {
            hashes: all,
            bound: if whole { u64::MAX } else { last.max(bound) },
        }
    }

    /// Returns the indices in both sketches of the 5-grams that both documents have, and how many
    /// of either sketch could have been shared.
    pub(crate) fn overlap<'a>(&'a self, other: &'a Self) -> Overlap<'a> {
        let bound = self.bound.min(other.bound);
        let under = |sketch: &'a Self| {
            let end = sketch.hashes.partition_point(|&hash| hash <= bound);
            &sketch.hashes[..end]
        };
        Overlap {
            a: under(self),
            b: under(other),
        }
    }
}

fn sorted(mut hashes: Vec<u64>) -> Vec<u64> {
    hashes.sort_unstable();
    hashes.dedup();
    hashes
}

/// The comparable parts of two sketches.
pub(crate) struct Overlap<'a> {
    pub(crate) a: &'a [u64],
    pub(crate) b: &'a [u64],
}

impl Overlap<'_> {
    /// Calls `visit` with the index in `a` of every shared hash.
    pub(crate) fn for_each_shared(&self, mut visit: impl FnMut(usize)) {
        let (mut i, mut j) = (0, 0);
        while i < self.a.len() && j < self.b.len() {
            let (x, y) = (self.a[i], self.b[j]);
            if x == y {
                visit(i);
            }
            i += usize::from(x <= y);
            j += usize::from(y <= x);
        }
    }

    /// Returns the number of shared hashes.
    pub(crate) fn shared(&self) -> usize {
        let mut count = 0;
        self.for_each_shared(|_| count += 1);
        count
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn numbers(from: u64, to: u64) -> Vec<u64> {
        (from..to).map(|n| mix(&[n])).collect()
    }

    #[test]
    fn short_texts_have_one_shingle_and_empty_ones_none() {
        assert_eq!(shingles(&[]).count(), 0);
        assert_eq!(shingles(&[1, 2]).count(), 1);
        assert_eq!(shingles(&[1, 2, 3, 4, 5, 6]).count(), 2);
        assert_eq!(Sketch::of(&[]).hashes.len(), 0);
    }

    #[test]
    fn a_sketch_estimates_containment_of_a_small_document_in_a_large_one() {
        let (large, small) = (
            Sketch::of(&numbers(0, 8000)),
            Sketch::of(&numbers(100, 200)),
        );
        let overlap = large.overlap(&small);
        assert!(overlap.b.len() >= 8);
        assert_eq!(overlap.shared(), overlap.b.len());
        assert!((700..1300).contains(&large.hashes.len()));
    }

    #[test]
    fn unlike_documents_share_nothing() {
        let (a, b) = (
            Sketch::of(&numbers(0, 900)),
            Sketch::of(&numbers(5000, 5900)),
        );
        assert_eq!(a.overlap(&b).shared(), 0);
    }
}
