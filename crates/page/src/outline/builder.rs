//! What the tree builder would do, without a tree, as long as that is plain to see.
//!
//! [`Builder`] follows the HTML Standard's tree construction (§13.2.6) with a stack of open elements
//! and the list of formatting elements, but makes no nodes: only links, frames and what stands in
//! `<meta>` and `<base>` are kept. Where markup would make a tree move or copy elements that matter
//! (links that stand across blocks, content put before its table), it says that it is [`Unsure`]; then the
//! page is read as a tree. So what it gives is what the tree gives.

mod ends;
mod starts;

use super::names::*;
use super::piece::{Piece, Pieces};
use super::scan::{Content, RawKind, StartTag};

/// The markup asks for what only a tree can do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Unsure;

type Sure<T = ()> = Result<T, Unsure>;

/// Open elements plus formatting elements; the tree is bounded at 512.
const MAX_OPEN: usize = 160;

/// Equal formatting elements that wait to be reopened: the tree keeps three.
const MAX_EQUAL: usize = 3;

/// Tags and comments of a page. The tree is bounded at a million nodes.
const MAX_TAGS: usize = 200_000;

/// Steps of work, counted at least as high as the tree's, which is bounded as well.
const MAX_WORK: usize = 200_000_000;

/// The work of reopening an element, with as many attributes as one may have.
const REOPENING: usize = 100_000;

/// Where in the page the next tag stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Mode {
    BeforeHead,
    InHead,
    /// In a `<noscript>` of the head.
    InHeadNoscript,
    AfterHead,
    InBody,
}

/// An open element.
#[derive(Debug, Clone, Copy)]
struct Open {
    name: Name,
    /// Tells elements of one name apart.
    id: u32,
    /// Whether it is one of SVG or `MathML`.
    foreign: bool,
}

/// An entry of the list of formatting elements.
#[derive(Debug, Clone, Copy)]
enum Format {
    Marker,
    Element(Name, u32),
}

#[derive(Debug)]
pub(super) struct Builder<'t> {
    mode: Mode,
    open: Vec<Open>,
    formats: Vec<Format>,
    next_id: u32,
    tags: usize,
    work: usize,
    /// Whether a form is open.
    form: Option<u32>,
    /// How many templates are open; what they hold is no part of the page.
    templates: usize,
    pub(super) pieces: Pieces<'t>,
}

impl<'t> Builder<'t> {
    pub(super) fn new() -> Self {
        Self {
            mode: Mode::BeforeHead,
            open: Vec::new(),
            formats: Vec::new(),
            next_id: 0,
            tags: 0,
            work: 0,
            form: None,
            templates: 0,
            pieces: Pieces::default(),
        }
    }

    pub(super) fn in_foreign(&self) -> bool {
        self.templates == 0 && self.open.last().is_some_and(|top| top.foreign)
    }

    /// Hears text as it is shown.
    pub(super) fn text(&mut self, text: &str) -> Sure {
        if self.templates > 0 {
            return Ok(());
        }
        let blank = || {
            text.bytes()
                .all(|b| matches!(b, b'\t' | b'\n' | b'\x0c' | b'\r' | b' '))
        };
        if self.mode != Mode::InBody {
            if blank() {
                return Ok(());
            }
            self.mode = Mode::InBody;
        }
        if self.top_is(is_table_structure) {
            // It would be put before the table.
            return sure(self.pieces.link.is_none() || blank());
        }
        match self.open.last() {
            Some(top) if top.foreign => sure(!is_foreign_leaf(top.name) || !self.has_lost())?,
            _ => self.reopen()?,
        }
        self.pieces.text(text)
    }

    pub(super) fn comment(&mut self) -> Sure {
        self.tags += 1;
        self.pieces.count()
    }

    /// Hears the text of an element that holds no tags.
    pub(super) fn raw_text(&mut self, text: &str) -> Sure {
        if self.templates > 0 {
            return Ok(());
        }
        self.pieces.raw_text(text)
    }

    fn top_is(&self, test: impl Fn(Name) -> bool) -> bool {
        self.open
            .last()
            .is_some_and(|top| !top.foreign && test(top.name))
    }

    pub(super) fn start(&mut self, tag: StartTag<'t>) -> Sure<Content> {
        self.tags += 1;
        // Two bytes make an attribute, and formatting elements are dear.
        let dear = is_formatting(tag.name) || matches!(tag.name, A | NOBR);
        self.work += tag.length() + self.open.len() * if dear { 4 * tag.length() } else { 1 };
        sure(self.tags < MAX_TAGS && self.work < MAX_WORK && !tag.too_wide)?;
        sure(self.open.len() + self.formats.len() < MAX_OPEN)?;
        sure(!matches!(
            tag.name,
            FRAMESET | PLAINTEXT | SELECTEDCONTENT | IMAGE | ISINDEX
        ))?;
        if self.templates > 0 {
            return self.start_in_template(tag.name);
        }
        if self.in_foreign() {
            return self.start_in_foreign(tag);
        }
        if self.mode != Mode::InBody
            && let Some(content) = self.start_in_head(tag)?
        {
            return Ok(content);
        }
        if self.top_is(is_table_structure) {
            return self.start_in_table(tag);
        }
        self.start_in_body(tag)
    }

    /// Hears a start tag in a template, of which only its own end matters.
    fn start_in_template(&mut self, name: Name) -> Sure<Content> {
        // Where these hold text is another matter than elsewhere.
        sure(!matches!(name, SVG | MATH | SELECT))?;
        self.templates += usize::from(name == TEMPLATE);
        Ok(raw_of(name).map_or(Content::Markup, Content::Raw))
    }

    fn start_in_foreign(&mut self, tag: StartTag<'t>) -> Sure<Content> {
        sure(!is_odd_in_foreign(tag.name) && !self.top_is_leaf())?;
        self.pieces.element(None)?;
        if !tag.is_self_closing() {
            self.push_foreign(tag.name);
        }
        Ok(Content::Markup)
    }

    fn top_is_leaf(&self) -> bool {
        self.open
            .last()
            .is_some_and(|top| top.foreign && is_foreign_leaf(top.name))
    }

    fn push_foreign(&mut self, name: Name) {
        self.push(name);
        if let Some(top) = self.open.last_mut() {
            top.foreign = true;
        }
    }

    fn push(&mut self, name: Name) -> u32 {
        self.next_id += 1;
        self.open.push(Open {
            name,
            id: self.next_id,
            foreign: false,
        });
        self.next_id
    }

    /// Hears a start tag where the body has not begun; none where it begins now.
    fn start_in_head(&mut self, tag: StartTag<'t>) -> Sure<Option<Content>> {
        let name = tag.name;
        if name == HTML {
            return Ok(Some(Content::Markup));
        }
        if self.mode == Mode::InHeadNoscript {
            match name {
                HEAD | NOSCRIPT => return Ok(Some(Content::Markup)),
                BASEFONT | BGSOUND | LINK | META | NOFRAMES | STYLE => {}
                _ => self.mode = Mode::InHead,
            }
        }
        if name == HEAD {
            self.mode = self.mode.max(Mode::InHead);
            return Ok(Some(Content::Markup));
        }
        let in_head = matches!(
            name,
            BASE | BASEFONT | BGSOUND | LINK | META | NOFRAMES | SCRIPT | STYLE | TEMPLATE | TITLE
        );
        if in_head {
            self.mode = self.mode.max(Mode::InHead);
            return self.start_of_head(tag, true).map(Some);
        }
        if name == NOSCRIPT && self.mode <= Mode::InHead {
            self.mode = Mode::InHeadNoscript;
            self.pieces.element(None)?;
            return Ok(Some(Content::Markup));
        }
        self.mode = Mode::InBody;
        Ok((name == BODY).then_some(Content::Markup))
    }

    /// Hears a start tag of those that a head holds, wherever it stands.
    fn start_of_head(&mut self, tag: StartTag<'t>, in_head: bool) -> Sure<Content> {
        if tag.name == TEMPLATE {
            sure(self.pieces.link.is_none())?;
            self.templates = 1;
            return Ok(Content::Markup);
        }
        self.pieces.element(None)?;
        if matches!(tag.name, BASE | LINK | META) {
            self.pieces.add(Piece::new(&tag, in_head));
        }
        Ok(raw_of(tag.name).map_or(Content::Markup, Content::Raw))
    }

    /// Closes the topmost element, which its own end tag does not do.
    fn pop(&mut self) -> Sure {
        let Some(top) = self.open.pop() else {
            return Ok(());
        };
        // A link that is closed by another tag is reopened where text comes next.
        sure(top.name != A)?;
        // Within a link a reopened element parts words.
        sure(!(is_formatting(top.name) || top.name == NOBR) || self.pieces.link.is_none())?;
        if matches!(top.name, TD | TH | CAPTION) && !top.foreign {
            self.clear_formats();
        }
        Ok(())
    }

    fn clear_formats(&mut self) {
        while let Some(Format::Element(..)) = self.formats.pop() {}
    }

    fn pop_to(&mut self, at: usize) -> Sure {
        while self.open.len() > at {
            self.pop()?;
        }
        Ok(())
    }

    /// Returns where the innermost element called `name` is, if nothing before it is an end of the search.
    fn find(&self, name: Name, end: impl Fn(Name) -> bool) -> Option<usize> {
        for (at, open) in self.open.iter().enumerate().rev() {
            if open.name == name && !open.foreign {
                return Some(at);
            }
            if (open.foreign && is_foreign_leaf(open.name)) || (!open.foreign && end(open.name)) {
                return None;
            }
        }
        None
    }

    fn in_scope(&self, name: Name) -> Option<usize> {
        self.find(name, is_scope)
    }

    fn close_implied(&mut self, but: Name) -> Sure {
        while self.top_is(|name| is_implied_end(name) && name != but) {
            self.pop()?;
        }
        Ok(())
    }

    fn paragraph(&self) -> Option<usize> {
        self.find(P, |name| is_scope(name) || name == BUTTON)
    }

    fn close_paragraph(&mut self) -> Sure {
        self.paragraph().map_or(Ok(()), |at| self.pop_to(at))
    }

    /// Returns whether formatting elements wait to be reopened.
    fn has_lost(&self) -> bool {
        match self.formats.last() {
            Some(&Format::Element(_, id)) => !self.is_open(id),
            _ => false,
        }
    }

    fn is_open(&self, id: u32) -> bool {
        self.open.iter().rev().any(|open| open.id == id)
    }

    /// Reopens formatting elements that were closed by others, as happens before text and phrasing.
    fn reopen(&mut self) -> Sure {
        let waiting = self
            .formats
            .iter()
            .rev()
            .take_while(|format| matches!(format, Format::Element(_, id) if !self.is_open(*id)))
            .count();
        for at in self.formats.len() - waiting..self.formats.len() {
            if let Format::Element(name, _) = self.formats[at] {
                self.pieces.element(None)?;
                self.work += REOPENING;
                let id = self.push(name);
                self.formats[at] = Format::Element(name, id);
            }
        }
        sure(self.open.len() + self.formats.len() < MAX_OPEN)
    }

    fn start_in_body(&mut self, tag: StartTag<'t>) -> Sure<Content> {
        let name = tag.name;
        if self.in_scope(SELECT).is_some() {
            sure(matches!(name, OPTION | OPTGROUP | HR | SCRIPT | SELECT))?;
        }
        match name {
            HTML | HEAD | BODY | FRAME => return Ok(Content::Markup),
            BASE | BASEFONT | BGSOUND | LINK | META | NOFRAMES | SCRIPT | STYLE | TEMPLATE
            | TITLE => {
                return self.start_of_head(tag, false);
            }
            name if is_table_part(name) => return self.start_of_table_part(name),
            FORM if self.form.is_some() => return Ok(Content::Markup),
            // One more closes it.
            SELECT => sure(self.in_scope(SELECT).is_none())?,
            _ => {}
        }
        self.make_room(name)?;
        if is_phrasing(name) {
            self.reopen()?;
        }
        self.pieces
            .element((name == IMG || name == AREA).then_some(&tag))?;
        if matches!(name, A | AREA | IFRAME) {
            self.pieces.add(Piece::new(&tag, false));
        }
        if let Some(kind) = raw_of(name) {
            return Ok(Content::Raw(kind));
        }
        self.open_in_body(tag)?;
        Ok(Content::Markup)
    }

    /// Closes the link that is open, as its end tag and another link do.
    fn close_link(&mut self) -> Sure {
        let entry = self.format_called(A);
        let Some((at, id)) = entry else {
            // A link beyond a marker would hold another.
            return sure(self.pieces.link.is_none());
        };
        let Some(place) = self.open.iter().rposition(|open| open.id == id) else {
            return Err(Unsure);
        };
        sure(
            !self.open[place + 1..]
                .iter()
                .any(|open| open.foreign || is_special(open.name)),
        )?;
        self.formats.remove(at);
        self.open.truncate(place);
        self.pieces.end_link();
        Ok(())
    }

    /// Returns the last formatting element called `name` behind the last marker.
    fn format_called(&self, name: Name) -> Option<(usize, u32)> {
        for (at, format) in self.formats.iter().enumerate().rev() {
            match *format {
                Format::Marker => return None,
                Format::Element(found, id) if found == name => return Some((at, id)),
                Format::Element(..) => {}
            }
        }
        None
    }

    fn open_in_body(&mut self, tag: StartTag<'t>) -> Sure {
        let name = tag.name;
        match name {
            AREA | BR | EMBED | IMG | KEYGEN | WBR | INPUT | PARAM | SOURCE | TRACK | HR => {}
            SVG | MATH if tag.is_self_closing() => {}
            SVG | MATH => self.push_foreign(name),
            FORM => self.form = Some(self.push(name)),
            APPLET | MARQUEE | OBJECT => {
                self.push(name);
                self.formats.push(Format::Marker);
            }
            name if is_formatting(name) || matches!(name, A | NOBR) => {
                let id = self.push(name);
                let equal = self
                    .formats
                    .iter()
                    .rev()
                    .take_while(|f| !matches!(f, Format::Marker));
                let equal = equal.filter(|f| matches!(f, Format::Element(n, _) if *n == name));
                sure(equal.count() < MAX_EQUAL)?;
                self.formats.push(Format::Element(name, id));
            }
            _ => {
                self.push(name);
            }
        }
        Ok(())
    }
}

/// Returns how the text of an element called `name` is read, if it holds no tags.
pub(super) const fn raw_of(name: Name) -> Option<RawKind> {
    match name {
        TITLE | TEXTAREA => Some(RawKind::Referring),
        SCRIPT => Some(RawKind::Script),
        STYLE | XMP | IFRAME | NOEMBED | NOFRAMES => Some(RawKind::Plain),
        _ => None,
    }
}

/// Returns whether formatting elements are reopened before a start tag called `name`.
const fn is_phrasing(name: Name) -> bool {
    !(is_plain_block(name)
        || is_heading(name)
        || matches!(
            name,
            P | PRE
                | LISTING
                | FORM
                | LI
                | DD
                | DT
                | TABLE
                | PARAM
                | SOURCE
                | TRACK
                | HR
                | TEXTAREA
                | IFRAME
                | NOEMBED
                | RB
                | RTC
                | RP
                | RT
        ))
}

const fn sure(holds: bool) -> Sure {
    if holds { Ok(()) } else { Err(Unsure) }
}
