//! Tables of a fixed size: what is learned of a site must not grow with the site.

use std::collections::{HashMap, VecDeque};
use std::hash::{BuildHasherDefault, Hasher};

use super::bytes::{Reader, Stored, Writer};

/// Hands on keys that are hashes already. Whoever makes many that fall together makes a table of bounded
/// size a slow one, no more.
#[derive(Debug, Default)]
struct Handed(u64);

impl Hasher for Handed {
    fn write(&mut self, bytes: &[u8]) {
        // Keys are numbers; anything else would be hashed badly and still right.
        bytes
            .iter()
            .for_each(|byte| self.0 = self.0.rotate_left(8) ^ u64::from(*byte));
    }

    fn write_u64(&mut self, key: u64) {
        self.0 = key;
    }

    fn finish(&self) -> u64 {
        self.0
    }
}

/// A map that forgets what came first when it is full.
#[derive(Debug)]
pub(super) struct Bounded<V> {
    map: HashMap<u64, V, BuildHasherDefault<Handed>>,
    order: VecDeque<u64>,
    limit: usize,
}

impl<V: Default> Bounded<V> {
    pub(super) fn new(limit: usize) -> Self {
        Self {
            map: HashMap::default(),
            order: VecDeque::new(),
            limit,
        }
    }

    pub(super) fn get(&self, key: u64) -> Option<&V> {
        self.map.get(&key)
    }

    pub(super) fn get_mut(&mut self, key: u64) -> Option<&mut V> {
        self.map.get_mut(&key)
    }

    /// Returns the value of `key`, a new one where there is none.
    pub(super) fn entry(&mut self, key: u64) -> &mut V {
        if !self.map.contains_key(&key) {
            self.make_room();
            self.order.push_back(key);
        }
        self.map.entry(key).or_default()
    }

    fn make_room(&mut self) {
        while self.order.len() >= self.limit {
            if let Some(oldest) = self.order.pop_front() {
                self.map.remove(&oldest);
            }
        }
    }

    /// Returns the values, oldest first.
    pub(super) fn values(&self) -> impl Iterator<Item = &V> {
        self.order.iter().filter_map(|key| self.map.get(key))
    }
}

impl<V: Default + Stored> Bounded<V> {
    pub(super) fn write(&self, to: &mut Writer<'_>) {
        to.size(self.order.len());
        for key in &self.order {
            if let Some(value) = self.map.get(key) {
                to.u64(*key);
                value.write(to);
            }
        }
    }

    pub(super) fn read(&mut self, from: &mut Reader<'_>) -> Option<()> {
        for _ in 0..from.size()? {
            let key = from.u64()?;
            *self.entry(key) = V::read(from)?;
        }
        Some(())
    }
}

/// Returns the remainder of a division; fast for powers of two.
pub(super) const fn remainder(number: u64, by: u64) -> u64 {
    if by.is_power_of_two() {
        number & (by - 1)
    } else {
        number % by
    }
}

/// Rows found by the hash of what they are about. Two that want the same place: the later one gets it.
#[derive(Debug)]
pub(super) struct Slots<V> {
    rows: Vec<(u64, V)>,
}

impl<V: Default + Clone> Slots<V> {
    pub(super) fn new(count: usize) -> Self {
        Self {
            rows: vec![(0, V::default()); count.max(1)],
        }
    }

    fn place(&self, key: u64) -> usize {
        // The upper half: the lower bits of a hash choose places elsewhere.
        let count = self.rows.len() as u64;
        usize::try_from(remainder(key >> 32, count)).unwrap_or(0)
    }

    pub(super) fn get(&self, key: u64) -> Option<&V> {
        let (held, value) = &self.rows[self.place(key)];
        (*held == key).then_some(value)
    }

    /// Returns who holds the place of `key` now, for a change that may take it over.
    pub(super) fn place_of(&mut self, key: u64) -> &mut (u64, V) {
        let place = self.place(key);
        &mut self.rows[place]
    }

    pub(super) fn set(&mut self, key: u64, value: V) {
        *self.place_of(key) = (key, value);
    }
}

impl<V: Default + Clone + Stored> Slots<V> {
    pub(super) fn write(&self, to: &mut Writer<'_>) {
        let taken = || self.rows.iter().filter(|(key, _)| *key != 0);
        to.size(taken().count());
        for (key, value) in taken() {
            to.u64(*key);
            value.write(to);
        }
    }

    pub(super) fn read(&mut self, from: &mut Reader<'_>) -> Option<()> {
        for _ in 0..from.size()? {
            let key = from.u64()?;
            self.set(key, V::read(from)?);
        }
        Some(())
    }
}

/// Rows as in [`Slots`], for questions of which most are answered with no: a byte of each key stands apart,
/// where few bytes of memory say so.
#[derive(Debug)]
pub(super) struct Tagged<V> {
    slots: Slots<V>,
    tags: Vec<u8>,
}

/// Returns bits of a key that choose no place.
const fn tag(key: u64) -> u8 {
    (key >> 24) as u8
}

impl<V: Default + Clone> Tagged<V> {
    pub(super) fn new(count: usize) -> Self {
        let slots = Slots::new(count);
        Self {
            tags: vec![0; slots.rows.len()],
            slots,
        }
    }

    pub(super) fn get(&self, key: u64) -> Option<&V> {
        let (held, value) = match self.slots.place(key) {
            place if self.tags[place] == tag(key) => &self.slots.rows[place],
            _ => return None,
        };
        (*held == key).then_some(value)
    }

    pub(super) fn set(&mut self, key: u64, value: V) {
        self.tags[self.slots.place(key)] = tag(key);
        self.slots.set(key, value);
    }
}

impl<V: Default + Clone + Stored> Tagged<V> {
    pub(super) fn write(&self, to: &mut Writer<'_>) {
        self.slots.write(to);
    }

    pub(super) fn read(&mut self, from: &mut Reader<'_>) -> Option<()> {
        self.slots.read(from)?;
        let keys = self.slots.rows.iter().map(|(key, _)| tag(*key));
        self.tags = keys.collect();
        Some(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tagged_rows_are_found_as_others_are() {
        let (mut plain, mut tagged) = (Slots::new(64), Tagged::new(64));
        let keys = (1..500_u64).map(|n| n.wrapping_mul(0x9e37_79b9_7f4a_7c15));
        for (n, key) in (0_u32..).zip(keys.clone()) {
            plain.set(key, n);
            tagged.set(key, n);
        }
        for key in keys.chain([0, 1 << 24]) {
            assert_eq!(tagged.get(key), plain.get(key), "{key}");
        }
    }
}
