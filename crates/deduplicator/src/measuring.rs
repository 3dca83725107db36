//! Measures and judges the candidate pairs of a run.

use rayon::prelude::*;
use rustc_hash::FxHashSet;

use crate::candidates::{Index, Pair};
use crate::cluster::Forest;
use crate::group::Run;
use crate::identity::languages_differ;
use crate::judge::{Finding, Verdict, rule, verdict};
use crate::settings::Settings;
use crate::sketch::Sketch;
use crate::verify::{Measure, Reading};
use crate::veto::{Difference, Lexicon};

/// Returns every pair worth knowing of, measured and judged, sorted.
pub(crate) fn findings(run: &Run<'_>) -> Vec<Finding> {
    let documents = comparable(run);
    let sketches: Vec<&Sketch> = documents
        .iter()
        .map(|&document| &run.prepared[document as usize].sketch)
        .collect();
    let index = Index::new(&sketches);
    let candidates = index.candidates(sketches.len(), run.settings.max_postings);
    let rare = rare(&index, &sketches, &candidates, run.settings);
    let is_promising = |&&(a, b): &&Pair| {
        let (a, b) = (a as usize, b as usize);
        promising((sketches[a], &rare[a]), (sketches[b], &rare[b]))
    };
    let mut pairs: Vec<Pair> = candidates
        .par_iter()
        .filter(is_promising)
        .map(|&(a, b)| (documents[a as usize], documents[b as usize]))
        .collect();
    pairs.extend(named(run));
    pairs.sort_unstable();
    pairs.dedup();
    let mut flags: Vec<&[bool]> = vec![&[]; run.items.len()];
    for (&document, rare) in documents.iter().zip(&rare) {
        flags[document as usize] = rare;
    }
    let mut findings = Measuring { run, rare: &flags }.all(&pairs);
    findings.sort_unstable_by_key(|finding| (finding.a, finding.b));
    findings
}

/// One document for every text that is long enough.
fn comparable(run: &Run<'_>) -> Vec<u32> {
    (0..)
        .zip(&run.leaders)
        .filter(|&(document, &leader)| document == leader)
        .map(|(document, _)| document)
        .filter(|&document: &u32| !run.prepared[document as usize].sketch.hashes.is_empty())
        .collect()
}

/// Pairs that are measured because identities or people name them.
fn named<'a>(run: &'a Run<'_>) -> impl Iterator<Item = Pair> + 'a {
    let identities = &run.identities;
    [&run.decided.merge, &identities.equal, &identities.revisions]
        .into_iter()
        .flatten()
        .map(|&(a, b)| (run.leaders[a as usize], run.leaders[b as usize]))
        .filter(|(a, b)| a != b)
        .map(|(a, b)| (a.min(b), a.max(b)))
}

/// Returns for every sketch which entries are rare.
fn rare(
    index: &Index,
    sketches: &[&Sketch],
    candidates: &[Pair],
    settings: &Settings,
) -> Vec<Vec<bool>> {
    let frequencies = index.frequencies(&families(sketches, candidates));
    let most = u32::try_from(settings.rare_postings).unwrap_or(u32::MAX);
    let is_rare = |&run: &u32| frequencies[run as usize] <= most;
    (0..u32::try_from(sketches.len()).unwrap_or(u32::MAX))
        .into_par_iter()
        .map(|place| index.runs_of(place).iter().map(is_rare).collect())
        .collect()
}

/// Returns the family of every sketch: copies so near that they count once in a document frequency.
fn families(sketches: &[&Sketch], candidates: &[Pair]) -> Vec<u32> {
    // Nine tenths: pages that share chrome only have an article's worth of other words.
    const NEAR: f64 = 0.9;
    let near = |&&(a, b): &&Pair| {
        let overlap = sketches[a as usize].overlap(sketches[b as usize]);
        let shared = overlap.shared();
        shared as f64 >= NEAR * (overlap.a.len() + overlap.b.len() - shared) as f64
    };
    let close: Vec<&Pair> = candidates.par_iter().filter(near).collect();
    let mut forest = Forest::new(sketches.len());
    for &&(a, b) in &close {
        forest.join(a, b);
    }
    forest.roots()
}

/// Returns whether a pair may merge or relate, as far as the sketches tell.
fn promising(a: (&Sketch, &[bool]), b: (&Sketch, &[bool])) -> bool {
    /// Estimated containment for a relation: under the least share that one needs (0.5) by one and
    /// a half standard errors of the estimate of a short document.
    const RELATED: f64 = 0.35;
    /// Estimated containment for a merge, where the rare 5-grams speak for one: a Jaccard
    /// coefficient of 0.2 is a containment of a third.
    const MERGED: f64 = 0.2;
    /// No rule merges at a lower core by default, and the core is no estimate.
    const CORE: f64 = 0.5;
    let overlap = a.0.overlap(b.0);
    let smaller = overlap.a.len().min(overlap.b.len()) as f64;
    let shared = overlap.shared() as f64;
    if shared >= RELATED * smaller {
        return true;
    }
    let mut measure = Measure::default();
    measure.count_rare(a, b);
    shared >= MERGED * smaller && measure.core() >= CORE
}

struct Measuring<'a> {
    run: &'a Run<'a>,
    /// Which entries of each document's sketch are rare.
    rare: &'a [&'a [bool]],
}

impl Measuring<'_> {
    /// Measures `pairs`, batch by batch, so that few documents are held in full at a time.
    fn all(&self, pairs: &[Pair]) -> Vec<Finding> {
        let lexicon = Lexicon::new();
        let mut findings = Vec::with_capacity(pairs.len());
        for batch in self.batches(pairs) {
            let mut documents: Vec<u32> = batch.iter().flat_map(|&(a, b)| [a, b]).collect();
            documents.sort_unstable();
            documents.dedup();
            let read = |&document: &u32| Reading::of(self.text(document), &lexicon);
            let readings: Vec<Reading<'_>> = documents.par_iter().map(read).collect();
            let reading = |document: u32| {
                let place = documents.partition_point(|&other| other < document);
                &readings[place]
            };
            let found = batch
                .par_iter()
                .map(|&(a, b)| self.finding((a, reading(a)), (b, reading(b))));
            findings.extend(found.collect::<Vec<_>>());
        }
        findings
    }

    fn text(&self, document: u32) -> &str {
        &self.run.items[document as usize].text
    }

    /// Splits pairs into batches of few documents, connected ones together.
    fn batches(&self, pairs: &[Pair]) -> Vec<Vec<Pair>> {
        /// Words read in full at a time: some 40 bytes each.
        const WORDS: usize = 4_000_000;
        let mut forest = Forest::new(self.run.items.len());
        for &(a, b) in pairs {
            forest.join(a, b);
        }
        let mut order: Vec<(u32, Pair)> = pairs.iter().map(|&p| (forest.root(p.0), p)).collect();
        order.sort_unstable();
        let mut batches: Vec<Vec<Pair>> = vec![Vec::new()];
        let mut read = FxHashSet::default();
        let mut words = 0;
        let length = |document: u32| self.run.prepared[document as usize].words;
        for (_, pair) in order {
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
            batches.last_mut().expect("one batch at least").push(pair);
        }
        batches
    }

    fn finding(&self, a: (u32, &Reading<'_>), b: (u32, &Reading<'_>)) -> Finding {
        let ((a, x), (b, y)) = (a, b);
        let settings = self.run.settings;
        let (shared, anchors) = x.common(y);
        let mut measure = Measure {
            a: x.size(),
            b: y.size(),
            shared,
            ..Measure::default()
        };
        measure.count_rare(self.sketch(a), self.sketch(b));
        let rule = rule(&measure, settings);
        let is_telling = rule.is_some() || measure.containment() >= settings.quotes_share;
        let difference = is_telling.then(|| Difference::of(x, y, anchors));
        let items = self.run.items;
        let verdict = match &difference {
            _ if languages_differ(items[a as usize], items[b as usize]) => Verdict::Apart,
            Some(difference) => verdict(rule, &measure, difference, settings),
            None => Verdict::Apart,
        };
        Finding {
            a,
            b,
            measure,
            difference,
            verdict,
        }
    }

    fn sketch(&self, document: u32) -> (&Sketch, &[bool]) {
        let document = document as usize;
        (&self.run.prepared[document].sketch, self.rare[document])
    }
}
