//! One request and its answer, written down as they went over the wire.

use std::time::Duration;

use http::header::{
    ACCEPT, ACCEPT_ENCODING, HOST, HeaderMap, HeaderName, HeaderValue, IF_MODIFIED_SINCE,
    IF_NONE_MATCH, USER_AGENT,
};
use thresh_types::{Body, CanonicalUrl, Exchange, HttpHead, Truncation, Validators};
use tokio::time::{Instant, timeout_at};

use crate::Clock;
use crate::client::Connection;
use crate::failure::Failure;
use crate::spool::Spool;
use thresh_types::RefusalReason;

/// What is asked for: pages first, anything else too.
const ACCEPTED: HeaderValue =
    HeaderValue::from_static("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8");

/// The content codings that can be undone later.
const CODINGS: HeaderValue = HeaderValue::from_static("gzip, deflate, br, zstd");

/// What bounds an exchange.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Bounds {
    /// Time in all.
    pub(crate) total: Duration,
    /// Bytes of the body on the wire.
    pub(crate) max_body: u64,
}

/// Returns the headers of a request in the order in which they are sent.
pub(crate) fn headers(
    connection: &Connection,
    user_agent: &HeaderValue,
    validators: &Validators,
) -> HeaderMap {
    let mut headers = HeaderMap::new();
    headers.insert(HOST, connection.host.clone());
    headers.insert(USER_AGENT, user_agent.clone());
    headers.insert(ACCEPT, ACCEPTED);
    headers.insert(ACCEPT_ENCODING, CODINGS);
    let conditions = [
        (IF_NONE_MATCH, &validators.etag),
        (IF_MODIFIED_SINCE, &validators.last_modified),
    ];
    for (name, value) in conditions {
        // A validator that is no header value cannot be sent back, though the server sent it.
        let value = value.as_deref().map(str::as_bytes);
        if let Some(value) = value.and_then(|v| HeaderValue::from_bytes(v).ok()) {
            headers.insert(name, value);
        }
    }
    headers
}

/// Returns whether a request with `headers` may be answered with 304.
pub(crate) fn is_conditional(headers: &HeaderMap) -> bool {
    headers.contains_key(IF_NONE_MATCH) || headers.contains_key(IF_MODIFIED_SINCE)
}

/// Asks for `url` and reads the answer. A body that is cut by a bound or a break is an answer, and
/// says so; no answer at all is a failure.
pub(crate) async fn ask(
    connection: &Connection,
    url: &CanonicalUrl,
    headers: HeaderMap,
    bounds: Bounds,
    clock: &Clock,
) -> Result<Exchange, Failure> {
    let (started_at, begun) = (clock(), Instant::now());
    let deadline = begun + bounds.total;
    let request_head = request_head(url, &headers);
    let mut request = reqwest::Request::new(http::Method::GET, connection.address_of(url));
    *request.headers_mut() = headers;
    let answer = timeout_at(deadline, connection.client.execute(request)).await;
    let Ok(answer) = answer else {
        let detail = format!("no answer within {} s", bounds.total.as_secs_f64());
        return Err(Failure::passing(RefusalReason::TooSlow, detail));
    };
    let mut response = answer.map_err(|error| Failure::of(&error))?;
    let (body, truncated) = read_body(&mut response, deadline, bounds.max_body).await;
    Ok(Exchange {
        url: url.clone(),
        started_at,
        took: begun.elapsed(),
        remote: response.remote_addr(),
        request: request_head,
        status: response.status().as_u16(),
        response: response_head(&response),
        body,
        truncated,
    })
}

/// Reads the body up to the bounds. Says why it is not whole, where it is not.
async fn read_body(
    response: &mut reqwest::Response,
    deadline: Instant,
    max_body: u64,
) -> (Body, Option<Truncation>) {
    let mut spool = Spool::default();
    let truncated = loop {
        let chunk = match timeout_at(deadline, response.chunk()).await {
            Err(_) => break Some(Truncation::Time),
            Ok(Err(_)) => break Some(Truncation::Disconnect),
            Ok(Ok(None)) => break None,
            Ok(Ok(Some(chunk))) => chunk,
        };
        let room = usize::try_from(max_body - spool.len()).unwrap_or(usize::MAX);
        let taken = &chunk[..chunk.len().min(room)];
        if let Err(error) = spool.push(taken) {
            tracing::warn!(%error, "cannot spool a body: is the disk for temporary files full?");
            break Some(Truncation::Unspecified);
        }
        if taken.len() < chunk.len() {
            break Some(Truncation::Length);
        }
    };
    (spool.into_body(), truncated)
}

fn request_head(url: &CanonicalUrl, headers: &HeaderMap) -> HttpHead {
    head(format!("GET {} HTTP/1.1", url.path_and_query()), headers)
}

fn response_head(response: &reqwest::Response) -> HttpHead {
    let status = response.status();
    let sent = response.extensions().get::<hyper::ext::ReasonPhrase>();
    let reason = match sent {
        Some(reason) => String::from_utf8_lossy(reason.as_bytes()).into_owned(),
        None => status.canonical_reason().unwrap_or_default().to_owned(),
    };
    let version = response.version();
    head(
        format!("{version:?} {} {reason}", status.as_u16()),
        response.headers(),
    )
}

/// Writes a head. Names are in title case: ours are sent so, and of the server's only the case is
/// lost on the way here.
fn head(start: String, headers: &HeaderMap) -> HttpHead {
    let mut bytes = start.into_bytes();
    bytes.extend_from_slice(b"\r\n");
    for (name, value) in headers {
        push_title_case(&mut bytes, name);
        bytes.extend_from_slice(b": ");
        bytes.extend_from_slice(value.as_bytes());
        bytes.extend_from_slice(b"\r\n");
    }
    bytes.extend_from_slice(b"\r\n");
    HttpHead(bytes)
}

fn push_title_case(out: &mut Vec<u8>, name: &HeaderName) {
    let mut first = true;
    for byte in name.as_str().bytes() {
        out.push(if first {
            byte.to_ascii_uppercase()
        } else {
            byte
        });
        first = byte == b'-';
    }
}
