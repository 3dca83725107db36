//! Cards of other pages: a title that is another page's, a link that leads there, words that page
//! begins with.

use std::ops::Range;

use super::claims::Claims;
use super::signs::PageSigns;
use crate::block::NO_NODE;
use crate::place::PlaceSet;
use crate::signature::Signature;

/// A part of a page that shows another page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Card {
    /// Its blocks.
    pub(super) range: Range<usize>,
    /// The block that names the other page.
    pub(super) title: usize,
    /// The tags around that block.
    pub(super) frame: u64,
}

/// Most blocks in a row within a card that show nothing of the other page: chips, a date, a name.
const LONGEST_GAP: usize = 3;
/// Most words of such a block.
const GAP_WORDS: u32 = 12;
/// Most elements above the smallest one around a card that may still be its own.
const MOST_CLIMBS: usize = 3;
/// How far before its link a title without one may stand.
const AHEAD: usize = 5;

/// A page as far as cards go: where its blocks lead, and what its elements span.
#[derive(Debug)]
pub(super) struct Finder<'a> {
    claims: &'a Claims,
    blocks: &'a [Signature],
    parents: &'a [u32],
    titles: &'a [u64],
    /// Per block, the page of the site that it leads to; 0 for this page and strangers.
    leads: Vec<u64>,
    /// Per element, the blocks within it.
    spans: Vec<Range<usize>>,
}

impl<'a> Finder<'a> {
    pub(super) fn new(claims: &'a Claims, page: &'a PageSigns) -> Self {
        let own: Vec<u64> = page.urls.iter().map(|&u| claims.page(u)).collect();
        let lead = |s: &Signature| Some(claims.page(s.link)).filter(|id| !own.contains(id));
        Self {
            claims,
            blocks: &page.blocks,
            parents: &page.parents,
            titles: &page.titles,
            leads: page.blocks.iter().map(|s| lead(s).unwrap_or(0)).collect(),
            spans: spans(page),
        }
    }

    /// Returns the page of the site that block `i` leads to; 0 where it leads to none.
    pub(super) fn lead(&self, i: usize) -> u64 {
        self.leads[i]
    }

    /// Returns whether block `i` is a link to another page that says its title.
    pub(super) fn is_title_link(&self, i: usize) -> bool {
        self.leads[i] != 0 && self.blocks[i].linked && self.has_title(i, self.leads[i])
    }

    /// Returns the cards of the page, in order, none within another.
    pub(super) fn cards(&self) -> Vec<Card> {
        let mut cards: Vec<Card> = Vec::new();
        let mut at = 0;
        while at < self.blocks.len() {
            let floor = cards.last().map_or(0, |c| c.range.end);
            match self.card_at(at, floor) {
                Some(card) => {
                    at = card.range.end.max(at + 1);
                    cards.push(card);
                }
                None => at += 1,
            }
        }
        cards
    }

    fn has_title(&self, i: usize, page: u64) -> bool {
        self.claims.has_title(page, self.blocks[i].title)
    }

    fn has_opening(&self, i: usize, page: u64) -> bool {
        self.claims.has_opening(page, self.blocks[i].opening)
    }

    /// Returns the page whose title block `i` says: the one it leads to, or one that a block soon after
    /// leads to.
    fn named(&self, i: usize) -> Option<u64> {
        let block = &self.blocks[i];
        let menu = PlaceSet::NAV
            .with(PlaceSet::MENU)
            .with(PlaceSet::BREADCRUMB);
        if block.code || block.title == 0 || self.is_own_title(i) || block.place.any(menu) {
            return None;
        }
        let ends = (i + AHEAD).min(self.blocks.len());
        let last = if block.linked { i + 1 } else { ends };
        self.leads[i..last]
            .iter()
            .copied()
            .find(|&page| page != 0 && self.has_title(i, page))
    }

    fn is_own_title(&self, i: usize) -> bool {
        self.titles.contains(&self.blocks[i].title)
    }

    fn card_at(&self, at: usize, floor: usize) -> Option<Card> {
        let page = self.named(at).or_else(|| self.teased(at))?;
        let (mut end, mut gap, mut shows, mut leads) = (at + 1, 0, false, false);
        for i in at..self.blocks.len() {
            let block = &self.blocks[i];
            let opens = self.has_opening(i, page);
            let own = opens || self.leads[i] == page || (i == at) || self.has_title(i, page);
            if own {
                // A title that is no link, over a link to the same page, needs no excerpt.
                let led = self.leads[i] == page && block.linked && !self.blocks[at].linked;
                shows |= i > at && (opens || block.truncated || led);
                shows |= i == at && opens;
                leads |= self.leads[i] == page;
                (end, gap) = (i + 1, 0);
                continue;
            }
            // No card reaches over the page's own title, or into the next card.
            if i > at && (self.is_own_title(i) || self.named(i).is_some()) {
                break;
            }
            gap += 1;
            // An excerpt that its author wrote is no opening; one that breaks off within a card is.
            let excerpt = block.truncated && !block.linked && gap <= LONGEST_GAP;
            shows |= excerpt && self.closes(i + 1, page);
            if gap > LONGEST_GAP || (block.words > GAP_WORDS && !excerpt) {
                break;
            }
        }
        (shows && leads).then(|| {
            let range = self.extent(at..end, page, floor);
            let frame = self.blocks[at].frame;
            Card {
                range,
                title: at,
                frame,
            }
        })
    }

    /// A lead of another page that breaks off and leads there, without that page's title.
    fn teased(&self, at: usize) -> Option<u64> {
        let page = self.leads[at];
        let block = &self.blocks[at];
        (page != 0 && block.truncated && self.has_opening(at, page)).then_some(page)
    }

    fn closes(&self, at: usize, page: u64) -> bool {
        self.leads.iter().skip(at).take(2).any(|&lead| lead == page)
    }

    /// Widens a card to the largest element around it that holds nothing else.
    fn extent(&self, found: Range<usize>, page: u64, floor: usize) -> Range<usize> {
        let mut widest = found.clone();
        let mut node = self.around(&found);
        for _ in 0..=MOST_CLIMBS {
            let Some(span) = self.spans.get(node as usize) else {
                break;
            };
            let fits = span.start >= floor
                && span
                    .clone()
                    .all(|i| found.contains(&i) || self.may_belong(i, page));
            if !fits {
                break;
            }
            widest = span.start.min(widest.start)..span.end.max(widest.end);
            node = self.parents.get(node as usize).copied().unwrap_or(NO_NODE);
        }
        widest
    }

    fn may_belong(&self, i: usize, page: u64) -> bool {
        let block = &self.blocks[i];
        let other = self.named(i).is_some_and(|named| named != page);
        let top = block.heading && self.leads[i] != page;
        !other && !top && (block.words <= GAP_WORDS || block.truncated || self.has_opening(i, page))
    }

    /// Returns the smallest element that holds all blocks of a range.
    fn around(&self, range: &Range<usize>) -> u32 {
        let mut node = self.blocks[range.start].node;
        while let Some(span) = self.spans.get(node as usize) {
            if span.start <= range.start && span.end >= range.end {
                return node;
            }
            node = self.parents.get(node as usize).copied().unwrap_or(NO_NODE);
        }
        NO_NODE
    }
}

/// Returns per element the range of blocks within it: an element's blocks stand in a row.
fn spans(page: &PageSigns) -> Vec<Range<usize>> {
    let nothing = Range {
        start: usize::MAX,
        end: 0,
    };
    let mut spans = vec![nothing; page.parents.len()];
    for (i, block) in page.blocks.iter().enumerate() {
        if let Some(span) = spans.get_mut(block.node as usize) {
            *span = span.start.min(i)..span.end.max(i + 1);
        }
    }
    for (node, &parent) in page.parents.iter().enumerate().rev() {
        let own = spans[node].clone();
        if let Some(around) = spans.get_mut(parent as usize) {
            *around = around.start.min(own.start)..around.end.max(own.end);
        }
    }
    spans
}
