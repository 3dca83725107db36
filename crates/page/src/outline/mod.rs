//! Links, signals and the text in numbers of a page, without a tree.
//!
//! A crawl needs no tree of a page: it needs where the page leads and what it says to crawlers. A
//! tokenizer without copies ([`scan`]) tells the tags in order, [`builder`] follows what the tree builder
//! would make of them. Where that depends on what only a tree can do, the page is read as a tree, so that
//! both ways give the same links and signals on every page; markup that people and systems write today
//! rarely needs it. The extraction itself is one and the same for trees and tokens ([`crate::links`],
//! [`crate::signals`]). The [`Sketch`] is made from the tokens in either case.

mod builder;
mod chars;
mod names;
mod piece;
mod radix;
mod scan;
mod sketch;
#[cfg(test)]
mod tests;

use std::borrow::Cow;

use crate::links::{Collapsed, Link, Place};
use crate::signals::{Markup, Signals};
use crate::{MediaKind, Page, Raw, charset, links, page};

use builder::{Builder, Unsure};
use chars::Where;
use names::Name;
use piece::Piece;
use scan::{Content, Listener, RawKind, StartTag};
pub use sketch::Sketch;
use sketch::Sketcher;

/// Bytes of text up to which a page is read without a tree. The budgets of trees are far above what a page of
/// this size can cost, so both ways agree.
const MAX_TEXT: usize = 4 << 20;

/// What a crawl needs to know of a body.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outline {
    /// What the body is.
    pub kind: MediaKind,
    /// The media type, sniffed where the server's word is contradicted by the bytes.
    pub media_type: String,
    /// Where the page leads; nowhere where it is no HTML.
    pub links: Vec<Link>,
    /// What page and headers say to crawlers; headers alone where it is no HTML.
    pub signals: Signals,
    /// Its text in numbers; none where it is no HTML.
    pub sketch: Option<Sketch>,
}

/// Returns what a crawl needs to know of a body, for the crawler that robots directives name `token`; with at
/// most `max_links` links. Links and signals are those that [`read`](crate::read) gives.
pub fn outline(raw: Raw<'_>, token: &str, max_links: usize) -> Outline {
    let (kind, media_type) = MediaKind::of(raw.content_type, raw.url, raw.body);
    if kind != MediaKind::Html {
        return Outline {
            kind,
            media_type,
            links: Vec::new(),
            signals: Signals::of_headers(raw.url, raw.headers, token),
            sketch: None,
        };
    }
    let (text, _) = charset::decode(&raw, kind);
    let (pieces, sketch) = read(&text, &raw);
    let (links, signals) = match pieces {
        Some(mut pieces) => told(&mut pieces, &raw, token, max_links),
        None => of_tree(&text, &raw, token, max_links),
    };
    Outline {
        kind,
        media_type,
        links,
        signals,
        sketch: Some(sketch),
    }
}

fn of_tree(text: &str, raw: &Raw<'_>, token: &str, max: usize) -> (Vec<Link>, Signals) {
    let mut page = Page::parse(text, raw.url.cloned());
    page.headers = raw.headers.to_vec();
    (page.links(max), page.signals(token))
}

fn told(pieces: &mut [Piece<'_>], raw: &Raw<'_>, token: &str, max: usize) -> (Vec<Link>, Signals) {
    let texts: Vec<Collapsed> = pieces
        .iter_mut()
        .map(|piece| std::mem::take(&mut piece.text))
        .collect();
    let pieces = &*pieces;
    let href = page::base_href(pieces.iter());
    let base = page::base(raw.url, href);
    let place = Place {
        own: raw.url,
        base: base.as_ref(),
        headers: raw.headers,
    };
    let references = pieces
        .iter()
        .zip(texts)
        .filter_map(|(piece, text)| links::reference(piece, || text));
    let found = links::collect(place, references, max);
    let elements = pieces.iter().map(|piece| (piece, piece.in_head));
    let markup = Markup::of(place, href.is_some(), elements, token);
    (found, Signals::of(raw.url, raw.headers, &markup, token))
}

/// Reads the markup. No pieces come back where only a tree can tell.
fn read<'t>(text: &'t str, raw: &Raw<'_>) -> (Option<Vec<Piece<'t>>>, Sketch) {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    // A zero is dropped here and replaced there.
    let plain = text.len() <= MAX_TEXT && memchr::memchr(0, text.as_bytes()).is_none();
    let mut reader = Reader {
        builder: plain.then(Builder::new),
        sketcher: Sketcher::new(raw.url),
        templates: 0,
    };
    scan::scan(text, &mut reader);
    let pieces = reader.builder.map(|builder| builder.pieces.all);
    (pieces, reader.sketcher.finish())
}

/// Hands what the page holds to those that want it.
struct Reader<'t> {
    /// None from where only a tree can tell.
    builder: Option<Builder<'t>>,
    sketcher: Sketcher,
    /// Templates that are open: their text is not shown.
    templates: usize,
}

impl<'t> Reader<'t> {
    fn with<R>(&mut self, act: impl FnOnce(&mut Builder<'t>) -> Result<R, Unsure>) -> Option<R> {
        let done = self.builder.as_mut().map(act)?;
        if done.is_err() {
            self.builder = None;
        }
        done.ok()
    }

    fn shown(&mut self, text: &str) {
        if self.templates == 0 {
            self.sketcher.push(text);
        }
    }

    fn passes(&mut self, name: Name) {
        if names::ends_block(name) {
            self.sketcher.end_block();
        }
    }
}

impl<'t> Listener<'t> for Reader<'t> {
    fn text(&mut self, raw: &'t str) {
        let text = chars::undone(raw, Where::Text);
        self.with(|builder| builder.text(&text));
        self.shown(&text);
    }

    fn start(&mut self, tag: StartTag<'t>) -> Content {
        self.passes(tag.name);
        self.templates += usize::from(tag.name == names::TEMPLATE);
        let usual = builder::raw_of(tag.name).map_or(Content::Markup, Content::Raw);
        self.with(|builder| builder.start(tag)).unwrap_or(usual)
    }

    fn end(&mut self, name: Name) {
        self.passes(name);
        if name == names::TEMPLATE {
            self.templates = self.templates.saturating_sub(1);
        }
        self.with(|builder| builder.end(name));
    }

    fn raw_text(&mut self, name: Name, raw: &'t str, kind: RawKind) {
        let text = match kind {
            RawKind::Referring => chars::undone(raw, Where::Text),
            RawKind::Plain | RawKind::Script => Cow::Borrowed(raw),
        };
        self.with(|builder| builder.raw_text(&text));
        if kind == RawKind::Referring {
            self.shown(&text);
        }
        self.passes(name);
    }

    fn literal(&mut self, text: &'t str) {
        self.with(|builder| builder.text(text));
    }

    fn comment(&mut self) {
        self.with(Builder::comment);
    }

    fn in_foreign(&self) -> bool {
        self.builder.as_ref().is_some_and(Builder::in_foreign)
    }

    fn unsure(&mut self) {
        self.builder = None;
    }
}
