//! Aligns two documents and returns what differs.
//!
//! 5-grams that occur once in either document are anchors (as lines are in a patience diff); the
//! longest ascending chain of them is extended over equal words, and what lies between two anchors
//! is aligned word by word where it is small. Time grows with the anchors, never with the product of
//! the documents' lengths.

use std::ops::Range;

/// A stretch of words of either document that the other lacks; one side may be empty.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Hunk {
    pub(crate) a: Range<usize>,
    pub(crate) b: Range<usize>,
}

/// Gaps up to this many cells are aligned word by word: a line of a table has some ten words, and 64
/// by 64 cells cost a few microseconds.
const CELLS: usize = 64 * 64;

/// A gap is aligned where at least one word in so many of its shorter side has a partner: in a table
/// every other word may be a number that differs.
const LIKE: usize = 3;

/// Returns the hunks between two sequences of word hashes, given positions of equal 5-grams.
pub(crate) fn hunks(a: &[u64], b: &[u64], mut anchors: Vec<(u32, u32)>) -> Vec<Hunk> {
    anchors.sort_unstable();
    let mut walk = Walk {
        a,
        b,
        i: 0,
        j: 0,
        out: Vec::new(),
    };
    walk.extend();
    for (x, y) in ascending(&anchors) {
        let (x, y) = (x as usize, y as usize);
        if x >= walk.i && y >= walk.j {
            walk.gap(x, y);
            walk.extend();
        }
    }
    walk.gap(a.len(), b.len());
    walk.out
}

/// Returns the longest chain of pairs that ascends in both coordinates; `pairs` is sorted.
fn ascending(pairs: &[(u32, u32)]) -> Vec<(u32, u32)> {
    // Most pairs of documents keep their order, and then all of the work can be saved.
    if pairs.windows(2).all(|two| two[0].1 < two[1].1) {
        return pairs.to_vec();
    }
    let mut tails: Vec<usize> = Vec::new();
    let mut before = vec![usize::MAX; pairs.len()];
    for (at, pair) in pairs.iter().enumerate() {
        let length = tails.partition_point(|&tail| pairs[tail].1 < pair.1);
        if length > 0 {
            before[at] = tails[length - 1];
        }
        match tails.get_mut(length) {
            Some(tail) => *tail = at,
            None => tails.push(at),
        }
    }
    let mut chain = Vec::with_capacity(tails.len());
    let mut at = tails.last().copied().unwrap_or(usize::MAX);
    while let Some(&pair) = pairs.get(at) {
        chain.push(pair);
        at = before[at];
    }
    chain.reverse();
    chain
}

struct Walk<'a> {
    a: &'a [u64],
    b: &'a [u64],
    i: usize,
    j: usize,
    out: Vec<Hunk>,
}

impl Walk<'_> {
    /// Passes over equal words.
    fn extend(&mut self) {
        let pairs = self.a[self.i..].iter().zip(&self.b[self.j..]);
        let equal = pairs.take_while(|(x, y)| x == y).count();
        self.i += equal;
        self.j += equal;
    }

    /// Reports what lies between here and the given positions, and moves there.
    fn gap(&mut self, x: usize, y: usize) {
        let (a, b) = (&self.a[self.i..x], &self.b[self.j..y]);
        let suffix = a.iter().rev().zip(b.iter().rev());
        let equal = suffix.take_while(|(x, y)| x == y).count();
        let (rows, columns) = (a.len() - equal, b.len() - equal);
        match rows * columns {
            0 if rows + columns == 0 => {}
            1..=CELLS => self.align(rows, columns),
            _ => self.out.push(Hunk {
                a: self.i..x - equal,
                b: self.j..y - equal,
            }),
        }
        (self.i, self.j) = (x, y);
    }

    /// Aligns a small gap by its longest common subsequence.
    fn align(&mut self, rows: usize, columns: usize) {
        let (a, b) = (&self.a[self.i..][..rows], &self.b[self.j..][..columns]);
        let width = columns + 1;
        let mut longest = vec![0_u16; (rows + 1) * width];
        for x in (0..rows).rev() {
            for y in (0..columns).rev() {
                longest[x * width + y] = match a[x] == b[y] {
                    true => longest[(x + 1) * width + y + 1] + 1,
                    false => longest[(x + 1) * width + y].max(longest[x * width + y + 1]),
                };
            }
        }
        let (mut x, mut y, mut from) = (0, 0, (0, 0));
        let mut found = Vec::new();
        while x < rows && y < columns {
            if a[x] == b[y] {
                found.push((from, (x, y)));
                (x, y) = (x + 1, y + 1);
                from = (x, y);
            } else if longest[(x + 1) * width + y] >= longest[x * width + y + 1] {
                x += 1;
            } else {
                y += 1;
            }
        }
        found.push((from, (rows, columns)));
        // Unlike passages have common words by chance; they are shown whole.
        let matched = usize::from(longest[0]);
        if matched * LIKE < rows.min(columns) {
            found = vec![((0, 0), (rows, columns))];
        }
        for ((ax, by), (ax_end, by_end)) in found {
            if ax < ax_end || by < by_end {
                self.out.push(Hunk {
                    a: self.i + ax..self.i + ax_end,
                    b: self.j + by..self.j + by_end,
                });
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn words(text: &str) -> Vec<u64> {
        text.bytes().map(u64::from).collect()
    }

    fn shown(a: &str, b: &str, anchors: Vec<(u32, u32)>) -> Vec<String> {
        hunks(&words(a), &words(b), anchors)
            .into_iter()
            .map(|hunk| format!("{}>{}", &a[hunk.a], &b[hunk.b]))
            .collect()
    }

    #[test]
    fn small_gaps_are_aligned_word_by_word() {
        assert_eq!(shown("abc1def2ghi", "abc3def4ghi", vec![]), ["1>3", "2>4"]);
        assert_eq!(shown("same", "same", vec![]), Vec::<String>::new());
        assert_eq!(shown("", "new", vec![]), [">new"]);
    }

    #[test]
    fn anchors_carry_across_large_gaps() {
        let (long, short) = ("x".repeat(5000) + "hello", "yyhello");
        let found = hunks(&words(&long), &words(short), vec![(5000, 2)]);
        assert_eq!(
            found,
            [Hunk {
                a: 0..5000,
                b: 0..2
            }]
        );
    }

    #[test]
    fn the_longest_ascending_chain_wins() {
        let pairs = [(0, 9), (1, 1), (2, 2), (3, 0), (4, 4)];
        assert_eq!(ascending(&pairs), [(1, 1), (2, 2), (4, 4)]);
    }

    proptest! {
        #[test]
        fn what_is_no_hunk_is_equal(a in "[ab]{0,80}", b in "[ab]{0,80}") {
            let (x, y) = (words(&a), words(&b));
            let found = hunks(&x, &y, vec![]);
            let (mut i, mut j) = (0, 0);
            for hunk in found {
                prop_assert_eq!(&x[i..hunk.a.start], &y[j..hunk.b.start]);
                (i, j) = (hunk.a.end, hunk.b.end);
            }
            prop_assert_eq!(&x[i..], &y[j..]);
        }
    }
}
