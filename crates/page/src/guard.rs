//! What stands between tokenizer and tree builder: it bounds depth, size and work.
//!
//! The tree builder looks through its stack of open elements for most tags, and reopens formatting
//! elements wherever a block starts. Both are quick on pages that people write and quadratic on
//! others: 200,000 nested elements, or a thousand `<font>` that nobody closes. So the guard leaves
//! out start tags beyond a depth (with their end tags, so that what is outside stays in order), as
//! browsers do, and everything beyond a number of nodes or an amount of work. All are counts, never
//! times: the same text always gives the same tree.

use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, BTreeSet};

use html5ever::LocalName;
use html5ever::interface::Tracer;
use html5ever::tokenizer::{Tag, TagKind, Token, TokenSink, TokenSinkResult};
use html5ever::tree_builder::TreeBuilder;
use scraper::HtmlTreeSink;

use crate::parser::Budget;

type NodeId = ego_tree::NodeId;
type Builder = TreeBuilder<NodeId, HtmlTreeSink>;

/// Open elements plus formatting elements that wait to be reopened. Blink's limit on depth is 512.
const MAX_OPEN: usize = 512;

/// Nodes of a tree. The HTML Standard on one page, 13 MB, has fewer.
const MAX_NODES: usize = 1_000_000;

/// Attributes of a tree, those of reopened formatting elements included.
const MAX_TOTAL_ATTRIBUTES: usize = 4_000_000;

/// Steps through stack and list, each some nanoseconds. Thirty megabytes of real pages in a row stay
/// below it.
const MAX_WORK: u64 = 1_000_000_000;

/// Start tags between two countings of the open elements.
const RECOUNT: u32 = 64;

/// Elements that hold no elements, so that they are let in at any depth: their text would spill
/// into the page otherwise.
const LEAVES: &[&str] = &[
    "area", "base", "br", "col", "embed", "hr", "iframe", "img", "input", "link", "meta",
    "noembed", "noframes", "param", "script", "source", "style", "textarea", "title", "track",
    "wbr", "xmp",
];

/// Returns whether the tree builder reopens elements of this name (HTML Standard §13.2.4.3).
fn is_formatting(name: &str) -> bool {
    matches!(
        name,
        "a" | "b"
            | "big"
            | "code"
            | "em"
            | "font"
            | "i"
            | "nobr"
            | "s"
            | "small"
            | "strike"
            | "strong"
            | "tt"
            | "u"
    )
}

/// What the tokenizer reads at the moment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Content {
    /// Text with tags.
    Markup,
    /// Text up to the end tag of this name.
    Raw(LocalName),
    /// Text up to the end.
    Plain,
}

/// A token sink that passes on what can be afforded.
pub(crate) struct Guard {
    builder: Builder,
    content: RefCell<Content>,
    /// Whether a token came since it was last asked.
    heard: Cell<bool>,
    /// Whether the tokenizer was last told that it stands in foreign content.
    foreign: Cell<bool>,
    budgets: RefCell<BTreeSet<Budget>>,
    /// At most this many elements are open or wait to be reopened, as of the last counting, plus
    /// the start tags since.
    open: Cell<usize>,
    until_recount: Cell<u32>,
    /// Start tags that were left out for depth and whose end tags have not come.
    dropped: RefCell<BTreeMap<LocalName, u32>>,
    work: Cell<u64>,
    attributes: Cell<usize>,
    /// The most attributes of any formatting element so far.
    widest: Cell<usize>,
    spent: Cell<bool>,
}

struct Counter(Cell<usize>);

impl Tracer for Counter {
    type Handle = NodeId;

    fn trace_handle(&self, _: &NodeId) {
        self.0.set(self.0.get() + 1);
    }
}

impl Guard {
    pub(crate) fn new(builder: Builder) -> Self {
        Self {
            builder,
            content: RefCell::new(Content::Markup),
            heard: Cell::new(false),
            foreign: Cell::new(false),
            budgets: RefCell::default(),
            open: Cell::new(0),
            until_recount: Cell::new(RECOUNT),
            dropped: RefCell::default(),
            work: Cell::new(0),
            attributes: Cell::new(0),
            widest: Cell::new(0),
            spent: Cell::new(false),
        }
    }

    pub(crate) fn into_builder(self) -> Builder {
        self.builder
    }

    pub(crate) fn content(&self) -> Content {
        self.content.borrow().clone()
    }

    pub(crate) fn forget(&self) {
        self.heard.set(false);
        self.foreign.set(false);
    }

    pub(crate) fn heard(&self) -> bool {
        self.heard.get()
    }

    pub(crate) fn foreign(&self) -> bool {
        self.foreign.get()
    }

    pub(crate) fn note(&self, budget: Budget) {
        self.budgets.borrow_mut().insert(budget);
    }

    pub(crate) fn budgets(&self) -> Vec<Budget> {
        self.budgets.borrow().iter().copied().collect()
    }

    fn nodes(&self) -> usize {
        self.builder.sink.0.borrow().tree.values().len()
    }

    fn start(&self, tag: Tag, line: u64) -> TokenSinkResult<NodeId> {
        if self.is_too_deep(&tag.name) {
            self.note(Budget::Depth);
            *self.dropped.borrow_mut().entry(tag.name).or_default() += 1;
            return TokenSinkResult::Continue;
        }
        let formatting = is_formatting(&tag.name);
        let attributes = tag.attrs.len();
        if formatting {
            self.widest.set(self.widest.get().max(attributes));
        }
        self.charge_tag(if formatting { 1 + 8 * attributes } else { 1 });
        self.open.set(self.open.get() + 1);
        let name = tag.name.clone();
        let before = self.nodes();
        let result = self.builder.process_token(Token::TagToken(tag), line);
        let reopened = (self.nodes() - before).saturating_sub(1);
        self.charge_attributes(attributes + reopened * self.widest.get());
        self.note_content(&result, name);
        result
    }

    fn end_tag(&self, tag: Tag, line: u64) -> TokenSinkResult<NodeId> {
        if self.takes_dropped(&tag.name) {
            return TokenSinkResult::Continue;
        }
        *self.content.borrow_mut() = Content::Markup;
        self.charge_tag(1);
        if self.open.get() >= MAX_OPEN {
            self.until_recount.set(0);
        }
        self.builder.process_token(Token::TagToken(tag), line)
    }

    fn note_content(&self, result: &TokenSinkResult<NodeId>, name: LocalName) {
        let content = match result {
            TokenSinkResult::RawData(_) => Content::Raw(name),
            TokenSinkResult::Plaintext => Content::Plain,
            _ => return,
        };
        *self.content.borrow_mut() = content;
    }

    fn is_too_deep(&self, name: &str) -> bool {
        self.recount_when_due();
        let open = self.open.get();
        open >= MAX_OPEN && (open >= 2 * MAX_OPEN || !LEAVES.contains(&name))
    }

    fn recount_when_due(&self) {
        match self.until_recount.get() {
            0 => self.recount(),
            left => self.until_recount.set(left - 1),
        }
    }

    fn recount(&self) {
        let counter = Counter(Cell::new(0));
        self.builder.trace_handles(&counter);
        let open = counter.0.get();
        self.open.set(open);
        self.until_recount.set(RECOUNT);
        self.charge(open as u64);
        if open < MAX_OPEN / 2 {
            self.dropped.borrow_mut().clear();
        }
    }

    fn takes_dropped(&self, name: &LocalName) -> bool {
        let mut dropped = self.dropped.borrow_mut();
        match dropped.get_mut(name) {
            Some(count) if *count > 0 => {
                *count -= 1;
                true
            }
            _ => false,
        }
    }

    fn charge_tag(&self, factor: usize) {
        self.charge((self.open.get() * factor) as u64);
    }

    fn charge(&self, work: u64) {
        self.work.set(self.work.get().saturating_add(work));
        if self.work.get() > MAX_WORK {
            self.spend();
        }
    }

    fn charge_attributes(&self, count: usize) {
        self.attributes
            .set(self.attributes.get().saturating_add(count));
        if self.attributes.get() > MAX_TOTAL_ATTRIBUTES {
            self.spend();
        }
    }

    fn spend(&self) {
        self.note(Budget::Size);
        self.spent.set(true);
    }
}

impl TokenSink for Guard {
    type Handle = NodeId;

    fn process_token(&self, token: Token, line: u64) -> TokenSinkResult<NodeId> {
        if matches!(token, Token::ParseError(_)) {
            return TokenSinkResult::Continue;
        }
        self.heard.set(true);
        if self.nodes() >= MAX_NODES {
            self.spend();
        }
        match token {
            Token::EOFToken => self.builder.process_token(token, line),
            _ if self.spent.get() => TokenSinkResult::Continue,
            Token::TagToken(tag) if tag.kind == TagKind::StartTag => self.start(tag, line),
            Token::TagToken(tag) => self.end_tag(tag, line),
            _ => self.builder.process_token(token, line),
        }
    }

    fn end(&self) {
        self.builder.end();
    }

    fn adjusted_current_node_present_but_not_in_html_namespace(&self) -> bool {
        let foreign = self
            .builder
            .adjusted_current_node_present_but_not_in_html_namespace();
        self.foreign.set(foreign);
        foreign
    }
}
