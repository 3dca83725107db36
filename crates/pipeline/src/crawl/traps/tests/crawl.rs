//! A crawl of a virtual site, as the real one does it: priorities, a few requests in hand, vouching,
//! holding, depth.

use std::collections::{BTreeMap, BTreeSet};

use thresh_types::{CanonicalUrl, SiteId};

use super::site::{Asked, Page, Site};
use super::text::sketch;
use crate::crawl::traps::{Seen, Traps, Verdict};

const MAX_DEPTH: u32 = 20;
const IN_HAND: usize = 6;

/// More requests than any site here is worth: the trap was not seen.
const BUDGET: u64 = 10_000;

#[derive(Debug, Clone)]
struct Known {
    state: State,
    vouched: bool,
    depth: u32,
    via: Option<CanonicalUrl>,
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum State {
    Queued,
    Held,
    Asked,
}

/// What a crawl came to.
#[derive(Debug)]
pub(super) struct Outcome {
    pub(super) requests: u64,
    pub(super) found: BTreeSet<String>,
    pub(super) useless: u64,
    pub(super) known: usize,
    pub(super) traps: Traps,
}

/// The crawl in progress.
pub(super) struct Crawl<'a> {
    site: &'a Site,
    id: SiteId,
    known: BTreeMap<CanonicalUrl, Known>,
    queue: BTreeSet<(u32, u64, CanonicalUrl)>,
    next: u64,
    out: Outcome,
}

pub(super) fn crawl(site: &Site) -> Outcome {
    crawl_with(site, Traps::new(1 << 20))
}

pub(super) fn crawl_with(site: &Site, traps: Traps) -> Outcome {
    let mut crawl = Crawl {
        site,
        id: "site".parse().unwrap(),
        known: BTreeMap::new(),
        queue: BTreeSet::new(),
        next: 0,
        out: Outcome {
            requests: 0,
            found: BTreeSet::new(),
            useless: 0,
            known: 0,
            traps,
        },
    };
    crawl.run();
    crawl.out.known = crawl.known.len();
    crawl.out
}

fn url(path: &str) -> CanonicalUrl {
    format!("http://site.example{path}").parse().unwrap()
}

impl Crawl<'_> {
    fn run(&mut self) {
        for (priority, list) in [(0, &self.site.seeds), (5, &self.site.sitemap)] {
            for path in list {
                let known = Known {
                    state: State::Queued,
                    vouched: true,
                    depth: 0,
                    via: None,
                };
                self.enqueue(url(path), priority, known);
            }
        }
        loop {
            let taken = self.hand_out();
            if taken.is_empty() || self.out.requests >= BUDGET {
                return;
            }
            for address in taken {
                self.fetch(&address);
            }
        }
    }

    fn hand_out(&mut self) -> Vec<CanonicalUrl> {
        let mut taken = Vec::new();
        while taken.len() < IN_HAND {
            let Some((_, _, address)) = self.queue.pop_first() else {
                break;
            };
            let Some(known) = self.known.get_mut(&address) else {
                continue;
            };
            let verdict = self.out.traps.judge(&self.id, &address, known.vouched);
            if verdict == Verdict::Go {
                known.state = State::Asked;
                taken.push(address);
            } else {
                known.state = State::Held;
            }
        }
        taken
    }

    fn enqueue(&mut self, address: CanonicalUrl, priority: u32, new: Known) {
        let known = self.known.get_mut(&address);
        if let Some(known) = known {
            let released = known.state == State::Held && new.vouched;
            known.vouched |= new.vouched;
            if !released {
                return;
            }
            known.state = State::Queued;
        } else {
            self.known.insert(address.clone(), new);
        }
        self.next += 1;
        self.queue.insert((priority, self.next, address));
    }

    fn fetch(&mut self, address: &CanonicalUrl) {
        let known = self.known[address].clone();
        let asked = Asked {
            path: address.as_url().path().to_owned(),
            query: address
                .as_url()
                .query_pairs()
                .map(|(name, value)| (name.into_owned(), value.into_owned()))
                .collect(),
            nth: self.out.requests,
        };
        self.out.requests += 1;
        let Some(page) = (self.site.answer)(&asked) else {
            self.out.useless += 1;
            return self.out.traps.failed(&self.id, address, known.vouched);
        };
        let new = page.id.clone().is_some_and(|id| self.out.found.insert(id));
        self.out.useless += u64::from(!new);
        self.absorb(address, &known, &page);
    }

    fn absorb(&mut self, address: &CanonicalUrl, known: &Known, page: &Page) {
        let lesson = self.out.traps.learn(&Seen {
            site: &self.id,
            url: address,
            via: known.via.as_ref(),
            vouched: known.vouched,
            first: true,
            sketch: &sketch(address.as_str(), &page.blocks),
        });
        if lesson.reopened {
            self.reopen();
        }
        let links: Vec<CanonicalUrl> = page
            .links
            .iter()
            .filter_map(|link| address.join(link).ok())
            .collect();
        let children: Vec<&CanonicalUrl> = links.iter().collect();
        let steps = self.out.traps.links(&self.id, address, &lesson, &children);
        for (link, step) in links.iter().zip(steps) {
            let depth = known.depth + u32::from(step.deeper);
            if depth > MAX_DEPTH || step.held.is_some() {
                continue;
            }
            let new = Known {
                state: State::Queued,
                vouched: step.vouched,
                depth,
                via: Some(address.clone()),
            };
            self.enqueue(link.clone(), 10 + depth, new);
        }
    }

    fn reopen(&mut self) {
        for (address, known) in &mut self.known {
            if known.state == State::Held {
                known.state = State::Queued;
                self.next += 1;
                self.queue
                    .insert((10 + known.depth, self.next, address.clone()));
            }
        }
    }
}

/// Crawls, prints a line of the table and returns what was lost and what was useless.
pub(super) fn judged(site: &Site) -> (usize, u64) {
    let outcome = crawl(site);
    let lost = site.wanted - outcome.found.len().min(site.wanted);
    let kinds: Vec<String> = outcome
        .traps
        .report()
        .iter()
        .map(|trap| format!("{} {} ({} held)", trap.kind, trap.shape, trap.held))
        .collect();
    println!(
        "| {} | {} | {} | {} | {} | {} | {} |",
        site.name,
        site.wanted,
        outcome.requests,
        outcome.useless,
        lost,
        outcome.known,
        kinds.into_iter().take(4).collect::<Vec<_>>().join(", ")
    );
    (lost, outcome.useless)
}
