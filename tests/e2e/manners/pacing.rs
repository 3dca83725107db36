//! Crawl-delay, Retry-After, and how origins go on side by side. Only lower bounds and orders are
//! judged: a busy machine may be late.

use std::time::{Duration, Instant};

use serde_json::Value;
use thresh_testkit::{Reply, Seen, Server, Web};

use crate::scene::{DELAY, asked, assert_gaps, desk_for, is_whole, linking, name};
use crate::support::Desk;

fn numbered(count: usize) -> Vec<String> {
    (0..count).map(|n| format!("/page/{n}")).collect()
}

fn seconds(value: &Value) -> Duration {
    Duration::from_secs_f64(
        value
            .as_f64()
            .unwrap_or_else(|| panic!("no number: {value}")),
    )
}

/// How long before each request for `path` but the first the origin was left alone since the one for
/// `path` before.
fn waits_for(seen: &[Seen], path: &str) -> Vec<Duration> {
    let times: Vec<Instant> = seen
        .iter()
        .filter(|s| s.path == path)
        .map(|s| s.at)
        .collect();
    times.windows(2).map(|two| two[1] - two[0]).collect()
}

#[test]
fn crawl_delay_is_honoured_up_to_its_cap_and_its_cost_is_told() {
    let delays = ["0.2", "3600", "0.01", "soon"];
    let web = Web::start(delays.len(), |number, _, site| {
        let rules = format!("User-agent: *\nCrawl-delay: {}\n", delays[number]);
        site.on("/robots.txt", Reply::text(rules));
        site.on("/", Reply::html(linking(&numbered(4))));
        site.on_other(|_| Reply::html("<p>page"));
    });
    let desk = desk_for(&web, "max_crawl_delay = \"300ms\"");
    let begun = Instant::now();
    let report = desk.crawl(&[]).json();
    let took = begun.elapsed();
    let gaps = [200, 300, 50, 50].map(Duration::from_millis);
    for (number, gap) in gaps.into_iter().enumerate() {
        assert_eq!(
            asked(&web, number).len(),
            5,
            "Crawl-delay: {}",
            delays[number]
        );
        assert_gaps(&web, number, gap);
        let waited = seconds(&report["sites"][name(number)]["waited_seconds"]);
        assert!(
            waited >= gap * 4,
            "Crawl-delay: {}: {waited:?}",
            delays[number]
        );
        assert!(
            waited <= took,
            "no more than there was: {waited:?} of {took:?}"
        );
    }
}

/// The front page links to three pages, one of which first answers `busy`.
fn busy_once(busy: Reply) -> Web {
    Web::start(1, move |_, _, site| {
        site.on(
            "/",
            Reply::html(linking(&["/page/0", "/page/1", "/page/2"])),
        );
        site.on_each("/page/0", [busy.clone(), Reply::html("<p>here after all")]);
        site.on_other(|_| Reply::html("<p>page"));
    })
}

#[test]
fn retry_after_in_seconds_holds_for_the_page_and_its_origin() {
    for status in [429, 503] {
        let web = busy_once(Reply::status(status).header("Retry-After", "2"));
        let desk = desk_for(&web, "");
        desk.crawl(&[]);
        let seen = web.seen(0);
        let waits = waits_for(&seen, "/page/0");
        assert!(
            waits.len() == 1 && waits[0] >= Duration::from_secs(2),
            "{status}: {waits:?}"
        );
        let at = seen.iter().position(|s| s.path == "/page/0").unwrap();
        let alone = seen[at + 1].at - seen[at].at;
        assert!(
            alone >= Duration::from_secs(2),
            "{status}: only {alone:?} before {}",
            seen[at + 1].path
        );
        for path in ["/page/0", "/page/1", "/page/2"] {
            assert!(
                desk.has_whole(&web.url(0, path)),
                "{status}: {path} is lost"
            );
        }
        assert_gaps(&web, 0, DELAY);
    }
}

#[test]
fn retry_after_as_a_date_is_understood() {
    let web = Web::start(1, |_, _, site| {
        site.on("/", Reply::html(linking(&["/busy", "/other"])));
        let asked = std::sync::atomic::AtomicBool::new(false);
        site.on_fn("/busy", move |_| {
            if asked.swap(true, std::sync::atomic::Ordering::SeqCst) {
                Reply::html("<p>here after all")
            } else {
                Reply::status(503).retry_at(Duration::from_secs(4))
            }
        });
        site.on("/other", Reply::html("<p>page"));
    });
    let desk = desk_for(&web, "");
    desk.crawl(&[]);
    // A date knows whole seconds only.
    let least = Duration::from_secs(3);
    let waits = waits_for(&web.seen(0), "/busy");
    assert!(waits.len() == 1 && waits[0] >= least, "{waits:?}");
    assert!(desk.has_whole(&web.url(0, "/busy")));
}

#[test]
fn a_busy_answer_without_a_time_widens_the_gap_which_narrows_little_by_little() {
    let web = Web::start(1, |_, _, site| {
        site.on("/", Reply::html(linking(&numbered(24))));
        site.on_each(
            "/page/0",
            [Reply::status(503), Reply::html("<p>here after all")],
        );
        site.on_other(|_| Reply::html("<p>page"));
    });
    let desk = desk_for(&web, "");
    desk.crawl(&[]);
    let seen = web.seen(0);
    let at = seen.iter().position(|s| s.path == "/page/0").unwrap();
    let gaps = thresh_testkit::gaps(&seen);
    assert!(gaps[at] >= DELAY * 2, "at once: {gaps:?}");
    let later = &gaps[at + 1..at + 4];
    assert!(
        later.iter().all(|gap| *gap > DELAY * 3 / 2),
        "one success is not enough: {gaps:?}"
    );
    let (widest, last) = (gaps[at + 1], gaps[gaps.len() - 4..].iter().min());
    assert!(last < Some(&widest), "it recovers: {gaps:?}");
    assert!(desk.has_whole(&web.url(0, "/page/0")));
}

fn waiting(desk: &Desk) -> u64 {
    let status = desk.run(&["status", "--json"]).expect(0).json();
    let site = &status["sites"][0];
    site["queued"].as_u64().unwrap() + site["waiting"].as_u64().unwrap()
}

#[test]
fn a_page_that_was_busy_is_kept_for_the_next_run() {
    for status in [429, 503] {
        let server = busy_once(Reply::status(status).header("Retry-After", "3"));
        let desk = desk_for(&server, "");
        let mut first = desk.command(&["crawl"]).spawn().unwrap();
        while !server.paths(0).contains(&"/page/0".to_owned()) {
            assert!(first.try_wait().unwrap().is_none(), "the crawl ended early");
            std::thread::yield_now();
        }
        // Interrupted long before the three seconds are over.
        let pid = first.id().to_string();
        let told = std::process::Command::new("kill")
            .args(["-TERM", &pid])
            .status();
        assert!(told.unwrap().success());
        assert_eq!(first.wait().unwrap().code(), Some(130), "{status}");
        assert!(!desk.has_whole(&server.url(0, "/page/0")));
        assert!(waiting(&desk) >= 1, "{status}: it waits in the frontier");
        assert!(
            desk.reasons(&server.url(0, "/page/0")).is_empty(),
            "{status}: it is not given up"
        );
        desk.crawl(&[]);
        assert!(
            desk.has_whole(&server.url(0, "/page/0")),
            "{status}: it is lost"
        );
        assert_eq!(waiting(&desk), 0);
        let waits = waits_for(&server.seen(0), "/page/0");
        let asked_for = Duration::from_secs(3);
        assert!(
            waits.len() == 1 && waits[0] >= asked_for,
            "{status}: in the next run too: {waits:?}"
        );
    }
}

#[test]
fn a_run_does_not_wait_for_hours_and_forgets_nothing() {
    let web = busy_once(Reply::status(429).header("Retry-After", "7200"));
    let desk = desk_for(&web, "");
    let report = desk.crawl(&[]).json();
    assert_eq!(report["left"].as_u64(), Some(waiting(&desk)), "{report:#}");
    assert!(waiting(&desk) >= 1);
    assert_eq!(
        asked(&web, 0)
            .iter()
            .filter(|path| *path == "/page/0")
            .count(),
        1
    );
    assert!(desk.reasons(&web.url(0, "/page/0")).is_empty());
}

#[test]
fn one_slow_origin_stops_nobody() {
    let slow = 0;
    let web = Web::start(6, |number, _, site| {
        site.on("/robots.txt", Reply::status(404));
        site.on("/.well-known/tdmrep.json", Reply::status(404));
        site.on("/", Reply::html(linking(&numbered(10))));
        site.on_other(move |_| {
            if number == slow {
                Reply::hang()
            } else {
                Reply::html("<p>page")
            }
        });
    });
    let desk = desk_for(
        &web,
        "total_timeout = \"4s\"\nretries = 0\nmax_connections = 8",
    );
    let begun = Instant::now();
    let report = desk.crawl(&["--max-time", "6s"]).json();
    let took = begun.elapsed();
    let hung: Vec<Seen> = web
        .seen(slow)
        .into_iter()
        .filter(|s| s.path.starts_with("/page/"))
        .collect();
    let first_over = hung[0].ended.expect("the client gave up");
    for number in 1..6 {
        let seen = web.seen(number);
        assert_eq!(asked(&web, number).len(), 11);
        assert!(
            seen.iter().all(|s| s.at < first_over),
            "origin {number} waited for the slow one"
        );
        assert_gaps(&web, number, DELAY);
        let waited = seconds(&report["sites"][name(number)]["waited_seconds"]);
        assert!(
            waited >= DELAY * 10 && waited <= took,
            "{waited:?} of {took:?}"
        );
    }
    assert_gaps(&web, slow, DELAY);
}

#[test]
fn many_slow_origins_stop_nobody_while_there_are_connections_left() {
    let slow = 25;
    let web = Web::start(slow + 2, |number, _, site| {
        site.on("/robots.txt", Reply::status(404));
        site.on("/.well-known/tdmrep.json", Reply::status(404));
        site.on("/", Reply::html(linking(&numbered(10))));
        site.on_other(move |_| {
            if number < slow {
                Reply::hang()
            } else {
                Reply::html("<p>page")
            }
        });
    });
    let desk = desk_for(
        &web,
        "total_timeout = \"5s\"\nretries = 0\nmax_connections = 32",
    );
    desk.crawl(&["--max-time", "8s"]);
    let over = |number: usize| {
        let seen = web.seen(number);
        seen.iter()
            .find(|s| s.path.starts_with("/page/"))
            .and_then(|s| s.ended)
    };
    let first_over = (0..slow)
        .filter_map(over)
        .min()
        .expect("the client gave up");
    for number in slow..slow + 2 {
        let seen = web.seen(number);
        let before = seen.iter().filter(|s| s.at < first_over).count();
        assert!(
            before >= 11,
            "origin {number}: {before} of {} requests before the slow ones let go",
            seen.len()
        );
    }
}

#[test]
fn the_table_at_the_end_shows_what_politeness_cost() {
    let server = Server::start(|site| {
        site.on(
            "/robots.txt",
            Reply::text("User-agent: *\nCrawl-delay: 0.3\n"),
        );
        site.on("/", Reply::html(linking(&numbered(3))));
        site.on_other(|_| Reply::html("<p>page"));
    });
    let desk = Desk::for_server(server.addr(), "");
    let begun = Instant::now();
    let table = desk.run(&["crawl"]).expect(0).stdout;
    let took = begun.elapsed();
    assert!(table.contains("waited politely"), "{table}");
    let row = table
        .lines()
        .find(|line| line.starts_with("here"))
        .expect("a row for the site");
    let words: Vec<&str> = row.split_whitespace().collect();
    let [.., cost, "s"] = words[..] else {
        panic!("the last column is a time: {row}")
    };
    let cost: f64 = cost.parse().unwrap();
    // Four pages, each after a gap; the table shows tenths.
    assert!(
        cost >= 1.2 && cost <= took.as_secs_f64() + 0.1,
        "{cost} of {took:?}: {table}"
    );
}

#[test]
fn a_page_that_stays_busy_is_given_up_by_name_and_the_others_are_taken() {
    let web = Web::start(1, |_, _, site| {
        site.on("/", Reply::html(linking(&["/never", "/page/0", "/page/1"])));
        site.on("/never", Reply::status(503));
        site.on_other(|_| Reply::html("<p>page"));
    });
    let desk = desk_for(&web, "retries = 2");
    desk.crawl(&[]);
    assert_eq!(desk.reasons(&web.url(0, "/never")), ["overloaded"]);
    let waits = waits_for(&web.seen(0), "/never");
    assert_eq!(waits.len(), 2, "three tries in all");
    assert!(
        waits.iter().all(|wait| *wait >= DELAY * 2),
        "left alone between: {waits:?}"
    );
    let whole = desk
        .captures("page")
        .iter()
        .filter(|row| is_whole(row))
        .count();
    assert_eq!(whole, 3);
}
