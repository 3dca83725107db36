//! Lines that mean nothing alone and noise in numbers: dumps of variables, rows of dots.

use regex::Regex;
use serde::Deserialize;

use super::phrases::Patterns;
use super::view::{Effect, View};

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
    pattern: Regex,
    at_least: usize,
    apart: usize,
}

impl Counted {
    pub(super) fn new(spec: &Spec) -> Result<Self, String> {
        Ok(Self {
            pattern: spec.counted.anywhere()?,
            at_least: spec.at_least.max(1),
            apart: spec.apart,
        })
    }

    pub(super) fn find(&self, view: &View<'_>) -> Vec<Effect> {
        let mut effects = Vec::new();
        let (mut run, mut count, mut missed): (Vec<usize>, usize, usize) = (Vec::new(), 0, 0);
        let mut pending: Vec<usize> = Vec::new();
        for i in view.standing() {
            // A listing in an article shows such lines on purpose.
            let code = view.is_code(i) && !view.is_at(i, super::view::Position::Head);
            let found = if code {
                0
            } else {
                self.pattern.find_iter(view.text(i)).count()
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
