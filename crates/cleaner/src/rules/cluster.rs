//! Buttons with what they are about: a consent banner is a notice with at least two choices.

use serde::Deserialize;

use super::index::Pattern;
use super::phrases::{self, Lazy, Patterns};
use super::view::{Effect, Only, View};

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Spec {
    /// Labels of the buttons; a block of one or more of them counts.
    cluster: Vec<String>,
    /// What the notice speaks of.
    about: Patterns,
    /// Fewest buttons.
    #[serde(default = "two")]
    at_least: usize,
    /// Most blocks from the first to the last.
    #[serde(default = "eight")]
    within: usize,
}

const fn two() -> usize {
    2
}

const fn eight() -> usize {
    8
}

#[derive(Debug, Clone)]
pub(super) struct Cluster {
    button: Lazy,
    whole: Lazy,
    about: Vec<String>,
    at_least: usize,
    within: usize,
}

/// Most words of a block that is nothing but buttons.
const BUTTON_WORDS: usize = 24;

impl Cluster {
    pub(super) fn new(spec: &Spec) -> Result<Self, String> {
        phrases::not_empty("cluster", &spec.cluster)?;
        let any = phrases::any_of(&spec.cluster);
        Ok(Self {
            button: Lazy::new(any.clone())?,
            whole: Lazy::new(format!(r"^\W*(?:{any}[\s|·•,/]*)+\W*$"))?,
            about: spec.about.each_anywhere()?,
            at_least: spec.at_least.max(1),
            within: spec.within.max(1),
        })
    }

    pub(super) fn pattern(&self) -> Pattern {
        Pattern {
            sources: self.about.clone(),
            max_words: usize::MAX,
            only: Only::Any,
        }
    }

    pub(super) fn find(&self, view: &View<'_>, among: &[usize]) -> Vec<Effect> {
        if among.is_empty() {
            return Vec::new();
        }
        let standing: Vec<usize> = view.standing().collect();
        let buttons: Vec<usize> = standing
            .iter()
            .map(
                |&i| match view.words(i) <= BUTTON_WORDS && self.whole.is_match(view.text(i)) {
                    true => self.button.count(view.text(i)),
                    false => 0,
                },
            )
            .collect();
        let mut effects = Vec::new();
        let mut at = 0;
        while at < standing.len() {
            match self.window(&standing, &buttons, among, at) {
                Some(end) => {
                    let why = "a notice with its buttons".to_owned();
                    effects.push(Effect::drop(standing[at..end].iter().copied(), why));
                    at = end;
                }
                None => at += 1,
            }
        }
        effects
    }

    /// Returns where the cluster that starts at `at` ends.
    fn window(
        &self,
        standing: &[usize],
        buttons: &[usize],
        among: &[usize],
        at: usize,
    ) -> Option<usize> {
        let about = |k: usize| among.binary_search(&standing[k]).is_ok();
        if buttons[at] == 0 && !about(at) {
            return None;
        }
        let end = standing.len().min(at + self.within);
        let last = (at..end).rev().find(|&k| buttons[k] > 0)?;
        let count: usize = buttons[at..=last].iter().sum();
        let spoken = (at..=last).any(about);
        (count >= self.at_least && spoken).then_some(last + 1)
    }
}
