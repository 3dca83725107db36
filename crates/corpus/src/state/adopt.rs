//! Captures that are in the WARC and not in the frontier: what an interrupted run left, or all of them
//! where the database is built anew.

use rusqlite::{Row, params};
use thresh_types::{Capture, Discovery, How, Timestamp, Validators};

use super::captures::signed;
use super::frontier::Frontier;
use super::lanes::Standing;
use super::row::{hash_of, history_of, time_of};
use super::to_micros;
use super::url_row::{History, NewUrl, Past, State};
use crate::CorpusError;

impl Frontier<'_> {
    /// Notes that an adopted capture was dealt with; its address counts as fetched, and as due again
    /// at once. See [`Frontier::processed_until`].
    ///
    /// # Errors
    /// When the database fails.
    pub fn processed(&mut self, capture: &Capture) -> Result<(), CorpusError> {
        self.processed_until(capture, |past| (past.history, capture.fetched_at))
    }

    /// Notes that an adopted capture was dealt with; its address counts as fetched. `look` tells what its
    /// history is now, given what was known before, and when it is due again. An address that a newer
    /// capture spoke for keeps what that one said.
    ///
    /// # Errors
    /// When the database fails.
    pub fn processed_until(
        &mut self,
        capture: &Capture,
        look: impl FnOnce(Past) -> (History, Option<Timestamp>),
    ) -> Result<(), CorpusError> {
        let adopted = self.adopted(capture)?;
        let Some(kind) = capture.asked_as() else {
            return Ok(());
        };
        let (Some((validators, depth)), Ok(url), Some(at)) =
            (adopted, capture.final_url.parse(), capture.fetched_at)
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
            discovery: Discovery::bare(How::Seed),
            vouched: false,
        };
        let (id, from) = self.row_to_restore(&new)?;
        let past = self.past(id)?;
        if past.fetched_at.is_some_and(|before| before > at) {
            return Ok(());
        }
        let (history, next_due) = look(past);
        self.restore(id, capture, &validators, (at, next_due, history))?;
        let to = Standing {
            due: next_due.map(to_micros),
            ..from.now(State::Done)
        };
        self.in_hand.lanes.moved(from, to);
        Ok(())
    }

    /// Marks the row of the capture as dealt with. Returns what only the row knows.
    fn adopted(&self, capture: &Capture) -> Result<Option<(Validators, u32)>, CorpusError> {
        let read = |row: &Row<'_>| {
            let validators = Validators {
                etag: row.get(0)?,
                last_modified: row.get(1)?,
            };
            Ok((validators, row.get(2)?))
        };
        self.connection
            .prepare_cached(
                "UPDATE captures SET fresh = 0 WHERE warc = ?1 AND offset = ?2 \
                 RETURNING etag, last_modified, depth",
            )
            .and_then(|mut statement| {
                let place = params![capture.warc, signed(capture.offset)];
                let mut rows = statement.query_map(place, read)?;
                let first = rows.next().transpose()?;
                // A statement with RETURNING is done only when it is read to its end.
                rows.by_ref().for_each(drop);
                Ok(first)
            })
            .map_err(&self.failed)
    }

    /// Returns the row of the address, which is added where it is new: without a word on how it came to
    /// be known, which the page that leads to it will tell.
    fn row_to_restore(&mut self, new: &NewUrl) -> Result<(i64, Standing), CorpusError> {
        let hash = hash_of(new.url.as_str());
        let row = match self.find(hash, &new.url, new.kind)? {
            Some(row) => row,
            None => {
                let row = self.add(hash, new, None)?;
                self.run("UPDATE urls SET how = NULL WHERE id = ?1", [row.id])?;
                row
            }
        };
        Ok((row.id, row.standing))
    }

    fn past(&self, id: i64) -> Result<Past, CorpusError> {
        self.connection
            .prepare_cached(
                "SELECT fetched_at, changed_at, looks, changes, exposed, listed_at, trust FROM urls \
                 WHERE id = ?1",
            )
            .and_then(|mut statement| {
                statement.query_row([id], |row| {
                    Ok(Past {
                        fetched_at: time_of(row, 0)?,
                        changed_at: time_of(row, 1)?,
                        history: history_of(row, 2)?,
                    })
                })
            })
            .map_err(&self.failed)
    }

    fn restore(
        &mut self,
        id: i64,
        capture: &Capture,
        validators: &Validators,
        (at, next_due, history): (Timestamp, Option<Timestamp>, History),
    ) -> Result<(), CorpusError> {
        // A 304 need not repeat the validators that it confirms.
        self.run(
            "UPDATE urls SET state = 1, held = 0, attempts = 0, ready_at = NULL, status = ?2, \
             etag = coalesce(?3, CASE WHEN ?2 = 304 THEN etag END), \
             last_modified = coalesce(?4, CASE WHEN ?2 = 304 THEN last_modified END), \
             fetched_at = ?5, next_due = ?6, \
             changed_at = CASE WHEN ?7 AND changed_at IS NOT NULL THEN changed_at ELSE ?5 END, \
             looks = ?8, changes = ?9, exposed = ?10, listed_at = ?11, trust = ?12 WHERE id = ?1",
            params![
                id,
                capture.status,
                validators.etag,
                validators.last_modified,
                to_micros(at),
                next_due.map(to_micros),
                capture.revisit,
                history.looks,
                history.changes,
                signed(history.exposed),
                history.listed_at.map(to_micros),
                history.trust,
            ],
        )?;
        Ok(())
    }
}
