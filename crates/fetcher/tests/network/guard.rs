//! Where connections may go.

use thresh_fetcher::Settings;
use thresh_testkit::{Reply, Server};
use thresh_types::{FetchOutcome, RefusalReason, Validators};

use crate::crawl::{Crawl, settings};

fn site() -> Server {
    Server::start(|site| site.on_other(|_| Reply::html("<p>page")))
}

fn reason(outcome: &FetchOutcome) -> RefusalReason {
    match outcome {
        FetchOutcome::Refused { reason, .. } | FetchOutcome::Deferred { reason, .. } => *reason,
        other => panic!("no refusal: {other:?}"),
    }
}

#[test]
fn loopback_is_refused_in_every_spelling() {
    let server = site();
    let port = server.addr().port();
    let crawl = Crawl::start(Settings {
        allow_addresses: Vec::new(),
        ..settings()
    });
    for host in [
        "127.0.0.1",
        "2130706433",
        "0x7f.1",
        "0177.0.0.1",
        "127.1",
        "[::ffff:127.0.0.1]",
        "[::ffff:7f00:1]",
        "[::127.0.0.1]",
        "[64:ff9b::127.0.0.1]",
        "[2002:7f00:1::]",
        "[::1]",
        "0.0.0.0",
        "[::]",
        "localhost",
        "LOCALHOST.",
    ] {
        let report = crawl.fetch(&format!("http://{host}:{port}/"));
        let refused = matches!(report.outcome, FetchOutcome::Refused { .. });
        assert!(refused, "{host}: {:?}", report.outcome);
        assert_eq!(reason(&report.outcome), RefusalReason::Address, "{host}");
    }
    assert!(server.seen().is_empty(), "{:?}", server.paths());
}

#[test]
fn an_exception_holds_for_its_port_only() {
    let (allowed, other) = (site(), site());
    let crawl = Crawl::start(Settings {
        allow_addresses: vec![allowed.addr().to_string().parse().unwrap()],
        ..settings()
    });
    let report = crawl.fetch(&allowed.url("/"));
    assert!(matches!(report.outcome, FetchOutcome::Answered(_)));
    let report = crawl.fetch(&other.url("/"));
    assert_eq!(reason(&report.outcome), RefusalReason::Address);
    assert!(other.seen().is_empty());
}

#[test]
fn names_go_where_resolve_says_and_keep_their_host() {
    let server = site();
    let mut mapped = settings();
    for name in ["osce.example:80", "osce.example:8080", "localhost:80"] {
        mapped.resolve.insert(name.parse().unwrap(), server.addr());
    }
    let crawl = Crawl::start(mapped);
    for (url, host) in [
        ("http://osce.example/a?b=c", "osce.example"),
        ("http://OSCE.example:8080/a?b=c", "osce.example:8080"),
        ("http://localhost/a?b=c", "localhost"),
    ] {
        let report = crawl.fetch(url);
        let FetchOutcome::Answered(exchange) = report.outcome else {
            panic!("{url}: {:?}", report.outcome)
        };
        assert_eq!(exchange.remote, Some(server.addr()), "{url}");
        let seen = server.seen();
        let last = seen.last().unwrap();
        assert_eq!(
            (last.header("host"), last.path.as_str()),
            (Some(host), "/a?b=c")
        );
        assert_eq!(exchange.request.0, last.head, "{url}");
    }
}

#[test]
fn a_mapped_address_passes_the_guard_too() {
    let server = site();
    let mut mapped = Settings {
        allow_addresses: Vec::new(),
        ..settings()
    };
    mapped
        .resolve
        .insert("osce.example:80".parse().unwrap(), server.addr());
    let report = Crawl::start(mapped).fetch("http://osce.example/");
    assert_eq!(reason(&report.outcome), RefusalReason::Address);
    assert!(server.seen().is_empty());
}

#[test]
fn each_site_has_its_own_exceptions() {
    let server = site();
    let closed = Settings {
        allow_addresses: Vec::new(),
        ..settings()
    };
    let crawl = Crawl::start_sites([("open", settings()), ("closed", closed)]);
    crawl.submit_task("closed", &server.url("/1"), Validators::default());
    assert_eq!(reason(&crawl.next_report().outcome), RefusalReason::Address);
    crawl.submit_task("open", &server.url("/2"), Validators::default());
    assert!(matches!(
        crawl.next_report().outcome,
        FetchOutcome::Answered(_)
    ));
    crawl.submit_task("closed", &server.url("/3"), Validators::default());
    assert_eq!(reason(&crawl.next_report().outcome), RefusalReason::Address);
    assert_eq!(server.paths(), ["/robots.txt", "/2"]);
}

#[test]
fn a_robots_redirect_passes_the_guard() {
    let inside = site();
    let target = inside.url("/robots.txt");
    let server = Server::start(|site| site.on("/robots.txt", Reply::redirect(302, &target)));
    let crawl = Crawl::start(Settings {
        allow_addresses: vec![server.addr().to_string().parse().unwrap()],
        ..settings()
    });
    let report = crawl.fetch(&server.url("/page"));
    assert_eq!(reason(&report.outcome), RefusalReason::RobotsUnreachable);
    assert!(inside.seen().is_empty());
}
