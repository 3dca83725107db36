use proptest::prelude::*;

use super::*;

mod encodings;
mod feeds;
mod fields;
mod markup;

fn read(text: &str) -> Sitemap {
    let base = "https://www.partner.example/sitemap.xml".parse().unwrap();
    parse(text.as_bytes(), &base, Limits::default())
}

fn urls(sitemap: &Sitemap) -> Vec<&str> {
    sitemap.urls.iter().map(|u| u.url.as_str()).collect()
}

const TWO: &str = "<?xml version=\"1.0\"?>\n<urlset xmlns=\"http://www.sitemaps.org/schemas/sitemap/0.9\">\
    <url><loc> https://www.partner.example/a </loc><lastmod>2024-05-01</lastmod></url>\
    <url><loc>https://www.partner.example/b?x=1&amp;y=2</loc></url></urlset>";

#[test]
fn pages_come_in_order_with_their_dates() {
    let sitemap = read(TWO);
    assert_eq!(sitemap.kind, SitemapKind::Pages);
    assert_eq!(
        urls(&sitemap),
        [
            "https://www.partner.example/a",
            "https://www.partner.example/b?x=1&y=2"
        ]
    );
    assert_eq!(sitemap.urls[0].lastmod.as_deref(), Some("2024-05-01"));
    assert!(sitemap.problems.is_empty());
}

#[test]
fn prefixes_and_wrong_namespaces_are_borne_but_images_are_no_pages() {
    let sitemap = read(
        "<sm:urlset xmlns:sm='http://wrong.example/' xmlns:image='i'><sm:url>\
         <image:image><image:loc>https://www.partner.example/i.png</image:loc></image:image>\
         <image:loc>https://www.partner.example/j.png</image:loc>\
         <sm:loc>https://www.partner.example/page</sm:loc></sm:url></sm:urlset>",
    );
    assert_eq!(urls(&sitemap), ["https://www.partner.example/page"]);
}

#[test]
fn an_index_gives_children() {
    let sitemap = read(
        "<sitemapindex><sitemap><loc><![CDATA[ https://www.partner.example/1.xml.gz ]]></loc></sitemap>\
         <sitemap><loc>/2.xml</loc></sitemap><sitemap><loc>/2.xml</loc></sitemap></sitemapindex>",
    );
    assert_eq!(sitemap.kind, SitemapKind::Index);
    let children: Vec<&str> = sitemap.children.iter().map(CanonicalUrl::as_str).collect();
    assert_eq!(
        children,
        [
            "https://www.partner.example/1.xml.gz",
            "https://www.partner.example/2.xml"
        ]
    );
}

#[test]
fn feeds_give_their_entries() {
    let rss = read(
        "<rss version='2.0' xmlns:atom='a'><channel><link>https://www.partner.example/</link>\
         <item><atom:link href='https://www.partner.example/feed' rel='self'/>\
         <link>https://www.partner.example/one</link><pubDate>Mon, 06 May 2024 10:00:00 GMT</pubDate></item>\
         <item><guid>https://www.partner.example/two</guid></item></channel></rss>",
    );
    assert_eq!(rss.kind, SitemapKind::Feed);
    assert_eq!(
        urls(&rss),
        [
            "https://www.partner.example/one",
            "https://www.partner.example/two"
        ]
    );
    let atom = read(
        "<feed xmlns='http://www.w3.org/2005/Atom'><link href='/'/><entry><link rel='edit' href='/e'/>\
         <link href='/one'/><updated>2024-05-06T10:00:00Z</updated></entry></feed>",
    );
    assert_eq!(urls(&atom), ["https://www.partner.example/one"]);
    assert_eq!(
        atom.urls[0].lastmod.as_deref(),
        Some("2024-05-06T10:00:00Z")
    );
}

#[test]
fn translations_are_read() {
    let sitemap = read(
        "<urlset xmlns:xhtml='x'><url><loc>https://www.partner.example/en</loc>\
         <xhtml:link rel='alternate' hreflang='ru' href='https://www.partner.example/ru?a=1&amp;b=2'/>\
         </url></urlset>",
    );
    let (language, url) = &sitemap.urls[0].alternates[0];
    assert_eq!(
        (language.as_str(), url.as_str()),
        ("ru", "https://www.partner.example/ru?a=1&b=2")
    );
}

#[test]
fn a_cut_file_gives_what_it_had_but_no_half_address() {
    let whole = read(TWO).urls;
    for length in 0..TWO.len() {
        if !TWO.is_char_boundary(length) {
            continue;
        }
        let cut = read(&TWO[..length]).urls;
        for (read, expected) in cut.iter().zip(&whole) {
            assert_eq!(read.url, expected.url, "cut at {length}");
        }
    }
}

#[test]
fn entities_are_never_expanded() {
    let sitemap = read(
        "<!DOCTYPE urlset [<!ENTITY a SYSTEM 'file:///etc/passwd'><!ENTITY b 'https://b.example/'>]>\
         <urlset><url><loc>&a;</loc></url><url><loc>&b;</loc></url>\
         <url><loc>https://www.partner.example/&#x6f;k</loc></url></urlset>",
    );
    assert_eq!(urls(&sitemap), ["https://www.partner.example/ok"]);
    assert_eq!(sitemap.problems.len(), 2);
}

#[test]
fn only_web_addresses_are_taken() {
    let sitemap = read(
        "<urlset><url><loc>javascript:alert(1)</loc></url><url><loc>www.partner.example/x</loc></url>\
         <url><loc>ftp://www.partner.example/</loc></url><url><loc/></url></urlset>",
    );
    assert!(sitemap.urls.is_empty());
    assert_eq!(sitemap.problems.len(), 4, "{:?}", sitemap.problems);
}

#[test]
fn an_error_page_is_no_sitemap() {
    let page =
        "<!DOCTYPE html><html><body><a href='https://www.partner.example/x'>x</a></body></html>";
    let sitemap = read(page);
    assert_eq!(sitemap.kind, SitemapKind::None);
    assert!(sitemap.urls.is_empty() && sitemap.children.is_empty());
}

#[test]
fn text_is_read_line_by_line() {
    let sitemap =
        read("\u{feff}https://www.partner.example/1\r\nnot one\r\nHTTPS://www.partner.example/2\n");
    assert_eq!(sitemap.kind, SitemapKind::Text);
    assert_eq!(
        urls(&sitemap),
        [
            "https://www.partner.example/1",
            "https://www.partner.example/2"
        ]
    );
    assert_eq!(read("Not found").kind, SitemapKind::None);
}

#[test]
fn counts_and_sizes_are_capped() {
    let base = "https://www.partner.example/".parse().unwrap();
    let limits = Limits {
        max_urls: 10,
        max_bytes: 1 << 20,
    };
    let many: String = (0..100)
        .map(|n| format!("https://www.partner.example/{n}\n"))
        .collect();
    let sitemap = parse(many.as_bytes(), &base, limits);
    assert_eq!(sitemap.urls.len(), 10);
    assert!(
        sitemap.problems[0].contains("more than 10"),
        "{:?}",
        sitemap.problems
    );
    let small = Limits {
        max_bytes: 64,
        ..Limits::default()
    };
    let cut = parse(many.as_bytes(), &base, small);
    assert!(cut.urls.len() <= 2 && !cut.problems.is_empty());
}

#[test]
fn deep_nesting_is_read_in_a_flat_stack() {
    let deep = format!(
        "<urlset><url>{}{}<loc>https://www.partner.example/deep</loc></url></urlset>",
        "<x>".repeat(200_000),
        "</x>".repeat(200_000)
    );
    assert_eq!(urls(&read(&deep)), ["https://www.partner.example/deep"]);
}

proptest! {
    #[test]
    fn any_bytes_are_read(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
        let base = "https://www.partner.example/".parse().unwrap();
        let _ = parse(&bytes, &base, Limits::default());
    }

    #[test]
    fn any_tag_soup_is_read(
        pieces in proptest::collection::vec(
            "<urlset>|<url>|<loc>|</loc>|</url>|<sitemap>|http://a.example/|&amp;|&x;|<!--|]]>|<rss|<item>|'",
            0..30,
        )
    ) {
        let _ = read(&pieces.concat());
    }

    #[test]
    fn what_is_written_is_read(paths in proptest::collection::btree_set("[a-z]{1,8}", 0..20)) {
        let entries: String = paths
            .iter()
            .map(|path| format!("<url><loc>https://www.partner.example/{path}</loc></url>"))
            .collect();
        let sitemap = read(&format!("<urlset>{entries}</urlset>"));
        let expected: Vec<String> = paths
            .iter()
            .map(|path| format!("https://www.partner.example/{path}"))
            .collect();
        prop_assert_eq!(urls(&sitemap), expected);
    }
}
