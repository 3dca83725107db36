//! Words that a line end or a lost glyph broke in two.

use std::sync::LazyLock;

use regex::Regex;
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
    replace(text, &HYPHEN, "line-end-hyphen", repairs, |left, right| {
        joined(left, right, vocabulary)
    })
}

/// Puts what `word` makes of the two groups of a match in its place, where it makes anything.
fn replace(
    text: &str,
    pattern: &Regex,
    rule: &str,
    repairs: &mut Vec<Repair>,
    word: impl Fn(&str, &str) -> Option<String>,
) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = 0;
    for found in pattern.captures_iter(text) {
        let (Some(whole), left, right) = (found.get(0), &found[1], &found[2]) else {
            continue;
        };
        let Some(word) = word(left, right) else {
            continue;
        };
        out.push_str(&text[rest..whole.start()]);
        repairs.push(record(rule, out.len(), whole.as_str(), &word));
        out.push_str(&word);
        rest = whole.end();
    }
    out.push_str(&text[rest..]);
    out
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
    replace(
        text,
        &LIGATURE,
        "broken-ligature",
        repairs,
        |left, right| {
            let whole = format!("{left}{right}");
            let lost = !vocabulary.knows(left) && !vocabulary.knows(right);
            (lost && vocabulary.knows(&whole)).then_some(whole)
        },
    )
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
