//! Turns clusters and findings into what callers read.

use std::collections::BTreeMap;

use thresh_types::{ClusterMember, Edge, NonMerging, Relation, RelationKind};

use crate::canonical::{Preference, truncated};
use crate::constraints::Decided;
use crate::explain::{self, rounded};
use crate::identity::Identities;
use crate::item::{Grouping, Item};
use crate::judge::{Finding, Later, Rule, Verdict};
use crate::settings::Settings;

/// All that the result is made of. Documents are named by their place in the order of ids.
pub(crate) struct Outcome<'a> {
    pub(crate) items: &'a [&'a Item],
    pub(crate) words: Vec<usize>,
    pub(crate) settings: &'a Settings,
    pub(crate) decided: &'a Decided,
    pub(crate) identities: &'a Identities,
    pub(crate) leaders: &'a [u32],
    /// Sorted by pair.
    pub(crate) findings: &'a [Finding],
    /// Sorted.
    pub(crate) digests: &'a [u32],
    pub(crate) roots: &'a [u32],
}

/// Why two documents share a cluster.
struct Tie {
    to: u32,
    relation: Relation,
    jaccard: f64,
    containment: f64,
    reason: String,
}

/// What is known of the evidence for each text.
struct Ties<'a> {
    /// The finding that says most.
    best: BTreeMap<u32, &'a Finding>,
    /// Whom a decision or an identity names, and which.
    named: BTreeMap<u32, (u32, &'static str)>,
}

const DECIDED: &str = "decided: people merged both";
const IDENTITY: &str = "identity: both name the same document";

/// Relations of groups of equal texts are spelled out for every pair of members up to so many
/// pairs, and beyond that for the first of each group only.
const SPELLED_OUT: usize = 256;

impl Outcome<'_> {
    /// Returns the result, members in the order of ids.
    pub(crate) fn grouping(&self) -> Grouping {
        let clusters = self.clusters();
        let canonicals = self.canonicals(&clusters);
        let ties = Ties {
            best: self.best_findings(&canonicals),
            named: self.named(),
        };
        let member =
            |document| self.member(document, &clusters, canonicals[document as usize], &ties);
        let count = u32::try_from(self.items.len()).unwrap_or(u32::MAX);
        Grouping {
            members: (0..count).map(member).collect(),
            edges: self.edges(&canonicals, &ties),
            relations: self.relations(),
            containments: self.containments(),
        }
    }

    fn clusters(&self) -> BTreeMap<u32, Vec<u32>> {
        let mut clusters: BTreeMap<u32, Vec<u32>> = BTreeMap::new();
        for (document, &root) in (0..).zip(self.roots) {
            clusters.entry(root).or_default().push(document);
        }
        clusters
    }

    /// Returns the canonical document of each document's cluster.
    fn canonicals(&self, clusters: &BTreeMap<u32, Vec<u32>>) -> Vec<u32> {
        let mut cut = vec![false; self.items.len()];
        for finding in self.merged() {
            if let Some(document) = truncated(finding) {
                cut[document as usize] = true;
            }
        }
        let mut canonicals = vec![0; self.items.len()];
        for members in clusters.values() {
            let lengths = members
                .iter()
                .map(|&document| self.words[document as usize]);
            let longest = lengths.max().unwrap_or(0);
            let preference = |&&document: &&u32| {
                let at = document as usize;
                let is_cut = cut[self.leaders[at] as usize];
                Preference::of(self.items[at], self.words[at], is_cut, longest)
            };
            let chosen = members.iter().min_by_key(preference).copied().unwrap_or(0);
            for &document in members {
                canonicals[document as usize] = chosen;
            }
        }
        canonicals
    }

    /// The findings that speak for a merge that happened.
    fn merged(&self) -> impl Iterator<Item = &Finding> {
        self.findings.iter().filter(|finding| {
            matches!(finding.verdict, Verdict::Merge(_)) && self.together(finding.a, finding.b)
        })
    }

    fn together(&self, a: u32, b: u32) -> bool {
        self.roots[a as usize] == self.roots[b as usize]
    }

    fn finding(&self, a: u32, b: u32) -> Option<&Finding> {
        let pair = (a.min(b), a.max(b));
        let at = self
            .findings
            .binary_search_by_key(&pair, |finding| (finding.a, finding.b));
        at.ok().map(|at| &self.findings[at])
    }

    /// Returns the finding that says most about each document: one with the canonical document's
    /// text, else the strongest.
    fn best_findings(&self, canonicals: &[u32]) -> BTreeMap<u32, &Finding> {
        let mut best: BTreeMap<u32, &Finding> = BTreeMap::new();
        let weight = |finding: &Finding, document: u32| {
            let canonical = self.leaders[canonicals[document as usize] as usize];
            (finding.other(document) == canonical, finding.score())
        };
        for finding in self.merged() {
            for document in [finding.a, finding.b] {
                let known = best.entry(document).or_insert(finding);
                if weight(finding, document) > weight(known, document) {
                    *known = finding;
                }
            }
        }
        best
    }

    fn member(
        &self,
        document: u32,
        clusters: &BTreeMap<u32, Vec<u32>>,
        canonical: u32,
        ties: &Ties<'_>,
    ) -> ClusterMember {
        let cluster = &clusters[&self.roots[document as usize]];
        let tie = (document != canonical).then(|| self.tie(document, canonical, ties));
        let alone = match cluster.len() {
            1 => (Relation::Unique, explain::UNIQUE.to_owned()),
            count => (
                Relation::Canonical,
                format!("canonical: speaks for {count} documents"),
            ),
        };
        ClusterMember {
            id: self.id(document),
            cluster_id: self.id(cluster[0]),
            canonical_id: self.id(canonical),
            relation: tie.as_ref().map_or(alone.0, |tie| tie.relation),
            to: tie.as_ref().map(|tie| self.id(tie.to)),
            jaccard: tie.as_ref().map(|tie| tie.jaccard),
            containment: tie.as_ref().map(|tie| tie.containment),
            reason: tie.map_or(alone.1, |tie| tie.reason),
        }
    }

    fn id(&self, document: u32) -> String {
        self.items[document as usize].id.clone()
    }

    /// Returns why `document` is where it is.
    fn tie(&self, document: u32, canonical: u32, ties: &Ties<'_>) -> Tie {
        let leader = self.leaders[document as usize];
        if leader == self.leaders[canonical as usize] {
            return exact(canonical);
        }
        if let Some(finding) = ties.best.get(&leader) {
            let other = finding.other(leader);
            let to = match other == self.leaders[canonical as usize] {
                true => canonical,
                false => other,
            };
            return self.finding_tie(finding, leader, to, explain::merge(finding));
        }
        self.named_tie(leader, ties).unwrap_or_else(|| {
            exact(if leader == document {
                canonical
            } else {
                leader
            })
        })
    }

    fn finding_tie(&self, finding: &Finding, from: u32, to: u32, reason: String) -> Tie {
        let settings = self.settings;
        let held = finding.held(settings.contained_share, settings.near_jaccard);
        Tie {
            to,
            relation: match held == Some(from) {
                true => Relation::Contained,
                false => Relation::Near,
            },
            jaccard: rounded(finding.measure.jaccard()),
            containment: rounded(finding.measure.containment()),
            reason,
        }
    }

    /// Returns for each text whom a decision or an identity ties to it.
    fn named(&self) -> BTreeMap<u32, (u32, &'static str)> {
        let decided = self.decided.merge.iter().map(|pair| (pair, DECIDED));
        let equal = self.identities.equal.iter().map(|pair| (pair, IDENTITY));
        let mut named = BTreeMap::new();
        for (&(a, b), why) in decided
            .chain(equal)
            .filter(|(pair, _)| self.together(pair.0, pair.1))
        {
            named.entry(self.leaders[a as usize]).or_insert((b, why));
            named.entry(self.leaders[b as usize]).or_insert((a, why));
        }
        named
    }

    fn named_tie(&self, leader: u32, ties: &Ties<'_>) -> Option<Tie> {
        let &(other, reason) = ties.named.get(&leader)?;
        Some(self.tie_by_name(leader, other, reason))
    }

    fn tie_by_name(&self, leader: u32, other: u32, reason: &str) -> Tie {
        match self.finding(leader, self.leaders[other as usize]) {
            Some(finding) => {
                let reason = explain::with_evidence(reason, finding);
                self.finding_tie(finding, leader, other, reason)
            }
            None => Tie {
                to: other,
                relation: Relation::Near,
                jaccard: 0.0,
                containment: 0.0,
                reason: reason.to_owned(),
            },
        }
    }

    fn edges(&self, canonicals: &[u32], ties: &Ties<'_>) -> Vec<Edge> {
        let mut edges: Vec<Edge> = Vec::new();
        for (document, &leader) in (0..).zip(self.leaders) {
            if document != leader && self.together(document, leader) {
                edges.push(self.edge(document, exact(leader)));
            }
        }
        for finding in self.merged() {
            // The canonical document is the one compared with; else the one with the lower id.
            let from = match self.leaders[canonicals[finding.b as usize] as usize] == finding.b {
                true => finding.a,
                false => finding.b,
            };
            let tie = self.finding_tie(finding, from, finding.other(from), explain::merge(finding));
            edges.push(self.edge(from, tie));
        }
        for (&leader, &(other, why)) in &ties.named {
            if leader != self.leaders[other as usize] {
                edges.push(self.edge(leader, self.tie_by_name(leader, other, why)));
            }
        }
        edges.sort_by(|x, y| (&x.a, &x.b).cmp(&(&y.a, &y.b)));
        edges.dedup_by(|x, y| (&x.a, &x.b) == (&y.a, &y.b));
        edges
    }

    fn edge(&self, document: u32, tie: Tie) -> Edge {
        Edge {
            a: self.id(document),
            b: self.id(tie.to),
            relation: tie.relation,
            jaccard: tie.jaccard,
            containment: tie.containment,
            reason: tie.reason,
        }
    }

    /// Returns the pairs that relate but stay apart.
    fn relations(&self) -> Vec<NonMerging> {
        let mut relations = Vec::new();
        for finding in self.findings {
            if !self.together(finding.a, finding.b)
                && let Some((holder, part, kind, why)) = self.kind(finding)
            {
                relations.push(self.relation(holder, part, kind, why, Some(finding)));
            }
        }
        for &(a, b) in &self.identities.translations {
            let why = "translation: one document in two languages";
            if !self.together(a, b) {
                relations.push(self.relation(a, b, RelationKind::Translation, why, None));
            }
        }
        for &(later, earlier) in &self.identities.revisions {
            let why = "revision: the identities differ in their revision only";
            let finding =
                self.finding(self.leaders[later as usize], self.leaders[earlier as usize]);
            if !self.together(later, earlier) {
                relations.push(self.relation(later, earlier, RelationKind::Revision, why, finding));
            }
        }
        sort(&mut relations);
        relations
    }

    fn kind(&self, finding: &Finding) -> Option<(u32, u32, RelationKind, &'static str)> {
        let settings = self.settings;
        let (a, b) = (finding.a, finding.b);
        match finding.verdict {
            Verdict::Template => {
                let why = "template: numbers or dates differ";
                return Some((a, b, RelationKind::Template, why));
            }
            Verdict::Revision(later) => {
                let (later, earlier) = if later == Later::A { (a, b) } else { (b, a) };
                let why = "revision: a revision mark differs";
                return Some((later, earlier, RelationKind::Revision, why));
            }
            Verdict::Merge(Rule::Exchanged) => {
                let why = "template: one frame around different passages";
                return Some((a, b, RelationKind::Template, why));
            }
            // People or copies of both keep them apart.
            Verdict::Merge(_) if self.decided.keeps_apart(a, b) => return None,
            Verdict::Merge(_) => {
                let why = "template: alike, but other copies of them differ in numbers or dates";
                return Some((a, b, RelationKind::Template, why));
            }
            Verdict::Apart => {}
        }
        let part = finding.held(settings.quotes_share, settings.near_jaccard)?;
        let holder = finding.other(part);
        if self.digests.binary_search(&holder).is_ok() {
            let why = "contains: a digest holds this text among others";
            let whole = finding.measure.containment() >= settings.contains_share;
            return whole.then_some((holder, part, RelationKind::Contains, why));
        }
        let why = "quotes: the larger text holds much of the smaller among its own";
        Some((holder, part, RelationKind::Quotes, why))
    }

    fn relation(
        &self,
        a: u32,
        b: u32,
        relation: RelationKind,
        why: &str,
        finding: Option<&Finding>,
    ) -> NonMerging {
        NonMerging {
            a: self.id(a),
            b: self.id(b),
            relation,
            jaccard: finding.map_or(0.0, |finding| rounded(finding.measure.jaccard())),
            containment: finding.map_or(0.0, |finding| rounded(finding.measure.containment())),
            reason: finding.map_or_else(|| why.to_owned(), |f| explain::with_evidence(why, f)),
        }
    }

    /// Returns the pairs in which one document holds the other, in or across clusters.
    fn containments(&self) -> Vec<NonMerging> {
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
                    found.push(self.relation(holder, part, kind, why, Some(finding)));
                }
            }
        }
        sort(&mut found);
        found
    }
}

fn exact(to: u32) -> Tie {
    Tie {
        to,
        relation: Relation::Exact,
        jaccard: 1.0,
        containment: 1.0,
        reason: explain::EXACT.to_owned(),
    }
}

fn sort(relations: &mut Vec<NonMerging>) {
    relations.sort_by(|x, y| (&x.a, &x.b, x.relation).cmp(&(&y.a, &y.b, y.relation)));
    relations.dedup_by(|x, y| (&x.a, &x.b, x.relation) == (&y.a, &y.b, y.relation));
}
