//! robots.txt out of reach, odd, or elsewhere: nothing is fetched that must not be, and what may be is
//! fetched in the end.

use std::net::TcpListener;
use std::time::Duration;

use thresh_fetcher::{HumanDuration, Settings};
use thresh_testkit::{Act, Reply, Server};
use thresh_types::{FetchOutcome, RefusalReason};

use super::{RULES, SECOND, brief, is_answered, is_refused, put_off, site};
use crate::crawl::{Crawl, settings};

/// Plays a robots.txt that fails once. No page may be asked for before it answers, nor may it be
/// asked for again before the wait is over.
fn fails_once(what: &str, bad: Reply, asked: Duration) {
    let server = site([bad, Reply::text(RULES)]);
    let crawl = Crawl::start(brief());
    let urls = ["/page", "/private"].map(|path| server.url(path));
    let waits = crawl.fetch_all(&urls).into_iter().map(|report| {
        let (reason, wait) = put_off(&report);
        assert_eq!(reason, RefusalReason::RobotsUnreachable, "{what}");
        assert!(wait <= Duration::from_secs(3600), "{what}: {wait:?}");
        wait
    });
    let wait = waits.max().unwrap_or_default();
    assert_eq!(server.paths(), ["/robots.txt"], "{what}");
    std::thread::sleep(wait);
    let reports = crawl.fetch_all(&urls);
    assert!(
        is_answered(&reports[0]) || is_answered(&reports[1]),
        "{what}"
    );
    assert!(reports.iter().any(is_refused), "{what}");
    assert_eq!(
        server.paths(),
        ["/robots.txt", "/robots.txt", "/page"],
        "{what}"
    );
    let seen = server.seen();
    assert!(seen[1].at - seen[0].at >= asked, "{what}");
}

#[test]
fn robots_answered_with_an_error_of_the_server() {
    for status in [500, 502, 503, 504, 599] {
        fails_once(&status.to_string(), Reply::status(status), Duration::ZERO);
    }
}

#[test]
fn robots_answered_with_429() {
    fails_once("429", Reply::status(429), Duration::ZERO);
}

#[test]
fn robots_answered_with_429_and_retry_after() {
    let busy = |status| Reply::status(status).header("Retry-After", "1");
    fails_once("429", busy(429), SECOND);
    fails_once("503", busy(503), SECOND);
}

#[test]
fn robots_that_never_come() {
    fails_once("silence", Reply::hang(), SECOND);
    let half = Reply::script([
        Act::Send(b"HTTP/1.1 200 OK\r\n\r\nUser-agent: *\nAllow: /\n".to_vec()),
        Act::Hang,
    ]);
    fails_once("half a body", half, SECOND);
}

#[test]
fn robots_that_break_off() {
    fails_once("reset", Reply::reset(), Duration::ZERO);
    fails_once("closed", Reply::script([Act::Close]), Duration::ZERO);
    fails_once(
        "cut body",
        Reply::short(b"User-agent: *\nAllow: /\n", 500),
        Duration::ZERO,
    );
    fails_once("no HTTP", Reply::garbage(), Duration::ZERO);
    let packed = Reply::text(RULES.repeat(50)).gzip();
    let Act::Send(message) = &packed.acts()[0] else {
        panic!("one message")
    };
    let end = message
        .windows(4)
        .position(|four| four == b"\r\n\r\n")
        .unwrap()
        + 4;
    let half = &message[end..message.len() - 9];
    let mut cut = format!(
        "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: {}\r\n\r\n",
        half.len()
    )
    .into_bytes();
    cut.extend_from_slice(half);
    fails_once("cut gzip", Reply::raw(cut), Duration::ZERO);
}

#[test]
fn robots_of_a_name_without_an_address() {
    let crawl = Crawl::start(settings());
    let (reason, wait) = put_off(&crawl.fetch("http://nowhere.invalid/page"));
    assert_eq!(reason, RefusalReason::RobotsUnreachable);
    assert!(wait > Duration::ZERO);
}

#[test]
fn robots_where_nobody_listens() {
    // Nobody listens where a listener has just gone.
    let port = TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap();
    let crawl = Crawl::start(settings());
    let (reason, wait) = put_off(&crawl.fetch(&format!("http://{port}/page")));
    assert_eq!(reason, RefusalReason::RobotsUnreachable);
    assert!(wait > Duration::ZERO);
}

#[test]
fn robots_that_stay_away_are_asked_for_less_and_less() {
    let server = site([Reply::status(500)]);
    let crawl = Crawl::start(settings());
    let mut waits = Vec::new();
    for _ in 0..3 {
        let (_, wait) = put_off(&crawl.fetch(&server.url("/page")));
        std::thread::sleep(wait);
        waits.push(wait);
    }
    assert!(waits[1] > waits[0] && waits[2] > waits[1], "{waits:?}");
    let seen = server.seen();
    assert_eq!(server.paths(), ["/robots.txt"; 3]);
    assert!(seen[2].at - seen[1].at >= waits[1]);
}

// Odd files.

/// Asserts that /private is forbidden and /page is fetched.
fn obeys(what: &str, robots: Reply) -> Server {
    let server = site([robots]);
    let crawl = Crawl::start(settings());
    assert!(
        is_refused(&crawl.fetch(&server.url("/private/x"))),
        "{what}"
    );
    assert!(is_answered(&crawl.fetch(&server.url("/page"))), "{what}");
    assert_eq!(server.paths(), ["/robots.txt", "/page"], "{what}");
    server
}

#[test]
fn robots_with_a_mark_or_other_line_ends() {
    obeys("BOM", Reply::text(format!("\u{feff}{RULES}")));
    obeys("CR", Reply::text(RULES.replace('\n', "\r")));
    obeys("CRLF", Reply::text(RULES.replace('\n', "\r\n")));
    obeys("no last line end", Reply::text(RULES.trim_end()));
    obeys(
        "bad bytes",
        Reply::text([b"# \xff\xfe caf\xe9\n", RULES.as_bytes()].concat()),
    );
}

#[test]
fn robots_that_are_packed() {
    obeys("gzip", Reply::text(RULES).gzip());
}

#[test]
fn robots_without_end() {
    let endless = Reply::script([
        Act::Send(format!("HTTP/1.1 200 OK\r\n\r\n{RULES}").into_bytes()),
        Act::Forever(b"# and so on\n".repeat(200)),
    ]);
    obeys("endless", endless);
}

#[test]
fn robots_that_are_a_page() {
    let page = "<!DOCTYPE html><html><pre>\nUser-agent: *\nDisallow: /\n</pre></html>";
    let server = site([Reply::html(page)]);
    assert!(is_answered(
        &Crawl::start(settings()).fetch(&server.url("/page"))
    ));
}

#[test]
fn robots_behind_redirects() {
    let chain = |last: u16| {
        Server::start(move |site| {
            site.on("/robots.txt", Reply::redirect(301, "/1"));
            for hop in 1..last {
                site.on(
                    &format!("/{hop}"),
                    Reply::redirect(302, &format!("/{}", hop + 1)),
                );
            }
            site.on(&format!("/{last}"), Reply::text(RULES));
            site.on_other(|_| Reply::html("<p>page"));
        })
    };
    let delay = Duration::from_millis(50);
    let with_delay = Settings {
        delay: HumanDuration(delay),
        ..settings()
    };
    let five = chain(5);
    let report = Crawl::start(with_delay).fetch(&five.url("/private"));
    assert!(is_refused(&report));
    let FetchOutcome::Refused { detail, .. } = report.outcome else {
        panic!("refused")
    };
    let expected = format!("line 2: Disallow: /private ({}, fetched", five.url("/5"));
    assert!(detail.starts_with(&expected), "{detail}");
    assert_eq!(five.paths().len(), 6);
    let seen = five.seen();
    let paced = seen.windows(2).all(|two| two[1].at - two[0].at >= delay);
    assert!(paced, "every step keeps the pace");
    assert!(seen.iter().all(|seen| seen.connection == 0));
    let six = chain(6);
    assert!(is_answered(
        &Crawl::start(settings()).fetch(&six.url("/private"))
    ));
    assert!(
        !six.paths().contains(&"/6".to_owned()),
        "a sixth redirect is not followed"
    );
}

#[test]
fn robots_behind_a_loop() {
    let server = Server::start(|site| {
        site.on("/robots.txt", Reply::redirect(302, "/other.txt"));
        site.on("/other.txt", Reply::redirect(302, "/robots.txt"));
        site.on_other(|_| Reply::html("<p>page"));
    });
    assert!(is_answered(
        &Crawl::start(settings()).fetch(&server.url("/page"))
    ));
    assert_eq!(server.paths().len(), 7);
}

#[test]
fn robots_on_another_host_hold_for_the_one_first_asked() {
    let other = site([Reply::text(RULES)]);
    let first = site([Reply::redirect(301, &other.url("/robots.txt"))]);
    let crawl = Crawl::start(settings());
    assert!(is_refused(&crawl.fetch(&first.url("/private"))));
    assert!(is_answered(&crawl.fetch(&first.url("/page"))));
    // The other host has rules of its own and is asked for them.
    assert!(is_refused(&crawl.fetch(&other.url("/private"))));
    assert_eq!(first.paths(), ["/robots.txt", "/page"]);
    assert_eq!(other.paths(), ["/robots.txt", "/robots.txt"]);
}

#[test]
fn robots_that_redirect_with_retry_after() {
    let server = Server::start(|site| {
        let later = Reply::redirect(302, "/rules.txt").header("Retry-After", "1");
        site.on("/robots.txt", later);
        site.on("/rules.txt", Reply::text(RULES));
    });
    assert!(is_refused(
        &Crawl::start(settings()).fetch(&server.url("/private"))
    ));
    let seen = server.seen();
    assert!(seen[1].at - seen[0].at >= SECOND);
}

#[test]
fn a_page_that_redirects_to_a_forbidden_one() {
    let server = Server::start(|site| {
        site.on("/robots.txt", Reply::text(RULES));
        site.on("/old", Reply::redirect(301, "/private/new"));
    });
    let crawl = Crawl::start(settings());
    let FetchOutcome::Redirected(_, target) = crawl.fetch(&server.url("/old")).outcome else {
        panic!("a redirect")
    };
    assert!(is_refused(&crawl.fetch(target.as_str())));
    assert_eq!(server.paths(), ["/robots.txt", "/old"]);
}

#[test]
fn a_crawl_delay_of_two_seconds() {
    let asked = Duration::from_secs(2);
    let server = site([Reply::text("User-agent: *\nCrawl-delay: 2\n")]);
    let crawl = Crawl::start(settings());
    let urls = ["/a", "/b"].map(|path| server.url(path));
    let reports = crawl.fetch_all(&urls);
    let seen = server.seen();
    assert!(seen.windows(2).all(|two| two[1].at - two[0].at >= asked));
    assert!(
        reports.iter().all(|report| report.waited >= asked),
        "its cost is told"
    );
}
