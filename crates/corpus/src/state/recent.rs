//! Addresses that were lately found to be known: pages repeat their links, so most questions are about
//! the same few.

use std::collections::HashMap;

use thresh_types::TaskKind;

/// Addresses in one generation; there are two.
const GENERATION: usize = 100_000;

/// Longer addresses, in bytes, are not remembered: what a hostile site can make us hold is bounded.
const LONGEST: usize = 200;

/// A bounded memory of addresses that are known. It may forget, and it is never wrong: it compares
/// texts, and nothing that is known becomes unknown but by a transaction that fails, which clears it.
#[derive(Debug, Default)]
pub(super) struct Recent {
    young: HashMap<i64, (TaskKind, Box<str>)>,
    old: HashMap<i64, (TaskKind, Box<str>)>,
}

/// Returns a key for the address of that hash in that kind.
const fn key(hash: i64, kind: TaskKind) -> i64 {
    hash.wrapping_add(kind as i64)
}

impl Recent {
    /// Returns whether the address is remembered as known.
    pub(super) fn knows(&mut self, hash: i64, kind: TaskKind, url: &str) -> bool {
        let is_it = |found: &&(TaskKind, Box<str>)| found.0 == kind && *found.1 == *url;
        let key = key(hash, kind);
        if self.young.get(&key).filter(is_it).is_some() {
            return true;
        }
        let was = self.old.get(&key).filter(is_it).is_some();
        if was {
            self.note(hash, kind, url);
        }
        was
    }

    /// Remembers an address that is known.
    pub(super) fn note(&mut self, hash: i64, kind: TaskKind, url: &str) {
        if url.len() > LONGEST {
            return;
        }
        if self.young.len() >= GENERATION {
            self.old = std::mem::take(&mut self.young);
        }
        self.young.insert(key(hash, kind), (kind, url.into()));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_hashes_are_no_equal_addresses() {
        let mut recent = Recent::default();
        recent.note(7, TaskKind::Page, "http://a.example/");
        assert!(recent.knows(7, TaskKind::Page, "http://a.example/"));
        assert!(!recent.knows(7, TaskKind::Page, "http://a.example/b"));
        assert!(!recent.knows(7, TaskKind::Sitemap, "http://a.example/"));
        // The key of the one is the key of the other.
        assert!(!recent.knows(6, TaskKind::Sitemap, "http://a.example/"));
    }

    #[test]
    fn the_memory_is_bounded_and_keeps_what_is_asked_for() {
        let mut recent = Recent::default();
        let count = 3 * i64::try_from(GENERATION).unwrap();
        for n in 0..count {
            recent.note(n << 8, TaskKind::Page, &n.to_string());
            assert!(recent.knows(0, TaskKind::Page, "0"), "after {n}");
        }
        assert!(recent.young.len() <= GENERATION && recent.old.len() <= GENERATION);
        assert!(!recent.knows(1 << 8, TaskKind::Page, "1"), "long ago");
    }

    #[test]
    fn long_addresses_are_not_held() {
        let mut recent = Recent::default();
        let long = "x".repeat(LONGEST + 1);
        recent.note(1, TaskKind::Page, &long);
        assert!(!recent.knows(1, TaskKind::Page, &long));
    }
}
