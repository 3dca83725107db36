//! A page as blocks with what was measured on them: the result of pass 1.

use serde::{Deserialize, Serialize};
use thresh_types::{Anchor, BlockKind};

use crate::facts::PageFacts;
use crate::place::PlaceSet;

/// Marks "no node": the parent of a root, or the node of a block that came from plain text.
pub(crate) const NO_NODE: u32 = u32::MAX;

/// Where the blocks were cut from.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Source {
    /// An HTML page: places, links and shells are known.
    #[default]
    Html,
    /// Text that someone else extracted: lines are all there is.
    Text,
}

/// A link within a block.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BlockLink {
    /// The text of the link, white space collapsed.
    pub text: String,
    /// The address, absolute where the page has one.
    pub href: String,
}

/// An element that holds blocks.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Node {
    /// The element around it, or `u32::MAX` for the outermost.
    pub parent: u32,
    /// Its tag, an index into [`Segmentation::names`].
    pub tag: u32,
    /// Its `id`, an index into [`Segmentation::names`]; 0 (the empty name) without one.
    pub id: u32,
    /// Its classes, indexes into [`Segmentation::names`].
    pub classes: Vec<u32>,
    /// Other attributes that rules ask for, as indexes of name and value.
    pub attributes: Vec<(u32, u32)>,
    /// What its own tag, role, id and classes say about its place.
    pub own: PlaceSet,
    /// What it or any element around it says about its place.
    pub within: PlaceSet,
    /// Digest of tag and class words.
    pub signature: u64,
    /// Digest of the signatures of this element and the elements around it, up to six.
    pub shell: u64,
    /// Whether it or an element around it is hidden.
    pub hidden: bool,
}

/// A block as cut, before any decision.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RawBlock {
    /// What it is.
    pub kind: BlockKind,
    /// Its text, white space collapsed except in code.
    pub text: String,
    /// The same with inline marks, where it has any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub markdown: Option<String>,
    /// The path of elements, or the line number for text.
    pub path: String,
    /// Its name within the page.
    pub anchor: Anchor,
    /// The innermost element that holds it, an index into [`Segmentation::nodes`].
    pub node: u32,
    /// Words of its text.
    pub words: u32,
    /// Characters of its text.
    pub chars: u32,
    /// Characters of its text that stand in links.
    pub link_chars: u32,
    /// Its links, at most 50.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub links: Vec<BlockLink>,
    /// Links within it, remembered or not, those without an address among them.
    #[serde(default)]
    pub anchors: u32,
    /// Line breaks (`<br>`) within it.
    #[serde(default)]
    pub breaks: u32,
    /// Characters of its text in bold: `<b>`, `<strong>`.
    #[serde(default)]
    pub bold_chars: u32,
    /// Characters of its text in italics: `<i>`, `<em>`, `<cite>`, `<dfn>`, `<var>`.
    #[serde(default)]
    pub em_chars: u32,
    /// Characters of its text in inline code: `<code>`, `<kbd>`, `<samp>`, `<tt>`.
    #[serde(default)]
    pub code_chars: u32,
    /// Whether a part of it stands in `<time>`.
    #[serde(default)]
    pub time: bool,
    /// Whether the whole text stands in inline code.
    #[serde(default)]
    pub all_code: bool,
    /// Empty lines before it, for text.
    #[serde(default)]
    pub gap: u32,
}

impl RawBlock {
    /// Makes a block without text that stands in no element.
    pub(crate) fn empty() -> Self {
        Self {
            kind: BlockKind::Paragraph,
            text: String::new(),
            markdown: None,
            path: String::new(),
            anchor: Anchor(0),
            node: NO_NODE,
            words: 0,
            chars: 0,
            link_chars: 0,
            links: Vec::new(),
            anchors: 0,
            breaks: 0,
            bold_chars: 0,
            em_chars: 0,
            code_chars: 0,
            time: false,
            all_code: false,
            gap: 0,
        }
    }

    /// Returns the share of characters that stand in links, 0 to 1.
    pub fn link_density(&self) -> f64 {
        if self.chars == 0 {
            return 0.0;
        }
        f64::from(self.link_chars.min(self.chars)) / f64::from(self.chars)
    }
}

/// The blocks of a page with their features: a pure function of the page.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Segmentation {
    /// Where the blocks came from.
    pub source: Source,
    /// The text of `<title>`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// Interned names of tags, ids and classes; the first is empty.
    pub names: Vec<String>,
    /// The elements that hold blocks; a parent stands before its children.
    pub nodes: Vec<Node>,
    /// The blocks in the order of the page.
    pub blocks: Vec<RawBlock>,
    /// What the markup says beside them.
    #[serde(default)]
    pub facts: PageFacts,
}

impl Segmentation {
    /// Returns the number of words of all blocks.
    pub fn words(&self) -> usize {
        self.blocks.iter().map(|block| block.words as usize).sum()
    }

    /// Returns the places that the element of `block` and those around it name.
    pub(crate) fn place(&self, block: &RawBlock) -> PlaceSet {
        self.node(block.node).map_or(PlaceSet::NONE, |n| n.within)
    }

    /// Returns whether the page hides the block from readers.
    pub(crate) fn is_hidden(&self, block: &RawBlock) -> bool {
        self.node(block.node).is_some_and(|n| n.hidden)
    }

    /// Returns the element of that index.
    pub(crate) fn node(&self, index: u32) -> Option<&Node> {
        self.nodes.get(index as usize)
    }

    /// Returns an element and the elements around it, innermost first.
    pub(crate) fn chain(&self, index: u32) -> impl Iterator<Item = u32> + '_ {
        let first = self.node(index).map(|_| index);
        std::iter::successors(first, |&i| {
            self.node(i).map(|n| n.parent).filter(|&p| p != NO_NODE)
        })
    }

    /// Returns the interned name of that index.
    pub(crate) fn name(&self, index: u32) -> &str {
        self.names.get(index as usize).map_or("", String::as_str)
    }
}
