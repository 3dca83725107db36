//! Inline Markdown from text and the marks upon it, so that a `CommonMark` reader gets the same text.
//!
//! Marks are written where `CommonMark` (0.31, §6.2) reads them as marks and nowhere else: an emphasis
//! within a word before a bracket, or next to another emphasis, is left out rather than shown as stars.

use rustc_hash::FxHashMap;

use crate::segment::inline::{Mark, Span};

/// What stands around text matters to how it is escaped.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    Flow,
    /// A cell of a table, where a bar would end it.
    Cell,
}

/// Returns text with marks as Markdown.
pub(super) fn flowing(text: &str, spans: Vec<Span>) -> String {
    let mut out = String::with_capacity(text.len() + text.len() / 4);
    part(text, (0, text.len()), &sorted(spans), Place::Flow, &mut out);
    trim_end(&mut out, text);
    out
}

/// Returns the cells of a row as Markdown, parted by ` | `; empty cells stay empty.
pub(super) fn row(text: &str, spans: Vec<Span>, cells: &[(usize, usize)]) -> String {
    let spans = sorted(spans);
    let mut out = String::with_capacity(text.len() + text.len() / 4);
    let mut next = 0;
    for (i, &(start, end)) in cells.iter().enumerate() {
        if i > 0 {
            out.push_str(" | ");
        }
        let end = end.min(text.len());
        let first = next;
        while spans.get(next).is_some_and(|span| span.start < end) {
            next += 1;
        }
        if start < end {
            part(
                text,
                (start, end),
                &spans[first..next],
                Place::Cell,
                &mut out,
            );
        }
    }
    out
}

/// Sorts spans as they open: outer ones first.
fn sorted(mut spans: Vec<Span>) -> Vec<Span> {
    spans.retain(|span| span.start < span.end);
    // Spans were noted as they closed, inner ones first: of equals the later is the outer.
    spans.reverse();
    spans.sort_by(|a, b| a.start.cmp(&b.start).then(b.end.cmp(&a.end)));
    spans
}

struct Writing<'a> {
    text: &'a str,
    at: usize,
    place: Place,
    /// Marks that are written and not ended: where they end, and what ends them.
    open: Vec<(usize, String)>,
    out: &'a mut String,
    /// Where the output stood after the last sign of emphasis.
    starred: usize,
    /// Where emphases end, each with the last place where one that ends there starts.
    ends: FxHashMap<usize, usize>,
}

fn is_star(span: &Span) -> bool {
    matches!(span.mark, Mark::Emphasis | Mark::Strong)
}

/// Returns the spans that start at a place; spans are sorted, and few start at one place.
fn starting_at(at: usize, spans: &[Span]) -> impl Iterator<Item = &Span> {
    let first = spans.partition_point(|s| s.start < at);
    spans[first..].iter().take_while(move |s| s.start == at)
}

/// Returns the spans of the same text, the given one among them.
fn same_range<'s>(span: &Span, spans: &'s [Span]) -> impl Iterator<Item = &'s Span> {
    let end = span.end;
    starting_at(span.start, spans).filter(move |s| s.end == end)
}

fn part(text: &str, range: (usize, usize), spans: &[Span], place: Place, out: &mut String) {
    let start = range.0 + text[range.0..range.1].find(|c| c != ' ').unwrap_or(0);
    let mut writing = Writing {
        text,
        at: start,
        place,
        open: Vec::new(),
        starred: usize::MAX,
        ends: FxHashMap::default(),
        out,
    };
    for span in spans.iter().filter(|span| is_star(span)) {
        // Sorted by their starts, the last one of an end starts last.
        writing.ends.insert(span.end, span.start);
    }
    for span in spans {
        let span = Span {
            start: span.start.max(start),
            end: span.end.min(range.1),
            mark: span.mark.clone(),
        };
        if span.start < span.end && span.start >= writing.at {
            writing.plain_to(span.start);
            writing.mark(&span, spans, range.1);
        }
    }
    writing.plain_to(range.1);
}

impl Writing<'_> {
    /// Writes the text up to `end` and ends the marks that end there.
    fn plain_to(&mut self, end: usize) {
        while let Some((until, _)) = self.open.last().filter(|(until, _)| *until <= end) {
            let until = *until;
            self.escaped_to(until);
            if let Some((_, sign)) = self.open.pop() {
                self.sign(&sign);
            }
        }
        self.escaped_to(end);
    }

    fn sign(&mut self, sign: &str) {
        self.out.push_str(sign);
        if sign.starts_with('*') {
            self.starred = self.out.len();
        }
    }

    fn escaped_to(&mut self, end: usize) {
        if self.at < end {
            let after = self.text[end..].chars().next();
            escape_into(&self.text[self.at..end], after, self.place, self.out);
            self.at = end;
        }
    }

    fn mark(&mut self, span: &Span, spans: &[Span], end: usize) {
        match &span.mark {
            Mark::Code => self.code(span, spans),
            Mark::Link(href) => {
                if self.out.ends_with('!') {
                    self.out.insert(self.out.len() - 1, '\\');
                }
                self.out.push('[');
                self.open
                    .push((span.end, format!("]({})", destination(href, self.place))));
            }
            Mark::Emphasis => self.emphasis(span, "*", spans, end),
            Mark::Strong => self.emphasis(span, "**", spans, end),
        }
    }

    /// Writes code at once: nothing can be marked within it.
    fn code(&mut self, span: &Span, spans: &[Span]) {
        let code = &self.text[span.start..span.end];
        // A link or an emphasis of the very same text stands around the code, not within.
        let around = same_range(span, spans).find(|s| matches!(s.mark, Mark::Link(_)));
        let in_link = self.open.iter().any(|(_, sign)| sign.starts_with(']'));
        if let Some(link) = around.filter(|_| !in_link) {
            self.mark(link, spans, span.end);
        }
        let in_link = self.open.iter().any(|(_, sign)| sign.starts_with(']'));
        // A bracket in a link may be read as the end of a label, before code is looked for.
        let misread = in_link && code.contains(['[', ']']);
        if misread || (self.place == Place::Cell && code.contains('\\')) {
            return self.plain_to(span.end);
        }
        let longest = code.split(|c| c != '`').map(str::len).max().unwrap_or(0);
        // A run of the same length would end the code.
        let fence = "`".repeat(longest + 1);
        let pad = if code.starts_with('`') || code.ends_with('`') {
            " "
        } else {
            ""
        };
        // Backticks that touch make one fence.
        if self.out.ends_with('`') {
            return self.plain_to(span.end);
        }
        self.out.push_str(&fence);
        self.out.push_str(pad);
        match self.place {
            Place::Cell => self.out.push_str(&code.replace('|', "\\|")),
            Place::Flow => self.out.push_str(code),
        }
        self.out.push_str(pad);
        self.out.push_str(&fence);
        self.at = span.end;
        self.plain_to(span.end);
    }

    fn emphasis(&mut self, span: &Span, sign: &str, spans: &[Span], end: usize) {
        let twins = same_range(span, spans).filter(|s| is_star(s)).count() > 1;
        let touches = self.starred == self.out.len() && !(twins && self.open_ends(span.end));
        let ends_with_other = self
            .open
            .iter()
            .any(|(until, sign)| *until == span.end && sign.starts_with('*') && !twins);
        let inner_ends = self.ends.get(&span.end).is_some_and(|&s| s > span.start);
        let next_starts = starting_at(span.end, spans).any(is_star);
        if touches || ends_with_other || inner_ends || next_starts || !self.flanks(span, end) {
            return;
        }
        self.sign(sign);
        self.open.push((span.end, sign.to_owned()));
    }

    fn open_ends(&self, end: usize) -> bool {
        self.open.last().is_some_and(|(until, _)| *until == end)
    }

    /// Returns whether signs around the span would be read as opening and closing.
    fn flanks(&self, span: &Span, end: usize) -> bool {
        let inner = &self.text[span.start..span.end];
        let (Some(first), Some(last)) = (inner.chars().next(), inner.chars().next_back()) else {
            return false;
        };
        let before = self.out.chars().next_back();
        let after = self.text[span.end..end].chars().next();
        let free = |c: Option<char>| c.is_none_or(|c| c.is_whitespace() || is_punctuation(c));
        let opens = !first.is_whitespace() && (!is_punctuation(first) || free(before));
        let closes = !last.is_whitespace() && (!is_punctuation(last) || free(after));
        // A sign that could do both may be paired with the wrong one.
        opens && closes && free(before) && free(after)
    }
}

/// Whether `CommonMark` takes the character for punctuation: Unicode's punctuation and symbols.
fn is_punctuation(c: char) -> bool {
    c.is_ascii_punctuation() || (!c.is_ascii() && !c.is_alphanumeric() && !c.is_whitespace())
}

/// Returns the address as the destination of a link.
fn destination(href: &str, place: Place) -> String {
    let mut out = String::with_capacity(href.len() + 8);
    for (i, c) in href.char_indices() {
        match c {
            '(' => out.push_str("%28"),
            ')' => out.push_str("%29"),
            '<' => out.push_str("%3C"),
            '>' => out.push_str("%3E"),
            '\\' => out.push_str("%5C"),
            '|' if place == Place::Cell => out.push_str("%7C"),
            '&' if starts_entity(&href[i..]) => out.push_str("&amp;"),
            c if c.is_whitespace() || c.is_control() => {
                let mut bytes = [0; 4];
                for byte in c.encode_utf8(&mut bytes).bytes() {
                    out.push_str(&format!("%{byte:02X}"));
                }
            }
            c => out.push(c),
        }
    }
    out
}

fn starts_entity(text: &str) -> bool {
    let name = text[1..].bytes().take(34);
    let length = name
        .take_while(|b| b.is_ascii_alphanumeric() || *b == b'#')
        .count();
    length > 0 && text.as_bytes().get(1 + length) == Some(&b';')
}

/// Escapes what Markdown would read as marks.
pub(crate) fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 8);
    escape_into(text, None, Place::Flow, &mut out);
    out
}

fn escape_into(text: &str, after: Option<char>, place: Place, out: &mut String) {
    let bytes = text.as_bytes();
    let mut from = 0;
    for (i, &byte) in bytes.iter().enumerate() {
        let special = match byte {
            b'*' | b'_' | b'`' | b'[' | b']' | b'\\' | b'<' => true,
            b'|' => place == Place::Cell,
            b'&' => bytes.get(i + 1).map_or_else(
                || after.is_some_and(|c| c.is_ascii_alphanumeric() || c == '#'),
                |b| b.is_ascii_alphanumeric() || *b == b'#',
            ),
            b'~' => bytes.get(i + 1) == Some(&b'~') || (i > 0 && bytes[i - 1] == b'~'),
            _ => false,
        };
        if special {
            out.push_str(&text[from..i]);
            out.push('\\');
            from = i;
        }
    }
    out.push_str(&text[from..]);
}

/// Drops white space at the end that the text's own end does not have.
fn trim_end(out: &mut String, text: &str) {
    if !text.ends_with('\\') {
        out.truncate(out.trim_end_matches(' ').len());
    }
}
