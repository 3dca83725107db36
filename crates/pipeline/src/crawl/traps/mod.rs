//! Keeps the crawl out of traps, by what addresses and pages teach and not by patterns of sites.
//!
//! A trap is a part of a site that has addresses without end and nothing new behind them. Three
//! things are learned, each bounded in memory and a pure function of what came before:
//!
//! - **Novelty.** The shingles of a page are compared with all that the site has shown. A page that
//!   shows something new *vouches* for what it links to, except for rearrangements of itself. What is
//!   vouched for is asked; a site's own lists vouch always.
//! - **Shapes.** What nobody vouches for is asked as long as addresses of its shape pay. A shape has
//!   accounts at several levels, from the exact one to the whole host, and credit for each novel page.
//! - **Twins.** A part of addresses that changes no text, page after page, says nothing: of addresses
//!   that differ in it only, one is asked.
//!
//! What is held is not lost: a shape that was given up gets a probe now and then, and what a novel
//! page vouches for later is asked after all.

mod account;
mod address;
mod bounded;
mod bytes;
mod kind;
mod ledger;
mod links;
mod novelty;
mod shape;
mod twins;

#[cfg(test)]
mod tests;

use std::collections::VecDeque;

use thresh_page::Sketch;
use thresh_types::{CanonicalUrl, SiteId};

use address::{Address, hashed, site_key};
use bounded::{Bounded, Slots};
use kind::Echo;
use ledger::{Outcome, Record, Standing};
use novelty::{Filter, Memory};
use shape::{Names, Shape};
use twins::Twins;

pub(crate) use links::Step;
pub(crate) use novelty::Grade;

/// Shapes whose accounts are kept, of all sites.
const SHAPES: usize = 1 << 14;

/// Memory for the addresses that were found, in bytes.
const FOUND: usize = 4 << 20;

/// Short lists that are remembered until what they led to is fetched.
const LISTS: usize = 1 << 12;

/// Probes on their way at most.
const PROBES: usize = 256;

/// Memory that a learner takes for what pages have shown, in bytes, where nobody says otherwise.
pub(crate) const MEMORY: usize = 16 << 20;

/// A page that was fetched whole.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Seen<'a> {
    /// Whose it is.
    pub(crate) site: &'a SiteId,
    /// Where it is.
    pub(crate) url: &'a CanonicalUrl,
    /// The page that led to it.
    pub(crate) via: Option<&'a CanonicalUrl>,
    /// Whether somebody vouched for it.
    pub(crate) vouched: bool,
    /// Whether it was never fetched before.
    pub(crate) first: bool,
    /// What it shows.
    pub(crate) sketch: &'a Sketch,
}

/// What a page taught.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Lesson {
    /// How much of it was new.
    pub(crate) grade: Grade,
    /// How many shingles were new.
    pub(crate) new: usize,
    /// Whether addresses that were held may go now: the state should queue those of the site again.
    pub(crate) reopened: bool,
}

impl Lesson {
    /// Returns whether the page showed something new.
    pub(crate) fn novel(&self) -> bool {
        self.grade == Grade::Novel
    }
}

/// Whether an address is asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// It is.
    Go,
    /// It is held, for a reason that people can read.
    Hold(String),
}

/// The learner.
#[derive(Debug)]
pub(crate) struct Traps {
    bytes: usize,
    memory: Memory,
    found: Filter,
    /// Lists that showed little, but something of each page they led to.
    lists: Slots<u32>,
    names: Names,
    records: Bounded<Record>,
    twins: Twins,
    /// Addresses of twins that are asked nevertheless.
    probes: VecDeque<u64>,
}

impl Traps {
    /// Returns a learner that knows nothing and takes so many bytes for what pages have shown, and
    /// some 20 MiB at most for all else.
    pub(crate) fn new(memory: usize) -> Self {
        Self {
            bytes: memory,
            memory: Memory::new(memory),
            found: Filter::new(FOUND),
            lists: Slots::new(LISTS),
            names: Names::new(),
            records: Bounded::new(SHAPES),
            twins: Twins::new(),
            probes: VecDeque::new(),
        }
    }

    /// Learns from a page.
    pub(crate) fn learn(&mut self, page: &Seen<'_>) -> Lesson {
        let (address, shape) = self.place(page.site, page.url);
        let site = site_key(page.site);
        let look = self
            .memory
            .look(site, address.hash, shape.path(), page.sketch);
        let grade = look.grade;
        if !page.first {
            return Lesson {
                grade,
                new: look.new,
                reopened: false,
            };
        }
        let text = hashed(page.sketch.text, "").max(1);
        let variant = self.twins.learn(&address, &shape, text, &look.contained);
        let via = page.via.map(|via| self.place(page.site, via));
        let outcome = outcome(grade, &address, &shape, via.as_ref());
        let credited = via.is_some_and(|(list, kind)| {
            let short = self.lists.get(list.hash).is_some();
            let pays = match outcome {
                // What is vouched for was new in a long list already, and counted there.
                Outcome::Page(Grade::Novel) => short || !page.vouched,
                Outcome::Page(Grade::Fresh) => !address.is_day(),
                Outcome::Counted => true,
                _ => false,
            };
            pays && self.credit(&kind, &shape)
        });
        let traits = kind::traits(&address, &shape, Echo::of(&address, &look, variant));
        let reopened = self.note(&shape, outcome, standing(page.vouched), &traits);
        Lesson {
            grade,
            new: look.new,
            reopened: reopened || credited,
        }
    }

    /// Learns that an address answered with an error such as 404: many under one shape are a trap too.
    pub(crate) fn failed(&mut self, site: &SiteId, url: &CanonicalUrl, vouched: bool) {
        let (address, shape) = self.place(site, url);
        let traits = kind::traits(&address, &shape, Echo::default());
        self.note(&shape, Outcome::Error, standing(vouched), &traits);
    }

    /// Decides whether an address is asked now. To be called once, when it is handed out.
    pub(crate) fn judge(&mut self, site: &SiteId, url: &CanonicalUrl, vouched: bool) -> Verdict {
        let (address, shape) = self.place(site, url);
        let probe = self.probes.iter().position(|hash| *hash == address.hash);
        let verdict = match probe {
            Some(at) => {
                self.probes.remove(at);
                Verdict::Go
            }
            None => self
                .hold_twin(site, url, &address, &shape)
                .or_else(|| self.hold_shape(site, url, (&address, &shape), standing(vouched)))
                .map_or(Verdict::Go, Verdict::Hold),
        };
        if verdict == Verdict::Go {
            self.twins.ask(&address, &shape);
        }
        verdict
    }

    /// Returns an address taken apart, and its shape.
    fn place<'u>(&mut self, site: &SiteId, url: &'u CanonicalUrl) -> (Address<'u>, Shape) {
        let address = Address::of(site_key(site), url);
        let shape = self.names.note(&address);
        (address, shape)
    }
}

const fn standing(vouched: bool) -> Standing {
    if vouched {
        Standing::Vouched
    } else {
        Standing::Unvouched
    }
}

/// A list whose pages show little leads to pages that differ in a number: they are what it is for. A
/// day that follows a day is none of these, nor is what a page links to of its own kind.
fn outcome(
    grade: Grade,
    address: &Address<'_>,
    shape: &Shape,
    via: Option<&(Address<'_>, Shape)>,
) -> Outcome {
    let of_list = via
        .is_some_and(|(list, kind)| list.path() != address.path() && kind.path() != shape.path());
    let counted = of_list && address.is_counted() && !address.is_day();
    match grade {
        Grade::Fresh | Grade::Stale if counted => Outcome::Counted,
        // A calendar names another day on each page, which is no news.
        Grade::Fresh if address.is_day() => Outcome::Page(Grade::Stale),
        grade => Outcome::Page(grade),
    }
}
