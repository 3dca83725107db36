//! What pages say to crawlers: obeyed or recorded, from the crawl to the record.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod bench;

use bench::{Bench, page, prose};
use serde_json::json;
use thresh_pipeline::CurateOutcome;
use thresh_testkit::{Reply, Server, Site};
use thresh_types::CaptureKind;

const TDMREP: &str = "/.well-known/tdmrep.json";

fn home(site: &mut Site, links: &[&str]) {
    let links: String = links
        .iter()
        .map(|link| format!("<li><a href='{link}'>{link}</a>"))
        .collect();
    site.on(
        "/",
        Reply::html(format!("<title>Home</title><ul>{links}</ul>")),
    );
}

fn asked(server: &Server, path: &str) -> usize {
    server.paths().iter().filter(|seen| *seen == path).count()
}

#[test]
fn what_a_page_says_is_in_its_row_its_record_and_its_explanation() {
    let head = "<meta name=robots content='max-snippet:20'><meta name=thresh content=nofollow>\
        <link rel=canonical href='/a?utm_source=feed'><base href='/deep/'>\
        <meta http-equiv=refresh content=300><meta name=tdm-policy content='/terms.json'>";
    let server = Server::start(|site| {
        home(site, &["/a"]);
        let body = format!("{}<a href='next'>next</a>", prose(1));
        let reply = Reply::html(page(head, &body))
            .header("X-Robots-Tag", "googlebot: noindex, thresh: notranslate");
        site.on("/a", reply);
    });
    let bench = Bench::of(&server);
    bench.crawl();
    let row = bench.row("/a");
    let url = server.url("/a");
    let directives = json!([
        "x-robots-tag: notranslate",
        "meta robots: max-snippet:20",
        "meta thresh: nofollow"
    ]);
    assert_eq!(row["directives"], directives);
    assert_eq!(row["canonical"], json!(url));
    assert_eq!(row["refresh"], json!({"seconds": 300}));
    assert_eq!(row["base"], json!(server.url("/deep/")));
    assert_eq!(row["tdm_policy"], json!(server.url("/terms.json")));
    assert_eq!(asked(&server, "/deep/next"), 0, "nofollow is obeyed");
    assert_eq!(bench.row("/").get("directives"), None);
    bench.forget_state();
    assert_eq!(bench.row("/a"), row, "the archive keeps it");

    bench.curate();
    let from = serde_json::to_value(bench.document("/a").provenance).unwrap();
    assert_eq!(from["directives"], directives);
    assert_eq!(from["canonical"], json!({"url": url, "agrees": true}));
    assert_eq!(from["refresh"], row["refresh"]);
    assert_eq!(from["base"], row["base"]);
    assert_eq!(from["tdm_policy"], row["tdm_policy"]);
    let told = serde_json::to_value(bench.explain(&url)).unwrap();
    assert_eq!(told["signals"]["directives"], directives);
    assert_eq!(told["signals"]["canonical"], json!(url));
}

#[test]
fn directives_withhold_and_are_counted_by_name() {
    let server = Server::start(|site| {
        home(
            site,
            &[
                "/free", "/index", "/archive", "/ai", "/mine", "/none", "/text",
            ],
        );
        site.on(
            "/free",
            Reply::html(page("<meta name=googlebot content=noindex>", &prose(1))),
        );
        site.on(
            "/index",
            Reply::html(page("<meta name=robots content=noindex>", &prose(2))),
        );
        site.on(
            "/archive",
            Reply::html(page("<meta name=thresh content=noarchive>", &prose(3))),
        );
        site.on(
            "/ai",
            Reply::html(page("", &prose(4))).header("X-Robots-Tag", "noai"),
        );
        site.on(
            "/mine",
            Reply::html(page(
                "<meta name=tdm-reservation content=1><meta name=tdm-policy content=/p>",
                &prose(5),
            )),
        );
        site.on(
            "/none",
            Reply::html(page("", &prose(6))).header("x-robots-tag", "thresh: none"),
        );
        site.on(
            "/text",
            Reply::text("Plain words may be forbidden by headers alone. ".repeat(9))
                .header("X-Robots-Tag", "noindex"),
        );
    });
    let bench = Bench::of(&server);
    bench.crawl();
    let report = bench.curate();
    assert_eq!(bench.documents().len(), 1, "{:#?}", bench.withheld());
    assert_eq!(
        bench.document("/free").status,
        thresh_types::DocumentStatus::Live
    );
    let expected = [
        ("noai", 1),
        ("noarchive", 1),
        ("noindex", 3),
        ("tdm-reservation", 1),
    ];
    let counted: Vec<(&str, usize)> = report
        .directives
        .iter()
        .map(|(k, n)| (k.as_str(), *n))
        .collect();
    assert_eq!(counted, expected);
    assert_eq!(report.withheld["directive"], 6);
    let (reason, detail) = bench.why_not("/mine").unwrap();
    assert_eq!(reason, "directive");
    assert!(detail.contains(&server.url("/p")), "{detail}");
}

#[test]
fn a_stub_leads_on_once_and_is_no_document() {
    let moved = |target: &str, seconds: u32| {
        let head = format!("<meta http-equiv=refresh content='{seconds}; url={target}'>");
        Reply::html(page(
            &head,
            "<p>This page has moved, please wait or follow the link.</p>",
        ))
    };
    let elsewhere = Server::start(|site| site.on("/", Reply::html("<p>not ours")));
    let away = elsewhere.url("/");
    let server = Server::start(|site| {
        home(
            site,
            &[
                "/old", "/older", "/header", "/away", "/ticker", "/news", "/script", "/loop",
            ],
        );
        site.on("/old", moved("/new", 0));
        site.on("/older", moved("new?utm_medium=x#top", 5));
        site.on(
            "/header",
            Reply::html(page("", "<p>Moved.</p>")).header("Refresh", "0; url=/new"),
        );
        site.on("/new", Reply::html(page("", &prose(1))));
        site.on("/away", moved(&away, 0));
        site.on(
            "/ticker",
            Reply::html(page(
                "<meta http-equiv=refresh content='300; url=/ticker'>",
                &prose(2),
            )),
        );
        // News that go on to the next page by themselves have a text of their own.
        site.on(
            "/news",
            Reply::html(page(
                "<meta http-equiv=refresh content='5; url=/new'>",
                &prose(3),
            )),
        );
        site.on("/script", moved("javascript:alert(1)", 0));
        site.on("/loop", moved("/pool", 0));
        site.on("/pool", moved("/loop", 0));
    });
    let bench = Bench::of(&server);
    bench.crawl();
    assert_eq!(asked(&server, "/new"), 1);
    assert_eq!((asked(&server, "/loop"), asked(&server, "/pool")), (1, 1));
    assert!(elsewhere.paths().is_empty(), "out of scope");
    bench.curate();
    for path in ["/old", "/older", "/header", "/away", "/loop", "/pool"] {
        let (reason, detail) = bench.why_not(path).unwrap();
        assert_eq!(reason, "redirect-stub", "{path}: {detail}");
    }
    for path in ["/new", "/ticker", "/news"] {
        assert!(bench.document(path).text.contains("as note"), "{path}");
    }
    assert_eq!(bench.row("/script").get("refresh"), None);
    let told = bench.explain(&server.url("/script"));
    assert!(
        told.remarks.iter().any(|r| r.contains("javascript")),
        "{:?}",
        told.remarks
    );
}

#[test]
fn an_origin_s_file_reserves_what_pages_do_not_free() {
    let file = r#"[
        {"location": "/open/", "tdm-reservation": 0, "tdm-policy": "/terms"},
        {"location": "/", "tdm-reservation": 1, "tdm-policy": "https://rights.example/ask"}
    ]"#;
    let server = Server::start(|site| {
        home(site, &["/open/a", "/b", "/c", "/d"]);
        site.on_fn(TDMREP, move |seen| {
            let known = seen.header("if-none-match") == Some("\"f1\"");
            let reply = if known {
                Reply::status(304)
            } else {
                Reply::text(file)
            };
            reply.header("ETag", "\"f1\"")
        });
        site.on("/open/a", Reply::html(page("", &prose(1))));
        site.on("/b", Reply::html(page("", &prose(2))));
        site.on(
            "/c",
            Reply::html(page("<meta name=tdm-reservation content=0>", &prose(3))),
        );
        site.on(
            "/d",
            Reply::html(page("", &prose(4))).header("tdm-reservation", "0"),
        );
    });
    let bench = Bench::of(&server);
    let report = bench.crawl();
    assert_eq!(asked(&server, TDMREP), 1);
    assert_eq!(
        report.sites.values().map(|t| t.asked).sum::<u64>(),
        5,
        "pages only"
    );
    bench.curate();
    let (reason, detail) = bench.why_not("/b").unwrap();
    assert_eq!(reason, "directive");
    assert_eq!(
        detail,
        "tdm-reservation: tdmrep.json /: 1 (terms: https://rights.example/ask)"
    );
    for path in ["/open/a", "/c", "/d"] {
        bench.document(path);
    }
    let from = bench.document("/open/a").provenance.unwrap();
    assert_eq!(from.directives, ["tdmrep.json /open/: 0"]);
    assert_eq!(from.tdm_policy, Some(server.url("/terms")));
    assert_eq!(
        bench.document("/c").provenance.unwrap().directives,
        ["meta tdm-reservation: 0", "tdmrep.json /: 1"]
    );

    // The next run asks with a condition, and the file still holds.
    bench.crawl();
    assert_eq!(asked(&server, TDMREP), 2);
    let rows = bench.captures(CaptureKind::Tdmrep);
    assert_eq!(
        rows.iter().map(|row| row.status).collect::<Vec<_>>(),
        [200, 304]
    );
    bench.curate();
    assert!(bench.why_not("/b").is_some());
    // So it does from an archive that was imported.
    let other = Bench::new();
    let files: Vec<_> = bench.corpus().warc_files().unwrap();
    other.import(&files);
    assert_eq!(other.captures(CaptureKind::Tdmrep).len(), 2);
    other.curate();
    assert_eq!(other.why_not("/b").unwrap().0, "directive");
    assert!(other.document("/open/a").text.contains("as note"));
}

#[test]
fn an_origin_without_a_file_is_nobody_s_news() {
    for reply in [
        Reply::status(404),
        Reply::html("<!doctype html><p>Nothing here, but status 200"),
        Reply::redirect(302, "http://login.invalid/"),
        Reply::status(500),
        Reply::reset(),
    ] {
        let server = Server::start(|site| {
            site.on("/", Reply::html(page("", &prose(1))));
            site.on(TDMREP, reply);
        });
        let bench = Bench::of(&server);
        let report = bench.crawl();
        assert_eq!(asked(&server, TDMREP), 1);
        let tally = report.sites.values().next().unwrap();
        assert_eq!((tally.asked, tally.captured, tally.redirected), (1, 1, 0));
        assert!(
            tally.errors.is_empty() && tally.refused.is_empty(),
            "{tally:?}"
        );
        assert_eq!(bench.warnings(), Vec::<String>::new());
        assert!(bench.corpus().refusals().unwrap().is_empty());
        assert_eq!(bench.captures(CaptureKind::Page).len(), 1);
        bench.curate();
        bench.document("/");
    }
}

#[test]
fn robots_txt_holds_for_the_origin_s_file_too() {
    let server = Server::start(|site| {
        site.on(
            "/robots.txt",
            Reply::text("User-agent: *\nDisallow: /.well-known/\n"),
        );
        site.on("/", Reply::html(page("", &prose(1))));
    });
    let bench = Bench::of(&server);
    bench.crawl();
    assert_eq!(asked(&server, TDMREP), 0);
}

#[test]
fn a_304_can_forbid_what_the_first_answer_allowed() {
    let body = page("", &prose(1));
    let server = Server::start(|site| {
        let whole = Reply::html(body).header("ETag", "\"1\"");
        let confirm = || Reply::status(304).header("ETag", "\"1\"");
        site.on_each(
            "/",
            [
                whole.clone(),
                confirm().header("X-Robots-Tag", "noindex"),
                confirm(),
                whole,
            ],
        );
    });
    let bench = Bench::of(&server);
    let mut forbidden = Vec::new();
    for _ in 0..4 {
        bench.crawl();
        bench.curate();
        forbidden.push(bench.why_not("/").is_some());
    }
    // A 304 that is silent changes nothing; a whole answer says everything anew.
    assert_eq!(forbidden, [false, true, true, false]);
    let rows = bench.captures(CaptureKind::Page);
    let said: Vec<bool> = rows.iter().map(|row| !row.signals.is_empty()).collect();
    assert_eq!(said, [false, true, false, false]);
    bench.forget_state();
    bench.curate();
    assert!(bench.why_not("/").is_none());
}

#[test]
fn a_hint_that_changes_makes_no_version() {
    let bench = Bench::new();
    let with = |head: &str| page(head, &prose(1));
    let url = "https://a.example/x";
    bench.import_html(&[(url, &with("<meta http-equiv=refresh content=300>"))]);
    let first = bench.curate().outcome;
    assert!(
        matches!(first, CurateOutcome::Published { n: 1, .. }),
        "{first:?}"
    );
    bench.import_html(&[(
        url,
        &with("<meta name=robots content='max-snippet:5,nofollow'><link rel=canonical href='/y'><base href='/z/'>"),
    )]);
    let second = bench.curate().outcome;
    assert!(
        matches!(second, CurateOutcome::Unchanged { n: 1, .. }),
        "{second:?}"
    );
    assert!(bench.explain(url).signals.canonical.is_some());
}

#[test]
fn a_body_cut_short_is_no_document_and_an_older_whole_one_speaks() {
    let whole = page("", &prose(1));
    let cut = Reply::short(page("", &prose(2)).as_bytes(), 1 << 20);
    let server = Server::start(|site| {
        home(site, &["/only", "/later"]);
        site.on("/only", cut.clone());
        site.on_each("/later", [Reply::html(whole), cut]);
    });
    let bench = Bench::of(&server);
    for _ in 0..2 {
        bench.crawl();
        bench.curate();
        assert_eq!(bench.why_not("/only").unwrap().0, "truncated");
        assert!(bench.document("/later").text.contains("as note 16 says"));
    }
}
