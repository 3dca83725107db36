//! Real pages, where a collection of them is at hand.

use std::fs;
use std::io::Read;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use super::trees::plainly;
use crate::{Raw, Readable, read};

/// Returns the gzipped pages of the shared collection, sorted; none where it is not there.
fn collection() -> Vec<PathBuf> {
    let Some(folder) = thresh_testkit::shared_dir("data/wcxb/dev/html") else {
        return Vec::new();
    };
    let mut paths: Vec<PathBuf> = fs::read_dir(folder)
        .into_iter()
        .flatten()
        .filter_map(|entry| entry.ok().map(|entry| entry.path()))
        .filter(|path| path.extension().is_some_and(|ending| ending == "gz"))
        .collect();
    paths.sort();
    paths
}

/// Unoptimised code reads a sample.
const STEP: usize = if cfg!(debug_assertions) { 25 } else { 1 };

fn unpacked(path: &PathBuf) -> Vec<u8> {
    let mut body = Vec::new();
    let file = fs::File::open(path).unwrap();
    flate2::read::MultiGzDecoder::new(file)
        .read_to_end(&mut body)
        .unwrap();
    body
}

#[test]
fn real_pages_stay_within_every_limit() {
    let paths = collection();
    let (mut reading, mut plain, mut bytes) = (Duration::ZERO, Duration::ZERO, 0);
    for path in paths.iter().step_by(STEP) {
        let body = unpacked(path);
        bytes += body.len();
        let start = Instant::now();
        let raw = Raw {
            url: None,
            headers: &[],
            content_type: None,
            body: &body,
        };
        let Ok(Readable::Html(page)) = read(raw) else {
            panic!("{} is no page", path.display());
        };
        reading += start.elapsed();
        assert_eq!(page.cut, [], "{}", path.display());
        let text = crate::decode_text(&body, Some("text/html")).text;
        let start = Instant::now();
        let expected = plainly(&text);
        plain += start.elapsed();
        // Compared without printing: a tree fills a screen a hundred times.
        assert!(page.html == expected, "{}", path.display());
    }
    println!("{bytes} bytes: read in {reading:?}, parsed without a guard in {plain:?}");
}

#[test]
fn thirty_megabytes_of_real_pages_are_affordable() {
    let mut html = String::new();
    for path in collection() {
        if html.len() >= 30 << 20 {
            break;
        }
        html.push_str(&crate::decode_text(&unpacked(&path), Some("text/html")).text);
    }
    let page = crate::Page::parse(&html, None);
    assert!(
        !page.cut.contains(&crate::Budget::Size),
        "{} bytes",
        html.len()
    );
}
