//! Questions about captures by key and place, all answered from an index.

use rusqlite::params;
use thresh_types::Sha256Hash;

use super::captures::{COLUMNS, read_row, signed};
use super::{Database, Stored};
use crate::CorpusError;

/// Where a walk by key goes on: after this row.
#[derive(Debug, Clone, Default)]
pub(crate) struct After {
    pub(crate) key: String,
    date: i64,
    id: i64,
}

impl Database {
    /// Returns up to `limit` captures whose key is at least `from` and less than `to`, by key and time,
    /// that come after the given row.
    pub(crate) fn by_key(
        &self,
        (from, to): (&str, &str),
        after: Option<&After>,
        limit: usize,
    ) -> Result<Vec<(After, Stored)>, CorpusError> {
        let start = After {
            key: from.to_owned(),
            date: i64::MIN,
            id: i64::MIN,
        };
        let after = after.unwrap_or(&start);
        let sql = format!(
            "SELECT {COLUMNS}, surt, id FROM captures \
             WHERE (surt, warc_date, id) > (?1, ?2, ?3) AND surt < ?4 \
             ORDER BY surt, warc_date, id LIMIT ?5"
        );
        let parameters = params![after.key, after.date, after.id, to, signed(limit as u64)];
        self.connection
            .prepare_cached(&sql)
            .and_then(|mut statement| {
                let rows = statement.query_map(parameters, |row| {
                    let stored = read_row(row)?;
                    let after = After {
                        key: row.get(23)?,
                        date: stored.warc_date.as_second(),
                        id: row.get(24)?,
                    };
                    Ok((after, stored))
                })?;
                rows.collect()
            })
            .map_err(CorpusError::db(&self.path))
    }

    /// Returns the captures whose records hold the payload, in order of file and offset.
    pub(crate) fn carriers(&self, payload: &Sha256Hash) -> Result<Vec<Stored>, CorpusError> {
        let sql = format!(
            "SELECT {COLUMNS} FROM captures WHERE payload = ?1 AND revisit = 0 \
             ORDER BY warc, offset LIMIT 1000"
        );
        self.connection
            .prepare_cached(&sql)
            .and_then(|mut statement| {
                let rows = statement.query_map([payload.as_bytes()], read_row)?;
                rows.collect()
            })
            .map_err(CorpusError::db(&self.path))
    }

    /// Returns where the record before the one at `offset` ends that is a capture; 0 where there is
    /// none.
    pub(crate) fn end_before(&self, warc: &str, offset: u64) -> Result<u64, CorpusError> {
        self.connection
            .prepare_cached(
                "SELECT coalesce((SELECT offset + length FROM captures \
                 WHERE warc = ?1 AND offset < ?2 ORDER BY offset DESC LIMIT 1), 0)",
            )
            .and_then(|mut statement| {
                statement.query_row(params![warc, signed(offset)], |row| row.get::<_, i64>(0))
            })
            .map(|end| end.try_into().unwrap_or(0))
            .map_err(CorpusError::db(&self.path))
    }

    /// Returns how SQLite would find the rows of [`Database::by_key`].
    #[cfg(test)]
    fn plan_by_key(&self) -> String {
        let sql = "EXPLAIN QUERY PLAN SELECT id FROM captures \
             WHERE (surt, warc_date, id) > ('a', 1, 1) AND surt < 'b' \
             ORDER BY surt, warc_date, id LIMIT 5";
        let mut statement = self.connection.prepare(sql).unwrap();
        let rows = statement
            .query_map([], |row| row.get::<_, String>(3))
            .unwrap();
        rows.map(Result::unwrap).collect::<Vec<_>>().join("\n")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lookup_searches_the_index_and_sorts_nothing() {
        let database = Database::in_memory(std::path::Path::new("state.db")).unwrap();
        let plan = database.plan_by_key();
        assert!(plan.contains("SEARCH captures USING"), "{plan}");
        assert!(plan.contains("captures_surt"), "{plan}");
        assert!(
            !plan.contains("SCAN") && !plan.contains("TEMP B-TREE"),
            "{plan}"
        );
    }
}
