//! Writes exchanges and imports as groups of WARC records.
//!
//! A group is what belongs to one capture: the request, the response, and last a `metadata` record that
//! holds the capture's row. That last record is the commit mark: a group without it never happened. The
//! mark names its own file and offset, so that a copy of it in an imported archive marks nothing.

use std::path::{Path, PathBuf};

use thresh_types::{
    Body, Capture, CaptureKind, Exchange, HttpHead, Sha256Hash, SiteId, Timestamp, Truncation,
};

use crate::durable::{entries, make_folder};
use crate::import::{Imported, ImportedKind, RawRecord};
use crate::state::Stored;
use crate::warc::{Draft, Effort, Fields, WarcFile, digest_field, digest_of, http};
use crate::{Clock, CorpusError};

mod mark;

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
}

impl Note {
    /// Returns a note that knows nothing more.
    pub const fn new(site: SiteId, kind: CaptureKind) -> Self {
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
        let own = imported.raw.fields.get("WARC-Record-ID").unwrap_or_default();
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

fn response_fields(
    exchange: &Exchange,
    request: &str,
    payload: Sha256Hash,
    original: Option<&Original>,
) -> Fields {
    let mut fields = Fields::new();
    fields.push("WARC-Target-URI", exchange.url.as_str());
    // Only backwards: warcat wants every record named after it was seen.
    fields.push("WARC-Concurrent-To", request);
    fields.push_some(
        "WARC-IP-Address",
        exchange.remote.map(|address| address.ip().to_string()),
    );
    match original {
        None => fields.push("WARC-Payload-Digest", digest_field(&payload)),
        Some(original) => push_revisit_fields(&mut fields, exchange.status, &original.stored),
    }
    fields.push_some("WARC-Truncated", exchange.truncated.map(Truncation::as_str));
    fields.push("Content-Type", "application/http; msgtype=response");
    fields
}

fn push_revisit_fields(fields: &mut Fields, status: u16, original: &Stored) {
    let profile = if status == 304 {
        "http://netpreserve.org/warc/1.1/revisit/server-not-modified"
    } else {
        "http://netpreserve.org/warc/1.1/revisit/identical-payload-digest"
    };
    fields.push("WARC-Profile", profile);
    let capture = &original.capture;
    fields.push(
        "WARC-Refers-To-Target-URI",
        target_uri(Some(&capture.final_url), &capture.payload_digest),
    );
    fields.push(
        "WARC-Refers-To-Date",
        crate::warc::whole_seconds(original.warc_date).to_string(),
    );
    // For a repeated payload ISO 28500 §6.7.2 wants the digest; a 304 has no payload, and FastWARC and
    // warcat check the digest against the empty block.
    if status != 304 {
        fields.push("WARC-Payload-Digest", digest_field(&capture.payload_digest));
    }
}

/// Returns the address as a URI; content without an address is named by its digest.
pub(crate) fn target_uri(url: Option<&str>, digest: &Sha256Hash) -> String {
    match url.map(url::Url::parse) {
        Some(Ok(url)) => url.into(),
        _ => format!("urn:sha256:{digest}"),
    }
}

/// Images, archives and coded bodies gain nothing from a second compression.
fn effort_of(head: &HttpHead) -> Effort {
    let is_coded = head
        .header("content-encoding")
        .is_some_and(|coding| !coding.is_empty() && !coding.eq_ignore_ascii_case("identity"));
    let content_type = head.header("content-type").unwrap_or_default();
    let (media_type, _) = http::media_type(&content_type);
    let is_packed = ["image/", "video/", "audio/", "application/zip", "application/pdf"]
        .iter()
        .any(|front| media_type.starts_with(front) && media_type != "image/svg+xml");
    if is_coded || is_packed {
        Effort::Coded
    } else {
        Effort::Text
    }
}

fn bare_capture(
    note: &Note,
    payload: (Sha256Hash, u64),
    declared: (String, Option<String>),
) -> Capture {
    Capture {
        url: String::new(),
        final_url: String::new(),
        status: 0,
        media_type: note.media_type.clone().unwrap_or(declared.0),
        charset: note.charset.clone().or(declared.1),
        fetched_at: None,
        sha256: note.sha256.unwrap_or(payload.0),
        payload_digest: payload.0,
        bytes: payload.1,
        warc: String::new(),
        offset: 0,
        length: 0,
        site: note.site.clone(),
        truncated: None,
        kind: note.kind,
        revisit: false,
        import_id: note.import_id.clone(),
        location: note.location.clone(),
    }
}

fn exchange_capture(
    exchange: &Exchange,
    note: &Note,
    payload: (Sha256Hash, u64),
    original: Option<&Original>,
) -> Capture {
    let declared = http::media_type(&exchange.response.header("content-type").unwrap_or_default());
    let url = exchange.url.to_string();
    let capture = Capture {
        url: note.requested_url.clone().unwrap_or_else(|| url.clone()),
        final_url: url,
        status: exchange.status,
        fetched_at: Some(exchange.started_at),
        truncated: exchange.truncated,
        revisit: original.is_some(),
        ..bare_capture(note, payload, declared)
    };
    match original {
        // A 304 speaks of content that it does not carry.
        Some(original) if exchange.status == 304 => confirming(capture, &original.stored.capture),
        _ => capture,
    }
}

fn confirming(capture: Capture, original: &Capture) -> Capture {
    Capture {
        media_type: original.media_type.clone(),
        charset: original.charset.clone(),
        sha256: original.sha256,
        payload_digest: original.payload_digest,
        bytes: original.bytes,
        revisit: true,
        ..capture
    }
}

fn imported_capture(imported: &Imported, note: &Note, original: Option<&Original>) -> Capture {
    let content_type = match &imported.kind {
        ImportedKind::Response { head, .. } => head.header("content-type"),
        _ => imported.content_type.clone(),
    };
    let declared = http::media_type(&content_type.unwrap_or_default());
    let payload = (imported.payload_digest, imported.payload.len());
    let capture = Capture {
        url: note
            .requested_url
            .clone()
            .unwrap_or_else(|| imported.url.clone()),
        final_url: imported.url.clone(),
        status: imported.status(),
        fetched_at: imported.date,
        truncated: imported.truncated,
        ..bare_capture(note, payload, declared)
    };
    match original {
        Some(original) => confirming(capture, &original.stored.capture),
        None => capture,
    }
}

/// Returns digest and length of a body.
pub(crate) fn payload_of(body: &Body, path: &Path) -> Result<(Sha256Hash, u64), CorpusError> {
    digest_of(b"", body).map_err(CorpusError::io("read the body for", path))
}

