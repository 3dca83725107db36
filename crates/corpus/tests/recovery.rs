//! Kills at any moment: nothing committed is lost, nothing torn stays.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod common;

use std::fs;
use std::path::Path;

use common::{at, begin, html, only_warc, open, page, three_pages};
use thresh_corpus::{Corpus, CorpusError, Filter, NewUrl};
use thresh_types::{Capture, PageSignals, Refresh, TaskKind};

fn all(corpus: &Corpus) -> Vec<Capture> {
    corpus.captures(&Filter::default()).unwrap()
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), target).unwrap();
        }
    }
}

fn forget_state(root: &Path) {
    for name in ["state.db", "state.db-wal", "state.db-shm"] {
        let _ = fs::remove_file(root.join(name));
    }
}

#[test]
fn a_lost_database_is_built_anew_and_equal() {
    let folder = three_pages();
    let before = all(&open(folder.path()));
    forget_state(folder.path());
    let corpus = open(folder.path());
    assert_eq!(all(&corpus), before);
    let session = begin(&corpus);
    assert!(session.recovery().rebuilt);
    assert_eq!(session.recovery().adopted, 3);
    assert_eq!(session.adopted(10).unwrap(), before);
}

#[test]
fn what_pages_say_outlives_the_database() {
    let folder = tempfile::tempdir().unwrap();
    let corpus = open(folder.path());
    let mut session = begin(&corpus);
    let mut note = page();
    note.signals = PageSignals {
        directives: vec!["meta robots: nofollow".to_owned()],
        canonical: Some("https://a.example/own".to_owned()),
        refresh: Some(Refresh {
            seconds: 300,
            target: None,
        }),
        base: Some("https://a.example/base/".to_owned()),
        tdm_policy: Some("https://a.example/terms.json".to_owned()),
    };
    let exchange = html("https://a.example/1", 1, "<p>one</p>");
    let capture = session.append_exchange(&exchange, &note).unwrap();
    assert_eq!(capture.signals, note.signals);
    session.finish().unwrap();
    let before = all(&corpus);
    assert_eq!(before[0].signals, note.signals);
    drop(corpus);
    forget_state(folder.path());
    assert_eq!(all(&open(folder.path())), before);
}

#[test]
fn a_database_of_another_schema_is_built_anew() {
    let folder = three_pages();
    let before = all(&open(folder.path()));
    let path = folder.path().join("state.db");
    let connection = rusqlite::Connection::open(&path).unwrap();
    connection
        .execute_batch("ALTER TABLE captures DROP COLUMN signals; PRAGMA user_version = 1;")
        .unwrap();
    drop(connection);
    assert_eq!(all(&open(folder.path())), before);
}

#[test]
fn a_damaged_database_is_built_anew() {
    let folder = three_pages();
    let before = all(&open(folder.path()));
    forget_state(folder.path());
    fs::write(folder.path().join("state.db"), vec![b'x'; 9000]).unwrap();
    assert_eq!(all(&open(folder.path())), before);
}

#[test]
fn adopted_captures_come_back_until_they_are_processed() {
    let folder = three_pages();
    forget_state(folder.path());
    let corpus = open(folder.path());
    let mut session = begin(&corpus);
    let first = session.adopted(1).unwrap().remove(0);
    session.commit(|tx| tx.processed(&first)).unwrap();
    drop(session);
    let mut session = begin(&corpus);
    assert_eq!(session.adopted(10).unwrap().len(), 2);
    let url = first.final_url.parse().unwrap();
    let (known, taken) = session
        .commit(|tx| {
            let known = tx.known(&url, TaskKind::Page)?.unwrap();
            tx.make_due(None, thresh_corpus::Due::At(at(100)))?;
            Ok((known, tx.take_ready(at(100), 8, 8)?))
        })
        .unwrap();
    assert_eq!(known.status, Some(200));
    assert_eq!(taken.len(), 1);
    assert_eq!(taken[0].validators.etag.as_deref(), Some("\"v1\""));
}

/// Cuts the newest WARC within what was never committed: whole groups are adopted, a torn one is cut, and
/// what was committed before is there. A unit test of `recovery` scans the cut at every single byte.
#[test]
fn a_kill_within_the_tail_loses_nothing_that_was_whole() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().join("corpus");
    let corpus = open(&root);
    let mut session = begin(&corpus);
    let append = |session: &mut thresh_corpus::Session, n: i64| {
        let url = format!("https://a.example/{n}");
        session
            .append_exchange(&html(&url, n, &format!("page {n}")), &page())
            .unwrap()
    };
    let first = append(&mut session, 1);
    session.commit(|_| Ok(())).unwrap();
    let committed = fs::metadata(only_warc(&root)).unwrap().len();
    let second = append(&mut session, 2);
    let between = fs::metadata(only_warc(&root)).unwrap().len();
    let third = append(&mut session, 3);
    let end = fs::metadata(only_warc(&root)).unwrap().len();
    assert!(committed < between && between < end);
    // A kill is a copy of the folder as it is, with the session never finished.
    let killed = folder.path().join("killed");
    copy(&root, &killed);
    drop(session);
    let bytes = fs::read(only_warc(&root)).unwrap();
    let edges = [committed, between, end].map(|edge| edge.saturating_sub(3)..=(edge + 3).min(end));
    let lengths: std::collections::BTreeSet<u64> = edges
        .into_iter()
        .flatten()
        .chain((committed..end).step_by(113))
        .filter(|length| *length >= committed)
        .collect();
    for length in lengths {
        let path = only_warc(&killed);
        fs::write(&path, &bytes[..usize::try_from(length).unwrap()]).unwrap();
        forget_state(&killed);
        for name in ["state.db", "state.db-wal"] {
            if root.join(name).exists() {
                fs::copy(root.join(name), killed.join(name)).unwrap();
            }
        }
        let corpus = open(&killed);
        let session = begin(&corpus);
        let mut expected = vec![first.clone()];
        if length >= between {
            expected.push(second.clone());
        }
        if length >= end {
            expected.push(third.clone());
        }
        assert_eq!(all(&corpus), expected, "cut at {length}");
        assert_eq!(session.adopted(10).unwrap(), expected[1..]);
        let whole = [end, between, committed]
            .into_iter()
            .find(|&w| w <= length)
            .unwrap();
        assert_eq!(fs::metadata(&path).unwrap().len(), whole, "cut at {length}");
        let cuts = session.recovery().cut.len();
        assert_eq!(cuts, usize::from(whole < length));
        assert_eq!(session.recovery().problems, Vec::<String>::new());
    }
}

/// The same without the database.
#[test]
fn a_kill_within_the_tail_and_a_lost_database_lose_nothing_that_was_whole() {
    let folder = three_pages();
    let before = all(&open(folder.path()));
    let path = only_warc(folder.path());
    let bytes = fs::read(&path).unwrap();
    let last = usize::try_from(before[2].offset).unwrap();
    for length in (last..bytes.len()).step_by(67).chain([bytes.len() - 1]) {
        fs::write(&path, &bytes[..length]).unwrap();
        forget_state(folder.path());
        let corpus = open(folder.path());
        assert_eq!(all(&corpus), before[..2], "cut at {length}");
        let session = begin(&corpus);
        assert_eq!(session.adopted(10).unwrap().len(), 2);
        assert!(fs::metadata(&path).unwrap().len() <= last as u64);
    }
}

#[test]
fn a_file_torn_within_its_first_record_goes() {
    let folder = tempfile::tempdir().unwrap();
    let warcs = folder.path().join("captures/warc");
    fs::create_dir_all(&warcs).unwrap();
    fs::write(warcs.join("000001-20231114221320.warc.gz"), [0x1f, 0x8b, 8]).unwrap();
    let corpus = open(folder.path());
    let mut session = begin(&corpus);
    assert!(corpus.warc_files().unwrap().is_empty());
    session
        .append_exchange(&html("https://a.example/", 0, "x"), &page())
        .unwrap();
    session.finish().unwrap();
    assert_eq!(all(&corpus).len(), 1);
}

#[test]
fn damage_in_the_middle_is_reported_and_never_cut() {
    let folder = three_pages();
    let before = all(&open(folder.path()));
    let path = only_warc(folder.path());
    let mut bytes = fs::read(&path).unwrap();
    let middle = usize::try_from(before[1].offset + before[1].length / 2).unwrap();
    bytes[middle] ^= 0x55;
    fs::write(&path, &bytes).unwrap();
    forget_state(folder.path());
    let corpus = open(folder.path());
    let session = begin(&corpus);
    assert_eq!(all(&corpus), [before[0].clone(), before[2].clone()]);
    assert_eq!(
        session.recovery().problems.len(),
        1,
        "{:?}",
        session.recovery()
    );
    assert!(session.recovery().problems[0].contains(&before[1].offset.to_string()));
    assert_eq!(fs::read(&path).unwrap(), bytes);
}

#[test]
fn a_body_cannot_smuggle_in_a_capture() {
    let folder = three_pages();
    // The body of a page is a whole WARC with marks; stored as it is, since it is compressed already.
    let smuggled = fs::read(only_warc(folder.path())).unwrap();
    let target = tempfile::tempdir().unwrap();
    let corpus = open(target.path());
    let mut session = begin(&corpus);
    let headers = "Content-Type: application/octet-stream\r\nContent-Encoding: gzip\r\n";
    let evil = common::exchange("https://evil.example/x", 0, 200, headers, &smuggled);
    session.append_exchange(&evil, &page()).unwrap();
    drop(session);
    let path = only_warc(target.path());
    let whole = fs::read(&path).unwrap();
    for cut in (400..whole.len()).step_by(41) {
        fs::write(&path, &whole[..cut]).unwrap();
        forget_state(target.path());
        assert!(all(&open(target.path())).is_empty(), "cut at {cut}");
        if !path.exists() {
            break;
        }
    }
}

#[test]
fn lost_files_and_lost_bytes_are_named() {
    let folder = three_pages();
    let path = only_warc(folder.path());
    let bytes = fs::read(&path).unwrap();
    fs::write(&path, &bytes[..bytes.len() - 100]).unwrap();
    let corpus = open(folder.path());
    let session = begin(&corpus);
    assert!(session.recovery().problems[0].contains("lost bytes"));
    assert_eq!(all(&corpus).len(), 2);
    drop(session);
    fs::remove_file(&path).unwrap();
    let session = begin(&corpus);
    assert!(session.recovery().problems[0].contains("is gone"));
    assert!(all(&corpus).is_empty());
}

#[test]
fn a_failed_commit_changes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let corpus = open(folder.path());
    let mut session = begin(&corpus);
    session
        .append_exchange(&html("https://a.example/", 0, "x"), &page())
        .unwrap();
    let new = NewUrl {
        url: "https://a.example/next".parse().unwrap(),
        site: common::site(),
        kind: TaskKind::Page,
        depth: 1,
        redirects: 0,
        requested: None,
        priority: 0,
        discovery: thresh_types::Discovery::default(),
        vouched: false,
    };
    let failed = session.commit(|tx| {
        tx.enqueue(&new)?;
        Err::<(), _>(CorpusError::UnknownVersion {
            name: "x".to_owned(),
        })
    });
    assert!(failed.is_err());
    assert!(all(&corpus).is_empty());
    assert!(
        session.commit(|tx| tx.enqueue(&new)).unwrap(),
        "the row was taken back"
    );
    assert_eq!(all(&corpus).len(), 1);
}

#[test]
fn readers_see_what_is_committed_while_a_session_runs() {
    let folder = tempfile::tempdir().unwrap();
    let early = open(folder.path());
    let mut session = begin(&early);
    session
        .append_exchange(&html("https://a.example/", 0, "x"), &page())
        .unwrap();
    assert!(all(&early).is_empty());
    session.commit(|_| Ok(())).unwrap();
    assert_eq!(all(&early).len(), 1);
    let late = open(folder.path());
    assert_eq!(all(&late).len(), 1);
    assert!(matches!(late.lock(), Err(CorpusError::Locked { .. })));
    drop(session);
    late.lock().unwrap();
}

#[test]
fn a_missing_folder_is_named_with_its_remedy() {
    let folder = tempfile::tempdir().unwrap();
    let error = Corpus::open(&folder.path().join("no"))
        .err()
        .unwrap()
        .to_string();
    assert!(
        error.contains("no corpus at") && error.contains("--corpus"),
        "{error}"
    );
}
