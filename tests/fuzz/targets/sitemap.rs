//! Sitemaps and feeds: the input is the body.

use std::collections::HashSet;
use std::io::Write;

use flate2::Compression;
use flate2::write::GzEncoder;
use thresh_fetcher::sitemap::{self, Limits, Sitemap as Read};
use thresh_types::CanonicalUrl;

use super::{Target, ensure};
use crate::rng::Rng;
use crate::signature::Signature;

/// Longer fields are cut or left out by the parser.
const MAX_FIELD: usize = 20 << 10;

const GZIP: &[u8] = b"\x1f\x8b";

pub(crate) struct Sitemap;

impl Target for Sitemap {
    fn run(&mut self, input: &[u8]) -> Result<Signature, String> {
        let read = parse(input, Limits::default());
        ensure(
            parse(input, Limits::default()) == read,
            "not the same twice",
            String::new,
        )?;
        is_bounded(&read, Limits::default())?;
        for max_urls in [0, 1, 3] {
            fewer_are_a_front(input, &read, max_urls)?;
        }
        let small = Limits {
            max_bytes: 64,
            ..Limits::default()
        };
        is_bounded(&parse(input, small), small)?;
        packing_means_nothing(input, &read)?;
        width_means_nothing(input, &read)?;
        Ok(signature(&read))
    }

    fn dictionary(&self) -> &'static [&'static [u8]] {
        &[
            b"<?xml version=\"1.0\" encoding=\"UTF-8\"?>",
            b" encoding='iso-8859-1'",
            b" encoding='utf-16'",
            b"<urlset>",
            b"</urlset>",
            b"<url>",
            b"</url>",
            b"<loc>",
            b"</loc>",
            b"<lastmod>2024-05-01</lastmod>",
            b"<sitemapindex>",
            b"<sitemap>",
            b"</sitemap>",
            b"<rss version=\"2.0\"><channel>",
            b"<rdf:RDF>",
            b"<feed>",
            b"<item>",
            b"</item>",
            b"<entry>",
            b"</entry>",
            b"<link>",
            b"</link>",
            b"<link href=\"/x\"/>",
            b"<link rel='alternate' hreflang='de' href='/de'/>",
            b"<guid isPermaLink=\"false\">",
            b"</guid>",
            b"<pubDate>Mon, 06 May 2024 10:00:00 GMT</pubDate>",
            b"<news:news><news:publication_date>2024-05-01</news:publication_date></news:news>",
            b"<image:loc>https://a.example/i.png</image:loc>",
            b" xml:base=\"http://b.example/c/\"",
            b"https://a.example/page",
            b"http://[::1]/",
            b"//b.example/x",
            b"javascript:1",
            b"<![CDATA[",
            b"]]>",
            b"<!--",
            b"-->",
            b"<!DOCTYPE x [<!ENTITY e 'http://a.example/'>]>",
            b"&e;",
            b"&amp;",
            b"&#x2f;",
            b"&",
            b"<?x ?>",
            b"\xef\xbb\xbf",
            b"\xff\xfe",
            b"\xfe\xff",
            b"\x1f\x8b\x08",
            b"\xc2\xa0",
            b"\xe3\x80\x80",
            b"{\"version\": \"https://jsonfeed.org/version/1.1\", \"items\": [",
            b"{\"url\": \"https://a.example/j\", \"date_published\": \"2024-05-01\"}",
            b"]}",
        ]
    }

    fn generate(&mut self, rng: &mut Rng) -> Option<Vec<u8>> {
        let (root, entry, field) = [
            ("urlset", "url", "loc"),
            ("sitemapindex", "sitemap", "loc"),
            ("rss", "item", "link"),
            ("feed", "entry", "link"),
        ][rng.below(4)];
        let mut text = format!("<{root}>");
        for _ in 0..rng.below(6) {
            let address = rng.pick(&[
                "http://a.example/",
                "/b?c=1&amp;d=2",
                " https://a.example/e\n",
            ]);
            let more = rng.pick(&[
                "",
                "<lastmod>x</lastmod>",
                "<x:loc>/y</x:loc>",
                "<![CDATA[z]]>",
            ]);
            text.push_str(&format!(
                "<{entry}>{more}<{field}>{address}</{field}></{entry}>"
            ));
        }
        text.push_str(&format!("</{root}>"));
        Some(text.into_bytes())
    }

    fn max_len(&self) -> usize {
        4096
    }
}

fn parse(bytes: &[u8], limits: Limits) -> Read {
    let base = "https://a.example/maps/sitemap.xml".parse();
    sitemap::parse(bytes, &base.expect("a literal"), limits)
}

fn signature(read: &Read) -> Signature {
    let start = Signature::new()
        .name(&format!("{:?}", read.kind))
        .count(read.urls.len())
        .count(read.children.len())
        .count(read.urls.iter().map(|u| u.alternates.len()).sum())
        .count(read.urls.iter().filter(|u| u.lastmod.is_some()).count())
        .count(read.problems.len());
    let first = read.problems.iter().take(2);
    first.fold(start, |signature, problem| signature.message(problem))
}

fn listed(read: &Read) -> impl Iterator<Item = &CanonicalUrl> {
    read.urls.iter().map(|u| &u.url).chain(&read.children)
}

fn is_bounded(read: &Read, limits: Limits) -> Result<(), String> {
    let count = listed(read).count();
    ensure(count <= limits.max_urls, "too many", || format!("{count}"))?;
    let different: HashSet<_> = listed(read).collect();
    ensure(different.len() == count, "repeated", || {
        format!("{:?}", read.urls)
    })?;
    let others = read.urls.iter().flat_map(|u| &u.alternates).map(|a| &a.1);
    for url in listed(read).chain(others) {
        let is_web = matches!(url.as_url().scheme(), "http" | "https");
        ensure(is_web && url.as_url().has_host(), "no web address", || {
            url.to_string()
        })?;
    }
    for entry in &read.urls {
        let longest = entry.alternates.iter().map(|(language, _)| language.len());
        let longest = longest.chain(entry.lastmod.as_ref().map(String::len)).max();
        ensure(longest.unwrap_or(0) <= MAX_FIELD, "long field", || {
            entry.url.to_string()
        })?;
        ensure(entry.alternates.len() <= 500, "many translations", || {
            entry.url.to_string()
        })?;
    }
    let longest = read.problems.iter().map(String::len).max().unwrap_or(0);
    ensure(
        read.problems.len() <= 21 && longest < 1000,
        "many problems",
        || format!("{:?}", read.problems),
    )
}

/// A lower limit gives the front of what a higher one gives.
fn fewer_are_a_front(input: &[u8], whole: &Read, max_urls: usize) -> Result<(), String> {
    let limits = Limits {
        max_urls,
        ..Limits::default()
    };
    let few = parse(input, limits);
    is_bounded(&few, limits)?;
    let urls: Vec<_> = few.urls.iter().map(|u| &u.url).collect();
    let fits = whole.urls.iter().take(urls.len()).map(|u| &u.url).eq(urls)
        && whole.children.starts_with(&few.children);
    ensure(fits, "no front", || {
        format!("{:?} {:?}", few.urls, whole.urls)
    })
}

fn packing_means_nothing(input: &[u8], read: &Read) -> Result<(), String> {
    if input.starts_with(GZIP) {
        return Ok(());
    }
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    let packed = encoder.write_all(input).and_then(|()| encoder.finish());
    let packed = parse(&packed.expect("memory takes all"), Limits::default());
    ensure(&packed == read, "packed", || format!("{read:?} {packed:?}"))
}

/// The same text in UTF-16 with a mark says the same.
fn width_means_nothing(input: &[u8], read: &Read) -> Result<(), String> {
    let Ok(text) = std::str::from_utf8(input) else {
        return Ok(());
    };
    // A mark at the start or a declaration of another encoding makes it another text.
    let is_plain =
        !text.starts_with('\u{feff}') && !text.contains("encoding") && !text.contains('\0');
    if !is_plain || input.starts_with(GZIP) {
        return Ok(());
    }
    for (mark, big) in [(b"\xff\xfe", false), (b"\xfe\xff", true)] {
        let units = text.encode_utf16();
        let wide = units.flat_map(|unit| {
            if big {
                unit.to_be_bytes()
            } else {
                unit.to_le_bytes()
            }
        });
        let wide: Vec<u8> = mark.iter().copied().chain(wide).collect();
        let wide = parse(&wide, Limits::default());
        ensure(&wide == read, "UTF-16", || format!("{read:?} {wide:?}"))?;
    }
    Ok(())
}
