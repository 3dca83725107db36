//! Immutable sorted segments of fingerprints.

use std::io;
use std::sync::Arc;

use rayon::prelude::*;

use crate::bytes::{Reader, Writer};
use crate::prints::Print;
use crate::sketch::SAMPLED;
use crate::store::{Blob, Store};

/// A hash and the fingerprint (or text) that has it.
pub(crate) type Entry = (u64, u32);

/// Fingerprints in the order of their keys, and which of them has which hash.
#[derive(Default)]
pub(crate) struct Segment {
    pub(crate) prints: Vec<Print>,
    /// The hashes of texts whose bound is greater than [`SAMPLED`].
    small: Vec<u64>,
    entries: Entries,
}

/// A segment without its entries.
pub(crate) struct Head {
    pub(crate) prints: Vec<Print>,
    pub(crate) small: Vec<u64>,
    /// The number of entries.
    pub(crate) count: usize,
}

/// Sorted.
enum Entries {
    Memory(Vec<Entry>),
    Stored(Stored),
}

struct Stored {
    blob: Arc<dyn Blob>,
    /// Where the entries start.
    start: u64,
    count: u64,
}

impl Default for Entries {
    fn default() -> Self {
        Self::Memory(Vec::new())
    }
}

/// Bytes of an entry in a file: eight of the hash and four of the fingerprint.
const WIDTH: u64 = 12;

impl Segment {
    /// Returns a segment of fingerprints with their sketches.
    pub(crate) fn of(mut made: Vec<(Print, Vec<u64>)>) -> Self {
        made.par_sort_unstable_by_key(|(print, _)| (print.key, print.text));
        let (mut small, mut entries) = (Vec::new(), Vec::new());
        entries.reserve(made.iter().map(|(_, hashes)| hashes.len()).sum());
        let mut prints = Vec::with_capacity(made.len());
        for (at, (mut print, hashes)) in (0..).zip(made) {
            if print.bound > SAMPLED {
                print.small = u32::try_from(small.len()).unwrap_or(u32::MAX);
                small.extend_from_slice(&hashes);
            }
            entries.extend(hashes.iter().map(|&hash| (hash, at)));
            prints.push(print);
        }
        Self {
            prints,
            small,
            entries: Entries::Memory(sorted(entries)),
        }
    }

    /// Returns the sketch of a text with a greater bound than [`SAMPLED`].
    pub(crate) fn small_of(&self, print: &Print) -> &[u64] {
        let start = print.small as usize;
        self.small
            .get(start..start + print.length as usize)
            .unwrap_or_default()
    }

    /// Returns the number of entries.
    pub(crate) fn entries(&self) -> usize {
        match &self.entries {
            Entries::Memory(entries) => entries.len(),
            Entries::Stored(stored) => usize::try_from(stored.count).unwrap_or(usize::MAX),
        }
    }

    /// Calls `visit` with every entry from `from` up to `to` (exclusive) or to the end, in order.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub(crate) fn for_each_entry(
        &self,
        from: u64,
        to: Option<u64>,
        mut visit: impl FnMut(u64, u32),
    ) -> io::Result<()> {
        match &self.entries {
            Entries::Memory(entries) => {
                let place = |bound: u64| entries.partition_point(|entry| entry.0 < bound);
                let end = to.map_or(entries.len(), place);
                for &(hash, print) in &entries[place(from)..end] {
                    visit(hash, print);
                }
                Ok(())
            }
            Entries::Stored(stored) => stored.for_each(from, to, visit),
        }
    }

    /// Writes the segment to `store` under `name`, and reads it from there from now on.
    ///
    /// # Errors
    /// When it cannot be written.
    pub(crate) fn write(self, store: &dyn Store, name: &str, version: u128) -> io::Result<Self> {
        let Entries::Memory(entries) = &self.entries else {
            return Ok(self);
        };
        let head = Head {
            count: entries.len(),
            prints: self.prints,
            small: self.small,
        };
        Self::written(head, store, (name, version), |put| {
            entries.iter().try_for_each(|&entry| put(entry))
        })
    }

    /// Writes a segment of sorted fingerprints, of the hashes of those with a greater bound, and of
    /// `count` entries that are handed over in order.
    ///
    /// # Errors
    /// When it cannot be written.
    pub(crate) fn written(
        head: Head,
        store: &dyn Store,
        (name, version): (&str, u128),
        entries: impl Fn(&mut dyn FnMut(Entry) -> io::Result<()>) -> io::Result<()>,
    ) -> io::Result<Self> {
        let mut start = 0;
        store.write(name, &mut |out| {
            let mut out = Writer::new(out, version)?;
            for count in [head.prints.len(), head.small.len(), head.count] {
                out.u64(count as u64)?;
            }
            let mut prints = head.prints.iter();
            prints.try_for_each(|print| put_print(&mut out, print))?;
            head.small.iter().try_for_each(|&hash| out.u64(hash))?;
            start = out.written();
            entries(&mut |(hash, print)| {
                out.u64(hash)?;
                out.u32(print)
            })?;
            out.finish()
        })?;
        let blob = store.open(name)?;
        let blob = blob.ok_or_else(|| io::Error::from(io::ErrorKind::NotFound))?;
        let count = head.count as u64;
        Ok(Self {
            prints: head.prints,
            small: head.small,
            entries: Entries::Stored(Stored { blob, start, count }),
        })
    }

    /// Opens a segment; `None` where it is of another version or damaged.
    ///
    /// # Errors
    /// When it cannot be read.
    pub(crate) fn open(blob: Arc<dyn Blob>, version: u128) -> io::Result<Option<Self>> {
        let Some(mut input) = Reader::open(blob, version)? else {
            return Ok(None);
        };
        let (prints, small, count) = (input.count()?, input.count()?, input.u64()?);
        let prints = (0..prints).map(|_| take_print(&mut input));
        let prints = prints.collect::<io::Result<_>>()?;
        let small = (0..small).map(|_| input.u64()).collect::<io::Result<_>>()?;
        let start = input.position();
        let blob = input.into_blob();
        Ok(Some(Self {
            prints,
            small,
            entries: Entries::Stored(Stored { blob, start, count }),
        }))
    }
}

fn put_print(out: &mut Writer<'_>, print: &Print) -> io::Result<()> {
    out.u128(print.text)?;
    out.u128(print.key)?;
    out.u64(print.bound)?;
    for part in [print.words, print.length, print.low, print.small] {
        out.u32(part)?;
    }
    Ok(())
}

fn take_print(input: &mut Reader) -> io::Result<Print> {
    Ok(Print {
        text: input.u128()?,
        key: input.u128()?,
        bound: input.u64()?,
        words: input.u32()?,
        length: input.u32()?,
        low: input.u32()?,
        small: input.u32()?,
    })
}

impl Stored {
    fn for_each(
        &self,
        from: u64,
        to: Option<u64>,
        mut visit: impl FnMut(u64, u32),
    ) -> io::Result<()> {
        /// Entries read at a time.
        const BLOCK: u64 = 1 << 15;
        let end = to.map_or(Ok(self.count), |to| self.place(to))?;
        let mut at = self.place(from)?;
        let mut block = vec![0; (BLOCK * WIDTH) as usize];
        while at < end {
            let count = BLOCK.min(end - at);
            let block = &mut block[..(count * WIDTH) as usize];
            self.blob.read_at(block, self.start + at * WIDTH)?;
            for entry in block.chunks_exact(WIDTH as usize) {
                let (hash, print) = split(entry);
                visit(hash, print);
            }
            at += count;
        }
        Ok(())
    }

    /// Returns how many entries have a hash under `bound`.
    fn place(&self, bound: u64) -> io::Result<u64> {
        let (mut low, mut high) = (0, self.count);
        let mut entry = [0; WIDTH as usize];
        while low < high {
            let middle = low.midpoint(high);
            self.blob.read_at(&mut entry, self.start + middle * WIDTH)?;
            match split(&entry).0 < bound {
                true => low = middle + 1,
                false => high = middle,
            }
        }
        Ok(low)
    }
}

fn split(entry: &[u8]) -> Entry {
    let hash = entry.first_chunk().copied().unwrap_or_default();
    let print = entry.last_chunk().copied().unwrap_or_default();
    (u64::from_le_bytes(hash), u32::from_le_bytes(print))
}

/// Sorts entries: hashes are evenly spread, so that one distribution leaves little to compare.
fn sorted(entries: Vec<Entry>) -> Vec<Entry> {
    let buckets = (entries.len() / 32).clamp(1, 1 << 17);
    let each = SAMPLED / buckets as u64 + 1;
    // The few hashes above are the last bucket.
    let bucket = |hash: u64| ((hash / each) as usize).min(buckets);
    let mut ends = vec![0_usize; buckets + 2];
    for entry in &entries {
        ends[bucket(entry.0) + 1] += 1;
    }
    for at in 0..=buckets {
        ends[at + 1] += ends[at];
    }
    let mut cursor = ends.clone();
    let mut spread = vec![(0, 0); entries.len()];
    for entry in entries {
        let at = &mut cursor[bucket(entry.0)];
        spread[*at] = entry;
        *at += 1;
    }
    sort_buckets(&mut spread, &ends);
    spread
}

fn sort_buckets(spread: &mut [Entry], ends: &[usize]) {
    /// Buckets that one task sorts.
    const TOGETHER: usize = 512;
    let mut rest = spread;
    let mut tasks = Vec::new();
    let last = ends.len() - 1;
    for from in (0..last).step_by(TOGETHER) {
        let bounds = &ends[from..=(from + TOGETHER).min(last)];
        let length = bounds[bounds.len() - 1] - bounds[0];
        let (task, behind) = std::mem::take(&mut rest).split_at_mut(length);
        tasks.push((task, bounds));
        rest = behind;
    }
    tasks.into_par_iter().for_each(|(task, bounds)| {
        for two in bounds.windows(2) {
            task[two[0] - bounds[0]..two[1] - bounds[0]].sort_unstable();
        }
    });
}
