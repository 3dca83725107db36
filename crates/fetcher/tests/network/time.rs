//! Rules grow old: the actor goes by the caller's clock, which these tests move.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use thresh_fetcher::robots::{self, RobotsFile};
use thresh_fetcher::{Clock, Options};
use thresh_testkit::{Reply, Server};
use thresh_types::{FetchOutcome, FetchReport, RefusalReason, Timestamp};

use crate::crawl::{Crawl, now, options, settings};

const RULES: &str = "User-agent: *\nDisallow: /private\n";
const HOUR: i64 = 3_600;

/// A clock and the hand that moves it, in seconds.
fn clock() -> (Clock, Arc<AtomicI64>) {
    let hand = Arc::new(AtomicI64::new(0));
    let moved = Arc::clone(&hand);
    let clock = move || now() + Duration::from_secs(moved.load(Ordering::SeqCst).unsigned_abs());
    (Arc::new(clock), hand)
}

fn site(robots: impl IntoIterator<Item = Reply>) -> Server {
    let robots: Vec<Reply> = robots.into_iter().collect();
    Server::start(move |site| {
        site.on_each("/robots.txt", robots);
        site.on_other(|_| Reply::html("<p>page"));
    })
}

fn is_answered(report: &FetchReport) -> bool {
    matches!(report.outcome, FetchOutcome::Answered(_))
}

fn robots_refusal(report: &FetchReport) -> &str {
    match &report.outcome {
        FetchOutcome::Refused {
            reason: RefusalReason::Robots,
            detail,
            ..
        } => detail,
        other => panic!("{other:?}"),
    }
}

#[test]
fn rules_are_asked_for_again_after_a_day() {
    let server = site([Reply::text(RULES), Reply::status(404)]);
    let (clock, hand) = clock();
    let crawl = Crawl::start_options(Options {
        clock,
        ..options([("site", settings())])
    });
    assert!(is_answered(&crawl.fetch(&server.url("/a"))));
    hand.store(23 * HOUR, Ordering::SeqCst);
    let refused = crawl.fetch(&server.url("/private"));
    assert!(robots_refusal(&refused).ends_with("fetched 2026-01-01T00:00:00Z)"));
    hand.store(24 * HOUR + 60, Ordering::SeqCst);
    assert!(is_answered(&crawl.fetch(&server.url("/private"))));
    let expected = ["/robots.txt", "/a", "/robots.txt", "/private"];
    assert_eq!(server.paths(), expected);
}

#[test]
fn a_copy_goes_on_while_robots_txt_is_out_of_reach() {
    let server = site([Reply::text(RULES), Reply::status(500)]);
    let (clock, hand) = clock();
    let crawl = Crawl::start_options(Options {
        clock,
        ..options([("site", settings())])
    });
    assert!(is_answered(&crawl.fetch(&server.url("/a"))));
    hand.store(25 * HOUR, Ordering::SeqCst);
    assert!(is_answered(&crawl.fetch(&server.url("/b"))));
    let refused = crawl.fetch(&server.url("/private"));
    let detail = robots_refusal(&refused);
    assert!(
        detail.starts_with("line 2: Disallow: /private (http://"),
        "{detail}"
    );
    assert!(
        detail.contains("an older copy") && detail.contains("answered 500"),
        "{detail}"
    );
    hand.store(31 * 24 * HOUR, Ordering::SeqCst);
    let closed = crawl.fetch(&server.url("/c"));
    let FetchOutcome::Deferred { reason, .. } = closed.outcome else {
        panic!("{closed:?}")
    };
    assert_eq!(reason, RefusalReason::RobotsUnreachable);
    assert!(!server.paths().contains(&"/c".to_owned()));
    assert!(!server.paths().contains(&"/private".to_owned()));
}

/// A fetcher that was handed a copy of the rules of `server`, fetched then.
fn with_copy(server: &Server, fetched_at: &str) -> Crawl {
    let url: thresh_types::CanonicalUrl = server.url("/robots.txt").parse().unwrap();
    let file = RobotsFile {
        rules: robots::parse(RULES.as_bytes()),
        url: url.clone(),
        fetched_at: fetched_at.parse::<Timestamp>().unwrap(),
    };
    Crawl::start_options(Options {
        known_robots: BTreeMap::from([(url.origin(), file)]),
        ..options([("site", settings())])
    })
}

#[test]
fn a_copy_of_an_earlier_run_serves_where_asking_fails() {
    let server = site([Reply::status(503)]);
    let crawl = with_copy(&server, "2025-12-25T00:00:00Z");
    assert!(is_answered(&crawl.fetch(&server.url("/open"))));
    let refused = crawl.fetch(&server.url("/private"));
    assert!(robots_refusal(&refused).contains("fetched 2025-12-25T00:00:00Z"));
    assert_eq!(
        server.paths()[0],
        "/robots.txt",
        "it is asked for all the same"
    );
    assert!(!server.paths().contains(&"/private".to_owned()));
}

#[test]
fn a_copy_that_is_too_old_or_outdone_does_not_serve() {
    let down = site([Reply::status(503)]);
    let report = with_copy(&down, "2025-11-30T00:00:00Z").fetch(&down.url("/open"));
    assert!(matches!(report.outcome, FetchOutcome::Deferred { .. }));
    assert_eq!(down.paths(), ["/robots.txt"]);
    let gone = site([Reply::status(404)]);
    let crawl = with_copy(&gone, "2025-12-31T00:00:00Z");
    assert!(is_answered(&crawl.fetch(&gone.url("/private"))));
}
