//! The walk over the tree.

use ego_tree::iter::Edge;
use ego_tree::{NodeId, NodeRef};
use rustc_hash::{FxHashMap, FxHashSet};
use scraper::node::Element;
use scraper::{Html, Node};
use thresh_types::{Anchor, BlockKind};
use url::Url;

use crate::block::{NO_NODE, RawBlock, Segmentation, Source};
use crate::measure;
use crate::segment::facts;
use crate::segment::inline::{Buffer, Gathered, Mark};
use crate::segment::nodes::Nodes;
use crate::segment::shape::{is_heading_anchor, is_line_numbers, joint, tidy_code};
use crate::segment::table;
use crate::segment::tags::{self, Treatment};

/// Most components of a block's path; deeper ones show their end.
const PATH_DEPTH: usize = 10;

/// How text within an element is taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Mode {
    /// Block elements start blocks.
    Flow,
    /// Everything within is one block: a heading, a table row.
    Flat,
    /// White space is kept.
    Verbatim,
}

#[derive(Debug)]
struct Frame<'a> {
    element: &'a Element,
    node: u32,
    treatment: Treatment,
    mode: Mode,
    kind: BlockKind,
    depth: u8,
    number: u32,
    marked: bool,
    data_table: bool,
    /// Position among the siblings of the same tag, from 1.
    position: u32,
    children: Vec<(&'a str, u32)>,
    /// All cells so far were header cells; `None` before the first.
    header_row: Option<bool>,
}

struct Walk<'a> {
    base: Option<&'a Url>,
    data_tables: FxHashSet<NodeId>,
    nodes: Nodes,
    frames: Vec<Frame<'a>>,
    buffer: Buffer,
    /// The kind that the next block of a list item or definition takes.
    item: Option<BlockKind>,
    /// The inline element that closed right before, if nothing came since.
    closed: Option<&'a Element>,
    blocks: Vec<RawBlock>,
    seen: FxHashMap<u64, u32>,
    title: Option<String>,
}

/// Returns the blocks of a parsed document.
pub(crate) fn segment_html(html: &Html, base: Option<&Url>) -> Segmentation {
    let mut walk = Walk {
        base,
        data_tables: table::data_tables(html),
        nodes: Nodes::new(),
        frames: Vec::new(),
        buffer: Buffer::default(),
        item: None,
        closed: None,
        blocks: Vec::new(),
        seen: FxHashMap::default(),
        title: None,
    };
    walk.run(html);
    let (names, nodes) = walk.nodes.finish();
    Segmentation {
        source: Source::Html,
        title: walk.title,
        names,
        nodes,
        blocks: walk.blocks,
        facts: facts::gather(html),
    }
}

impl<'a> Walk<'a> {
    fn run(&mut self, html: &'a Html) {
        let mut skipping: Option<NodeId> = None;
        for edge in html.tree.root().traverse() {
            match edge {
                Edge::Open(node) if skipping.is_none() => match node.value() {
                    Node::Text(text) => self.text(text),
                    Node::Element(element) => {
                        if self.is_skipped(node, element) {
                            skipping = Some(node.id());
                        } else {
                            self.open(node.id(), element);
                        }
                    }
                    _ => {}
                },
                Edge::Open(node) => self.note_title(node),
                Edge::Close(node) => {
                    if skipping == Some(node.id()) {
                        skipping = None;
                    } else if skipping.is_none() && node.value().is_element() {
                        self.close();
                    }
                }
            }
        }
        self.flush();
    }

    /// Takes the text of the `<title>` within the head, which is passed over otherwise.
    fn note_title(&mut self, node: NodeRef<'a, Node>) {
        let is_title = node
            .value()
            .as_element()
            .is_some_and(|e| e.name() == "title");
        let in_head = node
            .parent()
            .and_then(|p| p.value().as_element())
            .is_some_and(|e| e.name() == "head");
        if !is_title || !in_head || self.title.is_some() {
            return;
        }
        let text: String = node
            .children()
            .filter_map(|c| c.value().as_text().map(|t| t.to_string()))
            .collect();
        let text = measure::collapse(&text);
        self.title = (!text.is_empty()).then_some(text);
    }

    fn is_skipped(&self, node: NodeRef<'a, Node>, element: &Element) -> bool {
        match tags::treatment(element.name()) {
            Treatment::Skip => true,
            Treatment::Inline => tags::hides(element) || is_heading_anchor(node, element),
            Treatment::Block => element.name() == "pre" && is_line_numbers(node),
        }
    }

    fn text(&mut self, text: &str) {
        if self.mode() == Mode::Verbatim {
            self.buffer.push_verbatim(text);
        } else {
            self.buffer.push_flow(text);
        }
        self.closed = None;
    }

    fn mode(&self) -> Mode {
        self.frames.last().map_or(Mode::Flow, |f| f.mode)
    }

    fn open(&mut self, id: NodeId, element: &'a Element) {
        let tag = element.name();
        match tag {
            "br" => return self.line_break(element),
            "hr" => self.flush(),
            _ => {}
        }
        let mut frame = self.frame(element);
        if tag == "table" {
            frame.data_table = self.data_tables.contains(&id);
        }
        match frame.treatment {
            Treatment::Inline => self.open_inline(&mut frame),
            _ => self.open_block(&mut frame),
        }
        self.frames.push(frame);
    }

    fn line_break(&mut self, element: &'a Element) {
        if self.mode() == Mode::Verbatim {
            self.buffer.push_verbatim("\n");
        } else if self.buffer.line_break() && self.mode() == Mode::Flow {
            self.flush();
        }
        self.closed = None;
        // `<br>` closes as every element does, so it needs its frame.
        let frame = self.frame(element);
        self.frames.push(frame);
    }

    fn frame(&mut self, element: &'a Element) -> Frame<'a> {
        let position = self
            .frames
            .last_mut()
            .map_or(1, |f| f.count(element.name()));
        let around = self.frames.last();
        Frame {
            element,
            node: NO_NODE,
            treatment: tags::treatment(element.name()),
            mode: around.map_or(Mode::Flow, |f| f.mode),
            kind: around.map_or(BlockKind::Paragraph, |f| f.kind),
            depth: around.map_or(0, |f| f.depth),
            number: 0,
            marked: false,
            data_table: around.is_some_and(|f| f.data_table),
            position,
            children: Vec::new(),
            header_row: None,
        }
    }

    fn open_inline(&mut self, frame: &mut Frame<'a>) {
        if let Some(before) = self.closed.take() {
            self.buffer.touch(joint(before, frame.element));
        }
        if frame.mode == Mode::Verbatim {
            return;
        }
        if let Some(mark) = self.mark(frame.element)
            && !self.buffer.has_open(&mark)
        {
            self.buffer.open(mark);
            frame.marked = true;
        }
    }

    fn mark(&self, element: &Element) -> Option<Mark> {
        match element.name() {
            "em" | "i" => Some(Mark::Emphasis),
            "strong" | "b" => Some(Mark::Strong),
            "code" | "kbd" | "samp" | "tt" => Some(Mark::Code),
            "a" => self.address(element.attr("href")?).map(Mark::Link),
            _ => None,
        }
    }

    /// Returns the absolute form of a link that leads anywhere but within the page.
    fn address(&self, href: &str) -> Option<String> {
        let href = href.trim();
        let lower: String = href.chars().take(12).flat_map(char::to_lowercase).collect();
        if href.is_empty() || lower.starts_with("javascript:") || lower.starts_with("data:") {
            return None;
        }
        let absolute = match self.base {
            Some(base) => base.join(href).ok().map(String::from),
            None => None,
        };
        Some(absolute.unwrap_or_else(|| href.split_whitespace().collect()))
    }

    fn open_block(&mut self, frame: &mut Frame<'a>) {
        self.closed = None;
        if frame.mode != Mode::Flow {
            return self.open_within(frame);
        }
        self.flush();
        let element = frame.element;
        if let Some(level) = tags::heading_level(element) {
            frame.mode = Mode::Flat;
            frame.kind = BlockKind::Heading(level);
            self.item = None;
            return;
        }
        if tags::is_footnote(element) {
            frame.kind = BlockKind::Footnote;
        }
        match element.name() {
            "ul" | "menu" => frame.depth = frame.depth.saturating_add(1),
            "ol" => {
                frame.depth = frame.depth.saturating_add(1);
                frame.number = element
                    .attr("start")
                    .and_then(|s| s.parse().ok())
                    .unwrap_or(1);
            }
            "li" => self.item = Some(self.list_item(frame)),
            "dt" => self.item = Some(BlockKind::Term),
            "dd" => self.item = Some(BlockKind::Definition),
            "pre" | "listing" | "xmp" => {
                frame.mode = Mode::Verbatim;
                frame.kind = BlockKind::Code;
            }
            "blockquote" => frame.kind = BlockKind::Quote,
            "figcaption" | "caption" => frame.kind = BlockKind::Caption,
            "tr" if frame.data_table => {
                frame.mode = Mode::Flat;
                frame.kind = BlockKind::TableRow { header: false };
            }
            _ => {}
        }
    }

    /// A block element within a heading, a table row or preformatted text.
    fn open_within(&mut self, frame: &mut Frame<'a>) {
        if frame.mode == Mode::Verbatim {
            return;
        }
        self.buffer.gap();
        let tag = frame.element.name();
        if !matches!(tag, "td" | "th") {
            return;
        }
        let row = self
            .frames
            .iter_mut()
            .rev()
            .take(3)
            .find(|f| f.element.name() == "tr");
        if let Some(row) = row {
            row.header_row = Some(row.header_row.unwrap_or(true) && tag == "th");
            self.buffer.cell();
        }
    }

    fn list_item(&mut self, frame: &mut Frame<'a>) -> BlockKind {
        if frame.kind == BlockKind::Footnote {
            return BlockKind::Footnote;
        }
        frame.kind = BlockKind::Paragraph;
        let depth = frame.depth.max(1);
        let value = frame.element.attr("value").and_then(|v| v.parse().ok());
        match self.frames.last_mut() {
            Some(list) if list.element.name() == "ol" => {
                let number = value.unwrap_or(list.number);
                list.number = number.saturating_add(1);
                BlockKind::Numbered(depth, number)
            }
            _ => BlockKind::Bullet(depth),
        }
    }

    fn close(&mut self) {
        let Some(frame) = self.frames.last() else {
            return;
        };
        let (treatment, mode, marked, element) =
            (frame.treatment, frame.mode, frame.marked, frame.element);
        if treatment == Treatment::Inline {
            if marked {
                self.buffer.close();
            }
            self.frames.pop();
            self.closed = (element.name() != "br").then_some(element);
            return;
        }
        self.closed = None;
        let outer = self
            .frames
            .len()
            .checked_sub(2)
            .and_then(|i| self.frames.get(i));
        let outer_mode = outer.map_or(Mode::Flow, |f| f.mode);
        match outer_mode {
            Mode::Flow => self.flush(),
            Mode::Flat => self.buffer.gap(),
            Mode::Verbatim => self.buffer.push_verbatim("\n"),
        }
        if mode == Mode::Flow && matches!(element.name(), "li" | "dt" | "dd") {
            self.item = None;
        }
        self.frames.pop();
    }

    /// Ends the block at hand, if there is one.
    fn flush(&mut self) {
        let gathered = self.buffer.take();
        if !measure::has_word(&gathered.text) {
            return;
        }
        let kind = self.kind();
        let text = if kind == BlockKind::Code {
            tidy_code(&gathered.text)
        } else {
            gathered.text.trim_end_matches([' ', '|']).to_owned()
        };
        let node = self.node();
        let path = self.path();
        self.push(kind, text, gathered, node, path);
    }

    fn push(&mut self, kind: BlockKind, text: String, gathered: Gathered, node: u32, path: String) {
        let count = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
        let anchor = anchor(&text, &mut self.seen);
        let is_code = kind == BlockKind::Code;
        self.blocks.push(RawBlock {
            kind,
            path,
            anchor,
            node,
            words: count(measure::count_words(&text)),
            chars: count(text.chars().filter(|c| !c.is_whitespace()).count()),
            link_chars: gathered.link_chars,
            links: gathered.links,
            all_code: gathered.all_code && !is_code,
            markdown: gathered
                .markdown
                .filter(|_| !is_code)
                .map(|m| m.trim_end_matches([' ', '|']).to_owned()),
            gap: 0,
            text,
        });
    }

    fn kind(&mut self) -> BlockKind {
        let Some(frame) = self
            .frames
            .iter()
            .rev()
            .find(|f| f.treatment == Treatment::Block)
        else {
            return BlockKind::Paragraph;
        };
        match frame.kind {
            BlockKind::Heading(_) | BlockKind::Code => frame.kind,
            BlockKind::TableRow { .. } => BlockKind::TableRow {
                header: self.row_is_header(),
            },
            kind => self.item.take().unwrap_or(kind),
        }
    }

    fn row_is_header(&self) -> bool {
        let row = self.frames.iter().rev().take(4).find_map(|f| f.header_row);
        row.unwrap_or(false)
    }

    /// Returns the index of the innermost element, adding those on the stack that have none yet.
    fn node(&mut self) -> u32 {
        let known = self
            .frames
            .iter()
            .rposition(|f| f.node != NO_NODE)
            .map_or(0, |i| i + 1);
        let mut parent = match known {
            0 => NO_NODE,
            i => self.frames[i - 1].node,
        };
        for frame in &mut self.frames[known..] {
            frame.node = self.nodes.add(parent, frame.element);
            parent = frame.node;
        }
        parent
    }

    fn path(&self) -> String {
        let from = self.frames.len().saturating_sub(PATH_DEPTH).max(2);
        let mut path = if from > 2 {
            "…/".to_owned()
        } else {
            String::new()
        };
        for (i, frame) in self.frames.iter().enumerate().skip(from) {
            if i > from {
                path.push('/');
            }
            path.push_str(frame.element.name());
            if frame.position > 1 {
                path.push_str(&format!("[{}]", frame.position));
            }
        }
        path
    }
}

impl<'a> Frame<'a> {
    fn count(&mut self, tag: &'a str) -> u32 {
        if let Some((_, n)) = self.children.iter_mut().find(|(t, _)| *t == tag) {
            *n += 1;
            return *n;
        }
        // Past this many kinds of children the position says nothing any more.
        if self.children.len() < 32 {
            self.children.push((tag, 1));
        }
        1
    }
}

/// Returns the name of a block: a digest of its text and of how often it stood here before.
pub(super) fn anchor(text: &str, seen: &mut FxHashMap<u64, u32>) -> Anchor {
    let digest = measure::digest(text);
    let count = seen.entry(digest).or_insert(0);
    *count += 1;
    Anchor(measure::combine(digest, u64::from(*count)))
}
