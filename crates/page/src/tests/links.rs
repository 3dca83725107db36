//! Where pages lead.

use proptest::prelude::*;

use super::{page, url, with_headers};
use crate::{Link, LinkKind, Page};

fn links(html: &str) -> Vec<Link> {
    page(html).links(100)
}

fn addresses(html: &str) -> Vec<String> {
    links(html)
        .into_iter()
        .map(|link| link.url.to_string())
        .collect()
}

#[test]
fn every_kind_of_link_is_found() {
    let found = links(
        "<link rel=canonical href=/c><link rel=alternate hreflang=ru href=/ru>\
         <link rel='alternate home' type='application/rss+xml' href=/feed><link rel=next href=?p=2>\
         <link rel=prev href=?p=0><link rel=stylesheet href=/s.css><link rel=alternate href=/print>\
         <meta http-equiv=Refresh content='5; URL=\"/moved\"'>\
         <a href=one>One</a><map><area href=/two alt='Two'></map><iframe src=/three title=Three></iframe>\
         <a rel=next href=/four>Four</a><a rel='alternate' hreflang=uk href=/five>Five</a><a rel=canonical href=/six>6</a>",
    );
    let got: Vec<_> = found
        .iter()
        .map(|l| (l.url.path_and_query(), &l.kind, l.text.as_str()))
        .collect();
    let language = |code: &str| LinkKind::Alternate {
        language: code.to_owned(),
    };
    assert_eq!(
        got,
        [
            ("/c", &LinkKind::Canonical, ""),
            ("/ru", &language("ru"), ""),
            ("/feed", &LinkKind::Feed, ""),
            ("/dir/page?p=2", &LinkKind::Next, ""),
            ("/dir/page?p=0", &LinkKind::Prev, ""),
            ("/moved", &LinkKind::Refresh, ""),
            ("/dir/one", &LinkKind::Anchor, "One"),
            ("/two", &LinkKind::Anchor, "Two"),
            ("/three", &LinkKind::Frame, "Three"),
            ("/four", &LinkKind::Next, "Four"),
            ("/five", &language("uk"), "Five"),
            ("/six", &LinkKind::Anchor, "6"),
        ]
    );
}

#[test]
fn frames_are_followed() {
    assert_eq!(
        addresses("<frameset><frame src=a.html><frame src=b.html></frameset>").len(),
        2
    );
}

#[test]
fn what_leads_nowhere_is_left_out() {
    for href in [
        "#top",
        "",
        " ",
        "javascript:void(0)",
        "JavaScript:x",
        "mailto:a@b.example",
        "data:text/html,x",
        "tel:+431",
        "ftp://a.example/",
        "http://",
        "https://[::bad/",
        "about:blank",
    ] {
        assert_eq!(
            addresses(&format!("<a href='{href}'>x</a>")),
            Vec::<String>::new(),
            "{href}"
        );
    }
}

#[test]
fn addresses_are_resolved_and_canonical() {
    assert_eq!(
        addresses(
            "<a href=' ../x#y '><a href='//b.example/p?utm_source=q'><a href='?q=1'><a href='/a\n/b'>"
        ),
        [
            "https://a.example/x",
            "https://b.example/p",
            "https://a.example/dir/page?q=1",
            "https://a.example/a/b"
        ]
    );
}

#[test]
fn the_base_is_honoured() {
    assert_eq!(
        addresses("<base target=_top><base href=/deep/er/><base href=/no/><a href=x>"),
        ["https://a.example/deep/er/x"]
    );
    assert_eq!(
        addresses("<base href='https://c.example/'><a href=x>"),
        ["https://c.example/x"]
    );
    assert_eq!(
        addresses("<base href='javascript:1'><a href=x>"),
        ["https://a.example/dir/x"]
    );
    let without = Page::parse("<a href=x><a href=https://d.example/y>", None);
    assert_eq!(without.links(9).len(), 1);
    let based = Page::parse("<base href=https://d.example/z/><a href=x>", None);
    assert_eq!(based.links(9)[0].url, url("https://d.example/z/x"));
}

#[test]
fn each_address_comes_once() {
    let found = links(
        "<a href=x rel=nofollow></a><a href=y rel='me UGC'>y</a><a href=z rel=sponsored>z</a><a href=x#f>Text</a>",
    );
    assert_eq!(found.len(), 3);
    assert_eq!((found[0].nofollow, found[0].text.as_str()), (false, "Text"));
    assert!(found[1].nofollow && found[2].nofollow);
}

#[test]
fn texts_are_collapsed_and_cut() {
    let long = "é ".repeat(500);
    let found = links(&format!(
        "<a href=1> A\n <b>bold</b>\t word </a><a href=2><img alt='A picture' src=x></a><a href=3 title=' Named '></a>\
         <a href=4>{long}</a><a href=5><span>Guidance</span><span>Papers</span></a><a href=6 aria-label=Label title=t></a>"
    ));
    let texts: Vec<&str> = found.iter().map(|l| l.text.as_str()).collect();
    assert_eq!(texts[..3], ["A bold word", "A picture", "Named"]);
    assert!((199..=200).contains(&texts[3].chars().count()));
    assert_eq!(texts[4..], ["Guidance Papers", "Label"]);
}

#[test]
fn refreshes_are_read_in_every_spelling() {
    for content in [
        "0;url=/t",
        "0; URL = '/t'",
        "3.5,/t",
        "0 /t",
        "  5;url=\"/t\"x",
        "0;;url=/t",
    ] {
        let html = format!(
            "<meta http-equiv=refresh content='{}'>",
            content.replace('\'', "&#39;")
        );
        assert_eq!(addresses(&html), ["https://a.example/t"], "{content}");
    }
    for content in ["5", "url=/t", "", "x;url=/t", "5;url=", "5; url='"] {
        let html = format!("<meta http-equiv=refresh content=\"{content}\">");
        assert_eq!(addresses(&html), Vec::<String>::new(), "{content}");
    }
}

#[test]
fn link_headers_count() {
    let page = with_headers(
        "<a href=/c>C</a>",
        &[
            (
                "Link",
                "</s.css>; rel=preload, </c>; rel=\"canonical\"; title=\"a, b\", <ru>;rel=alternate;hreflang=ru",
            ),
            ("link", "<broken"),
        ],
    );
    let found = page.links(9);
    assert_eq!(found.len(), 2);
    assert_eq!(
        (found[0].url.as_str(), &found[0].kind),
        ("https://a.example/c", &LinkKind::Canonical)
    );
    assert_eq!(found[1].url.as_str(), "https://a.example/dir/ru");
}

#[test]
fn no_more_than_asked() {
    let html: String = (0..50).map(|n| format!("<a href={n}>")).collect();
    assert_eq!(page(&html).links(7).len(), 7);
    assert_eq!(page(&html).links(0).len(), 0);
}

#[test]
fn languages_are_declared_in_many_places() {
    let language = |html: &str| page(html).declared_language();
    assert_eq!(language("<html lang=' en-GB '>").as_deref(), Some("en-GB"));
    assert_eq!(
        language("<html lang='' xml:lang=sr-Latn>").as_deref(),
        Some("sr-Latn")
    );
    assert_eq!(
        language("<meta http-equiv=Content-Language content=de>").as_deref(),
        Some("de")
    );
    assert_eq!(
        language("<meta http-equiv=Content-Language content='de, fr'>"),
        None
    );
    assert_eq!(language("<html lang='<?php echo ?>'>"), None);
    let page = with_headers("<p>", &[("content-language", "uk")]);
    assert_eq!(page.declared_language().as_deref(), Some("uk"));
}

proptest! {
    #[test]
    fn links_are_unique_and_bounded(hrefs in proptest::collection::vec("[a-c#?./:]{0,4}", 0..30), max in 0..10_usize) {
        let html: String = hrefs.iter().map(|href| format!("<a href='{href}'>x</a>")).collect();
        let found = page(&html).links(max);
        prop_assert!(found.len() <= max);
        let mut addresses: Vec<_> = found.iter().map(|l| l.url.clone()).collect();
        addresses.sort();
        addresses.dedup();
        prop_assert_eq!(addresses.len(), found.len());
    }

    #[test]
    fn any_header_and_refresh_is_read(value in ".{0,100}") {
        with_headers("<p>", &[("link", &value)]).links(9);
        let quoted = value.replace('"', "&quot;");
        links(&format!("<meta http-equiv=refresh content=\"0{quoted}\">"));
    }
}
