//! Buttons with what they are about: a consent banner is a notice with at least two choices.

use regex::Regex;
use serde::Deserialize;

use super::phrases::{self, Patterns};
use super::view::{Effect, View};

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
    button: Regex,
    whole: Regex,
    about: Regex,
    at_least: usize,
    within: usize,
}

impl Cluster {
    pub(super) fn new(spec: &Spec) -> Result<Self, String> {
        phrases::not_empty("cluster", &spec.cluster)?;
        let any = phrases::any_of(&spec.cluster);
        Ok(Self {
            button: phrases::compile(&any)?,
            whole: phrases::compile(&format!(r"^\W*(?:{any}[\s|·•,/]*)+\W*$"))?,
            about: spec.about.anywhere()?,
            at_least: spec.at_least.max(1),
            within: spec.within.max(1),
        })
    }

    pub(super) fn find(&self, view: &View<'_>) -> Vec<Effect> {
        let standing: Vec<usize> = view.standing().collect();
        let buttons: Vec<usize> = standing
            .iter()
            .map(|&i| match self.whole.is_match(view.text(i)) {
                true => self.button.find_iter(view.text(i)).count(),
                false => 0,
            })
            .collect();
        let mut effects = Vec::new();
        let mut at = 0;
        while at < standing.len() {
            match self.window(view, &standing, &buttons, at) {
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
        view: &View<'_>,
        standing: &[usize],
        buttons: &[usize],
        at: usize,
    ) -> Option<usize> {
        let about = |k: usize| self.about.is_match(view.text(standing[k]));
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
