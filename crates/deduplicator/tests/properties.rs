//! What holds for every set of items.

mod common;

use std::collections::{BTreeMap, BTreeSet};

use common::{item, menu, prose};
use proptest::prelude::*;
use thresh_deduplicator::{Constraints, Grouping, Item, Settings, group};
use thresh_types::Relation;

/// A document made of few parts, so that copies, siblings, digests and frames arise.
fn text() -> impl Strategy<Value = String> {
    let part = prop_oneof![
        4 => (0_u64..6, 30_usize..120).prop_map(|(seed, words)| prose(seed, words)),
        1 => (6_u64..8).prop_map(|seed| menu(seed, 30)),
        1 => (10_u32..14).prop_map(|number| format!("Report {number} of {number} May. ")),
        1 => Just("Заметка о встрече. ".to_owned()),
    ];
    prop::collection::vec(part, 0..4).prop_map(|parts| parts.concat())
}

fn items() -> impl Strategy<Value = Vec<Item>> {
    let identity = prop::option::weighted(0.2, prop_oneof!["X/1", "X/1/Rev.1", "Y"]);
    let language = prop::option::weighted(0.4, prop_oneof!["en", "ru"]);
    prop::collection::vec((text(), identity, language, 0_u32..2), 0..14).prop_map(|rows| {
        let with_id = |(n, (text, identity, language, rank)): (usize, _)| Item {
            identity,
            language,
            rank,
            cleaned: false,
            ..item(&format!("d{n:02}"), text)
        };
        rows.into_iter()
            .enumerate()
            .map(with_id)
            .collect::<Vec<Item>>()
    })
}

fn pairs() -> impl Strategy<Value = Vec<(String, String)>> {
    let id = || (0_usize..14).prop_map(|n| format!("d{n:02}"));
    prop::collection::vec((id(), id()), 0..4)
}

fn run(items: &[Item], constraints: &Constraints) -> Grouping {
    group(items, constraints, &Settings::default()).expect("the ids are unique")
}

/// The result without the order of the members.
fn sorted(mut grouping: Grouping) -> Grouping {
    grouping.members.sort_by(|a, b| a.id.cmp(&b.id));
    grouping
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn neither_order_nor_threads_matter(
        (items, shuffled) in items().prop_flat_map(|items| (Just(items.clone()), Just(items).prop_shuffle())),
        merge in pairs(),
        apart in pairs(),
        threads in 1_usize..5,
    ) {
        let constraints = Constraints { merge, apart };
        let once = run(&items, &constraints);
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        let again = pool.install(|| run(&shuffled, &constraints));
        prop_assert_eq!(sorted(once), sorted(again));
    }

    #[test]
    fn clusters_are_a_partition_with_one_canonical_each(items in items(), merge in pairs()) {
        let grouping = run(&items, &Constraints { merge, apart: vec![] });
        prop_assert_eq!(
            grouping.members.iter().map(|m| &m.id).collect::<Vec<_>>(),
            items.iter().map(|item| &item.id).collect::<Vec<_>>()
        );
        let mut clusters: BTreeMap<&str, Vec<_>> = BTreeMap::new();
        for member in &grouping.members {
            clusters.entry(&member.cluster_id).or_default().push(member);
        }
        for (cluster_id, members) in clusters {
            prop_assert_eq!(members.iter().map(|m| m.id.as_str()).min(), Some(cluster_id));
            let canonical: BTreeSet<&str> = members.iter().map(|m| m.canonical_id.as_str()).collect();
            prop_assert_eq!(canonical.len(), 1);
            let speaks = |r| matches!(r, Relation::Canonical | Relation::Unique);
            prop_assert_eq!(members.iter().filter(|m| speaks(m.relation)).count(), 1);
            for member in &members {
                let to = member.to.as_deref();
                prop_assert!(to.is_none_or(|to| members.iter().any(|m| m.id == to)));
                prop_assert_ne!(to, Some(member.id.as_str()));
                prop_assert_eq!(to.is_none(), speaks(member.relation));
            }
        }
    }

    #[test]
    fn pairs_that_people_keep_apart_are_apart(items in items(), merge in pairs(), apart in pairs()) {
        let grouping = run(&items, &Constraints { merge, apart: apart.clone() });
        let clusters: BTreeMap<&str, &str> = grouping
            .members
            .iter()
            .map(|m| (m.id.as_str(), m.cluster_id.as_str()))
            .collect();
        for (a, b) in apart.iter().filter(|(a, b)| a != b) {
            if let (Some(x), Some(y)) = (clusters.get(a.as_str()), clusters.get(b.as_str())) {
                prop_assert_ne!(x, y);
            }
        }
    }

    #[test]
    fn edges_lie_within_clusters_and_relations_across(items in items(), merge in pairs()) {
        let grouping = run(&items, &Constraints { merge, apart: vec![] });
        let clusters: BTreeMap<&str, &str> = grouping
            .members
            .iter()
            .map(|m| (m.id.as_str(), m.cluster_id.as_str()))
            .collect();
        for edge in &grouping.edges {
            prop_assert_eq!(clusters[edge.a.as_str()], clusters[edge.b.as_str()]);
            prop_assert_ne!(&edge.a, &edge.b);
        }
        for relation in &grouping.relations {
            prop_assert_ne!(clusters[relation.a.as_str()], clusters[relation.b.as_str()]);
        }
    }

    #[test]
    fn any_text_is_grouped(texts in prop::collection::vec(".{0,200}", 0..6)) {
        let items: Vec<Item> = texts
            .into_iter()
            .enumerate()
            .map(|(n, text)| item(&n.to_string(), text))
            .collect();
        prop_assert_eq!(run(&items, &Constraints::default()).members.len(), items.len());
    }
}
