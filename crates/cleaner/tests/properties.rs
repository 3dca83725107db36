//! What holds for any input.

mod support;

use proptest::prelude::*;
use support::{clean_html, clean_text, cleaned, parse};
use thresh_cleaner::{Pack, segment_text, to_markdown, to_text};
use thresh_types::Block;

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
        Just(
            "traf\u{AD}fic \u{200B} \u{202A}left\u{202C} 10\u{A0}May e\u{FB03}cient donâ€™t"
                .to_owned()
        ),
        Just("of states5, of missions6 and of fora7; as said".to_owned()),
        Just("Write to [email protected] {{ page.title }} today [caption id=\"a\"]".to_owned()),
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

/// Returns whether the characters of `part`, white space aside, stand in `whole` in the same order.
fn is_part_of(part: &str, whole: &str) -> bool {
    let mut whole = whole.chars();
    part.chars()
        .filter(|c| !c.is_whitespace())
        .all(|c| whole.any(|other| other == c))
}

/// The text of a block with its repairs undone, the last first.
fn undone(block: &Block) -> Option<String> {
    let mut repairs = block.repairs.iter().rev();
    repairs.try_fold(block.text.clone(), |text, repair| repair.undo(&text))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn what_was_cleaned_is_clean(text in page_text()) {
        let once = clean_text(&text);
        prop_assert_eq!(&clean_text(&once), &once);
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
    fn the_same_page_gives_the_same_answer(html in markup()) {
        let (a, b) = (clean_html(&html), clean_html(&html));
        prop_assert_eq!(a, b);
        let page = parse(&html);
        let copy = serde_json::from_str(&serde_json::to_string(&page).unwrap()).unwrap();
        prop_assert_eq!(page, copy);
    }

    #[test]
    fn with_repairs_undone_each_text_is_a_part_of_the_input(text in page_text()) {
        let page = segment_text(&text);
        let cleaned = cleaned(&page, None);
        for (raw, block) in page.blocks.iter().zip(&cleaned.text.blocks) {
            prop_assert_eq!(undone(block), Some(raw.text.clone()), "{:?}", block.repairs);
            prop_assert!(is_part_of(&raw.text, &text), "{:?} of {:?}", raw.text, text);
        }
    }

    #[test]
    fn repairs_of_markup_are_undone_too(html in markup()) {
        let page = parse(&html);
        for (raw, block) in page.blocks.iter().zip(&clean_html(&html).text.blocks) {
            prop_assert_eq!(undone(block), Some(raw.text.clone()), "{:?}", block.repairs);
        }
    }

    #[test]
    fn threads_do_not_matter(pages in proptest::collection::vec(markup(), 4)) {
        let alone: Vec<_> = pages.iter().map(|page| clean_html(page)).collect();
        let beside: Vec<_> = std::thread::scope(|scope| {
            let work: Vec<_> = pages.iter().map(|page| scope.spawn(|| clean_html(page))).collect();
            work.into_iter().map(|thread| thread.join().unwrap()).collect()
        });
        prop_assert_eq!(alone, beside);
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

/// Pages that nobody writes: each must end, say what it holds and lose nothing that is within the bounds.
#[test]
fn pages_made_to_be_dear_are_read() {
    let shapes: [(&str, String); 9] = [
        ("inline", format!("<p>{}kept words", "<b>".repeat(50_000))),
        ("lists", "<ul><li>kept words".repeat(5_000)),
        ("tables", "<table><tr><td>kept words".repeat(3_000)),
        (
            "siblings",
            format!("<p>{}kept words", "<i>x</i>".repeat(50_000)),
        ),
        (
            "breaks",
            format!("<p>kept words here.{}", "<br><br>x".repeat(20_000)),
        ),
        (
            "wide",
            format!(
                "<table><tr>{}<td>kept words</table>",
                "<td>1</td>".repeat(20_000)
            ),
        ),
        (
            "attribute",
            format!("<p title='{}'>kept words", "a ".repeat(2_000_000)),
        ),
        (
            "classes",
            format!("<div class='{}'><p>kept words", "c1 c2 ".repeat(200_000)),
        ),
        (
            "script",
            format!(
                "<script>{}</script><p>kept words",
                "</scrip</script".repeat(50_000)
            ),
        ),
    ];
    for (name, html) in shapes {
        let page = parse(&html);
        let found = page.blocks.iter().any(|b| b.text.contains("kept words"));
        assert!(found, "{name}: {} blocks", page.blocks.len());
        let cleaned = cleaned(&page, None);
        assert_eq!(cleaned.text.blocks.len(), page.blocks.len(), "{name}");
    }
}
