//! What is written to the WARC, and read back.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod common;

use std::fs;

use common::{at, begin, exchange, html, only_warc, open, page, three_pages};
use thresh_corpus::import::{self, Item};
use thresh_corpus::warc::{OnDamage, Reader, Record, Want, digest_field};
use thresh_corpus::{Filter, ImportedKind, Options, Resource, Verbatim};
use thresh_types::{Body, Capture, Sha256Hash, Truncation};

fn records(path: &std::path::Path) -> Vec<Record> {
    let mut reader = Reader::open(path, 0, OnDamage::GoOn).unwrap();
    std::iter::from_fn(|| reader.next_record(|_| Want::Keep))
        .map(|record| record.unwrap())
        .collect()
}

fn kinds(path: &std::path::Path) -> Vec<String> {
    records(path).iter().map(Record::kind).collect()
}

#[test]
fn an_exchange_is_a_group_with_digests_and_comes_back() {
    let folder = three_pages();
    let path = only_warc(folder.path());
    let records = records(&path);
    let group = ["request", "response", "metadata"];
    let expected = ["warcinfo"].iter().chain(group.iter().cycle().take(9));
    let found: Vec<String> = records.iter().map(Record::kind).collect();
    assert!(found.iter().eq(expected), "{found:?}");
    for record in &records {
        let block = record.block.to_bytes().unwrap();
        let digest = digest_field(&Sha256Hash::of(&block));
        assert_eq!(
            record.fields.get("WARC-Block-Digest"),
            Some(digest.as_str())
        );
        let length = block.len().to_string();
        assert_eq!(record.fields.get("Content-Length"), Some(length.as_str()));
    }
    let response = &records[2];
    assert_eq!(response.fields.get("WARC-IP-Address"), Some("192.0.2.7"));
    let payload = digest_field(&Sha256Hash::of("<p>page 0</p>"));
    assert_eq!(
        response.fields.get("WARC-Payload-Digest"),
        Some(payload.as_str())
    );
    for (earlier, later) in [(&records[1], response), (response, &records[3])] {
        let id = earlier.fields.get("WARC-Record-ID");
        assert_eq!(later.fields.get("WARC-Concurrent-To"), id);
    }
    let block = response.block.to_bytes().unwrap();
    let text = String::from_utf8_lossy(&block);
    assert!(
        text.contains("\r\nX-Crawler-Transfer-Encoding: chunked\r\n"),
        "{text}"
    );

    let corpus = open(folder.path());
    let captures = corpus.captures(&Filter::default()).unwrap();
    assert_eq!(captures.len(), 3);
    let first = &captures[0];
    assert_eq!(
        (first.offset, first.length),
        (response.offset, response.length)
    );
    assert_eq!(first.media_type, "text/html");
    assert_eq!(first.charset.as_deref(), Some("utf-8"));
    assert_eq!(first.fetched_at, Some(at(0)));
    let read = corpus.read_payload(first).unwrap();
    assert_eq!(read.bytes, b"<p>page 0</p>");
    assert_eq!(read.head.unwrap().header("etag").as_deref(), Some("\"v1\""));
}

#[test]
fn the_same_input_gives_the_same_bytes() {
    let read = |folder: &tempfile::TempDir| fs::read(only_warc(folder.path())).unwrap();
    assert_eq!(read(&three_pages()), read(&three_pages()));
}

#[test]
fn a_304_is_a_revisit_of_what_it_confirms() {
    let folder = three_pages();
    let corpus = open(folder.path());
    let mut session = begin(&corpus);
    let confirmed = exchange("https://a.example/1", 60, 304, "ETag: \"v1\"\r\n", b"");
    let capture = session.append_exchange(&confirmed, &page()).unwrap();
    assert!(capture.revisit);
    assert_eq!((capture.status, capture.bytes), (304, 13));
    assert_eq!(capture.media_type, "text/html");
    session.finish().unwrap();
    let read = corpus.read_payload(&capture).unwrap();
    assert_eq!(read.bytes, b"<p>page 1</p>");
    assert_eq!(
        read.head.unwrap().header("content-type").as_deref(),
        Some("text/html; charset=UTF-8")
    );
    let record = &records(&corpus.warc_files().unwrap()[1])[2];
    assert_eq!(record.kind(), "revisit");
    assert_eq!(
        record.fields.get("WARC-Refers-To-Target-URI"),
        Some("https://a.example/1")
    );
    assert_eq!(
        record.fields.get("WARC-Refers-To-Date"),
        Some("2023-11-14T22:13:21Z")
    );
}

#[test]
fn a_304_that_confirms_nothing_known_is_an_ordinary_response() {
    let folder = three_pages();
    let corpus = open(folder.path());
    let mut session = begin(&corpus);
    let strange = exchange("https://a.example/unknown", 60, 304, "", b"");
    let capture = session.append_exchange(&strange, &page()).unwrap();
    assert!(!capture.revisit);
    assert_eq!(capture.status, 304);
}

#[test]
fn an_unchanged_page_is_stored_once() {
    let folder = tempfile::tempdir().unwrap();
    let corpus = open(folder.path());
    let mut session = begin(&corpus);
    let text = "same ".repeat(300);
    let append = |session: &mut thresh_corpus::Session, url: &str, second| {
        session
            .append_exchange(&html(url, second, &text), &page())
            .unwrap()
    };
    let first = append(&mut session, "https://a.example/1", 0);
    let pending = append(&mut session, "https://a.example/1", 1);
    let other_address = append(&mut session, "https://a.example/2", 2);
    session.commit(|_| Ok(())).unwrap();
    let committed = append(&mut session, "https://a.example/2", 3);
    let small = [4, 5].map(|n| {
        session
            .append_exchange(&html("https://a.example/e", n, "x"), &page())
            .unwrap()
    });
    session.finish().unwrap();
    let captures = [
        &first,
        &pending,
        &other_address,
        &committed,
        &small[0],
        &small[1],
    ];
    assert_eq!(
        captures.map(|c| c.revisit),
        [false, true, false, true, false, false]
    );
    assert_eq!((pending.status, pending.sha256), (200, first.sha256));
    for capture in corpus.captures(&Filter::default()).unwrap() {
        let expected = if capture.final_url.ends_with('e') {
            "x"
        } else {
            &text
        };
        assert_eq!(
            corpus.read_payload(&capture).unwrap().bytes,
            expected.as_bytes()
        );
    }
}

#[test]
fn a_large_file_is_stored_once_for_a_site() {
    let folder = tempfile::tempdir().unwrap();
    let corpus = open(folder.path());
    let mut session = begin(&corpus);
    let text = "large ".repeat(12_000);
    let first = session
        .append_exchange(&html("https://a.example/1", 0, &text), &page())
        .unwrap();
    let second = session
        .append_exchange(&html("https://a.example/2", 1, &text), &page())
        .unwrap();
    let mut elsewhere = page();
    elsewhere.site = "b".parse().unwrap();
    let other = session
        .append_exchange(&html("https://b.example/1", 2, &text), &elsewhere)
        .unwrap();
    session.finish().unwrap();
    assert_eq!(
        [&first, &second, &other].map(|c| c.revisit),
        [false, true, false]
    );
    assert_eq!(corpus.read_payload(&second).unwrap().bytes, text.as_bytes());
}

#[test]
fn a_cut_body_says_so_and_never_stands_for_a_whole_one() {
    let folder = tempfile::tempdir().unwrap();
    let corpus = open(folder.path());
    let mut session = begin(&corpus);
    let half = "half ".repeat(300);
    let mut cut = html("https://a.example/1", 0, &half);
    cut.truncated = Some(Truncation::Disconnect);
    session.append_exchange(&cut, &page()).unwrap();
    let whole = session
        .append_exchange(&html("https://a.example/1", 1, &half), &page())
        .unwrap();
    session.finish().unwrap();
    assert!(!whole.revisit);
    let record = &records(&only_warc(folder.path()))[2];
    assert_eq!(record.fields.get("WARC-Truncated"), Some("disconnect"));
    let captures = corpus.captures(&Filter::default()).unwrap();
    assert_eq!(captures[0].truncated, Some(Truncation::Disconnect));
}

#[test]
fn a_spooled_body_is_streamed_and_comes_back() {
    use std::io::Write as _;
    let folder = tempfile::tempdir().unwrap();
    let corpus = open(folder.path());
    let mut session = begin(&corpus);
    let bytes: Vec<u8> = (0..3_000_000_u32).map(|n| (n % 251) as u8).collect();
    let mut file = tempfile::tempfile().unwrap();
    file.write_all(&bytes).unwrap();
    let mut big = html("https://a.example/big", 0, "");
    big.body = Body::Spooled(file.into(), bytes.len() as u64);
    let capture = session.append_exchange(&big, &page()).unwrap();
    session.finish().unwrap();
    assert_eq!(capture.bytes, 3_000_000);
    assert_eq!(capture.payload_digest, Sha256Hash::of(&bytes));
    assert!(corpus.read_payload(&capture).unwrap().bytes == bytes);
}

#[test]
fn files_rotate_at_their_size() {
    let folder = tempfile::tempdir().unwrap();
    let corpus = open(folder.path());
    let lock = corpus.lock().unwrap();
    let options = Options {
        rotate_at: 1,
        ..Options::default()
    };
    let mut session = corpus.begin_with(&lock, &common::clock(), options).unwrap();
    for n in 0..3 {
        let exchange = html(&format!("https://a.example/{n}"), n, &format!("{n}"));
        session.append_exchange(&exchange, &page()).unwrap();
    }
    session.finish().unwrap();
    let files = corpus.warc_files().unwrap();
    assert_eq!(files.len(), 3);
    assert!(
        files[2].ends_with("000003-20231114221320.warc.gz"),
        "{files:?}"
    );
    for file in &files {
        assert_eq!(kinds(file), ["warcinfo", "request", "response", "metadata"]);
    }
    assert_eq!(corpus.captures(&Filter::default()).unwrap().len(), 3);
}

#[test]
fn an_unknown_time_of_an_import_stays_unknown() {
    let folder = tempfile::tempdir().unwrap();
    let corpus = open(folder.path());
    let mut session = begin(&corpus);
    let mut note = page();
    note.import_id = Some(" line\nbreak ".to_owned());
    let resource = Resource {
        url: None,
        content_type: Some("text/plain; charset=koi8-r".to_owned()),
        body: Body::from(b"words".to_vec()),
        fetched_at: None,
    };
    let capture = session.append_resource(&resource, &note).unwrap();
    session.finish().unwrap();
    assert_eq!(capture.fetched_at, None);
    assert_eq!((capture.url.as_str(), capture.status), ("", 200));
    assert_eq!(capture.import_id.as_deref(), Some(" line\nbreak "));
    assert_eq!(
        corpus.captures(&Filter::default()).unwrap(),
        std::slice::from_ref(&capture)
    );
    let read = corpus.read_payload(&capture).unwrap();
    assert_eq!((read.bytes.as_slice(), read.head), (&b"words"[..], None));
    assert_eq!(read.charset.as_deref(), Some("koi8-r"));
    assert!(corpus.is_known(&capture.payload_digest, "").unwrap());
    assert!(
        !corpus
            .is_known(&capture.payload_digest, "https://a.example/")
            .unwrap()
    );
}

/// A WARC 1.0 file as other tools write it: LF line ends, angle brackets, SHA-1, a chunked body.
const FOREIGN: &str = "WARC/1.0\nWARC-Type: warcinfo\nContent-Length: 3\n\nx:y\n\n\
WARC/1.0\nWARC-Type: request\nWARC-Target-URI: <http://f.example/1>\nContent-Length: 4\n\nGET!\n\n\
WARC/1.0\nWARC-Type: response\nWARC-Target-URI: <http://f.example/1>\nWARC-Date: 2019-02-03T04:05:06Z\n\
WARC-Record-ID: <urn:uuid:00000000-0000-0000-0000-000000000001>\nWARC-Payload-Digest: sha1:AAAA\n\
Content-Type: application/http; msgtype=response\nContent-Length: 82\n\n\
HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nContent-Type: text/plain\r\n\r\n3\r\nabc\r\n0\n\n\
WARC/1.0\nWARC-Type: revisit\nWARC-Target-URI: http://f.example/2\nWARC-Date: 2019-02-03T04:05:07Z\n\
WARC-Payload-Digest: sha1:AAAA\nContent-Type: application/http; msgtype=response\nContent-Length: 19\n\n\
HTTP/1.1 200 OK\r\n\r\n\n\n\
WARC/1.0\nWARC-Type: revisit\nWARC-Target-URI: http://f.example/3\nWARC-Date: 2019-02-03T04:05:07Z\n\
WARC-Payload-Digest: sha1:BBBB\nContent-Length: 0\n\n\n\n";

fn import_all(session: &mut thresh_corpus::Session, path: &std::path::Path) -> Vec<Verbatim> {
    let mut results = Vec::new();
    for item in import::warc(path).unwrap() {
        match item {
            Item::Record(imported) => {
                results.push(session.append_verbatim(&imported, &page()).unwrap());
            }
            Item::Companion(raw) => session.append_companion(&raw).unwrap(),
            Item::Problem(problem) => panic!("{problem}"),
        }
    }
    results
}

#[test]
fn a_foreign_warc_is_kept_verbatim_and_its_revisits_resolve() {
    let folder = tempfile::tempdir().unwrap();
    let source = folder.path().join("foreign.warc");
    fs::write(&source, FOREIGN).unwrap();
    let root = folder.path().join("corpus");
    let corpus = open(&root);
    let mut session = begin(&corpus);
    let results = import_all(&mut session, &source);
    session.finish().unwrap();
    let captures: Vec<&Capture> = results
        .iter()
        .filter_map(|result| match result {
            Verbatim::Capture(capture) => Some(&**capture),
            Verbatim::Unresolved(_) => None,
        })
        .collect();
    assert_eq!(captures.len(), 2);
    assert!(matches!(&results[2], Verbatim::Unresolved(what) if what.contains("f.example/3")));
    assert_eq!(captures[0].url, "http://f.example/1");
    assert_eq!(captures[0].media_type, "text/plain");
    assert_eq!(
        captures[0].fetched_at.unwrap().to_string(),
        "2019-02-03T04:05:06Z"
    );
    for capture in &captures {
        assert_eq!(corpus.read_payload(capture).unwrap().bytes, b"abc");
    }
    let path = only_warc(&root);
    let kinds = kinds(&path);
    let expected = [
        "warcinfo", "warcinfo", "request", "response", "metadata", "revisit", "metadata",
        "revisit", "metadata",
    ];
    assert_eq!(kinds, expected);
    let kept = &records(&path)[3];
    let block = kept.block.to_bytes().unwrap();
    assert!(block.ends_with(b"3\r\nabc\r\n0"));
    assert!(
        kept.head
            .starts_with(b"WARC/1.0\r\nWARC-Type: response\r\n")
    );
    fs::remove_file(root.join("state.db")).unwrap();
    let rebuilt = open(&root).captures(&Filter::default()).unwrap();
    assert!(rebuilt.iter().eq(captures.iter().copied()), "{rebuilt:#?}");
}

#[test]
fn marks_of_another_archive_mark_nothing_here() {
    let source = three_pages();
    let folder = tempfile::tempdir().unwrap();
    let corpus = open(folder.path());
    let mut session = begin(&corpus);
    let results = import_all(&mut session, &only_warc(source.path()));
    session.finish().unwrap();
    assert_eq!(results.len(), 3);
    let captures = corpus.captures(&Filter::default()).unwrap();
    assert_eq!(captures.len(), 3);
    let path = only_warc(folder.path());
    let marks = kinds(&path)
        .iter()
        .filter(|kind| *kind == "metadata")
        .count();
    assert_eq!(marks, 3);
}

#[test]
fn an_own_archive_reads_as_an_import() {
    let folder = three_pages();
    let items: Vec<Item> = import::warc(&only_warc(folder.path())).unwrap().collect();
    let responses: Vec<&thresh_corpus::Imported> = items
        .iter()
        .filter_map(|item| match item {
            Item::Record(imported) => Some(&**imported),
            _ => None,
        })
        .collect();
    assert_eq!(responses.len(), 3);
    assert!(matches!(
        &responses[0].kind,
        ImportedKind::Response { status: 200, .. }
    ));
    assert_eq!(&*responses[0].payload.to_bytes().unwrap(), b"<p>page 0</p>");
    assert_eq!(
        items.len(),
        3 + 3 + 1,
        "requests and warcinfo are companions"
    );
}

#[test]
fn the_index_is_sorted_and_finds_every_capture() {
    let folder = three_pages();
    let index = fs::read_to_string(folder.path().join("captures/index.cdxj")).unwrap();
    let lines: Vec<&str> = index.lines().collect();
    assert_eq!(lines.len(), 3);
    assert!(lines.is_sorted());
    assert!(
        lines[0].starts_with("example,a)/0 20231114221320 {"),
        "{}",
        lines[0]
    );
    let (_, json) = lines[0].split_once('{').unwrap();
    let fields: serde_json::Value = serde_json::from_str(&format!("{{{json}")).unwrap();
    assert_eq!(fields["mime"], "text/html");
    assert_eq!(fields["status"], "200");
}
