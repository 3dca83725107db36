//! `rel=canonical`: a claim that is recorded, and never obeyed without evidence.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod bench;

use bench::{Bench, page, prose};
use serde_json::json;

fn claims(url: &str) -> String {
    format!("<link rel=canonical href='{url}'>")
}

fn urls(bench: &Bench) -> Vec<String> {
    bench.documents().into_iter().map(|d| d.url).collect()
}

#[test]
fn a_site_that_calls_every_page_its_home_stays_whole() {
    let bench = Bench::new();
    let head = claims("https://a.example/");
    let pages: Vec<(String, String)> = (0..6)
        .map(|n| {
            let path = if n == 0 {
                String::new()
            } else {
                format!("p{n}")
            };
            (format!("https://a.example/{path}"), page(&head, &prose(n)))
        })
        .collect();
    let given: Vec<(&str, &str)> = pages
        .iter()
        .map(|(u, h)| (u.as_str(), h.as_str()))
        .collect();
    bench.import_html(&given);
    assert_eq!(bench.row("/p3")["canonical"], json!("https://a.example/"));
    let report = bench.curate();
    assert_eq!((report.documents, report.merged), (6, 0));
    let mut found = urls(&bench);
    found.sort();
    let expected: Vec<&str> = given.iter().map(|(url, _)| *url).collect();
    assert_eq!(found, expected);
    for document in bench.documents() {
        let claim = document.provenance.unwrap().canonical.unwrap();
        assert_eq!(claim.url, "https://a.example/");
        assert_eq!(claim.agrees, document.url == claim.url);
    }
}

#[test]
fn claims_to_other_pages_and_hosts_are_recorded_only() {
    let bench = Bench::new();
    bench.import_html(&[
        // A chain, a circle and a claim across origins, all with texts of their own.
        ("https://a.example/1", &page(&claims("/2"), &prose(1))),
        ("https://a.example/2", &page(&claims("/3"), &prose(2))),
        ("https://a.example/3", &page(&claims("/3"), &prose(3))),
        ("https://a.example/4", &page(&claims("/5"), &prose(4))),
        ("https://a.example/5", &page(&claims("/4"), &prose(5))),
        (
            "https://a.example/6",
            &page(&claims("https://b.example/6"), &prose(6)),
        ),
        ("https://b.example/6", &page("", &prose(7))),
        (
            "https://a.example/8",
            &page(&claims("https://a.example/8?utm_source=x#y"), &prose(8)),
        ),
        (
            "https://a.example/9",
            &page(&claims("https://gone.example/never/seen"), &prose(9)),
        ),
    ]);
    let report = bench.curate();
    assert_eq!(
        (report.documents, report.merged),
        (9, 0),
        "{:#?}",
        urls(&bench)
    );
    let agrees = |path: &str| {
        let from = bench.document(path).provenance.unwrap();
        from.canonical.map(|claim| claim.agrees)
    };
    for (path, expected) in [
        ("a.example/1", Some(false)),
        ("a.example/3", Some(true)),
        ("a.example/5", Some(false)),
        ("a.example/6", Some(false)),
        ("b.example/6", None),
        ("a.example/8", Some(true)),
        ("a.example/9", Some(false)),
    ] {
        assert_eq!(agrees(path), expected, "{path}");
    }
}

#[test]
fn copies_are_merged_by_their_text_whatever_they_claim() {
    let text = prose(1);
    for head in ["", "<link rel=canonical href='https://a.example/one'>"] {
        let bench = Bench::new();
        bench.import_html(&[
            ("https://a.example/one", &page(head, &text)),
            ("https://a.example/one/print", &page(head, &text)),
            ("https://a.example/two", &page("", &prose(2))),
        ]);
        let report = bench.curate();
        assert_eq!((report.documents, report.merged), (2, 1), "{head}");
        let documents = bench.documents();
        let copies = documents.iter().find(|d| d.urls.len() == 2).unwrap();
        assert_eq!(copies.aliases.len(), 1);
        assert!(!copies.aliases[0].reason.is_empty());
    }
}
