//! Whose turn it is.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod common;

use std::collections::{BTreeMap, BTreeSet};

use common::{at, begin, open, site};
use proptest::prelude::*;
use thresh_corpus::{Corpus, Done, Due, Event, History, NewUrl, QueuedUrl, Session, State};
use thresh_types::{Discovery, Refusal, RefusalReason, SiteId, TaskKind};

fn new(url: &str) -> NewUrl {
    NewUrl {
        url: url.parse().unwrap(),
        site: site(),
        kind: TaskKind::Page,
        depth: 1,
        redirects: 0,
        requested: None,
        priority: 0,
        discovery: Discovery::default(),
        vouched: false,
    }
}

fn enqueue(session: &mut Session, urls: &[&str]) {
    session
        .commit(|tx| {
            urls.iter()
                .try_for_each(|url| tx.enqueue(&new(url)).map(|_| ()))
        })
        .unwrap();
}

fn take(session: &mut Session, second: i64, per_origin: usize, total: usize) -> Vec<QueuedUrl> {
    session
        .commit(|tx| tx.take_ready(at(second), per_origin, total))
        .unwrap()
}

fn urls(taken: &[QueuedUrl]) -> Vec<&str> {
    taken.iter().map(|row| row.url.as_str()).collect()
}

fn done(second: i64, next_due: Option<i64>) -> Done {
    Done {
        status: 200,
        etag: Some("\"e\"".to_owned()),
        last_modified: None,
        changed: true,
        at: at(second),
        next_due: next_due.map(at),
        history: History::default(),
    }
}

fn with_session(test: impl FnOnce(&Corpus, &mut Session)) {
    let folder = tempfile::tempdir().unwrap();
    let corpus = open(folder.path());
    let mut session = begin(&corpus);
    test(&corpus, &mut session);
}

#[test]
fn an_address_is_known_once_for_each_purpose() {
    with_session(|_, session| {
        let url = new("https://a.example/feed");
        let feed = NewUrl {
            kind: TaskKind::Sitemap,
            ..url.clone()
        };
        let added = session
            .commit(|tx| Ok([tx.enqueue(&url)?, tx.enqueue(&url)?, tx.enqueue(&feed)?]))
            .unwrap();
        assert_eq!(added, [true, false, true]);
    });
}

#[test]
fn purposes_come_back_and_what_gave_nothing_is_asked_again_without_a_word() {
    with_session(|corpus, session| {
        let kinds = [TaskKind::Page, TaskKind::Sitemap, TaskKind::Tdmrep];
        let of_kind = |kind| NewUrl {
            kind,
            ..new("https://a.example/x")
        };
        session
            .commit(|tx| {
                kinds
                    .iter()
                    .try_for_each(|kind| tx.enqueue(&of_kind(*kind)).map(|_| ()))
            })
            .unwrap();
        let taken = take(session, 0, 9, 9);
        assert_eq!(taken.iter().map(|row| row.kind).collect::<Vec<_>>(), kinds);
        let last = taken[2].id;
        session.commit(|tx| tx.passed_over(last)).unwrap();
        assert_eq!(take(session, 0, 9, 9), []);
        session
            .commit(|tx| tx.make_due(None, Due::At(at(0))))
            .unwrap();
        let again = take(session, 0, 9, 9);
        assert_eq!(again.iter().map(|row| row.id).collect::<Vec<_>>(), [last]);
        assert!(corpus.refusals().unwrap().is_empty());
    });
}

#[test]
fn origins_take_turns_and_none_has_more_in_hand_than_allowed() {
    with_session(|_, session| {
        let many: Vec<String> = (0..20).map(|n| format!("https://a.example/{n}")).collect();
        let mut all: Vec<&str> = many.iter().map(String::as_str).collect();
        all.extend(["https://b.example/0", "https://c.example/0"]);
        enqueue(session, &all);
        let first = take(session, 0, 2, 3);
        let origins: BTreeSet<String> = first
            .iter()
            .map(|row| row.url.origin().to_string())
            .collect();
        assert_eq!(origins.len(), 3, "{first:?}");
        let second = take(session, 0, 2, 10);
        assert_eq!(
            urls(&second),
            ["https://a.example/1"],
            "one more of a, none of the others"
        );
        assert!(take(session, 0, 2, 10).is_empty());
        session
            .commit(|tx| tx.finished(first[0].id, &done(1, None)))
            .unwrap();
        assert_eq!(take(session, 0, 2, 10).len(), 1);
    });
}

#[test]
fn a_small_total_does_not_starve_the_last_origin() {
    with_session(|_, session| {
        let all: Vec<String> = ["a", "b", "c"]
            .iter()
            .flat_map(|host| (0..4).map(move |n| format!("https://{host}.example/{n}")))
            .collect();
        enqueue(session, &all.iter().map(String::as_str).collect::<Vec<_>>());
        let mut count: BTreeMap<String, usize> = BTreeMap::new();
        for _ in 0..9 {
            let row = take(session, 0, 99, 1).remove(0);
            *count.entry(row.url.origin().to_string()).or_default() += 1;
        }
        assert_eq!(count.into_values().collect::<Vec<_>>(), [3, 3, 3]);
    });
}

#[test]
fn priority_goes_before_age() {
    with_session(|_, session| {
        let mut late = new("https://a.example/late");
        late.priority = -1;
        enqueue(session, &["https://a.example/1", "https://a.example/2"]);
        session.commit(|tx| tx.enqueue(&late)).unwrap();
        let taken = take(session, 0, 9, 9);
        let expected = [
            "https://a.example/late",
            "https://a.example/1",
            "https://a.example/2",
        ];
        assert_eq!(urls(&taken), expected);
    });
}

#[test]
fn what_is_deferred_waits_for_its_time() {
    with_session(|_, session| {
        enqueue(session, &["https://a.example/1"]);
        let row = take(session, 0, 9, 9).remove(0);
        let next = session
            .commit(|tx| {
                assert_eq!(tx.next_ready_at()?, None, "it is in hand");
                tx.deferred(row.id, at(60), 2)?;
                tx.next_ready_at()
            })
            .unwrap();
        assert_eq!(next, Some(at(60)));
        assert!(take(session, 59, 9, 9).is_empty());
        let again = take(session, 60, 9, 9).remove(0);
        assert_eq!((again.id, again.attempts), (row.id, 2));
        session.commit(|tx| tx.released(again.id)).unwrap();
        let next = session.commit(|tx| tx.next_ready_at()).unwrap();
        assert!(next.unwrap() < at(0), "released is ready");
    });
}

#[test]
fn due_pages_come_back_with_their_validators() {
    with_session(|_, session| {
        enqueue(
            session,
            &[
                "https://a.example/1",
                "https://a.example/2",
                "https://a.example/3",
            ],
        );
        let rows = take(session, 0, 9, 9);
        session
            .commit(|tx| {
                tx.finished(rows[0].id, &done(10, Some(100)))?;
                tx.finished(rows[1].id, &done(10, Some(200)))?;
                tx.finished(rows[2].id, &done(10, None))
            })
            .unwrap();
        let due = session
            .commit(|tx| tx.make_due(None, Due::At(at(150))))
            .unwrap();
        assert_eq!(due, 1);
        let again = take(session, 150, 9, 9);
        assert_eq!(urls(&again), ["https://a.example/1"]);
        assert_eq!(again[0].validators.etag.as_deref(), Some("\"e\""));
        assert_eq!(again[0].fetched_at, Some(at(10)));
        let unchanged = Done {
            changed: false,
            ..done(160, Some(300))
        };
        session
            .commit(|tx| tx.finished(again[0].id, &unchanged))
            .unwrap();
        let other: SiteId = "b".parse().unwrap();
        let counts = session
            .commit(|tx| {
                Ok([
                    tx.make_due(Some(&[other]), Due::All)?,
                    tx.make_due(Some(&[site()]), Due::All)?,
                ])
            })
            .unwrap();
        assert_eq!(counts, [0, 3]);
        let row = take(session, 400, 9, 1).remove(0);
        assert_eq!(row.changed_at, Some(at(10)), "it was the same at 160");
    });
}

#[test]
fn refusals_are_logged_for_ever_and_asked_again_next_time() {
    let folder = tempfile::tempdir().unwrap();
    let corpus = open(folder.path());
    let mut session = begin(&corpus);
    enqueue(&mut session, &["https://a.example/1"]);
    let row = take(&mut session, 0, 9, 9).remove(0);
    let refusal = Refusal {
        url: row.url.to_string(),
        site: site(),
        reason: RefusalReason::Robots,
        detail: "line 2: Disallow: /".to_owned(),
        at: at(0),
    };
    session
        .commit(|tx| {
            tx.refused(Some(row.id), &refusal)?;
            tx.refused(None, &refusal)?;
            tx.event(Event::Note {
                at: at(1),
                topic: "test".to_owned(),
                text: "x".to_owned(),
            });
            Ok(())
        })
        .unwrap();
    assert!(take(&mut session, 9, 9, 9).is_empty());
    assert_eq!(corpus.refusals().unwrap(), [refusal.clone(), refusal]);
    assert_eq!(corpus.events().unwrap().len(), 3);
    let summary = corpus.frontier_summary(at(0)).unwrap();
    assert_eq!((summary[0].refused, summary[0].queued), (1, 0));
    session
        .commit(|tx| tx.make_due(None, Due::At(at(9))))
        .unwrap();
    assert_eq!(take(&mut session, 9, 9, 9).len(), 1);
}

#[test]
fn a_run_for_one_site_leaves_the_others_alone() {
    with_session(|_, session| {
        let mut other = new("https://b.example/1");
        other.site = "b".parse().unwrap();
        enqueue(session, &["https://a.example/1"]);
        session.commit(|tx| tx.enqueue(&other)).unwrap();
        session.restrict_to(Some(&[other.site.clone()]));
        assert_eq!(urls(&take(session, 0, 9, 9)), ["https://b.example/1"]);
        assert_eq!(session.commit(|tx| tx.next_ready_at()).unwrap(), None);
        session.restrict_to(None);
        assert_eq!(urls(&take(session, 0, 9, 9)), ["https://a.example/1"]);
    });
}

#[test]
fn what_was_in_hand_at_a_kill_is_queued() {
    let folder = tempfile::tempdir().unwrap();
    let corpus = open(folder.path());
    let mut session = begin(&corpus);
    enqueue(&mut session, &["https://a.example/1"]);
    assert_eq!(take(&mut session, 0, 9, 9).len(), 1);
    drop(session);
    assert_eq!(take(&mut begin(&corpus), 0, 9, 9).len(), 1);
}

/// What happens to the frontier, at random.
#[derive(Debug, Clone)]
enum Step {
    Enqueue(u8),
    Take(u8, u8),
    Finish,
    Defer(i64),
    Refuse,
    Due,
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let step = prop_oneof![
        (0_u8..30).prop_map(Step::Enqueue),
        (1_u8..4, 1_u8..6).prop_map(|(a, b)| Step::Take(a, b)),
        Just(Step::Finish),
        (0_i64..100).prop_map(Step::Defer),
        Just(Step::Refuse),
        Just(Step::Due),
    ];
    proptest::collection::vec(step, 1..60)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]

    /// Every address is in one state, the counts agree with what happened, and nothing is given twice.
    #[test]
    fn counts_agree_whatever_happens(steps in steps()) {
        let folder = tempfile::tempdir().unwrap();
        let corpus = open(folder.path());
        let mut session = begin(&corpus);
        let mut states: BTreeMap<i64, State> = BTreeMap::new();
        let mut known: BTreeSet<u8> = BTreeSet::new();
        let mut in_hand: Vec<QueuedUrl> = Vec::new();
        session.commit(|tx| {
            for (second, step) in steps.iter().enumerate() {
                let now = at(i64::try_from(second).unwrap());
                match step {
                    Step::Enqueue(n) => {
                        let url = new(&format!("https://{}.example/{n}", ["a", "b", "c"][usize::from(n % 3)]));
                        assert_eq!(tx.enqueue(&url)?, known.insert(*n));
                        states.insert(tx.known(&url.url, TaskKind::Page)?.unwrap().id, tx.known(&url.url, TaskKind::Page)?.unwrap().state);
                    }
                    Step::Take(per_origin, total) => {
                        for row in tx.take_ready(now, usize::from(*per_origin), usize::from(*total))? {
                            assert!(in_hand.iter().all(|other| other.id != row.id), "given twice");
                            in_hand.push(row);
                        }
                    }
                    Step::Finish => if let Some(row) = in_hand.pop() { tx.finished(row.id, &done(0, Some(0)))? },
                    Step::Defer(wait) => if let Some(row) = in_hand.pop() { tx.deferred(row.id, at(*wait), 1)? },
                    Step::Refuse => if let Some(row) = in_hand.pop() {
                        let refusal = Refusal { url: row.url.to_string(), site: site(), reason: RefusalReason::Dns, detail: String::new(), at: now };
                        tx.refused(Some(row.id), &refusal)?;
                    },
                    Step::Due => { tx.make_due(None, Due::All)?; }
                }
            }
            let total: u64 = tx.counts()?.iter().map(|count| count.rows).sum();
            assert_eq!(total, known.len() as u64);
            for row in &in_hand {
                assert_eq!(tx.known(&row.url, TaskKind::Page)?.unwrap().state, State::Queued);
            }
            Ok(())
        }).unwrap();
        let summary = corpus.frontier_summary(at(0)).unwrap();
        let total: u64 = summary.iter().map(|s| s.queued + s.waiting + s.done + s.refused).sum();
        prop_assert_eq!(total, known.len() as u64);
    }
}
