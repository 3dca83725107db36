//! Reads what items say of themselves: identity and language.

use std::collections::BTreeMap;

use crate::candidates::Pair;
use crate::item::Item;

/// The pairs that identities speak of, sorted.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Identities {
    /// Equal identity, and languages that do not differ.
    pub(crate) equal: Vec<Pair>,
    /// Equal identity in different languages.
    pub(crate) translations: Vec<Pair>,
    /// Identities that differ in a revision suffix only; the later revision first.
    pub(crate) revisions: Vec<Pair>,
}

/// Translations are related pairwise up to so many languages, and beyond that to the first only.
const LANGUAGES: usize = 64;

impl Identities {
    /// Returns the pairs among `items`, which are sorted by id.
    pub(crate) fn of(items: &[&Item]) -> Self {
        let mut stems: BTreeMap<&str, BTreeMap<u32, ByLanguage>> = BTreeMap::new();
        for (index, item) in (0..).zip(items) {
            let named = item.identity.as_deref().map(str::trim);
            if let Some(identity) = named.filter(|identity| !identity.is_empty()) {
                let (stem, revision) = stem(identity);
                let by_language = stems.entry(stem).or_default().entry(revision).or_default();
                by_language
                    .entry(item.language.as_deref().map(primary).unwrap_or_default())
                    .or_default()
                    .push(index);
            }
        }
        let mut found = Self::default();
        for revisions in stems.values() {
            revisions.values().for_each(|group| found.add(group));
            found.add_revisions(revisions);
        }
        found
    }

    fn add(&mut self, group: &ByLanguage) {
        for members in group.values() {
            let pairs = members[1..].iter().map(|&other| (members[0], other));
            self.equal.extend(pairs);
        }
        let firsts: Vec<(&String, u32)> = group.iter().map(|(lang, all)| (lang, all[0])).collect();
        for (at, &(language, first)) in firsts.iter().enumerate() {
            let others = match at {
                0 => &firsts[1..],
                _ if firsts.len() > LANGUAGES => &[],
                _ => &firsts[at + 1..],
            };
            for &(_, other) in others {
                let pair = (first.min(other), first.max(other));
                // An item that names no language speaks none in particular.
                match language.is_empty() {
                    true if at == 0 && other == firsts[1].1 => self.equal.push(pair),
                    true => {}
                    false => self.translations.push(pair),
                }
            }
        }
    }

    fn add_revisions(&mut self, revisions: &BTreeMap<u32, ByLanguage>) {
        let groups: Vec<&ByLanguage> = revisions.values().collect();
        for two in groups.windows(2) {
            for (language, later) in two[1] {
                if let Some(earlier) = two[0].get(language) {
                    self.revisions.push((later[0], earlier[0]));
                }
            }
        }
    }
}

type ByLanguage = BTreeMap<String, Vec<u32>>;

/// Returns the primary subtag of a language in lower case.
pub(crate) fn primary(language: &str) -> String {
    let tag = language.split(['-', '_']).next().unwrap_or_default();
    tag.trim().to_lowercase()
}

/// Returns whether both items name a language and the languages differ.
pub(crate) fn languages_differ(a: &Item, b: &Item) -> bool {
    match (&a.language, &b.language) {
        (Some(a), Some(b)) => {
            let (a, b) = (primary(a), primary(b));
            !a.is_empty() && !b.is_empty() && a != b
        }
        _ => false,
    }
}

/// Splits `/Rev.2` off an identity; without one the revision is 0.
fn stem(identity: &str) -> (&str, u32) {
    let digits = identity
        .bytes()
        .rev()
        .take_while(u8::is_ascii_digit)
        .count();
    let (head, number) = identity.split_at(identity.len() - digits);
    let head = head.trim_end_matches(['.', ' ', '_', '-']);
    let cut = head.len().saturating_sub(3);
    let is_mark = head
        .get(cut..)
        .is_some_and(|mark| mark.eq_ignore_ascii_case("rev"));
    let stem = head.get(..cut).unwrap_or_default();
    match number.parse() {
        Ok(number) if is_mark && stem.ends_with(['/', '.', '-', '_', ' ']) => {
            (stem.trim_end_matches(['/', '.', '-', '_', ' ']), number)
        }
        _ => (identity, 0),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn item(id: &str, identity: &str, language: Option<&str>) -> Item {
        Item {
            id: id.to_owned(),
            identity: Some(identity.to_owned()),
            language: language.map(str::to_owned),
            ..Item::default()
        }
    }

    fn identities(items: &[Item]) -> Identities {
        Identities::of(&items.iter().collect::<Vec<_>>())
    }

    #[test]
    fn revision_suffixes_are_split_off() {
        assert_eq!(stem("SEC.GAL/12/20/Rev.1"), ("SEC.GAL/12/20", 1));
        assert_eq!(stem("A/2 REV 12"), ("A/2", 12));
        assert_eq!(stem("PC.DEC/557"), ("PC.DEC/557", 0));
        assert_eq!(stem("prev1"), ("prev1", 0));
        assert_eq!(stem("é1"), ("é1", 0));
    }

    #[test]
    fn languages_part_an_identity_into_translations() {
        let found = identities(&[
            item("a", "X/1", Some("en")),
            item("b", "X/1", Some("en-GB")),
            item("c", "X/1", Some("ru")),
        ]);
        assert_eq!(found.equal, [(0, 1)]);
        assert_eq!(found.translations, [(0, 2)]);
    }

    #[test]
    fn an_item_without_language_joins_one_of_them() {
        let found = identities(&[item("a", "X/1", None), item("b", "X/1", Some("en"))]);
        assert_eq!(found.equal, [(0, 1)]);
        assert!(found.translations.is_empty());
    }

    #[test]
    fn revisions_are_related_in_a_row() {
        let found = identities(&[
            item("a", "X/1", None),
            item("b", "X/1/Rev.1", None),
            item("c", "X/1/Rev.2", None),
        ]);
        assert!(found.equal.is_empty());
        assert_eq!(found.revisions, [(1, 0), (2, 1)]);
    }
}
