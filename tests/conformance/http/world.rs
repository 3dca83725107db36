//! Rows without a network: each origin has its standing, and time is a number.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use thresh_fetcher::robots::{self, Asking, Permission, Standing};
use thresh_testkit::{Act, Reply};
use thresh_types::{
    Body, CanonicalUrl, Exchange, HttpHead, Origin, RefusalReason, Timestamp, Truncation,
};

use super::steps::{Answer, Net, Script};
use super::{Expectation, Expected};

/// The wait after a first failure, as with a delay of one second.
const FIRST: Duration = Duration::from_secs(2);

struct World<'a> {
    script: &'a Script,
    standings: BTreeMap<Origin, Standing>,
    /// How often a place was asked since its step of that time came up.
    turns: BTreeMap<(CanonicalUrl, u64), usize>,
}

/// Plays the script and returns what came out other than expected.
pub(super) fn faults(script: &Script, expectations: &[Expectation]) -> Vec<String> {
    let mut world = World {
        script,
        standings: BTreeMap::new(),
        turns: BTreeMap::new(),
    };
    let steps = script.steps.iter().map(|step| step.at);
    let times: BTreeSet<u64> = steps.chain(expectations.iter().map(|e| e.at)).collect();
    let mut faults = Vec::new();
    for time in times {
        // A crawl that goes on asks for something whenever the server changes.
        let origins: BTreeSet<Origin> = script.steps.iter().map(|s| s.place.origin()).collect();
        for origin in origins {
            world.permits(&origin.at("/something").expect("an address"), time);
        }
        for expected in expectations.iter().filter(|e| e.at == time) {
            faults.extend(world.fault(expected));
        }
    }
    faults
}

impl World<'_> {
    fn fault(&mut self, expected: &Expectation) -> Option<String> {
        let url = Script::address(&expected.place);
        let permitted = self.permits(&url, expected.at);
        let mut fits = expected.permitted.fits(permitted);
        if expected.permitted == Expected::DenyUntilRetry {
            fits &= self.asks_again_in_time(&url, expected.at);
        }
        (!fits).then(|| format!("t={} {url}: permitted is {permitted}", expected.at))
    }

    /// Returns whether robots.txt is asked for again exactly when the server said so.
    fn asks_again_in_time(&self, url: &CanonicalUrl, time: u64) -> bool {
        let asked = self
            .script
            .steps
            .iter()
            .find_map(|step| match &step.answer {
                Answer::Reply(reply) => exchange(&step.place, reply, time)
                    .response
                    .header("retry-after")
                    .and_then(|seconds| seconds.parse::<u64>().ok()),
                Answer::Fails(_) => None,
            });
        let asked = asked.expect("a row that denies until a retry says until when");
        let standing = &self.standings[&url.origin()];
        let asks = |time| standing.at(moment(time)) == Permission::Ask;
        !asks(time + asked - 1) && asks(time + asked)
    }

    /// Returns whether `url` may be fetched at `time`, asking for robots.txt where need be.
    fn permits(&mut self, url: &CanonicalUrl, time: u64) -> bool {
        let (origin, now) = (url.origin(), moment(time));
        let mut standing = self.standings.remove(&origin).unwrap_or_default();
        if standing.at(now) == Permission::Ask {
            standing.take(self.ask(&origin, time), FIRST, now);
        }
        let decide = |file: &robots::RobotsFile| file.rules.decide("thresh", url).allowed;
        let permitted = match standing.at(now) {
            Permission::Everything { .. } => true,
            Permission::Rules(file) | Permission::Stale { file, .. } => decide(file),
            // robots.txt itself may always be fetched (RFC 9309 §2.2.2).
            Permission::Ask | Permission::Nothing { .. } => url.path_and_query() == "/robots.txt",
        };
        self.standings.insert(origin, standing);
        permitted
    }

    fn ask(&mut self, origin: &Origin, time: u64) -> robots::Answer {
        let mut asking = Asking::begin(origin).expect("an origin has a robots.txt");
        loop {
            let url = asking.url().clone();
            let answer = match self.answer(&url, time) {
                Answer::Reply(reply) => asking.answered(&exchange(&url, &reply, time)),
                Answer::Fails(Net::MidBody) => {
                    let cut = Exchange {
                        truncated: Some(Truncation::Disconnect),
                        ..exchange(&url, &Reply::text("User-agent: *\n"), time)
                    };
                    asking.answered(&cut)
                }
                Answer::Fails(net) => Some(asking.failed(reason(net), "played")),
            };
            if let Some(answer) = answer {
                return answer;
            }
        }
    }

    /// Returns what is answered at `url` by then: of the newest steps there the next one.
    fn answer(&mut self, url: &CanonicalUrl, time: u64) -> Answer {
        let there = |at: &&super::steps::Step| at.place == *url && at.at <= time;
        let newest = self
            .script
            .steps
            .iter()
            .filter(there)
            .map(|step| step.at)
            .max();
        let Some(newest) = newest else {
            return Answer::Reply(Reply::status(404));
        };
        let now = |step: &&super::steps::Step| there(step) && step.at == newest;
        let steps: Vec<_> = self.script.steps.iter().filter(now).collect();
        let turn = self.turns.entry((url.clone(), newest)).or_default();
        let step = steps[(*turn).min(steps.len() - 1)];
        *turn += 1;
        step.answer.clone()
    }
}

const fn reason(net: Net) -> RefusalReason {
    match net {
        Net::Dns => RefusalReason::Dns,
        Net::Tls => RefusalReason::Tls,
        Net::Timeout => RefusalReason::TooSlow,
        Net::Refused | Net::Reset | Net::MidBody => RefusalReason::Connect,
    }
}

fn moment(second: u64) -> Timestamp {
    Timestamp::from_second(second.try_into().unwrap()).unwrap()
}

/// Returns the reply as the fetcher would have written it down.
fn exchange(url: &CanonicalUrl, reply: &Reply, time: u64) -> Exchange {
    let message: Vec<u8> = reply
        .acts()
        .into_iter()
        .flat_map(|act| match act {
            Act::Send(bytes) => bytes,
            other => panic!("{other:?} is no part of a plain reply"),
        })
        .collect();
    let end = message.windows(4).position(|four| four == b"\r\n\r\n");
    let end = end.expect("a reply has a head") + 4;
    let status = String::from_utf8_lossy(&message[9..12]).parse().unwrap();
    Exchange {
        url: url.clone(),
        started_at: moment(time),
        took: Duration::ZERO,
        remote: None,
        protocols: Vec::new(),
        request: HttpHead(Vec::new()),
        status,
        response: HttpHead(message[..end].to_vec()),
        body: Body::from(message[end..].to_vec()),
        truncated: None,
    }
}
