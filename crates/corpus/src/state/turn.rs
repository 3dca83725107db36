//! Whose turn it is.

use rusqlite::params;
use thresh_types::Timestamp;

use super::captures::signed;
use super::due::standing;
use super::frontier::Frontier;
use super::lanes::Standing;
use super::url_row::{QueuedUrl, State};
use super::{from_micros, to_micros};
use crate::CorpusError;

/// The next rows of a lane, the last one first.
type Offer = (i64, Vec<i64>);

impl Frontier<'_> {
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
        while taken.len() < total && !offers.is_empty() {
            for (lane, rows) in &mut offers {
                if taken.len() == total || self.in_hand.lanes.room(*lane, per_origin) == 0 {
                    rows.clear();
                } else if let Some(id) = rows.pop() {
                    taken.extend(self.take(id, *lane)?);
                }
            }
            offers.retain(|(_, rows)| !rows.is_empty());
        }
        Ok(taken)
    }

    fn take(&mut self, id: i64, lane: i64) -> Result<Option<QueuedUrl>, CorpusError> {
        let Some(queued) = self.queued(id, lane)? else {
            // Nobody could ask for it, and it would be offered for ever.
            self.hold(id)?;
            return Ok(None);
        };
        let standing = Standing {
            lane,
            kind: queued.kind,
            state: State::Queued,
            held: false,
            due: None,
        };
        self.in_hand.rows.insert(id, standing);
        self.in_hand.lanes.took(lane, 1);
        self.in_hand.turn = lane;
        Ok(Some(queued))
    }

    /// Queues what waited for a time that has come.
    fn wake(&mut self, now: Timestamp) -> Result<(), CorpusError> {
        let now = to_micros(now);
        for lane in self.in_hand.lanes.waking(now) {
            let woken = self.run(
                "UPDATE urls SET state = 0 WHERE lane = ?1 AND state = 3 AND ready_at <= ?2",
                params![lane, now],
            )?;
            let next: Option<i64> = self
                .connection
                .prepare_cached("SELECT min(ready_at) FROM urls WHERE lane = ?1 AND state = 3")
                .and_then(|mut statement| statement.query_row([lane], |row| row.get(0)))
                .map_err(&self.failed)?;
            let waiting = standing(lane, State::Waiting);
            let lanes = &mut self.in_hand.lanes;
            lanes.moved_many(waiting, waiting.now(State::Queued), woken);
            lanes.sleeps(lane, next);
        }
        Ok(())
    }

    /// Returns what each lane has to offer, the lane after the last one first.
    fn offers(&self, per_origin: usize, total: usize) -> Result<Vec<Offer>, CorpusError> {
        let lanes = &self.in_hand.lanes;
        let mut offers = Vec::new();
        for lane in lanes.offers(self.in_hand.turn, per_origin, total) {
            let wanted = lanes.room(lane, per_origin).min(total);
            offers.push((lane, self.next_of(lane, wanted)?));
        }
        Ok(offers)
    }

    /// Returns the next rows of a lane that are not in hand, the last one first.
    fn next_of(&self, lane: i64, wanted: usize) -> Result<Vec<i64>, CorpusError> {
        let in_hand = self.in_hand.lanes.lane(lane).map_or(0, |lane| lane.in_hand);
        let limit = signed(in_hand.saturating_add(wanted as u64));
        self.connection
            .prepare_cached(
                "SELECT id FROM urls WHERE lane = ?1 AND state = 0 ORDER BY priority, id LIMIT ?2",
            )
            .and_then(|mut statement| {
                let mut ids = Vec::new();
                let mut rows = statement.query(params![lane, limit])?;
                while let Some(row) = rows.next()? {
                    let id = row.get(0)?;
                    if !self.in_hand.rows.contains_key(&id) {
                        ids.push(id);
                    }
                }
                ids.truncate(wanted);
                ids.reverse();
                Ok(ids)
            })
            .map_err(&self.failed)
    }

    /// Returns the earliest time at which [`Frontier::take_ready`] has something to give that is not in
    /// hand: in the past where that is now, `None` where nothing is queued or waits.
    ///
    /// # Errors
    /// None today; the signature leaves room.
    pub fn next_ready_at(&self) -> Result<Option<Timestamp>, CorpusError> {
        let lanes = &self.in_hand.lanes;
        if lanes.has_offers() {
            return Ok(Some(Timestamp::UNIX_EPOCH));
        }
        Ok(lanes.first_to_wake().map(from_micros))
    }
}
