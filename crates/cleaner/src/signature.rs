//! What a site profile needs to know of a block.

use thresh_types::BlockKind;

use crate::block::{RawBlock, Segmentation};
use crate::measure;
use crate::place::PlaceSet;

/// The recurring side of a block: digests of what it says, where it stands and where it leads.
///
/// Every digest is 0 where there is nothing to digest.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Signature {
    /// Digest of the text in lower case, digits masked, punctuation aside.
    pub text: u64,
    /// Digest of the tags and class words of the innermost three elements around it; elements further
    /// out often bear the classes of their post.
    pub nook: u64,
    /// Digest of the tags alone of the innermost six elements around it.
    pub frame: u64,
    /// Digest of the address that its last link leads to, fragment aside, however short the link is.
    pub link: u64,
    /// Digest of its letters and digits, for texts that could be a title.
    pub title: u64,
    /// Digest of its first six words, for texts that are not headings.
    pub opening: u64,
    /// The innermost element that holds it, an index into the page's elements.
    pub node: u32,
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
    /// Whether it is a row of a table.
    pub row: bool,
    /// Whether it holds a digit, so that what recurs of it may not be all it says.
    pub digits: bool,
}

/// A block counts as linked when at least this share of its characters stands in links.
const LINKED: f64 = 0.6;
/// Most words of a title, and fewest letters and digits.
const TITLE_WORDS: u32 = 40;
const TITLE_CHARS: usize = 4;
const TITLE_BYTES: usize = 600;
/// Bytes from which a text recurs to the letter or not at all.
const LONG: usize = 400;
/// Words that an opening is known by: six in a row are rarely chance.
const OPENING: usize = 6;

impl Signature {
    pub(crate) fn of(page: &Segmentation, block: &RawBlock, around: &Around) -> Self {
        let node = page.node(block.node);
        let linked = block.link_density() >= LINKED;
        let heading = matches!(block.kind, BlockKind::Heading(_));
        let (nook, frame) = around.of(block.node);
        Self {
            text: recurring(&block.text),
            nook,
            frame,
            link: block.links.last().map_or(0, |link| address(&link.href)),
            title: title_of(&block.text, block.words),
            opening: if heading { 0 } else { opening(&block.text) },
            node: block.node,
            words: block.words,
            place: node.map_or(PlaceSet::NONE, |n| n.within),
            linked,
            truncated: is_teaser(block),
            heading,
            code: block.kind == BlockKind::Code || block.all_code,
            row: matches!(block.kind, BlockKind::TableRow { .. }),
            digits: block.text.bytes().any(|b| b.is_ascii_digit()),
        }
    }
}

/// Digests of the elements around each element of a page, in tags alone and with class words.
#[derive(Debug)]
pub(crate) struct Around {
    digests: Vec<(u64, u64)>,
}

const NOOK: usize = 3;
const FRAME: usize = 6;

impl Around {
    pub(crate) fn new(page: &Segmentation) -> Self {
        let mut tags = vec![0; page.names.len()];
        let mut lines: Vec<[u64; NOOK + FRAME]> = Vec::with_capacity(page.nodes.len());
        let mut digests = Vec::with_capacity(page.nodes.len());
        // A parent stands before its children, so each element only adds itself to its parent's line.
        for node in &page.nodes {
            let mut line = [0; NOOK + FRAME];
            if let Some(around) = lines.get(node.parent as usize) {
                line[1..NOOK].copy_from_slice(&around[..NOOK - 1]);
                line[NOOK + 1..].copy_from_slice(&around[NOOK..NOOK + FRAME - 1]);
            }
            line[0] = node.signature;
            line[NOOK] = tag(page, node.tag, &mut tags);
            digests.push((digest_all(&line[..NOOK]), digest_all(&line[NOOK..])));
            lines.push(line);
        }
        Self { digests }
    }

    fn of(&self, node: u32) -> (u64, u64) {
        self.digests.get(node as usize).copied().unwrap_or_default()
    }
}

/// Returns the digest of at most [`FRAME`] digests.
fn digest_all(digests: &[u64]) -> u64 {
    let mut bytes = [0; 8 * FRAME];
    for (slot, digest) in bytes.chunks_exact_mut(8).zip(digests) {
        slot.copy_from_slice(&digest.to_le_bytes());
    }
    xxhash_rust::xxh3::xxh3_64(&bytes)
}

/// Returns the digest of a name, computed once.
fn tag(page: &Segmentation, name: u32, known: &mut [u64]) -> u64 {
    let Some(slot) = known.get_mut(name as usize) else {
        return 0;
    };
    if *slot == 0 {
        *slot = measure::digest(page.name(name));
    }
    *slot
}

/// Returns the digest of what recurs of a text. A long one has no counter that is worth masking.
fn recurring(text: &str) -> u64 {
    if text.len() > LONG {
        return measure::digest(text);
    }
    measure::digest(&measure::masked(text))
}

/// Returns the digest of an address without what often differs between two ways to write it: scheme,
/// `www.`, fragment and a slash at the end.
pub(crate) fn address(href: &str) -> u64 {
    let whole = href.split('#').next().unwrap_or("");
    let bare = whole.split_once("://").map_or(whole, |(_, rest)| rest);
    let bare = bare.strip_prefix("www.").unwrap_or(bare);
    match bare.trim_end_matches('/') {
        "" => 0,
        bare => measure::digest(bare),
    }
}

/// Returns the digest that a text is known by where it is a title; 0 where it can be none.
pub(crate) fn title_of(text: &str, words: u32) -> u64 {
    if words > TITLE_WORDS || text.len() > TITLE_BYTES {
        return 0;
    }
    let key = measure::title_key(text);
    match key.chars().nth(TITLE_CHARS - 1) {
        Some(_) => measure::digest(&key),
        None => 0,
    }
}

/// Returns the digest of the first words of a text; 0 where it has too few.
fn opening(text: &str) -> u64 {
    let mut words = text
        .split(|c: char| !c.is_alphanumeric())
        .filter(|w| !w.is_empty());
    let mut key = String::with_capacity(64);
    for _ in 0..OPENING {
        let Some(word) = words.next() else {
            return 0;
        };
        key.extend(word.chars().flat_map(char::to_lowercase));
        key.push(' ');
    }
    measure::digest(&key)
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_ways_to_write_an_address_are_one() {
        let one = address("https://www.desk.example/letters/7/");
        assert_eq!(one, address("http://desk.example/letters/7#top"));
        assert_ne!(one, address("http://desk.example/letters/8"));
        assert_eq!(address("#top"), 0);
    }

    #[test]
    fn an_opening_is_the_first_words_in_any_script() {
        let whole = "Die Träger am Kai fragten: nach Lohn, und nach Papieren.";
        assert_eq!(
            opening(whole),
            opening("die träger am Kai – fragten nach Loh…")
        );
        assert_eq!(opening("Only five words stand here."), 0);
    }
}
