//! Which rules may have something to say on which block: found for all rules in one go.
//!
//! Every pattern of every rule stands in one of a few sets of patterns that run as one automaton, so
//! that a block which no rule speaks of costs one short look.

use regex::{RegexSet, RegexSetBuilder};

use super::pack::Rule;
use super::phrases::Lazy;
use super::view::{Only, View};

/// Which text a rule's own pattern wants to see.
#[derive(Debug, Clone)]
pub(super) struct Pattern {
    /// The pattern.
    pub(super) source: String,
    /// Most words of a block that it is for.
    pub(super) max_words: usize,
    /// The kind of source that it is for.
    pub(super) only: Only,
}

/// Most words of a block that the patterns for short lines are tried on.
const SHORT: usize = 40;

/// Patterns that run as one automaton. Those for short blocks stand apart: they match from the start,
/// and with those that match anywhere they would have too many states in common.
#[derive(Debug, Clone, Default)]
struct Tier {
    long: bool,
    only: Only,
    set: RegexSet,
    /// Per pattern of the set its rule, and the pattern as it was written where the set has a wider one.
    rules: Vec<(usize, Option<Lazy>)>,
}

impl Tier {
    fn new<'a>(
        long: bool,
        only: Only,
        patterns: impl Iterator<Item = &'a (usize, Pattern)>,
    ) -> Result<Self, String> {
        let (mut rules, mut sources) = (Vec::new(), Vec::new());
        for (rule, pattern) in patterns {
            let wide = widened(&pattern.source);
            let exact = (wide != pattern.source).then(|| Lazy::new(pattern.source.clone()));
            rules.push((*rule, exact.transpose()?));
            sources.push(wide);
        }
        let set = RegexSetBuilder::new(sources)
            .size_limit(256 << 20)
            .dfa_size_limit(16 << 20)
            .build()
            .map_err(|e| format!("the patterns do not fit together: {e}"))?;
        Ok(Self {
            long,
            only,
            set,
            rules,
        })
    }
}

/// The patterns of all rules of a set.
#[derive(Debug, Clone, Default)]
pub(super) struct Index {
    tiers: Vec<Tier>,
    rules: usize,
}

/// Per rule the blocks that its pattern matches, in order.
#[derive(Debug, Clone, Default)]
pub(super) struct Found(Vec<Vec<usize>>);

impl Index {
    /// Puts the patterns of `rules` together; each of them compiled by itself before.
    pub(super) fn new(rules: &[Rule]) -> Result<Self, String> {
        let patterns: Vec<(usize, Pattern)> = rules
            .iter()
            .enumerate()
            .filter_map(|(i, rule)| Some((i, rule.matcher.pattern()?)))
            .collect();
        // Unicode word boundaries force slower engines, so patterns with them stand apart.
        let kind = |p: &Pattern| (has_boundary(&p.source), p.max_words > SHORT, p.only);
        let mut kinds: Vec<(bool, bool, Only)> = patterns.iter().map(|(_, p)| kind(p)).collect();
        kinds.sort_unstable();
        kinds.dedup();
        let tiers = kinds.into_iter().map(|this| {
            let of = |p: &&(usize, Pattern)| kind(&p.1) == this;
            Tier::new(this.1, this.2, patterns.iter().filter(of))
        });
        Ok(Self {
            tiers: tiers.collect::<Result<_, String>>()?,
            rules: rules.len(),
        })
    }

    /// Finds what matches on a page.
    pub(super) fn find(&self, view: &View<'_>) -> Found {
        let mut found = Found(vec![Vec::new(); self.rules]);
        for i in view.standing() {
            self.look(view, i, |rule| found.0[rule].push(i));
        }
        found
    }

    /// Looks at one block anew after its text has changed.
    pub(super) fn update(&self, view: &View<'_>, found: &mut Found, block: usize) {
        for blocks in &mut found.0 {
            blocks.retain(|&b| b != block);
        }
        self.look(view, block, |rule| {
            let at = found.0[rule].partition_point(|&b| b < block);
            found.0[rule].insert(at, block);
        });
    }

    fn look(&self, view: &View<'_>, block: usize, mut take: impl FnMut(usize)) {
        let (text, words) = (view.text(block), view.words(block));
        for tier in self
            .tiers
            .iter()
            .filter(|t| (t.long || words <= SHORT) && t.only.holds(view))
        {
            if tier.set.is_match(text) {
                for pattern in &tier.set.matches(text) {
                    let (rule, exact) = &tier.rules[pattern];
                    if exact.as_ref().is_none_or(|exact| exact.is_match(text)) {
                        take(*rule);
                    }
                }
            }
        }
    }
}

impl Found {
    /// Returns the blocks that the rule's pattern matches, gone or not.
    pub(super) fn of(&self, rule: usize) -> &[usize] {
        self.0.get(rule).map_or(&[], Vec::as_slice)
    }
}

/// Returns the pattern with long counts made endless: an automaton that counts to 80 in many patterns
/// at once has more states than fit anywhere. What it finds too much, the pattern itself sorts out.
fn widened(pattern: &str) -> String {
    let mut out = String::with_capacity(pattern.len());
    let (mut rest, mut class) = (pattern, false);
    while let Some(c) = rest.chars().next() {
        let mut length = c.len_utf8();
        match c {
            '\\' => length += rest[1..].chars().next().map_or(0, char::len_utf8),
            '[' => class = true,
            ']' => class = false,
            '{' if !class => {
                if let Some((count, sign)) = endless(rest) {
                    out.push(sign);
                    rest = &rest[count..];
                    continue;
                }
            }
            _ => {}
        }
        out.push_str(&rest[..length]);
        rest = &rest[length..];
    }
    if super::phrases::checked(out.clone()).is_ok() {
        out
    } else {
        pattern.to_owned()
    }
}

/// Longest count that stays.
const COUNTED: usize = 6;

/// Returns length and endless sign of a long count at the start of a pattern: `{0,80}` is `*`.
fn endless(rest: &str) -> Option<(usize, char)> {
    let end = rest.find('}')?;
    let (least, most) = rest[1..end].split_once(',')?;
    let least: usize = least.parse().ok()?;
    let most: usize = most.parse().ok()?;
    (most > COUNTED).then_some((end + 1, if least == 0 { '*' } else { '+' }))
}

fn has_boundary(pattern: &str) -> bool {
    pattern.contains(r"\b") || pattern.contains(r"\B")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_counts_become_endless_and_braces_stay() {
        assert_eq!(widened(r"a{0,80}b{1,20}c{1,3}d{4}"), r"a*b+c{1,3}d{4}");
        assert_eq!(widened(r"\{\{\s*[{1,20}]{2,40}"), r"\{\{\s*[{1,20}]+");
        assert_eq!(widened("é{1,90}"), "é+");
    }
}
