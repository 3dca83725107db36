//! Lists of phrases as one pattern.

use regex::{Regex, RegexBuilder};
use serde::Deserialize;

/// A pattern as written in a pack: one regular expression or several alternatives.
#[derive(Debug, Clone, Deserialize)]
#[serde(untagged)]
pub(super) enum Patterns {
    One(String),
    Many(Vec<String>),
}

impl Patterns {
    fn joined(&self) -> String {
        match self {
            Self::One(pattern) => format!("(?:{pattern})"),
            Self::Many(patterns) => format!("(?:{})", patterns.join("|")),
        }
    }

    /// Compiles the patterns to match a whole block.
    pub(super) fn whole(&self) -> Result<Regex, String> {
        compile(&format!(r"^\s*{}\s*$", self.joined()))
    }

    /// Compiles the patterns to match anywhere within a block.
    pub(super) fn anywhere(&self) -> Result<Regex, String> {
        compile(&self.joined())
    }
}

/// Compiles a pattern; the error says what is wrong with it.
pub(super) fn compile(pattern: &str) -> Result<Regex, String> {
    RegexBuilder::new(pattern)
        .size_limit(8 << 20)
        .build()
        .map_err(|e| {
            let text = e.to_string();
            let detail = text.lines().rev().find(|l| !l.trim().is_empty());
            format!(
                "bad regular expression: {}; see the syntax of the `regex` crate",
                detail.unwrap_or("").trim()
            )
        })
}

/// Returns a pattern for any of the phrases, case aside, longest first.
pub(super) fn any_of(phrases: &[String]) -> String {
    let mut sorted: Vec<&String> = phrases.iter().filter(|p| !p.trim().is_empty()).collect();
    sorted.sort_by_key(|p| (std::cmp::Reverse(p.len()), p.as_str()));
    let escaped: Vec<String> = sorted
        .iter()
        .map(|p| regex::escape(p.trim()).replace(' ', r"[\s\u{A0}]+"))
        .collect();
    format!("(?i:{})", escaped.join("|"))
}

/// Refuses an empty list.
pub(super) fn not_empty(name: &str, phrases: &[String]) -> Result<(), String> {
    if phrases.iter().all(|p| p.trim().is_empty()) {
        return Err(format!("`{name}` is empty; list at least one entry"));
    }
    Ok(())
}
