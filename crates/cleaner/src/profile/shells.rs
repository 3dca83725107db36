//! Shells: the elements right around a text, and whether what stands in them is ever a page's own.

use super::signs::PageSigns;
use super::tally::Tally;

/// What the pages of a site show in one shell.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Shell {
    /// Pages with a text of their own that have it.
    pub(super) pages: u32,
    /// Blocks in it.
    pub(super) blocks: u32,
    /// Different texts in it.
    pub(super) texts: u32,
    /// Blocks whose text stands on several pages.
    pub(super) recurring: u32,
    /// Blocks that lead elsewhere or break off.
    pub(super) leading: u32,
    /// Blocks of the text that is there most.
    pub(super) most: u32,
}

/// All shells of a site that several pages have, sorted.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Shells(Vec<(u64, Shell)>);

impl Shells {
    pub(super) fn get(&self, nook: u64) -> Shell {
        let found = self.0.binary_search_by_key(&nook, |(n, _)| *n);
        found.map_or_else(|_| Shell::default(), |at| self.0[at].1)
    }
}

/// Counts shells.
#[derive(Debug, Clone, Default)]
pub(super) struct Gather {
    /// Shell, text, and page as a running number, which only tells one page from the next.
    met: Vec<(u64, u64, u32)>,
    leading: Vec<u64>,
    recurring: Vec<u64>,
    pages: u32,
}

impl Gather {
    pub(super) fn add(&mut self, page: &PageSigns, texts: &Tally<u64>) {
        self.pages += 1;
        for block in &page.blocks {
            self.met.push((block.nook, block.text, self.pages));
            if block.linked || block.truncated {
                self.leading.push(block.nook);
            }
            if texts.get(block.text) > 1 {
                self.recurring.push(block.nook);
            }
        }
    }

    pub(super) fn finish(mut self) -> Shells {
        let leading = Tally::of(self.leading, |_| true);
        let recurring = Tally::of(self.recurring, |_| true);
        self.met.sort_unstable();
        let shells = self.met.chunk_by(|a, b| a.0 == b.0).map(|met| {
            let nook = met[0].0;
            let shell = Shell {
                leading: leading.get(nook),
                recurring: recurring.get(nook),
                ..shell(met)
            };
            (nook, shell)
        });
        Shells(shells.filter(|(_, shell)| shell.pages > 1).collect())
    }
}

fn shell(met: &[(u64, u64, u32)]) -> Shell {
    let size = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
    let mut pages: Vec<u32> = met.iter().map(|&(_, _, page)| page).collect();
    pages.sort_unstable();
    pages.dedup();
    let mut shell = Shell {
        pages: size(pages.len()),
        blocks: size(met.len()),
        ..Shell::default()
    };
    for same in met.chunk_by(|a, b| a.1 == b.1) {
        shell.texts += 1;
        shell.most = shell.most.max(size(same.len()));
    }
    shell
}
