//! `verify` reads the whole archive, with and without a version.

use std::fs;
use std::process::Command;
use std::thread;

use crate::support::{Desk, tree};

/// A desk whose corpus has two imported pages.
fn desk() -> Desk {
    let desk = Desk::new();
    desk.write(
        "pages/a.html",
        "<title>One</title><p>The words of the first page.",
    );
    desk.write(
        "pages/b.html",
        "<title>Two</title><p>The words of the second page.",
    );
    desk.run(&["import", "pages"]).expect(0);
    desk
}

#[test]
fn a_corpus_without_a_version_is_verified() {
    let desk = desk();
    let run = desk.run(&["verify"]).expect(0);
    let told = &run.stdout;
    assert!(told.contains("2 captures, every digest holds"), "{told}");
    assert!(told.contains("no version is published yet"), "{told}");
    let json = desk.run(&["verify", "--json"]).expect(0).json();
    assert_eq!(json[0]["archive"]["captures"], 2);
    assert_eq!(json[0]["archive"]["sound"], true);
}

#[test]
fn a_changed_byte_of_a_record_that_no_version_uses_is_found() {
    let desk = desk();
    let (name, mut bytes) = tree(&desk.path("corpus/captures/warc")).remove(0);
    let rows = desk.run(&["captures", "--jsonl"]).expect(0).jsonl();
    let offset = rows[1]["offset"].as_u64().unwrap() as usize;
    let length = rows[1]["length"].as_u64().unwrap() as usize;
    bytes[offset + length / 2] ^= 0x10;
    fs::write(desk.path("corpus/captures/warc").join(name), bytes).unwrap();
    let run = desk.run(&["verify"]).expect(5);
    assert!(run.stderr.contains("archive: "), "{}", run.stderr);
}

#[test]
fn a_file_that_is_gone_is_named() {
    let desk = desk();
    let (name, _) = tree(&desk.path("corpus/captures/warc")).remove(0);
    fs::remove_file(desk.path("corpus/captures/warc").join(&name)).unwrap();
    let run = desk.run(&["verify"]).expect(5);
    assert!(run.stderr.contains(&name), "{}", run.stderr);
}

#[test]
fn an_export_to_a_pipe_goes_through_it() {
    let desk = desk();
    desk.run(&["curate"]).expect(0);
    let pipe = desk.path("pipe");
    let made = Command::new("mkfifo").arg(&pipe).status().unwrap();
    assert!(made.success());
    let reader = thread::spawn({
        let pipe = pipe.clone();
        move || fs::read_to_string(pipe).unwrap()
    });
    desk.run(&["export", "--format", "jsonl", "--out", "pipe"])
        .expect(0);
    assert_eq!(reader.join().unwrap().lines().count(), 2);
    assert!(!fs::metadata(&pipe).unwrap().is_file());
}
