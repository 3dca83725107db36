//! Capture rows.

use rusqlite::{Connection, OptionalExtension, Row, params};
use thresh_types::{
    Capture, CaptureKind, PageSignals, Sha256Hash, SiteId, Timestamp, Truncation, Validators,
};

use super::{Database, Stored, site_of};
use crate::CorpusError;
use crate::archive::{kind, target_uri, truncation};
use crate::surt::surt;

pub(super) const COLUMNS: &str = "url, final_url, status, media_type, charset, fetched_at, sha256, payload, \
     bytes, warc, offset, length, site, truncated, kind, revisit, import_id, location, \
     warc_date, etag, last_modified, depth, signals";

/// Which captures to list; the default is all.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Filter {
    /// Only of this site.
    pub site: Option<SiteId>,
    /// Only of this kind.
    pub kind: Option<CaptureKind>,
    /// Only where this is the address asked for or the one that answered.
    pub url: Option<String>,
}

fn digest(row: &Row<'_>, column: usize) -> rusqlite::Result<Sha256Hash> {
    row.get::<_, [u8; 32]>(column).map(Sha256Hash::from_bytes)
}

fn unsigned(row: &Row<'_>, column: usize) -> rusqlite::Result<u64> {
    row.get::<_, i64>(column).map(|n| n.try_into().unwrap_or(0))
}

/// Reads what the page says to crawlers; a text that is not ours counts as nothing.
fn signals(row: &Row<'_>, column: usize) -> rusqlite::Result<PageSignals> {
    let text = row.get::<_, Option<String>>(column)?;
    Ok(text
        .and_then(|text| serde_json::from_str(&text).ok())
        .unwrap_or_default())
}

fn signals_text(signals: &PageSignals) -> Option<String> {
    (!signals.is_empty())
        .then(|| serde_json::to_string(signals).ok())
        .flatten()
}

pub(super) fn signed(value: u64) -> i64 {
    i64::try_from(value).unwrap_or(i64::MAX)
}

pub(super) fn read_row(row: &Row<'_>) -> rusqlite::Result<Stored> {
    let text = |column| row.get::<_, Option<String>>(column);
    let capture = Capture {
        url: row.get(0)?,
        final_url: row.get(1)?,
        status: row.get(2)?,
        media_type: row.get(3)?,
        charset: row.get(4)?,
        fetched_at: text(5)?.and_then(|time| time.parse().ok()),
        sha256: digest(row, 6)?,
        payload_digest: digest(row, 7)?,
        bytes: unsigned(row, 8)?,
        warc: row.get(9)?,
        offset: unsigned(row, 10)?,
        length: unsigned(row, 11)?,
        site: site_of(&row.get::<_, String>(12)?),
        truncated: text(13)?.as_deref().and_then(truncation),
        kind: kind(&row.get::<_, String>(14)?).unwrap_or(CaptureKind::Page),
        revisit: row.get(15)?,
        import_id: row.get(16)?,
        location: row.get(17)?,
        signals: signals(row, 22)?,
    };
    Ok(Stored {
        capture,
        warc_date: Timestamp::from_second(row.get(18)?).unwrap_or(Timestamp::UNIX_EPOCH),
        validators: Validators {
            etag: row.get(19)?,
            last_modified: row.get(20)?,
        },
        depth: row.get(21)?,
    })
}

/// Adds a row; `fresh` rows wait to be processed. A row at the same place is replaced.
pub(crate) fn insert(
    connection: &Connection,
    stored: &Stored,
    fresh: bool,
) -> rusqlite::Result<()> {
    let Stored {
        capture,
        warc_date,
        validators,
        depth,
    } = stored;
    let sql = format!(
        "INSERT OR REPLACE INTO captures ({COLUMNS}, surt, fresh) VALUES \
         (?1,?2,?3,?4,?5,?6,?7,?8,?9,?10,?11,?12,?13,?14,?15,?16,?17,?18,?19,?20,?21,?22,?23,?24,?25)"
    );
    connection.prepare_cached(&sql)?.execute(params![
        capture.url,
        capture.final_url,
        capture.status,
        capture.media_type,
        capture.charset,
        capture.fetched_at.map(|time| time.to_string()),
        capture.sha256.as_bytes(),
        capture.payload_digest.as_bytes(),
        signed(capture.bytes),
        capture.warc,
        signed(capture.offset),
        signed(capture.length),
        capture.site.as_str(),
        capture.truncated.map(Truncation::as_str),
        capture.kind.as_str(),
        capture.revisit,
        capture.import_id,
        capture.location,
        warc_date.as_second(),
        validators.etag,
        validators.last_modified,
        depth,
        signals_text(&capture.signals),
        surt(&target_uri(
            Some(&capture.final_url),
            &capture.payload_digest
        )),
        fresh,
    ])?;
    Ok(())
}

/// Notes that the rows speak for the first `committed` bytes of the file.
pub(crate) fn set_committed(
    connection: &Connection,
    warc: &str,
    committed: u64,
) -> rusqlite::Result<()> {
    connection
        .prepare_cached("INSERT OR REPLACE INTO files VALUES (?1, ?2)")?
        .execute(params![warc, signed(committed)])?;
    Ok(())
}

/// Forgets a file and its rows.
pub(crate) fn forget_file(connection: &Connection, warc: &str) -> rusqlite::Result<()> {
    connection.execute("DELETE FROM captures WHERE warc = ?1", [warc])?;
    connection.execute("DELETE FROM files WHERE warc = ?1", [warc])?;
    Ok(())
}

impl Database {
    fn find_one(
        &self,
        rest: &str,
        parameters: impl rusqlite::Params,
    ) -> Result<Option<Stored>, CorpusError> {
        let sql = format!("SELECT {COLUMNS} FROM captures {rest} LIMIT 1");
        self.connection
            .prepare_cached(&sql)
            .and_then(|mut statement| statement.query_row(parameters, read_row).optional())
            .map_err(CorpusError::db(&self.path))
    }

    /// Returns the files with the bytes that the rows speak for, by name.
    pub(crate) fn files(&self) -> Result<Vec<(String, u64)>, CorpusError> {
        self.connection
            .prepare_cached("SELECT warc, committed FROM files ORDER BY warc")
            .and_then(|mut statement| {
                let rows = statement.query_map([], |row| Ok((row.get(0)?, unsigned(row, 1)?)))?;
                rows.collect()
            })
            .map_err(CorpusError::db(&self.path))
    }

    /// Returns the newest capture of content at the address.
    pub(crate) fn newest_content(&self, url: &str) -> Result<Option<Stored>, CorpusError> {
        self.find_one(
            "WHERE final_url = ?1 AND status BETWEEN 200 AND 299 ORDER BY warc DESC, offset DESC",
            [url],
        )
    }

    /// Returns the first capture whose record holds the payload.
    pub(crate) fn carrier(&self, payload: &Sha256Hash) -> Result<Option<Stored>, CorpusError> {
        self.find_one(
            "WHERE payload = ?1 AND revisit = 0 ORDER BY warc, offset",
            [payload.as_bytes()],
        )
    }

    /// Returns the first whole capture of the site whose record holds the payload and whose address
    /// this is; where there is no `url`, of any address.
    pub(crate) fn site_carrier(
        &self,
        site: &SiteId,
        url: Option<&str>,
        payload: &Sha256Hash,
    ) -> Result<Option<Stored>, CorpusError> {
        // A plus keeps a column from being searched by: without statistics SQLite takes the index of
        // the sites, and reads all rows of the site for each page that is stored.
        let is_whole = "+site = ?2 AND revisit = 0 AND truncated IS NULL ORDER BY warc, offset";
        let (payload, site) = (payload.as_bytes(), site.as_str());
        match url {
            Some(url) => self.find_one(
                &format!("WHERE +payload = ?1 AND final_url = ?3 AND {is_whole}"),
                params![payload, site, url],
            ),
            None => self.find_one(
                &format!("WHERE payload = ?1 AND {is_whole}"),
                params![payload, site],
            ),
        }
    }

    /// Returns the capture of the address at the second, if any, else its newest before.
    pub(crate) fn captured_at(
        &self,
        url: &str,
        date: Option<Timestamp>,
    ) -> Result<Option<Stored>, CorpusError> {
        let second = date.map_or(i64::MAX, Timestamp::as_second);
        self.find_one(
            "WHERE final_url = ?1 AND revisit = 0 AND warc_date <= ?2 \
             ORDER BY warc_date DESC, warc DESC, offset DESC",
            params![url, second],
        )
    }

    /// Returns the capture at a place of a file.
    pub(crate) fn capture_at(
        &self,
        warc: &str,
        offset: u64,
    ) -> Result<Option<Stored>, CorpusError> {
        self.find_one(
            "WHERE warc = ?1 AND offset = ?2",
            params![warc, signed(offset)],
        )
    }

    /// Returns whether the address has a capture with the payload; an empty address is one that is
    /// not known. With `import_id`, only captures that an import gave that identifier count.
    pub(crate) fn is_known(
        &self,
        payload: &Sha256Hash,
        url: &str,
        import_id: Option<&str>,
    ) -> Result<bool, CorpusError> {
        let found = self.find_one(
            "WHERE payload = ?1 AND (url = ?2 OR final_url = ?2) \
             AND (?3 IS NULL OR import_id = ?3)",
            params![payload.as_bytes(), url, import_id],
        )?;
        Ok(found.is_some())
    }

    /// Returns whether the address has a revisit of that time.
    pub(crate) fn has_revisit(&self, url: &str, at: Timestamp) -> Result<bool, CorpusError> {
        let found = self.find_one(
            "WHERE final_url = ?1 AND revisit = 1 AND fetched_at = ?2",
            params![url, at.to_string()],
        )?;
        Ok(found.is_some())
    }

    /// Returns up to `limit` captures that the filter names, in order of file and offset, after the
    /// given place.
    pub(crate) fn page(
        &self,
        filter: &Filter,
        after: (&str, i64),
        limit: usize,
    ) -> Result<Vec<Capture>, CorpusError> {
        let by_url = match filter.url {
            Some(_) => "AND (url = ?3 OR final_url = ?3)",
            None => "AND ?3 IS NULL",
        };
        let sql = format!(
            "SELECT {COLUMNS} FROM captures WHERE (warc, offset) > (?4, ?5) \
             AND (?1 IS NULL OR site = ?1) AND (?2 IS NULL OR kind = ?2) {by_url} \
             ORDER BY warc, offset LIMIT ?6"
        );
        let parameters = params![
            filter.site.as_ref().map(SiteId::as_str),
            filter.kind.map(CaptureKind::as_str),
            filter.url,
            after.0,
            after.1,
            signed(limit as u64),
        ];
        self.connection
            .prepare_cached(&sql)
            .and_then(|mut statement| {
                let rows = statement
                    .query_map(parameters, |row| read_row(row).map(|stored| stored.capture))?;
                rows.collect()
            })
            .map_err(CorpusError::db(&self.path))
    }

    /// Returns up to `max` captures that were adopted and not processed yet.
    pub(crate) fn fresh(&self, max: usize) -> Result<Vec<Capture>, CorpusError> {
        let sql = format!(
            "SELECT {COLUMNS} FROM captures WHERE fresh = 1 ORDER BY warc, offset LIMIT ?1"
        );
        self.connection
            .prepare_cached(&sql)
            .and_then(|mut statement| {
                let rows = statement.query_map([signed(max as u64)], |row| {
                    read_row(row).map(|stored| stored.capture)
                })?;
                rows.collect()
            })
            .map_err(CorpusError::db(&self.path))
    }

    /// Calls `visit` with every capture in the order of the CDXJ index: key, then time.
    pub(crate) fn visit_by_key(
        &self,
        mut visit: impl FnMut(&str, &Stored) -> Result<(), CorpusError>,
    ) -> Result<(), CorpusError> {
        let failed = CorpusError::db(&self.path);
        let sql =
            format!("SELECT {COLUMNS}, surt FROM captures ORDER BY surt, warc_date, warc, offset");
        let mut statement = self.connection.prepare(&sql).map_err(&failed)?;
        let mut rows = statement.query([]).map_err(&failed)?;
        while let Some(row) = rows.next().map_err(&failed)? {
            let key: String = row.get(23).map_err(&failed)?;
            visit(&key, &read_row(row).map_err(&failed)?)?;
        }
        Ok(())
    }

    /// Returns how many captures each file has, in order of the names.
    pub(crate) fn records_by_file(&self) -> Result<Vec<(String, u64)>, CorpusError> {
        self.connection
            .prepare_cached("SELECT warc, count(*) FROM captures GROUP BY warc ORDER BY warc")
            .and_then(|mut statement| {
                let rows = statement.query_map([], |row| Ok((row.get(0)?, unsigned(row, 1)?)))?;
                rows.collect()
            })
            .map_err(CorpusError::db(&self.path))
    }
}
