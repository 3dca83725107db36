//! An inverted index of sampled 5-grams, small enough for a million documents.
//!
//! A 5-gram of one text alone is counted and forgotten; every other is a *run* of the texts that have
//! it. Runs are numbered by ascending hash, so that a text's runs stand for its sketch: what two texts
//! share is what their runs share.

use crate::prints::{AT_A_TIME, Prints, ranges};
use crate::segment::Entry;
use crate::sketch::SAMPLED;

/// A pair of texts or documents, the lower number first.
pub(crate) type Pair = (u32, u32);

/// Texts that share 5-grams. Texts are named by their place in the order of their keys.
#[derive(Default)]
pub(crate) struct Postings {
    /// The texts of each run, ascending within the run.
    members: Vec<u32>,
    /// Where each run starts in `members`, and the end of the last one.
    starts: Vec<u32>,
    /// The runs of each text, ascending.
    runs: Vec<u32>,
    /// Where the runs of each text start in `runs`, and the end of the last one.
    offsets: Vec<u32>,
    /// The hashes of the runs that are not sampled by rate; those are the last runs.
    high: Vec<u64>,
    /// What is kept of the sketch of each text.
    stats: Vec<Stat>,
    /// The hashes of short texts.
    small: Vec<u64>,
}

/// What a text's runs do not tell of its sketch.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Stat {
    /// As [`crate::sketch::Sketch::bound`].
    bound: u64,
    /// Hashes in the sketch.
    length: u32,
    /// Hashes up to [`SAMPLED`].
    low: u32,
    /// Where the hashes of a short text start in `small`.
    small: u32,
}

impl Postings {
    /// Returns the index of the sketches of `prints` that are texts: `texts[print]` is the number of
    /// the text, or `u32::MAX`.
    ///
    /// # Errors
    /// When the sketches cannot be read from disk.
    pub(crate) fn new(prints: &Prints<'_>, texts: &[u32], count: usize) -> std::io::Result<Self> {
        let mut postings = Self {
            stats: vec![Stat::default(); count],
            ..Self::default()
        };
        let entries = postings.take_stats(prints, texts);
        for (from, to) in ranges(entries / AT_A_TIME + 1) {
            postings.add_runs(&prints.entries(from, to, texts)?);
        }
        postings.starts.push(narrow(postings.members.len()));
        postings.take_small(prints, texts);
        postings.turn(count);
        Ok(postings)
    }

    fn take_stats(&mut self, prints: &Prints<'_>, texts: &[u32]) -> usize {
        let mut entries = 0;
        for (print, &text) in prints.iter().zip(texts) {
            if let Some(stat) = self.stats.get_mut(text as usize) {
                entries += print.length as usize;
                *stat = Stat {
                    bound: print.bound,
                    length: print.length,
                    low: print.low,
                    small: u32::MAX,
                };
            }
        }
        entries
    }

    fn take_small(&mut self, prints: &Prints<'_>, texts: &[u32]) {
        prints.for_each_small(|print, hashes| {
            if let Some(stat) = self.stats.get_mut(texts[print] as usize) {
                stat.small = narrow(self.small.len());
                self.small.extend_from_slice(hashes);
            }
        });
    }

    fn add_runs(&mut self, entries: &[Entry]) {
        for run in entries.chunk_by(|x, y| x.0 == y.0) {
            if run.len() > 1 {
                self.starts.push(narrow(self.members.len()));
                self.members.extend(run.iter().map(|&(_, text)| text));
                if run[0].0 > SAMPLED {
                    self.high.push(run[0].0);
                }
            }
        }
    }

    /// Lists the runs of each text.
    fn turn(&mut self, count: usize) {
        let mut offsets = vec![0_u32; count + 1];
        for &text in &self.members {
            offsets[text as usize + 1] += 1;
        }
        for at in 0..count {
            offsets[at + 1] += offsets[at];
        }
        let mut cursor = offsets.clone();
        self.runs = vec![0; self.members.len()];
        for (run, two) in (0..).zip(self.starts.windows(2)) {
            for &text in &self.members[two[0] as usize..two[1] as usize] {
                let at = &mut cursor[text as usize];
                self.runs[*at as usize] = run;
                *at += 1;
            }
        }
        self.offsets = offsets;
    }

    /// Forgets texts.
    pub(crate) fn retain(&mut self, is_kept: impl Fn(u32) -> bool) {
        let mut members = Vec::with_capacity(self.members.len());
        let mut starts = Vec::with_capacity(self.starts.len());
        for two in self.starts.windows(2) {
            starts.push(narrow(members.len()));
            let run = &self.members[two[0] as usize..two[1] as usize];
            members.extend(run.iter().copied().filter(|&text| is_kept(text)));
        }
        starts.push(narrow(members.len()));
        (self.members, self.starts) = (members, starts);
        self.turn(self.stats.len());
    }

    /// Returns the number of texts.
    pub(crate) const fn texts(&self) -> usize {
        self.stats.len()
    }

    /// Returns the number of runs.
    pub(crate) fn count(&self) -> usize {
        self.starts.len().saturating_sub(1)
    }

    /// Returns the texts of a run, ascending.
    pub(crate) fn run(&self, run: u32) -> &[u32] {
        let run = run as usize;
        &self.members[self.starts[run] as usize..self.starts[run + 1] as usize]
    }

    /// Returns the runs of a text, ascending.
    pub(crate) fn runs_of(&self, text: u32) -> &[u32] {
        let text = text as usize;
        &self.runs[self.offsets[text] as usize..self.offsets[text + 1] as usize]
    }

    /// Calls `visit` with every run that both texts are in.
    pub(crate) fn for_each_shared(&self, (a, b): Pair, mut visit: impl FnMut(u32)) {
        let (a, b) = (self.runs_of(a), self.runs_of(b));
        let (mut i, mut j) = (0, 0);
        while i < a.len() && j < b.len() {
            let (x, y) = (a[i], b[j]);
            if x == y {
                visit(x);
            }
            i += usize::from(x <= y);
            j += usize::from(y <= x);
        }
    }

    /// Returns how many hashes of either sketch could be shared with the other, and how many are.
    pub(crate) fn overlap(&self, pair: Pair) -> Overlap {
        let bound = self.bound(pair);
        let mut shared = 0;
        self.for_each_shared(pair, |_| shared += 1);
        Overlap {
            a: self.under(pair.0, bound),
            b: self.under(pair.1, bound),
            shared,
        }
    }

    fn bound(&self, (a, b): Pair) -> u64 {
        let bound = |text: u32| self.stats[text as usize].bound;
        bound(a).min(bound(b))
    }

    fn under(&self, text: u32, bound: u64) -> u32 {
        let stat = self.stats[text as usize];
        match bound {
            // The other text is too short to have a sketch.
            0 => 0,
            SAMPLED => stat.low,
            _ => {
                let hashes = &self.small[stat.small as usize..][..stat.length as usize];
                narrow(hashes.partition_point(|&hash| hash <= bound))
            }
        }
    }

    /// Returns how many rare hashes of either sketch could be shared with the other, and how many are,
    /// given which runs are rare.
    pub(crate) fn rare_overlap(&self, pair: Pair, is_rare: &[bool]) -> Overlap {
        let bound = self.bound(pair);
        if bound == 0 {
            return Overlap::default();
        }
        let first_high = self.count() - self.high.len();
        let is_under = |run: usize| match run.checked_sub(first_high) {
            Some(high) => self.high[high] <= bound,
            None => true,
        };
        let rare = |text: u32| {
            let runs = self.runs_of(text).iter().map(|&run| run as usize);
            let common = runs.filter(|&run| !is_rare[run] && is_under(run)).count();
            self.under(text, bound) - narrow(common)
        };
        let mut shared = 0;
        self.for_each_shared(pair, |run| shared += u32::from(is_rare[run as usize]));
        Overlap {
            a: rare(pair.0),
            b: rare(pair.1),
            shared,
        }
    }
}

/// Counts of two sketches.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Overlap {
    pub(crate) a: u32,
    pub(crate) b: u32,
    pub(crate) shared: u32,
}

impl Overlap {
    /// Returns the overlap of the second with the first.
    pub(crate) const fn turned(self) -> Self {
        Self {
            a: self.b,
            b: self.a,
            shared: self.shared,
        }
    }
}

fn narrow(count: usize) -> u32 {
    u32::try_from(count).expect("an index has fewer than four thousand million entries")
}
