//! Measures pairs of documents by reading them.

use std::borrow::Cow;

use rayon::prelude::*;
use rustc_hash::FxHashSet;

use crate::cluster::Forest;
use crate::documents::Documents;
use crate::grams::Marks;
use crate::item::{DedupError, Item};
use crate::judge::rule;
use crate::normalise::Normal;
use crate::postings::{Overlap, Pair};
use crate::settings::Settings;
use crate::verify::{Measure, Reading};
use crate::veto::{Difference, Lexicon};

/// A pair of documents to be measured.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Task {
    /// The lower document first.
    pub(crate) pair: Pair,
    pub(crate) rare: Overlap,
}

impl Task {
    /// Returns how much of their own both documents have in common, in thousandths.
    const fn closeness(&self) -> u32 {
        let least = if self.rare.a < self.rare.b {
            self.rare.a
        } else {
            self.rare.b
        };
        match least {
            0 => 0,
            _ => self.rare.shared.saturating_mul(1000) / least,
        }
    }
}

/// Words read in full at a time by one thread, some 30 bytes each: what the nearer caches hold.
const WORDS: usize = 150_000;

/// What was measured of a pair.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Measured {
    pub(crate) measure: Measure,
    pub(crate) difference: Option<Difference>,
}

impl Measured {
    /// Returns whether the words that differ must be looked at.
    pub(crate) fn is_telling(measure: &Measure, settings: &Settings) -> bool {
        rule(measure, settings).is_some() || measure.containment() >= settings.quotes_share
    }
}

/// What documents are read from.
pub(crate) struct Shelf<'a> {
    pub(crate) documents: &'a dyn Documents,
    /// The place of each document among `documents`.
    pub(crate) order: &'a [u32],
    /// The number of words of each document.
    pub(crate) words: &'a [u32],
    /// Documents that are still in memory as they were read.
    pub(crate) kept: &'a [Option<Normal>],
    pub(crate) settings: &'a Settings,
}

impl Shelf<'_> {
    /// Measures pairs of documents, in the order of `tasks`.
    ///
    /// # Errors
    /// When a document cannot be read.
    pub(crate) fn measure(&self, tasks: &[Task]) -> Result<Vec<Measured>, DedupError> {
        let lexicon = Lexicon::new();
        let batches = self.batches(tasks);
        let found: Vec<Vec<(u32, Measured)>> = batches
            .par_iter()
            .map(|batch| self.batch(batch, tasks, &lexicon))
            .collect::<Result<_, _>>()?;
        let mut found: Vec<(u32, Measured)> = found.into_iter().flatten().collect();
        found.sort_unstable_by_key(|&(task, _)| task);
        Ok(found.into_iter().map(|(_, measured)| measured).collect())
    }

    fn batch(
        &self,
        batch: &[u32],
        tasks: &[Task],
        lexicon: &Lexicon,
    ) -> Result<Vec<(u32, Measured)>, DedupError> {
        let pairs = batch.iter().map(|&task| tasks[task as usize].pair);
        let mut documents: Vec<u32> = pairs.flat_map(|(a, b)| [a, b]).collect();
        documents.sort_unstable();
        documents.dedup();
        let items: Vec<Cow<'_, Item>> = documents
            .iter()
            .map(|&document| self.documents.read(self.order[document as usize] as usize))
            .collect::<Result<_, _>>()
            .map_err(DedupError::unreadable)?;
        let readings: Vec<Reading<'_>> = documents
            .iter()
            .zip(&items)
            .map(|(&document, item)| match &self.kept[document as usize] {
                Some(normal) => Reading::again(&item.text, normal, lexicon),
                None => Reading::of(&item.text, lexicon),
            })
            .collect();
        let reading = |document: u32| {
            let place = documents.partition_point(|&other| other < document);
            &readings[place]
        };
        let mut marks = Marks::default();
        let measured = batch.iter().map(|&task| {
            let Task { pair, rare } = tasks[task as usize];
            let pair = (reading(pair.0), reading(pair.1));
            (task, self.measured(pair, rare, &mut marks))
        });
        Ok(measured.collect())
    }

    fn measured(
        &self,
        (a, b): (&Reading<'_>, &Reading<'_>),
        rare: Overlap,
        marks: &mut Marks,
    ) -> Measured {
        let (shared, anchors) = a.common(b, marks);
        let mut measure = Measure {
            a: a.size(),
            b: b.size(),
            shared,
            ..Measure::default()
        };
        measure.set_rare(rare);
        let is_telling = Measured::is_telling(&measure, self.settings);
        Measured {
            measure,
            difference: is_telling.then(|| Difference::of(a, b, anchors)),
        }
    }

    /// Splits tasks into batches of few documents.
    fn batches(&self, tasks: &[Task]) -> Vec<Vec<u32>> {
        let shelves = self.neighbourhoods(tasks);
        let mut order: Vec<(Pair, Pair, u32)> = (0..)
            .zip(tasks)
            .map(|(at, task)| {
                let (a, b) = (shelves[task.pair.0 as usize], shelves[task.pair.1 as usize]);
                ((a.min(b), a.max(b)), task.pair, at)
            })
            .collect();
        order.par_sort_unstable();
        let mut batches: Vec<Vec<u32>> = vec![Vec::new()];
        let mut read = FxHashSet::default();
        let mut words = 0;
        let length = |document: u32| self.words[document as usize] as usize;
        for (_, pair, task) in order {
            // A document larger than a batch is not read again for each of its pairs.
            if words > WORDS.max(2 * (length(pair.0) + length(pair.1))) {
                batches.push(Vec::new());
                read.clear();
                words = 0;
            }
            for document in [pair.0, pair.1] {
                if read.insert(document) {
                    words += length(document);
                }
            }
            batches.last_mut().expect("one batch at least").push(task);
        }
        batches
    }

    /// Returns for each document a number that those share that are best read together: pairs with most
    /// in common are put together first, as long as a batch can hold them.
    fn neighbourhoods(&self, tasks: &[Task]) -> Vec<u32> {
        let mut order: Vec<(u32, u32)> = (0..)
            .zip(tasks)
            .map(|(at, task)| (task.closeness(), at))
            .collect();
        order.par_sort_unstable();
        let mut forest = Forest::new(self.order.len());
        let mut words = self.words.to_vec();
        for (_, at) in order.into_iter().rev() {
            let (a, b) = tasks[at as usize].pair;
            let (a, b) = (forest.root(a), forest.root(b));
            let sum = words[a as usize].saturating_add(words[b as usize]);
            if a != b && sum as usize <= WORDS {
                forest.join(a, b);
                words[forest.root(a) as usize] = sum;
            }
        }
        forest.roots()
    }
}
