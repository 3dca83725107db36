//! Fingerprints: what is kept of every text.

use std::io;

use rustc_hash::{FxHashMap, FxHashSet};

use crate::normalise::Normal;
use crate::segment::{Entry, Head, Segment};
use crate::sketch::{SAMPLED, Sketch};
use crate::store::Store;

/// What is kept of one text.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Print {
    /// A digest of the text as it came.
    pub(crate) text: u128,
    /// Equal for equal words.
    pub(crate) key: u128,
    /// As [`Sketch::bound`].
    pub(crate) bound: u64,
    /// The number of words.
    pub(crate) words: u32,
    /// Hashes in the sketch; 0 for a text too short to be compared.
    pub(crate) length: u32,
    /// Hashes up to [`SAMPLED`].
    pub(crate) low: u32,
    /// Where the hashes of a text with a greater bound start among those of its segment.
    pub(crate) small: u32,
}

impl Print {
    /// Returns the fingerprint of the text with the digest `text`, and its sketch.
    pub(crate) fn of(text: u128, normal: &Normal, min_words: usize) -> (Self, Vec<u64>) {
        let sketch = match normal.len() >= min_words.max(1) {
            true => Sketch::of(&normal.hashes),
            false => Sketch::default(),
        };
        let narrow = |count: usize| u32::try_from(count).unwrap_or(u32::MAX);
        let print = Self {
            text,
            key: normal.key,
            bound: sketch.bound,
            words: narrow(normal.len()),
            length: narrow(sketch.hashes.len()),
            low: narrow(sketch.hashes.partition_point(|&hash| hash <= SAMPLED)),
            small: 0,
        };
        (print, sketch.hashes)
    }
}

/// Returns how many hashes are kept of `text`, so that the cost of fingerprints can be measured apart.
pub fn sketched(text: &str) -> usize {
    let (_, hashes) = Print::of(0, &Normal::of(text), 1);
    hashes.len()
}

/// Many fingerprints with their sketches, in memory or in a store. Each is known by its number.
#[derive(Default)]
pub(crate) struct Prints<'a> {
    pub(crate) segments: Vec<Segment>,
    /// The name of each segment in the store.
    names: Vec<String>,
    pub(crate) store: Option<&'a dyn Store>,
    pub(crate) version: u128,
}

/// The name of a file with a segment, before its number.
pub(crate) const SEGMENT: &str = "segment-";

impl<'a> Prints<'a> {
    /// Opens the fingerprints in `store`; damaged files and those of another version are removed.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub(crate) fn open(store: &'a dyn Store, version: u128) -> io::Result<Self> {
        let mut prints = Self {
            segments: Vec::new(),
            names: Vec::new(),
            store: Some(store),
            version,
        };
        let mut names = store.names()?;
        names.retain(|name| name.starts_with(SEGMENT));
        names.sort_unstable_by_key(|name| (name.len(), name.clone()));
        for name in names {
            let blob = store.open(&name)?;
            match blob.map(|blob| Segment::open(blob, version)).transpose()? {
                Some(Some(segment)) => {
                    prints.segments.push(segment);
                    prints.names.push(name);
                }
                _ => store.remove(&name)?,
            }
        }
        Ok(prints)
    }

    /// Adds a segment.
    ///
    /// # Errors
    /// When it cannot be written.
    pub(crate) fn add(&mut self, segment: Segment) -> io::Result<()> {
        let (segment, name) = match self.store {
            Some(store) => {
                let name = free_name(&store.names()?);
                (segment.write(store, &name, self.version)?, name)
            }
            None => (segment, String::new()),
        };
        self.segments.push(segment);
        self.names.push(name);
        Ok(())
    }

    /// Puts segments together where the later ones have grown large beside those before them, so that
    /// there are never many, and all of them where most texts are no longer `wanted`.
    ///
    /// # Errors
    /// When a segment cannot be read or written.
    pub(crate) fn tidy(&mut self, wanted: &FxHashSet<u128>) -> io::Result<()> {
        let Some(store) = self.store else {
            return Ok(());
        };
        let sizes: Vec<usize> = self.segments.iter().map(Segment::entries).collect();
        let gone = self.iter().filter(|print| !wanted.contains(&print.text));
        let first = match gone.count() * 2 > self.len() {
            true => 0,
            false => grown(&sizes),
        };
        if first + 1 < sizes.len() || (first == 0 && wanted.len() * 2 < self.len()) {
            self.merge(store, first, wanted)?;
        }
        Ok(())
    }

    /// Makes one segment of those from `first` on, with the fingerprints that are `wanted`.
    fn merge(
        &mut self,
        store: &dyn Store,
        first: usize,
        wanted: &FxHashSet<u128>,
    ) -> io::Result<()> {
        let part = Self {
            segments: self.segments.split_off(first),
            ..Self::default()
        };
        let names = self.names.split_off(first);
        let (head, places) = part.head(wanted);
        let name = free_name(&store.names()?);
        let entries = |put: &mut dyn FnMut(Entry) -> io::Result<()>| {
            let passes = head_count(&part) / AT_A_TIME + 1;
            for (from, to) in ranges(passes) {
                part.entries(from, to, &places)?
                    .into_iter()
                    .try_for_each(&mut *put)?;
            }
            Ok(())
        };
        let merged = Segment::written(head, store, (&name, self.version), entries)?;
        self.segments.push(merged);
        self.names.push(name);
        names.iter().try_for_each(|name| store.remove(name))
    }

    /// Returns the fingerprints that are `wanted`, in order, and the new number of each.
    fn head(&self, wanted: &FxHashSet<u128>) -> (Head, Vec<u32>) {
        let mut order: Vec<(u128, u128, u32)> = (0..)
            .zip(self.iter())
            .filter(|(_, print)| wanted.contains(&print.text))
            .map(|(at, print)| (print.key, print.text, at))
            .collect();
        order.sort_unstable();
        let mut places = vec![u32::MAX; self.len()];
        let all: Vec<&Print> = self.iter().collect();
        let mut smalls: FxHashMap<usize, Vec<u64>> = FxHashMap::default();
        self.for_each_small(|at, hashes| _ = smalls.insert(at, hashes.to_vec()));
        let mut head = Head {
            prints: Vec::with_capacity(order.len()),
            small: Vec::new(),
            count: 0,
        };
        for (new, (_, _, at)) in (0..).zip(order) {
            let mut print = *all[at as usize];
            if let Some(hashes) = smalls.get(&(at as usize)) {
                print.small = u32::try_from(head.small.len()).unwrap_or(u32::MAX);
                head.small.extend_from_slice(hashes);
            }
            head.count += print.length as usize;
            head.prints.push(print);
            places[at as usize] = new;
        }
        (head, places)
    }

    /// Calls `visit` with the number of every fingerprint, in order.
    pub(crate) fn iter(&self) -> impl Iterator<Item = &Print> {
        self.segments.iter().flat_map(|segment| &segment.prints)
    }

    /// Returns the number of fingerprints.
    pub(crate) fn len(&self) -> usize {
        let lengths = self.segments.iter().map(|segment| segment.prints.len());
        lengths.sum()
    }

    /// Returns the hashes of a text with a greater bound than the others, empty for others.
    pub(crate) fn for_each_small(&self, mut visit: impl FnMut(usize, &[u64])) {
        let mut first = 0;
        for segment in &self.segments {
            for (at, print) in segment.prints.iter().enumerate() {
                if print.bound > SAMPLED {
                    visit(first + at, segment.small_of(print));
                }
            }
            first += segment.prints.len();
        }
    }

    /// Returns the entries with a hash from `from` up to `to` (exclusive), or to the end, of those
    /// fingerprints that are texts, sorted: `texts[print]` is the number of the text or `u32::MAX`.
    ///
    /// # Errors
    /// When a segment cannot be read.
    pub(crate) fn entries(
        &self,
        from: u64,
        to: Option<u64>,
        texts: &[u32],
    ) -> io::Result<Vec<Entry>> {
        let (mut found, mut first) = (Vec::new(), 0);
        for segment in &self.segments {
            let texts = &texts[first..first + segment.prints.len()];
            segment.for_each_entry(from, to, |hash, print| {
                let text = texts[print as usize];
                if text != u32::MAX {
                    found.push((hash, text));
                }
            })?;
            first += segment.prints.len();
        }
        // Every segment is sorted, which this sort makes use of.
        if self.segments.len() > 1 {
            found.sort();
        }
        Ok(found)
    }
}

fn free_name(names: &[String]) -> String {
    let numbers = names
        .iter()
        .filter_map(|name| name.strip_prefix(SEGMENT)?.parse::<u64>().ok());
    let next = numbers.max().map_or(0, |last| last + 1);
    format!("{SEGMENT}{next}")
}

/// Entries that are put in order at a time, sixteen bytes each.
pub(crate) const AT_A_TIME: usize = 2 << 20;

/// Returns ranges of hashes with about as many entries each; the last is open.
pub(crate) fn ranges(count: usize) -> impl Iterator<Item = (u64, Option<u64>)> {
    let bound = move |at: usize| (SAMPLED / count as u64) * at as u64;
    (0..count).map(move |at| (bound(at), (at + 1 < count).then(|| bound(at + 1))))
}

fn head_count(prints: &Prints<'_>) -> usize {
    prints.segments.iter().map(Segment::entries).sum()
}

/// Returns the first of the segments that are not small beside what follows them: so there are as many
/// segments as the logarithm of their size, and an entry is seldom written again.
fn grown(sizes: &[usize]) -> usize {
    let mut first = sizes.len().saturating_sub(1);
    let mut behind = 0;
    for (at, &size) in sizes.iter().enumerate().rev() {
        if behind * 2 >= size {
            first = at;
        }
        behind += size;
    }
    first
}
