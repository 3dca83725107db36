//! The frontier of the crawl: which addresses are known, and whose turn it is.
//!
//! Addresses stand in *lanes*, one for each origin of each site, and lanes take turns. Every question
//! that the crawl asks while it runs is answered by an index or from what is counted, so that it takes
//! as long with ten million addresses as with ten; and what is held in memory goes by the number of
//! lanes and of addresses in hand.

use std::collections::{BTreeMap, BTreeSet};

use rusqlite::{Connection, OptionalExtension, params};
use thresh_types::{CanonicalUrl, SiteId, TaskKind, Timestamp};

use super::lanes::{Lanes, Standing};
use super::recent::Recent;
use super::row::{Row, hash_of, kind_code, split};
use super::to_micros;
use super::url_row::{CONTEXT_CHARS, Count, KnownUrl, NewUrl, State};
use crate::{CorpusError, Event};

/// What a run holds in memory of its frontier. What was taken and has not come back is here only: after
/// a kill it is simply queued.
#[derive(Debug, Default)]
pub(crate) struct InHand {
    /// The standing of each row in hand.
    pub(super) rows: BTreeMap<i64, Standing>,
    /// The lane whose turn was last.
    pub(super) turn: i64,
    /// The sites of this run; `None` is all.
    only: Option<BTreeSet<SiteId>>,
    pub(super) lanes: Lanes,
    pub(super) recent: Recent,
    is_loaded: bool,
}

impl InHand {
    /// Limits the run to some sites.
    pub(crate) fn restrict_to(&mut self, sites: Option<&[SiteId]>) {
        self.only = sites.map(|sites| sites.iter().cloned().collect());
        self.lanes.choose(self.only.as_ref());
    }

    /// Forgets what may not be so any more, since a transaction failed.
    pub(crate) fn forget(&mut self) {
        self.is_loaded = false;
        self.lanes = Lanes::default();
        self.recent = Recent::default();
    }

    fn load(&mut self, connection: &Connection) -> rusqlite::Result<()> {
        if self.is_loaded {
            return Ok(());
        }
        self.lanes = Lanes::load(connection, self.only.as_ref())?;
        for row in self.rows.values() {
            self.lanes.took(row.lane, 1);
        }
        self.is_loaded = true;
        Ok(())
    }

    /// Writes the counts that changed, in the transaction that changed them.
    pub(crate) fn save(&mut self, connection: &Connection) -> rusqlite::Result<()> {
        self.lanes.save(connection)
    }
}

/// The frontier within one transaction.
pub struct Frontier<'a> {
    pub(super) connection: &'a Connection,
    pub(super) in_hand: &'a mut InHand,
    pub(super) events: Vec<Event>,
    /// The last place that addresses were found at, with what is written for it.
    via: Option<(CanonicalUrl, Via)>,
    pub(super) failed: Box<dyn Fn(rusqlite::Error) -> CorpusError + 'a>,
}

/// A place that an address was found at: a row, or an address that is in none.
#[derive(Debug, Clone)]
enum Via {
    Row(i64),
    Text(String),
}

impl rusqlite::ToSql for Via {
    fn to_sql(&self) -> rusqlite::Result<rusqlite::types::ToSqlOutput<'_>> {
        match self {
            Self::Row(id) => id.to_sql(),
            Self::Text(text) => text.to_sql(),
        }
    }
}

impl<'a> Frontier<'a> {
    pub(crate) fn new(
        connection: &'a Connection,
        in_hand: &'a mut InHand,
        path: &'a std::path::Path,
    ) -> Result<Self, CorpusError> {
        let failed = CorpusError::db(path);
        in_hand.load(connection).map_err(&failed)?;
        Ok(Self {
            connection,
            in_hand,
            events: Vec::new(),
            via: None,
            failed: Box::new(failed),
        })
    }

    pub(crate) fn into_events(self) -> Vec<Event> {
        self.events
    }

    pub(super) fn run(
        &self,
        sql: &str,
        parameters: impl rusqlite::Params,
    ) -> Result<usize, CorpusError> {
        self.connection
            .prepare_cached(sql)
            .and_then(|mut statement| statement.execute(parameters))
            .map_err(&self.failed)
    }

    /// Queues an address. Returns whether it was queued: one that is known in any state stays as it is,
    /// but for one that is held and now vouched for.
    ///
    /// # Errors
    /// When the database fails.
    pub fn enqueue(&mut self, new: &NewUrl) -> Result<bool, CorpusError> {
        self.enqueue_listed(new, None)
    }

    /// As [`Frontier::enqueue`], for an address of which somebody tells when it last changed: the newest
    /// such time is in its [`crate::History`].
    ///
    /// # Errors
    /// When the database fails.
    pub fn enqueue_listed(
        &mut self,
        new: &NewUrl,
        listed_at: Option<Timestamp>,
    ) -> Result<bool, CorpusError> {
        let text = new.url.as_str();
        let hash = hash_of(text);
        let recent = &mut self.in_hand.recent;
        if recent.knows(hash, new.kind, text, new.vouched) {
            return Ok(false);
        }
        let queued = match self.find(hash, &new.url, new.kind)? {
            Some(row) => self.meet(&row, new)?,
            None => {
                self.add(hash, new, listed_at)?;
                true
            }
        };
        let recent = &mut self.in_hand.recent;
        recent.note(hash, new.kind, text, new.vouched);
        Ok(queued)
    }

    /// Meets an address that is known. Returns whether it was queued.
    fn meet(&mut self, row: &Row, new: &NewUrl) -> Result<bool, CorpusError> {
        if !row.has_how {
            self.discover(row.id, new)?;
        }
        if new.vouched && !row.vouched {
            self.run("UPDATE urls SET vouched = 1 WHERE id = ?1", [row.id])?;
        }
        if !(row.standing.held && new.vouched) {
            return Ok(false);
        }
        self.run(
            "UPDATE urls SET state = 0, held = 0, attempts = 0 WHERE id = ?1",
            [row.id],
        )?;
        let lanes = &mut self.in_hand.lanes;
        lanes.moved(row.standing, row.standing.now(State::Queued));
        Ok(true)
    }

    /// Notes how an address came to be known that was taken from a capture.
    fn discover(&mut self, id: i64, new: &NewUrl) -> Result<(), CorpusError> {
        let via = self.via_of(new)?;
        self.run(
            "UPDATE urls SET how = ?2, via = ?3, context = ?4, vouched = vouched OR ?5 WHERE id = ?1",
            params![
                id,
                new.discovery.how.code(),
                via,
                new.discovery.context.as_deref().map(shortened),
                new.vouched
            ],
        )?;
        Ok(())
    }

    /// Adds an address that is not known.
    pub(super) fn add(
        &mut self,
        hash: i64,
        new: &NewUrl,
        listed_at: Option<Timestamp>,
    ) -> Result<Row, CorpusError> {
        let (origin, path) = split(&new.url);
        let InHand { lanes, only, .. } = &mut *self.in_hand;
        let lane = lanes
            .lane_of(self.connection, (&new.site, origin), only.as_ref())
            .map_err(&self.failed)?;
        let via = self.via_of(new)?;
        let id = self
            .connection
            .prepare_cached(
                "INSERT INTO urls (hash, lane, path, kind, state, held, priority, depth, redirects, \
                 requested, how, via, context, vouched, attempts, looks, changes, exposed, trust, \
                 listed_at) \
                 VALUES (?1, ?2, ?3, ?4, 0, 0, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, 0, 0, 0, 0, 0, ?13)",
            )
            .and_then(|mut statement| {
                statement.insert(params![
                    hash,
                    lane,
                    path,
                    kind_code(new.kind),
                    new.priority,
                    new.depth,
                    new.redirects,
                    new.requested.as_ref().map(CanonicalUrl::as_str),
                    new.discovery.how.code(),
                    via,
                    new.discovery.context.as_deref().map(shortened),
                    new.vouched,
                    listed_at.map(to_micros),
                ])
            })
            .map_err(&self.failed)?;
        let standing = Standing {
            lane,
            kind: new.kind,
            state: State::Queued,
            held: false,
            due: None,
        };
        self.in_hand.lanes.entered(standing);
        Ok(Row {
            id,
            standing,
            has_how: true,
            vouched: new.vouched,
        })
    }

    /// Returns what is written for the place that led to an address: the number of its row where it has
    /// one, in whatever kind.
    fn via_of(&mut self, new: &NewUrl) -> Result<Option<Via>, CorpusError> {
        let Some(url) = &new.discovery.via else {
            return Ok(None);
        };
        if let Some((last, via)) = &self.via
            && last == url
        {
            return Ok(Some(via.clone()));
        }
        let kinds = [TaskKind::Page, TaskKind::Sitemap, TaskKind::Tdmrep];
        let mut via = Via::Text(url.to_string());
        for kind in kinds {
            if let Some(row) = self.find(hash_of(url.as_str()), url, kind)? {
                via = Via::Row(row.id);
                break;
            }
        }
        self.via = Some((url.clone(), via.clone()));
        Ok(Some(via))
    }

    /// Returns how many addresses each site has in each state; cheap, since it is kept up to date.
    ///
    /// # Errors
    /// None today; the signature leaves room.
    pub fn counts(&self) -> Result<Vec<Count>, CorpusError> {
        let mut counts: BTreeMap<(SiteId, State), u64> = BTreeMap::new();
        for (_, lane) in self.in_hand.lanes.iter() {
            for state in State::ALL {
                *counts.entry((lane.site.clone(), state)).or_default() +=
                    lane.counts.states[state.code()];
            }
        }
        let counts = counts.into_iter().filter(|(_, rows)| *rows > 0);
        Ok(counts
            .map(|((site, state), rows)| Count { site, state, rows })
            .collect())
    }

    /// Returns how many pages of each site are queued or wait for their time. What is held does not count.
    ///
    /// # Errors
    /// None today; the signature leaves room.
    pub fn pages_ahead(&self) -> Result<BTreeMap<SiteId, u64>, CorpusError> {
        let mut pages = BTreeMap::new();
        for (_, lane) in self.in_hand.lanes.iter() {
            *pages.entry(lane.site.clone()).or_default() += lane.counts.pages_ahead;
        }
        Ok(pages)
    }

    /// Returns what is known of an address.
    ///
    /// # Errors
    /// When the database fails.
    pub fn known(
        &self,
        url: &CanonicalUrl,
        kind: TaskKind,
    ) -> Result<Option<KnownUrl>, CorpusError> {
        let Some(row) = self.find(hash_of(url.as_str()), url, kind)? else {
            return Ok(None);
        };
        self.connection
            .prepare_cached("SELECT depth, status FROM urls WHERE id = ?1")
            .and_then(|mut statement| {
                statement
                    .query_row([row.id], |columns| {
                        Ok(KnownUrl {
                            id: row.id,
                            state: row.standing.state,
                            held: row.standing.held,
                            depth: columns.get(0)?,
                            status: columns.get(1)?,
                            next_due: row.standing.due.map(super::from_micros),
                        })
                    })
                    .optional()
            })
            .map_err(&self.failed)
    }
}

fn shortened(context: &str) -> &str {
    match context.char_indices().nth(CONTEXT_CHARS) {
        Some((end, _)) => &context[..end],
        None => context,
    }
}
