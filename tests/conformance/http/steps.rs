//! The steps of a row: who answers what, where and from when on.

use serde_json::{Map, Value};
use thresh_testkit::{Coding, Reply};
use thresh_types::CanonicalUrl;

use crate::robots::base64;

/// Who is asked where a row does not say.
const AUTHORITY: &str = "http://h.test";

/// Every key that a step may have.
const KEYS: [&str; 8] = [
    "at_s",
    "authority",
    "body",
    "body_b64",
    "headers",
    "location",
    "net",
    "status",
];

/// What a server does when it is asked.
#[derive(Debug, Clone)]
pub(super) enum Answer {
    Reply(Reply),
    Fails(Net),
}

/// How asking fails.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Net {
    Dns,
    Refused,
    Tls,
    Timeout,
    Reset,
    MidBody,
}

impl Net {
    fn read(name: &str) -> Self {
        let has = |part: &str| name.contains(part);
        if has("dns") || has("resol") {
            Self::Dns
        } else if has("refused") || has("unreachable") {
            Self::Refused
        } else if has("tls") || has("ssl") || has("cert") {
            Self::Tls
        } else if has("timeout") || has("hang") {
            Self::Timeout
        } else if has("mid") || has("body") || has("truncat") || has("short") {
            Self::MidBody
        } else if has("reset") || has("close") || has("eof") || has("abort") {
            Self::Reset
        } else {
            panic!("the network error {name:?} is not known here")
        }
    }
}

/// One step.
#[derive(Debug, Clone)]
pub(super) struct Step {
    /// From when on it is what the server does, in seconds.
    pub(super) at: u64,
    pub(super) place: CanonicalUrl,
    pub(super) answer: Answer,
}

/// The steps of a row in order.
pub(super) struct Script {
    pub(super) steps: Vec<Step>,
}

impl Script {
    pub(super) fn read(row: &Value) -> Self {
        let rows = row["steps"].as_array().expect("a row has steps");
        let mut steps: Vec<Step> = Vec::new();
        // Where the redirect before leads, if it is followed by a step of the same time.
        let mut ahead: Option<(u64, CanonicalUrl)> = None;
        for raw in rows {
            let raw = raw.as_object().expect("a step is an object");
            let unknown = raw.keys().find(|key| !KEYS.contains(&key.as_str()));
            assert!(
                unknown.is_none(),
                "a step with {unknown:?} is not known here"
            );
            let at = raw
                .get("at_s")
                .map_or(0, |at| at.as_u64().expect("seconds"));
            let named = raw
                .get("authority")
                .map(|named| read_authority(text(named)));
            let led = ahead
                .take()
                .filter(|(then, _)| *then == at)
                .map(|(_, place)| place);
            let place = match (named, led) {
                (Some(named), Some(led)) if led.origin() == named.origin() => led,
                (Some(named), _) => named,
                (None, Some(led)) => led,
                (None, None) => read_authority(AUTHORITY),
            };
            let target = raw.get("location").and_then(|to| place.join(text(to)).ok());
            ahead = target.map(|target| (at, target));
            let answer = read_answer(raw);
            steps.push(Step { at, place, answer });
        }
        assert!(!steps.is_empty(), "a row has steps");
        Self { steps }
    }

    /// Returns the address that a row's `place` means: one path, or a whole address.
    pub(super) fn address(place: &str) -> CanonicalUrl {
        let whole = if place.starts_with('/') {
            format!("{AUTHORITY}{place}")
        } else {
            place.to_owned()
        };
        whole.parse().expect("an expectation names an address")
    }

    /// Returns whether servers on loopback can play it: in plain HTTP, and now.
    pub(super) fn is_for_loopback(&self) -> bool {
        self.steps.iter().all(|step| {
            let is_plain = step.place.as_url().scheme() == "http";
            is_plain && step.at == 0 && !matches!(step.answer, Answer::Fails(Net::Tls))
        })
    }
}

fn text(value: &Value) -> &str {
    value.as_str().expect("text is expected")
}

/// Reads `h.test`, `h.test:443` or `https://h.test` as where its robots.txt lies.
fn read_authority(text: &str) -> CanonicalUrl {
    let text = text.trim_end_matches('/');
    let whole = if text.contains("://") {
        text.to_owned()
    } else if text.ends_with(":443") {
        format!("https://{text}")
    } else {
        format!("http://{text}")
    };
    format!("{whole}/robots.txt").parse().expect("an authority")
}

fn read_answer(raw: &Map<String, Value>) -> Answer {
    if let Some(net) = raw.get("net") {
        return Answer::Fails(Net::read(text(net)));
    }
    let status = raw.get("status").and_then(Value::as_u64);
    let status = status.expect("a step without a status or network error is not known here");
    let mut reply = Reply::status(u16::try_from(status).expect("a status"));
    if let Some(location) = raw.get("location") {
        reply = reply.header("Location", text(location));
    }
    reply = match raw.get("body_b64") {
        Some(body) => reply.body(base64(text(body))),
        None => reply.body(raw.get("body").map(text).unwrap_or_default()),
    };
    let headers = raw.get("headers").and_then(Value::as_object);
    for (name, value) in headers.into_iter().flatten() {
        reply = match coding(name, text(value)) {
            Some(coding) => reply.packed(&[coding]),
            None => reply.header(name, text(value)),
        };
    }
    Answer::Reply(reply)
}

/// Returns the coding in which a body must be sent for a header to be true.
fn coding(name: &str, value: &str) -> Option<Coding> {
    let is_coding = name.eq_ignore_ascii_case("content-encoding");
    let all = Coding::ALL.into_iter();
    all.filter(|_| is_coding)
        .find(|coding| coding.name() == value)
}
