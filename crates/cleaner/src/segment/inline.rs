//! The text of the block at hand, with white space collapsed on the fly, and what marks it bears where.

use std::rc::Rc;

use crate::block::BlockLink;
use crate::segment::markdown;

/// Most links that are remembered per block.
const MAX_LINKS: usize = 50;
/// Most cells of a row; what follows belongs to the last.
const MAX_CELLS: usize = 200;

/// Most blocks that one element marks: a link around a whole page is none to remember at each.
const MOST_BLOCKS: u32 = 100;

/// An inline mark that Markdown can write.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Mark {
    Emphasis,
    Strong,
    Code,
    Link(Rc<str>),
}

impl Mark {
    fn kind(&self) -> usize {
        match self {
            Self::Emphasis => 0,
            Self::Strong => 1,
            Self::Code => 2,
            Self::Link(_) => 3,
        }
    }
}

/// A part of a block's text that bears a mark, in bytes.
#[derive(Debug, Clone)]
pub(super) struct Span {
    pub(super) start: usize,
    pub(super) end: usize,
    pub(super) mark: Mark,
}

#[derive(Debug)]
struct Open {
    mark: Mark,
    /// Where its text starts within this block, once there is any.
    start: Option<usize>,
    /// Blocks that it went through.
    blocks: u32,
}

/// What an inline element says of the characters within it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Style {
    Bold,
    Emphasis,
    Code,
    Time,
}

/// How two inline elements that touch each other are joined.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Joint {
    /// Never a gap: a subscript, a split word.
    Tight,
    /// A gap where the letters tell that a new label starts.
    ByLetters,
    /// Always a gap: two links, two chips.
    Gap,
    /// A gap before a letter or digit: the bare number of a footnote.
    Note,
}

/// Counts of a block that are taken on the way.
#[derive(Debug, Default, Clone, Copy)]
pub(super) struct Counts {
    pub(super) anchors: u32,
    pub(super) breaks: u32,
    /// Characters that are no white space, of flowing text.
    pub(super) chars: u32,
    /// Those of them in links.
    pub(super) link_chars: u32,
    /// Those of them in bold, emphasis, code and times.
    pub(super) styled: [u32; 4],
}

/// What was gathered of a block.
#[derive(Debug, Default)]
pub(super) struct Gathered {
    pub(super) counts: Counts,
    pub(super) text: String,
    pub(super) markdown: Option<String>,
    pub(super) links: Vec<BlockLink>,
    pub(super) all_code: bool,
}

/// Gathers the text of one block after the other.
#[derive(Debug, Default)]
pub(super) struct Buffer {
    text: String,
    space: bool,
    joint: Option<Joint>,
    open: Vec<Open>,
    /// Open marks that bear no text of this block yet.
    waiting: usize,
    /// Open marks of each kind.
    marks: [u32; 4],
    spans: Vec<Span>,
    /// The cells of a row: where each starts and ends.
    cells: Vec<(usize, usize)>,
    links: Vec<BlockLink>,
    plain_chars: u32,
    breaks: u8,
    counts: Counts,
    /// Open elements of each style.
    styles: [u32; 4],
    /// Whether the text itself holds what parts cells.
    bars: bool,
}

impl Buffer {
    /// Adds flowing text.
    pub(super) fn push_flow(&mut self, text: &str) {
        let bytes = text.as_bytes();
        let mut at = 0;
        while at < bytes.len() {
            match space_at(bytes, at) {
                0 => at = self.push_run(text, at),
                width => {
                    self.space = true;
                    at += width;
                }
            }
        }
    }

    /// Adds the text from `start` to the next white space that is more than one plain space, and
    /// returns where that is.
    fn push_run(&mut self, text: &str, start: usize) -> usize {
        let bytes = text.as_bytes();
        let (mut at, mut spaces, mut ascii) = (start, 0, true);
        while at < bytes.len() {
            let byte = bytes[at];
            if byte == b' ' && at + 1 < bytes.len() && bytes[at + 1].is_ascii_graphic() {
                spaces += 1;
            } else if byte <= b' ' || byte >= 0x80 {
                if space_at(bytes, at) > 0 {
                    break;
                }
                ascii &= byte < 0x80;
            } else if byte == b'|' {
                self.bars = true;
            }
            at += 1;
        }
        let run = &text[start..at];
        let chars = if ascii {
            run.len() - spaces
        } else {
            run.chars().filter(|c| !c.is_whitespace()).count()
        };
        self.put(run, u32::try_from(chars).unwrap_or(u32::MAX));
        at
    }

    fn put(&mut self, run: &str, chars: u32) {
        let gap = self.space || self.joint_asks_for_gap(run);
        if gap && !self.text.is_empty() {
            self.text.push(' ');
        }
        self.space = false;
        self.joint = None;
        self.breaks = 0;
        if self.waiting > 0 {
            self.start_marks();
        }
        self.count(chars);
        self.text.push_str(run);
    }

    /// Adds preformatted text as it stands.
    pub(super) fn push_verbatim(&mut self, text: &str) {
        self.text.push_str(text);
        self.breaks = 0;
    }

    /// Starts a new line of preformatted text unless one has just started.
    pub(super) fn new_line(&mut self) {
        if !self.text.is_empty() && !self.text.ends_with('\n') {
            self.text.push('\n');
        }
    }

    fn count(&mut self, chars: u32) {
        let counts = &mut self.counts;
        counts.chars = counts.chars.saturating_add(chars);
        if self.marks[3] > 0 {
            counts.link_chars = counts.link_chars.saturating_add(chars);
        }
        if self.marks[2] == 0 {
            self.plain_chars = self.plain_chars.saturating_add(chars);
        }
        for (count, open) in counts.styled.iter_mut().zip(self.styles) {
            if open > 0 {
                *count = count.saturating_add(chars);
            }
        }
    }

    fn joint_asks_for_gap(&self, next: &str) -> bool {
        let Some(joint) = self.joint else {
            return false;
        };
        let (Some(last), Some(next)) = (self.text.chars().next_back(), next.chars().next()) else {
            return false;
        };
        match joint {
            Joint::Tight => false,
            Joint::Gap => is_wordy(last) && is_wordy(next),
            Joint::Note => next.is_alphanumeric(),
            Joint::ByLetters => {
                (last.is_lowercase() && next.is_uppercase())
                    || (last.is_alphabetic() && next.is_numeric())
                    || (last.is_numeric() && next.is_alphabetic())
                    || (matches!(last, ')' | '.' | '!' | '?') && next.is_uppercase())
            }
        }
    }

    /// Notes that an inline element closed right before the next one opens.
    pub(super) fn touch(&mut self, joint: Joint) {
        self.joint = Some(joint);
    }

    /// Asks for white space before what follows.
    pub(super) fn gap(&mut self) {
        self.space = true;
    }

    /// Notes a line break and returns whether it is the second in a row.
    pub(super) fn line_break(&mut self) -> bool {
        self.counts.breaks = self.counts.breaks.saturating_add(1);
        self.space = true;
        self.breaks = self.breaks.saturating_add(1);
        self.breaks >= 2
    }

    /// Notes that an element of that style opens.
    pub(super) fn open_style(&mut self, style: Style) {
        self.styles[style as usize] += 1;
    }

    /// Notes that an element of that style closes.
    pub(super) fn close_style(&mut self, style: Style) {
        let open = &mut self.styles[style as usize];
        *open = open.saturating_sub(1);
    }

    /// Counts a link.
    pub(super) fn anchor(&mut self) {
        self.counts.anchors = self.counts.anchors.saturating_add(1);
    }

    /// Starts the next cell of a table row.
    pub(super) fn cell(&mut self) {
        self.space = false;
        self.joint = None;
        self.end_cell();
        if !self.text.is_empty() {
            self.text.push_str(" |");
            self.space = true;
        }
        if self.cells.len() < MAX_CELLS {
            self.cells.push((self.text.len(), usize::MAX));
        }
    }

    /// Adds a cell that a wider or higher one takes: it is empty.
    pub(super) fn spanned_cell(&mut self) {
        self.end_cell();
        if self.cells.len() < MAX_CELLS {
            self.cells.push((self.text.len(), self.text.len()));
        }
    }

    fn end_cell(&mut self) {
        let end = self.text.len();
        if let Some(cell) = self.cells.last_mut().filter(|cell| cell.1 == usize::MAX) {
            cell.1 = end;
        }
    }

    /// Opens a mark; it begins where text follows.
    pub(super) fn open(&mut self, mark: Mark) {
        self.marks[mark.kind()] += 1;
        self.waiting += 1;
        self.open.push(Open {
            mark,
            start: None,
            blocks: 0,
        });
    }

    fn start_marks(&mut self) {
        let at = self.text.len();
        for open in self.open.iter_mut().rev().take_while(|o| o.start.is_none()) {
            open.start = Some(at);
        }
        self.waiting = 0;
    }

    /// Closes the innermost mark.
    pub(super) fn close(&mut self) {
        let Some(open) = self.open.pop() else {
            return;
        };
        let kind = open.mark.kind();
        self.marks[kind] = self.marks[kind].saturating_sub(1);
        match open.start {
            None => self.waiting = self.waiting.saturating_sub(1),
            Some(start) => self.finish(start, open.mark),
        }
    }

    fn finish(&mut self, start: usize, mark: Mark) {
        let end = self.text.len();
        let text = self.text.get(start..end).unwrap_or("").trim();
        if let Mark::Link(href) = &mark
            && self.links.len() < MAX_LINKS
            && !text.is_empty()
        {
            self.links.push(BlockLink {
                text: text.chars().take(300).collect(),
                href: href.as_ref().to_owned(),
            });
        }
        self.spans.push(Span { start, end, mark });
    }

    /// Returns whether a mark of that kind is open, so that a second would say nothing.
    pub(super) fn has_open(&self, mark: &Mark) -> bool {
        self.marks[mark.kind()] > 0
    }

    /// Ends the block and returns what was gathered; marks that are open stay open for the next.
    pub(super) fn take(&mut self) -> Gathered {
        if self.text.is_empty() {
            return self.forget();
        }
        for i in (0..self.open.len()).rev() {
            let open = &mut self.open[i];
            let mark = open.mark.clone();
            let start = open.start.take();
            open.blocks += u32::from(start.is_some());
            if let Some(start) = start.filter(|_| open.blocks <= MOST_BLOCKS) {
                self.finish(start, mark);
            }
        }
        self.waiting = self.open.len();
        self.end_cell();
        let spans = std::mem::take(&mut self.spans);
        let cells = std::mem::take(&mut self.cells);
        // A row of one cell after empty ones, or with a bar of its own, cannot be told from its text.
        let told = !self.bars && cells.iter().all(|(start, end)| start < end);
        let text = std::mem::take(&mut self.text);
        let markdown = match cells.is_empty() {
            true => (!spans.is_empty()).then(|| markdown::flowing(&text, spans)),
            false => (!spans.is_empty() || !told).then(|| markdown::row(&text, spans, &cells)),
        };
        Gathered {
            text,
            markdown,
            ..self.forget()
        }
    }

    /// Ends a block whose text is nothing to anybody.
    fn forget(&mut self) -> Gathered {
        self.space = false;
        self.joint = None;
        self.breaks = 0;
        self.bars = false;
        self.cells.clear();
        Gathered {
            counts: std::mem::take(&mut self.counts),
            links: std::mem::take(&mut self.links),
            all_code: std::mem::take(&mut self.plain_chars) == 0,
            ..Gathered::default()
        }
    }
}

/// Returns the bytes of white space at that place, 0 where there is none. No-break spaces are none:
/// the typographic repair decides on them.
fn space_at(bytes: &[u8], at: usize) -> usize {
    match bytes[at] {
        b' ' | b'\t' | b'\n' | b'\r' | b'\x0c' => 1,
        0xC2 if bytes.get(at + 1) == Some(&0x85) => 2,
        0xE2 if bytes.get(at + 1) == Some(&0x80)
            && matches!(bytes.get(at + 2), Some(0xA8 | 0xA9)) =>
        {
            3
        }
        _ => 0,
    }
}

fn is_wordy(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, ')' | '(' | '.' | '!' | '?' | '”' | '“' | '"' | '&')
}
