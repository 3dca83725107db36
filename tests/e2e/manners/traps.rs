//! Places without end: whatever their pattern, budgets bound them, breadth comes before depth, and the
//! refusals name the bound.

use std::collections::BTreeMap;

use thresh_testkit::{Reply, Web};

use crate::scene::{asked, desk_for, is_whole, linking};

const BUDGET: usize = 150;
const ORDINARY: usize = 20;

/// The next addresses of each kind of trap, from where the crawler is.
fn trap(path: &str) -> Option<Vec<String>> {
    let number = |text: &str| text.parse::<u64>().ok();
    let (kind, rest) = path.trim_start_matches('/').split_once(['/', '?'])?;
    match kind {
        "calendar" => {
            let month = number(rest.trim_start_matches("month="))?;
            let around = [month + 1, month + 12, month.saturating_sub(1)];
            Some(around.map(|m| format!("/calendar?month={m}")).to_vec())
        }
        "growing" => Some(vec![format!("{path}/more"), format!("{path}/again")]),
        "pages" => Some(vec![format!("/pages/{}", number(rest)? + 1)]),
        "facets" => {
            let names = ["colour", "size", "brand", "year", "kind"];
            let picks = names
                .iter()
                .flat_map(|n| ["a", "b", "c"].map(|v| format!("{n}={v}")));
            Some(picks.map(|pick| format!("/facets?{rest}&{pick}")).collect())
        }
        _ => None,
    }
}

#[test]
fn endless_places_are_bounded_by_budgets_and_named() {
    let traps = [
        "/calendar?month=1",
        "/growing/path",
        "/pages/1",
        "/facets?colour=a",
    ];
    let web = Web::start(traps.len(), |number, _, site| {
        let mut links: Vec<String> = (0..ORDINARY).map(|n| format!("/ordinary-{n}")).collect();
        links.insert(0, traps[number].to_owned());
        site.on("/", Reply::html(linking(&links)));
        site.on_other(|seen| match trap(&seen.path) {
            Some(next) => Reply::html(format!("{}<p>{}", linking(&next), seen.path)),
            None => Reply::html(format!("<p>an ordinary page at {}", seen.path)),
        });
    });
    let budget = format!("delay = \"0s\"\nmax_pages_per_site = {BUDGET}\nmax_depth = 30");
    let desk = desk_for(&web, &budget);
    desk.crawl(&["--max-time", "60s"]);
    let rows = desk.captures("page");
    let refusals = desk.refusals();
    for (number, trap) in traps.iter().enumerate() {
        let paths = asked(&web, number);
        // One look at what a page links to may be taken whole.
        assert!(
            paths.len() <= BUDGET * 2,
            "{trap}: {} requests",
            paths.len()
        );
        let prefix = web.url(number, "/ordinary-");
        let ordinary = rows
            .iter()
            .filter(|row| is_whole(row) && row["final_url"].as_str().unwrap().starts_with(&prefix))
            .count();
        assert_eq!(
            ordinary, ORDINARY,
            "{trap}: ordinary pages come before the depth of a trap"
        );
        let origin = web.url(number, "/");
        let named = refusals.iter().any(|row| {
            ["budget", "depth", "trap"].contains(&row["reason"].as_str().unwrap())
                && row["url"].as_str().unwrap().starts_with(&origin)
        });
        assert!(named, "{trap} is reported");
    }
}

#[test]
fn session_ids_and_tracking_parameters_do_not_multiply_pages() {
    let web = Web::start(1, |_, _, site| {
        site.on_fn("/", |_| Reply::html(linking(&["/a?utm_source=x", "/b"])));
        let count = std::sync::atomic::AtomicUsize::new(0);
        site.on_other(move |_| {
            let n = count.fetch_add(1, std::sync::atomic::Ordering::SeqCst);
            let session = format!("{:032x}", n * 7919 + 1);
            let links = [
                format!("/a?PHPSESSID={session}"),
                format!("/b;jsessionid={session}"),
                format!("/a?utm_source={n}&utm_medium=mail"),
                format!("/b?fbclid={session}#part-{n}"),
            ];
            Reply::html(linking(&links))
        });
    });
    let desk = desk_for(&web, "delay = \"0s\"\nmax_pages_per_site = 200");
    desk.crawl(&["--max-time", "60s"]);
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    for path in asked(&web, 0) {
        let page = path.split(['?', ';']).next().unwrap().to_owned();
        *counts.entry(page).or_default() += 1;
    }
    assert_eq!(counts.len(), 3, "{counts:?}");
    assert!(
        counts.values().all(|count| *count <= 2),
        "each page about once: {counts:?}"
    );
}
