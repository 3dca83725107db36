//! The elements of a page that crawlers look at, as they come.

use std::borrow::Cow;

use super::builder::Unsure;
use super::names::*;
use super::scan::{StartTag, value_of};
use crate::links::{Collapsed, MAX_NODES};
use crate::tag::Tag;

/// The attributes that are read of any element.
const READ: &[&str] = &[
    "alt",
    "aria-label",
    "content",
    "href",
    "hreflang",
    "http-equiv",
    "name",
    "rel",
    "src",
    "title",
    "type",
];

/// An element that says something to crawlers.
#[derive(Debug)]
pub(super) struct Piece<'t> {
    name: &'static str,
    attributes: Vec<(&'static str, Cow<'t, str>)>,
    /// Whether it stands in the head.
    pub(super) in_head: bool,
    pub(super) text: Collapsed,
}

impl<'t> Piece<'t> {
    pub(super) fn new(tag: &StartTag<'t>, in_head: bool) -> Self {
        Self {
            name: match tag.name {
                A => "a",
                AREA => "area",
                BASE => "base",
                IFRAME => "iframe",
                LINK => "link",
                META => "meta",
                _ => "",
            },
            attributes: attributes(tag),
            in_head,
            text: Collapsed::default(),
        }
    }
}

fn attributes<'t>(tag: &StartTag<'t>) -> Vec<(&'static str, Cow<'t, str>)> {
    let read = |name: &str| READ.iter().find(|read| read.eq_ignore_ascii_case(name));
    tag.attributes()
        .filter_map(|(name, value)| Some((*read(name)?, value_of(value))))
        .collect()
}

impl Tag for Piece<'_> {
    fn name(&self) -> &str {
        self.name
    }

    fn attr(&self, name: &str) -> Option<&str> {
        // Of attributes of one name the first counts.
        self.attributes
            .iter()
            .find(|(given, _)| *given == name)
            .map(|(_, value)| value.as_ref())
    }
}

/// The pieces so far, and which of them takes in text.
#[derive(Debug, Default)]
pub(super) struct Pieces<'t> {
    pub(super) all: Vec<Piece<'t>>,
    /// The link that is open.
    pub(super) link: Option<usize>,
    /// The frame that was started last: the text it holds follows.
    frame: Option<usize>,
    /// Nodes of the open link.
    nodes: usize,
}

impl<'t> Pieces<'t> {
    /// Takes in an element that is open from now on, if it is a link.
    pub(super) fn add(&mut self, mut piece: Piece<'t>) {
        let at = self.all.len();
        match piece.name {
            "a" => (self.link, self.nodes) = (Some(at), 1),
            "iframe" => self.frame = Some(at),
            "area" => {
                let alt = piece.attr("alt").unwrap_or("").to_owned();
                piece.text.push(&alt);
            }
            _ => {}
        }
        self.all.push(piece);
    }

    pub(super) fn end_link(&mut self) {
        self.link = None;
    }

    /// Counts a node of the open link. A tree looks at some hundred of them and no more.
    pub(super) fn count(&mut self) -> Result<(), Unsure> {
        self.nodes += usize::from(self.link.is_some());
        if self.nodes >= MAX_NODES / 2 {
            Err(Unsure)
        } else {
            Ok(())
        }
    }

    /// Takes in an element; a picture with its tag.
    pub(super) fn element(&mut self, picture: Option<&StartTag<'t>>) -> Result<(), Unsure> {
        self.frame = None;
        let Some(link) = self.link else {
            return Ok(());
        };
        self.count()?;
        let text = &mut self.all[link].text;
        match picture {
            None => text.push(" "),
            Some(tag) => {
                let found = attributes(tag);
                let alt = found.iter().find(|(name, _)| *name == "alt");
                text.push(alt.map_or("", |(_, value)| value));
            }
        }
        Ok(())
    }

    pub(super) fn text(&mut self, text: &str) -> Result<(), Unsure> {
        self.count()?;
        if let Some(link) = self.link {
            self.all[link].text.push(text);
        }
        Ok(())
    }

    /// Takes in the text of an element without tags.
    pub(super) fn raw_text(&mut self, text: &str) -> Result<(), Unsure> {
        if let Some(frame) = self.frame.take() {
            self.all[frame].text.push(text);
        }
        self.text(text)
    }
}
