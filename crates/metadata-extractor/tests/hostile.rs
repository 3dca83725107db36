//! Pages that nobody writes and somebody sends: each must end, and what was cut is said.

mod common;

use common::{Around, gathered, page};
use thresh_metadata_extractor::dates;

/// What all of these pages say at their start.
const HEAD: &str = "<html lang=en><title>Safe ports | Harbour Union</title><h1>Safe ports</h1>";

#[test]
fn pages_made_to_be_dear_are_page() {
    let shapes = [
        ("divs", "<div class='x'>".repeat(50_000)),
        ("bold", "<p><b>text".repeat(10_000)),
        ("links", "<a href='/x/y.html'>link</a>".repeat(10_000)),
        ("files", "<a href='/x/y.pdf'>download</a>".repeat(5_000)),
        (
            "dates",
            "<p class=date>Published: 1 January 2020 by A B</p>".repeat(5_000),
        ),
        (
            "bylines",
            "<p class=author>By Ana Petrović, Ivo Marić and others</p>".repeat(5_000),
        ),
        ("headings", "<h1>Safe ports</h1>".repeat(5_000)),
        (
            "metas",
            "<meta name=author content='Ana Petrović'><meta property=article:tag content=x>"
                .repeat(5_000),
        ),
        (
            "objects",
            format!(
                "<script type='application/ld+json'>[{}{{}}]</script>",
                "{\"@type\":\"Article\",\"headline\":\"Another\"},".repeat(5_000)
            ),
        ),
        (
            "open objects",
            format!(
                "<script type='application/ld+json'>{}</script>",
                "[{\"a\":".repeat(50_000)
            ),
        ),
        ("one line", format!("<p>{}", "by - , 2019 ".repeat(50_000))),
    ];
    for (name, shape) in shapes {
        let metadata = page(&format!("{HEAD}{shape}"), &Around::default());
        let title = metadata.title.map(|e| e.value);
        assert_eq!(title.as_deref(), Some("Safe ports"), "{name}");
    }
}

#[test]
fn what_was_cut_is_said() {
    let deep = format!("{HEAD}{}text", "<div>".repeat(5_000));
    let metadata = page(&deep, &Around::default());
    assert!(
        metadata
            .warnings
            .iter()
            .any(|w| w.contains("nested deeper")),
        "{:?}",
        metadata.warnings
    );
    assert!(gathered(HEAD, &Around::default()).cut.is_empty());
}

#[test]
fn a_long_text_without_dates_has_none() {
    let text = "a word, 12 of them and 3 - 4, or so ".repeat(20_000);
    assert!(dates::find(&text, None).is_empty());
    assert!(dates::dateline(&text, Some("en")).is_none());
}
