//! Questions about lanes, asked within and outside of a transaction.

use std::collections::BTreeMap;

use rusqlite::{Connection, OptionalExtension, Row, params};
use thresh_types::{Origin, SiteId, Timestamp};

use super::{Count, Database, SiteSummary, State, from_micros, site_of, to_micros};
use crate::CorpusError;

/// One origin of one site.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Lane {
    pub(super) id: i64,
    pub(super) site: SiteId,
    pub(super) origin: String,
    /// How many rows are in the state that was asked for.
    pub(super) rows: u64,
}

fn read_lane(row: &Row<'_>) -> rusqlite::Result<Lane> {
    Ok(Lane {
        id: row.get(0)?,
        site: site_of(&row.get::<_, String>(1)?),
        origin: row.get(2)?,
        rows: row.get::<_, i64>(3)?.try_into().unwrap_or(0),
    })
}

const fn code(state: State) -> i64 {
    match state {
        State::Queued => 0,
        State::Done => 1,
        State::Refused => 2,
        State::Waiting => 3,
    }
}

/// Returns the lane's number, adding the lane where it is new.
pub(super) fn lane_of(
    connection: &Connection,
    site: &SiteId,
    origin: &Origin,
) -> rusqlite::Result<i64> {
    let names = params![site.as_str(), origin.as_str()];
    let known = connection
        .prepare_cached("SELECT id FROM lanes WHERE site = ?1 AND origin = ?2")?
        .query_row(names, |row| row.get(0))
        .optional()?;
    match known {
        Some(id) => Ok(id),
        None => connection
            .prepare_cached("INSERT INTO lanes (site, origin) VALUES (?1, ?2)")?
            .insert(names),
    }
}

/// Returns how many pages of each site are queued or wait for their time.
pub(super) fn pages_ahead(connection: &Connection) -> rusqlite::Result<BTreeMap<SiteId, u64>> {
    connection
        .prepare_cached(
            "SELECT lanes.site, count(*) FROM urls JOIN lanes ON lanes.id = urls.lane \
             WHERE urls.kind = 0 AND urls.state IN (0, 3) GROUP BY lanes.site",
        )?
        .query_map([], |row| {
            let pages = row.get::<_, i64>(1)?.try_into().unwrap_or(0);
            Ok((site_of(&row.get::<_, String>(0)?), pages))
        })?
        .collect()
}

/// Returns the lanes that have rows in the state, by number.
pub(super) fn lanes(connection: &Connection, state: State) -> rusqlite::Result<Vec<Lane>> {
    connection
        .prepare_cached(
            "SELECT id, site, origin, n FROM lanes JOIN tally ON tally.lane = lanes.id \
             WHERE state = ?1 AND n > 0 ORDER BY id",
        )?
        .query_map([code(state)], read_lane)?
        .collect()
}

/// Returns every lane, by number.
pub(super) fn all_lanes(connection: &Connection) -> rusqlite::Result<Vec<Lane>> {
    connection
        .prepare_cached("SELECT id, site, origin, 0 FROM lanes ORDER BY id")?
        .query_map([], read_lane)?
        .collect()
}

/// Returns how many rows each site has in each state.
pub(super) fn counts(connection: &Connection) -> rusqlite::Result<Vec<Count>> {
    connection
        .prepare_cached(
            "SELECT site, state, sum(n) FROM lanes JOIN tally ON tally.lane = lanes.id \
             WHERE n > 0 GROUP BY site, state ORDER BY site, state",
        )?
        .query_map([], |row| {
            Ok(Count {
                site: site_of(&row.get::<_, String>(0)?),
                state: State::of(row.get(1)?),
                rows: row.get::<_, i64>(2)?.try_into().unwrap_or(0),
            })
        })?
        .collect()
}

impl Database {
    /// Returns the frontier of each site, by name.
    pub(crate) fn summary(&self, now: Timestamp) -> Result<Vec<SiteSummary>, CorpusError> {
        self.summaries(now).map_err(CorpusError::db(&self.path))
    }

    fn summaries(&self, now: Timestamp) -> rusqlite::Result<Vec<SiteSummary>> {
        let mut summaries: Vec<SiteSummary> = Vec::new();
        for count in counts(&self.connection)? {
            if summaries.last().is_none_or(|last| last.site != count.site) {
                summaries.push(self.due_of(count.site.clone(), now)?);
            }
            let summary = summaries.last_mut().expect("one was just pushed");
            match count.state {
                State::Queued => summary.queued = count.rows,
                State::Waiting => summary.waiting = count.rows,
                State::Done => summary.done = count.rows,
                State::Refused => summary.refused = count.rows,
            }
        }
        Ok(summaries)
    }

    fn due_of(&self, site: SiteId, now: Timestamp) -> rusqlite::Result<SiteSummary> {
        let (due, next_due): (i64, Option<i64>) = self
            .connection
            .prepare_cached(
                "SELECT count(*) FILTER (WHERE next_due <= ?2), min(next_due) FROM urls \
                 WHERE state = 1 AND lane IN (SELECT id FROM lanes WHERE site = ?1)",
            )?
            .query_row(params![site.as_str(), to_micros(now)], |row| {
                Ok((row.get(0)?, row.get(1)?))
            })?;
        Ok(SiteSummary {
            site,
            queued: 0,
            waiting: 0,
            done: 0,
            refused: 0,
            due: due.try_into().unwrap_or(0),
            next_due: next_due.map(from_micros),
        })
    }
}
