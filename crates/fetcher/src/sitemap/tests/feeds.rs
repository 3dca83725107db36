//! RSS in its versions, Atom and JSON Feed.

use super::*;

fn read(feed: &str) -> Sitemap {
    let base = "https://a.example/news/feed".parse().unwrap();
    parse(feed.as_bytes(), &base, Limits::default())
}

fn urls(feed: &str) -> Vec<String> {
    let sitemap = read(feed);
    assert_eq!(sitemap.kind, SitemapKind::Feed, "{feed}");
    assert!(sitemap.urls.iter().all(|u| u.news), "{feed}");
    sitemap.urls.iter().map(|u| u.url.to_string()).collect()
}

#[test]
fn rss_in_every_version() {
    let items = "<item><title>T &amp; &#8211; &nbsp;</title><link>https://a.example/one</link></item>\
                 <item><link>https://a.example/two</link></item>";
    for (name, feed) in [
        (
            "2.0",
            format!(
                "<rss version='2.0'><channel><link>https://a.example/</link>{items}</channel></rss>"
            ),
        ),
        (
            "0.91",
            format!(
                "<!DOCTYPE rss PUBLIC '-//N//DTD RSS 0.91//EN' 'http://n.example/r.dtd'><rss version='0.91'><channel>{items}</channel></rss>"
            ),
        ),
        (
            "0.90",
            format!(
                "<rdf:RDF xmlns:rdf='r' xmlns='http://my.netscape.com/rdf/simple/0.9/'><channel/>{items}</rdf:RDF>"
            ),
        ),
        (
            "1.0",
            format!(
                "<rdf:RDF xmlns:rdf='r' xmlns='http://purl.org/rss/1.0/'><channel rdf:about='https://a.example/'><items><rdf:Seq>\
                 <rdf:li rdf:resource='https://a.example/one'/></rdf:Seq></items></channel>{items}</rdf:RDF>"
            ),
        ),
        (
            "with an image",
            format!(
                "<rss><channel><image><url>/i.png</url><link>/</link></image>{items}</channel></rss>"
            ),
        ),
        ("without a root", format!("<channel>{items}</channel>")),
        (
            "cut",
            format!("<rss><channel>{items}<item><link>https://a.example/thr"),
        ),
        (
            "with a style sheet",
            format!(
                "<?xml version='1.0'?><?xml-stylesheet href='x.xsl'?><rss><channel>{items}</channel></rss>"
            ),
        ),
    ] {
        assert_eq!(
            urls(&feed),
            ["https://a.example/one", "https://a.example/two"],
            "{name}"
        );
    }
}

#[test]
fn items_of_rss_have_their_address_in_several_places() {
    for (item, expected) in [
        (
            "<link>https://a.example/l</link><guid>https://a.example/g</guid>",
            Some("https://a.example/l"),
        ),
        (
            "<guid>https://a.example/g</guid>",
            Some("https://a.example/g"),
        ),
        (
            "<guid isPermaLink='true'>https://a.example/g</guid><link/>",
            Some("https://a.example/g"),
        ),
        (
            "<guid isPermaLink='false'>tag:a.example,2024:1</guid>",
            None,
        ),
        ("<guid>7bd2</guid>", None),
        (
            "<atom:link rel='self' href='https://a.example/f'/><link>https://a.example/l</link>",
            Some("https://a.example/l"),
        ),
        (
            "<link><![CDATA[ https://a.example/?a=1&b=2 ]]></link>",
            Some("https://a.example/?a=1&b=2"),
        ),
        (
            "<link>https://a.example/?a=1&amp;b=2</link>",
            Some("https://a.example/?a=1&b=2"),
        ),
        (
            "<link>https://a.example/l</link><link>https://a.example/m</link>",
            Some("https://a.example/l"),
        ),
        (
            "<link>https://a.example/l<title>T</title>",
            Some("https://a.example/l"),
        ),
        ("<link>/rooted</link>", Some("https://a.example/rooted")),
        ("<link>javascript:1</link>", None),
        (
            "<enclosure url='https://a.example/e.mp3'/><source url='https://a.example/s'/>",
            None,
        ),
        (
            "<comments>https://a.example/c</comments><link>https://a.example/l</link>",
            Some("https://a.example/l"),
        ),
        (
            "<description><![CDATA[<link>https://a.example/no</link>]]></description><link>https://a.example/l</link>",
            Some("https://a.example/l"),
        ),
        (
            "<media:content url='https://a.example/m'><media:link>/n</media:link></media:content>",
            None,
        ),
    ] {
        let found = urls(&format!(
            "<rss version='2.0'><channel><item>{item}</item></channel></rss>"
        ));
        assert_eq!(found.first().map(String::as_str), expected, "{item}");
        assert!(found.len() < 2, "{item}");
    }
    let about = "<rdf:RDF><item rdf:about='https://a.example/about'><title/></item></rdf:RDF>";
    assert_eq!(urls(about), ["https://a.example/about"]);
}

#[test]
fn atom_resolves_references_and_minds_relations() {
    for (entry, expected) in [
        (
            "<link href='https://a.example/x'/>",
            Some("https://a.example/x"),
        ),
        (
            "<link rel='alternate' type='text/html' href='x'/>",
            Some("https://a.example/news/x"),
        ),
        (
            "<link rel='ALTERNATE' href='../x'/>",
            Some("https://a.example/x"),
        ),
        (
            "<link rel='http://www.iana.org/assignments/relation/alternate' href='/x'/>",
            Some("https://a.example/x"),
        ),
        (
            "<link rel='self' href='/s'/><link rel='edit' href='/e'/><link rel='related' href='/r'/><link href='/x'/>",
            Some("https://a.example/x"),
        ),
        ("<link rel='self' href='/s'/>", None),
        ("<link rel='enclosure' href='/e.mp3'/>", None),
        (
            "<link href='/x'/><link href='/y'/>",
            Some("https://a.example/x"),
        ),
        (
            "<link href='?a=1&amp;b=2'/>",
            Some("https://a.example/news/feed?a=1&b=2"),
        ),
        (
            "<link xml:base='https://b.example/c/' href='x'/>",
            Some("https://b.example/c/x"),
        ),
        ("<link href='javascript:1'/>", None),
        (
            "<content type='xhtml'><div><link href='/no'/></div></content><link href='/x'/>",
            Some("https://a.example/x"),
        ),
        (
            "<source><link href='/no'/></source><link href='/x'/>",
            Some("https://a.example/x"),
        ),
        ("<id>https://a.example/id</id>", None),
    ] {
        let feed = format!(
            "<feed xmlns='http://www.w3.org/2005/Atom'><link href='/'/><entry>{entry}</entry></feed>"
        );
        let found = urls(&feed);
        assert_eq!(found.first().map(String::as_str), expected, "{entry}");
        assert!(found.len() < 2, "{entry}");
    }
}

#[test]
fn bases_of_feeds_nest() {
    let feed = "<feed xml:base='https://b.example/one/'><entry><link href='x'/></entry>\
                <entry xml:base='two/'><link href='x'/></entry>\
                <entry xml:base='file:///etc/'><link href='x'/></entry></feed>";
    assert_eq!(
        urls(feed),
        ["https://b.example/one/x", "https://b.example/one/two/x"],
        "a base that leads nowhere is passed over, and its entry is a repetition"
    );
    let rss =
        "<rss xml:base='https://b.example/'><channel><item><link>/x</link></item></channel></rss>";
    assert_eq!(urls(rss), ["https://b.example/x"]);
    let prefixed = "<a:feed xmlns:a='http://www.w3.org/2005/Atom'><a:entry><a:link href='x'/></a:entry></a:feed>";
    assert_eq!(urls(prefixed), ["https://a.example/news/x"]);
}

#[test]
fn dates_of_feeds_are_kept() {
    let dates = |feed: &str| {
        let mut sitemap = read(feed);
        let entry = sitemap.urls.remove(0);
        (entry.lastmod, entry.published)
    };
    let some = |text: &str| Some(text.to_owned());
    let mail = "Mon, 06 May 2024 10:00:00 GMT";
    for (feed, expected) in [
        (format!("<rss><item><link>/x</link><pubDate>{mail}</pubDate></item></rss>"), (some(mail), some(mail))),
        ("<rdf:RDF><item><link>/x</link><dc:date>2024-05-06</dc:date></item></rdf:RDF>".to_owned(), (some("2024-05-06"), some("2024-05-06"))),
        (
            "<feed><entry><link href='x'/><published>2024-05-01</published><updated>2024-05-06</updated></entry></feed>".to_owned(),
            (some("2024-05-06"), some("2024-05-01")),
        ),
        ("<feed><entry><link href='x'/><updated>2024-05-06</updated></entry></feed>".to_owned(), (some("2024-05-06"), some("2024-05-06"))),
        ("<feed><entry><link href='x'/><issued>2004-05-06</issued></entry></feed>".to_owned(), (some("2004-05-06"), some("2004-05-06"))),
        ("<rss><item><link>/x</link></item></rss>".to_owned(), (None, None)),
    ] {
        assert_eq!(dates(&feed), expected, "{feed}");
    }
}

#[test]
fn json_feeds_are_read_item_by_item() {
    let feed = |items: &str| {
        format!(
            "\u{feff}{{\"version\": \"https://jsonfeed.org/version/1.1\", \"items\": [{items}], \"title\": \"t\"}}"
        )
    };
    let found = read(&feed(
        "{\"id\": 1, \"url\": \"https://a.example/one\", \"date_published\": \"2024-05-01\", \"date_modified\": null},\
         {\"id\": \"https://a.example/id\"}, {\"url\": [\"x\"]}, {\"url\": \"javascript:1\"},\
         {\"url\": \"/two\", \"attachments\": [{\"url\": \"/no.mp3\"}], \"date_modified\": \"2024-05-02\"}",
    ));
    let said: Vec<_> = found
        .urls
        .iter()
        .map(|u| {
            (
                u.url.as_str(),
                u.lastmod.as_deref(),
                u.published.as_deref(),
                u.news,
            )
        })
        .collect();
    assert_eq!(found.kind, SitemapKind::Feed);
    assert_eq!(
        said,
        [
            (
                "https://a.example/one",
                Some("2024-05-01"),
                Some("2024-05-01"),
                true
            ),
            ("https://a.example/two", Some("2024-05-02"), None, true)
        ]
    );
    assert_eq!(found.problems.len(), 3, "{:?}", found.problems);
    let whole = feed("{\"url\": \"/one\"}, {\"url\": \"/two\"}");
    let cut = read(&whole[..whole.find("two").unwrap()]);
    assert_eq!(cut.urls.len(), 1);
    assert!(cut.problems[0].contains("breaks off"), "{:?}", cut.problems);
}

#[test]
fn other_json_gives_nothing() {
    for json in [
        "{}",
        "{\"items\": [{\"url\": \"https://a.example/x\"}]}",
        "{\"version\": \"2\", \"items\": [{\"url\": \"https://a.example/x\"}]}",
        "{\"version\": \"https://jsonfeed.org/version/1\", \"items\": 5",
        &format!("{{\"a\": {}", "[".repeat(100_000)),
    ] {
        let sitemap = read(json);
        assert!(
            sitemap.urls.is_empty() && !sitemap.problems.is_empty(),
            "{json:.60}"
        );
    }
    // The version may stand behind the items.
    let late = "{\"items\": [{\"url\": \"/x\"}], \"version\": \"https://jsonfeed.org/version/1\"}";
    assert_eq!(urls(late), ["https://a.example/x"]);
}
