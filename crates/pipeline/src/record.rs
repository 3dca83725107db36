//! Pass 1 of curation: one capture, read once.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};
use thresh_cleaner::Segmentation;
use thresh_codec::Cut;
use thresh_corpus::{Corpus, Payload};
use thresh_metadata_extractor::Gathered;
use thresh_page::{Markup, MediaKind, Raw, Readable};
use thresh_types::{CanonicalUrl, Capture, Sha256Hash};

use crate::PipelineError;
use crate::coding::codings_of;
use crate::large::Turn;
use crate::signals::{Headers, relevant};

/// The versions of the stages whose output a [`PageRecord`] holds, and of this module.
const RECORD_STAGES: [&str; 3] = [
    "record/2",
    thresh_cleaner::STAGE,
    thresh_metadata_extractor::STAGE,
];

/// The largest decoded body that is read, in bytes; a compression bomb stops here.
pub(crate) const MAX_DECODED: u64 = 64 << 20;

/// The token by which `robots` directives may address this crawler alone.
pub(crate) const ROBOTS_TOKEN: &str = "thresh";

/// Everything that later steps need of one capture: a pure function of its payload, its headers and
/// its address, and therefore cached by their digest.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct PageRecord {
    /// What could be read.
    pub content: Content,
    /// What the markup says to crawlers.
    pub markup: Markup,
    /// Those headers that say something to crawlers, in order.
    pub headers: Headers,
}

/// A capture's content, as far as it can be read.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[allow(
    clippy::large_enum_variant,
    reason = "one is made for each capture and taken apart at once"
)]
pub(crate) enum Content {
    /// Blocks and metadata candidates.
    Blocks {
        /// The page as blocks with their features.
        segmentation: Segmentation,
        /// What the page says of itself.
        gathered: Gathered,
    },
    /// Not a text that is read yet, or a body that cannot be decoded.
    Unreadable {
        /// What it is, for people.
        detail: String,
    },
}

impl PageRecord {
    /// Returns the name under which the record of `capture` is cached. The place in the archive
    /// stands for the headers, which can differ where payloads are equal.
    pub(crate) fn cache_key(capture: &Capture) -> Sha256Hash {
        let digest = capture.payload_digest.to_string();
        let offset = capture.offset.to_string();
        let parts = [digest.as_str(), &capture.final_url, &capture.warc, &offset];
        Sha256Hash::of_parts(RECORD_STAGES.into_iter().chain(parts))
    }

    /// Reads the payload of `capture` from the archive and makes its record.
    ///
    /// # Errors
    /// When the archive cannot be read; a payload that makes no sense is no error.
    pub(crate) fn read(
        corpus: &Corpus,
        capture: &Capture,
        turn: &Turn,
    ) -> Result<Self, PipelineError> {
        let payload = corpus.read_payload(capture)?;
        let url = capture.final_url.parse::<CanonicalUrl>().ok();
        Ok(Self::of_payload(&payload, url.as_ref(), turn))
    }

    /// Makes the record of a payload.
    fn of_payload(payload: &Payload, url: Option<&CanonicalUrl>, turn: &Turn) -> Self {
        let headers: Vec<(String, String)> = payload
            .head
            .as_ref()
            .map(|head| head.headers().collect())
            .unwrap_or_default();
        match decode_whole(&headers, &payload.bytes) {
            Err(detail) => Self::unreadable(detail, &headers),
            Ok(body) => turn.read(body.len(), || {
                Self::of_raw(Raw {
                    url,
                    headers: &headers,
                    content_type: content_type(payload).as_deref(),
                    body: &body,
                })
            }),
        }
    }

    /// Makes the record of a decoded body.
    pub(crate) fn of_raw(raw: Raw<'_>) -> Self {
        match thresh_page::read(raw) {
            Err(unreadable) => Self::unreadable(unreadable.to_string(), raw.headers),
            Ok(Readable::Html(page)) => Self {
                markup: page.markup(ROBOTS_TOKEN),
                headers: relevant(raw.headers.iter().cloned()),
                content: Content::Blocks {
                    segmentation: thresh_cleaner::segment(&page),
                    gathered: thresh_metadata_extractor::gather(&page),
                },
            },
            Ok(Readable::Text(text)) => Self {
                headers: relevant(raw.headers.iter().cloned()),
                ..Self::of_text(&text, raw.url)
            },
        }
    }

    /// Makes the record of text that was extracted by someone else.
    pub(crate) fn of_text(text: &str, url: Option<&CanonicalUrl>) -> Self {
        Self {
            markup: Markup::default(),
            headers: Headers::new(),
            content: Content::Blocks {
                segmentation: thresh_cleaner::segment_text(text),
                gathered: thresh_metadata_extractor::gather_text(text, url),
            },
        }
    }

    fn unreadable(detail: String, headers: &[(String, String)]) -> Self {
        Self {
            content: Content::Unreadable { detail },
            markup: Markup::default(),
            headers: relevant(headers.iter().cloned()),
        }
    }
}

/// Undoes the content codings of a body, at most `cap` bytes of it. A body without codings is not
/// copied.
///
/// # Errors
/// When a coding is unknown, as text for people. A body that ends early gives what could be read.
pub(crate) fn decode<'w>(
    headers: &[(String, String)],
    wire: &'w [u8],
    cap: u64,
) -> Result<(Cow<'w, [u8]>, Option<Cut>), String> {
    let codings = codings_of(headers, wire);
    if codings.is_empty() {
        let room = usize::try_from(cap).unwrap_or(usize::MAX);
        let cut = (wire.len() > room).then_some(Cut::Cap);
        return Ok((Cow::Borrowed(&wire[..wire.len().min(room)]), cut));
    }
    thresh_codec::decode(&codings, wire, cap)
        .map(|decoded| (Cow::Owned(decoded.bytes), decoded.cut))
        .map_err(|error| error.to_string())
}

/// As [`decode`], for a body of which a part is of no use.
fn decode_whole<'w>(headers: &[(String, String)], wire: &'w [u8]) -> Result<Cow<'w, [u8]>, String> {
    match decode(headers, wire, MAX_DECODED)? {
        (bytes, None) => Ok(bytes),
        (_, Some(Cut::Cap)) => Err(format!("it decodes to more than {} MiB", MAX_DECODED >> 20)),
        (_, Some(Cut::Early)) => Err("its content coding breaks off".to_owned()),
    }
}

/// Returns the body of a payload decoded to Unicode, markup included; `None` where it is no text.
pub fn body_text(payload: &Payload) -> Option<String> {
    let headers: Vec<(String, String)> = payload
        .head
        .as_ref()
        .map(|head| head.headers().collect())
        .unwrap_or_default();
    let body = decode(&headers, &payload.bytes, MAX_DECODED).ok()?.0;
    let (kind, _) = MediaKind::of(Some(&payload.media_type), None, &body);
    let is_text = matches!(
        kind,
        MediaKind::Html | MediaKind::Text | MediaKind::Xml | MediaKind::Json
    );
    is_text.then(|| thresh_page::decode_text(&body, content_type(payload).as_deref()).text)
}

fn content_type(payload: &Payload) -> Option<String> {
    let head = payload
        .head
        .as_ref()
        .and_then(|head| head.header("content-type"));
    head.or_else(|| Some(payload.media_type.clone()))
}
