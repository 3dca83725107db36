//! A block whose whole text has a given shape, at a given place.

use serde::Deserialize;

use super::index::Pattern;
use super::phrases::{Lazy, Patterns};
use super::view::{Effect, Only, Position, View};

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Spec {
    /// The whole block.
    line: Patterns,
    /// Where it must stand.
    #[serde(default)]
    position: Position,
    /// Most words.
    #[serde(default = "thirty")]
    max_words: usize,
    /// Whether its characters must stand in links, where links are known.
    #[serde(default)]
    linked: bool,
    /// Which kind of source it is for.
    #[serde(default)]
    only: Only,
    /// What another block near it must be, whole: a word alone says little.
    near: Option<Patterns>,
}

const fn thirty() -> usize {
    30
}

#[derive(Debug, Clone)]
pub(super) struct Line {
    patterns: Vec<String>,
    position: Position,
    max_words: usize,
    linked: bool,
    only: Only,
    near: Option<Lazy>,
}

/// How many blocks away what is near may stand.
const NEAR: usize = 3;

impl Line {
    pub(super) fn new(spec: &Spec) -> Result<Self, String> {
        Ok(Self {
            patterns: spec.line.each_whole()?,
            position: spec.position,
            max_words: spec.max_words,
            linked: spec.linked,
            only: spec.only,
            near: spec
                .near
                .as_ref()
                .map(|n| Lazy::new(n.whole()?))
                .transpose()?,
        })
    }

    pub(super) fn pattern(&self) -> Pattern {
        Pattern {
            sources: self.patterns.clone(),
            max_words: self.max_words,
            only: self.only,
        }
    }

    pub(super) fn find(&self, view: &View<'_>, among: &[usize]) -> Vec<Effect> {
        among
            .iter()
            .copied()
            .filter(|&i| self.only.holds(view) && self.matches(view, i))
            .map(|i| {
                Effect::drop(
                    [i],
                    format!("the line is nothing but {:?}", shortened(view.text(i))),
                )
            })
            .collect()
    }

    fn matches(&self, view: &View<'_>, i: usize) -> bool {
        !view.is_code(i)
            && view.words(i) <= self.max_words
            && (!self.linked || view.is_text() || view.block(i).link_density() > 0.5)
            && view.is_at(i, self.position)
            && !view.is_own_title(i)
            && self.near.as_ref().is_none_or(|near| is_near(view, i, near))
    }
}

/// Returns whether a block near `i`, gone by now or not, matches.
fn is_near(view: &View<'_>, i: usize, near: &Lazy) -> bool {
    let around = i.saturating_sub(NEAR)..view.len().min(i + NEAR + 1);
    around
        .filter(|&k| k != i)
        .any(|k| view.words(k) <= 20 && near.is_match(view.text(k)))
}

/// Returns the start of a text, for a reason.
pub(super) fn shortened(text: &str) -> String {
    let short: String = text.chars().take(60).collect();
    if short.len() < text.len() {
        format!("{short}…")
    } else {
        short
    }
}
