//! Turns clusters and findings into what callers read.

use std::collections::BTreeMap;

use thresh_types::{ClusterMember, Edge, Relation};

use crate::canonical::{Member, Preference, truncated};
use crate::constraints::Decided;
use crate::explain::{self, rounded};
use crate::facts::Facts;
use crate::identity::Identities;
use crate::item::Grouping;
use crate::judge::{Finding, Verdict};
use crate::origin::{self, Copied};
use crate::settings::Settings;

/// All that the result is made of. Documents are named by their place in the order of ids.
pub(crate) struct Outcome<'a> {
    pub(crate) facts: &'a [Facts],
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
    core: Option<f64>,
    rule: &'static str,
    reason: String,
}

/// Which member of a cluster speaks for it.
struct Choice {
    chosen: u32,
    /// Why, for people.
    why: String,
}

/// What is known of the evidence for each text.
struct Ties<'a> {
    /// The finding that says most.
    best: BTreeMap<u32, &'a Finding>,
    /// Whom a decision or an identity names, and which.
    named: BTreeMap<u32, (u32, &'static str)>,
}

/// All that members are made of.
struct Table<'a> {
    clusters: BTreeMap<u32, Vec<u32>>,
    choices: BTreeMap<u32, Choice>,
    canonicals: Vec<u32>,
    ties: Ties<'a>,
}

const DECIDED: &str = "decided: people merged both";
const IDENTITY: &str = "identity: both name the same document";
const CLAIMED: &str =
    "claimed: one page calls the other's address its own, or both bear one symbol";

impl Outcome<'_> {
    /// Returns the result, members in the order of `documents`.
    pub(crate) fn grouping(&self, documents: impl Iterator<Item = u32>) -> Grouping {
        let mut copies = Vec::new();
        let table = self.table(&mut copies);
        Grouping {
            members: documents.map(|one| self.member(one, &table)).collect(),
            edges: self.edges(&table.canonicals, &table.ties),
            relations: self.relations(&copies),
            containments: self.containments(),
        }
    }

    /// Calls `each` with the place of every document, in the order of `documents`, and makes nothing
    /// else.
    pub(crate) fn members(
        &self,
        documents: impl Iterator<Item = u32>,
        each: &mut dyn FnMut(ClusterMember),
    ) {
        let table = self.table(&mut Vec::new());
        documents.for_each(|one| each(self.member(one, &table)));
    }

    fn table(&self, copies: &mut Vec<Copied>) -> Table<'_> {
        let clusters = self.clusters();
        let choices = self.choices(&clusters, copies);
        let canonicals: Vec<u32> = self.roots.iter().map(|root| choices[root].chosen).collect();
        let ties = Ties {
            best: self.best_findings(&canonicals),
            named: self.named(),
        };
        Table {
            clusters,
            choices,
            canonicals,
            ties,
        }
    }

    fn clusters(&self) -> BTreeMap<u32, Vec<u32>> {
        let mut clusters: BTreeMap<u32, Vec<u32>> = BTreeMap::new();
        for (document, &root) in (0..).zip(self.roots) {
            clusters.entry(root).or_default().push(document);
        }
        clusters
    }

    /// Returns who speaks for each cluster, by root, and adds who has the text from whom.
    fn choices(
        &self,
        clusters: &BTreeMap<u32, Vec<u32>>,
        copies: &mut Vec<Copied>,
    ) -> BTreeMap<u32, Choice> {
        let cut = self.cut();
        let choice = |(&root, members): (&u32, &Vec<u32>)| {
            let choice = match members[..] {
                [alone] => Choice {
                    chosen: alone,
                    why: explain::UNIQUE.to_owned(),
                },
                _ => self.choice(members, &cut, copies),
            };
            (root, choice)
        };
        clusters.iter().map(choice).collect()
    }

    /// Returns for every text whether a copy holds a part that it lacks.
    fn cut(&self) -> Vec<bool> {
        let mut cut = vec![false; self.facts.len()];
        for document in self.merged().filter_map(truncated) {
            cut[document as usize] = true;
        }
        cut
    }

    fn choice(&self, members: &[u32], cut: &[bool], copies: &mut Vec<Copied>) -> Choice {
        let claimed = origin::claimed(members, self.facts);
        let lengths = members
            .iter()
            .map(|&document| self.words[document as usize]);
        let longest = lengths.max().unwrap_or(0);
        let preference = |document: u32| {
            let at = document as usize;
            let member = Member {
                words: self.words[at],
                is_cut: cut[self.leaders[at] as usize],
                is_copy: claimed.contains_key(&document),
            };
            Preference::of(&self.facts[at], member, longest)
        };
        let mut ranked: Vec<(Preference<'_>, u32)> = members
            .iter()
            .map(|&document| (preference(document), document))
            .collect();
        ranked.sort_unstable();
        let why = ranked[0].0.advantage(&ranked[1].0);
        let why = why.replace('X', &self.facts[ranked[1].1 as usize].id);
        let order: Vec<u32> = ranked.iter().map(|&(_, document)| document).collect();
        let mirrored = origin::mirrored(&order, self.facts).into_iter();
        copies.extend(mirrored.filter(|copied| !claimed.contains_key(&copied.copy)));
        copies.extend(claimed.into_values());
        Choice {
            chosen: order[0],
            why: format!("canonical: speaks for {} documents; {why}", members.len()),
        }
    }

    /// The findings that speak for a merge that happened.
    pub(crate) fn merged(&self) -> impl Iterator<Item = &Finding> {
        self.findings.iter().filter(|finding| {
            matches!(finding.verdict, Verdict::Merge(_)) && self.together(finding.a, finding.b)
        })
    }

    pub(crate) fn together(&self, a: u32, b: u32) -> bool {
        self.roots[a as usize] == self.roots[b as usize]
    }

    pub(crate) fn finding(&self, a: u32, b: u32) -> Option<&Finding> {
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

    fn member(&self, document: u32, table: &Table<'_>) -> ClusterMember {
        let root = self.roots[document as usize];
        let (cluster, Choice { chosen, why }) = (&table.clusters[&root], &table.choices[&root]);
        let tie = (document != *chosen).then(|| self.tie(document, *chosen, &table.ties));
        let alone = match cluster.len() {
            1 => Relation::Unique,
            _ => Relation::Canonical,
        };
        ClusterMember {
            id: self.id(document),
            cluster_id: self.id(cluster[0]),
            canonical_id: self.id(*chosen),
            relation: tie.as_ref().map_or(alone, |tie| tie.relation),
            to: tie.as_ref().map(|tie| self.id(tie.to)),
            jaccard: tie.as_ref().map(|tie| tie.jaccard),
            containment: tie.as_ref().map(|tie| tie.containment),
            reason: tie.map_or_else(|| why.clone(), |tie| tie.reason),
        }
    }

    pub(crate) fn id(&self, document: u32) -> String {
        self.facts[document as usize].id.clone()
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
            return self.finding_tie(finding, leader, to);
        }
        self.named_tie(leader, ties).unwrap_or_else(|| {
            exact(if leader == document {
                canonical
            } else {
                leader
            })
        })
    }

    fn finding_tie(&self, finding: &Finding, from: u32, to: u32) -> Tie {
        let settings = self.settings;
        let held = finding.held(settings.contained_share, settings.near_jaccard);
        let (rule, why) = explain::merging(finding.verdict);
        Tie {
            to,
            relation: match held == Some(from) {
                true => Relation::Contained,
                false => Relation::Near,
            },
            jaccard: rounded(finding.measure.jaccard()),
            containment: rounded(finding.measure.containment()),
            core: Some(rounded(finding.measure.core())),
            rule,
            reason: explain::with_evidence(why, finding, from),
        }
    }

    /// Returns for each text whom a decision or an identity ties to it.
    fn named(&self) -> BTreeMap<u32, (u32, &'static str)> {
        let decided = self.decided.merge.iter().map(|pair| (pair, DECIDED));
        let equal = self.identities.equal.iter().map(|pair| (pair, IDENTITY));
        let claimed = self.identities.claimed.iter().map(|pair| (pair, CLAIMED));
        let mut named = BTreeMap::new();
        for (&(a, b), why) in decided
            .chain(equal)
            .chain(claimed)
            .filter(|(pair, _)| self.together(pair.0, pair.1))
        {
            named.entry(self.leaders[a as usize]).or_insert((b, why));
            named.entry(self.leaders[b as usize]).or_insert((a, why));
        }
        named
    }

    fn named_tie(&self, leader: u32, ties: &Ties<'_>) -> Option<Tie> {
        let &(other, why) = ties.named.get(&leader)?;
        Some(self.tie_by_name(leader, other, why))
    }

    fn tie_by_name(&self, leader: u32, other: u32, why: &'static str) -> Tie {
        let rule = why.split(':').next().unwrap_or_default();
        match self.finding(leader, self.leaders[other as usize]) {
            Some(finding) => Tie {
                rule,
                reason: explain::with_evidence(why, finding, leader),
                ..self.finding_tie(finding, leader, other)
            },
            None => Tie {
                to: other,
                relation: Relation::Near,
                jaccard: 0.0,
                containment: 0.0,
                core: None,
                rule,
                reason: why.to_owned(),
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
            let tie = self.finding_tie(finding, from, finding.other(from));
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
            core: tie.core,
            rule: tie.rule.to_owned(),
            reason: tie.reason,
        }
    }
}

fn exact(to: u32) -> Tie {
    Tie {
        to,
        relation: Relation::Exact,
        jaccard: 1.0,
        containment: 1.0,
        core: None,
        rule: "exact",
        reason: explain::EXACT.to_owned(),
    }
}
