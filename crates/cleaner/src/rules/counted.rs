//! Lines that mean nothing alone and noise in numbers: dumps of variables, rows of dots.

use serde::Deserialize;

use super::index::Pattern;
use super::phrases::{Lazy, Patterns};
use super::view::{Effect, Only, View};

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Spec {
    /// What is counted, anywhere in a block.
    counted: Patterns,
    /// Fewest occurrences in blocks that follow one another.
    #[serde(default = "five")]
    at_least: usize,
    /// Blocks without an occurrence that may stand between two with one.
    #[serde(default)]
    apart: usize,
}

const fn five() -> usize {
    5
}

#[derive(Debug, Clone)]
pub(super) struct Counted {
    pattern: Lazy,
    each: Vec<String>,
    at_least: usize,
    apart: usize,
}

impl Counted {
    pub(super) fn new(spec: &Spec) -> Result<Self, String> {
        Ok(Self {
            pattern: Lazy::new(spec.counted.anywhere()?)?,
            each: spec.counted.each_anywhere()?,
            at_least: spec.at_least.max(1),
            apart: spec.apart,
        })
    }

    pub(super) fn pattern(&self) -> Pattern {
        Pattern {
            sources: self.each.clone(),
            max_words: usize::MAX,
            only: Only::Any,
        }
    }

    pub(super) fn find(&self, view: &View<'_>, among: &[usize]) -> Vec<Effect> {
        if among.is_empty() {
            return Vec::new();
        }
        let mut effects = Vec::new();
        let (mut run, mut count, mut missed): (Vec<usize>, usize, usize) = (Vec::new(), 0, 0);
        let mut pending: Vec<usize> = Vec::new();
        for i in view.standing() {
            // A listing in an article shows such lines on purpose.
            let code = view.is_code(i) && !view.is_at(i, super::view::Position::Head);
            let found = if code || among.binary_search(&i).is_err() {
                0
            } else {
                self.pattern.count(view.text(i))
            };
            if found > 0 {
                run.append(&mut pending);
                run.push(i);
                count += found;
                missed = 0;
                continue;
            }
            missed += 1;
            if missed <= self.apart && !run.is_empty() && !view.is_prose(i) {
                pending.push(i);
                continue;
            }
            effects.extend(self.judge(&run, count));
            run.clear();
            pending.clear();
            count = 0;
        }
        effects.extend(self.judge(&run, count));
        effects
    }

    fn judge(&self, run: &[usize], count: usize) -> Option<Effect> {
        (count >= self.at_least).then(|| {
            Effect::drop(
                run.iter().copied(),
                format!("{count} such marks in {} blocks", run.len()),
            )
        })
    }
}
