//! What a 304 says is heard, also where its archive was imported.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod bench;

use std::time::Duration;

use bench::{Bench, page, prose};
use thresh_testkit::{Reply, Server};
use thresh_types::CaptureKind;

/// A page that is confirmed by each of the answers, one a crawl.
fn confirmed_by(answers: &[Reply]) -> (Server, Bench) {
    let body = page("", &prose(1));
    let answers = answers.to_vec();
    let server = Server::start(move |site| {
        let whole = Reply::html(body).header("ETag", "\"1\"");
        site.on_each("/", std::iter::once(whole).chain(answers));
    });
    let bench = Bench::of(&server);
    (server, bench)
}

fn confirm() -> Reply {
    Reply::status(304).header("ETag", "\"1\"")
}

fn imported(from: &Bench) -> Bench {
    let other = Bench::new();
    other.import(&from.corpus().warc_files().unwrap());
    other
}

#[test]
fn an_imported_304_can_forbid_what_the_first_answer_allowed() {
    let forbids = confirm().header("X-Robots-Tag", "noindex");
    let (_server, bench) = confirmed_by(&[forbids, confirm()]);
    for forbidden in [false, true, true] {
        // An import tells revisits of one page apart by the whole seconds of their records.
        std::thread::sleep(Duration::from_millis(1001));
        bench.crawl();
        bench.curate();
        assert_eq!(bench.why_not("/").is_some(), forbidden);
        let other = imported(&bench);
        other.curate();
        assert_eq!(other.why_not("/").is_some(), forbidden, "imported");
        other.forget_state();
        other.curate();
        assert_eq!(other.why_not("/").is_some(), forbidden, "rebuilt");
    }
    let other = imported(&bench);
    let mut rows = other.captures(CaptureKind::Page);
    rows.retain(|row| row.status != 404);
    let said: Vec<_> = rows.iter().map(|row| (row.status, row.revisit)).collect();
    assert_eq!(said, [(200, false), (304, true), (304, true)]);
    let payload = |row| other.corpus().read_payload(row).unwrap().bytes;
    assert_eq!(payload(&rows[2]), payload(&rows[0]));
}
