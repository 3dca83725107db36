//! Cuts text into numbers, words and marks.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// What a token is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Kind {
    /// A run of ASCII digits; the value saturates.
    Number { value: u32, digits: usize },
    /// A run of letters, folded, and whether it began with a capital.
    Word { folded: String, capital: bool },
    /// Any other character but white space.
    Mark(char),
}

/// A token and the bytes it was read from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Token {
    pub(super) kind: Kind,
    pub(super) start: usize,
    pub(super) end: usize,
}

/// Returns `word` in lower case, without the marks that writers leave out, and with a dotted i.
pub(super) fn fold(word: &str) -> String {
    if word.is_ascii() {
        return word.to_ascii_lowercase();
    }
    word.to_lowercase()
        .nfkd()
        .filter(|&c| !is_combining_mark(c))
        .map(|c| if c == 'ı' { 'i' } else { c })
        .collect()
}

/// Returns the tokens of `text` in order.
pub(super) fn tokens(text: &str) -> Vec<Token> {
    let mut found = Vec::new();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let start = text.len() - rest.len();
        let length = run_length(rest, first);
        if !first.is_whitespace() {
            found.push(Token {
                kind: kind_of(&rest[..length], first),
                start,
                end: start + length,
            });
        }
        rest = &rest[length..];
    }
    found
}

fn run_length(rest: &str, first: char) -> usize {
    if first.is_ascii_digit() {
        rest.find(|c: char| !c.is_ascii_digit())
            .unwrap_or(rest.len())
    } else if first.is_alphabetic() {
        rest.find(|c: char| !c.is_alphabetic() && !is_combining_mark(c))
            .unwrap_or(rest.len())
    } else {
        first.len_utf8()
    }
}

fn kind_of(run: &str, first: char) -> Kind {
    if first.is_ascii_digit() {
        Kind::Number {
            value: run.parse().unwrap_or(u32::MAX),
            digits: run.len(),
        }
    } else if first.is_alphabetic() {
        Kind::Word {
            folded: fold(run),
            capital: first.is_uppercase(),
        }
    } else {
        Kind::Mark(first)
    }
}
