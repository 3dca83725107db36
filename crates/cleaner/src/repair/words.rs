//! Words that a line end or a lost glyph broke in two.

use std::sync::LazyLock;

use regex::{Captures, Regex};
use thresh_types::Repair;

use super::{Vocabulary, record};

static HYPHEN: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"(\p{L}{2,})- (\p{Ll}{2,})").expect("a valid pattern"));

static LIGATURE: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"\b(\p{L}*(?:ffi|ffl|ff|fi|fl)) (\p{Ll}+)").expect("a valid pattern")
});

/// Words that follow a hyphen which stands for a word left out: `pre- and post-conflict`, `Kinder-
/// und Jugendhilfe`.
const CONJUNCTIONS: &[&str] = &[
    "and", "or", "to", "und", "oder", "bzw", "sowie", "et", "ou", "e", "o", "y", "u", "ed", "od",
    "i", "ili", "и", "или", "та", "або", "й", "en", "of", "och", "eller", "og", "oraz", "lub",
    "nebo", "și", "sau", "dhe", "ose", "ve", "veya", "versus",
];

/// Joins `pro- tect` where the joined form is a word and the hyphenated one is not.
pub(super) fn join_hyphens(
    text: &str,
    vocabulary: &Vocabulary,
    repairs: &mut Vec<Repair>,
) -> String {
    if !text.contains("- ") {
        return text.to_owned();
    }
    let replaced = HYPHEN.replace_all(text, |found: &Captures<'_>| {
        let (left, right) = (&found[1], &found[2]);
        match joined(left, right, vocabulary) {
            Some(word) => {
                repairs.push(record("line-end-hyphen", &found[0], &word));
                word
            }
            None => found[0].to_owned(),
        }
    });
    replaced.into_owned()
}

fn joined(left: &str, right: &str, vocabulary: &Vocabulary) -> Option<String> {
    if CONJUNCTIONS.contains(&right) {
        return None;
    }
    let (whole, hyphenated) = (format!("{left}{right}"), format!("{left}-{right}"));
    let (as_one, as_two) = (vocabulary.count(&whole), vocabulary.count(&hyphenated));
    if as_two > 0 && as_two >= as_one {
        return Some(hyphenated);
    }
    (as_one > 0).then_some(whole)
}

/// Joins `traffi cking` where the joined form is a word and neither half is.
pub(super) fn join_ligatures(
    text: &str,
    vocabulary: &Vocabulary,
    repairs: &mut Vec<Repair>,
) -> String {
    if !(text.contains("fi ") || text.contains("fl ") || text.contains("ff ")) {
        return text.to_owned();
    }
    let replaced = LIGATURE.replace_all(text, |found: &Captures<'_>| {
        let (left, right) = (&found[1], &found[2]);
        let whole = format!("{left}{right}");
        if vocabulary.knows(&whole) && !vocabulary.knows(left) && !vocabulary.knows(right) {
            repairs.push(record("broken-ligature", &found[0], &whole));
            whole
        } else {
            found[0].to_owned()
        }
    });
    replaced.into_owned()
}

/// Returns the ranges of `text` that look broken, so that their halves do not count as words.
pub(super) fn broken(text: &str) -> Vec<std::ops::Range<usize>> {
    let mut ranges = Vec::new();
    if text.contains("- ") {
        ranges.extend(HYPHEN.find_iter(text).map(|m| m.range()));
    }
    if text.contains("fi ") || text.contains("fl ") || text.contains("ff ") {
        ranges.extend(LIGATURE.find_iter(text).map(|m| m.range()));
    }
    ranges
}
