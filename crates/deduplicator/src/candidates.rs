//! Finds pairs of documents that are worth measuring.
//!
//! An inverted index on sampled 5-grams. A 5-gram of at most `max_postings` documents speaks for
//! every pair of them; a more common one only for neighbours, so that the work stays linear and a
//! large family of copies still hangs together. A pair needs two voices.

use rayon::prelude::*;

use crate::sketch::Sketch;

/// The inverted index of a set of sketches.
pub(crate) struct Index {
    /// The documents of each run, ascending within the run.
    documents: Vec<u32>,
    /// Where each run starts, and the end of the last one.
    starts: Vec<usize>,
    /// The run of each sketch entry, document after document.
    runs: Vec<u32>,
    /// Where the entries of each document start in `runs`, and the end of the last one.
    offsets: Vec<usize>,
}

/// A pair of documents, the lower index first.
pub(crate) type Pair = (u32, u32);

/// Shared 5-grams that make a pair a candidate: one is common between unlike documents.
const VOICES: u16 = 2;

impl Index {
    /// Returns the index of `sketches`.
    pub(crate) fn new(sketches: &[&Sketch]) -> Self {
        let mut entries: Vec<(u64, u32)> = sketches
            .par_iter()
            .enumerate()
            .flat_map_iter(|(document, sketch)| {
                let document = u32::try_from(document).unwrap_or(u32::MAX);
                sketch.hashes.iter().map(move |&hash| (hash, document))
            })
            .collect();
        entries.par_sort_unstable();
        let mut offsets = vec![0; sketches.len() + 1];
        for (document, sketch) in sketches.iter().enumerate() {
            offsets[document + 1] = offsets[document] + sketch.hashes.len();
        }
        Self::of_entries(&entries, offsets)
    }

    fn of_entries(entries: &[(u64, u32)], offsets: Vec<usize>) -> Self {
        let mut cursor = offsets.clone();
        let mut runs = vec![0; entries.len()];
        let mut starts = Vec::new();
        for (at, &(hash, document)) in entries.iter().enumerate() {
            if at == 0 || entries[at - 1].0 != hash {
                starts.push(at);
            }
            // Entries come by ascending hash, as every sketch has them.
            let slot = &mut cursor[document as usize];
            runs[*slot] = u32::try_from(starts.len() - 1).unwrap_or(u32::MAX);
            *slot += 1;
        }
        starts.push(entries.len());
        Self {
            documents: entries.iter().map(|&(_, document)| document).collect(),
            starts,
            runs,
            offsets,
        }
    }

    /// Returns the run of each entry of the sketch of `document`.
    pub(crate) fn runs_of(&self, document: u32) -> &[u32] {
        let document = document as usize;
        &self.runs[self.offsets[document]..self.offsets[document + 1]]
    }

    fn run(&self, run: u32) -> &[u32] {
        let run = run as usize;
        &self.documents[self.starts[run]..self.starts[run + 1]]
    }

    /// Returns the number of distinct families among the documents of each run.
    pub(crate) fn frequencies(&self, family: &[u32]) -> Vec<u32> {
        let count = |bounds: &[usize]| {
            let mut seen: Vec<u32> = self.documents[bounds[0]..bounds[1]]
                .iter()
                .map(|&document| family[document as usize])
                .collect();
            seen.sort_unstable();
            seen.dedup();
            u32::try_from(seen.len()).unwrap_or(u32::MAX)
        };
        self.starts.par_windows(2).map(count).collect()
    }

    /// Returns the pairs that have enough voices, sorted.
    pub(crate) fn candidates(&self, documents: usize, max_postings: usize) -> Vec<Pair> {
        let count = u32::try_from(documents).unwrap_or(u32::MAX);
        let partners = |counter: &mut Counter, a: u32| {
            self.partners(a, max_postings, counter)
                .into_iter()
                .map(|b| (a, b))
                .collect::<Vec<_>>()
        };
        (0..count)
            .into_par_iter()
            .map_init(|| Counter::new(documents), partners)
            .flatten_iter()
            .collect()
    }

    /// Returns the documents behind `a` that share enough with it, ascending.
    fn partners(&self, a: u32, max_postings: usize, counter: &mut Counter) -> Vec<u32> {
        for &run in self.runs_of(a) {
            let documents = self.run(run);
            let behind = documents.partition_point(|&document| document <= a);
            let speaks_for = match documents.len() > max_postings {
                true => documents[behind..].iter().take(1),
                false => documents[behind..].iter().take(max_postings),
            };
            speaks_for.for_each(|&b| counter.add(b));
        }
        counter.drain(VOICES)
    }
}

/// Counts per document, with a list of those that were touched so that clearing is cheap.
struct Counter {
    counts: Vec<u16>,
    touched: Vec<u32>,
}

impl Counter {
    fn new(documents: usize) -> Self {
        Self {
            counts: vec![0; documents],
            touched: Vec::new(),
        }
    }

    fn add(&mut self, document: u32) {
        let count = &mut self.counts[document as usize];
        if *count == 0 {
            self.touched.push(document);
        }
        *count = count.saturating_add(1);
    }

    fn drain(&mut self, least: u16) -> Vec<u32> {
        let mut found = Vec::new();
        for document in self.touched.drain(..) {
            if std::mem::take(&mut self.counts[document as usize]) >= least {
                found.push(document);
            }
        }
        found.sort_unstable();
        found
    }
}
