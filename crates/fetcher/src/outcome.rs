//! What an answer means for its task.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use thresh_types::{
    CanonicalUrl, Exchange, FetchOutcome, RefusalReason, Timestamp, Truncation, UrlError,
};

use crate::failure::Failure;

/// What an answer says of the server's state.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Sign {
    /// All is well.
    Fine,
    /// All is well, but the next request should wait for so long.
    Paused(Duration),
    /// This page failed.
    Failed,
    /// The server is slow or breaks connections.
    Strained,
    /// The server asks to be left alone, for so long if it says how long.
    AskedOff(Option<Duration>),
}

/// Returns what a request without an answer says of the server.
pub(crate) fn sign_of_failure(failure: &Failure) -> Sign {
    match failure.reason {
        RefusalReason::TooSlow | RefusalReason::Connect => Sign::Strained,
        _ => Sign::Failed,
    }
}

/// Returns what an answer says of the server.
pub(crate) fn sign_of(exchange: &Exchange) -> Sign {
    match exchange.status {
        429 | 503 => Sign::AskedOff(retry_after(exchange)),
        // A gateway that waited in vain, or a server that waited for us: both are at their limits.
        408 | 502 | 504 => Sign::Strained,
        425 | 500.. => Sign::Failed,
        301 | 302 | 303 | 307 | 308 => pause(exchange).map_or(Sign::Fine, Sign::Paused),
        _ if is_broken(exchange) => Sign::Strained,
        _ => Sign::Fine,
    }
}

fn is_broken(exchange: &Exchange) -> bool {
    let broken = [Truncation::Time, Truncation::Disconnect];
    exchange.truncated.is_some_and(|why| broken.contains(&why))
}

/// Returns how long to wait before a redirect is followed (RFC 9110 §10.2.3). It holds where the
/// target lies on the origin that asks: no server may have another one left alone.
fn pause(exchange: &Exchange) -> Option<Duration> {
    let is_own = target(exchange).is_ok_and(|url| url.origin() == exchange.url.origin());
    is_own.then(|| retry_after(exchange)).flatten()
}

/// Returns the outcome of an answer. `wait` is how long to leave a page that failed, `conditional`
/// whether the request may be answered with 304.
pub(crate) fn of_answer(exchange: Exchange, conditional: bool, wait: Duration) -> FetchOutcome {
    let status = exchange.status;
    let deferred = |reason, exchange| FetchOutcome::Deferred {
        reason,
        detail: format!("the server answered {status}"),
        wait,
        exchange: Some(exchange),
    };
    match status {
        304 if conditional => FetchOutcome::NotModified(exchange),
        304 => refused(
            RefusalReason::Protocol,
            "304 to a request that did not ask for it".to_owned(),
            exchange,
        ),
        301 | 302 | 303 | 307 | 308 => redirected(exchange),
        429 | 503 => deferred(RefusalReason::Overloaded, exchange),
        // Both say that the same request may go better another time (RFC 9110 §15.5.9, RFC 8470).
        408 | 425 => deferred(RefusalReason::ServerError, exchange),
        // What lies outside of the classes counts as a server error (RFC 9110 §15).
        500.. => deferred(RefusalReason::ServerError, exchange),
        ..200 => refused(
            RefusalReason::Protocol,
            format!("{status} is no answer to what was asked"),
            exchange,
        ),
        _ => FetchOutcome::Answered(exchange),
    }
}

/// Returns the outcome of a request that got no answer.
pub(crate) fn of_failure(failure: Failure, wait: Duration) -> FetchOutcome {
    let Failure {
        reason,
        detail,
        passing,
    } = failure;
    if passing {
        FetchOutcome::Deferred {
            reason,
            detail,
            wait,
            exchange: None,
        }
    } else {
        FetchOutcome::Refused {
            reason,
            detail,
            exchange: None,
        }
    }
}

fn refused(reason: RefusalReason, detail: String, exchange: Exchange) -> FetchOutcome {
    FetchOutcome::Refused {
        reason,
        detail,
        exchange: Some(exchange),
    }
}

fn redirected(exchange: Exchange) -> FetchOutcome {
    match target(&exchange) {
        Ok(target) => FetchOutcome::Redirected(exchange, target),
        Err((reason, detail)) => refused(reason, detail, exchange),
    }
}

/// Returns where a redirect leads.
pub(crate) fn target(exchange: &Exchange) -> Result<CanonicalUrl, (RefusalReason, String)> {
    let Some(location) = exchange.response.header("location") else {
        let detail = format!("{} without a Location", exchange.status);
        return Err((RefusalReason::BadRedirect, detail));
    };
    exchange.url.join(&location).map_err(|error| {
        let reason = match error {
            UrlError::Scheme(_) => RefusalReason::Scheme,
            UrlError::Unreadable(..) => RefusalReason::BadRedirect,
        };
        (reason, error.to_string())
    })
}

/// Returns how long the server wants to be left alone: seconds, or the time until an HTTP date
/// (RFC 9110 §10.2.3).
pub(crate) fn retry_after(exchange: &Exchange) -> Option<Duration> {
    let value = exchange.response.header("retry-after")?;
    let answered = exchange.started_at;
    if !value.is_empty() && value.bytes().all(|b| b.is_ascii_digit()) {
        return Some(Duration::from_secs(value.parse().unwrap_or(u64::MAX)));
    }
    let until = httpdate::parse_http_date(&value).ok()?;
    until.duration_since(system_time(answered)?).ok()
}

fn system_time(time: Timestamp) -> Option<SystemTime> {
    let since = Duration::from_millis(u64::try_from(time.as_millisecond()).ok()?);
    UNIX_EPOCH.checked_add(since)
}

#[cfg(test)]
mod tests {
    use thresh_types::{Body, HttpHead};

    use super::*;

    fn answer(status: u16, headers: &str) -> Exchange {
        Exchange {
            url: "http://a.example/x".parse().unwrap(),
            started_at: "2026-01-01T00:00:00Z".parse().unwrap(),
            took: Duration::ZERO,
            remote: None,
            protocols: Vec::new(),
            request: HttpHead(Vec::new()),
            status,
            response: HttpHead(format!("HTTP/1.1 {status} X\r\n{headers}\r\n").into_bytes()),
            body: Body::from(Vec::new()),
            truncated: None,
        }
    }

    #[test]
    fn retry_after_is_read_in_both_forms() {
        for (value, seconds) in [
            ("3", Some(3)),
            ("Thu, 01 Jan 2026 00:02:00 GMT", Some(120)),
            ("Wed, 31 Dec 2025 00:00:00 GMT", None),
            ("99999999999999999999999", Some(u64::MAX)),
            ("soon", None),
            ("-3", None),
            ("", None),
        ] {
            let answer = answer(503, &format!("Retry-After: {value}\r\n"));
            let expected = seconds.map(Duration::from_secs);
            assert_eq!(retry_after(&answer), expected, "{value}");
        }
    }

    #[test]
    fn redirects_lead_somewhere_or_are_refused() {
        let outcome = |location: &str| {
            let headers = format!("Location: {location}\r\n");
            of_answer(answer(302, &headers), false, Duration::ZERO)
        };
        let FetchOutcome::Redirected(_, target) = outcome("../y?z#f") else {
            panic!("a relative target is a target")
        };
        assert_eq!(target.as_str(), "http://a.example/y?z");
        for (location, expected) in [
            ("file:///etc/passwd", RefusalReason::Scheme),
            ("gopher://a.example/", RefusalReason::Scheme),
            ("http://[bad", RefusalReason::BadRedirect),
        ] {
            let FetchOutcome::Refused { reason, .. } = outcome(location) else {
                panic!("{location} must be refused")
            };
            assert_eq!(reason, expected, "{location}");
        }
        let bare = of_answer(answer(301, ""), false, Duration::ZERO);
        assert!(matches!(
            bare,
            FetchOutcome::Refused {
                reason: RefusalReason::BadRedirect,
                ..
            }
        ));
    }

    #[test]
    fn an_unasked_304_is_an_error() {
        let outcome = of_answer(answer(304, ""), false, Duration::ZERO);
        assert!(matches!(
            outcome,
            FetchOutcome::Refused {
                reason: RefusalReason::Protocol,
                ..
            }
        ));
        let outcome = of_answer(answer(304, ""), true, Duration::ZERO);
        assert!(matches!(outcome, FetchOutcome::NotModified(_)));
    }

    #[test]
    fn a_change_of_protocol_is_no_answer() {
        let outcome = of_answer(answer(101, ""), false, Duration::ZERO);
        assert!(matches!(
            outcome,
            FetchOutcome::Refused {
                reason: RefusalReason::Protocol,
                ..
            }
        ));
    }

    #[test]
    fn only_ones_own_redirect_may_ask_for_a_pause() {
        let sign = |location: &str| {
            let headers = format!("Retry-After: 7\r\nLocation: {location}\r\n");
            sign_of(&answer(302, &headers))
        };
        assert_eq!(sign("/y"), Sign::Paused(Duration::from_secs(7)));
        assert_eq!(sign("http://b.example/y"), Sign::Fine);
        assert_eq!(sign_of(&answer(200, "Retry-After: 7\r\n")), Sign::Fine);
    }

    #[test]
    fn signs_of_strain_are_told_from_failed_pages() {
        for (status, sign) in [
            (200, Sign::Fine),
            (404, Sign::Fine),
            (408, Sign::Strained),
            (425, Sign::Failed),
            (429, Sign::AskedOff(None)),
            (500, Sign::Failed),
            (502, Sign::Strained),
            (503, Sign::AskedOff(None)),
            (504, Sign::Strained),
            (777, Sign::Failed),
        ] {
            assert_eq!(sign_of(&answer(status, "")), sign, "{status}");
        }
        let broken = Exchange {
            truncated: Some(Truncation::Disconnect),
            ..answer(200, "")
        };
        assert_eq!(sign_of(&broken), Sign::Strained);
    }

    #[test]
    fn server_errors_come_again_and_missing_pages_do_not() {
        for (status, deferred) in [
            (408, true),
            (425, true),
            (429, true),
            (500, true),
            (502, true),
            (503, true),
            (504, true),
            (599, true),
            (600, true),
            (999, true),
            (404, false),
            (410, false),
        ] {
            let outcome = of_answer(answer(status, ""), false, Duration::ZERO);
            let is_deferred = matches!(outcome, FetchOutcome::Deferred { .. });
            assert_eq!(is_deferred, deferred, "{status}");
        }
    }
}
