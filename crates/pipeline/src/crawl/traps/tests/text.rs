//! Words, and what a page of them is to the learner.

use std::collections::BTreeSet;

use thresh_page::Sketch;
use xxhash_rust::xxh3::{xxh3_64, xxh3_64_with_seed};

/// Numbers that look random and are not.
pub(super) struct Dice(u64);

impl Dice {
    pub(super) fn of(seed: &str) -> Self {
        Self(xxh3_64(seed.as_bytes()) | 1)
    }

    pub(super) fn roll(&mut self, sides: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 11) % sides
    }
}

const SYLLABLES: [&str; 16] = [
    "ka", "lo", "mi", "ter", "ran", "su", "vel", "po", "ni", "dra", "sho", "be", "qui", "ul",
    "gen", "fa",
];

/// Returns a word; those with small numbers are the common ones.
pub(super) fn word(number: u64) -> String {
    let part = |by: u64| SYLLABLES[(number / by % 16) as usize];
    match number {
        0..16 => part(1).to_owned(),
        16..256 => format!("{}{}", part(1), part(16)),
        _ => format!("{}{}{}", part(1), part(16), part(256)),
    }
}

/// Returns so many words, always the same for a seed, few of them rare as in a language.
pub(super) fn prose(seed: &str, count: usize) -> String {
    let mut dice = Dice::of(seed);
    let words: Vec<String> = (0..count)
        .map(|_| {
            let most = [16, 64, 256, 4096][dice.roll(4) as usize];
            word(dice.roll(most))
        })
        .collect();
    words.join(" ")
}

/// Returns words for an address: one of its own for each number below 3840.
pub(super) fn slug(seed: &str, number: usize) -> String {
    let words = prose(seed, 2).replace(' ', "-");
    format!("{}-{words}", word(256 + number as u64))
}

/// Returns an opaque id.
pub(super) fn opaque(seed: &str) -> String {
    let mut dice = Dice::of(seed);
    (0..24)
        .map(|at| {
            let letters = if at % 3 == 1 {
                b"0123456789"
            } else {
                b"abcdefghjk"
            };
            letters[dice.roll(10) as usize] as char
        })
        .collect()
}

fn tokens(block: &str) -> Vec<String> {
    block
        .split(|char: char| !char.is_alphanumeric())
        .filter(|token| !token.is_empty())
        .map(str::to_lowercase)
        .collect()
}

fn is_clock(token: &str) -> bool {
    let parts: Vec<&str> = token.split(':').collect();
    (2..=3).contains(&parts.len())
        && parts
            .iter()
            .all(|part| part.len() == 2 && part.bytes().all(|byte| byte.is_ascii_digit()))
}

/// Returns what the outline of a page gives: see the crate that reads pages.
pub(super) fn sketch(url: &str, blocks: &[String]) -> Sketch {
    let own: BTreeSet<String> = tokens(url)
        .into_iter()
        .filter(|t| t.len() >= 8 && t.bytes().any(|b| b.is_ascii_digit()))
        .filter(|t| t.bytes().any(|b| b.is_ascii_alphabetic()))
        .collect();
    let mut shingles = BTreeSet::new();
    let mut text = 0;
    for block in blocks {
        let all = tokens(block);
        for pair in all.windows(2) {
            shingles.insert(xxh3_64(pair.join(" ").as_bytes()));
        }
        if let [single] = all.as_slice() {
            shingles.insert(xxh3_64(single.as_bytes()));
        }
        let timeless: Vec<&str> = block.split_whitespace().filter(|t| !is_clock(t)).collect();
        for token in tokens(&timeless.join(" ")) {
            if !own.contains(&token) {
                text = xxh3_64_with_seed(token.as_bytes(), text);
            }
        }
    }
    let shingles = shingles.into_iter().take(1024).collect();
    Sketch { text, shingles }
}
