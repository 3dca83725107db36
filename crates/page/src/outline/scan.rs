//! Text, tags and comments of a page, in order: the tokenizer (HTML Standard §13.2.5) without copies.

use std::borrow::Cow;

use memchr::memmem;

use super::chars;
use super::names::{self, Name};
use crate::tag;

/// A start tag.
#[derive(Debug, Clone, Copy)]
pub(super) struct StartTag<'t> {
    pub(super) name: Name,
    /// What stands between the name and the final `>`.
    inside: &'t str,
    /// Whether it has more attributes than are read.
    pub(super) too_wide: bool,
}

/// How the text of an element is read that holds no tags.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum RawKind {
    /// Character references are undone.
    Referring,
    /// As it stands.
    Plain,
    /// As it stands, with the rules for comments in scripts.
    Script,
}

/// What follows a start tag.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Content {
    Markup,
    Raw(RawKind),
}

/// Who hears what the page holds.
pub(super) trait Listener<'t> {
    /// Hears text, whose character references are not undone.
    fn text(&mut self, raw: &'t str);
    /// Hears a start tag, and says how what follows is to be read.
    fn start(&mut self, tag: StartTag<'t>) -> Content;
    /// Hears an end tag.
    fn end(&mut self, name: Name);
    /// Hears the text of the element that was started last, and that it has ended.
    fn raw_text(&mut self, name: Name, raw: &'t str, kind: RawKind);
    /// Hears text that holds no references.
    fn literal(&mut self, text: &'t str);
    /// Hears that there is a comment or the like.
    fn comment(&mut self);
    /// Says whether `<![CDATA[` has its meaning here.
    fn in_foreign(&self) -> bool;
    /// Hears of a script whose end depends on what it holds.
    fn unsure(&mut self);
}

/// Reads `text` from its start to its end.
pub(super) fn scan<'t>(text: &'t str, listener: &mut impl Listener<'t>) {
    let mut at = 0;
    while at < text.len() {
        at = step(text, at, listener);
    }
}

fn find(text: &str, byte: u8, from: usize) -> Option<usize> {
    let rest = text.as_bytes().get(from..)?;
    memchr::memchr(byte, rest).map(|found| found + from)
}

/// Reads the text at `at` and the tag or comment behind it.
fn step<'t>(text: &'t str, at: usize, listener: &mut impl Listener<'t>) -> usize {
    let open = find(text, b'<', at).unwrap_or(text.len());
    if open > at {
        listener.text(&text[at..open]);
    }
    let after = |n: usize| text.as_bytes().get(open + n).copied().unwrap_or(0);
    match (after(1), after(2)) {
        _ if open == text.len() => open,
        (letter, _) if letter.is_ascii_alphabetic() => start_tag(text, open, listener),
        (b'/', letter) if letter.is_ascii_alphabetic() => end_tag(text, open, listener),
        (b'/', b'>') => open + 3,
        (b'!', _) => declaration(text, open, listener),
        (b'?', _) | (b'/', 1..) => bogus(text, open, listener),
        _ => {
            listener.text(&text[open..=open]);
            open + 1
        }
    }
}

/// Returns where the name that starts at `from` ends.
fn end_of_name(text: &str, from: usize) -> usize {
    let rest = &text.as_bytes()[from..];
    let length = rest.iter().position(|&b| tag::ends_name(b));
    from + length.unwrap_or(rest.len())
}

fn start_tag<'t>(text: &'t str, open: usize, listener: &mut impl Listener<'t>) -> usize {
    let name_end = end_of_name(text, open + 1);
    let scan = tag::scan(text.as_bytes(), name_end, tag::State::Name);
    if !scan.closed {
        // The text ends within the tag, which is then none.
        return text.len();
    }
    let name = names::name(&text.as_bytes()[open + 1..name_end]);
    let content = listener.start(StartTag {
        name,
        inside: &text[name_end..scan.end - 1],
        too_wide: scan.keep < scan.end,
    });
    match content {
        Content::Markup => scan.end,
        Content::Raw(kind) => raw_text(
            text,
            scan.end,
            (name, &text[open + 1..name_end]),
            kind,
            listener,
        ),
    }
}

fn end_tag<'t>(text: &'t str, open: usize, listener: &mut impl Listener<'t>) -> usize {
    let name_end = end_of_name(text, open + 2);
    let scan = tag::scan(text.as_bytes(), name_end, tag::State::Name);
    if scan.closed {
        listener.end(names::name(&text.as_bytes()[open + 2..name_end]));
    }
    scan.end
}

/// Reads the text of an element up to its own end tag, or to the end of the text.
fn raw_text<'t>(
    text: &'t str,
    from: usize,
    (name, spelt): (Name, &str),
    kind: RawKind,
    listener: &mut impl Listener<'t>,
) -> usize {
    let (close, mut after) = end_of_raw(text, from, spelt);
    if kind == RawKind::Script && hides_its_end(&text.as_bytes()[from..close]) {
        listener.unsure();
    }
    if close < text.len() {
        let scan = tag::scan(text.as_bytes(), after, tag::State::Name);
        after = scan.end;
    }
    listener.raw_text(name, &text[from..close], kind);
    after
}

/// Returns where the end tag called `spelt` starts, and where its name ends.
fn end_of_raw(text: &str, from: usize, spelt: &str) -> (usize, usize) {
    let bytes = text.as_bytes();
    let mut at = from;
    while let Some(open) = find(text, b'<', at) {
        let name_end = open + 2 + spelt.len();
        let found = bytes.get(open + 1) == Some(&b'/')
            && bytes
                .get(open + 2..name_end)
                .is_some_and(|n| n.eq_ignore_ascii_case(spelt.as_bytes()))
            && bytes.get(name_end).is_some_and(|&b| tag::ends_name(b));
        if found {
            return (open, name_end);
        }
        at = open + 1;
    }
    (text.len(), text.len())
}

/// Returns whether a script holds `<!--` and `<script` behind it, so that its end tag may be none.
fn hides_its_end(script: &[u8]) -> bool {
    let Some(at) = memmem::find(script, b"<!--") else {
        return false;
    };
    let rest = &script[at..];
    memchr::memchr_iter(b'<', rest).any(|open| {
        rest.get(open + 1..open + 7)
            .is_some_and(|n| n.eq_ignore_ascii_case(b"script"))
    })
}

fn bogus<'t>(text: &'t str, open: usize, listener: &mut impl Listener<'t>) -> usize {
    listener.comment();
    find(text, b'>', open + 1).map_or(text.len(), |close| close + 1)
}

fn declaration<'t>(text: &'t str, open: usize, listener: &mut impl Listener<'t>) -> usize {
    const CDATA: &str = "<![CDATA[";
    let rest = &text[open..];
    if rest.starts_with("<!--") {
        listener.comment();
        return open + 4 + length_of_comment(&rest.as_bytes()[4..]);
    }
    if rest.starts_with(CDATA) && listener.in_foreign() {
        let inside = open + CDATA.len();
        let close = memmem::find(&text.as_bytes()[inside..], b"]]>").map(|length| inside + length);
        listener.literal(&text[inside..close.unwrap_or(text.len())]);
        return close.map_or(text.len(), |close| close + 3);
    }
    bogus(text, open, listener)
}

/// Returns how long a comment is, from behind its `<!--`.
fn length_of_comment(rest: &[u8]) -> usize {
    if rest.starts_with(b">") {
        return 1;
    }
    if rest.starts_with(b"->") {
        return 2;
    }
    let mut at = 0;
    while let Some(found) = memmem::find(&rest[at..], b"--") {
        let dashes = rest[at + found..].iter().take_while(|&&b| b == b'-');
        at += found + dashes.count();
        match &rest[at..] {
            [b'>', ..] => return at + 1,
            [b'!', b'>', ..] => return at + 2,
            _ => {}
        }
    }
    rest.len()
}

impl<'t> StartTag<'t> {
    /// Returns how long the tag is, in bytes.
    pub(super) const fn length(&self) -> usize {
        self.inside.len()
    }

    /// Returns names and values of the attributes in order, as they stand in the page.
    pub(super) fn attributes(&self) -> Attributes<'t> {
        Attributes {
            rest: self.inside,
            bare: false,
        }
    }

    /// Returns whether the tag ends with `/>`.
    pub(super) fn is_self_closing(&self) -> bool {
        if !self.inside.ends_with('/') {
            return false;
        }
        let mut attributes = self.attributes();
        while attributes.next().is_some() {}
        !attributes.bare
    }
}

/// The attributes of a tag.
pub(super) struct Attributes<'t> {
    rest: &'t str,
    /// Whether the last value has no quotes and goes to the end of the tag.
    bare: bool,
}

fn is_space(byte: u8) -> bool {
    matches!(byte, b'\t' | b'\n' | b'\x0c' | b'\r' | b' ')
}

impl<'t> Attributes<'t> {
    fn take_while(&mut self, test: impl Fn(u8) -> bool) -> &'t str {
        let length = self.rest.bytes().take_while(|&b| test(b)).count();
        // What ends the run is ASCII, so no character is split.
        let (taken, rest) = self.rest.split_at(length);
        self.rest = rest;
        taken
    }

    fn value(&mut self) -> &'t str {
        self.take_while(is_space);
        let quote = self.rest.bytes().next().unwrap_or(0);
        if !matches!(quote, b'"' | b'\'') {
            let value = self.take_while(|b| !is_space(b));
            self.bare = self.rest.is_empty() && !value.is_empty();
            return value;
        }
        let inside = &self.rest[1..];
        let length = memchr::memchr(quote, inside.as_bytes()).unwrap_or(inside.len());
        self.rest = inside.get(length + 1..).unwrap_or("");
        &inside[..length]
    }
}

impl<'t> Iterator for Attributes<'t> {
    type Item = (&'t str, &'t str);

    fn next(&mut self) -> Option<Self::Item> {
        self.take_while(|b| is_space(b) || b == b'/');
        let from = self.rest;
        if from.is_empty() {
            return None;
        }
        // A name may start with `=`.
        let first = usize::from(from.starts_with('='));
        self.rest = &from[first..];
        self.take_while(|b| !is_space(b) && !matches!(b, b'=' | b'/'));
        let name = &from[..from.len() - self.rest.len()];
        let before = self.rest;
        self.take_while(is_space);
        if !self.rest.starts_with('=') {
            self.rest = before;
            return Some((name, ""));
        }
        self.rest = &self.rest[1..];
        Some((name, self.value()))
    }
}

/// Returns a value of an attribute as it is meant.
pub(super) fn value_of(raw: &str) -> Cow<'_, str> {
    if !raw.contains('\r') {
        return chars::undone(raw, chars::Where::Attribute);
    }
    // Line ends are made one before anything else is read (HTML Standard §13.2.3.5).
    let one = raw.replace("\r\n", "\n").replace('\r', "\n");
    Cow::Owned(chars::undone(&one, chars::Where::Attribute).into_owned())
}
