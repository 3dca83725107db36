//! What the crawl learns from an answer: its decoded digest, its links, its sitemap entries.
//!
//! This is the work that must not run on the fetcher's threads: undoing content codings, parsing,
//! collecting links. It is a pure function of the answer.

use thresh_fetcher::sitemap::{self, Limits};
use thresh_page::{LinkKind, Raw, Readable};
use thresh_types::{CanonicalUrl, Exchange, HttpHead, Sha256Hash, TaskKind};

use crate::record::{ROBOTS_TOKEN, decode};

/// Links taken from one page at most; a page with more is a trap or a directory of the whole web.
const MAX_LINKS: usize = 20_000;

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
    /// Whether it stands in a sitemap or feed.
    pub listed: bool,
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
    /// What went wrong, for people.
    pub problems: Vec<String>,
}

/// Reads the answer in `exchange` as what it was asked for.
pub(crate) fn digest(exchange: &Exchange, kind: TaskKind) -> Digest {
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
    )
}

/// As [`digest`], for bytes that are already in the archive.
pub(crate) fn digest_bytes(
    url: &CanonicalUrl,
    head: &HttpHead,
    wire: &[u8],
    kind: TaskKind,
    status: u16,
) -> Digest {
    let headers: Vec<(String, String)> = head.headers().collect();
    let body = match decode(&headers, wire) {
        Ok(body) => body,
        Err(detail) => return failed(detail),
    };
    let mut digest = match (status, kind) {
        (200, TaskKind::Page) => page_leads(url, &headers, head, &body),
        (200, TaskKind::Sitemap) => sitemap_leads(url, &body),
        _ => Digest::default(),
    };
    digest.sha256 = Some(Sha256Hash::of(&body));
    digest
}

fn failed(problem: String) -> Digest {
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
    let (_, media_type) = thresh_page::MediaKind::of(content_type.as_deref(), Some(url), body);
    let Ok(Readable::Html(page)) = thresh_page::read(raw) else {
        return Digest {
            media_type,
            ..Digest::default()
        };
    };
    let nofollow = page.directives(ROBOTS_TOKEN).nofollow;
    let leads = if nofollow { Vec::new() } else { links(&page) };
    Digest {
        media_type,
        leads,
        ..Digest::default()
    }
}

fn links(page: &thresh_page::Page) -> Vec<Lead> {
    page.links(MAX_LINKS)
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
                listed: false,
            }
        })
        .collect()
}

fn sitemap_leads(url: &CanonicalUrl, body: &[u8]) -> Digest {
    let sitemap = sitemap::parse(body, url, Limits::default());
    let children = sitemap
        .children
        .into_iter()
        .map(|url| (url, TaskKind::Sitemap));
    let pages = sitemap
        .urls
        .into_iter()
        .map(|entry| (entry.url, TaskKind::Page));
    let leads = children
        .chain(pages)
        .filter(|(url, kind)| *kind == TaskKind::Sitemap || !is_asset(url))
        .map(|(url, kind)| Lead {
            url,
            kind,
            listed: true,
        })
        .collect();
    Digest {
        leads,
        problems: sitemap.problems,
        ..Digest::default()
    }
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

    fn read(html: &str) -> Digest {
        let url = "http://a.example/dir/page".parse().unwrap();
        let head = HttpHead(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n".to_vec());
        digest_bytes(&url, &head, html.as_bytes(), TaskKind::Page, 200)
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
    fn an_unknown_coding_is_a_problem_not_a_panic() {
        let url = "http://a.example/".parse().unwrap();
        let head = HttpHead(b"HTTP/1.1 200 OK\r\nContent-Encoding: brrr\r\n\r\n".to_vec());
        let digest = digest_bytes(&url, &head, b"x", TaskKind::Page, 200);
        assert!(digest.sha256.is_none() && !digest.problems.is_empty());
    }
}
