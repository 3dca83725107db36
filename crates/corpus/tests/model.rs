//! The frontier against the simplest one that could be written.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod common;

use std::collections::BTreeMap;

use common::{at, begin, open};
use proptest::prelude::*;
use thresh_corpus::{Corpus, CorpusError, Done, Due, History, NewUrl, Session, State};
use thresh_types::{CanonicalUrl, Discovery, How, SiteId, TaskKind, Timestamp};

const KINDS: [TaskKind; 2] = [TaskKind::Page, TaskKind::Sitemap];

/// An address of the model; equal hashes are among them.
fn url(n: u8) -> CanonicalUrl {
    let path = match n {
        0 => "891208".to_owned(),
        1 => "7321307".to_owned(),
        n => format!("page/{n}"),
    };
    let host = ["a", "b", "c"][usize::from(if n < 2 { 0 } else { n % 3 })];
    format!("https://{host}.example/{path}").parse().unwrap()
}

fn site_of(url: &CanonicalUrl) -> SiteId {
    let host = url.origin().host().to_owned();
    if host.starts_with('c') { "c" } else { "ab" }
        .parse()
        .unwrap()
}

#[derive(Debug, Clone)]
struct Row {
    id: i64,
    state: State,
    held: bool,
    vouched: bool,
    priority: i32,
    due: Option<i64>,
    ready: i64,
    fetched: Option<i64>,
    in_hand: bool,
}

#[derive(Debug, Default)]
struct Model {
    rows: BTreeMap<(u8, TaskKind), Row>,
}

#[derive(Debug, Clone)]
enum Step {
    Enqueue(u8, TaskKind, i32, bool),
    Take(usize, usize),
    Finish(usize, Option<i64>),
    Defer(usize, i64),
    Refuse(usize),
    Hold(usize),
    Release(usize),
    Due(Option<i64>),
    Changed(u8, i64),
    Again(u8),
    Fail(u8),
    Restart,
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let kind = prop_oneof![3 => Just(KINDS[0]), 1 => Just(KINDS[1])];
    let step = prop_oneof![
        6 => (0_u8..24, kind, 0_i32..3, any::<bool>()).prop_map(|(n, kind, priority, vouched)| {
            Step::Enqueue(n, kind, priority, vouched)
        }),
        3 => (1_usize..4, 1_usize..6).prop_map(|(per_origin, total)| Step::Take(per_origin, total)),
        3 => (any::<usize>(), proptest::option::of(0_i64..400_000)).prop_map(|(n, due)| Step::Finish(n, due)),
        1 => (any::<usize>(), 0_i64..60).prop_map(|(n, until)| Step::Defer(n, until)),
        1 => any::<usize>().prop_map(Step::Refuse),
        1 => any::<usize>().prop_map(Step::Hold),
        1 => any::<usize>().prop_map(Step::Release),
        1 => proptest::option::of(0_i64..400_000).prop_map(Step::Due),
        1 => (0_u8..24, 0_i64..200).prop_map(|(n, modified)| Step::Changed(n, modified)),
        1 => (0_u8..24).prop_map(Step::Again),
        1 => (0_u8..24).prop_map(Step::Fail),
        1 => Just(Step::Restart),
    ];
    proptest::collection::vec(step, 1..80)
}

fn new(n: u8, kind: TaskKind, priority: i32, vouched: bool) -> NewUrl {
    NewUrl {
        url: url(n),
        site: site_of(&url(n)),
        kind,
        depth: 1,
        redirects: 0,
        requested: None,
        priority,
        discovery: Discovery::bare(How::Link),
        vouched,
    }
}

impl Model {
    fn enqueue(&mut self, of: (u8, TaskKind), id: i64, (priority, vouched): (i32, bool)) -> bool {
        if let Some(row) = self.rows.get_mut(&of) {
            row.vouched |= vouched;
            let is_released = row.held && vouched;
            if is_released {
                row.state = State::Queued;
                row.held = false;
            }
            return is_released;
        }
        let row = Row {
            id,
            state: State::Queued,
            held: false,
            vouched,
            priority,
            due: None,
            ready: 0,
            fetched: None,
            in_hand: false,
        };
        self.rows.insert(of, row);
        true
    }

    fn in_hand(&mut self, n: usize) -> Option<&mut Row> {
        let mut rows: Vec<&mut Row> = self.rows.values_mut().filter(|row| row.in_hand).collect();
        let place = n.checked_rem(rows.len())?;
        let row = rows.swap_remove(place);
        row.in_hand = false;
        Some(row)
    }

    /// Returns the rows of an origin that may be taken, the first one first.
    fn ready(&self, host: &str) -> Vec<i64> {
        let mut rows: Vec<(i32, i64)> = self
            .rows
            .iter()
            .filter(|((n, _), row)| {
                row.state == State::Queued && !row.in_hand && url(*n).origin().host() == host
            })
            .map(|(_, row)| (row.priority, row.id))
            .collect();
        rows.sort_unstable();
        rows.into_iter().map(|(_, id)| id).collect()
    }

    fn held_by(&self, host: &str) -> usize {
        let mut rows = self.rows.iter();
        let of_host = |n: u8| url(n).origin().host() == host;
        rows.by_ref()
            .filter(|((n, _), row)| row.in_hand && of_host(*n))
            .count()
    }

    fn wake(&mut self, now: i64) {
        for row in self.rows.values_mut() {
            if row.state == State::Waiting && row.ready <= now {
                row.state = State::Queued;
            }
        }
    }

    fn take(&mut self, taken: &[(i64, String, bool)], (per_origin, total): (usize, usize)) {
        let hosts = ["a.example", "b.example", "c.example"];
        let offered: usize = hosts
            .iter()
            .map(|host| {
                let room = per_origin.saturating_sub(self.held_by(host));
                self.ready(host).len().min(room)
            })
            .sum();
        assert_eq!(taken.len(), offered.min(total), "as many as there are");
        for host in hosts {
            let of_host: Vec<i64> = taken
                .iter()
                .filter(|(_, of, _)| of == host)
                .map(|(id, ..)| *id)
                .collect();
            assert!(
                self.ready(host).starts_with(&of_host),
                "in order of priority"
            );
            assert!(of_host.is_empty() || self.held_by(host) + of_host.len() <= per_origin);
        }
        for (id, _, vouched) in taken {
            let row = self.rows.values_mut().find(|row| row.id == *id).unwrap();
            assert_eq!(row.vouched, *vouched);
            row.in_hand = true;
        }
    }

    fn make_due(&mut self, due: Option<i64>) -> u64 {
        let mut queued = 0;
        for row in self.rows.values_mut() {
            let is_due = match (row.state, due) {
                (State::Refused, None) => true,
                (State::Refused, Some(_)) => !row.held,
                (State::Done, None) => true,
                (State::Done, Some(now)) => row.due.is_some_and(|due| due <= now),
                _ => false,
            };
            if is_due {
                row.state = State::Queued;
                row.held = false;
                queued += 1;
            }
        }
        queued
    }

    fn count(&self, site: &str, of: impl Fn(TaskKind, &Row) -> bool) -> u64 {
        let rows = self
            .rows
            .iter()
            .filter(|((n, kind), row)| site_of(&url(*n)).as_str() == site && of(*kind, row));
        rows.count() as u64
    }
}

fn done(second: i64, due: Option<i64>) -> Done {
    Done {
        status: 200,
        etag: None,
        last_modified: None,
        changed: true,
        at: at(second),
        next_due: due.map(at),
        history: History::default(),
    }
}

fn play(
    session: &mut Session,
    model: &mut Model,
    now: i64,
    step: &Step,
) -> Result<(), CorpusError> {
    match step {
        Step::Enqueue(n, kind, priority, vouched) => {
            let new = new(*n, *kind, *priority, *vouched);
            let (queued, id) = session.change(|tx| {
                let queued = tx.enqueue(&new)?;
                Ok((queued, tx.known(&new.url, *kind)?.unwrap().id))
            })?;
            assert_eq!(
                queued,
                model.enqueue((*n, *kind), id, (*priority, *vouched))
            );
        }
        Step::Take(per_origin, total) => {
            let rows = session.change(|tx| tx.take_ready(at(now), *per_origin, *total))?;
            let taken: Vec<(i64, String, bool)> = rows
                .iter()
                .map(|row| (row.id, row.url.origin().host().to_owned(), row.vouched))
                .collect();
            model.wake(now);
            model.take(&taken, (*per_origin, *total));
        }
        Step::Finish(n, due) => {
            if let Some(row) = model.in_hand(*n) {
                (row.state, row.due, row.fetched) = (State::Done, *due, Some(now));
                session.change(|tx| tx.finished(row.id, &done(now, *due)))?;
            }
        }
        Step::Defer(n, until) => {
            if let Some(row) = model.in_hand(*n) {
                (row.state, row.ready) = (State::Waiting, *until);
                session.change(|tx| tx.deferred(row.id, at(*until), 1))?;
            }
        }
        Step::Refuse(n) => {
            if let Some(row) = model.in_hand(*n) {
                row.state = State::Refused;
                session.change(|tx| tx.passed_over(row.id))?;
            }
        }
        Step::Hold(n) => {
            if let Some(row) = model.in_hand(*n) {
                (row.state, row.held) = (State::Refused, true);
                session.change(|tx| tx.hold(row.id))?;
            }
        }
        Step::Release(n) => {
            if let Some(row) = model.in_hand(*n) {
                session.change(|tx| tx.released(row.id))?;
            }
        }
        other => play_word(session, model, other)?,
    }
    Ok(())
}

fn play_word(session: &mut Session, model: &mut Model, step: &Step) -> Result<(), CorpusError> {
    match step {
        Step::Due(due) => {
            let of = due.map_or(Due::All, |second| Due::At(at(second)));
            let queued = session.change(|tx| tx.make_due(None, of))?;
            assert_eq!(queued, model.make_due(*due));
        }
        Step::Changed(n, modified) => {
            session.change(|tx| tx.seen_changed(&url(*n), at(*modified), at(50)))?;
            if let Some(row) = model.rows.get_mut(&(*n, TaskKind::Page))
                && row.state == State::Done
                && row.fetched.is_some_and(|at| at < *modified && at <= 50)
            {
                row.state = State::Queued;
            }
        }
        Step::Again(n) => {
            session.change(|tx| tx.asked_again(&url(*n)))?;
            if let Some(row) = model.rows.get_mut(&(*n, TaskKind::Page))
                && row.state == State::Done
            {
                row.state = State::Queued;
            }
        }
        Step::Fail(n) => {
            // What was changed since the last commit would be undone with it.
            session.commit(|_| Ok(()))?;
            let failed = session.change(|tx| {
                tx.enqueue(&new(*n, TaskKind::Page, 0, true))?;
                tx.make_due(None, Due::All)?;
                Err::<(), _>(CorpusError::UnknownVersion {
                    name: "x".to_owned(),
                })
            });
            assert!(failed.is_err());
        }
        _ => {}
    }
    Ok(())
}

fn compare(corpus: &Corpus, session: &mut Session, model: &Model, moment: i64) {
    let (counts, ahead, ready) = session
        .commit(|tx| Ok((tx.counts()?, tx.pages_ahead()?, tx.next_ready_at()?)))
        .unwrap();
    for site in ["ab", "c"] {
        for state in [State::Queued, State::Waiting, State::Done, State::Refused] {
            let told = counts
                .iter()
                .find(|count| count.site.as_str() == site && count.state == state)
                .map_or(0, |count| count.rows);
            let expected = model.count(site, |_, row| row.state == state);
            assert_eq!(told, expected, "{state:?} of {site}");
        }
        let expected = model.count(site, |kind, row| {
            kind == TaskKind::Page && matches!(row.state, State::Queued | State::Waiting)
        });
        let told = ahead.get(&site.parse::<SiteId>().unwrap()).copied();
        assert_eq!(told.unwrap_or(0), expected, "pages ahead");
        compare_due(corpus, model, site, moment);
    }
    let rows = || model.rows.values().filter(|row| !row.in_hand);
    let is_ready = rows().any(|row| row.state == State::Queued);
    let first = rows()
        .filter(|row| row.state == State::Waiting)
        .map(|row| row.ready)
        .min();
    match (is_ready, first) {
        (true, _) => assert_eq!(ready, Some(Timestamp::UNIX_EPOCH)),
        (false, first) => assert_eq!(ready, first.map(at)),
    }
}

fn compare_due(corpus: &Corpus, model: &Model, site: &str, moment: i64) {
    let is_due = |row: &Row| row.due.is_some_and(|due| due <= moment);
    let due = model.count(site, |_, row| row.state == State::Done && is_due(row));
    let summaries = corpus.frontier_summary(at(moment)).unwrap();
    let summary = summaries
        .iter()
        .find(|summary| summary.site.as_str() == site);
    assert_eq!(
        summary.map_or(0, |summary| summary.due),
        due,
        "due at {moment}"
    );
    let held = model.count(site, |_, row| row.held);
    assert_eq!(summary.map_or(0, |summary| summary.held), held, "held");
    let site: SiteId = site.parse().unwrap();
    let listed = corpus.upcoming(&site, usize::MAX).unwrap();
    let listed = listed
        .iter()
        .filter(|row| row.state == State::Done && row.when <= Some(at(moment)));
    assert_eq!(listed.count() as u64, due, "listed as due at {moment}");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn the_frontier_does_as_the_model(steps in steps(), moments in proptest::collection::vec(0_i64..400_000, 3)) {
        let folder = tempfile::tempdir().unwrap();
        let corpus = open(folder.path());
        let mut session = begin(&corpus);
        let mut model = Model::default();
        for (second, step) in steps.iter().enumerate() {
            let now = i64::try_from(second).unwrap();
            if let Step::Restart = step {
                session.commit(|_| Ok(())).unwrap();
                drop(session);
                session = begin(&corpus);
                model.rows.values_mut().for_each(|row| row.in_hand = false);
            }
            play(&mut session, &mut model, now, step).unwrap();
            compare(&corpus, &mut session, &model, moments[second % 3]);
        }
    }
}
