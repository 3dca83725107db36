//! Finds pairs of texts that are worth measuring.
//!
//! A 5-gram of at most `max_postings` texts speaks for every pair of them; a more common one only for
//! neighbours, so that the work stays linear and a large family of copies still hangs together. A pair
//! needs two voices.

use rayon::prelude::*;

use crate::cluster::Forest;
pub(crate) use crate::postings::Pair;
use crate::postings::{Overlap, Postings};
use crate::settings::Settings;

/// Shared 5-grams that make a pair a candidate: one is common between unlike documents.
const VOICES: u16 = 2;

/// A pair whose sketches have enough in common.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Candidate {
    pub(crate) pair: Pair,
    /// Whether both are so near that they count once in a document frequency.
    pub(crate) near: bool,
    /// Whether the pair may merge or relate, as far as the sketches tell.
    pub(crate) promising: bool,
}

/// Estimated containment for a relation: under the least share that one needs (0.5) by one and a half
/// standard errors of the estimate of a short document.
const RELATED: f64 = 0.35;

/// Estimated containment for a merge, where the rare 5-grams speak for one: a Jaccard coefficient of
/// 0.2 is a containment of a third.
const MERGED: f64 = 0.2;

/// No rule merges at a lower core by default, and the core is no estimate.
const CORE: f64 = 0.5;

/// Nine tenths: pages that share chrome only have an article's worth of other words.
const NEAR: f64 = 0.9;

/// Returns the candidates of the texts for which `is_fresh`, among all texts, sorted.
pub(crate) fn candidates(
    postings: &Postings,
    is_fresh: &[bool],
    settings: &Settings,
) -> Vec<Candidate> {
    let fresh = (0..).zip(is_fresh).filter(|&(_, &fresh)| fresh);
    let fresh: Vec<u32> = fresh.map(|(text, _)| text).collect();
    let of = |counter: &mut Counter, &text: &u32| {
        let found = partners(postings, text, is_fresh, settings.max_postings, counter);
        let found = found
            .into_iter()
            .map(|other| (text.min(other), text.max(other)));
        found
            .filter_map(|pair| candidate(postings, pair))
            .collect::<Vec<_>>()
    };
    let mut all: Vec<Candidate> = fresh
        .par_iter()
        .map_init(|| Counter::new(is_fresh.len()), of)
        .flatten_iter()
        .collect();
    all.par_sort_unstable_by_key(|candidate| candidate.pair);
    all
}

/// Returns the texts that share enough with `text`, but not those fresh ones before it: they find it.
fn partners(
    postings: &Postings,
    text: u32,
    is_fresh: &[bool],
    max_postings: usize,
    counter: &mut Counter,
) -> Vec<u32> {
    for &run in postings.runs_of(text) {
        let texts = postings.run(run);
        if texts.len() < 2 {
            continue;
        }
        let at = texts.partition_point(|&other| other < text);
        let (mut before, mut behind) = (&texts[..at], &texts[at + 1..]);
        if texts.len() > max_postings {
            before = &before[at.saturating_sub(1)..];
            behind = &behind[..behind.len().min(1)];
        }
        let stale = before.iter().filter(|&&other| !is_fresh[other as usize]);
        stale.chain(behind).for_each(|&other| counter.add(other));
    }
    counter.drain(VOICES)
}

fn candidate(postings: &Postings, pair: Pair) -> Option<Candidate> {
    let overlap = postings.overlap(pair);
    let shared = f64::from(overlap.shared);
    let union = f64::from(overlap.a + overlap.b - overlap.shared);
    let enough = shared >= MERGED * f64::from(overlap.a.min(overlap.b));
    enough.then_some(Candidate {
        pair,
        near: shared >= NEAR * union,
        promising: false,
    })
}

/// Returns whether a pair may merge or relate, given which runs are rare.
pub(crate) fn is_promising(postings: &Postings, pair: Pair, is_rare: &[bool]) -> bool {
    let overlap = postings.overlap(pair);
    let (shared, smaller) = (f64::from(overlap.shared), overlap.a.min(overlap.b));
    shared >= RELATED * f64::from(smaller)
        || (shared >= MERGED * f64::from(smaller)
            && core(&postings.rare_overlap(pair, is_rare)) >= CORE)
}

fn core(rare: &Overlap) -> f64 {
    match rare.a.min(rare.b) {
        0 => 0.0,
        least => f64::from(rare.shared) / f64::from(least),
    }
}

/// Returns which runs are rare: those of few families, where near copies are one family. `counts` says
/// which texts there are.
pub(crate) fn rare(
    postings: &Postings,
    near: impl Iterator<Item = Pair>,
    counts: impl Fn(u32) -> bool + Sync,
    most: usize,
) -> Vec<bool> {
    let mut forest = Forest::new(postings.texts());
    near.for_each(|(a, b)| {
        forest.join(a, b);
    });
    let families = forest.roots();
    let is_rare = |run: u32| {
        let texts = postings.run(run);
        texts.len() <= most || is_of_few(texts, &families, &counts, most)
    };
    let runs = u32::try_from(postings.count()).unwrap_or(u32::MAX);
    (0..runs).into_par_iter().map(is_rare).collect()
}

fn is_of_few(texts: &[u32], families: &[u32], counts: impl Fn(u32) -> bool, most: usize) -> bool {
    let mut seen: Vec<u32> = Vec::with_capacity(most + 1);
    for &text in texts.iter().filter(|&&text| counts(text)) {
        let family = families[text as usize];
        if seen.last() != Some(&family) && !seen.contains(&family) {
            if seen.len() == most {
                return false;
            }
            seen.push(family);
        }
    }
    true
}

/// Counts per text, with a list of those that were touched so that clearing is cheap.
struct Counter {
    counts: Vec<u16>,
    touched: Vec<u32>,
}

impl Counter {
    fn new(texts: usize) -> Self {
        Self {
            counts: vec![0; texts],
            touched: Vec::new(),
        }
    }

    fn add(&mut self, text: u32) {
        let count = &mut self.counts[text as usize];
        if *count == 0 {
            self.touched.push(text);
        }
        *count = count.saturating_add(1);
    }

    fn drain(&mut self, least: u16) -> Vec<u32> {
        let mut found = Vec::new();
        for text in self.touched.drain(..) {
            if std::mem::take(&mut self.counts[text as usize]) >= least {
                found.push(text);
            }
        }
        found
    }
}
