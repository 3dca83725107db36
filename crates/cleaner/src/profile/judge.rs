//! What the profile says of each block of a page.

use std::ops::Range;

use super::SiteProfile;
use super::cards::{Card, Finder};
use super::lists;
use super::signs::PageSigns;
use crate::block::NO_NODE;
use crate::place::PlaceSet;
use crate::signature::Signature;

/// Fewest pages from which a profile says anything.
const FEWEST_PAGES: u32 = 4;
/// Fewest pages on which anything must stand to recur.
const FEWEST: u32 = 3;
/// Share of a site's pages from which a text outside the main part recurs.
const RECURS: f64 = 0.2;
/// Share of a text's pages that must show it within the same tags.
const SAME_FRAME: f64 = 0.6;
/// Share of pages from which a shell counts as part of the theme, and share of its blocks that must
/// recur, and lead elsewhere, for it to hold links to other pages.
const SHELL_PAGES: f64 = 0.3;
const SHELL_RECURS: f64 = 0.5;
/// Share from which all that stands in a shell is the theme's.
const SHELL_THEME: f64 = 0.9;
/// Words of its own from which a page is more than a list of others.
pub(super) const OWN_WORDS: u32 = 25;
/// Words from which a block counts for that.
const OWN_BLOCK: u32 = 8;
/// Share of pages with a text of their own that must show cards of one shape, for cards of that shape
/// to be the theme's; and from which they are so on a page of few words too.
const CARD_PAGES: f64 = 0.2;
const CARD_MOST_PAGES: f64 = 0.5;
/// How often a box of suggestions names the same page again, across a site.
const NAMED_AGAIN: f64 = 1.5;
/// What makes a shell one whose text changes by chance: words of a text, texts, share of pages that the
/// commonest may stand on.
const ROTATING_WORDS: u32 = 6;
const ROTATING_TEXTS: u32 = 3;
const ROTATING_MOST_TEXTS: u32 = 50;
const ROTATING_PAGES: u32 = 6;
const ROTATING_MOST: f64 = 0.6;
const ROTATING_RECURS: f64 = 0.95;
/// Blocks of a printed list, words of each, and share of pages that show each.
const RUN: usize = 5;
const RUN_WORDS: u32 = 2;
const RUN_PAGES: f64 = 0.3;

/// What the profile says about a text: bucketed, so that a page more or less rarely changes it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Recurrence {
    /// The site is too small to tell, or nothing recurs.
    Unknown,
    /// The text recurs within the same tags on part of the site.
    Recurs,
    /// The text recurs within the same tags on most pages of the site.
    Everywhere,
}

/// Why a block is no part of its page's text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Finding {
    /// The name of the rule, within the pack `profile`.
    pub(crate) rule: &'static str,
    /// What was seen.
    pub(crate) why: String,
}

/// A page at large.
#[derive(Debug)]
struct Scene {
    /// Words that it says itself.
    own: u32,
    /// Words of links that no place of the theme holds.
    linked: u32,
    /// From the first of its own blocks to the last.
    text: Range<usize>,
    /// The elements right around its own blocks.
    holders: Vec<u32>,
}

impl Scene {
    /// Returns whether a block stands amid the page's own text, or is a sentence in an element that
    /// holds some of it: such a block is outside by no measure of density.
    fn holds(&self, page: &PageSigns, i: usize) -> bool {
        let block = &page.blocks[i];
        let sentence = block.words >= OWN_BLOCK && !block.linked && !block.truncated;
        let amid = self.text.contains(&i) && !block.place.any(PlaceSet::CHROME);
        amid || (sentence && self.holders.contains(&parent(page, block)))
    }
}

/// Returns the element around the element of a block.
fn parent(page: &PageSigns, block: &Signature) -> u32 {
    let node = page.parents.get(block.node as usize);
    node.copied().unwrap_or(NO_NODE)
}

fn share(part: u32, whole: u32) -> f64 {
    f64::from(part) / f64::from(whole.max(1))
}

impl SiteProfile {
    /// Returns how a text recurs on the site.
    pub fn recurrence(&self, signature: &Signature) -> Recurrence {
        let on = self.texts.get(signature.text);
        if self.pages < FEWEST_PAGES || signature.code || on < FEWEST {
            return Recurrence::Unknown;
        }
        let here = self.placed.get((signature.text, signature.frame));
        let of_theme = self.is_theme(signature);
        if (share(on, self.pages) < RECURS && !of_theme) || share(here, on) < SAME_FRAME {
            return Recurrence::Unknown;
        }
        if share(on, self.pages) >= 0.5 {
            Recurrence::Everywhere
        } else {
            Recurrence::Recurs
        }
    }

    /// Nothing in the shell is ever a page's own, as in a footer that comes in ten languages.
    fn is_theme(&self, signature: &Signature) -> bool {
        let shell = self.shells.get(signature.nook);
        share(shell.pages, self.own_pages) >= SHELL_PAGES
            && share(shell.recurring, shell.blocks) >= SHELL_THEME
    }

    /// Returns the words that the page says itself.
    pub(super) fn own_words(&self, page: &PageSigns, cards: &[Card]) -> u32 {
        let own = page.blocks.iter().zip(self.own_blocks(page, cards));
        own.filter(|(_, own)| *own).map(|(s, _)| s.words).sum()
    }

    /// Marks what the page says itself: not cards, not links, not what half the site says.
    fn own_blocks(&self, page: &PageSigns, cards: &[Card]) -> Vec<bool> {
        let around = PlaceSet::CHROME
            .with(PlaceSet::COMMENT)
            .with(PlaceSet::FORM);
        let is_own = |s: &Signature| {
            let few = self.pages < FEWEST_PAGES || share(self.texts.get(s.text), self.pages) < 0.5;
            let plain = !s.heading && !s.linked && !s.truncated;
            few && plain && s.words >= OWN_BLOCK && !s.place.any(around)
        };
        let mut own: Vec<bool> = page.blocks.iter().map(is_own).collect();
        for card in cards {
            own[card.range.clone()].fill(false);
        }
        own
    }

    /// Returns why blocks are no part of the page's text, where the site tells; `outside` marks those
    /// outside the page's main part.
    pub(crate) fn judge(&self, page: &PageSigns, outside: &[bool]) -> Vec<Option<Finding>> {
        let mut findings = vec![None; page.blocks.len()];
        if self.pages < FEWEST_PAGES {
            return findings;
        }
        let finder = Finder::new(&self.claims, page);
        let cards = finder.cards();
        let scene = self.scene(page, &cards);
        let own = scene.own;
        self.judge_cards(page, &cards, own, &mut findings);
        if own >= OWN_WORDS {
            self.judge_lists(page, &finder, &cards, &mut findings);
            self.judge_runs(page, &mut findings);
        }
        for (i, block) in page.blocks.iter().enumerate() {
            if findings[i].is_none() {
                findings[i] = self.judge_block(block, outside[i] && !scene.holds(page, i), &scene);
            }
        }
        for (block, finding) in page.blocks.iter().zip(&mut findings) {
            // A block is never removed from the page it belongs to.
            if block.code || (block.title != 0 && page.titles.contains(&block.title)) {
                *finding = None;
            }
        }
        findings
    }

    fn scene(&self, page: &PageSigns, cards: &[Card]) -> Scene {
        let own = self.own_blocks(page, cards);
        let first = own.iter().position(|own| *own);
        let last = own.iter().rposition(|own| *own);
        let mut scene = Scene {
            own: 0,
            linked: 0,
            text: first.unwrap_or(0)..last.map_or(0, |last| last + 1),
            holders: Vec::new(),
        };
        for (block, own) in page.blocks.iter().zip(&own) {
            if *own {
                scene.own += block.words;
                scene.holders.push(parent(page, block));
            }
            let link = block.linked && !block.place.any(PlaceSet::CHROME);
            scene.linked += if link { block.words } else { 0 };
        }
        scene.holders.sort_unstable();
        scene.holders.dedup();
        scene.holders.retain(|&holder| holder != NO_NODE);
        scene
    }

    fn judge_cards(
        &self,
        page: &PageSigns,
        cards: &[Card],
        own: u32,
        findings: &mut [Option<Finding>],
    ) {
        for card in cards {
            let on = self.cards.get(card.frame);
            let of = share(on, self.own_pages);
            let theme = on >= FEWEST
                && ((own >= OWN_WORDS && of >= CARD_PAGES)
                    || (own >= OWN_BLOCK && of >= CARD_MOST_PAGES));
            if !theme {
                continue;
            }
            let why = format!(
                "a card of another page: its title, its link and its first words are that page's; \
                 cards like it stand on {on} of {} pages with a text of their own",
                self.own_pages
            );
            let mut range = card.range.clone();
            range.end += self.labels_after(page, cards, range.end);
            for finding in &mut findings[range] {
                *finding = Some(Finding {
                    rule: "card",
                    why: why.clone(),
                });
            }
        }
    }

    /// Returns how many short blocks after a card recur as it does: tags and labels that no element
    /// holds together with it.
    fn labels_after(&self, page: &PageSigns, cards: &[Card], at: usize) -> usize {
        let after = page.blocks[at..].iter().zip(at..);
        after
            .take(2)
            .take_while(|(s, i)| {
                s.words <= 4
                    && !s.heading
                    && !s.row
                    && self.recurrence(s) == Recurrence::Everywhere
                    && !cards.iter().any(|c| c.range.contains(i))
            })
            .count()
    }

    fn judge_lists(
        &self,
        page: &PageSigns,
        finder: &Finder<'_>,
        cards: &[Card],
        findings: &mut [Option<Finding>],
    ) {
        for list in lists::lists(page, finder, cards) {
            let label = self.labels.get(page.blocks[list.label].text);
            let of = share(label.pages, self.own_pages);
            let again = share(label.links, label.targets);
            if label.pages < FEWEST || of < RECURS || again < NAMED_AGAIN {
                continue;
            }
            let why = format!(
                "links to other pages under a label of {} of {} pages, which names each page {again:.1} times",
                label.pages, self.own_pages
            );
            for finding in &mut findings[list.label..list.links.end] {
                *finding = Some(Finding {
                    rule: "list",
                    why: why.clone(),
                });
            }
        }
    }

    /// Short texts in a row that part of the site prints alike: what a machine lists.
    fn judge_runs(&self, page: &PageSigns, findings: &mut [Option<Finding>]) {
        let prints = |s: &Signature| {
            let on = self.texts.get(s.text);
            let plain = !s.linked && !s.heading && !s.row && !s.code && !s.digits;
            plain && s.words <= RUN_WORDS && on > FEWEST && share(on, self.pages) >= RUN_PAGES
        };
        let mut start = 0;
        while start < page.blocks.len() {
            let first = &page.blocks[start];
            let run = page.blocks[start..]
                .iter()
                .take_while(|s| prints(s) && parent(page, s) == parent(page, first))
                .count();
            if run >= RUN {
                let why = format!("one of {run} short texts in a row that many pages print alike");
                for finding in &mut findings[start..start + run] {
                    *finding = Some(Finding {
                        rule: "run",
                        why: why.clone(),
                    });
                }
            }
            start += run.max(1);
        }
    }

    fn judge_block(&self, block: &Signature, outside: bool, scene: &Scene) -> Option<Finding> {
        let on = self.texts.get(block.text);
        let shared = format!("on {on} of {} pages", self.pages);
        let found = |rule, why| Some(Finding { rule, why });
        let own = scene.own;
        let sure = block.place.any(PlaceSet::CHROME);
        // A reference that a manual's translations share leads to a stranger, and is text.
        let known = self.claims.page(block.link) != 0 || share(on, self.pages) >= RECURS;
        let text = (own >= scene.linked && known) || sure;
        if own >= OWN_WORDS && text && self.is_link_of_theme(block) {
            return found(
                "link",
                format!("a link to another page, in a shell of such links, {shared}"),
            );
        }
        if own >= OWN_WORDS && self.rotates(block) {
            let shell = self.shells.get(block.nook);
            let why = format!(
                "one of {} texts that take turns in a shell of {} pages, {shared}",
                shell.texts, shell.pages
            );
            return found("rotating", why);
        }
        match self.recurrence(block) {
            Recurrence::Unknown => None,
            // On a page without a text of its own, what stands apart may be all it has.
            here if outside && (own >= OWN_WORDS || sure || here == Recurrence::Everywhere) => {
                found(
                    "recurs",
                    format!("the same text within the same tags outside the main part {shared}"),
                )
            }
            _ if block.linked && share(on, self.pages) >= 0.9 => found(
                "recurs",
                format!("the same link within the same tags {shared}"),
            ),
            _ => None,
        }
    }

    /// A block that leads elsewhere or breaks off, in a shell of many pages whose texts come back on
    /// other pages.
    fn is_link_of_theme(&self, block: &Signature) -> bool {
        let shell = self.shells.get(block.nook);
        (block.linked || block.truncated)
            && self.texts.get(block.text) >= FEWEST
            && shell.pages >= FEWEST
            && share(shell.pages, self.own_pages) >= SHELL_PAGES
            && share(shell.recurring, shell.blocks) >= SHELL_RECURS
            && share(shell.leading, shell.blocks) >= SHELL_RECURS
    }

    /// A text in a shell that many pages have, that never holds a page's own text, and whose few texts
    /// take turns: quotations of readers, appeals. One text alone may be a notice that belongs.
    fn rotates(&self, block: &Signature) -> bool {
        let shell = self.shells.get(block.nook);
        block.words >= ROTATING_WORDS
            && self.texts.get(block.text) > 1
            && !block.linked
            && !block.digits
            && !block.row
            && shell.pages >= ROTATING_PAGES
            && share(shell.pages, self.own_pages) >= SHELL_PAGES
            && (ROTATING_TEXTS..=ROTATING_MOST_TEXTS).contains(&shell.texts)
            && shell.texts * 3 <= shell.blocks
            && shell.blocks <= shell.pages * 3
            && share(shell.recurring, shell.blocks) >= ROTATING_RECURS
            && share(shell.most, shell.pages) <= ROTATING_MOST
    }
}
