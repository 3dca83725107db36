//! What must merge and what must not, as it occurs on partner sites.

mod common;

use common::{cluster, grouped, item, menu, prose, together};
use thresh_deduplicator::{Constraints, DedupError, Grouping, Item, Settings, group};
use thresh_types::{Relation, RelationKind};

fn relation(grouping: &Grouping, a: &str, b: &str) -> Option<RelationKind> {
    let found = grouping.relations.iter().find(|r| r.a == a && r.b == b);
    found.map(|relation| relation.relation)
}

fn member<'a>(grouping: &'a Grouping, id: &str) -> &'a thresh_types::ClusterMember {
    grouping
        .members
        .iter()
        .find(|m| m.id == id)
        .expect("the id is known")
}

#[test]
fn equal_bodies_merge_as_exact_whatever_their_case_and_spacing() {
    let body = prose(1, 200);
    let grouping = grouped(&[
        item("b", body.to_uppercase().replace('\n', "  \n")),
        item("a", body),
        item("c", prose(2, 200)),
    ]);
    assert_eq!(cluster(&grouping, "b"), "a");
    assert_eq!(member(&grouping, "b").relation, Relation::Exact);
    assert_eq!(member(&grouping, "b").to.as_deref(), Some("a"));
    assert_eq!(member(&grouping, "c").relation, Relation::Unique);
    assert_eq!(grouping.edges.len(), 1);
}

#[test]
fn numbered_siblings_stay_apart() {
    let report = |number: &str, day: &str| {
        format!(
            "Report {number} of the office. On {day} June the monitors saw {number} trucks.\n{}",
            prose(3, 150)
        )
    };
    let conference = |ordinal: &str| {
        format!(
            "{ordinal} conference of the alliance against trafficking. {}",
            prose(4, 120)
        )
    };
    let grouping = grouped(&[
        item("r1", report("141", "17")),
        item("r2", report("142", "18")),
        item("c1", conference("The 15th")),
        item("c2", conference("The 16th")),
        item("d1", conference("The fifteenth annual")),
        item("d2", conference("The sixteenth annual")),
    ]);
    for (a, b) in [("r1", "r2"), ("c1", "c2"), ("d1", "d2")] {
        assert!(!together(&grouping, a, b), "{a} {b}");
        assert_eq!(relation(&grouping, a, b), Some(RelationKind::Template));
    }
    let reason = &grouping
        .relations
        .iter()
        .find(|r| r.a == "c1")
        .unwrap()
        .reason;
    assert!(reason.contains("“15th” → “16th”"), "{reason}");
}

#[test]
fn a_sibling_does_not_slip_in_through_a_copy_of_the_other() {
    let text = |number: &str| format!("{} Case {number} is open. {}", prose(5, 90), prose(6, 90));
    let grouping = grouped(&[
        item("a", text("17")),
        item("a-cut", prose(5, 90) + " Case"),
        item(
            "a-print",
            format!("Printed on 3 May 2020\n{}Page 1 of 1", text("17")),
        ),
        item("b", text("18")),
    ]);
    assert!(!together(&grouping, "a", "b"));
    assert!(!together(&grouping, "a-print", "b"));
    assert!(together(&grouping, "a", "a-print"));
}

#[test]
fn a_press_release_with_header_and_footer_merges() {
    let release = prose(7, 220);
    let syndicated = format!(
        "News in brief\nVIENNA, 3 March 2021 -- {release}\nThis release was first published by \
         the office.\nPress contact: +43 1 514 36\n"
    );
    let grouping = grouped(&[item("origin", release), item("wire", syndicated)]);
    assert!(together(&grouping, "origin", "wire"));
    assert_eq!(member(&grouping, "wire").canonical_id, "origin");
    assert_eq!(member(&grouping, "wire").relation, Relation::Near);
}

#[test]
fn a_copy_in_chrome_merges_and_the_clean_one_is_kept() {
    let page = prose(8, 180);
    let wrapped = format!("{}\n{page}\n{}", menu(9, 60), menu(10, 70));
    let grouping = grouped(&[item("a-wrapped", wrapped), item("clean", page)]);
    assert!(together(&grouping, "clean", "a-wrapped"));
    assert_eq!(member(&grouping, "a-wrapped").canonical_id, "clean");
}

#[test]
fn a_text_on_many_sites_is_one_although_none_of_its_words_is_rare() {
    let page = prose(90, 220);
    // A letter each, so that no number differs.
    let other = |n: u64| char::from(b'a' + u8::try_from(n).expect("twenty copies"));
    let reworded = |n: u64| page.replacen("harbour ", &format!("harbour{} ", other(n)), 2);
    let framed =
        |n: u64, text: &str| format!("{}\n{text}\n{}", menu(200 + n, 30), menu(300 + n, 35));
    let items: Vec<Item> = (0..20)
        .map(|n| {
            item(
                &format!("p{n:02}"),
                framed(
                    n,
                    &if n % 2 == 0 {
                        page.clone()
                    } else {
                        reworded(n)
                    },
                ),
            )
        })
        .collect();
    let grouping = grouped(&items);
    for n in 1..20 {
        assert!(together(&grouping, "p00", &format!("p{n:02}")), "p{n:02}");
    }
}

#[test]
fn many_pages_around_one_long_notice_stay_apart() {
    let notice = prose(91, 160);
    let items: Vec<Item> = (0..20)
        .map(|n| {
            item(
                &format!("p{n:02}"),
                format!("{}\n{notice}\n{}", prose(400 + n, 60), menu(500 + n, 20)),
            )
        })
        .collect();
    let grouping = grouped(&items);
    assert!(
        grouping
            .members
            .iter()
            .all(|m| m.relation == Relation::Unique)
    );
}

#[test]
fn a_truncated_copy_merges_and_the_whole_one_is_kept() {
    let whole = prose(11, 400);
    let cut: String = whole.chars().take(1200).collect();
    let grouping = grouped(&[item("a-cut", cut + " … Read more"), item("whole", whole)]);
    assert_eq!(member(&grouping, "a-cut").canonical_id, "whole");
    assert_eq!(member(&grouping, "a-cut").relation, Relation::Contained);
}

#[test]
fn a_long_quotation_in_an_own_article_is_a_relation() {
    let release = prose(12, 300);
    let quoted: String = release.split_inclusive(' ').take(240).collect();
    let article = format!("{}\n{quoted}\n{}", prose(13, 250), prose(14, 260));
    let grouping = grouped(&[item("blog", article), item("release", release)]);
    assert!(
        !together(&grouping, "blog", "release"),
        "{:?}",
        grouping.edges
    );
    assert_eq!(
        relation(&grouping, "blog", "release"),
        Some(RelationKind::Quotes)
    );
}

#[test]
fn a_digest_holds_its_parts_and_merges_with_none() {
    let parts: Vec<String> = (0..3).map(|n| prose(20 + n, 160)).collect();
    let mut items: Vec<Item> = parts
        .iter()
        .enumerate()
        .map(|(n, text)| item(&format!("part{n}"), text.as_str()))
        .collect();
    items.push(item("digest", parts.join("\n")));
    let grouping = grouped(&items);
    for n in 0..3 {
        let part = format!("part{n}");
        assert!(!together(&grouping, "digest", &part));
        assert_eq!(
            relation(&grouping, "digest", &part),
            Some(RelationKind::Contains)
        );
    }
    assert_eq!(grouping.containments.len(), 3);
}

#[test]
fn articles_in_one_frame_stay_apart() {
    let page = |seed| format!("{}\n{}\n{}", menu(30, 80), prose(seed, 130), menu(31, 80));
    let mut items: Vec<Item> = (0..12)
        .map(|n| item(&format!("p{n:02}"), page(40 + n)))
        .collect();
    items.push(item("p00-clean", prose(40, 130)));
    let grouping = grouped(&items);
    assert!(!together(&grouping, "p00", "p01"));
    assert!(together(&grouping, "p00", "p00-clean"));
}

#[test]
fn revisions_of_one_symbol_are_related() {
    let text = |mark: &str| format!("SEC.GAL/12/20{mark} Vienna. {}", prose(50, 140));
    let grouping = grouped(&[item("a", text("")), item("b", text("/Rev.1"))]);
    assert_eq!(relation(&grouping, "b", "a"), Some(RelationKind::Revision));
    assert!(!together(&grouping, "a", "b"));

    let mut by_identity = [item("a", prose(51, 100)), item("b", prose(52, 100))];
    by_identity[0].identity = Some("PC.DEC/557/Rev.1".to_owned());
    by_identity[1].identity = Some("PC.DEC/557".to_owned());
    let grouping = grouped(&by_identity);
    assert_eq!(relation(&grouping, "a", "b"), Some(RelationKind::Revision));
}

#[test]
fn one_identity_is_one_document_and_its_languages_are_translations() {
    let mut items = [
        item("en1", prose(60, 80)),
        item("en2", prose(61, 80)),
        item("ru", prose(62, 80)),
    ];
    for (item, language) in items.iter_mut().zip(["en", "en-GB", "ru"]) {
        item.identity = Some("node/17".to_owned());
        item.language = Some(language.to_owned());
    }
    let grouping = grouped(&items);
    assert!(together(&grouping, "en1", "en2"));
    assert!(!together(&grouping, "en1", "ru"));
    assert_eq!(
        relation(&grouping, "en1", "ru"),
        Some(RelationKind::Translation)
    );
}

#[test]
fn short_texts_merge_only_when_equal_and_empty_ones_never() {
    let grouping = grouped(&[
        item("a", "The page you asked for has moved to the archive."),
        item("b", "The page you asked for has moved to the archive!"),
        item("c", "The page you asked for has moved to the new archive."),
        item("d", ""),
        item("e", " \n"),
    ]);
    assert!(together(&grouping, "a", "b"));
    assert!(!together(&grouping, "a", "c"));
    assert!(!together(&grouping, "d", "e"));
}

#[test]
fn other_scripts_are_compared_as_well() {
    let cyrillic = "Заседание совета открылось в среду утром, и делегаты обсудили защиту \
        пострадавших, подготовку инспекторов труда, работу горячих линий, обмен сведениями между \
        полицией и прокуратурой, помощь детям, а также сотрудничество с общественными \
        организациями во всех странах региона.";
    let japanese = "会議は水曜日の朝に始まり、代表者たちは被害者の保護と労働監督官の研修、\
        そして警察と検察の情報共有について長く話し合った。";
    let grouping = grouped(&[
        item("c1", cyrillic),
        item(
            "c2",
            format!("Новости. {} Версия для печати", cyrillic.to_uppercase()),
        ),
        item("j1", japanese),
        item("j2", format!("速報 {japanese}")),
    ]);
    assert!(together(&grouping, "c1", "c2"));
    assert!(together(&grouping, "j1", "j2"));
    assert!(!together(&grouping, "c1", "j1"));
}

#[test]
fn the_site_of_origin_is_kept_before_its_mirror() {
    let body = prose(70, 120);
    let mut items = [
        item("a-mirror", body.as_str()),
        item("origin", body.as_str()),
    ];
    items[0].rank = 1;
    assert_eq!(member(&grouped(&items), "a-mirror").canonical_id, "origin");
}

#[test]
fn decisions_hold() {
    let constraints = Constraints {
        merge: vec![("x".to_owned(), "y".to_owned())],
        apart: vec![("a".to_owned(), "b".to_owned())],
    };
    let items = [
        item("a", prose(80, 100)),
        item("b", prose(80, 100)),
        item("c", prose(80, 100)),
        item("x", prose(81, 100)),
        item("y", prose(82, 100)),
    ];
    let grouping = group(&items, &constraints, &Settings::default()).unwrap();
    assert!(!together(&grouping, "a", "b"));
    assert!(together(&grouping, "a", "c"));
    assert!(together(&grouping, "x", "y"));
    assert!(member(&grouping, "y").reason.starts_with("decided"));
}

#[test]
fn equal_ids_are_refused() {
    let items = [item("a", "one"), item("a", "two")];
    let error = group(&items, &Constraints::default(), &Settings::default()).unwrap_err();
    assert_eq!(error, DedupError::EqualIds("a".to_owned()));
}

#[test]
fn no_items_give_an_empty_result() {
    assert_eq!(grouped(&[]), Grouping::default());
}

#[test]
fn an_example_that_a_long_page_includes_is_a_copy_only_where_chrome_was_left() {
    let example = menu(7, 40);
    let page = format!("{}\n\n{example}\n\n{}", menu(8, 200), menu(9, 200));
    let merged = |cleaned: bool| {
        let of = |id: &str, text: &str| Item {
            cleaned,
            ..item(id, text)
        };
        let grouping = grouped(&[of("a", &example), of("b", &page)]);
        together(&grouping, "a", "b")
    };
    assert!(merged(false));
    assert!(!merged(true));
}
