//! Each source of metadata, on its own.

mod common;

use common::*;
use thresh_types::Source;

fn bare(html: &str) -> thresh_types::Metadata {
    page(html, &Around::default())
}

#[test]
fn json_ld_in_a_graph_with_references() {
    let m = bare(
        r##"<title>Crews ask for help</title><h1>Crews ask for help</h1><script type="application/ld+json">{"@context":"https://schema.org","@graph":[
        {"@type":"NewsArticle","headline":"Crews ask for help","datePublished":"2019-03-04T09:00:00+01:00","dateModified":"2019-03-05","author":[{"@id":"#a"},{"@type":"Person","name":"Ivo Marić"}],
         "publisher":{"@type":"Organization","name":"Harbour Union"},"inLanguage":"en","keywords":["ships","crews"],"license":"https://a.example/licence"},
        {"@type":"Person","@id":"#a","name":"Ana Petrović"},{"@type":"WebSite","name":"Harbour Union"}]}</script>"##,
    );
    assert_eq!(
        (title(&m), author(&m)),
        (Some("Crews ask for help"), Some("Ana Petrović; Ivo Marić"))
    );
    assert_eq!(
        (date(&m).as_deref(), modified(&m).as_deref()),
        (Some("2019-03-04"), Some("2019-03-05"))
    );
    assert_eq!(m.publisher.unwrap().value, "Harbour Union");
    assert_eq!(m.site_name.unwrap().value, "Harbour Union");
    assert_eq!(m.licence.unwrap().value, "https://a.example/licence");
    assert_eq!(m.tags, ["ships", "crews"]);
}

#[test]
fn open_graph_and_article_properties() {
    let m = bare(
        r#"<html lang="en-GB"><meta property="og:title" content="Crews ask for help | Harbour Union"><meta property="og:site_name" content="Harbour Union">
        <meta property="article:published_time" content="2019-03-04T09:00:00Z"><meta property="article:modified_time" content="2019-04-01">
        <meta property="article:author" content="https://social.example/ana"><meta property="article:tag" content="Ships, crews">"#,
    );
    assert_eq!((title(&m), author(&m)), (Some("Crews ask for help"), None));
    assert_eq!(
        (date(&m).as_deref(), modified(&m).as_deref()),
        (Some("2019-03-04"), Some("2019-04-01"))
    );
    assert_eq!(m.tags, ["Ships, crews"]);
    assert_eq!(m.date.unwrap().source, Source::OpenGraph);
}

#[test]
fn dublin_core_and_highwire() {
    let m = bare(
        r#"<meta name="DC.title" content="Safe Ports"><meta name="DCTERMS.issued" content="2017-05"><meta name="DC.creator" content="Ana Petrović">
        <meta name="DC.publisher" content="Harbour Union"><meta name="DC.rights" content="CC BY 4.0"><meta name="DC.type" content="Report"><meta name="DC.language" content="en">"#,
    );
    assert_eq!(
        (title(&m), author(&m), date(&m).as_deref()),
        (Some("Safe Ports"), Some("Ana Petrović"), Some("2017-05"))
    );
    assert_eq!(
        (m.licence.unwrap().value, m.doc_type.unwrap().value),
        ("CC BY 4.0".to_owned(), "report".to_owned())
    );
    let m = bare(
        r#"<meta name="citation_title" content="Work at Sea"><meta name="citation_author" content="Ana Petrović"><meta name="citation_author" content="Ivo Marić">
        <meta name="citation_publication_date" content="2016/11/03"><meta name="citation_publisher" content="Quay Press">"#,
    );
    assert_eq!(
        (title(&m), author(&m), date(&m).as_deref()),
        (
            Some("Work at Sea"),
            Some("Ana Petrović; Ivo Marić"),
            Some("2016-11-03")
        )
    );
}

#[test]
fn drupal_rows_and_body_classes() {
    let m = bare(
        r#"<body class="node-type-spot-report"><h1 class="page-title">Shots near the bridge</h1><div><div>Publishing date: 6 June 2023</div>
        <div>Content type: Press release</div><div>What we do: Policing, Elections</div></div>"#,
    );
    assert_eq!(
        (title(&m), date(&m).as_deref()),
        (Some("Shots near the bridge"), Some("2023-06-06"))
    );
    assert_eq!(m.doc_type.unwrap().value, "press-release");
    assert_eq!(m.tags, ["Policing", "Elections"]);
}

#[test]
fn wordpress_marks() {
    let m = bare(
        r#"<body class="single-post postid-1563"><article><h1 class="entry-title">Crews ask for help</h1><div class="entry-meta">
        <time class="entry-date published" datetime="2018-02-20T10:00:00+00:00">February 20, 2018</time><time class="updated" datetime="2018-03-01">March 1, 2018</time>
        <span class="author vcard">By Ana Petrović</span></div><p>text</p><a rel="tag" href="/t/ships">Ships</a></article>"#,
    );
    assert_eq!(
        (title(&m), author(&m)),
        (Some("Crews ask for help"), Some("Ana Petrović"))
    );
    assert_eq!(
        (date(&m).as_deref(), modified(&m).as_deref()),
        (Some("2018-02-20"), Some("2018-03-01"))
    );
    assert_eq!(m.tags, ["Ships"]);
    assert_eq!(m.doc_type.unwrap().value, "blog-post");
}

#[test]
fn wix_hooks_beat_a_headline_that_was_cut() {
    let whole = "Crews of forty ships ask the ports of the northern and southern coast for help with unpaid wages and papers that were held back";
    let cut: String = whole.chars().take(110).collect();
    let m = bare(&format!(
        r#"<meta property="og:title" content="{whole}"><h1 data-hook="post-title"><span>{whole}</span></h1><span data-hook="time-ago" title="Jul 9, 2021">Jul 9, 2021</span>
        <script type="application/ld+json">{{"@type":"BlogPosting","headline":"{cut}","author":{{"name":"Ana Petrović"}}}}</script>"#
    ));
    assert_eq!(
        (title(&m), date(&m).as_deref()),
        (Some(whole), Some("2021-07-09"))
    );
    let only_sharing = bare(&format!(
        r#"<meta property="og:title" content="{whole}"><script type="application/ld+json">{{"@type":"BlogPosting","headline":"{cut}"}}</script>"#
    ));
    assert_eq!(title(&only_sharing), Some(whole));
}

#[test]
fn headers_and_address() {
    let around = Around {
        url: Some("https://a.example/ru/2018/02/20/zagolovok"),
        fetched_at: Some("2021-01-01T00:00:00Z"),
        ..Around::default()
    };
    let mut parsed = thresh_page::Page::parse(
        "<h1>Заголовок</h1>",
        Some(url("https://a.example/ru/2018/02/20/zagolovok")),
    );
    parsed.headers = vec![
        (
            "Last-Modified".to_owned(),
            "Tue, 06 Mar 2018 10:00:00 GMT".to_owned(),
        ),
        ("Content-Language".to_owned(), "ru".to_owned()),
    ];
    let m = decide(
        &thresh_metadata_extractor::gather(&parsed),
        &clean(vec![]),
        &around,
    );
    assert_eq!(
        (date(&m).as_deref(), modified(&m).as_deref()),
        (Some("2018-02-20"), Some("2018-03-06"))
    );
    assert_eq!(m.language.unwrap().value, "ru");
}

#[test]
fn a_header_of_the_day_of_the_fetch_says_nothing() {
    let around = Around {
        fetched_at: Some("2018-03-06T11:00:00Z"),
        ..Around::default()
    };
    let mut parsed = thresh_page::Page::parse("<h1>Title of the page</h1>", None);
    parsed.headers = vec![(
        "Last-Modified".to_owned(),
        "Tue, 06 Mar 2018 10:00:00 GMT".to_owned(),
    )];
    assert_eq!(
        modified(&decide(
            &thresh_metadata_extractor::gather(&parsed),
            &clean(vec![]),
            &around
        )),
        None
    );
}

#[test]
fn files_languages_and_addresses_of_the_page() {
    let around = Around {
        url: Some("https://www.a.example/en/node/451132"),
        ..Around::default()
    };
    let m = page(
        r#"<link rel="canonical" href="/en/node/451132"><link rel="alternate" hreflang="fr" href="/fr/node/451132"><link rel="alternate" hreflang="x-default" href="/node/1">
        <nav><a href="/ru/node/451132">Русский</a><a href="/uk/node/1">Українська</a><a href="/menu.pdf">Menu</a></nav>
        <main><h1>Safe ports</h1><p><a href="/files/f/documents/a/b/451132.pdf?download">Download the report</a> <a href="report.DOCX">Word</a>
        <a href="/get/7">DOWNLOAD</a> <a href="/about">About</a> <a rel="license" href="https://creativecommons.org/licenses/by/4.0/">CC</a></p></main>"#,
        &around,
    );
    let files: Vec<_> = m
        .attachments
        .iter()
        .map(|a| (a.url.as_str(), a.media_type.as_deref()))
        .collect();
    assert_eq!(
        files[0],
        (
            "https://www.a.example/files/f/documents/a/b/451132.pdf?download",
            Some("application/pdf")
        )
    );
    assert_eq!(files[1].0, "https://www.a.example/en/node/report.DOCX");
    assert_eq!(files[2], ("https://www.a.example/get/7", None));
    assert_eq!(files.len(), 3);
    let languages: Vec<_> = m.translations.iter().map(|t| t.language.as_str()).collect();
    assert_eq!(languages, ["fr", "ru"]);
    assert_eq!(
        m.canonical_url.unwrap().value,
        "https://www.a.example/en/node/451132"
    );
    assert_eq!(
        m.licence.unwrap().value,
        "https://creativecommons.org/licenses/by/4.0/"
    );
}

#[test]
fn a_text_alone() {
    let m = text(&format!(
        "Crews ask for help in Skopje\nSkopje, 4.10.2012 - {PROSE}\n{PROSE}"
    ));
    assert_eq!(
        (title(&m), date(&m).as_deref()),
        (Some("Crews ask for help in Skopje"), Some("2012-10-04"))
    );
    assert_eq!(m.dateline.unwrap().value.place.as_deref(), Some("Skopje"));
    assert_eq!(m.doc_type.unwrap().value, "press-release");
    assert_eq!(m.language.unwrap().value, "en");
}

#[test]
fn a_resource_card_takes_title_publisher_and_year_from_its_citation() {
    let m = text(&format!(
        "{PROSE}\nForced Work at Sea: A Handbook - Office of the Envoy for Safe Ports, 2019 DOWNLOAD\npost\npage"
    ));
    assert_eq!(
        (title(&m), date(&m).as_deref(), author(&m)),
        (Some("Forced Work at Sea: A Handbook"), Some("2019"), None)
    );
    assert_eq!(
        m.publisher.unwrap().value,
        "Office of the Envoy for Safe Ports"
    );
    assert_eq!(m.doc_type.unwrap().value, "resource-card");
    assert_eq!(m.citation.unwrap().value.year, Some(2019));
}

#[test]
fn numbers_of_the_document_stand_before_those_it_mentions() {
    let m = text(&format!(
        "Decision on safe ports\nPC.DEC/557/Rev.1\n{PROSE} See also A/RES/64/293 and the report GRETA(2012)13.\n{PROSE}"
    ));
    let numbers: Vec<_> = m
        .doc_numbers
        .iter()
        .map(|e| (e.value.as_str(), e.confidence > 50))
        .collect();
    assert_eq!(
        numbers,
        [
            ("PC.DEC/557/Rev.1", true),
            ("A/RES/64/293", false),
            ("GRETA(2012)13", false)
        ]
    );
    assert_eq!(m.doc_type.unwrap().value, "decision");
}
