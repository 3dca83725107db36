//! Residue within a block: the residue goes, the block stays.

use regex::Regex;
use serde::Deserialize;

use super::phrases::Patterns;
use super::view::{Effect, View};

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Spec {
    /// What goes.
    rewrite: Patterns,
    /// What stands in its place.
    #[serde(default)]
    with: String,
}

#[derive(Debug, Clone)]
pub(super) struct Rewrite {
    pattern: Regex,
    with: String,
}

impl Rewrite {
    pub(super) fn new(spec: &Spec) -> Result<Self, String> {
        Ok(Self {
            pattern: spec.rewrite.anywhere()?,
            with: spec.with.clone(),
        })
    }

    pub(super) fn find(&self, view: &View<'_>) -> Vec<Effect> {
        let mut effects = Vec::new();
        for i in view.standing().filter(|&i| !view.is_code(i)) {
            // From the back, so that earlier occurrences keep their place.
            let mut found: Vec<String> = self
                .pattern
                .find_iter(view.text(i))
                .map(|m| m.as_str().to_owned())
                .filter(|m| !m.is_empty() && *m != self.with)
                .collect();
            found.reverse();
            effects.extend(found.into_iter().map(|from| Effect::Edit {
                block: i,
                from,
                to: self.with.clone(),
                attachment: None,
            }));
        }
        effects
    }
}
