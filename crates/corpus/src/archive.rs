//! Writes exchanges and imports as groups of WARC records.
//!
//! A group is what belongs to one capture: the request, the response, and last a `metadata` record that
//! holds the capture's row. That last record is the commit mark: a group without it never happened. The
//! mark names its own file and offset, so that a copy of it in an imported archive marks nothing.

use std::path::{Path, PathBuf};

use thresh_types::{
    Body, Capture, CaptureKind, Exchange, PageSignals, Sha256Hash, SiteId, Timestamp, Truncation,
};

use crate::durable::{entries, make_folder};
use crate::import::{Imported, ImportedKind, RawRecord};
use crate::state::Stored;
use crate::warc::{Draft, Effort, Fields, WarcFile, digest_of, http};
use crate::{Clock, CorpusError};

mod describe;
mod mark;

pub(crate) use describe::target_uri;
use describe::{bare_capture, effort_of, exchange_capture, imported_capture, response_fields};
pub(crate) use mark::{Mark, Reading, is_mark, kind, read_mark, truncation};

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
    folder: PathBuf,
    clock: Clock,
    rotate_at: u64,
    current: Option<WarcFile>,
    /// How many companions stand at the file's end without a mark.
    unmarked: u64,
    /// Files that were closed since the last [`Archive::take_marks`], with their lengths.
    closed: Vec<(String, u64)>,
}

impl Archive {
    /// Returns the archive in `folder`; files are created when they are first needed.
    pub(crate) const fn new(folder: PathBuf, clock: Clock, rotate_at: u64) -> Self {
        Self {
            folder,
            clock,
            rotate_at,
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
        let mut fields = Fields::new();
        fields.push("WARC-Target-URI", url);
        fields.push("Content-Type", "application/http; msgtype=request");
        let nothing = Body::from(Vec::new());
        let request = http::to_stored(&exchange.request);
        file.append(&Draft {
            kind: "request",
            id: &ids[0],
            date,
            fields,
            head: &request,
            body: &nothing,
            effort: Effort::Text,
        })?;
        let head = http::to_stored(&exchange.response);
        let is_revisit = original.is_some();
        let place = file.append(&Draft {
            kind: if is_revisit { "revisit" } else { "response" },
            id: &ids[1],
            date,
            fields: response_fields(exchange, &ids[0], payload.0, original),
            head: &head,
            body: if is_revisit { &nothing } else { &exchange.body },
            effort: effort_of(&exchange.response),
        })?;
        let capture = exchange_capture(exchange, note, payload, original);
        let mark = Mark::new(capture, file.name(), place, date)
            .with_validators(&exchange.response)
            .with_depth(note.depth);
        self.write_mark(&mark, &ids[2], &ids[1], url)
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
        let date = resource.fetched_at.unwrap_or_else(|| self.clock.now());
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
        let mark = Mark::new(capture, file.name(), place, date).with_depth(note.depth);
        self.write_mark(&mark, &ids[1], &ids[0], &target)
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
        let date = imported.date.unwrap_or_else(|| self.clock.now());
        let file = self.file()?;
        let id = file.record_id(1, date);
        let place = file.append_raw(&imported.raw.head, &imported.raw.block)?;
        let capture = imported_capture(imported, note, original);
        let mut mark = Mark::new(capture, file.name(), place, date).with_depth(note.depth);
        if let ImportedKind::Response { head, .. } = &imported.kind {
            mark = mark.with_validators(head);
        }
        let own = imported
            .raw
            .fields
            .get("WARC-Record-ID")
            .unwrap_or_default();
        let target = target_uri(Some(&imported.url), &imported.payload_digest);
        self.write_mark(&mark, &id, own, &target)
    }

    /// Writes a record of an imported archive that is no capture itself. It belongs to the next group,
    /// or to the mark that [`Archive::sync`] writes.
    pub(crate) fn append_companion(&mut self, raw: &RawRecord) -> Result<(), CorpusError> {
        self.in_group(|archive| {
            archive.file()?.append_raw(&raw.head, &raw.block)?;
            archive.unmarked += 1;
            Ok(())
        })
    }

    fn write_mark(
        &mut self,
        mark: &Mark,
        id: &str,
        of: &str,
        target: &str,
    ) -> Result<Stored, CorpusError> {
        let lines = mark.to_block();
        let mut fields = Fields::new();
        fields.push("WARC-Target-URI", target);
        fields.push("WARC-Concurrent-To", of);
        fields.push("Content-Type", "application/warc-fields");
        self.file()?.append(&Draft {
            kind: "metadata",
            id,
            date: mark.stored.warc_date,
            fields,
            head: lines.as_bytes(),
            body: &Body::from(Vec::new()),
            effort: Effort::Text,
        })?;
        self.unmarked = 0;
        Ok(mark.stored.clone())
    }

    /// Closes companions that no capture followed with a mark of their own.
    fn mark_companions(&mut self) -> Result<(), CorpusError> {
        if self.unmarked == 0 {
            return Ok(());
        }
        let lines = mark::companion_block(self.unmarked);
        let date = self.clock.now();
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
        let start = self.current.as_ref().map(WarcFile::position);
        let result = write(self).and_then(|value| {
            self.file()?.flush()?;
            Ok(value)
        });
        if result.is_err() {
            self.unmarked = unmarked;
            match (&mut self.current, start) {
                (Some(file), Some(start)) => file.cut(start)?,
                (Some(_), None) => self.current = None,
                (None, _) => {}
            }
        }
        result
    }

    fn rotate_if_full(&mut self) -> Result<(), CorpusError> {
        let is_full = self
            .current
            .as_ref()
            .is_some_and(|file| file.position() >= self.rotate_at);
        if is_full && self.unmarked == 0 {
            self.close()?;
        }
        Ok(())
    }

    /// Makes the present file durable and lets go of it.
    pub(crate) fn close(&mut self) -> Result<(), CorpusError> {
        self.sync()?;
        if let Some(file) = self.current.take() {
            self.closed.push((file.name().to_owned(), file.position()));
        }
        Ok(())
    }

    /// Makes everything that was appended durable.
    pub(crate) fn sync(&mut self) -> Result<(), CorpusError> {
        self.mark_companions()?;
        self.current.as_mut().map_or(Ok(()), WarcFile::sync)
    }

    /// Returns up to where each file is durable, for those that grew.
    pub(crate) fn take_marks(&mut self) -> Vec<(String, u64)> {
        let mut marks = std::mem::take(&mut self.closed);
        if let Some(file) = &self.current {
            marks.push((file.name().to_owned(), file.position()));
        }
        marks
    }

    fn file(&mut self) -> Result<&mut WarcFile, CorpusError> {
        if self.current.is_none() {
            self.current = Some(self.create()?);
        }
        Ok(self.current.as_mut().expect("it was just created"))
    }

    fn create(&self) -> Result<WarcFile, CorpusError> {
        make_folder(&self.folder)?;
        let now = self.clock.now();
        let number = next_number(&self.folder)?;
        let stamp = now.strftime("%Y%m%d%H%M%S");
        let path = self.folder.join(format!("{number:06}-{stamp}.warc.gz"));
        let mut file = WarcFile::create(&path)?;
        if let Err(error) = write_warcinfo(&mut file, now) {
            // Best effort: an empty file hurts nobody.
            let _ = std::fs::remove_file(&path);
            return Err(error);
        }
        Ok(file)
    }
}

fn write_warcinfo(file: &mut WarcFile, now: Timestamp) -> Result<(), CorpusError> {
    let mut about = Fields::new();
    about.push("software", concat!("thresh/", env!("CARGO_PKG_VERSION")));
    about.push("format", "WARC File Format 1.1");
    about.push(
        "conformsTo",
        "http://iipc.github.io/warc-specifications/specifications/warc-format/warc-1.1/",
    );
    let lines = about.to_block();
    let mut fields = Fields::new();
    fields.push("WARC-Filename", file.name());
    fields.push("Content-Type", "application/warc-fields");
    let id = file.record_id(0, now);
    file.append(&Draft {
        kind: "warcinfo",
        id: &id,
        date: now,
        fields,
        head: lines.as_bytes(),
        body: &Body::from(Vec::new()),
        effort: Effort::Text,
    })?;
    file.sync()
}

/// Returns the names of the archive's files, in order of their numbers.
pub(crate) fn warc_names(folder: &Path) -> Result<Vec<String>, CorpusError> {
    let names = entries(folder)?
        .iter()
        .filter_map(|path| path.file_name()?.to_str().map(str::to_owned))
        .filter(|name| number_of(name).is_some())
        .collect();
    Ok(names)
}

fn number_of(name: &str) -> Option<u64> {
    let stem = name.strip_suffix(".warc.gz")?;
    let (number, stamp) = stem.split_once('-')?;
    let is_digits = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    (is_digits(number) && is_digits(stamp))
        .then(|| number.parse().ok())
        .flatten()
}

fn next_number(folder: &Path) -> Result<u64, CorpusError> {
    let names = warc_names(folder)?;
    Ok(1 + names.iter().filter_map(|n| number_of(n)).max().unwrap_or(0))
}

/// Returns digest and length of a body.
pub(crate) fn payload_of(body: &Body, path: &Path) -> Result<(Sha256Hash, u64), CorpusError> {
    digest_of(b"", body).map_err(CorpusError::io("read the body for", path))
}
