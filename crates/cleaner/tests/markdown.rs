//! The Markdown of a page reads back, with a `CommonMark` reader that knows tables, as the page's text.

mod support;

use proptest::prelude::*;
use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd};
use support::parse;
use thresh_cleaner::{Segmentation, to_markdown, to_text};
use thresh_types::{Block, BlockKind, CleanText, Fate};

/// Every block of the page, kept.
fn whole(page: &Segmentation) -> CleanText {
    let blocks = page.blocks.iter().map(|raw| Block {
        kind: raw.kind,
        text: raw.text.clone(),
        markdown: raw.markdown.clone(),
        path: raw.path.clone(),
        anchor: raw.anchor,
        repairs: Vec::new(),
        fate: Fate::Kept { why: String::new() },
    });
    CleanText {
        blocks: blocks.collect(),
        warnings: Vec::new(),
    }
}

fn markdown(html: &str) -> String {
    to_markdown(&whole(&parse(html)))
}

/// What a reader sees: the text of all, and which kinds of structure it found.
fn read(markdown: &str) -> (String, Vec<&'static str>) {
    let (mut text, mut found) = (String::new(), Vec::new());
    for event in Parser::new_ext(markdown, Options::ENABLE_TABLES) {
        match event {
            Event::Text(t) | Event::Code(t) | Event::Html(t) | Event::InlineHtml(t) => {
                text.push_str(&t);
            }
            Event::SoftBreak | Event::HardBreak => text.push(' '),
            Event::Rule => found.push("rule"),
            Event::Start(tag) => found.extend(name(&tag)),
            Event::End(TagEnd::TableCell) => text.push('|'),
            Event::End(end) if !is_inline(end) => text.push('\n'),
            _ => {}
        }
    }
    (text, found)
}

fn is_inline(end: TagEnd) -> bool {
    matches!(
        end,
        TagEnd::Emphasis | TagEnd::Strong | TagEnd::Link | TagEnd::Image
    )
}

fn name(tag: &Tag<'_>) -> Option<&'static str> {
    Some(match tag {
        Tag::Heading { .. } => "heading",
        Tag::CodeBlock(_) => "code",
        Tag::BlockQuote(_) => "quote",
        Tag::List(_) => "list",
        Tag::Table(_) => "table",
        Tag::Image { .. } => "image",
        Tag::HtmlBlock => "html",
        _ => return None,
    })
}

/// What may not change: all but white space, and what parts cells and names definitions.
fn squeeze(text: &str) -> String {
    text.chars()
        .filter(|c| !c.is_whitespace() && !matches!(c, '|' | ':'))
        .collect()
}

/// Inline markup that need not make sense, of letters and of all that Markdown knows.
fn inline() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        3 => "[a-zA-Z ]{1,8}",
        2 => "[*_`~#>+=|!\\[\\]()\\\\&;:.0-9-]{1,4}",
        1 => Just(" ".to_owned()),
        1 => prop::sample::select(vec!["&lt;b&gt;", "&amp;amp;", "&#42;", "é", "„", "“", "—", "日本", "\u{a0}"]).prop_map(str::to_owned),
        4 => prop::sample::select(vec![
            "<b>", "</b>", "<i>", "</i>", "<em>", "</em>", "<code>", "</code>", "<a href='/x(1) y'>",
            "<a href='http://b.example/?a=1&copy;'>", "</a>", "<br>", "<sup>", "</sup>", "<span>", "</span>",
        ]).prop_map(str::to_owned),
    ];
    prop::collection::vec(piece, 1..14).prop_map(|pieces| pieces.concat())
}

/// Blocks around inline markup.
fn page() -> impl Strategy<Value = String> {
    let block = (0_usize..12, inline(), inline()).prop_map(|(shape, a, b)| match shape {
        0 => format!("<h2>{a}</h2>"),
        1 => format!("<ul><li>{a}<ol start=7><li>{b}</ol></ul>"),
        2 => format!("<ul><li><ul><li>{a}</ul>{b}</ul>"),
        3 => format!("<blockquote><p>{a}</p><footer>{b}</footer></blockquote>"),
        4 => {
            format!("<table><tr><th>x{a}<th>{b}<tr><td colspan=2>{b}<tr><td><td>{a}<td>{b}</table>")
        }
        5 => format!("<dl><dt>{a}<dd>{b}</dl>"),
        6 => format!("<figure><figcaption>{a}</figcaption></figure>"),
        7 => format!("<pre>{a}\n\n{b}</pre>"),
        _ => format!("<p>{a}</p><p>{b}</p>"),
    });
    prop::collection::vec(block, 1..5).prop_map(|blocks| blocks.concat())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(3000))]

    #[test]
    fn markdown_reads_back_as_the_text(html in page()) {
        let page = parse(&html);
        let all: String = page.blocks.iter().map(|b| squeeze(&b.text)).collect();
        let markdown = to_markdown(&whole(&page));
        let (text, found) = read(&markdown);
        prop_assert_eq!(squeeze(&text), all, "{}", markdown);
        for kind in ["rule", "image", "html"] {
            prop_assert!(!found.contains(&kind), "{} in {}", kind, markdown);
        }
        let count = |kind| found.iter().filter(|k| **k == kind).count();
        let wanted = |f: fn(BlockKind) -> bool| page.blocks.iter().filter(|b| f(b.kind)).count();
        prop_assert_eq!(count("heading"), wanted(|k| matches!(k, BlockKind::Heading(_))), "{}", markdown);
        prop_assert_eq!(count("code"), wanted(|k| k == BlockKind::Code), "{}", markdown);
    }

    #[test]
    fn any_text_is_one_paragraph_of_it(text in "[^\\s\u{0}\u{b}\u{c}|:<&][^\u{0}-\u{1f}\u{85}\u{2028}\u{2029}|:<&]{0,30}") {
        let page = parse(&format!("<p>{text}</p>"));
        let (read, found) = read(&to_markdown(&whole(&page)));
        let all: String = page.blocks.iter().map(|b| squeeze(&b.text)).collect();
        prop_assert_eq!(squeeze(&read), all);
        prop_assert!(found.is_empty(), "{:?}", found);
    }
}

#[test]
fn marks_are_written_where_they_are_read_as_marks() {
    let html = "<p>A <b>bold</b> and <i>slanted</i> word, <b>H</b>ello, CO<sub>2</sub>, <code>a|`b</code>, \
        <a href='/x?a=1'>a <em>link</em></a>, <b>“quoted”</b>text, <a href='#n'><code>f()</code></a>, 2 * 3 * 4 &amp;amp; snake_case!</p>";
    assert_eq!(
        markdown(html),
        "A **bold** and *slanted* word, Hello, CO2, ``a|`b``, [a *link*](https://site.example/x?a=1), “quoted”text, \
         [`f()`](https://site.example/section/page#n), 2 \\* 3 \\* 4 \\&amp; snake\\_case!\n"
    );
}

#[test]
fn tables_keep_their_columns() {
    let html = "<table><caption>Fees</caption><tr><th></th><th>Fee</th><th>From|to</th></tr>\
        <tr><td rowspan=2>Member</td><td>5</td><td>May</td></tr><tr><td colspan=2>none</td></tr>\
        <tr><td>a</td><td>b</td><td>c</td></tr></table>";
    assert_eq!(
        markdown(html),
        "*Fees*\n\n|  | Fee | From\\|to |\n| --- | --- | --- |\n| Member | 5 | May |\n|  | none |\n| a | b | c |\n"
    );
    assert_eq!(
        to_text(&whole(&parse(html))),
        "Fees\n\nFee | From|to\nMember | 5 | May\nnone\na | b | c\n"
    );
}

#[test]
fn lists_nest_under_the_text_of_their_items() {
    let html = "<ol start=9><li>nine<ul><li>a<ul><li>deep</ul></ul><li>ten<ul><li>b</ul></ol>\
        <ol reversed><li>two<li>one</ol><ul><li><ul><li>alone</ul></ul>";
    assert_eq!(
        markdown(html),
        "9. nine\n   - a\n     - deep\n10. ten\n    - b\n2. two\n1. one\n   - alone\n"
    );
}

#[test]
fn quotes_keep_their_paragraphs_and_speaker_together() {
    let html = "<blockquote><p>One.</p><p>Two.</p><footer>— <cite>Jane Doe</cite></footer></blockquote>\
        <blockquote><p>Another.</p></blockquote>";
    assert_eq!(
        markdown(html),
        "> One.\n>\n> Two.\n>\n> — Jane Doe\n\n> Another.\n"
    );
}

#[test]
fn code_is_kept_byte_for_byte() {
    let html = "<pre>\n  if a:\n\t\tb = '```'  \n\n</pre><pre><code>$ ls\n</code><button>Copy</button></pre>";
    assert_eq!(
        markdown(html),
        "````\n  if a:\n\t\tb = '```'  \n````\n\n```\n$ ls\n```\n"
    );
}

#[test]
fn labels_are_parted_and_words_are_not() {
    let text = |html: &str| to_text(&whole(&parse(html)));
    assert_eq!(
        text("<p><span>Guidance</span><span>Publications</span></p>"),
        "Guidance Publications\n"
    );
    assert_eq!(text("<p><a href=a>AI</a><a href=b>law</a></p>"), "AI law\n");
    assert_eq!(
        text("<p><b>H</b>ello H<sub>2</sub>O x<sup>2</sup> un<wbr>broken</p>"),
        "Hello H2O x2 unbroken\n"
    );
    assert_eq!(
        text("<p><code><span>os</span><span>Path</span></code></p>"),
        "osPath\n"
    );
    assert_eq!(
        text("<p>states<sup><a href='#n5'>56</a></sup>, said<sup><a href='#n6'>[6]</a></sup></p>"),
        "states 56, said[6]\n"
    );
}

#[test]
fn a_formula_is_written_once() {
    let text = |html: &str| to_text(&whole(&parse(html)));
    let katex = "<p>So <span class=katex><span class=katex-mathml><math><semantics><mrow><mi>x</mi></mrow>\
        <annotation encoding='application/x-tex'>x^2</annotation></semantics></math></span><span class=katex-html aria-hidden=true>x2</span></span>.</p>";
    assert_eq!(text(katex), "So x^2.\n");
    let wiki = "<p>So <span style='display: none'><math alttext='{\\displaystyle a+b}'><mi>a</mi></math></span>\
        <img class=math-image aria-hidden=true alt='{\\displaystyle a+b}'>.</p>";
    assert_eq!(text(wiki), "So a+b.\n");
    assert_eq!(
        text("<p>So <math><mi>a</mi><mo>=</mo><mn>1</mn></math>.</p>"),
        "So a=1.\n"
    );
}

/// An address or a tag of thousands of bytes around thousands of blocks is not repeated at each.
#[test]
fn what_comes_out_is_no_product_of_two_lengths() {
    let size = |html: &str| {
        let page = parse(html);
        serde_json::to_string(&page).unwrap().len() + to_markdown(&whole(&page)).len()
    };
    let (address, tag) = ("x".repeat(7000), "y".repeat(3000));
    let blocks = "<p>Some words.</p>".repeat(4000);
    let around = format!("<a href='/{address}'><my-{tag}>{blocks}");
    assert!(size(&around) < 50 * around.len());
    let deep = format!("{}<p>within</p>", "<div class=a><ul><li>".repeat(70_000));
    assert!(size(&deep) < deep.len());
}

/// Would take minutes if each mark looked at all others.
#[test]
fn a_paragraph_of_very_many_marks_is_written() {
    let many = 60_000;
    let html = format!(
        "<p>{}",
        "more <i>words</i> <a href=x>of</a> <code>it</code> ".repeat(many)
    );
    assert_eq!(markdown(&html).matches("*words*").count(), many);
}
