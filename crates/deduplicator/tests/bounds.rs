//! Input that would be slow or large if any step were quadratic.

mod common;

use common::{cluster, grouped, item, prose};
use thresh_deduplicator::{Constraints, Item, Items, MemoryStore, Settings, group, group_again};

#[test]
fn many_equal_documents_are_one_cluster() {
    let text = prose(1, 60);
    let items: Vec<Item> = (0..30_000)
        .map(|n| item(&format!("{n:06}"), text.as_str()))
        .collect();
    let grouping = grouped(&items);
    assert!(
        grouping
            .members
            .iter()
            .all(|member| member.cluster_id == "000000")
    );
    assert_eq!(grouping.edges.len(), 29_999);
}

#[test]
fn a_passage_in_every_document_makes_no_pairs_of_all() {
    let common = prose(2, 60);
    let items: Vec<Item> = (0..3_000)
        .map(|n| {
            item(
                &format!("{n:06}"),
                format!("{common}\n{}", prose(100 + n, 150)),
            )
        })
        .collect();
    let grouping = grouped(&items);
    assert!(grouping.edges.len() + grouping.relations.len() < 6_000);
}

#[test]
fn a_large_family_of_copies_hangs_together() {
    let body = prose(3, 400);
    let items: Vec<Item> = (0..150)
        .map(|n| item(&format!("{n:03}"), format!("{}\n{body}", prose(900 + n, 8))))
        .collect();
    let grouping = grouped(&items);
    assert_eq!(cluster(&grouping, "149"), "000");
}

#[test]
fn one_document_may_be_large_or_repeat_itself() {
    let large = prose(4, 400_000);
    let head: String = large.split_inclusive(' ').take(300_000).collect();
    let items = [
        item("large", large),
        item("large-cut", head),
        item("repeats", "again and again we say ".repeat(100_000)),
        item("endless", "x".repeat(3_000_000)),
    ];
    let grouping = grouped(&items);
    assert_eq!(cluster(&grouping, "large-cut"), "large");
    assert_eq!(cluster(&grouping, "repeats"), "repeats");
}

#[test]
fn many_documents_of_one_identity_are_bounded() {
    let items: Vec<Item> = (0..5_000)
        .map(|n| Item {
            identity: Some("X/1".to_owned()),
            ..item(&format!("{n:05}"), format!("notice {n}"))
        })
        .collect();
    let grouping = grouped(&items);
    assert!(
        grouping
            .members
            .iter()
            .all(|member| member.cluster_id == "00000")
    );
}

#[test]
fn a_large_document_is_not_read_for_each_of_many_parts() {
    let parts: Vec<String> = (0..300).map(|n| prose(500 + n, 120)).collect();
    let mut items: Vec<Item> = (0..)
        .zip(&parts)
        .map(|(n, part)| item(&format!("part-{n:03}"), part.as_str()))
        .collect();
    items.push(item("whole", parts.concat().repeat(8)));
    let grouping = grouped(&items);
    assert_eq!(cluster(&grouping, "whole"), "whole");
    assert_eq!(grouping.containments.len(), 300);
}

#[test]
fn equal_ids_are_told_whatever_else_is_there() {
    let mut items: Vec<Item> = (0..2_000)
        .map(|n| item(&format!("{n:04}"), prose(n, 40)))
        .collect();
    items[1_999].id = "0007".to_owned();
    let (none, settings) = (Constraints::default(), Settings::default());
    let told = group(&items, &none, &settings).expect_err("an id occurs twice");
    assert!(told.to_string().contains("`0007`"), "{told}");
    let store = MemoryStore::default();
    assert_eq!(
        group_again(&Items(&items), &none, &settings, &store),
        Err(told)
    );
}

#[test]
fn texts_without_words_are_alone_and_cost_nothing() {
    let items: Vec<Item> = (0..20_000)
        .map(|n| item(&format!("{n:05}"), [" ", "", " .,; ", "\u{ad}"][n % 4]))
        .collect();
    let grouping = grouped(&items);
    assert!(grouping.edges.is_empty());
    assert!(
        grouping
            .members
            .iter()
            .all(|member| member.cluster_id == member.id)
    );
}
