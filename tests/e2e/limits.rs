//! What bounds a crawl, and what becomes of answers that are not whole.

use serde_json::Value;
use thresh_testkit::{Reply, Server};

use crate::support::Desk;

fn refusals(desk: &Desk, reason: &str) -> Vec<Value> {
    let mut rows = desk
        .run(&["captures", "--refused", "--json"])
        .expect(0)
        .jsonl();
    rows.retain(|row| row["reason"] == reason);
    rows
}

fn count(server: &Server, path: &str) -> usize {
    server.paths().iter().filter(|seen| *seen == path).count()
}

fn place(server: &Server, path: &str) -> usize {
    let paths = server.paths();
    let at = paths.iter().position(|seen| seen == path);
    at.unwrap_or_else(|| panic!("{path} was not asked: {paths:?}"))
}

#[test]
fn the_budget_of_a_site_holds_within_one_run_and_is_told_once() {
    let server = Server::start(|site| {
        site.on_other(|seen| {
            let links: String = (0..10)
                .map(|n| format!("<a href='{}/{n}'>on</a>", seen.path.trim_end_matches('/')))
                .collect();
            Reply::html(format!("<p>{links}"))
        });
        site.on("/robots.txt", Reply::status(404));
        site.on("/.well-known/tdmrep.json", Reply::status(404));
        site.on("/sitemap.xml", Reply::status(404));
    });
    let desk = Desk::for_server(server.addr(), "max_pages_per_site = 25\n");
    desk.run(&["crawl"]).expect(0);
    let own = ["/robots.txt", "/.well-known/tdmrep.json", "/sitemap.xml"];
    let pages = server.paths();
    let pages = pages.iter().filter(|path| !own.contains(&path.as_str()));
    assert_eq!(pages.count(), 25);
    assert_eq!(refusals(&desk, "budget").len(), 1);
}

#[test]
fn a_body_that_breaks_off_is_asked_for_again() {
    let whole = "<title>Whole</title><p>The whole text of a page that came in the end.";
    let server = Server::start(|site| {
        site.on("/", Reply::html("<a href=/broken>b</a>"));
        site.on_each(
            "/broken",
            [
                Reply::short(b"<p>The whole", 900),
                Reply::html(whole).header("ETag", "\"v\""),
            ],
        );
    });
    let desk = Desk::for_server(server.addr(), "");
    desk.run(&["crawl"]).expect(0);
    let rows = desk.run(&["captures", "--jsonl"]).expect(0).jsonl();
    let broken: Vec<_> = rows
        .iter()
        .filter(|row| row["url"].as_str().unwrap().ends_with("/broken"))
        .map(|row| (row["truncated"].as_str(), row["bytes"].as_u64().unwrap()))
        .collect();
    assert_eq!(
        broken,
        [(Some("disconnect"), 12), (None, whole.len() as u64)]
    );
    assert_eq!(refusals(&desk, "connect").len(), 0);
}

#[test]
fn an_error_is_an_error_however_its_page_ends() {
    let server = Server::start(|site| {
        site.on("/", Reply::html("<a href=/gone>g</a><p>home"));
        site.on(
            "/gone",
            Reply::raw(*b"HTTP/1.1 404 Not Found\r\nContent-Length: 900\r\n\r\n<p>It is"),
        );
    });
    let desk = Desk::for_server(server.addr(), "");
    desk.run(&["crawl"]).expect(0);
    assert_eq!(count(&server, "/gone"), 1);
    assert_eq!(refusals(&desk, "connect").len(), 0);
}

#[test]
fn a_page_over_the_cap_once_decoded_is_kept_and_never_a_document() {
    let server = Server::start(|site| {
        site.on(
            "/",
            Reply::html("<a href=/bomb>b</a><a href=/large>l</a><p>home"),
        );
        site.on("/bomb", Reply::gzip_bomb(3 << 20));
        site.on("/large", Reply::html("<p>far too long ".repeat(1 << 17)));
    });
    let desk = Desk::for_server(server.addr(), "max_body = \"1MiB\"\n");
    desk.run(&["crawl"]).expect(0);
    let rows = desk.run(&["captures", "--jsonl"]).expect(0).jsonl();
    let truncated = rows.iter().filter(|row| row["truncated"] == "length");
    assert_eq!(truncated.count(), 2, "{rows:#?}");
    assert_eq!(refusals(&desk, "too-large").len(), 2);
    desk.run(&["curate"]).expect(0);
    let documents = desk.documents();
    let over = |url: &str| url.ends_with("/bomb") || url.ends_with("/large");
    assert!(!documents.iter().any(|d| over(d["url"].as_str().unwrap())));
}

#[test]
fn who_asks_for_a_cookie_by_redirecting_to_himself_gets_it() {
    let server = Server::start(|site| {
        site.on("/", Reply::html("<a href=/asks>a</a><a href=/round>r</a>"));
        site.on_fn("/asks", |seen| match seen.header("cookie") {
            Some("seen=1") => Reply::html("<p>the page behind"),
            _ => Reply::redirect(302, "/asks").header("Set-Cookie", "seen=1; Path=/"),
        });
        site.on("/round", Reply::redirect(302, "/round"));
    });
    let desk = Desk::for_server(server.addr(), "");
    desk.run(&["crawl"]).expect(0);
    assert_eq!((count(&server, "/asks"), count(&server, "/round")), (2, 1));
    let circles = refusals(&desk, "bad-redirect");
    assert_eq!(circles.len(), 1, "{circles:#?}");
    assert!(circles[0]["url"].as_str().unwrap().ends_with("/round"));
}

#[test]
fn seeds_come_first_then_news_then_what_is_listed_then_what_is_linked() {
    let server = Server::start(|site| {
        let links: String = (0..20)
            .map(|n| format!("<a href=/linked/{n}>l</a>"))
            .collect();
        site.on("/", Reply::html(links));
        site.on_fn("/sitemap.xml", |seen| {
            let host = seen.header("host").unwrap_or_default().to_owned();
            Reply::status(200).header("Content-Type", "application/xml").body(format!(
                "<urlset xmlns='http://www.sitemaps.org/schemas/sitemap/0.9' \
                 xmlns:news='http://www.google.com/schemas/sitemap-news/0.9'>\
                 <url><loc>http://{host}/listed</loc></url>\
                 <url><loc>http://{host}/news</loc><news:news><news:title>New</news:title></news:news></url>\
                 </urlset>"
            ))
        });
        site.on_other(|_| Reply::html("<p>a page"));
    });
    let desk = Desk::for_server(server.addr(), "");
    desk.run(&["crawl"]).expect(0);
    // A handful of links are already with the fetcher when the sitemap is read.
    let order = ["/", "/sitemap.xml", "/news", "/listed", "/linked/12"];
    let places: Vec<usize> = order.iter().map(|path| place(&server, path)).collect();
    assert!(places.is_sorted(), "{:?}", server.paths());
}

#[test]
fn a_sitemap_that_says_a_page_has_changed_has_it_asked_again_but_not_the_same_day() {
    let server = Server::start(|site| {
        site.on("/", Reply::html("<p>home"));
        site.on("/old", Reply::html("<p>an old page"));
        site.on_fn("/sitemap.xml", |seen| {
            let host = seen.header("host").unwrap_or_default().to_owned();
            Reply::status(200)
                .header("Content-Type", "application/xml")
                .body(format!(
                    "<urlset xmlns='http://www.sitemaps.org/schemas/sitemap/0.9'><url>\
                 <loc>http://{host}/old</loc><lastmod>2100-01-01T00:00:00Z</lastmod></url></urlset>"
                ))
        });
    });
    // The sitemap itself is due at once.
    let desk = Desk::for_server(
        server.addr(),
        "revisit = \"1s\"\nrevisit_min = \"1s\"\nrevisit_max = \"1s\"\n",
    );
    desk.run(&["crawl"]).expect(0);
    std::thread::sleep(std::time::Duration::from_millis(1100));
    desk.run(&["crawl"]).expect(0);
    assert!(count(&server, "/old") >= 2);
    let calm = Desk::for_server(server.addr(), "");
    calm.run(&["crawl"]).expect(0);
    let before = count(&server, "/old");
    calm.run(&["crawl", "--revisit", "due"]).expect(0);
    assert_eq!(count(&server, "/old"), before);
}

#[test]
fn an_address_that_was_refused_is_explained() {
    let server = Server::start(|site| {
        site.on(
            "/robots.txt",
            Reply::text("User-agent: thresh\nDisallow: /private\n"),
        );
        site.on("/", Reply::html("<a href=/private/x>x</a>"));
    });
    let desk = Desk::for_server(server.addr(), "");
    desk.run(&["crawl"]).expect(0);
    let told = desk.run(&["explain", &server.url("/private/x")]).expect(0);
    for part in [
        "forbidden by line 2",
        "Disallow: /private",
        "/robots.txt, fetched 2",
    ] {
        assert!(told.stdout.contains(part), "{}", told.stdout);
    }
    desk.run(&["explain", "http://nowhere.example/"]).expect(2);
}
