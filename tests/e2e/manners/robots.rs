//! robots.txt that is not there, out of reach, elsewhere, or endless (RFC 9309 §2.3 to §2.5).

use std::collections::BTreeMap;
use std::time::Duration;

use thresh_testkit::{Act, Reply, Server, Site, Web};

use crate::scene::{DELAY, asked, assert_gaps, configure, desk_for, linking, name, site};
use crate::support::Desk;

const RULES: &str = "User-agent: *\nDisallow: /private\n";

/// The front page of every origin here links to one page that is private and to one that is not.
fn pages(site: &mut Site) {
    site.on("/", Reply::html(linking(&["/open", "/private/x"])));
    site.on_other(|_| Reply::html("<p>page"));
}

/// A web whose origins differ in their robots.txt only.
fn web_of(robots: &[(&str, Reply)]) -> Web {
    Web::start(robots.len(), |number, _, site| {
        pages(site);
        site.on("/robots.txt", robots[number].1.clone());
    })
}

#[test]
fn a_robots_txt_that_is_not_there_permits_everything() {
    let cases = [400, 401, 403, 404, 405, 410, 418, 451].map(|status| {
        let body = "User-agent: *\nDisallow: /\n";
        ("", Reply::status(status).body(body))
    });
    let web = web_of(&cases);
    let desk = desk_for(&web, "");
    desk.crawl(&[]);
    for (number, case) in cases.iter().enumerate() {
        let mut paths = asked(&web, number);
        paths.sort();
        assert_eq!(paths, ["/", "/open", "/private/x"], "{:?}", case.1);
        assert_gaps(&web, number, DELAY);
    }
    let robots = desk.captures("robots");
    assert_eq!(robots.len(), cases.len(), "each exchange is in the archive");
}

/// Every way not to answer for robots.txt.
fn out_of_reach() -> Vec<(&'static str, Reply)> {
    let tick = Duration::from_millis(50);
    vec![
        ("429", Reply::status(429)),
        ("500", Reply::status(500).body(RULES)),
        ("502", Reply::status(502)),
        ("503", Reply::status(503)),
        ("504", Reply::status(504)),
        ("599", Reply::status(599)),
        ("time-out", Reply::hang()),
        (
            "drip",
            Reply::drip_forever("User-agent: *\nAllow: /\n", tick),
        ),
        ("reset", Reply::reset()),
        ("closed", Reply::script([Act::Close])),
        ("garbage", Reply::garbage()),
        ("short", Reply::short(RULES.as_bytes(), 5_000)),
        ("chunks cut", Reply::chunked(&[RULES.as_bytes()], b"")),
        ("304", Reply::status(304)),
        (
            "coding",
            Reply::text(RULES).header("Content-Encoding", "x-secret"),
        ),
    ]
}

#[test]
fn a_robots_txt_out_of_reach_forbids_everything_and_is_told() {
    let cases = out_of_reach();
    let web = web_of(&cases);
    let desk = desk_for(&web, "total_timeout = \"1s\"\nretries = 1");
    let run = desk.crawl(&[]);
    assert_eq!(
        run.code, 6,
        "sites without a page are a fault: {}",
        run.stderr
    );
    let refusals = desk.refusals();
    for (number, (what, _)) in cases.iter().enumerate() {
        let paths = web.paths(number);
        let only_robots = paths.iter().all(|path| path == "/robots.txt");
        assert!(
            only_robots && paths.len() > 1,
            "{what}: asked again, and for nothing else: {paths:?}"
        );
        assert_gaps(&web, number, DELAY);
        let told = refusals.iter().any(|row| {
            row["url"] == web.url(number, "/").as_str() && row["reason"] == "robots-unreachable"
        });
        assert!(told, "{what}: {refusals:#?}");
        assert!(run.stderr.contains(&name(number)), "{what}: {}", run.stderr);
    }
    assert!(desk.captures("page").is_empty());
}

#[test]
fn a_name_that_does_not_resolve_forbids_everything_too() {
    let web = web_of(&[("there", Reply::text(RULES))]);
    let desk = desk_for(&web, "connect_timeout = \"2s\"\nretries = 1");
    // A label of more than 63 bytes fails in the resolver, without a question to any network.
    let origin = format!("http://{}.invalid", "a".repeat(70));
    site(
        &desk,
        "lost",
        &[format!("{origin}/")],
        std::slice::from_ref(&origin),
        "sitemaps = \"off\"\n",
    );
    let run = desk.crawl(&[]);
    assert!(
        run.code == 6 && run.stderr.contains("lost"),
        "{}",
        run.stderr
    );
    assert_eq!(desk.reasons(&format!("{origin}/")), ["robots-unreachable"]);
    assert!(desk.has_whole(&web.url(0, "/")), "the others go on");
}

#[test]
fn an_origin_opens_when_robots_txt_answers_again() {
    let web = Web::start(2, |number, _, site| {
        pages(site);
        let late = [Reply::status(503), Reply::status(500), Reply::text(RULES)];
        let none = [Reply::reset(), Reply::status(404)];
        match number {
            0 => site.on_each("/robots.txt", late),
            _ => site.on_each("/robots.txt", none),
        }
    });
    let desk = desk_for(&web, "");
    desk.crawl(&[]);
    let robots = |number| {
        let paths = web.paths(number);
        paths
            .iter()
            .take_while(|path| *path == "/robots.txt")
            .count()
    };
    assert_eq!(
        (robots(0), robots(1)),
        (3, 2),
        "no page before robots.txt has answered"
    );
    assert!(asked(&web, 0).contains(&"/open".to_owned()));
    assert!(!asked(&web, 0).contains(&"/private/x".to_owned()));
    assert!(asked(&web, 1).contains(&"/private/x".to_owned()));
    assert_eq!(desk.reasons(&web.url(0, "/private/x")), ["robots"]);
}

/// Five hops at one origin, the last to `target`.
fn hops(site: &mut Site, target: &str) {
    for (from, to) in [
        ("/robots.txt", "/1"),
        ("/1", "/2"),
        ("/2", "/3"),
        ("/3", "/4"),
    ] {
        site.on(from, Reply::redirect(301, to));
    }
    site.on("/4", Reply::redirect(307, target));
}

#[test]
fn redirects_of_robots_txt_are_followed_and_its_rules_hold_for_who_was_asked() {
    let web = Web::start(3, |number, addrs, site| {
        pages(site);
        match number {
            0 => hops(site, "/rules"),
            1 => hops(site, &format!("http://{}/rules", addrs[2])),
            _ => site.on("/robots.txt", Reply::status(404)),
        }
        site.on("/rules", Reply::text(RULES));
    });
    let desk = desk_for(&web, "");
    desk.crawl(&[]);
    for number in [0, 1] {
        let paths = asked(&web, number);
        assert!(paths.contains(&"/open".to_owned()), "{paths:?}");
        assert!(!paths.contains(&"/private/x".to_owned()), "{paths:?}");
        assert_eq!(desk.reasons(&web.url(number, "/private/x")), ["robots"]);
        assert_gaps(&web, number, DELAY);
    }
    let lender = asked(&web, 2);
    assert!(
        lender.contains(&"/private/x".to_owned()),
        "its own robots.txt rules it: {lender:?}"
    );
}

#[test]
fn redirects_of_robots_txt_in_circles_or_into_forbidden_places_lead_nowhere() {
    let canary = Server::start(|site| site.on_other(|_| Reply::text("User-agent: *\nAllow: /\n")));
    let inside = canary.url("/robots.txt");
    let mapped = format!(
        "http://[::ffff:127.0.0.1]:{}/robots.txt",
        canary.addr().port()
    );
    let targets = [
        "/robots.txt",
        &inside,
        &mapped,
        "http://169.254.169.254/robots.txt",
        "ftp://127.0.0.1/robots.txt",
        "file:///etc/hostname",
    ];
    let web = Web::start(targets.len(), |number, _, site| {
        pages(site);
        site.on("/robots.txt", Reply::redirect(302, targets[number]));
    });
    let desk = desk_for(&web, "retries = 1");
    desk.crawl(&[]);
    assert_eq!(canary.connections(), 0);
    for (number, target) in targets.iter().enumerate() {
        let asked_robots = web
            .paths(number)
            .iter()
            .filter(|p| *p == "/robots.txt")
            .count();
        assert!(asked_robots <= 12, "{target}: {asked_robots} times");
        assert_gaps(&web, number, DELAY);
    }
    for (number, target) in targets.iter().enumerate().take(4).skip(1) {
        let paths = asked(&web, number);
        assert!(
            paths.is_empty(),
            "{target}: out of reach forbids: {paths:?}"
        );
        assert_eq!(desk.reasons(&web.url(number, "/")), ["robots-unreachable"]);
    }
}

/// Rules, then comments up to `size`, then `tail`.
fn padded(size: usize, tail: &str) -> String {
    let line = "# nothing to see in this line\n";
    let comments = line.repeat((size - RULES.len() - tail.len()) / line.len());
    format!("{RULES}{comments}{tail}")
}

#[test]
fn a_robots_txt_of_500_kib_counts_in_full_and_an_endless_one_is_cut() {
    let late = "Disallow: /open\n";
    let head = format!("HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n\r\n{RULES}");
    let endless = |more: &str| {
        let more = more.repeat(200).into_bytes();
        Reply::script([Act::Send(head.clone().into_bytes()), Act::Forever(more)])
    };
    let web = web_of(&[
        ("large", Reply::text(padded(500 << 10, late))),
        ("endless comments", endless("# and so on\n")),
        ("endless rules", endless("Disallow: /elsewhere/and/so/on\n")),
        ("one endless line", endless("Disallow: /elsewhere")),
        (
            "bomb",
            Reply::text([RULES, &"#".repeat(64 << 20)].concat()).gzip(),
        ),
    ]);
    let desk = desk_for(&web, "");
    desk.crawl(&[]);
    for number in 0..web.len() {
        let paths = asked(&web, number);
        assert!(
            !paths.contains(&"/private/x".to_owned()),
            "{number}: {paths:?}"
        );
        assert_eq!(
            paths.contains(&"/open".to_owned()),
            number != 0,
            "{number}: {paths:?}"
        );
        let robots = web.seen(number);
        let sent = robots[0].sent;
        assert!(sent < 32 << 20, "origin {number} could send {sent} bytes");
    }
    let rows = desk.captures("robots");
    let cut = rows
        .iter()
        .filter(|row| row["truncated"] == "length")
        .count();
    assert_eq!(cut, 3, "the endless ones say so: {rows:#?}");
}

#[test]
fn robots_txt_is_asked_once_for_each_origin_and_run() {
    let web = Web::start(3, |_, addrs, site| {
        site.on("/robots.txt", Reply::text(RULES));
        let urls: Vec<String> = (0..30)
            .map(|n| format!("http://{}/page/{n}", addrs[n % addrs.len()]))
            .collect();
        site.on_other(move |_| Reply::html(linking(&urls)));
    });
    let desk = Desk::new();
    configure(&desk, &web, "delay = \"0s\"");
    let origins: Vec<String> = (0..3).map(|n| web.url(n, "")).collect();
    let seeds: Vec<String> = (0..3).map(|n| web.url(n, "/")).collect();
    site(&desk, "all", &seeds, &origins, "");
    desk.crawl(&[]);
    for number in 0..3 {
        let mut counts: BTreeMap<String, usize> = BTreeMap::new();
        for path in web.paths(number) {
            *counts.entry(path).or_default() += 1;
        }
        assert_eq!(counts["/robots.txt"], 1);
        let pages = counts
            .keys()
            .filter(|path| path.starts_with("/page/"))
            .count();
        assert_eq!(pages, 10);
        assert!(counts.values().all(|count| *count == 1), "{counts:?}");
        assert_eq!(web.connections(number), 1, "one connection for all of it");
    }
}
