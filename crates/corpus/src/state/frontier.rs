//! The frontier of the crawl: which addresses are known, and whose turn it is.
//!
//! Addresses stand in *lanes*, one for each origin of each site, and lanes take turns. Every question
//! that the crawl asks while it runs is answered by an index: the next rows of a lane, the rows whose
//! waiting is over, the rows that are due.

use std::collections::{BTreeMap, BTreeSet};

use rusqlite::{OptionalExtension, Row, Transaction, params};
use thresh_types::{CanonicalUrl, Capture, Refusal, SiteId, TaskKind, Timestamp, Validators};

use super::captures::signed;
use super::query::{self, Lane};
use super::url_row::{Count, Done, Due, KnownUrl, NewUrl, QueuedUrl, State};
use super::{from_micros, to_micros};
use crate::{CorpusError, Event};

/// What was taken and has not come back, in memory only: after a kill it is simply queued.
#[derive(Debug, Default)]
pub(crate) struct InHand {
    /// The lane and origin of each row.
    rows: BTreeMap<i64, (i64, String)>,
    /// The lane whose turn was last.
    turn: i64,
    /// The sites of this run; `None` is all.
    pub(crate) only: Option<BTreeSet<SiteId>>,
}

impl InHand {
    fn of_origin(&self, origin: &str) -> usize {
        self.rows.values().filter(|(_, o)| o == origin).count()
    }

    fn of_lane(&self, lane: i64) -> usize {
        self.rows.values().filter(|(l, _)| *l == lane).count()
    }

    fn takes(&self, site: &SiteId) -> bool {
        self.only.as_ref().is_none_or(|only| only.contains(site))
    }
}

/// The frontier within one transaction.
pub struct Frontier<'a> {
    pub(super) transaction: &'a Transaction<'a>,
    in_hand: &'a mut InHand,
    events: Vec<Event>,
    pub(super) failed: Box<dyn Fn(rusqlite::Error) -> CorpusError + 'a>,
}

const fn kind_code(kind: TaskKind) -> i64 {
    match kind {
        TaskKind::Page => 0,
        TaskKind::Sitemap => 1,
        TaskKind::Tdmrep => 2,
    }
}

const fn kind_of(code: i64) -> TaskKind {
    match code {
        1 => TaskKind::Sitemap,
        2 => TaskKind::Tdmrep,
        _ => TaskKind::Page,
    }
}

impl<'a> Frontier<'a> {
    pub(crate) fn new(
        transaction: &'a Transaction<'a>,
        in_hand: &'a mut InHand,
        path: &'a std::path::Path,
    ) -> Self {
        Self {
            transaction,
            in_hand,
            events: Vec::new(),
            failed: Box::new(CorpusError::db(path)),
        }
    }

    pub(crate) fn into_events(self) -> Vec<Event> {
        self.events
    }

    pub(super) fn run(
        &self,
        sql: &str,
        parameters: impl rusqlite::Params,
    ) -> Result<usize, CorpusError> {
        self.transaction
            .prepare_cached(sql)
            .and_then(|mut statement| statement.execute(parameters))
            .map_err(&self.failed)
    }

    /// Queues an address. Returns whether it was new: one that is known in any state stays as it is.
    ///
    /// # Errors
    /// When the database fails.
    pub fn enqueue(&mut self, new: &NewUrl) -> Result<bool, CorpusError> {
        let lane =
            query::lane_of(self.transaction, &new.site, &new.url.origin()).map_err(&self.failed)?;
        let added = self.run(
            "INSERT OR IGNORE INTO urls (url, kind, lane, state, priority, depth, redirects, requested) \
             VALUES (?1, ?2, ?3, 0, ?4, ?5, ?6, ?7)",
            params![
                new.url.as_str(),
                kind_code(new.kind),
                lane,
                new.priority,
                new.depth,
                new.redirects,
                new.requested.as_ref().map(CanonicalUrl::as_str),
            ],
        )?;
        Ok(added > 0)
    }

    /// Takes addresses whose turn it is: at most `total`, and at most so many of an origin that
    /// `per_origin` of it are in hand. Lanes take turns, so that no origin starves another.
    ///
    /// # Errors
    /// When the database fails.
    pub fn take_ready(
        &mut self,
        now: Timestamp,
        per_origin: usize,
        total: usize,
    ) -> Result<Vec<QueuedUrl>, CorpusError> {
        self.wake(now)?;
        let mut offers = self.offers(per_origin, total)?;
        let mut taken = Vec::new();
        let mut of_origin: BTreeMap<String, usize> = BTreeMap::new();
        while taken.len() < total && offers.iter().any(|(_, rows)| !rows.is_empty()) {
            for (lane, rows) in &mut offers {
                let in_hand = of_origin
                    .entry(lane.origin.clone())
                    .or_insert_with(|| self.in_hand.of_origin(&lane.origin));
                if taken.len() == total || *in_hand >= per_origin {
                    rows.clear();
                } else if let Some(row) = rows.pop() {
                    *in_hand += 1;
                    self.in_hand.turn = lane.id;
                    taken.push((lane.id, lane.origin.clone(), row));
                }
            }
        }
        Ok(taken
            .into_iter()
            .map(|(lane, origin, row)| {
                self.in_hand.rows.insert(row.id, (lane, origin));
                row
            })
            .collect())
    }

    /// Queues what waited for a time that has come.
    fn wake(&self, now: Timestamp) -> Result<(), CorpusError> {
        for lane in self.lanes(State::Waiting)? {
            self.run(
                "UPDATE urls SET state = 0 WHERE lane = ?1 AND state = 3 AND ready_at <= ?2",
                params![lane.id, to_micros(now)],
            )?;
        }
        Ok(())
    }

    fn lanes(&self, state: State) -> Result<Vec<Lane>, CorpusError> {
        let mut lanes = query::lanes(self.transaction, state).map_err(&self.failed)?;
        lanes.retain(|lane| self.in_hand.takes(&lane.site));
        Ok(lanes)
    }

    /// Returns what each lane has to offer, the lane after the last one first; rows are in reverse.
    fn offers(
        &self,
        per_origin: usize,
        total: usize,
    ) -> Result<Vec<(Lane, Vec<QueuedUrl>)>, CorpusError> {
        let mut lanes = self.lanes(State::Queued)?;
        let turn = lanes.partition_point(|lane| lane.id <= self.in_hand.turn);
        lanes.rotate_left(turn);
        let mut offers = Vec::new();
        for lane in lanes {
            let free = per_origin.saturating_sub(self.in_hand.of_origin(&lane.origin));
            if free == 0 {
                continue;
            }
            let limit = free.min(total) + self.in_hand.of_lane(lane.id);
            let mut rows = self.next_of(&lane, limit)?;
            rows.retain(|row| !self.in_hand.rows.contains_key(&row.id));
            rows.truncate(free.min(total));
            rows.reverse();
            offers.push((lane, rows));
        }
        Ok(offers)
    }

    fn next_of(&self, lane: &Lane, limit: usize) -> Result<Vec<QueuedUrl>, CorpusError> {
        let read = |row: &Row<'_>| read_queued(row, &lane.site);
        self.transaction
            .prepare_cached(
                "SELECT id, url, kind, depth, redirects, requested, etag, last_modified, attempts, \
                 changed_at, fetched_at FROM urls WHERE lane = ?1 AND state = 0 \
                 ORDER BY priority, id LIMIT ?2",
            )
            .and_then(|mut statement| {
                let rows = statement.query_map(params![lane.id, signed(limit as u64)], read)?;
                rows.filter_map(Result::transpose).collect()
            })
            .map_err(&self.failed)
    }

    /// Notes that an address was fetched.
    ///
    /// # Errors
    /// When the database fails.
    pub fn finished(&mut self, id: i64, done: &Done) -> Result<(), CorpusError> {
        self.in_hand.rows.remove(&id);
        self.run(
            "UPDATE urls SET state = 1, attempts = 0, ready_at = NULL, status = ?2, etag = ?3, \
             last_modified = ?4, fetched_at = ?5, next_due = ?6, \
             changed_at = CASE WHEN ?7 OR changed_at IS NULL THEN ?5 ELSE changed_at END \
             WHERE id = ?1",
            params![
                id,
                done.status,
                done.etag,
                done.last_modified,
                to_micros(done.at),
                done.next_due.map(to_micros),
                done.changed,
            ],
        )?;
        Ok(())
    }

    /// Notes that an address is to be tried again, not before `until`.
    ///
    /// # Errors
    /// When the database fails.
    pub fn deferred(
        &mut self,
        id: i64,
        until: Timestamp,
        attempts: u32,
    ) -> Result<(), CorpusError> {
        self.in_hand.rows.remove(&id);
        self.run(
            "UPDATE urls SET state = 3, ready_at = ?2, attempts = ?3 WHERE id = ?1",
            params![id, to_micros(until), attempts],
        )?;
        Ok(())
    }

    /// Notes a refusal: in the log for ever, and, for a queued address, that this run is done with it.
    ///
    /// # Errors
    /// When the database fails.
    pub fn refused(&mut self, id: Option<i64>, refusal: &Refusal) -> Result<(), CorpusError> {
        if let Some(id) = id {
            self.in_hand.rows.remove(&id);
            self.run(
                "UPDATE urls SET state = 2, ready_at = NULL WHERE id = ?1",
                [id],
            )?;
        }
        self.events.push(Event::Refused(refusal.clone()));
        Ok(())
    }

    /// Notes that an address that is asked for on the side gave nothing: this run is done with it, and
    /// nobody is told.
    ///
    /// # Errors
    /// When the database fails.
    pub fn passed_over(&mut self, id: i64) -> Result<(), CorpusError> {
        self.in_hand.rows.remove(&id);
        self.run(
            "UPDATE urls SET state = 2, ready_at = NULL WHERE id = ?1",
            [id],
        )?;
        Ok(())
    }

    /// Gives an address back as it was taken: the run ends without it.
    ///
    /// # Errors
    /// None today; the signature leaves room.
    pub fn released(&mut self, id: i64) -> Result<(), CorpusError> {
        self.in_hand.rows.remove(&id);
        Ok(())
    }

    /// Logs an event.
    pub fn event(&mut self, event: Event) {
        self.events.push(event);
    }

    /// Notes that an adopted capture was dealt with; its address counts as fetched, and as due again
    /// at once. See [`Frontier::processed_until`].
    ///
    /// # Errors
    /// When the database fails.
    pub fn processed(&mut self, capture: &Capture) -> Result<(), CorpusError> {
        self.processed_until(capture, capture.fetched_at)
    }

    /// Notes that an adopted capture was dealt with; its address counts as fetched, and as due again
    /// at `next_due`. An address that a newer capture spoke for keeps what that one said.
    ///
    /// # Errors
    /// When the database fails.
    pub fn processed_until(
        &mut self,
        capture: &Capture,
        next_due: Option<Timestamp>,
    ) -> Result<(), CorpusError> {
        let place = params![capture.warc, signed(capture.offset)];
        let known = self
            .transaction
            .prepare_cached(
                "UPDATE captures SET fresh = 0 WHERE warc = ?1 AND offset = ?2 \
                 RETURNING etag, last_modified, depth",
            )
            .and_then(|mut statement| {
                let read = |row: &Row<'_>| Ok((row.get(0)?, row.get(1)?, row.get(2)?));
                let mut rows = statement.query_map(place, read)?;
                let first = rows.next().transpose()?;
                // A statement with RETURNING is done only when it is read to its end.
                rows.by_ref().for_each(drop);
                Ok(first)
            })
            .map_err(&self.failed)?;
        let Some(kind) = capture.asked_as() else {
            return Ok(());
        };
        let (Some((etag, last_modified, depth)), Ok(url), Some(at)) =
            (known, capture.final_url.parse(), capture.fetched_at)
        else {
            return Ok(());
        };
        let new = NewUrl {
            url,
            site: capture.site.clone(),
            kind,
            depth,
            redirects: 0,
            requested: None,
            priority: 0,
        };
        self.restore(&new, capture, (etag, last_modified), (at, next_due))
    }

    fn restore(
        &mut self,
        new: &NewUrl,
        capture: &Capture,
        (etag, last_modified): (Option<String>, Option<String>),
        (at, next_due): (Timestamp, Option<Timestamp>),
    ) -> Result<(), CorpusError> {
        self.enqueue(new)?;
        // A 304 need not repeat the validators that it confirms.
        self.run(
            "UPDATE urls SET state = 1, attempts = 0, ready_at = NULL, status = ?3, \
             etag = coalesce(?4, CASE WHEN ?3 = 304 THEN etag END), \
             last_modified = coalesce(?5, CASE WHEN ?3 = 304 THEN last_modified END), \
             fetched_at = ?6, next_due = ?7, \
             changed_at = CASE WHEN ?8 AND changed_at IS NOT NULL THEN changed_at ELSE ?6 END \
             WHERE url = ?1 AND kind = ?2 AND (fetched_at IS NULL OR fetched_at <= ?6)",
            params![
                new.url.as_str(),
                kind_code(new.kind),
                capture.status,
                etag,
                last_modified,
                to_micros(at),
                next_due.map(to_micros),
                capture.revisit,
            ],
        )?;
        Ok(())
    }

    /// Returns the earliest time at which [`Frontier::take_ready`] has something to give that is not in
    /// hand: in the past where that is now, `None` where nothing is queued or waits.
    ///
    /// # Errors
    /// When the database fails.
    pub fn next_ready_at(&self) -> Result<Option<Timestamp>, CorpusError> {
        let is_ready = self
            .lanes(State::Queued)?
            .iter()
            .any(|lane| lane.rows > self.in_hand.of_lane(lane.id) as u64);
        if is_ready {
            return Ok(Some(Timestamp::UNIX_EPOCH));
        }
        let mut earliest: Option<i64> = None;
        for lane in self.lanes(State::Waiting)? {
            let ready: Option<i64> = self
                .transaction
                .prepare_cached("SELECT min(ready_at) FROM urls WHERE lane = ?1 AND state = 3")
                .and_then(|mut statement| statement.query_row([lane.id], |row| row.get(0)))
                .map_err(&self.failed)?;
            earliest = earliest.into_iter().chain(ready).min();
        }
        Ok(earliest.map(from_micros))
    }

    /// Queues again what was fetched and is due, with its validators, and what was refused. Returns how
    /// many addresses. `sites` limits it; `None` is all.
    ///
    /// # Errors
    /// When the database fails.
    pub fn make_due(&mut self, sites: Option<&[SiteId]>, due: Due) -> Result<u64, CorpusError> {
        let mut changed = 0;
        let wanted = |lane: &Lane| sites.is_none_or(|sites| sites.contains(&lane.site));
        for lane in query::all_lanes(self.transaction).map_err(&self.failed)? {
            if !wanted(&lane) {
                continue;
            }
            const AGAIN: &str = "SET state = 0, attempts = 0, redirects = 0 WHERE lane = ?1";
            changed += self.run(&format!("UPDATE urls {AGAIN} AND state = 2"), [lane.id])?;
            changed += match due {
                Due::All => self.run(&format!("UPDATE urls {AGAIN} AND state = 1"), [lane.id])?,
                Due::At(now) => self.run(
                    &format!("UPDATE urls {AGAIN} AND state = 1 AND next_due <= ?2"),
                    params![lane.id, to_micros(now)],
                )?,
            };
        }
        Ok(changed as u64)
    }

    /// Returns how many addresses each site has in each state; cheap, since it is kept up to date.
    ///
    /// # Errors
    /// When the database fails.
    pub fn counts(&self) -> Result<Vec<Count>, CorpusError> {
        query::counts(self.transaction).map_err(&self.failed)
    }

    /// Returns what is known of an address.
    ///
    /// # Errors
    /// When the database fails.
    pub fn known(
        &self,
        url: &CanonicalUrl,
        kind: TaskKind,
    ) -> Result<Option<KnownUrl>, CorpusError> {
        self.transaction
            .prepare_cached(
                "SELECT id, state, depth, status, next_due FROM urls WHERE url = ?1 AND kind = ?2",
            )
            .and_then(|mut statement| {
                statement
                    .query_row(params![url.as_str(), kind_code(kind)], |row| {
                        Ok(KnownUrl {
                            id: row.get(0)?,
                            state: State::of(row.get(1)?),
                            depth: row.get(2)?,
                            status: row.get(3)?,
                            next_due: row.get::<_, Option<i64>>(4)?.map(from_micros),
                        })
                    })
                    .optional()
            })
            .map_err(&self.failed)
    }
}

/// Returns `None` for an address that cannot be read back, which only foreign hands can have written.
fn read_queued(row: &Row<'_>, site: &SiteId) -> rusqlite::Result<Option<QueuedUrl>> {
    let Ok(url) = row.get::<_, String>(1)?.parse() else {
        return Ok(None);
    };
    let time = |column| -> rusqlite::Result<Option<Timestamp>> {
        Ok(row.get::<_, Option<i64>>(column)?.map(from_micros))
    };
    Ok(Some(QueuedUrl {
        id: row.get(0)?,
        url,
        site: site.clone(),
        kind: kind_of(row.get(2)?),
        depth: row.get(3)?,
        redirects: row.get(4)?,
        requested: row
            .get::<_, Option<String>>(5)?
            .and_then(|text| text.parse().ok()),
        validators: Validators {
            etag: row.get(6)?,
            last_modified: row.get(7)?,
        },
        attempts: row.get(8)?,
        changed_at: time(9)?,
        fetched_at: time(10)?,
    }))
}
