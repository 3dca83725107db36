//! Turns what people have decided into pairs of documents.

use crate::facts::Facts;
use crate::item::Constraints;
use crate::postings::Pair;

/// The decisions as pairs of indices, sorted, each once, the lower index first.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Decided {
    pub(crate) merge: Vec<Pair>,
    pub(crate) apart: Vec<Pair>,
}

impl Decided {
    /// Resolves the ids of `constraints` against the ids in `facts`, which are sorted by id.
    pub(crate) fn new(constraints: &Constraints, facts: &[Facts]) -> Self {
        Self {
            merge: resolve(&constraints.merge, facts),
            apart: resolve(&constraints.apart, facts),
        }
    }

    /// Returns whether a decision keeps exactly these two apart.
    pub(crate) fn keeps_apart(&self, a: u32, b: u32) -> bool {
        self.apart.binary_search(&(a.min(b), a.max(b))).is_ok()
    }
}

fn resolve(pairs: &[(String, String)], facts: &[Facts]) -> Vec<Pair> {
    let find = |id: &String| {
        let found = facts.binary_search_by(|one| one.id.cmp(id)).ok()?;
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
        let facts = ["a", "b"].map(|id| Facts {
            id: id.to_owned(),
            ..Facts::default()
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
        let decided = Decided::new(&constraints, &facts);
        assert_eq!(decided.merge, [(0, 1)]);
    }
}
