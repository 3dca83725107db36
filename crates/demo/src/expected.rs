//! What a crawl of the embedded web has to find, and what it must not keep.

use crate::host::Host;
use crate::routes::{SLOW, Web};
use crate::theme::{drupal, relief, wix, wordpress};

/// A document, as it should come out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Expected {
    /// The address.
    pub url: String,
    /// The id of the site.
    pub site: &'static str,
    /// The title.
    pub title: &'static str,
    /// The day of publication, `YYYY-MM-DD`, where the page says it.
    pub date: Option<&'static str>,
    /// The language.
    pub language: &'static str,
    /// The kind: `press-release`, `feature-story`, `resource-card` and so on.
    pub kind: &'static str,
    /// Paragraphs, headings and list items in their order: every one has to be in the text.
    pub body: Vec<&'static str>,
    /// The address of the original, where the text is a copy of another document's.
    pub copy_of: Option<String>,
}

/// An address that misbehaves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RoughEdge {
    /// The address.
    pub url: &'static str,
    /// What happens there, in a word: `robots`, `redirect`, `not-found`, `soft-404`, `server-error`, `cut`, `slow`,
    /// `noindex`, `login`, `trap`, `attachment`.
    pub what: &'static str,
}

/// Returns the documents of an edition, copies included, sorted by address.
pub(crate) fn documents(web: &Web, edition: u8) -> Vec<Expected> {
    let mut all = Vec::new();
    for article in web.edition(edition) {
        let expected = Expected {
            url: article.url(),
            site: article.host.site(),
            title: article.title,
            date: article.date,
            language: article.lang,
            kind: article.kind,
            body: article.sentences(),
            copy_of: None,
        };
        if article.host == Host::Osce && article.path == relief::SYNDICATED {
            for (host, path) in [
                (Host::Mirror, relief::SYNDICATED),
                (Host::Relief, relief::SYNDICATED_HERE),
            ] {
                let copy_of = Some(expected.url.clone());
                all.push(Expected {
                    url: host.at(path),
                    site: host.site(),
                    copy_of,
                    ..expected.clone()
                });
            }
        }
        all.push(expected);
    }
    all.sort_by(|a, b| a.url.cmp(&b.url));
    all
}

/// Returns phrases of menus, boxes, cards and footers: none of them may be in the text of any document.
pub fn chrome() -> Vec<&'static str> {
    [
        drupal::CHROME,
        wordpress::CHROME,
        wix::CHROME,
        relief::CHROME,
    ]
    .concat()
}

/// Returns the addresses that misbehave.
pub fn rough_edges() -> Vec<RoughEdge> {
    const EDGES: [(&str, &str); 16] = [
        ("http://www.osce.example/internal/drafts", "robots"),
        ("http://www.osce.example/search?q=lake", "robots"),
        ("http://respect.example/wp-admin/", "robots"),
        (
            "http://www.osce.example/old/second-meeting-of-experts",
            "redirect",
        ),
        ("http://osce.example/secretariat/410002", "redirect"),
        ("http://www.osce.example/secretariat/400000", "not-found"),
        ("http://www.osce.example/secretariat/409998", "soft-404"),
        ("http://zero.example/blog-feed.xml", "soft-404"),
        ("http://www.osce.example/secretariat/410014", "server-error"),
        ("http://www.osce.example/secretariat/410015", "cut"),
        ("http://www.osce.example/secretariat/410013", "slow"),
        ("http://www.osce.example/members", "noindex"),
        ("http://www.osce.example/user/login", "login"),
        ("http://www.osce.example/events/calendar", "trap"),
        (
            "http://www.osce.example/files/f/documents/4/1/410012.pdf",
            "attachment",
        ),
        (
            "http://www.osce.example/resources/410012?download=true",
            "attachment",
        ),
    ];
    debug_assert!(EDGES.iter().any(|(url, _)| url.ends_with(SLOW)));
    EDGES.map(|(url, what)| RoughEdge { url, what }).into()
}
