//! What is known of a page before its blocks are measured one by one.

use rustc_hash::FxHashMap;
use thresh_types::BlockKind;

use super::around::{Around, KINDS, Sum, Tree};
use super::words::{self, Words, flag};
use crate::block::{RawBlock, Segmentation};
use crate::measure;

/// What is known of a page before its blocks are looked at one by one.
pub(super) struct Scene<'a> {
    pub(super) page: &'a Segmentation,
    pub(super) words: Vec<Words>,
    /// What each block is worth.
    pub(super) own: Vec<Sum>,
    /// Sums of all blocks before.
    pub(super) before: Vec<Sum>,
    pub(super) tree: Tree,
    pub(super) groups: [FxHashMap<u64, Sum>; 3],
    pub(super) keys: Vec<[u64; 3]>,
    /// Per block: how often its text stands on the page, and how often it stood before.
    pub(super) same: Vec<[u32; 2]>,
    /// Per block: the heading over it, and the first block of the next section.
    pub(super) sections: Vec<[u32; 2]>,
    pub(super) h1: Option<usize>,
    pub(super) titled: Option<usize>,
    pub(super) first_prose: usize,
    pub(super) last_prose: usize,
    pub(super) counts: PageCounts,
}

/// Counts over the page.
#[derive(Debug)]
pub(super) struct PageCounts {
    pub(super) items: u32,
    pub(super) rows: u32,
    pub(super) prices: u32,
    pub(super) dates: u32,
    pub(super) hidden_words: u32,
    pub(super) short: u32,
    pub(super) linked: u32,
    pub(super) kinds: [u32; KINDS],
    pub(super) best: Sum,
    pub(super) most: Sum,
    pub(super) largest: u32,
}

impl PageCounts {
    fn new() -> Self {
        Self {
            items: 0,
            rows: 0,
            prices: 0,
            dates: 0,
            hidden_words: 0,
            short: 0,
            linked: 0,
            kinds: [0; KINDS],
            best: Sum::default(),
            most: Sum::default(),
            largest: 0,
        }
    }
}

/// Returns whether a block reads like prose: long enough, little of it linked, sentences.
pub(super) fn is_prose(block: &RawBlock) -> bool {
    block.link_density() < 0.4
        && (block.words >= 25 || (block.words >= 8 && measure::ends_sentence(&block.text)))
        && !measure::is_truncated(&block.text)
}

fn worth(block: &RawBlock) -> Sum {
    Sum {
        blocks: 1,
        words: block.words,
        chars: block.chars,
        link_chars: block.link_chars,
        prose: if is_prose(block) { block.words } else { 0 },
        headings: u32::from(matches!(block.kind, BlockKind::Heading(_))),
    }
}

impl<'a> Scene<'a> {
    pub(super) fn new(page: &'a Segmentation) -> Self {
        let own: Vec<Sum> = page.blocks.iter().map(worth).collect();
        let tree = Tree::new(page, &own);
        let words = words::measure(page);
        let keys: Vec<[u64; 3]> = page.blocks.iter().map(|b| keys(page, &tree, b)).collect();
        let long = |s: &Sum| s.prose >= 20;
        let titled = words.iter().zip(&page.blocks).position(|(w, b)| {
            matches!(b.kind, BlockKind::Heading(_))
                && w.tokens >= 2
                && 3 * w.in_title >= 2 * w.tokens
        });
        let mut scene = Self {
            before: running(&own),
            groups: groups(&keys, &own),
            same: same(page),
            sections: sections(page),
            h1: page
                .blocks
                .iter()
                .position(|b| b.kind == BlockKind::Heading(1)),
            titled,
            first_prose: own.iter().position(long).unwrap_or(0),
            last_prose: own.iter().rposition(long).unwrap_or(own.len()),
            counts: PageCounts::new(),
            page,
            words,
            own,
            tree,
            keys,
        };
        scene.counts = scene.count();
        scene
    }

    fn count(&self) -> PageCounts {
        let mut counts = PageCounts {
            best: self.sum(self.tree.best),
            most: self.sum(self.tree.most),
            ..PageCounts::new()
        };
        for (block, words) in self.page.blocks.iter().zip(&self.words) {
            counts.items += u32::from(matches!(
                block.kind,
                BlockKind::Bullet(_) | BlockKind::Numbered(..)
            ));
            counts.rows += u32::from(matches!(block.kind, BlockKind::TableRow { .. }));
            counts.prices += u32::from(words.flags & flag::PRICE != 0);
            counts.dates += u32::from(words.flags & flag::DATE != 0);
            counts.short += u32::from(block.words <= 3);
            counts.linked += u32::from(block.link_density() > 0.6);
            counts.largest = counts.largest.max(block.words);
            if self.page.is_hidden(block) {
                counts.hidden_words += block.words;
            }
        }
        for node in &self.tree.nodes {
            for (count, distance) in counts.kinds.iter_mut().zip(node.nearest) {
                *count += u32::from(distance == 0);
            }
        }
        counts
    }

    pub(super) fn sum(&self, node: u32) -> Sum {
        self.tree
            .nodes
            .get(node as usize)
            .map_or(self.tree.page, |n| n.sum)
    }

    pub(super) fn around(&self, i: usize) -> Option<&Around> {
        self.tree.nodes.get(self.page.blocks[i].node as usize)
    }

    /// Returns the sum of the blocks from `from` up to `to`.
    pub(super) fn between(&self, from: usize, to: usize) -> Sum {
        let last = self.before.len() - 1;
        let (a, b) = (self.before[from.min(last)], self.before[to.min(last)]);
        Sum {
            blocks: b.blocks.saturating_sub(a.blocks),
            words: b.words.saturating_sub(a.words),
            chars: b.chars.saturating_sub(a.chars),
            link_chars: b.link_chars.saturating_sub(a.link_chars),
            prose: b.prose.saturating_sub(a.prose),
            headings: b.headings.saturating_sub(a.headings),
        }
    }
}

/// Returns what a block shares with others of its shape: the class words of its element and the one around it; those of three
/// elements; the tags from the root.
fn keys(page: &Segmentation, tree: &Tree, block: &RawBlock) -> [u64; 3] {
    let mut shell = 0;
    let mut two = 0;
    for (step, around) in page.chain(block.node).take(3).enumerate() {
        shell = measure::combine(shell, page.node(around).map_or(0, |n| n.signature));
        if step == 1 {
            two = shell;
        }
    }
    let path = tree
        .nodes
        .get(block.node as usize)
        .map_or(0, |n| n.tag_path);
    [if two == 0 { shell } else { two }, shell, path]
}

fn groups(keys: &[[u64; 3]], own: &[Sum]) -> [FxHashMap<u64, Sum>; 3] {
    let mut groups: [FxHashMap<u64, Sum>; 3] = Default::default();
    for (keys, sum) in keys.iter().zip(own) {
        for (group, key) in groups.iter_mut().zip(keys) {
            group.entry(*key).or_default().add(sum);
        }
    }
    groups
}

fn running(own: &[Sum]) -> Vec<Sum> {
    let mut sums = Vec::with_capacity(own.len() + 1);
    let mut sum = Sum::default();
    sums.push(sum);
    for own in own {
        sum.add(own);
        sums.push(sum);
    }
    sums
}

fn same(page: &Segmentation) -> Vec<[u32; 2]> {
    let mut counts: FxHashMap<u64, u32> = FxHashMap::default();
    let digests: Vec<u64> = page
        .blocks
        .iter()
        .map(|b| measure::digest(&b.text))
        .collect();
    let before: Vec<u32> = digests
        .iter()
        .map(|digest| {
            let count = counts.entry(*digest).or_insert(0);
            *count += 1;
            *count - 1
        })
        .collect();
    let all = digests.iter().map(|digest| counts[digest]);
    all.zip(before).map(|(all, before)| [all, before]).collect()
}

/// Returns per block the heading over it (`u32::MAX` for none) and where the next heading stands.
fn sections(page: &Segmentation) -> Vec<[u32; 2]> {
    let mut sections = vec![[u32::MAX; 2]; page.blocks.len()];
    let is_heading = |i: usize| matches!(page.blocks[i].kind, BlockKind::Heading(_));
    let mut over = u32::MAX;
    for (i, section) in sections.iter_mut().enumerate() {
        section[0] = over;
        if is_heading(i) {
            over = i as u32;
        }
    }
    let mut end = sections.len() as u32;
    for (i, section) in sections.iter_mut().enumerate().rev() {
        section[1] = end;
        if is_heading(i) {
            end = i as u32;
        }
    }
    sections
}
