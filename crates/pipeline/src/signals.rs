//! What captures say to crawlers, put together from the page, later answers and the origin's file.

use std::collections::BTreeMap;

use thresh_corpus::import::{Imported, ImportedKind};
use thresh_corpus::{Corpus, Resource};
use thresh_fetcher::tdmrep::{self, Tdmrep};
use thresh_page::{Raw, Readable, Signals};
use thresh_types::{
    CanonicalUrl, Capture, CaptureKind, HttpHead, Origin, PageSignals, Sha256Hash, TDMREP_PATH,
    Timestamp,
};

use crate::PipelineError;
use crate::record::{MAX_DECODED, PageRecord, ROBOTS_TOKEN, decode};
use crate::records::Records;
use crate::select::Subject;

/// The headers of one answer, in order.
pub(crate) type Headers = Vec<(String, String)>;

/// Returns what an answer says, its body decoded.
pub(crate) fn of_raw(raw: Raw<'_>) -> PageSignals {
    match thresh_page::read(raw) {
        Ok(Readable::Html(page)) => page.signals(ROBOTS_TOKEN),
        _ => Signals::of_headers(raw.url, raw.headers, ROBOTS_TOKEN),
    }
    .recorded()
}

/// Returns what the headers of an answer say by themselves, as those of a 304.
pub(crate) fn of_head(url: &CanonicalUrl, head: &HttpHead) -> PageSignals {
    let headers: Headers = head.headers().collect();
    Signals::of_headers(Some(url), &headers, ROBOTS_TOKEN).recorded()
}

/// Returns the digest of an imported payload with its content codings undone, where there are any, and what
/// a page among the records says.
pub(crate) fn of_record(record: &Imported, kind: CaptureKind) -> (Option<Sha256Hash>, PageSignals) {
    let nothing = PageSignals::default();
    if let ImportedKind::Revisit { head, .. } = &record.kind {
        return (None, of_revisit(record, kind, head.as_ref()));
    }
    let head = record.head();
    let headers: Headers = head
        .map(|head| head.headers().collect())
        .unwrap_or_default();
    let wire = record.payload.to_bytes().ok();
    let decoded = wire
        .as_deref()
        .and_then(|wire| decode(&headers, wire, MAX_DECODED).ok());
    let Some((body, _)) = decoded else {
        return (None, nothing);
    };
    let digest = head.map(|_| Sha256Hash::of(&body));
    if kind != CaptureKind::Page || !matches!(record.status(), 200 | 304) {
        return (digest, nothing);
    }
    let declared = head.and_then(|head| head.header("content-type"));
    let url = record.url.parse::<CanonicalUrl>().ok();
    let said = of_raw(Raw {
        url: url.as_ref(),
        headers: &headers,
        content_type: declared.or_else(|| record.content_type.clone()).as_deref(),
        body: &body,
    });
    (digest, said)
}

/// Returns what a 304 among the records says, as when it is fetched. Any other revisit says with its headers
/// but a part of what the page says.
fn of_revisit(record: &Imported, kind: CaptureKind, head: Option<&HttpHead>) -> PageSignals {
    let is_confirmation = kind == CaptureKind::Page && record.status() == 304;
    let url = record.url.parse::<CanonicalUrl>().ok();
    match (head, url) {
        (Some(head), Some(url)) if is_confirmation => of_head(&url, head),
        _ => PageSignals::default(),
    }
}

/// Returns what an imported file says.
pub(crate) fn of_resource(resource: &Resource, bytes: &[u8]) -> PageSignals {
    let url = resource.url.as_ref().and_then(|url| url.parse().ok());
    of_raw(Raw {
        url: url.as_ref(),
        headers: &[],
        content_type: resource.content_type.as_deref(),
        body: bytes,
    })
}

/// Returns those of the headers that signals are read from.
pub(crate) fn relevant(headers: impl IntoIterator<Item = (String, String)>) -> Headers {
    let headers = headers.into_iter();
    headers.filter(|(name, _)| Signals::is_read(name)).collect()
}

/// Returns everything that is said of a capture of `subject` whose record is `record`: by its markup, by
/// the headers that hold today, and by the file of its origin.
///
/// # Errors
/// When the archive cannot be read.
pub(crate) fn of_capture(
    subject: &Subject,
    capture: &Capture,
    record: &PageRecord,
    records: &Records<'_>,
    reservations: &Reservations,
) -> Result<Signals, PipelineError> {
    let url = capture.final_url.parse::<CanonicalUrl>().ok();
    let headers = headers(subject, capture, record, records)?;
    let mut signals = Signals::of(url.as_ref(), &headers, &record.markup, ROBOTS_TOKEN);
    if let Some(url) = &url {
        reservations.speak(url, &mut signals);
    }
    Ok(signals)
}

/// Returns the headers that hold for a payload: those of the newest answer that carried it, updated by a
/// later 304 (RFC 9111 §3.2).
fn headers(
    subject: &Subject,
    capture: &Capture,
    record: &PageRecord,
    records: &Records<'_>,
) -> Result<Headers, PipelineError> {
    let Some(later) = subject.later.get(&capture.payload_digest) else {
        return Ok(record.headers.clone());
    };
    let mut headers = match &later.answer {
        Some(answer) => records.headers(answer)?,
        None => record.headers.clone(),
    };
    if let Some(confirmation) = &later.confirmation {
        let newer = records.headers(confirmation)?;
        headers.retain(|(old, _)| !newer.iter().any(|(new, _)| new.eq_ignore_ascii_case(old)));
        headers.extend(newer);
    }
    Ok(headers)
}

/// What each origin says of text and data mining.
#[derive(Debug, Default)]
pub(crate) struct Reservations {
    files: BTreeMap<Origin, Tdmrep>,
}

impl Reservations {
    /// Reads the newest file of each origin among `captures`. An answer of another kind since then (an
    /// error, a page of HTML) does not lift what the file reserved.
    ///
    /// # Errors
    /// When the archive cannot be read.
    pub(crate) fn gather(corpus: &Corpus, captures: &[Capture]) -> Result<Self, PipelineError> {
        let mut answers: BTreeMap<Origin, Vec<&Capture>> = BTreeMap::new();
        for capture in captures {
            if let Some(origin) = speaks_for(capture) {
                answers.entry(origin).or_default().push(capture);
            }
        }
        let mut files = BTreeMap::new();
        for (origin, mut answers) in answers {
            answers.sort_by_key(|capture| std::cmp::Reverse(when(capture)));
            for capture in answers {
                if let Some(file) = read(corpus, capture)? {
                    files.insert(origin, file);
                    break;
                }
            }
        }
        Ok(Self { files })
    }

    fn speak(&self, url: &CanonicalUrl, signals: &mut Signals) {
        let origin = url.origin();
        let Some(word) = self.files.get(&origin).and_then(|file| file.decide(url)) else {
            return;
        };
        let place = format!("tdmrep.json {}", word.location);
        signals.directives.hear_origin(word.reserved, &place);
        if signals.tdm_policy.is_none() {
            let file = origin.at(TDMREP_PATH);
            let policy = word.policy.and_then(|policy| file?.join(policy).ok());
            signals.tdm_policy = policy
                .map(String::from)
                .filter(|url| url.len() <= MAX_POLICY);
        }
    }
}

/// Bytes of a policy's address; a longer one is passed over.
const MAX_POLICY: usize = 2048;

/// Returns the origin whose file the capture is an answer for.
fn speaks_for(capture: &Capture) -> Option<Origin> {
    let is_file = capture.kind == CaptureKind::Tdmrep && capture.status == 200;
    let asked = is_file.then(|| capture.url.parse::<CanonicalUrl>().ok())??;
    (asked.path_and_query() == TDMREP_PATH).then(|| asked.origin())
}

/// Orders captures in time, and those of one instant by their place in the archive.
pub(crate) fn when(capture: &Capture) -> (Option<Timestamp>, &str, u64) {
    (capture.fetched_at, &capture.warc, capture.offset)
}

fn read(corpus: &Corpus, capture: &Capture) -> Result<Option<Tdmrep>, PipelineError> {
    let payload = corpus.read_payload(capture)?;
    let headers: Headers = payload
        .head
        .as_ref()
        .map(|head| head.headers().collect())
        .unwrap_or_default();
    let body = decode(&headers, &payload.bytes, MAX_DECODED).ok();
    Ok(body.and_then(|(body, _)| tdmrep::parse(&body)))
}
