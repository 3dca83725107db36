//! Gives headings, rows and short blocks the fate of what they belong to.

use thresh_types::BlockKind;

use super::manual::Manual;
use crate::block::{NO_NODE, RawBlock, Segmentation};
use crate::place::PlaceSet;

/// On a page of so few words nothing can be told apart but by place.
const FEW_WORDS: usize = 60;

/// Gives headings, code and rows the fate of what they belong to.
///
/// Returns whether the page is told to be one of a manual.
pub(super) fn mend(page: &Segmentation, alive: &[bool], odds: &[f32], chosen: &mut [bool]) -> bool {
    let standing: Vec<usize> = (0..chosen.len()).filter(|&i| alive[i]).collect();
    let manual = Manual::of(page, &standing);
    if let Some(manual) = &manual {
        manual.keep(page, &standing, odds, chosen);
    }
    follow_section(page, &standing, chosen);
    follow_box(page, &standing, odds, chosen);
    keep_headings(page, &standing, chosen);
    fill_gaps(page, &standing, chosen);
    if page.words() <= FEW_WORDS && !standing.iter().any(|&i| chosen[i]) {
        for &i in &standing {
            let block = &page.blocks[i];
            chosen[i] = !page.place(block).any(PlaceSet::CHROME) && !page.is_hidden(block);
        }
    }
    manual.is_some_and(|manual| manual.is_told())
}

fn is_heading(page: &Segmentation, i: usize) -> bool {
    matches!(page.blocks[i].kind, BlockKind::Heading(_))
}

fn parent(page: &Segmentation, i: usize) -> u32 {
    page.node(page.blocks[i].node).map_or(NO_NODE, |n| n.parent)
}

/// Returns whether an element close around block `a` also holds block `b`.
fn are_near(page: &Segmentation, a: usize, b: usize) -> bool {
    let around_a: Vec<u32> = page.chain(page.blocks[a].node).take(5).collect();
    page.chain(page.blocks[b].node)
        .take(7)
        .any(|n| around_a.contains(&n))
}

/// A heading over kept text stays, if both stand close together.
fn keep_headings(page: &Segmentation, standing: &[usize], chosen: &mut [bool]) {
    let mut next: Option<usize> = None;
    for &i in standing.iter().rev() {
        if !chosen[i] && is_heading(page, i) && next.is_some_and(|n| are_near(page, i, n)) {
            chosen[i] = true;
        }
        let place = page.place(&page.blocks[i]);
        let linked = page.blocks[i].link_density() > 0.6 && place.any(PlaceSet::CHROME);
        next = (chosen[i] && !linked).then_some(i);
    }
}

/// Words and blocks from which a section can vote, and the shares of it that must be kept.
const SECTION_WORDS: u32 = 40;
const SECTION_BLOCKS: u32 = 3;
const SECTION_SHARE: f32 = 0.8;
const SECTION_SHARE_CODE: f32 = 0.35;

/// Code, tables and footnotes go with the smallest section around them, unless their own element is set aside: what a model says of
/// a row or a listing by itself is worth little.
fn follow_section(page: &Segmentation, standing: &[usize], chosen: &mut [bool]) {
    let sections = sections(page, standing, chosen);
    for &i in standing {
        let block = &page.blocks[i];
        let follows = match block.kind {
            BlockKind::Code => votes_for_code(page, &sections, block),
            BlockKind::TableRow { .. } => votes_for_table(page, &sections, block.node),
            BlockKind::Footnote => !page.place(block).any(PlaceSet::CHROME),
            _ => false,
        };
        chosen[i] = chosen[i] || follows;
    }
}

/// Words of a box that speak for the rest of it, the share of them that must be kept, and how likely the rest must
/// be by itself.
const BOX_WORDS: u32 = 10;
const BOX_SHARE: f32 = 0.95;
const BOX_ODDS: f32 = 0.2;

/// A label within a box whose every word is kept belongs to it: the title of a sidebar within the text, the
/// speaker under a quote.
fn follow_box(page: &Segmentation, standing: &[usize], odds: &[f32], chosen: &mut [bool]) {
    let sections = sections(page, standing, chosen);
    for &i in standing {
        let block = &page.blocks[i];
        if chosen[i] || odds[i] < BOX_ODDS || block.link_density() > 0.5 {
            continue;
        }
        let around = page
            .chain(block.node)
            .take(4)
            .find(|&n| sections[n as usize][0] > 1);
        chosen[i] = around.is_some_and(|node| {
            let [_, words, kept] = sections[node as usize];
            let others = words - block.words.max(1).min(words);
            others >= BOX_WORDS && kept as f32 >= BOX_SHARE * others as f32
        });
    }
}

/// Returns blocks, words and chosen words per element.
fn sections(page: &Segmentation, standing: &[usize], chosen: &[bool]) -> Vec<[u32; 3]> {
    let mut sections = vec![[0_u32; 3]; page.nodes.len()];
    for &i in standing {
        let words = page.blocks[i].words.max(1);
        if let Some(own) = sections.get_mut(page.blocks[i].node as usize) {
            own[0] += 1;
            own[1] += words;
            own[2] += if chosen[i] { words } else { 0 };
        }
    }
    for node in (0..sections.len()).rev() {
        let own = sections[node];
        if let Some(around) = sections.get_mut(page.nodes[node].parent as usize) {
            around.iter_mut().zip(own).for_each(|(a, o)| *a += o);
        }
    }
    sections
}

/// A table goes as a whole with the section around it.
fn votes_for_table(page: &Segmentation, sections: &[[u32; 3]], row: u32) -> bool {
    let is_table = |n: &u32| page.node(*n).is_some_and(|n| n.own.any(PlaceSet::TABLE));
    let Some(table) = page.chain(row).take(6).find(is_table) else {
        return false;
    };
    let [_, own_words, own_kept] = sections[table as usize];
    let aside = PlaceSet::CHROME
        .with(PlaceSet::FORM)
        .with(PlaceSet::COMMENT);
    for node in page.chain(table).take(16) {
        let [_, words, kept] = sections[node as usize];
        let (others, kept) = (words - own_words, kept - own_kept);
        if others >= SECTION_WORDS {
            return kept as f32 >= SECTION_SHARE * others as f32;
        }
        if page.node(node).is_some_and(|n| n.own.any(aside)) {
            return false;
        }
    }
    false
}

fn votes_for_code(page: &Segmentation, sections: &[[u32; 3]], block: &RawBlock) -> bool {
    let aside = PlaceSet::CHROME
        .with(PlaceSet::FORM)
        .with(PlaceSet::COMMENT);
    for node in page.chain(block.node).take(24) {
        let [blocks, words, kept] = sections[node as usize];
        let others = words - block.words.max(1).min(words);
        if blocks >= SECTION_BLOCKS && others >= SECTION_WORDS {
            return kept as f32 >= SECTION_SHARE_CODE * others as f32;
        }
        if page.node(node).is_some_and(|n| n.own.any(aside)) {
            return false;
        }
    }
    false
}

/// Most blocks in a row that are kept because their neighbours are.
const LONGEST_GAP: usize = 3;

/// Short blocks between kept blocks of the same element are kept, unless they are links.
fn fill_gaps(page: &Segmentation, standing: &[usize], chosen: &mut [bool]) {
    let mut start = 0;
    while start < standing.len() {
        if chosen[standing[start]] || start == 0 {
            start += 1;
            continue;
        }
        let length = standing[start..]
            .iter()
            .take_while(|&&i| !chosen[i])
            .count();
        let end = start + length;
        let gap = &standing[start..end];
        let same = |k: usize| {
            let outer = parent(page, standing[k]);
            outer != NO_NODE && gap.iter().all(|&i| parent(page, i) == outer)
        };
        let own = |&i: &usize| page.blocks[i].link_density() < 0.5;
        if end < standing.len()
            && length <= LONGEST_GAP
            && same(start - 1)
            && same(end)
            && gap.iter().all(own)
        {
            for &i in gap {
                chosen[i] = true;
            }
        }
        start = end;
    }
}
