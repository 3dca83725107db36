//! A block whose whole text has a given shape, at a given place.

use regex::Regex;
use serde::Deserialize;

use super::phrases::Patterns;
use super::view::{Effect, Position, View};

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
}

const fn thirty() -> usize {
    30
}

#[derive(Debug, Clone)]
pub(super) struct Line {
    pattern: Regex,
    position: Position,
    max_words: usize,
    linked: bool,
}

impl Line {
    pub(super) fn new(spec: &Spec) -> Result<Self, String> {
        Ok(Self {
            pattern: spec.line.whole()?,
            position: spec.position,
            max_words: spec.max_words,
            linked: spec.linked,
        })
    }

    pub(super) fn find(&self, view: &View<'_>) -> Vec<Effect> {
        view.standing()
            .filter(|&i| self.matches(view, i))
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
            && self.pattern.is_match(view.text(i))
            && view.words(i) <= self.max_words
            && (!self.linked || view.is_text() || view.block(i).link_density() > 0.5)
            && view.is_at(i, self.position)
            && !view.is_own_title(i)
    }
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
