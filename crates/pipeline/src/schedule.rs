//! When a page is asked for again.
//!
//! A page has a habit: it changes every so often. The habit is learned from looks, each of which only
//! tells whether the page differs from the look before, however often it changed in between
//! ([`rate`]). The next look is due when it is worth its request: what a look gains is the time for
//! which the copy is right and would not have been, and a page that changes far too often to be kept
//! right gains nothing by being asked more often still ([`worth`]). A sitemap's word on when a page
//! changed counts as far as it was right before ([`hints`]).
//!
//! # In short
//! - A new page waits `revisit`. No page waits less than `revisit_min` or more than `revisit_max`.
//! - Quiet pages wait longer and longer, at most twice as long as the last time.
//! - A page that changed is asked sooner; one whose habit has changed is judged by its new habit.
//! - A page that differs at every look, however soon, is asked as seldom as a new page: what differs is
//!   a token or a clock, or more than can be followed.
//! - 404 and 410 are no looks at content: the page is asked again after waits that double, for ever.
//!   So are other refusals of the server. After a server's error it is asked again sooner.
//!
//! # Sources
//! - Cho, Garcia-Molina: Estimating frequency of change. ACM TOIT 3 (2003), no. 3: what a look that
//!   finds a change does not tell, and estimates for looks at uneven times.
//! - Cho, Garcia-Molina: Effective page refresh policies for web crawlers. ACM TODS 28 (2003), no. 4:
//!   freshness, and why the pages that change most must not be asked most.

mod hints;
mod rate;
#[cfg(test)]
mod simulation;
mod worth;

use std::time::Duration;

use thresh_corpus::{History, Past};
use thresh_fetcher::Settings;
use thresh_types::{TaskKind, Timestamp};

use rate::Habit;
use worth::Worth;

/// How often a page must have differed at every look until that is taken for no news.
const ALWAYS: u32 = 10;

/// How much longer a page is left alone whose sitemap has told of every change: the sitemap is looked
/// at instead, once for all of its pages.
const VOUCHED: u32 = 8;

/// A look at a page: an answer to a request for it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Look {
    /// What the address is asked for.
    pub kind: TaskKind,
    /// Since the last look; `None` at the first.
    pub since: Option<Duration>,
    /// Since the last look that found a change; `None` where that is not known.
    pub quiet: Option<Duration>,
    /// Whether the content differs from the last look's.
    pub changed: bool,
    /// The status of the answer.
    pub status: u16,
    /// When it last changed, by the newest word of a sitemap or feed.
    pub listed: Option<Timestamp>,
    /// When the look was.
    pub at: Timestamp,
}

impl Look {
    /// Returns a look at `at` at a page with this past.
    pub(crate) fn after(past: &Past, kind: TaskKind, answer: (u16, bool), at: Timestamp) -> Self {
        let since =
            |then: Option<Timestamp>| then.map(|then| at.duration_since(then).unsigned_abs());
        Self {
            kind,
            since: since(past.fetched_at),
            quiet: since(past.changed_at),
            status: answer.0,
            changed: answer.1,
            listed: past.history.listed_at,
            at,
        }
    }
}

/// Returns what is known of a page after a look, and how long until it is asked again.
pub(crate) fn look(settings: &Settings, history: History, look: &Look) -> (History, Duration) {
    let bounds = Bounds::of(settings);
    let history = History {
        listed_at: history.listed_at.max(look.listed),
        ..history
    };
    match look.status {
        200..=399 => seen(&bounds, history, look),
        429 | 500.. => (
            history,
            bounds.doubled(look.since, bounds.min, bounds.usual),
        ),
        _ => (
            history,
            bounds.doubled(look.since, bounds.usual, bounds.max),
        ),
    }
}

fn seen(bounds: &Bounds, history: History, look: &Look) -> (History, Duration) {
    let worth = Worth::new(bounds.usual, bounds.min);
    let habit = Habit::new(worth.usual_rate());
    let Some(since) = look.since else {
        return (history, bounds.usual);
    };
    let told = hints::told(&history, look, since);
    let history = hints::learn(habit.observe(history, look, since, told), look, since);
    let next = worth.interval(habit.rate(&history));
    (history, bounds.settle(next, &history, look.kind, since))
}

/// `revisit` and its bounds, in order.
struct Bounds {
    usual: Duration,
    min: Duration,
    max: Duration,
}

impl Bounds {
    fn of(settings: &Settings) -> Self {
        let min = settings.revisit_min.0.max(Duration::from_secs(1));
        let max = settings.revisit_max.0.max(min);
        let usual = settings.revisit.0.clamp(min, max);
        Self { usual, min, max }
    }

    /// Returns twice the last wait, within bounds.
    fn doubled(&self, since: Option<Duration>, least: Duration, most: Duration) -> Duration {
        since.map_or(least, |since| (since * 2).clamp(least, most))
    }

    /// Bends the wait that is worth most to what the page's history adds.
    fn settle(
        &self,
        next: Option<Duration>,
        history: &History,
        kind: TaskKind,
        since: Duration,
    ) -> Duration {
        let listed = kind == TaskKind::Sitemap;
        let next = match next {
            _ if rate::differs_always(history, ALWAYS) && listed => self.min,
            _ if rate::differs_always(history, ALWAYS) => {
                let beyond = (history.changes - ALWAYS).min(16);
                (self.min * (2 << beyond)).min(self.usual)
            }
            None if listed => self.min,
            None => self.usual,
            Some(next) if hints::vouches(history) => next.saturating_mul(VOUCHED),
            Some(next) => next,
        };
        let most = self.usual.max(since.saturating_mul(2)).min(self.max);
        next.clamp(self.min, most.max(self.min))
    }
}

#[cfg(test)]
mod tests;
