//! Shows what two texts have in common and in what they differ, with the places.
//!
//! This is for people and for those who check: nothing here decides anything. Verdicts keep no
//! places; they are found again where somebody asks.

use std::ops::Range;

use thresh_types::{Comparison, Differing, SharedSpan};

use crate::diff::{Hunk, hunks};
use crate::normalise::Normal;
use crate::sketch::shingles;

/// Spans and differences that are listed of one pair, each.
const LISTED: usize = 24;

/// Shorter runs of equal words between two differences are chance.
const RUN: usize = 3;

/// A text with its words, to be compared with others.
#[derive(Debug)]
pub struct Wording<'a> {
    text: &'a str,
    normal: Normal,
    grams: Vec<(u64, u32)>,
}

impl<'a> Wording<'a> {
    /// Reads the words of `text`.
    pub fn of(text: &'a str) -> Self {
        let normal = Normal::of(text);
        Self {
            text,
            grams: grams(&normal.hashes),
            normal,
        }
    }

    /// Returns the number of words.
    pub fn words(&self) -> usize {
        self.normal.hashes.len()
    }

    /// Compares two texts word by word: what they share where, and what stands in the place of what.
    ///
    /// Words are compared as the deduplicator does: without case, accents and punctuation. Listed
    /// spans ascend by length and then by place, differences that concern numbers go first.
    pub fn compare(&self, other: &Self) -> Comparison {
        let (a, b) = (&self.normal.hashes, &other.normal.hashes);
        let hunks = hunks(a, b, anchors(&self.grams, &other.grams));
        let mut runs = runs(&hunks, a.len());
        runs.retain(|(x, _)| x.len() >= RUN.min(a.len()).min(b.len()));
        let shared_words = runs.iter().map(|(x, _)| x.len()).sum();
        let differing = hunks.iter().map(|hunk| hunk.a.len().max(hunk.b.len()));
        let differing_words = differing.sum();
        runs.sort_by_key(|(x, _)| (usize::MAX - x.len(), x.start));
        runs.truncate(LISTED);
        let span = |(x, y): &(Range<usize>, Range<usize>)| SharedSpan {
            a: self.span(x),
            b: other.span(y),
            words: x.len(),
        };
        Comparison {
            shared: runs.iter().map(span).collect(),
            shared_words,
            differs: self.differing(other, hunks),
            differing_words,
        }
    }

    fn differing(&self, other: &Self, mut hunks: Vec<Hunk>) -> Vec<Differing> {
        let numeric = |hunk: &Hunk| {
            let has =
                |one: &Self, range: &Range<usize>| range.clone().any(|at| one.normal.has_digit(at));
            !hunk.a.is_empty() && !hunk.b.is_empty() && has(self, &hunk.a) && has(other, &hunk.b)
        };
        hunks.sort_by_key(|hunk| (!numeric(hunk), hunk.a.start, hunk.b.start));
        hunks.truncate(LISTED);
        let shown = |hunk: Hunk| Differing {
            a: self.quoted(&hunk.a),
            b: other.quoted(&hunk.b),
            at_a: self.span(&hunk.a),
            at_b: other.span(&hunk.b),
        };
        hunks.into_iter().map(shown).collect()
    }

    /// Returns where words stand, in characters; for no words, where they would.
    fn span(&self, words: &Range<usize>) -> (usize, usize) {
        let bytes = self.bytes(words);
        let start = self.text[..bytes.start].chars().count();
        (start, start + self.text[bytes].chars().count())
    }

    /// Returns where words stand, in bytes, without what stands around them.
    fn bytes(&self, words: &Range<usize>) -> Range<usize> {
        let count = self.words();
        let place = |word: usize| self.normal.place(word, self.text);
        if words.is_empty() {
            let at = match words.start {
                word if word < count => place(word).start,
                _ => self.text.len(),
            };
            return at..at;
        }
        let start = place(words.start).start;
        let end = place(words.end - 1).end.min(self.text.len());
        let separates = |char: char| !char.is_alphanumeric() && char != '_' && char.is_ascii();
        let inner = &self.text[start..end];
        let lead = inner.len() - inner.trim_start_matches(separates).len();
        let inner = inner.trim_matches(|char: char| separates(char) || is_space(char));
        start + lead..start + lead + inner.len()
    }

    /// Returns words as they are written, in one line, shortened.
    fn quoted(&self, words: &Range<usize>) -> String {
        const LONGEST: usize = 120;
        let written = &self.text[self.bytes(words)];
        let line = written.split_whitespace().collect::<Vec<_>>().join(" ");
        match line.char_indices().nth(LONGEST) {
            Some((cut, _)) => format!("{} …", line[..cut].trim_end()),
            None => line,
        }
    }
}

fn is_space(char: char) -> bool {
    char.is_whitespace()
        || matches!(
            char,
            '“' | '”' | '„' | '«' | '»' | '–' | '—' | '…' | '‘' | '’'
        )
}

/// Returns the 5-grams that occur once, ascending, each with the place of its first word.
fn grams(words: &[u64]) -> Vec<(u64, u32)> {
    let mut all: Vec<(u64, u32)> = shingles(words).zip(0..).collect();
    all.sort_unstable();
    let alone = all
        .chunk_by(|x, y| x.0 == y.0)
        .filter(|equal| equal.len() == 1);
    alone.map(|equal| equal[0]).collect()
}

/// Returns the places of the 5-grams that both have, given those of either.
fn anchors(a: &[(u64, u32)], b: &[(u64, u32)]) -> Vec<(u32, u32)> {
    let (mut i, mut j, mut found) = (0, 0, Vec::new());
    while let (Some(x), Some(y)) = (a.get(i), b.get(j)) {
        if x.0 == y.0 {
            found.push((x.1, y.1));
        }
        i += usize::from(x.0 <= y.0);
        j += usize::from(y.0 <= x.0);
    }
    found
}

/// Returns the runs of equal words between hunks; `length` is that of the first text.
fn runs(hunks: &[Hunk], length: usize) -> Vec<(Range<usize>, Range<usize>)> {
    let (mut x, mut y) = (0, 0);
    let mut runs = Vec::with_capacity(hunks.len() + 1);
    let ends = hunks.iter().map(|hunk| hunk.a.start).chain([length]);
    for (at, end) in ends.enumerate() {
        if end > x {
            runs.push((x..end, y..y + (end - x)));
        }
        if let Some(hunk) = hunks.get(at) {
            (x, y) = (hunk.a.end, hunk.b.end);
        }
    }
    runs
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn compare(a: &str, b: &str) -> Comparison {
        Wording::of(a).compare(&Wording::of(b))
    }

    fn cut(text: &str, (start, end): (usize, usize)) -> String {
        text.chars().skip(start).take(end - start).collect()
    }

    #[test]
    fn spans_and_differences_are_cut_out_of_the_texts_as_written() {
        let a = "Заявление: The 15th Conference «opened» in Vienna on 3 May.";
        let b = "the 16th conference opened in VIENNA on 4 May – with a word more.";
        let found = compare(a, b);
        let shared: Vec<(String, String)> = found
            .shared
            .iter()
            .map(|span| (cut(a, span.a), cut(b, span.b)))
            .collect();
        let pair = |a: &str, b: &str| (a.to_owned(), b.to_owned());
        assert_eq!(
            shared,
            [pair(
                "Conference «opened» in Vienna on",
                "conference opened in VIENNA on"
            )]
        );
        let differs: Vec<(&str, &str)> = found
            .differs
            .iter()
            .map(|d| (d.a.as_str(), d.b.as_str()))
            .collect();
        assert_eq!(
            differs,
            [
                ("15th", "16th"),
                ("3", "4"),
                ("Заявление", ""),
                ("", "with a word more")
            ]
        );
        assert_eq!(cut(a, found.differs[0].at_a), "15th");
        assert_eq!((found.shared_words, found.differing_words), (5, 7));
    }

    #[test]
    fn equal_and_empty_texts_have_no_differences() {
        let found = compare("One two three.", "one TWO three");
        assert!(found.differs.is_empty());
        assert_eq!(found.shared[0].words, 3);
        assert_eq!(compare("", ""), Comparison::default());
        assert_eq!(compare("", "a").differs.len(), 1);
    }

    #[test]
    fn not_more_is_listed_than_a_page_shows_and_all_is_counted() {
        let text = |step: usize| {
            (0..900)
                .map(|n| {
                    if n % 9 == 0 {
                        format!("x{} ", n * step)
                    } else {
                        format!("w{n} ")
                    }
                })
                .collect::<String>()
        };
        let found = compare(&text(1), &text(2));
        assert_eq!((found.shared.len(), found.differs.len()), (LISTED, LISTED));
        assert_eq!((found.shared_words, found.differing_words), (801, 99));
    }

    proptest! {
        #[test]
        fn shared_spans_hold_the_same_words(a in "([a-dé]{1,2}[ ,.\n]{1,2}){0,40}", b in "([a-dé]{1,2}[ ,.\n]{1,2}){0,40}") {
            for span in compare(&a, &b).shared {
                let of = |text: &str, place| Normal::of(&cut(text, place)).hashes;
                prop_assert_eq!(of(&a, span.a), of(&b, span.b));
                prop_assert_eq!(of(&a, span.a).len(), span.words);
            }
        }

        #[test]
        fn any_texts_can_be_compared(a in ".{0,80}", b in ".{0,80}") {
            let found = compare(&a, &b);
            for differing in &found.differs {
                prop_assert!(differing.at_a.1 <= a.chars().count());
                prop_assert!(differing.at_b.1 <= b.chars().count());
            }
        }
    }
}
