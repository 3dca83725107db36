//! What recurs across the pages of a site.
//!
//! A page alone does not tell a promotion from its text; a hundred pages do. The profile counts, per
//! text with digits masked, on how many pages it stands and in which shell, and per shell how much of
//! what stands there recurs. Counting is free of order, so the same pages give the same profile
//! whatever order they come in.
//!
//! Repetition alone never decides: `New in version 3.2.` recurs and is text. Place, shell or links
//! must agree, and code is never judged.

use std::collections::{BTreeMap, BTreeSet};

use crate::signature::Signature;

/// Fewest pages from which a profile says anything.
const FEWEST_PAGES: u32 = 4;
/// Share of a site's pages from which a text outside the main part recurs.
const RECURS: f64 = 0.2;
/// Share of pages that must show the text in the same shell.
const SAME_SHELL: f64 = 0.6;
/// Share of pages from which a shell counts as part of the theme, and share of its texts that must
/// recur for it to hold cards.
const SHELL_PAGES: f64 = 0.3;
const SHELL_RECURS: f64 = 0.5;

/// What the profile says about a block: bucketed, so that a page more or less rarely changes it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Recurrence {
    /// The site is too small to tell, or nothing recurs.
    Unknown,
    /// The text recurs in one shell on part of the site.
    Recurs,
    /// The text recurs in one shell on most pages of the site.
    Everywhere,
    /// The shell holds cards of other pages.
    Card,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Shell {
    pages: u32,
    blocks: u32,
    recurring: u32,
    leading: u32,
}

/// What recurs across the pages of a site.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SiteProfile {
    pages: u32,
    texts: BTreeMap<u64, u32>,
    placed: BTreeMap<(u64, u64), u32>,
    shells: BTreeMap<u64, Shell>,
}

impl SiteProfile {
    /// Counts the signatures of a site's pages; the order of the pages does not matter.
    pub fn build<'a>(pages: impl IntoIterator<Item = (&'a str, &'a [Signature])>) -> Self {
        let pages: Vec<&[Signature]> = pages
            .into_iter()
            .map(|(_, signatures)| signatures)
            .collect();
        let mut profile = Self {
            pages: u32::try_from(pages.len()).unwrap_or(u32::MAX),
            ..Self::default()
        };
        for page in &pages {
            profile.count_texts(page);
        }
        profile.texts.retain(|_, count| *count > 1);
        let texts = &profile.texts;
        profile
            .placed
            .retain(|(text, _), count| *count > 1 && texts.contains_key(text));
        for page in &pages {
            profile.count_shells(page);
        }
        profile
    }

    fn count_texts(&mut self, page: &[Signature]) {
        let texts: BTreeSet<u64> = page.iter().map(|s| s.text).collect();
        for text in texts {
            *self.texts.entry(text).or_insert(0) += 1;
        }
        let placed: BTreeSet<(u64, u64)> = page.iter().map(|s| (s.text, s.shell)).collect();
        for place in placed {
            *self.placed.entry(place).or_insert(0) += 1;
        }
    }

    fn count_shells(&mut self, page: &[Signature]) {
        let mut seen = BTreeSet::new();
        for signature in page {
            let recurs = self.texts.contains_key(&signature.text);
            let shell = self.shells.entry(signature.shell).or_default();
            shell.pages += u32::from(seen.insert(signature.shell));
            shell.blocks += 1;
            shell.recurring += u32::from(recurs);
            shell.leading += u32::from(signature.linked || signature.truncated);
        }
    }

    /// Returns the number of pages that were counted.
    pub fn pages(&self) -> usize {
        self.pages as usize
    }

    /// Returns what the profile says about a block.
    pub fn recurrence(&self, signature: &Signature) -> Recurrence {
        if self.pages < FEWEST_PAGES || signature.code {
            return Recurrence::Unknown;
        }
        if self.is_card(signature) {
            return Recurrence::Card;
        }
        let share = |count: u32| f64::from(count) / f64::from(self.pages);
        let on = self.texts.get(&signature.text).copied().unwrap_or(0);
        let here = self
            .placed
            .get(&(signature.text, signature.shell))
            .copied()
            .unwrap_or(0);
        if on < 3 || share(on) < RECURS || f64::from(here) < SAME_SHELL * f64::from(on) {
            return Recurrence::Unknown;
        }
        if share(on) >= 0.5 {
            Recurrence::Everywhere
        } else {
            Recurrence::Recurs
        }
    }

    /// A block that leads elsewhere or breaks off, in a shell of many pages whose texts come back on
    /// other pages.
    fn is_card(&self, signature: &Signature) -> bool {
        let Some(shell) = self.shells.get(&signature.shell) else {
            return false;
        };
        let leads = signature.linked || signature.truncated;
        let of = |part: u32, whole: u32| f64::from(part) / f64::from(whole.max(1));
        leads
            && self.texts.contains_key(&signature.text)
            && of(shell.pages, self.pages) >= SHELL_PAGES
            && of(shell.recurring, shell.blocks) >= SHELL_RECURS
            && of(shell.leading, shell.blocks) >= SHELL_RECURS
    }

    /// Returns why the block is chrome on this site, if it is; `outside` tells whether it stands
    /// outside the page's main part.
    pub(crate) fn verdict(&self, signature: &Signature, outside: bool) -> Option<String> {
        let on = self.texts.get(&signature.text).copied().unwrap_or(0);
        let shared = format!("on {on} of {} pages", self.pages);
        match self.recurrence(signature) {
            Recurrence::Unknown => None,
            Recurrence::Card => Some(format!("a card that leads to another page, {shared}")),
            _ if outside => Some(format!(
                "the same text in the same shell outside the main part {shared}"
            )),
            _ if signature.linked && self.is_everywhere(on) => {
                Some(format!("the same link in the same shell {shared}"))
            }
            _ => None,
        }
    }

    fn is_everywhere(&self, on: u32) -> bool {
        f64::from(on) >= 0.9 * f64::from(self.pages)
    }
}
