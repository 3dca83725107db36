//! Keeps a manual whole: on a page that a documentation program made, what no place sets apart is text, however
//! unlike the pages that the model was fitted on.

use rustc_hash::FxHashSet;
use thresh_types::BlockKind;

use super::scene::is_prose;
use crate::block::{RawBlock, Segmentation};
use crate::place::PlaceSet;

/// Most links and fewest words of prose that a plain page has, as shares of it, and fewest words.
const PLAIN_LINKS: f32 = 0.12;
const PLAIN_PROSE: f32 = 0.6;
const PLAIN_WORDS: u32 = 400;
/// Share of its words in definitions and code from which a page is a manual.
const CODE_SHARE: f32 = 0.1;
/// Share of a page's own words that the element around its text holds.
const SCOPE: f32 = 0.85;
/// Below these probabilities a block is not kept on a manual either: as text, and as what only manuals are made of.
const TEXT_ODDS: f32 = 0.05;
const FRAME_ODDS: f32 = 0.01;
/// From this share of links on, a block is no text, and at a place for leading on it goes.
const MOST_LINKS: f64 = 0.5;
const LEADING_LINKS: f64 = 0.35;

/// Places beside the text of a manual, wherever they stand.
const BESIDE: PlaceSet = PlaceSet::NAV
    .with(PlaceSet::FOOTER)
    .with(PlaceSet::SHARE)
    .with(PlaceSet::CONSENT)
    .with(PlaceSet::BREADCRUMB)
    .with(PlaceSet::PAGER)
    .with(PlaceSet::MENU)
    .with(PlaceSet::DIALOG)
    .with(PlaceSet::FORM)
    .with(PlaceSet::COMMENT);
/// The same on a page that only reads like one.
const APART: PlaceSet = PlaceSet::CHROME
    .with(PlaceSet::COMMENT)
    .with(PlaceSet::FORM)
    .with(PlaceSet::CARD);
/// Places where a manual leads on to other pages.
const LEADING: PlaceSet = BESIDE.with(PlaceSet::HEADER);

/// A page of a manual.
pub(super) struct Manual {
    /// Whether the program that made it says so.
    is_told: bool,
    /// Per element, the places between it and the element around the text; none for what stands outside.
    inner: Vec<Option<PlaceSet>>,
    /// The same for a wider element, which holds the title and short sections as well.
    outer: Vec<Option<PlaceSet>>,
}

impl Manual {
    /// Returns the manual that the page is, if it is one.
    pub(super) fn of(page: &Segmentation, standing: &[usize]) -> Option<Self> {
        let is_told = page.facts.maker.is_some();
        if !is_told && !reads_like_one(page, standing) && !names_a_command(page, standing) {
            return None;
        }
        let held = held(page, standing);
        let (inner, outer) = scopes(page, &held, is_told)?;
        Some(Self {
            is_told,
            inner: within(page, &held, inner),
            outer: within(page, &held, outer),
        })
    }

    /// Returns whether the program that made the page says so.
    pub(super) fn is_told(&self) -> bool {
        self.is_told
    }

    /// Keeps what no place sets apart, and drops what leads on to other pages.
    pub(super) fn keep(
        &self,
        page: &Segmentation,
        standing: &[usize],
        odds: &[f32],
        chosen: &mut [bool],
    ) {
        for &i in standing {
            let block = &page.blocks[i];
            let (places, beside) = match (self.inner_places(block), self.outer_places(block)) {
                (Some(places), _) if self.is_told => (places, BESIDE),
                (_, Some(places)) if self.is_told => (places, APART),
                (_, Some(_)) => (page.place(block), APART),
                _ => continue,
            };
            let leads_on =
                self.is_told && places.any(LEADING) && block.link_density() >= LEADING_LINKS;
            let apart = places.any(beside) || page.is_hidden(block);
            let stays = !apart && self.is_text(block, places, odds[i]);
            chosen[i] = (chosen[i] || stays) && !leads_on;
        }
        self.keep_title(page, standing, chosen);
    }

    /// Whether a block within the text belongs to it.
    fn is_text(&self, block: &RawBlock, places: PlaceSet, odds: f32) -> bool {
        let framed = match block.kind {
            BlockKind::Heading(_) | BlockKind::Code => true,
            // A table of contents is made of rows and terms as well.
            BlockKind::TableRow { .. } | BlockKind::Term | BlockKind::Definition => {
                !places.any(PlaceSet::TOC)
            }
            _ => false,
        };
        match self.is_told && framed {
            true => odds >= FRAME_ODDS,
            false => block.link_density() < MOST_LINKS && odds >= TEXT_ODDS,
        }
    }

    fn inner_places(&self, block: &RawBlock) -> Option<PlaceSet> {
        self.inner.get(block.node as usize).copied().flatten()
    }

    /// Returns the places around a block of the manual; none for a block outside.
    fn outer_places(&self, block: &RawBlock) -> Option<PlaceSet> {
        self.outer.get(block.node as usize).copied().flatten()
    }

    /// A head above the text that bears the page's own title is its title, with what stands under it: the name and
    /// purpose of a command. Where the text has a first heading of its own, the head is that of the site.
    fn keep_title(&self, page: &Segmentation, standing: &[usize], chosen: &mut [bool]) {
        let is_first = |i: usize| page.blocks[i].kind == BlockKind::Heading(1);
        let inside = |i: usize| self.outer_places(&page.blocks[i]).is_some();
        if standing.iter().any(|&i| is_first(i) && inside(i)) {
            return;
        }
        let Some(title) = page.title.as_deref().map(tokens) else {
            return;
        };
        let found = standing
            .iter()
            .position(|&i| !inside(i) && is_titled(page, i, &title));
        let Some(first) = found else {
            return;
        };
        let beside = BESIDE.with(PlaceSet::TOC).with(PlaceSet::SIDEBAR);
        let below = standing[first..].iter().take_while(|&&i| !inside(i));
        for &i in below.take(MOST_HEAD) {
            let block = &page.blocks[i];
            chosen[i] |= block.link_density() == 0.0 && !page.place(block).any(beside);
        }
    }
}

/// Most blocks of a head above the text.
const MOST_HEAD: usize = 6;

/// Whether a block above the text is the title of the page: each of its words, or half of them in a first heading,
/// stands in that of the document.
fn is_titled(page: &Segmentation, i: usize, title: &FxHashSet<String>) -> bool {
    let block = &page.blocks[i];
    let beside = BESIDE.with(PlaceSet::TOC).with(PlaceSet::SIDEBAR);
    let places = page.place(block);
    if block.link_density() > 0.0 || places.any(beside) || page.is_hidden(block) {
        return false;
    }
    let own = tokens(&block.text);
    let same = own.iter().filter(|token| title.contains(*token)).count();
    match block.kind {
        BlockKind::Heading(1) => 2 * same >= own.len() && same > 0,
        BlockKind::Heading(_) => false,
        _ => places.any(PlaceSet::TITLE) && same == own.len() && same >= 2,
    }
}

fn tokens(text: &str) -> FxHashSet<String> {
    let words = text.split(|c: char| !c.is_alphanumeric());
    let words = words.filter(|word| !word.is_empty());
    words.map(str::to_lowercase).collect()
}

/// Whether a page is nearly all prose with hardly a link, and much of it definitions and code.
fn reads_like_one(page: &Segmentation, standing: &[usize]) -> bool {
    let sum = |of: &dyn Fn(&RawBlock) -> u32| -> f32 {
        standing.iter().map(|&i| of(&page.blocks[i]) as f32).sum()
    };
    let words = sum(&|b| b.words);
    let prose = sum(&|b| if is_prose(b) { b.words } else { 0 });
    let links = sum(&|b| b.link_chars) / sum(&|b| b.chars).max(1.0);
    let manual = sum(&|b| match b.kind {
        BlockKind::Term | BlockKind::Definition | BlockKind::Code => b.words,
        _ => 0,
    });
    words >= PLAIN_WORDS as f32
        && manual >= CODE_SHARE * words
        && prose >= PLAIN_PROSE * words
        && links <= PLAIN_LINKS
}

/// Blocks from the top among which a manual page says what it is about, and fewest headings that it has.
const MOST_FIRST: usize = 12;
const FEWEST_HEADINGS: usize = 3;

/// Whether a page begins as manual pages do, whatever converted them and in any language: right below a heading,
/// the name that the page's title bears, a dash and what it is for.
fn names_a_command(page: &Segmentation, standing: &[usize]) -> bool {
    let is_heading = |i: usize| matches!(page.blocks[i].kind, BlockKind::Heading(_));
    let Some(title) = page.title.as_deref().map(tokens) else {
        return false;
    };
    let headings = standing.iter().filter(|&&i| is_heading(i)).count();
    headings >= FEWEST_HEADINGS
        && standing.windows(3).take(MOST_FIRST).any(|three| {
            is_heading(three[0])
                && is_heading(three[2])
                && is_named(&page.blocks[three[1]].text, &title)
        })
}

/// Whether a line is `name, other-name - purpose`, its first name that of the title.
fn is_named(line: &str, title: &FxHashSet<String>) -> bool {
    let dashes = [" - ", " – ", " — "];
    let Some(end) = dashes.iter().filter_map(|dash| line.find(dash)).min() else {
        return false;
    };
    let first = line[..end].split(',').next().unwrap_or("");
    let name = tokens(first);
    !name.is_empty() && name.iter().all(|token| title.contains(token))
}

/// What stands within an element.
#[derive(Debug, Clone, Copy, Default)]
struct Held {
    /// Words that are neither links nor set apart.
    words: u32,
    chars: u32,
    link_chars: u32,
}

/// Shares of links that what a wider element adds may have: of itself, and of what the narrower one holds.
const ADDED_LINKS: f32 = 0.3;
const FEW_LINKS: f32 = 0.05;
/// The latter on a page whose maker is known: a section of nothing but references.
const FEW_TOLD: f32 = 0.15;

/// Returns the smallest element that holds nearly all words of the page that are neither links nor set apart, and
/// the widest around it that adds hardly a link: a title, an appendix, a section of a line.
fn scopes(page: &Segmentation, held: &[Held], is_told: bool) -> Option<(u32, u32)> {
    // The first element is the root; those that hold most words stand within each other.
    let all = held.first()?.words;
    let wanted = SCOPE * all as f32;
    let inner = held.iter().rposition(|h| h.words as f32 >= wanted)?;
    let inner = u32::try_from(inner).ok().filter(|_| all > 0)?;
    let own = held[inner as usize];
    let few = if is_told { FEW_TOLD } else { FEW_LINKS };
    let is_own = |node: &u32| {
        page.node(*node)
            .is_some_and(|n| n.own.any(PlaceSet::OWN) || page.name(n.tag) == "section")
    };
    let adds_text = |node: &u32| {
        let wide = held[*node as usize];
        let links = (wide.link_chars - own.link_chars) as f32;
        let most = ADDED_LINKS * (wide.chars - own.chars) as f32;
        links <= most.max(few * own.chars as f32) || (is_told && is_own(node))
    };
    let is_part = |node: &u32| {
        page.node(*node)
            .is_some_and(|n| !matches!(page.name(n.tag), "html" | "body"))
    };
    let around = page.chain(inner).skip(1).take_while(is_part);
    let outer = around.filter(adds_text).last().unwrap_or(inner);
    Some((inner, outer))
}

fn held(page: &Segmentation, standing: &[usize]) -> Vec<Held> {
    let mut held = vec![Held::default(); page.nodes.len()];
    for &i in standing {
        let block = &page.blocks[i];
        let seen = !page.place(block).any(BESIDE) && !page.is_hidden(block);
        let Some(own) = held.get_mut(block.node as usize).filter(|_| seen) else {
            continue;
        };
        own.chars += block.chars;
        own.link_chars += block.link_chars.min(block.chars);
        if block.link_density() < MOST_LINKS {
            own.words += block.words;
        }
    }
    for node in (0..held.len()).rev() {
        let own = held[node];
        if let Some(around) = held.get_mut(page.nodes[node].parent as usize) {
            around.words += own.words;
            around.chars += own.chars;
            around.link_chars += own.link_chars;
        }
    }
    held
}

/// Returns per element the places that it and the elements between it and `scope` name.
fn within(page: &Segmentation, held: &[Held], scope: u32) -> Vec<Option<PlaceSet>> {
    let mut within: Vec<Option<PlaceSet>> = Vec::with_capacity(page.nodes.len());
    for ((node, held), index) in page.nodes.iter().zip(held).zip(0..) {
        let around = within.get(node.parent as usize).copied().flatten();
        // What a heading is called says how it looks.
        let own = match page.name(node.tag) {
            "h1" | "h2" | "h3" | "h4" | "h5" | "h6" => PlaceSet::NONE,
            // A table of contents is links; what is called so and is not is the contents.
            _ if 2 * held.link_chars < held.chars => node.own.without(PlaceSet::TOC),
            _ => node.own,
        };
        within.push(match index == scope {
            true => Some(PlaceSet::NONE),
            false => around.map(|places| places.with(own)),
        });
    }
    within
}
