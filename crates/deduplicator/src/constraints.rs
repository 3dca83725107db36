//! Turns what people have decided into pairs of documents.

use crate::candidates::Pair;
use crate::item::{Constraints, Item};

/// The decisions as pairs of indices, sorted, each once, the lower index first.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Decided {
    pub(crate) merge: Vec<Pair>,
    pub(crate) apart: Vec<Pair>,
}

impl Decided {
    /// Resolves the ids of `constraints` against `items`, which are sorted by id.
    pub(crate) fn new(constraints: &Constraints, items: &[&Item]) -> Self {
        Self {
            merge: resolve(&constraints.merge, items),
            apart: resolve(&constraints.apart, items),
        }
    }

    /// Returns whether a decision keeps exactly these two apart.
    pub(crate) fn keeps_apart(&self, a: u32, b: u32) -> bool {
        self.apart.binary_search(&(a.min(b), a.max(b))).is_ok()
    }
}

fn resolve(pairs: &[(String, String)], items: &[&Item]) -> Vec<Pair> {
    let find = |id: &String| {
        let found = items.binary_search_by(|item| item.id.cmp(id)).ok()?;
        u32::try_from(found).ok()
    };
    let mut found: Vec<Pair> = pairs
        .iter()
        .filter_map(|(a, b)| Some((find(a)?, find(b)?)))
        .filter(|(a, b)| a != b)
        .map(|(a, b)| (a.min(b), a.max(b)))
        .collect();
    found.sort_unstable();
    found.dedup();
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unknown_ids_are_passed_over_and_pairs_are_sorted() {
        let items = ["a", "b"].map(|id| Item {
            id: id.to_owned(),
            ..Item::default()
        });
        let pair = |a: &str, b: &str| (a.to_owned(), b.to_owned());
        let constraints = Constraints {
            merge: vec![
                pair("b", "a"),
                pair("a", "b"),
                pair("a", "gone"),
                pair("a", "a"),
            ],
            apart: vec![],
        };
        let decided = Decided::new(&constraints, &items.iter().collect::<Vec<_>>());
        assert_eq!(decided.merge, [(0, 1)]);
    }
}
