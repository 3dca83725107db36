//! What a page shows that its site has not shown before.

use thresh_page::Sketch;

use super::address::mixed;
use super::bounded::{Slots, Tagged, remainder};
use super::bytes::{Reader, Stored, Writer};

/// New shingles that make a page novel: a clock, a date and a name in a heading bring fewer.
const NOVEL: usize = 8;

/// New shingles that make a page novel where they are half of it.
const NOVEL_SHORT: usize = 4;

/// Bits that a shingle sets in a generation.
const PROBES: u32 = 3;

/// Of this many bits of a generation one may be set per shingle before the next begins: some 4 % of
/// what is new is then taken for known, which the threshold forgives.
const BITS_PER_SHINGLE: u64 = 8;

/// Shingles that are looked up together.
const AT_ONCE: usize = 64;

/// Texts whose count of addresses is kept.
const TEXTS: usize = 1 << 16;

/// Places for shingles that tell one page from all others.
const OWNED: usize = 1 << 18;

/// Shingles that stand for what is a page's own.
const SAMPLES: usize = 4;

/// How many of them another page must have to be that page again.
const ENOUGH: usize = 3;

/// Pages that may have the same own content; with more it is the frame of the site.
const FRAME: u8 = 4;

/// How much of a page was new.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Grade {
    /// It shows something new.
    Novel,
    /// A few words or numbers are new.
    Fresh,
    /// It has a text of its own, of parts that are known.
    Stale,
    /// It is another page again, but for a clock or the like.
    Again,
}

/// What was found of a page.
#[derive(Debug, Clone)]
pub(super) struct Look {
    pub(super) grade: Grade,
    /// How many shingles were new.
    pub(super) new: usize,
    /// At how many shapes of addresses its text was seen, this one included.
    pub(super) text_shapes: u32,
    /// How often it was seen, some 64 times at most.
    pub(super) text_times: u32,
    /// The pages whose own content is in it; the first is itself, where it is novel.
    pub(super) contained: Vec<u32>,
}

/// What was seen of all sites.
#[derive(Debug)]
pub(super) struct Memory {
    known: Filter,
    texts: Slots<TextSeen>,
    owned: Tagged<u32>,
    frames: Vec<u8>,
    pages: u32,
    /// The shingles of the page that was looked at last: the new ones, and those that were known. They
    /// stand here for their room alone.
    parted: (Vec<u64>, Vec<u64>),
}

#[derive(Debug, Clone, Copy, Default)]
struct TextSeen {
    times: u32,
    shapes: u32,
    last_shape: u64,
    address: u64,
}

impl Memory {
    pub(super) fn new(bytes: usize) -> Self {
        Self {
            known: Filter::new(bytes),
            texts: Slots::new(TEXTS),
            owned: Tagged::new(OWNED),
            frames: vec![0; TEXTS],
            pages: 0,
            parted: (Vec::new(), Vec::new()),
        }
    }

    /// Notes what a page shows and returns what of it was new.
    pub(super) fn look(&mut self, site: u64, address: u64, shape: u64, page: &Sketch) -> Look {
        let (mut new, mut old) = std::mem::take(&mut self.parted);
        self.part(site, &page.shingles, (&mut new, &mut old));
        let (again, seen) = self.note_text(mixed(site, page.text), address, shape);
        let mut contained = self.contained(&old);
        let twin = self.twin(&contained);
        let grade = match (new.len(), new.len() * 2 >= page.shingles.len()) {
            _ if again => Grade::Again,
            (NOVEL.., _) | (NOVEL_SHORT.., true) => Grade::Novel,
            _ if twin => Grade::Again,
            (0, _) => Grade::Stale,
            _ => Grade::Fresh,
        };
        if grade == Grade::Novel {
            contained.insert(0, self.own(&new));
        }
        let count = new.len();
        self.parted = (new, old);
        Look {
            grade,
            new: count,
            text_shapes: seen.shapes,
            text_times: seen.times,
            contained,
        }
    }

    /// Notes the shingles of a page, and parts those that are new from those that were known.
    fn part(&mut self, site: u64, page: &[u64], (new, old): (&mut Vec<u64>, &mut Vec<u64>)) {
        new.clear();
        old.clear();
        let mut keys = [0; AT_ONCE];
        for some in page.chunks(AT_ONCE) {
            let keys = &mut keys[..some.len()];
            for (key, shingle) in keys.iter_mut().zip(some) {
                *key = folded(site, *shingle);
            }
            self.known.fetch(keys);
            for key in keys {
                let is_new = self.known.insert(*key);
                let part = if is_new { &mut *new } else { &mut *old };
                part.push(*key);
            }
        }
    }

    /// Returns whether the text was seen at another address, and where it was seen so far.
    fn note_text(&mut self, text: u64, address: u64, shape: u64) -> (bool, TextSeen) {
        let (held, seen) = self.texts.place_of(text);
        if *held != text && seen.times > 1 {
            // A text of many addresses is worth more than one of a single address.
            seen.times -= 1;
            let once = TextSeen {
                times: 1,
                shapes: 1,
                ..TextSeen::default()
            };
            return (false, once);
        }
        if *held != text {
            (*held, *seen) = (text, TextSeen::default());
            seen.address = address;
        }
        let again = seen.address != address;
        seen.times = seen.times.saturating_add(1).min(64);
        seen.shapes += u32::from(seen.last_shape != shape);
        seen.last_shape = shape;
        (again, *seen)
    }

    /// Makes the shingles stand for a page, which gets a number.
    fn own(&mut self, new: &[u64]) -> u32 {
        self.pages = self.pages.wrapping_add(1).max(1);
        let page = self.pages;
        // Those of a sketch ascend, the mixed ones are in random order: any few will do.
        for key in new.iter().take(SAMPLES) {
            self.owned.set(*key, page);
        }
        let place = page as usize % self.frames.len();
        self.frames[place] = 0;
        page
    }

    /// Returns the pages whose own content is among what is known of this one.
    fn contained(&self, old: &[u64]) -> Vec<u32> {
        let mut owners: Vec<u32> = old
            .iter()
            .filter_map(|key| self.owned.get(*key).copied())
            .collect();
        owners.sort_unstable();
        owners
            .chunk_by(|a, b| a == b)
            .filter(|run| run.len() >= ENOUGH)
            .map(|run| run[0])
            .collect()
    }

    /// Returns whether a page is one other page again: not several, as a list is, and none that is in
    /// many pages, as their frame is.
    fn twin(&mut self, contained: &[u32]) -> bool {
        let mut twins = 0;
        for page in contained {
            let place = *page as usize % self.frames.len();
            twins += u32::from(self.frames[place] < FRAME);
            self.frames[place] = self.frames[place].saturating_add(1);
        }
        twins == 1
    }

    pub(super) fn write(&self, to: &mut Writer<'_>) {
        self.known.write(to);
        self.texts.write(to);
        self.owned.write(to);
        to.size(self.frames.len());
        to.bytes(&self.frames);
        to.u32(self.pages);
    }

    pub(super) fn read(&mut self, from: &mut Reader<'_>) -> Option<()> {
        self.known.read(from)?;
        self.texts.read(from)?;
        self.owned.read(from)?;
        let count = from.size().filter(|count| *count == self.frames.len())?;
        let (frames, rest) = from.0.split_at_checked(count)?;
        self.frames.copy_from_slice(frames);
        from.0 = rest;
        self.pages = from.u32()?;
        Some(())
    }
}

impl Stored for TextSeen {
    fn write(&self, to: &mut Writer<'_>) {
        to.u32(self.times);
        to.u32(self.shapes);
        to.u64(self.last_shape);
        to.u64(self.address);
    }

    fn read(from: &mut Reader<'_>) -> Option<Self> {
        Some(Self {
            times: from.u32()?,
            shapes: from.u32()?,
            last_shape: from.u64()?,
            address: from.u64()?,
        })
    }
}

impl Stored for u32 {
    fn write(&self, to: &mut Writer<'_>) {
        to.u32(*self);
    }

    fn read(from: &mut Reader<'_>) -> Option<Self> {
        from.u32()
    }
}

/// Returns a hash of two hashes, which costs less than hashing their bytes: there are thousands a page.
const fn folded(a: u64, b: u64) -> u64 {
    let product = (a ^ b) as u128 * 0x9e37_79b9_7f4a_7c15_u64 as u128;
    (product >> 64) as u64 ^ product as u64
}

/// Words of a line that each generation has.
const WORDS: usize = 4;

/// What a processor fetches at once: the place of a hash in both generations.
#[derive(Debug, Clone, Copy, Default)]
#[repr(align(64))]
struct Line {
    young: [u64; WORDS],
    old: [u64; WORDS],
}

/// A set of hashes in two blocked Bloom filters (Putze, Sanders and Singler, 2007): all bits of a hash lie
/// in one line. When the younger is full, the older is forgotten: what was long not seen is then new again,
/// never the other way round.
#[derive(Debug)]
pub(super) struct Filter {
    lines: Vec<Line>,
    held: u64,
}

impl Filter {
    /// Returns an empty filter of so many bytes.
    pub(super) fn new(bytes: usize) -> Self {
        Self {
            lines: vec![Line::default(); (bytes / size_of::<Line>()).max(8)],
            held: 0,
        }
    }

    /// Adds a hash and returns whether it was not there.
    pub(super) fn insert(&mut self, key: u64) -> bool {
        let at = self.line_of(key);
        let Line { young, old } = &mut self.lines[at];
        let (mut in_young, mut in_old) = (true, true);
        for (word, bit) in places(key) {
            in_young &= young[word] & bit != 0;
            in_old &= old[word] & bit != 0;
            young[word] |= bit;
        }
        if in_young {
            return false;
        }
        self.held += 1;
        let bits = (self.lines.len() * WORDS) as u64 * 64;
        if self.held > bits / BITS_PER_SHINGLE {
            self.turn();
        }
        !in_old
    }

    /// Brings what says whether hashes are there near: they wait for memory together rather than one after
    /// the other.
    pub(super) fn fetch(&self, keys: &[u64]) {
        let words = keys
            .iter()
            .map(|key| self.lines[self.line_of(*key)].young[0]);
        std::hint::black_box(words.fold(0, |all, word| all ^ word));
    }

    /// Returns the line by the upper half of a hash: the lower one chooses the bits.
    fn line_of(&self, key: u64) -> usize {
        let count = self.lines.len() as u64;
        usize::try_from(remainder(key >> 32, count)).unwrap_or(0)
    }

    fn turn(&mut self) {
        for line in &mut self.lines {
            line.old = std::mem::take(&mut line.young);
        }
        self.held = 0;
    }

    pub(super) fn write(&self, to: &mut Writer<'_>) {
        to.size(self.lines.len());
        to.u64(self.held);
        for Line { young, old } in &self.lines {
            young.iter().chain(old).for_each(|word| to.u64(*word));
        }
    }

    pub(super) fn read(&mut self, from: &mut Reader<'_>) -> Option<()> {
        from.size().filter(|lines| *lines == self.lines.len())?;
        self.held = from.u64()?;
        for Line { young, old } in &mut self.lines {
            for word in young.iter_mut().chain(old) {
                *word = from.u64()?;
            }
        }
        Some(())
    }
}

/// The bits of a hash within its line.
fn places(key: u64) -> impl Iterator<Item = (usize, u64)> {
    (0..PROBES).map(move |probe| {
        let bit = (key >> (8 * probe)) as u8;
        (usize::from(bit / 64), 1 << (bit % 64))
    })
}
