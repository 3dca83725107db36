//! Residue within a block: the residue goes, the block stays.

use regex::Captures;
use serde::Deserialize;

use super::index::Pattern;
use super::phrases::{Lazy, Patterns};
use super::view::{Effect, Only, View};
use crate::measure;

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
    pattern: Lazy,
    with: String,
}

impl Rewrite {
    pub(super) fn new(spec: &Spec) -> Result<Self, String> {
        Ok(Self {
            pattern: Lazy::new(spec.rewrite.anywhere()?)?,
            with: spec.with.clone(),
        })
    }

    pub(super) fn pattern(&self) -> Pattern {
        Pattern {
            source: self.pattern.source().to_owned(),
            max_words: usize::MAX,
            only: Only::Any,
        }
    }

    pub(super) fn find(&self, view: &View<'_>, among: &[usize]) -> Vec<Effect> {
        among
            .iter()
            .filter(|&&i| !view.is_code(i))
            .filter_map(|&i| self.edit(view.text(i), i))
            .collect()
    }

    fn edit(&self, text: &str, block: usize) -> Option<Effect> {
        let mut changes = Vec::new();
        let rewritten = self
            .pattern
            .regex()?
            .replace_all(text, |found: &Captures<'_>| {
                if !found[0].is_empty() && found[0] != self.with {
                    changes.push((found[0].to_owned(), self.with.clone()));
                }
                self.with.clone()
            });
        (!changes.is_empty()).then(|| Effect::Edit {
            block,
            text: measure::collapse_spaces(&rewritten),
            attachment: None,
            changes,
        })
    }
}
