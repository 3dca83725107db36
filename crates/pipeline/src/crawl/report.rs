//! What a crawl did, for people and machines.
//!
//! The JSON form is what `thresh crawl --json` prints and what is kept for ever in
//! `captures/runs/<number>-<time>-crawl.json`. Keys are only ever added; should one change its meaning,
//! `report` becomes 2.
//!
//! | key | what |
//! | --- | --- |
//! | `report` | the format of the report: 1 |
//! | `number` | the number of the run in this corpus; null for a dry run |
//! | `command`, `tool`, `outcome` | `crawl`; the program and its version; `done`, `interrupted` or `dry-run` |
//! | `started`, `ended`, `seconds` | when, and how long |
//! | `sites` | a tally for each site, see below |
//! | `totals` | the sums of the tallies |
//! | `traps` | `{site, kind, shape, fetched, novel, held, samples, evidence}` for each |
//! | `adopted` | exchanges taken over from a run that was cut off |
//! | `left` | addresses that wait for the next run |
//! | `interrupted` | whether it was told to stop |
//! | `problems` | what was found wrong with the archive |
//!
//! | key of a tally | what |
//! | --- | --- |
//! | `asked` | pages asked for, tries not counted twice |
//! | `captured` | pages with a body not seen there before: `new` and `changed` together |
//! | `new`, `changed` | those never had before, and those that differ from the last look |
//! | `unchanged` | pages as they were |
//! | `gone` | pages that were there at the last look, and now answer 404 or 410 |
//! | `redirected`, `sitemaps` | redirects; sitemaps and feeds read |
//! | `errors` | pages that answered an error, by status, those gone included |
//! | `refused` | addresses not taken, by reason |
//! | `requests` | exchanges archived, robots.txt and retries included |
//! | `bytes`, `bytes_on_wire`, `bytes_stored` | bodies of answers; all of requests and answers, as HTTP/1.1 spells them; the archive's growth for responses |
//! | `waited_seconds` | how long addresses waited for their turn, summed: several wait at once |
//! | `politeness` | by origin, the seconds in which politeness alone held back what could have been asked |

use std::collections::BTreeMap;
use std::time::Duration;

use serde_json::{Value, json};
use thresh_types::{Capture, Exchange, Origin, RefusalReason, SiteId, Timestamp};

/// What a crawl did at one site.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SiteTally {
    /// Addresses asked.
    pub asked: u64,
    /// Seeds among them.
    pub seeds_asked: u64,
    /// Pages with a new body: those that are new, and those that have changed.
    pub captured: u64,
    /// Of those captured, pages that differ from the last look.
    pub changed: u64,
    /// Pages found unchanged: a 304, or the same bytes again.
    pub unchanged: u64,
    /// Pages that were there at the last look, and now answer 404 or 410.
    pub gone: u64,
    /// Redirects.
    pub redirected: u64,
    /// Pages that answered 4xx, counted by status.
    pub errors: BTreeMap<u16, u64>,
    /// Addresses refused, counted by reason.
    pub refused: BTreeMap<RefusalReason, u64>,
    /// Sitemaps and feeds read.
    pub sitemaps: u64,
    /// Exchanges archived.
    pub requests: u64,
    /// Bytes of bodies received.
    pub bytes: u64,
    /// Bytes of requests and answers, as HTTP/1.1 spells them.
    pub wire: u64,
    /// Bytes of the archive's members that hold the answers.
    pub stored: u64,
    /// How long politeness made the crawl wait, summed over addresses.
    pub waited: Duration,
    /// What politeness cost each origin.
    pub paused: BTreeMap<Origin, Pause>,
}

/// The time in which politeness alone held back what could have been asked of an origin.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Pause {
    /// How long in all.
    pub total: Duration,
    /// Up to when waiting was counted: several addresses wait at once, and time is counted once.
    until: Timestamp,
}

impl Pause {
    /// Adds the wait of an address that was asked at `asked`.
    fn add(&mut self, asked: Timestamp, waited: Duration) {
        let from = (asked - waited).max(self.until);
        if asked > from {
            self.total += asked.duration_since(from).unsigned_abs();
            self.until = asked;
        }
    }
}

impl SiteTally {
    /// Returns whether the site was asked and gave no page at all. A few 404s that an interrupted run
    /// left over are no sign of that: a seed must be among what was asked, or nothing have answered.
    pub fn is_barren(&self) -> bool {
        let answered = self.errors.values().sum::<u64>() + self.redirected > 0;
        let telling = self.seeds_asked > 0 || !answered;
        self.asked > 0 && self.captured + self.unchanged == 0 && telling
    }

    /// Counts an exchange that is in the archive.
    pub(super) fn exchanged(&mut self, exchange: &Exchange, capture: &Capture) {
        let heads = exchange.request.0.len() + exchange.response.0.len();
        self.requests += 1;
        self.wire += heads as u64 + exchange.body.len();
        self.stored += capture.length;
    }

    /// Counts the wait of an address before it was asked.
    pub(super) fn held_back(&mut self, origin: Origin, asked: Timestamp, waited: Duration) {
        self.paused.entry(origin).or_default().add(asked, waited);
    }

    fn add(&mut self, other: &Self) {
        self.asked += other.asked;
        self.seeds_asked += other.seeds_asked;
        self.captured += other.captured;
        self.changed += other.changed;
        self.unchanged += other.unchanged;
        self.gone += other.gone;
        self.redirected += other.redirected;
        self.sitemaps += other.sitemaps;
        self.requests += other.requests;
        self.bytes += other.bytes;
        self.wire += other.wire;
        self.stored += other.stored;
        self.waited += other.waited;
        for (status, count) in &other.errors {
            *self.errors.entry(*status).or_default() += count;
        }
        for (reason, count) in &other.refused {
            *self.refused.entry(*reason).or_default() += count;
        }
        self.paused.extend(other.paused.clone());
    }

    fn to_json(&self) -> Value {
        let politeness: serde_json::Map<String, Value> = self
            .paused
            .iter()
            .map(|(origin, pause)| (origin.to_string(), json!(pause.total.as_secs_f64())))
            .collect();
        json!({
            "asked": self.asked,
            "captured": self.captured,
            "new": self.captured - self.changed.min(self.captured),
            "changed": self.changed,
            "unchanged": self.unchanged,
            "gone": self.gone,
            "redirected": self.redirected,
            "errors": self.errors,
            "refused": self.refused,
            "sitemaps": self.sitemaps,
            "requests": self.requests,
            "bytes": self.bytes,
            "bytes_on_wire": self.wire,
            "bytes_stored": self.stored,
            "waited_seconds": self.waited.as_secs_f64(),
            "politeness": politeness,
        })
    }
}

/// Addresses that a site makes without end, or as good as.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Trap {
    /// Whose site it is on.
    pub site: String,
    /// What kind of trap, such as `calendar`.
    pub kind: &'static str,
    /// What its addresses have in common, such as `/calendar/{number}/{number}`.
    pub shape: String,
    /// How many were fetched.
    pub fetched: u64,
    /// How many of these showed something new.
    pub novel: u64,
    /// How many addresses were held.
    pub held: u64,
    /// The first of them.
    pub samples: Vec<String>,
    /// What speaks for a trap, in figures.
    pub evidence: String,
}

/// What a crawl did.
#[derive(Debug, Clone, Default)]
pub struct CrawlReport {
    /// The number of the run in this corpus, once it is kept.
    pub number: Option<u64>,
    /// The program and its version.
    pub tool: String,
    /// When it began.
    pub started: Timestamp,
    /// When it ended.
    pub ended: Timestamp,
    /// Whether nothing was asked for, only what would be.
    pub dry_run: bool,
    /// Per site.
    pub sites: BTreeMap<SiteId, SiteTally>,
    /// The traps that addresses were held for.
    pub traps: Vec<Trap>,
    /// Exchanges that an interrupted run had archived and this one took over.
    pub adopted: u64,
    /// Addresses still waiting: kept for the next run.
    pub left: u64,
    /// Whether the crawl was interrupted.
    pub interrupted: bool,
    /// What recovery found wrong with the archive, for people.
    pub problems: Vec<String>,
}

impl CrawlReport {
    /// Returns the sums over all sites.
    pub fn total(&self) -> SiteTally {
        let mut total = SiteTally::default();
        self.sites.values().for_each(|tally| total.add(tally));
        total
    }

    /// Returns the sums over all sites, by name, for the log of runs.
    pub fn counts(&self) -> BTreeMap<String, u64> {
        let total = self.total();
        BTreeMap::from([
            ("asked".to_owned(), total.asked),
            ("captured".to_owned(), total.captured),
            ("unchanged".to_owned(), total.unchanged),
            ("refused".to_owned(), total.refused.values().sum()),
            ("left".to_owned(), self.left),
        ])
    }

    /// Returns the sites that were asked and gave no page at all.
    pub fn barren(&self) -> Vec<&SiteId> {
        self.sites
            .iter()
            .filter(|(_, tally)| tally.is_barren())
            .map(|(site, _)| site)
            .collect()
    }

    /// Returns how it ended, in a word.
    pub const fn outcome(&self) -> &'static str {
        match (self.dry_run, self.interrupted) {
            (true, _) => "dry-run",
            (false, true) => "interrupted",
            (false, false) => "done",
        }
    }

    /// Returns how long it took.
    pub fn duration(&self) -> Duration {
        self.ended.duration_since(self.started).unsigned_abs()
    }

    /// Returns the report for machines; see the head of this module for its keys.
    pub fn to_json(&self) -> Value {
        let sites: serde_json::Map<String, Value> = self
            .sites
            .iter()
            .map(|(site, tally)| (site.to_string(), tally.to_json()))
            .collect();
        json!({
            "report": 1,
            "number": self.number,
            "command": "crawl",
            "tool": self.tool,
            "outcome": self.outcome(),
            "started": self.started,
            "ended": self.ended,
            "seconds": self.duration().as_secs_f64(),
            "sites": sites,
            "totals": self.total().to_json(),
            "traps": self.traps,
            "adopted": self.adopted,
            "left": self.left,
            "interrupted": self.interrupted,
            "problems": self.problems,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    #[test]
    fn what_waits_at_the_same_time_is_counted_once() {
        let mut pause = Pause::default();
        let second = Duration::from_secs(1);
        pause.add(at(10), 2 * second);
        pause.add(at(12), 4 * second);
        pause.add(at(20), 3 * second);
        pause.add(at(19), second);
        assert_eq!(pause.total, 7 * second);
    }

    #[test]
    fn totals_are_the_sums_of_the_sites() {
        let tally = |captured| SiteTally {
            captured,
            changed: 1,
            refused: [(RefusalReason::Robots, 2)].into(),
            errors: [(404, captured)].into(),
            ..SiteTally::default()
        };
        let report = CrawlReport {
            sites: [("a", 3), ("b", 4)]
                .map(|(site, n)| (site.parse().unwrap(), tally(n)))
                .into(),
            ..CrawlReport::default()
        };
        let json = report.to_json();
        assert_eq!(json["totals"]["captured"], 7);
        assert_eq!(json["totals"]["new"], 5);
        assert_eq!(json["totals"]["refused"]["robots"], 4);
        assert_eq!(json["totals"]["errors"]["404"], 7);
        assert_eq!(json["report"], 1);
    }
}
