//! One owner of an origin's politeness, also where the robots.txt of others redirect there.

use std::time::Duration;

use thresh_fetcher::{HumanDuration, Settings};
use thresh_testkit::{Reply, Seen, Server};
use thresh_types::{FetchOutcome, FetchReport, RefusalReason};

use crate::crawl::{Crawl, settings};

const DELAY: Duration = Duration::from_millis(50);

fn with_delay() -> Settings {
    Settings {
        delay: HumanDuration(DELAY),
        ..settings()
    }
}

/// Settings under which the named origins are these servers.
fn mapped(base: Settings, names: &[(&str, &Server)]) -> Settings {
    names.iter().fold(base, |mut settings, (name, server)| {
        let name = format!("{name}:80").parse().unwrap();
        settings.resolve.insert(name, server.addr());
        settings
    })
}

fn is_answered(report: &FetchReport) -> bool {
    matches!(report.outcome, FetchOutcome::Answered(_))
}

fn reason(report: &FetchReport) -> RefusalReason {
    match &report.outcome {
        FetchOutcome::Refused { reason, .. } | FetchOutcome::Deferred { reason, .. } => *reason,
        other => panic!("{other:?}"),
    }
}

/// Asserts that every request came after the one before had ended, and the gap later.
fn assert_paced(seen: &[Seen], gap: Duration) {
    for two in seen.windows(2) {
        let ended = two[0].ended.unwrap_or(two[0].at);
        assert!(
            two[1].at >= ended && two[1].at - two[0].at >= gap,
            "{} after {}: {:?}",
            two[1].path,
            two[0].path,
            two[1].at - two[0].at
        );
    }
}

/// Returns a server whose robots.txt begins a chain that goes to and fro between itself and `other`.
fn side(other: &'static str, first: &'static str, rules: &'static str) -> Server {
    Server::start(move |site| {
        site.on(
            "/robots.txt",
            Reply::redirect(302, &format!("http://{other}{first}")),
        );
        for (path, to) in [("/1", "/2"), ("/2", "/3"), ("/3", "/rules")] {
            site.on(path, Reply::redirect(302, &format!("http://{other}{to}")));
        }
        site.on("/rules", Reply::text(rules));
        site.on_other(|_| Reply::html("<p>page"));
    })
}

#[test]
fn origins_that_redirect_to_each_other_both_get_their_rules() {
    // Chains of three and five hops, with one connection for everybody: whoever held it while
    // waiting would stop both.
    for first in ["/3", "/1"] {
        let one = side("two.example", first, "User-agent: *\nDisallow: /one\n");
        let two = side("one.example", first, "User-agent: *\nDisallow: /two\n");
        let scarce = Settings {
            max_connections: 1,
            ..with_delay()
        };
        let names = [("one.example", &one), ("two.example", &two)];
        let crawl = Crawl::start(mapped(scarce, &names));
        let urls: Vec<String> = ["one", "two"]
            .iter()
            .flat_map(|host| ["one", "two"].map(|path| format!("http://{host}.example/{path}")))
            .collect();
        let reports = crawl.fetch_all(&urls);
        assert!(reports.iter().any(is_answered));
        for server in [&one, &two] {
            assert_paced(&server.seen(), DELAY);
            let pages = server.paths();
            let pages = pages
                .iter()
                .filter(|path| ["/one", "/two"].contains(&path.as_str()));
            assert_eq!(
                pages.count(),
                1,
                "one page of each is forbidden: {:?}",
                server.paths()
            );
        }
        let told: usize = reports.iter().map(|report| report.robots.len()).sum();
        assert_eq!(
            told,
            if first == "/3" { 6 } else { 10 },
            "every step is told once"
        );
    }
}

#[test]
fn origins_that_redirect_in_a_circle_have_no_rules() {
    let circle = |other: &'static str| {
        Server::start(move |site| {
            let to = format!("http://{other}.example/robots.txt");
            site.on("/robots.txt", Reply::redirect(301, &to));
            site.on_other(|_| Reply::html("<p>page"));
        })
    };
    let (one, two) = (circle("two"), circle("one"));
    let names = [("one.example", &one), ("two.example", &two)];
    let crawl = Crawl::start(mapped(with_delay(), &names));
    let reports =
        crawl.fetch_all(&["http://one.example/x", "http://two.example/x"].map(str::to_owned));
    assert!(reports.iter().all(is_answered));
    for server in [&one, &two] {
        assert_paced(&server.seen(), DELAY);
        assert_eq!(
            server.paths().len(),
            7,
            "three requests for each, and the page"
        );
    }
}

#[test]
fn an_errand_keeps_the_pace_of_where_it_goes() {
    let slow = Duration::from_millis(150);
    let busy = Server::start(move |site| {
        site.on(
            "/robots.txt",
            Reply::text("User-agent: *\nCrawl-delay: 0.15\n"),
        );
        site.on(
            "/shared.txt",
            Reply::text("User-agent: *\nDisallow: /private\n"),
        );
        site.on_other(|_| Reply::html("<p>page"));
    });
    let others: Vec<Server> = (0..3)
        .map(|_| {
            Server::start(|site| {
                site.on(
                    "/robots.txt",
                    Reply::redirect(301, "http://busy.example/shared.txt"),
                );
                site.on_other(|_| Reply::html("<p>page"));
            })
        })
        .collect();
    let crawl = Crawl::start(mapped(settings(), &[("busy.example", &busy)]));
    assert!(is_answered(&crawl.fetch("http://busy.example/0")));
    let mut urls: Vec<String> = (1..4).map(|n| format!("http://busy.example/{n}")).collect();
    urls.extend(others.iter().map(|other| other.url("/private")));
    urls.extend(others.iter().map(|other| other.url("/open")));
    let reports = crawl.fetch_all(&urls);
    assert_eq!(
        reports.iter().filter(|report| is_answered(report)).count(),
        6
    );
    let seen = busy.seen();
    assert_eq!(seen.len(), 2 + 3 + 3, "{:?}", busy.paths());
    assert_paced(&seen, slow);
    for other in &others {
        assert_eq!(other.paths(), ["/robots.txt", "/open"]);
    }
}

#[test]
fn whoever_wants_to_be_left_alone_is_left_alone_by_errands_too() {
    let busy = Server::start(|site| {
        let hour = Reply::status(503).header("Retry-After", "3600");
        site.on("/robots.txt", Reply::status(404));
        site.on("/page", hour);
        site.on("/shared.txt", Reply::text("User-agent: *\n"));
    });
    let other = Server::start(|site| {
        site.on(
            "/robots.txt",
            Reply::redirect(301, "http://busy.example/shared.txt"),
        );
        site.on_other(|_| Reply::html("<p>page"));
    });
    let crawl = Crawl::start(mapped(settings(), &[("busy.example", &busy)]));
    assert_eq!(
        reason(&crawl.fetch("http://busy.example/page")),
        RefusalReason::Overloaded
    );
    let report = crawl.fetch(&other.url("/page"));
    assert_eq!(
        reason(&report),
        RefusalReason::RobotsUnreachable,
        "{report:?}"
    );
    assert_eq!(busy.paths(), ["/robots.txt", "/page"]);
    assert_eq!(other.paths(), ["/robots.txt"]);
}

#[test]
fn an_errand_goes_under_the_guard_of_the_site_that_sends_it() {
    let inside = Server::start(|site| site.on_other(|_| Reply::text("User-agent: *\n")));
    let outside = Server::start(|site| {
        site.on(
            "/robots.txt",
            Reply::redirect(301, "http://inside.example/robots.txt"),
        );
        site.on_other(|_| Reply::html("<p>page"));
    });
    let open = mapped(settings(), &[("inside.example", &inside)]);
    let closed = Settings {
        allow_addresses: vec![outside.addr().to_string().parse().unwrap()],
        ..open.clone()
    };
    let crawl = Crawl::start_sites([("closed", closed), ("open", open)]);
    crawl.submit_task(
        "open",
        "http://inside.example/page",
        thresh_types::Validators::default(),
    );
    assert!(is_answered(&crawl.next_report()));
    let before = inside.seen().len();
    crawl.submit_task(
        "closed",
        &outside.url("/page"),
        thresh_types::Validators::default(),
    );
    assert_eq!(
        reason(&crawl.next_report()),
        RefusalReason::RobotsUnreachable
    );
    assert_eq!(inside.seen().len(), before);
}

#[test]
fn a_name_that_one_site_may_not_reach_stays_open_to_others() {
    let server = Server::start(|site| site.on_other(|_| Reply::html("<p>page")));
    let open = mapped(settings(), &[("h.example", &server)]);
    let closed = Settings {
        allow_addresses: Vec::new(),
        ..open.clone()
    };
    let crawl = Crawl::start_sites([("closed", closed), ("open", open)]);
    for (site, refused) in [("closed", true), ("open", false), ("closed", true)] {
        crawl.submit_task(
            site,
            "http://h.example/page",
            thresh_types::Validators::default(),
        );
        assert_eq!(is_answered(&crawl.next_report()), !refused, "{site}");
    }
}

#[test]
fn what_was_asked_for_tasks_that_did_not_begin_is_handed_back() {
    let busy = Server::start(|site| {
        site.on("/robots.txt", Reply::status(404));
        site.on_other(|_| Reply::html("<p>slow").delayed(Duration::from_millis(600)));
    });
    let other = Server::start(|site| {
        site.on(
            "/robots.txt",
            Reply::redirect(301, "http://busy.example/shared.txt"),
        );
    });
    let crawl = Crawl::start(mapped(settings(), &[("busy.example", &busy)]));
    crawl.submit("http://busy.example/page");
    while busy.seen().len() < 2 {
        std::thread::yield_now();
    }
    // The errand waits behind the slow page when everything stops.
    crawl.submit(&other.url("/page"));
    while other.seen().first().is_none_or(|seen| seen.ended.is_none()) {
        std::thread::yield_now();
    }
    std::thread::sleep(Duration::from_millis(100));
    let stopped = crawl.fetcher.stop();
    assert_eq!(stopped.reports.len(), 1, "{stopped:?}");
    assert_eq!(stopped.unasked.len(), 1, "{stopped:?}");
    let [(site, exchange)] = stopped.robots.as_slice() else {
        panic!("{stopped:?}")
    };
    assert_eq!(site.to_string(), "site");
    assert_eq!(exchange.url.as_str(), other.url("/robots.txt"));
    assert_eq!(busy.paths(), ["/robots.txt", "/page"]);
}
