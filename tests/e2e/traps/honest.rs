//! Large honest sites: pages in one folder, however they are found, and whatever they differ in.

use thresh_testkit::{Reply, Server};

use super::sites::{drawn, page, prose, site, word};

/// What the pages of a site have to say.
#[derive(Debug, Clone, Copy)]
pub(super) enum Text {
    /// Each has its own.
    Own,
    /// The same but for a number.
    Number,
}

/// How the pages of a site are found.
#[derive(Debug, Clone, Copy)]
pub(super) enum Way {
    /// The first page links to all.
    Hub,
    /// A sitemap lists all, and no page does.
    Sitemap,
    /// Lists of ten, each of which links to the next and to nothing else.
    Next,
}

/// Items of one list.
const EACH: u64 = 10;

/// The address of a page.
pub(super) fn item_path(n: u64, text: Text) -> String {
    match text {
        Text::Own => format!("/things/{}-{}-{}", word(drawn(n)), word(n), word(n >> 12)),
        Text::Number => format!("/things/{n}"),
    }
}

fn item(n: u64, text: Text) -> Reply {
    let said = match text {
        Text::Own => prose(1000 + n, 60),
        Text::Number => format!("{} number {n}", prose(3, 60)),
    };
    page(&[said], ["/".to_owned()])
}

fn list(n: u64, of: u64, text: Text) -> Reply {
    let items: Vec<u64> = (n * EACH - EACH..(n * EACH).min(of)).collect();
    let shown: Vec<String> = items
        .iter()
        .map(|item| match text {
            Text::Own => prose(1000 + item, 6),
            Text::Number => format!("Number {item}"),
        })
        .collect();
    let next = (n * EACH < of).then(|| format!("/list/{}", n + 1));
    page(
        &shown,
        items.into_iter().map(|n| item_path(n, text)).chain(next),
    )
}

fn sitemap(host: &str, of: u64, text: Text) -> Reply {
    let urls: String = (0..of)
        .map(|n| format!("<url><loc>http://{host}{}</loc></url>", item_path(n, text)))
        .collect();
    let xml =
        format!("<urlset xmlns='http://www.sitemaps.org/schemas/sitemap/0.9'>{urls}</urlset>");
    Reply::status(200)
        .header("Content-Type", "application/xml")
        .body(xml)
}

/// A site of so many pages. Its first page is one of them, with [`Way::Next`] the lists are too.
pub(super) fn honest(of: u64, way: Way, text: Text) -> Server {
    let paths: std::collections::HashMap<String, u64> =
        (0..of).map(|n| (item_path(n, text), n)).collect();
    site(move |asked| match (asked.path, way) {
        ("/", Way::Hub) => Some(page(&["Welcome"], (0..of).map(|n| item_path(n, text)))),
        ("/", Way::Sitemap) => Some(page(&["Welcome"], [])),
        ("/", Way::Next) => Some(page(&["Welcome"], ["/list/1".to_owned()])),
        ("/sitemap.xml", Way::Sitemap) => Some(sitemap(asked.host, of, text)),
        (path, _) => match path.strip_prefix("/list/") {
            Some(n) => n.parse().ok().map(|n| list(n, of, text)),
            None => paths.get(path).map(|n| item(*n, text)),
        },
    })
}
