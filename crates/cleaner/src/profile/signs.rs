//! What a page tells the profile of its site.

use crate::block::Segmentation;
use crate::measure;
use crate::signature::{self, Around, Signature};

/// What a page tells the profile of its site: small, and all that a later count needs of it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PageSigns {
    /// Digests of the addresses that lead to it.
    pub(super) urls: Vec<u64>,
    /// Digests of the titles it goes by.
    pub(super) titles: Vec<u64>,
    /// Its blocks.
    pub(super) blocks: Vec<Signature>,
    /// Per element, the element around it.
    pub(super) parents: Vec<u32>,
}

impl PageSigns {
    /// Returns what `page` tells, which `urls` lead to and which goes by `titles` beside its own.
    pub fn of<'a>(
        page: &Segmentation,
        urls: impl IntoIterator<Item = &'a str>,
        titles: &[String],
    ) -> Self {
        let around = Around::new(page);
        let blocks: Vec<Signature> = page
            .blocks
            .iter()
            .map(|block| Signature::of(page, block, &around))
            .collect();
        let mut signs = Self {
            urls: urls.into_iter().map(signature::address).collect(),
            titles: own_titles(page, titles),
            blocks,
            parents: page.nodes.iter().map(|n| n.parent).collect(),
        };
        in_order(&mut signs.urls);
        in_order(&mut signs.titles);
        signs
    }

    /// Adds addresses that lead to the page.
    pub fn add_urls<'a>(&mut self, urls: impl IntoIterator<Item = &'a str>) {
        self.urls.extend(urls.into_iter().map(signature::address));
        in_order(&mut self.urls);
    }

    /// Returns what is known of each block.
    pub fn blocks(&self) -> &[Signature] {
        &self.blocks
    }
}

fn in_order(digests: &mut Vec<u64>) {
    digests.retain(|&digest| digest != 0);
    digests.sort_unstable();
    digests.dedup();
}

/// The titles that the page goes by: those given, `<title>` whole and before the site's name, and every
/// top heading of its own.
fn own_titles(page: &Segmentation, titles: &[String]) -> Vec<u64> {
    let digest = |text: &str| {
        let words = u32::try_from(measure::count_words(text)).unwrap_or(u32::MAX);
        signature::title_of(text, words)
    };
    let title = page.title.as_deref().unwrap_or_default();
    let mut own: Vec<u64> = titles.iter().map(|t| digest(t)).collect();
    own.push(digest(title));
    own.extend(fronts(title).map(digest));
    let top = |b: &&crate::block::RawBlock| b.kind == thresh_types::BlockKind::Heading(1);
    let first = page.blocks.iter().find(top);
    own.extend(first.map(|b| signature::title_of(&b.text, b.words)));
    own
}

/// Returns a title without its last part, for each mark that a site's name is set apart by.
fn fronts(title: &str) -> impl Iterator<Item = &str> {
    [" | ", " – ", " — ", " - ", " » ", " « ", " :: ", " · "]
        .into_iter()
        .filter_map(|mark| title.rsplit_once(mark).map(|(front, _)| front))
}
