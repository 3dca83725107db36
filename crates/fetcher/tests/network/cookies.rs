//! Cookies go back to the origin that set them, and nowhere else.

use thresh_fetcher::Settings;
use thresh_testkit::{Reply, Seen, Server};
use thresh_types::{FetchOutcome, Validators};

use crate::crawl::{Crawl, settings};

/// A server that sets a cookie of its own name, as widely as it can, with every answer.
fn site(name: &'static str) -> Server {
    Server::start(move |site| {
        site.on(
            "/robots.txt",
            Reply::status(404).header("Set-Cookie", "robots=1; Path=/"),
        );
        site.on_other(move |seen| {
            let reply = Reply::html("<p>page")
                .header("Set-Cookie", &format!("{name}=1; Path=/"))
                .header(
                    "Set-Cookie",
                    &format!("wide-{name}=1; Path=/; Domain=h.example"),
                )
                .header("Set-Cookie", "broken")
                .header("Set-Cookie", &format!("deep-{name}=1; Path=/deep"));
            match seen.path.as_str() {
                "/bye" => reply.header("Set-Cookie", &format!("{name}=; Path=/; Max-Age=0")),
                _ => reply,
            }
        });
    })
}

fn cookies(seen: &[Seen]) -> Vec<&str> {
    seen.iter()
        .map(|s| s.header("cookie").unwrap_or("-"))
        .collect()
}

#[test]
fn two_origins_never_see_each_others_cookies() {
    let (one, two, three) = (site("one"), site("two"), site("three"));
    let mut mapped = settings();
    for (name, server) in [
        ("h.example:80", &one),
        ("h.example:8080", &two),
        ("www.h.example:80", &three),
    ] {
        mapped.resolve.insert(name.parse().unwrap(), server.addr());
    }
    let crawl = Crawl::start(mapped);
    for path in ["/a", "/b", "/deep/c"] {
        for host in ["h.example", "h.example:8080", "www.h.example"] {
            let report = crawl.fetch(&format!("http://{host}{path}"));
            assert!(matches!(report.outcome, FetchOutcome::Answered(_)));
        }
    }
    for (name, server) in [("one", &one), ("two", &two), ("three", &three)] {
        let seen = server.seen();
        let (first, more) = (format!("{name}=1; wide-{name}=1"), format!("deep-{name}=1"));
        let deep = format!("{more}; {first}");
        assert_eq!(cookies(&seen), ["-", "-", &first, &deep], "{name}");
    }
}

#[test]
fn sites_do_not_share_and_settings_may_forgo_them() {
    let server = site("one");
    let without = Settings {
        cookies: false,
        ..settings()
    };
    let crawl = Crawl::start_sites([("a", settings()), ("b", settings()), ("none", without)]);
    for site in ["a", "b", "none", "a", "none"] {
        crawl.submit_task(site, &server.url("/x"), Validators::default());
        crawl.next_report();
    }
    let seen = server.seen();
    assert_eq!(cookies(&seen), ["-", "-", "-", "-", "one=1", "-"]);
}

#[test]
fn cookies_end_when_the_server_says_so_or_the_run_is_over() {
    let server = site("one");
    let crawl = Crawl::start(settings());
    for path in ["/a", "/bye", "/b"] {
        crawl.fetch(&server.url(path));
    }
    drop(crawl);
    Crawl::start(settings()).fetch(&server.url("/a"));
    let seen = server.seen();
    assert_eq!(cookies(&seen), ["-", "-", "one=1", "-", "-", "-"]);
}

#[test]
fn what_was_sent_is_written_down() {
    let server = site("one");
    let crawl = Crawl::start(settings());
    crawl.fetch(&server.url("/a"));
    let FetchOutcome::Answered(exchange) = crawl.fetch(&server.url("/b")).outcome else {
        panic!("an answer")
    };
    let seen = server.seen();
    assert_eq!(exchange.request.0, seen.last().unwrap().head);
    assert_eq!(exchange.request.header("cookie").as_deref(), Some("one=1"));
}
