//! What is kept between calls changes what they cost, never what comes out.

mod common;

use common::{item, menu, prose};
use proptest::prelude::*;
use thresh_deduplicator::{
    Constraints, Grouping, Item, Items, MemoryStore, Settings, Store, group, group_again,
};

/// Thresholds so low that a few documents cross them, back and forth.
fn settings() -> Settings {
    Settings {
        max_postings: 4,
        rare_postings: 2,
        ..Settings::default()
    }
}

fn again(items: &[Item], constraints: &Constraints, store: &MemoryStore) -> Grouping {
    group_again(&Items(items), constraints, &settings(), store).expect("the ids are unique")
}

fn anew(items: &[Item], constraints: &Constraints) -> Grouping {
    group(items, constraints, &settings()).expect("the ids are unique")
}

/// A text of few parts, so that copies, siblings, digests and frames arise; a part may lack its last
/// words or stand in other lines.
fn text() -> impl Strategy<Value = String> {
    let part = prop_oneof![
        6 => (0_u64..5, 20_usize..90).prop_map(|(seed, words)| prose(seed, words)),
        2 => (0_u64..5, 60_usize..63).prop_map(|(seed, words)| prose(seed, words)),
        1 => (0_u64..3).prop_map(|seed| prose(seed, 60).replace(' ', "\n")),
        1 => (6_u64..8).prop_map(|seed| menu(seed, 30)),
        1 => (10_u32..13).prop_map(|number| format!("Report {number} of {number} May. ")),
    ];
    prop::collection::vec(part, 1..4).prop_map(|parts| parts.concat())
}

fn universe() -> impl Strategy<Value = Vec<Item>> {
    let identity = prop::option::weighted(0.15, prop_oneof!["X/1", "X/1/Rev.1", "Y"]);
    let language = prop::option::weighted(0.2, prop_oneof!["en", "ru"]);
    // Numbers of ids are drawn as well: who comes later may stand before.
    prop::collection::btree_map(0_u32..1000, (text(), identity, language), 1..22).prop_map(|rows| {
        let rows = rows.into_iter();
        rows.map(|(id, (text, identity, language))| Item {
            identity,
            language,
            ..item(&format!("d{id:03}"), text)
        })
        .collect()
    })
}

/// Which documents there are in each call, and what people decided by then.
type Step = (Vec<bool>, Vec<(usize, usize)>, Vec<(usize, usize)>);

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let pairs = || prop::collection::vec((0_usize..22, 0_usize..22), 0..2);
    let there = prop::collection::vec(prop::bool::weighted(0.7), 22);
    prop::collection::vec((there, pairs(), pairs()), 1..6)
}

fn call(universe: &[Item], step: &Step) -> (Vec<Item>, Constraints) {
    let (there, merge, apart) = step;
    let items = universe.iter().zip(there).filter(|&(_, &there)| there);
    let id = |at: usize| universe[at % universe.len()].id.clone();
    let named = |pairs: &[(usize, usize)]| pairs.iter().map(|&(a, b)| (id(a), id(b))).collect();
    let constraints = Constraints {
        merge: named(merge),
        apart: named(apart),
    };
    (items.map(|(item, _)| item.clone()).collect(), constraints)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(160))]

    #[test]
    fn whatever_came_and_went_the_outcome_is_that_of_a_full_run(
        universe in universe(),
        steps in steps(),
    ) {
        let store = MemoryStore::default();
        for step in &steps {
            let (items, constraints) = call(&universe, step);
            prop_assert_eq!(again(&items, &constraints, &store), anew(&items, &constraints));
        }
    }

    #[test]
    fn one_by_one_in_any_order_is_as_all_at_once(
        universe in universe().prop_flat_map(|items| Just(items).prop_shuffle()),
    ) {
        let store = MemoryStore::default();
        let mut last = None;
        for count in 1..=universe.len() {
            last = Some(again(&universe[..count], &Constraints::default(), &store));
        }
        prop_assert_eq!(last, Some(anew(&universe, &Constraints::default())));
    }

    #[test]
    fn a_changed_document_is_another(
        universe in universe(),
        changed in prop::collection::vec((0_usize..22, text()), 1..4),
    ) {
        let store = MemoryStore::default();
        let mut items = universe;
        again(&items, &Constraints::default(), &store);
        for (at, text) in changed {
            let count = items.len();
            items[at % count].text = text;
            let expected = anew(&items, &Constraints::default());
            prop_assert_eq!(again(&items, &Constraints::default(), &store), expected);
        }
    }

    #[test]
    fn damaged_files_are_made_anew(
        universe in universe(),
        place in 0.0_f64..1.0,
        cut in any::<bool>(),
        which in 0_usize..8,
    ) {
        let store = MemoryStore::default();
        again(&universe, &Constraints::default(), &store);
        let names = store.names().unwrap();
        let name = &names[which % names.len()];
        let mut bytes = store.bytes(name).unwrap();
        let at = (place * bytes.len() as f64) as usize;
        if cut {
            bytes.truncate(at);
        } else {
            bytes[at] ^= 0x40;
        }
        store.put(name, bytes);
        let expected = anew(&universe, &Constraints::default());
        prop_assert_eq!(again(&universe, &Constraints::default(), &store), expected);
    }
}

#[test]
fn other_settings_make_no_use_of_what_is_kept() {
    let items: Vec<Item> = (0..12)
        .map(|n| item(&format!("{n:02}"), prose(n / 3, 80 + n as usize)))
        .collect();
    let store = MemoryStore::default();
    again(&items, &Constraints::default(), &store);
    for settings in [
        Settings::default(),
        Settings {
            min_words: 82,
            ..settings()
        },
    ] {
        let expected = group(&items, &Constraints::default(), &settings).unwrap();
        let found = group_again(&Items(&items), &Constraints::default(), &settings, &store);
        assert_eq!(found.unwrap(), expected);
    }
}

#[test]
fn removal_takes_a_merge_back() {
    let whole = prose(1, 320);
    let window = |id: &str, from: usize| {
        let words = whole.split_inclusive(' ').skip(from).take(240);
        item(id, words.collect::<String>())
    };
    let all = [window("a", 0), window("b", 40), window("c", 80)];
    let store = MemoryStore::default();
    let clusters = |items: &[Item]| {
        let settings = Settings::default();
        let found = group_again(&Items(items), &Constraints::default(), &settings, &store);
        let members = found.unwrap().members.into_iter();
        members.map(|member| member.cluster_id).collect::<Vec<_>>()
    };
    assert_eq!(clusters(&all), ["a", "a", "a"]);
    assert_eq!(clusters(&[all[0].clone(), all[2].clone()]), ["a", "c"]);
    assert_eq!(clusters(&all), ["a", "a", "a"]);
}
