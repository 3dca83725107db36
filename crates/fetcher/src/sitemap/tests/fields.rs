//! What stands in an entry: addresses, dates, news, translations.

use super::markup::{listed, of};
use super::*;

#[test]
fn addresses_are_read_as_they_were_meant() {
    let one = |written: &str| listed(of(&format!("<url><loc>{written}</loc></url>")).as_bytes());
    for (written, expected) in [
        (" \n\t https://a.example/x \r\n ", "/x"),
        ("\u{a0}https://a.example/x\u{3000}", "/x"),
        ("\u{feff}https://a.example/x\u{200b}", "/x"),
        ("https://a.example/x\n      y", "/xy"),
        ("<![CDATA[https://a.example/?a=1&b=2]]>", "/?a=1&b=2"),
        ("\n <![CDATA[ \n https://a.example/x ]]>\n", "/x"),
        ("https://a.example/<![CDATA[?a&b]]>", "/?a&b"),
        ("https://a.example/?a=1&amp;b=2", "/?a=1&b=2"),
        ("https://a.example/?a=1&#38;b=2&#x26;c", "/?a=1&b=2&c"),
        ("https://a.example/?a=1&b=2", "/?a=1&b=2"),
        ("https://a.example/?a=1&b=2;c=3", "/?a=1&b=2;c=3"),
        ("https://a.example/?a&", "/?a&"),
        ("https://a.example/it&apos;s&quot;", "/it's%22"),
        ("https://a.example/caf\u{e9}", "/caf%C3%A9"),
        ("https://a.example/a b", "/a%20b"),
        ("HTTPS://A.EXAMPLE:443/x#part", "/x"),
        ("/rooted", "/rooted"),
        ("//b.example/x", "https://b.example/x"),
        ("http://b.example/x", "http://b.example/x"),
        ("http://127.0.0.1/admin", "http://127.0.0.1/admin"),
        ("http://[::1]:8080/", "http://[::1]:8080/"),
        ("http:/b.example/x", "http://b.example/x"),
    ] {
        // An address in full, or its path and query at the origin.
        let expected = match expected.strip_prefix('/') {
            Some(path) => format!("https://a.example/{path}"),
            None => expected.to_owned(),
        };
        let found = one(written);
        let canonical: CanonicalUrl = expected.parse().unwrap();
        assert_eq!(found, [canonical.to_string()], "{written}");
    }
    for written in [
        "javascript:alert(1)",
        "file:///etc/passwd",
        "ftp://a.example/x",
        "mailto:a@b.example",
        "data:text/html,x",
        "gopher://a.example/",
        "www.a.example/x",
        "a.example:8080/x",
        "page.html",
        "http://",
        "https://[::1/",
        "http://a.example:99999/",
        "&entity;",
        "https://a.example/&entity;",
        "&nbsp;",
        "&#0;",
        "&#xd800;",
        "&#99999999999;",
    ] {
        assert_eq!(one(written), [""; 0], "{written}");
    }
    let long = format!("https://a.example/{}", "x".repeat(MAX_FIELD));
    assert_eq!(one(&long), [""; 0], "no half of a long address");
    let parted = format!("https://a.example/{}&amp;y", "x".repeat(MAX_FIELD - 18));
    assert_eq!(one(&parted), [""; 0], "no address with a part left out");
}

#[test]
fn dates_are_kept_as_written_and_other_hints_are_not_read() {
    for date in [
        "2024",
        "2024-05",
        "2024-05-01",
        "2024-05-01T10:00+02:00",
        "2024-05-01T10:00:00Z",
        "2024-05-01T10:00:00.123-05:00",
        "01/05/2024",
        "yesterday",
    ] {
        let file = of(&format!(
            "<url><loc>/a</loc><lastmod> {date}\n</lastmod><changefreq>often</changefreq><priority>9e9</priority></url>"
        ));
        let sitemap = parse(
            file.as_bytes(),
            &"https://a.example/".parse().unwrap(),
            Limits::default(),
        );
        assert_eq!(sitemap.urls[0].lastmod.as_deref(), Some(date));
        assert!(!sitemap.urls[0].news && sitemap.urls[0].published.is_none());
    }
    for none in ["", " ", "&today;", &"9".repeat(200)] {
        let file = of(&format!(
            "<url><loc>/a</loc><lastmod>{none}</lastmod></url>"
        ));
        let sitemap = parse(
            file.as_bytes(),
            &"https://a.example/".parse().unwrap(),
            Limits::default(),
        );
        assert_eq!(sitemap.urls[0].lastmod, None, "{none}");
    }
}

#[test]
fn news_is_known_by_its_element() {
    let file = of(
        "<url><loc>/a</loc><news:news><news:publication><news:name>N</news:name></news:publication>\
         <news:publication_date>2024-05-01</news:publication_date></news:news></url>\
         <url><loc>/b</loc><n:news xmlns:n='http://www.google.com/schemas/sitemap-news/0.9'/></url>\
         <url><loc>/c</loc><video:video><video:publication_date>2020-01-01</video:publication_date></video:video></url>",
    );
    let sitemap = parse(
        file.as_bytes(),
        &"https://a.example/".parse().unwrap(),
        Limits::default(),
    );
    let said: Vec<_> = sitemap
        .urls
        .iter()
        .map(|u| (u.news, u.published.as_deref()))
        .collect();
    assert_eq!(
        said,
        [(true, Some("2024-05-01")), (true, None), (false, None)]
    );
}

#[test]
fn translations_keep_their_tags_and_are_bounded() {
    let link = "<xhtml:link rel='Alternate' hreflang='x-default' href=' /x '/>";
    let many = "<xhtml:link rel='alternate' hreflang='de' href='/de'/>".repeat(2000);
    let file = of(&format!(
        "<url><loc>/a</loc>{link}<xhtml:link rel='alternate' hreflang='zh-Hant' href='https://b.example/zh'></xhtml:link>\
         <xhtml:link rel='stylesheet' hreflang='de' href='/s'/><xhtml:link rel='alternate' href='/no-tag'/>\
         <xhtml:link rel='alternate' hreflang='de' href='javascript:1'/></url><url><loc>/b</loc>{many}</url>"
    ));
    let sitemap = parse(
        file.as_bytes(),
        &"https://a.example/".parse().unwrap(),
        Limits::default(),
    );
    let first: Vec<_> = sitemap.urls[0]
        .alternates
        .iter()
        .map(|(tag, url)| (tag.as_str(), url.as_str()))
        .collect();
    assert_eq!(
        first,
        [
            ("x-default", "https://a.example/x"),
            ("zh-Hant", "https://b.example/zh")
        ]
    );
    assert_eq!(sitemap.urls[1].alternates.len(), 500);
    let few = Limits {
        max_urls: 2,
        ..Limits::default()
    };
    let bounded = parse(file.as_bytes(), &"https://a.example/".parse().unwrap(), few);
    let all: usize = bounded.urls.iter().map(|u| u.alternates.len()).sum();
    assert_eq!(all, 2 * MAX_ALTERNATES_PER_URL);
}

#[test]
fn one_address_too_many_is_told_and_an_exact_number_is_not() {
    let list = |count: usize| {
        of(&(0..count).fold(String::new(), |text, n| {
            format!("{text}<url><loc>/{n}</loc></url>")
        }))
    };
    let read = |count| {
        let limits = Limits {
            max_urls: 50,
            ..Limits::default()
        };
        parse(
            list(count).as_bytes(),
            &"https://a.example/".parse().unwrap(),
            limits,
        )
    };
    assert_eq!((read(50).urls.len(), read(50).problems.len()), (50, 0));
    let over = read(51);
    assert_eq!(over.urls.len(), 50);
    assert!(
        over.problems[0].contains("more than 50"),
        "{:?}",
        over.problems
    );
    let again = format!("{}<url><loc>/0</loc></url>", list(50));
    let limits = Limits {
        max_urls: 50,
        ..Limits::default()
    };
    let again = parse(
        again.as_bytes(),
        &"https://a.example/".parse().unwrap(),
        limits,
    );
    assert_eq!(
        (again.urls.len(), again.problems.len()),
        (50, 0),
        "a repeated one takes no room"
    );
}
