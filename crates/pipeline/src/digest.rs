//! What the crawl learns from an answer: its decoded digest, its links, its sitemap entries.
//!
//! This is the work that must not run on the fetcher's threads: undoing content codings, parsing,
//! collecting links. It is a pure function of the answer.

use std::collections::BTreeMap;
use std::sync::Arc;

use thresh_codec::Cut;
use thresh_fetcher::sitemap::{self, Limits, Listed, SitemapUrl};
use thresh_page::{Link, LinkKind, Raw, Sketch};
use thresh_types::{
    CanonicalUrl, Exchange, How, HttpHead, PageSignals, Sha256Hash, SiteId, TaskKind, Timestamp,
};

use crate::large::Turn;
use crate::listing::Listing;
use crate::record::{MAX_DECODED, ROBOTS_TOKEN, decode};

/// Links taken from one page at most; a page with more is a trap or a directory of the whole web.
const MAX_LINKS: usize = 20_000;

/// What bounds the reading of answers.
#[derive(Debug, Default)]
pub(crate) struct Bounds {
    /// The largest decoded body of each site, in bytes.
    pub max_body: BTreeMap<SiteId, u64>,
    /// Whose turn it is to read a large body.
    pub turn: Turn,
}

/// File name endings of what never becomes a document: pictures, sound, video, fonts, code, archives.
const ASSETS: &[&str] = &[
    "png", "jpg", "jpeg", "gif", "webp", "avif", "svg", "ico", "bmp", "tif", "tiff", "mp3", "m4a",
    "ogg", "wav", "mp4", "m4v", "webm", "mov", "avi", "mkv", "woff", "woff2", "ttf", "otf", "eot",
    "css", "js", "mjs", "map", "json", "zip", "gz", "bz2", "xz", "7z", "rar", "tar", "tgz", "exe",
    "dmg", "msi", "deb", "rpm", "apk", "iso", "bin", "ics", "vcf", "whl", "jar",
];

/// An address that an answer leads to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Lead {
    /// The address.
    pub url: CanonicalUrl,
    /// What it should be asked for.
    pub kind: TaskKind,
    /// Where it stands.
    pub place: Place,
    /// When it last changed, where a sitemap says so: a hint.
    pub modified: Option<Timestamp>,
    /// How a page leads there, and its words for it.
    pub link: Option<(How, String)>,
}

/// Where an address stands, the most urgent first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Place {
    /// In a feed, or in a sitemap as news.
    News,
    /// In a sitemap.
    Listed,
    /// On a page.
    Linked,
}

/// What an answer says.
#[derive(Debug, Clone, Default)]
pub(crate) struct Digest {
    /// Digest of the decoded body.
    pub sha256: Option<Sha256Hash>,
    /// The media type, sniffed where the server's word is contradicted by the bytes.
    pub media_type: String,
    /// The addresses it leads to.
    pub leads: Vec<Lead>,
    /// The addresses that a sitemap or feed lists.
    pub listed: Arc<Listing>,
    /// What the page says to crawlers.
    pub signals: PageSignals,
    /// The text of a page in numbers; none where it is no HTML.
    pub sketch: Option<Sketch>,
    /// What went wrong, for people.
    pub problems: Vec<String>,
    /// Why the content coding cannot be undone, where it cannot.
    pub undecodable: Option<String>,
    /// Why the decoded body is not whole, where it is not although the wire was.
    pub cut: Option<Cut>,
}

/// Reads the answer in `exchange` as what it was asked for; within the bounds of `site`.
pub(crate) fn digest(
    exchange: &Exchange,
    kind: TaskKind,
    site: &SiteId,
    bounds: &Bounds,
) -> Digest {
    let wire = match exchange.body.to_bytes() {
        Ok(bytes) => bytes,
        Err(error) => return failed(format!("the spooled body cannot be read: {error}")),
    };
    digest_bytes(
        &exchange.url,
        &exchange.response,
        &wire,
        kind,
        exchange.status,
        (site, bounds),
    )
}

/// As [`digest`], for bytes that are already in the archive.
pub(crate) fn digest_bytes(
    url: &CanonicalUrl,
    head: &HttpHead,
    wire: &[u8],
    kind: TaskKind,
    status: u16,
    (site, bounds): (&SiteId, &Bounds),
) -> Digest {
    let cap = bounds.max_body.get(site).copied().unwrap_or(MAX_DECODED);
    let headers: Vec<(String, String)> = head.headers().collect();
    let (body, cut) = match decode(&headers, wire, cap) {
        Ok(decoded) => decoded,
        Err(detail) => {
            return Digest {
                undecodable: Some(detail),
                ..Digest::default()
            };
        }
    };
    let read = || match (status, kind) {
        (200, TaskKind::Page) => page_leads(url, &headers, head, &body),
        (200, TaskKind::Sitemap) => sitemap_leads(url, &body),
        _ => Digest::default(),
    };
    let mut digest = bounds.turn.read(body.len(), read);
    digest.sha256 = Some(Sha256Hash::of(&body));
    digest.cut = cut;
    digest
}

pub(crate) fn failed(problem: String) -> Digest {
    Digest {
        problems: vec![problem],
        ..Digest::default()
    }
}

fn page_leads(
    url: &CanonicalUrl,
    headers: &[(String, String)],
    head: &HttpHead,
    body: &[u8],
) -> Digest {
    let content_type = head.header("content-type");
    let raw = Raw {
        url: Some(url),
        headers,
        content_type: content_type.as_deref(),
        body,
    };
    let page = thresh_page::outline(raw, ROBOTS_TOKEN, MAX_LINKS);
    let leads = if page.signals.directives.nofollow {
        Vec::new()
    } else {
        leads_of(page.links)
    };
    Digest {
        media_type: page.media_type,
        leads,
        signals: page.signals.recorded(),
        sketch: page.sketch,
        ..Digest::default()
    }
}

fn leads_of(links: Vec<Link>) -> Vec<Lead> {
    links
        .into_iter()
        .filter(|link| !link.nofollow && !is_asset(&link.url))
        .map(|link| {
            let feed = matches!(link.kind, LinkKind::Feed);
            Lead {
                url: link.url,
                kind: if feed {
                    TaskKind::Sitemap
                } else {
                    TaskKind::Page
                },
                place: Place::Linked,
                modified: None,
                link: Some((how_of(&link.kind), link.text)),
            }
        })
        .collect()
}

const fn how_of(kind: &LinkKind) -> How {
    match kind {
        LinkKind::Anchor => How::Link,
        LinkKind::Frame => How::Frame,
        LinkKind::Refresh => How::Refresh,
        LinkKind::Alternate { .. }
        | LinkKind::Next
        | LinkKind::Prev
        | LinkKind::Canonical
        | LinkKind::Feed => How::Relation,
    }
}

fn sitemap_leads(url: &CanonicalUrl, body: &[u8]) -> Digest {
    let mut listing = Listing::default();
    let sitemap = sitemap::visit(body, url, Limits::default(), &mut |listed| match listed {
        Listed::Child(url) => listing.push(&Lead {
            url,
            kind: TaskKind::Sitemap,
            place: Place::Listed,
            modified: None,
            link: None,
        }),
        Listed::Page(entry) => entry_leads(entry).for_each(|lead| listing.push(&lead)),
    });
    listing.shrink();
    Digest {
        listed: Arc::new(listing),
        problems: sitemap.problems,
        ..Digest::default()
    }
}

/// Returns the page that an entry lists, and the same page in other languages.
fn entry_leads(entry: SitemapUrl) -> impl Iterator<Item = Lead> {
    let place = if entry.news {
        Place::News
    } else {
        Place::Listed
    };
    let modified = entry.lastmod.as_deref().and_then(read_time);
    let alternates = entry
        .alternates
        .into_iter()
        .map(|(_, url)| (url, Place::Listed, None));
    std::iter::once((entry.url, place, modified))
        .chain(alternates)
        .filter(|(url, ..)| !is_asset(url))
        .map(|(url, place, modified)| Lead {
            url,
            kind: TaskKind::Page,
            place,
            modified,
            link: None,
        })
}

/// Reads a W3C date with a time. One without a time is a day that may or may not be over, which is no
/// help against the hour of the last look.
fn read_time(text: &str) -> Option<Timestamp> {
    text.trim().parse().ok()
}

/// Returns whether the address ends like a file that never becomes a document.
fn is_asset(url: &CanonicalUrl) -> bool {
    let name = url.as_url().path().rsplit('/').next().unwrap_or("");
    name.rsplit_once('.')
        .is_some_and(|(_, extension)| ASSETS.contains(&extension.to_ascii_lowercase().as_str()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn site() -> SiteId {
        "a".parse().unwrap()
    }

    #[test]
    fn a_body_over_the_bound_is_cut_and_says_so() {
        let url = "http://a.example/".parse().unwrap();
        let head = HttpHead(b"HTTP/1.1 200 OK\r\n\r\n".to_vec());
        let bounds = Bounds {
            max_body: BTreeMap::from([(site(), 3)]),
            ..Bounds::default()
        };
        let of = |body: &[u8]| {
            digest_bytes(&url, &head, body, TaskKind::Page, 200, (&site(), &bounds)).cut
        };
        assert_eq!(of(b"abc"), None);
        assert_eq!(of(b"abcd"), Some(Cut::Cap));
    }

    #[test]
    fn sitemaps_say_what_is_news_and_what_changed() {
        let url = "http://a.example/sitemap.xml".parse().unwrap();
        let xml = b"<urlset xmlns='http://www.sitemaps.org/schemas/sitemap/0.9' \
            xmlns:news='http://www.google.com/schemas/sitemap-news/0.9' \
            xmlns:xhtml='http://www.w3.org/1999/xhtml'>\
            <url><loc>http://a.example/1</loc><lastmod>2026-01-02T03:04:05Z</lastmod>\
            <xhtml:link rel='alternate' hreflang='ru' href='http://a.example/ru/1'/></url>\
            <url><loc>http://a.example/2</loc><news:news><news:title>x</news:title></news:news></url>\
            </urlset>";
        let leads: Vec<Lead> = sitemap_leads(&url, xml).listed.iter().collect();
        let told: Vec<_> = leads
            .iter()
            .map(|lead| {
                (
                    lead.url.as_url().path(),
                    lead.place,
                    lead.modified.is_some(),
                )
            })
            .collect();
        let expected = [
            ("/1", Place::Listed, true),
            ("/ru/1", Place::Listed, false),
            ("/2", Place::News, false),
        ];
        assert_eq!(told, expected);
    }

    fn read(html: &str) -> Digest {
        let url = "http://a.example/dir/page".parse().unwrap();
        let head = HttpHead(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n".to_vec());
        digest_bytes(
            &url,
            &head,
            html.as_bytes(),
            TaskKind::Page,
            200,
            (&site(), &Bounds::default()),
        )
    }

    #[test]
    fn pages_lead_to_pages_and_files_but_not_to_assets() {
        let digest =
            read("<a href='b'>b</a><a href='/c.pdf'>c</a><a href='d.PNG'>d</a><a href='#x'>x</a>");
        let urls: Vec<&str> = digest.leads.iter().map(|lead| lead.url.as_str()).collect();
        assert_eq!(urls, ["http://a.example/dir/b", "http://a.example/c.pdf"]);
    }

    #[test]
    fn nofollow_leaves_links_alone() {
        let digest = read("<meta name=robots content=nofollow><a href=b>b</a>");
        assert!(digest.leads.is_empty());
        assert!(read("<a rel=nofollow href=b>b</a>").leads.is_empty());
    }

    #[test]
    fn an_unknown_coding_is_told_and_no_panic() {
        let url = "http://a.example/".parse().unwrap();
        let head = HttpHead(b"HTTP/1.1 200 OK\r\nContent-Encoding: brrr\r\n\r\n".to_vec());
        let digest = digest_bytes(
            &url,
            &head,
            b"x",
            TaskKind::Page,
            200,
            (&site(), &Bounds::default()),
        );
        assert!(digest.sha256.is_none() && digest.undecodable.is_some());
    }
}
