//! One request and its answer, written down as they went over the wire.

use std::sync::Arc;
use std::time::Duration;

use http::header::{
    ACCEPT, ACCEPT_ENCODING, COOKIE, HOST, HeaderMap, HeaderName, HeaderValue, IF_MODIFIED_SINCE,
    IF_NONE_MATCH, USER_AGENT,
};
use thresh_types::{Body, CanonicalUrl, Exchange, HttpHead, RefusalReason, Truncation, Validators};
use tokio::runtime::Handle;
use tokio::task::JoinSet;
use tokio::time::{Instant, timeout, timeout_at};

use crate::Clock;
use crate::client::{Connection, MAX_HEAD};
use crate::failure::Failure;
use crate::spool::Spool;

/// What is asked for: pages first, anything else too.
const ACCEPTED: HeaderValue =
    HeaderValue::from_static("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8");

/// The content codings that can be undone later.
const CODINGS: HeaderValue = HeaderValue::from_static("gzip, deflate, br, zstd");

/// How long after its deadline an exchange is given up by those who wait for it.
const GRACE: Duration = Duration::from_secs(5);

/// What a request carries beyond what every request does.
#[derive(Debug, Default)]
pub(crate) struct Extras {
    /// For a conditional request.
    pub(crate) validators: Validators,
    /// What the origin asked to have sent back.
    pub(crate) cookie: Option<HeaderValue>,
}

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
    extras: &Extras,
) -> HeaderMap {
    let mut headers = HeaderMap::new();
    headers.insert(HOST, connection.host.clone());
    headers.insert(USER_AGENT, user_agent.clone());
    headers.insert(ACCEPT, ACCEPTED);
    headers.insert(ACCEPT_ENCODING, CODINGS);
    let conditions = [
        (IF_NONE_MATCH, &extras.validators.etag),
        (IF_MODIFIED_SINCE, &extras.validators.last_modified),
    ];
    for (name, value) in conditions {
        // A validator that is no header value cannot be sent back, though the server sent it.
        let value = value.as_deref().map(str::as_bytes);
        if let Some(value) = value.and_then(|v| HeaderValue::from_bytes(v).ok()) {
            headers.insert(name, value);
        }
    }
    if let Some(cookie) = &extras.cookie {
        headers.insert(COOKIE, cookie.clone());
    }
    headers
}

/// Returns whether a request with `headers` may be answered with 304.
pub(crate) fn is_conditional(headers: &HeaderMap) -> bool {
    headers.contains_key(IF_NONE_MATCH) || headers.contains_key(IF_MODIFIED_SINCE)
}

/// One request to be made.
pub(crate) struct Request {
    pub(crate) connection: Arc<Connection>,
    pub(crate) url: CanonicalUrl,
    pub(crate) headers: HeaderMap,
    pub(crate) bounds: Bounds,
}

/// Makes a request on the threads of `io` and reads the answer. A body that is cut by a bound or a
/// break is an answer, and says so; no answer at all is a failure.
///
/// The deadline is kept twice: where the bytes arrive, so that what came until then is kept, and, a
/// little later, here. Taking in bytes costs time that no library below gives back before it has
/// taken all there are (a chunk size of a million zeros, hints without end), and whoever keeps the
/// pace of origins must not wait for that.
pub(crate) async fn ask(io: &Handle, request: Request, clock: &Clock) -> Result<Exchange, Failure> {
    let bounds = request.bounds;
    // A set of one ends its task when it is dropped.
    let mut task = JoinSet::new();
    task.spawn_on(exchange(request, Arc::clone(clock)), io);
    match timeout(bounds.total + GRACE, task.join_next()).await {
        Ok(Some(Ok(result))) => result,
        Ok(Some(Err(error))) => {
            let detail = format!("reading the answer failed: {error}");
            Err(Failure::lasting(RefusalReason::Protocol, detail))
        }
        Ok(None) | Err(_) => Err(too_slow(bounds)),
    }
}

fn too_slow(bounds: Bounds) -> Failure {
    let detail = format!("no answer within {} s", bounds.total.as_secs_f64());
    Failure::passing(RefusalReason::TooSlow, detail)
}

async fn exchange(request: Request, clock: Clock) -> Result<Exchange, Failure> {
    let Request {
        connection,
        url,
        headers,
        bounds,
    } = request;
    let (started_at, begun) = (clock(), Instant::now());
    let deadline = begun + bounds.total;
    let request_head = request_head(&url, &headers);
    let mut request = reqwest::Request::new(http::Method::GET, connection.address_of(&url));
    *request.headers_mut() = headers;
    let answer = timeout_at(deadline, connection.client.execute(request)).await;
    let answer = answer.map_err(|_| too_slow(bounds))?;
    let mut response = answer.map_err(|error| Failure::of(&error))?;
    let response_head = response_head(&response);
    if response_head.0.len() > MAX_HEAD {
        let length = response_head.0.len();
        let detail = format!("the head of the answer has {length} bytes, {MAX_HEAD} are allowed");
        return Err(Failure::lasting(RefusalReason::Protocol, detail));
    }
    let (body, truncated) = read_body(&mut response, deadline, bounds.max_body).await;
    Ok(Exchange {
        url,
        started_at,
        took: begun.elapsed(),
        remote: response.remote_addr(),
        protocols: vec![protocol(response.version()).to_owned()],
        request: request_head,
        status: response.status().as_u16(),
        response: response_head,
        body,
        truncated,
    })
}

/// Returns the version as WARC files name it, after the registry of ALPN protocol ids (RFC 7301 §6).
const fn protocol(version: http::Version) -> &'static str {
    match version {
        http::Version::HTTP_09 => "http/0.9",
        http::Version::HTTP_10 => "http/1.0",
        http::Version::HTTP_2 => "h2",
        http::Version::HTTP_3 => "h3",
        _ => "http/1.1",
    }
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
