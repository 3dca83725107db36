//! Writes exchanges and imports as groups of WARC records.
//!
//! A group is what belongs to one capture: the request, the response, and last a `metadata` record that
//! holds the capture's row. That last record is the commit mark: a group without it never happened. The
//! mark names its own file and offset, so that a copy of it in an imported archive marks nothing.

use std::path::Path;
use std::time::Duration;

use thresh_types::{
    Body, Capture, CaptureKind, Discovery, Exchange, PageSignals, Sha256Hash, SiteId, Timestamp,
    Truncation,
};

use crate::CorpusError;
use crate::import::{Imported, ImportedKind, RawRecord};
use crate::state::Stored;
use crate::warc::{Draft, Effort, Fields, WarcFile, digest_of, http};

mod describe;
mod files;
mod info;
mod mark;
mod why;

pub(crate) use describe::target_uri;
use describe::{
    bare_capture, effort_of, exchange_capture, imported_capture, is_confirmation, request_fields,
    response_fields,
};
use files::Volume;
pub(crate) use files::{Limits, Shelf, warc_names};
pub use info::ArchiveInfo;
pub(crate) use mark::{Mark, Reading, is_mark, kind, read_mark, revisit_head, truncation};

/// What the caller knows of an exchange beyond its bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Note {
    /// The site.
    pub site: SiteId,
    /// What the exchange was.
    pub kind: CaptureKind,
    /// The address that was asked for first, where redirects led here.
    pub requested_url: Option<String>,
    /// The target of a redirect, absolute.
    pub location: Option<String>,
    /// The digest of the decoded body; `None` where it equals the payload's.
    pub sha256: Option<Sha256Hash>,
    /// The media type; `None` takes it from `Content-Type`.
    pub media_type: Option<String>,
    /// The declared charset; `None` takes it from `Content-Type`.
    pub charset: Option<String>,
    /// How many links away from the seeds.
    pub depth: u32,
    /// The identifier that an import gave.
    pub import_id: Option<String>,
    /// What the page says to crawlers.
    pub signals: PageSignals,
    /// Why the body is not whole once decoded, though all of it came over the wire.
    pub truncated: Option<Truncation>,
    /// How the address came to be known.
    pub discovery: Option<Discovery>,
    /// What robots.txt said of the address, in one line for people.
    pub permit: Option<String>,
    /// How long the exchange took; `None` takes it from the exchange.
    pub took: Option<Duration>,
}

impl Note {
    /// Returns a note that knows nothing more.
    pub fn new(site: SiteId, kind: CaptureKind) -> Self {
        Self {
            site,
            kind,
            requested_url: None,
            location: None,
            sha256: None,
            media_type: None,
            charset: None,
            depth: 0,
            import_id: None,
            signals: PageSignals::default(),
            truncated: None,
            discovery: None,
            permit: None,
            took: None,
        }
    }
}

/// A file to import.
#[derive(Debug, Clone)]
pub struct Resource {
    /// Its address as given, where one is known.
    pub url: Option<String>,
    /// Its media type, with parameters, where one is known.
    pub content_type: Option<String>,
    /// Its bytes.
    pub body: Body,
    /// When it was fetched, where that is known.
    pub fetched_at: Option<Timestamp>,
}

/// A capture that a new one says the same as.
#[derive(Debug, Clone)]
pub(crate) struct Original {
    /// The capture whose record has the payload.
    pub(crate) stored: Stored,
}

/// The WARC files of a corpus, and the one that is being written.
pub(crate) struct Archive {
    shelf: Shelf,
    current: Option<Volume>,
    /// How many companions stand at the file's end without a mark.
    unmarked: u64,
    /// Files that were closed since the last [`Archive::take_marks`], with their lengths.
    closed: Vec<(String, u64)>,
}

impl Archive {
    /// Returns the archive on the shelf; files are created when they are first needed.
    pub(crate) const fn new(shelf: Shelf) -> Self {
        Self {
            shelf,
            current: None,
            unmarked: 0,
            closed: Vec::new(),
        }
    }

    /// Writes the records of one exchange; `original` is the capture that it repeats or confirms.
    pub(crate) fn append_exchange(
        &mut self,
        exchange: &Exchange,
        note: &Note,
        payload: (Sha256Hash, u64),
        original: Option<&Original>,
    ) -> Result<Stored, CorpusError> {
        self.in_group(|archive| archive.write_exchange(exchange, note, payload, original))
    }

    fn write_exchange(
        &mut self,
        exchange: &Exchange,
        note: &Note,
        payload: (Sha256Hash, u64),
        original: Option<&Original>,
    ) -> Result<Stored, CorpusError> {
        let file = self.file()?;
        let date = exchange.started_at;
        let ids = [0, 1, 2].map(|ahead| file.record_id(ahead, date));
        let url = exchange.url.as_str();
        let nothing = Body::from(Vec::new());
        let request = http::to_stored(&exchange.request);
        file.append(&Draft {
            kind: "request",
            id: &ids[0],
            date,
            fields: request_fields(exchange),
            head: &request,
            body: &nothing,
            effort: Effort::Text,
        })?;
        let head = http::to_stored(&exchange.response);
        let is_revisit = original.is_some();
        let is_confirmation = is_confirmation(exchange.status, original);
        let place = file.append(&Draft {
            kind: if is_revisit { "revisit" } else { "response" },
            id: &ids[1],
            date,
            fields: response_fields(exchange, &ids[0], payload.0, original),
            head: if is_confirmation { b"" } else { &head },
            body: if is_revisit { &nothing } else { &exchange.body },
            effort: effort_of(&exchange.response),
        })?;
        let capture = exchange_capture(exchange, note, payload, original);
        let mark = Mark::new(capture, file.name(), place, date)
            .with_validators(&exchange.response)
            .with_depth(note.depth)
            .with_revisit_head(is_confirmation.then_some(&head))
            .because(why::fields(note, Some(exchange.took)));
        self.write_mark(mark, &ids[2], &ids[1], url)
    }

    /// Writes a file as a `resource` record.
    pub(crate) fn append_resource(
        &mut self,
        resource: &Resource,
        note: &Note,
        payload: (Sha256Hash, u64),
    ) -> Result<Stored, CorpusError> {
        self.in_group(|archive| archive.write_resource(resource, note, payload))
    }

    fn write_resource(
        &mut self,
        resource: &Resource,
        note: &Note,
        payload: (Sha256Hash, u64),
    ) -> Result<Stored, CorpusError> {
        // ISO 28500 §5.4 asks for the instant of the record's creation, which is what is known here;
        // that the fetch has no known time is said by the mark.
        let date = resource.fetched_at.unwrap_or_else(|| self.shelf.now());
        let target = target_uri(resource.url.as_deref(), &payload.0);
        let content_type = resource
            .content_type
            .as_deref()
            .unwrap_or("application/octet-stream");
        let mut fields = Fields::new();
        fields.push("WARC-Target-URI", &target);
        // The block is the payload, so its digest is the one that every record has.
        fields.push("Content-Type", content_type);
        let file = self.file()?;
        let ids = [0, 1].map(|ahead| file.record_id(ahead, date));
        let place = file.append(&Draft {
            kind: "resource",
            id: &ids[0],
            date,
            fields,
            head: b"",
            body: &resource.body,
            effort: Effort::Text,
        })?;
        let (media_type, charset) = http::media_type(content_type);
        let url = resource.url.clone().unwrap_or_default();
        let capture = Capture {
            final_url: url.clone(),
            url: note.requested_url.clone().unwrap_or(url),
            status: 200,
            fetched_at: resource.fetched_at,
            truncated: None,
            ..bare_capture(note, payload, (media_type, charset))
        };
        let mark = Mark::new(capture, file.name(), place, date)
            .with_depth(note.depth)
            .because(why::fields(note, None));
        self.write_mark(mark, &ids[1], &ids[0], &target)
    }

    /// Writes a record of an imported archive as it is.
    pub(crate) fn append_verbatim(
        &mut self,
        imported: &Imported,
        note: &Note,
        original: Option<&Original>,
    ) -> Result<Stored, CorpusError> {
        self.in_group(|archive| archive.write_verbatim(imported, note, original))
    }

    fn write_verbatim(
        &mut self,
        imported: &Imported,
        note: &Note,
        original: Option<&Original>,
    ) -> Result<Stored, CorpusError> {
        let date = imported.date.unwrap_or_else(|| self.shelf.now());
        let file = self.file()?;
        let (given, id) = (file.record_id(0, date), file.record_id(1, date));
        let head = imported.raw.whole_head(date, &given);
        let place = file.append_raw(&head, &imported.raw.block)?;
        let capture = imported_capture(imported, note, original);
        let mut mark = Mark::new(capture, file.name(), place, date)
            .with_depth(note.depth)
            .because(why::fields(note, None));
        match &imported.kind {
            ImportedKind::Response { head, .. } => mark = mark.with_validators(head),
            ImportedKind::Revisit { head, .. } => {
                let is_empty = imported.raw.block.is_empty();
                let head = head.as_ref().filter(|_| is_empty);
                mark = mark.with_revisit_head(head.map(|head| &head.0));
            }
            ImportedKind::Resource => {}
        }
        let own = imported.raw.fields.get("WARC-Record-ID").unwrap_or(&given);
        let target = target_uri(Some(&imported.url), &imported.payload_digest);
        self.write_mark(mark, &id, own, &target)
    }

    /// Writes a record of an imported archive that is no capture itself. It belongs to the next group,
    /// or to the mark that [`Archive::sync`] writes.
    pub(crate) fn append_companion(&mut self, raw: &RawRecord) -> Result<(), CorpusError> {
        let now = self.shelf.now();
        self.in_group(|archive| {
            let file = archive.file()?;
            let given = file.record_id(0, now);
            file.append_raw(&raw.whole_head(now, &given), &raw.block)?;
            archive.unmarked += 1;
            Ok(())
        })
    }

    fn write_mark(
        &mut self,
        mark: Mark,
        id: &str,
        of: &str,
        target: &str,
    ) -> Result<Stored, CorpusError> {
        let (stored, lines) = mark.seal();
        let mut fields = Fields::new();
        fields.push("WARC-Target-URI", target);
        fields.push("WARC-Concurrent-To", of);
        fields.push("Content-Type", "application/warc-fields");
        self.file()?.append(&Draft {
            kind: "metadata",
            id,
            date: stored.warc_date,
            fields,
            head: lines.as_bytes(),
            body: &Body::from(Vec::new()),
            effort: Effort::Text,
        })?;
        self.unmarked = 0;
        Ok(stored)
    }

    /// Closes companions that no capture followed with a mark of their own.
    fn mark_companions(&mut self) -> Result<(), CorpusError> {
        if self.unmarked == 0 {
            return Ok(());
        }
        let lines = mark::companion_block(self.unmarked);
        let date = self.shelf.now();
        self.in_group(|archive| {
            let file = archive.file()?;
            let id = file.record_id(0, date);
            let mut fields = Fields::new();
            fields.push("Content-Type", "application/warc-fields");
            file.append(&Draft {
                kind: "metadata",
                id: &id,
                date,
                fields,
                head: lines.as_bytes(),
                body: &Body::from(Vec::new()),
                effort: Effort::Text,
            })?;
            archive.unmarked = 0;
            Ok(())
        })
    }

    /// Runs `write`; takes back what it wrote if it fails.
    fn in_group<T>(
        &mut self,
        write: impl FnOnce(&mut Self) -> Result<T, CorpusError>,
    ) -> Result<T, CorpusError> {
        self.rotate_if_full()?;
        let unmarked = self.unmarked;
        let start = self.current.as_ref().map(|volume| volume.file.position());
        let result = write(self).and_then(|value| {
            self.file()?.flush()?;
            Ok(value)
        });
        if result.is_err() {
            self.unmarked = unmarked;
            if let Some(Volume { file, .. }) = &mut self.current {
                // A file that was begun for the group keeps what it was begun with.
                let start = start.unwrap_or_else(|| file.synced());
                file.cut(start)?;
            }
        }
        result
    }

    /// Begins a new file where it is time. A group is never split, nor companions from what they
    /// belong to.
    fn rotate_if_full(&mut self) -> Result<(), CorpusError> {
        let is_full = self
            .current
            .as_ref()
            .is_some_and(|volume| self.shelf.is_full(volume));
        if is_full && self.unmarked == 0 {
            self.close()?;
        }
        Ok(())
    }

    /// Makes the present file durable and lets go of it.
    pub(crate) fn close(&mut self) -> Result<(), CorpusError> {
        self.sync()?;
        if let Some(Volume { file, .. }) = self.current.take() {
            self.closed.push((file.name().to_owned(), file.position()));
        }
        Ok(())
    }

    /// Makes everything that was appended durable.
    pub(crate) fn sync(&mut self) -> Result<(), CorpusError> {
        self.mark_companions()?;
        self.current
            .as_mut()
            .map_or(Ok(()), |volume| volume.file.sync())
    }

    /// Returns up to where each file is durable, for those that grew.
    pub(crate) fn take_marks(&mut self) -> Vec<(String, u64)> {
        let mut marks = std::mem::take(&mut self.closed);
        if let Some(Volume { file, .. }) = &self.current {
            marks.push((file.name().to_owned(), file.position()));
        }
        marks
    }

    fn file(&mut self) -> Result<&mut WarcFile, CorpusError> {
        if self.current.is_none() {
            self.current = Some(self.shelf.create()?);
        }
        let volume = self.current.as_mut().expect("it was just created");
        Ok(&mut volume.file)
    }
}

/// Returns digest and length of a body.
pub(crate) fn payload_of(body: &Body, path: &Path) -> Result<(Sha256Hash, u64), CorpusError> {
    digest_of(b"", body).map_err(CorpusError::io("read the body for", path))
}
