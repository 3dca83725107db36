//! Rules compiled and ready to run.

use std::collections::BTreeSet;

use scraper::Html;
use thresh_types::{Attachment, Repair, RuleId};

use super::index::{Found, Index};
use super::pack::{Pack, Rule};
use super::view::Change;
use super::{Effect, Matcher, View};
use crate::block::Segmentation;
use crate::error::{RuleError, RuleFailure};
use crate::segment::{segment_html, segment_text};

/// Every rule of the chosen packs.
#[derive(Debug, Clone, Default)]
pub struct RuleSet {
    rules: Vec<Rule>,
    index: Index,
}

/// What the rules did to a page.
#[derive(Debug, Default)]
pub(crate) struct Applied {
    /// Per block the rule that dropped it and what was seen.
    pub(crate) dropped: Vec<Option<(RuleId, String)>>,
    /// The text of every block after edits.
    pub(crate) texts: Vec<String>,
    /// What was edited in which block, in order.
    pub(crate) edits: Vec<(usize, Repair)>,
    /// Teaser cards on the page before any rule, and the words in them.
    pub(crate) cards: (usize, usize),
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
        let index = Index::new(&rules).map_err(|detail| RuleError::Unreadable {
            pack: packs.last().map_or("", Pack::name).to_owned(),
            detail,
        })?;
        Ok(Self { rules, index })
    }

    /// Returns identifier and reason of every rule, in the order in which they run.
    pub fn rules(&self) -> impl Iterator<Item = (&RuleId, &str)> {
        self.rules.iter().map(|rule| (&rule.id, rule.why.as_str()))
    }

    /// Runs every rule on its own examples, and on the examples that any other rule must miss, and
    /// returns what fails.
    pub fn test(&self) -> Vec<RuleFailure> {
        let mut failures = Vec::new();
        for (k, rule) in self.rules.iter().enumerate() {
            for example in &rule.hit {
                if !self.firing(example).contains(&k) {
                    failures.push(failure(rule, "hit", example, None));
                }
            }
            for example in &rule.miss {
                let firing = self.firing(example).into_iter().map(|k| &self.rules[k]);
                failures.extend(firing.filter_map(|other| spoilt(rule, other, example)));
            }
        }
        failures
    }

    /// Returns the rules that do anything to the example, each on its own.
    fn firing(&self, example: &str) -> Vec<usize> {
        let page = if example.trim_start().starts_with('<') {
            segment_html(&Html::parse_document(example), None)
        } else {
            segment_text(example)
        };
        let texts = page.blocks.iter().map(|b| b.text.clone()).collect();
        let view = View::new(&page, texts, &[]);
        let found = self.index.find(&view);
        (0..self.rules.len())
            .filter(|&k| !self.rules[k].matcher.find(&view, found.of(k)).is_empty())
            .collect()
    }

    /// Runs the rules on a page.
    pub(crate) fn apply(
        &self,
        page: &Segmentation,
        texts: Vec<String>,
        titles: &[String],
    ) -> Applied {
        let mut view = View::new(page, texts, titles);
        let mut found = self.index.find(&view);
        let mut applied = Applied {
            dropped: vec![None; view.len()],
            cards: self.cards().map_or((0, 0), |cards| cards.count(&view)),
            ..Applied::default()
        };
        for round in 0..ROUNDS {
            if !self.round(round == 0, &mut view, &mut found, &mut applied) {
                break;
            }
        }
        applied.texts = view.into_texts();
        applied
    }

    /// Runs every rule once and returns whether any of them did something.
    fn round(
        &self,
        first: bool,
        view: &mut View<'_>,
        found: &mut Found,
        applied: &mut Applied,
    ) -> bool {
        let mut changed = false;
        let rules = self.rules.iter().enumerate();
        for (k, rule) in rules.filter(|(_, r)| first || r.matcher.may_find_more()) {
            let among = found.of(k).iter().copied();
            let among: Vec<usize> = among.filter(|&i| view.alive[i]).collect();
            let effects = rule.matcher.find(view, &among);
            if effects.is_empty() {
                continue;
            }
            changed = true;
            for block in applied.take(view, rule, effects) {
                self.index.update(view, found, block);
            }
            view.refresh();
        }
        changed
    }

    /// Runs the rules on a page by itself, without repairs: per block the rule that drops it, and the
    /// texts after edits. For measures; [`crate::clean`] is what a program wants.
    #[doc(hidden)]
    pub fn verdicts(&self, page: &Segmentation) -> (Vec<Option<RuleId>>, Vec<String>) {
        let texts = page.blocks.iter().map(|b| b.text.clone()).collect();
        let title = |b: &&crate::RawBlock| b.kind == thresh_types::BlockKind::Heading(1);
        let heading = page.blocks.iter().find(title).map(|b| b.text.clone());
        let titles: Vec<String> = page.title.iter().cloned().chain(heading).collect();
        let applied = self.apply(page, texts, &titles);
        let rules = applied.dropped.into_iter().map(|d| d.map(|(rule, _)| rule));
        (rules.collect(), applied.texts)
    }

    /// Returns the rule that recognises teaser cards, if one of the packs has one.
    fn cards(&self) -> Option<&super::Cards> {
        self.rules.iter().find_map(|rule| match &rule.matcher {
            Matcher::Cards(cards) => Some(cards),
            _ => None,
        })
    }
}

impl Applied {
    /// Does what a rule wants and returns the blocks whose text it changed.
    fn take(&mut self, view: &mut View<'_>, rule: &Rule, effects: Vec<Effect>) -> Vec<usize> {
        let mut edited = Vec::new();
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
                    edited.push(block);
                    let repair = |Change { at, from, to }| Repair {
                        rule: rule.id.clone(),
                        at,
                        from,
                        to,
                    };
                    let repairs = changes.into_iter().map(repair);
                    self.edits.extend(repairs.map(|repair| (block, repair)));
                    self.attachments.extend(attachment);
                }
            }
        }
        edited
    }

    fn edit(&mut self, view: &mut View<'_>, rule: &Rule, block: usize, text: String) {
        if crate::measure::has_word(&text) {
            view.set_text(block, text);
            return;
        }
        view.alive[block] = false;
        let why = "nothing is left of it without the residue".to_owned();
        self.dropped[block] = Some((rule.id.clone(), why));
    }
}

/// Returns the failure that `other` fires on an example that `rule` must miss, unless `rule` names it.
fn spoilt(rule: &Rule, other: &Rule, example: &str) -> Option<RuleFailure> {
    if other.id == rule.id {
        return Some(failure(rule, "miss", example, None));
    }
    let named = rule.except.iter().any(|id| *id == other.id.to_string());
    (!named).then(|| failure(other, "miss", example, Some(rule)))
}

fn failure(
    rule: &Rule,
    expected: &'static str,
    example: &str,
    example_of: Option<&Rule>,
) -> RuleFailure {
    RuleFailure {
        rule: rule.id.to_string(),
        expected,
        example: example.to_owned(),
        example_of: example_of.map(|r| r.id.to_string()),
    }
}
