//! What pages say to crawlers besides their links.

use proptest::prelude::*;
use thresh_types::Refresh;

use super::{owned, page, url, with_headers};
use crate::{Page, Signals};

fn of(html: &str) -> Signals {
    page(html).signals("thresh")
}

fn canonical(html: &str) -> Option<String> {
    of(html).canonical
}

fn refresh(html: &str) -> Option<(u64, Option<String>)> {
    of(html).refresh.map(|r| (r.seconds, r.target))
}

const OWN: &str = "https://a.example/dir/page";

#[test]
fn the_canonical_address_stands_in_the_head() {
    for html in [
        "<link rel=canonical href=page>",
        "<link href='https://A.example:443/dir/page#top' rel='alternate CANONICAL'>",
        "<link rel=canonical href='/dir/page?utm_source=x&fbclid=y'>",
        "<head><noscript><link rel=canonical href='page'></noscript></head>",
        "<base href='/dir/'><link rel=canonical href='page'>",
        "<link rel=canonical href=page><link rel=canonical href='https://a.example/dir/page'>",
    ] {
        assert_eq!(canonical(html).as_deref(), Some(OWN), "{html}");
    }
    for html in [
        "<body><link rel=canonical href=page>",
        "<p>text<link rel=canonical href=page>",
        "<body><a rel=canonical href=page>permalink</a>",
        "<link rel=canonical>",
        "<link rel=canonical href=''>",
        "<link rel=canonical href='#here'>",
        "<link rel=canonical href='javascript:alert(1)'>",
        "<link rel=canonical href='mailto:a@b.example'>",
        "<template><link rel=canonical href=page></template>",
    ] {
        assert_eq!(canonical(html), None, "{html}");
    }
}

#[test]
fn canonical_headers_are_relative_to_the_address_asked() {
    let page = with_headers(
        "<base href='https://cdn.example/x/'><p>",
        &[(
            "Link",
            "</style.css>; rel=preload, <other>; rel=\"canonical\"",
        )],
    );
    assert_eq!(
        page.signals("thresh").canonical.as_deref(),
        Some("https://a.example/dir/other")
    );
    let headers = owned(&[("link", "<https://b.example/x>; rel=canonical")]);
    let found = Signals::of_headers(None, &headers, "thresh");
    assert_eq!(found.canonical.as_deref(), Some("https://b.example/x"));
}

#[test]
fn claims_that_contradict_each_other_say_nothing() {
    let found = of("<link rel=canonical href=/a><link rel=canonical href=/b>");
    assert_eq!(found.canonical, None);
    assert!(
        found.notes[0].contains("https://a.example/a, https://a.example/b"),
        "{:?}",
        found.notes
    );
    let page = with_headers(
        "<link rel=canonical href=/a>",
        &[("Link", "</b>; rel=canonical")],
    );
    assert_eq!(page.signals("thresh").canonical, None);
}

#[test]
fn refreshes_lead_to_the_web_or_nowhere() {
    let to = |path: &str| Some(format!("https://a.example{path}"));
    for (html, expected) in [
        (
            "<meta http-equiv=refresh content='0; url=/new'>",
            Some((0, to("/new"))),
        ),
        (
            "<meta http-equiv=' REFRESH ' content='300'>",
            Some((300, None)),
        ),
        (
            "<meta http-equiv=refresh content='300; url=page#news'>",
            Some((300, None)),
        ),
        (
            "<base href='/b/'><meta http-equiv=refresh content='5;x'>",
            Some((5, to("/b/x"))),
        ),
        (
            "<meta http-equiv=refresh content='x'><meta http-equiv=refresh content='1;/y'>",
            Some((1, to("/y"))),
        ),
        (
            "<meta http-equiv=refresh content='2;/a'><meta http-equiv=refresh content='1;/y'>",
            Some((2, to("/a"))),
        ),
        (
            "<meta http-equiv=refresh content='0;url=javascript:alert(1)'>",
            None,
        ),
        (
            "<meta http-equiv=refresh content='0;url=data:text/html,x'>",
            None,
        ),
        (
            "<meta http-equiv=refresh content='0;url=ftp://a.example/'>",
            None,
        ),
        ("<meta name=refresh content='0;url=/x'>", None),
        ("<p>", None),
    ] {
        assert_eq!(refresh(html), expected, "{html}");
    }
    let refused = of("<meta http-equiv=refresh content='0;url=javascript:alert(1)'>");
    assert!(
        refused.notes[0].contains("javascript"),
        "{:?}",
        refused.notes
    );
}

#[test]
fn the_refresh_header_comes_before_markup_and_is_a_link() {
    let page = with_headers(
        "<meta http-equiv=refresh content='9;/markup'>",
        &[("refresh", "1; url=/header")],
    );
    assert_eq!(
        page.signals("thresh").refresh,
        Some(Refresh {
            seconds: 1,
            target: Some("https://a.example/header".to_owned())
        })
    );
    let links: Vec<String> = page
        .links(9)
        .into_iter()
        .map(|l| l.url.to_string())
        .collect();
    assert_eq!(
        links,
        ["https://a.example/header", "https://a.example/markup"]
    );
}

#[test]
fn only_a_base_of_its_own_is_told() {
    let base = |html: &str| of(html).base;
    assert_eq!(
        base("<base target=_top><base href='//b.example/c/'><base href=/d>").as_deref(),
        Some("https://b.example/c/")
    );
    for html in ["<p>", "<base href='javascript:x'>", "<base href='page'>"] {
        assert_eq!(base(html), None, "{html}");
    }
    let page = Page::parse("<base href='https://b.example/'>", None);
    assert_eq!(page.signals("").base.as_deref(), Some("https://b.example/"));
}

#[test]
fn the_nearer_word_on_mining_wins() {
    let reserved = |html: &str, headers: &[(&str, &str)]| {
        let found = with_headers(html, headers).signals("thresh").directives;
        (found.tdm_reservation, found.tdm_free)
    };
    let one = "<meta name=tdm-reservation content=1>";
    let zero = "<meta name=tdm-reservation content=0>";
    assert_eq!(reserved("", &[("tdm-reservation", "1")]), (true, false));
    assert_eq!(reserved("", &[("tdm-reservation", "0")]), (false, true));
    assert_eq!(reserved(zero, &[("tdm-reservation", "1")]), (false, true));
    assert_eq!(reserved(one, &[("tdm-reservation", "0")]), (true, false));
    // Within one place the strictest holds; other values are no word at all.
    assert_eq!(reserved(&format!("{one}{zero}"), &[]), (true, false));
    assert_eq!(reserved("", &[("tdm-reservation", "0, 1")]), (true, false));
    for value in ["yes", "2", "", "true"] {
        assert_eq!(reserved("", &[("tdm-reservation", value)]), (false, false));
    }
}

#[test]
fn the_origin_speaks_where_the_page_is_silent() {
    let heard = |html: &str, word: bool| {
        let mut found = of(html).directives;
        found.hear_origin(word, "tdmrep.json /");
        (found.tdm_reservation, found.seen)
    };
    let place = |word: &str| format!("tdmrep.json /: {word}");
    assert_eq!(heard("<p>", true), (true, vec![place("1")]));
    assert_eq!(heard("<p>", false), (false, vec![place("0")]));
    let (reserved, seen) = heard("<meta name=tdm-reservation content=0>", true);
    assert!(!reserved, "{seen:?}");
    assert_eq!(seen, ["meta tdm-reservation: 0".to_owned(), place("1")]);
    assert!(heard("<meta name=tdm-reservation content=1>", false).0);
}

#[test]
fn terms_are_resolved_and_markup_is_nearer() {
    let policy = |html: &str, header: &str| {
        let page = with_headers(html, &[("TDM-Policy", header)]);
        page.signals("thresh").tdm_policy
    };
    let terms = "<meta name=TDM-Policy content='terms.json'>";
    assert_eq!(
        policy(terms, "https://b.example/p").as_deref(),
        Some("https://a.example/dir/terms.json")
    );
    assert_eq!(
        policy("", "https://b.example/p").as_deref(),
        Some("https://b.example/p")
    );
    assert_eq!(policy("", "javascript:x"), None);
}

#[test]
fn headers_of_a_later_answer_replace_those_of_the_first() {
    let first = with_headers("<meta name=robots content=nofollow>", &[]);
    let markup = first.markup("thresh");
    let own = url(OWN);
    let later = owned(&[("X-Robots-Tag", "noindex")]);
    let found = Signals::of(Some(&own), &later, &markup, "thresh").directives;
    assert!(found.noindex && found.nofollow);
    assert_eq!(
        found.seen,
        ["x-robots-tag: noindex", "meta robots: nofollow"]
    );
    assert_eq!(
        Signals::of(Some(&own), &[], &markup, "thresh"),
        first.signals("thresh")
    );
}

#[test]
fn hostile_values_are_bounded_and_what_is_obeyed_is_told() {
    let rules: Vec<String> = (0..5000).map(|n| format!("x{n}")).collect();
    let long = "y".repeat(3000);
    let html = format!(
        "<meta name=robots content='{}'><meta name=robots content='{long}, noindex'>\
         <link rel=canonical href='/{long}'><base href='/{long}'>\
         <meta name=tdm-policy content='/{long}'><meta http-equiv=refresh content='0;/{long}'>",
        rules.join(",")
    );
    let found = of(&html.repeat(3));
    let recorded = found.recorded();
    assert!(found.directives.noindex);
    assert!(
        recorded
            .directives
            .contains(&"meta robots: noindex".to_owned())
    );
    assert!(recorded.directives.len() <= 48);
    assert!(
        recorded
            .directives
            .iter()
            .all(|rule| rule.chars().count() <= 120)
    );
    assert_eq!(
        (
            recorded.canonical,
            recorded.refresh,
            recorded.base,
            recorded.tdm_policy
        ),
        (None, None, None, None)
    );
    assert!(found.notes.len() <= 8);
}

#[test]
fn control_characters_do_not_reach_the_record() {
    let found = of_header("no\u{7f}index\u{9d}x");
    assert_eq!(found.recorded().directives, ["x-robots-tag: no index x"]);
}

fn of_header(value: &str) -> Signals {
    Signals::of_headers(None, &owned(&[("x-robots-tag", value)]), "thresh")
}

proptest! {
    #[test]
    fn any_page_is_read(value in "\\PC{0,60}", header in "\\PC{0,60}") {
        let quoted = value.replace('\'', "");
        let html = format!(
            "<base href='{quoted}'><link rel=canonical href='{quoted}'>\
             <meta http-equiv=refresh content='{quoted}'><meta name=tdm-policy content='{quoted}'>"
        );
        let headers = [("link", header.as_str()), ("refresh", &header), ("tdm-policy", &header), ("tdm-reservation", &header)];
        let found = with_headers(&html, &headers).signals("thresh");
        for address in [&found.canonical, &found.base, &found.tdm_policy].into_iter().flatten() {
            prop_assert!(address.starts_with("http://") || address.starts_with("https://"));
        }
    }
}
