//! What is to be asked again, and when.

use rusqlite::{ToSql, params};
use thresh_types::{CanonicalUrl, SiteId, TaskKind, Timestamp};

use super::captures::signed;
use super::frontier::Frontier;
use super::lanes::{Counts, DAY, Standing};
use super::row::{Row, hash_of};
use super::url_row::{DISTRUSTED, Due, SiteSummary, State};
use super::{Database, from_micros, site_of, to_micros};
use crate::CorpusError;

impl Frontier<'_> {
    /// Queues again what was fetched and is due, with its validators, and what was refused; what is held
    /// only for [`Due::All`]. Returns how many addresses. `sites` limits it; `None` is all.
    ///
    /// # Errors
    /// When the database fails.
    pub fn make_due(&mut self, sites: Option<&[SiteId]>, due: Due) -> Result<u64, CorpusError> {
        let wanted = |site: &SiteId| sites.is_none_or(|sites| sites.contains(site));
        let lanes: Vec<i64> = self
            .in_hand
            .lanes
            .iter()
            .filter(|(_, lane)| wanted(&lane.site))
            .map(|(id, _)| id)
            .collect();
        let mut queued = 0;
        for lane in lanes {
            queued += self.refused_again(lane, due)?;
            queued += self.fetched_again(lane, due)?;
        }
        Ok(queued)
    }

    /// Queues again what is held of a site: what is known of it now may let some of it go.
    ///
    /// # Errors
    /// When the database fails.
    pub fn reopen(&mut self, site: &SiteId) -> Result<(), CorpusError> {
        let lanes = self.in_hand.lanes.iter();
        let of_site = lanes.filter(|(_, lane)| lane.site == *site && lane.counts.held > 0);
        let lanes: Vec<i64> = of_site.map(|(id, _)| id).collect();
        for lane in lanes {
            self.held_again(lane)?;
        }
        Ok(())
    }

    fn held_again(&mut self, lane: i64) -> Result<u64, CorpusError> {
        let held = Standing {
            held: true,
            ..standing(lane, State::Refused)
        };
        self.again(held, "state = 2 AND held = 1", &[&lane])
    }

    fn refused_again(&mut self, lane: i64, due: Due) -> Result<u64, CorpusError> {
        let counts = self.counts_of(lane);
        let refused = standing(lane, State::Refused);
        let mut queued = 0;
        if counts.states[State::Refused.code()] > counts.held {
            queued += self.again(refused, "state = 2 AND held = 0", &[&lane])?;
        }
        if counts.held > 0 && due == Due::All {
            queued += self.held_again(lane)?;
        }
        Ok(queued)
    }

    fn fetched_again(&mut self, lane: i64, due: Due) -> Result<u64, CorpusError> {
        let done = standing(lane, State::Done);
        if self.counts_of(lane).states[State::Done.code()] == 0 {
            return Ok(0);
        }
        let until = match due {
            Due::All => i64::MAX,
            Due::At(now) => to_micros(now),
        };
        self.clear_calendar(lane, until)?;
        match due {
            Due::All => self.again(done, "state = 1", &[&lane]),
            Due::At(_) => self.again(done, "state = 1 AND next_due <= ?2", &[&lane, &until]),
        }
    }

    fn counts_of(&self, lane: i64) -> Counts {
        let lane = self.in_hand.lanes.lane(lane);
        lane.map(|lane| lane.counts).unwrap_or_default()
    }

    /// Queues the rows of a lane that stand so and that the condition names. Returns how many.
    fn again(
        &mut self,
        from: Standing,
        condition: &str,
        parameters: &[&dyn ToSql],
    ) -> Result<u64, CorpusError> {
        let pages = self.pages_in(condition, parameters)?;
        let rows = self.run(
            &format!(
                "UPDATE urls SET state = 0, attempts = 0, redirects = 0, held = 0 \
                 WHERE lane = ?1 AND {condition}"
            ),
            parameters,
        )?;
        let lanes = &mut self.in_hand.lanes;
        lanes.moved_many(from, from.now(State::Queued), rows);
        lanes.count_pages_ahead(from.lane, signed(pages));
        Ok(rows as u64)
    }

    /// Returns how many pages are among the rows that the condition names.
    fn pages_in(&self, condition: &str, parameters: &[&dyn ToSql]) -> Result<u64, CorpusError> {
        let sql = format!(
            "SELECT count(*) FILTER (WHERE kind = 0) FROM urls WHERE lane = ?1 AND {condition}"
        );
        self.connection
            .prepare_cached(&sql)
            .and_then(|mut statement| statement.query_row(parameters, |row| row.get::<_, i64>(0)))
            .map(|pages| pages.try_into().unwrap_or(0))
            .map_err(&self.failed)
    }

    /// Takes what is due by then in a lane out of the calendar.
    fn clear_calendar(&mut self, lane: i64, until: i64) -> Result<(), CorpusError> {
        let days: Vec<(i64, i64)> = self
            .connection
            .prepare_cached(
                "SELECT next_due / ?3 - (next_due % ?3 < 0) AS day, count(*) FROM urls \
                 WHERE lane = ?1 AND state = 1 AND next_due <= ?2 GROUP BY day",
            )
            .and_then(|mut statement| {
                let read = |row: &rusqlite::Row<'_>| Ok((row.get(0)?, row.get(1)?));
                statement
                    .query_map(params![lane, until, DAY], read)?
                    .collect()
            })
            .map_err(&self.failed)?;
        for (day, rows) in days {
            self.in_hand.lanes.schedule(lane, day, -rows);
        }
        Ok(())
    }

    /// Queues a page that was fetched before `modified`, and not after `since`: a hint that cannot make a
    /// page be asked for more often than that, and none where hints were [`crate::DISTRUSTED`]. The newest
    /// one is in the page's [`crate::History`].
    ///
    /// # Errors
    /// When the database fails.
    pub fn seen_changed(
        &mut self,
        url: &CanonicalUrl,
        modified: Timestamp,
        since: Timestamp,
    ) -> Result<(), CorpusError> {
        let Some(row) = self.find_page(url)? else {
            return Ok(());
        };
        let modified = to_micros(modified);
        self.run(
            "UPDATE urls SET listed_at = ?2 WHERE id = ?1 AND (listed_at IS NULL OR listed_at < ?2)",
            params![row.id, modified],
        )?;
        let queued = self.run(
            "UPDATE urls SET state = 0, attempts = 0, redirects = 0 WHERE id = ?1 AND state = 1 \
             AND fetched_at < ?2 AND fetched_at <= ?3 AND trust > ?4",
            params![row.id, modified, to_micros(since), DISTRUSTED],
        )?;
        if queued > 0 {
            let lanes = &mut self.in_hand.lanes;
            lanes.moved(row.standing, row.standing.now(State::Queued));
        }
        Ok(())
    }

    /// Queues a page once more that was just fetched.
    ///
    /// # Errors
    /// When the database fails.
    pub fn asked_again(&mut self, url: &CanonicalUrl) -> Result<(), CorpusError> {
        let Some(row) = self.find_page(url)? else {
            return Ok(());
        };
        if row.standing.state == State::Done {
            self.run("UPDATE urls SET state = 0 WHERE id = ?1", [row.id])?;
            let lanes = &mut self.in_hand.lanes;
            lanes.moved(row.standing, row.standing.now(State::Queued));
        }
        Ok(())
    }

    fn find_page(&self, url: &CanonicalUrl) -> Result<Option<Row>, CorpusError> {
        self.find(hash_of(url.as_str()), url, TaskKind::Page)
    }
}

/// Returns the standing of rows that are counted many at a time, apart from their kind and their time:
/// pages ahead and the calendar are then counted by themselves.
pub(super) const fn standing(lane: i64, state: State) -> Standing {
    Standing {
        lane,
        kind: TaskKind::Sitemap,
        state,
        held: false,
        due: None,
    }
}

impl Database {
    /// Returns the frontier of each site, by name.
    pub(crate) fn summary(&self, now: Timestamp) -> Result<Vec<SiteSummary>, CorpusError> {
        self.summaries(now).map_err(CorpusError::db(&self.path))
    }

    fn summaries(&self, now: Timestamp) -> rusqlite::Result<Vec<SiteSummary>> {
        let sql = "SELECT site, sum(queued), sum(waiting), sum(done), sum(refused), sum(held) \
             FROM lanes GROUP BY site HAVING sum(queued + waiting + done + refused) > 0 ORDER BY site";
        let mut statement = self.connection.prepare_cached(sql)?;
        let mut rows = statement.query([])?;
        let mut summaries = Vec::new();
        while let Some(row) = rows.next()? {
            let count = |column| row.get::<_, i64>(column).map(|n| n.try_into().unwrap_or(0));
            let site = row.get::<_, String>(0)?;
            let (due, next_due) = self.due_of(&site, to_micros(now))?;
            summaries.push(SiteSummary {
                site: site_of(&site),
                queued: count(1)?,
                waiting: count(2)?,
                done: count(3)?,
                refused: count(4)?,
                held: count(5)?,
                due,
                next_due,
            });
        }
        Ok(summaries)
    }

    /// Returns how many fetched addresses of a site are due, and when the first one is.
    fn due_of(&self, site: &str, now: i64) -> rusqlite::Result<(u64, Option<Timestamp>)> {
        let day = now.div_euclid(DAY);
        let before: i64 = self
            .connection
            .prepare_cached(
                "SELECT coalesce(sum(n), 0) FROM calendar WHERE site = ?1 AND day < ?2",
            )?
            .query_row(params![site, day], |row| row.get(0))?;
        let sql = "SELECT \
             (SELECT count(*) FROM urls WHERE lane = lanes.id AND state = 1 \
              AND next_due BETWEEN ?2 AND ?3), \
             (SELECT min(next_due) FROM urls WHERE lane = lanes.id AND state = 1) \
             FROM lanes WHERE site = ?1";
        let mut statement = self.connection.prepare_cached(sql)?;
        let mut rows = statement.query(params![site, day * DAY, now])?;
        let (mut due, mut first) = (u64::try_from(before).unwrap_or(0), None);
        while let Some(row) = rows.next()? {
            due += u64::try_from(row.get::<_, i64>(0)?).unwrap_or(0);
            let next: Option<i64> = row.get(1)?;
            first = first.into_iter().chain(next).min();
        }
        Ok((due, first.map(from_micros)))
    }
}
