//! Sites that have no end beside what they have to say, and large ones that only look so.

mod honest;
mod sites;

use std::collections::BTreeSet;

use serde_json::Value;
use thresh_testkit::Server;

use crate::support::Desk;
use honest::{Text, Way, honest, item_path};

/// What the crawler asks of every site on its own account.
const OWN: [&str; 3] = ["/robots.txt", "/.well-known/tdmrep.json", "/sitemap.xml"];

/// Requests that a trap may cost.
const USELESS: usize = 500;

/// Addresses that a second crawl asks for besides those of the first.
const AGAIN: usize = 40;

/// The pages that were asked, in order.
fn asked(server: &Server) -> Vec<String> {
    let mut paths = server.paths();
    paths.retain(|path| !OWN.contains(&path.as_str()));
    paths
}

/// What a crawl of a trap must tell of it.
struct Expected {
    kind: &'static str,
    shape: &'static str,
}

/// Crawls the honest site with a trap in it and asserts that all of it was captured, that the trap
/// ended by itself, and that it was told. `place` takes out of an address what says nothing.
#[track_caller]
fn ends(server: &Server, expected: &Expected, place: fn(&str) -> String) {
    let desk = Desk::for_server(server.addr(), "");
    let told = desk.run(&["crawl"]).expect(0);
    let first = asked(server);
    let whole: BTreeSet<String> = pages(&desk, server)
        .iter()
        .map(|path| place(path))
        .collect();
    let lost: Vec<String> = sites::honest_paths()
        .into_iter()
        .filter(|path| !whole.contains(path))
        .collect();
    assert!(lost.is_empty(), "{lost:?} of {whole:?}");
    let useless = first.len() - sites::honest_paths().len();
    eprintln!(
        "{}: {} requests, {useless} useless",
        expected.kind,
        first.len()
    );
    assert!(
        useless <= USELESS,
        "{useless} useless requests: {}",
        told.stdout
    );
    let report = desk.run(&["status", "--json"]).expect(0).json()["last_report"].take();
    assert_eq!(report["left"], 0, "nothing waits");
    assert_eq!(report["sites"]["here"]["refused"]["budget"], Value::Null);
    assert_told(&desk, &report, &told.stdout, expected);
    assert_not_again(&desk, server, &first);
}

/// The paths of the pages that were captured whole.
fn pages(desk: &Desk, server: &Server) -> Vec<String> {
    let rows = desk
        .run(&["captures", "--jsonl", "--kind", "page"])
        .expect(0)
        .jsonl();
    let base = server.url("");
    rows.iter()
        .filter(|row| row["status"] == 200)
        .filter_map(|row| row["final_url"].as_str()?.strip_prefix(&base))
        .map(str::to_owned)
        .collect()
}

/// Asserts that the trap is named to machines, to people, and in the log.
#[track_caller]
fn assert_told(desk: &Desk, report: &Value, text: &str, expected: &Expected) {
    let traps = report["traps"].as_array().unwrap();
    let trap = traps
        .iter()
        .find(|trap| trap["kind"] == expected.kind && trap["shape"] == expected.shape)
        .unwrap_or_else(|| panic!("no {} {}: {traps:#?}", expected.kind, expected.shape));
    assert!(trap["held"].as_u64() > Some(0), "{trap:#}");
    let samples = trap["samples"].as_array().unwrap();
    assert!(!samples.is_empty(), "{trap:#}");
    let line = format!("trap at here: {} {}: ", expected.kind, expected.shape);
    assert!(text.contains(&line), "{text}");
    assert!(text.contains(samples[0].as_str().unwrap()), "{text}");
    let refused = desk
        .run(&["captures", "--refused", "--json"])
        .expect(0)
        .jsonl();
    let evidence = format!("{}: {}", expected.kind, trap["evidence"].as_str().unwrap());
    let row = refused
        .iter()
        .find(|row| row["reason"] == "trap" && row["detail"] == evidence)
        .unwrap_or_else(|| panic!("no row {evidence}: {refused:#?}"));
    assert!(samples.contains(&row["url"]), "{row:#}");
}

/// Asserts that a crawl that looks at every page again does not go further into the trap.
#[track_caller]
fn assert_not_again(desk: &Desk, server: &Server, first: &[String]) {
    desk.run(&["crawl", "--revisit", "all"]).expect(0);
    let known: BTreeSet<&String> = first.iter().collect();
    let second = asked(server).split_off(first.len());
    let new = second.iter().filter(|path| !known.contains(path)).count();
    assert!(
        new <= AGAIN,
        "{new} new addresses in the second crawl: {second:?}"
    );
    let before = asked(server).len();
    desk.run(&["crawl"]).expect(0);
    let more = asked(server).len() - before;
    assert!(more <= AGAIN, "{more} requests in the third crawl");
}

fn as_it_is(path: &str) -> String {
    path.to_owned()
}

#[test]
fn a_calendar_ends() {
    let expected = Expected {
        kind: "calendar",
        shape: "/calendar/{number}/{number}/{number}",
    };
    ends(&sites::calendar(), &expected, as_it_is);
}

#[test]
fn sessions_in_the_query_multiply_no_page() {
    let expected = Expected {
        kind: "session-id",
        shape: "/page/{name}?visit",
    };
    ends(&sites::sessions_in_the_query(), &expected, |path| {
        let (path, _) = path.split_once('?').unwrap_or((path, ""));
        path.to_owned()
    });
}

#[test]
fn sessions_in_the_path_multiply_no_page() {
    let expected = Expected {
        kind: "session-id",
        shape: "/s/{id}/page/{name}",
    };
    ends(&sites::sessions_in_the_path(), &expected, |path| {
        let below = path
            .strip_prefix("/s/")
            .and_then(|rest| rest.split_once('/'));
        below.map_or(path.to_owned(), |(_, rest)| format!("/{rest}"))
    });
}

#[test]
fn facets_are_not_combined_for_ever() {
    let expected = Expected {
        kind: "facets",
        shape: "/shop",
    };
    ends(&sites::facets(), &expected, as_it_is);
}

#[test]
fn a_path_does_not_grow_for_ever() {
    let expected = Expected {
        kind: "growing-path",
        shape: "/archive/…",
    };
    ends(&sites::growing(), &expected, as_it_is);
}

#[test]
fn a_page_that_is_nowhere_is_not_looked_for_everywhere() {
    let expected = Expected {
        kind: "soft-404",
        shape: "/{name}/{name}",
    };
    ends(&sites::soft_404(), &expected, as_it_is);
}

#[test]
fn a_list_that_repeats_its_last_page_ends() {
    let expected = Expected {
        kind: "pagination",
        shape: "/list?page",
    };
    ends(&sites::pagination(true), &expected, as_it_is);
}

#[test]
fn a_list_without_items_ends() {
    let expected = Expected {
        kind: "pagination",
        shape: "/list?page",
    };
    ends(&sites::pagination(false), &expected, as_it_is);
}

#[test]
fn feeds_that_list_nothing_new_are_not_all_asked() {
    let expected = Expected {
        kind: "feeds",
        shape: "named by pages",
    };
    let server = sites::feeds(false);
    ends(&server, &expected, as_it_is);
    let feeds: BTreeSet<String> = asked(&server)
        .into_iter()
        .filter(|path| path.ends_with("/feed"))
        .collect();
    assert!((8..24).contains(&feeds.len()), "{feeds:?}");
}

#[test]
fn feeds_that_list_something_new_are_all_asked() {
    let server = sites::feeds(true);
    let desk = Desk::for_server(server.addr(), "");
    let report = desk.run(&["crawl", "--json"]).expect(0).json();
    let whole: BTreeSet<String> = pages(&desk, &server).into_iter().collect();
    let mut wanted = sites::honest_paths()
        .into_iter()
        .chain(sites::in_feeds_only());
    assert!(wanted.all(|path| whole.contains(&path)), "{report:#}");
}

/// Crawls an honest site and asserts that nothing of it was lost or called a trap.
#[track_caller]
fn is_whole(of: u64, way: Way, text: Text) {
    let server = honest(of, way, text);
    let desk = Desk::for_server(server.addr(), "");
    let report = desk.run(&["crawl", "--json"]).expect(0).json();
    let whole: BTreeSet<String> = pages(&desk, &server).into_iter().collect();
    let lost = (0..of).filter(|n| !whole.contains(&item_path(*n, text)));
    assert_eq!(lost.count(), 0, "pages were lost: {:#}", report["traps"]);
    assert_eq!(report["traps"], serde_json::json!([]));
    let requests = asked(&server).len();
    eprintln!(
        "{of} pages, {way:?}, {text:?}: {requests} requests, {} s",
        report["seconds"]
    );
    assert_eq!(whole.len(), requests, "each page once");
}

#[test]
fn a_hub_of_many_pages_is_crawled_whole() {
    is_whole(1500, Way::Hub, Text::Own);
}

#[test]
fn pages_of_a_sitemap_are_crawled_whole() {
    is_whole(1500, Way::Sitemap, Text::Own);
}

#[test]
fn lists_that_lead_on_are_followed_to_their_end() {
    is_whole(1500, Way::Next, Text::Own);
}

#[test]
fn pages_that_differ_in_a_number_are_crawled_whole() {
    is_whole(1500, Way::Hub, Text::Number);
}

#[test]
fn lists_of_pages_that_differ_in_a_number_are_followed_to_their_end() {
    is_whole(1500, Way::Next, Text::Number);
}

#[test]
fn a_sitemap_of_pages_that_differ_in_a_number_is_crawled_whole() {
    is_whole(1500, Way::Sitemap, Text::Number);
}

#[test]
#[ignore = "20,000 pages: for release builds"]
fn a_hub_of_twenty_thousand_pages_is_crawled_whole() {
    is_whole(20_000, Way::Hub, Text::Own);
}

#[test]
#[ignore = "20,000 pages: for release builds"]
fn twenty_thousand_pages_of_a_sitemap_are_crawled_whole() {
    is_whole(20_000, Way::Sitemap, Text::Own);
}

#[test]
#[ignore = "22,000 pages: for release builds"]
fn two_thousand_lists_are_followed_to_their_end() {
    is_whole(20_000, Way::Next, Text::Own);
}

#[test]
#[ignore = "20,000 pages: for release builds"]
fn twenty_thousand_pages_that_differ_in_a_number_are_crawled_whole() {
    is_whole(20_000, Way::Hub, Text::Number);
}
