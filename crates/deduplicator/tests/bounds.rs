//! Input that would be slow or large if any step were quadratic.

mod common;

use common::{cluster, grouped, item, prose};
use thresh_deduplicator::Item;

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
