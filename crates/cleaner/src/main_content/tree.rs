//! Sums over elements: words, links and blocks of everything within each of them.

use crate::block::{NO_NODE, Segmentation};
use crate::measure;
use crate::place::PlaceSet;

/// What stands within an element.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Sum {
    pub(super) blocks: u32,
    pub(super) words: u32,
    pub(super) chars: u32,
    pub(super) link_chars: u32,
    /// Words of paragraphs that read like prose.
    pub(super) prose: u32,
    /// Paragraph points as passed up by up to four levels.
    pub(super) points: f32,
}

impl Sum {
    pub(super) fn link_density(&self) -> f32 {
        self.link_chars.min(self.chars) as f32 / self.chars.max(1) as f32
    }

    fn add(&mut self, other: &Self) {
        self.blocks += other.blocks;
        self.words += other.words;
        self.chars += other.chars;
        self.link_chars += other.link_chars;
        self.prose += other.prose;
    }
}

/// Sums per element, and the element that holds most of the prose most closely.
#[derive(Debug)]
pub(super) struct Tree {
    pub(super) sums: Vec<Sum>,
    pub(super) page: Sum,
    pub(super) depths: Vec<u32>,
    /// Whether the element is the best one or around it, and how deep the best one lies.
    pub(super) best_chain: Vec<bool>,
    pub(super) best: u32,
}

/// What a block gives to each of the elements around it, by distance.
const PASSED_UP: [f32; 5] = [1.0, 1.0, 0.6, 0.4, 0.25];

impl Tree {
    pub(super) fn new(page: &Segmentation, alive: &[bool]) -> Self {
        let mut tree = Self {
            sums: vec![Sum::default(); page.nodes.len()],
            page: Sum::default(),
            depths: Vec::with_capacity(page.nodes.len()),
            best_chain: vec![false; page.nodes.len()],
            best: NO_NODE,
        };
        for node in &page.nodes {
            let depth = tree.depths.get(node.parent as usize).map_or(0, |d| d + 1);
            tree.depths.push(depth);
        }
        tree.fill(page, alive);
        tree.find_best(page);
        tree
    }

    fn fill(&mut self, page: &Segmentation, alive: &[bool]) {
        for (i, block) in page.blocks.iter().enumerate() {
            if !alive[i] {
                continue;
            }
            let prose = is_prose(page, i);
            let sum = Sum {
                blocks: 1,
                words: block.words,
                chars: block.chars,
                link_chars: block.link_chars,
                prose: if prose { block.words } else { 0 },
                points: 0.0,
            };
            self.page.add(&sum);
            if let Some(own) = self.sums.get_mut(block.node as usize) {
                own.add(&sum);
            }
            if prose {
                let points = (block.words as f32).min(120.0) * (1.0 - block.link_density() as f32);
                for (node, share) in page.chain(block.node).zip(PASSED_UP) {
                    self.sums[node as usize].points += points * share;
                }
            }
        }
        for node in (0..page.nodes.len()).rev() {
            let (sum, parent) = (self.sums[node], page.nodes[node].parent);
            if let Some(around) = self.sums.get_mut(parent as usize) {
                around.add(&sum);
            }
        }
    }

    fn find_best(&mut self, page: &Segmentation) {
        let mut best = (0.0_f32, NO_NODE);
        for (i, sum) in self.sums.iter().enumerate() {
            let value = sum.points * (1.0 - sum.link_density());
            if value > best.0 {
                best = (value, u32::try_from(i).unwrap_or(NO_NODE));
            }
        }
        self.best = best.1;
        for node in page.chain(self.best) {
            self.best_chain[node as usize] = true;
        }
    }

    /// Returns how many levels lie between the element and the nearest one that also holds the best,
    /// and how many between that and the best.
    pub(super) fn distance(&self, page: &Segmentation, node: u32) -> (u32, u32) {
        let depth = |n: u32| self.depths.get(n as usize).copied().unwrap_or(0);
        let up = page
            .chain(node)
            .take(200)
            .position(|n| self.best_chain[n as usize]);
        let meeting = page
            .chain(node)
            .take(200)
            .find(|&n| self.best_chain[n as usize]);
        match (up, meeting) {
            (Some(up), Some(meeting)) => (
                u32::try_from(up).unwrap_or(0),
                depth(self.best).saturating_sub(depth(meeting)),
            ),
            _ => (20, 20),
        }
    }
}

/// Marks the blocks outside the main part: those whose nearest named place is chrome, and those that
/// no place claims and that stand outside the element with the densest prose.
pub(crate) fn outside(page: &Segmentation, alive: &[bool]) -> Vec<bool> {
    let best = Tree::new(page, alive).best;
    // Per element: outside by its nearest name, or within the best one.
    let mut named: Vec<Option<bool>> = Vec::with_capacity(page.nodes.len());
    let mut inside: Vec<bool> = Vec::with_capacity(page.nodes.len());
    for (i, node) in page.nodes.iter().enumerate() {
        let parent = node.parent as usize;
        let own = match (node.own.any(PlaceSet::CHROME), node.own.any(PlaceSet::OWN)) {
            (true, _) => Some(true),
            (false, true) => Some(false),
            _ => named.get(parent).copied().flatten(),
        };
        named.push(own);
        inside.push(i == best as usize || inside.get(parent).copied().unwrap_or(false));
    }
    let of = |node: u32| {
        let node = node as usize;
        let within = inside.get(node).copied().unwrap_or(true);
        named.get(node).copied().flatten().unwrap_or(!within)
    };
    page.blocks.iter().map(|block| of(block.node)).collect()
}

/// Returns whether a block reads like prose: long enough, little of it linked, sentences.
pub(super) fn is_prose(page: &Segmentation, i: usize) -> bool {
    let block = &page.blocks[i];
    block.link_density() < 0.4
        && (block.words >= 25 || (block.words >= 8 && measure::ends_sentence(&block.text)))
        && !measure::is_truncated(&block.text)
}
