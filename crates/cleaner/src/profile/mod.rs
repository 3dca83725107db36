//! What recurs across the pages of a site.
//!
//! A page alone does not tell a promotion from its text; a hundred pages do. The profile counts on how
//! many pages a text stands and in which elements, and keeps which page goes by which title and begins
//! which paragraph with which words. So it knows a card by exact evidence: its title is another page's,
//! its link leads there, its excerpt begins as that page does. Counting is free of order: the same
//! pages give the same profile whatever order they come in.
//!
//! Repetition alone never decides: `New in version 3.2.` recurs and is text, and so is the legal
//! paragraph below every letter. Place, shell or links must agree, code is never judged, a page of
//! cards keeps its cards, and what bears the page's own title stays.

mod bytes;
mod cards;
mod claims;
mod judge;
mod lists;
mod shells;
mod signs;
mod tally;

use claims::Claims;
use lists::Labels;
use shells::Shells;
use tally::Tally;

pub use judge::Recurrence;
pub use signs::PageSigns;

/// What recurs across the pages of a site.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SiteProfile {
    pages: u32,
    /// Pages that have a text of their own, which listings do not.
    own_pages: u32,
    claims: Claims,
    /// Pages per text, for texts of two pages or more.
    texts: Tally<u64>,
    /// Pages per text and the tags around it.
    placed: Tally<(u64, u64)>,
    /// Pages with a text of their own per shape of card.
    cards: Tally<u64>,
    shells: Shells,
    labels: Labels,
}

impl SiteProfile {
    /// Counts the pages of a site; their order does not matter.
    pub fn build<'a>(pages: impl IntoIterator<Item = &'a PageSigns> + Clone) -> Self {
        let mut counter = Counter::default();
        for page in pages.clone() {
            counter.add(page);
        }
        let mut weigher = counter.finish();
        for page in pages {
            weigher.add(page);
        }
        weigher.finish()
    }

    /// Returns the number of pages that were counted.
    pub fn pages(&self) -> usize {
        self.pages as usize
    }
}

/// The first of two passes over the pages of a site, which need not be in memory together.
#[derive(Debug, Clone, Default)]
pub struct Counter {
    pages: u32,
    claims: Claims,
    texts: Vec<u64>,
    placed: Vec<(u64, u64)>,
}

impl Counter {
    /// Counts one page.
    pub fn add(&mut self, page: &PageSigns) {
        self.pages = self.pages.saturating_add(1);
        self.claims.add(page);
        let texts = page.blocks.iter().map(|s| s.text);
        tally::add_distinct(&mut self.texts, texts);
        let placed = page.blocks.iter().map(|s| (s.text, s.frame));
        tally::add_distinct(&mut self.placed, placed);
    }

    /// Ends the first pass and begins the second.
    pub fn finish(mut self) -> Weigher {
        self.claims.finish();
        let several = |count: u32| count > 1;
        Weigher {
            profile: SiteProfile {
                pages: self.pages,
                claims: self.claims,
                texts: Tally::of(self.texts, several),
                placed: Tally::of(self.placed, several),
                ..SiteProfile::default()
            },
            cards: Vec::new(),
            shells: shells::Gather::default(),
            labels: lists::Gather::default(),
        }
    }
}

/// The second pass: what stands on pages that have a text of their own.
#[derive(Debug, Clone)]
pub struct Weigher {
    profile: SiteProfile,
    cards: Vec<u64>,
    shells: shells::Gather,
    labels: lists::Gather,
}

impl Weigher {
    /// Weighs one of the pages that were counted.
    pub fn add(&mut self, page: &PageSigns) {
        let finder = cards::Finder::new(&self.profile.claims, page);
        let cards = finder.cards();
        if self.profile.own_words(page, &cards) < judge::OWN_WORDS {
            return;
        }
        self.profile.own_pages += 1;
        tally::add_distinct(&mut self.cards, cards.iter().map(|c| c.frame));
        self.shells.add(page, &self.profile.texts);
        self.labels.add(page, &finder, &cards);
    }

    /// Ends the second pass.
    pub fn finish(self) -> SiteProfile {
        SiteProfile {
            cards: Tally::of(self.cards, |count| count > 1),
            shells: self.shells.finish(),
            labels: self.labels.finish(),
            ..self.profile
        }
    }
}
