//! Tokens must say what the tree says.

use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};

use proptest::prelude::*;
use thresh_types::CanonicalUrl;

use super::{Outline, of_tree, outline, read};
use crate::{Link, Raw, Signals};

const TOKEN: &str = "thresh";

fn raw<'a>(url: &'a CanonicalUrl, html: &'a [u8]) -> Raw<'a> {
    Raw {
        url: Some(url),
        headers: &[],
        content_type: Some("text/html; charset=utf-8"),
        body: html,
    }
}

fn url() -> CanonicalUrl {
    "http://a.example/dir/page".parse().unwrap()
}

fn by_tokens(html: &str) -> Option<(Vec<Link>, Signals)> {
    let url = url();
    let raw = raw(&url, html.as_bytes());
    let (pieces, _) = read(html, &raw);
    pieces.map(|mut pieces| super::told(&mut pieces, &raw, TOKEN, 20_000))
}

fn by_tree(html: &str) -> (Vec<Link>, Signals) {
    let url = url();
    of_tree(html, &raw(&url, html.as_bytes()), TOKEN, 20_000)
}

/// Checks that tokens say what the tree says, or leave it to the tree; returns whether they said it.
#[track_caller]
fn agrees(html: &str) -> bool {
    let Some(told) = by_tokens(html) else {
        return false;
    };
    assert_eq!(told, by_tree(html), "{html}");
    true
}

#[test]
fn plain_markup_needs_no_tree() {
    for html in [
        "<!DOCTYPE html><html><head><title>a & b</title><link rel=canonical href=/c><meta name=robots content=noindex>\
         <base href='/x/'><script>if (a < b) '<a href=no>'</script><style>a>b{}</style></head><body class=x>\
         <ul><li><a href=1>One</a><li><a href=2>Two</a></ul><p>a<p>b<br><a href=3><img alt='Three &amp; more'></a></body></html>",
        "<head><noscript><link rel=canonical href=/a></noscript><link rel=canonical href=/b></head><a href=x>x</a>",
        "<head><noscript><img src=pixel></noscript><link rel=canonical href=/not-in-head></head><p>x",
        "<head></head><link rel=canonical href=/after><body><link rel=canonical href=/in-body>",
        "text<link rel=canonical href=/late>",
        "&nbsp;<link rel=canonical href=/late>",
        " &#32;<link rel=canonical href=/early>",
        "<template><a href=no><meta name=robots content=none></template><a href=yes>y</a>",
        "<table><tr><td><a href=1>1</a><td><a href=2>2</a></table><a href=3>3</a>",
        "<table><caption>c</caption><td>x<table><tr><td><a href=1>1</a></table></table>",
        "<svg><title>t</title><style>a<path d='x'/></style><![CDATA[<a href=no>]]><path/></svg><a href=1><svg><use/></svg>x</a>",
        "<p><b>x</p>y<a href=1>one</a>",
        "<a href=1><math><![CDATA[ x & ]]><mi>y</mi></math></a>",
        "<a href=1>one<a href=2>two</a> three",
        "<a href=1>one<b>two</a>three</b><a href=2>2</a>",
        "<select><option>a<option>b</select><a href=x>x</a>",
        "<form><a href=1>1</a><form></form></form><button><a href=2>2</a></button>",
        "<meta http-equiv=refresh content='0; url=/r&amp;s'><iframe src=f title=F>text</iframe>",
        "<area href=/two alt=' Two '><a title=T href=/t></a><a aria-label=L href=/l> </a>",
        "<a href='?a=1&b=2&copy=3&amp;d=4&#38;e'>x</a><A HREF=/Up>Up</A><a href=/up HREF=/no>",
        "<!-- <a href=no> --><!--><a href=1>1</a><!--->\
         <a href=2>2</a><!-- -- --!><a href=3>3</a><? <a href=no> ?><a href=4>4</a></ x><!x><a href=5>5</a>",
        "<a href=1>a<!-- -->b</a><p><a href=2>x</a></p></p></br><a href=3>3</a><a href=4",
        "<title><a href=no></title><textarea><a href=no></textarea><xmp><a href=no></xmp><a href=yes>",
        "<dl><dt><a href=1>1</a><dd><a href=2>2</a></dl><h1><a href=3>3</a><h2>x</h1><a href=4>4</a>",
        "<noscript><a href=1>1</a></noscript><p><object><a href=2>2</a></object>",
    ] {
        assert!(agrees(html), "left to the tree: {html}");
    }
}

#[test]
fn what_a_tree_moves_is_left_to_it() {
    for html in [
        "<p><a href=1>one</p>two",
        "<a href=1>one<div>two</a>three</div>",
        "<table><a href=1>one</a><tr><td>x</table>",
        "<li><a href=1>one<li>two",
        "<frameset><frame src=a></frameset>",
        "<p><table><tr><td></table>",
        "<plaintext><a href=no>",
        "<script><!--<script></script><a href=no></script>-->",
        "<svg><a href=1>x</a></svg>",
        "<a href=1>\0one</a>",
    ] {
        assert_eq!(by_tokens(html), None, "{html}");
    }
}

/// The outline as a whole, whichever way it was made.
fn whole(html: &[u8]) -> Outline {
    outline(raw(&url(), html), TOKEN, 100)
}

#[test]
fn an_outline_is_whole_whichever_way_it_is_made() {
    let plain = whole(b"<p><a href=1>one</a></p><p>two</p>");
    let moved = whole(b"<p><a href=1>one</p><p>two</p>");
    assert_eq!(plain.links[0].url, moved.links[0].url);
    assert_eq!(plain.sketch, moved.sketch);
    assert_eq!(plain.media_type, "text/html");
}

#[test]
fn what_is_not_shown_is_in_no_sketch() {
    let shown = whole(b"<h1>One</h1><p>two <b>thr</b>ee &amp; f&#111;ur</p>").sketch;
    let hidden = whole(
        b"<h1>One</h1><script>var x</script><template><p>no</p></template><style>p{}</style>\
          <p class=x>two <i>three</i> <!-- no --> four</p>",
    )
    .sketch;
    assert_eq!(shown, hidden);
    let apart = whole(b"<h1>One</h1><p>two</p><p>three & four</p>").sketch;
    assert_eq!(
        shown.as_ref().map(|s| s.text),
        apart.as_ref().map(|s| s.text)
    );
    assert_ne!(shown, apart);
    assert_ne!(
        shown,
        whole(b"<h1>One</h1><noscript>two three four</noscript>")
            .sketch
            .filter(|s| s.shingles.is_empty())
    );
}

/// Pieces of markup, of which soup is made.
fn morsel() -> impl Strategy<Value = String> {
    const NAMES: &[&str] = &[
        "a", "a", "a", "b", "i", "p", "p", "div", "div", "span", "li", "ul", "dd", "dt", "h1",
        "h2", "table", "tr", "td", "th", "tbody", "caption", "col", "colgroup", "form", "button",
        "select", "option", "svg", "title", "style", "script", "template", "noscript", "head",
        "body", "html", "object", "nobr", "font", "link", "meta", "base", "img", "br", "hr",
        "iframe", "area", "textarea", "ruby", "rt", "math", "mi", "input", "pre", "center",
        "address", "optgroup", "path", "desc", "frame", "xmp", "search", "dialog", "nonsense",
        "details",
    ];
    const ATTRIBUTES: &[&str] = &[
        "",
        " href=1",
        " href='/2?a=1&amp;b'",
        " href=#x",
        " rel=nofollow href=3",
        " src=f alt=pic",
        " rel=canonical href=/c",
        " name=robots content='noindex, noai'",
        " content='1; url=r' http-equiv=refresh",
        " title=called href=t",
        " class=\"x>y\"",
        " /",
        " href=1/",
    ];
    let name = prop::sample::select(NAMES);
    prop_oneof![
        6 => (name.clone(), prop::sample::select(ATTRIBUTES)).prop_map(|(n, a)| format!("<{n}{a}>")),
        4 => name.prop_map(|n| format!("</{n}>")),
        3 => prop::sample::select(vec!["word", " ", "&amp;", "two words", "&nbsp;", "\n", "<", "&notit;", "1"])
            .prop_map(str::to_owned),
        1 => prop::sample::select(vec!["<!-- c -->", "<![CDATA[ x ]]>", "<!doctype html>", "</>", "<?x?>", "<!---->"])
            .prop_map(str::to_owned),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1000))]

    #[test]
    fn soup_is_read_as_a_tree_reads_it(morsels in prop::collection::vec(morsel(), 0..25)) {
        let html = morsels.concat();
        if let Some(told) = by_tokens(&html) {
            prop_assert_eq!(told, by_tree(&html), "{}", html);
        }
    }

    #[test]
    fn any_text_is_read(html in "(<|>|/|!|-|\\[|a|=|\"|'|&|;|script|href| |\\PC){0,60}") {
        if let Some(told) = by_tokens(&html) {
            prop_assert_eq!(told, by_tree(&html));
        }
        let _ = whole(html.as_bytes());
    }
}

fn pages_below(folder: &Path, found: &mut Vec<PathBuf>) {
    let Ok(entries) = fs::read_dir(folder) else {
        return;
    };
    for path in entries.flatten().map(|entry| entry.path()) {
        let name = path.to_string_lossy();
        if path.is_symlink() {
            continue;
        }
        if path.is_dir() {
            pages_below(&path, found);
        } else if name.ends_with(".html") || name.ends_with(".htm") || name.ends_with(".html.gz") {
            found.push(path);
        }
    }
}

fn unpacked(path: &Path) -> Vec<u8> {
    let bytes = fs::read(path).unwrap();
    let mut out = Vec::new();
    match flate2::read::MultiGzDecoder::new(&bytes[..]).read_to_end(&mut out) {
        Ok(_) => out,
        Err(_) => bytes,
    }
}

/// Checks that both say the same, and names the first link where they do not.
fn agree(told: &(Vec<Link>, Signals), expected: &(Vec<Link>, Signals), place: &str) {
    for (told, expected) in told.0.iter().zip(&expected.0) {
        assert_eq!(told, expected, "{place}");
    }
    assert_eq!(told.0.len(), expected.0.len(), "{place}");
    assert_eq!(told.1, expected.1, "{place}");
}

/// Compares both ways on pages below `folder`; returns how many there are and how many needed a tree.
fn compare(folder: &Path) -> (usize, usize) {
    let mut paths = Vec::new();
    pages_below(folder, &mut paths);
    paths.sort();
    // Unoptimised code reads a sample.
    let step = if cfg!(debug_assertions) { 20 } else { 1 };
    let (mut all, mut left) = (0, 0);
    for path in paths.iter().step_by(step) {
        let html = crate::decode_text(&unpacked(path), Some("text/html")).text;
        all += 1;
        match by_tokens(&html) {
            Some(told) => agree(&told, &by_tree(&html), &path.display().to_string()),
            None => left += 1,
        }
    }
    (all, left)
}

#[test]
fn documents_of_the_system_are_read_as_a_tree_reads_them() {
    let (pages, left) = compare(Path::new("/usr/share/doc"));
    if pages == 0 {
        eprintln!("SKIPPED: no HTML below /usr/share/doc");
    }
    eprintln!("{pages} pages, {left} need a tree");
}

#[test]
fn real_pages_are_read_as_a_tree_reads_them() {
    let Some(folder) = thresh_testkit::shared_dir("data/wcxb/dev/html") else {
        eprintln!("SKIPPED: no shared pages");
        return;
    };
    let (pages, left) = compare(&folder);
    assert!(pages > 0, "no page below {}", folder.display());
    eprintln!("{pages} pages, {left} need a tree");
    assert!(left * 2 < pages, "{left} of {pages} pages need a tree");
}
