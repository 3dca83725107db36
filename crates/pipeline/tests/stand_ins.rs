//! Answers in place of a page: never a document, named, and an older answer speaks.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod bench;

use bench::{Bench, page, prose};
use thresh_testkit::{Reply, Server};

/// Each with its reason.
const STAND_INS: &[(&str, &str)] = &[
    (
        "interstitial/browser-check",
        "<title>Just a moment...</title><meta name=robots content='noindex,nofollow'><meta http-equiv=refresh content=360><body><noscript>Enable JavaScript and cookies to continue</noscript><script>window._cf_chl_opt={};</script>",
    ),
    (
        "interstitial/captcha",
        "<title>Security</title><meta http-equiv=refresh content='0;/.well-known/sgcaptcha/?r=%2F'><h1>Please verify that you are human</h1>",
    ),
    (
        "interstitial/access-denied",
        "<title>Access Denied</title><h1>Access Denied</h1>You don't have permission to access this page on this server.",
    ),
    (
        "interstitial/consent-wall",
        "<title>Before you continue</title><h1>Before you continue</h1><p>We and our partners use cookies.</p><button>Accept all</button><button>Reject all</button>",
    ),
    (
        "interstitial/maintenance",
        "<title>Site under maintenance</title><h1>Site under maintenance</h1><p>We will be back shortly.</p>",
    ),
    (
        "login",
        "<title>Log in</title><meta name=robots content=noindex><h1>Log in</h1><form><label>User name</label><input name=u><label>Password</label><input type=password></form>",
    ),
    (
        "soft-404",
        "<title>Page not found</title><meta name=robots content=noindex><body class=error404><h1>Page not found</h1><p>Nothing was found at this location.</p>",
    ),
    (
        "script-shell",
        "<title>Desk</title><noscript>You need to enable JavaScript to run this app.</noscript><div id=root></div><script src=/a.js></script>",
    ),
];

#[test]
fn an_older_answer_speaks_for_a_page_that_something_stands_in_for() {
    let server = Server::start(|site| {
        let links: String = (0..STAND_INS.len())
            .map(|n| format!("<li><a href='/p{n}'>{n}</a>"))
            .collect();
        site.on(
            "/",
            Reply::html(format!("<title>Home</title><ul>{links}</ul>")),
        );
        for (n, (_, html)) in (0..).zip(STAND_INS) {
            let good = Reply::html(page("", &prose(n)));
            site.on_each(&format!("/p{n}"), [good, Reply::html(*html)]);
        }
    });
    let bench = Bench::of(&server);
    bench.crawl();
    bench.curate();
    let before: Vec<String> = bench.documents().into_iter().map(|d| d.text).collect();
    assert_eq!(before.len(), STAND_INS.len());
    bench.crawl();
    let report = bench.curate();
    assert_eq!(report.documents, STAND_INS.len(), "{:#?}", bench.withheld());
    let after: Vec<String> = bench.documents().into_iter().map(|d| d.text).collect();
    assert_eq!(before, after);
}

#[test]
fn pages_of_which_nothing_else_is_known_are_withheld_by_name() {
    let bench = Bench::new();
    let pages: Vec<(String, &str)> = STAND_INS
        .iter()
        .enumerate()
        .map(|(n, (_, html))| (format!("https://a.example/p{n}"), *html))
        .collect();
    let good = page("", &prose(1));
    let mut given: Vec<(&str, &str)> = pages.iter().map(|(u, h)| (u.as_str(), *h)).collect();
    given.push(("https://a.example/good", &good));
    bench.import_html(&given);
    let report = bench.curate();
    assert_eq!(report.documents, 1, "{:#?}", bench.documents());
    let mut expected: Vec<(&str, usize)> =
        STAND_INS.iter().map(|(reason, _)| (*reason, 1)).collect();
    expected.sort_unstable();
    let counted: Vec<(&str, usize)> = report
        .withheld
        .iter()
        .map(|(reason, n)| (reason.as_str(), *n))
        .collect();
    assert_eq!(counted, expected);
    let told = bench.explain("https://a.example/p0").withheld.unwrap();
    assert!(
        told.starts_with("interstitial/browser-check: ") && told.contains("Cloudflare"),
        "{told}"
    );
}

#[test]
fn a_reservation_on_what_stands_in_holds_and_what_a_text_page_asks_is_obeyed() {
    let server = Server::start(|site| {
        site.on(
            "/",
            Reply::html("<title>Home</title><a href=/ai>a</a> <a href=/text>b</a>"),
        );
        let shell = STAND_INS[7].1;
        let replies = [
            Reply::html(page("", &prose(1))),
            Reply::html(shell).header("X-Robots-Tag", "noai"),
        ];
        site.on_each("/ai", replies);
        let replies = [
            Reply::html(page("", &prose(2))),
            Reply::html(page("<meta name=robots content=noindex>", &prose(3))),
        ];
        site.on_each("/text", replies);
    });
    let bench = Bench::of(&server);
    bench.crawl();
    bench.crawl();
    bench.curate();
    for path in ["/ai", "/text"] {
        assert_eq!(bench.why_not(path).unwrap().0, "directive", "{path}");
    }
}
