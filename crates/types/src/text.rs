//! Blocks of text, each kept or dropped for a named reason.

use serde::{Deserialize, Serialize};

use crate::RuleId;

/// What a block is in the structure of its page.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum BlockKind {
    /// A heading of level 1 to 6.
    Heading(u8),
    /// A paragraph, or any text whose element says nothing more.
    Paragraph,
    /// An item of a bulleted list, nested this deep (1 is the outermost).
    Bullet(u8),
    /// An item of a numbered list, nested this deep, with its number.
    Numbered(u8, u32),
    /// A row of a table, its cells joined by ` | `; the flag tells a header row.
    TableRow {
        /// Whether every cell of the row is a header cell.
        header: bool,
    },
    /// Preformatted text: white space is kept as it stands.
    Code,
    /// A quotation.
    Quote,
    /// The caption of a picture or table.
    Caption,
    /// The term that a definition list defines.
    Term,
    /// The definition of a term.
    Definition,
    /// A footnote.
    Footnote,
}

/// Names a block within its page, and survives changes elsewhere on it: a digest of the block's text
/// and of how often that text stood on the page before.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Anchor(pub u64);

impl From<Anchor> for String {
    fn from(anchor: Anchor) -> Self {
        anchor.to_string()
    }
}

impl TryFrom<String> for Anchor {
    type Error = std::num::ParseIntError;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        u64::from_str_radix(&text, 16).map(Self)
    }
}

impl std::fmt::Display for Anchor {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:016x}", self.0)
    }
}

/// Whether a block stays in the document, and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "fate")]
pub enum Fate {
    /// The block is part of the document's text.
    Kept {
        /// What spoke for it, in a few words.
        why: String,
    },
    /// The block is no part of the document's text.
    Dropped {
        /// The rule that decided.
        rule: RuleId,
        /// What the rule saw, in a few words.
        why: String,
    },
}

impl Fate {
    /// Returns whether the block stays.
    pub const fn is_kept(&self) -> bool {
        matches!(self, Self::Kept { .. })
    }
}

/// A typographic repair: `from` stood in the capture where the text now has `to`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Repair {
    /// The rule that repaired.
    pub rule: RuleId,
    /// Where it was made: the offset in bytes of [`to`](Self::to) in the text as it was right after this
    /// repair, before those that follow it in the list.
    #[serde(default)]
    pub at: usize,
    /// The text before.
    pub from: String,
    /// The text after.
    pub to: String,
}

impl Repair {
    /// Takes the repair back in a text that it was the last one of; nothing if the text does not hold
    /// [`to`](Self::to) at its place.
    pub fn undo(&self, text: &str) -> Option<String> {
        let (before, rest) = text.split_at_checked(self.at)?;
        let after = rest.strip_prefix(self.to.as_str())?;
        Some([before, &self.from, after].concat())
    }
}

/// A block with its fate.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Block {
    /// What the block is.
    pub kind: BlockKind,
    /// Its text after repair, white space collapsed except in [`BlockKind::Code`].
    pub text: String,
    /// The same text with inline marks (links, emphasis, code) in Markdown, where it has any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub markdown: Option<String>,
    /// The path of elements from the body, for example `main/article/p[3]`; the line number for
    /// text that was extracted by someone else.
    pub path: String,
    /// The name of the block within its page.
    pub anchor: Anchor,
    /// What was repaired in it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub repairs: Vec<Repair>,
    /// Kept or dropped.
    pub fate: Fate,
}

/// A page as blocks, each kept or dropped for a named reason.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct CleanText {
    /// Every block in the order of the page.
    pub blocks: Vec<Block>,
    /// What a person should know, for example that the page guard spoke.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub warnings: Vec<String>,
}

impl CleanText {
    /// Returns the blocks that stay.
    pub fn kept(&self) -> impl Iterator<Item = &Block> {
        self.blocks.iter().filter(|block| block.fate.is_kept())
    }

    /// Returns the blocks that go, with rule and reason.
    pub fn dropped(&self) -> impl Iterator<Item = (&Block, &RuleId, &str)> {
        self.blocks.iter().filter_map(|block| match &block.fate {
            Fate::Dropped { rule, why } => Some((block, rule, why.as_str())),
            Fate::Kept { .. } => None,
        })
    }
}
