//! How fast a crawl is, and how long it will take as far as can be known.
//!
//! Speeds are those of the last half minute, not of the whole crawl. The estimate is that of the slowest
//! origin: its queue, at the pace at which it answered of late, since politeness fixes that pace and no
//! other origin can help. While more addresses are found than are asked it is a lower bound, and is told
//! as one; of an origin that has not answered twice nothing is known, so nothing is said.

use std::collections::{BTreeMap, VecDeque};
use std::time::Duration;

use thresh_pipeline::Ahead;
use thresh_types::{CanonicalUrl, Capture, Timestamp};

use crate::output::{bytes, seconds};

/// What counts as now.
const WINDOW: Duration = Duration::from_secs(30);

/// Answers of one origin that its pace is judged by, at most.
const ANSWERS: usize = 20;

/// A number of seconds and what came in it: the window is kept by seconds, not by answers.
#[derive(Debug, Clone, Copy)]
struct Second {
    number: i64,
    pages: u64,
    bytes: u64,
}

/// Pages and bytes a second.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Speed {
    pub(crate) pages: f64,
    pub(crate) bytes: f64,
}

/// How long the rest will take.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Estimate {
    /// Nobody can know yet.
    Unknown,
    /// More is found than is asked.
    AtLeast(Duration),
    /// As far as what is known goes.
    About(Duration),
}

/// The pace of a crawl.
#[derive(Debug, Default)]
pub(crate) struct Pace {
    begun: Option<Timestamp>,
    told: Option<Timestamp>,
    fetched: u64,
    window: VecDeque<Second>,
    /// When each origin answered, the last few times.
    origins: BTreeMap<String, VecDeque<Timestamp>>,
    ahead: Vec<Ahead>,
    /// How much was ahead, for as long as the window reaches.
    lengths: VecDeque<(Timestamp, u64)>,
}

impl Pace {
    pub(crate) fn starting(now: Timestamp) -> Self {
        Self {
            begun: Some(now),
            told: Some(now),
            ..Self::default()
        }
    }

    pub(crate) const fn fetched(&self) -> u64 {
        self.fetched
    }

    /// Returns how many addresses are ahead.
    pub(crate) fn ahead(&self) -> u64 {
        let each = self.ahead.iter();
        each.map(|lane| lane.queued + lane.waiting).sum()
    }

    /// Takes an answer.
    pub(crate) fn captured(&mut self, now: Timestamp, capture: &Capture) {
        self.fetched += 1;
        self.count(now.as_second(), capture.bytes);
        if let Ok(url) = capture.final_url.parse::<CanonicalUrl>() {
            self.answered(url.origin().as_str(), now);
        }
    }

    fn count(&mut self, number: i64, bytes: u64) {
        match self.window.back_mut() {
            Some(last) if last.number >= number => {
                last.pages += 1;
                last.bytes += bytes;
            }
            _ => self.window.push_back(Second {
                number,
                pages: 1,
                bytes,
            }),
        }
    }

    fn answered(&mut self, origin: &str, now: Timestamp) {
        let known = self.origins.get_mut(origin);
        let answers = match known {
            Some(answers) => answers,
            None => self.origins.entry(origin.to_owned()).or_default(),
        };
        answers.push_back(now);
        if answers.len() > ANSWERS {
            answers.pop_front();
        }
    }

    /// Takes what is ahead.
    pub(crate) fn queues(&mut self, now: Timestamp, lanes: &[Ahead]) {
        self.ahead = lanes.to_vec();
        let oldest = now.as_second() - WINDOW.as_secs().cast_signed();
        while self.window.front().is_some_and(|s| s.number <= oldest) {
            self.window.pop_front();
        }
        self.lengths.push_back((now, self.ahead()));
        while self
            .lengths
            .front()
            .is_some_and(|(at, _)| *at + WINDOW < now)
        {
            self.lengths.pop_front();
        }
    }

    /// Returns the speed of the last half minute.
    pub(crate) fn speed(&self, now: Timestamp) -> Speed {
        let oldest = now.as_second() - WINDOW.as_secs().cast_signed();
        let begun = self.begun.map_or(0.0, |begun| {
            now.duration_since(begun).as_secs_f64().max(1.0)
        });
        let span = begun.min(WINDOW.as_secs_f64());
        let recent = || self.window.iter().filter(|s| s.number > oldest);
        let per_second = |sum: u64| if span > 0.0 { sum as f64 / span } else { 0.0 };
        Speed {
            pages: per_second(recent().map(|s| s.pages).sum()),
            bytes: per_second(recent().map(|s| s.bytes).sum()),
        }
    }

    /// Returns whether it is `every` since this last said so.
    pub(crate) fn is_time_to_tell(&mut self, now: Timestamp, every: Duration) -> bool {
        let is_time = self.told.is_none_or(|told| now >= told + every);
        if is_time {
            self.told = Some(now);
        }
        is_time
    }

    /// Returns how long an origin takes for what is ahead of it.
    fn of_lane(&self, lane: &Ahead, now: Timestamp) -> Option<Duration> {
        let answers = self.origins.get(&lane.origin)?;
        let (first, last) = (answers.front()?, answers.back()?);
        let between = u32::try_from(answers.len()).ok()?.checked_sub(1)?;
        // One that has not answered for longer than usual is as slow as it is now.
        let mean = last
            .duration_since(*first)
            .unsigned_abs()
            .checked_div(between)?;
        let idle = now.duration_since(*last).unsigned_abs();
        let each = mean.max(idle / u32::try_from(answers.len()).ok()?);
        let all = lane.queued.saturating_add(lane.waiting);
        let asking = each.checked_mul(u32::try_from(all).ok()?)?;
        Some(asking.max(lane.wakes_in.unwrap_or_default()))
    }

    /// Returns how long the rest will take.
    pub(crate) fn estimate(&self, now: Timestamp) -> Estimate {
        let lanes: Option<Vec<Duration>> = self
            .ahead
            .iter()
            .map(|lane| self.of_lane(lane, now))
            .collect();
        let Some(longest) = lanes.and_then(|lanes| lanes.into_iter().max()) else {
            return Estimate::Unknown;
        };
        let grown = match (self.lengths.front(), self.lengths.back()) {
            (Some((begun, first)), Some((at, last))) => {
                // What was only just begun can still go either way.
                last >= first || *begun + Duration::from_secs(2) > *at
            }
            _ => true,
        };
        if grown {
            Estimate::AtLeast(longest)
        } else {
            Estimate::About(longest)
        }
    }

    /// Says what can be said, in one line.
    pub(crate) fn line(&self, now: Timestamp) -> String {
        let speed = self.speed(now);
        let mut parts = vec![
            format!("{:.1} pages/s", speed.pages),
            format!("{}/s", bytes(speed.bytes as u64)),
            format!("{} queued", self.ahead()),
        ];
        parts.extend(self.waiting());
        match self.estimate(now) {
            Estimate::Unknown => {}
            Estimate::AtLeast(rest) => parts.push(format!("at least {} left", rough(rest))),
            Estimate::About(rest) => parts.push(format!("about {} left", rough(rest))),
        }
        parts.join(", ")
    }

    /// Says which hosts have nothing that may be asked now.
    fn waiting(&self) -> Option<String> {
        let idle = || self.ahead.iter().filter(|lane| lane.queued == 0);
        let next = idle().filter_map(|lane| lane.wakes_in).min()?;
        let hosts = idle().count();
        let name = if hosts == 1 { "host" } else { "hosts" };
        Some(format!("{hosts} {name} waiting, next in {}", rough(next)))
    }
}

/// Whole seconds: an estimate is no measurement.
fn rough(time: Duration) -> String {
    match time.as_secs() {
        whole @ 0..60 => format!("{} s", whole.max(1)),
        _ => seconds(time),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(milliseconds: i64) -> Timestamp {
        Timestamp::from_millisecond(1_700_000_000_000 + milliseconds).unwrap()
    }

    fn lane(origin: &str, queued: u64) -> Ahead {
        Ahead {
            origin: origin.to_owned(),
            queued,
            waiting: 0,
            wakes_in: None,
        }
    }

    /// A crawl of one origin that answers each second for so long.
    fn steady(count: i64) -> Pace {
        let mut pace = Pace::starting(at(0));
        for n in 1..=count {
            pace.fetched += 1;
            pace.count(at(n * 1000).as_second(), 2048);
            pace.answered("http://a", at(n * 1000));
        }
        pace
    }

    #[test]
    fn the_speed_is_that_of_the_last_half_minute() {
        let mut pace = steady(100);
        let speed = pace.speed(at(100_000));
        assert!((speed.pages - 1.0).abs() < 0.05, "{speed:?}");
        assert!((speed.bytes - 2048.0).abs() < 100.0, "{speed:?}");
        pace.queues(at(131_000), &[]);
        let nothing = Speed {
            pages: 0.0,
            bytes: 0.0,
        };
        assert_eq!(pace.speed(at(131_000)), nothing);
        assert_eq!(pace.window.len(), 0, "what is past is not kept");
    }

    #[test]
    fn the_slowest_origin_decides() {
        let mut pace = steady(10);
        for n in 0..10 {
            pace.answered("http://b", at(n * 100));
        }
        let lanes = |a, b| [lane("http://a", a), lane("http://b", b)];
        pace.queues(at(7000), &lanes(80, 300));
        pace.queues(at(10_000), &lanes(60, 50));
        assert_eq!(
            pace.estimate(at(10_000)),
            Estimate::About(Duration::from_secs(60))
        );
    }

    #[test]
    fn a_queue_that_grows_gives_a_lower_bound() {
        let mut pace = steady(10);
        pace.queues(at(1000), &[lane("http://a", 5)]);
        pace.queues(at(10_000), &[lane("http://a", 50)]);
        let least = Estimate::AtLeast(Duration::from_secs(50));
        assert_eq!(pace.estimate(at(10_000)), least);
        assert!(
            pace.line(at(10_000))
                .ends_with("50 queued, at least 50 s left")
        );
    }

    #[test]
    fn nothing_is_said_of_an_origin_that_has_not_answered() {
        let mut pace = steady(10);
        pace.queues(at(5000), &[lane("http://a", 50), lane("http://c", 1)]);
        pace.queues(at(10_000), &[lane("http://a", 40), lane("http://c", 1)]);
        assert_eq!(pace.estimate(at(10_000)), Estimate::Unknown);
        assert!(!pace.line(at(10_000)).contains("left"));
    }

    #[test]
    fn an_origin_that_fell_silent_is_not_promised_at_its_old_pace() {
        let mut pace = steady(10);
        pace.queues(at(10_000), &[lane("http://a", 20)]);
        pace.queues(at(110_000), &[lane("http://a", 10)]);
        assert_eq!(
            pace.estimate(at(110_000)),
            Estimate::AtLeast(Duration::from_secs(100))
        );
    }

    #[test]
    fn hosts_that_may_not_be_asked_are_told_with_when_the_next_may() {
        let mut pace = steady(2);
        let asleep = |wakes_in| Ahead {
            queued: 0,
            waiting: 3,
            wakes_in: Some(Duration::from_secs(wakes_in)),
            ..lane("http://a", 0)
        };
        pace.queues(at(2000), &[asleep(40), asleep(12)]);
        let line = pace.line(at(2000));
        assert!(
            line.contains("6 queued, 2 hosts waiting, next in 12 s"),
            "{line}"
        );
    }

    #[test]
    fn lines_are_told_now_and_then() {
        let mut pace = Pace::starting(at(0));
        let every = Duration::from_secs(30);
        assert!(!pace.is_time_to_tell(at(29_000), every));
        assert!(pace.is_time_to_tell(at(30_000), every));
        assert!(!pace.is_time_to_tell(at(59_000), every));
    }
}
