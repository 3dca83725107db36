//! Lists of phrases, as a set of keys or as one pattern.

use std::sync::OnceLock;

use regex::{Captures, Regex, RegexBuilder};
use rustc_hash::FxHashSet;
use serde::Deserialize;

/// A pattern as written in a pack: one regular expression or several alternatives.
#[derive(Debug, Clone, Deserialize)]
#[serde(untagged)]
pub(super) enum Patterns {
    One(String),
    Many(Vec<String>),
}

impl Patterns {
    fn joined(&self) -> String {
        let each: Vec<String> = self.parts().iter().map(|p| format!("(?:{p})")).collect();
        format!("(?:{})", each.join("|"))
    }

    /// Returns the alternatives as patterns that match a whole block, if they compile: a block matches one of
    /// them where it matches [`Self::whole`].
    pub(super) fn each_whole(&self) -> Result<Vec<String>, String> {
        let whole = |p: &String| checked(format!(r"^\s*(?:{p})\s*$"));
        self.parts().iter().map(whole).collect()
    }

    /// Returns the alternatives as patterns that match anywhere within a block, if they compile.
    pub(super) fn each_anywhere(&self) -> Result<Vec<String>, String> {
        let anywhere = |p: &String| checked(format!("(?:{p})"));
        self.parts().iter().map(anywhere).collect()
    }

    fn parts(&self) -> &[String] {
        match self {
            Self::One(pattern) => std::slice::from_ref(pattern),
            Self::Many(patterns) => patterns,
        }
    }

    /// Returns the pattern that matches a whole block, if it compiles.
    pub(super) fn whole(&self) -> Result<String, String> {
        checked(format!(r"^\s*{}\s*$", self.joined()))
    }

    /// Returns the pattern that matches anywhere within a block, if it compiles.
    pub(super) fn anywhere(&self) -> Result<String, String> {
        checked(self.joined())
    }
}

/// Returns the pattern if it reads; the error says what is wrong with it. Nothing is compiled.
pub(super) fn checked(pattern: String) -> Result<String, String> {
    // Under so small a limit the compiler gives up at once, but only after the pattern was read.
    match RegexBuilder::new(&pattern).size_limit(1).build() {
        Ok(_) | Err(regex::Error::CompiledTooBig(_)) => Ok(pattern),
        Err(error) => Err(told(&error)),
    }
}

fn told(error: &regex::Error) -> String {
    let text = error.to_string();
    let detail = text.lines().rev().find(|l| !l.trim().is_empty());
    format!(
        "bad regular expression: {}; see the syntax of the `regex` crate",
        detail.unwrap_or("").trim()
    )
}

/// A pattern that is compiled when it is first needed: most pages need none of them.
#[derive(Debug, Clone)]
pub(super) struct Lazy {
    source: String,
    compiled: OnceLock<Option<Regex>>,
}

/// Bytes that one compiled pattern may take.
const MOST_BYTES: usize = 64 << 20;

impl Lazy {
    /// Takes a pattern that reads.
    pub(super) fn new(pattern: String) -> Result<Self, String> {
        checked(pattern).map(Self::read)
    }

    /// Takes a pattern that was read before.
    pub(super) fn read(pattern: String) -> Self {
        Self {
            source: pattern,
            compiled: OnceLock::new(),
        }
    }

    /// Returns the pattern; nothing for one that would take more memory than any rule may.
    pub(super) fn regex(&self) -> Option<&Regex> {
        let build = || {
            RegexBuilder::new(&self.source)
                .size_limit(MOST_BYTES)
                .build()
                .ok()
        };
        self.compiled.get_or_init(build).as_ref()
    }

    pub(super) fn is_match(&self, text: &str) -> bool {
        self.regex().is_some_and(|regex| regex.is_match(text))
    }

    /// Returns how often the pattern occurs.
    pub(super) fn count(&self, text: &str) -> usize {
        self.regex()
            .map_or(0, |regex| regex.find_iter(text).count())
    }

    pub(super) fn captures<'t>(&self, text: &'t str) -> Option<Captures<'t>> {
        self.regex()?.captures(text)
    }
}

/// Returns a pattern for any of the phrases, case aside, longest first.
pub(super) fn any_of(phrases: &[String]) -> String {
    let mut sorted: Vec<&String> = phrases.iter().filter(|p| !p.trim().is_empty()).collect();
    sorted.sort_by_key(|p| (std::cmp::Reverse(p.len()), p.as_str()));
    let escaped: Vec<String> = sorted
        .iter()
        .map(|p| regex::escape(p.trim()).replace(' ', r"[\s\u{A0}]+"))
        .collect();
    format!("(?i:{})", escaped.join("|"))
}

/// Refuses an empty list.
pub(super) fn not_empty(name: &str, phrases: &[String]) -> Result<(), String> {
    if phrases.iter().all(|p| p.trim().is_empty()) {
        return Err(format!("`{name}` is empty; list at least one entry"));
    }
    Ok(())
}

/// Phrases by key, so that a look costs the same however many there are.
#[derive(Debug, Clone, Default)]
pub(super) struct Phrases {
    keys: FxHashSet<u64>,
    last_words: FxHashSet<u64>,
}

impl Phrases {
    pub(super) fn new(phrases: &[String]) -> Self {
        let mut set = Self::default();
        for phrase in phrases {
            if let Some(last) = last_key(phrase) {
                set.keys.insert(key(phrase));
                set.last_words.insert(last);
            }
        }
        set
    }

    /// Returns whether a text with that key is one of the phrases.
    pub(super) fn has(&self, key: u64) -> bool {
        self.keys.contains(&key)
    }

    /// Returns whether the text is one of the phrases.
    pub(super) fn is(&self, text: &str) -> bool {
        self.has(key(text))
    }

    /// Returns whether one of the phrases ends in that word.
    pub(super) fn ends_in(&self, word: &str) -> bool {
        self.last_words.contains(&key(word))
    }
}

/// Returns the key of a text: a digest of its words in lower case, numbers behind them aside. Texts
/// share it that differ in case, punctuation, apostrophes and look-alike letters alone.
pub(super) fn key(text: &str) -> u64 {
    let mut hasher = Hasher::default();
    for c in text.chars() {
        if c.is_alphanumeric() {
            hasher.letter(c);
        } else if !matches!(c, '\u{AD}' | '\u{300}'..='\u{36F}' | '\u{200B}'..='\u{200D}') {
            hasher.end_word();
        }
    }
    hasher.end_word();
    hasher.whole
}

/// Returns the key of the last word of a text.
fn last_key(text: &str) -> Option<u64> {
    let mut words = text.split(|c: char| !c.is_alphanumeric());
    words.rfind(|w| !w.is_empty()).map(key)
}

/// Digests words letter by letter.
#[derive(Debug, Default)]
struct Hasher {
    whole: u64,
    word: u64,
    letters: usize,
    digits: usize,
}

impl Hasher {
    fn letter(&mut self, c: char) {
        self.letters += 1;
        if c.is_ascii() {
            self.digits += usize::from(c.is_ascii_digit());
            self.push(c.to_ascii_lowercase());
            return;
        }
        match c {
            'ё' | 'Ё' => self.push('е'),
            'ş' | 'Ş' => self.push('ș'),
            'ţ' | 'Ţ' => self.push('ț'),
            'İ' => self.push('i'),
            _ => c.to_lowercase().for_each(|c| self.push(c)),
        }
    }

    fn push(&mut self, c: char) {
        self.word = mix(self.word ^ u64::from(u32::from(c)));
    }

    /// Adds the word to the whole; numbers count at the start alone.
    fn end_word(&mut self) {
        if self.letters == 0 {
            return;
        }
        if self.digits < self.letters || self.whole == 0 {
            self.whole = mix(self.whole.rotate_left(7) ^ self.word);
        }
        (self.word, self.letters, self.digits) = (0, 0, 0);
    }
}

fn mix(value: u64) -> u64 {
    let spread = value
        .wrapping_add(0x9E37_79B9_7F4A_7C15)
        .wrapping_mul(0xBF58_476D_1CE4_E5B9);
    spread ^ (spread >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_see_through_case_punctuation_and_counts() {
        let set = Phrases::new(&["Read more".to_owned(), "S'inscrire".to_owned()]);
        assert!(set.is("READ MORE »") && set.is("» Read  more (12)") && set.is("S’inscrire"));
        assert!(!set.is("Read") && !set.is("Read more books") && !set.is(""));
        assert!(set.ends_in("more") && !set.ends_in("read"));
        assert_eq!(key("ПОДЕЛИТЬСЯ ЁЛКОЙ"), key("поделиться елкой"));
        assert_eq!(key("Acasă. Ştiri"), key("Acasă – Știri"));
    }
}
