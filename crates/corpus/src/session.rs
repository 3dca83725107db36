//! One run's right to add to the corpus: the WARC that grows, and the state that follows it.
//!
//! The order of a commit is the promise: first the WARC is durable, then the events, then one
//! transaction moves the database. A kill between any two steps loses nothing that was committed and
//! nothing that was written whole.

use std::collections::HashMap;
use std::path::PathBuf;

use rusqlite::Connection;
use thresh_types::{Capture, Exchange, Sha256Hash, SiteId, Timestamp};

use crate::archive::{Archive, Original, payload_of};
use crate::import::{Imported, ImportedKind, RawRecord};
use crate::recovery::Recovery;
use crate::state::{Database, Frontier, InHand, Stored, insert, set_committed};
use crate::{CorpusError, Note, Resource, RunLock, cdxj, event};

/// A payload shorter than this, in bytes, is stored again: a revisit record takes about as much.
const WORTH_A_REVISIT: u64 = 1024;

/// From this size on, in bytes, a payload that another address of the site gave counts as stored.
/// Below, a page keeps its own record: it can then be read, checked and taken down by itself.
const WORTH_SHARING: u64 = 64 * 1024;

/// What became of an imported record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verbatim {
    /// It is a capture.
    Capture(Box<Capture>),
    /// It says that its payload was recorded elsewhere, and that record is not here. It was kept, and
    /// is no capture.
    Unresolved(String),
}

/// One run that adds captures.
pub struct Session {
    root: PathBuf,
    database: Database,
    archive: Archive,
    pending: Pending,
    /// Up to where WARC files are durable, until the database knows.
    marks: Vec<(String, u64)>,
    in_hand: InHand,
    /// What happened since the last commit.
    events: Vec<event::Event>,
    /// Digests of other algorithms that imported archives name payloads by.
    foreign: HashMap<String, Sha256Hash>,
    recovery: Recovery,
    _lock: RunLock,
}

/// Captures that are in the WARC and not yet in the database.
#[derive(Default)]
struct Pending {
    rows: Vec<Stored>,
    /// The first row whose record holds the payload.
    by_payload: HashMap<Sha256Hash, usize>,
    /// The newest row with content of the address.
    by_url: HashMap<String, usize>,
}

impl Pending {
    fn push(&mut self, stored: Stored) {
        let (capture, place) = (&stored.capture, self.rows.len());
        if !capture.revisit {
            self.by_payload
                .entry(capture.payload_digest)
                .or_insert(place);
        }
        if (200..300).contains(&capture.status) {
            self.by_url.insert(capture.final_url.clone(), place);
        }
        self.rows.push(stored);
    }

    fn carrier(&self, payload: &Sha256Hash) -> Option<&Stored> {
        self.by_payload.get(payload).map(|&place| &self.rows[place])
    }

    /// As the database has it for what is committed.
    fn captured_at(&self, url: &str, date: Option<Timestamp>) -> Option<&Stored> {
        let is_then = |stored: &&Stored| {
            let capture = &stored.capture;
            let is_past = date.is_none_or(|date| stored.warc_date <= date);
            capture.final_url == url && !capture.revisit && is_past
        };
        let found = self.rows.iter().filter(is_then);
        found.max_by_key(|stored| stored.warc_date)
    }

    fn newest_content(&self, url: &str) -> Option<&Stored> {
        self.by_url.get(url).map(|&place| &self.rows[place])
    }
}

impl Session {
    pub(crate) fn new(
        root: PathBuf,
        database: Database,
        archive: Archive,
        recovery: Recovery,
        lock: RunLock,
    ) -> Self {
        Self {
            root,
            database,
            archive,
            pending: Pending::default(),
            marks: Vec::new(),
            in_hand: InHand::default(),
            events: Vec::new(),
            foreign: HashMap::new(),
            recovery,
            _lock: lock,
        }
    }

    /// Returns what was found and mended when the session began.
    pub const fn recovery(&self) -> &Recovery {
        &self.recovery
    }

    /// Returns up to `max` captures that were found in the WARC and never processed, in order. Each
    /// comes back until [`Frontier::processed`] names it.
    ///
    /// # Errors
    /// When the database fails.
    pub fn adopted(&self, max: usize) -> Result<Vec<Capture>, CorpusError> {
        self.database.fresh(max)
    }

    /// Limits what [`Frontier::take_ready`] and [`Frontier::next_ready_at`] see to some sites; `None`
    /// lifts the limit.
    pub fn restrict_to(&mut self, sites: Option<&[SiteId]>) {
        self.in_hand.restrict_to(sites);
    }

    /// Writes an exchange to the WARC. A 304 becomes a revisit of the content that it confirms; a payload
    /// of a kilobyte that the address gave before, or a large one that the site did, becomes a revisit
    /// too.
    ///
    /// # Errors
    /// When the WARC cannot be written; what was written of the group is taken back.
    pub fn append_exchange(
        &mut self,
        exchange: &Exchange,
        note: &Note,
    ) -> Result<Capture, CorpusError> {
        let payload = payload_of(&exchange.body, &self.root)?;
        let original = if exchange.status == 304 {
            self.confirmed(exchange.url.as_str())?
        } else if payload.1 >= WORTH_A_REVISIT && exchange.truncated.is_none() {
            self.repeated(&note.site, exchange.url.as_str(), payload)?
        } else {
            None
        };
        let stored = self
            .archive
            .append_exchange(exchange, note, payload, original.as_ref())?;
        Ok(self.remember(stored))
    }

    /// Returns the digest of the decoded body that the address gave last, if any. Whether a record is a
    /// revisit does not tell that: small bodies are stored again, and an older one may come back.
    ///
    /// # Errors
    /// When the database fails.
    pub fn last_content(&self, url: &str) -> Result<Option<Sha256Hash>, CorpusError> {
        let newest = match self.pending.newest_content(url) {
            Some(stored) => Some(stored.capture.sha256),
            None => self
                .database
                .newest_content(url)?
                .map(|stored| stored.capture.sha256),
        };
        Ok(newest)
    }

    /// Writes a file to the WARC.
    ///
    /// # Errors
    /// When the WARC cannot be written; what was written of the group is taken back.
    pub fn append_resource(
        &mut self,
        resource: &Resource,
        note: &Note,
    ) -> Result<Capture, CorpusError> {
        let payload = payload_of(&resource.body, &self.root)?;
        let stored = self.archive.append_resource(resource, note, payload)?;
        Ok(self.remember(stored))
    }

    /// Writes a record of an imported archive to the WARC as it is.
    ///
    /// # Errors
    /// When the WARC cannot be written; what was written of the group is taken back.
    pub fn append_verbatim(
        &mut self,
        imported: &Imported,
        note: &Note,
    ) -> Result<Verbatim, CorpusError> {
        let original = self.imported_original(imported)?;
        let is_revisit = matches!(imported.kind, ImportedKind::Revisit { .. });
        if is_revisit && original.is_none() {
            self.archive.append_companion(&imported.raw)?;
            let what = format!(
                "the original of the revisit of `{}` is not here",
                imported.url
            );
            return Ok(Verbatim::Unresolved(what));
        }
        let stored = self
            .archive
            .append_verbatim(imported, note, original.as_ref())?;
        if let (false, Some(digest)) = (is_revisit, imported.raw.fields.get("WARC-Payload-Digest"))
        {
            self.foreign
                .insert(digest.to_owned(), imported.payload_digest);
        }
        Ok(Verbatim::Capture(Box::new(self.remember(stored))))
    }

    /// Writes a record of an imported archive that is no capture to the WARC as it is.
    ///
    /// # Errors
    /// When the WARC cannot be written.
    pub fn append_companion(&mut self, raw: &RawRecord) -> Result<(), CorpusError> {
        self.archive.append_companion(raw)
    }

    /// Returns whether the address has a capture with the payload, committed or not; with `import_id`,
    /// whether an import gave it that identifier.
    ///
    /// # Errors
    /// When the database fails.
    pub fn is_known(
        &self,
        payload: &Sha256Hash,
        url: &str,
        import_id: Option<&str>,
    ) -> Result<bool, CorpusError> {
        let is_pending = self.pending.by_payload.contains_key(payload)
            && self.pending.rows.iter().any(|stored| {
                let capture = &stored.capture;
                capture.payload_digest == *payload
                    && (capture.url == url || capture.final_url == url)
                    && (import_id.is_none() || capture.import_id.as_deref() == import_id)
            });
        Ok(is_pending || self.database.is_known(payload, url, import_id)?)
    }

    /// Returns whether the address has a revisit of that time, committed or not: a revisit has no
    /// payload of its own to be known by.
    ///
    /// # Errors
    /// When the database fails.
    pub fn has_revisit(&self, url: &str, at: Timestamp) -> Result<bool, CorpusError> {
        let is_pending = self.pending.rows.iter().any(|stored| {
            let capture = &stored.capture;
            capture.revisit && capture.final_url == url && capture.fetched_at == Some(at)
        });
        Ok(is_pending || self.database.has_revisit(url, at)?)
    }

    fn remember(&mut self, stored: Stored) -> Capture {
        let capture = stored.capture.clone();
        self.pending.push(stored);
        capture
    }

    fn carrier(&self, payload: &Sha256Hash) -> Result<Option<Original>, CorpusError> {
        let stored = match self.pending.carrier(payload) {
            Some(stored) => Some(stored.clone()),
            None => self.database.carrier(payload)?,
        };
        Ok(stored.map(|stored| Original { stored }))
    }

    /// Returns the record with the content that a 304 for the address confirms.
    fn confirmed(&self, url: &str) -> Result<Option<Original>, CorpusError> {
        let newest = match self.pending.newest_content(url) {
            Some(stored) => Some(stored.clone()),
            None => self.database.newest_content(url)?,
        };
        match newest {
            Some(stored) if stored.capture.revisit => self.carrier(&stored.capture.payload_digest),
            other => Ok(other.map(|stored| Original { stored })),
        }
    }

    /// Returns the record with which the address gave the payload before, or the site did.
    fn repeated(
        &self,
        site: &SiteId,
        url: &str,
        (payload, bytes): (Sha256Hash, u64),
    ) -> Result<Option<Original>, CorpusError> {
        let counts = |stored: &Stored| {
            let capture = &stored.capture;
            let is_near = capture.final_url == url || bytes >= WORTH_SHARING;
            is_near && capture.site == *site && capture.truncated.is_none()
        };
        let pending = self
            .pending
            .carrier(&payload)
            .filter(|stored| counts(stored));
        let stored = match pending {
            Some(stored) => Some(stored.clone()),
            None => self.database.site_carrier(site, Some(url), &payload)?,
        };
        let stored = match stored {
            None if bytes >= WORTH_SHARING => self.database.site_carrier(site, None, &payload)?,
            stored => stored,
        };
        Ok(stored.map(|stored| Original { stored }))
    }

    fn imported_original(&self, imported: &Imported) -> Result<Option<Original>, CorpusError> {
        let ImportedKind::Revisit {
            refers_to,
            refers_to_date,
            digest,
            ..
        } = &imported.kind
        else {
            return Ok(None);
        };
        let named = digest.as_deref().and_then(|digest| {
            Sha256Hash::from_warc(digest).or_else(|| self.foreign.get(digest).copied())
        });
        if let Some(payload) = named
            && let Some(original) = self.carrier(&payload)?
        {
            return Ok(Some(original));
        }
        let url = refers_to.as_deref().unwrap_or(&imported.url);
        if url.is_empty() {
            return Ok(None);
        }
        let at = refers_to_date.or(imported.date);
        let known = self.database.captured_at(url, at)?;
        let pending = self.pending.captured_at(url, at).cloned();
        let by_date = known
            .into_iter()
            .chain(pending)
            .max_by_key(|stored| stored.warc_date);
        let newest = || self.pending.newest_content(url).cloned();
        let stored = by_date.or_else(|| newest().filter(|stored| !stored.capture.revisit));
        Ok(stored.map(|stored| Original { stored }))
    }

    /// Changes the frontier. What is changed is seen by later calls at once, and kept by the next
    /// [`Session::commit`].
    ///
    /// # Errors
    /// When the database or `change` fails; then the state is as at the last commit, and the session
    /// must end.
    pub fn change<T>(
        &mut self,
        change: impl FnOnce(&mut Frontier<'_>) -> Result<T, CorpusError>,
    ) -> Result<T, CorpusError> {
        let (path, in_hand, events) = (self.database.path(), &mut self.in_hand, &mut self.events);
        let done = self.database.within(|connection| {
            let mut frontier = Frontier::new(connection, in_hand, path)?;
            let value = change(&mut frontier)?;
            events.append(&mut frontier.into_events());
            Ok(value)
        });
        if done.is_err() {
            self.in_hand.forget();
        }
        done
    }

    /// Makes what was appended durable and moves the state: the new captures, and what `change` and the
    /// changes before it did to the frontier, become visible together or not at all.
    ///
    /// # Errors
    /// When something cannot be written, or `change` fails; then the state is as at the last commit, and
    /// the session must end.
    pub fn commit<T>(
        &mut self,
        change: impl FnOnce(&mut Frontier<'_>) -> Result<T, CorpusError>,
    ) -> Result<T, CorpusError> {
        let value = self.change(change)?;
        self.archive.sync()?;
        self.marks.append(&mut self.archive.take_marks());
        if let Err(error) = self.move_state() {
            self.in_hand.forget();
            return Err(error);
        }
        self.pending = Pending::default();
        self.marks.clear();
        self.events.clear();
        Ok(value)
    }

    fn move_state(&mut self) -> Result<(), CorpusError> {
        let mut in_hand = std::mem::take(&mut self.in_hand);
        let noted = self.database.within(|connection| {
            let saved = in_hand.save(connection);
            saved.map_err(CorpusError::db(self.database.path()))?;
            self.note_captures(connection)
        });
        self.in_hand = in_hand;
        noted?;
        event::append(&self.root.join("captures/events.jsonl"), &self.events)?;
        self.database.commit()
    }

    fn note_captures(&self, connection: &Connection) -> Result<(), CorpusError> {
        let failed = CorpusError::db(self.database.path());
        for stored in &self.pending.rows {
            insert(connection, stored, false).map_err(&failed)?;
        }
        for (warc, committed) in &self.marks {
            set_committed(connection, warc, *committed).map_err(&failed)?;
        }
        Ok(())
    }

    /// Commits what is left, closes the WARC file and writes the index of all files.
    ///
    /// # Errors
    /// When something cannot be written.
    pub fn finish(mut self) -> Result<(), CorpusError> {
        self.archive.close()?;
        self.commit(|_| Ok(()))?;
        cdxj::write_index(&self.database, &self.root.join("captures/index.cdxj"))
    }
}
