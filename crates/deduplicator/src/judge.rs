//! Decides what the measures and the differing words of a pair mean.

use crate::settings::Settings;
use crate::shape::{is_exchanged, is_own_article, is_reframed};
use crate::verify::Measure;
use crate::veto::Difference;

/// A rule that speaks for merging.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Rule {
    /// Most of both texts is common.
    Near,
    /// The smaller text lies in the larger one.
    Contained,
    /// Their own texts are common, what surrounds them is not.
    Wrapped,
    /// Most of both texts is common, but each has a passage in the place of another. That is weak:
    /// it joins only documents that have no better evidence.
    Exchanged,
}

/// Which document of a pair is the later one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Later {
    /// The first.
    A,
    /// The second.
    B,
}

/// What a pair is.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Verdict {
    /// One document.
    Merge(Rule),
    /// Siblings of one template; must not share a cluster.
    Template,
    /// Two revisions of one document, the later one as told; must not share a cluster.
    Revision(Later),
    /// Alike in parts.
    Apart,
}

/// A measured pair.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Finding {
    pub(crate) a: u32,
    pub(crate) b: u32,
    pub(crate) measure: Measure,
    pub(crate) difference: Option<Difference>,
    pub(crate) verdict: Verdict,
}

impl Finding {
    /// Returns the strength of the evidence for a merge; higher goes first.
    pub(crate) fn score(&self) -> f64 {
        let measure = &self.measure;
        let overlap = match self.verdict {
            Verdict::Merge(Rule::Near) => measure.jaccard(),
            _ => measure
                .jaccard()
                .max(0.5 * measure.containment() * measure.core()),
        };
        overlap * measure.core().max(0.5)
    }

    /// Returns the smaller document where the larger holds it among much else.
    pub(crate) fn held(&self, share: f64, near: f64) -> Option<u32> {
        let held = self.measure.containment() >= share && self.measure.jaccard() < near;
        held.then_some(self.smaller())
    }

    /// Returns the document with fewer 5-grams.
    pub(crate) const fn smaller(&self) -> u32 {
        *self.by_size(&self.a, &self.b).0
    }

    /// Returns what belongs to the smaller and to the larger document, given both in order.
    pub(crate) const fn by_size<'a, T>(&self, a: &'a T, b: &'a T) -> (&'a T, &'a T) {
        match self.measure.a <= self.measure.b {
            true => (a, b),
            false => (b, a),
        }
    }

    /// Returns the finding with the documents in the other order.
    pub(crate) fn turned(self) -> Self {
        Self {
            a: self.b,
            b: self.a,
            measure: self.measure.turned(),
            difference: self.difference.map(Difference::turned),
            verdict: match self.verdict {
                Verdict::Revision(Later::A) => Verdict::Revision(Later::B),
                Verdict::Revision(Later::B) => Verdict::Revision(Later::A),
                verdict => verdict,
            },
        }
    }

    /// Returns the other document of the pair.
    pub(crate) const fn other(&self, document: u32) -> u32 {
        self.a ^ self.b ^ document
    }
}

/// Returns the rule under which the measures alone speak for a merge.
pub(crate) fn rule(measure: &Measure, settings: &Settings) -> Option<Rule> {
    let (jaccard, core) = (measure.jaccard(), measure.core());
    // Fewer shared rare 5-grams than six may be one sentence.
    const FEW: usize = 6;
    if jaccard >= settings.near_jaccard && core >= settings.near_core {
        Some(Rule::Near)
    } else if is_contained(measure, settings) {
        Some(Rule::Contained)
    } else if core >= settings.wrapped_core
        && measure.rare_shared >= FEW
        && jaccard >= settings.wrapped_jaccard
    {
        Some(Rule::Wrapped)
    } else {
        None
    }
}

/// The smaller the share of the larger document, the more must be found of the smaller one.
fn is_contained(measure: &Measure, settings: &Settings) -> bool {
    let (share, core) = match measure.ratio() {
        ratio if ratio >= settings.contained_ratio => {
            (settings.contained_share, settings.contained_core)
        }
        ratio if ratio >= settings.embedded_ratio => {
            (settings.embedded_share, settings.embedded_core)
        }
        _ => return false,
    };
    measure.containment() >= share && measure.core() >= core
}

/// Returns the verdict on a pair for which `rule` speaks.
pub(crate) fn verdict(
    rule: Option<Rule>,
    measure: &Measure,
    difference: &Difference,
    settings: &Settings,
) -> Verdict {
    let numeric = difference.numeric as f64;
    let (of_a, of_b) = difference.revisions;
    if of_a != of_b {
        return Verdict::Revision(if of_a > of_b { Later::A } else { Later::B });
    }
    if difference.numeric > 0 && numeric >= settings.veto_share * difference.other as f64 {
        return Verdict::Template;
    }
    let (a, b) = (&difference.a, &difference.b);
    let (smaller, larger) = if measure.a <= measure.b {
        (a, b)
    } else {
        (b, a)
    };
    match rule {
        // Under whatever rule: a large frame is contained as well as near.
        Some(_) if is_exchanged(a, b, difference.replaced) => Verdict::Merge(Rule::Exchanged),
        Some(Rule::Contained | Rule::Wrapped)
            if is_own_article(smaller, larger, settings.quote_prose) =>
        {
            Verdict::Apart
        }
        Some(rule) => Verdict::Merge(rule),
        None if is_reframed(a, b) => Verdict::Merge(Rule::Wrapped),
        None => Verdict::Apart,
    }
}
