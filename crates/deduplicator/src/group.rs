//! Runs the steps from items to clusters.

use rayon::prelude::*;
use rustc_hash::FxHashMap;

use crate::cluster::Forest;
use crate::constraints::Decided;
use crate::digest::{demote, digests};
use crate::documents::{Documents, Items};
use crate::engine::engine;
use crate::facts::{Facts, languages_differ};
use crate::identity::Identities;
use crate::item::{Constraints, DedupError, Grouping, Item};
use crate::judge::{Finding, Rule, Verdict, rule, verdict};
use crate::measuring::{Measured, Shelf};
use crate::outcome::Outcome;
use crate::postings::Pair;
use crate::prepare::{Prepared, prepare};
use crate::prints::{Print, Prints};
use crate::settings::Settings;
use crate::state::{Found, State};
use crate::texts::Text;

/// Groups `items` into clusters of documents that say the same.
///
/// The result depends on the set of items, the constraints and the settings alone: any order of the
/// items gives the same clusters, and [`Grouping::members`] follows that order.
///
/// # Errors
/// When two items have the same id.
pub fn group(
    items: &[Item],
    constraints: &Constraints,
    settings: &Settings,
) -> Result<Grouping, DedupError> {
    let mut prints = Prints::default();
    let nothing = |_: &Settings| Ok(State::default());
    let keep = |_: &State, _: &Settings| Ok(());
    group_with(
        &Items(items),
        constraints,
        settings,
        &mut prints,
        (nothing, keep),
        whole,
    )
}

/// Returns the whole result, members in the order in which the documents were given.
pub(crate) fn whole(outcome: &Outcome<'_>, documents: &[u32]) -> Grouping {
    outcome.grouping(documents.iter().copied())
}

/// Groups `documents` with what is known of them: `prints`, to which missing ones are added, and the
/// state that the call before left. That is asked for, and the new one handed over, with the settings
/// in force. `finish` gets the outcome and the documents in the order in which they were given.
///
/// # Errors
/// As [`group`], and when a document or the index cannot be read.
pub(crate) fn group_with<T>(
    documents: &dyn Documents,
    constraints: &Constraints,
    settings: &Settings,
    prints: &mut Prints<'_>,
    (before, keep): (
        impl FnOnce(&Settings) -> Result<State, DedupError>,
        impl FnOnce(&State, &Settings) -> Result<(), DedupError>,
    ),
    finish: impl FnOnce(&Outcome<'_>, &[u32]) -> T,
) -> Result<T, DedupError> {
    let mut prepared = prepare(documents, prints, settings)?;
    let kept = std::mem::take(&mut prepared.kept);
    let settings = settings.for_items(prepared.facts.iter().all(|facts| facts.cleaned));
    let run = Run::new(&prepared, constraints, &settings);
    let (texts, twins) = run.texts();
    let words: Vec<u32> = prepared.prints.iter().map(|print| print.words).collect();
    let shelf = Shelf {
        documents,
        order: &prepared.order,
        words: &words,
        kept: &kept,
        settings: &settings,
    };
    let state = engine(
        prints,
        before(&settings)?,
        &texts,
        &run.named(&texts),
        &shelf,
    )?;
    drop(kept);
    keep(&state, &settings)?;
    let wanted = prepared.prints.iter().map(|print| print.text).collect();
    prints.tidy(&wanted).map_err(DedupError::unreadable)?;
    let findings = run.findings(state.found, &texts, &twins);
    let mut documents = vec![0; prepared.order.len()];
    for (document, &place) in (0..).zip(&prepared.order) {
        documents[place as usize] = document;
    }
    Ok(run.finish(findings, |outcome| finish(outcome, &documents)))
}

/// One call. Documents are named by their place in the order of ids.
pub(crate) struct Run<'a> {
    pub(crate) settings: &'a Settings,
    pub(crate) decided: Decided,
    pub(crate) identities: Identities,
    /// What is known of each document beside its words.
    pub(crate) facts: &'a [Facts],
    pub(crate) prints: &'a [Print],
    /// The first document with the same words, for every document.
    pub(crate) leaders: Vec<u32>,
}

impl<'a> Run<'a> {
    fn new(prepared: &'a Prepared, constraints: &Constraints, settings: &'a Settings) -> Self {
        let decided = Decided::new(constraints, &prepared.facts);
        Self {
            settings,
            leaders: leaders(&prepared.prints, &decided),
            decided,
            identities: Identities::of(&prepared.facts),
            facts: &prepared.facts,
            prints: &prepared.prints,
        }
    }

    /// Returns the texts by key, each with the first document that has it, and the documents that have
    /// the text of another, by that one, but are kept apart from it.
    fn texts(&self) -> (Vec<Text>, FxHashMap<u32, Vec<u32>>) {
        let text = |document: u32| {
            let print = &self.prints[document as usize];
            Text {
                key: print.key,
                document,
                raw: print.text,
            }
        };
        let leads = |&(document, &leader): &(u32, &u32)| {
            document == leader && self.prints[document as usize].words > 0
        };
        let leaders = (0..).zip(&self.leaders).filter(leads);
        let mut texts: Vec<Text> = leaders.map(|(document, _)| text(document)).collect();
        texts.par_sort_unstable_by_key(|text| (text.key, text.document));
        let mut twins: FxHashMap<u32, Vec<u32>> = FxHashMap::default();
        texts.dedup_by(|later, kept| {
            let same = later.key == kept.key;
            if same {
                twins.entry(kept.document).or_default().push(later.document);
            }
            same
        });
        (texts, twins)
    }

    /// Returns the pairs of texts that are measured because identities or people name them.
    fn named(&self, texts: &[Text]) -> Vec<Pair> {
        let identities = &self.identities;
        let pairs = [&self.decided.merge, &identities.equal, &identities.claimed];
        let pairs = pairs.into_iter().flatten().copied();
        let text = |document: u32| {
            let key = self.prints[document as usize].key;
            let found = texts.binary_search_by_key(&key, |text| text.key).ok()?;
            u32::try_from(found).ok()
        };
        pairs
            .chain(identities.revised())
            .filter_map(|(a, b)| Some((text(a)?, text(b)?)))
            .filter(|(a, b)| a != b)
            .map(|(a, b)| (a.min(b), a.max(b)))
            .collect()
    }

    /// Judges what was measured, for every pair of documents that stands for a pair of texts.
    fn findings(
        &self,
        found: Vec<Found>,
        texts: &[Text],
        twins: &FxHashMap<u32, Vec<u32>>,
    ) -> Vec<Finding> {
        let document = |text: u32| texts[text as usize].document;
        let of = |found: &Found| match found.turned {
            true => (document(found.pair.1), document(found.pair.0)),
            false => (document(found.pair.0), document(found.pair.1)),
        };
        let mut findings: Vec<Finding> = Vec::new();
        if !twins.is_empty() {
            for one in &found {
                let (a, b) = of(one);
                let (of_a, of_b) = (copies(a, twins), copies(b, twins));
                let pairs = of_a.iter().flat_map(|&a| of_b.iter().map(move |&b| (a, b)));
                let others = pairs.skip(1);
                findings.extend(others.map(|(a, b)| self.finding(a, b, one.measured.clone())));
            }
        }
        // One after another, so that each takes the room of what it is made of.
        let judged = found.into_iter().map(|found| {
            let (a, b) = of(&found);
            self.finding(a, b, found.measured)
        });
        let mut judged: Vec<Finding> = judged.collect();
        judged.append(&mut findings);
        let mut findings = judged;
        findings.par_sort_unstable_by_key(|finding| (finding.a, finding.b));
        findings
    }

    fn finding(&self, a: u32, b: u32, measured: Measured) -> Finding {
        let Measured {
            measure,
            difference,
        } = measured;
        let language = |document: u32| self.facts[document as usize].language.as_str();
        let verdict = match &difference {
            _ if languages_differ(language(a), language(b)) => Verdict::Apart,
            Some(difference) => {
                let rule = rule(&measure, self.settings);
                verdict(rule, &measure, difference, self.settings)
            }
            None => Verdict::Apart,
        };
        let finding = Finding {
            a,
            b,
            measure,
            difference,
            verdict,
        };
        if a <= b { finding } else { finding.turned() }
    }

    fn finish<T>(&self, mut findings: Vec<Finding>, finish: impl FnOnce(&Outcome<'_>) -> T) -> T {
        let digests = digests(&findings, self.settings);
        demote(&mut findings, &digests);
        let roots = self.cluster(&findings);
        finish(&Outcome {
            facts: self.facts,
            words: self
                .prints
                .iter()
                .map(|print| print.words as usize)
                .collect(),
            settings: self.settings,
            decided: &self.decided,
            identities: &self.identities,
            leaders: &self.leaders,
            findings: &findings,
            digests: &digests,
            roots: &roots,
        })
    }

    /// Joins documents in a total order: decisions, equal texts, identities, then findings by score
    /// and ids.
    fn cluster(&self, findings: &[Finding]) -> Vec<u32> {
        let mut forest = Forest::new(self.facts.len());
        let forbid = |forest: &mut Forest, pairs: &[Pair]| {
            pairs.iter().for_each(|&(a, b)| forest.forbid(a, b));
        };
        let join = |forest: &mut Forest, pairs: &[Pair]| {
            for &(a, b) in pairs {
                forest.join(a, b);
            }
        };
        forbid(&mut forest, &self.decided.apart);
        join(&mut forest, &self.decided.merge);
        for (document, &leader) in (0..).zip(&self.leaders) {
            forest.join(leader, document);
        }
        self.identities
            .translated()
            .chain(self.identities.revised())
            .for_each(|(a, b)| forest.forbid(a, b));
        join(&mut forest, &self.identities.equal);
        let mut merging: Vec<&Finding> = Vec::new();
        for finding in findings {
            match finding.verdict {
                Verdict::Template | Verdict::Revision(_) => forest.forbid(finding.a, finding.b),
                Verdict::Merge(_) => merging.push(finding),
                Verdict::Apart => {}
            }
        }
        for (a, b) in self.claimed_and_alike(findings) {
            forest.join(a, b);
        }
        merging.sort_by(|x, y| {
            let by_score = y.score().total_cmp(&x.score());
            by_score.then_with(|| (x.a, x.b).cmp(&(y.a, y.b)))
        });
        let (weak, strong): (Vec<&Finding>, Vec<&Finding>) = merging
            .into_iter()
            .partition(|finding| finding.verdict == Verdict::Merge(Rule::Exchanged));
        let mut tied = vec![false; self.facts.len()];
        for finding in strong {
            if forest.join(finding.a, finding.b) {
                tied[finding.a as usize] = true;
                tied[finding.b as usize] = true;
            }
        }
        for finding in weak {
            if !tied[finding.a as usize] && !tied[finding.b as usize] {
                forest.join(finding.a, finding.b);
            }
        }
        forest.roots()
    }

    /// Returns the pairs that claim to be one document, of which one is too short to be compared and
    /// half of the shorter text is in the other. Longer texts are judged as all others.
    fn claimed_and_alike<'f>(&'f self, findings: &'f [Finding]) -> impl Iterator<Item = Pair> + 'f {
        const HALF: f64 = 0.5;
        let is_short = |document: u32| self.prints[document as usize].length == 0;
        let alike = move |&(a, b): &Pair| {
            let (a, b) = (self.leaders[a as usize], self.leaders[b as usize]);
            let pair = (a.min(b), a.max(b));
            let found = findings.binary_search_by_key(&pair, |finding| (finding.a, finding.b));
            let half = found.is_ok_and(|at| findings[at].measure.containment() >= HALF);
            half && (is_short(a) || is_short(b))
        };
        self.identities.claimed.iter().copied().filter(alike)
    }
}

/// Returns the first document with the same words, for every document. Documents without words have
/// none in common; documents that people keep apart have leaders of their own.
fn leaders(prints: &[Print], decided: &Decided) -> Vec<u32> {
    let mut leaders: Vec<u32> = (0..u32::try_from(prints.len()).unwrap_or(u32::MAX)).collect();
    let mut order = leaders.clone();
    order.retain(|&index| prints[index as usize].words > 0);
    order.par_sort_unstable_by_key(|&index| (prints[index as usize].key, index));
    for equal in order.chunk_by(|&a, &b| prints[a as usize].key == prints[b as usize].key) {
        let first = equal[0];
        for &document in &equal[1..] {
            if !decided.keeps_apart(first, document) {
                leaders[document as usize] = first;
            }
        }
    }
    leaders
}

/// Returns `document` and the documents with its text that are kept apart from it.
fn copies(document: u32, twins: &FxHashMap<u32, Vec<u32>>) -> Vec<u32> {
    let twins = twins.get(&document).map(Vec::as_slice).unwrap_or_default();
    [&[document], twins].concat()
}
