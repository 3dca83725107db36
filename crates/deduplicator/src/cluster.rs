//! Joins documents while pairs that must stay apart do.

use rustc_hash::FxHashSet;

/// A union-find structure with cannot-link pairs.
pub(crate) struct Forest {
    parents: Vec<u32>,
    sizes: Vec<u32>,
    /// The roots that a root must not join; kept both ways.
    foes: Vec<FxHashSet<u32>>,
}

impl Forest {
    /// Returns `count` documents, each alone.
    pub(crate) fn new(count: usize) -> Self {
        let last = u32::try_from(count).unwrap_or(u32::MAX);
        Self {
            parents: (0..last).collect(),
            sizes: vec![1; count],
            foes: vec![FxHashSet::default(); count],
        }
    }

    /// Returns the root of the cluster of `document`.
    pub(crate) fn root(&mut self, document: u32) -> u32 {
        let mut at = document;
        while self.parents[at as usize] != at {
            // Path halving: every other step is shortened.
            let above = self.parents[self.parents[at as usize] as usize];
            self.parents[at as usize] = above;
            at = above;
        }
        at
    }

    /// Keeps two documents apart from now on, unless they share a cluster already.
    pub(crate) fn forbid(&mut self, a: u32, b: u32) {
        let (a, b) = (self.root(a), self.root(b));
        if a != b {
            self.foes[a as usize].insert(b);
            self.foes[b as usize].insert(a);
        }
    }

    /// Joins two clusters and returns whether they share one now.
    pub(crate) fn join(&mut self, a: u32, b: u32) -> bool {
        let (a, b) = (self.root(a), self.root(b));
        if a == b {
            return true;
        }
        if self.foes[a as usize].contains(&b) {
            return false;
        }
        let weight =
            |root: u32| self.sizes[root as usize] as usize + self.foes[root as usize].len();
        let (large, small) = if weight(a) >= weight(b) {
            (a, b)
        } else {
            (b, a)
        };
        self.parents[small as usize] = large;
        self.sizes[large as usize] += self.sizes[small as usize];
        for foe in std::mem::take(&mut self.foes[small as usize]) {
            let of_foe = &mut self.foes[foe as usize];
            of_foe.remove(&small);
            of_foe.insert(large);
            self.foes[large as usize].insert(foe);
        }
        true
    }

    /// Returns the root of every document.
    pub(crate) fn roots(&mut self) -> Vec<u32> {
        let count = u32::try_from(self.parents.len()).unwrap_or(u32::MAX);
        (0..count).map(|document| self.root(document)).collect()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn foes_stay_apart_through_others() {
        let mut forest = Forest::new(4);
        forest.forbid(0, 3);
        assert!(forest.join(0, 1));
        assert!(forest.join(2, 3));
        assert!(!forest.join(1, 2));
        assert_ne!(forest.root(0), forest.root(3));
    }

    proptest! {
        #[test]
        fn no_order_of_joins_links_foes(
            foes in prop::collection::vec((0_u32..12, 0_u32..12), 0..6),
            joins in prop::collection::vec((0_u32..12, 0_u32..12), 0..60),
        ) {
            let mut forest = Forest::new(12);
            for &(a, b) in &foes {
                forest.forbid(a, b);
            }
            for &(a, b) in &joins {
                let joined = forest.join(a, b);
                prop_assert_eq!(joined, forest.root(a) == forest.root(b));
            }
            for &(a, b) in foes.iter().filter(|(a, b)| a != b) {
                prop_assert_ne!(forest.root(a), forest.root(b));
            }
        }
    }
}
