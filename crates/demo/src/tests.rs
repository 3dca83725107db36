//! The embedded web is whole: every link leads somewhere, every sentence is there to be found.

use std::collections::{BTreeMap, BTreeSet};

use crate::expected::{chrome, documents, rough_edges};
use crate::host::Host;
use crate::html::escape;
use crate::reply::Reply;
use crate::routes::{Ask, Web};

/// Splits an address of the embedded web; `None` for an address elsewhere.
fn split(url: &str) -> Option<(Host, &str, &str)> {
    let rest = url.strip_prefix("http://")?;
    let (name, _) = rest.split_once('/').unwrap_or((rest, ""));
    let path = if rest.len() > name.len() {
        &rest[name.len()..]
    } else {
        "/"
    };
    let path = path.split('#').next().unwrap_or(path);
    let (path, query) = path.split_once('?').unwrap_or((path, ""));
    Some((Host::of(name)?, path, query))
}

fn ask(web: &Web, url: &str, edition: u8, turn: u64) -> Reply {
    let (host, path, query) = split(url).unwrap_or_else(|| panic!("{url} is served here"));
    web.answer(&Ask {
        host,
        path,
        query,
        edition,
        turn,
    })
}

fn text(reply: &Reply) -> String {
    String::from_utf8_lossy(&reply.body).into_owned()
}

/// Returns the addresses that the anchors of a page lead to.
fn links(html: &str, base: Host) -> Vec<String> {
    html.split("<a ")
        .skip(1)
        .filter_map(|anchor| anchor.split_once("href=\"")?.1.split_once('"'))
        .map(|(to, _)| to.replace("&amp;", "&"))
        .filter(|to| !to.starts_with('#') && !to.starts_with("mailto:"))
        .map(|to| {
            if to.starts_with('/') {
                base.at(&to)
            } else {
                to
            }
        })
        .map(|to| to.split('#').next().unwrap_or_default().to_owned())
        .collect()
}

/// Follows every link from the front pages; returns the status of each address.
fn crawl(web: &Web, edition: u8) -> BTreeMap<String, u16> {
    let mut queue: Vec<String> = crate::HOSTS
        .iter()
        .map(|host| format!("http://{host}/"))
        .collect();
    let mut seen = BTreeMap::new();
    while let Some(url) = queue.pop() {
        if seen.contains_key(&url) || split(&url).is_none() {
            continue;
        }
        let reply = ask(web, &url, edition, seen.len() as u64);
        seen.insert(url.clone(), reply.status);
        let (host, ..) = split(&url).unwrap();
        if let Some(to) = reply.header("location") {
            queue.push(if to.starts_with('/') {
                host.at(to)
            } else {
                to.to_owned()
            });
        }
        if reply
            .header("content-type")
            .is_some_and(|media| media.starts_with("text/html"))
        {
            queue.extend(links(&text(&reply), host));
        }
    }
    seen
}

#[test]
fn every_link_leads_to_a_page_but_those_that_are_meant_to_break() {
    let web = Web::new();
    for edition in [1, 2] {
        let broken: Vec<_> = crawl(&web, edition)
            .into_iter()
            .filter(|(_, status)| *status >= 400)
            .collect();
        let expected = [
            ("http://www.osce.example/secretariat/400000".to_owned(), 404),
            ("http://www.osce.example/secretariat/410014".to_owned(), 500),
        ];
        assert_eq!(broken, expected, "edition {edition}");
    }
}

#[test]
fn every_document_is_linked_and_there_are_enough_of_them() {
    let web = Web::new();
    for edition in [1, 2] {
        let reached = crawl(&web, edition);
        let documents = documents(&web, edition);
        for document in &documents {
            assert_eq!(reached.get(&document.url), Some(&200), "{}", document.url);
        }
        assert!(documents.len() >= 30, "{}", documents.len());
        assert!((60..150).contains(&reached.len()), "{}", reached.len());
    }
}

#[test]
fn a_page_holds_its_document_in_order() {
    let web = Web::new();
    for document in documents(&web, 1).iter().chain(&documents(&web, 2)) {
        let edition = if documents(&web, 1).contains(document) {
            1
        } else {
            2
        };
        let html = text(&ask(&web, &document.url, edition, 0));
        assert!(html.contains(&escape(document.title)), "{}", document.url);
        let mut from = html.find("<h1").unwrap();
        for sentence in &document.body {
            let at = html[from..].find(&escape(sentence));
            from += at.unwrap_or_else(|| panic!("{}: `{sentence}`", document.url));
        }
        let words: usize = document
            .body
            .iter()
            .map(|s| s.split_whitespace().count())
            .sum();
        assert!(
            (80..=700).contains(&words),
            "{}: {words} words",
            document.url
        );
    }
}

#[test]
fn chrome_surrounds_documents_and_is_in_none() {
    let web = Web::new();
    let pages: Vec<String> = documents(&web, 1)
        .iter()
        .map(|d| text(&ask(&web, &d.url, 1, 0)))
        .collect();
    for phrase in chrome() {
        assert!(
            pages.iter().any(|page| page.contains(&escape(phrase))),
            "`{phrase}` stands on no page"
        );
        for document in documents(&web, 1).iter().chain(&documents(&web, 2)) {
            assert!(
                !document.body.iter().any(|s| s.contains(phrase)),
                "`{phrase}` in {}",
                document.url
            );
        }
    }
}

#[test]
fn the_second_edition_corrects_adds_removes_and_changes_the_menu() {
    let web = Web::new();
    let bodies = |edition| -> BTreeMap<String, Vec<&'static str>> {
        documents(&web, edition)
            .into_iter()
            .map(|d| (d.url, d.body))
            .collect()
    };
    let (first, second) = (bodies(1), bodies(2));
    let (old, new): (BTreeSet<_>, BTreeSet<_>) = (first.keys().collect(), second.keys().collect());
    let gone: Vec<_> = old.difference(&new).collect();
    let added: Vec<_> = new.difference(&old).collect();
    let changed: Vec<_> = first
        .iter()
        .filter(|(url, body)| second.get(*url).is_some_and(|other| other != *body))
        .collect();
    assert_eq!(gone, [&"http://www.osce.example/secretariat/410009"]);
    assert_eq!(added, [&"http://www.osce.example/secretariat/410011"]);
    assert_eq!(changed.len(), 1);
    assert_eq!(ask(&web, gone[0], 2, 0).status, 404);

    let story = "http://www.osce.example/stories/410010";
    let (before, after) = (text(&ask(&web, story, 1, 0)), text(&ask(&web, story, 2, 0)));
    assert_ne!(before, after, "the menu is another");
    assert_eq!(first[story], second[story]);
}

#[test]
fn cards_and_post_types_differ_from_request_to_request() {
    let web = Web::new();
    let url = "http://respect.example/about/";
    let pages: BTreeSet<String> = (0..8).map(|turn| text(&ask(&web, url, 1, turn))).collect();
    assert_eq!(pages.len(), 8);
    for page in &pages {
        assert_eq!(page.matches("class=\"resource-card\"").count(), 4);
        let cards: BTreeSet<_> = page
            .split("resource-card\"><h3>")
            .skip(1)
            .map(|c| &c[..40])
            .collect();
        assert_eq!(cards.len(), 4, "no card stands twice");
    }
    assert!(
        pages
            .iter()
            .any(|page| page.contains("<p>nav_menu_item</p>"))
    );
    assert!(pages.iter().any(|page| !page.contains("nav_menu_item")));
    assert_eq!(
        text(&ask(&web, url, 1, 3)),
        text(&ask(&web, url, 1, 3)),
        "a turn gives the same page again"
    );
}

#[test]
fn rough_edges_are_served_as_they_say() {
    let web = Web::new();
    for edge in rough_edges() {
        let reply = ask(&web, edge.url, 1, 0);
        let expected = match edge.what {
            "redirect" => 301,
            "not-found" => 404,
            "server-error" => 500,
            _ => reply.status,
        };
        assert_eq!(reply.status, expected, "{}", edge.url);
        if edge.what == "attachment" {
            assert!(reply.body.starts_with(b"%PDF-1.4"));
        }
    }
    let noindex = text(&ask(&web, "http://www.osce.example/members", 1, 0));
    assert!(noindex.contains("<meta name=\"robots\" content=\"noindex"));
}

#[test]
fn sitemaps_list_what_is_served() {
    let web = Web::new();
    for url in [
        "http://www.osce.example/sitemap.xml?page=1",
        "http://zero.example/blog-posts-sitemap.xml",
    ] {
        let xml = text(&ask(&web, url, 1, 0));
        let urls: Vec<_> = xml
            .split("<loc>")
            .skip(1)
            .filter_map(|rest| rest.split_once("</loc>"))
            .collect();
        assert!(urls.len() >= 4, "{url}");
        for (listed, _) in urls {
            assert_eq!(ask(&web, listed, 1, 0).status, 200, "{listed}");
        }
    }
}
