//! What a site profile needs to know of a block.

use serde::{Deserialize, Serialize};
use thresh_types::BlockKind;

use crate::block::{RawBlock, Segmentation};
use crate::measure;
use crate::place::PlaceSet;

/// The recurring side of a block: what it says with digits masked, and the shell it stands in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Signature {
    /// Digest of the text in lower case, digits masked, punctuation aside.
    pub text: u64,
    /// Digest of the tags and class words of the innermost six elements around it.
    pub shell: u64,
    /// Digest of the address that the block links to with most of its text; 0 where it does not.
    pub target: u64,
    /// Words of the text.
    pub words: u32,
    /// What the elements around it say about its place.
    pub place: PlaceSet,
    /// Whether most of its characters stand in links.
    pub linked: bool,
    /// Whether it was cut and says so.
    pub truncated: bool,
    /// Whether it is a heading.
    pub heading: bool,
    /// Whether it is code, which repetition never decides on.
    pub code: bool,
}

/// A block counts as linked when at least this share of its characters stands in links.
const LINKED: f64 = 0.6;

impl Signature {
    pub(crate) fn of(page: &Segmentation, block: &RawBlock) -> Self {
        let node = page.node(block.node);
        let linked = block.link_density() >= LINKED;
        let target = block.links.first().filter(|_| linked);
        Self {
            text: measure::digest(&measure::masked(&block.text)),
            shell: node.map_or(0, |n| n.shell),
            target: target.map_or(0, |link| measure::digest(&link.href)),
            words: block.words,
            place: node.map_or(PlaceSet::NONE, |n| n.within),
            linked,
            truncated: is_teaser(block),
            heading: matches!(block.kind, BlockKind::Heading(_)),
            code: block.kind == BlockKind::Code || block.all_code,
        }
    }
}

/// Returns whether the text breaks off, with or without a link to the rest after the ellipsis.
fn is_teaser(block: &RawBlock) -> bool {
    let text = block.text.trim_end();
    let body = block
        .links
        .last()
        .and_then(|link| text.strip_suffix(link.text.as_str()))
        .unwrap_or(text);
    measure::is_truncated(body) || measure::is_truncated(text)
}
