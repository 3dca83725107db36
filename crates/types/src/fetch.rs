//! What is asked of the network, and what comes back.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{CanonicalUrl, SiteId, Truncation};

/// What a task is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum TaskKind {
    /// A page or a file that may become a document.
    Page,
    /// A sitemap, sitemap index or feed.
    Sitemap,
    /// An origin's word on text and data mining: `/.well-known/tdmrep.json`.
    Tdmrep,
}

/// What a conditional request carries (RFC 9110 §13).
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Validators {
    /// The entity tag, as the server wrote it.
    pub etag: Option<String>,
    /// The `Last-Modified` value, as the server wrote it.
    pub last_modified: Option<String>,
}

impl Validators {
    /// Returns whether there is nothing to send.
    pub const fn is_empty(&self) -> bool {
        self.etag.is_none() && self.last_modified.is_none()
    }
}

/// One address to fetch. Redirects are not followed within a task: their targets are new tasks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FetchTask {
    /// The caller's number for the task, given back with the report.
    pub id: i64,
    /// The site whose limits and pace hold.
    pub site: SiteId,
    /// The address.
    pub url: CanonicalUrl,
    /// What it is for.
    pub kind: TaskKind,
    /// What to send for a conditional request.
    pub validators: Validators,
}

/// A head of a message as it went over the wire: start line and headers, each ended by CRLF, and the
/// empty line. Bytes, since servers send what they like.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HttpHead(pub Vec<u8>);

impl HttpHead {
    /// Returns the headers in order as (name, value) pairs, white space around values removed and
    /// bytes that are no UTF-8 replaced.
    pub fn headers(&self) -> impl Iterator<Item = (String, String)> {
        self.lines()
            .map(|(name, value)| (text_of(name), text_of(value)))
    }

    /// Returns the first value of the header `name`, compared without case.
    pub fn header(&self, name: &str) -> Option<String> {
        self.values(name).next()
    }

    /// Returns every value of the header `name`, compared without case.
    pub fn header_all(&self, name: &str) -> Vec<String> {
        self.values(name).collect()
    }

    fn lines(&self) -> impl Iterator<Item = (&[u8], &[u8])> {
        self.0.split(|&b| b == b'\n').skip(1).filter_map(|line| {
            let colon = line.iter().position(|&b| b == b':')?;
            Some((&line[..colon], &line[colon + 1..]))
        })
    }

    fn values(&self, name: &str) -> impl Iterator<Item = String> {
        self.lines()
            .filter(move |(given, _)| is_called(given, name))
            .map(|(_, value)| text_of(value))
    }
}

fn text_of(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).trim().to_owned()
}

/// Returns whether a header's name is `name`. Names that are no ASCII are compared as they are shown.
fn is_called(given: &[u8], name: &str) -> bool {
    if given.is_ascii() {
        // What trimming takes from ASCII text.
        let blank = |b: &u8| b.is_ascii_whitespace() || *b == 0x0b;
        let start = given.iter().position(|b| !blank(b)).unwrap_or(given.len());
        let end = given
            .iter()
            .rposition(|b| !blank(b))
            .map_or(start, |n| n + 1);
        return given[start..end].eq_ignore_ascii_case(name.as_bytes());
    }
    text_of(given).eq_ignore_ascii_case(name)
}

/// The bytes of a body: in memory, or in an unnamed file where they are many. Cheap to clone.
#[derive(Debug, Clone)]
pub enum Body {
    /// In memory.
    Memory(Arc<[u8]>),
    /// In an unnamed temporary file, with its length in bytes.
    Spooled(Arc<File>, u64),
}

impl Body {
    /// Returns the length in bytes.
    pub fn len(&self) -> u64 {
        match self {
            Self::Memory(bytes) => bytes.len() as u64,
            Self::Spooled(_, length) => *length,
        }
    }

    /// Returns whether there are no bytes.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Reads the whole body into memory.
    ///
    /// # Errors
    /// When the spool file cannot be read.
    pub fn to_bytes(&self) -> io::Result<Arc<[u8]>> {
        match self {
            Self::Memory(bytes) => Ok(Arc::clone(bytes)),
            Self::Spooled(file, length) => {
                let mut file = file.try_clone()?;
                file.seek(SeekFrom::Start(0))?;
                let mut bytes = Vec::with_capacity(usize::try_from(*length).unwrap_or(0));
                file.take(*length).read_to_end(&mut bytes)?;
                Ok(bytes.into())
            }
        }
    }
}

impl From<Vec<u8>> for Body {
    fn from(bytes: Vec<u8>) -> Self {
        Self::Memory(bytes.into())
    }
}

/// One request and its response, as they went over the wire, but for the transfer coding.
#[derive(Debug, Clone)]
pub struct Exchange {
    /// The address asked.
    pub url: CanonicalUrl,
    /// When the request was sent.
    pub started_at: Timestamp,
    /// How long the whole exchange took.
    pub took: Duration,
    /// The address of the server.
    pub remote: Option<SocketAddr>,
    /// The protocols that carried it, as far as they are known, as the field `WARC-Protocol` names
    /// them: `http/1.1`, `h2`, `tls/1.3`. The heads are HTTP/1.1 messages whatever carried them.
    pub protocols: Vec<String>,
    /// The request line and headers.
    pub request: HttpHead,
    /// The status code.
    pub status: u16,
    /// The status line and headers.
    pub response: HttpHead,
    /// The body, content codings as sent.
    pub body: Body,
    /// Why the body is not whole, where it is not.
    pub truncated: Option<Truncation>,
}

/// Why an address was not fetched, or not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum RefusalReason {
    /// A rule of robots.txt forbids it.
    Robots,
    /// robots.txt could not be read, which forbids everything until it can (RFC 9309 §2.3.1.4).
    RobotsUnreachable,
    /// Outside the site's origins, or excluded by its patterns.
    Scope,
    /// The name resolves to an address that the guard forbids.
    Address,
    /// Not `http` or `https`.
    Scheme,
    /// The address is longer than allowed.
    UrlTooLong,
    /// Deeper from the seeds than allowed.
    Depth,
    /// The site's page budget is spent.
    Budget,
    /// More redirects in a row than allowed.
    TooManyRedirects,
    /// A redirect without a target that can be read.
    BadRedirect,
    /// The body is larger than allowed, on the wire or decoded.
    TooLarge,
    /// The exchange took longer than allowed.
    TooSlow,
    /// The name does not resolve.
    Dns,
    /// No connection, or it broke before an answer.
    Connect,
    /// The TLS handshake failed.
    Tls,
    /// The answer is no HTTP.
    Protocol,
    /// The server asked to come back later, more often than allowed.
    Overloaded,
    /// The server answered with an error, more often than allowed.
    ServerError,
    /// The body's content coding cannot be undone.
    Undecodable,
    /// The page asks crawlers not to follow its links.
    Nofollow,
    /// Addresses of its kind gave nothing new: a trap.
    Trap,
}

impl RefusalReason {
    /// Returns the reason as reports and `captures --refused` write it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Robots => "robots",
            Self::RobotsUnreachable => "robots-unreachable",
            Self::Scope => "scope",
            Self::Address => "address",
            Self::Scheme => "scheme",
            Self::UrlTooLong => "url-too-long",
            Self::Depth => "depth",
            Self::Budget => "budget",
            Self::TooManyRedirects => "too-many-redirects",
            Self::BadRedirect => "bad-redirect",
            Self::TooLarge => "too-large",
            Self::TooSlow => "too-slow",
            Self::Dns => "dns",
            Self::Connect => "connect",
            Self::Tls => "tls",
            Self::Protocol => "protocol",
            Self::Overloaded => "overloaded",
            Self::ServerError => "server-error",
            Self::Undecodable => "undecodable",
            Self::Nofollow => "nofollow",
            Self::Trap => "trap",
        }
    }
}

impl std::fmt::Display for RefusalReason {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}

/// An address that was not fetched: an expected outcome, counted and published, not an error.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refusal {
    /// The address.
    pub url: String,
    /// The site that asked.
    pub site: SiteId,
    /// Why.
    pub reason: RefusalReason,
    /// What exactly, for people: the robots line, the limit, the address.
    pub detail: String,
    /// When.
    pub at: Timestamp,
}

/// How a task ended.
#[derive(Debug, Clone)]
pub enum FetchOutcome {
    /// The server answered: any status but those below.
    Answered(Exchange),
    /// 304 to a conditional request.
    NotModified(Exchange),
    /// 301, 302, 303, 307 or 308 with a target that can be read.
    Redirected(Exchange, CanonicalUrl),
    /// Not fetched, and not to be tried again in this run.
    Refused {
        /// Why.
        reason: RefusalReason,
        /// What exactly, for people.
        detail: String,
        /// What was exchanged before the refusal, where anything was.
        exchange: Option<Exchange>,
    },
    /// To be tried again later: 429, 503, other 5xx, a broken connection, robots.txt out of reach.
    Deferred {
        /// The refusal it becomes if the retries are spent.
        reason: RefusalReason,
        /// What exactly, for people.
        detail: String,
        /// How long to wait at least.
        wait: Duration,
        /// What was exchanged, where anything was.
        exchange: Option<Exchange>,
    },
}

/// What the fetcher says of a task.
#[derive(Debug, Clone)]
pub struct FetchReport {
    /// The task, as it was given.
    pub task: FetchTask,
    /// The robots.txt exchanges that the task caused, in order.
    pub robots: Vec<Exchange>,
    /// How long politeness made the task wait.
    pub waited: Duration,
    /// What robots.txt said of the address when it was asked for, in one line for people: `allowed by
    /// line 4: Allow: /x (…)`, `no rule matches (…)`, `no robots.txt (404)`, `robots.txt is not
    /// respected here`. None where nothing was asked for.
    pub permit: Option<String>,
    /// How it ended.
    pub outcome: FetchOutcome,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers_are_found_without_case_and_survive_bad_bytes() {
        let head = HttpHead(b"HTTP/1.1 200 OK\r\nETag: \"x\"\r\nX-Odd: \xff\r\nset-cookie: a\r\nSet-Cookie: b\r\n\r\n".to_vec());
        assert_eq!(head.header("etag").as_deref(), Some("\"x\""));
        assert_eq!(head.header("x-odd").as_deref(), Some("\u{fffd}"));
        assert_eq!(head.header_all("SET-COOKIE"), ["a", "b"]);
        assert_eq!(head.header("missing"), None);
    }

    proptest::proptest! {
        #[test]
        fn a_header_is_found_by_the_name_it_is_shown_with(
            line in "[ \t\x0b\x0c\r\u{85}\u{a0}]{0,2}(ETag|e-tag|é|\u{212a}|x)[ \t\x0b\x0c\r\u{85}]{0,2}:[ -~]{0,5}",
        ) {
            let head = HttpHead(format!("HTTP/1.1 200 OK\r\n{line}\r\n\r\n").into_bytes());
            for (name, value) in head.headers() {
                proptest::prop_assert_eq!(head.header(&name), Some(value));
            }
            proptest::prop_assert_eq!(
                head.header("etag").is_some(),
                head.headers().any(|(name, _)| name.eq_ignore_ascii_case("etag"))
            );
        }
    }

    #[test]
    fn reasons_print_as_they_serialise() {
        let json = serde_json::to_string(&RefusalReason::RobotsUnreachable).unwrap();
        assert_eq!(json, format!("\"{}\"", RefusalReason::RobotsUnreachable));
    }
}
