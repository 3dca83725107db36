//! Accidents that are no kills: full and read-only disks, torn files, folders copied while they change.

mod full;
mod mount;
mod readonly;
mod torn;

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use thresh_testkit::{Reply, Server};

use crate::support::Desk;

/// A site whose pages do not compress well: `pages` of them with about `size` bytes each.
fn site(pages: usize, size: usize) -> Server {
    Server::start(move |site| {
        site.on("/", Reply::html(page(0, pages, size)));
        site.on_other(move |seen| {
            let number = seen
                .path
                .strip_prefix("/page/")
                .and_then(|n| n.parse().ok());
            let known = number.filter(|n| *n < pages);
            known.map_or_else(|| Reply::status(404), |n| Reply::html(page(n, pages, size)))
        });
    })
}

/// Page `n`: links to two more, and words that no other page has.
fn page(n: usize, pages: usize, size: usize) -> String {
    let links: String = [n * 2 + 1, n * 2 + 2]
        .iter()
        .filter(|next| **next < pages)
        .map(|next| format!("<a href=\"/page/{next}\">on</a> "))
        .collect();
    let mut state = n as u64 + 1;
    let words = (0..size / 14).map(|_| {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        format!("w{:x} ", state >> 12)
    });
    let words: String = words.collect();
    format!("<title>Page {n}</title><main><p>{words}</p></main>{links}")
}

/// Asserts that each page was captured exactly once and whole, and that all is sound.
#[track_caller]
fn assert_once(desk: &Desk, server: &Server, pages: usize, size: usize) {
    let mut seen: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for row in desk
        .run(&["captures", "--jsonl", "--text"])
        .expect(0)
        .jsonl()
    {
        if row["status"] == 200 {
            let text = row["text"].as_str().unwrap().to_owned();
            let url = row["final_url"].as_str().unwrap().to_owned();
            seen.entry(url).or_default().push(text);
        }
    }
    for n in 0..pages {
        let path = if n == 0 {
            "/".to_owned()
        } else {
            format!("/page/{n}")
        };
        let texts = seen.remove(&server.url(&path)).unwrap_or_default();
        assert_eq!(texts.len(), 1, "captures of page {n}");
        assert_eq!(texts[0], page(n, pages, size), "page {n}");
    }
    assert!(seen.is_empty(), "{:?}", seen.keys());
    crate::kill::sound(desk);
}

/// A desk with a copy of everything in `desk`.
fn copy_of(desk: &Desk) -> Desk {
    let copy = Desk::new();
    copy_folder(&desk.path("config"), &copy.path("config"));
    copy_folder(&desk.path("corpus"), &copy.path("corpus"));
    copy
}

/// Copies what is there; what goes away meanwhile is left out.
fn copy_folder(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    let mut entries: Vec<_> = fs::read_dir(from).unwrap().flatten().collect();
    entries.sort_by_key(fs::DirEntry::file_name);
    for entry in entries {
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy_folder(&entry.path(), &target);
        } else {
            let _ = fs::copy(entry.path(), target);
        }
    }
}
