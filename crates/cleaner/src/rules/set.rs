//! Rules compiled and ready to run.

use std::collections::BTreeSet;

use scraper::Html;
use thresh_types::{Attachment, RuleId};

use super::pack::{Pack, Rule};
use super::{Effect, Matcher, View};
use crate::block::Segmentation;
use crate::error::{RuleError, RuleFailure};
use crate::segment::{segment_html, segment_text};

/// Every rule of the chosen packs.
#[derive(Debug, Clone, Default)]
pub struct RuleSet {
    rules: Vec<Rule>,
}

/// What the rules did to a page.
#[derive(Debug, Default)]
pub(crate) struct Applied {
    /// Per block the rule that dropped it and what was seen.
    pub(crate) dropped: Vec<Option<(RuleId, String)>>,
    /// The text of every block after edits.
    pub(crate) texts: Vec<String>,
    /// Block, rule, text before, text after.
    pub(crate) edits: Vec<(usize, RuleId, String, String)>,
    /// Files that dropped or edited text pointed at.
    pub(crate) attachments: Vec<Attachment>,
}

/// A rule may uncover what another one is for (the last block of a page), so they run again until
/// nothing changes, at most this often.
const ROUNDS: usize = 4;

impl RuleSet {
    /// Puts the rules of `packs` together, in their order.
    ///
    /// # Errors
    /// When two rules have one identifier.
    pub fn compile(packs: &[Pack]) -> Result<Self, RuleError> {
        let mut seen = BTreeSet::new();
        let mut rules = Vec::new();
        for pack in packs {
            for rule in &pack.rules {
                if !seen.insert(rule.id.clone()) {
                    return Err(RuleError::Twice {
                        pack: pack.name().to_owned(),
                        rule: rule.id.to_string(),
                    });
                }
                rules.push(rule.clone());
            }
        }
        Ok(Self { rules })
    }

    /// Returns identifier and reason of every rule, in the order in which they run.
    pub fn rules(&self) -> impl Iterator<Item = (&RuleId, &str)> {
        self.rules.iter().map(|rule| (&rule.id, rule.why.as_str()))
    }

    /// Runs every rule on its own examples and returns those that fail.
    pub fn test(&self) -> Vec<RuleFailure> {
        let mut failures = Vec::new();
        for rule in &self.rules {
            let examples = rule.hit.iter().map(|e| (e, true));
            for (example, expected) in examples.chain(rule.miss.iter().map(|e| (e, false))) {
                if hits(rule, example) != expected {
                    failures.push(RuleFailure {
                        rule: rule.id.to_string(),
                        expected: if expected { "hit" } else { "miss" },
                        example: example.clone(),
                    });
                }
            }
        }
        failures
    }

    /// Runs the rules on a page.
    pub(crate) fn apply(
        &self,
        page: &Segmentation,
        texts: Vec<String>,
        titles: &[String],
    ) -> Applied {
        let mut view = View::new(page, texts, titles);
        let mut applied = Applied {
            dropped: vec![None; view.texts.len()],
            ..Applied::default()
        };
        for _ in 0..ROUNDS {
            let mut changed = false;
            for rule in &self.rules {
                let effects = rule.matcher.find(&view);
                changed |= !effects.is_empty();
                if !effects.is_empty() {
                    applied.take(&mut view, rule, effects);
                    view.refresh();
                }
            }
            if !changed {
                break;
            }
        }
        applied.texts = view.into_texts();
        applied
    }

    /// Returns the rule that recognises teaser cards, if one of the packs has one.
    pub(crate) fn cards(&self) -> Option<&super::Cards> {
        self.rules.iter().find_map(|rule| match &rule.matcher {
            Matcher::Cards(cards) => Some(cards),
            _ => None,
        })
    }
}

impl Applied {
    fn take(&mut self, view: &mut View<'_>, rule: &Rule, effects: Vec<Effect>) {
        for effect in effects {
            match effect {
                Effect::Drop {
                    blocks,
                    why,
                    attachment,
                } => {
                    for block in blocks {
                        if std::mem::replace(&mut view.alive[block], false) {
                            self.dropped[block] = Some((rule.id.clone(), why.clone()));
                        }
                    }
                    self.attachments.extend(attachment);
                }
                Effect::Edit {
                    block,
                    text,
                    changes,
                    attachment,
                } => {
                    self.edit(view, rule, block, text);
                    let changes = changes.into_iter();
                    self.edits
                        .extend(changes.map(|(from, to)| (block, rule.id.clone(), from, to)));
                    self.attachments.extend(attachment);
                }
            }
        }
    }

    fn edit(&mut self, view: &mut View<'_>, rule: &Rule, block: usize, text: String) {
        if crate::measure::has_word(&text) {
            view.texts[block] = text;
            return;
        }
        view.alive[block] = false;
        let why = "nothing is left of it without the residue".to_owned();
        self.dropped[block] = Some((rule.id.clone(), why));
    }
}

/// Returns whether the rule does anything to the example alone.
fn hits(rule: &Rule, example: &str) -> bool {
    let page = if example.trim_start().starts_with('<') {
        segment_html(&Html::parse_document(example), None)
    } else {
        segment_text(example)
    };
    let texts = page.blocks.iter().map(|b| b.text.clone()).collect();
    let view = View::new(&page, texts, &[]);
    !rule.matcher.find(&view).is_empty()
}
