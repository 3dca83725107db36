//! Trees asked for many blocks at once.
//!
//! A walk from node to node waits for one load after the other. Instead, every node of a tree is asked for a whole
//! batch of blocks, which the compiler turns into vector instructions: where a block's value is above the node's
//! cut, the leaves on the node's left are out of reach. The leaf that a walk ends at is the leftmost one still in
//! reach (`QuickScorer`, Lucchese et al. 2015). Leaves are eight to a byte, so that a node mostly writes one byte.

use super::{Inner, LEAF};

/// Blocks asked at once.
pub(super) const LANES: usize = 32;
/// Leaves told by one byte.
const BYTE: usize = 8;

/// The bins of one feature, block by block.
pub(super) type Lane = [u8; LANES];

/// What a value above the cut puts out of reach, of eight leaves.
#[derive(Debug, Clone, Copy)]
struct Question {
    feature: u8,
    cut: u8,
    beyond: u8,
}

/// A tree as its questions.
#[derive(Debug, Clone)]
pub(super) struct Questions {
    /// The questions about the first eight leaves, then about the next.
    all: Vec<Question>,
    /// Per eight leaves, the end of their questions.
    ends: Vec<usize>,
    /// The leaves from left to right.
    leaves: Vec<f32>,
}

impl Questions {
    /// Returns the tree's questions, or none where some node or leaf is not reached on exactly one path.
    ///
    /// Every child has to be one of the nodes that follow, or one of the leaves.
    pub(super) fn of(inner: &[Inner], leaves: &[f32]) -> Option<Self> {
        let order = Order::of(inner, leaves.len())?;
        let mut asked = Vec::new();
        for (node, (start, end)) in inner.iter().zip(&order.left) {
            for byte in start / BYTE..end.div_ceil(BYTE) {
                let beyond = bits(*start, *end, byte * BYTE);
                let (feature, cut) = (node.feature, node.cut);
                asked.push((
                    byte,
                    Question {
                        feature,
                        cut,
                        beyond,
                    },
                ));
            }
        }
        asked.sort_by_key(|(byte, _)| *byte);
        let bytes = 0..leaves.len().div_ceil(BYTE);
        Some(Self {
            ends: bytes
                .map(|byte| asked.partition_point(|(of, _)| *of <= byte))
                .collect(),
            all: asked.into_iter().map(|(_, question)| question).collect(),
            leaves: order.leaves.iter().map(|&leaf| leaves[leaf]).collect(),
        })
    }

    /// Adds to each sum the leaf of its block.
    pub(super) fn add(&self, bins: &[Lane], sums: &mut [f32; LANES]) {
        let mut reached = [0_u8; LANES];
        for byte in (0..self.ends.len()).rev() {
            let first = (byte * BYTE) as u8;
            for (at, beyond) in reached.iter_mut().zip(self.beyond(byte, bins)) {
                let here = first + beyond.trailing_ones() as u8;
                *at = if beyond == u8::MAX { *at } else { here };
            }
        }
        for (sum, at) in sums.iter_mut().zip(reached) {
            *sum += self.leaves[usize::from(at)];
        }
    }

    /// Returns per block which of the eight leaves are out of reach.
    fn beyond(&self, byte: usize, bins: &[Lane]) -> Lane {
        let end = self.ends[byte];
        let start = byte.checked_sub(1).map_or(0, |before| self.ends[before]);
        let mut out = [0_u8; LANES];
        for &Question {
            feature,
            cut,
            beyond,
        } in &self.all[start..end]
        {
            let bins = &bins[usize::from(feature)];
            for (out, bin) in out.iter_mut().zip(bins) {
                // No branch: that is what lets the compiler take all lanes in a few steps.
                *out |= u8::from(*bin > cut).wrapping_neg() & beyond;
            }
        }
        out
    }
}

/// Returns the bits of the eight leaves from `first` that lie in the range.
fn bits(start: usize, end: usize, first: usize) -> u8 {
    (0..BYTE)
        .filter(|bit| (start..end).contains(&(first + bit)))
        .fold(0, |bits, bit| bits | 1 << bit)
}

/// The leaves from left to right.
struct Order {
    /// Per node, the range of the leaves on its left.
    left: Vec<(usize, usize)>,
    /// The numbers of the leaves.
    leaves: Vec<usize>,
}

impl Order {
    fn of(inner: &[Inner], leaves: usize) -> Option<Self> {
        if !is_tree(inner, leaves) {
            return None;
        }
        // Children follow their parents: sizes are known from the last node on, places from the first on.
        let mut sizes = vec![1_usize; inner.len()];
        let size = |sizes: &[usize], child: u8| {
            sizes
                .get(usize::from(child))
                .filter(|_| child < LEAF)
                .map_or(1, |n| *n)
        };
        for (i, node) in inner.iter().enumerate().rev() {
            sizes[i] = node.children.iter().map(|&child| size(&sizes, child)).sum();
        }
        let mut order = Self {
            left: vec![(0, 0); inner.len()],
            leaves: vec![0; leaves],
        };
        for (i, node) in inner.iter().enumerate() {
            let start = order.left[i].0;
            let middle = start + size(&sizes, node.children[0]);
            order.left[i].1 = middle;
            for (child, place) in node.children.into_iter().zip([start, middle]) {
                match child.checked_sub(LEAF) {
                    Some(leaf) => order.leaves[place] = usize::from(leaf),
                    None => order.left[usize::from(child)].0 = place,
                }
            }
        }
        Some(order)
    }
}

/// Returns whether each node but the first, and each leaf, is the child of exactly one node.
fn is_tree(inner: &[Inner], leaves: usize) -> bool {
    let mut children: Vec<u8> = inner.iter().flat_map(|node| node.children).collect();
    children.sort_unstable();
    let below = (1..inner.len()).chain((0..leaves).map(|leaf| leaf + usize::from(LEAF)));
    below.eq(children.into_iter().map(usize::from))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn node(feature: u8, cut: u8, children: [u8; 2]) -> Inner {
        Inner {
            feature,
            cut,
            children,
            mean: 0.0,
        }
    }

    /// The next number of a linear congruential series, below `bound`.
    fn next(seed: &mut u64, bound: usize) -> usize {
        *seed = seed
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (*seed >> 33) as usize % bound
    }

    /// Grows a tree of any shape: again and again some leaf becomes a node.
    fn grown(nodes: usize, seed: &mut u64) -> Vec<Inner> {
        let mut inner = vec![node(0, 3, [LEAF, LEAF + 1])];
        for grown in 1..nodes {
            let leaf = LEAF + next(seed, grown + 1) as u8;
            let at = inner
                .iter_mut()
                .flat_map(|n| &mut n.children)
                .find(|child| **child == leaf);
            *at.expect("every leaf hangs on a node") = grown as u8;
            inner.push(node(
                next(seed, 5) as u8,
                next(seed, 8) as u8,
                [leaf, LEAF + grown as u8 + 1],
            ));
        }
        inner
    }

    fn walked(inner: &[Inner], bins: &[Lane], lane: usize) -> u8 {
        let mut at = 0;
        while at < LEAF {
            let node = inner[usize::from(at)];
            at = node.children[usize::from(bins[usize::from(node.feature)][lane] > node.cut)];
        }
        at - LEAF
    }

    #[test]
    fn a_batch_reaches_the_leaves_that_walks_reach() {
        let mut seed = 7;
        for nodes in [1, 2, 7, 8, 31, 32, 63, 90, 127] {
            for _ in 0..20 {
                let inner = grown(nodes, &mut seed);
                let leaves: Vec<f32> = (0..=nodes).map(|leaf| leaf as f32).collect();
                let bins: Vec<Lane> = (0..5)
                    .map(|_| std::array::from_fn(|_| next(&mut seed, 10) as u8))
                    .collect();
                let mut sums = [0.0; LANES];
                Questions::of(&inner, &leaves)
                    .expect("a tree")
                    .add(&bins, &mut sums);
                let expected: Vec<f32> = (0..LANES)
                    .map(|lane| f32::from(walked(&inner, &bins, lane)))
                    .collect();
                assert_eq!(sums.to_vec(), expected, "{nodes} nodes");
            }
        }
    }

    #[test]
    fn what_is_no_tree_is_told() {
        let twice = [node(0, 0, [1, 1]), node(0, 0, [LEAF, LEAF + 1])];
        assert!(Questions::of(&twice, &[0.0; 2]).is_none());
        let shared = [node(0, 0, [LEAF, LEAF])];
        assert!(Questions::of(&shared, &[0.0]).is_none());
        let left_over = [node(0, 0, [LEAF, LEAF + 1])];
        assert!(Questions::of(&left_over, &[0.0; 3]).is_none());
        assert!(Questions::of(&left_over, &[0.0; 2]).is_some());
    }
}
