//! What robots.txt permits at one origin as time goes by: a value without a clock.
//!
//! - A file holds for 24 hours (RFC 9309 §2.4); so does the finding that there is none (§2.3.1.3).
//! - A file that is out of reach (server error, 429, broken or late answer) forbids everything
//!   (§2.3.1.4), until it can be read. It is asked for again after waits that grow from seconds to an
//!   hour, or after what the server asks for: well before a day, so that no address is given up.
//! - Where a file was read before, that copy goes on holding while the file is out of reach, for
//!   [`MAX_STALE`] from when it was fetched, and the file is asked for less often: nobody waits for it.
//!
//! **Why a stale copy may serve.** §2.3.1.4 calls a file that cannot be reached *undefined* and asks
//! for complete disallow; §2.4 says that a cached version should not be used for more than 24 hours
//! "unless the robots.txt file is unreachable". The two agree where the first speaks of a crawler that
//! knows nothing, and the second of one that holds what the owner wrote: known rules are better
//! obeyed than replaced, and a server that is down for a night should not undo them. §2.3.1.4 names
//! thirty days as a reasonably long period, and that bounds the copy here: beyond it the owner's wishes
//! count as unknown, and everything is forbidden. (The RFC would also let a crawler then assume that
//! there are no rules. This one never does: silence is no permission.) Only a file that was read is a
//! copy; that there was none last week permits nothing while nobody can say so today. A server that
//! fails is still spared: the pace of its origin widens, and Retry-After holds for every page.

use std::sync::Arc;
use std::time::Duration;

use thresh_types::{CanonicalUrl, Timestamp};

use super::Robots;

/// How long an answer holds: RFC 9309 §2.4.
pub const MAX_AGE: Duration = Duration::from_secs(24 * 3600);

/// How old a copy may be that serves while its file is out of reach: the reasonably long period of
/// RFC 9309 §2.3.1.4.
pub const MAX_STALE: Duration = Duration::from_secs(30 * 24 * 3600);

/// The longest wait between two tries, if the server does not ask for more.
const MAX_WAIT: Duration = Duration::from_secs(3600);

/// How much longer it takes to the next try while a copy serves, at least; also so many times the wait
/// after a first failure. Pages must find time between tries, whatever the pace.
const STALE_WAIT: Duration = Duration::from_secs(300);
const STALE_WAITS: u32 = 8;

/// The longest wait that a server can ask for.
const MAX_ASKED: Duration = Duration::from_secs(24 * 3600);

/// How many characters of a line are shown in reports; lines may have thousands.
const MAX_SHOWN: usize = 200;

/// A robots.txt that was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RobotsFile {
    /// What it says.
    pub rules: Robots,
    /// Where it was found: the last address where redirects led there.
    pub url: CanonicalUrl,
    /// When it was asked for.
    pub fetched_at: Timestamp,
}

impl RobotsFile {
    /// Returns who decided, in one line for people: number and text of the line, which file it
    /// stands in and when that was fetched. `trouble` says why the file is out of reach, where it is.
    pub fn cite(&self, line: &(usize, String), trouble: Option<&str>) -> String {
        let (number, text) = line;
        self.told(&format!("line {number}: {}", shown(text)), trouble)
    }

    /// Returns by which word of the file an address is allowed, in the words of
    /// [`RobotsFile::cite`]; that no rule speaks of it where there is no `line`.
    pub fn permit(&self, line: Option<&(usize, String)>, trouble: Option<&str>) -> String {
        match line {
            Some(line) => format!("allowed by {}", self.cite(line, trouble)),
            None => self.told("no rule matches", trouble),
        }
    }

    fn told(&self, word: &str, trouble: Option<&str>) -> String {
        let stale = trouble.map_or_else(String::new, |why| {
            format!(
                "; an older copy, since robots.txt is out of reach: {}",
                shown(why)
            )
        });
        format!(
            "{word} ({}, fetched {:.0}{stale})",
            self.url, self.fetched_at
        )
    }
}

/// Makes a stranger's text fit into one line of a report.
fn shown(text: &str) -> String {
    let printable = |c: char| if c.is_control() { '\u{fffd}' } else { c };
    let mut shown: String = text.chars().take(MAX_SHOWN).map(printable).collect();
    if text.chars().nth(MAX_SHOWN).is_some() {
        shown.push('…');
    }
    shown
}

/// What came of asking for robots.txt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// A file.
    File(Arc<RobotsFile>),
    /// There is none: everything is permitted (RFC 9309 §2.3.1.3).
    Missing {
        /// What was answered instead, for people.
        detail: String,
    },
    /// It is out of reach (RFC 9309 §2.3.1.4).
    Unreachable {
        /// Why, for people.
        detail: String,
        /// How long the server wants to be left alone, if it says so.
        retry_after: Option<Duration>,
    },
}

/// What an origin permits at one moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Permission<'a> {
    /// Nothing before robots.txt was asked for (again).
    Ask,
    /// Everything: there is no file.
    Everything {
        /// What was answered instead, for people.
        detail: &'a str,
    },
    /// What this file permits.
    Rules(&'a RobotsFile),
    /// What this old copy permits, since its file is out of reach.
    Stale {
        /// The copy.
        file: &'a RobotsFile,
        /// Why the file is out of reach, for people.
        detail: &'a str,
    },
    /// Nothing until then.
    Nothing {
        /// Why, for people.
        detail: &'a str,
        /// When to ask again.
        until: Timestamp,
    },
}

/// What is known of an origin's robots.txt.
#[derive(Debug, Clone, Default)]
pub struct Standing {
    state: State,
    /// The file that was read last, unless it has gone since.
    copy: Option<Arc<RobotsFile>>,
    /// Tries in a row that failed.
    failures: u32,
}

#[derive(Debug, Clone, Default)]
enum State {
    #[default]
    Unknown,
    Read(Timestamp),
    Missing {
        since: Timestamp,
        detail: String,
    },
    Unreachable {
        detail: String,
        until: Timestamp,
    },
}

impl Standing {
    /// Returns the standing of an origin whose file was read by an earlier run. It is asked for
    /// all the same; the copy serves only where that fails.
    pub fn known(copy: RobotsFile) -> Self {
        Self {
            copy: Some(Arc::new(copy)),
            ..Self::default()
        }
    }

    /// Returns what is permitted at `now`.
    pub fn at(&self, now: Timestamp) -> Permission<'_> {
        match (&self.state, &self.copy) {
            (State::Read(since), Some(file)) if age(*since, now) < MAX_AGE => {
                Permission::Rules(file)
            }
            (State::Missing { since, detail }, _) if age(*since, now) < MAX_AGE => {
                Permission::Everything { detail }
            }
            (State::Unreachable { detail, until }, _) if *until > now => match self.usable(now) {
                Some(file) => Permission::Stale { file, detail },
                None => Permission::Nothing {
                    detail,
                    until: *until,
                },
            },
            _ => Permission::Ask,
        }
    }

    /// Returns the copy that may serve while its file is out of reach.
    fn usable(&self, now: Timestamp) -> Option<&RobotsFile> {
        self.copy()
            .filter(|file| age(file.fetched_at, now) <= MAX_STALE)
    }

    /// Returns the file that was read last, whether or not it still holds.
    pub fn copy(&self) -> Option<&RobotsFile> {
        self.copy.as_deref()
    }

    /// Takes in what came of asking at `now`. `first` is the wait after a first failure; it
    /// doubles with each further one.
    pub fn take(&mut self, answer: Answer, first: Duration, now: Timestamp) {
        self.state = match answer {
            Answer::File(file) => {
                self.failures = 0;
                self.copy = Some(file);
                State::Read(now)
            }
            Answer::Missing { detail } => {
                self.failures = 0;
                self.copy = None;
                State::Missing { since: now, detail }
            }
            Answer::Unreachable {
                detail,
                retry_after,
            } => {
                let asked = retry_after.unwrap_or_default().min(MAX_ASKED);
                let wait = self.next_wait(first).max(asked);
                let more = self.usable(now).map_or(Duration::ZERO, |_| {
                    first.saturating_mul(STALE_WAITS).max(STALE_WAIT)
                });
                State::Unreachable {
                    detail,
                    until: later(now, wait.saturating_add(more)),
                }
            }
        };
    }

    fn next_wait(&mut self, first: Duration) -> Duration {
        let doublings = self.failures.min(20);
        self.failures = self.failures.saturating_add(1);
        first.saturating_mul(1 << doublings).min(MAX_WAIT)
    }
}

/// Returns how long ago `since` was; what lies ahead is new.
fn age(since: Timestamp, now: Timestamp) -> Duration {
    Duration::try_from(now.duration_since(since)).unwrap_or_default()
}

/// Returns the moment after `wait`, or the end of time.
fn later(now: Timestamp, wait: Duration) -> Timestamp {
    now.checked_add(wait).unwrap_or(Timestamp::MAX)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const FIRST: Duration = Duration::from_secs(2);
    const DAY: i64 = 86_400;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    fn missing() -> Answer {
        let detail = "404".to_owned();
        Answer::Missing { detail }
    }

    fn file(second: i64) -> Answer {
        Answer::File(Arc::new(copy(second)))
    }

    fn copy(second: i64) -> RobotsFile {
        RobotsFile {
            rules: super::super::parse(b"User-agent: *\nDisallow: /a\n"),
            url: "http://h.example/robots.txt".parse().unwrap(),
            fetched_at: at(second),
        }
    }

    fn down(retry_after: Option<u64>) -> Answer {
        Answer::Unreachable {
            detail: "503".to_owned(),
            retry_after: retry_after.map(Duration::from_secs),
        }
    }

    fn name(permission: Permission<'_>) -> &'static str {
        match permission {
            Permission::Ask => "ask",
            Permission::Everything { .. } => "everything",
            Permission::Rules(_) => "rules",
            Permission::Stale { .. } => "stale",
            Permission::Nothing { .. } => "nothing",
        }
    }

    /// Plays answers at their times and returns what is permitted at `ask`.
    fn played(answers: &[(i64, Answer)], ask: i64) -> &'static str {
        let mut standing = Standing::default();
        for (time, answer) in answers {
            standing.take(answer.clone(), FIRST, at(*time));
        }
        name(standing.at(at(ask)))
    }

    #[test]
    fn answers_hold_for_a_day() {
        for (answer, holds) in [(file(0), "rules"), (missing(), "everything")] {
            let answers = [(0, answer)];
            assert_eq!(played(&answers, 0), holds);
            assert_eq!(played(&answers, DAY - 1), holds);
            assert_eq!(played(&answers, DAY), "ask");
        }
        assert_eq!(played(&[], 0), "ask");
    }

    #[test]
    fn without_a_copy_everything_is_closed_until_the_next_try() {
        let answers = [(0, down(None))];
        assert_eq!(played(&answers, 0), "nothing");
        assert_eq!(played(&answers, 1), "nothing");
        assert_eq!(played(&answers, 2), "ask");
        // Nor does a month of silence open anything.
        let still = [(0, down(None)), (31 * DAY, down(None))];
        assert_eq!(played(&still, 31 * DAY), "nothing");
    }

    #[test]
    fn that_there_was_no_file_is_no_copy() {
        let answers = [(0, file(0)), (10, missing()), (2 * DAY, down(None))];
        assert_eq!(played(&answers, 2 * DAY), "nothing");
    }

    #[test]
    fn a_copy_serves_while_its_file_is_out_of_reach_but_not_forever() {
        let answers = [(0, file(0)), (DAY, down(None))];
        assert_eq!(played(&answers, DAY), "stale");
        assert_eq!(played(&answers, DAY + 300), "stale", "pages find time");
        assert_eq!(played(&answers, DAY + 302), "ask", "it is tried again");
        let long = [(0, file(0)), (30 * DAY, down(None))];
        assert_eq!(played(&long, 30 * DAY), "stale");
        let longer = [(0, file(0)), (30 * DAY + 1, down(None))];
        assert_eq!(played(&longer, 30 * DAY + 1), "nothing");
        let again = [(0, file(0)), (DAY, down(None)), (DAY + 2, file(DAY + 2))];
        assert_eq!(played(&again, DAY + 3), "rules");
    }

    #[test]
    fn a_copy_of_an_earlier_run_serves_only_where_asking_fails() {
        let mut standing = Standing::known(copy(0));
        assert_eq!(name(standing.at(at(60))), "ask");
        standing.take(down(None), FIRST, at(60));
        assert_eq!(name(standing.at(at(61))), "stale");
        let mut old = Standing::known(copy(0));
        old.take(down(None), FIRST, at(31 * DAY));
        assert_eq!(name(old.at(at(31 * DAY))), "nothing");
    }

    #[test]
    fn tries_come_further_and_further_apart_but_within_the_hour() {
        let mut standing = Standing::default();
        let mut waits = Vec::new();
        for _ in 0..30 {
            standing.take(down(None), FIRST, at(0));
            let Permission::Nothing { until, .. } = standing.at(at(0)) else {
                panic!("closed")
            };
            waits.push(until.as_second());
        }
        assert_eq!(waits[..4], [2, 4, 8, 16]);
        assert_eq!(waits[29], 3600);
        standing.take(file(0), FIRST, at(0));
        standing.take(down(Some(1)), FIRST, at(0));
        assert_eq!(name(standing.at(at(302))), "ask", "success is a new start");
    }

    #[test]
    fn pages_find_time_between_tries_whatever_is_asked() {
        for (first, asked) in [
            (2, None),
            (2, Some(20)),
            (7_200, None),
            (7_200, Some(86_400)),
        ] {
            let mut standing = Standing::known(copy(0));
            standing.take(down(asked), Duration::from_secs(first), at(0));
            // After what the server asked for there is time for several gaps (two gaps make `first`).
            let allowed = i64::try_from(asked.unwrap_or(0) + first * 4).unwrap();
            assert_eq!(name(standing.at(at(allowed))), "stale", "{first} {asked:?}");
        }
    }

    #[test]
    fn what_the_server_asks_for_is_waited_up_to_a_day() {
        let asked = [(0, down(Some(120)))];
        assert_eq!(played(&asked, 119), "nothing");
        assert_eq!(played(&asked, 120), "ask");
        let absurd = [(0, down(Some(u64::MAX)))];
        assert_eq!(played(&absurd, DAY - 1), "nothing");
        assert_eq!(played(&absurd, DAY), "ask");
    }

    proptest! {
        #[test]
        fn no_time_panics_and_unreachable_never_opens_what_was_not_read(
            times in proptest::collection::vec((any::<i64>(), any::<Option<u64>>()), 1..8),
            first in any::<u64>(),
        ) {
            let mut standing = Standing::default();
            for (time, asked) in times {
                let now = Timestamp::from_second(time % 200_000_000_000).unwrap();
                standing.take(down(asked), Duration::from_secs(first), now);
                let permission = standing.at(now);
                prop_assert!(["ask", "nothing"].contains(&name(permission)));
            }
        }
    }
}
