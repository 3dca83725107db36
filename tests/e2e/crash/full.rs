//! A disk that fills: the error names the file and the remedy, and nothing that was committed is lost.

use std::fs;
use std::path::Path;

use super::mount::Mount;
use super::{assert_once, site};
use crate::kill::sound;
use crate::support::{Desk, Run};

/// Pages of the site and their size: more than 2 MB even when compressed.
const PAGES: usize = 150;
const SIZE: usize = 40_000;

/// The run failed for want of space, and said where and what to do.
#[track_caller]
fn assert_told(run: &Run) {
    assert_eq!(run.code, 1, "{}", run.stderr);
    let told = run.stderr.to_lowercase();
    for part in ["corpus", "space", "free"] {
        assert!(told.contains(part), "the error lacks `{part}`: {told}");
    }
}

/// How many captures there are.
fn count(desk: &Desk) -> usize {
    desk.run(&["captures", "--jsonl"]).expect(0).jsonl().len()
}

#[test]
fn a_crawl_that_fills_the_disk_says_so_and_goes_on_once_there_is_room() {
    let server = site(PAGES, SIZE);
    // So slow that a commit, which comes four times a second, is due before the disk is full.
    let desk = Desk::for_server(server.addr(), "");
    let addr = server.addr();
    desk.write(
        "config/thresh.toml",
        format!("[crawl]\ndelay = \"20ms\"\nallow_addresses = [\"{addr}\"]\n"),
    );
    let Some(disk) = Mount::tmpfs(&desk.path("corpus"), "2m") else {
        return;
    };
    assert_told(&desk.run(&["crawl"]));
    let kept = count(&desk);
    assert!(kept > 5, "hardly anything was kept: {kept}");
    // Again, with the disk as full as it was.
    assert_told(&desk.run(&["crawl"]));
    assert!(count(&desk) >= kept);
    disk.resize("64m");
    desk.run(&["crawl"]).expect(0);
    assert_once(&desk, &server, PAGES, SIZE);
}

#[test]
fn an_import_that_fills_the_disk_says_so_and_goes_on_once_there_is_room() {
    let desk = Desk::new();
    for n in 0..PAGES {
        desk.write(&format!("texts/{n}.html"), super::page(n, 0, SIZE));
    }
    desk.write("config/thresh.toml", "");
    let Some(disk) = Mount::tmpfs(&desk.path("corpus"), "2m") else {
        return;
    };
    assert_told(&desk.run(&["import", "texts"]));
    let kept = count(&desk);
    disk.resize("64m");
    desk.run(&["import", "texts"]).expect(0);
    assert!(count(&desk) >= kept);
    assert_eq!(count(&desk), PAGES);
    sound(&desk);
}

/// Fills the disk up to `free` bytes.
fn fill(folder: &Path, free: usize) {
    let filler = folder.join("filler");
    let piece = vec![0_u8; 4096];
    let mut file = fs::File::create(&filler).unwrap();
    let mut size = 0;
    while std::io::Write::write_all(&mut file, &piece).is_ok() {
        size += piece.len();
    }
    file.set_len(size.saturating_sub(free) as u64).unwrap();
}

#[test]
fn a_version_is_published_whole_or_not_at_all_when_the_disk_fills() {
    let server = site(60, 4000);
    let desk = Desk::for_server(server.addr(), "");
    let Some(_disk) = Mount::tmpfs(&desk.path("corpus"), "16m") else {
        return;
    };
    desk.run(&["crawl"]).expect(0);
    let mut failures = 0;
    for free in [0, 8, 32, 64, 128, 256, 512, 1024] {
        fill(&desk.path("corpus"), free << 10);
        let run = desk.run(&["curate"]);
        if run.code != 0 {
            assert_told(&run);
            failures += 1;
        }
        fs::remove_file(desk.path("corpus/filler")).unwrap();
        let published = fs::read_dir(desk.path("corpus/versions")).map_or(0, |folder| {
            folder
                .flatten()
                .filter(|e| e.path().join("stamp.json").is_file())
                .count()
        });
        if published > 0 {
            desk.run(&["verify", "--all"]).expect(0);
        }
    }
    assert!(failures > 1, "the disk was never full");
    assert_once(&desk, &server, 60, 4000);
}
