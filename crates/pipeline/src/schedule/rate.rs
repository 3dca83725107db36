//! How often a page changes, by what looks have found.
//!
//! Changes are taken for a Poisson process whose rate is not known; what is believed of the rate is a
//! Gamma distribution. A look that finds nothing new has watched the page for the whole time since the
//! last look, and seen no change. A look that finds a change has watched up to the first change after
//! the last look, and seen one: when that was is not known, so the time to be expected is taken (one
//! step of expectation and maximisation). What came after the first change nobody saw. So looks at
//! uneven times count for what they are, and a page that changed several times between two looks is not
//! counted as if it had changed once in all that time.

use std::time::Duration;

use thresh_corpus::History;

use super::Look;

/// How many changes a new page is believed to have shown. Less than one: most pages never change, some
/// change all the time, and what is seen should count from the first look. Of 0.02 to 0.4, tried in the
/// simulation, more is a little fresher, and less asks less of pages that never change.
const PRIOR: f64 = 0.1;

/// How many changes are remembered; then the older ones count half.
const WINDOW: u32 = 16;

/// What would be seen by chance less often than this is taken for a new habit. Of 0.02 to 0.1, tried in
/// the simulation, 0.02 to 0.05 do equally well.
const SURPRISE: f64 = 0.03;

/// Once a page has begun to change more often, what was seen before counts for one part in so many.
const OLD: u64 = 16;

/// Learns rates, starting from that of a page nobody knows.
#[derive(Debug, Clone, Copy)]
pub(super) struct Habit {
    /// Seconds that a new page is believed to have been watched for [`PRIOR`] changes.
    prior: f64,
}

/// Returns whether a page differed at each of at least so many looks.
pub(super) const fn differs_always(history: &History, looks: u32) -> bool {
    history.changes == history.looks && history.looks >= looks
}

impl Habit {
    /// Starts from this rate, in changes a second.
    pub(super) fn new(usual_rate: f64) -> Self {
        Self {
            prior: PRIOR / usual_rate,
        }
    }

    /// Returns the expected rate, in changes a second.
    pub(super) fn rate(self, history: &History) -> f64 {
        (PRIOR + f64::from(history.changes)) / (self.prior + history.exposed as f64)
    }

    /// Returns how probable it is that a page with this history shows no change for so long.
    fn quiet(self, history: &History, time: f64) -> f64 {
        let watched = self.prior + history.exposed as f64;
        (watched / (watched + time)).powf(PRIOR + f64::from(history.changes))
    }

    /// Adds what a look found, `since` after the last one. `told` is how long after the last look the
    /// change was, where a sitemap that can be believed has told.
    pub(super) fn observe(
        self,
        history: History,
        look: &Look,
        since: Duration,
        told: Option<Duration>,
    ) -> History {
        let mut new = if look.changed {
            self.changed(history, since, told)
        } else {
            self.unchanged(history, look, since)
        };
        if new.changes > WINDOW {
            fade(&mut new);
        }
        new
    }

    fn changed(self, mut history: History, since: Duration, told: Option<Duration>) -> History {
        let time = since.as_secs_f64();
        if history.changes > 0 && 1.0 - self.quiet(&history, time) < SURPRISE {
            history.exposed /= OLD;
        }
        let first = told.map_or_else(
            || until_first(self.rate(&history), time),
            |told| told.as_secs_f64(),
        );
        history.looks = history.looks.saturating_add(1);
        history.changes = history.changes.saturating_add(1);
        history.exposed = history.exposed.saturating_add(first.min(time) as u64);
        history
    }

    fn unchanged(self, mut history: History, look: &Look, since: Duration) -> History {
        history.looks = history.looks.saturating_add(1);
        history.exposed = history.exposed.saturating_add(since.as_secs());
        let quiet = look.quiet.unwrap_or(since).max(since);
        let before = History {
            exposed: history.exposed.saturating_sub(quiet.as_secs()),
            ..history
        };
        let is_other = self.quiet(&before, quiet.as_secs_f64()) < SURPRISE;
        if history.changes > 0 && is_other {
            // As if it had been new when it last changed.
            history.looks = 1;
            history.changes = 0;
            history.exposed = quiet.as_secs();
        }
        history
    }
}

/// Returns how long the first change is to be expected after a look, where the next look, `time` later,
/// finds one.
fn until_first(rate: f64, time: f64) -> f64 {
    let x = rate * time;
    if x < 1e-6 {
        return time / 2.0;
    }
    time * (1.0 / x - 1.0 / x.exp_m1())
}

/// Lets what is old count half; a page that differed at every look is still known as one.
fn fade(history: &mut History) {
    if history.changes == history.looks {
        history.exposed -= history.exposed / u64::from(history.looks.max(1));
        history.changes = WINDOW;
        history.looks = WINDOW;
    } else {
        history.exposed /= 2;
        history.changes /= 2;
        history.looks /= 2;
    }
}
