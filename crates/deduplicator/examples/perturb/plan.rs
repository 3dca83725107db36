//! Which document is a copy of which, without a list of them.
//!
//! Documents are planned in blocks, so that the plan of any one of them is found from its number alone; an order of
//! lines that jumps through all blocks puts the copies of a page far apart.

use crate::noise::Noise;

/// Documents planned together: no page has copies in two blocks.
const BLOCK: u64 = 64;

/// Of a thousand pages, so many have at least one more copy than the last; the mean is about two.
const MORE: usize = 480;

/// Of a thousand blocks so many are of news that goes round, whose pages have far more copies.
const NEWS: usize = 20;
const MORE_NEWS: usize = 960;

/// Documents of a site, in the mean.
const PER_SITE: u64 = 100;

/// What was done to a page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Original,
    /// The same bytes at another address.
    Exact,
    /// One to three words of a hundred are others.
    Reworded,
    /// The end is missing, a tenth to a half.
    Truncated,
    /// More boilerplate around it, on another site.
    Wrapped,
    /// Other case, line breaks and punctuation.
    Reformatted,
    /// Another page: the same words with other numbers.
    Sibling,
}

/// One document.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Document {
    /// The number that its words follow from.
    pub(crate) page: u64,
    /// What it is a copy of: its page, or itself for a sibling.
    pub(crate) cluster: u64,
    /// Its own number.
    pub(crate) number: u64,
    pub(crate) kind: Kind,
    pub(crate) host: u64,
}

pub(crate) struct Plan {
    pub(crate) seed: u64,
    count: u64,
    /// Coprime to `count`, so that lines and documents are one to one.
    stride: u64,
}

impl Plan {
    pub(crate) fn new(seed: u64, count: u64) -> Self {
        // The golden ratio keeps neighbours far apart.
        let near = (u128::from(count) * 618_034 / 1_000_000) as u64;
        let stride = (near.max(1)..)
            .find(|&stride| divisor(stride, count) <= 1)
            .unwrap_or(1);
        Self {
            seed,
            count,
            stride,
        }
    }

    /// Returns what stands in `line`.
    pub(crate) fn document(&self, line: u64) -> Document {
        let number = (u128::from(line) * u128::from(self.stride) % u128::from(self.count)) as u64;
        let (mut page, mut kind) = (number, Kind::Original);
        let first = number - number % BLOCK;
        let mut noise = Noise::of(&[self.seed, 1, first]);
        let mut original = first;
        let more = if noise.per_mille(NEWS) {
            MORE_NEWS
        } else {
            MORE
        };
        for slot in first..=number {
            let again = slot > first && noise.per_mille(more);
            original = if again { original } else { slot };
            let made = if again {
                self.kind(original, &mut noise)
            } else {
                Kind::Original
            };
            (page, kind) = (original, made);
        }
        let cluster = if kind == Kind::Sibling { number } else { page };
        Document {
            page,
            cluster,
            number,
            kind,
            host: self.host(page, number, kind),
        }
    }

    fn kind(&self, page: u64, noise: &mut Noise) -> Kind {
        const COPIES: [Kind; 10] = [
            Kind::Exact,
            Kind::Reworded,
            Kind::Reworded,
            Kind::Reworded,
            Kind::Truncated,
            Kind::Truncated,
            Kind::Wrapped,
            Kind::Wrapped,
            Kind::Reformatted,
            Kind::Sibling,
        ];
        match COPIES[noise.below(COPIES.len())] {
            Kind::Sibling if !self.is_numbered(page) => Kind::Reworded,
            kind => kind,
        }
    }

    /// Returns whether a page has a number and a date in its first line.
    pub(crate) fn is_numbered(&self, page: u64) -> bool {
        Noise::of(&[self.seed, 2, page]).per_mille(400)
    }

    fn host(&self, page: u64, number: u64, kind: Kind) -> u64 {
        let sites = (self.count / PER_SITE).max(2);
        let mut noise = Noise::of(&[self.seed, 3, page]);
        let home = noise.skewed(sites as usize) as u64;
        let leaves = match kind {
            Kind::Original | Kind::Exact | Kind::Sibling => false,
            Kind::Wrapped => true,
            _ => number.is_multiple_of(2),
        };
        let away = Noise::of(&[self.seed, 4, number]).skewed(sites as usize) as u64;
        if leaves { away } else { home }
    }
}

const fn divisor(a: u64, b: u64) -> u64 {
    let (mut a, mut b) = (a, b);
    while b > 0 {
        (a, b) = (b, a % b);
    }
    a
}
