//! Blocks from text that someone else extracted: lines, empty lines and bullets are all there is.

use std::sync::LazyLock;

use regex::Regex;
use rustc_hash::FxHashMap;
use thresh_types::BlockKind;

use crate::block::{RawBlock, Segmentation, Source};
use crate::measure;
use crate::segment::walk::anchor;

/// Longest line that can be a heading, in characters and in words.
const HEADING_CHARS: usize = 160;
const HEADING_WORDS: usize = 24;
/// Words from which a line is long enough to be what a heading heads.
const PROSE_WORDS: usize = 12;
/// Line lengths between which text is taken to be wrapped by a program, in characters: mail and old
/// content systems wrap at 60 to 80.
const WRAPPED: std::ops::RangeInclusive<usize> = 50..=90;

static BULLET: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"^(?:[•‣▪◦●○■□–—*·\u{F0B7}\u{F0A7}\u{2043}-])[\s\u{A0}]+").expect("a valid pattern")
});
static NUMBER: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"^(\d{1,3})[.)][\s\u{A0}]+").expect("a valid pattern"));

struct Line {
    number: usize,
    text: String,
    indent: usize,
    gap: u32,
}

/// Returns the blocks of text that someone else extracted from a page.
pub fn segment_text(text: &str) -> Segmentation {
    let lines = unwrap(lines(text));
    let kinds = kinds(&lines);
    let mut seen = FxHashMap::default();
    let blocks = lines
        .into_iter()
        .zip(kinds)
        .map(|(line, kind)| block(line, kind, &mut seen))
        .collect();
    Segmentation {
        source: Source::Text,
        names: vec![String::new()],
        blocks,
        ..Segmentation::default()
    }
}

fn lines(text: &str) -> Vec<Line> {
    let mut lines = Vec::new();
    let mut gap = 0;
    for (index, line) in text.lines().enumerate() {
        let collapsed = collapse_ascii(line);
        if measure::has_word(&collapsed) {
            lines.push(Line {
                number: index + 1,
                indent: line.chars().take_while(|c| c.is_whitespace()).count(),
                text: collapsed,
                gap,
            });
            gap = 0;
        } else if collapsed.is_empty() {
            gap += 1;
        }
    }
    lines
}

/// Collapses white space but for no-break spaces, which the typographic repair decides on.
fn collapse_ascii(line: &str) -> String {
    let space = |c: char| c.is_whitespace() && !matches!(c, '\u{A0}' | '\u{202F}' | '\u{2007}');
    let words: Vec<&str> = line.split(space).filter(|w| !w.is_empty()).collect();
    words.join(" ")
}

/// Joins lines that a program wrapped at a fixed column.
fn unwrap(lines: Vec<Line>) -> Vec<Line> {
    let mut out: Vec<Line> = Vec::with_capacity(lines.len());
    let mut run: Vec<Line> = Vec::new();
    for line in lines {
        if line.gap > 0 || starts_item(&line.text) {
            close_run(&mut run, &mut out);
        }
        run.push(line);
    }
    close_run(&mut run, &mut out);
    out
}

fn close_run(run: &mut Vec<Line>, out: &mut Vec<Line>) {
    if !is_wrapped(run) {
        out.append(run);
        return;
    }
    let mut lines = run.drain(..);
    if let Some(mut first) = lines.next() {
        for line in lines {
            first.text.push(' ');
            first.text.push_str(&line.text);
        }
        out.push(first);
    }
}

fn is_wrapped(run: &[Line]) -> bool {
    let Some((_, body)) = run.split_last() else {
        return false;
    };
    if body.len() < 2 {
        return false;
    }
    let length = |line: &Line| line.text.chars().count();
    let in_width = body.iter().filter(|l| WRAPPED.contains(&length(l))).count();
    let open = body
        .iter()
        .filter(|l| !measure::ends_sentence(&l.text))
        .count();
    let continued = run[1..]
        .iter()
        .filter(|l| l.text.starts_with(char::is_lowercase))
        .count();
    in_width == body.len() && open * 10 >= body.len() * 7 && continued * 2 >= body.len()
}

fn starts_item(text: &str) -> bool {
    BULLET.is_match(text) || NUMBER.is_match(text)
}

fn kinds(lines: &[Line]) -> Vec<BlockKind> {
    let mut kinds = Vec::with_capacity(lines.len());
    let mut list = Indents::default();
    for (i, line) in lines.iter().enumerate() {
        let before = i.checked_sub(1).map(|b| (&lines[b], kinds[b]));
        let kind = item(line, &mut list).unwrap_or_else(|| {
            list = Indents::default();
            kind(line, before, lines.get(i + 1))
        });
        kinds.push(kind);
    }
    kinds
}

/// The indents of the items that the next one may stand below, in characters.
#[derive(Default)]
struct Indents(Vec<usize>);

impl Indents {
    /// Returns the depth of an item, from 1: an item that is indented more than the one before it is
    /// one deeper, however wide the step is.
    fn depth(&mut self, indent: usize) -> u8 {
        while self.0.last().is_some_and(|&above| above > indent) {
            self.0.pop();
        }
        if self.0.last() != Some(&indent) {
            self.0.push(indent);
        }
        u8::try_from(self.0.len()).unwrap_or(u8::MAX)
    }
}

/// Returns what kind of item a line is, if it is one.
fn item(line: &Line, list: &mut Indents) -> Option<BlockKind> {
    if BULLET.is_match(&line.text) && !is_dialogue(&line.text) && !is_page_number(&line.text) {
        return Some(BlockKind::Bullet(list.depth(line.indent)));
    }
    let number = NUMBER.captures(&line.text)?[1].parse().unwrap_or(1);
    Some(BlockKind::Numbered(list.depth(line.indent), number))
}

fn kind(line: &Line, before: Option<(&Line, BlockKind)>, after: Option<&Line>) -> BlockKind {
    if is_heading(line, before, after) {
        return BlockKind::Heading(if before.is_none() { 1 } else { 2 });
    }
    BlockKind::Paragraph
}

/// A dash before running prose opens speech in many languages, not an item.
fn is_dialogue(text: &str) -> bool {
    text.starts_with(['–', '—']) && measure::count_words(text) > 40
}

/// A number between dashes is what printers put on a page.
fn is_page_number(text: &str) -> bool {
    text.starts_with(['-', '–', '—'])
        && text.ends_with(['-', '–', '—'])
        && measure::count_words(text) == 1
}

/// Short, without final punctuation, after a finished sentence, with longer prose behind it.
fn is_heading(line: &Line, before: Option<(&Line, BlockKind)>, after: Option<&Line>) -> bool {
    let words = measure::count_words(&line.text);
    let short = words <= HEADING_WORDS && line.text.chars().count() <= HEADING_CHARS;
    let opens = line.text.chars().next().is_some_and(|c| !c.is_lowercase());
    let free = before.is_none_or(|(b, kind)| {
        measure::ends_sentence(&b.text)
            || !matches!(kind, BlockKind::Paragraph)
            || measure::count_words(&b.text) < PROSE_WORDS
    });
    let heads = after.is_some_and(|a| {
        let ahead = measure::count_words(&a.text);
        ahead >= PROSE_WORDS && ahead > words && measure::ends_sentence(&a.text)
    });
    let heads =
        heads || after.is_some_and(|a| measure::count_words(&a.text) >= 2 * PROSE_WORDS.max(words));
    short && opens && free && heads && !measure::ends_with_punctuation(&line.text)
}

fn block(line: Line, kind: BlockKind, seen: &mut FxHashMap<u64, u32>) -> RawBlock {
    let text = match kind {
        BlockKind::Bullet(_) => BULLET.replace(&line.text, "").into_owned(),
        BlockKind::Numbered(..) => NUMBER.replace(&line.text, "").into_owned(),
        _ => line.text,
    };
    let count = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
    RawBlock {
        kind,
        path: line.number.to_string(),
        anchor: anchor(&text, seen),
        words: count(measure::count_words(&text)),
        chars: count(text.chars().filter(|c| !c.is_whitespace()).count()),
        gap: line.gap,
        text,
        ..RawBlock::empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kinds_of(text: &str) -> Vec<BlockKind> {
        segment_text(text).blocks.iter().map(|b| b.kind).collect()
    }

    #[test]
    fn headings_need_shape_and_what_they_head() {
        let prose = "This office has worked for many years with partners in the region, and it goes on doing so.";
        assert_eq!(
            kinds_of(&format!("On the office\n{prose}\nLater on\n{prose}")),
            [
                BlockKind::Heading(1),
                BlockKind::Paragraph,
                BlockKind::Heading(2),
                BlockKind::Paragraph
            ]
        );
        assert_eq!(
            kinds_of(&format!("It said so:\n{prose}\nShort end")),
            [BlockKind::Paragraph; 3]
        );
    }

    #[test]
    fn a_speaker_line_after_a_quotation_is_no_heading() {
        let quote =
            "Crises in the wider area call for effective management of the arrival of many people";
        let prose =
            "The forum brings together many bodies that work on the matter in the whole region.";
        let kinds = kinds_of(&format!(
            "{prose}\n{quote}\nJane Doe Secretary General\n{prose}"
        ));
        assert_eq!(kinds[2], BlockKind::Paragraph);
    }

    #[test]
    fn bullets_and_numbers_lose_their_signs() {
        let page = segment_text("  • One thing\n\n  • Another\n1. First\n2) Second");
        let texts: Vec<_> = page.blocks.iter().map(|b| b.text.as_str()).collect();
        assert_eq!(texts, ["One thing", "Another", "First", "Second"]);
        assert_eq!(page.blocks[3].kind, BlockKind::Numbered(1, 2));
    }

    #[test]
    fn items_are_as_deep_as_they_stand_below_others() {
        let text = "  • One\n      - One of one\n      - Two of one\n  • Two\nA line.\n    • Again";
        let depths: Vec<_> = kinds_of(text)
            .into_iter()
            .filter(|k| matches!(k, BlockKind::Bullet(_)))
            .collect();
        let wanted = [1, 2, 2, 1, 1].map(BlockKind::Bullet);
        assert_eq!(depths, wanted);
    }

    #[test]
    fn wrapped_lines_become_one_paragraph() {
        let page = segment_text(
            "A centre for people who were trafficked across the borders is\n\
             today being officially launched in the capital with the help of\n\
             several partners who have worked on it for years.",
        );
        assert_eq!(page.blocks.len(), 1);
        assert!(page.blocks[0].text.contains("borders is today being"));
    }

    #[test]
    fn empty_lines_are_counted() {
        let page = segment_text("One.\n\n\n\nTwo.");
        assert_eq!(page.blocks[1].gap, 3);
    }
}
