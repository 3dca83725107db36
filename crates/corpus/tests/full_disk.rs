//! A disk that fills: what was committed stays, the error names the remedy, the next run goes on.
//!
//! Needs the right to mount a file system in memory; without it the tests say so and pass.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod common;

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Command;

use common::{at, begin, exchange, open, page, site};
use tempfile::TempDir;
use thresh_corpus::warc::{OnDamage, Reader, Want};
use thresh_corpus::{Corpus, CorpusError, Event, Filter};
use thresh_types::{Refusal, RefusalReason};

/// A file system in memory of a given size.
struct SmallDisk(TempDir);

impl SmallDisk {
    fn new(kib: u64) -> Option<Self> {
        let folder = tempfile::tempdir().unwrap();
        if mount(folder.path(), &format!("size={kib}k")) {
            return Some(Self(folder));
        }
        // Not `eprintln!`: the test harness would swallow it.
        let _ = writeln!(
            std::io::stderr(),
            "NOT TESTED: mounting is not permitted here, so that no full disk was tried"
        );
        None
    }

    fn remount(&self, options: &str) {
        assert!(mount(self.0.path(), &format!("remount,{options}")));
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg(self.0.path()).status();
    }
}

fn mount(folder: &Path, options: &str) -> bool {
    Command::new("mount")
        .args(["-t", "tmpfs", "-o", options, "none"])
        .arg(folder)
        .stderr(std::process::Stdio::null())
        .status()
        .is_ok_and(|status| status.success())
}

/// Returns bytes that do not compress.
fn noise(seed: u64, length: usize) -> Vec<u8> {
    let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
    let mut next = move || {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        state.to_be_bytes()[0]
    };
    (0..length).map(|_| next()).collect()
}

fn url(n: i64) -> String {
    format!("https://a.example/{n}")
}

/// Appends page `n` and commits it with an event of some length.
fn add(session: &mut thresh_corpus::Session, n: i64, size: usize) -> Result<(), CorpusError> {
    let body = noise(n.unsigned_abs() + 1, size);
    let page_n = exchange(&url(n), n, 200, "Content-Type: image/png\r\n", &body);
    session.append_exchange(&page_n, &page())?;
    session.commit(|frontier| {
        frontier.event(Event::Refused(Refusal {
            url: url(n),
            site: site(),
            reason: RefusalReason::Robots,
            detail: "line 3: Disallow: /x".repeat(size / 40),
            at: at(n),
        }));
        Ok(())
    })
}

/// Adds pages until one fails; returns how many were committed, and the failure.
fn fill(corpus: &Corpus, from: i64, size: usize) -> (i64, CorpusError) {
    let mut session = begin(corpus);
    for n in from.. {
        if let Err(error) = add(&mut session, n, size) {
            return (n, error);
        }
    }
    unreachable!("a small disk fills")
}

fn addresses(corpus: &Corpus) -> Vec<String> {
    let captures = corpus.captures(&Filter::default()).unwrap();
    for capture in &captures {
        corpus.read_payload(capture).unwrap();
    }
    captures.into_iter().map(|capture| capture.url).collect()
}

fn first(count: i64) -> Vec<String> {
    (0..count).map(url).collect()
}

#[test]
fn a_disk_that_fills_loses_nothing_and_the_next_run_goes_on() {
    // Different sizes of pages and disks end the disk's space in different files.
    for (kib, size) in [(1024, 300), (1500, 5_000), (2048, 20_000), (2048, 150_000)] {
        let Some(disk) = SmallDisk::new(kib) else {
            return;
        };
        let root: PathBuf = disk.0.path().join("corpus");
        let corpus = open(&root);
        let (committed, error) = fill(&corpus, 0, size);
        let what = format!("{kib} KiB, pages of {size}: {error:?}");
        assert!(matches!(error, CorpusError::NoSpace { .. }), "{what}");
        assert!(error.to_string().contains("free some space"), "{what}");
        drop(corpus);

        // While the disk is still full, what was committed can be read.
        let kept = addresses(&open(&root));
        assert!(kept.starts_with(&first(committed)), "{what}: {kept:?}");
        assert!(kept.len() as i64 <= committed + 1, "{what}");

        // With space the next run goes on, and has each page once.
        disk.remount("size=16m");
        let corpus = open(&root);
        let mut session = begin(&corpus);
        assert_eq!(session.recovery().problems, Vec::<String>::new(), "{what}");
        let next = addresses(&corpus).len() as i64;
        assert!((committed..=committed + 1).contains(&next), "{what}");
        for n in next..next + 3 {
            add(&mut session, n, size).unwrap();
        }
        session.finish().unwrap();
        assert_eq!(addresses(&corpus), first(next + 3), "{what}");
        let events = corpus.events().unwrap();
        for n in 0..next {
            let told = |event: &&Event| matches!(event, Event::Refused(r) if r.url == url(n));
            // A kill or a failure may repeat the events of one commit, and loses none.
            let count = events.iter().filter(told).count();
            assert!(
                (1..=2).contains(&count) || n + 1 == next,
                "{what}: {n} {count}"
            );
        }
    }
}

#[test]
fn a_disk_that_becomes_read_only_is_named() {
    let Some(disk) = SmallDisk::new(8192) else {
        return;
    };
    let root = disk.0.path().join("corpus");
    let corpus = open(&root);
    let mut session = begin(&corpus);
    add(&mut session, 0, 1000).unwrap();
    session.finish().unwrap();
    drop(corpus);
    disk.remount("ro");
    let corpus = open(&root);
    assert_eq!(addresses(&corpus), first(1), "reading goes on");
    let lock = corpus.lock();
    let failed = lock.and_then(|lock| corpus.begin(&lock, &common::clock()).map(drop));
    let error = failed.unwrap_err();
    assert!(matches!(error, CorpusError::ReadOnly { .. }), "{error:?}");
    drop(corpus);

    disk.remount("rw");
    let corpus = open(&root);
    let mut session = begin(&corpus);
    add(&mut session, 1, 1000).unwrap();
    session.finish().unwrap();
    assert_eq!(addresses(&corpus), first(2));
}

#[test]
fn a_group_that_finds_no_room_leaves_nothing_behind() {
    let Some(disk) = SmallDisk::new(1024) else {
        return;
    };
    let root = disk.0.path().join("corpus");
    let corpus = open(&root);
    let mut session = begin(&corpus);
    let large = exchange(&url(9), 9, 200, "", &noise(9, 2 << 20));
    for n in 0..3 {
        let error = session.append_exchange(&large, &page()).unwrap_err();
        assert!(matches!(error, CorpusError::NoSpace { .. }), "{error:?}");
        add(&mut session, n, 1000).unwrap();
    }
    session.finish().unwrap();
    assert_eq!(addresses(&corpus), first(3));
    let [file] = &corpus.warc_files().unwrap()[..] else {
        panic!("one file is begun, and kept");
    };
    let mut reader = Reader::open(file, 0, OnDamage::GoOn).unwrap();
    let kinds: Vec<String> = std::iter::from_fn(|| reader.next_record(|_| Want::Keep))
        .map(|record| record.unwrap().kind())
        .collect();
    let group = ["request", "response", "metadata"];
    let expected = ["warcinfo"].iter().chain(group.iter().cycle().take(9));
    assert!(kinds.iter().eq(expected), "{kinds:?}");
}
