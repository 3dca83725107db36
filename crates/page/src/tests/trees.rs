//! Trees are those of html5ever, and no input is dear.

use std::time::{Duration, Instant};

use html5ever::driver::{self, ParseOpts};
use html5ever::tendril::TendrilSink;
use html5ever::tree_builder::TreeBuilderOpts;
use proptest::prelude::*;
use scraper::{Html, HtmlTreeSink, Selector};

use super::page;
use crate::{Budget, Page};

/// Far more than a bomb of some megabytes takes, far less than a quadratic step would.
const SOON: Duration = Duration::from_secs(120);

/// Unoptimised code is given bombs of a tenth of the size.
const SCALE: usize = if cfg!(debug_assertions) { 10 } else { 1 };

pub(super) fn plainly(html: &str) -> Html {
    let options = ParseOpts {
        tree_builder: TreeBuilderOpts {
            scripting_enabled: false,
            ..TreeBuilderOpts::default()
        },
        ..ParseOpts::default()
    };
    driver::parse_document(HtmlTreeSink::new(Html::new_document()), options).one(html)
}

fn soon(html: &str) -> Page {
    let start = Instant::now();
    let page = page(html);
    let links = page.links(1000);
    assert!(links.len() <= 1000);
    page.directives("us");
    assert!(
        start.elapsed() < SOON,
        "{:?} for {} bytes",
        start.elapsed(),
        html.len()
    );
    page
}

fn depth(page: &Page) -> usize {
    let mut deepest = 0;
    let mut depth = 0_usize;
    for edge in page.html.tree.root().traverse() {
        match edge {
            ego_tree::iter::Edge::Open(_) => depth += 1,
            ego_tree::iter::Edge::Close(_) => depth -= 1,
        }
        deepest = deepest.max(depth);
    }
    deepest
}

fn count(page: &Page, selector: &str) -> usize {
    page.html
        .select(&Selector::parse(selector).unwrap())
        .count()
}

#[test]
fn noscript_holds_elements() {
    let page = page("<body><noscript><p>A <a href=/x>post</a></p></noscript>");
    assert_eq!(count(&page, "noscript > p > a"), 1);
    assert_eq!(page.links(9).len(), 1);
}

#[test]
fn every_state_of_the_tokenizer_is_followed() {
    for html in [
        "<script>if (a<b && c</d) '</scr' + '</script x=1>' <p>after",
        "<script><!--<script>'</script a=1>'--></script><p>after",
        "<script><!-- <b 'x </script><a b='>' c=\">\" d>after",
        "<title>a<b></title ><textarea>\n<p></textarea/><p>after",
        "<style>a>b{}</style\n><xmp><i></xmp><plaintext></plaintext><b>",
        "<svg><![CDATA[<x \"]]><a title='>'>t</a></svg><![CDATA[<x \"]]><a title='>'>",
        "<svg><title><![CDATA[ > ]] > ]]]></title><script><b x='</script>'></b></script></svg>",
        "<!-- a > <b ' --><!-> <!--> <!---> <!--x--!> <? php > ' ?> </> </ x> <!doctype html><p>",
        "<a<b c='>'>x</a<b><a/b/c=d/e><a =x ==y \"'><a b = 'c>d' e = f>g",
        "<p a=1 a=2 b='&amp;&lt' c=&quot>&amp<b>&notit;</b>&am<i>p;",
        "<",
        "</",
        "<a",
        "</a",
        "<a b",
        "<a b='",
        "<!",
        "<!-",
        "<![CDATA[",
        "<script></script",
        "<script></",
        "\u{feff}<p>bom",
        "\u{feff}\u{feff}<p>\u{feff}boms<b>\u{feff}",
        "a\0b<\0><p\0 a\0=\0>",
        "a\r\nb\r<pre>\r\n\nc",
    ] {
        assert_eq!(page(html).html, plainly(html), "{html}");
        assert_eq!(page(html).cut, []);
    }
}

#[test]
fn two_hundred_thousand_nested_elements_are_flattened() {
    for element in [
        "div",
        "b",
        "x-y",
        "font color=red",
        "table><tr><td",
        "ul><li",
        "svg",
        "section><a href=#",
    ] {
        let html = format!("<{element}>x").repeat(200_000);
        let page = soon(&html);
        assert!(depth(&page) < 2000, "{element}: {}", depth(&page));
        assert!(page.cut.contains(&Budget::Depth), "{element}");
        let text: usize = page.html.root_element().text().map(str::len).sum();
        assert!(
            page.cut.contains(&Budget::Size) || text >= 200_000,
            "{element}: {text}"
        );
    }
}

#[test]
fn what_follows_a_deep_part_is_whole() {
    let deep = format!("{}x{}", "<div>".repeat(3000), "</div>".repeat(3000));
    let page = soon(&format!(
        "<main>{deep}<p id=end>after<script>'<i>'</script></p></main>"
    ));
    assert_eq!(count(&page, "main > p#end"), 1);
    assert_eq!(count(&page, "i"), 0);
    assert_eq!(page.cut, [Budget::Depth]);
}

#[test]
fn leaves_are_kept_at_any_depth() {
    let page = soon(&format!(
        "{}<script>var x = '<i>';</script><br>text",
        "<div>".repeat(3000)
    ));
    assert_eq!(
        (
            count(&page, "script"),
            count(&page, "i"),
            count(&page, "br")
        ),
        (1, 0, 1)
    );
}

#[test]
fn a_million_attributes_are_cut() {
    let attributes: String = (0..1_000_000).map(|n| format!(" a{n}=\"{n}>\"")).collect();
    for html in [
        format!("<p{attributes}>after"),
        format!("<p>t</p{attributes}>after"),
        format!("<script>'</b 'x</script{attributes}><p>after"),
        format!("<svg><![CDATA[<x \"]]><p{attributes}>after"),
        format!("<!--<p '--></><p{attributes}>after"),
    ] {
        let page = soon(&html);
        assert_eq!(page.cut, [Budget::Attributes]);
        let most = page.elements().map(|e| e.value().attrs().count()).max();
        assert!(most <= Some(crate::tag::MAX_ATTRIBUTES));
        assert!(page.html.root_element().text().any(|text| text == "after"));
    }
}

#[test]
fn long_values_and_comments_are_not_attributes() {
    let long = "a 'b /c ".repeat(100_000);
    let page = soon(&format!(
        "<!--{long}> --><p title=\"{long}\">x</p><script>{long}</script>"
    ));
    assert_eq!(page.cut, []);
    let p = page.elements().find(|e| e.value().name() == "p").unwrap();
    assert_eq!(p.value().attr("title"), Some(&long[..]));
}

#[test]
fn fifty_megabytes_of_text_are_one_page() {
    let page = soon(&"A sentence of <b>text & words</b> with a < b. ".repeat(1_100_000 / SCALE));
    assert!(page.html.tree.values().len() > 1000);
    let page = soon(&"just words & no tags, a < b; ".repeat(1_800_000 / SCALE));
    assert_eq!(page.cut, []);
}

#[test]
fn reopened_formatting_does_not_multiply() {
    let fonts: String = (0..200).map(|n| format!("<p><font a{n}=1 b=2>")).collect();
    let page = soon(&format!("{fonts}{}", "<p>x".repeat(1_000_000 / SCALE)));
    assert!(page.cut.contains(&Budget::Size));
    let many: String = (0..500).map(|n| format!(" a{n}")).collect();
    let page = soon(&format!(
        "<b{many}>{}",
        "<p><table><td><b x>y".repeat(100_000)
    ));
    assert!(!page.cut.is_empty());
}

#[test]
fn stray_end_tags_are_cheap() {
    soon(&format!(
        "{}{}",
        "<b>".repeat(500),
        "</p></i></x></table>".repeat(300_000 / SCALE)
    ));
}

#[test]
fn templates_are_left_out() {
    let page = page("<template><a href=/in>x</a></template><a href=/out>y</a>");
    let links = page.links(9);
    assert_eq!(links.len(), 1);
    assert_eq!(links[0].url.as_str(), "https://a.example/out");
}

/// Pieces of markup that bring the tokenizer and the tree builder into every state.
fn piece() -> impl Strategy<Value = String> {
    prop_oneof![
        proptest::sample::select(vec![
            "<p>",
            "</p>",
            "<b>",
            "</b>",
            "<a href=x>",
            "</a>",
            "<table>",
            "<tr>",
            "<td>",
            "</td>",
            "</table>",
            "<script>",
            "</script>",
            "</script x>",
            "<!--",
            "-->",
            "--!>",
            "<![CDATA[",
            "]]>",
            "<svg>",
            "</svg>",
            "<math>",
            "<mi>",
            "<title>",
            "</title>",
            "<textarea>",
            "</textarea>",
            "<style>",
            "</style>",
            "<select>",
            "<option>",
            "</select>",
            "<template>",
            "</template>",
            "<noscript>",
            "</noscript>",
            "<form>",
            "</form>",
            "<frameset>",
            "<body>",
            "</body>",
            "</html>",
            "<head>",
            "<!doctype html>",
            "<?x",
            "</>",
            "<br/>",
            "<li>",
            "<button>",
            "</button>",
            "<nobr>",
            "<font size=1>",
            "<plaintext>",
            "<image>",
            "<isindex>",
            "<foreignObject>",
            "<applet>",
            "</applet>",
            "<caption>",
            "<col>",
            "<input type=hidden>",
            "<hr>",
            "<h1>",
            "</h2>",
            "<dd>",
            "&amp;",
            "&",
            "<",
            ">",
            "'",
            "\"",
            " a=",
            "/",
            "=",
            "\0",
            "\n",
            "x",
            "é",
            "<b a='",
            "<i \"",
            "<x y=z",
        ])
        .prop_map(str::to_owned),
        "[a-z<>/!?'\"= &;\\-]{0,6}",
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn the_tree_is_that_of_html5ever(pieces in proptest::collection::vec(piece(), 0..40)) {
        let html = pieces.concat();
        let page = page(&html);
        prop_assert_eq!(&page.html, &plainly(&html));
        prop_assert_eq!(&page.cut, &vec![]);
        page.links(10);
        page.directives("us");
        page.declared_language();
    }

    #[test]
    fn any_bytes_are_read_or_refused(bytes in proptest::collection::vec(any::<u8>(), 0..300), content_type in ".{0,40}") {
        let raw = crate::Raw { url: None, headers: &[], content_type: Some(&content_type), body: &bytes };
        let _ = crate::read(raw);
        let raw = crate::Raw { content_type: Some("text/html"), ..raw };
        let _ = crate::read(raw);
    }
}
