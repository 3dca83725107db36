//! What misleads: dates and names of other things on the page.

mod common;

use common::*;
use thresh_metadata_extractor::{SiteCandidates, gather_text};

#[test]
fn the_date_of_a_promotion_is_not_the_pages() {
    let promo = "The Harbour Days on 4th March 2016 in Rome set out to start a talk on ships.";
    let m = text(&format!(
        "Facing the sea\nHarbour Days: Rethinking Ships\n{promo}\nLearn more\n{PROSE}\nIn 2015 the union met on 6 July 2015 in Vienna.\n{PROSE}"
    ));
    assert_eq!((title(&m), date(&m)), (Some("Facing the sea"), None));
}

#[test]
fn a_date_that_stands_only_in_dropped_cards_is_refused() {
    let html = "<main><h1>Safe ports</h1><div><time datetime='2016-03-04'>4 March 2016</time></div><p>text</p></main>";
    let gathered = gathered(html, &Around::default());
    let with = |fate: thresh_types::Block| {
        date(&decide(
            &gathered,
            &clean(vec![fate, kept(PROSE)]),
            &Around::default(),
        ))
    };
    assert_eq!(with(dropped("4 March 2016", "common/promo")), None);
    assert_eq!(
        with(dropped("4 March 2016", "common/date-line")).as_deref(),
        Some("2016-03-04")
    );
    assert_eq!(with(kept("4 March 2016")).as_deref(), Some("2016-03-04"));
}

#[test]
fn years_of_copyright_and_dates_in_prose_are_not_of_publication() {
    let m = page(
        "<h1>Safe ports</h1><p>On 9 July 2021 the union launched a paper on the safety of ports, and many came to hear of it in the old town hall.</p><div class='date'>© 4 May 2012 Harbour Union</div><footer>Copyright 2024</footer>",
        &Around::default(),
    );
    assert_eq!(date(&m), None);
}

#[test]
fn relative_dates_count_from_the_capture_and_only_as_changes_if_they_say_so() {
    let html = "<h1>Safe ports</h1><div class='meta'>Updated 2 hours ago</div>";
    let known = page(
        html,
        &Around {
            fetched_at: Some("2021-07-09T12:00:00Z"),
            ..Around::default()
        },
    );
    assert_eq!(
        (date(&known), modified(&known).as_deref()),
        (None, Some("2021-07-09"))
    );
    let unknown = page(html, &Around::default());
    assert_eq!((date(&unknown), modified(&unknown)), (None, None));
}

#[test]
fn dates_and_names_of_comments_and_related_pages_are_not_the_pages() {
    let m = page(
        r#"<main><article><h1>Safe ports</h1><p>text</p></article><section class="related-posts"><time datetime="2020-01-01">1 January 2020</time><span class="author">Ivo Marić</span></section>
        <div id="comments"><div class="comment"><span class="author">Lea Novak</span><time datetime="2020-02-02">2 February 2020</time></div></div>
        <aside><time datetime="2020-03-03">x</time></aside></main>"#,
        &Around::default(),
    );
    assert_eq!((date(&m), author(&m)), (None, None));
}

#[test]
fn structured_data_of_another_article_is_left_alone() {
    let around = Around {
        url: Some("https://a.example/safe-ports"),
        ..Around::default()
    };
    let m = page(
        r#"<title>Safe ports</title><h1>Safe ports</h1><script type="application/ld+json">{"@type":"NewsArticle","url":"https://a.example/other","headline":"A wholly different story","datePublished":"2020-01-01","author":{"name":"Ivo Marić"}}</script>"#,
        &around,
    );
    assert_eq!(
        (title(&m), date(&m), author(&m)),
        (Some("Safe ports"), None, None)
    );
    let nested = page(
        r#"<h1>Safe ports</h1><script type="application/ld+json">{"@type":"WebPage","name":"Safe ports","hasPart":{"@type":"NewsArticle","datePublished":"2020-01-01"},"mentions":[{"@type":"Article","datePublished":"2020-01-02"}]}</script>"#,
        &around,
    );
    assert_eq!(date(&nested), None);
}

#[test]
fn the_future_and_the_distant_past_are_refused() {
    let at = |day: &str| {
        date(&page(
            &format!(
                r#"<h1>Safe ports</h1><meta property="article:published_time" content="{day}">"#
            ),
            &Around {
                fetched_at: Some("2021-07-09T12:00:00Z"),
                ..Around::default()
            },
        ))
    };
    assert_eq!(at("2030-01-01"), None);
    assert_eq!(at("1970-01-01T00:00:00Z"), None);
    assert_eq!(at("2021-07-08").as_deref(), Some("2021-07-08"));
}

#[test]
fn an_ambiguous_date_keeps_its_year_until_the_site_proves_its_order() {
    let html = "<h1>Safe ports</h1><div class='published'>Published 07/06/2015</div>";
    assert_eq!(
        date(&page(html, &Around::default())).as_deref(),
        Some("2015")
    );
    let other = gathered(
        "<h1>Other</h1><div class='published'>Published 25/12/2014</div>",
        &Around::default(),
    );
    let site = SiteCandidates::build([&other]);
    assert_eq!(
        date(&page(
            html,
            &Around {
                recurring: Some(&site),
                ..Around::default()
            }
        ))
        .as_deref(),
        Some("2015-06-07")
    );
}

#[test]
fn what_most_pages_of_a_site_say_is_the_templates() {
    let html = |title: &str| {
        format!(
            "<title>{title} - Union of Harbours and Quays</title><h1>Harbours</h1><h2>{title}</h2><div class='date'>1 January 2020</div>"
        )
    };
    let pages: Vec<_> = ["Alpha ports", "Beta ports", "Gamma ports", "Delta ports"]
        .iter()
        .map(|t| gathered(&html(t), &Around::default()))
        .collect();
    let site = SiteCandidates::build(&pages);
    let m = page(
        &html("Alpha ports"),
        &Around {
            recurring: Some(&site),
            ..Around::default()
        },
    );
    assert_eq!((title(&m), date(&m)), (Some("Alpha ports"), None));
}

#[test]
fn tags_in_the_cards_of_other_pages_are_not_the_pages() {
    let cards = clean(vec![
        kept(PROSE),
        dropped("TAGS: Global", "wordpress/related-cards"),
        dropped("TAGS: Asia", "wordpress/related-cards"),
    ]);
    let gathered = gather_text("x", None);
    assert!(
        decide(&gathered, &cards, &Around::default())
            .tags
            .is_empty()
    );
    let own = clean(vec![
        kept(PROSE),
        kept("TAGS: Global, Asia"),
        dropped("TAGS: Europe", "wordpress/related-cards"),
    ]);
    assert_eq!(
        decide(&gathered, &own, &Around::default()).tags,
        ["Global", "Asia"]
    );
}

#[test]
fn a_citation_in_a_dropped_card_is_not_the_pages() {
    let card = "Forced Work at Sea: A Handbook - Office of the Envoy for Safe Ports, 2019 DOWNLOAD";
    let m = decide(
        &gather_text(&format!("{PROSE}\n{card}"), None),
        &clean(vec![kept(PROSE), dropped(card, "wordpress/related-cards")]),
        &Around::default(),
    );
    assert_eq!((m.citation, date_of(&m.date)), (None, None));
}

fn date_of(date: &Option<thresh_types::Evidence<thresh_types::PartialDate>>) -> Option<String> {
    date.as_ref().map(|e| e.value.to_string())
}

#[test]
fn dateline_and_page_that_disagree_are_shown_to_a_person() {
    let gathered = gathered(
        r#"<h1>Safe ports</h1><meta property="article:published_time" content="2020-05-05">"#,
        &Around::default(),
    );
    let m = decide(
        &gathered,
        &clean(vec![kept(&format!("Vienna, 6 July 2015 – {PROSE}"))]),
        &Around::default(),
    );
    assert_eq!(date(&m).as_deref(), Some("2015-07-06"));
    let markup = decide(
        &gathered,
        &clean(vec![
            kept(PROSE),
            kept(&format!("Vienna, 6 July 2015 – {PROSE}")),
            kept(&format!("Rome, 7 July 2015 – {PROSE}")),
        ]),
        &Around::default(),
    );
    assert_eq!(
        (date(&markup).as_deref(), markup.dateline.is_none()),
        (Some("2020-05-05"), true)
    );
}

#[test]
fn a_wrong_declaration_of_language_is_shown_to_a_person() {
    let m = page("<html lang='ru'><h1>Safe ports</h1>", &Around::default());
    assert_eq!(m.warnings.len(), 1);
    assert_eq!(m.language.unwrap().value, "en");
}

#[test]
fn an_address_on_another_host_is_only_a_hint() {
    let m = page(
        "<link rel=canonical href='https://mirror.example/x'><h1>Safe ports</h1>",
        &Around {
            url: Some("https://a.example/x"),
            ..Around::default()
        },
    );
    assert!(m.canonical_url.unwrap().confidence < 50);
    assert_eq!(m.warnings, [] as [String; 0], "no question for a person");
}

#[test]
fn accounts_addresses_and_the_site_itself_are_no_authors() {
    for name in [
        "admin",
        "Harbour Union",
        "press@union.example",
        "https://social.example/x",
    ] {
        let html = format!(r#"<h1>Safe ports</h1><meta name="author" content="{name}">"#);
        assert_eq!(
            author(&page(
                &html,
                &Around {
                    site: Some("Harbour Union"),
                    ..Around::default()
                }
            )),
            None,
            "{name}"
        );
    }
}
