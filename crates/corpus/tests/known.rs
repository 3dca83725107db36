//! What the frontier knows of an address: that it is known, how it came to be, what became of it.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod common;

use common::{at, begin, exchange, html, open, page, site};
use thresh_corpus::{
    CONTEXT_CHARS, Corpus, DISTRUSTED, Done, Due, History, NewUrl, Past, QueuedUrl, Session, State,
};
use thresh_types::{CaptureKind, Discovery, How, TaskKind};

fn new(url: &str) -> NewUrl {
    NewUrl {
        url: url.parse().unwrap(),
        site: site(),
        kind: TaskKind::Page,
        depth: 1,
        redirects: 0,
        requested: None,
        priority: 0,
        discovery: Discovery::bare(How::Link),
        vouched: false,
    }
}

fn vouched(url: &str) -> NewUrl {
    NewUrl {
        vouched: true,
        ..new(url)
    }
}

fn done(second: i64) -> Done {
    Done {
        status: 200,
        etag: None,
        last_modified: None,
        changed: true,
        at: at(second),
        next_due: Some(at(second + 100)),
        history: History::default(),
    }
}

fn take(session: &mut Session) -> Vec<QueuedUrl> {
    session.commit(|tx| tx.take_ready(at(0), 99, 99)).unwrap()
}

fn enqueue(session: &mut Session, new: &NewUrl) -> bool {
    session.commit(|tx| tx.enqueue(new)).unwrap()
}

fn with_session(test: impl FnOnce(&Corpus, &mut Session)) {
    let folder = tempfile::tempdir().unwrap();
    let corpus = open(folder.path());
    let mut session = begin(&corpus);
    test(&corpus, &mut session);
}

/// Addresses whose hashes are the same in the table, found by trying millions.
const TWINS: [[&str; 2]; 3] = [
    ["https://a.example/891208", "https://a.example/7321307"],
    ["https://a.example/50508", "https://a.example/10733262"],
    ["https://a.example/7997385", "https://a.example/24294271"],
];

#[test]
fn addresses_with_the_same_hash_are_told_apart() {
    for [first, second] in TWINS {
        with_session(|_, session| {
            assert!(enqueue(session, &new(first)));
            assert!(enqueue(session, &new(second)), "{second} is another");
            assert!(!enqueue(session, &new(first)));
            assert!(!enqueue(session, &new(second)));
            let rows = take(session);
            assert_eq!(rows.len(), 2);
            session
                .commit(|tx| tx.finished(rows[0].id, &done(1)))
                .unwrap();
            let of = |url: &str, session: &mut Session| {
                let url = url.parse().unwrap();
                let known = session.commit(|tx| tx.known(&url, TaskKind::Page));
                known.unwrap().unwrap().state
            };
            assert_eq!(of(first, session), State::Done);
            assert_eq!(of(second, session), State::Queued);
            let unheard = "https://b.example/891208".parse().unwrap();
            let known = session.commit(|tx| tx.known(&unheard, TaskKind::Page));
            assert_eq!(known.unwrap(), None);
        });
    }
}

#[test]
fn an_address_is_known_to_whatever_site_had_it_first() {
    with_session(|_, session| {
        let mine = new("https://a.example/x");
        let theirs = NewUrl {
            site: "b".parse().unwrap(),
            ..mine.clone()
        };
        assert!(enqueue(session, &mine));
        assert!(!enqueue(session, &theirs));
    });
}

#[test]
fn what_is_held_waits_until_somebody_vouches_for_it() {
    with_session(|corpus, session| {
        let url = "https://a.example/calendar?month=900";
        enqueue(session, &new(url));
        let row = take(session).remove(0);
        assert!(!row.vouched);
        session.commit(|tx| tx.hold(row.id)).unwrap();
        assert!(corpus.refusals().unwrap().is_empty(), "nobody is told");
        let summary = corpus.frontier_summary(at(0)).unwrap().remove(0);
        assert_eq!((summary.refused, summary.held), (1, 1));
        let ahead = session.commit(|tx| tx.pages_ahead()).unwrap();
        assert_eq!(ahead.into_values().sum::<u64>(), 0);
        let again = session.commit(|tx| tx.make_due(None, Due::At(at(9))));
        assert_eq!(again.unwrap(), 0, "another run does not ask either");
        assert!(!enqueue(session, &new(url)), "another link is no voucher");
        assert!(enqueue(session, &vouched(url)));
        assert!(!enqueue(session, &vouched(url)), "it is queued already");
        let again = take(session).remove(0);
        assert_eq!((again.id, again.vouched), (row.id, true));
    });
}

#[test]
fn a_voucher_that_comes_early_counts() {
    with_session(|_, session| {
        enqueue(session, &new("https://a.example/x"));
        assert!(!enqueue(session, &vouched("https://a.example/x")));
        assert!(take(session)[0].vouched);
    });
}

#[test]
fn all_means_what_is_held_too() {
    with_session(|_, session| {
        for n in 0..3 {
            enqueue(session, &new(&format!("https://a.example/{n}")));
        }
        let rows = take(session);
        session
            .commit(|tx| {
                tx.hold(rows[0].id)?;
                tx.passed_over(rows[1].id)?;
                tx.finished(rows[2].id, &done(1))
            })
            .unwrap();
        let queued = session.commit(|tx| tx.make_due(None, Due::All)).unwrap();
        assert_eq!(queued, 3);
        let ahead = session.commit(|tx| tx.pages_ahead()).unwrap();
        assert_eq!(ahead.into_values().sum::<u64>(), 3);
        assert_eq!(take(session).len(), 3);
    });
}

#[test]
fn how_an_address_came_to_be_known_comes_back() {
    with_session(|_, session| {
        enqueue(session, &new("https://a.example/from"));
        let words = "ö".repeat(CONTEXT_CHARS + 7);
        let of = |via: &str, n: u8| NewUrl {
            discovery: Discovery {
                how: How::Relation,
                via: via.parse().ok(),
                context: Some(words.clone()),
            },
            priority: 1,
            ..new(&format!("https://a.example/to/{n}"))
        };
        enqueue(session, &of("https://a.example/from", 0));
        enqueue(session, &of("https://elsewhere.example/?q=1", 1));
        enqueue(session, &of("", 2));
        let rows = take(session);
        let vias: Vec<Option<&str>> = rows
            .iter()
            .map(|row| {
                row.discovery
                    .via
                    .as_ref()
                    .map(thresh_types::CanonicalUrl::as_str)
            })
            .collect();
        let expected = [
            None,
            Some("https://a.example/from"),
            Some("https://elsewhere.example/?q=1"),
            None,
        ];
        assert_eq!(vias, expected);
        assert_eq!(rows[1].discovery.how, How::Relation);
        assert_eq!(
            rows[1].discovery.context,
            Some("ö".repeat(CONTEXT_CHARS)),
            "cut between characters"
        );
    });
}

#[test]
fn history_is_kept_and_the_newest_word_of_a_change_with_it() {
    with_session(|corpus, session| {
        let url = new("https://a.example/x");
        session
            .commit(|tx| tx.enqueue_listed(&url, Some(at(-50))))
            .unwrap();
        let row = take(session).remove(0);
        assert_eq!(row.history.listed_at, Some(at(-50)));
        let history = History {
            looks: 3,
            changes: 2,
            exposed: u64::from(u32::MAX) * 9,
            trust: -1,
            ..row.history
        };
        let done = Done {
            history,
            ..done(10)
        };
        session
            .commit(|tx| {
                // A word that comes between the taking and the end is not lost.
                tx.seen_changed(&url.url, at(-20), at(0))?;
                tx.finished(row.id, &done)
            })
            .unwrap();
        let due = corpus.upcoming(&site(), 9).unwrap().remove(0);
        let expected = History {
            listed_at: Some(at(-20)),
            ..history
        };
        assert_eq!(due.history, expected);
        assert_eq!((due.when, due.status), (Some(at(110)), Some(200)));
        session
            .commit(|tx| tx.seen_changed(&url.url, at(20), at(15)))
            .unwrap();
        let again = take(session).remove(0);
        assert_eq!(again.history.listed_at, Some(at(20)));
        assert_eq!(again.history.looks, 3);
    });
}

#[test]
fn words_that_were_wrong_too_often_are_passed_over() {
    with_session(|_, session| {
        let url = new("https://a.example/x");
        enqueue(session, &url);
        let row = take(session).remove(0);
        let history = History {
            trust: DISTRUSTED,
            ..History::default()
        };
        let done = Done {
            history,
            ..done(10)
        };
        session.commit(|tx| tx.finished(row.id, &done)).unwrap();
        session
            .commit(|tx| tx.seen_changed(&url.url, at(50), at(50)))
            .unwrap();
        assert_eq!(take(session), []);
    });
}

#[test]
fn what_is_due_first_comes_first_of_all_origins() {
    with_session(|corpus, session| {
        for (n, host) in ["a", "b", "c", "a", "b", "c"].iter().enumerate() {
            enqueue(session, &new(&format!("https://{host}.example/{n}")));
        }
        let mut rows = take(session);
        rows.sort_by_key(|row| row.id);
        session
            .commit(|tx| {
                for (row, second) in rows.iter().zip([5, 3, 9, 4, 8, 1]) {
                    tx.finished(row.id, &done(second))?;
                }
                Ok(())
            })
            .unwrap();
        let due = corpus.upcoming(&site(), 4).unwrap();
        let order: Vec<&str> = due.iter().map(|due| due.url.path_and_query()).collect();
        assert_eq!(order, ["/5", "/1", "/3", "/0"]);
        let summary = corpus.frontier_summary(at(104)).unwrap().remove(0);
        assert_eq!((summary.due, summary.next_due), (3, Some(at(101))));
    });
}

#[test]
fn bytes_under_a_name_outlive_the_session() {
    let folder = tempfile::tempdir().unwrap();
    let corpus = open(folder.path());
    let mut session = begin(&corpus);
    // More and less than one row holds.
    let value: Vec<u8> = (0..=250).cycle().take(100_000).collect();
    let long: Vec<u8> = (0..=250).cycle().take((3 << 20) + 7).collect();
    session
        .commit(|tx| {
            assert_eq!(tx.recall("traps/a")?, None);
            tx.remember("traps/a", &long)?;
            tx.remember("traps/a", &value)?;
            tx.remember("traps/c", &value)?;
            tx.remember("traps/c", &long)?;
            tx.remember("traps/b", b"")
        })
        .unwrap();
    drop(session);
    let mut session = begin(&corpus);
    let recalled = session
        .commit(|tx| {
            ["traps/a", "traps/b", "traps/c"]
                .map(|name| tx.recall(name))
                .into_iter()
                .collect::<Result<Vec<_>, _>>()
        })
        .unwrap();
    assert_eq!(recalled, [Some(value), Some(Vec::new()), Some(long)]);
}

/// Archives three looks at an address, the second of which found it as it was, and one at another.
fn three_looks(corpus: &Corpus) {
    let mut session = begin(corpus);
    let mut note = page();
    note.depth = 2;
    for (second, body) in [(0, "one"), (100, "one"), (300, "two")] {
        let body = body.repeat(1000);
        let exchange = html("https://a.example/x", second, &body);
        session.append_exchange(&exchange, &note).unwrap();
    }
    let other = exchange("https://a.example/y", 5, 200, "", b"y");
    session.append_exchange(&other, &page()).unwrap();
    session.finish().unwrap();
}

/// What the schedule does, as far as it matters here.
fn look(past: Past, second: i64, changed: bool) -> History {
    let Some(before) = past.fetched_at else {
        return past.history;
    };
    History {
        looks: past.history.looks + 1,
        changes: past.history.changes + u32::from(changed),
        exposed: past.history.exposed + at(second).duration_since(before).unsigned_abs().as_secs(),
        ..past.history
    }
}

#[test]
fn a_database_built_anew_learns_the_history_from_the_captures() {
    let folder = tempfile::tempdir().unwrap();
    three_looks(&open(folder.path()));
    std::fs::remove_file(folder.path().join("state.db")).unwrap();
    let corpus = open(folder.path());
    let mut session = begin(&corpus);
    let adopted = session.adopted(99).unwrap();
    assert_eq!(adopted.len(), 4);
    session
        .commit(|tx| {
            for capture in &adopted {
                assert_eq!(capture.kind, CaptureKind::Page);
                let at = capture.fetched_at.unwrap();
                let second = at.as_second() - common::at(0).as_second();
                tx.processed_until(capture, |past| {
                    (look(past, second, !capture.revisit), Some(at))
                })?;
            }
            // Played back once more, as after a kill between two commits: nothing is counted twice.
            tx.processed_until(&adopted[0], |_| panic!("a newer capture has spoken"))
        })
        .unwrap();
    let due = corpus.upcoming(&site(), 9).unwrap();
    let of = |path: &str| due.iter().find(|due| due.url.path_and_query() == path);
    let x = of("/x").unwrap();
    assert_eq!(
        (x.history.looks, x.history.changes, x.history.exposed),
        (2, 1, 300)
    );
    assert_eq!((x.changed_at, x.fetched_at), (Some(at(300)), Some(at(300))));
    assert_eq!(of("/y").unwrap().history, History::default());
}

#[test]
fn a_page_tells_how_one_came_to_be_known_whose_row_was_built_anew() {
    let folder = tempfile::tempdir().unwrap();
    three_looks(&open(folder.path()));
    std::fs::remove_file(folder.path().join("state.db")).unwrap();
    let corpus = open(folder.path());
    let mut session = begin(&corpus);
    let adopted = session.adopted(99).unwrap();
    let led = NewUrl {
        discovery: Discovery {
            how: How::Frame,
            via: "https://a.example/y".parse().ok(),
            context: None,
        },
        ..new("https://a.example/x")
    };
    session
        .commit(|tx| {
            adopted
                .iter()
                .try_for_each(|capture| tx.processed(capture))?;
            assert!(!tx.enqueue(&led)?, "it is known");
            assert!(
                !tx.enqueue(&new("https://a.example/x"))?,
                "the first word stays"
            );
            tx.make_due(None, Due::All)
        })
        .unwrap();
    let rows = take(&mut session);
    let of = |path: &str| {
        rows.iter()
            .find(|row| row.url.path_and_query() == path)
            .unwrap()
    };
    assert_eq!(of("/x").discovery, led.discovery);
    assert_eq!(
        of("/y").discovery,
        Discovery::bare(How::Seed),
        "nobody said, at depth 0"
    );
}
