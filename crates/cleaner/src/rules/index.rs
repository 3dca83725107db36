//! Which rules may have something to say on which block: found for all rules in one go.
//!
//! Most patterns match only where one of a few strings stands: those of all patterns are looked for at once, and
//! a pattern is tried, and compiled, where one of its own was found. The others stand in a few sets of patterns
//! that run as one automaton. So a block which no rule speaks of costs one short look.

use regex::{RegexSet, RegexSetBuilder};

use super::pack::Rule;
use super::phrases::Lazy;
use super::view::{Only, View};
use crate::needed::{self, Gate};

/// Which text a rule's own pattern wants to see.
#[derive(Debug, Clone)]
pub(super) struct Pattern {
    /// The alternatives of the pattern: a block matches where one of them does.
    pub(super) sources: Vec<String>,
    /// Most words of a block that it is for.
    pub(super) max_words: usize,
    /// The kind of source that it is for.
    pub(super) only: Only,
}

impl Pattern {
    fn has_boundary(&self) -> bool {
        let bounds = |source: &String| source.contains(r"\b") || source.contains(r"\B");
        self.sources.iter().any(bounds)
    }
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
    members: Vec<Member>,
}

/// A pattern as one of a set.
#[derive(Debug, Clone)]
struct Member {
    rule: usize,
    /// The pattern as it was written and the bytes that it may match, where the set has a wider one.
    exact: Option<(Lazy, usize)>,
}

impl Member {
    /// Returns whether a block that the set's pattern matches is matched by what was written.
    fn holds(&self, text: &str) -> bool {
        let exact = self.exact.as_ref();
        exact.is_none_or(|(exact, enough)| text.len() <= *enough || exact.is_match(text))
    }
}

/// A pattern that is tried where a string that it needs was found.
#[derive(Debug, Clone)]
struct Gated {
    long: bool,
    only: Only,
    /// The pattern with long counts made endless, where it has any.
    wide: Lazy,
    member: Member,
}

impl Gated {
    fn new(rule: usize, pattern: &Pattern, source: &str) -> Self {
        let (wide, exact) = match widened(source) {
            Some((wide, enough)) => (wide, Some((Lazy::read(source.to_owned()), enough))),
            None => (source.to_owned(), None),
        };
        Self {
            long: pattern.max_words > SHORT,
            only: pattern.only,
            wide: Lazy::read(wide),
            member: Member { rule, exact },
        }
    }
}

impl Tier {
    fn new<'a>(
        long: bool,
        only: Only,
        patterns: impl Iterator<Item = &'a (usize, Pattern)>,
    ) -> Result<Self, String> {
        let (mut members, mut sources) = (Vec::new(), Vec::new());
        for (rule, pattern) in patterns {
            for (source, exact) in parts(pattern) {
                members.push(Member { rule: *rule, exact });
                sources.push(source);
            }
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
            members,
        })
    }
}

/// Returns what stands in a set for the pattern of a rule: one pattern for the alternatives that can stand
/// there as they are, and each of the others by itself, so that few are ever looked at more closely.
fn parts(pattern: &Pattern) -> impl Iterator<Item = (String, Option<(Lazy, usize)>)> + use<> {
    let (mut plain, mut wide) = (Vec::new(), Vec::new());
    for source in &pattern.sources {
        match widened(source) {
            None => plain.push(format!("(?:{source})")),
            Some((wider, enough)) => {
                wide.push((wider, Some((Lazy::read(source.clone()), enough))));
            }
        }
    }
    let plain = (!plain.is_empty()).then(|| (plain.join("|"), None));
    plain.into_iter().chain(wide)
}

/// The patterns of all rules of a set.
#[derive(Debug, Clone, Default)]
pub(super) struct Index {
    gate: Gate,
    gated: Vec<Gated>,
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
        Self::new_of(patterns, rules.len())
    }

    /// Puts the patterns of some of so many rules together.
    fn new_of(mut patterns: Vec<(usize, Pattern)>, rules: usize) -> Result<Self, String> {
        let mut index = Self {
            rules,
            ..Self::default()
        };
        for (rule, pattern) in &mut patterns {
            let sources = std::mem::take(&mut pattern.sources);
            let rest = sources
                .into_iter()
                .filter(|source| !index.gates(*rule, pattern, source));
            let rest: Vec<String> = rest.collect();
            pattern.sources = rest;
        }
        patterns.retain(|(_, pattern)| !pattern.sources.is_empty());
        // Unicode word boundaries force slower engines, so patterns with them stand apart.
        let kind = |p: &Pattern| (p.has_boundary(), p.max_words > SHORT, p.only);
        let mut kinds: Vec<(bool, bool, Only)> = patterns.iter().map(|(_, p)| kind(p)).collect();
        kinds.sort_unstable();
        kinds.dedup();
        let tiers = kinds.into_iter().map(|this| {
            let of = |p: &&(usize, Pattern)| kind(&p.1) == this;
            Tier::new(this.1, this.2, patterns.iter().filter(of))
        });
        index.tiers = tiers.collect::<Result<_, String>>()?;
        Ok(index)
    }

    /// Puts an alternative of a rule's pattern behind the gate, if it needs any string.
    fn gates(&mut self, rule: usize, pattern: &Pattern, source: &str) -> bool {
        let needed = needed::needed(source);
        let gated = needed.is_some();
        if let Some(needed) = needed {
            self.gate.add(self.gated.len(), needed);
            self.gated.push(Gated::new(rule, pattern, source));
        }
        gated
    }

    /// Finds what matches on a page.
    pub(super) fn find(&self, view: &View<'_>) -> Found {
        let mut found = Found(vec![Vec::new(); self.rules]);
        for i in view.standing() {
            self.look(view, i, |rule| {
                let blocks = &mut found.0[rule];
                if blocks.last() != Some(&i) {
                    blocks.push(i);
                }
            });
        }
        found
    }

    /// Looks at one block anew after its text has changed.
    pub(super) fn update(&self, view: &View<'_>, found: &mut Found, block: usize) {
        for blocks in &mut found.0 {
            blocks.retain(|&b| b != block);
        }
        self.look(view, block, |rule| {
            if let Err(at) = found.0[rule].binary_search(&block) {
                found.0[rule].insert(at, block);
            }
        });
    }

    /// Tells of each rule whose pattern matches the block, of some more than once.
    fn look(&self, view: &View<'_>, block: usize, mut take: impl FnMut(usize)) {
        let (text, words) = (view.text(block), view.words(block));
        let tried = |long: bool, only: Only| (long || words <= SHORT) && only.holds(view);
        for number in self.gate.open_for(text) {
            let gated = &self.gated[number];
            if tried(gated.long, gated.only)
                && gated.wide.is_match(text)
                && gated.member.holds(text)
            {
                take(gated.member.rule);
            }
        }
        for tier in self.tiers.iter().filter(|t| tried(t.long, t.only)) {
            if tier.set.is_match(text) {
                let members = tier
                    .set
                    .matches(text)
                    .into_iter()
                    .map(|of| &tier.members[of]);
                members.filter(|m| m.holds(text)).for_each(|m| take(m.rule));
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

/// Returns the pattern with long counts made endless, and the length in bytes up to which it matches just
/// what the pattern does; none where there is no such count. An automaton that counts to 80 in many patterns at
/// once has more states than fit anywhere. What it finds too much, the pattern itself sorts out.
fn widened(pattern: &str) -> Option<(String, usize)> {
    let mut out = String::with_capacity(pattern.len());
    let (mut rest, mut class, mut enough) = (pattern, false, usize::MAX);
    while let Some(c) = rest.chars().next() {
        let mut length = c.len_utf8();
        match c {
            '\\' => length += rest[1..].chars().next().map_or(0, char::len_utf8),
            '[' => class = true,
            ']' => class = false,
            '{' if !class => {
                if let Some((count, sign, most)) = endless(rest) {
                    out.push_str(&sign);
                    rest = &rest[count..];
                    enough = enough.min(most);
                    continue;
                }
            }
            _ => {}
        }
        out.push_str(&rest[..length]);
        rest = &rest[length..];
    }
    (enough < usize::MAX && super::phrases::checked(out.clone()).is_ok()).then_some((out, enough))
}

/// Longest count that stays.
const COUNTED: usize = 6;

/// Least count that stays with an endless one.
const LEAST: usize = 2;

/// Returns length and endless sign of a long count at the start of a pattern, and the bytes that a text must
/// have for the two to differ: `{0,80}` is `*` in any text of 80 bytes.
fn endless(rest: &str) -> Option<(usize, String, usize)> {
    let end = rest.find('}')?;
    let (least, most) = rest[1..end].split_once(',')?;
    let least: usize = least.parse().ok()?;
    let most: usize = most.parse().ok()?;
    let sign = match least {
        0 => "*".to_owned(),
        1 => "+".to_owned(),
        LEAST => format!("{{{LEAST},}}"),
        _ => return (most > COUNTED).then(|| (end + 1, "+".to_owned(), 0)),
    };
    (most > COUNTED).then_some((end + 1, sign, most))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_counts_become_endless_and_braces_stay() {
        let wide = |pattern| widened(pattern);
        let cases = [
            (r"a{0,80}b{1,20}c{1,3}d{4}", Some((r"a*b+c{1,3}d{4}", 20))),
            (r"\{\{\s*[{1,20}]{2,40}", Some((r"\{\{\s*[{1,20}]{2,}", 40))),
            (r"a{3,40}é{1,90}", Some(("a+é+", 0))),
            (r"é{1,6}", None),
        ];
        for (pattern, expected) in cases {
            let expected = expected.map(|(wide, enough): (&str, usize)| (wide.to_owned(), enough));
            assert_eq!(wide(pattern), expected, "{pattern}");
        }
    }

    #[test]
    fn what_is_long_enough_to_differ_is_looked_at_more_closely() {
        let pattern = Pattern {
            sources: vec![
                "^a{1,9}$".to_owned(),
                "^b$".to_owned(),
                "^[ab]{1,8}c$".to_owned(),
                "^d{1,9}word$".to_owned(),
            ],
            max_words: 10,
            only: Only::Any,
        };
        let index = Index::new_of(vec![(7, pattern)], 8).expect("patterns that fit together");
        let found = |text: &str| {
            let page = crate::segment_text(text);
            let view = View::new(&page, vec![text.to_owned()], &[]);
            index.find(&view).of(7).len()
        };
        for text in [
            "a",
            "aaaaaaaaa",
            "b",
            "abababc",
            "ababababc",
            "ddword",
            "dddddddddword",
        ] {
            assert_eq!(found(text), 1, "{text}");
        }
        for text in ["aaaaaaaaaa", "bb", "ababababac", "ddddddddddword", "word"] {
            assert_eq!(found(text), 0, "{text}");
        }
    }
}
