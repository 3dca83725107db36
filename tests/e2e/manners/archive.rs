//! Conditional requests (RFC 9110 §13), and the WARC files they end up in (ISO 28500).

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};

use thresh_testkit::{Reply, Seen, Web, gzip_members};

use crate::scene::{asked, configure, desk_for, linking, site};
use crate::support::{Desk, tree};

const DATE: &str = "Wed, 01 Jul 2026 10:00:00 GMT";

fn last<'a>(seen: &'a [Seen], path: &str) -> &'a Seen {
    seen.iter().rfind(|s| s.path == path).expect("asked for")
}

#[test]
fn a_second_look_is_conditional_and_a_304_is_a_revisit() {
    let web = Web::start(1, |_, _, site| {
        site.on(
            "/",
            Reply::html(linking(&["/tag", "/date", "/both", "/none", "/weak"])),
        );
        let page = |tag: Option<&'static str>, date: Option<&'static str>| {
            move |seen: &Seen| {
                let by_tag = tag.is_some() && seen.header("if-none-match") == tag;
                let by_date =
                    tag.is_none() && date.is_some() && seen.header("if-modified-since") == date;
                let reply = if by_tag || by_date {
                    Reply::status(304)
                } else {
                    Reply::html(format!("<p>{}", seen.path))
                };
                let reply = tag.map_or(reply.clone(), |tag| reply.header("ETag", tag));
                date.map_or(reply.clone(), |date| reply.header("Last-Modified", date))
            }
        };
        site.on_fn("/tag", page(Some("\"one\""), None));
        site.on_fn("/date", page(None, Some(DATE)));
        site.on_fn("/both", page(Some("\"two\""), Some(DATE)));
        site.on_fn("/none", page(None, None));
        site.on_fn("/weak", page(Some("W/\"three\""), None));
    });
    let desk = desk_for(&web, "delay = \"0s\"");
    desk.crawl(&[]);
    let first = web.seen(0);
    for seen in &first {
        let conditional = seen
            .header("if-none-match")
            .or(seen.header("if-modified-since"));
        assert_eq!(conditional, None, "{}: nothing is known yet", seen.path);
    }
    desk.crawl(&["--revisit", "all"]);
    let seen = web.seen(0);
    assert_eq!(last(&seen, "/tag").header("if-none-match"), Some("\"one\""));
    assert_eq!(
        last(&seen, "/weak").header("if-none-match"),
        Some("W/\"three\"")
    );
    assert_eq!(
        last(&seen, "/both").header("if-none-match"),
        Some("\"two\"")
    );
    assert_eq!(last(&seen, "/date").header("if-modified-since"), Some(DATE));
    assert_eq!(last(&seen, "/date").header("if-none-match"), None);
    assert_eq!(last(&seen, "/none").header("if-none-match"), None);
    let unchanged = desk
        .captures("page")
        .iter()
        .filter(|row| row["status"] == 304)
        .count();
    assert_eq!(unchanged, 4);
    let types = record_types(&desk);
    // The page without a validator came again with the same bytes: a revisit as well, or a response.
    assert!(types["revisit"] >= 4, "{types:?}");
}

#[test]
fn a_304_that_nobody_asked_for_is_an_error() {
    let web = Web::start(1, |_, _, site| {
        site.on("/", Reply::html(linking(&["/odd"])));
        site.on("/odd", Reply::status(304).header("ETag", "\"x\""));
    });
    let desk = desk_for(&web, "retries = 0");
    desk.crawl(&[]);
    assert_eq!(desk.reasons(&web.url(0, "/odd")), ["protocol"]);
    desk.crawl(&["--revisit", "all"]);
    let odd: Vec<Seen> = web
        .seen(0)
        .into_iter()
        .filter(|s| s.path == "/odd")
        .collect();
    assert!(
        odd.iter()
            .all(|seen| seen.header("if-none-match").is_none()),
        "its tag stands for nothing"
    );
}

/// Every record of the archive: its head, and the block behind it.
fn records(desk: &Desk) -> Vec<(BTreeMap<String, String>, Vec<u8>)> {
    let files = tree(&desk.path("corpus/captures"));
    let files = files
        .into_iter()
        .filter(|(name, _)| name.ends_with(".warc.gz"));
    files
        .flat_map(|(name, bytes)| gzip_members(&bytes).unwrap_or_else(|e| panic!("{name}: {e}")))
        .map(|member| read_record(&member))
        .collect()
}

/// Reads a member that must be exactly one record.
fn read_record(member: &[u8]) -> (BTreeMap<String, String>, Vec<u8>) {
    let end = member
        .windows(4)
        .position(|four| four == b"\r\n\r\n")
        .expect("a head");
    let head = std::str::from_utf8(&member[..end]).expect("heads are UTF-8");
    let mut lines = head.split("\r\n");
    assert_eq!(lines.next(), Some("WARC/1.1"));
    let fields: BTreeMap<String, String> = lines
        .filter_map(|line| line.split_once(": "))
        .map(|(name, value)| (name.to_lowercase(), value.to_owned()))
        .collect();
    let length: usize = fields["content-length"].parse().expect("a length");
    let block = &member[end + 4..];
    assert_eq!(block.len(), length + 4, "one record a member: {fields:?}");
    assert!(block.ends_with(b"\r\n\r\n"));
    (fields, block[..length].to_vec())
}

fn record_types(desk: &Desk) -> BTreeMap<String, usize> {
    let mut types = BTreeMap::new();
    for (fields, _) in records(desk) {
        *types.entry(fields["warc-type"].clone()).or_default() += 1;
    }
    types
}

#[test]
fn bad_manners_make_good_records() {
    let web = Web::start(1, |_, _, site| {
        site.on(
            "/",
            Reply::html(linking(&[
                "/chunked", "/packed", "/cut", "/long", "/away", "/same",
            ])),
        );
        site.on(
            "/chunked",
            Reply::chunked(&[b"<p>one", b" two"], b"0\r\n\r\n"),
        );
        site.on("/packed", Reply::html("<p>packed ".repeat(200)).gzip());
        site.on("/cut", Reply::short(b"<p>cut", 5_000));
        site.on("/long", Reply::endless("text/html", "<p>long</p>\n"));
        site.on("/away", Reply::redirect(302, "/chunked"));
        site.on("/same", Reply::chunked(&[b"<p>one two"], b"0\r\n\r\n"));
    });
    let desk = Desk::new();
    configure(&desk, &web, "max_body = \"64KiB\"");
    site(&desk, "here", &[web.url(0, "/")], &[web.url(0, "")], "");
    desk.crawl(&[]);
    let records = records(&desk);
    let (first, _) = &records[0];
    assert_eq!(first["warc-type"], "warcinfo");
    let responses: Vec<_> = records
        .iter()
        .filter(|(fields, _)| fields["warc-type"] == "response")
        .collect();
    let of = |path: &str| {
        let url = web.url(0, path);
        let found = responses
            .iter()
            .find(|(fields, _)| fields["warc-target-uri"] == url);
        found.unwrap_or_else(|| panic!("a response of {url}"))
    };
    assert_eq!(of("/cut").0["warc-truncated"], "disconnect");
    assert_eq!(of("/long").0["warc-truncated"], "length");
    assert!(
        of("/chunked").1.ends_with(b"\r\n\r\n<p>one two"),
        "the transfer coding is undone"
    );
    let packed = &of("/packed").1;
    assert!(
        packed.windows(2).any(|two| two == b"\x1f\x8b"),
        "the content coding is not"
    );
    for (fields, _) in &responses {
        for field in [
            "warc-block-digest",
            "warc-payload-digest",
            "warc-record-id",
            "warc-date",
        ] {
            assert!(fields.contains_key(field), "{field}: {fields:?}");
        }
    }
    let types = record_types(&desk);
    assert!(
        types["request"] >= asked(&web, 0).len() && types["metadata"] >= 1,
        "{types:?}"
    );
}

#[test]
fn a_page_that_stops_to_know_its_tag_is_taken_anew() {
    let count = AtomicUsize::new(0);
    let web = Web::start(1, move |_, _, site| {
        site.on_each(
            "/",
            [
                Reply::html("<p>old").header("ETag", "\"old\""),
                Reply::html("<p>new").header("ETag", "\"new\""),
                Reply::status(304).header("ETag", "\"new\""),
            ],
        );
        count.fetch_add(1, Ordering::SeqCst);
    });
    let desk = desk_for(&web, "delay = \"0s\"");
    for _ in 0..3 {
        desk.crawl(&["--revisit", "all"]);
    }
    let seen: Vec<Seen> = web.seen(0).into_iter().filter(|s| s.path == "/").collect();
    let tags: Vec<Option<&str>> = seen.iter().map(|s| s.header("if-none-match")).collect();
    assert_eq!(tags, [None, Some("\"old\""), Some("\"new\"")]);
    let statuses: Vec<u64> = desk
        .captures("page")
        .iter()
        .map(|row| row["status"].as_u64().unwrap())
        .collect();
    assert_eq!(statuses, [200, 200, 304]);
}
