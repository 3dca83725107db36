//! The decision on a page: the choice of blocks that promises the best balance of text kept and noise lost.

use std::collections::hash_map::Entry;

use rustc_hash::FxHashMap;
use thresh_types::BlockKind;

use super::features::Measured;
use super::mend;
use super::model::Model;
use super::reason::{Verdict, reason};
use crate::block::{NO_NODE, RawBlock, Segmentation, Source};
use crate::measure;
use crate::place::PlaceSet;
use crate::settings::Bias;

/// What the model makes of a page.
#[derive(Debug, Clone)]
pub(crate) struct Judgement<'a> {
    pub(crate) page: &'a Segmentation,
    /// The element with the densest prose.
    best: u32,
    /// How likely each block is the page's own text, 0 to 1.
    odds: Vec<f32>,
}

/// Words of the page's own text that the model must expect, or the page is taken to have none.
const LEAST_EXPECTED: f32 = 10.0;
/// Fewest words of a block that says nothing new where it was kept before.
const REPEATED_WORDS: u32 = 5;
/// Words from which a block in the same shell is not meant to stand twice.
const LONG_WORDS: u32 = 20;
/// Lowest probability of a block that is kept where noise is worse than loss.
const PRECISE: f32 = 0.4;

/// Weight of recall against precision, squared, in the expected F-measure.
fn beta2(bias: Bias) -> f32 {
    match bias {
        Bias::Precision => 0.5,
        Bias::Balanced => 1.0,
        Bias::Recall => 3.0,
    }
}

impl<'a> Judgement<'a> {
    /// Asks the model about every block of the page.
    pub(crate) fn of(page: &'a Segmentation, model: &Model) -> Self {
        if page.source == Source::Text {
            // Lines without elements are all the page's own.
            return Self {
                page,
                best: NO_NODE,
                odds: vec![1.0; page.blocks.len()],
            };
        }
        let measured = Measured::new(page);
        Self {
            page,
            best: measured.best(),
            odds: model.probabilities(&measured),
        }
    }

    /// Marks the blocks outside the main part: those whose nearest named place is chrome, and those that no place
    /// claims and that stand outside the element with the densest prose.
    pub(crate) fn outside(&self) -> Vec<bool> {
        // Per element: outside by its nearest name, or within the best one.
        let nodes = &self.page.nodes;
        let mut named: Vec<Option<bool>> = Vec::with_capacity(nodes.len());
        let mut inside: Vec<bool> = Vec::with_capacity(nodes.len());
        for (node, i) in nodes.iter().zip(0..) {
            let parent = node.parent as usize;
            named.push(
                match (node.own.any(PlaceSet::CHROME), node.own.any(PlaceSet::OWN)) {
                    (true, _) => Some(true),
                    (false, true) => Some(false),
                    _ => named.get(parent).copied().flatten(),
                },
            );
            inside.push(i == self.best || inside.get(parent).copied().unwrap_or(false));
        }
        let of = |node: u32| {
            let within = inside.get(node as usize).copied().unwrap_or(true);
            named
                .get(node as usize)
                .copied()
                .flatten()
                .unwrap_or(!within)
        };
        self.page
            .blocks
            .iter()
            .map(|block| of(block.node))
            .collect()
    }

    /// Decides on every block that is still there; the others come out as own.
    pub(crate) fn decide(&self, alive: &[bool], bias: Bias) -> Vec<Verdict> {
        let mut chosen = self.choose(alive, bias);
        let is_manual = mend::mend(self.page, alive, &self.odds, &mut chosen);
        // The entries of a manual have headings and remarks in common.
        let repeated = match is_manual {
            true => vec![false; chosen.len()],
            false => self.repeated(&chosen),
        };
        (0..chosen.len())
            .map(|i| match (alive[i], chosen[i]) {
                (true, false) => reason(self.page, i, self.odds[i]),
                (true, true) if repeated[i] => {
                    Verdict::Around("repeat", "stands elsewhere on the page already".to_owned())
                }
                _ => Verdict::Own,
            })
            .collect()
    }

    /// Chooses the most probable blocks, as many as give the best expected F-measure.
    fn choose(&self, alive: &[bool], bias: Bias) -> Vec<bool> {
        let beta2 = beta2(bias);
        let mut order: Vec<usize> = (0..alive.len()).filter(|&i| alive[i]).collect();
        order.sort_by(|&a, &b| self.odds[b].total_cmp(&self.odds[a]).then(a.cmp(&b)));
        let words = |i: usize| self.page.blocks[i].words as f32;
        let expected: f32 = order.iter().map(|&i| self.odds[i] * words(i)).sum();
        let (mut best, mut cut, mut hits, mut taken, mut kept) = (0.0, 0, 0.0, 0.0, 0.0);
        for (rank, &i) in order.iter().enumerate() {
            hits += self.odds[i] * words(i);
            taken += words(i);
            let value = (1.0 + beta2) * hits / (taken + beta2 * expected).max(1.0);
            if value > best {
                (best, cut, kept) = (value, rank + 1, hits);
            }
        }
        let mut chosen = vec![false; alive.len()];
        if kept >= LEAST_EXPECTED || bias == Bias::Recall {
            for &i in &order[..cut] {
                chosen[i] = bias != Bias::Precision || self.odds[i] >= PRECISE;
            }
        }
        chosen
    }

    /// Marks what was kept before, word for word: the mobile twin of a text, the clone of a slide, the teaser of what
    /// follows. A note, a row or a listing of a manual may be meant to stand twice.
    fn repeated(&self, chosen: &[bool]) -> Vec<bool> {
        let mut before: FxHashMap<u64, u64> = FxHashMap::default();
        let blocks = self.page.blocks.iter().zip(chosen);
        blocks
            .map(|(block, chosen)| {
                if !*chosen || block.words < REPEATED_WORDS || !is_plain(block) {
                    return false;
                }
                let shell = self.page.node(block.node).map_or(0, |n| n.shell);
                let digest = measure::digest(&block.text);
                let twin = match before.entry(digest) {
                    Entry::Occupied(first) => *first.get(),
                    Entry::Vacant(first) => {
                        first.insert(shell);
                        return false;
                    }
                };
                twin != shell || block.words >= LONG_WORDS || block.link_density() > 0.5
            })
            .collect()
    }
}

fn is_plain(block: &RawBlock) -> bool {
    matches!(
        block.kind,
        BlockKind::Paragraph | BlockKind::Quote | BlockKind::Bullet(_) | BlockKind::Heading(_)
    )
}
