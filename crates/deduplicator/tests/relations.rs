//! Every kind of relation, with texts in the shape in which they occur.

mod common;

use common::{grouped, item, prose, together};
use thresh_deduplicator::{Grouping, Item};
use thresh_types::{NonMerging, RelationKind, Translation};

/// Words of a release by an invented office; `prose` fills what is not told apart by its words.
const RELEASE: &str = "\
Harbour Office trains inspectors to recognise forced labour

PORT ALDER, 14 May 2019 – Forty labour inspectors from nine coastal towns met this week to learn how \
forced labour is recognised aboard fishing vessels. The training, held by the Harbour Office together \
with the Seafarers' Union, was the third of its kind.

“A net that is mended at night by a man without papers is a sign, and so is a cook who never leaves the \
galley,” said Ilse Brandt, who heads the Office's unit against trafficking. “Inspectors see such things \
first. They have to know whom to call.”

Over three days the participants worked through eleven cases, among them that of a trawler whose crew had \
not been ashore for fourteen months. They interviewed actors in four languages, wrote reports and had them \
read by prosecutors. A handbook with the cases will be sent to every harbour master before the summer.
";

fn related<'a>(grouping: &'a Grouping, a: &str, b: &str) -> Option<&'a NonMerging> {
    grouping.relations.iter().find(|r| r.a == a && r.b == b)
}

fn kind(grouping: &Grouping, a: &str, b: &str) -> Option<(RelationKind, String)> {
    related(grouping, a, b).map(|relation| (relation.relation, relation.rule.clone()))
}

fn expect(kind: RelationKind, rule: &str) -> Option<(RelationKind, String)> {
    Some((kind, rule.to_owned()))
}

fn at(url: &str, item: Item) -> Item {
    Item {
        url: Some(url.to_owned()),
        ..item
    }
}

fn in_language(language: &str, item: Item) -> Item {
    Item {
        language: Some(language.to_owned()),
        ..item
    }
}

fn member<'a>(grouping: &'a Grouping, id: &str) -> &'a thresh_types::ClusterMember {
    let found = grouping.members.iter().find(|member| member.id == id);
    found.expect("the id is known")
}

#[test]
fn a_release_quoted_in_a_blog_is_quoted_and_stays() {
    let quoted: Vec<&str> = RELEASE.split("\n\n").skip(1).collect();
    let blog = format!(
        "{}\n\nHere is what the Office had to say:\n\n{}\n\n{}",
        prose(1, 160),
        quoted.join("\n\n"),
        prose(2, 170)
    );
    let grouping = grouped(&[item("blog", blog), item("release", RELEASE)]);
    assert!(!together(&grouping, "blog", "release"));
    let relation = related(&grouping, "blog", "release").expect("a relation");
    assert_eq!(relation.relation, RelationKind::Quotes);
    assert!(relation.containment > 0.8 && relation.core.is_some_and(|core| core > 0.8));
}

#[test]
fn what_quotes_is_the_later_of_two_texts_that_both_go_on() {
    let passage = prose(3, 120);
    let dated = |date: &str, item: Item| Item {
        date: Some(date.to_owned()),
        ..item
    };
    let long = item("report", format!("{passage}\n\n{}", prose(4, 500)));
    let short = item(
        "note",
        format!("{}\n\n{passage}\n\n{}", prose(5, 40), prose(6, 40)),
    );
    let later = [dated("2020", long.clone()), dated("2021", short.clone())];
    let grouping = grouped(&later);
    assert_eq!(
        kind(&grouping, "note", "report"),
        expect(RelationKind::Quotes, "quotes")
    );
    let grouping = grouped(&[dated("2021", long), dated("2020", short)]);
    assert_eq!(
        kind(&grouping, "report", "note"),
        expect(RelationKind::Quotes, "quotes")
    );
}

#[test]
fn a_menu_that_many_pages_share_is_no_quotation() {
    let menu = common::menu(7, 60);
    let items: Vec<Item> = (0..30)
        .map(|n| {
            item(
                &format!("p{n:02}"),
                format!("{menu}\n{}", prose(100 + n, 60 + 20 * n as usize)),
            )
        })
        .collect();
    assert_eq!(grouped(&items).relations, []);
}

#[test]
fn revisions_corrections_and_additions_of_a_symbol_are_related() {
    let document = |symbol: &str, seed| {
        format!(
            "Council for Safe Harbours\n{symbol}\n3 June 2019\nOriginal: ENGLISH\n\n{}",
            prose(seed, 150)
        )
    };
    let base = document("SH.DEC/12/19", 10);
    let grouping = grouped(&[
        item("base", base.clone()),
        item("rev1", base.replace("SH.DEC/12/19", "SH.DEC/12/19/Rev.1")),
        item("rev2", document("SH.DEC/12/19/Rev.2", 11)),
        item("corr", document("SH.DEC/12/19/Corr.1", 12)),
        item("add", document("SH.DEC/12/19/Add.1", 13)),
        item("other", document("SH.DEC/13/19", 14)),
    ]);
    for (later, earlier) in [
        ("rev1", "base"),
        ("rev2", "rev1"),
        ("corr", "base"),
        ("add", "base"),
    ] {
        let found = related(&grouping, later, earlier).expect("a relation");
        assert_eq!(found.relation, RelationKind::Revision, "{later} {earlier}");
        assert!(!together(&grouping, later, earlier));
    }
    let reason = &related(&grouping, "add", "base")
        .expect("a relation")
        .reason;
    assert!(
        reason.contains("SH.DEC/12/19/Add.1 is an addition of SH.DEC/12/19"),
        "{reason}"
    );
    assert!(
        grouping
            .relations
            .iter()
            .all(|r| r.a != "other" && r.b != "other")
    );
}

#[test]
fn a_revised_un_document_does_not_slip_in_through_a_print_of_the_first() {
    let text = |symbol: &str| format!("{symbol}\n\n{}", prose(15, 200));
    let grouping = grouped(&[
        item("a", text("E/SH.4/2002/6")),
        item(
            "print",
            format!("Print\n{}\nPage 1 of 1", text("E/SH.4/2002/6")),
        ),
        item("rev", text("E/SH.4/2002/6/Rev.1")),
    ]);
    assert!(together(&grouping, "a", "print"));
    assert!(!together(&grouping, "a", "rev") && !together(&grouping, "print", "rev"));
}

#[test]
fn pages_that_name_each_other_in_two_languages_are_translations() {
    let alternates = |of: &[(&str, &str)]| -> Vec<Translation> {
        let translation = |&(language, url): &(&str, &str)| Translation {
            language: language.to_owned(),
            url: url.to_owned(),
        };
        of.iter().map(translation).collect()
    };
    let (en, ru) = (
        "https://office.example/en/news/5",
        "https://office.example/ru/news/5",
    );
    let russian = "Бюро гавани обучает инспекторов труда распознавать принудительный труд. Сорок \
        инспекторов из девяти прибрежных городов узнали на этой неделе, как распознать его на рыбацких \
        судах. Учебное занятие было третьим.";
    let mut items = [
        in_language("en", at(en, item("en", RELEASE))),
        in_language("ru", at(ru, item("ru", russian))),
        in_language(
            "en",
            at(
                "https://office.example/en/news/6",
                item("other", prose(16, 100)),
            ),
        ),
    ];
    items[0].translations = alternates(&[("en", en), ("ru", ru)]);
    items[1].translations = alternates(&[("en", en), ("ru", ru)]);
    let grouping = grouped(&items);
    assert_eq!(
        kind(&grouping, "en", "ru"),
        expect(RelationKind::Translation, "hreflang")
    );
    assert!(!together(&grouping, "en", "ru"));
    let reason = &related(&grouping, "en", "ru").expect("a relation").reason;
    assert_eq!(
        reason,
        "translation: one document in en and ru, each page names the other"
    );
}

#[test]
fn one_symbol_in_two_languages_is_a_translation() {
    let grouping = grouped(&[
        in_language(
            "en",
            item("en", format!("SH.DEC/7/18\n\n{}", prose(17, 90))),
        ),
        in_language(
            "fr",
            item("fr", format!("SH.DEC/7/18\n\n{}", prose(18, 90))),
        ),
    ]);
    assert_eq!(
        kind(&grouping, "en", "fr"),
        expect(RelationKind::Translation, "symbol")
    );
}

#[test]
fn hosts_of_one_site_are_mirrors_of_the_main_one() {
    let grouping = grouped(&[
        at("https://m.office.example/news/5", item("a", RELEASE)),
        at("https://www.office.example/news/5/", item("b", RELEASE)),
    ]);
    assert_eq!(
        kind(&grouping, "a", "b"),
        expect(RelationKind::Mirror, "same-site")
    );
    assert_eq!(member(&grouping, "a").canonical_id, "b");
    let relation = related(&grouping, "a", "b").expect("a relation");
    assert!(
        relation
            .reason
            .contains("of https://www.office.example/news/5/"),
        "{}",
        relation.reason
    );
    assert!((relation.containment - 1.0).abs() < f64::EPSILON);
}

#[test]
fn one_path_on_another_site_is_a_mirror_of_the_earlier() {
    let dated = |date: &str, item: Item| Item {
        date: Some(date.to_owned()),
        ..item
    };
    let grouping = grouped(&[
        dated(
            "2021-02",
            at("https://aaa.example/docs/5.html", item("a", RELEASE)),
        ),
        dated(
            "2019-05",
            at("https://office.example/docs/5.html", item("b", RELEASE)),
        ),
        dated(
            "2018-05",
            at("https://third.example/else", item("c", prose(19, 100))),
        ),
    ]);
    assert_eq!(
        kind(&grouping, "a", "b"),
        expect(RelationKind::Mirror, "same-path")
    );
    assert_eq!(member(&grouping, "a").canonical_id, "b");
    assert_eq!(grouping.relations.len(), 1);
}

#[test]
fn a_release_with_a_word_on_its_origin_is_syndicated() {
    let text = format!(
        "Coast News\n{RELEASE}\nThis article was originally published at \
         https://www.office.example/news/5 and is reproduced here with thanks.\n"
    );
    let grouping = grouped(&[
        at(
            "https://coast-news.example/2019/harbour-office",
            item("a-wire", text),
        ),
        at("https://office.example/news/5", item("origin", RELEASE)),
    ]);
    assert_eq!(
        kind(&grouping, "a-wire", "origin"),
        expect(RelationKind::Syndication, "statement")
    );
    assert!(together(&grouping, "a-wire", "origin"));
    assert_eq!(member(&grouping, "a-wire").canonical_id, "origin");
    let why = &member(&grouping, "origin").reason;
    assert!(
        why.contains("it is the origin, a-wire has the text from elsewhere"),
        "{why}"
    );
}

#[test]
fn a_cross_domain_canonical_link_names_the_origin() {
    let mut copy = at("https://portal.example/stories/77", item("a", RELEASE));
    copy.canonical = Some("https://office.example/news/5".to_owned());
    let mut origin = at("https://office.example/news/5", item("z", RELEASE));
    origin.canonical = origin.url.clone();
    let grouping = grouped(&[copy, origin]);
    assert_eq!(
        kind(&grouping, "a", "z"),
        expect(RelationKind::Syndication, "canonical-link")
    );
    assert_eq!(member(&grouping, "a").canonical_id, "z");
}

#[test]
fn an_origin_named_by_its_publisher_is_found() {
    let text = format!("{RELEASE}\nПервоначально опубликовано: Бюро Гавани, 2019");
    let mut origin = at("https://office.example/news/5", item("origin", RELEASE));
    origin.publisher = Some("Бюро гавани".to_owned());
    let grouping = grouped(&[origin, at("https://portal.example/77", item("copy", text))]);
    assert_eq!(
        kind(&grouping, "copy", "origin"),
        expect(RelationKind::Syndication, "statement")
    );
}

#[test]
fn two_sites_with_one_text_and_no_word_on_it_are_copies_and_no_more() {
    let grouping = grouped(&[
        at("https://a.example/one", item("a", RELEASE)),
        at("https://b.example/two", item("b", RELEASE)),
    ]);
    assert!(together(&grouping, "a", "b"));
    assert_eq!(grouping.relations, []);
}

#[test]
fn siblings_in_which_one_number_differs_are_templates() {
    let conference = |ordinal: &str, year: &str| {
        format!(
            "{ordinal} Conference of the Alliance for Safe Harbours\n\nThe {ordinal} Conference opened in {year}. {}",
            prose(20, 110)
        )
    };
    let permit = |number: &str| format!("Permit No. {number} to fish. {}", prose(21, 90));
    let grouping = grouped(&[
        item("c15", conference("15th", "2015")),
        item("c16", conference("16th", "2016")),
        item("p1", permit("4411")),
        item("p2", permit("4412")),
    ]);
    for (a, b) in [("c15", "c16"), ("p1", "p2")] {
        assert_eq!(
            kind(&grouping, a, b),
            expect(RelationKind::Template, "numbers"),
            "{a}"
        );
        assert!(!together(&grouping, a, b));
    }
}

#[test]
fn a_digest_contains_its_articles() {
    let articles: Vec<String> = (0..3).map(|n| prose(30 + n, 140)).collect();
    let mut items: Vec<Item> = (0..3)
        .map(|n| item(&format!("a{n}"), articles[n].as_str()))
        .collect();
    items.push(item("digest", articles.join("\n\n")));
    let grouping = grouped(&items);
    assert_eq!(
        kind(&grouping, "digest", "a1"),
        expect(RelationKind::Contains, "digest")
    );
    assert_eq!(grouping.containments.len(), 3);
}

#[test]
fn short_texts_merge_only_if_equal_or_identified_as_one() {
    let (post, comments) = (
        "https://a.example/post/",
        "https://a.example/post/comment-page-1/",
    );
    let mut first = at(
        post,
        item(
            "z",
            "The ferry to Alder sails again from Monday on. Tickets are sold on board.",
        ),
    );
    first.canonical = Some(post.to_owned());
    let mut second = at(
        comments,
        item(
            "a",
            "The ferry to Alder sails again from Monday on. Tickets are sold on board. One comment.",
        ),
    );
    let apart = grouped(&[first.clone(), second.clone()]);
    assert!(!together(&apart, "a", "z"));
    second.canonical = Some(post.to_owned());
    let merged = grouped(&[first.clone(), second]);
    assert!(together(&merged, "a", "z"));
    assert_eq!(member(&merged, "a").canonical_id, "z");
    assert!(member(&merged, "a").reason.starts_with("claimed"));
    let mut unlike = at(
        comments,
        item(
            "a",
            "Nothing was found here. Please go back to the front page of the site.",
        ),
    );
    unlike.canonical = Some(post.to_owned());
    assert!(!together(&grouped(&[first.clone(), unlike]), "a", "z"));
    let mut numbered = at(
        comments,
        item(
            "a",
            "The ferry to Alder sails again from Monday on. Tickets are sold on board for 9 crowns.",
        ),
    );
    numbered.text = numbered.text.replace("Monday", "Friday");
    numbered.canonical = Some(post.to_owned());
    assert!(!together(&grouped(&[first, numbered]), "a", "z"));
}
