//! What the records say beyond the bytes: why, by what, in which file, over which protocol.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod common;

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use common::{at, begin, exchange, html, only_warc, open, page};
use thresh_corpus::warc::{Fields, OnDamage, Reader, Record, Want, digest_field};
use thresh_corpus::{ArchiveInfo, Clock, Filter, Options, Resource};
use thresh_types::{Body, Discovery, How, HttpHead, Sha256Hash, Truncation};

fn records(path: &Path) -> Vec<Record> {
    let mut reader = Reader::open(path, 0, OnDamage::GoOn).unwrap();
    std::iter::from_fn(|| reader.next_record(|_| Want::Keep))
        .map(|record| record.unwrap())
        .collect()
}

fn block(record: &Record) -> String {
    String::from_utf8(record.block.to_bytes().unwrap().to_vec()).unwrap()
}

#[test]
fn the_mark_says_why_in_the_words_that_other_tools_know() {
    let folder = tempfile::tempdir().unwrap();
    let corpus = open(folder.path());
    let mut session = begin(&corpus);
    let mut note = page();
    note.depth = 2;
    note.permit = Some("allowed by line 4: Allow: /x (https://a.example/robots.txt)".to_owned());
    note.discovery = Some(Discovery {
        how: How::Link,
        via: Some("https://a.example/from".parse().unwrap()),
        context: Some("the words\r\nsite: other".to_owned()),
    });
    let html = html("https://a.example/x", 0, "<p>x");
    let capture = session.append_exchange(&html, &note).unwrap();
    session.finish().unwrap();

    let mark = records(&only_warc(folder.path())).pop().unwrap();
    assert_eq!(mark.kind(), "metadata");
    let fields = Fields::parse(block(&mark).as_bytes());
    let expected = [
        ("site", "a"),
        ("how", "link"),
        ("via", "https://a.example/from"),
        ("hopsFromSeed", "LL"),
        ("fetchTimeMs", "5"),
        ("context", "the words  site: other"),
        (
            "permit",
            "allowed by line 4: Allow: /x (https://a.example/robots.txt)",
        ),
    ];
    for (name, value) in expected {
        assert_eq!(fields.get(name), Some(value), "{name}");
    }
    // The row is the same, whether it was kept or read back.
    std::fs::remove_file(folder.path().join("state.db")).unwrap();
    let read = open(folder.path()).captures(&Filter::default()).unwrap();
    assert_eq!(read, [capture]);
}

#[test]
fn every_file_says_what_it_is_and_every_record_points_there() {
    let folder = tempfile::tempdir().unwrap();
    let corpus = open(folder.path());
    let info = ArchiveInfo {
        operator: Some("A. Person <a@partner.example>".to_owned()),
        is_part_of: Some("a corpus".to_owned()),
        description: Some("Pages of partners\r\nrobots: none".to_owned()),
        robots: Some("obey".to_owned()),
        user_agent: Some("thresh/0.1 (+mailto:a@partner.example)".to_owned()),
    };
    let options = Options {
        info,
        ..Options::default()
    };
    let lock = corpus.lock().unwrap();
    let mut session = corpus.begin_with(&lock, &common::clock(), options).unwrap();
    let html = html("https://a.example/x", 0, "<p>x");
    session.append_exchange(&html, &page()).unwrap();
    let file = Resource {
        url: None,
        content_type: None,
        body: Body::from(b"a file".to_vec()),
        fetched_at: Some(at(1)),
    };
    session.append_resource(&file, &page()).unwrap();
    session.finish().unwrap();

    let records = records(&only_warc(folder.path()));
    let (first, rest) = records.split_first().unwrap();
    let about = Fields::parse(block(first).as_bytes());
    assert_eq!(about.get("robots"), Some("obey"));
    assert_eq!(about.get("operator"), Some("A. Person <a@partner.example>"));
    assert_eq!(about.get("isPartOf"), Some("a corpus"));
    assert_eq!(
        about.get("description"),
        Some("Pages of partners  robots: none")
    );
    let agent = about.get("http-header-user-agent").unwrap();
    assert!(agent.starts_with("thresh/"), "{agent}");
    assert_eq!(first.fields.get("WARC-Warcinfo-ID"), None);
    let id = first.fields.get("WARC-Record-ID").unwrap();
    for record in rest {
        assert_eq!(record.fields.get("WARC-Warcinfo-ID"), Some(id));
    }
}

#[test]
fn files_rotate_at_their_age_and_no_group_is_split() {
    let folder = tempfile::tempdir().unwrap();
    let corpus = open(folder.path());
    let second = Arc::new(AtomicI64::new(0));
    let clock = {
        let second = Arc::clone(&second);
        Clock::from_fn(move || at(second.load(Ordering::Relaxed)))
    };
    let options = Options {
        rotate_after: Duration::from_secs(3600),
        ..Options::default()
    };
    let lock = corpus.lock().unwrap();
    let mut session = corpus.begin_with(&lock, &clock, options).unwrap();
    // The third finds the first file an hour old; the clock that goes back makes none older.
    let times = [0, 3599, 3600, 10, 7199, 7200];
    let files: Vec<String> = (0..)
        .zip(times)
        .map(|(n, time)| {
            second.store(time, Ordering::Relaxed);
            let html = html(&format!("https://a.example/{n}"), time, &format!("{n}"));
            session.append_exchange(&html, &page()).unwrap().warc
        })
        .collect();
    session.finish().unwrap();
    let numbers: Vec<&str> = files.iter().map(|name| &name[..6]).collect();
    assert_eq!(
        numbers,
        ["000001", "000001", "000002", "000002", "000002", "000003"]
    );
    for path in corpus.warc_files().unwrap() {
        let kinds: Vec<String> = records(&path).iter().map(Record::kind).collect();
        assert_eq!(kinds[0], "warcinfo");
        for group in kinds[1..].chunks(3) {
            assert_eq!(group, ["request", "response", "metadata"]);
        }
    }
}

#[test]
fn http_2_is_recorded_as_http_1_1_with_its_protocols() {
    let folder = tempfile::tempdir().unwrap();
    let corpus = open(folder.path());
    let mut session = begin(&corpus);
    let mut exchange = exchange("https://a.example/x", 0, 200, "", b"body");
    exchange.protocols = vec!["h2".to_owned(), "tls/1.3".to_owned()];
    exchange.request = HttpHead(b"GET /x HTTP/2.0\r\nHost: a.example\r\n\r\n".to_vec());
    exchange.response = HttpHead(b"HTTP/2.0 200 OK\r\nContent-Type: text/html\r\n\r\n".to_vec());
    session.append_exchange(&exchange, &page()).unwrap();
    session.finish().unwrap();
    let records = records(&only_warc(folder.path()));
    for (record, start) in [
        (&records[1], "GET /x HTTP/1.1\r\n"),
        (&records[2], "HTTP/1.1 200 OK\r\n"),
    ] {
        let named: Vec<&str> = record
            .fields
            .iter()
            .filter(|(name, _)| *name == "WARC-Protocol")
            .map(|(_, value)| value)
            .collect();
        assert_eq!(named, ["h2", "tls/1.3"]);
        assert!(block(record).starts_with(start), "{}", block(record));
    }
}

#[test]
fn a_revisit_names_what_it_leaves_out() {
    let folder = tempfile::tempdir().unwrap();
    let corpus = open(folder.path());
    let mut session = begin(&corpus);
    let text = "same ".repeat(300);
    for second in [0, 60] {
        let html = html("https://a.example/x", second, &text);
        session.append_exchange(&html, &page()).unwrap();
    }
    session.finish().unwrap();
    let records = records(&only_warc(folder.path()));
    let revisit = &records[5];
    let digest = digest_field(&Sha256Hash::of(&text));
    let expected = [
        ("WARC-Type", "revisit"),
        (
            "WARC-Profile",
            "http://netpreserve.org/warc/1.1/revisit/identical-payload-digest",
        ),
        ("WARC-Payload-Digest", digest.as_str()),
        ("WARC-Truncated", "length"),
        ("WARC-Refers-To-Target-URI", "https://a.example/x"),
        ("WARC-Refers-To-Date", "2023-11-14T22:13:20Z"),
    ];
    for (name, value) in expected {
        assert_eq!(revisit.fields.get(name), Some(value), "{name}");
    }
    assert!(block(revisit).ends_with("\r\n\r\n"), "the head alone");
    // What the record leaves out, the capture does not lack.
    let captures = corpus.captures(&Filter::default()).unwrap();
    assert!(captures[1].revisit);
    assert_eq!(captures[1].truncated, None::<Truncation>);
    let payload = corpus.read_payload(&captures[1]).unwrap();
    assert_eq!(payload.bytes, text.as_bytes());
}
