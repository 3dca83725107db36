//! What is sent, what is written down, and what becomes of broken answers.

use std::time::Duration;

use thresh_fetcher::{ByteSize, HumanDuration, Settings};
use thresh_testkit::{Act, Reply, Server};
use thresh_types::{Body, Exchange, FetchOutcome, RefusalReason, Truncation, Validators};

use crate::crawl::{Crawl, now, settings};

fn without_robots() -> Settings {
    Settings {
        respect_robots: false,
        ..settings()
    }
}

/// Returns the outcome of asking a server that always gives `reply`.
fn outcome_of(reply: Reply, settings: Settings) -> FetchOutcome {
    let server = Server::start(move |site| site.on("/", reply));
    Crawl::start(settings).fetch(&server.url("/")).outcome
}

fn answer_of(reply: Reply, settings: Settings) -> Exchange {
    match outcome_of(reply, settings) {
        FetchOutcome::Answered(exchange) => exchange,
        other => panic!("no answer: {other:?}"),
    }
}

#[test]
fn heads_are_written_down_as_they_were_sent() {
    let server = Server::start(|site| {
        let reply = Reply::raw(
            *b"HTTP/1.1 200 Fine By Me\r\nContent-Type: text/html\r\nX-B: 2\r\nX-A:  1 \r\n\
               X-B: 3\r\nX-Odd: caf\xe9\r\nContent-Length: 2\r\n\r\nhi",
        );
        site.on("/a%20b?c=d", reply);
    });
    let FetchOutcome::Answered(exchange) = Crawl::start(without_robots())
        .fetch(&server.url("/a%20b?c=d"))
        .outcome
    else {
        panic!("an answer")
    };
    let seen = &server.seen()[0];
    assert_eq!(exchange.request.0, seen.head);
    let expected = format!(
        "GET /a%20b?c=d HTTP/1.1\r\nHost: {}\r\n\
         User-Agent: thresh/0.1 (+mailto:curator@partner.example)\r\n\
         Accept: text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8\r\n\
         Accept-Encoding: gzip, deflate, br, zstd\r\n\r\n",
        server.addr()
    );
    assert_eq!(String::from_utf8_lossy(&seen.head), expected);
    let answered = String::from_utf8_lossy(&exchange.response.0).into_owned();
    assert!(answered.starts_with("HTTP/1.1 200 Fine By Me\r\nContent-Type: text/html\r\n"));
    assert!(
        exchange
            .response
            .0
            .windows(12)
            .any(|w| w == b"X-Odd: caf\xe9\r")
    );
    assert_eq!(exchange.response.header_all("x-b"), ["2", "3"]);
    assert_eq!(exchange.remote, Some(server.addr()));
    assert_eq!((exchange.status, exchange.started_at), (200, now()));
}

#[test]
fn content_codings_are_kept_and_transfer_codings_are_not() {
    let page = "<p>page</p>".repeat(100);
    let exchange = answer_of(Reply::html(page.as_str()).gzip(), without_robots());
    let body = exchange.body.to_bytes().unwrap();
    assert!(body.starts_with(b"\x1f\x8b") && body.len() < page.len());
    assert_eq!(
        exchange.response.header("content-encoding").as_deref(),
        Some("gzip")
    );
    let chunked = Reply::raw(
        *b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n",
    );
    let exchange = answer_of(chunked, without_robots());
    assert_eq!(&*exchange.body.to_bytes().unwrap(), b"abcde");
    assert_eq!(exchange.truncated, None);
}

#[test]
fn large_bodies_go_to_a_file() {
    let page = vec![b'x'; 3 << 20];
    let exchange = answer_of(Reply::html(page.clone()), without_robots());
    assert!(matches!(exchange.body, Body::Spooled(_, length) if length == 3 << 20));
    assert_eq!(*exchange.body.to_bytes().unwrap(), page);
}

#[test]
fn bodies_are_cut_at_the_limit_and_say_so() {
    let capped = Settings {
        max_body: ByteSize(10_000),
        ..without_robots()
    };
    for reply in [
        Reply::html(vec![b'x'; 10_001]),
        Reply::endless("text/html", "<p>more"),
    ] {
        let exchange = answer_of(reply, capped.clone());
        assert_eq!(exchange.body.len(), 10_000);
        assert_eq!(exchange.truncated, Some(Truncation::Length));
    }
    let exchange = answer_of(Reply::html(vec![b'x'; 10_000]), capped);
    assert_eq!((exchange.body.len(), exchange.truncated), (10_000, None));
}

#[test]
fn bodies_that_break_off_are_never_whole() {
    let exchange = answer_of(Reply::short(b"<p>half", 5_000), without_robots());
    assert_eq!(&*exchange.body.to_bytes().unwrap(), b"<p>half");
    assert_eq!(exchange.truncated, Some(Truncation::Disconnect));
    let chunked = Reply::raw(*b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n9\r\nabc");
    let exchange = answer_of(chunked, without_robots());
    assert_eq!(exchange.truncated, Some(Truncation::Disconnect));
}

#[test]
fn the_total_time_bounds_a_drip() {
    let brief = Settings {
        total_timeout: HumanDuration::from_secs(1),
        ..without_robots()
    };
    let drip = Reply::drip(&[b'x'; 1_000], 1, Duration::from_millis(20));
    let exchange = answer_of(drip, brief.clone());
    assert_eq!(exchange.truncated, Some(Truncation::Time));
    assert!(exchange.body.len() < 1_000 && exchange.took >= Duration::from_secs(1));
    let hang = outcome_of(Reply::hang(), brief);
    assert!(
        matches!(
            hang,
            FetchOutcome::Deferred {
                reason: RefusalReason::TooSlow,
                ..
            }
        ),
        "{hang:?}"
    );
}

#[test]
fn answers_that_are_none_are_told_apart() {
    use RefusalReason::{Connect, Protocol, ServerError};
    let cases = [
        ("reset", Reply::reset(), Connect, true),
        ("closed", Reply::script([Act::Close]), Connect, true),
        ("garbage", Reply::garbage(), Protocol, false),
        ("many headers", Reply::huge_head(2_000, 10), Protocol, false),
        ("long header", Reply::huge_head(1, 2 << 20), Protocol, false),
        ("unasked 304", Reply::status(304), Protocol, false),
        ("500", Reply::status(500), ServerError, true),
        (
            "no target",
            Reply::status(301),
            RefusalReason::BadRedirect,
            false,
        ),
        (
            "file target",
            Reply::redirect(301, "file:///etc/passwd"),
            RefusalReason::Scheme,
            false,
        ),
    ];
    for (what, reply, expected, again) in cases {
        let (reason, deferred) = match outcome_of(reply, without_robots()) {
            FetchOutcome::Deferred { reason, .. } => (reason, true),
            FetchOutcome::Refused { reason, .. } => (reason, false),
            other => panic!("{what}: {other:?}"),
        };
        assert_eq!((reason, deferred), (expected, again), "{what}");
    }
}

#[test]
fn plain_http_behind_https_is_a_tls_failure() {
    let server = Server::start(|site| site.on("/", Reply::html("x")));
    let url = format!("https://{}/", server.addr());
    let outcome = Crawl::start(without_robots()).fetch(&url).outcome;
    let FetchOutcome::Refused { reason, detail, .. } = &outcome else {
        panic!("{outcome:?}")
    };
    assert_eq!(*reason, RefusalReason::Tls, "{detail}");
}

#[test]
fn conditions_are_sent_and_304_is_understood() {
    let server = Server::start(|site| {
        site.on_fn("/", |seen| {
            let known = seen.header("if-none-match") == Some("W/\"1\"")
                && seen.header("if-modified-since") == Some("Thu, 01 Jan 2026 00:00:00 GMT");
            if known {
                Reply::status(304).header("ETag", "W/\"1\"")
            } else {
                Reply::html("<p>new")
            }
        });
    });
    let crawl = Crawl::start(without_robots());
    let validators = Validators {
        etag: Some("W/\"1\"".to_owned()),
        last_modified: Some("Thu, 01 Jan 2026 00:00:00 GMT".to_owned()),
    };
    crawl.submit_task("site", &server.url("/"), validators);
    let FetchOutcome::NotModified(exchange) = crawl.next_report().outcome else {
        panic!("not modified")
    };
    assert_eq!((exchange.status, exchange.body.len()), (304, 0));
    let names: Vec<String> = exchange.request.headers().map(|(name, _)| name).collect();
    assert_eq!(names[4..], ["If-None-Match", "If-Modified-Since"]);
    // A validator that cannot be sent makes the request unconditional.
    let odd = Validators {
        etag: Some("\"a\r\nX-Evil: 1\"".to_owned()),
        last_modified: None,
    };
    crawl.submit_task("site", &server.url("/"), odd);
    assert!(matches!(
        crawl.next_report().outcome,
        FetchOutcome::Answered(_)
    ));
    assert!(server.seen()[1].header("x-evil").is_none());
}

#[test]
fn redirects_are_reported_not_followed() {
    let server = Server::start(|site| {
        site.on("/old", Reply::redirect(301, "/new"));
        site.on("/new", Reply::html("<p>new"));
    });
    let report = Crawl::start(without_robots()).fetch(&server.url("/old"));
    let FetchOutcome::Redirected(exchange, target) = report.outcome else {
        panic!("a redirect")
    };
    assert_eq!(
        (exchange.status, target.as_str()),
        (301, server.url("/new").as_str())
    );
    assert_eq!(server.paths(), ["/old"]);
}

#[test]
fn addresses_that_are_too_long_are_refused() {
    let server = Server::start(|site| site.on_other(|_| Reply::html("x")));
    let brief = Settings {
        max_url_length: 60,
        ..settings()
    };
    let report = Crawl::start(brief).fetch(&server.url(&format!("/{}", "x".repeat(60))));
    assert!(matches!(
        report.outcome,
        FetchOutcome::Refused {
            reason: RefusalReason::UrlTooLong,
            ..
        }
    ));
    assert!(server.seen().is_empty());
}

#[test]
fn a_head_without_an_end_is_bounded() {
    let endless = Reply::script([
        Act::Send(b"HTTP/1.1 200 OK\r\nX-More: ".to_vec()),
        Act::Forever(b"x".repeat(1000)),
    ]);
    let outcome = outcome_of(endless, without_robots());
    let FetchOutcome::Refused { reason, .. } = outcome else {
        panic!("{outcome:?}")
    };
    assert_eq!(reason, RefusalReason::Protocol);
}
