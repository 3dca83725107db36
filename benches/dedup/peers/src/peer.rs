//! gaoya as its users have it: signatures of word 5-grams, bands, and what the index finds similar is one cluster.

use gaoya::minhash::{MinHashIndex, MinHasher, MinHasher32, calculate_minhash_params};
use rustc_hash::FxBuildHasher;

/// As many permutations as every peer has here.
const PERMUTATIONS: usize = 128;
const WORDS: usize = 5;

pub(crate) struct Gaoya {
    hasher: MinHasher32<FxBuildHasher>,
    index: MinHashIndex<u32, u32>,
    width: usize,
}

impl Gaoya {
    pub(crate) fn new(threshold: f64) -> Self {
        let (bands, rows) = calculate_minhash_params(threshold, PERMUTATIONS);
        Self {
            hasher: MinHasher32::new_with_hasher(PERMUTATIONS, FxBuildHasher),
            index: MinHashIndex::new(bands, rows, threshold),
            width: bands * rows,
        }
    }

    /// Returns the signature of the word 5-grams of `text`, a word being what `\w+` of lower case takes for one.
    pub(crate) fn signature(&self, text: &str) -> Vec<u32> {
        let lower = text.to_lowercase();
        let is_seam = |char: char| !char.is_alphanumeric() && char != '_';
        let words: Vec<&str> = lower
            .split(is_seam)
            .filter(|word| !word.is_empty())
            .collect();
        let mut signature = match words.len() < WORDS {
            true => self.hasher.create_signature(std::iter::once(&words[..])),
            false => self.hasher.create_signature(words.windows(WORDS)),
        };
        signature.truncate(self.width);
        signature
    }

    /// Returns for every signature the first one of its cluster.
    pub(crate) fn clusters(&mut self, signatures: Vec<Vec<u32>>) -> Vec<u32> {
        let mut parents: Vec<u32> = Vec::with_capacity(signatures.len());
        for (at, signature) in (0..).zip(signatures) {
            parents.push(at);
            for other in self.index.query_owned(&signature) {
                join(&mut parents, at, other);
            }
            self.index.insert(at, signature);
        }
        (0..)
            .zip(parents.clone())
            .map(|(at, _)| root(&parents, at))
            .collect()
    }
}

fn root(parents: &[u32], mut at: u32) -> u32 {
    while parents[at as usize] != at {
        at = parents[at as usize];
    }
    at
}

fn join(parents: &mut [u32], a: u32, b: u32) {
    let (a, b) = (root(parents, a), root(parents, b));
    parents[a.max(b) as usize] = a.min(b);
}
