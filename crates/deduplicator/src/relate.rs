//! Tells how documents relate that are not merged for it.

use std::collections::BTreeMap;

use thresh_types::{NonMerging, RelationKind};

use crate::explain::{self, rounded};
use crate::identity::Tongues;
use crate::judge::{Finding, Later, Rule, Verdict, rule};
use crate::origin::Copied;
use crate::outcome::Outcome;

/// Relations of groups of equal texts are spelled out for every pair of members up to so many
/// pairs, and beyond that for the first of each group only.
const SPELLED_OUT: usize = 256;

/// What a pair is to each other: the first of both, the second, how, by which rule, and why for people.
struct Related {
    a: u32,
    b: u32,
    kind: RelationKind,
    rule: &'static str,
    why: String,
}

impl Related {
    fn new(a: u32, b: u32, kind: RelationKind, rule: &'static str, why: impl Into<String>) -> Self {
        let why = why.into();
        Self {
            a,
            b,
            kind,
            rule,
            why,
        }
    }
}

impl Outcome<'_> {
    /// Returns the pairs that relate without being merged for it, sorted, each kind once.
    pub(crate) fn relations(&self, copies: &[Copied]) -> Vec<NonMerging> {
        let mut relations = Vec::new();
        for finding in self.findings {
            if !self.together(finding.a, finding.b)
                && let Some(related) = self.by_text(finding)
            {
                relations.push(self.relation(related, Some(finding)));
            }
        }
        let named = self.translations().chain(self.revisions());
        let copied = copies.iter().map(|copied| self.copied(copied));
        for related in named.chain(copied) {
            let leader = |document: u32| self.leaders[document as usize];
            let finding = self.finding(leader(related.a), leader(related.b));
            relations.push(self.relation(related, finding));
        }
        sort(&mut relations);
        relations
    }

    fn translations(&self) -> impl Iterator<Item = Related> + '_ {
        let pairs = self.identities.translations.iter();
        let apart = pairs.filter(|(pair, _)| !self.together(pair.0, pair.1));
        apart.map(|&((a, b), tongues)| {
            let (rule, what) = match tongues {
                Tongues::Identity => ("identity", "both name the same document"),
                Tongues::Symbol => ("symbol", "both bear the same symbol"),
                Tongues::Mutual => ("hreflang", "each page names the other"),
                Tongues::Named => ("hreflang", "one page names the other"),
            };
            let tongue = |document: u32| self.facts[document as usize].language.as_str();
            let why = format!(
                "translation: one document in {} and {}, {what}",
                tongue(a),
                tongue(b)
            );
            Related::new(a, b, RelationKind::Translation, rule, why)
        })
    }

    fn revisions(&self) -> impl Iterator<Item = Related> + '_ {
        let pairs = self.identities.revisions.iter();
        let apart = pairs.filter(|r| !self.together(r.later, r.earlier));
        apart.map(|revised| {
            let one = |document: u32| {
                let facts = &self.facts[document as usize];
                let name = if revised.by_identity {
                    &facts.identity
                } else {
                    &facts.symbol
                };
                name.as_deref().unwrap_or_default()
            };
            let rule = if revised.by_identity {
                "identity"
            } else {
                "symbol"
            };
            let (later, earlier) = (revised.later, revised.earlier);
            let what = revised.mark.told();
            let why = format!("revision: {} is {what} of {}", one(later), one(earlier));
            Related::new(later, earlier, RelationKind::Revision, rule, why)
        })
    }

    /// Says which document has its text from which other, and by what that is known.
    fn copied(&self, copied: &Copied) -> Related {
        let facts = |document: u32| &self.facts[document as usize];
        let known = |text: &Option<String>| text.clone().unwrap_or_default();
        let origin = known(&facts(copied.origin).url);
        let said = match copied.rule {
            "canonical-link" => format!("its page names {}", known(&facts(copied.copy).canonical)),
            "statement" => format!(
                "its text says \u{201c}{}\u{201d}",
                known(&facts(copied.copy).statement).replace('\n', " / ")
            ),
            "same-site" => "another host of one site".to_owned(),
            _ => "the same path on another site".to_owned(),
        };
        let what = match copied.kind {
            RelationKind::Mirror => "mirror",
            _ => "syndication",
        };
        let why = format!("{what}: of {origin}, {said}");
        Related::new(copied.copy, copied.origin, copied.kind, copied.rule, why)
    }

    /// Says what the texts of a pair tell that stays apart.
    fn by_text(&self, finding: &Finding) -> Option<Related> {
        let (a, b) = (finding.a, finding.b);
        let template =
            |rule, why: &str| Some(Related::new(a, b, RelationKind::Template, rule, why));
        match finding.verdict {
            Verdict::Template => template("numbers", "template: numbers or dates differ"),
            Verdict::Revision(later) => {
                let (later, earlier) = if later == Later::A { (a, b) } else { (b, a) };
                let why = "revision: a revision mark differs";
                let kind = RelationKind::Revision;
                Some(Related::new(later, earlier, kind, "revision-mark", why))
            }
            Verdict::Merge(Rule::Exchanged) => {
                template("exchanged", "template: one frame around different passages")
            }
            // People or copies of both keep them apart.
            Verdict::Merge(_) if self.decided.keeps_apart(a, b) => None,
            Verdict::Merge(_) => template(
                "sibling-of-copy",
                "template: alike, but other copies of them differ in numbers or dates",
            ),
            Verdict::Apart => self.held(finding),
        }
    }

    /// Says that one document of a pair holds or quotes the other, where it does.
    fn held(&self, finding: &Finding) -> Option<Related> {
        let settings = self.settings;
        let part = finding.held(settings.quotes_share, settings.near_jaccard)?;
        let holder = finding.other(part);
        if self.digests.binary_search(&holder).is_ok() {
            let why = "contains: a digest holds this text among others";
            let whole = finding.measure.containment() >= settings.contains_share;
            let kind = RelationKind::Contains;
            return whole.then(|| Related::new(holder, part, kind, "digest", why));
        }
        // What many pages share is their chrome, and no quotation.
        if finding.measure.core() < settings.quotes_share {
            return None;
        }
        let kind = RelationKind::Quotes;
        if rule(&finding.measure, settings).is_some() {
            let why = "quotes: the larger text is an article of its own around the smaller";
            return Some(Related::new(holder, part, kind, "own-article", why));
        }
        let (quoting, quoted, why) = match self.dates(holder, part) {
            Some((whole, other)) if whole < other => (
                part,
                holder,
                "quotes: the later text has much of the earlier among its own",
            ),
            _ => (
                holder,
                part,
                "quotes: the larger text holds much of the smaller among its own",
            ),
        };
        Some(Related::new(quoting, quoted, kind, "quotes", why))
    }

    /// Returns the dates of both, where both are known.
    fn dates(&self, a: u32, b: u32) -> Option<(&str, &str)> {
        let date = |document: u32| self.facts[document as usize].date.as_deref();
        Some((date(a)?, date(b)?))
    }

    fn relation(&self, related: Related, finding: Option<&Finding>) -> NonMerging {
        let of = |value: fn(&Finding) -> f64| finding.map(|finding| rounded(value(finding)));
        NonMerging {
            a: self.id(related.a),
            b: self.id(related.b),
            relation: related.kind,
            jaccard: self.share(&related, of(|finding| finding.measure.jaccard())),
            containment: self.share(&related, of(|finding| finding.measure.containment())),
            core: of(|finding| finding.measure.core()),
            rule: related.rule.to_owned(),
            reason: match finding {
                Some(finding) => {
                    let first = self.leaders[related.a as usize];
                    explain::with_evidence(&related.why, finding, first)
                }
                None => related.why,
            },
        }
    }

    /// Equal texts are not measured: all of either is in the other.
    fn share(&self, related: &Related, measured: Option<f64>) -> f64 {
        let leader = |document: u32| self.leaders[document as usize];
        let equal = leader(related.a) == leader(related.b);
        measured.unwrap_or(if equal { 1.0 } else { 0.0 })
    }

    /// Returns the pairs in which one document holds the other, in or across clusters.
    pub(crate) fn containments(&self) -> Vec<NonMerging> {
        let settings = self.settings;
        let mut equals: BTreeMap<u32, Vec<u32>> = BTreeMap::new();
        for (document, &leader) in (0..).zip(self.leaders) {
            equals.entry(leader).or_default().push(document);
        }
        let mut found = Vec::new();
        for finding in self.findings {
            let Some(part) = finding.held(settings.contains_share, settings.near_jaccard) else {
                continue;
            };
            let (holders, parts) = (&equals[&finding.other(part)], &equals[&part]);
            let all = holders.len() * parts.len() <= SPELLED_OUT;
            let first = |group: &[u32]| if all { group.len() } else { 1 };
            for &holder in &holders[..first(holders)] {
                for &part in &parts[..first(parts)] {
                    let why = "contains: the larger text holds the smaller";
                    let kind = RelationKind::Contains;
                    let related = Related::new(holder, part, kind, "contains", why);
                    found.push(self.relation(related, Some(finding)));
                }
            }
        }
        sort(&mut found);
        found
    }
}

fn sort(relations: &mut Vec<NonMerging>) {
    // Of several rules for one relation of a pair the first by name stays, whatever the order.
    relations
        .sort_by(|x, y| (&x.a, &x.b, x.relation, &x.rule).cmp(&(&y.a, &y.b, y.relation, &y.rule)));
    relations.dedup_by(|x, y| (&x.a, &x.b, x.relation) == (&y.a, &y.b, y.relation));
}
