//! What became of an address that was taken.

use rusqlite::params;
use thresh_types::{Refusal, Timestamp};

use super::captures::signed;
use super::frontier::Frontier;
use super::lanes::Standing;
use super::to_micros;
use super::url_row::{Done, State};
use crate::{CorpusError, Event};

impl Frontier<'_> {
    /// Puts a row down that was in hand. Returns where it stands.
    fn put_down(&mut self, id: i64) -> Result<Option<Standing>, CorpusError> {
        if let Some(standing) = self.in_hand.rows.remove(&id) {
            self.in_hand.lanes.took(standing.lane, -1);
            return Ok(Some(standing));
        }
        Ok(self.row(id)?.map(|row| row.standing))
    }

    /// Notes that an address was fetched.
    ///
    /// # Errors
    /// When the database fails.
    pub fn finished(&mut self, id: i64, done: &Done) -> Result<(), CorpusError> {
        let from = self.put_down(id)?;
        self.run(
            "UPDATE urls SET state = 1, held = 0, attempts = 0, ready_at = NULL, status = ?2, \
             etag = ?3, last_modified = ?4, fetched_at = ?5, next_due = ?6, \
             changed_at = CASE WHEN ?7 OR changed_at IS NULL THEN ?5 ELSE changed_at END, \
             looks = ?8, changes = ?9, exposed = ?10, trust = ?12, \
             listed_at = max(coalesce(listed_at, ?11), coalesce(?11, listed_at)) WHERE id = ?1",
            params![
                id,
                done.status,
                done.etag,
                done.last_modified,
                to_micros(done.at),
                done.next_due.map(to_micros),
                done.changed,
                done.history.looks,
                done.history.changes,
                signed(done.history.exposed),
                done.history.listed_at.map(to_micros),
                done.history.trust,
            ],
        )?;
        if let Some(from) = from {
            let due = done.next_due.map(to_micros);
            let to = Standing {
                due,
                ..from.now(State::Done)
            };
            self.in_hand.lanes.moved(from, to);
        }
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
        let from = self.put_down(id)?;
        let until = to_micros(until);
        self.run(
            "UPDATE urls SET state = 3, held = 0, ready_at = ?2, attempts = ?3 WHERE id = ?1",
            params![id, until, attempts],
        )?;
        if let Some(from) = from {
            self.in_hand.lanes.moved(from, from.now(State::Waiting));
            self.in_hand.lanes.sleeps_until(from.lane, until);
        }
        Ok(())
    }

    /// Notes a refusal: in the log for ever, and, for a queued address, that this run is done with it.
    ///
    /// # Errors
    /// When the database fails.
    pub fn refused(&mut self, id: Option<i64>, refusal: &Refusal) -> Result<(), CorpusError> {
        if let Some(id) = id {
            self.refuse(id, false)?;
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
        self.refuse(id, false)
    }

    /// Refuses an address until somebody vouches for it, and tells nobody. [`Frontier::make_due`] with
    /// [`crate::Due::All`] asks for it again too.
    ///
    /// # Errors
    /// When the database fails.
    pub fn hold(&mut self, id: i64) -> Result<(), CorpusError> {
        self.refuse(id, true)
    }

    fn refuse(&mut self, id: i64, held: bool) -> Result<(), CorpusError> {
        let from = self.put_down(id)?;
        if held {
            self.in_hand.recent.held();
        }
        self.run(
            "UPDATE urls SET state = 2, held = ?2, ready_at = NULL WHERE id = ?1",
            params![id, held],
        )?;
        if let Some(from) = from {
            let to = Standing {
                held,
                ..from.now(State::Refused)
            };
            self.in_hand.lanes.moved(from, to);
        }
        Ok(())
    }

    /// Gives an address back as it was taken: the run ends without it.
    ///
    /// # Errors
    /// When the database fails.
    pub fn released(&mut self, id: i64) -> Result<(), CorpusError> {
        self.put_down(id).map(drop)
    }

    /// Logs an event.
    pub fn event(&mut self, event: Event) {
        self.events.push(event);
    }
}
