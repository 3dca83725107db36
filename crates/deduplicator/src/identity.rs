//! Reads what items say of themselves: identity, symbol, address and language.

use std::collections::BTreeMap;

use rustc_hash::FxHashMap;

use crate::address::Address;
use crate::candidates::Pair;
use crate::facts::{Facts, languages_differ};
use crate::symbol::{Mark, Marked, split};

/// The pairs that items speak of, sorted.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Identities {
    /// Equal identity, and languages that do not differ.
    pub(crate) equal: Vec<Pair>,
    /// One document in different languages, with what says so.
    pub(crate) translations: Vec<(Pair, Tongues)>,
    /// Identities or symbols that differ in a mark only.
    pub(crate) revisions: Vec<Revised>,
    /// A page that names another's address as its own, and that other page, with languages that do
    /// not differ; or two with one symbol.
    pub(crate) claimed: Vec<Pair>,
}

/// What says that two documents are one in different languages.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Tongues {
    /// Their identities are equal.
    Identity,
    /// Their symbols are equal.
    Symbol,
    /// Either page names the other's address.
    Mutual,
    /// One page names the other's address.
    Named,
}

/// Two documents of which one revises the other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Revised {
    pub(crate) later: u32,
    pub(crate) earlier: u32,
    pub(crate) mark: Mark,
    /// Whether identities say so; else symbols.
    pub(crate) by_identity: bool,
}

/// Translations are related pairwise up to so many languages, and beyond that to the first only.
const LANGUAGES: usize = 64;

impl Identities {
    /// Returns the pairs that are one document in different languages.
    pub(crate) fn translated(&self) -> impl Iterator<Item = Pair> + '_ {
        self.translations.iter().map(|&(pair, _)| pair)
    }

    /// Returns the pairs of which one revises the other.
    pub(crate) fn revised(&self) -> impl Iterator<Item = Pair> + '_ {
        self.revisions
            .iter()
            .map(|revised| (revised.later, revised.earlier))
    }

    /// Returns the pairs among documents, which are sorted by id.
    pub(crate) fn of(facts: &[Facts]) -> Self {
        let mut found = Self::default();
        found.add_named(facts, true);
        found.add_named(facts, false);
        found.add_linked(facts);
        found.sort();
        found
    }

    /// Adds what identities, or else symbols, say.
    fn add_named(&mut self, facts: &[Facts], by_identity: bool) {
        let mut stems: BTreeMap<&str, BTreeMap<Vec<Marked>, ByLanguage<'_>>> = BTreeMap::new();
        for (index, one) in (0..).zip(facts) {
            let name = if by_identity {
                &one.identity
            } else {
                &one.symbol
            };
            if let Some(name) = name {
                let (stem, marks) = split(name);
                let by_language = stems.entry(stem).or_default().entry(marks).or_default();
                by_language.entry(&one.language).or_default().push(index);
            }
        }
        for forms in stems.values() {
            for group in forms.values() {
                self.add_group(group, by_identity);
            }
            self.add_revisions(forms, by_identity);
        }
    }

    fn add_group(&mut self, group: &ByLanguage<'_>, by_identity: bool) {
        let same = if by_identity {
            &mut self.equal
        } else {
            &mut self.claimed
        };
        let firsts: Vec<(&str, u32)> = group.iter().map(|(lang, all)| (*lang, all[0])).collect();
        for members in group.values() {
            same.extend(members[1..].iter().map(|&other| (members[0], other)));
        }
        // An item that names no language speaks none in particular.
        if let [("", first), (_, other), ..] = firsts[..] {
            same.push(ordered(first, other));
        }
        let how = if by_identity {
            Tongues::Identity
        } else {
            Tongues::Symbol
        };
        let named = firsts.iter().filter(|(language, _)| !language.is_empty());
        let named: Vec<u32> = named.map(|&(_, first)| first).collect();
        for (at, &first) in named.iter().enumerate() {
            let others = match at {
                0 => &named[1..],
                _ if named.len() > LANGUAGES => &[],
                _ => &named[at + 1..],
            };
            let pairs = others.iter().map(|&other| (ordered(first, other), how));
            self.translations.extend(pairs);
        }
    }

    /// Relates every marked form to the one that it changes.
    fn add_revisions(&mut self, forms: &BTreeMap<Vec<Marked>, ByLanguage<'_>>, by_identity: bool) {
        for (marks, by_language) in forms {
            let Some(&(mark, _)) = marks.last() else {
                continue;
            };
            for (language, later) in by_language {
                let earlier = before(marks, forms)
                    .find_map(|form| form.get(language).or_else(|| form.get("")));
                if let Some(earlier) = earlier {
                    self.revisions.push(Revised {
                        later: later[0],
                        earlier: earlier[0],
                        mark,
                        by_identity,
                    });
                }
            }
        }
    }

    /// Adds what pages say by links: their own address, and where they stand in other languages.
    fn add_linked(&mut self, facts: &[Facts]) {
        let speaks = |one: &Facts| one.canonical.is_some() || !one.translations.is_empty();
        if !facts.iter().any(speaks) {
            return;
        }
        let links = Links::of(facts);
        for (index, one) in (0..).zip(facts) {
            let claimed = one.claimed().and_then(|claimed| links.at(&claimed));
            if let Some(other) = claimed.filter(|&other| other != index)
                && !languages_differ(&one.language, &facts[other as usize].language)
            {
                self.claimed.push(ordered(index, other));
            }
        }
        self.translations.extend(links.translations(facts));
    }

    fn sort(&mut self) {
        for pairs in [&mut self.equal, &mut self.claimed] {
            pairs.sort_unstable();
            pairs.dedup();
        }
        self.translations.sort_unstable();
        self.translations.dedup_by_key(|(pair, _)| *pair);
        self.revisions
            .sort_unstable_by_key(|r| (r.later, r.earlier, !r.by_identity));
        self.revisions.dedup_by_key(|r| (r.later, r.earlier));
    }
}

type ByLanguage<'a> = BTreeMap<&'a str, Vec<u32>>;

fn ordered(a: u32, b: u32) -> Pair {
    (a.min(b), a.max(b))
}

/// Returns the forms that a marked one may change, the nearest first: lower numbers of the same mark,
/// then the form without the mark, then that one's.
fn before<'a, 'f>(
    marks: &'a [Marked],
    forms: &'a BTreeMap<Vec<Marked>, ByLanguage<'f>>,
) -> impl Iterator<Item = &'a ByLanguage<'f>> {
    /// Numbers that may be missing in a row.
    const FAR: usize = 16;
    (0..marks.len()).rev().flat_map(move |length| {
        let (above, last) = (&marks[..length], marks[length]);
        let lower = forms.range(above.to_vec()..marks[..=length].to_vec()).rev();
        let lower = lower.filter(move |(form, _)| {
            let like = form.len() == length + 1 && form[length].0 == last.0;
            like && form.starts_with(above)
        });
        let base = forms.get(above);
        lower.map(|(_, group)| group).take(FAR).chain(base)
    })
}

/// Where pages stand, and where they say that others do.
struct Links {
    /// Documents by host and page.
    places: FxHashMap<(String, String), u32>,
}

impl Links {
    fn of(facts: &[Facts]) -> Self {
        let mut places = FxHashMap::default();
        for (index, one) in (0..).zip(facts) {
            if let Some(address) = one.address() {
                places
                    .entry((address.host.to_ascii_lowercase(), address.page()))
                    .or_insert(index);
            }
        }
        Self { places }
    }

    fn at(&self, address: &Address<'_>) -> Option<u32> {
        let key = (address.host.to_ascii_lowercase(), address.page());
        self.places.get(&key).copied()
    }

    /// Returns the pairs of which a page names the other as itself in another language. One page may
    /// stand for several only where it names them back: a site that links every page to the front
    /// page of its other language has no translations.
    fn translations(&self, facts: &[Facts]) -> Vec<(Pair, Tongues)> {
        let mut named: Vec<(u32, u32)> = Vec::new();
        for (index, one) in (0..).zip(facts) {
            for other in &one.translations {
                let found = Address::of(&other.url).and_then(|a| self.at(&a));
                let Some(found) = found.filter(|&found| found != index) else {
                    continue;
                };
                if languages_differ(&one.language, &facts[found as usize].language) {
                    named.push((index, found));
                }
            }
        }
        named.sort_unstable();
        named.dedup();
        let mut times: FxHashMap<(u32, &str), usize> = FxHashMap::default();
        for &(from, to) in &named {
            *times
                .entry((to, &facts[from as usize].language))
                .or_default() += 1;
        }
        let how = |&(from, to): &(u32, u32)| {
            let back = named.binary_search(&(to, from)).is_ok();
            let alone = times[&(to, facts[from as usize].language.as_str())] == 1;
            let how = match (back, alone) {
                (true, _) => Tongues::Mutual,
                (false, true) => Tongues::Named,
                (false, false) => return None,
            };
            Some((ordered(from, to), how))
        };
        named.iter().filter_map(how).collect()
    }
}

#[cfg(test)]
mod tests {
    use thresh_types::Translation;

    use super::*;
    use crate::item::Item;

    fn named(identity: &str, language: &str) -> Facts {
        Facts::of(&Item {
            identity: Some(identity.to_owned()),
            language: Some(language.to_owned()),
            ..Item::default()
        })
    }

    fn page(url: &str, language: &str, others: &[(&str, &str)]) -> Facts {
        let translation = |&(language, url): &(&str, &str)| Translation {
            language: language.to_owned(),
            url: url.to_owned(),
        };
        Facts::of(&Item {
            url: Some(url.to_owned()),
            language: Some(language.to_owned()),
            translations: others.iter().map(translation).collect(),
            ..Item::default()
        })
    }

    #[test]
    fn languages_part_an_identity_into_translations() {
        let found = Identities::of(&[
            named("X/1", "en"),
            named("X/1", "en-GB"),
            named("X/1", "ru"),
        ]);
        assert_eq!(found.equal, [(0, 1)]);
        assert_eq!(found.translations, [((0, 2), Tongues::Identity)]);
    }

    #[test]
    fn an_item_without_language_joins_one_of_them() {
        let found = Identities::of(&[named("X/1", ""), named("X/1", "en")]);
        assert_eq!(found.equal, [(0, 1)]);
        assert!(found.translations.is_empty());
    }

    #[test]
    fn marked_forms_are_related_to_what_they_change() {
        let forms = [
            "X/1",
            "X/1/Add.1",
            "X/1/Rev.1",
            "X/1/Rev.1/Corr.1",
            "X/1/Rev.3",
            "X/2/Rev.1",
        ];
        let found = Identities::of(&forms.map(|symbol| named(symbol, "")));
        let pairs: Vec<(u32, u32, Mark)> = found
            .revisions
            .iter()
            .map(|r| (r.later, r.earlier, r.mark))
            .collect();
        assert!(found.equal.is_empty());
        assert_eq!(
            pairs,
            [
                (1, 0, Mark::Addition),
                (2, 0, Mark::Revision),
                (3, 2, Mark::Correction),
                (4, 2, Mark::Revision),
            ]
        );
    }

    #[test]
    fn pages_that_name_each_other_are_translations() {
        let (en, ru) = ("https://a.example/en/1", "https://a.example/ru/1");
        let found = Identities::of(&[page(en, "en", &[("ru", ru)]), page(ru, "ru", &[("en", en)])]);
        assert_eq!(found.translations, [((0, 1), Tongues::Mutual)]);
        let one_sided = Identities::of(&[page(en, "en", &[("ru", ru)]), page(ru, "ru", &[])]);
        assert_eq!(one_sided.translations, [((0, 1), Tongues::Named)]);
    }

    #[test]
    fn a_front_page_that_all_pages_name_translates_none() {
        let front = "https://a.example/ru/";
        let found = Identities::of(&[
            page("https://a.example/en/1", "en", &[("ru", front)]),
            page("https://a.example/en/2", "en", &[("ru", front)]),
            page(front, "ru", &[]),
        ]);
        assert!(found.translations.is_empty());
    }

    #[test]
    fn a_page_claims_the_one_whose_address_it_calls_its_own() {
        let mut comments = page("https://a.example/post/comment-page-1/", "en", &[]);
        comments.canonical = Some("https://a.example/post/".to_owned());
        let found = Identities::of(&[comments, page("https://a.example/post", "en", &[])]);
        assert_eq!(found.claimed, [(0, 1)]);
    }
}
