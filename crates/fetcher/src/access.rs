//! What robots.txt permits at one origin, and how that is asked (RFC 9309 §2.3).
//!
//! Closed when in doubt: a server error, 429, a broken or late answer forbid everything until a
//! later try. A file that is not there (other 4xx, a redirect that leads nowhere or too far)
//! permits everything.

use std::sync::Arc;
use std::time::Duration;

use thresh_codec::Cut;
use thresh_types::{CanonicalUrl, Exchange, Origin, RefusalReason, Truncation, Validators};
use tokio::time::{Instant, sleep};

use crate::client::Connection;
use crate::exchange::{self, Bounds};
use crate::failure::Failure;
use crate::origin::Common;
use crate::outcome;
use crate::robots::{self, PARSED_BYTES, Robots};
use crate::settings::Settings;

/// How long rules hold: RFC 9309 §2.4.
const CACHED: Duration = Duration::from_secs(24 * 3600);

/// How many redirects are followed: RFC 9309 §2.3.1.2.
const MAX_HOPS: usize = 5;

/// What is read off the wire of a robots.txt; more than is parsed, since it may be comments.
const MAX_WIRE: u64 = 1 << 20;

/// What is known of an origin's rules.
#[derive(Debug, Clone, Default)]
pub(crate) enum Access {
    /// Nothing yet.
    #[default]
    Unknown,
    /// These rules hold until then.
    Ruled(Arc<Robots>, Instant),
    /// Everything is forbidden until then.
    Closed(Closed, Instant),
}

/// Why everything is forbidden.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Closed {
    /// `RobotsUnreachable`, or `Address` where the origin itself may not be connected to.
    pub(crate) reason: RefusalReason,
    /// What exactly, for people.
    pub(crate) detail: String,
    /// How long the server wants to be left alone, if it says so.
    pub(crate) retry_after: Option<Duration>,
}

/// What came of asking.
pub(crate) struct Asked {
    /// Every exchange, in order.
    pub(crate) exchanges: Vec<Exchange>,
    /// The rules, or why there are none.
    pub(crate) rules: Result<Robots, Closed>,
}

impl Access {
    /// Returns the rules that hold at `now`, or why everything is forbidden and until when; none
    /// where robots.txt must be asked for.
    pub(crate) fn at(&self, now: Instant) -> Option<Result<&Arc<Robots>, (&Closed, Instant)>> {
        match self {
            Self::Ruled(robots, until) if *until > now => Some(Ok(robots)),
            Self::Closed(closed, until) if *until > now => Some(Err((closed, *until))),
            _ => None,
        }
    }

    /// Returns rules that were read at `now`.
    pub(crate) fn ruled(robots: Robots, now: Instant) -> Self {
        Self::Ruled(Arc::new(robots), now + CACHED)
    }
}

impl Closed {
    /// Returns that robots.txt is out of reach.
    pub(crate) fn unreachable(detail: impl Into<String>) -> Self {
        Self {
            reason: RefusalReason::RobotsUnreachable,
            detail: format!("robots.txt: {}", detail.into()),
            retry_after: None,
        }
    }

    fn by_failure(failure: Failure) -> Self {
        match failure.reason {
            RefusalReason::Address => Self {
                reason: RefusalReason::Address,
                detail: failure.detail,
                retry_after: None,
            },
            reason => Self::unreachable(format!("{reason}: {}", failure.detail)),
        }
    }
}

/// What one answer says.
enum Verdict {
    Rules(Robots),
    Closed(Closed),
    Hop(CanonicalUrl),
}

/// Asks `origin` for its robots.txt, following redirects.
pub(crate) async fn ask(
    common: &Common,
    settings: &Settings,
    connection: &Connection,
    origin: &Origin,
) -> Asked {
    let mut exchanges = Vec::new();
    let rules = follow(common, settings, connection, origin, &mut exchanges).await;
    Asked { exchanges, rules }
}

async fn follow(
    common: &Common,
    settings: &Settings,
    connection: &Connection,
    origin: &Origin,
    exchanges: &mut Vec<Exchange>,
) -> Result<Robots, Closed> {
    let Some(mut url) = origin.at("/robots.txt") else {
        return Err(Closed::unreachable("the origin has no address for it"));
    };
    let mut connection = connection.clone();
    for _ in 0..=MAX_HOPS {
        let exchange = ask_once(common, settings, &connection, &url)
            .await
            .map_err(|failure| at_hop(Closed::by_failure(failure), exchanges.len()))?;
        let verdict = judge(&exchange);
        exchanges.push(exchange);
        let next = match verdict {
            Verdict::Rules(robots) => return Ok(robots),
            Verdict::Closed(closed) => return Err(closed),
            Verdict::Hop(next) => next,
        };
        if next.origin() == *origin {
            sleep(settings.delay.0).await;
        }
        if next.origin() != url.origin() {
            connection = Connection::new(&next, settings)
                .map_err(|failure| at_hop(Closed::by_failure(failure), exchanges.len()))?;
        }
        url = next;
    }
    // RFC 9309 §2.3.1.2: beyond five redirects the file may be taken as not there.
    Ok(Robots::default())
}

/// A forbidden address behind a redirect says nothing against the origin itself.
fn at_hop(closed: Closed, hops: usize) -> Closed {
    if hops > 0 && closed.reason == RefusalReason::Address {
        Closed::unreachable(format!(
            "redirected to where no connection may go: {}",
            closed.detail
        ))
    } else {
        closed
    }
}

async fn ask_once(
    common: &Common,
    settings: &Settings,
    connection: &Connection,
    url: &CanonicalUrl,
) -> Result<Exchange, Failure> {
    let headers = exchange::headers(connection, &common.user_agent, &Validators::default());
    let bounds = Bounds {
        total: settings.total_timeout.0,
        max_body: MAX_WIRE,
    };
    exchange::ask(connection, url, headers, bounds, &common.clock).await
}

fn judge(exchange: &Exchange) -> Verdict {
    match exchange.status {
        200..=299 => read(exchange).map_or_else(Verdict::Closed, Verdict::Rules),
        301 | 302 | 303 | 307 | 308 => outcome::target(exchange)
            .map_or_else(|_| Verdict::Rules(Robots::default()), Verdict::Hop),
        304 => Verdict::Closed(Closed::unreachable(
            "304 to a request that did not ask for it",
        )),
        status @ (429 | 500..=599) => Verdict::Closed(Closed {
            retry_after: outcome::retry_after(exchange),
            ..Closed::unreachable(format!("the server answered {status}"))
        }),
        _ => Verdict::Rules(Robots::default()),
    }
}

/// Reads the rules of a whole file, or of the front of one that is too long.
fn read(exchange: &Exchange) -> Result<Robots, Closed> {
    let is_cut = match exchange.truncated {
        None => false,
        Some(Truncation::Length) => true,
        Some(why) => {
            let detail = format!("the answer broke off ({})", why.as_str());
            return Err(Closed::unreachable(detail));
        }
    };
    let wire = exchange.body.to_bytes();
    let wire = wire.map_err(|error| Closed::unreachable(error.to_string()))?;
    let codings = exchange.response.header_all("content-encoding");
    // One byte more than is parsed tells the parser that the last line may be cut.
    let cap = PARSED_BYTES as u64 + 1;
    let decoded = thresh_codec::decode(&codings, &wire, cap)
        .map_err(|error| Closed::unreachable(error.to_string()))?;
    if decoded.cut == Some(Cut::Early) && !is_cut {
        return Err(Closed::unreachable("the content coding breaks off"));
    }
    Ok(robots::parse(&decoded.bytes))
}
