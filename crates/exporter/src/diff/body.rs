//! Which words of a text changed.
//!
//! Texts of usual size are compared word by word. Longer ones are compared line by line first, and
//! word by word only where lines differ; a difference that is still too long counts as replaced
//! whole. So the work stays near linear whatever the texts are. No wall-clock limit is used, since
//! the same two texts must always give the same answer.

use std::ops::Range;

use similar::{Algorithm, DiffOp, DiffTag, capture_diff, capture_diff_slices};

use super::{BodyChange, Hunk, Piece, Words};
use crate::words::{count_words, units};

/// Words on both sides up to which a comparison goes word by word. Measured: two texts of half this
/// size without order in common, the worst case, take a seventh of a second.
const WORD_BY_WORD: usize = 20_000;

/// Lines on both sides up to which a comparison goes line by line. Measured likewise: a second.
const LINE_BY_LINE: usize = 100_000;

/// Words of context on each side of a change: about a line of a terminal.
const CONTEXT: usize = 8;

/// A text with its words.
struct Text<'a> {
    source: &'a str,
    at: Vec<Range<usize>>,
    words: Vec<&'a str>,
}

impl<'a> Text<'a> {
    fn new(source: &'a str) -> Self {
        let at = units(source);
        let words = at.iter().map(|range| &source[range.clone()]).collect();
        Self { source, at, words }
    }

    /// Returns the text from the first of these words to the end of the last.
    fn slice(&self, words: &Range<usize>) -> &'a str {
        if words.is_empty() {
            return "";
        }
        &self.source[self.at[words.start].start..self.at[words.end - 1].end]
    }

    /// Returns the words of each line that has any.
    fn lines(&self) -> Vec<Range<usize>> {
        let mut lines: Vec<Range<usize>> = Vec::new();
        let mut previous_end = 0;
        for (word, at) in self.at.iter().enumerate() {
            let breaks = self.source[previous_end..at.start].contains('\n');
            match lines.last_mut() {
                Some(line) if !breaks => line.end = word + 1,
                _ => lines.push(word..word + 1),
            }
            previous_end = at.end;
        }
        lines
    }
}

/// Words of the old text that words of the new one replace; either may be empty.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Edit {
    old: Range<usize>,
    new: Range<usize>,
}

impl Edit {
    fn len(&self) -> usize {
        self.old.len() + self.new.len()
    }

    fn within(op: &DiffOp) -> Option<Self> {
        (op.tag() != DiffTag::Equal).then(|| Self {
            old: op.old_range(),
            new: op.new_range(),
        })
    }
}

/// Returns how `new` differs from `old`.
pub(crate) fn compare(old: &str, new: &str, words: Words) -> BodyChange {
    let (old, new) = (Text::new(old), Text::new(new));
    let edits = edits(&old, &new);
    let count = |text: &Text<'_>, range: &Range<usize>| count_words(text.slice(range));
    BodyChange {
        words_added: edits.iter().map(|edit| count(&new, &edit.new)).sum(),
        words_removed: edits.iter().map(|edit| count(&old, &edit.old)).sum(),
        hunks: (words == Words::Yes).then(|| hunks(&old, &new, &edits)),
    }
}

fn edits(old: &Text<'_>, new: &Text<'_>) -> Vec<Edit> {
    let whole = trimmed(old, new);
    if whole.len() <= WORD_BY_WORD {
        return word_edits(old, new, whole);
    }
    line_edits(old, new)
        .into_iter()
        .flat_map(|edit| {
            if edit.len() <= WORD_BY_WORD {
                word_edits(old, new, edit)
            } else {
                vec![edit]
            }
        })
        .collect()
}

/// Returns what is left between the words that both texts begin and end with.
fn trimmed(old: &Text<'_>, new: &Text<'_>) -> Edit {
    let (a, b) = (&old.words, &new.words);
    let start = a.iter().zip(b).take_while(|(x, y)| x == y).count();
    let backwards = a[start..].iter().rev().zip(b[start..].iter().rev());
    let end = backwards.take_while(|(x, y)| x == y).count();
    Edit {
        old: start..a.len() - end,
        new: start..b.len() - end,
    }
}

fn word_edits(old: &Text<'_>, new: &Text<'_>, within: Edit) -> Vec<Edit> {
    let ops = capture_diff(
        Algorithm::Myers,
        &old.words[..],
        within.old,
        &new.words[..],
        within.new,
    );
    ops.iter().filter_map(Edit::within).collect()
}

fn line_edits(old: &Text<'_>, new: &Text<'_>) -> Vec<Edit> {
    let (old_lines, new_lines) = (old.lines(), new.lines());
    if old_lines.len() + new_lines.len() > LINE_BY_LINE {
        return vec![trimmed(old, new)];
    }
    let a: Vec<&[&str]> = old_lines.iter().map(|l| &old.words[l.clone()]).collect();
    let b: Vec<&[&str]> = new_lines.iter().map(|l| &new.words[l.clone()]).collect();
    capture_diff_slices(Algorithm::Myers, &a, &b)
        .iter()
        .filter_map(Edit::within)
        .map(|lines| Edit {
            old: words_of(&old_lines, &lines.old),
            new: words_of(&new_lines, &lines.new),
        })
        .collect()
}

/// Returns the words of some lines; of none, the place where they would stand.
fn words_of(lines: &[Range<usize>], which: &Range<usize>) -> Range<usize> {
    let end_of = |line: usize| lines.get(line).map_or(0, |words| words.end);
    let start = which.start.checked_sub(1).map_or(0, end_of);
    let end = which.end.checked_sub(1).map_or(0, end_of);
    start..end.max(start)
}

/// Groups edits that stand close together and puts the words around them.
fn hunks(old: &Text<'_>, new: &Text<'_>, edits: &[Edit]) -> Vec<Hunk> {
    let far = |a: &Edit, b: &Edit| b.new.start.saturating_sub(a.new.end) > 2 * CONTEXT;
    edits
        .chunk_by(|a, b| !far(a, b))
        .map(|group| hunk(old, new, group))
        .collect()
}

fn hunk(old: &Text<'_>, new: &Text<'_>, group: &[Edit]) -> Hunk {
    let (first, last) = (group.first(), group.last());
    let mut at = first.map_or(0, |edit| edit.new.start.saturating_sub(CONTEXT));
    let end = last.map_or(0, |edit| edit.new.end + CONTEXT);
    let mut pieces = Vec::new();
    for edit in group {
        push(&mut pieces, Piece::Same, new.slice(&(at..edit.new.start)));
        push(&mut pieces, Piece::Removed, old.slice(&edit.old));
        push(&mut pieces, Piece::Added, new.slice(&edit.new));
        at = edit.new.end;
    }
    let end = end.min(new.words.len());
    push(&mut pieces, Piece::Same, new.slice(&(at..end)));
    Hunk { pieces }
}

fn push(pieces: &mut Vec<Piece>, piece: fn(String) -> Piece, text: &str) {
    if !text.is_empty() {
        pieces.push(piece(text.to_owned()));
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn shown(old: &str, new: &str) -> Vec<String> {
        let change = compare(old, new, Words::Yes);
        let hunks = change.hunks.unwrap();
        hunks.iter().map(|hunk| show(&hunk.pieces)).collect()
    }

    fn show(pieces: &[Piece]) -> String {
        let marked: Vec<String> = pieces
            .iter()
            .map(|piece| match piece {
                Piece::Same(text) => text.clone(),
                Piece::Removed(text) => format!("[-{text}-]"),
                Piece::Added(text) => format!("{{+{text}+}}"),
            })
            .collect();
        marked.join(" ")
    }

    /// Applies the edits to the old words: they must give the new ones.
    fn applied<'a>(old: &Text<'a>, new: &Text<'a>, edits: &[Edit]) -> Vec<&'a str> {
        let (mut out, mut at) = (Vec::new(), 0);
        for edit in edits {
            out.extend(&old.words[at..edit.old.start]);
            out.extend(&new.words[edit.new.clone()]);
            at = edit.old.end;
        }
        out.extend(&old.words[at..]);
        out
    }

    #[test]
    fn a_replaced_word_counts_in_both_directions() {
        let change = compare("the old text", "the new text", Words::No);
        assert_eq!((change.words_added, change.words_removed), (1, 1));
        assert_eq!(change.hunks, None);
        assert_eq!(
            shown("the old text", "the new text"),
            ["the [-old-] {+new+} text"]
        );
    }

    #[test]
    fn white_space_alone_changes_no_word() {
        let change = compare("one two\n", "one\n\ntwo\n", Words::Yes);
        assert_eq!((change.words_added, change.words_removed), (0, 0));
        assert_eq!(change.hunks, Some(Vec::new()));
    }

    #[test]
    fn changes_far_apart_stand_in_hunks_of_their_own() {
        let filler = "a b c d e f g h i j k l m n o p q r s t u v w x y z";
        let old = format!("one {filler} two");
        let new = format!("eins {filler} two three");
        assert_eq!(
            shown(&old, &new),
            [
                "[-one-] {+eins+} a b c d e f g h",
                "t u v w x y z two {+three+}"
            ]
        );
    }

    #[test]
    fn from_and_to_nothing() {
        assert_eq!(shown("", "all new"), ["{+all new+}"]);
        assert_eq!(shown("all old\n", ""), ["[-all old-]"]);
        assert!(shown("", "").is_empty());
    }

    fn numbered(count: usize, per_line: usize, salt: usize) -> String {
        (0..count)
            .map(|i| {
                let end = if i % per_line == per_line - 1 {
                    '\n'
                } else {
                    ' '
                };
                format!("{}{end}", (i * 7919 + salt) % 10_007)
            })
            .collect()
    }

    #[test]
    fn a_huge_text_is_compared_by_lines_and_still_to_the_word() {
        let old = numbered(200_000, 10, 0);
        let new = old.replacen(" 4000 ", " four ", 1) + "an end\n";
        let new = format!("a start\n{new}");
        let change = compare(&old, &new, Words::Yes);
        assert_eq!((change.words_added, change.words_removed), (5, 1));
        assert_eq!(change.hunks.unwrap().len(), 3);
    }

    #[test]
    fn huge_texts_without_anything_in_common_are_replaced_whole() {
        let (old, new) = ("x ".repeat(300_000), "y ".repeat(250_000));
        let change = compare(&old, &new, Words::No);
        assert_eq!(
            (change.words_added, change.words_removed),
            (250_000, 300_000)
        );
    }

    proptest! {
        #[test]
        fn edits_turn_the_old_text_into_the_new_one(
            old in "([abc \n]){0,60}", new in "([abc \n]){0,60}"
        ) {
            let (old, new) = (Text::new(&old), Text::new(&new));
            for edits in [edits(&old, &new), line_edits(&old, &new)] {
                prop_assert_eq!(applied(&old, &new, &edits), new.words.clone());
            }
        }
    }
}
