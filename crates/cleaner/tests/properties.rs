//! What holds for any input.

mod support;

use proptest::prelude::*;
use support::{clean_html, clean_text, cleaned, parse};
use thresh_cleaner::{Pack, segment_text, to_markdown, to_text};

/// Text of the kind that pages hold: words, punctuation, noise lines, empty lines.
fn page_text() -> impl Strategy<Value = String> {
    let line = prop_oneof![
        "[A-Za-zа-яéß ,.]{0,120}",
        Just("Recent Posts".to_owned()),
        Just("nav_menu_item".to_owned()),
        Just("post".to_owned()),
        Just("TAGS: Global".to_owned()),
        Just("A teaser of some words that breaks off in the mid...Read More".to_owned()),
        Just("- 2 -".to_owned()),
        Just("• an item of a list".to_owned()),
        Just("1. an item with a number".to_owned()),
        Just("pro- tect and co- operation".to_owned()),
        ".{0,40}",
    ];
    proptest::collection::vec(line, 0..30).prop_map(|lines| lines.join("\n"))
}

/// Markup that need not be well formed.
fn markup() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        "[a-zA-Z .]{0,60}",
        prop::sample::select(vec![
            "<p>",
            "</p>",
            "<div class='sidebar nav'>",
            "</div>",
            "<table>",
            "<tr>",
            "<td>",
            "</td>",
            "</table>",
            "<ul>",
            "<li>",
            "</ul>",
            "<a href='/x'>",
            "</a>",
            "<pre>",
            "</pre>",
            "<h2>",
            "</h2>",
            "<br>",
            "<br><br>",
            "<b>",
            "</i>",
            "<code>",
            "</code>",
            "<noscript>",
            "<svg>",
            "</svg>",
            "<blockquote>",
            "<dl><dt>",
            "<dd>",
            "<span>",
            "</span>",
            "<article hidden>",
            "</article>",
            "<main>",
            "&nbsp;",
            "<!--",
            "-->",
        ])
        .prop_map(str::to_owned),
        ".{0,20}",
    ];
    proptest::collection::vec(piece, 0..60).prop_map(|pieces| pieces.concat())
}

fn without_space(text: &str) -> String {
    text.chars().filter(|c| !c.is_whitespace()).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn any_text_is_cleaned_and_cleaning_again_keeps_it_readable(text in page_text()) {
        let once = clean_text(&text);
        let twice = clean_text(&once);
        prop_assert!(twice.len() <= once.len() + 8);
        let _ = to_markdown(&cleaned(&segment_text(&text), None).text);
    }

    #[test]
    fn any_markup_is_cleaned(html in markup()) {
        let cleaned = clean_html(&html);
        prop_assert!((0.0..=1.0).contains(&cleaned.removed_share));
        let _ = to_markdown(&cleaned.text);
        let text = to_text(&cleaned.text);
        prop_assert!(text.is_empty() || text.ends_with('\n'));
    }

    #[test]
    fn output_is_input_with_repairs_undone(text in page_text()) {
        let page = segment_text(&text);
        let cleaned = cleaned(&page, None);
        for (raw, block) in page.blocks.iter().zip(&cleaned.text.blocks) {
            if block.repairs.is_empty() {
                let plain = |t: &str| without_space(&t.replace(|c: char| ('\u{200E}'..='\u{202E}').contains(&c) || ('\u{2066}'..='\u{2069}').contains(&c), ""));
                prop_assert_eq!(plain(&block.text), plain(&raw.text));
            }
        }
    }

    #[test]
    fn the_same_page_gives_the_same_answer(html in markup()) {
        let (a, b) = (clean_html(&html), clean_html(&html));
        prop_assert_eq!(a, b);
        let page = parse(&html);
        let copy = serde_json::from_str(&serde_json::to_string(&page).unwrap()).unwrap();
        prop_assert_eq!(page, copy);
    }

    #[test]
    fn any_pack_is_read_or_refused_by_name(toml in ".{0,200}") {
        if let Err(error) = Pack::parse("mine", &toml) {
            prop_assert!(error.to_string().contains("mine"));
        }
    }
}

#[test]
fn deep_nesting_does_not_overflow() {
    let html = format!(
        "{}text in the depth{}",
        "<div><b>".repeat(60_000),
        "</b></div>".repeat(60_000)
    );
    let cleaned = clean_html(&html);
    assert!(to_text(&cleaned.text).contains("text in the depth"));
}

#[test]
fn many_blocks_take_linear_time() {
    let html =
        "<div><p>A sentence of some words stands here, and it ends.</p><a href='/x'>link</a></div>"
            .repeat(40_000);
    assert!(clean_html(&html).text.blocks.len() >= 80_000);
}
