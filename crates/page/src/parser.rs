//! From text to tree: html5ever, driven so that no input is dear.
//!
//! Scripting is off, so `<noscript>` holds elements. The text is handed to html5ever's tokenizer in
//! pieces, because its test for repeated attributes compares each attribute of a tag with all
//! others: a tag of a million attributes would take hours. [`Feeder`] therefore follows the
//! tokenizer from tag to tag and leaves out the attributes beyond [`tag::MAX_ATTRIBUTES`]. Tags after which
//! nothing but markup can follow go over many at a time. It needs no
//! tokenizer of its own for that: [`Guard`] sees which tokens came out and whether the tree builder
//! asked for raw text, so the feeder always knows where it is. The guard bounds depth and size.

use html5ever::TokenizerResult;
use html5ever::buffer_queue::BufferQueue;
use html5ever::tendril::StrTendril;
use html5ever::tokenizer::{Tokenizer, TokenizerOpts};
use html5ever::tree_builder::{TreeBuilder, TreeBuilderOpts, TreeSink};
use scraper::{Html, HtmlTreeSink};
use serde::{Deserialize, Serialize};

use crate::guard::{Content, Guard};
use crate::tag;

/// Bytes of text that are parsed. Far above every body that a crawl lets in; html5ever's strings
/// end at 4 GiB.
const MAX_TEXT: usize = 256 << 20;

/// A limit that a page went over, so that its tree is not all of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Budget {
    /// A tag had more attributes than are read; the others are left out.
    Attributes,
    /// Elements were nested too deep; deeper tags are left out, their text stays.
    Depth,
    /// The page is too large or too costly to build; what follows is left out.
    Size,
}

/// Returns the tree of `text` and the limits that it went over, sorted.
pub(crate) fn parse(text: &str) -> (Html, Vec<Budget>) {
    // The tokenizer would drop a mark at the start of each piece.
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let head = front(text, MAX_TEXT);
    let feeder = Feeder::new(head);
    feeder.run();
    feeder.tokenizer.end();
    let guard = feeder.tokenizer.sink;
    if head.len() < text.len() {
        guard.note(Budget::Size);
    }
    let budgets = guard.budgets();
    (guard.into_builder().sink.finish(), budgets)
}

/// Returns at most `length` bytes of the start of `text`.
fn front(text: &str, mut length: usize) -> &str {
    while !text.is_char_boundary(length.min(text.len())) {
        length -= 1;
    }
    &text[..length.min(text.len())]
}

struct Feeder<'a> {
    bytes: &'a [u8],
    text: StrTendril,
    tokenizer: Tokenizer<Guard>,
    queue: BufferQueue,
}

impl<'a> Feeder<'a> {
    fn new(text: &'a str) -> Self {
        let options = TreeBuilderOpts {
            scripting_enabled: false,
            ..TreeBuilderOpts::default()
        };
        let builder = TreeBuilder::new(HtmlTreeSink::new(Html::new_document()), options);
        Self {
            bytes: text.as_bytes(),
            text: StrTendril::from_slice(text),
            tokenizer: Tokenizer::new(
                Guard::new(builder),
                TokenizerOpts {
                    discard_bom: false,
                    ..TokenizerOpts::default()
                },
            ),
            queue: BufferQueue::default(),
        }
    }

    fn guard(&self) -> &Guard {
        &self.tokenizer.sink
    }

    fn run(&self) {
        let mut at = 0;
        while at < self.bytes.len() {
            at = match self.guard().content() {
                Content::Markup => self.step_in_markup(at),
                Content::Raw(name) => self.step_in_raw_text(at, name.as_bytes()),
                Content::Plain => self.feed(at, self.bytes.len()),
            };
        }
    }

    /// Hands the bytes from `start` to `end` to the tokenizer and returns `end`. Both are next to
    /// an ASCII character or at an end of the text, so no character is split.
    fn feed(&self, start: usize, end: usize) -> usize {
        if start < end {
            // `MAX_TEXT` keeps both within 32 bits.
            let piece = self.text.subtendril(start as u32, (end - start) as u32);
            self.push(piece);
        }
        end
    }

    fn push(&self, piece: StrTendril) {
        self.queue.push_back(piece);
        // The tokenizer stops after scripts and encoding declarations, for callers that act on them.
        while !matches!(self.tokenizer.feed(&self.queue), TokenizerResult::Done) {}
    }

    fn find(&self, byte: u8, from: usize) -> Option<usize> {
        memchr::memchr(byte, self.bytes.get(from..)?).map(|at| at + from)
    }

    fn byte(&self, at: usize) -> u8 {
        self.bytes.get(at).copied().unwrap_or(0)
    }

    /// Handles text and tags up to the next tag or declaration after which the tokenizer may read something
    /// else than markup, and that.
    fn step_in_markup(&self, at: usize) -> usize {
        let Some(open) = self.pass_plain_tags(at) else {
            return self.feed(at, self.bytes.len());
        };
        self.feed(at, open);
        match (self.byte(open + 1), self.byte(open + 2)) {
            (letter, _) if letter.is_ascii_alphabetic() => {
                self.tag(open, open + 2, tag::State::Name)
            }
            (b'/', letter) if letter.is_ascii_alphabetic() => {
                self.tag(open, open + 3, tag::State::Name)
            }
            (b'/', b'>') => self.feed(open, open + 3),
            (b'/' | b'!' | b'?', _) => self.declaration(open),
            _ => self.feed(open, open + 1),
        }
    }

    /// Returns the first `<` from `at` on that is more than the start of a plain tag: all before it can be
    /// handed over in one piece, which is much cheaper than tag by tag.
    fn pass_plain_tags(&self, mut at: usize) -> Option<usize> {
        loop {
            let open = self.find(b'<', at)?;
            let name = open + 1 + usize::from(self.byte(open + 1) == b'/');
            if !self.byte(name).is_ascii_alphabetic() || tag::may_switch(&self.bytes[name..]) {
                return Some(open);
            }
            let scan = tag::scan(self.bytes, name + 1, tag::State::Name);
            if scan.keep < scan.end {
                return Some(open);
            }
            at = scan.end;
        }
    }

    /// Handles a tag that starts at `open`, of which the bytes before `inside` are known.
    fn tag(&self, open: usize, inside: usize, state: tag::State) -> usize {
        let scan = tag::scan(self.bytes, inside.min(self.bytes.len()), state);
        self.feed(open, scan.keep);
        if scan.keep < scan.end {
            self.guard().note(Budget::Attributes);
            if scan.closed {
                self.push(StrTendril::from_slice(">"));
            }
        }
        scan.end
    }

    /// Handles a comment, doctype, processing instruction or CDATA section. All end at a `>`, and
    /// only the tokenizer knows at which.
    fn declaration(&self, open: usize) -> usize {
        const CDATA: &[u8] = b"<![CDATA[";
        self.guard().forget();
        let mut at = open;
        if self.bytes[open..].starts_with(CDATA) {
            // In one piece: the tokenizer looks ahead for it and stumbles where it is parted.
            at = self.feed(open, open + CDATA.len());
            if self.guard().foreign() {
                let end = memchr::memmem::find(&self.bytes[at..], b"]]>");
                return self.feed(at, end.map_or(self.bytes.len(), |found| at + found + 3));
            }
        }
        while !self.guard().heard() {
            match self.find(b'>', at) {
                None => return self.feed(at, self.bytes.len()),
                Some(close) => at = self.feed(at, close + 1),
            }
        }
        at
    }

    /// Handles the text of a `<script>`, `<style>` or the like, up to what may be its end tag.
    fn step_in_raw_text(&self, at: usize, name: &[u8]) -> usize {
        let Some(open) = self.find_end_tag(at, name) else {
            return self.feed(at, self.bytes.len());
        };
        self.feed(at, open);
        self.guard().forget();
        let inside = open + 2 + name.len();
        // Within `<!--<script>` an end tag is text like any other; then it comes out at once.
        let after = self.feed(open, inside + 1);
        if self.byte(inside) == b'>' || self.guard().heard() {
            return after;
        }
        self.tag(after, after, tag::State::Between)
    }

    fn find_end_tag(&self, from: usize, name: &[u8]) -> Option<usize> {
        let mut at = from;
        while let Some(open) = self.find(b'<', at) {
            let rest = &self.bytes[open + 1..];
            let found = rest.first() == Some(&b'/')
                && rest
                    .get(1..=name.len())
                    .is_some_and(|n| n.eq_ignore_ascii_case(name))
                && rest.get(1 + name.len()).is_some_and(|&b| tag::ends_name(b));
            if found {
                return Some(open);
            }
            at = open + 1;
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::front;

    #[test]
    fn no_character_is_split() {
        assert_eq!(front("aé", 2), "a");
        assert_eq!(front("aé", 3), "aé");
        assert_eq!(front("aé", 9), "aé");
        assert_eq!(front("é", 1), "");
    }
}
