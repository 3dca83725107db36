//! Limits, and what a body that is not whole is taken for. Judged by what could be sent before the
//! crawler let go, by what `captures` says, and by what the crawl did besides.

use std::time::Duration;

use serde_json::Value;
use thresh_testkit::rough::{self, Rough, Scale};
use thresh_testkit::{Act, Coding, Reply, Web};

use crate::scene::{article, asked, desk_for, is_whole, linking};
use crate::support::Desk;

/// Socket buffers of both sides and a piece of the sender: what is sent beyond what is read.
const IN_TRANSIT: u64 = 24 << 20;

/// Crawls one origin that serves `table` below `/bad/` and an ordinary page beside it.
fn crawl_table(table: &[Rough], crawl: &str) -> (Web, Desk) {
    let web = Web::start(1, |_, _, site| {
        let mut links: Vec<String> = table
            .iter()
            .map(|rough| format!("/bad/{}", rough.name))
            .collect();
        links.push("/good".to_owned());
        site.on("/", Reply::html(linking(&links)));
        site.on("/good", Reply::html(article("harbours", "")));
        for rough in table {
            site.on(&format!("/bad/{}", rough.name), rough.reply.clone());
        }
    });
    let desk = desk_for(&web, crawl);
    desk.crawl(&[]);
    assert!(
        desk.has_whole(&web.url(0, "/good")),
        "the ordinary page is lost"
    );
    (web, desk)
}

fn rows_of<'a>(rows: &'a [Value], url: &str) -> Vec<&'a Value> {
    rows.iter().filter(|row| row["final_url"] == url).collect()
}

/// Asserts that the crawl says of `url` that it was not taken whole: by a refusal or a truncation.
#[track_caller]
fn assert_not_whole(desk: &Desk, url: &str) {
    let rows = desk.captures("page");
    let rows = rows_of(&rows, url);
    let refused = !desk.reasons(url).is_empty();
    assert!(refused || !rows.is_empty(), "{url}: nothing is said of it");
    assert!(
        rows.iter().all(|row| refused || !is_whole(row)),
        "{url} is taken for whole: {rows:#?}"
    );
}

fn scaled(scale: Scale, prefixes: &[&str]) -> Vec<Rough> {
    let mut table = rough::answers(scale);
    table.retain(|rough| prefixes.iter().any(|prefix| rough.name.starts_with(prefix)));
    assert!(
        table.len() >= prefixes.len(),
        "every prefix names something"
    );
    table
}

#[test]
fn the_deadline_is_total_and_not_from_byte_to_byte() {
    let table = scaled(Scale::QUICK, &["drip", "hang", "endless-interim"]);
    let (web, desk) = crawl_table(&table, "total_timeout = \"1s\"\nretries = 0");
    let second = Duration::from_secs(1);
    for seen in web.seen(0).iter().filter(|s| s.path.starts_with("/bad/")) {
        let lasted = seen.ended.expect("the crawler let go") - seen.at;
        // The server learns of it when it next writes; the bound is that it learns of it at all.
        assert!(!seen.whole, "{} went on for {lasted:?}", seen.path);
        assert!(
            seen.path.contains("endless") || lasted >= second / 2,
            "{}: {lasted:?}",
            seen.path
        );
    }
    for rough in &table {
        assert_not_whole(&desk, &web.url(0, &format!("/bad/{}", rough.name)));
    }
    let rows = desk.captures("page");
    let drip = rows_of(&rows, &web.url(0, "/bad/drip")).len();
    let told = rows.iter().filter(|row| row["truncated"] == "time").count();
    assert!(drip == 0 || told >= 1, "{rows:#?}");
}

#[test]
fn bytes_on_the_wire_are_bounded() {
    let cap = 1 << 20;
    let mut table = scaled(Scale::QUICK, &["endless"]);
    // Interim answers are no body: only the deadline bounds them.
    table.retain(|rough| rough.name != "endless-interim");
    let (web, desk) = crawl_table(
        &table,
        "max_body = \"1MiB\"\nretries = 0\ntotal_timeout = \"20s\"",
    );
    for seen in web.seen(0).iter().filter(|s| s.path.starts_with("/bad/")) {
        assert!(
            !seen.whole && seen.sent <= cap + IN_TRANSIT,
            "{}: {} bytes",
            seen.path,
            seen.sent
        );
    }
    let rows = desk.captures("page");
    for row in &rows {
        assert!(row["bytes"].as_u64().unwrap() <= cap, "{row}");
    }
    for rough in &table {
        assert_not_whole(&desk, &web.url(0, &format!("/bad/{}", rough.name)));
    }
}

#[test]
fn decoded_bytes_are_bounded_in_every_coding_and_in_stacks() {
    let table = scaled(Scale::QUICK, &["bomb", "coding-cut"]);
    let (web, desk) = crawl_table(&table, "max_body = \"1MiB\"\nretries = 0");
    let rows = desk.captures("page");
    for rough in &table {
        let url = web.url(0, &format!("/bad/{}", rough.name));
        assert_not_whole(&desk, &url);
        let cut = rows_of(&rows, &url)
            .iter()
            .any(|row| row.get("truncated").is_some());
        let reasons = desk.reasons(&url);
        let told = ["too-large", "undecodable"]
            .iter()
            .any(|r| reasons.contains(&(*r).to_owned()));
        assert!(cut || told, "{url} is named for what it is: {reasons:?}");
    }
    desk.run(&["curate"]);
}

#[test]
fn bodies_that_cannot_be_decoded_are_named() {
    let table = scaled(Scale::QUICK, &["stacked", "coding-"]);
    let (web, desk) = crawl_table(&table, "retries = 0");
    let silent: Vec<&str> = table
        .iter()
        .map(|rough| rough.name.as_str())
        .filter(|name| *name != "coding-cut")
        .filter(|name| {
            let reasons = desk.reasons(&web.url(0, &format!("/bad/{name}")));
            !reasons.contains(&"undecodable".to_owned())
        })
        .collect();
    assert!(silent.is_empty(), "nothing is said of {silent:?}");
    desk.run(&["curate"]);
}

#[test]
fn every_coding_that_is_asked_for_is_undone() {
    let codings = [
        ("gzip", vec![Coding::Gzip]),
        ("zlib", vec![Coding::Zlib]),
        ("raw", vec![Coding::RawDeflate]),
        ("br", vec![Coding::Brotli]),
        ("zstd", vec![Coding::Zstd]),
        ("two", vec![Coding::Gzip, Coding::Brotli]),
    ];
    let web = Web::start(1, |_, _, site| {
        let links: Vec<String> = codings.iter().map(|(name, _)| format!("/{name}")).collect();
        site.on("/", Reply::html(linking(&links)));
        for (name, stack) in &codings {
            let page = Reply::html(linking(&[format!("/from-{name}")]));
            site.on(&format!("/{name}"), page.packed(stack));
        }
        site.on_other(|_| Reply::html("<p>page"));
    });
    let desk = desk_for(&web, "");
    desk.crawl(&[]);
    let paths = asked(&web, 0);
    for (name, _) in &codings {
        assert!(
            paths.contains(&format!("/from-{name}")),
            "{name}: {paths:?}"
        );
    }
}

#[test]
fn heads_are_bounded_in_bytes_and_in_number() {
    let table = scaled(Scale::QUICK, &["head", "endless-head"]);
    let (web, desk) = crawl_table(&table, "retries = 0\ntotal_timeout = \"20s\"");
    for name in ["head-of-megabytes", "head-of-thousands", "endless-head"] {
        let url = web.url(0, &format!("/bad/{name}"));
        assert_not_whole(&desk, &url);
        assert!(!desk.has_whole(&url), "{name}");
    }
    let endless = web
        .seen(0)
        .into_iter()
        .find(|s| s.path == "/bad/endless-head")
        .unwrap();
    assert!(endless.sent <= IN_TRANSIT, "{} bytes", endless.sent);
}

#[test]
fn answers_that_are_no_http_are_no_pages_and_are_told() {
    let names = [
        "reset",
        "closed",
        "garbage",
        "http-09",
        "no-status",
        "status-bad",
        "half-head",
        "lengths-differ",
        "length-negative",
        "length-overflows",
        "switching",
        "unasked-304",
    ];
    let mut table = rough::answers(Scale {
        bomb: 0,
        text: 0,
        links: 0,
        depth: 0,
        attributes: 0,
        url: 0,
    });
    table.retain(|rough| names.contains(&rough.name.as_str()));
    assert_eq!(table.len(), names.len());
    let (web, desk) = crawl_table(&table, "retries = 0");
    for name in names {
        let url = web.url(0, &format!("/bad/{name}"));
        assert_not_whole(&desk, &url);
        assert!(!desk.has_whole(&url), "{name}");
    }
}

/// The page of `name` in the table at full size.
fn crawl_full(name: &str, crawl: &str) -> (Web, Desk, String) {
    let tiny = Scale {
        bomb: 0,
        ..Scale::FULL
    };
    let table = scaled(tiny, &[name]);
    let (web, desk) = crawl_table(&table, crawl);
    let url = web.url(0, &format!("/bad/{name}"));
    (web, desk, url)
}

#[test]
fn a_hundred_thousand_links_are_not_all_taken() {
    let table = scaled(
        Scale {
            bomb: 0,
            ..Scale::FULL
        },
        &["many-links"],
    );
    let web = Web::start(1, |_, _, site| {
        site.on("/", table[0].reply.clone());
        site.on_other(|_| Reply::status(404));
    });
    let desk = desk_for(&web, "");
    desk.crawl(&["--max-pages", "3"]);
    assert!(desk.has_whole(&web.url(0, "/")));
    let status = desk.run(&["status", "--json"]).expect(0).json();
    let site = &status["sites"][0];
    let queued = site["queued"].as_u64().unwrap() + site["waiting"].as_u64().unwrap();
    assert!(
        queued > 0 && queued < Scale::FULL.links as u64 / 2,
        "{queued} links are queued"
    );
}

#[test]
fn two_hundred_thousand_nested_elements_harm_nobody() {
    let (_, desk, url) = crawl_full("nested", "");
    assert_eq!(rows_of(&desk.captures("page"), &url).len(), 1);
    desk.run(&["curate"]).expect(0);
}

#[test]
fn a_million_attributes_harm_nobody() {
    let (_, desk, url) = crawl_full("attributes", "");
    assert_eq!(rows_of(&desk.captures("page"), &url).len(), 1);
    desk.run(&["curate"]).expect(0);
}

#[test]
fn fifty_megabytes_of_text_are_cut_or_read() {
    let (_, desk, url) = crawl_full("long-text", "max_body = \"8MiB\"");
    assert_not_whole(&desk, &url);
    desk.run(&["curate"]).expect(0);
}

#[test]
fn an_address_of_a_megabyte_is_not_asked_for() {
    let (web, desk, _) = crawl_full("long-link", "");
    assert!(web.paths(0).iter().all(|path| path.len() < 3_000));
    let refusals = desk.refusals();
    let told = refusals.iter().find(|row| row["reason"] == "url-too-long");
    assert!(told.is_some(), "{} refusals", refusals.len());
}

#[test]
fn a_body_cut_short_is_stored_as_truncated_and_is_no_document() {
    let whole = article("lighthouses", "");
    let page = whole.as_bytes();
    let gone = Duration::from_millis(50);
    let head = format!(
        "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: {}\r\n\r\n",
        page.len() + 900
    );
    let cases = [
        ("length", Reply::short(page, page.len() + 900)),
        ("chunks", Reply::chunked(&[page], b"")),
        ("chunk-broken", Reply::chunked(&[page], b"zz\r\nmore")),
        ("chunk-short", Reply::chunked(&[page], b"ff\r\nfew bytes")),
        (
            "reset",
            Reply::script([
                Act::Send([head.as_bytes(), page].concat()),
                Act::Pause(gone),
                Act::Reset,
            ]),
        ),
    ];
    let web = Web::start(1, |_, _, site| {
        let links: Vec<String> = cases.iter().map(|(name, _)| format!("/{name}")).collect();
        site.on("/", Reply::html(linking(&links)));
        for (name, reply) in &cases {
            site.on(&format!("/{name}"), reply.clone());
        }
    });
    let desk = desk_for(&web, "retries = 0");
    desk.crawl(&[]);
    let rows = desk.captures("page");
    for (name, _) in &cases {
        let url = web.url(0, &format!("/{name}"));
        let rows = rows_of(&rows, &url);
        let kept = rows.iter().any(|row| row["truncated"] == "disconnect");
        assert!(kept || !desk.reasons(&url).is_empty(), "{name}: {rows:#?}");
        assert!(!rows.iter().any(|row| is_whole(row)), "{name}: {rows:#?}");
    }
    desk.run(&["curate"]).expect(0);
    let front = web.url(0, "/");
    let mut urls: Vec<Value> = desk.documents().iter().map(|d| d["url"].clone()).collect();
    urls.retain(|url| *url != front.as_str());
    assert!(
        urls.is_empty(),
        "only what is whole may speak for a document: {urls:?}"
    );
}

#[test]
fn a_page_that_comes_whole_later_replaces_the_one_that_was_cut() {
    let page = article("moorings", "");
    let web = Web::start(1, |_, _, site| {
        site.on("/", Reply::html(linking(&["/page"])));
        let cut = Reply::short(&page.as_bytes()[..page.len() / 2], page.len());
        site.on_each("/page", [cut, Reply::html(page.clone())]);
    });
    let desk = desk_for(&web, "");
    desk.crawl(&[]);
    desk.crawl(&["--revisit", "all"]);
    assert!(desk.has_whole(&web.url(0, "/page")));
    desk.run(&["curate"]).expect(0);
    let documents = desk.documents();
    let read = documents
        .iter()
        .any(|d| d["text"].as_str().unwrap().contains("came here to read"));
    assert!(read, "{documents:#?}");
}
