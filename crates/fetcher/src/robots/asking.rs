//! How robots.txt is asked for: which address next, and what an answer means (RFC 9309 §2.3).
//!
//! A value without a network: whoever holds it sends one request for [`Asking::url`] after another
//! and hands in what comes back.

use std::sync::Arc;
use std::time::Duration;

use thresh_codec::Cut;
use thresh_types::{CanonicalUrl, Exchange, Origin, RefusalReason, Truncation};

use super::{Answer, PARSED_BYTES, RobotsFile};
use crate::outcome;

/// How many redirects are followed: RFC 9309 §2.3.1.2.
pub const MAX_HOPS: usize = 5;

/// A robots.txt that is being asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asking {
    url: CanonicalUrl,
    hops: usize,
}

impl Asking {
    /// Begins to ask for the robots.txt of `origin`; none where it has no address for one.
    pub fn begin(origin: &Origin) -> Option<Self> {
        let url = origin.at("/robots.txt")?;
        Some(Self { url, hops: 0 })
    }

    /// Returns the address to ask next.
    pub const fn url(&self) -> &CanonicalUrl {
        &self.url
    }

    /// Returns how many redirects have been followed.
    pub const fn hops(&self) -> usize {
        self.hops
    }

    /// Takes in an exchange and returns what came of it all; none where a redirect leads on, to
    /// what [`Asking::url`] then gives.
    pub fn answered(&mut self, exchange: &Exchange) -> Option<Answer> {
        match exchange.status {
            200..=299 => Some(read(exchange).unwrap_or_else(|why| unreachable(why, None))),
            301 | 302 | 303 | 307 | 308 => self.redirected(exchange),
            304 => Some(unreachable(
                "304 to a request that did not ask for it",
                None,
            )),
            status @ (429 | 500..) => Some(unreachable(
                format!("{} answered {status}", exchange.url),
                outcome::retry_after(exchange),
            )),
            status @ ..200 => Some(unreachable(
                format!("{status} is no answer to what was asked"),
                None,
            )),
            status => Some(missing(status.to_string())),
        }
    }

    /// A redirect that leads nowhere, or too far, leaves no file to be read (RFC 9309 §2.3.1.2).
    fn redirected(&mut self, exchange: &Exchange) -> Option<Answer> {
        match outcome::target(exchange) {
            Ok(next) if self.hops < MAX_HOPS => {
                self.hops += 1;
                self.url = next;
                None
            }
            Ok(_) => Some(missing(format!("more than {MAX_HOPS} redirects"))),
            Err(_) => Some(missing(format!("{} without a target", exchange.status))),
        }
    }

    /// Returns what came of it all where the last request got no answer, for `reason`.
    pub fn failed(&self, reason: RefusalReason, detail: &str) -> Answer {
        if self.hops == 0 {
            unreachable(format!("{reason}: {detail}"), None)
        } else {
            unreachable(
                format!("redirected to {}: {reason}: {detail}", self.url),
                None,
            )
        }
    }
}

const fn missing(detail: String) -> Answer {
    Answer::Missing { detail }
}

fn unreachable(detail: impl Into<String>, retry_after: Option<Duration>) -> Answer {
    Answer::Unreachable {
        detail: detail.into(),
        retry_after,
    }
}

/// Reads a whole file, or the front of one that is too long.
fn read(exchange: &Exchange) -> Result<Answer, String> {
    let is_cut = match exchange.truncated {
        None => false,
        Some(Truncation::Length) => true,
        Some(why) => return Err(format!("the answer broke off ({})", why.as_str())),
    };
    let wire = exchange.body.to_bytes().map_err(|e| e.to_string())?;
    let codings = exchange.response.header_all("content-encoding");
    // One byte more than is parsed tells the parser that the last line may be cut.
    let cap = PARSED_BYTES as u64 + 1;
    let decoded = thresh_codec::decode(&codings, &wire, cap).map_err(|e| e.to_string())?;
    if decoded.cut == Some(Cut::Early) && !is_cut {
        return Err("the content coding breaks off".to_owned());
    }
    Ok(Answer::File(Arc::new(RobotsFile {
        rules: super::parse(&decoded.bytes),
        url: exchange.url.clone(),
        fetched_at: exchange.started_at,
    })))
}

#[cfg(test)]
mod tests {
    use thresh_types::{Body, HttpHead, Timestamp};

    use super::*;

    fn exchange(url: &CanonicalUrl, status: u16, headers: &str, body: &str) -> Exchange {
        Exchange {
            url: url.clone(),
            started_at: Timestamp::UNIX_EPOCH,
            took: Duration::ZERO,
            remote: None,
            protocols: Vec::new(),
            request: HttpHead(Vec::new()),
            status,
            response: HttpHead(format!("HTTP/1.1 {status} X\r\n{headers}\r\n").into_bytes()),
            body: Body::from(body.as_bytes().to_vec()),
            truncated: None,
        }
    }

    fn begin() -> Asking {
        Asking::begin(&"http://h.example".parse().unwrap()).unwrap()
    }

    fn answer(status: u16, headers: &str) -> Option<Answer> {
        let mut asking = begin();
        let url = asking.url().clone();
        asking.answered(&exchange(
            &url,
            status,
            headers,
            "User-agent: *\nDisallow: /\n",
        ))
    }

    #[test]
    fn every_status_has_a_meaning() {
        for status in 100..=999 {
            let meaning = match answer(status, "") {
                Some(Answer::File(_)) => "file",
                Some(Answer::Missing { .. }) => "missing",
                Some(Answer::Unreachable { .. }) => "unreachable",
                None => "hop",
            };
            let expected = match status {
                200..=299 => "file",
                304 | 429 | ..200 | 500.. => "unreachable",
                _ => "missing",
            };
            assert_eq!(meaning, expected, "{status}");
        }
    }

    #[test]
    fn five_redirects_are_followed_across_hosts_and_no_more() {
        let mut asking = begin();
        for hop in 0..MAX_HOPS {
            let url = asking.url().clone();
            let to = format!("Location: https://h{hop}.example/r.txt\r\n");
            assert_eq!(asking.answered(&exchange(&url, 302, &to, "")), None);
        }
        let url = asking.url().clone();
        assert_eq!(url.as_str(), "https://h4.example/r.txt");
        let mut last = asking.clone();
        let file = last.answered(&exchange(&url, 200, "", "User-agent: *\nDisallow: /\n"));
        let Some(Answer::File(file)) = file else {
            panic!("{file:?}")
        };
        assert_eq!(file.url, url, "the place where it was found is told");
        let one_more = exchange(&url, 302, "Location: /on.txt\r\n", "");
        let detail = "more than 5 redirects".to_owned();
        assert_eq!(asking.answered(&one_more), Some(missing(detail)));
    }

    #[test]
    fn redirects_out_of_the_web_lead_nowhere() {
        for location in [
            "ftp://h.example/robots.txt",
            "file:///etc/passwd",
            "http://[bad",
            "data:,x",
        ] {
            let answer = answer(301, &format!("Location: {location}\r\n"));
            assert!(matches!(answer, Some(Answer::Missing { .. })), "{location}");
        }
    }

    #[test]
    fn what_the_server_asks_for_comes_with_the_answer() {
        for status in [429, 500, 503, 599] {
            let Some(Answer::Unreachable {
                retry_after,
                detail,
            }) = answer(status, "Retry-After: 120\r\n")
            else {
                panic!("{status}")
            };
            assert_eq!(retry_after, Some(Duration::from_secs(120)));
            assert!(detail.contains(&status.to_string()), "{detail}");
        }
    }

    #[test]
    fn a_cut_body_is_no_file_but_a_long_one_is() {
        let mut asking = begin();
        let url = asking.url().clone();
        for (truncated, is_file) in [
            (Truncation::Length, true),
            (Truncation::Time, false),
            (Truncation::Disconnect, false),
            (Truncation::Unspecified, false),
        ] {
            let cut = Exchange {
                truncated: Some(truncated),
                ..exchange(&url, 200, "", "User-agent: *\n")
            };
            let answer = asking.answered(&cut);
            assert_eq!(
                matches!(answer, Some(Answer::File(_))),
                is_file,
                "{truncated:?}"
            );
        }
    }
}
