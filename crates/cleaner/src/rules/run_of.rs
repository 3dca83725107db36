//! A run of blocks that are one name each: lists that a program printed by mistake.

use rustc_hash::FxHashSet;
use serde::Deserialize;

use super::phrases::{self, Phrases};
use super::view::{Effect, View};
use crate::measure;

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Spec {
    /// Names that anchor a run.
    run_of: Vec<String>,
    /// Shortest run.
    #[serde(default = "six")]
    at_least: usize,
    /// Fewest names in it that no language has: `nav_menu_item`.
    #[serde(default)]
    code_shaped: usize,
}

const fn six() -> usize {
    6
}

/// Known names that a run must hold: all but one of the shortest run.
#[derive(Debug, Clone)]
pub(super) struct RunOf {
    known: Phrases,
    at_least: usize,
    code_shaped: usize,
}

/// Most words of a name, which may be a label: `Navigation Menu Items`.
const MOST_WORDS: usize = 6;

/// Share of known names in a run that stands in one block: no sentence reaches it.
const SHARE: (usize, usize) = (3, 5);

impl RunOf {
    pub(super) fn new(spec: &Spec) -> Result<Self, String> {
        phrases::not_empty("run_of", &spec.run_of)?;
        if spec.at_least < 3 {
            return Err("`at_least` is under 3; a shorter run can be prose".to_owned());
        }
        Ok(Self {
            known: Phrases::new(&spec.run_of),
            at_least: spec.at_least,
            code_shaped: spec.code_shaped,
        })
    }

    pub(super) fn find(&self, view: &View<'_>) -> Vec<Effect> {
        let mut effects = Vec::new();
        let mut run: Vec<usize> = Vec::new();
        for i in view.standing() {
            if self.is_name(view, i) {
                run.push(i);
                continue;
            }
            effects.extend(self.judge(view, &std::mem::take(&mut run)));
            effects.extend(self.judge_line(view, i));
        }
        effects.extend(self.judge(view, &run));
        effects
    }

    fn is_name(&self, view: &View<'_>, i: usize) -> bool {
        view.words(i) <= MOST_WORDS
            && !view.is_code(i)
            && (view.is_slug(i) || self.known.has(view.key(i)))
    }

    fn judge(&self, view: &View<'_>, run: &[usize]) -> Option<Effect> {
        if run.len() < self.at_least {
            return None;
        }
        let texts: Vec<&str> = run.iter().map(|&i| view.text(i).trim()).collect();
        let known = self.proves(&texts)?;
        Some(Effect::drop(
            run.iter().copied(),
            format!(
                "{} blocks of one name each, {known} of them known",
                run.len()
            ),
        ))
    }

    /// Returns the number of known names if the run is one.
    fn proves(&self, texts: &[&str]) -> Option<usize> {
        let known: FxHashSet<String> = texts
            .iter()
            .map(|t| t.to_lowercase())
            .filter(|t| self.known.is(t))
            .collect();
        let shaped = texts.iter().filter(|t| measure::is_code_shaped(t)).count();
        let proven = texts.len() >= self.at_least
            && known.len() + 1 >= self.at_least
            && shaped >= self.code_shaped;
        proven.then_some(known.len())
    }

    /// The same list printed into one block.
    fn judge_line(&self, view: &View<'_>, i: usize) -> Option<Effect> {
        if view.is_code(i) || self.code_shaped == 0 {
            return None;
        }
        if !names_of(view.text(i)).all(measure::is_slug) {
            return None;
        }
        let texts: Vec<&str> = names_of(view.text(i)).collect();
        let known = self.proves(&texts)?;
        (known * SHARE.1 >= texts.len() * SHARE.0).then(|| {
            Effect::drop(
                [i],
                format!("{} names in one line, {known} of them known", texts.len()),
            )
        })
    }
}

fn names_of(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| c.is_whitespace() || matches!(c, ',' | '|' | ';'))
        .filter(|t| !t.is_empty())
}
