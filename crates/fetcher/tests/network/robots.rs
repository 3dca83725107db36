//! How robots.txt is asked for and obeyed.

use std::time::Duration;

use thresh_fetcher::{HumanDuration, Settings};
use thresh_testkit::{Act, Reply, Server};
use thresh_types::{FetchOutcome, FetchReport, RefusalReason};

use crate::crawl::{Crawl, settings};

const RULES: &str = "User-agent: *\nDisallow: /private\n";

/// Returns a server with this robots.txt and a page everywhere else.
fn site(robots: Reply) -> Server {
    Server::start(move |site| {
        site.on("/robots.txt", robots);
        site.on_other(|_| Reply::html("<p>page"));
    })
}

fn is_answered(report: &FetchReport) -> bool {
    matches!(report.outcome, FetchOutcome::Answered(_))
}

/// Asserts that the task waits for robots.txt, and returns for how long.
fn assert_closed(report: &FetchReport, what: &str) -> Duration {
    match &report.outcome {
        FetchOutcome::Deferred {
            reason: RefusalReason::RobotsUnreachable,
            wait,
            ..
        } => *wait,
        other => panic!("{what}: {other:?}"),
    }
}

#[test]
fn what_a_rule_forbids_is_not_asked_for() {
    let server = site(Reply::text(RULES));
    let crawl = Crawl::start(settings());
    let open = crawl.fetch(&server.url("/open"));
    let closed = crawl.fetch(&server.url("/private/x"));
    assert!(is_answered(&open));
    let FetchOutcome::Refused { reason, detail, .. } = &closed.outcome else {
        panic!("{closed:?}")
    };
    assert_eq!(*reason, RefusalReason::Robots);
    let place = server.url("/robots.txt");
    let expected = format!("line 2: Disallow: /private ({place}, fetched 2026-01-01T00:00:00Z)");
    assert_eq!(*detail, expected);
    // The exchange is told once, with the task that caused it.
    assert_eq!((open.robots.len(), closed.robots.len()), (1, 0));
    assert_eq!(open.robots[0].url.as_str(), server.url("/robots.txt"));
    assert_eq!(server.paths(), ["/robots.txt", "/open"]);
}

#[test]
fn what_permits_an_address_is_told_in_the_words_of_a_refusal() {
    let permit = |robots: Reply, path: &str, respect_robots: bool| {
        let server = site(robots);
        let crawl = Crawl::start(Settings {
            respect_robots,
            ..settings()
        });
        let permit = crawl.fetch(&server.url(path)).permit.unwrap_or_default();
        permit.replace(&server.url(""), "")
    };
    let rules = || Reply::text("User-agent: *\nDisallow: /\nAllow: /open\n");
    assert_eq!(
        permit(rules(), "/open/x", true),
        "allowed by line 3: Allow: /open (/robots.txt, fetched 2026-01-01T00:00:00Z)"
    );
    assert_eq!(
        permit(Reply::text(RULES), "/open", true),
        "no rule matches (/robots.txt, fetched 2026-01-01T00:00:00Z)"
    );
    assert_eq!(
        permit(Reply::status(410), "/x", true),
        "no robots.txt (410)"
    );
    assert_eq!(
        permit(rules(), "/x", false),
        "robots.txt is not respected here"
    );
    assert_eq!(permit(rules(), "/closed", true), "", "nothing was asked");
}

#[test]
fn rules_that_name_us_are_ours() {
    let server = site(Reply::text(
        "User-agent: Thresh\nDisallow: /a\n\nUser-agent: *\nDisallow: /\n",
    ));
    let crawl = Crawl::start(settings());
    assert!(is_answered(&crawl.fetch(&server.url("/b"))));
    assert!(!is_answered(&crawl.fetch(&server.url("/a"))));
}

#[test]
fn a_file_that_is_not_there_permits_everything() {
    for status in [400, 401, 403, 404, 410, 451] {
        let server = site(Reply::status(status).body("User-agent: *\nDisallow: /\n"));
        let report = Crawl::start(settings()).fetch(&server.url("/page"));
        assert!(is_answered(&report), "{status}");
    }
}

#[test]
fn errors_of_the_server_forbid_everything() {
    let short = Reply::short(RULES.as_bytes(), 5_000);
    let unasked = Reply::status(304);
    let unknown = Reply::text(RULES).header("Content-Encoding", "x-secret");
    let replies = [
        ("500", Reply::status(500)),
        ("503", Reply::status(503)),
        ("429", Reply::status(429)),
        ("reset", Reply::reset()),
        ("garbage", Reply::garbage()),
        ("cut short", short),
        ("hang", Reply::hang()),
        ("304", unasked),
        ("coding", unknown),
    ];
    for (what, reply) in replies {
        let server = site(reply);
        let crawl = Crawl::start(Settings {
            total_timeout: HumanDuration::from_secs(1),
            ..settings()
        });
        let report = crawl.fetch(&server.url("/page"));
        let wait = assert_closed(&report, what);
        assert!(wait >= Duration::from_millis(50), "{what}: {wait:?}");
        assert!(!server.paths().contains(&"/page".to_owned()), "{what}");
    }
}

#[test]
fn a_closed_port_forbids_everything() {
    let server = site(Reply::text(RULES));
    let url = server.url("/page");
    drop(server);
    assert_closed(&Crawl::start(settings()).fetch(&url), "closed port");
}

#[test]
fn retry_after_on_robots_txt_is_told() {
    let server = site(Reply::status(429).header("Retry-After", "120"));
    let crawl = Crawl::start(settings());
    let reports = crawl.fetch_all(&[server.url("/a"), server.url("/b")]);
    let waits: Vec<Duration> = reports.iter().map(|r| assert_closed(r, "429")).collect();
    assert!(waits.iter().all(|wait| wait.as_secs() >= 110), "{waits:?}");
    assert_eq!(server.paths(), ["/robots.txt"]);
}

#[test]
fn an_origin_opens_when_robots_txt_answers_again() {
    let server = Server::start(|site| {
        site.on_each("/robots.txt", [Reply::status(500), Reply::text(RULES)]);
        site.on_other(|_| Reply::html("<p>page"));
    });
    let crawl = Crawl::start(settings());
    let wait = assert_closed(&crawl.fetch(&server.url("/page")), "500");
    assert_closed(&crawl.fetch(&server.url("/page")), "still 500");
    assert_eq!(
        server.paths().len(),
        1,
        "the server is left alone meanwhile"
    );
    std::thread::sleep(wait);
    assert!(is_answered(&crawl.fetch(&server.url("/page"))));
}

#[test]
fn redirects_are_followed_across_hosts_five_times() {
    let last = site(Reply::text(RULES));
    let target = last.url("/robots.txt");
    let server = Server::start(|site| {
        site.on("/robots.txt", Reply::redirect(301, "/1"));
        site.on("/1", Reply::redirect(302, "/2"));
        site.on("/2", Reply::redirect(307, "/3"));
        site.on("/3", Reply::redirect(308, "/4"));
        site.on("/4", Reply::redirect(302, &target));
        site.on_other(|_| Reply::html("<p>page"));
    });
    let crawl = Crawl::start(settings());
    let report = crawl.fetch(&server.url("/private"));
    assert!(
        !is_answered(&report),
        "the rules hold for the host first asked"
    );
    assert_eq!(report.robots.len(), 6);
    assert!(is_answered(&crawl.fetch(&server.url("/open"))));
    assert_eq!(last.paths(), ["/robots.txt"]);
}

#[test]
fn redirects_without_end_are_no_file() {
    let server = site(Reply::redirect(302, "/robots.txt"));
    let report = Crawl::start(settings()).fetch(&server.url("/page"));
    assert!(is_answered(&report));
    assert_eq!(report.robots.len(), 6);
}

#[test]
fn a_packed_file_is_unpacked_and_an_endless_one_is_cut() {
    let packed = site(Reply::text(RULES).gzip());
    let report = Crawl::start(settings()).fetch(&packed.url("/private"));
    assert!(matches!(report.outcome, FetchOutcome::Refused { .. }));
    let endless = site(Reply::script([
        Act::Send(format!("HTTP/1.1 200 OK\r\n\r\n{RULES}").into_bytes()),
        Act::Forever(b"Disallow: /more\n".repeat(100)),
    ]));
    let crawl = Crawl::start(settings());
    let report = crawl.fetch(&endless.url("/private"));
    assert!(matches!(report.outcome, FetchOutcome::Refused { .. }));
    assert!(report.robots[0].truncated.is_some());
    assert!(is_answered(&crawl.fetch(&endless.url("/open"))));
}

#[test]
fn a_bomb_in_its_place_is_harmless() {
    let server = site(Reply::gzip_bomb(64 << 20));
    let report = Crawl::start(settings()).fetch(&server.url("/page"));
    assert!(is_answered(&report));
}

#[test]
fn a_page_of_html_in_its_place_gives_no_rules() {
    let server = site(Reply::html("<html><pre>User-agent: *\nDisallow: /\n</pre>"));
    assert!(is_answered(
        &Crawl::start(settings()).fetch(&server.url("/page"))
    ));
}

#[test]
fn who_need_not_respect_it_does_not_ask() {
    let server = site(Reply::text("User-agent: *\nDisallow: /\n"));
    let crawl = Crawl::start(Settings {
        respect_robots: false,
        ..settings()
    });
    assert!(is_answered(&crawl.fetch(&server.url("/page"))));
    assert_eq!(server.paths(), ["/page"]);
}

#[test]
fn each_port_has_rules_of_its_own() {
    let (closed, open) = (
        site(Reply::text("User-agent: *\nDisallow: /\n")),
        site(Reply::status(404)),
    );
    let crawl = Crawl::start(settings());
    assert!(!is_answered(&crawl.fetch(&closed.url("/page"))));
    assert!(is_answered(&crawl.fetch(&open.url("/page"))));
}

#[test]
fn a_name_that_does_not_resolve_waits() {
    // Reserved never to resolve (RFC 6761).
    let report = Crawl::start(settings()).fetch("http://nowhere.invalid/page");
    assert_closed(&report, "no such name");
}
