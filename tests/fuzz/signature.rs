//! What happened to an input, in a number.

/// A digest of an outcome. Counts go in by their magnitude, so that outcomes of one kind are alike.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Signature(u64);

impl Signature {
    pub(crate) const fn new() -> Self {
        Self(0xcbf2_9ce4_8422_2325)
    }

    const fn mix(mut self, value: u64) -> Self {
        self.0 = (self.0 ^ value).wrapping_mul(0x0000_0100_0000_01b3);
        self.0 ^= self.0 >> 29;
        self
    }

    /// Adds a count: 0, 1, 2, 3, and then powers of two.
    pub(crate) const fn count(self, count: usize) -> Self {
        let magnitude = if count < 4 {
            count as u64
        } else {
            4 + count.ilog2() as u64
        };
        self.mix(magnitude)
    }

    pub(crate) fn flag(self, flag: bool) -> Self {
        self.mix(u64::from(flag))
    }

    /// Adds what something is called.
    pub(crate) fn name(self, name: &str) -> Self {
        self.mix(hash(name.as_bytes()))
    }

    /// Adds the kind of a message: its words without what stands in backquotes, and without numbers.
    pub(crate) fn message(self, message: &str) -> Self {
        let plain: Vec<&str> = message.split('`').step_by(2).collect();
        let letters: String = plain
            .concat()
            .chars()
            .filter(|c| !c.is_ascii_digit())
            .take(60)
            .collect();
        self.name(&letters)
    }

    pub(crate) const fn value(self) -> u64 {
        self.0
    }
}

/// Returns a hash of `bytes` (FNV-1a).
pub(crate) fn hash(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0xcbf2_9ce4_8422_2325, |hash, &byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3)
    })
}
