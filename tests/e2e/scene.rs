//! A desk whose sites are the origins of a web, and what a test asks it afterwards.

use std::time::Duration;

use serde_json::Value;
use thresh_testkit::{Seen, Web, gaps};

use crate::support::{Desk, Run};

/// Between requests to one origin in these tests.
pub(crate) const DELAY: Duration = Duration::from_millis(50);

/// What the crawler asks of every origin on its own account.
const OWN: [&str; 2] = ["/robots.txt", "/.well-known/tdmrep.json"];

/// Text enough to be a document, with a word of its own.
pub(crate) fn prose(word: &str) -> String {
    format!(
        "This page about {word} has enough words of its own to be a document, as it tells of {word} \
         at some length and says plainly what the reader of a page on {word} came here to read."
    )
}

/// A page with prose about `word`, ready to be served.
pub(crate) fn article(word: &str, head: &str) -> String {
    let text = prose(word);
    format!(
        "<html><head><title>On {word}</title>{head}</head><body><main><p>{text}</p></main></body></html>"
    )
}

/// A page that links to `urls`.
pub(crate) fn linking<S: AsRef<str>>(urls: &[S]) -> String {
    let links: String = urls
        .iter()
        .map(|url| format!("<a href=\"{}\">on</a> ", url.as_ref()))
        .collect();
    format!("<title>Links</title>{links}")
}

/// Writes the main configuration: the pace of these tests, exactly the ports of `web` allowed, and
/// `crawl` in the `[crawl]` table.
pub(crate) fn configure(desk: &Desk, web: &Web, crawl: &str) {
    let allowed: Vec<String> = (0..web.len())
        .map(|number| format!("\"{}\"", web.addr(number)))
        .collect();
    let pace = if crawl.contains("delay =") {
        String::new()
    } else {
        format!("delay = \"{}ms\"\n", DELAY.as_millis())
    };
    desk.write(
        "config/thresh.toml",
        format!(
            "[corpus]\ncontact = \"mailto:curator@partner.example\"\n[crawl]\n{pace}allow_addresses = [{}]\n{crawl}\n",
            allowed.join(", ")
        ),
    );
}

/// Writes a site file.
pub(crate) fn site<S: AsRef<str>>(desk: &Desk, id: &str, seeds: &[S], origins: &[S], extra: &str) {
    let quoted = |list: &[S]| {
        let all: Vec<String> = list.iter().map(|s| format!("{:?}", s.as_ref())).collect();
        all.join(", ")
    };
    desk.write(
        &format!("config/sites/{id}.toml"),
        format!(
            "id = \"{id}\"\nname = \"{id}\"\nseeds = [{}]\norigins = [{}]\nnoise = [\"common\"]\n{extra}",
            quoted(seeds),
            quoted(origins)
        ),
    );
}

/// A desk with a site `o<number>` for each origin of `web`, seeded at `/`, without sitemaps.
pub(crate) fn desk_for(web: &Web, crawl: &str) -> Desk {
    let desk = Desk::new();
    configure(&desk, web, crawl);
    for number in 0..web.len() {
        let (seed, origin) = (web.url(number, "/"), web.url(number, ""));
        site(
            &desk,
            &name(number),
            &[seed],
            &[origin],
            "sitemaps = \"off\"\n",
        );
    }
    desk
}

/// The id of the site that [`desk_for`] makes of the origin `number`.
pub(crate) fn name(number: usize) -> String {
    format!("o{number}")
}

/// What `origin` was asked for by name, without what the crawler asks everybody for.
pub(crate) fn asked(web: &Web, number: usize) -> Vec<String> {
    let mut paths = web.paths(number);
    paths.retain(|path| !OWN.contains(&path.as_str()));
    paths
}

/// Asserts that the origin `number` was left alone for at least `least` before each request.
#[track_caller]
pub(crate) fn assert_gaps(web: &Web, number: usize, least: Duration) {
    let seen = web.seen(number);
    let close = gaps(&seen)
        .into_iter()
        .zip(&seen[1.min(seen.len())..])
        .find(|(gap, _)| *gap < least);
    if let Some((gap, next)) = close {
        panic!(
            "only {gap:?} before {} at origin {number}: {:?}",
            next.path,
            timeline(&seen)
        );
    }
}

/// Path and milliseconds since the first request, for messages.
fn timeline(seen: &[Seen]) -> Vec<(String, u128)> {
    let begun = seen.first().map(|s| s.at);
    seen.iter()
        .map(|s| {
            let path = s.path.chars().take(60).collect();
            (path, begun.map_or(0, |begun| (s.at - begun).as_millis()))
        })
        .collect()
}

impl Desk {
    /// Crawls; the exit code may be 0 or, where a site yields nothing by design, 6.
    #[track_caller]
    pub(crate) fn crawl(&self, args: &[&str]) -> Run {
        let run = self.run(&[&["crawl", "--json"], args].concat());
        assert!(matches!(run.code, 0 | 6), "{}: {}", run.code, run.stderr);
        run
    }

    /// The rows of `captures` of one kind.
    pub(crate) fn captures(&self, kind: &str) -> Vec<Value> {
        self.run(&["captures", "--jsonl", "--kind", kind])
            .expect(0)
            .jsonl()
    }

    /// The rows of `captures --refused`.
    pub(crate) fn refusals(&self) -> Vec<Value> {
        self.run(&["captures", "--refused", "--json"])
            .expect(0)
            .jsonl()
    }

    /// The reasons why `url` was refused.
    pub(crate) fn reasons(&self, url: &str) -> Vec<String> {
        self.refusals()
            .into_iter()
            .filter(|row| row["url"] == url)
            .map(|row| text(&row["reason"]))
            .collect()
    }

    /// Whether `url` was captured whole with status 200.
    pub(crate) fn has_whole(&self, url: &str) -> bool {
        self.captures("page")
            .iter()
            .any(|row| is_whole(row) && row["final_url"] == url)
    }
}

/// Whether a row of `captures` is a whole 200.
pub(crate) fn is_whole(row: &Value) -> bool {
    row["status"] == 200 && row.get("truncated").is_none_or(Value::is_null)
}

/// A JSON string as text.
#[track_caller]
pub(crate) fn text(value: &Value) -> String {
    value
        .as_str()
        .unwrap_or_else(|| panic!("no text: {value}"))
        .to_owned()
}
