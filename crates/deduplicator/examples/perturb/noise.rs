//! Numbers that look random and follow from a seed.

/// A generator (SplitMix64): small, fast, and the same on every machine.
pub(crate) struct Noise(u64);

impl Noise {
    /// Returns the generator that belongs to these numbers.
    pub(crate) fn of(seeds: &[u64]) -> Self {
        let mut noise = Self(0x5851_f42d_4c95_7f2d);
        for &seed in seeds {
            noise.0 ^= seed;
            noise.0 = noise.next();
        }
        noise
    }

    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut hash = self.0;
        hash = (hash ^ (hash >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        hash = (hash ^ (hash >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        hash ^ (hash >> 31)
    }

    /// Returns a number under `bound`, 0 for a bound of 0.
    pub(crate) fn below(&mut self, bound: usize) -> usize {
        let wide = u128::from(self.next()) * bound as u128;
        (wide >> 64) as usize
    }

    /// Returns a number of at least `low` and under `high`.
    pub(crate) fn within(&mut self, low: usize, high: usize) -> usize {
        low + self.below(high - low)
    }

    /// Returns true this often in a thousand times.
    pub(crate) fn per_mille(&mut self, often: usize) -> bool {
        self.below(1000) < often
    }

    /// Returns a number under `bound`, the small ones much more often (density falls as 1/√x).
    pub(crate) fn skewed(&mut self, bound: usize) -> usize {
        const SCALE: usize = 1 << 20;
        let share = self.below(SCALE) as u128;
        (share * share * bound as u128 / (SCALE as u128 * SCALE as u128)) as usize
    }
}
