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

/// Hashes up to this are sampled.
pub(crate) const SAMPLED: u64 = u64::MAX / RATE;

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
    // One word less than a 5-gram; the first of it is taken off again before it counts.
    let head = words.get(..WORDS - 1).unwrap_or_default();
    let mut sum = polynomial(0, head);
    let mut leaving = 0;
    let whole = (!words.is_empty() && words.len() < WORDS)
        .then(|| finished(polynomial(words.len() as u64, words)));
    let last = words.iter().skip(WORDS - 1);
    let rolled = last.zip(words).map(move |(&word, &first)| {
        sum = sum
            .wrapping_sub(BASE_4.wrapping_mul(leaving))
            .wrapping_mul(BASE)
            .wrapping_add(word);
        leaving = first;
        finished(sum.wrapping_add(LENGTH))
    });
    whole.into_iter().chain(rolled)
}

const BASE: u64 = 0x9e37_79b9_7f4a_7c15;
const BASE_4: u64 = BASE.wrapping_pow(WORDS as u32 - 1);
/// What the length of a 5-gram adds to its polynomial.
const LENGTH: u64 = BASE.wrapping_pow(WORDS as u32).wrapping_mul(WORDS as u64);

/// Returns the value of the polynomial with these coefficients.
fn polynomial(first: u64, words: &[u64]) -> u64 {
    let step = |sum: u64, &word: &u64| sum.wrapping_mul(BASE).wrapping_add(word);
    words.iter().fold(first, step)
}

/// The finaliser of `MurmurHash3`, without which the low bits would decide over the sample.
#[inline]
const fn finished(mut hash: u64) -> u64 {
    hash = (hash ^ (hash >> 33)).wrapping_mul(0xff51_afd7_ed55_8ccd);
    hash = (hash ^ (hash >> 33)).wrapping_mul(0xc4ce_b9fe_1a85_ec53);
    hash ^ (hash >> 33)
}

impl Sketch {
    /// Returns the sketch of the document with these word hashes.
    pub(crate) fn of(words: &[u64]) -> Self {
        let bound = SAMPLED;
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
}

fn sorted(mut hashes: Vec<u64>) -> Vec<u64> {
    hashes.sort_unstable();
    hashes.dedup();
    hashes
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn numbers(from: u64, to: u64) -> Vec<u64> {
        (from..to).map(finished).collect()
    }

    /// Returns how many hashes of either sketch could be shared, and how many are.
    fn overlap(a: &Sketch, b: &Sketch) -> (usize, usize, usize) {
        let bound = a.bound.min(b.bound);
        let under = |s: &Sketch| s.hashes.partition_point(|&hash| hash <= bound);
        let shared = a.hashes.iter().filter(|hash| b.hashes.contains(hash));
        (under(a), under(b), shared.count())
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
        let large = Sketch::of(&numbers(0, 8000));
        let small = Sketch::of(&numbers(100, 200));
        let (_, least, shared) = overlap(&large, &small);
        assert!(least >= 8);
        assert_eq!(shared, least);
        assert!((700..1300).contains(&large.hashes.len()));
    }

    #[test]
    fn unlike_documents_share_nothing() {
        let (a, b) = (
            Sketch::of(&numbers(0, 900)),
            Sketch::of(&numbers(5000, 5900)),
        );
        assert_eq!(overlap(&a, &b).2, 0);
    }

    proptest! {
        #[test]
        fn rolling_is_the_same_as_beginning_anew(words in prop::collection::vec(any::<u64>(), 0..40)) {
            let anew = |words: &[u64]| finished(polynomial(words.len() as u64, words));
            let expected: Vec<u64> = match words.len() {
                0 => vec![],
                1..WORDS => vec![anew(&words)],
                _ => words.windows(WORDS).map(anew).collect(),
            };
            prop_assert_eq!(shingles(&words).collect::<Vec<u64>>(), expected);
        }
    }
}
