//! What holds of every page.

mod common;

use common::*;
use proptest::prelude::*;
use thresh_metadata_extractor::{gather, gather_text};
use thresh_page::Page;

fn fragment() -> impl Strategy<Value = String> {
    prop_oneof![
        "\\PC{0,30}",
        Just("<h1>Safe ports".to_owned()),
        Just("<time datetime=2020-01-01>".to_owned()),
        Just("<div class='date author comment'>By Ana Petrović 3/4/2020".to_owned()),
        Just("<meta property=og:title content='Safe ports | A'>".to_owned()),
        Just("<script type=application/ld+json>[{\"@type\":\"Article\",\"author\":[{}],\"headline\":[1]}".to_owned()),
        Just("</script></div>".to_owned()),
        Just("<a href='x.pdf?download' rel='tag license'>DOWNLOAD</a>".to_owned()),
        Just("<svg><title>x</title></svg><link rel=canonical href='::'>".to_owned()),
        Just("Title of a work - Some Office, 2021 DOWNLOAD<br>TAGS: a, b".to_owned()),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(120))]

    #[test]
    fn any_page_is_described_and_twice_alike(parts in prop::collection::vec(fragment(), 0..12)) {
        let html = parts.concat();
        let around = Around { url: Some("https://a.example/en/2020/01/x"), fetched_at: Some("2021-01-01T00:00:00Z"), ..Around::default() };
        let text = clean(parts.iter().map(|p| kept(p)).collect());
        let first = decide(&gathered(&html, &around), &text, &around);
        prop_assert_eq!(&first, &decide(&gathered(&html, &around), &text, &around));
        if let Some(date) = first.date {
            prop_assert!(date.value.year() >= 1973 && date.value.year() <= 2021);
        }
    }

    #[test]
    fn any_bytes_are_described(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let text = String::from_utf8_lossy(&bytes);
        let _ = page(&text, &Around::default());
        let _ = decide(&gather_text(&text, None), &clean(vec![kept(&text)]), &Around::default());
    }

    #[test]
    fn the_order_of_attributes_and_scripts_does_not_matter(swap in any::<bool>(), order in Just(vec![0usize, 1, 2]).prop_shuffle()) {
        let scripts = [
            r#"{"@type":"NewsArticle","headline":"Safe ports","datePublished":"2020-01-01","author":"Ana Petrović","keywords":"a,b"}"#,
            r#"{"@type":"WebPage","name":"Safe ports","datePublished":"2019-12-31"}"#,
            r#"{"@type":"WebSite","name":"Harbour Union"}"#,
        ];
        let build = |swap: bool, order: &[usize]| {
            let meta = if swap { r#"<meta content="Safe ports" property="og:title"><time datetime="2020-01-01" class="published">"# } else { r#"<meta property="og:title" content="Safe ports"><time class="published" datetime="2020-01-01">"# };
            let scripts: String = order.iter().map(|&i| format!(r#"<script type="application/ld+json">{}</script>"#, scripts[i])).collect();
            format!("<html><head>{scripts}</head><body><h1>Safe ports</h1>{meta}1 January 2020</time>")
        };
        prop_assert_eq!(page(&build(swap, &order), &Around::default()), page(&build(false, &[0, 1, 2]), &Around::default()));
    }
}

#[test]
fn deep_nesting_costs_linear_time_and_no_stack() {
    let depth = 20_000;
    let html = format!(
        "<h1>Safe ports</h1>{}1 May 2020{}",
        "<div class='date author'>".repeat(depth),
        "</div>".repeat(depth)
    );
    let gathered = gather(&Page::parse(&html, None));
    assert!(!gathered.candidates.is_empty());
}

#[test]
fn what_was_gathered_reads_back_from_json() {
    let gathered = gathered(
        "<h1>Safe ports</h1><a href='https://a.example/x.pdf'>x</a>",
        &Around::default(),
    );
    let json = serde_json::to_string(&gathered).unwrap();
    assert_eq!(
        serde_json::from_str::<thresh_metadata_extractor::Gathered>(&json).unwrap(),
        gathered
    );
    assert_eq!(gathered.titles(), ["Safe ports"]);
}
