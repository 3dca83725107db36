//! What is kept between runs.

use super::crawl::{crawl, crawl_with};
use super::site::{Page, Site};
use super::text::prose;
use crate::crawl::traps::Traps;

const MEMORY: usize = 1 << 20;

fn bytes_of(traps: &Traps) -> Vec<u8> {
    let mut out = Vec::new();
    traps.write(&mut out).unwrap();
    out
}

/// A page and a pagination without end.
fn site() -> Site {
    Site::new("endless", 1, |asked| match asked.number("page") {
        None => Some(
            Page::wanted("/")
                .block(prose("home", 90))
                .link("/list?page=1"),
        ),
        Some(n) => Some(
            Page::useless()
                .block("The end")
                .link(format!("/list?page={}", n + 1)),
        ),
    })
}

#[test]
fn the_second_run_knows_what_the_first_learned() {
    let first = crawl(&site());
    let bytes = bytes_of(&first.traps);
    let again = Traps::from_bytes(&bytes, MEMORY);
    assert_eq!(bytes_of(&again), bytes);
    let second = crawl_with(&site(), again);
    assert!(
        second.requests < first.requests,
        "{} {}",
        second.requests,
        first.requests
    );
}

#[test]
fn damaged_bytes_give_a_learner_that_knows_nothing() {
    let fresh = bytes_of(&Traps::new(MEMORY));
    let bytes = bytes_of(&crawl(&site()).traps);
    assert_ne!(bytes, fresh);
    let mut changed = bytes.clone();
    changed[0] ^= 1;
    for damaged in [&[][..], b"traps", &bytes[..bytes.len() / 2], &changed] {
        assert_eq!(bytes_of(&Traps::from_bytes(damaged, MEMORY)), fresh);
    }
    assert_eq!(
        bytes_of(&Traps::from_bytes(&bytes, MEMORY / 2)),
        bytes_of(&Traps::new(MEMORY / 2))
    );
}

#[test]
fn the_same_crawl_learns_the_same() {
    assert_eq!(
        bytes_of(&crawl(&site()).traps),
        bytes_of(&crawl(&site()).traps)
    );
}
