//! Finds captures by address and time, as web archives do.
//!
//! An address is looked up by its key, so its spelling does not matter: `http` and `https`, with and
//! without `www.`, parameters in any order find the same captures.

use thresh_types::{Capture, CaptureKind, Timestamp};

use crate::state::{After, Stored};
use crate::surt::surt;
use crate::{Corpus, CorpusError};

/// Captures are read in portions, so that no caller holds the database for long.
const PORTION: usize = 1000;

/// Sorts after every character that a key can go on with.
const LAST: char = char::MAX;

/// How far around an address is looked.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Scope {
    /// The address.
    #[default]
    Exact,
    /// Every address that begins so; one that ends in a slash is a folder, `/a/` finds no `/ab`.
    Prefix,
}

/// What is looked for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Lookup {
    /// The address, in any spelling; the scheme may be missing.
    pub url: String,
    /// How far around it is looked.
    pub scope: Scope,
    /// Only the capture of each address that is nearest to this time; the earlier of two.
    pub at: Option<Timestamp>,
    /// Only captures of this kind.
    pub kind: Option<CaptureKind>,
}

impl Lookup {
    /// Returns the stretches of keys that are looked through, in order.
    fn ranges(&self) -> Vec<(String, String)> {
        let key = surt(&self.url);
        let begins = |key: &str| (key.to_owned(), format!("{key}{LAST}"));
        let exact = (key.clone(), format!("{key}\u{0}"));
        if self.scope == Scope::Exact {
            return vec![exact];
        }
        // A key has no closing slash but for the root.
        if self.url.trim_end().ends_with('/') && !key.ends_with('/') {
            let below = begins(&format!("{key}/"));
            return vec![exact, below, begins(&format!("{key}?"))];
        }
        vec![begins(&key)]
    }
}

impl Corpus {
    /// Calls `visit` with the captures that `lookup` asks for, by address and time; `visit` tells
    /// whether to go on.
    ///
    /// # Errors
    /// When the database fails, or `visit` does.
    pub fn lookup<E: From<CorpusError>>(
        &self,
        lookup: &Lookup,
        mut visit: impl FnMut(Capture) -> Result<bool, E>,
    ) -> Result<(), E> {
        let mut nearest = Nearest::new(lookup.at);
        for range in lookup.ranges() {
            let mut after: Option<After> = None;
            loop {
                let rows = self
                    .database()
                    .by_key((&range.0, &range.1), after.as_ref(), PORTION)?;
                let Some((last, _)) = rows.last() else { break };
                after = Some(last.clone());
                for (place, stored) in rows {
                    let is_wanted = lookup.kind.is_none_or(|kind| stored.capture.kind == kind);
                    if !is_wanted {
                        continue;
                    }
                    if let Some(capture) = nearest.push(&place.key, stored)
                        && !visit(capture)?
                    {
                        return Ok(());
                    }
                }
            }
        }
        if let Some(capture) = nearest.finish() {
            visit(capture)?;
        }
        Ok(())
    }
}

/// Passes captures on, or only the one of each key that is nearest to a time.
struct Nearest {
    at: Option<Timestamp>,
    key: String,
    best: Option<Stored>,
}

impl Nearest {
    const fn new(at: Option<Timestamp>) -> Self {
        Self {
            at,
            key: String::new(),
            best: None,
        }
    }

    /// Takes the next capture; returns one that is settled.
    fn push(&mut self, key: &str, stored: Stored) -> Option<Capture> {
        let Some(at) = self.at else {
            return Some(stored.capture);
        };
        let distance = |stored: &Stored| stored.warc_date.duration_since(at).abs();
        if self.best.is_some() && self.key == key {
            if self
                .best
                .as_ref()
                .is_none_or(|best| distance(&stored) < distance(best))
            {
                self.best = Some(stored);
            }
            return None;
        }
        key.clone_into(&mut self.key);
        self.best.replace(stored).map(|stored| stored.capture)
    }

    fn finish(self) -> Option<Capture> {
        self.best.map(|stored| stored.capture)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ranges(url: &str, scope: Scope) -> Vec<String> {
        let lookup = Lookup {
            url: url.to_owned(),
            scope,
            ..Lookup::default()
        };
        lookup.ranges().into_iter().map(|(from, _)| from).collect()
    }

    #[test]
    fn a_closing_slash_makes_a_folder() {
        let prefix = |url| ranges(url, Scope::Prefix);
        assert_eq!(prefix("a.example/docs"), ["example,a)/docs"]);
        assert_eq!(
            prefix("https://www.a.example/docs/"),
            ["example,a)/docs", "example,a)/docs/", "example,a)/docs?"]
        );
        assert_eq!(prefix("http://a.example/"), ["example,a)/"]);
        assert_eq!(ranges("a.example/docs/", Scope::Exact), ["example,a)/docs"]);
    }
}
