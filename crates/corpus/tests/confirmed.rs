//! A 304 is a revisit without a block, which replay tools answer with the page; its head is kept beside.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod common;

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

use common::{at, begin, exchange, html, only_warc, open, page};
use flate2::Compression;
use flate2::write::GzEncoder;
use tempfile::TempDir;
use thresh_corpus::import::{self, Item};
use thresh_corpus::warc::{Fields, OnDamage, Reader, Record, Want, digest_field};
use thresh_corpus::{Corpus, Filter, Session, Verbatim};
use thresh_types::{Capture, Exchange, HttpHead, Sha256Hash};

const URL: &str = "https://a.example/1";

/// A head with bytes that are no UTF-8, and with what would forge a mark.
const HEAD: &[u8] = b"HTTP/1.1 304 Nicht ge\xe4ndert\r\nETag: \"v1\"\r\nX-Robots-Tag: noindex\r\n\
    X-Odd: \\ \x7f\x85\ttab\r\nstatus: 200\r\n\r\n";

fn confirming(second: i64) -> Exchange {
    Exchange {
        response: HttpHead(HEAD.to_vec()),
        ..exchange(URL, second, 304, "", b"")
    }
}

fn records(path: &Path) -> Vec<Record> {
    let mut reader = Reader::open(path, 0, OnDamage::GoOn).unwrap();
    std::iter::from_fn(|| reader.next_record(|_| Want::Keep))
        .map(|record| record.unwrap())
        .collect()
}

fn captures(corpus: &Corpus) -> Vec<Capture> {
    corpus.captures(&Filter::default()).unwrap()
}

fn import_all(session: &mut Session, path: &Path) -> Vec<Verbatim> {
    let mut results = Vec::new();
    for item in import::warc(path).unwrap() {
        match item {
            Item::Record(record) => {
                results.push(session.append_verbatim(&record, &page()).unwrap());
            }
            Item::Companion(raw) => session.append_companion(&raw).unwrap(),
            Item::Problem(problem) => panic!("{problem}"),
        }
    }
    results
}

/// A corpus with a page, what it became, and what it was again, each confirmed; one file.
fn confirmed_thrice() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    let corpus = open(folder.path());
    let mut session = begin(&corpus);
    let long = "<p>as it was</p>".repeat(100);
    let bodies = [long.as_str(), "<p>as it became</p>", long.as_str()];
    for (second, body) in (0..).step_by(10).zip(bodies) {
        for exchange in [html(URL, second, body), confirming(second + 5)] {
            session.append_exchange(&exchange, &page()).unwrap();
        }
    }
    session.finish().unwrap();
    folder
}

#[test]
fn the_record_is_empty_and_the_mark_has_the_head() {
    let folder = confirmed_thrice();
    let records = records(&only_warc(folder.path()));
    let place = records
        .iter()
        .position(|record| record.kind() == "revisit")
        .unwrap();
    let (revisit, mark) = (&records[place], &records[place + 1]);
    let empty = digest_field(&Sha256Hash::of(""));
    let expected = [
        ("Content-Length", Some("0")),
        ("Content-Type", Some("application/octet-stream")),
        ("WARC-Block-Digest", Some(empty.as_str())),
        ("WARC-Payload-Digest", None),
        ("WARC-Truncated", None),
        (
            "WARC-Profile",
            Some("http://netpreserve.org/warc/1.1/revisit/server-not-modified"),
        ),
        ("WARC-Refers-To-Target-URI", Some(URL)),
        ("WARC-Refers-To-Date", Some("2023-11-14T22:13:20Z")),
    ];
    for (name, value) in expected {
        assert_eq!(revisit.fields.get(name), value, "{name}");
    }
    let block = mark.block.to_bytes().unwrap();
    let fields = Fields::parse(&block);
    let text: String = serde_json::from_str(fields.get("revisit-head").unwrap()).unwrap();
    let bytes: Vec<u8> = text.chars().map(|c| u8::try_from(c).unwrap()).collect();
    assert_eq!(bytes, HEAD);
    assert_eq!(fields.get("status"), Some("304"));
}

#[test]
fn pages_and_heads_are_read_as_ever_also_after_a_rebuild() {
    let folder = confirmed_thrice();
    let before = captures(&open(folder.path()));
    fs::remove_file(folder.path().join("state.db")).unwrap();
    let corpus = open(folder.path());
    assert_eq!(captures(&corpus), before);
    let mut bodies = Vec::new();
    for pair in before.chunks(2) {
        let (content, confirmation) = (&pair[0], &pair[1]);
        assert_eq!((confirmation.status, confirmation.revisit), (304, true));
        let read = |capture| corpus.read_payload(capture).unwrap();
        assert_eq!(read(confirmation).bytes, read(content).bytes);
        let head = corpus.read_head(confirmation).unwrap().unwrap();
        assert_eq!(head.0, HEAD);
        assert_eq!(head.header("x-robots-tag").as_deref(), Some("noindex"));
        let own = corpus.read_head(content).unwrap().unwrap();
        assert!(own.0.starts_with(b"HTTP/1.1 200"));
        bodies.push(read(confirmation).bytes);
    }
    assert_eq!(bodies[0], bodies[2]);
    assert_ne!(bodies[0], bodies[1]);
    let audit = corpus.audit(|| ()).unwrap();
    assert_eq!((audit.captures, audit.problems), (6, Vec::new()));
}

/// What replay tools make of a status in the index is an answer without a page.
#[test]
fn the_index_names_no_status_for_an_empty_block() {
    let folder = confirmed_thrice();
    let index = fs::read_to_string(folder.path().join("captures/index.cdxj")).unwrap();
    let mut revisits = Vec::new();
    for line in index.lines() {
        let json = &line[line.find('{').unwrap()..];
        let fields: serde_json::Value = serde_json::from_str(json).unwrap();
        if fields["mime"] == "warc/revisit" {
            revisits.push(fields["status"].as_str().map(str::to_owned));
        } else {
            assert_eq!(fields["status"], "200", "{line}");
        }
    }
    // Three 304s, and one page that was the same again.
    revisits.sort();
    assert_eq!(revisits, [None, None, None, Some("200".to_owned())]);
}

/// All in one session, so that what is referred to is not committed yet, and in a second one.
#[test]
fn an_import_resolves_them_by_date_and_keeps_their_heads() {
    let source = confirmed_thrice();
    let theirs = open(source.path());
    let folder = tempfile::tempdir().unwrap();
    let corpus = open(folder.path());
    let mut session = begin(&corpus);
    let results = import_all(&mut session, &only_warc(source.path()));
    session.finish().unwrap();
    let is_capture = |result: &Verbatim| matches!(result, Verbatim::Capture(_));
    assert!(results.iter().all(is_capture), "{results:#?}");
    for rebuilt in [false, true] {
        if rebuilt {
            fs::remove_file(folder.path().join("state.db")).unwrap();
        }
        let corpus = open(folder.path());
        let (ours, original) = (captures(&corpus), captures(&theirs));
        assert_eq!(ours.len(), 6);
        for (capture, of) in ours.iter().zip(&original) {
            assert_eq!(
                (capture.status, capture.revisit, capture.sha256),
                (of.status, of.revisit, of.sha256)
            );
            assert_eq!(capture.media_type, of.media_type);
            assert_eq!(
                corpus.read_payload(capture).unwrap().bytes,
                theirs.read_payload(of).unwrap().bytes
            );
            assert_eq!(
                corpus.read_head(capture).unwrap(),
                theirs.read_head(of).unwrap()
            );
        }
    }
    // And from there into a third.
    let third = tempfile::tempdir().unwrap();
    let corpus = open(third.path());
    let mut session = begin(&corpus);
    import_all(&mut session, &only_warc(folder.path()));
    session.finish().unwrap();
    let heads: Vec<_> = captures(&corpus)
        .iter()
        .filter(|capture| capture.status == 304)
        .map(|capture| corpus.read_head(capture).unwrap().unwrap().0)
        .collect();
    assert_eq!(heads, [HEAD, HEAD, HEAD]);
}

/// Nothing of what follows the revisit is lost by looking at it.
#[test]
fn a_revisit_takes_the_head_of_its_own_mark_only() {
    let source = confirmed_thrice();
    let members = records(&only_warc(source.path()));
    let is_mark_of = |record: &Record, of: &Record| {
        record.fields.get("WARC-Concurrent-To") == of.fields.get("WARC-Record-ID")
    };
    let revisit = members
        .iter()
        .position(|record| record.kind() == "revisit")
        .unwrap();
    assert!(is_mark_of(&members[revisit + 1], &members[revisit]));
    let mut moved: Vec<Vec<u8>> = members.iter().map(member).collect();
    let mark = moved.remove(revisit + 1);
    moved.push(mark);
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("moved.warc.gz");
    fs::write(&path, moved.concat()).unwrap();
    let records: Vec<_> = import::warc(&path)
        .unwrap()
        .filter_map(|item| match item {
            Item::Record(record) => Some(record.kind),
            _ => None,
        })
        .collect();
    let heads: Vec<bool> = records
        .iter()
        .filter_map(|kind| match kind {
            import::ImportedKind::Revisit {
                head,
                status: Some(304),
                ..
            } => Some(head.is_some()),
            _ => None,
        })
        .collect();
    assert_eq!(records.len(), 6);
    assert_eq!(heads, [false, true, true]);
}

fn member(record: &Record) -> Vec<u8> {
    packed(&[&record.head[..], &record.block.to_bytes().unwrap()[..]].concat())
}

fn packed(record: &[u8]) -> Vec<u8> {
    let mut gzip = GzEncoder::new(Vec::new(), Compression::fast());
    gzip.write_all(record).unwrap();
    gzip.write_all(b"\r\n\r\n").unwrap();
    gzip.finish().unwrap()
}

/// Rewrites an archive as it was written before: the head of a 304 is its block, and no mark has one.
fn as_before(path: &Path) {
    let mut out: Vec<u8> = Vec::new();
    let mut capture = (0, 0);
    for record in records(path) {
        let block = record.block.to_bytes().unwrap().to_vec();
        let is_empty = record.kind() == "revisit" && block.is_empty();
        let block = match record.kind().as_str() {
            "revisit" if is_empty => HEAD.to_vec(),
            "metadata" => String::from_utf8(block)
                .unwrap()
                .split_inclusive("\r\n")
                .filter(|line| !line.starts_with("revisit-head:"))
                .map(|line| match line.split_once(':').map(|(name, _)| name) {
                    Some("offset") => format!("offset: {}\r\n", capture.0),
                    Some("length") => format!("length: {}\r\n", capture.1),
                    _ => line.to_owned(),
                })
                .collect::<String>()
                .into_bytes(),
            _ => block,
        };
        let digest = digest_field(&Sha256Hash::of(&block));
        let head: String = String::from_utf8(record.head.clone())
            .unwrap()
            .split_inclusive("\r\n")
            .map(|line| match line.split_once(':').map(|(name, _)| name) {
                Some("Content-Length") => format!("Content-Length: {}\r\n", block.len()),
                Some("WARC-Block-Digest") => format!("WARC-Block-Digest: {digest}\r\n"),
                Some("Content-Type") if is_empty => {
                    "Content-Type: application/http; msgtype=response\r\n".to_owned()
                }
                _ => line.to_owned(),
            })
            .collect();
        let member = packed(&[head.as_bytes(), &block].concat());
        if matches!(record.kind().as_str(), "response" | "revisit") {
            capture = (out.len(), member.len());
        }
        out.extend(member);
    }
    fs::write(path, out).unwrap();
}

#[test]
fn older_archives_with_the_head_in_the_block_read_as_ever() {
    let folder = confirmed_thrice();
    let before = captures(&open(folder.path()));
    let path: PathBuf = only_warc(folder.path());
    as_before(&path);
    fs::remove_file(folder.path().join("state.db")).unwrap();
    let corpus = open(folder.path());
    let rows = captures(&corpus);
    assert_eq!(rows.len(), 6);
    for (row, new) in rows.iter().zip(&before) {
        let placed = Capture {
            offset: new.offset,
            length: new.length,
            ..row.clone()
        };
        assert_eq!(&placed, new);
        if row.status == 304 {
            assert_eq!(corpus.read_head(row).unwrap().unwrap().0, HEAD);
        }
        corpus.read_payload(row).unwrap();
    }
    assert_eq!(corpus.audit(|| ()).unwrap().problems, Vec::new());
    let other = tempfile::tempdir().unwrap();
    let corpus = open(other.path());
    let mut session = begin(&corpus);
    import_all(&mut session, &path);
    session.finish().unwrap();
    let rows = captures(&corpus);
    assert_eq!(rows.len(), 6);
    for row in rows.iter().filter(|row| row.status == 304) {
        assert_eq!(corpus.read_head(row).unwrap().unwrap().0, HEAD);
        assert_eq!(
            row.fetched_at.unwrap().as_second() % 10,
            (at(5).as_second()) % 10
        );
    }
}
