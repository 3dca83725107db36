//! Rows of the frontier: how an address is found and read.

use rusqlite::OptionalExtension;
use rusqlite::types::ValueRef;
use thresh_types::{CanonicalUrl, Discovery, How, SiteId, TaskKind, Timestamp, Validators};
use xxhash_rust::xxh3::xxh3_64;

use super::from_micros;
use super::frontier::Frontier;
use super::lanes::Standing;
use super::url_row::{History, QueuedUrl, State};
use crate::CorpusError;

/// A row as far as it is needed to move it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Row {
    pub(super) id: i64,
    pub(super) standing: Standing,
    /// Whether it says how the address came to be known.
    pub(super) has_how: bool,
    /// Whether somebody vouches for it.
    pub(super) vouched: bool,
}

pub(super) const fn kind_code(kind: TaskKind) -> i64 {
    match kind {
        TaskKind::Page => 0,
        TaskKind::Sitemap => 1,
        TaskKind::Tdmrep => 2,
    }
}

pub(super) const fn kind_of(code: i64) -> TaskKind {
    match code {
        1 => TaskKind::Sitemap,
        2 => TaskKind::Tdmrep,
        _ => TaskKind::Page,
    }
}

/// Returns the number that rows of the address are found by. SQLite writes it in six bytes; more would
/// only make the index larger, since the text decides.
pub(super) fn hash_of(url: &str) -> i64 {
    (xxh3_64(url.as_bytes()) >> 17).cast_signed()
}

/// Returns an address as its origin and what follows.
pub(super) fn split(url: &CanonicalUrl) -> (&str, &str) {
    let path = url.path_and_query();
    let text = url.as_str();
    (&text[..text.len() - path.len()], path)
}

const BY_HASH: &str = "SELECT id, lane, kind, state, held, next_due, how IS NOT NULL, vouched, path \
     FROM urls WHERE hash = ?1";

const BY_ID: &str = "SELECT id, lane, kind, state, held, next_due, how IS NOT NULL, vouched \
     FROM urls WHERE id = ?1";

fn read(row: &rusqlite::Row<'_>) -> rusqlite::Result<Row> {
    Ok(Row {
        id: row.get(0)?,
        standing: Standing {
            lane: row.get(1)?,
            kind: kind_of(row.get(2)?),
            state: State::of(row.get(3)?),
            held: row.get(4)?,
            due: row.get(5)?,
        },
        has_how: row.get(6)?,
        vouched: row.get(7)?,
    })
}

impl Frontier<'_> {
    /// Returns the row of an address in a kind.
    pub(super) fn find(
        &self,
        hash: i64,
        url: &CanonicalUrl,
        kind: TaskKind,
    ) -> Result<Option<Row>, CorpusError> {
        let (origin, path) = split(url);
        self.connection
            .prepare_cached(BY_HASH)
            .and_then(|mut statement| {
                let mut rows = statement.query([hash])?;
                while let Some(row) = rows.next()? {
                    let found = read(row)?;
                    let is_it = found.standing.kind == kind
                        && row.get_ref(8)? == ValueRef::Text(path.as_bytes())
                        && self.in_hand.lanes.origin_of(found.standing.lane) == Some(origin);
                    if is_it {
                        return Ok(Some(found));
                    }
                }
                Ok(None)
            })
            .map_err(&self.failed)
    }

    /// Returns the row with that number.
    pub(super) fn row(&self, id: i64) -> Result<Option<Row>, CorpusError> {
        self.connection
            .prepare_cached(BY_ID)
            .and_then(|mut statement| statement.query_row([id], read).optional())
            .map_err(&self.failed)
    }

    /// Returns a queued address as the crawl takes it; `None` where it cannot be read back, which only
    /// foreign hands can have brought about.
    pub(super) fn queued(&self, id: i64, lane: i64) -> Result<Option<QueuedUrl>, CorpusError> {
        let lanes = &self.in_hand.lanes;
        let (Some(of), Some(origin)) = (lanes.lane(lane), lanes.origin_of(lane)) else {
            return Ok(None);
        };
        let read = |row: &rusqlite::Row<'_>| self.read_queued(row, (&of.site, origin));
        self.connection
            .prepare_cached(
                "SELECT id, path, kind, depth, redirects, requested, etag, last_modified, attempts, \
                 changed_at, fetched_at, vouched, how, via, context, looks, changes, exposed, \
                 listed_at, trust, status FROM urls WHERE id = ?1",
            )
            .and_then(|mut statement| statement.query_row([id], read))
            .map_err(&self.failed)
    }

    fn read_queued(
        &self,
        row: &rusqlite::Row<'_>,
        (site, origin): (&SiteId, &str),
    ) -> rusqlite::Result<Option<QueuedUrl>> {
        let path = row.get_ref(1)?.as_str().unwrap_or_default();
        let Ok(url) = format!("{origin}{path}").parse() else {
            return Ok(None);
        };
        let requested = row.get::<_, Option<String>>(5)?;
        let depth = row.get(3)?;
        Ok(Some(QueuedUrl {
            id: row.get(0)?,
            url,
            site: site.clone(),
            kind: kind_of(row.get(2)?),
            depth,
            redirects: row.get(4)?,
            requested: requested.and_then(|text| text.parse().ok()),
            validators: Validators {
                etag: row.get(6)?,
                last_modified: row.get(7)?,
            },
            attempts: row.get(8)?,
            changed_at: time_of(row, 9)?,
            fetched_at: time_of(row, 10)?,
            vouched: row.get(11)?,
            discovery: Discovery {
                how: how_of(row.get(12)?, depth),
                via: self.read_via(row.get_ref(13)?)?,
                context: row.get(14)?,
            },
            history: history_of(row, 15)?,
            status: row.get(20)?,
        }))
    }

    fn read_via(&self, value: ValueRef<'_>) -> rusqlite::Result<Option<CanonicalUrl>> {
        let text = match value {
            ValueRef::Integer(id) => self.address_of(id)?,
            ValueRef::Text(text) => std::str::from_utf8(text).ok().map(str::to_owned),
            _ => None,
        };
        Ok(text.and_then(|text| text.parse().ok()))
    }

    fn address_of(&self, id: i64) -> rusqlite::Result<Option<String>> {
        let mut statement = self
            .connection
            .prepare_cached("SELECT lane, path FROM urls WHERE id = ?1")?;
        let mut rows = statement.query([id])?;
        let Some(row) = rows.next()? else {
            return Ok(None);
        };
        let origin = self.in_hand.lanes.origin_of(row.get(0)?);
        let path = row.get_ref(1)?.as_str().unwrap_or_default();
        Ok(origin.map(|origin| format!("{origin}{path}")))
    }
}

/// Reads how an address came to be known. Where that was lost with an older database, its depth tells
/// what is likely.
fn how_of(code: Option<u8>, depth: u32) -> How {
    let likely = if depth == 0 { How::Seed } else { How::Link };
    code.and_then(How::from_code).unwrap_or(likely)
}

pub(super) fn time_of(
    row: &rusqlite::Row<'_>,
    column: usize,
) -> rusqlite::Result<Option<Timestamp>> {
    Ok(row.get::<_, Option<i64>>(column)?.map(from_micros))
}

/// Reads the five columns of a history, the first of which is `column`.
pub(super) fn history_of(row: &rusqlite::Row<'_>, column: usize) -> rusqlite::Result<History> {
    Ok(History {
        looks: row.get(column)?,
        changes: row.get(column + 1)?,
        exposed: row.get::<_, i64>(column + 2)?.try_into().unwrap_or(0),
        listed_at: time_of(row, column + 3)?,
        trust: row.get(column + 4)?,
    })
}
