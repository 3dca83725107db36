//! What records and rows say of an exchange.

use thresh_types::{Capture, Exchange, HttpHead, Sha256Hash, Truncation};

use super::{Note, Original};
use crate::import::{Imported, ImportedKind};
use crate::state::Stored;
use crate::warc::{Effort, Fields, digest_field, http};

pub(super) fn request_fields(exchange: &Exchange) -> Fields {
    let mut fields = Fields::new();
    fields.push("WARC-Target-URI", exchange.url.as_str());
    push_protocols(&mut fields, exchange);
    fields.push("Content-Type", "application/http; msgtype=request");
    fields
}

/// Adds what carried the exchange: the field that IIPC proposes (warc-specifications #42), once for each
/// protocol.
fn push_protocols(fields: &mut Fields, exchange: &Exchange) {
    for protocol in &exchange.protocols {
        fields.push("WARC-Protocol", protocol);
    }
}

pub(super) fn response_fields(
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
    push_protocols(&mut fields, exchange);
    match original {
        None => fields.push("WARC-Payload-Digest", digest_field(&payload)),
        Some(original) => push_revisit_fields(&mut fields, exchange.status, &original.stored),
    }
    // ISO 28500 §6.7.2 wants `length` where the record leaves out a payload that is kept elsewhere.
    let is_left_out = original.is_some() && exchange.status != 304;
    let left_out = is_left_out.then_some(Truncation::Length);
    let truncated = exchange.truncated.or(left_out);
    fields.push_some("WARC-Truncated", truncated.map(Truncation::as_str));
    fields.push("Content-Type", block_type(exchange.status, original));
    fields
}

/// Returns whether the exchange is a 304 that confirms a record. Its block is empty, which ISO 28500
/// §6.7.3 allows: pywb answers with whatever 3xx head it finds there and never looks for the page.
pub(super) const fn is_confirmation(status: u16, original: Option<&Original>) -> bool {
    original.is_some() && status == 304
}

/// Returns the type of the block. An empty one is no HTTP message, and readers that go by the type, such
/// as warcat, would look for a head; without any type warcat fails.
const fn block_type(status: u16, original: Option<&Original>) -> &'static str {
    if is_confirmation(status, original) {
        "application/octet-stream"
    } else {
        "application/http; msgtype=response"
    }
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

/// Images, archives and coded bodies gain nothing from a second compression; PDF does a little.
pub(super) fn effort_of(head: &HttpHead) -> Effort {
    let is_coded = head
        .header("content-encoding")
        .is_some_and(|coding| !coding.is_empty() && !coding.eq_ignore_ascii_case("identity"));
    let content_type = head.header("content-type").unwrap_or_default();
    let (media_type, _) = http::media_type(&content_type);
    let is_packed = [
        "image/",
        "video/",
        "audio/",
        "application/zip",
        "application/gzip",
        "font/woff",
    ]
    .iter()
    .any(|front| media_type.starts_with(front) && media_type != "image/svg+xml");
    if is_coded || is_packed {
        Effort::Coded
    } else {
        Effort::Text
    }
}

pub(super) fn bare_capture(
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
        signals: note.signals.clone(),
    }
}

pub(super) fn exchange_capture(
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
        truncated: exchange.truncated.or(note.truncated),
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

pub(super) fn imported_capture(
    imported: &Imported,
    note: &Note,
    original: Option<&Original>,
) -> Capture {
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
        // A revisit says so of what it leaves out, not of its payload.
        truncated: imported.truncated.filter(|_| original.is_none()),
        ..bare_capture(note, payload, declared)
    };
    match original {
        Some(original) => confirming(capture, &original.stored.capture),
        None => capture,
    }
}
