//! Files that end too early, are gone or hold rubbish, and folders copied while a run changes them.

use std::fs;
use std::path::PathBuf;

use super::{assert_once, copy_of, site};
use crate::judges::warcs;
use crate::kill::Dice;
use crate::support::Desk;

const PAGES: usize = 24;
const SIZE: usize = 2000;

/// What happens to a file of the corpus.
type Accident = fn(&Desk, &mut Dice);

fn newest(desk: &Desk) -> PathBuf {
    warcs(desk).pop().unwrap()
}

/// Cuts the newest WARC file anywhere, its first bytes included.
fn cut(desk: &Desk, dice: &mut Dice) {
    let file = newest(desk);
    let length = fs::metadata(&file).unwrap().len();
    let file = fs::OpenOptions::new().write(true).open(file).unwrap();
    file.set_len(dice.roll(length)).unwrap();
}

/// Bytes that nobody wrote behind the end, as a file system may leave them after a power cut.
fn grow(desk: &Desk, dice: &mut Dice) {
    let file = newest(desk);
    let mut bytes = fs::read(&file).unwrap();
    let more = usize::try_from(dice.roll(9000)).unwrap();
    bytes.resize(bytes.len() + more, 0);
    fs::write(file, bytes).unwrap();
}

fn lose_state(desk: &Desk, _: &mut Dice) {
    for name in ["state.db", "state.db-wal", "state.db-shm"] {
        let _ = fs::remove_file(desk.path("corpus").join(name));
    }
}

fn lose_log(desk: &Desk, _: &mut Dice) {
    let _ = fs::remove_file(desk.path("corpus/state.db-wal"));
}

/// Writes rubbish over a stretch of the database.
fn spoil_state(desk: &Desk, dice: &mut Dice) {
    let path = desk.path("corpus/state.db");
    let mut bytes = fs::read(&path).unwrap();
    let from = usize::try_from(dice.roll(bytes.len() as u64)).unwrap();
    for byte in bytes.iter_mut().skip(from).take(5000) {
        *byte = 0xA5;
    }
    fs::write(path, bytes).unwrap();
}

fn halve_state(desk: &Desk, _: &mut Dice) {
    let path = desk.path("corpus/state.db");
    let bytes = fs::read(&path).unwrap();
    fs::write(path, &bytes[..bytes.len() / 2]).unwrap();
}

fn cut_and_lose_state(desk: &Desk, dice: &mut Dice) {
    cut(desk, dice);
    lose_state(desk, dice);
}

const ACCIDENTS: [(&str, Accident, usize); 7] = [
    ("the newest WARC file is cut", cut, 3),
    ("rubbish follows the newest WARC file", grow, 1),
    ("state.db is gone", lose_state, 1),
    ("state.db-wal is gone", lose_log, 1),
    ("state.db holds rubbish", spoil_state, 2),
    ("state.db is half", halve_state, 1),
    (
        "the newest WARC file is cut and state.db is gone",
        cut_and_lose_state,
        1,
    ),
];

/// A desk whose crawl was killed when it was about half done.
fn killed(server: &thresh_testkit::Server) -> Desk {
    let desk = Desk::for_server(server.addr(), "");
    let config = desk.read("config/thresh.toml");
    desk.write("config/thresh.toml", config.replace("\"0s\"", "\"10ms\""));
    let mut child = desk.spawn(&["crawl"]);
    while server.paths().len() < PAGES / 2 {
        assert!(child.try_wait().unwrap().is_none(), "the crawl ended early");
        std::thread::yield_now();
    }
    child.kill().unwrap();
    child.wait().unwrap();
    desk.write("config/thresh.toml", config);
    desk
}

#[test]
fn whatever_happens_to_a_file_the_next_run_goes_on() {
    let server = site(PAGES, SIZE);
    let (half, done) = (killed(&server), Desk::for_server(server.addr(), ""));
    done.run(&["crawl"]).expect(0);
    let (mut dice, mut faults) = (Dice::new(20), Vec::new());
    for (what, accident, times) in ACCIDENTS {
        for (state, desk) in [("killed", &half), ("ended", &done)] {
            for turn in 0..times {
                let desk = copy_of(desk);
                accident(&desk, &mut dice);
                let mut run = desk.run(&["crawl"]);
                if run.code == 1 && run.stderr.contains("it may be deleted") {
                    // Damage deep inside the cache is told with its remedy, which is done here.
                    lose_state(&desk, &mut dice);
                    run = desk.run(&["crawl"]);
                }
                let kept = || assert_once(&desk, &server, PAGES, SIZE);
                let kept = std::panic::catch_unwind(std::panic::AssertUnwindSafe(kept));
                if run.code != 0 || kept.is_err() {
                    faults.push(format!(
                        "{what}, {state}, turn {turn}: {} {}",
                        run.code, run.stderr
                    ));
                }
            }
        }
    }
    assert!(faults.is_empty(), "{faults:#?}");
}

#[test]
fn a_copy_taken_while_a_crawl_runs_is_a_corpus() {
    let server = site(PAGES, SIZE);
    let desk = Desk::for_server(server.addr(), "");
    let config = desk.read("config/thresh.toml");
    desk.write("config/thresh.toml", config.replace("\"0s\"", "\"20ms\""));
    let mut child = desk.spawn(&["crawl"]);
    let mut copies = Vec::new();
    for turn in 1..=4 {
        while server.paths().len() < turn * PAGES / 5 {
            assert!(child.try_wait().unwrap().is_none(), "the crawl ended early");
            std::thread::yield_now();
        }
        copies.push(copy_of(&desk));
    }
    assert!(child.wait().unwrap().success());
    for copy in copies {
        copy.write("config/thresh.toml", &config);
        let rows = copy.run(&["captures", "--jsonl"]).expect(0).jsonl();
        assert!(rows.len() < PAGES, "the copy came too late");
        copy.run(&["curate"]).expect(0);
        copy.run(&["verify", "--all"]).expect(0);
        copy.run(&["crawl"]).expect(0);
        assert_once(&copy, &server, PAGES, SIZE);
    }
}
