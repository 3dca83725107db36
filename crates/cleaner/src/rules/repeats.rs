//! Lines that come again and again between others: running heads and page numbers.

use rustc_hash::FxHashMap;
use serde::Deserialize;

use super::index::Pattern;
use super::line::shortened;
use super::phrases::Patterns;
use super::view::{Effect, Only, View};
use crate::measure;

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Spec {
    /// The shape of the line.
    repeats: Patterns,
    /// Fewest occurrences, digits masked.
    #[serde(default = "three")]
    at_least: usize,
    /// Whether the first occurrence stays.
    #[serde(default)]
    keep_first: bool,
    /// Which kind of source it is for.
    #[serde(default)]
    only: Only,
}

const fn three() -> usize {
    3
}

#[derive(Debug, Clone)]
pub(super) struct Repeats {
    patterns: Vec<String>,
    at_least: usize,
    keep_first: bool,
    only: Only,
}

/// Most words of a running head.
const MOST_WORDS: usize = 30;

impl Repeats {
    pub(super) fn new(spec: &Spec) -> Result<Self, String> {
        Ok(Self {
            patterns: spec.repeats.each_whole()?,
            at_least: spec.at_least.max(2),
            keep_first: spec.keep_first,
            only: spec.only,
        })
    }

    pub(super) fn pattern(&self) -> Pattern {
        Pattern {
            sources: self.patterns.clone(),
            max_words: MOST_WORDS,
            only: self.only,
        }
    }

    pub(super) fn find(&self, view: &View<'_>, among: &[usize]) -> Vec<Effect> {
        if among.len() < self.at_least || !self.only.holds(view) {
            return Vec::new();
        }
        let mut groups: FxHashMap<String, usize> = FxHashMap::default();
        let mut lists: Vec<Vec<usize>> = Vec::new();
        for &i in among {
            let text = view.text(i);
            if view.is_code(i) || text.len() > 200 {
                continue;
            }
            let next = lists.len();
            let group = *groups.entry(measure::masked(text)).or_insert(next);
            if group == next {
                lists.push(Vec::new());
            }
            lists[group].push(i);
        }
        lists
            .into_iter()
            .filter(|list| list.len() >= self.at_least && stand_apart(list))
            .map(|list| {
                let why = format!(
                    "the line {:?} stands {} times",
                    shortened(view.text(list[0])),
                    list.len()
                );
                Effect::drop(list.into_iter().skip(usize::from(self.keep_first)), why)
            })
            .filter(|e| !matches!(e, Effect::Drop { blocks, .. } if blocks.is_empty()))
            .collect()
    }
}

/// Rows of a list follow one another; running heads have pages between them.
fn stand_apart(list: &[usize]) -> bool {
    let touching = list
        .windows(2)
        .filter(|pair| pair[1] == pair[0] + 1)
        .count();
    touching * 2 < list.len()
}
