//! Honest sites: nothing of them may be lost.

use super::crawl::judged;
use super::site::{Page, Site};
use super::text::{opaque, prose, slug};

fn frame(page: Page) -> Page {
    page.block(prose("navigation", 60))
        .block(prose("footer", 40))
        .link("/")
}

fn hub(of: usize, to: impl Fn(usize) -> String, name: impl Fn(usize) -> String) -> Page {
    frame(Page::wanted("hub"))
        .blocks((0..of).map(&name))
        .links((0..of).map(to))
}

const MANY: usize = 3600;

fn by_hub(name: &str, to: fn(usize) -> String, text: fn(&str) -> Vec<String>) -> Site {
    Site::new(name, MANY + 1, move |asked| {
        if asked.path == "/" {
            return Some(hub(MANY, to, |n| format!("Record {n}")));
        }
        let page = format!("{}?{:?}", asked.path, asked.query);
        Some(frame(Page::wanted(&page)).blocks(text(&page)))
    })
}

fn number(text: &str) -> String {
    text.chars().filter(char::is_ascii_digit).collect()
}

fn lists(
    name: &str,
    pages: usize,
    each: usize,
    anchor: fn(usize) -> String,
    text: fn(&str) -> Vec<String>,
) -> Site {
    Site::new(name, pages * each + pages, move |asked| {
        let parts = asked.parts();
        if parts.first() == Some(&"item") {
            return Some(frame(Page::wanted(&asked.path)).blocks(text(&asked.path)));
        }
        let page = asked.number("page").unwrap_or(1) as usize;
        let items = (page - 1) * each..page * each;
        let list = frame(Page::wanted(format!("list {page}")))
            .block(format!("Page {page} of {pages}"))
            .blocks(items.clone().map(anchor))
            .links(items.map(|n| format!("/item/{n}")));
        Some(if page < pages {
            list.link(format!("/?page={}", page + 1))
        } else {
            list
        })
    })
}

fn chain(name: &str, of: usize, to: fn(usize) -> String, text: fn(&str) -> String) -> Site {
    Site::new(name, of, move |asked| {
        let at = (0..of).find(|n| to(*n) == asked.path).unwrap_or(0);
        let page = frame(Page::wanted(to(at))).block(text(&to(at)));
        Some(if at + 1 < of {
            page.link(to(at + 1))
        } else {
            page
        })
    })
}

/// Pages that link to one another only, and differ in a number only: each is a page all the same.
fn numbered(name: &str, of: usize, ways: usize) -> Site {
    Site::new(name, of, move |asked| {
        let at = asked.parts().last().and_then(|n| n.parse().ok());
        let at: usize = at.unwrap_or(0);
        (at < of).then(|| {
            let next = (1..=ways).map(|way| at * ways + way).filter(|n| *n < of);
            Page::wanted(at.to_string())
                .block(format!("This is page {at} of the site, kept whole."))
                .block("on")
                .links(next.map(|n| format!("/page/{n}")))
        })
    })
}

fn sites() -> Vec<Site> {
    let item = |n: usize| format!("/item/{n}");
    let named = |n: usize| format!("/docs/{}", slug(&n.to_string(), n));
    let query = |n: usize| format!("/index.php?id={n}");
    let id = |n: usize| format!("/o/{}", opaque(&n.to_string()));
    let numbers = |page: &str| vec![format!("This is record number {}.", number(page))];
    let only = |page: &str| vec![format!("Record {}", number(page))];
    let few = |page: &str| vec![prose(page, 5)];
    let twenty = |page: &str| vec![prose("long frame", 800), prose(page, 20)];
    let full = |page: &str| vec![prose(page, 200)];
    let mut listed = by_hub("sitemap, only numbers", item, numbers);
    listed.sitemap = (0..MANY).map(item).collect();
    vec![
        by_hub("hub, full pages", named, full),
        by_hub("hub, few words", named, few),
        by_hub("hub, 20 words in a long frame", item, twenty),
        by_hub("hub, only numbers", item, numbers),
        by_hub("hub, nothing but the anchor", item, only),
        by_hub("hub, query, only numbers", query, numbers),
        by_hub("hub, opaque addresses", id, few),
        listed,
        lists(
            "lists of titles, full pages",
            400,
            10,
            |n| prose(&n.to_string(), 6),
            full,
        ),
        lists(
            "lists of titles, few words",
            400,
            10,
            |n| prose(&n.to_string(), 3),
            few,
        ),
        lists(
            "lists of numbers, only numbers",
            400,
            10,
            |n| format!("Record {n}"),
            only,
        ),
        lists(
            "lists of 3 numbers, only numbers",
            400,
            3,
            |n| format!("Record {n}"),
            numbers,
        ),
        lists(
            "lists without names, only numbers",
            400,
            10,
            |_| "View".into(),
            numbers,
        ),
        lists(
            "lists without names, full pages",
            400,
            10,
            |_| "View".into(),
            full,
        ),
        chain(
            "chain of numbers",
            400,
            |n| format!("/book/chapter-{n}.html"),
            |p| prose(p, 300),
        ),
        chain(
            "chain of names",
            400,
            |n| format!("/book/{}", slug(&n.to_string(), n)),
            |p| prose(p, 300),
        ),
        chain(
            "chain of short pages",
            400,
            |n| format!("/poems/{n}"),
            |p| prose(p, 16),
        ),
        placeholders(),
        archive(),
        forum(),
        gallery(),
        manual(),
        languages(),
        versions(),
    ]
}

/// The first pages are all the same.
fn placeholders() -> Site {
    Site::new("hub, 300 placeholders first", 1702, |asked| {
        if asked.path == "/" {
            return Some(hub(
                2000,
                |n| format!("/item/{n}"),
                |n| format!("Record {n}"),
            ));
        }
        let n: usize = number(&asked.path).parse().ok()?;
        let page = if n < 300 { "soon" } else { &asked.path };
        Some(frame(Page::wanted(page)).block(prose(page, 30)))
    })
}

/// Posts by year, month and day; each list shows the beginnings.
fn archive() -> Site {
    let post =
        |y: u64, m: u64, k: u64| format!("/{y}/{m:02}/{}", slug(&format!("{y}{m}{k}"), k as usize));
    Site::new(
        "archive by year and month",
        1 + 10 + 120 + 120 * 12,
        move |asked| {
            let parts: Vec<&str> = asked.parts();
            let page =
                frame(Page::wanted(&asked.path)).links((2010..2020).map(|y| format!("/{y}/")));
            Some(match parts.as_slice() {
                [] => page.block(prose("home", 50)),
                [y] => page
                    .block(format!("Archive {y}"))
                    .links((1..=12).map(|m| format!("/{y}/{m:02}/"))),
                [y, m] => {
                    let (y, m) = (y.parse().ok()?, m.parse().ok()?);
                    let posts = (0..12).map(|k| post(y, m, k));
                    page.block(format!("Archive {m} {y}"))
                        .blocks(posts.clone().map(|p| prose(&p, 30)))
                        .links(posts)
                }
                _ => page
                    .block(prose(&asked.path, 30))
                    .block(prose(&format!("rest {}", asked.path), 200)),
            })
        },
    )
}

/// Boards, topics of several pages, all behind one script.
fn forum() -> Site {
    Site::new(
        "forum behind one script",
        1 + 10 * 20 + 10 * 20 * 10 * 3,
        |asked| {
            if let Some(topic) = asked.number("t") {
                let start = asked.number("start").unwrap_or(0);
                let id = format!("topic {topic} {start}");
                let page = frame(Page::wanted(&id))
                    .blocks((0..5).map(|k| prose(&format!("{id} {k}"), 40)));
                return Some(if start < 20 {
                    page.link(format!("/index.php?t={topic}&start={}", start + 10))
                } else {
                    page
                });
            }
            let Some(board) = asked.number("b") else {
                return Some(
                    frame(Page::wanted("boards"))
                        .links((0..10).map(|b| format!("/index.php?b={b}"))),
                );
            };
            let at = asked.number("page").unwrap_or(0);
            let topics = (0..10).map(|k| board * 1000 + at * 10 + k);
            let page = frame(Page::wanted(format!("board {board} {at}")))
                .block(format!("Board {board}"))
                .blocks(
                    topics
                        .clone()
                        .map(|t| format!("Topic: {}", prose(&format!("title {t}"), 5))),
                )
                .links(topics.map(|t| format!("/index.php?t={t}")));
            Some(if at < 19 {
                page.link(format!("/index.php?b={board}&page={}", at + 1))
            } else {
                page
            })
        },
    )
}

/// Albums of pictures with next and previous and hardly a word.
fn gallery() -> Site {
    Site::new("gallery", 1 + 100 + 100 * 20, |asked| {
        let parts = asked.parts();
        Some(match parts.as_slice() {
            ["album", a, n] => {
                let at: usize = n.parse().ok()?;
                frame(Page::wanted(&asked.path))
                    .block(format!("Picture {n} of 20"))
                    .block(prose(&format!("caption {a}"), 12))
                    .link(format!("/album/{a}/{}", (at + 1) % 20))
                    .link(format!("/album/{a}"))
            }
            ["album", a] => frame(Page::wanted(&asked.path))
                .block(prose(&format!("caption {a}"), 12))
                .links((0..20).map(|n| format!("/album/{a}/{n}"))),
            _ => frame(Page::wanted("/")).links((0..100).map(|a| format!("/album/{a}"))),
        })
    })
}

/// A tree of short pages.
fn manual() -> Site {
    Site::new("manual", 1 + 12 + 144 + 1728, |asked| {
        let depth = asked.parts().len();
        let path = asked.path.trim_end_matches('/').to_owned();
        let page = frame(Page::wanted(&path)).block(prose(&path, 40));
        Some(if depth < 3 {
            page.links((0..12).map(|n| format!("{path}/{}", slug(&format!("{path}{n}"), n))))
        } else {
            page
        })
    })
}

/// Every page in two languages; half are not translated.
fn languages() -> Site {
    Site::new("two languages, half translated", 1 + 300 + 150, |asked| {
        if asked.path == "/" {
            return Some(hub(300, |n| format!("/page/{n}"), |n| format!("Page {n}")));
        }
        let n: usize = number(&asked.path).parse().ok()?;
        let other = asked.get("lang") == Some("de") && n % 2 == 1;
        let id = format!("{n} {other}");
        Some(
            frame(Page::wanted(&id))
                .block(prose(&id, 100))
                .link(format!("/page/{n}?lang=de"))
                .link(format!("/page/{n}?lang=en")),
        )
    })
}

/// Documentation of twenty versions, of which a line in ten differs.
fn versions() -> Site {
    Site::new("manual in 20 versions", 1 + 20 + 20 * 100, |asked| {
        let parts = asked.parts();
        Some(match parts.as_slice() {
            ["docs", v, p] => {
                let lines = (0..10).map(|k| {
                    if k == 3 {
                        format!("{v} {p}")
                    } else {
                        format!("{p} {k}")
                    }
                });
                frame(Page::wanted(&asked.path))
                    .block(format!("Version {v}"))
                    .blocks(lines.map(|l| prose(&l, 12)))
            }
            ["docs", v] => frame(Page::wanted(&asked.path))
                .block(format!("Version {v}"))
                .links((0..100).map(|p| format!("/docs/{v}/{}", slug(&p.to_string(), p)))),
            _ => frame(Page::wanted("/")).links((0..20).map(|v| format!("/docs/{v}.0"))),
        })
    })
}

#[test]
fn nothing_of_an_honest_site_is_lost() {
    let numbered = [
        // One that leads to one only ends at the depth that a crawl goes to: it could be endless.
        numbered("numbered chain", 20, 1),
        numbered("numbered tree", 300, 3),
    ];
    let lost: Vec<String> = sites()
        .iter()
        .chain(&numbered)
        .filter(|site| judged(site).0 > 0)
        .map(|site| site.name.clone())
        .collect();
    assert!(lost.is_empty(), "lost pages of {lost:?}");
}
