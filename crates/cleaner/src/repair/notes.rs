//! Numbers of footnotes that lost their raised place and stand fused to a word: `states56,`.
//!
//! One such word tells nothing (`covid19`, `utf8`). The notes of a text count up: what is parted belongs to
//! a sequence of numbers that rises through the text, with different words before them.

use rustc_hash::{FxHashMap, FxHashSet};
use thresh_types::{BlockKind, Repair};

use super::record;
use crate::block::Segmentation;

/// Words that a sequence must have, each another, before it is one of notes.
const FEWEST_WORDS: usize = 3;
/// Longest step within a sequence: notes between two fused ones may stand after a full stop.
const LONGEST_STEP: u32 = 3;
/// Letters that a word before a note must have at least.
const FEWEST_LETTERS: usize = 3;

/// A word with a number at its end.
#[derive(Debug, Clone, Copy)]
struct Fused<'a> {
    block: usize,
    /// Where the number begins, in bytes.
    at: usize,
    number: u32,
    word: &'a str,
}

/// Returns per block where the number of a note is fused to a word, in bytes. A text that stands more than once
/// counts once, and is parted wherever it stands.
pub(crate) fn fused_notes(page: &Segmentation) -> FxHashMap<usize, Vec<usize>> {
    let mut first: FxHashMap<&str, usize> = FxHashMap::default();
    let mut again: Vec<(usize, usize)> = Vec::new();
    let mut fused: Vec<Fused<'_>> = Vec::new();
    let blocks = page.blocks.iter().enumerate();
    for (i, block) in blocks.filter(|(_, b)| b.kind != BlockKind::Code) {
        let of_block = fused.len();
        fused.extend(fused_in(i, &block.text));
        if fused.len() == of_block {
            continue;
        }
        if let Some(&before) = first.get(block.text.as_str()) {
            fused.truncate(of_block);
            again.push((i, before));
        } else {
            first.insert(&block.text, i);
        }
    }
    let fused = without_series(fused);
    let mut notes: FxHashMap<usize, Vec<usize>> = FxHashMap::default();
    for k in in_sequence(&fused) {
        notes.entry(fused[k].block).or_default().push(fused[k].at);
    }
    for (i, before) in again {
        if let Some(places) = notes.get(&before).cloned() {
            notes.insert(i, places);
        }
    }
    notes
}

fn fused_in(block: usize, text: &str) -> impl Iterator<Item = Fused<'_>> {
    let bytes = text.as_bytes();
    let starts = (1..bytes.len()).filter(|&at| {
        bytes[at].is_ascii_digit() && !bytes[at - 1].is_ascii_digit() && text.is_char_boundary(at)
    });
    starts.filter_map(move |at| fused_at(block, text, at))
}

fn fused_at(block: usize, text: &str, at: usize) -> Option<Fused<'_>> {
    let number = &text[at..];
    let digits = number.bytes().take_while(u8::is_ascii_digit).count();
    let behind = number[digits..].chars().next().unwrap_or(' ');
    let ends = behind.is_whitespace() || matches!(behind, ',' | '.' | ';' | ':' | ')' | '”' | '"');
    let before = &text[..at];
    let word = word_start(before);
    let bounded = !before[..word]
        .ends_with(|c: char| c.is_alphanumeric() || matches!(c, '/' | '-' | '_' | '.' | '@' | '#'));
    let long = before[word..].chars().nth(FEWEST_LETTERS - 1).is_some();
    let decimal = number[digits..]
        .strip_prefix(['.', ','])
        .is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit()));
    if digits > 3 || !ends || !bounded || !long || decimal || number.starts_with('0') {
        return None;
    }
    Some(Fused {
        block,
        at,
        number: number[..digits].parse().ok()?,
        word: &before[word..],
    })
}

/// Leaves out words that stand with one number twice or with two that are near: `Fold3`, `Fold5` are
/// names, and a note is called once.
fn without_series(fused: Vec<Fused<'_>>) -> Vec<Fused<'_>> {
    let mut numbers: FxHashMap<&str, Vec<u32>> = FxHashMap::default();
    for this in &fused {
        numbers.entry(this.word).or_default().push(this.number);
    }
    for all in numbers.values_mut() {
        all.sort_unstable();
    }
    let mut alone = fused;
    alone.retain(|this| {
        let all = &numbers[this.word];
        let near = all.partition_point(|&n| n + LONGEST_STEP < this.number);
        let end = all.partition_point(|&n| n <= this.number + LONGEST_STEP);
        end - near == 1
    });
    alone
}

/// Returns where the word at the end of `text` begins: small letters with at most one capital before them.
fn word_start(text: &str) -> usize {
    let small = text.trim_end_matches(char::is_lowercase);
    let capital = small.chars().next_back().filter(|c| c.is_uppercase());
    small.len() - capital.map_or(0, char::len_utf8)
}

/// Returns which of the fused numbers belong to a rising sequence that is long enough.
fn in_sequence(fused: &[Fused<'_>]) -> Vec<usize> {
    let mut last: FxHashMap<u32, usize> = FxHashMap::default();
    let mut before: Vec<Option<usize>> = Vec::with_capacity(fused.len());
    let mut length: Vec<usize> = Vec::with_capacity(fused.len());
    for (k, this) in fused.iter().enumerate() {
        let steps = (1..=LONGEST_STEP).filter_map(|s| this.number.checked_sub(s));
        let ahead = steps.filter_map(|number| last.get(&number).copied());
        let best = ahead.max_by_key(|&k| (length[k], k));
        before.push(best);
        length.push(best.map_or(1, |k| length[k] + 1));
        last.insert(this.number, k);
    }
    let mut ends: Vec<usize> = (0..fused.len()).collect();
    ends.sort_by_key(|&k| std::cmp::Reverse((length[k], k)));
    let mut taken = vec![false; fused.len()];
    let mut all = Vec::new();
    for end in ends {
        let chain = std::iter::successors(Some(end), |&k| before[k]);
        let chain: Vec<usize> = chain.take_while(|&k| !taken[k]).collect();
        for &k in &chain {
            taken[k] = true;
        }
        let words: FxHashSet<&str> = chain.iter().map(|&k| fused[k].word).collect();
        if words.len() >= FEWEST_WORDS {
            all.extend(chain);
        }
    }
    all.sort_unstable();
    all
}

/// Parts the words at `places` from the numbers behind them.
pub(super) fn part(text: &str, places: &[usize], repairs: &mut Vec<Repair>) -> String {
    let mut out = String::with_capacity(text.len() + places.len());
    let mut rest = 0;
    for &at in places {
        let start = word_start(&text[..at]);
        let end = at + text[at..].bytes().take_while(u8::is_ascii_digit).count();
        out.push_str(&text[rest..start]);
        let to = format!("{} {}", &text[start..at], &text[at..end]);
        repairs.push(record("fused-note", out.len(), &text[start..end], &to));
        out.push_str(&to);
        rest = end;
    }
    out.push_str(&text[rest..]);
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::segment::segment_text;

    fn parted(text: &str) -> String {
        let page = segment_text(text);
        let notes = fused_notes(&page);
        let blocks = page.blocks.iter().enumerate();
        let texts = blocks.map(|(i, b)| {
            let places = notes.get(&i).map_or(&[][..], Vec::as_slice);
            part(&b.text, places, &mut Vec::new())
        });
        texts.collect::<Vec<_>>().join("\n")
    }

    #[test]
    fn notes_that_count_up_are_parted() {
        let text = "Reports of the participating states56, the field missions57 and of others\n\n\
                    were discussed in the forum.58 The conclusions59: there is more to do.";
        assert_eq!(
            parted(text),
            "Reports of the participating states 56, the field missions 57 and of others\n\
             were discussed in the forum.58 The conclusions 59: there is more to do."
        );
    }

    #[test]
    fn a_text_that_stands_twice_counts_once() {
        let line = "Of the states5, the missions6 and the fora7 as said.";
        let once = "Of the states 5, the missions 6 and the fora 7 as said.";
        assert_eq!(
            parted(&format!("{line}\n\n{line}")),
            format!("{once}\n{once}")
        );
    }

    #[test]
    fn names_with_numbers_stay() {
        for text in [
            "We tested utf8 and covid19, then log4j and web2.",
            "Both IPv4 and EUROPEa5, then WTOs6 and ISOs7 are names.",
            "The Fold3, the Fold4, Flip5, Note6, Fold5 and Flip6 are out.",
            "See step1, step2, step3, step4 and so on.",
            "The files a/page1, b/page2 and c_name3 are there.",
            "Sizes of len1.5, width2.5 and height3.5 are given.",
        ] {
            assert_eq!(parted(text), text);
        }
    }
}
