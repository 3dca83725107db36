//! Lists of links to other pages under a label that recurs: related, most read, you may also like.
//!
//! A table of contents is such a list too, and is text. What tells them apart is who else is listed:
//! under one label of a site, a table names each page once, a box of suggestions names it again and
//! again.

use std::ops::Range;

use super::cards::{Card, Finder};
use super::signs::PageSigns;
use super::tally::Tally;

/// Fewest links of a list.
const FEWEST: usize = 2;
/// Most words of its label.
const LABEL_WORDS: u32 = 8;

/// A list on a page: its label and its links.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct List {
    pub(super) label: usize,
    pub(super) links: Range<usize>,
}

/// Returns the lists of a page outside its cards.
pub(super) fn lists(page: &PageSigns, finder: &Finder<'_>, cards: &[Card]) -> Vec<List> {
    let mut lists = Vec::new();
    let mut at = 1;
    while at < page.blocks.len() {
        let run = (at..page.blocks.len())
            .take_while(|&i| finder.is_title_link(i) && !cards.iter().any(|c| c.range.contains(&i)))
            .count();
        let label = &page.blocks[at - 1];
        if run >= FEWEST && label.words <= LABEL_WORDS && !label.linked && !label.code {
            lists.push(List {
                label: at - 1,
                links: at..at + run,
            });
        }
        at += run.max(1);
    }
    lists
}

/// What stands under one label across a site.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Label {
    /// Pages that have it.
    pub(super) pages: u32,
    /// Links under it.
    pub(super) links: u32,
    /// Different pages they lead to.
    pub(super) targets: u32,
}

/// The labels of a site by their text, sorted.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Labels(Vec<(u64, Label)>);

impl Labels {
    pub(super) fn get(&self, text: u64) -> Label {
        let found = self.0.binary_search_by_key(&text, |(t, _)| *t);
        found.map_or_else(|_| Label::default(), |at| self.0[at].1)
    }
}

/// Counts labels.
#[derive(Debug, Clone, Default)]
pub(super) struct Gather {
    pages: Vec<u64>,
    links: Vec<(u64, u64)>,
}

impl Gather {
    pub(super) fn add(&mut self, page: &PageSigns, finder: &Finder<'_>, cards: &[Card]) {
        let lists = lists(page, finder, cards);
        let text = |list: &List| page.blocks[list.label].text;
        super::tally::add_distinct(&mut self.pages, lists.iter().map(text));
        for list in &lists {
            let targets = list.links.clone().map(|i| (text(list), finder.lead(i)));
            self.links.extend(targets);
        }
    }

    pub(super) fn finish(mut self) -> Labels {
        let pages = Tally::of(self.pages, |_| true);
        self.links.sort_unstable();
        let labels = self.links.chunk_by(|a, b| a.0 == b.0).map(|met| {
            let size = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
            let label = Label {
                pages: pages.get(met[0].0),
                links: size(met.len()),
                targets: size(met.chunk_by(|a, b| a.1 == b.1).count()),
            };
            (met[0].0, label)
        });
        Labels(labels.filter(|(_, label)| label.pages > 1).collect())
    }
}
