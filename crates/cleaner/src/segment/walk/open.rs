//! What happens when an element opens: marks, kinds of blocks, items, rows and cells.

use ego_tree::{NodeId, NodeRef};
use scraper::Node;
use thresh_types::BlockKind;

use super::Walk;
use crate::segment::attrs::Attrs;
use crate::segment::columns::Columns;
use crate::segment::frame::{Frame, Mode};
use crate::segment::inline::{Joint, Mark, Style};
use crate::segment::lexicon::Hints;
use crate::segment::shape::{self, Closed};
use crate::segment::table;
use crate::segment::tags::{self, Tag};

impl<'a> Walk<'a> {
    pub(super) fn open_inline(
        &mut self,
        node: NodeRef<'a, Node>,
        frame: &mut Frame<'a>,
        attrs: &Attrs<'a>,
    ) {
        let tag = frame.traits.tag;
        if let Some(before) = self.closed.take() {
            self.touch(before, frame);
        }
        if tag == Tag::Anchor {
            self.buffer.anchor();
        }
        if let Some(style) = frame.traits.style {
            self.buffer.open_style(style);
        }
        if frame.mode == Mode::Verbatim {
            return;
        }
        match tag {
            Tag::Sup if shape::is_note_sign(node) => self.buffer.touch(Joint::Note),
            Tag::Image => self.picture(frame.classes, attrs),
            _ => {}
        }
        if let Some(mark) = self.mark(frame, attrs)
            && !self.buffer.has_open(&mark)
        {
            self.buffer.open(mark);
            frame.marked = true;
        }
    }

    fn touch(&mut self, before: Closed<'a>, frame: &Frame<'a>) {
        if frame.mode != Mode::Verbatim {
            let after = self.closed_of(frame);
            let within = self.frames.last().and_then(|f| f.traits.style);
            let joint = match within {
                Some(Style::Code) => Joint::Tight,
                _ => shape::joint(before, after),
            };
            self.buffer.touch(joint);
        } else if before.traits.tag == Tag::Code && frame.traits.tag == Tag::Code {
            // Two listings in one element.
            self.buffer.new_line();
        }
    }

    pub(super) fn closed_of(&self, frame: &Frame<'a>) -> Closed<'a> {
        Closed {
            name: frame.name,
            traits: frame.traits,
            hints: self.lexicon.classes(frame.classes).hints,
        }
    }

    /// Writes the text of a picture that is a formula; any other says nothing of its own.
    fn picture(&mut self, classes: u32, attrs: &Attrs<'a>) {
        let hints = self.lexicon.classes(classes).hints;
        if let Some(alt) = attrs.alt.filter(|_| hints.any(Hints::FORMULA)) {
            self.buffer.push_flow(alt);
        }
    }

    fn mark(&mut self, frame: &Frame<'a>, attrs: &Attrs<'a>) -> Option<Mark> {
        match (frame.traits.style, frame.name) {
            (Some(Style::Bold), _) => Some(Mark::Strong),
            (_, "em" | "i") => Some(Mark::Emphasis),
            (Some(Style::Code), _) => Some(Mark::Code),
            (_, "a") => self.addresses.resolve(attrs.href?).map(Mark::Link),
            _ => None,
        }
    }

    pub(super) fn open_block(
        &mut self,
        node: NodeRef<'a, Node>,
        frame: &mut Frame<'a>,
        attrs: &Attrs<'a>,
    ) {
        self.closed = None;
        if frame.traits.tag == Tag::Table {
            if self.tables.is_empty() {
                table::note_rows(node, &mut self.rows);
            }
            self.tables.push(Columns::default());
        }
        if frame.mode != Mode::Flow {
            return self.open_within(frame, attrs);
        }
        self.flush();
        if let Some(level) = tags::heading_level(frame.traits.tag, attrs) {
            frame.mode = Mode::Flat;
            frame.kind = BlockKind::Heading(level);
            self.item = None;
            return;
        }
        self.begin(node, frame, attrs);
    }

    /// Gives a block element its kind.
    fn begin(&mut self, node: NodeRef<'a, Node>, frame: &mut Frame<'a>, attrs: &Attrs<'a>) {
        let hints = self.lexicon.classes(frame.classes).hints;
        let tag = frame.traits.tag;
        let may_note =
            matches!(tag, Tag::Item | Tag::Paragraph | Tag::Div | Tag::Aside) || frame.name == "dl";
        if may_note && (hints.any(Hints::FOOTNOTE) || tags::is_footnote(attrs)) {
            frame.kind = BlockKind::Footnote;
        }
        match tag {
            Tag::Unordered => frame.depth = frame.depth.saturating_add(1),
            Tag::Ordered => ordered(node, frame, attrs),
            Tag::Item => self.item = Some(self.list_item(frame, attrs)),
            Tag::Term => self.item = Some(BlockKind::Term),
            Tag::Definition => self.item = Some(BlockKind::Definition),
            Tag::Preformatted => verbatim(frame),
            Tag::Div if hints.any(Hints::LISTING) && shape::has_lines(node) => verbatim(frame),
            Tag::Blockquote => {
                frame.kind = BlockKind::Quote;
                frame.quoted = true;
            }
            Tag::Caption => frame.kind = BlockKind::Caption,
            Tag::Paragraph if hints.any(Hints::CAPTION) => frame.kind = BlockKind::Caption,
            Tag::Row => self.open_row(node.id(), frame),
            _ => {}
        }
    }

    fn open_row(&mut self, id: NodeId, frame: &mut Frame<'a>) {
        if let Some(columns) = self.tables.last_mut() {
            columns.next_row();
        }
        if self.rows.contains(&id) {
            frame.mode = Mode::Flat;
            frame.kind = BlockKind::TableRow { header: false };
            self.header = None;
        }
    }

    /// A block element within a heading, a table row or preformatted text.
    fn open_within(&mut self, frame: &mut Frame<'a>, attrs: &Attrs<'a>) {
        if frame.mode == Mode::Verbatim {
            return;
        }
        self.buffer.gap();
        let is_header = match frame.traits.tag {
            Tag::Cell => false,
            Tag::HeaderCell => true,
            _ => return,
        };
        if matches!(frame.kind, BlockKind::TableRow { .. }) {
            self.header = Some(self.header.unwrap_or(true) && is_header);
            let empty = self.tables.last_mut().map_or(0, |c| c.next_cell(attrs));
            for _ in 0..empty {
                self.buffer.spanned_cell();
            }
            self.buffer.cell();
        }
    }

    fn list_item(&mut self, frame: &mut Frame<'a>, attrs: &Attrs<'a>) -> BlockKind {
        if frame.kind == BlockKind::Footnote {
            return BlockKind::Footnote;
        }
        frame.kind = BlockKind::Paragraph;
        let depth = frame.depth.max(1);
        let value = attrs.value.and_then(|v| v.trim().parse().ok());
        match self.frames.last_mut() {
            Some(list) if list.traits.tag == Tag::Ordered => {
                let number: u32 = value.unwrap_or(list.number);
                list.number = match list.backwards {
                    true => number.saturating_sub(1),
                    false => number.saturating_add(1),
                };
                BlockKind::Numbered(depth, number)
            }
            _ => BlockKind::Bullet(depth),
        }
    }
}

/// Begins preformatted text.
fn verbatim(frame: &mut Frame<'_>) {
    frame.mode = Mode::Verbatim;
    frame.kind = BlockKind::Code;
}

/// Begins a numbered list.
fn ordered(node: NodeRef<'_, Node>, frame: &mut Frame<'_>, attrs: &Attrs<'_>) {
    frame.depth = frame.depth.saturating_add(1);
    frame.backwards = attrs.reversed.is_some();
    let first = attrs.start.and_then(|s| s.trim().parse().ok());
    frame.number = first.unwrap_or_else(|| match frame.backwards {
        true => items(node),
        false => 1,
    });
}

fn items(node: NodeRef<'_, Node>) -> u32 {
    let is_item = |n: &NodeRef<'_, Node>| n.value().as_element().is_some_and(|e| e.name() == "li");
    u32::try_from(node.children().filter(is_item).count()).unwrap_or(u32::MAX)
}
