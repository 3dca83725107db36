//! The lanes of the frontier, in memory: how many of their addresses stand where, which of them have
//! something to offer, and when one wakes.
//!
//! A lane is one origin of one site, so there are as many as the configuration names. The counts are
//! written with the transaction that changed them; a transaction that failed has them read again.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use rusqlite::{Connection, params};
use thresh_types::{SiteId, TaskKind};

use super::captures::signed;
use super::site_of;
use super::url_row::State;

/// Microseconds in a day.
pub(super) const DAY: i64 = 86_400_000_000;

/// Where an address stands, as far as anybody counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Standing {
    pub(super) lane: i64,
    pub(super) kind: TaskKind,
    pub(super) state: State,
    pub(super) held: bool,
    /// When to ask again.
    pub(super) due: Option<i64>,
}

impl Standing {
    /// Returns the standing of the same address in another state.
    pub(super) const fn now(self, state: State) -> Self {
        Self {
            state,
            held: false,
            ..self
        }
    }

    const fn is_ahead(&self) -> bool {
        matches!(self.kind, TaskKind::Page) && matches!(self.state, State::Queued | State::Waiting)
    }
}

/// How many addresses stand where.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Counts {
    /// By the code of the state.
    pub(super) states: [u64; 4],
    pub(super) held: u64,
    pub(super) pages_ahead: u64,
}

/// One origin of one site.
#[derive(Debug)]
pub(super) struct Lane {
    pub(super) site: SiteId,
    /// Its place in the list of origins.
    origin: usize,
    pub(super) counts: Counts,
    /// How many of its queued addresses are in hand.
    pub(super) in_hand: u64,
    /// The earliest time at which one that waits is ready.
    pub(super) wakes_at: Option<i64>,
    /// Whether this run takes from it.
    is_chosen: bool,
}

#[derive(Debug)]
struct OriginLanes {
    text: String,
    in_hand: usize,
    lanes: Vec<i64>,
}

/// All lanes.
#[derive(Debug, Default)]
pub(super) struct Lanes {
    lanes: BTreeMap<i64, Lane>,
    origins: Vec<OriginLanes>,
    by_origin: HashMap<String, usize>,
    /// Lanes with something to offer, by whether something of their origin is in hand.
    idle: BTreeSet<i64>,
    busy: BTreeSet<i64>,
    /// Lanes with something that waits, by when it is ready.
    sleeping: BTreeSet<(i64, i64)>,
    changed: BTreeSet<i64>,
    /// What is to be added to the calendar, by site and day.
    calendar: BTreeMap<(SiteId, i64), i64>,
}

fn added(count: u64, n: i64) -> u64 {
    count.saturating_add_signed(n)
}

impl Lanes {
    /// Reads the lanes.
    pub(super) fn load(
        connection: &Connection,
        only: Option<&BTreeSet<SiteId>>,
    ) -> rusqlite::Result<Self> {
        let mut lanes = Self::default();
        let mut statement = connection.prepare_cached(
            "SELECT id, site, origin, queued, done, refused, waiting, held, pages_ahead, \
             (SELECT min(ready_at) FROM urls WHERE lane = lanes.id AND state = 3) \
             FROM lanes ORDER BY id",
        )?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            let count = |column| row.get::<_, i64>(column).map(|n| n.try_into().unwrap_or(0));
            let counts = Counts {
                states: [count(3)?, count(4)?, count(5)?, count(6)?],
                held: count(7)?,
                pages_ahead: count(8)?,
            };
            let site = site_of(&row.get::<_, String>(1)?);
            let id = row.get(0)?;
            lanes.add(id, site, &row.get::<_, String>(2)?, only);
            lanes.lane_mut(id).counts = counts;
            lanes.sleeps(id, row.get(9)?);
            lanes.place(id);
        }
        Ok(lanes)
    }

    fn add(&mut self, id: i64, site: SiteId, origin: &str, only: Option<&BTreeSet<SiteId>>) {
        let place = *self.by_origin.entry(origin.to_owned()).or_insert_with(|| {
            self.origins.push(OriginLanes {
                text: origin.to_owned(),
                in_hand: 0,
                lanes: Vec::new(),
            });
            self.origins.len() - 1
        });
        self.origins[place].lanes.push(id);
        let lane = Lane {
            is_chosen: only.is_none_or(|only| only.contains(&site)),
            site,
            origin: place,
            counts: Counts::default(),
            in_hand: 0,
            wakes_at: None,
        };
        self.lanes.insert(id, lane);
    }

    /// Returns the number of a lane, adding the lane where it is new.
    pub(super) fn lane_of(
        &mut self,
        connection: &Connection,
        (site, origin): (&SiteId, &str),
        only: Option<&BTreeSet<SiteId>>,
    ) -> rusqlite::Result<i64> {
        let known = self.by_origin.get(origin).and_then(|&place| {
            let mut lanes = self.origins[place].lanes.iter();
            lanes.find(|id| self.lanes[id].site == *site).copied()
        });
        if let Some(id) = known {
            return Ok(id);
        }
        let id = connection
            .prepare_cached("INSERT INTO lanes (site, origin) VALUES (?1, ?2)")?
            .insert(params![site.as_str(), origin])?;
        self.add(id, site.clone(), origin, only);
        Ok(id)
    }

    fn lane_mut(&mut self, id: i64) -> &mut Lane {
        self.lanes
            .get_mut(&id)
            .expect("rows name lanes that are there: none is ever removed")
    }

    /// Returns a lane.
    pub(super) fn lane(&self, id: i64) -> Option<&Lane> {
        self.lanes.get(&id)
    }

    /// Returns the lanes with their numbers.
    pub(super) fn iter(&self) -> impl Iterator<Item = (i64, &Lane)> {
        self.lanes.iter().map(|(id, lane)| (*id, lane))
    }

    /// Returns the origin of a lane.
    pub(super) fn origin_of(&self, id: i64) -> Option<&str> {
        let lane = self.lanes.get(&id)?;
        Some(&self.origins[lane.origin].text)
    }

    /// Says which sites this run takes from.
    pub(super) fn choose(&mut self, only: Option<&BTreeSet<SiteId>>) {
        for lane in self.lanes.values_mut() {
            lane.is_chosen = only.is_none_or(|only| only.contains(&lane.site));
        }
        let all: Vec<i64> = self.lanes.keys().copied().collect();
        all.into_iter().for_each(|id| self.place(id));
    }

    /// Puts a lane where it belongs among those with something to offer.
    fn place(&mut self, id: i64) {
        let lane = &self.lanes[&id];
        let offers = lane.is_chosen && lane.counts.states[0] > lane.in_hand;
        let is_busy = self.origins[lane.origin].in_hand > 0;
        set(&mut self.idle, id, offers && !is_busy);
        set(&mut self.busy, id, offers && is_busy);
    }

    /// Counts an address that came to stand somewhere.
    pub(super) fn entered(&mut self, at: Standing) {
        self.count(at, 1);
    }

    /// Counts an address that went from one standing to another.
    pub(super) fn moved(&mut self, from: Standing, to: Standing) {
        self.count(from, -1);
        self.count(to, 1);
    }

    /// Counts many addresses that went from one standing to another.
    pub(super) fn moved_many(&mut self, from: Standing, to: Standing, rows: usize) {
        let rows = signed(rows as u64);
        self.count(from, -rows);
        self.count(to, rows);
    }

    /// Counts `n` addresses more, or less, that stand so.
    fn count(&mut self, at: Standing, n: i64) {
        if n == 0 {
            return;
        }
        let counts = &mut self.lane_mut(at.lane).counts;
        let state = &mut counts.states[at.state.code()];
        *state = added(*state, n);
        if at.held {
            counts.held = added(counts.held, n);
        }
        if at.is_ahead() {
            counts.pages_ahead = added(counts.pages_ahead, n);
        }
        if let (State::Done, Some(due)) = (at.state, at.due) {
            self.schedule(at.lane, due.div_euclid(DAY), n);
        }
        self.changed.insert(at.lane);
        self.place(at.lane);
    }

    /// Counts `n` addresses of a lane more, or less, as due on a day.
    pub(super) fn schedule(&mut self, lane: i64, day: i64, n: i64) {
        if let Some(lane) = self.lanes.get(&lane) {
            *self.calendar.entry((lane.site.clone(), day)).or_default() += n;
        }
    }

    /// Counts more pages of a lane as ahead, or less.
    pub(super) fn count_pages_ahead(&mut self, lane: i64, pages: i64) {
        let counts = &mut self.lane_mut(lane).counts;
        counts.pages_ahead = added(counts.pages_ahead, pages);
        self.changed.insert(lane);
    }

    /// Notes when a lane wakes; `None` where nothing waits.
    pub(super) fn sleeps(&mut self, id: i64, until: Option<i64>) {
        let before = std::mem::replace(&mut self.lane_mut(id).wakes_at, until);
        if let Some(before) = before {
            self.sleeping.remove(&(before, id));
        }
        if let Some(until) = until {
            self.sleeping.insert((until, id));
        }
    }

    /// Notes that something of a lane waits until then.
    pub(super) fn sleeps_until(&mut self, id: i64, until: i64) {
        let before = self.lanes[&id].wakes_at;
        self.sleeps(id, before.into_iter().chain([until]).min());
    }

    /// Returns the lanes that wake by `now`.
    pub(super) fn waking(&self, now: i64) -> Vec<i64> {
        let due = self.sleeping.range(..=(now, i64::MAX));
        due.map(|(_, lane)| *lane).collect()
    }

    /// Returns when the first lane of this run wakes.
    pub(super) fn first_to_wake(&self) -> Option<i64> {
        let mut sleeping = self.sleeping.iter();
        sleeping
            .find(|(_, lane)| self.lanes[lane].is_chosen)
            .map(|(until, _)| *until)
    }

    /// Returns whether there is something to offer.
    pub(super) fn has_offers(&self) -> bool {
        !self.idle.is_empty() || !self.busy.is_empty()
    }

    /// Returns at most `total` lanes with something to offer and room in hand, the first after `turn` first.
    pub(super) fn offers(&self, turn: i64, per_origin: usize, total: usize) -> Vec<i64> {
        let has_room = |id: &&i64| self.room(**id, per_origin) > 0;
        let of = |set: &BTreeSet<i64>| -> Vec<i64> {
            let cycle = set.range(turn + 1..).chain(set.range(..=turn));
            cycle.filter(has_room).take(total).copied().collect()
        };
        let mut lanes = of(&self.idle);
        if per_origin > 1 {
            lanes.extend(of(&self.busy));
            lanes.sort_unstable_by_key(|id| (*id <= turn, *id));
            lanes.truncate(total);
        }
        lanes
    }

    /// Returns how many more of a lane's origin may be in hand.
    pub(super) fn room(&self, id: i64, per_origin: usize) -> usize {
        per_origin.saturating_sub(self.origins[self.lanes[&id].origin].in_hand)
    }

    /// Notes that one of a lane's queued addresses was taken in hand, or came back (`-1`).
    pub(super) fn took(&mut self, id: i64, n: i8) {
        let lane = self.lane_mut(id);
        lane.in_hand = added(lane.in_hand, n.into());
        let origin = lane.origin;
        let in_hand = &mut self.origins[origin].in_hand;
        *in_hand = in_hand.saturating_add_signed(n.into());
        for place in 0..self.origins[origin].lanes.len() {
            self.place(self.origins[origin].lanes[place]);
        }
    }

    /// Writes what changed.
    pub(super) fn save(&mut self, connection: &Connection) -> rusqlite::Result<()> {
        for id in std::mem::take(&mut self.changed) {
            let Counts {
                states: [queued, done, refused, waiting],
                held,
                pages_ahead,
            } = self.lanes[&id].counts;
            let counts = [queued, done, refused, waiting, held, pages_ahead].map(signed);
            let [queued, done, refused, waiting, held, pages_ahead] = counts;
            connection
                .prepare_cached(
                    "UPDATE lanes SET queued = ?2, done = ?3, refused = ?4, waiting = ?5, \
                     held = ?6, pages_ahead = ?7 WHERE id = ?1",
                )?
                .execute(params![
                    id,
                    queued,
                    done,
                    refused,
                    waiting,
                    held,
                    pages_ahead
                ])?;
        }
        let calendar = std::mem::take(&mut self.calendar);
        for ((site, day), n) in calendar.into_iter().filter(|(_, n)| *n != 0) {
            connection
                .prepare_cached(
                    "INSERT INTO calendar VALUES (?1, ?2, ?3) \
                     ON CONFLICT (site, day) DO UPDATE SET n = n + excluded.n",
                )?
                .execute(params![site.as_str(), day, n])?;
            if n < 0 {
                connection
                    .prepare_cached("DELETE FROM calendar WHERE site = ?1 AND day = ?2 AND n <= 0")?
                    .execute(params![site.as_str(), day])?;
            }
        }
        Ok(())
    }
}

fn set(of: &mut BTreeSet<i64>, id: i64, is_in: bool) {
    if is_in {
        of.insert(id);
    } else {
        of.remove(&id);
    }
}
