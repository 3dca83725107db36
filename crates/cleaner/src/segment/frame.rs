//! The open elements, their positions among their siblings, and the path that they make.

use std::fmt::Write;

use scraper::node::Element;
use thresh_types::BlockKind;

use crate::block::NO_NODE;
use crate::segment::attrs::{Attrs, front};
use crate::segment::lexicon::Lexicon;
use crate::segment::nodes::{New, Nodes};
use crate::segment::tags::{Traits, Treatment};

/// Most components of a block's path; deeper ones show their end.
const PATH_DEPTH: usize = 10;
/// Bytes of a tag's name that a path shows.
const LONGEST_NAME: usize = 64;
/// Past this many kinds of children the position says nothing any more.
const MOST_KINDS: usize = 32;

/// How text within an element is taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Mode {
    /// Block elements start blocks.
    Flow,
    /// Everything within is one block: a heading, a table row.
    Flat,
    /// White space is kept.
    Verbatim,
}

/// An open element.
#[derive(Debug, Clone, Copy)]
pub(super) struct Frame<'a> {
    pub(super) element: &'a Element,
    pub(super) name: &'a str,
    pub(super) traits: Traits,
    /// How it is treated: what its name says, unless its style makes a block of it.
    pub(super) treatment: Treatment,
    /// Its class attribute, an index into the lexicon.
    pub(super) classes: u32,
    /// Its index in the table of elements, once a block needs it.
    pub(super) node: u32,
    pub(super) mode: Mode,
    pub(super) kind: BlockKind,
    /// How deep in lists it stands.
    pub(super) depth: u8,
    /// The number of the next item, and what each item adds to it.
    pub(super) number: u32,
    pub(super) backwards: bool,
    /// Whether it opened a mark in the buffer.
    pub(super) marked: bool,
    pub(super) quoted: bool,
    /// The innermost element that is no inline one, an index of a frame.
    pub(super) block: Option<usize>,
    /// Position among the siblings of the same tag, from 1.
    position: u32,
    /// Where the counters of its children start.
    children: usize,
}

/// The open elements, outermost first.
#[derive(Debug, Default)]
pub(super) struct Frames<'a> {
    frames: Vec<Frame<'a>>,
    /// Counters of children by tag, those of the innermost open element last.
    counters: Vec<(&'a str, u32)>,
    /// How many of the frames, from the outermost, are in the table of elements.
    known: usize,
}

impl<'a> Frames<'a> {
    /// Returns the frame of an element that opens now; it inherits what holds for all within.
    pub(super) fn frame(
        &mut self,
        element: &'a Element,
        traits: Traits,
        classes: u32,
    ) -> Frame<'a> {
        let name = element.name();
        let position = self.count(name);
        let around = self.frames.last();
        Frame {
            element,
            name,
            traits,
            treatment: traits.treatment,
            classes,
            node: NO_NODE,
            mode: around.map_or(Mode::Flow, |f| f.mode),
            kind: around.map_or(BlockKind::Paragraph, |f| f.kind),
            depth: around.map_or(0, |f| f.depth),
            number: 0,
            backwards: false,
            marked: false,
            quoted: around.is_some_and(|f| f.quoted),
            block: around.and_then(|f| f.block),
            position,
            children: 0,
        }
    }

    fn count(&mut self, name: &'a str) -> u32 {
        let Some(from) = self.frames.last().map(|f| f.children) else {
            return 1;
        };
        let counters = &mut self.counters[from..];
        if let Some((_, n)) = counters.iter_mut().find(|(tag, _)| *tag == name) {
            *n = n.saturating_add(1);
            return *n;
        }
        if counters.len() < MOST_KINDS {
            self.counters.push((name, 1));
        }
        1
    }

    pub(super) fn push(&mut self, mut frame: Frame<'a>) {
        frame.children = self.counters.len();
        if frame.treatment == Treatment::Block {
            frame.block = Some(self.frames.len());
        }
        self.frames.push(frame);
    }

    pub(super) fn pop(&mut self) -> Option<Frame<'a>> {
        let frame = self.frames.pop()?;
        self.counters.truncate(frame.children);
        self.known = self.known.min(self.frames.len());
        Some(frame)
    }

    pub(super) fn last(&self) -> Option<&Frame<'a>> {
        self.frames.last()
    }

    pub(super) fn last_mut(&mut self) -> Option<&mut Frame<'a>> {
        self.frames.last_mut()
    }

    /// Returns the innermost elements, at most so many.
    pub(super) fn innermost(&self, most: usize) -> &[Frame<'a>] {
        &self.frames[self.frames.len().saturating_sub(most)..]
    }

    /// Returns the element around the innermost one.
    pub(super) fn around(&self) -> Option<&Frame<'a>> {
        self.frames.get(self.frames.len().checked_sub(2)?)
    }

    /// Returns the innermost element that is no inline one.
    pub(super) fn block(&self) -> Option<&Frame<'a>> {
        self.frames.get(self.last()?.block?)
    }

    pub(super) fn mode(&self) -> Mode {
        self.last().map_or(Mode::Flow, |f| f.mode)
    }

    /// Returns the index of the innermost element, adding those that have none yet.
    pub(super) fn node(&mut self, nodes: &mut Nodes<'a>, lexicon: &mut Lexicon<'a>) -> u32 {
        let mut parent = match self.known {
            0 => NO_NODE,
            known => self.frames[known - 1].node,
        };
        for frame in &mut self.frames[self.known..] {
            let new = New {
                parent,
                tag: frame.name,
                classes: frame.classes,
                quoted: frame.quoted,
            };
            frame.node = nodes.add(new, &Attrs::of(frame.element), lexicon);
            parent = frame.node;
        }
        self.known = self.frames.len();
        parent
    }

    /// Returns the path from below the body to the innermost element, at most its last ten parts.
    pub(super) fn path(&self) -> String {
        let from = self.frames.len().saturating_sub(PATH_DEPTH).max(2);
        let mut path = String::with_capacity(64);
        if from > 2 {
            path.push_str("…/");
        }
        for (i, frame) in self.frames.iter().enumerate().skip(from) {
            if i > from {
                path.push('/');
            }
            path.push_str(front(frame.name, LONGEST_NAME));
            if frame.position > 1 {
                // Writing into a string cannot fail.
                let _ = write!(path, "[{}]", frame.position);
            }
        }
        path
    }
}
