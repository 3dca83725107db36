//! Pages that are put off: nobody asks before the time, then the page comes.

use std::time::{Duration, Instant};

use thresh_fetcher::{HumanDuration, Settings};
use thresh_testkit::{Reply, Server};
use thresh_types::{FetchOutcome, RefusalReason};

use super::{SECOND, is_answered, put_off, without_robots};
use crate::crawl::Crawl;

/// Plays a page that is put off once, and returns for how long. Nothing of the origin may be asked for
/// before that is over, though tasks wait.
fn put_off_once(what: &str, status: u16, retry_after: Option<&str>) -> Duration {
    let busy = retry_after.map_or(Reply::status(status), |value| {
        Reply::status(status).header("Retry-After", value)
    });
    let server = Server::start(|site| {
        site.on_each("/page", [busy, Reply::html("<p>page")]);
        site.on_other(|_| Reply::html("<p>other"));
    });
    let crawl = Crawl::start(without_robots());
    let report = crawl.fetch(&server.url("/page"));
    let asked_off = Instant::now();
    let (reason, wait) = put_off(&report);
    assert_eq!(reason, RefusalReason::Overloaded, "{what}");
    let urls = ["/other", "/page"].map(|path| server.url(path));
    let reports = crawl.fetch_all(&urls);
    if wait > Duration::from_secs(30) {
        // They are handed back rather than kept.
        assert!(
            reports.iter().all(|report| put_off(report).1 <= wait),
            "{what}"
        );
        assert_eq!(server.paths(), ["/page"], "{what}");
        return wait;
    }
    assert!(
        reports.iter().all(is_answered),
        "{what}: the page is not lost"
    );
    let seen = server.seen();
    assert!(seen[1].at - seen[0].at >= wait, "{what}");
    assert!(asked_off.elapsed() >= wait, "{what}");
    wait
}

#[test]
fn a_page_that_is_put_off_by_seconds() {
    for status in [429, 503] {
        assert_eq!(put_off_once("seconds", status, Some("1")), SECOND);
    }
    assert_eq!(put_off_once("minutes", 429, Some("120")), SECOND * 120);
}

#[test]
fn a_page_that_is_put_off_to_a_date() {
    // The clock of these tests stands at the beginning of 2026.
    let date = Some("Thu, 01 Jan 2026 00:00:02 GMT");
    assert_eq!(put_off_once("IMF date", 503, date), SECOND * 2);
    let old = Some("Thursday, 01-Jan-26 00:00:01 GMT");
    assert_eq!(put_off_once("RFC 850 date", 429, old), SECOND);
    let far = Some("Thu, 01 Jan 2026 05:00:00 GMT");
    assert_eq!(put_off_once("far date", 503, far), SECOND * 5 * 3600);
}

#[test]
fn a_page_that_is_put_off_without_sense() {
    let day = SECOND * 24 * 3600;
    for value in [
        "999999999",
        "99999999999999999999999",
        "Fri, 01 Jan 2100 00:00:00 GMT",
    ] {
        assert_eq!(put_off_once(value, 503, Some(value)), day, "{value}");
    }
    for value in [
        "Wed, 31 Dec 2025 00:00:00 GMT",
        "-5",
        "soon",
        "",
        "0",
        "1.5",
        "Thu, 99 Jan 2026 00:00:00 GMT",
    ] {
        let wait = put_off_once(value, 503, Some(value));
        assert!(
            wait > Duration::ZERO && wait < SECOND * 60,
            "{value}: {wait:?}"
        );
    }
}

#[test]
fn a_page_that_is_put_off_without_a_time() {
    for status in [429, 503] {
        let wait = put_off_once("no Retry-After", status, None);
        assert!(wait > Duration::ZERO && wait < SECOND * 60, "{wait:?}");
    }
}

#[test]
fn pages_that_fail_are_put_off_and_come() {
    for status in [408, 425, 500, 502, 504, 599] {
        let server = Server::start(|site| {
            site.on_each("/page", [Reply::status(status), Reply::html("<p>page")]);
        });
        let crawl = Crawl::start(without_robots());
        let (reason, wait) = put_off(&crawl.fetch(&server.url("/page")));
        assert_eq!(reason, RefusalReason::ServerError, "{status}");
        assert!(wait > Duration::ZERO, "{status}");
        assert!(is_answered(&crawl.fetch(&server.url("/page"))), "{status}");
    }
}

#[test]
fn retry_after_on_a_redirect_holds_for_its_origin_only() {
    let other = Server::start(|site| site.on_other(|_| Reply::html("<p>page")));
    let away = other.url("/new");
    let server = Server::start(|site| {
        site.on(
            "/old",
            Reply::redirect(301, "/new").header("Retry-After", "1"),
        );
        site.on(
            "/away",
            Reply::redirect(301, &away).header("Retry-After", "3600"),
        );
        site.on_other(|_| Reply::html("<p>page"));
    });
    let crawl = Crawl::start(without_robots());
    let reports = crawl.fetch_all(&["/old", "/new"].map(|path| server.url(path)));
    assert!(matches!(reports[0].outcome, FetchOutcome::Redirected(..)));
    assert!(is_answered(&reports[1]));
    let seen = server.seen();
    assert!(seen[1].at - seen[0].at >= SECOND);
    // No server may have another one left alone.
    crawl.fetch(&server.url("/away"));
    assert!(is_answered(&crawl.fetch(&other.url("/new"))));
}

#[test]
fn retry_after_means_nothing_on_a_good_answer() {
    let server = Server::start(|site| {
        site.on_other(|_| Reply::html("<p>page").header("Retry-After", "3600"));
    });
    let crawl = Crawl::start(without_robots());
    assert!(is_answered(&crawl.fetch(&server.url("/a"))));
    assert!(is_answered(&crawl.fetch(&server.url("/b"))));
}

#[test]
fn strain_is_met_with_larger_gaps_that_shrink_slowly() {
    let server = Server::start(|site| {
        let busy = (0..3).map(|_| Reply::status(503));
        site.on_each("/page", busy.chain([Reply::html("<p>page")]));
        site.on_other(|_| Reply::html("<p>page"));
    });
    let delay = Duration::from_millis(40);
    let crawl = Crawl::start(Settings {
        delay: HumanDuration(delay),
        ..without_robots()
    });
    for _ in 0..3 {
        let (_, wait) = put_off(&crawl.fetch(&server.url("/page")));
        std::thread::sleep(wait);
    }
    for _ in 0..4 {
        assert!(is_answered(&crawl.fetch(&server.url("/page"))));
    }
    let seen = server.seen();
    let gaps: Vec<Duration> = seen.windows(2).map(|two| two[1].at - two[0].at).collect();
    // Three signs of strain add at least 100, 200 and 400 ms; each success takes an eighth off.
    let least = [0, 0, 0, 350, 306, 268].map(Duration::from_millis);
    for (gap, least) in gaps.iter().zip(least) {
        assert!(*gap >= delay + least, "{gaps:?}");
    }
}
