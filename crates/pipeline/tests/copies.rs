//! Copies as sites make them: which one speaks, what they are to each other, and how it is explained.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod bench;

use bench::{Bench, page, prose};
use thresh_testkit::{Reply, Server};
use thresh_types::RelationKind;

fn article(number: u64) -> String {
    prose(number)
}

#[test]
fn a_post_speaks_before_the_pages_of_its_comments() {
    let bench = Bench::new();
    let post = "https://blog.example/2019/05/harbour-day/";
    bench.import_html(&[
        (&format!("{post}comment-page-1/"), &page("", &article(1))),
        (post, &page("", &article(1))),
        (
            "https://blog.example/2019/05/harbour-night/",
            &page("", &article(2)),
        ),
    ]);
    let report = bench.curate();
    assert_eq!((report.documents, report.merged), (2, 1));
    let document = bench.document("/harbour-day/");
    assert_eq!(document.url, post);
    let why = document.canonical_reason.unwrap();
    assert!(why.contains("its address is the page's main one"), "{why}");
    assert_eq!(bench.document("/harbour-night/").canonical_reason, None);
}

#[test]
fn the_address_that_the_sitemap_lists_speaks() {
    let body = page("", &article(3));
    let server = Server::start(|site| {
        let links = "<a href=/a>a</a> <a href=/archive/may/harbour>b</a>";
        site.on(
            "/",
            Reply::html(format!("<title>Home</title><ul>{links}</ul>")),
        );
        site.on("/a", Reply::html(body.clone()));
        site.on("/archive/may/harbour", Reply::html(body.clone()));
        site.on(
            "/sitemap.xml",
            Reply::text("<urlset><url><loc>/archive/may/harbour</loc></url></urlset>"),
        );
    });
    let bench = Bench::of(&server);
    bench.crawl();
    bench.curate();
    let document = bench.document("/archive/may/harbour");
    let why = document.canonical_reason.unwrap();
    assert!(why.contains("a sitemap lists its address"), "{why}");
    assert_eq!(document.aliases.len(), 1);
}

#[test]
fn translations_mirrors_and_syndicated_copies_are_told_in_records() {
    let bench = Bench::new();
    let (en, fr) = ("https://office.example/en/5", "https://office.example/fr/5");
    let both = format!(
        "<link rel=alternate hreflang=en href='{en}'><link rel=alternate hreflang=fr href='{fr}'>"
    );
    let french = page(
        &both,
        &format!(
            "<p>{}</p>",
            "Le bureau du port a formé quarante inspecteurs du travail venus de neuf \
        villes de la côte pendant trois jours, avec des exercices et des acteurs. "
                .repeat(4)
        ),
    )
    .replace("lang=en", "lang=fr");
    let wire = format!(
        "{}<p>This article was first published at {en}</p>",
        article(5)
    );
    bench.import_html(&[
        (en, &page(&both, &article(5))),
        (fr, &french),
        ("https://m.office.example/en/5", &page("", &article(5))),
        ("https://wire.example/stories/harbour", &page("", &wire)),
    ]);
    bench.curate();
    let document = bench.document("/en/5");
    let kinds: Vec<(RelationKind, &str)> = document
        .relations
        .iter()
        .map(|r| (r.relation, r.rule.as_str()))
        .collect();
    for expected in [
        (RelationKind::Translation, "hreflang"),
        (RelationKind::Mirror, "same-site"),
        (RelationKind::Syndication, "statement"),
    ] {
        assert!(kinds.contains(&expected), "{expected:?} in {kinds:?}");
    }
    assert_eq!(document.url, en);
    let explained = bench.explain(en);
    assert_eq!(explained.canonical_reason, document.canonical_reason);
    let wire = explained
        .pairs
        .iter()
        .find(|p| p.merged && p.url.contains("wire"))
        .unwrap();
    let comparison = wire.comparison.as_ref().unwrap();
    assert!(comparison.shared_words > 60);
    assert!(
        comparison
            .differs
            .iter()
            .any(|d| d.a.contains("first published at"))
    );
}
