//! Runs the steps from items to clusters.

use rayon::prelude::*;

use crate::candidates::Pair;
use crate::cluster::Forest;
use crate::constraints::Decided;
use crate::digest::{demote, digests};
use crate::identity::Identities;
use crate::item::{Constraints, DedupError, Grouping, Item};
use crate::judge::{Finding, Rule, Verdict};
use crate::measuring::findings;
use crate::normalise::Normal;
use crate::outcome::Outcome;
use crate::settings::Settings;
use crate::sketch::Sketch;

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
    let mut order: Vec<usize> = (0..items.len()).collect();
    order.sort_by(|&a, &b| items[a].id.cmp(&items[b].id));
    let sorted: Vec<&Item> = order.iter().map(|&index| &items[index]).collect();
    if let Some(two) = sorted.windows(2).find(|two| two[0].id == two[1].id) {
        return Err(DedupError::EqualIds(two[0].id.clone()));
    }
    let settings = &settings.for_items(items.iter().all(|item| item.cleaned));
    let mut grouping = Run::new(&sorted, constraints, settings).finish();
    let mut places: Vec<(usize, _)> = order.into_iter().zip(grouping.members).collect();
    places.sort_by_key(|&(index, _)| index);
    grouping.members = places.into_iter().map(|(_, member)| member).collect();
    Ok(grouping)
}

/// What is kept of every document.
pub(crate) struct Prepared {
    pub(crate) words: usize,
    pub(crate) key: u128,
    /// Empty for a document too short to be compared.
    pub(crate) sketch: Sketch,
}

impl Prepared {
    fn of(text: &str, settings: &Settings) -> Self {
        let normal = Normal::of(text);
        let words = normal.len();
        let sketch = match words >= settings.min_words.max(1) {
            true => Sketch::of(&normal.hashes()),
            false => Sketch::default(),
        };
        Self {
            words,
            key: normal.key(),
            sketch,
        }
    }
}

/// One call. Documents are named by their place in the order of ids.
pub(crate) struct Run<'a> {
    pub(crate) items: &'a [&'a Item],
    pub(crate) settings: &'a Settings,
    pub(crate) decided: Decided,
    pub(crate) identities: Identities,
    pub(crate) prepared: Vec<Prepared>,
    /// The first document with the same words, for every document.
    pub(crate) leaders: Vec<u32>,
}

impl<'a> Run<'a> {
    fn new(items: &'a [&'a Item], constraints: &Constraints, settings: &'a Settings) -> Self {
        let decided = Decided::new(constraints, items);
        let prepared: Vec<Prepared> = items
            .par_iter()
            .map(|item| Prepared::of(&item.text, settings))
            .collect();
        let leaders = leaders(&prepared, &decided);
        Self {
            items,
            settings,
            decided,
            identities: Identities::of(items),
            prepared,
            leaders,
        }
    }

    fn finish(self) -> Grouping {
        let mut findings = findings(&self);
        let digests = digests(&findings, self.settings);
        demote(&mut findings, &digests);
        let roots = self.cluster(&findings);
        Outcome {
            items: self.items,
            words: self.prepared.iter().map(|p| p.words).collect(),
            settings: self.settings,
            decided: &self.decided,
            identities: &self.identities,
            leaders: &self.leaders,
            findings: &findings,
            digests: &digests,
            roots: &roots,
        }
        .grouping()
    }

    /// Joins documents in a total order: decisions, equal texts, identities, then findings by score
    /// and ids.
    fn cluster(&self, findings: &[Finding]) -> Vec<u32> {
        let mut forest = Forest::new(self.items.len());
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
        forbid(&mut forest, &self.identities.translations);
        forbid(&mut forest, &self.identities.revisions);
        join(&mut forest, &self.identities.equal);
        let mut merging: Vec<&Finding> = Vec::new();
        for finding in findings {
            match finding.verdict {
                Verdict::Template | Verdict::Revision(_) => forest.forbid(finding.a, finding.b),
                Verdict::Merge(_) => merging.push(finding),
                Verdict::Apart => {}
            }
        }
        merging.sort_by(|x, y| {
            let by_score = y.score().total_cmp(&x.score());
            by_score.then_with(|| (x.a, x.b).cmp(&(y.a, y.b)))
        });
        let (weak, strong): (Vec<&Finding>, Vec<&Finding>) = merging
            .into_iter()
            .partition(|finding| finding.verdict == Verdict::Merge(Rule::Exchanged));
        let mut tied = vec![false; self.items.len()];
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
}

/// Returns the first document with the same words, for every document. Documents without words have
/// none in common; documents that people keep apart have leaders of their own.
fn leaders(prepared: &[Prepared], decided: &Decided) -> Vec<u32> {
    let mut leaders: Vec<u32> = (0..u32::try_from(prepared.len()).unwrap_or(u32::MAX)).collect();
    let mut order = leaders.clone();
    order.retain(|&index| prepared[index as usize].words > 0);
    order.par_sort_unstable_by_key(|&index| (prepared[index as usize].key, index));
    for equal in order.chunk_by(|&a, &b| prepared[a as usize].key == prepared[b as usize].key) {
        let first = equal[0];
        for &document in &equal[1..] {
            if !decided.keeps_apart(first, document) {
                leaders[document as usize] = first;
            }
        }
    }
    leaders
}
