//! The walk over the tree: once, iteratively, with everything that is needed gathered on the way.

mod open;

use ego_tree::iter::Edge;
use ego_tree::{NodeId, NodeRef};
use rustc_hash::{FxHashMap, FxHashSet};
use scraper::node::Element;
use scraper::{Html, Node};
use thresh_types::{Anchor, BlockKind};
use url::Url;

use crate::block::{RawBlock, Segmentation, Source};
use crate::measure;
use crate::segment::address::Addresses;
use crate::segment::attrs::Attrs;
use crate::segment::columns::Columns;
use crate::segment::facts::Gathering;
use crate::segment::frame::{Frame, Frames, Mode};
use crate::segment::inline::{Buffer, Gathered, Style};
use crate::segment::lexicon::{Hints, Lexicon};
use crate::segment::nodes::Nodes;
use crate::segment::shape::{self, Closed};
use crate::segment::tags::{self, Tag, Treatment};

struct Walk<'a> {
    addresses: Addresses<'a>,
    /// Rows of tables of data.
    rows: FxHashSet<NodeId>,
    /// Columns of the open tables.
    tables: Vec<Columns>,
    /// Within a row of data, whether all cells so far are header cells; `None` before the first.
    header: Option<bool>,
    lexicon: Lexicon<'a>,
    nodes: Nodes<'a>,
    frames: Frames<'a>,
    buffer: Buffer,
    /// The kind that the next block of a list item or definition takes.
    item: Option<BlockKind>,
    /// The inline element that closed right before, if nothing came since.
    closed: Option<Closed<'a>>,
    blocks: Vec<RawBlock>,
    seen: FxHashMap<u64, u32>,
    title: Option<String>,
    facts: Gathering,
}

/// Returns the blocks of a parsed document.
pub(crate) fn segment_html(html: &Html, base: Option<&Url>) -> Segmentation {
    let mut walk = Walk {
        addresses: Addresses::new(base),
        rows: FxHashSet::default(),
        tables: Vec::new(),
        header: None,
        lexicon: Lexicon::new(),
        nodes: Nodes::new(),
        frames: Frames::default(),
        buffer: Buffer::default(),
        item: None,
        closed: None,
        blocks: Vec::new(),
        seen: FxHashMap::default(),
        title: None,
        facts: Gathering::default(),
    };
    walk.run(html);
    walk.facts.last_links(&walk.blocks);
    let (names, nodes) = walk.nodes.finish();
    Segmentation {
        source: Source::Html,
        title: walk.title,
        names,
        nodes,
        blocks: walk.blocks,
        facts: walk.facts.finish(),
    }
}

impl<'a> Walk<'a> {
    fn run(&mut self, html: &'a Html) {
        let mut skipping: Option<NodeId> = None;
        for edge in html.tree.root().traverse() {
            match edge {
                Edge::Open(node) => {
                    if !self.enter(node, skipping.is_some()) {
                        skipping = skipping.or(Some(node.id()));
                    }
                }
                Edge::Close(node) if node.value().is_element() => {
                    self.facts.close(node);
                    if skipping.is_none() {
                        self.close();
                    } else if skipping == Some(node.id()) {
                        skipping = None;
                    }
                }
                Edge::Close(_) => {}
            }
        }
        self.flush();
    }

    /// Handles a node, and returns whether what is in it is text of the page.
    fn enter(&mut self, node: NodeRef<'a, Node>, skipping: bool) -> bool {
        match node.value() {
            Node::Text(text) => {
                self.facts.text(text);
                if !skipping && !is_escaped_markup(node, text) {
                    self.text(text);
                }
                true
            }
            Node::Element(element) => self.element(node, element, skipping),
            Node::Comment(comment) => {
                self.facts.comment(comment);
                true
            }
            _ => true,
        }
    }

    /// Handles an element that opens, and returns whether what is in it is text of the page.
    fn element(&mut self, node: NodeRef<'a, Node>, element: &'a Element, skipping: bool) -> bool {
        let attrs = Attrs::of(element);
        let name = element.name();
        let classes = self.classes(name, &attrs);
        self.facts.open(node, name, &attrs);
        if skipping {
            self.note_title(node, name);
            return false;
        }
        let traits = self.lexicon.traits(name);
        if self.is_skipped(node, traits, &attrs, classes) {
            return false;
        }
        let mut frame = self.frames.frame(element, traits, classes);
        if traits.treatment == Treatment::Inline && attrs.is_made_block() {
            frame.treatment = Treatment::Block;
        }
        self.open(node, frame, &attrs);
        true
    }

    fn classes(&mut self, name: &'a str, attrs: &Attrs<'a>) -> u32 {
        let (classes, new) = self.lexicon.intern(attrs.class);
        if new || matches!(name, "html" | "body") {
            for class in &self.lexicon.classes(classes).names {
                self.facts.name(name, class);
            }
        }
        if let Some(id) = attrs.id {
            self.facts.name(name, id);
        }
        classes
    }

    /// Takes the text of the `<title>` within the head, which is passed over otherwise.
    fn note_title(&mut self, node: NodeRef<'a, Node>, name: &str) {
        let in_head = || {
            let around = node.parent().and_then(|p| p.value().as_element());
            around.is_some_and(|e| e.name() == "head")
        };
        if name != "title" || self.title.is_some() || !in_head() {
            return;
        }
        let text: String = node
            .children()
            .filter_map(|c| c.value().as_text().map(|t| t.to_string()))
            .collect();
        let text = measure::collapse(&text);
        self.title = (!text.is_empty()).then_some(text);
    }

    fn is_skipped(
        &mut self,
        node: NodeRef<'a, Node>,
        traits: tags::Traits,
        attrs: &Attrs<'a>,
        classes: u32,
    ) -> bool {
        let line_number = || {
            let hints = self.lexicon.classes(classes).hints;
            self.frames.mode() == Mode::Verbatim && hints.any(Hints::LINE_NUMBER)
        };
        match (traits.treatment, traits.tag) {
            (Treatment::Skip, _) => true,
            (Treatment::Inline, Tag::Math) => self.takes_formula(node, attrs),
            (Treatment::Inline, Tag::Anchor) if shape::is_heading_anchor(node, attrs) => true,
            (Treatment::Inline, _) => {
                line_number()
                    || (attrs.hides() && !shape::holds_formula(node))
                    || self.is_tooltip(node, classes)
            }
            (Treatment::Block, Tag::Preformatted) => self.is_beside_listing(),
            // A button to copy a listing is no part of it.
            (Treatment::Block, Tag::Button) => self.frames.mode() == Mode::Verbatim,
            (Treatment::Block, _) => line_number(),
        }
    }

    /// Whether what opens is a sign within a heading that explains when a pointer rests on it.
    fn is_tooltip(&self, node: NodeRef<'a, Node>, classes: u32) -> bool {
        self.frames.mode() == Mode::Flat
            && self.lexicon.classes(classes).hints.any(Hints::TOOLTIP)
            && shape::starts_with_sign(node)
            && self
                .frames
                .block()
                .is_some_and(|f| matches!(f.kind, BlockKind::Heading(_)))
    }

    /// Whether what opens stands among the line numbers beside a listing.
    fn is_beside_listing(&self) -> bool {
        self.frames.innermost(3).iter().any(|frame| {
            let hints = self.lexicon.classes(frame.classes).hints;
            hints.any(Hints::LINE_NUMBER)
        })
    }

    /// Writes the source of a formula, where it has one, in place of its parts.
    fn takes_formula(&mut self, node: NodeRef<'a, Node>, attrs: &Attrs<'a>) -> bool {
        match shape::formula(node, attrs) {
            Some(source) => {
                self.text(&source);
                true
            }
            None => false,
        }
    }

    fn text(&mut self, text: &str) {
        if self.frames.mode() == Mode::Verbatim {
            self.buffer.push_verbatim(text);
        } else {
            self.buffer.push_flow(text);
        }
        self.closed = None;
    }

    fn open(&mut self, node: NodeRef<'a, Node>, mut frame: Frame<'a>, attrs: &Attrs<'a>) {
        match (frame.traits.tag, frame.treatment) {
            (Tag::Break, _) => self.line_break(),
            (_, Treatment::Inline) => self.open_inline(node, &mut frame, attrs),
            _ => self.open_block(node, &mut frame, attrs),
        }
        self.frames.push(frame);
    }

    fn line_break(&mut self) {
        let mode = self.frames.mode();
        if mode == Mode::Verbatim {
            self.buffer.push_verbatim("\n");
        } else if self.buffer.line_break() && mode == Mode::Flow {
            self.flush();
        }
        self.closed = None;
    }

    fn close(&mut self) {
        let Some(frame) = self.frames.last().copied() else {
            return;
        };
        if frame.treatment == Treatment::Inline {
            return self.close_inline(&frame);
        }
        self.closed = None;
        if frame.traits.tag == Tag::Table {
            self.tables.pop();
        }
        // What follows is read as what stands around: within a heading or a row nothing ends.
        let starts = matches!(frame.mode, Mode::Flow) || self.starts_mode();
        match frame.mode {
            _ if starts => self.flush(),
            Mode::Verbatim => self.buffer.new_line(),
            _ => self.buffer.gap(),
        }
        if frame.mode == Mode::Flow
            && matches!(frame.traits.tag, Tag::Item | Tag::Term | Tag::Definition)
        {
            self.item = None;
        }
        if frame.traits.tag == Tag::Cell || frame.traits.tag == Tag::HeaderCell {
            self.buffer.gap();
        }
        self.frames.pop();
    }

    /// Whether the innermost element is the one that changed how text is taken.
    fn starts_mode(&self) -> bool {
        self.frames.around().is_none_or(|f| f.mode == Mode::Flow)
    }

    fn close_inline(&mut self, frame: &Frame<'a>) {
        if let Some(style) = frame.traits.style {
            self.buffer.close_style(style);
        }
        if frame.marked {
            self.buffer.close();
        }
        self.frames.pop();
        self.closed = (frame.traits.tag != Tag::Break).then(|| self.closed_of(frame));
    }

    /// Ends the block at hand, if there is one.
    fn flush(&mut self) {
        let mut gathered = self.buffer.take();
        if !measure::has_word(&gathered.text) {
            return;
        }
        let kind = self.kind();
        let text = std::mem::take(&mut gathered.text);
        let text = match kind {
            BlockKind::Code => shape::tidy_code(&text).to_owned(),
            BlockKind::TableRow { .. } => ended(text, &[' ', '|']),
            _ => ended(text, &[' ']),
        };
        self.push(kind, text, gathered);
    }

    fn push(&mut self, kind: BlockKind, text: String, gathered: Gathered) {
        let count = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
        let is_code = kind == BlockKind::Code;
        let counts = gathered.counts;
        let chars = match kind {
            BlockKind::Code | BlockKind::TableRow { .. } => {
                count(text.chars().filter(|c| !c.is_whitespace()).count())
            }
            _ => counts.chars,
        };
        self.blocks.push(RawBlock {
            kind,
            path: self.frames.path(),
            anchor: anchor(&text, &mut self.seen),
            node: self.frames.node(&mut self.nodes, &mut self.lexicon),
            words: count(measure::count_words(&text)),
            chars,
            link_chars: counts.link_chars,
            links: gathered.links,
            anchors: counts.anchors,
            breaks: counts.breaks,
            bold_chars: counts.styled[Style::Bold as usize],
            em_chars: counts.styled[Style::Emphasis as usize],
            code_chars: counts.styled[Style::Code as usize],
            time: counts.styled[Style::Time as usize] > 0,
            all_code: gathered.all_code && !is_code,
            markdown: gathered.markdown.filter(|_| !is_code),
            gap: 0,
            text,
        });
    }

    fn kind(&mut self) -> BlockKind {
        let Some(frame) = self.frames.block() else {
            return BlockKind::Paragraph;
        };
        match frame.kind {
            BlockKind::Heading(_) | BlockKind::Code => frame.kind,
            BlockKind::TableRow { .. } => BlockKind::TableRow {
                header: self.header.unwrap_or(false),
            },
            kind => self.item.take().unwrap_or(kind),
        }
    }
}

fn ended(mut text: String, ends: &[char]) -> String {
    text.truncate(text.trim_end_matches(ends).len());
    text
}

/// Returns the name of a block: a digest of its text and of how often it stood here before.
pub(super) fn anchor(text: &str, seen: &mut FxHashMap<u64, u32>) -> Anchor {
    let digest = measure::digest(text);
    let count = seen.entry(digest).or_insert(0);
    *count += 1;
    Anchor(measure::combine(digest, u64::from(*count)))
}

/// Returns whether the text of a `<noscript>` is markup: pages that were saved from a browser have it escaped, since it
/// was no element there.
fn is_escaped_markup(node: NodeRef<'_, Node>, text: &str) -> bool {
    text.trim_start().starts_with('<')
        && text.trim_end().ends_with('>')
        && node
            .parent()
            .and_then(|around| around.value().as_element())
            .is_some_and(|around| around.name() == "noscript")
}
