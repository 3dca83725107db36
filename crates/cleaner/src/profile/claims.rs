//! Which page a title and the first words of a paragraph belong to: the exact evidence that a card
//! shows another page.

use super::signs::PageSigns;

/// Pages from which a title names none of them, and from which first words are a formula of the site.
/// A text stands on its own page and on every listing of it.
const TITLE_PAGES: usize = 4;
const OPENING_PAGES: usize = 20;

/// What pages say of themselves, by address. Sorted, so that the order of the pages leaves no trace.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Claims {
    /// An address and the page it leads to, which goes by the least of its addresses.
    pages: Vec<(u64, u64)>,
    titles: Vec<(u64, u64)>,
    openings: Vec<(u64, u64)>,
}

impl Claims {
    pub(super) fn add(&mut self, page: &PageSigns) {
        let Some(&id) = page.urls.first() else {
            return;
        };
        self.pages.extend(page.urls.iter().map(|&url| (url, id)));
        self.titles.extend(page.titles.iter().map(|&t| (id, t)));
        let plain = page.blocks.iter().filter(|s| s.opening != 0 && !s.linked);
        self.openings.extend(plain.map(|s| (id, s.opening)));
    }

    /// Puts everything into its one order.
    pub(super) fn finish(&mut self) {
        for list in [&mut self.pages, &mut self.titles, &mut self.openings] {
            list.sort_unstable();
            list.dedup();
        }
        let share = |part| self.pages.len() / part;
        drop_common(&mut self.titles, TITLE_PAGES.max(share(20)));
        drop_common(&mut self.openings, OPENING_PAGES.max(share(10)));
    }

    /// Returns the page that an address leads to; 0 where it is not known.
    pub(super) fn page(&self, url: u64) -> u64 {
        let at = self.pages.partition_point(|&(u, _)| u < url);
        match self.pages.get(at) {
            Some(&(found, id)) if found == url && url != 0 => id,
            _ => 0,
        }
    }

    pub(super) fn has_title(&self, page: u64, title: u64) -> bool {
        title != 0 && self.titles.binary_search(&(page, title)).is_ok()
    }

    pub(super) fn has_opening(&self, page: u64, opening: u64) -> bool {
        opening != 0 && self.openings.binary_search(&(page, opening)).is_ok()
    }
}

/// Drops what more than `most` pages claim.
fn drop_common(claims: &mut Vec<(u64, u64)>, most: usize) {
    let mut said: Vec<u64> = claims.iter().map(|&(_, what)| what).collect();
    said.sort_unstable();
    let runs = said.chunk_by(|a, b| a == b);
    let common: Vec<u64> = runs.filter(|r| r.len() > most).map(|r| r[0]).collect();
    claims.retain(|(_, what)| common.binary_search(what).is_err());
    claims.shrink_to_fit();
}
