//! Counts the 5-grams that two documents share, exactly.
//!
//! A table of one document's 5-grams is made once and asked for those of every other: four bytes a
//! slot, so that it stays in the nearest cache, and no sorting.

use crate::sketch::shingles;

/// The 5-grams of one document.
pub(crate) struct Grams {
    /// In the order of the text.
    hashes: Vec<u64>,
    /// For each 5-gram the index of its first place.
    places: Vec<u32>,
    /// Whether the 5-gram that has its first place here has more.
    repeated: Vec<bool>,
    /// Open addressing: the index of the first place of a 5-gram plus one, 0 for none.
    slots: Vec<u32>,
    distinct: usize,
}

/// What was seen of a 5-gram in the other document: [`UNSEEN`], an index plus one, or [`OFTEN`].
#[derive(Default)]
pub(crate) struct Marks {
    seen: Vec<u32>,
    order: Vec<u32>,
}

const UNSEEN: u32 = 0;
const OFTEN: u32 = u32::MAX;

impl Grams {
    /// Returns the 5-grams of the document with these word hashes.
    pub(crate) fn of(words: &[u64]) -> Self {
        let hashes: Vec<u64> = shingles(words).collect();
        let mut grams = Self {
            slots: vec![0; (hashes.len() * 2).next_power_of_two().max(2)],
            places: Vec::with_capacity(hashes.len()),
            repeated: vec![false; hashes.len()],
            hashes,
            distinct: 0,
        };
        for (index, &hash) in (0..).zip(&grams.hashes) {
            let slot = grams.slot(hash);
            let place = match grams.slots[slot] {
                0 => {
                    grams.slots[slot] = index + 1;
                    grams.distinct += 1;
                    index
                }
                taken => {
                    grams.repeated[taken as usize - 1] = true;
                    taken - 1
                }
            };
            grams.places.push(place);
        }
        grams
    }

    /// Returns the number of distinct 5-grams.
    pub(crate) const fn distinct(&self) -> usize {
        self.distinct
    }

    /// Returns the slot that holds `hash`, or the empty one where it belongs.
    #[inline]
    fn slot(&self, hash: u64) -> usize {
        let mask = self.slots.len() - 1;
        let mut at = hash as usize & mask;
        loop {
            let found = self.slots[at] as usize;
            if found == 0 || self.hashes[found - 1] == hash {
                return at;
            }
            at = (at + 1) & mask;
        }
    }

    /// Returns how many distinct 5-grams both have, and the places of those that occur once in both,
    /// ascending by the first.
    pub(crate) fn common(&self, other: &Self, marks: &mut Marks) -> (usize, Vec<(u32, u32)>) {
        // The smaller document asks the table of the larger one.
        if self.hashes.len() > other.hashes.len() {
            let (shared, mut anchors) = other.asks(self, marks);
            anchors.iter_mut().for_each(|pair| *pair = (pair.1, pair.0));
            anchors.sort_unstable();
            return (shared, anchors);
        }
        self.asks(other, marks)
    }

    fn asks(&self, other: &Self, marks: &mut Marks) -> (usize, Vec<(u32, u32)>) {
        marks.reset(other.hashes.len());
        let mut next = 0;
        for (x, &hash) in (1..).zip(&self.hashes) {
            // Where two texts are alike they go on being alike.
            let at = match other.hashes.get(next) {
                Some(&follows) if follows == hash => next,
                _ => match other.slots[other.slot(hash)] {
                    0 => continue,
                    found => found as usize - 1,
                },
            };
            next = at + 1;
            marks.see(other.places[at], x);
        }
        (marks.order.len(), marks.anchors(other))
    }
}

impl Marks {
    /// Forgets what was seen, and makes room for `length` places.
    fn reset(&mut self, length: usize) {
        for &place in &self.order {
            self.seen[place as usize] = UNSEEN;
        }
        self.order.clear();
        if self.seen.len() < length {
            self.seen.resize(length, UNSEEN);
        }
    }

    #[inline]
    fn see(&mut self, place: u32, x: u32) {
        let mark = &mut self.seen[place as usize];
        if *mark == UNSEEN {
            *mark = x;
            self.order.push(place);
        } else {
            *mark = OFTEN;
        }
    }

    fn anchors(&self, other: &Grams) -> Vec<(u32, u32)> {
        let once = self
            .order
            .iter()
            .filter(|&&place| !other.repeated[place as usize]);
        once.map(|&place| (self.seen[place as usize], place))
            .filter(|&(x, _)| x != OFTEN)
            .map(|(x, y)| (x - 1, y))
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;

    use super::*;

    fn places(words: &[u64]) -> BTreeMap<u64, Vec<u32>> {
        let mut places: BTreeMap<u64, Vec<u32>> = BTreeMap::new();
        for (hash, at) in shingles(words).zip(0..) {
            places.entry(hash).or_default().push(at);
        }
        places
    }

    proptest! {
        #[test]
        fn counts_and_anchors_are_those_of_sets(
            a in prop::collection::vec(0_u64..3, 0..200),
            b in prop::collection::vec(0_u64..3, 0..200),
        ) {
            let (x, y) = (places(&a), places(&b));
            let both = x.iter().filter_map(|(hash, at)| Some((at, y.get(hash)?)));
            let both: Vec<_> = both.collect();
            let mut anchors: Vec<(u32, u32)> = both
                .iter()
                .filter(|(x, y)| x.len() == 1 && y.len() == 1)
                .map(|(x, y)| (x[0], y[0]))
                .collect();
            anchors.sort_unstable();
            let mut marks = Marks::default();
            let (of_a, of_b) = (Grams::of(&a), Grams::of(&b));
            prop_assert_eq!(of_a.distinct(), x.len());
            prop_assert_eq!(of_a.common(&of_b, &mut marks), (both.len(), anchors));
        }
    }
}
