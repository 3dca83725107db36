//! Pages made of words drawn by lot, and sites of them with traps or without.

use std::fmt::Write as _;
use std::sync::atomic::{AtomicU64, Ordering};

use thresh_testkit::{Reply, Seen, Server, Site};

/// Honest pages around a trap, the first page aside.
pub(super) const HONEST: u64 = 60;

/// A number drawn by lot from a number (the finisher of splitmix64).
pub(super) fn drawn(from: u64) -> u64 {
    let mut z = from.wrapping_add(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

/// A word of some 4,000 that can be spoken.
pub(super) fn word(n: u64) -> String {
    const SYLLABLES: [&str; 16] = [
        "ba", "de", "fi", "go", "hu", "ka", "le", "mi", "no", "pu", "ra", "se", "ti", "vo", "wu",
        "za",
    ];
    (0..3)
        .map(|at| SYLLABLES[(n >> (4 * at)) as usize % 16])
        .collect()
}

/// So many words about a subject, always the same.
pub(super) fn prose(subject: u64, words: u64) -> String {
    let all = (0..words).map(|at| word(drawn(subject.wrapping_mul(1009).wrapping_add(at))));
    all.collect::<Vec<_>>().join(" ")
}

/// A value as servers draw them for a session.
pub(super) fn opaque(n: u64) -> String {
    format!("{:016x}{:08x}", drawn(n), drawn(n + 1) as u32)
}

/// A page with the frame that all pages of a site have.
pub(super) fn page<S: AsRef<str>>(blocks: &[S], links: impl IntoIterator<Item = String>) -> Reply {
    let mut html = format!("<title>A page</title><nav><p>{}</p></nav>", prose(1, 40));
    for block in blocks {
        let _ = write!(html, "<p>{}</p>", block.as_ref());
    }
    for link in links {
        let _ = write!(html, "<a href=\"{link}\"></a>");
    }
    let _ = write!(html, "<footer><p>{}</p></footer>", prose(2, 30));
    Reply::html(html)
}

/// The address of an honest page.
pub(super) fn honest_path(n: u64) -> String {
    format!("/page/{}-{}", word(drawn(n)), word(n))
}

/// All of the honest site that a trap is in.
pub(super) fn honest_paths() -> Vec<String> {
    let pages = (0..HONEST).map(honest_path);
    std::iter::once("/".to_owned()).chain(pages).collect()
}

/// The honest page at a path, or the first one, which links to all.
fn honest(path: &str, more: &dyn Fn(u64) -> Vec<String>) -> Option<Reply> {
    if path == "/" {
        let links = (0..HONEST).map(honest_path).chain(more(0));
        return Some(page(&["Welcome"], links));
    }
    let n = (0..HONEST).find(|n| honest_path(*n) == path)?;
    let links = std::iter::once("/".to_owned()).chain(more(n + 1));
    Some(page(&[prose(100 + n, 120)], links))
}

/// A request, taken apart.
pub(super) struct Asked<'a> {
    pub(super) path: &'a str,
    pub(super) query: Vec<(&'a str, &'a str)>,
    pub(super) host: &'a str,
    /// How many requests came before.
    pub(super) nth: u64,
}

impl Asked<'_> {
    fn get(&self, name: &str) -> Option<&str> {
        let pair = self.query.iter().find(|(held, _)| *held == name);
        pair.map(|(_, value)| *value)
    }

    fn number(&self, name: &str) -> Option<u64> {
        self.get(name)?.parse().ok()
    }

    fn parts(&self) -> Vec<&str> {
        self.path
            .split('/')
            .filter(|part| !part.is_empty())
            .collect()
    }
}

/// A site that answers with what `answer` makes of each request; there is nothing else.
pub(super) fn site(answer: impl Fn(&Asked<'_>) -> Option<Reply> + Send + Sync + 'static) -> Server {
    Server::start(|site: &mut Site| {
        let nth = AtomicU64::new(0);
        site.on("/robots.txt", Reply::status(404));
        site.on("/.well-known/tdmrep.json", Reply::status(404));
        site.on_other(move |seen: &Seen| {
            let (path, query) = seen.path.split_once('?').unwrap_or((&seen.path, ""));
            let pairs = query.split('&').filter(|pair| !pair.is_empty());
            let asked = Asked {
                path,
                query: pairs
                    .map(|pair| pair.split_once('=').unwrap_or((pair, "")))
                    .collect(),
                host: seen.header("host").unwrap_or_default(),
                nth: nth.fetch_add(1, Ordering::SeqCst),
            };
            answer(&asked).unwrap_or_else(|| Reply::status(404))
        });
    })
}

/// An honest site of which every page links to `entry`; what is not its own, `trap` answers.
fn trapped(
    entry: &str,
    trap: impl Fn(&Asked<'_>) -> Option<Reply> + Send + Sync + 'static,
) -> Server {
    let entry = vec![entry.to_owned()];
    site(move |asked| {
        let own = Some(asked.path).filter(|_| asked.query.is_empty());
        own.and_then(|path| honest(path, &|_| entry.clone()))
            .or_else(|| trap(asked))
    })
}

/// Months without end, with a page for each day on which nothing happens.
pub(super) fn calendar() -> Server {
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
    let to = |n: u64| format!("/calendar/{}/{:02}", n / 12, n % 12 + 1);
    trapped("/calendar/2026/11", move |asked| {
        let parts = asked.parts();
        let ["calendar", rest @ ..] = parts.as_slice() else {
            return None;
        };
        let numbers: Vec<u64> = rest.iter().filter_map(|part| part.parse().ok()).collect();
        let (n, day) = match numbers.as_slice() {
            [year, month] => (year * 12 + month - 1, None),
            [year, month, day] => (year * 12 + month - 1, Some(day)),
            _ => return None,
        };
        let name = format!("{} {}", MONTHS[(n % 12) as usize], n / 12);
        if let Some(day) = day {
            return Some(page(&[format!("Nothing happens on {day} {name}")], [to(n)]));
        }
        let days = (1..=28).map(|day| format!("{}/{day:02}", to(n)));
        Some(page(
            &[name],
            [to(n - 1), to(n + 1)].into_iter().chain(days),
        ))
    })
}

/// Every link of every page has a session of its own, put in by `to`; `at` takes it out.
fn sessions(
    to: fn(&str, &str) -> String,
    at: for<'a> fn(&'a Asked<'_>) -> Option<&'a str>,
) -> Server {
    site(move |asked| {
        let links = |k: u64| {
            let others = (1..=8).map(|step| honest_path((k + step * 7) % HONEST));
            others.chain(["/".to_owned()]).collect::<Vec<_>>()
        };
        let path = at(asked)?;
        let drawn = |(k, link): (usize, String)| to(&link, &opaque(asked.nth * 1000 + k as u64));
        if path == "/" {
            let all = (0..HONEST).map(honest_path).enumerate().map(drawn);
            return Some(page(&["Welcome"], all));
        }
        let n = (0..HONEST).find(|n| honest_path(*n) == path)?;
        let all = links(n).into_iter().enumerate().map(drawn);
        Some(page(&[prose(100 + n, 120)], all))
    })
}

pub(super) fn sessions_in_the_query() -> Server {
    sessions(
        |link, id| format!("{link}?visit={id}"),
        |asked| Some(asked.path),
    )
}

pub(super) fn sessions_in_the_path() -> Server {
    sessions(
        |link, id| format!("/s/{id}{link}"),
        |asked| match asked.path.strip_prefix("/s/") {
            Some(rest) => rest.find('/').map(|at| &rest[at..]),
            None => Some(asked.path),
        },
    )
}

/// A list of all pages with five facets of six values, which combine freely.
pub(super) fn facets() -> Server {
    const FACETS: [&str; 5] = ["brand", "color", "size", "style", "cloth"];
    trapped("/shop", |asked| {
        if asked.path != "/shop" {
            return None;
        }
        let chosen: Vec<(&str, u64)> = FACETS
            .iter()
            .filter_map(|facet| Some((*facet, asked.number(facet)?)))
            .collect();
        let value = |n: u64, facet: &str| drawn(n * 31 + facet.len() as u64 * 7) % 6;
        let fits = |n: &u64| chosen.iter().all(|(facet, of)| value(*n, facet) == *of);
        let items: Vec<u64> = (0..HONEST).filter(fits).collect();
        let shown = items.iter().map(|n| prose(100 + n, 8));
        let blocks: Vec<String> = [format!("{} results", items.len())]
            .into_iter()
            .chain(shown)
            .collect();
        let link = |facet: &'static str, of: u64| {
            let mut next = chosen.clone();
            next.retain(|(name, _)| *name != facet);
            next.push((facet, of));
            let pairs: Vec<String> = next
                .iter()
                .map(|(name, of)| format!("{name}={of}"))
                .collect();
            format!("/shop?{}", pairs.join("&"))
        };
        let choices = FACETS
            .into_iter()
            .flat_map(|facet| (0..6).map(move |of| (facet, of)));
        let choices: Vec<String> = choices.map(|(facet, of)| link(facet, of)).collect();
        Some(page(
            &blocks,
            items.into_iter().map(honest_path).chain(choices),
        ))
    })
}

/// Relative links that lead further down from wherever one is.
pub(super) fn growing() -> Server {
    trapped("/archive/old/", |asked| {
        let down = ["archive/", "old/", "more/"].map(str::to_owned);
        asked
            .path
            .ends_with('/')
            .then(|| page(&["Nothing is here"], down))
    })
}

/// What is not there is answered with 200, and with links that lead nowhere either.
pub(super) fn soft_404() -> Server {
    let lost = |seed: u64| {
        (0..4).map(move |k| {
            let n = drawn(seed * 10 + k);
            format!("/{}/{}.html", word(n), word(n >> 20))
        })
    };
    site(move |asked| {
        if asked.path == "/sitemap.xml" {
            return None;
        }
        honest(asked.path, &|n| lost(n).collect()).or_else(|| {
            Some(page(
                &["Sorry, this page has moved"],
                lost(1000 + asked.nth),
            ))
        })
    })
}

/// A list of six pages that goes on for ever: with its last page, or with none of the items.
pub(super) fn pagination(repeats: bool) -> Server {
    trapped("/list?page=1", move |asked| {
        let n = asked.number("page").filter(|_| asked.path == "/list")?;
        let shown = if repeats { n.min(6) } else { n };
        let items: Vec<u64> = (shown * 10 - 10..shown * 10)
            .filter(|item| *item < HONEST)
            .collect();
        let mut blocks: Vec<String> = items.iter().map(|item| prose(100 + item, 8)).collect();
        if !repeats {
            blocks.push(format!("Page {n}"));
        }
        if items.is_empty() {
            blocks.push("There are no items".to_owned());
        }
        let next = format!("/list?page={}", n + 1);
        Some(page(
            &blocks,
            items.into_iter().map(honest_path).chain([next]),
        ))
    })
}

/// Feeds of the pages of a section, which nothing links to but a feed.
pub(super) fn in_feeds_only() -> impl Iterator<Item = String> {
    (0..HONEST).map(|n| format!("/late/{}-{n}", word(drawn(7000 + n))))
}

/// Every page names a feed of its own, which lists the page itself, or with `news` one that nothing else
/// links to.
pub(super) fn feeds(news: bool) -> Server {
    let late: Vec<String> = in_feeds_only().collect();
    let named = |path: &str| {
        format!("<link rel=\"alternate\" type=\"application/rss+xml\" href=\"{path}/feed\">")
    };
    site(move |asked| {
        if let Some(of) = asked.path.strip_suffix("/feed") {
            let n = (0..HONEST).find(|n| honest_path(*n) == of)?;
            let listed = if news { late[n as usize].as_str() } else { of };
            let item = format!("<item><link>http://{}{listed}</link></item>", asked.host);
            let rss =
                format!("<rss version=\"2.0\"><channel><title>Words</title>{item}</channel></rss>");
            let reply = Reply::status(200).header("Content-Type", "application/rss+xml");
            return Some(reply.body(rss));
        }
        if let Some(n) = (0..HONEST).find(|n| late[*n as usize] == asked.path) {
            return Some(page(&[prose(7000 + n, 120)], []));
        }
        let n = (0..HONEST).find(|n| honest_path(*n) == asked.path);
        match n {
            Some(n) => Some(page(&[prose(100 + n, 120), named(asked.path)], [])),
            None => honest(asked.path, &|_| Vec::new()),
        }
    })
}
