//! Residue within a block: the residue goes, the block stays.

use std::ops::Range;

use serde::Deserialize;

use super::index::Pattern;
use super::phrases::{Lazy, Patterns};
use super::view::{Change, Effect, Only, View};

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
    each: Vec<String>,
    with: String,
}

impl Rewrite {
    pub(super) fn new(spec: &Spec) -> Result<Self, String> {
        Ok(Self {
            pattern: Lazy::new(spec.rewrite.anywhere()?)?,
            each: spec.rewrite.each_anywhere()?,
            with: spec.with.clone(),
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
        among
            .iter()
            .filter(|&&i| !view.is_code(i))
            .filter_map(|&i| self.edit(view.text(i), i))
            .collect()
    }

    fn edit(&self, text: &str, block: usize) -> Option<Effect> {
        let mut edited = Edited::default();
        for found in self.pattern.regex()?.find_iter(text) {
            if !found.is_empty() && found.as_str() != self.with {
                edited.replace(text, found.range(), &self.with);
            }
        }
        if edited.changes.is_empty() {
            return None;
        }
        let (text, changes) = edited.finish(text);
        Some(Effect::Edit {
            block,
            text,
            attachment: None,
            changes,
        })
    }
}

/// A text in the making, out of which residue goes together with the space that would stand double.
#[derive(Debug, Default)]
struct Edited {
    out: String,
    /// Where the part of the old text begins that was not copied yet, in bytes.
    rest: usize,
    changes: Vec<Change>,
}

impl Edited {
    /// Copies what stands before `range` and puts `with` in the place of the range.
    fn replace(&mut self, text: &str, range: Range<usize>, with: &str) {
        let start = range.start.max(self.rest);
        self.out.push_str(&text[self.rest..start]);
        self.rest = range.end;
        let to = with.trim_start_matches(|c| c == ' ' && self.needs_no_space());
        if to.is_empty() && self.needs_no_space() {
            let behind = text[range.end..].len() - text[range.end..].trim_start_matches(' ').len();
            self.rest += behind;
        }
        self.changes.push(Change {
            at: self.out.len(),
            from: text[start..self.rest].to_owned(),
            to: to.to_owned(),
        });
        self.out.push_str(to);
    }

    fn needs_no_space(&self) -> bool {
        self.out.is_empty() || self.out.ends_with(' ')
    }

    /// Returns the text, which ends in no space, and what was changed.
    fn finish(mut self, text: &str) -> (String, Vec<Change>) {
        self.out.push_str(&text[self.rest..]);
        let end = self.out.trim_end_matches(' ').len();
        if end < self.out.len() {
            self.changes.push(Change {
                at: end,
                from: self.out.split_off(end),
                to: String::new(),
            });
        }
        (self.out, self.changes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn edited(pattern: &str, with: &str, text: &str) -> (String, Vec<Change>) {
        let toml = format!("rewrite = '{pattern}'\nwith = '{with}'");
        let spec: Spec = toml::from_str(&toml).unwrap();
        match Rewrite::new(&spec).unwrap().edit(text, 0) {
            Some(Effect::Edit { text, changes, .. }) => (text, changes),
            _ => (text.to_owned(), Vec::new()),
        }
    }

    #[test]
    fn residue_goes_with_its_space_and_comes_back() {
        for (pattern, with, given, wanted) in [
            (r"\{\w+\}", "", "{a} one {b} two {c}", "one two"),
            (r"\{\w+\}", "", "{a}{b} one{c}two", "onetwo"),
            (r"\{\w+\}", "[x]", "one {a}, two {b}", "one [x], two [x]"),
            (r"\{\w+\}", "", "{a} {b} {c}", ""),
        ] {
            let (text, changes) = edited(pattern, with, given);
            assert_eq!(text, wanted, "{given}");
            let back = changes.iter().rev().fold(text, |text, change| {
                let rest = text[change.at..].strip_prefix(&change.to).unwrap();
                [&text[..change.at], &change.from, rest].concat()
            });
            assert_eq!(back, given);
        }
    }
}
