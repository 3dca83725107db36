//! When the next request to an origin may start.
//!
//! A value without a clock: every method takes the time. After a request starts or ends, the gap
//! passes before the next starts. What the server asks for (Retry-After) holds for the whole
//! origin; strain widens the gap at once, and success narrows it little by little.

use std::time::Duration;

use tokio::time::Instant;

/// The longest wait that a server can ask for or that failures add up to.
const MAX_RETRY_AFTER: Duration = Duration::from_secs(24 * 3600);
const MAX_BACK_OFF: Duration = Duration::from_secs(3600);

/// The most by which strain widens the gap.
const MAX_EXTRA: Duration = Duration::from_secs(60);

/// The shortest back-off, for crawls without a delay.
const MIN_BACK_OFF: Duration = Duration::from_millis(200);

/// Less extra than this is none.
const NOTHING: Duration = Duration::from_millis(10);

/// Returns how long to leave what failed for the first time, where `gap` is the gap without strain.
pub(crate) fn first_wait(gap: Duration) -> Duration {
    (gap * 2).max(MIN_BACK_OFF)
}

/// The pace of one origin.
#[derive(Debug, Clone, Default)]
pub(crate) struct Pace {
    /// When a request last started or ended.
    last: Option<Instant>,
    /// By how much strain widens the gap.
    extra: Duration,
    /// Before when the server wants no request.
    not_before: Option<Instant>,
    /// Failures since the last success.
    failures: u32,
}

impl Pace {
    /// Returns the pace of an origin that may have been asked up to `last`.
    pub(crate) fn since(last: Option<Instant>) -> Self {
        Self {
            last,
            ..Self::default()
        }
    }

    /// Returns when the next request may start, with `gap` as the gap without strain.
    pub(crate) fn next_start(&self, gap: Duration) -> Option<Instant> {
        let paced = self.last.map(|last| last + gap + self.extra);
        paced.max(self.not_before)
    }

    /// Returns how long the server still wants no request.
    pub(crate) fn banned_for(&self, now: Instant) -> Duration {
        self.not_before
            .map_or(Duration::ZERO, |until| until.saturating_duration_since(now))
    }

    /// Returns how long the origin has been left alone, at most since `asked`.
    pub(crate) fn waited(&self, asked: Instant, now: Instant) -> Duration {
        self.last.map_or(Duration::ZERO, |last| {
            now.saturating_duration_since(last.max(asked))
        })
    }

    /// Notes that a request starts or ends now.
    pub(crate) fn touched(&mut self, now: Instant) {
        self.last = Some(now);
    }

    /// Notes an answer that shows no strain.
    pub(crate) fn went_well(&mut self) {
        self.failures = 0;
        self.extra -= self.extra / 8;
        if self.extra < NOTHING {
            self.extra = Duration::ZERO;
        }
    }

    /// Notes a failure of the page rather than the server, and returns how long to leave the page.
    pub(crate) fn failed(&mut self, gap: Duration) -> Duration {
        self.failures = self.failures.saturating_add(1);
        first_wait(gap)
            .saturating_mul(1 << (self.failures - 1).min(20))
            .min(MAX_BACK_OFF)
    }

    /// Notes a sign that the server is strained, widens the gap, and returns how long to leave the
    /// page.
    pub(crate) fn strained(&mut self, gap: Duration) -> Duration {
        let wait = self.failed(gap);
        self.extra = (self.extra * 2)
            .max(gap.max(MIN_BACK_OFF / 2))
            .min(MAX_EXTRA);
        wait
    }

    /// Notes that the server asks to be left alone, for `asked` if it says how long, and returns
    /// how long that is.
    pub(crate) fn asked_off(
        &mut self,
        now: Instant,
        gap: Duration,
        asked: Option<Duration>,
    ) -> Duration {
        let back_off = self.strained(gap);
        let wait = asked.filter(|asked| !asked.is_zero()).unwrap_or(back_off);
        self.paused(now, wait)
    }

    /// Notes that no request should start for `asked`, and returns how long that is.
    pub(crate) fn paused(&mut self, now: Instant, asked: Duration) -> Duration {
        let wait = asked.min(MAX_RETRY_AFTER);
        self.not_before = self.not_before.max(Some(now + wait));
        wait
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const GAP: Duration = Duration::from_secs(1);

    #[test]
    fn the_gap_counts_from_the_last_start_or_end() {
        let now = Instant::now();
        let mut pace = Pace::default();
        assert_eq!(pace.next_start(GAP), None);
        pace.touched(now);
        assert_eq!(pace.next_start(GAP), Some(now + GAP));
        let later = now + Duration::from_secs(5);
        pace.touched(later);
        assert_eq!(pace.next_start(GAP), Some(later + GAP));
        assert_eq!(pace.waited(now, later + GAP), GAP);
        assert_eq!(pace.waited(later + GAP, later + GAP), Duration::ZERO);
    }

    #[test]
    fn strain_widens_at_once_and_goes_slowly() {
        let now = Instant::now();
        let mut pace = Pace::default();
        pace.touched(now);
        pace.strained(GAP);
        pace.strained(GAP);
        assert_eq!(pace.next_start(GAP), Some(now + GAP * 3));
        pace.went_well();
        assert!(
            pace.next_start(GAP) > Some(now + GAP * 2),
            "one success is not enough"
        );
        for _ in 0..60 {
            pace.went_well();
        }
        assert_eq!(pace.next_start(GAP), Some(now + GAP));
        for _ in 0..100 {
            pace.strained(GAP);
        }
        assert_eq!(pace.next_start(GAP), Some(now + GAP + MAX_EXTRA));
    }

    #[test]
    fn the_server_may_ask_for_a_pause_but_not_forever() {
        let now = Instant::now();
        let mut pace = Pace::default();
        let asked = Duration::from_secs(120);
        assert_eq!(pace.asked_off(now, GAP, Some(asked)), asked);
        assert_eq!(pace.next_start(GAP), Some(now + asked));
        assert_eq!(pace.banned_for(now), asked);
        // A shorter wish later does not undo the longer one.
        pace.asked_off(now, GAP, Some(Duration::from_secs(1)));
        assert_eq!(pace.banned_for(now), asked);
        let forever = pace.asked_off(now, GAP, Some(Duration::from_secs(u64::MAX)));
        assert_eq!(forever, MAX_RETRY_AFTER);
    }

    #[test]
    fn failures_in_a_row_wait_longer_and_longer() {
        let mut pace = Pace::default();
        let waits: Vec<u64> = (0..4).map(|_| pace.failed(GAP).as_secs()).collect();
        assert_eq!(waits, [2, 4, 8, 16]);
        for _ in 0..100 {
            pace.failed(GAP);
        }
        assert_eq!(pace.failed(GAP), MAX_BACK_OFF);
        pace.went_well();
        assert_eq!(pace.failed(GAP), GAP * 2);
    }
}
