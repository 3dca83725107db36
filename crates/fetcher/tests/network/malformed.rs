//! Answers that break the rules of HTTP: each has an outcome with a name, and none spoils the next.

use std::time::Duration;

use thresh_fetcher::{HumanDuration, Settings};
use thresh_testkit::{Act, Reply, Server};
use thresh_types::FetchOutcome;

use crate::crawl::{Crawl, settings};

/// For the whole of an exchange.
const TOTAL: Duration = Duration::from_secs(1);

fn brief() -> Settings {
    Settings {
        respect_robots: false,
        total_timeout: HumanDuration(TOTAL),
        ..settings()
    }
}

/// Names an outcome: what it is, and how far the body came.
fn name(outcome: &FetchOutcome) -> String {
    match outcome {
        FetchOutcome::Answered(exchange) => {
            let body = exchange.body.to_bytes().unwrap();
            let body = String::from_utf8_lossy(&body[..body.len().min(20)]).into_owned();
            match exchange.truncated {
                None => format!("{} whole {body}", exchange.status),
                Some(why) => format!("{} {} {body}", exchange.status, why.as_str()),
            }
        }
        FetchOutcome::Refused { reason, .. } => format!("refused {reason}"),
        FetchOutcome::Deferred { reason, .. } => format!("deferred {reason}"),
        other => panic!("{other:?}"),
    }
}

/// Fetches what breaks the rules, then a good page of the same server, and returns what came of the
/// first.
fn outcome_of(what: &str, reply: Reply) -> String {
    let server = Server::start(move |site| {
        site.on("/bad", reply);
        site.on("/good", Reply::html("<p>good"));
    });
    let crawl = Crawl::start(brief());
    let bad = crawl.fetch(&server.url("/bad"));
    // A server that closes without a word may do so while the next request is on its way.
    let good = std::iter::repeat_with(|| crawl.fetch(&server.url("/good")))
        .take(5)
        .find(|report| !matches!(report.outcome, FetchOutcome::Deferred { .. }));
    let good = good.map(|report| name(&report.outcome));
    assert_eq!(good.as_deref(), Some("200 whole <p>good"), "after {what}");
    name(&bad.outcome)
}

/// Sends these bytes and closes.
fn closed(text: &str) -> Reply {
    Reply::raw(text.as_bytes().to_vec())
}

/// Sends these bytes and waits for what comes next on the connection.
fn open(text: &str) -> Reply {
    Reply::script([Act::Send(text.as_bytes().to_vec())])
}

fn check(cases: Vec<(&str, Reply, &str)>) {
    let wrong: Vec<String> = cases
        .into_iter()
        .map(|(what, reply, expected)| (what, outcome_of(what, reply), expected))
        .filter(|(_, outcome, expected)| outcome != expected)
        .map(|(what, outcome, expected)| format!("{what}: {outcome}, not {expected}"))
        .collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn status_lines() {
    let ok = "Content-Length: 2\r\n\r\nhi";
    check(vec![
        (
            "no status line",
            closed("<html><p>hi</html>"),
            "refused protocol",
        ),
        (
            "an old protocol",
            closed("HTTP/0.9 200 OK\r\n\r\nhi"),
            "refused protocol",
        ),
        (
            "a new protocol",
            closed("HTTP/2.0 200 OK\r\n\r\nhi"),
            "refused protocol",
        ),
        (
            "another protocol",
            closed("ICY 200 OK\r\n\r\nhi"),
            "refused protocol",
        ),
        (
            "letters for a status",
            closed("HTTP/1.1 abc OK\r\n\r\nhi"),
            "refused protocol",
        ),
        (
            "two digits",
            closed("HTTP/1.1 20 OK\r\n\r\nhi"),
            "refused protocol",
        ),
        (
            "four digits",
            closed("HTTP/1.1 2000 OK\r\n\r\nhi"),
            "refused protocol",
        ),
        (
            "a status of nothing",
            closed("HTTP/1.1 000 OK\r\n\r\nhi"),
            "refused protocol",
        ),
        (
            "a status out of range",
            closed(&format!("HTTP/1.1 777 X\r\n{ok}")),
            "deferred server-error",
        ),
        (
            "no reason",
            closed(&format!("HTTP/1.1 200\r\n{ok}")),
            "200 whole hi",
        ),
        ("only half a line", closed("HTTP/1.1 2"), "deferred connect"),
        (
            "half a head",
            closed("HTTP/1.1 200 OK\r\nContent-Le"),
            "deferred connect",
        ),
        (
            "NUL in the reason",
            closed(&format!("HTTP/1.1 200 O\0K\r\n{ok}")),
            "refused protocol",
        ),
        ("an empty answer", closed(""), "deferred connect"),
        (
            "lines before the answer",
            closed(&format!("\r\n\r\nHTTP/1.1 200 OK\r\n{ok}")),
            "200 whole hi",
        ),
    ]);
}

#[test]
fn lengths() {
    let sent = |head: &str, body: &str| closed(&format!("HTTP/1.1 200 OK\r\n{head}\r\n\r\n{body}"));
    check(vec![
        (
            "a negative length",
            sent("Content-Length: -1", "hi"),
            "refused protocol",
        ),
        (
            "a signed length",
            sent("Content-Length: +2", "hi"),
            "refused protocol",
        ),
        (
            "a length in letters",
            sent("Content-Length: two", "hi"),
            "refused protocol",
        ),
        (
            "no length",
            sent("Content-Length:", "hi"),
            "refused protocol",
        ),
        (
            "a length beyond counting",
            sent("Content-Length: 99999999999999999999", "hi"),
            "refused protocol",
        ),
        (
            "the same length twice",
            sent("Content-Length: 2\r\nContent-Length: 2", "hi"),
            "200 whole hi",
        ),
        (
            "the same length in a list",
            sent("Content-Length: 2, 2", "hi"),
            "200 whole hi",
        ),
        (
            "lengths that contradict",
            sent("Content-Length: 2\r\nContent-Length: 3", "hi!"),
            "refused protocol",
        ),
        (
            "contradiction in a list",
            sent("Content-Length: 2, 3", "hi!"),
            "refused protocol",
        ),
        (
            "too long a length",
            sent("Content-Length: 9", "hi"),
            "200 disconnect hi",
        ),
        (
            "a length of very much",
            sent("Content-Length: 9000000000000000000", "hi"),
            "200 disconnect hi",
        ),
        (
            "too short a length",
            sent("Content-Length: 2", "hi there"),
            "200 whole hi",
        ),
        ("none at all", sent("X-A: 1", "hi"), "200 whole hi"),
    ]);
}

#[test]
fn chunks() {
    let sent = |body: &str| {
        closed(&format!(
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n{body}"
        ))
    };
    let headed =
        |head: &str, body: &str| closed(&format!("HTTP/1.1 200 OK\r\n{head}\r\n\r\n{body}"));
    let whole = "2\r\nhi\r\n0\r\n\r\n";
    check(vec![
        ("good chunks", sent(whole), "200 whole hi"),
        (
            "length and chunks",
            headed("Content-Length: 9\r\nTransfer-Encoding: chunked", whole),
            "200 whole hi",
        ),
        (
            "a size that is none",
            sent("2\r\nhi\r\nxyz\r\n"),
            "200 disconnect hi",
        ),
        (
            "a negative size",
            sent("2\r\nhi\r\n-2\r\nhi\r\n"),
            "200 disconnect hi",
        ),
        (
            "a size beyond counting",
            sent("2\r\nhi\r\nfffffffffffffffff\r\n"),
            "200 disconnect hi",
        ),
        (
            "a size of very much",
            sent("7fffffffffffffff\r\nhi"),
            "200 disconnect hi",
        ),
        (
            "a chunk longer than its size",
            sent("1\r\nhi\r\n0\r\n\r\n"),
            "200 disconnect h",
        ),
        ("no last chunk", sent("2\r\nhi\r\n"), "200 disconnect hi"),
        (
            "no end behind the last chunk",
            sent("2\r\nhi\r\n0\r\n"),
            "200 disconnect hi",
        ),
        (
            "trailers",
            sent("2\r\nhi\r\n0\r\nX-Sum: 1\r\nX-B: 2\r\n\r\n"),
            "200 whole hi",
        ),
        (
            "an extension",
            sent("2;a=b\r\nhi\r\n0\r\n\r\n"),
            "200 whole hi",
        ),
        (
            "an extension without end",
            sent(&format!("2;{}\r\nhi", "x".repeat(100_000))),
            "200 disconnect ",
        ),
        (
            "another coding last",
            headed("Transfer-Encoding: chunked, odd", "hi"),
            "200 whole hi",
        ),
        (
            "chunks before their time",
            closed(&format!(
                "HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n{whole}"
            )),
            "refused protocol",
        ),
    ]);
}

#[test]
fn headers() {
    let sent = |head: &str| {
        closed(&format!(
            "HTTP/1.1 200 OK\r\n{head}\r\nContent-Length: 2\r\n\r\nhi"
        ))
    };
    check(vec![
        ("NUL in a value", sent("X-A: a\0b"), "refused protocol"),
        ("NUL in a name", sent("X-\0A: b"), "refused protocol"),
        ("a line without a colon", sent("nothing"), "200 whole hi"),
        ("a line without a name", sent(": nothing"), "200 whole hi"),
        ("space before the colon", sent("X-A : b"), "200 whole hi"),
        ("a folded line", sent("X-A: b\r\n  c"), "200 whole hi"),
        ("bare CR in a value", sent("X-A: a\rb"), "refused protocol"),
        (
            "bare LF for line ends",
            closed("HTTP/1.1 200 OK\nContent-Length: 2\n\nhi"),
            "200 whole hi",
        ),
        (
            "raw bytes",
            Reply::raw(b"HTTP/1.1 200 OK\r\nX-\xff: \xfe\r\nContent-Length: 2\r\n\r\nhi".to_vec()),
            "200 whole hi",
        ),
    ]);
}

#[test]
fn heads_that_are_too_large_are_refused_by_name() {
    let body = "x".repeat(1 << 16);
    let sent = |head: &str| closed(&format!("HTTP/1.1 200 OK\r\n{head}\r\n{body}"));
    let reason = closed(&format!("HTTP/1.1 200 {}\r\n\r\nhi", "O".repeat(300 << 10)));
    let many: String = (0..300).map(|n| format!("X-{n}: 1\r\n")).collect();
    for (what, reply) in [
        ("a gigantic reason", reason),
        (
            "one long header",
            sent(&format!("X-A: {}\r\n", "a".repeat(300 << 10))),
        ),
        (
            "very long",
            sent(&format!("X-A: {}\r\n", "a".repeat(3 << 20))),
        ),
        ("many headers", sent(&many)),
        (
            "many long headers",
            sent(&format!("X-A: {}\r\n", "a".repeat(4 << 10)).repeat(100)),
        ),
    ] {
        let server = Server::start(move |site| site.on("/", reply));
        let outcome = Crawl::start(brief()).fetch(&server.url("/")).outcome;
        let FetchOutcome::Refused {
            reason,
            detail,
            exchange,
        } = outcome
        else {
            panic!("{what}: {outcome:?}")
        };
        assert_eq!(reason.as_str(), "protocol", "{what}");
        assert!(
            detail.contains("allowed") && exchange.is_none(),
            "{what}: {detail}"
        );
    }
    let fits = sent(&format!("X-A: {}\r\nX-B: 1\r\n", "a".repeat(200 << 10)));
    assert!(outcome_of("a large head", fits).starts_with("200 whole"));
}

#[test]
fn answers_before_and_instead_of_the_answer() {
    let good = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi";
    let evil = "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil";
    check(vec![
        (
            "early hints",
            open(&format!(
                "HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n{good}"
            )),
            "200 whole hi",
        ),
        (
            "many",
            open(&format!(
                "{}{good}",
                "HTTP/1.1 100 Continue\r\n\r\n".repeat(50)
            )),
            "200 whole hi",
        ),
        (
            "another protocol",
            open("HTTP/1.1 101 Switching Protocols\r\nUpgrade: h2c\r\nConnection: Upgrade\r\n\r\n"),
            "refused protocol",
        ),
        (
            "204 with a body",
            open(&format!(
                "HTTP/1.1 204 No Content\r\nContent-Length: 4\r\n\r\nevil{evil}"
            )),
            "204 whole ",
        ),
        (
            "304 with a body",
            open(&format!("HTTP/1.1 304 Not Modified\r\n\r\n{evil}")),
            "refused protocol",
        ),
        (
            "two answers to one question",
            open(&format!("{good}{evil}")),
            "200 whole hi",
        ),
        (
            "only hints",
            closed("HTTP/1.1 100 Continue\r\n\r\n"),
            "deferred connect",
        ),
    ]);
}

#[test]
fn what_has_no_end_ends_at_the_deadline() {
    let head = |text: &str| Act::Send(text.as_bytes().to_vec());
    let hints = Act::Forever("HTTP/1.1 100 Continue\r\n\r\n".repeat(50).into_bytes());
    let ok = "HTTP/1.1 200 OK\r\n";
    check(vec![
        ("endless hints", Reply::script([hints]), "deferred too-slow"),
        ("silence", Reply::hang(), "deferred too-slow"),
        (
            "half a status line",
            Reply::script([head("HTTP/1.1 2"), Act::Hang]),
            "deferred too-slow",
        ),
        (
            "half a head",
            Reply::script([head(ok), Act::Hang]),
            "deferred too-slow",
        ),
        (
            "no body",
            Reply::script([head(&format!("{ok}Content-Length: 9\r\n\r\n")), Act::Hang]),
            "200 time ",
        ),
        (
            "half a body",
            Reply::script([head(&format!("{ok}Content-Length: 9\r\n\r\nhi")), Act::Hang]),
            "200 time hi",
        ),
        (
            "half a chunk",
            Reply::script([
                head(&format!("{ok}Transfer-Encoding: chunked\r\n\r\n9\r\nhi")),
                Act::Hang,
            ]),
            "200 time hi",
        ),
        (
            "a reset in the body",
            Reply::script([
                head(&format!("{ok}Content-Length: 9\r\n\r\nhi")),
                Act::Pause(Duration::from_millis(100)),
                Act::Reset,
            ]),
            "200 disconnect hi",
        ),
    ]);
}

#[test]
fn endless_trailers_and_lines_are_bounded() {
    let chunked = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\n".to_vec();
    let trailers = Reply::script([
        Act::Send(chunked),
        Act::Forever(b"X-More: 1\r\n".repeat(100)),
    ]);
    assert_eq!(
        outcome_of("endless trailers", trailers),
        "200 disconnect hi"
    );
    let size = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n".to_vec();
    let sizes = Reply::script([Act::Send(size), Act::Forever(b"0".repeat(1_000))]);
    let outcome = outcome_of("an endless chunk size", sizes);
    let names = ["200 disconnect ", "200 time ", "deferred too-slow"];
    assert!(names.contains(&outcome.as_str()), "{outcome}");
}
