//! Sums and marks over elements: what stands within each of them, what they are near to.

use rustc_hash::FxHashMap;

use crate::block::{NO_NODE, Segmentation};
use crate::measure;

/// What stands within an element.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Sum {
    pub(super) blocks: u32,
    pub(super) words: u32,
    pub(super) chars: u32,
    pub(super) link_chars: u32,
    /// Words of paragraphs that read like prose.
    pub(super) prose: u32,
    pub(super) headings: u32,
}

impl Sum {
    pub(super) fn link_density(&self) -> f32 {
        self.link_chars.min(self.chars) as f32 / self.chars.max(1) as f32
    }

    pub(super) fn prose_share(&self) -> f32 {
        self.prose as f32 / self.words.max(1) as f32
    }

    pub(super) fn words_per_block(&self) -> f32 {
        self.words as f32 / self.blocks.max(1) as f32
    }

    pub(super) fn add(&mut self, other: &Self) {
        self.blocks += other.blocks;
        self.words += other.words;
        self.chars += other.chars;
        self.link_chars += other.link_chars;
        self.prose += other.prose;
        self.headings += other.headings;
    }
}

/// Tags whose distance is measured, beside the places that [`crate::PlaceSet`] knows.
pub(super) const TAGS: [&str; 22] = [
    "p",
    "li",
    "ul",
    "ol",
    "dl",
    "table",
    "td",
    "section",
    "article",
    "main",
    "aside",
    "nav",
    "header",
    "footer",
    "form",
    "figure",
    "blockquote",
    "details",
    "button",
    "label",
    "a",
    "div",
];
/// The names of the places, in the order of the bits of [`PlaceSet`](crate::PlaceSet).
pub(super) const PLACES: [&str; 31] = [
    "nav-place",
    "header-place",
    "footer-place",
    "aside-place",
    "main-place",
    "article-place",
    "content",
    "sidebar",
    "related",
    "share",
    "comment",
    "consent",
    "promo",
    "form-place",
    "dialog",
    "breadcrumb",
    "pager",
    "meta",
    "card",
    "toc",
    "menu",
    "table-place",
    "list",
    "button-place",
    "figure-place",
    "post",
    "product",
    "screen-reader",
    "noscript",
    "title",
    "link",
];
/// Distances per element: one per place bit, one per tag.
pub(super) const KINDS: usize = PLACES.len() + TAGS.len();
/// "There is none around."
pub(super) const FAR: u8 = 60;

/// What is known of one element.
#[derive(Debug, Clone, Copy)]
pub(super) struct Around {
    pub(super) sum: Sum,
    /// Paragraph points as passed up by up to four levels.
    points: f32,
    pub(super) depth: u32,
    /// Which of [`TAGS`] it is, from 1; 0 for others.
    pub(super) tag: u8,
    /// Elements around it, itself included, per kind: 0 is itself, [`FAR`] none.
    pub(super) nearest: [u8; KINDS],
    /// The nearest element around it that holds more blocks.
    pub(super) gaining: u32,
    /// Rank of its first block.
    pub(super) first: u32,
    /// Siblings of the same signature, itself included, and its rank among them.
    pub(super) alike: u32,
    pub(super) rank_alike: u32,
    /// Levels up to, and depth of, the nearest element that also holds the best one.
    pub(super) up: u32,
    pub(super) over: u32,
    /// The same for the deepest element that holds most of the prose.
    pub(super) up_most: u32,
    pub(super) over_most: u32,
    /// Digest of the tags from the root.
    pub(super) tag_path: u64,
}

/// Sums per element, and the elements that hold most of the prose.
#[derive(Debug)]
pub(super) struct Tree {
    pub(super) nodes: Vec<Around>,
    pub(super) page: Sum,
    pub(super) best: u32,
    pub(super) most: u32,
}

/// What a block gives to each of the elements around it, by distance.
const PASSED_UP: [f32; 5] = [1.0, 1.0, 0.6, 0.4, 0.25];
/// Share of the page's prose that the narrowest element holding "most" of it must hold.
const MOST: f32 = 0.7;

impl Tree {
    /// Measures every element; `own` gives what each block is worth.
    pub(super) fn new(page: &Segmentation, own: &[Sum]) -> Self {
        let mut tree = Self {
            nodes: outline(page),
            page: Sum::default(),
            best: NO_NODE,
            most: NO_NODE,
        };
        tree.fill(page, own);
        tree.link_up(page);
        tree.count_alike(page);
        tree.best = tree.densest();
        tree.most = tree.holding_most();
        tree.measure_distances(page);
        tree
    }

    fn fill(&mut self, page: &Segmentation, own: &[Sum]) {
        for (rank, (block, sum)) in page.blocks.iter().zip(own).enumerate() {
            self.page.add(sum);
            let Some(node) = self.nodes.get_mut(block.node as usize) else {
                continue;
            };
            node.sum.add(sum);
            node.first = node.first.min(rank as u32);
            if sum.prose > 0 {
                let points = (block.words as f32).min(120.0) * (1.0 - block.link_density() as f32);
                for (node, share) in page.chain(block.node).zip(PASSED_UP) {
                    self.nodes[node as usize].points += points * share;
                }
            }
        }
        for node in (0..self.nodes.len()).rev() {
            let (sum, first) = (self.nodes[node].sum, self.nodes[node].first);
            if let Some(around) = self.nodes.get_mut(page.nodes[node].parent as usize) {
                around.sum.add(&sum);
                around.first = around.first.min(first);
            }
        }
    }

    fn link_up(&mut self, page: &Segmentation) {
        for node in 0..self.nodes.len() {
            let parent = page.nodes[node].parent;
            let Some(around) = self.nodes.get(parent as usize).copied() else {
                continue;
            };
            self.nodes[node].gaining = if around.sum.blocks > self.nodes[node].sum.blocks {
                parent
            } else {
                around.gaining
            };
        }
    }

    fn count_alike(&mut self, page: &Segmentation) {
        let mut alike: FxHashMap<(u32, u64), u32> = FxHashMap::default();
        for (node, own) in page.nodes.iter().zip(&mut self.nodes) {
            let count = alike.entry((node.parent, node.signature)).or_insert(0);
            *count += 1;
            own.rank_alike = *count;
        }
        for (node, own) in page.nodes.iter().zip(&mut self.nodes) {
            own.alike = alike[&(node.parent, node.signature)];
        }
    }

    fn densest(&self) -> u32 {
        let mut best = (0.0_f32, NO_NODE);
        for (node, i) in self.nodes.iter().zip(0..) {
            let value = node.points * (1.0 - node.sum.link_density());
            if value > best.0 {
                best = (value, i);
            }
        }
        best.1
    }

    /// Returns the deepest element that holds most of the prose; of a page without any, of its words.
    fn holding_most(&self) -> u32 {
        let of = |s: &Sum| {
            if self.page.prose > 0 {
                s.prose
            } else {
                s.words
            }
        };
        let asked = MOST * of(&self.page) as f32;
        let mut found = NO_NODE;
        for (node, i) in self.nodes.iter().zip(0..) {
            let deeper = self
                .nodes
                .get(found as usize)
                .is_none_or(|f| node.depth > f.depth);
            if of(&node.sum) as f32 >= asked && deeper {
                found = i;
            }
        }
        found
    }

    fn measure_distances(&mut self, page: &Segmentation) {
        let (best, most) = (
            self.chain_of(page, self.best),
            self.chain_of(page, self.most),
        );
        let depth = |n: u32| self.nodes.get(n as usize).map_or(0, |n| n.depth);
        let (best_depth, most_depth) = (depth(self.best), depth(self.most));
        for node in 0..self.nodes.len() {
            let around = self.nodes.get(page.nodes[node].parent as usize).copied();
            let own = &mut self.nodes[node];
            (own.up, own.over) = match (best[node], around) {
                (true, _) => (0, best_depth.saturating_sub(own.depth)),
                (false, Some(around)) => (around.up + 1, around.over),
                (false, None) => (1, best_depth + 1),
            };
            (own.up_most, own.over_most) = match (most[node], around) {
                (true, _) => (0, most_depth.saturating_sub(own.depth)),
                (false, Some(around)) => (around.up_most + 1, around.over_most),
                (false, None) => (1, most_depth + 1),
            };
        }
    }

    fn chain_of(&self, page: &Segmentation, node: u32) -> Vec<bool> {
        let mut on = vec![false; self.nodes.len()];
        for node in page.chain(node) {
            on[node as usize] = true;
        }
        on
    }
}

/// Returns what the elements are by themselves: depth, tag, places around.
fn outline(page: &Segmentation) -> Vec<Around> {
    let tags: Vec<u8> = page
        .names
        .iter()
        .map(|name| {
            TAGS.iter()
                .position(|t| t == name)
                .map_or(0, |i| i as u8 + 1)
        })
        .collect();
    let mut nodes: Vec<Around> = Vec::with_capacity(page.nodes.len());
    for node in &page.nodes {
        let around = nodes.get(node.parent as usize);
        let mut nearest = around.map_or([FAR; KINDS], |a| {
            a.nearest.map(|d| d.saturating_add(1).min(FAR))
        });
        for (bit, distance) in nearest[..PLACES.len()].iter_mut().enumerate() {
            if node.own.0 >> bit & 1 == 1 {
                *distance = 0;
            }
        }
        let tag = tags.get(node.tag as usize).copied().unwrap_or(0);
        if tag > 0 {
            nearest[PLACES.len() - 1 + usize::from(tag)] = 0;
        }
        let depth = around.map_or(0, |a| a.depth + 1);
        let tag_path = measure::combine(around.map_or(0, |a| a.tag_path), u64::from(node.tag));
        nodes.push(Around {
            sum: Sum::default(),
            points: 0.0,
            depth,
            tag,
            nearest,
            gaining: NO_NODE,
            first: u32::MAX,
            alike: 1,
            rank_alike: 1,
            up: 0,
            over: 0,
            up_most: 0,
            over_most: 0,
            tag_path,
        });
    }
    nodes
}
