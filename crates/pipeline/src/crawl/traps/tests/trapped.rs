//! Traps: few requests may be spent on them, and nothing of the honest site around them may be lost.

use super::crawl::{crawl, judged};
use super::shops::{shop, wordpress};
use super::site::{Asked, Page, Site};
use super::text::{opaque, prose, slug, word};

/// Requests that a trap may cost.
const USELESS: u64 = 300;

/// Honest pages around the trap.
const HONEST: usize = 200;

pub(super) fn frame(page: Page) -> Page {
    page.block(prose("navigation", 60))
        .block(prose("footer", 40))
        .link("/")
}

/// An honest page at `/page/…`, or the hub of all; `None` elsewhere.
fn honest(asked: &Asked) -> Option<Page> {
    match asked.parts().as_slice() {
        [] => Some(
            frame(Page::wanted("hub"))
                .links((0..HONEST).map(|n| format!("/page/{}", slug("p", n)))),
        ),
        ["page", name] => Some(frame(Page::wanted(*name)).block(prose(name, 120))),
        _ => None,
    }
}

/// An honest site of which every page links to `to`; what is not its own, `trap` answers.
fn with(name: &str, to: &str, trap: impl Fn(&Asked) -> Option<Page> + 'static) -> Site {
    let to = to.to_owned();
    Site::new(name, HONEST + 1, move |asked| {
        let page = honest(asked).filter(|_| asked.query.is_empty());
        page.map(|page| page.link(&to)).or_else(|| trap(asked))
    })
}

const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

pub(super) fn month(n: u64) -> String {
    format!("{} {}", MONTHS[(n % 12) as usize], n / 12)
}

/// Months as `to` writes them, with days below; `extra` is what a page shows besides.
fn calendar(name: &str, to: fn(u64) -> String, extra: fn(&Asked) -> String) -> Site {
    with(name, &to(2026 * 12 + 10), move |asked| {
        // Canonical addresses have their parameters in another order than the site.
        let query = ["year", "month", "day"].map(|name| asked.get(name).unwrap_or(""));
        let all: Vec<u64> = format!("{} {}", asked.path, query.join(" "))
            .split(|c: char| !c.is_ascii_digit())
            .filter_map(|digits| digits.parse().ok())
            .collect();
        let n = match all.as_slice() {
            [packed] if *packed > 100_000 => packed / 100 * 12 + packed % 100 - 1,
            [y, m, ..] => y * 12 + m - 1,
            _ => return None,
        };
        let page = frame(Page::useless()).block(extra(asked));
        if let [_, _, day] = all.as_slice() {
            return Some(page.block(format!("No events on {day} {}", month(n))));
        }
        let day = |d: u64| match to(n) {
            path if path.contains('?') => format!("{path}&day={d}"),
            path => format!("{path}/{d}"),
        };
        Some(
            page.block(month(n))
                .blocks((1..=30).map(|d| d.to_string()))
                .link(to(n - 1))
                .link(to(n + 1))
                .links((1..=30).map(day)),
        )
    })
}

fn path_month(n: u64) -> String {
    format!("/calendar/{}/{:02}", n / 12, n % 12 + 1)
}

fn query_month(n: u64) -> String {
    format!("/events?year={}&month={}", n / 12, n % 12 + 1)
}

fn packed_month(n: u64) -> String {
    format!("/agenda/{}{:02}", n / 12, n % 12 + 1)
}

/// Months that have a page of events each, elsewhere, and show a clock.
fn events() -> Site {
    with(
        "calendar with events elsewhere",
        "/months?m=24310",
        |asked| {
            let clock = format!("It is 12:{:02}:{:02}", asked.nth % 60, asked.nth * 7 % 60);
            let page = frame(Page::useless()).block(clock);
            let Some(n) = asked.number("m") else {
                return Some(page.block("No events"));
            };
            let events = format!("/events/{}/{}", n / 12, n % 12 + 1);
            Some(
                page.block(month(n))
                    .link(format!("/months?m={}", n + 1))
                    .link(events),
            )
        },
    )
}

fn calendars() -> Vec<Site> {
    let quote = |asked: &Asked| prose(&format!("quote {}", asked.nth % 40), 12);
    let clock = |asked: &Asked| format!("It is 12:{:02}:{:02}", asked.nth % 60, asked.nth * 7 % 60);
    let visits = |asked: &Asked| format!("Visitors {}", 100_000 + asked.nth);
    vec![
        events(),
        calendar("calendar in the path", path_month, |_| String::new()),
        calendar("calendar in the query", query_month, |_| String::new()),
        calendar("calendar in one number", packed_month, |_| String::new()),
        calendar("calendar with a clock", path_month, clock),
        calendar("calendar with random quotes", path_month, quote),
        calendar("calendar with a counter of visits", query_month, visits),
    ]
}

/// 300 pages; every link has a new session.
fn session(
    name: &str,
    to: fn(&str, &str) -> String,
    at: fn(&Asked) -> String,
    shows: fn(&Asked) -> String,
) -> Site {
    Site::new(name, 301, move |asked| {
        let session = |link: &str, k: usize| to(link, &opaque(&format!("{} {k}", asked.nth)));
        let place = at(asked);
        let page = frame(Page::wanted(&place))
            .block(prose(&place, 120))
            .block(shows(asked));
        let mut page = page.link(session("/", 0));
        page.links.retain(|link| link != "/");
        let names = (0..10).map(|section| format!("/section-{}", word(section)));
        let parts: Vec<&str> = place.split('/').filter(|part| !part.is_empty()).collect();
        let below = match parts.as_slice() {
            [section] => (0..29)
                .map(|n| format!("/{section}/{}", slug(section, n)))
                .collect(),
            _ => Vec::new(),
        };
        Some(
            page.links(
                names
                    .chain(below)
                    .enumerate()
                    .map(|(k, link)| session(&link, k + 1)),
            ),
        )
    })
}

fn sessions() -> Vec<Site> {
    let in_query = |link: &str, id: &str| format!("{link}?visit={id}");
    let in_matrix = |link: &str, id: &str| format!("{link};v={id}");
    let in_path = |link: &str, id: &str| format!("/v/{id}{link}");
    let two = |link: &str, id: &str| format!("{link}?a={id}&ts={}", number_of(id));
    let numeric = |link: &str, id: &str| format!("{link}?visit={}", number_of(id));
    let path = |asked: &Asked| asked.path.split(';').next().unwrap_or("/").to_owned();
    let under = |asked: &Asked| match asked.parts().as_slice() {
        ["v", _, rest @ ..] => format!("/{}", rest.join("/")),
        _ => "/".to_owned(),
    };
    let nothing = |_: &Asked| String::new();
    let printed = |asked: &Asked| format!("Your visit {}", asked.get("visit").unwrap_or(""));
    let quote = |asked: &Asked| prose(&format!("quote {}", asked.nth % 40), 12);
    let visits = |asked: &Asked| format!("Visitors {}", 100_000 + asked.nth);
    vec![
        session("session in the query", in_query, path, nothing),
        session("session as a number", numeric, path, nothing),
        session("session in a matrix parameter", in_matrix, path, nothing),
        session("session in the path", in_path, under, nothing),
        session("session and time in the query", two, path, nothing),
        session("session printed in the page", in_query, path, printed),
        session("session, random quotes", in_query, path, quote),
        session("session, counter of visits", in_query, path, visits),
        session("numeric session, counter of visits", numeric, path, visits),
    ]
}

pub(super) fn number_of(id: &str) -> u64 {
    xxhash_rust::xxh3::xxh3_64(id.as_bytes()) % 100_000_000
}

fn growing() -> Vec<Site> {
    let lost = || frame(Page::useless()).block("Nothing is here");
    vec![
        with("relative links that grow", "/a/b/", move |_| {
            Some(lost().link("a/").link("b/").link("c/"))
        }),
        with("fresh directories", "/x/", move |asked| {
            Some(
                lost()
                    .links((0..3).map(|k| format!("{}/", slug(&format!("{} {k}", asked.nth), k)))),
            )
        }),
        with("growing with numbers", "/n/1/", move |asked| {
            let n = asked.parts().len();
            Some(
                lost()
                    .block(format!("Level {n}"))
                    .link(format!("{n}/"))
                    .link(format!("{}/", n + 1)),
            )
        }),
        with("growing from the root", "/q1/", move |asked| {
            Some(lost().links(
                (0..2).map(|k| format!("/{}/{}/", word(asked.nth * 2 + k + 256), word(asked.nth))),
            ))
        }),
        with("growing, one page in 20 is new", "/a/b/", move |asked| {
            let new = if asked.nth % 20 == 0 {
                prose(&format!("new {}", asked.nth), 30)
            } else {
                String::new()
            };
            Some(lost().block(new).link("a/").link("b/").link("c/"))
        }),
        with("growing, every page has its path", "/a/b/", move |asked| {
            Some(
                lost()
                    .block(asked.path.replace('/', " > "))
                    .link("a/")
                    .link("b/")
                    .link("c/"),
            )
        }),
    ]
}

fn endless() -> Vec<Site> {
    let list = |n: u64| {
        (0..10).map(move |k| format!("Item {}", prose(&format!("item {}", n * 10 + k), 5)))
    };
    vec![
        with(
            "pagination repeats its last page",
            "/list?page=1",
            move |asked| {
                let n = asked.number("page")?;
                Some(
                    frame(Page::useless())
                        .blocks(list(n.min(20)))
                        .link(format!("/list?page={}", n + 1)),
                )
            },
        ),
        with("pagination without items", "/list?page=1", move |asked| {
            let n = asked.number("page")?;
            let items: Vec<String> = if n < 20 {
                list(n).collect()
            } else {
                Vec::new()
            };
            Some(
                frame(Page::useless())
                    .block(format!("Page {n}"))
                    .blocks(items)
                    .link(format!("/list?page={}", n + 1)),
            )
        }),
        with("pagination shuffles", "/list/1", move |asked| {
            let n: u64 = asked.parts().get(1)?.parse().ok()?;
            let items = (0..10).flat_map(|k| list((n * 7 + k) % 5).nth(k as usize));
            Some(
                frame(Page::useless())
                    .block(format!("Page {n} of many"))
                    .blocks(items)
                    .link(format!("/list/{}", n + 1))
                    .link(format!("/list/{}", n + 10)),
            )
        }),
        with("pagination by cursor", "/list?after=start", move |asked| {
            let after = asked.get("after")?;
            Some(
                frame(Page::useless())
                    .blocks(list(3))
                    .link(format!("/list?after={}", opaque(after))),
            )
        }),
    ]
}

/// Every honest page links to variants of itself.
fn variants(
    name: &str,
    of: fn(&str, usize) -> Vec<String>,
    shows: fn(&Asked, String) -> Vec<String>,
) -> Site {
    Site::new(name, HONEST + 1, move |asked| {
        if asked.path == "/" {
            return honest(asked);
        }
        let parts = asked.parts();
        let name = parts.iter().find(|part| part.contains('-'))?;
        let n = (number_of(name) % 1000) as usize;
        let page = frame(Page::wanted(*name)).blocks(shows(asked, prose(name, 120)));
        Some(page.links(of(name, n)))
    })
}

fn all_variants() -> Vec<Site> {
    let same = |_: &Asked, text: String| vec![text];
    let reply = |asked: &Asked, text: String| {
        let to = asked.get("replytocom").map_or(String::new(), |n| {
            format!("Reply to {}", word(number_of(n) % 300))
        });
        vec![text, to]
    };
    let print = |asked: &Asked, text: String| match asked.path.contains("print") {
        true => vec![text, "Print this".to_owned()],
        false => vec![text],
    };
    vec![
        variants(
            "a parameter that changes nothing",
            |name, n| {
                (0..8)
                    .map(|k| format!("/page/{name}?from={}", n * 8 + k))
                    .collect()
            },
            same,
        ),
        variants(
            "replytocom",
            |name, n| {
                (0..8)
                    .map(|k| format!("/page/{name}?replytocom={}", n * 8 + k))
                    .collect()
            },
            reply,
        ),
        variants(
            "print versions",
            |name, _| vec![format!("/print/{name}"), format!("/page/{name}?view=print")],
            print,
        ),
        variants(
            "print below",
            |name, _| vec![format!("/page/{name}/print")],
            print,
        ),
    ]
}

fn soft() -> Vec<Site> {
    let lost = |_: &Asked| Some(frame(Page::useless()).block("Sorry, that page is gone"));
    let mut broken = with("soft 404 behind broken links", "/gone", lost);
    let answer = broken.answer;
    broken.answer = Box::new(move |asked| {
        let page = answer(asked)?;
        let of = prose(&asked.path, 6);
        let own = page.id.is_some();
        let links = of
            .split(' ')
            .map(|word| format!("{word}/{word}.html"))
            .collect::<Vec<_>>();
        Some(if own { page.links(links) } else { page })
    });
    let mut relative = with("soft 404 with relative links", "/gone/", lost);
    let answer = relative.answer;
    relative.answer = Box::new(move |asked| {
        let links = ["news", "about/us", "shop/list"].map(str::to_owned);
        answer(asked).map(|page| page.links(links))
    });
    vec![broken, relative]
}

fn cheap(sites: &[Site], most: u64) {
    let bad: Vec<String> = sites
        .iter()
        .filter_map(|site| {
            let (lost, useless) = judged(site);
            (lost > 0 || useless > most)
                .then(|| format!("{}: {lost} lost, {useless} useless", site.name))
        })
        .collect();
    assert!(bad.is_empty(), "{bad:#?}");
}

#[test]
fn calendars_end() {
    // Forty quotes of twelve words are as new, once each, as what people write.
    cheap(&calendars(), USELESS + 100);
}

#[test]
fn sessions_double_a_site_at_most() {
    cheap(&sessions(), 300);
}

#[test]
fn paths_do_not_grow_for_ever() {
    // One of them is a site whose every twentieth page is new.
    cheap(&growing(), USELESS + 150);
}

#[test]
fn pagination_ends() {
    cheap(&endless(), USELESS);
}

#[test]
fn variants_are_not_multiplied() {
    cheap(&all_variants(), USELESS);
}

#[test]
fn one_answer_to_everything_is_seen() {
    cheap(&soft(), USELESS);
}

#[test]
fn facets_are_not_combined() {
    cheap(
        &[
            shop("shop, facets", false, false),
            shop("shop, facets and orders", true, false),
        ],
        USELESS,
    );
    // Each step is a directory further down, as in a manual, and half of the first two are new.
    cheap(&[shop("shop, facets in the path", false, true)], 1800);
}

#[test]
fn a_blog_is_crawled_once() {
    // Its lists and pictures are 24 + 40 + 24 + 240 pages that an archive wants, though they are none of the posts.
    let outcome = crawl(&wordpress());
    judged(&wordpress());
    assert_eq!(outcome.found.len(), 240);
    assert!(outcome.useless < 240 + 100 + 400, "{}", outcome.useless);
}
