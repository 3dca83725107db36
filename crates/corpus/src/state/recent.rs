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
    young: HashMap<i64, Known>,
    old: HashMap<i64, Known>,
    /// How often an address was held.
    holds: u64,
}

#[derive(Debug)]
struct Known {
    kind: TaskKind,
    url: Box<str>,
    /// How often an address had been held when somebody vouched for this one; none where nobody did.
    vouched: Option<u64>,
}

/// Returns a key for the address of that hash in that kind.
const fn key(hash: i64, kind: TaskKind) -> i64 {
    hash.wrapping_add(kind as i64)
}

impl Recent {
    /// Returns whether the address is remembered as known; where somebody vouches for it now, as one that
    /// is vouched for and not held.
    pub(super) fn knows(&mut self, hash: i64, kind: TaskKind, url: &str, vouched: bool) -> bool {
        let holds = self.holds;
        let is_it = |known: &&Known| {
            known.kind == kind
                && *known.url == *url
                && (!vouched || known.vouched.is_some_and(|at| at == holds))
        };
        let key = key(hash, kind);
        if self.young.get(&key).filter(is_it).is_some() {
            return true;
        }
        let old = self.old.get(&key).filter(is_it);
        let was = old.map(|known| known.vouched == Some(holds));
        if let Some(is_vouched) = was {
            self.note(hash, kind, url, is_vouched);
        }
        was.is_some()
    }

    /// Remembers an address that is known, and whether somebody vouched for it just now.
    pub(super) fn note(&mut self, hash: i64, kind: TaskKind, url: &str, vouched: bool) {
        if url.len() > LONGEST {
            return;
        }
        if self.young.len() >= GENERATION {
            self.old = std::mem::take(&mut self.young);
        }
        let known = Known {
            kind,
            url: url.into(),
            vouched: vouched.then_some(self.holds),
        };
        self.young.insert(key(hash, kind), known);
    }

    /// Hears that some address was held: those that are vouched for may be among them.
    pub(super) const fn held(&mut self) {
        self.holds += 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_hashes_are_no_equal_addresses() {
        let mut recent = Recent::default();
        recent.note(7, TaskKind::Page, "http://a.example/", false);
        assert!(recent.knows(7, TaskKind::Page, "http://a.example/", false));
        assert!(!recent.knows(7, TaskKind::Page, "http://a.example/b", false));
        assert!(!recent.knows(7, TaskKind::Sitemap, "http://a.example/", false));
        // The key of the one is the key of the other.
        assert!(!recent.knows(6, TaskKind::Sitemap, "http://a.example/", false));
    }

    #[test]
    fn the_memory_is_bounded_and_keeps_what_is_asked_for() {
        let mut recent = Recent::default();
        let count = 3 * i64::try_from(GENERATION).unwrap();
        for n in 0..count {
            recent.note(n << 8, TaskKind::Page, &n.to_string(), false);
            assert!(recent.knows(0, TaskKind::Page, "0", false), "after {n}");
        }
        assert!(recent.young.len() <= GENERATION && recent.old.len() <= GENERATION);
        assert!(
            !recent.knows(1 << 8, TaskKind::Page, "1", false),
            "long ago"
        );
    }

    #[test]
    fn who_vouches_wants_to_know_of_what_is_held() {
        let mut recent = Recent::default();
        let knows = |recent: &mut Recent, vouched| recent.knows(7, TaskKind::Page, "a", vouched);
        recent.note(7, TaskKind::Page, "a", false);
        assert!(knows(&mut recent, false) && !knows(&mut recent, true));
        recent.note(7, TaskKind::Page, "a", true);
        assert!(knows(&mut recent, false) && knows(&mut recent, true));
        recent.held();
        assert!(knows(&mut recent, false) && !knows(&mut recent, true));
    }

    #[test]
    fn long_addresses_are_not_held() {
        let mut recent = Recent::default();
        let long = "x".repeat(LONGEST + 1);
        recent.note(1, TaskKind::Page, &long, true);
        assert!(!recent.knows(1, TaskKind::Page, &long, false));
    }
}
