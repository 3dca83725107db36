//! The pace, as the server saw it. Only lower bounds are judged: a busy machine may be late.

use std::time::{Duration, Instant};

use thresh_fetcher::{HumanDuration, Settings};
use thresh_testkit::{Reply, Seen, Server};
use thresh_types::{FetchOutcome, RefusalReason};

use crate::crawl::{Crawl, settings};

const DELAY: Duration = Duration::from_millis(50);

fn with_delay() -> Settings {
    Settings {
        delay: HumanDuration(DELAY),
        ..settings()
    }
}

fn without_robots() -> Settings {
    Settings {
        respect_robots: false,
        ..settings()
    }
}

fn gaps(seen: &[Seen]) -> Vec<Duration> {
    seen.windows(2).map(|two| two[1].at - two[0].at).collect()
}

fn urls(server: &Server, count: usize) -> Vec<String> {
    (0..count).map(|n| server.url(&format!("/{n}"))).collect()
}

#[test]
fn requests_keep_their_distance_robots_included() {
    let server = Server::start(|site| site.on_other(|_| Reply::html("<p>page")));
    let crawl = Crawl::start(with_delay());
    let reports = crawl.fetch_all(&urls(&server, 4));
    let seen = server.seen();
    assert_eq!(server.paths(), ["/robots.txt", "/0", "/1", "/2", "/3"]);
    assert!(
        gaps(&seen).iter().all(|gap| *gap >= DELAY),
        "{:?}",
        gaps(&seen)
    );
    let one_connection = seen.iter().all(|s| s.connection == 0);
    assert!(one_connection, "one host needs one connection");
    assert!(reports.iter().all(|r| r.waited >= DELAY));
}

#[test]
fn the_gap_begins_when_the_answer_ends() {
    let slow = Duration::from_millis(100);
    let server = Server::start(|site| {
        site.on("/0", Reply::html("<p>slow").delayed(slow));
        site.on("/1", Reply::html("<p>next"));
    });
    Crawl::start(with_delay()).fetch_all(&urls(&server, 2));
    let gaps = gaps(&server.seen());
    assert!(gaps[1] >= slow + DELAY, "{gaps:?}");
}

#[test]
fn several_connections_start_apart_too() {
    // Requests on fresh connections arrive late by what connecting takes: half the delay is room
    // enough for that.
    let delay = Duration::from_millis(200);
    let server = Server::start(move |site| {
        site.on_other(move |_| Reply::html("<p>page").delayed(delay * 3));
    });
    let several = Settings {
        connections_per_host: 3,
        delay: HumanDuration(delay),
        ..without_robots()
    };
    Crawl::start(several).fetch_all(&urls(&server, 3));
    let seen = server.seen();
    assert!(
        gaps(&seen).iter().all(|gap| *gap >= delay / 2),
        "{:?}",
        gaps(&seen)
    );
    assert!(seen[1].connection != seen[0].connection);
}

#[test]
fn crawl_delay_is_honoured_up_to_its_cap() {
    let build = |delay: &str| {
        let robots = format!("User-agent: *\nCrawl-delay: {delay}\n");
        Server::start(move |site| {
            site.on("/robots.txt", Reply::text(robots));
            site.on_other(|_| Reply::html("<p>page"));
        })
    };
    let server = build("0.1");
    let reports = Crawl::start(settings()).fetch_all(&urls(&server, 2));
    let asked = Duration::from_millis(100);
    assert!(gaps(&server.seen()).iter().all(|gap| *gap >= asked));
    assert!(reports[1].waited >= asked, "what it costs is told");
    let server = build("3600");
    let capped = Settings {
        max_crawl_delay: HumanDuration(DELAY),
        ..settings()
    };
    Crawl::start(capped).fetch_all(&urls(&server, 2));
    assert!(gaps(&server.seen()).iter().all(|gap| *gap >= DELAY));
}

#[test]
fn retry_after_holds_for_the_whole_origin() {
    let server = Server::start(|site| {
        let busy = Reply::status(429).header("Retry-After", "1");
        site.on_each("/0", [busy, Reply::html("<p>fine")]);
        site.on_other(|_| Reply::html("<p>page"));
    });
    let crawl = Crawl::start(without_robots());
    let reports = crawl.fetch_all(&urls(&server, 2));
    let FetchOutcome::Deferred {
        reason,
        wait,
        exchange,
        ..
    } = &reports[0].outcome
    else {
        panic!("429 is no answer: {:?}", reports[0].outcome)
    };
    let second = Duration::from_secs(1);
    assert_eq!((*reason, *wait), (RefusalReason::Overloaded, second));
    assert!(exchange.is_some());
    assert!(matches!(reports[1].outcome, FetchOutcome::Answered(_)));
    let gaps = gaps(&server.seen());
    assert!(gaps[0] >= second, "{gaps:?}");
    let again = crawl.fetch(&server.url("/0"));
    assert!(matches!(again.outcome, FetchOutcome::Answered(_)));
}

#[test]
fn retry_after_as_a_date_is_understood() {
    let server = Server::start(|site| {
        let date = "Thu, 01 Jan 2026 01:00:00 GMT";
        site.on("/0", Reply::status(503).header("Retry-After", date));
    });
    let crawl = Crawl::start(without_robots());
    let reports = crawl.fetch_all(&urls(&server, 2));
    let hour = Duration::from_secs(3600);
    let waits: Vec<Duration> = reports
        .iter()
        .map(|report| match report.outcome {
            FetchOutcome::Deferred { wait, .. } => wait,
            ref other => panic!("{other:?}"),
        })
        .collect();
    assert_eq!(waits[0], hour);
    // The other page is handed back unasked rather than kept for an hour.
    assert!(waits[1] > hour / 2 && waits[1] <= hour, "{waits:?}");
    assert_eq!(server.paths(), ["/0"]);
}

#[test]
fn strain_widens_the_gap() {
    let server = Server::start(|site| {
        site.on("/0", Reply::status(503));
        site.on_other(|_| Reply::html("<p>page"));
    });
    let crawl = Crawl::start(Settings {
        respect_robots: false,
        ..with_delay()
    });
    crawl.fetch_all(&urls(&server, 3));
    let gaps = gaps(&server.seen());
    assert!(gaps[0] >= DELAY * 2 && gaps[1] > DELAY * 3 / 2, "{gaps:?}");
}

#[test]
fn a_slow_origin_stops_nobody() {
    let slow = Server::start(|site| site.on_other(|_| Reply::hang()));
    let fast = Server::start(|site| site.on_other(|_| Reply::html("<p>page")));
    let crawl = Crawl::start(Settings {
        total_timeout: HumanDuration::from_secs(3),
        ..without_robots()
    });
    let begun = Instant::now();
    let mut all = urls(&slow, 3);
    all.extend(urls(&fast, 20));
    for url in &all {
        crawl.submit(url);
    }
    for _ in 0..20 {
        let report = crawl.next_report();
        assert!(
            report.task.url.as_str().starts_with(&fast.url("/")),
            "{report:?}"
        );
    }
    assert!(begun.elapsed() < Duration::from_secs(3));
}

#[test]
fn connections_in_all_are_bounded() {
    let pause = Duration::from_millis(100);
    let build =
        || Server::start(move |site| site.on_other(move |_| Reply::html("x").delayed(pause)));
    let (one, two) = (build(), build());
    let crawl = Crawl::start(Settings {
        max_connections: 1,
        ..without_robots()
    });
    crawl.fetch_all(&[one.url("/"), two.url("/")]);
    let (a, b) = (one.seen()[0].at, two.seen()[0].at);
    let apart = if a > b { a - b } else { b - a };
    assert!(apart >= pause, "{apart:?}");
}

#[test]
fn stopping_finishes_what_is_under_way_and_hands_back_the_rest() {
    let server = Server::start(|site| {
        site.on_other(|_| Reply::html("<p>slow").delayed(Duration::from_millis(300)));
    });
    let crawl = Crawl::start(without_robots());
    for url in urls(&server, 4) {
        crawl.submit(&url);
    }
    while server.seen().is_empty() {
        std::thread::yield_now();
    }
    let stopped = crawl.fetcher.stop();
    assert_eq!(stopped.reports.len(), 1, "{stopped:?}");
    assert!(matches!(
        stopped.reports[0].outcome,
        FetchOutcome::Answered(_)
    ));
    let ids: Vec<i64> = stopped.unasked.iter().map(|task| task.id).collect();
    assert_eq!(ids, [1, 2, 3]);
    assert_eq!(server.seen().len(), 1);
}
