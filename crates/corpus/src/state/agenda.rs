//! What the next run will ask for, and why: for `status` and `crawl --dry-run`.

use rusqlite::{Row, params};
use thresh_types::{CanonicalUrl, How, SiteId, TaskKind, Timestamp};

use super::captures::signed;
use super::frontier::Frontier;
use super::row::{history_of, kind_of, time_of};
use super::url_row::{History, State};
use super::{Database, from_micros, site_of};
use crate::{Corpus, CorpusError};

/// An address that the next run will ask for, or a later one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Upcoming {
    /// The address.
    pub url: CanonicalUrl,
    /// The site that it belongs to.
    pub site: SiteId,
    /// What it is for.
    pub kind: TaskKind,
    /// Where it stands.
    pub state: State,
    /// When it may be asked, where that is not at once: when it is due or has waited long enough.
    pub when: Option<Timestamp>,
    /// The status of its last answer.
    pub status: Option<u16>,
    /// When it was last fetched.
    pub fetched_at: Option<Timestamp>,
    /// When its content last changed, as far as is known.
    pub changed_at: Option<Timestamp>,
    /// How it came to be known.
    pub how: Option<How>,
    /// What the looks at it have shown.
    pub history: History,
}

/// Which rows of a lane are read, in which order: each is answered by an index.
const LISTS: [&str; 4] = [
    "state = 0 ORDER BY priority, id",
    "state = 3 ORDER BY ready_at",
    "state = 2 AND held = 0 ORDER BY id",
    "state = 1 AND next_due IS NOT NULL ORDER BY next_due",
];

const COLUMNS: &str = "path, kind, state, CASE state WHEN 3 THEN ready_at WHEN 1 THEN next_due END, \
     status, fetched_at, changed_at, how, looks, changes, exposed, listed_at, trust";

fn read(row: &Row<'_>, (site, origin): (&str, &str)) -> rusqlite::Result<Option<Upcoming>> {
    let path = row.get_ref(0)?.as_str().unwrap_or_default();
    let Ok(url) = format!("{origin}{path}").parse() else {
        return Ok(None);
    };
    Ok(Some(Upcoming {
        url,
        site: site_of(site),
        kind: kind_of(row.get(1)?),
        state: State::of(row.get(2)?),
        when: time_of(row, 3)?,
        status: row.get(4)?,
        fetched_at: time_of(row, 5)?,
        changed_at: time_of(row, 6)?,
        how: row.get::<_, Option<u8>>(7)?.and_then(How::from_code),
        history: history_of(row, 8)?,
    }))
}

impl Database {
    fn upcoming(&self, site: &SiteId, limit: usize) -> rusqlite::Result<Vec<Upcoming>> {
        let mut lanes = self
            .connection
            .prepare_cached("SELECT id, origin FROM lanes WHERE site = ?1 ORDER BY id")?;
        let lanes: Vec<(i64, String)> = lanes
            .query_map([site.as_str()], |row| Ok((row.get(0)?, row.get(1)?)))?
            .collect::<Result<_, _>>()?;
        let mut found = Vec::new();
        for list in LISTS {
            let mut rows: Vec<Upcoming> = Vec::new();
            for (lane, origin) in &lanes {
                rows.extend(self.listed(list, *lane, (site.as_str(), origin), limit)?);
            }
            // Those of a lane are in order; of two that wait for a time the earlier one comes first.
            rows.sort_by_key(|row| row.when);
            found.extend(rows);
            found.truncate(limit);
        }
        Ok(found)
    }

    fn listed(
        &self,
        list: &str,
        lane: i64,
        names: (&str, &str),
        limit: usize,
    ) -> rusqlite::Result<Vec<Upcoming>> {
        let sql = format!("SELECT {COLUMNS} FROM urls WHERE lane = ?1 AND {list}");
        let mut statement = self.connection.prepare_cached(&format!("{sql} LIMIT ?2"))?;
        let rows =
            statement.query_map(params![lane, signed(limit as u64)], |row| read(row, names))?;
        rows.filter_map(Result::transpose).collect()
    }
}

impl Corpus {
    /// Returns the first `limit` addresses of a site that will be asked for: those queued, those that
    /// wait to be tried again, those refused (each run asks again), then those that are or will be due.
    ///
    /// # Errors
    /// When the database fails.
    pub fn upcoming(&self, site: &SiteId, limit: usize) -> Result<Vec<Upcoming>, CorpusError> {
        let database = self.database();
        let path = database.path().to_owned();
        database
            .upcoming(site, limit)
            .map_err(CorpusError::db(&path))
    }
}

/// What is still to be asked of one origin for one site.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Queue {
    /// The site.
    pub site: SiteId,
    /// The origin, as `scheme://host:port`.
    pub origin: String,
    /// Addresses that may be asked, those in hand included.
    pub queued: u64,
    /// Addresses that wait for a time.
    pub waiting: u64,
    /// The first such time.
    pub wakes_at: Option<Timestamp>,
}

impl Frontier<'_> {
    /// Returns what is still to be asked, by origin; asks memory only.
    pub fn queues(&self) -> Vec<Queue> {
        let lanes = &self.in_hand.lanes;
        let ahead = lanes.iter().map(|(id, lane)| Queue {
            site: lane.site.clone(),
            origin: lanes.origin_of(id).unwrap_or_default().to_owned(),
            queued: lane.counts.states[State::Queued.code()],
            waiting: lane.counts.states[State::Waiting.code()],
            wakes_at: lane.wakes_at.map(from_micros),
        });
        ahead
            .filter(|queue| queue.queued + queue.waiting > 0)
            .collect()
    }
}
