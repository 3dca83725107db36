//! A box that advertises something else: a title, a few lines with a call to follow, a button.

use serde::Deserialize;

use super::line::shortened;
use super::phrases::{self, Lazy, Phrases};
use super::view::{Effect, View};
use crate::measure;

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Spec {
    /// Labels of the button that ends the box.
    promo: Vec<String>,
    /// Networks that the box asks to follow something on.
    networks: Vec<String>,
    /// Words that ask: follow, subscribe, join.
    calls: Vec<String>,
    /// Most blocks of a box.
    #[serde(default = "four")]
    max_blocks: usize,
}

const fn four() -> usize {
    4
}

#[derive(Debug, Clone)]
pub(super) struct Promo {
    button: Phrases,
    network: Lazy,
    call: Lazy,
    tag: Lazy,
    max_blocks: usize,
}

/// Most words of a box's title and of any block of it.
const TITLE_WORDS: usize = 24;
const BLOCK_WORDS: usize = 70;

impl Promo {
    pub(super) fn new(spec: &Spec) -> Result<Self, String> {
        phrases::not_empty("promo", &spec.promo)?;
        phrases::not_empty("networks", &spec.networks)?;
        phrases::not_empty("calls", &spec.calls)?;
        let word = |list: &[String]| format!(r"(?:^|\b){}(?:\b|$)", phrases::any_of(list));
        Ok(Self {
            button: Phrases::new(&spec.promo),
            network: Lazy::new(word(&spec.networks))?,
            call: Lazy::new(word(&spec.calls))?,
            tag: Lazy::new(r"(?:^|[\s(\[„“«'])[#@]\p{L}[\p{L}\p{N}_]+".to_owned())?,
            max_blocks: spec.max_blocks.clamp(2, 8),
        })
    }

    pub(super) fn find(&self, view: &View<'_>) -> Vec<Effect> {
        let standing: Vec<usize> = view.standing().collect();
        let mut effects = Vec::new();
        let mut floor = 0;
        for at in 0..standing.len() {
            if !self.button.has(view.key(standing[at])) || view.is_code(standing[at]) {
                continue;
            }
            if let Some((start, end)) = self.the_box(view, &standing, floor, at) {
                let why = format!(
                    "a box of {} blocks from {:?} to the button {:?} that asks to follow something on a network",
                    end - start,
                    shortened(view.text(standing[start])),
                    view.text(standing[at])
                );
                effects.push(Effect::drop(standing[start..end].iter().copied(), why));
                floor = end;
            }
        }
        effects
    }

    /// Returns where the box with the button at `at` starts and ends.
    fn the_box(
        &self,
        view: &View<'_>,
        standing: &[usize],
        floor: usize,
        at: usize,
    ) -> Option<(usize, usize)> {
        let lowest = floor.max((at + 1).saturating_sub(self.max_blocks));
        let before = (lowest..at)
            .rev()
            .find(|&k| self.is_call(view.text(standing[k])));
        // The call may stand right behind the button instead.
        let after = standing
            .get(at + 1)
            .filter(|&&i| self.is_call(view.text(i)));
        let end = if before.is_none() && after.is_some() {
            at + 2
        } else {
            at + 1
        };
        let call = before.or(after.map(|_| at))?;
        let start = self.title(view, standing, lowest, call)?;
        let small = (start..end).all(|k| view.words(standing[k]) <= BLOCK_WORDS);
        (small && end - start <= self.max_blocks).then_some((start, end))
    }

    /// Returns the title of the box: the nearest short line without a final stop above the call, and
    /// the line over it where that is one too and not the page's own title.
    fn title(
        &self,
        view: &View<'_>,
        standing: &[usize],
        lowest: usize,
        call: usize,
    ) -> Option<usize> {
        let titled = |k: usize| self.is_title(view, standing[k]);
        let nearest = (lowest..call).rev().find(|&k| titled(k))?;
        let above = nearest
            .checked_sub(1)
            .filter(|&k| k >= lowest.max(1) && titled(k));
        Some(above.unwrap_or(nearest))
    }

    fn is_title(&self, view: &View<'_>, i: usize) -> bool {
        let text = view.text(i);
        let first = view.standing().next() == Some(i);
        view.words(i) <= TITLE_WORDS
            && !measure::ends_with_punctuation(text)
            && !view.is_own_title(i)
            && !first
            && !matches!(view.block(i).kind, thresh_types::BlockKind::Heading(1))
    }

    fn is_call(&self, text: &str) -> bool {
        let networks = self.network.count(text);
        let asks = self.call.is_match(text) || self.tag.is_match(text);
        networks > 0
            && asks
            && (networks > 1 || self.tag.is_match(text) || self.call.is_match(text))
    }
}
