//! What a look is worth.
//!
//! A copy that is right until the page changes, by a Poisson process with the rate `λ`, and is taken
//! every `I`, is right for the share `(1 − e^(−λI)) / λI` of the time. One request more per unit of time
//! adds `(1 − (1 + λI) e^(−λI)) / λ` of time in which it is right. The best use of a number of
//! requests is the one in which this gain is the same at every page: the *price* of a request.
//!
//! The gain can never be more than `1/λ`, so pages that change faster than a price's worth are not worth
//! asking at all, and those near it are asked less often than slower ones. The price is set so that the
//! shortest interval that can come out is `revisit_min`.

use std::time::Duration;

/// Where `x / gain(x)` is least.
const BEST: f64 = 1.793_282_132_9;

/// The most that `revisit` can be in units of `revisit_min` for the price: beyond that, the price would
/// be so low that nothing is ever too dear.
const SPAN: f64 = 1000.0;

/// Seconds.
type Seconds = f64;

/// The price of a request, and the rate at which `revisit` is the best interval.
#[derive(Debug, Clone, Copy)]
pub(super) struct Worth {
    price: Seconds,
    usual_rate: f64,
}

/// Returns `1 − (1 + x) e^(−x)`: what a look at a page gains that changes `x` times between two looks
/// on average, in units of `1/λ`.
fn gain(x: f64) -> f64 {
    -(-x).exp_m1() - x * (-x).exp()
}

/// Returns where `f`, which rises from `low` to `high`, reaches `wanted`.
fn solve(wanted: f64, (mut low, mut high): (f64, f64), f: impl Fn(f64) -> f64) -> f64 {
    // Each step gains a bit: this is a second in a century.
    for _ in 0..32 {
        let middle = f64::midpoint(low, high);
        if f(middle) < wanted {
            low = middle;
        } else {
            high = middle;
        }
    }
    f64::midpoint(low, high)
}

impl Worth {
    /// Returns the price at which no interval is shorter than `min`, and the rate that makes `usual` best.
    pub(super) fn new(usual: Duration, min: Duration) -> Self {
        let usual = usual.as_secs_f64();
        let min = min.as_secs_f64().max(usual / SPAN);
        let price = min * gain(BEST) / BEST;
        let x = solve(-usual / price, (1e-6, BEST), |x| -x / gain(x));
        let usual_rate = x / usual;
        Self { price, usual_rate }
    }

    /// Returns the rate at which `usual` is the best interval, in changes a second.
    pub(super) const fn usual_rate(self) -> f64 {
        self.usual_rate
    }

    /// Returns the best interval at a rate in changes a second; `None` where no look is worth its price.
    pub(super) fn interval(self, rate: f64) -> Option<Duration> {
        let wanted = self.price * rate;
        if wanted >= 1.0 {
            return None;
        }
        let x = solve(wanted, (0.0, 64.0), gain);
        Duration::try_from_secs_f64(x / rate).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const DAY: Duration = Duration::from_secs(86_400);

    fn days(worth: Worth, every: f64) -> Option<f64> {
        let rate = 1.0 / (every * 86_400.0);
        Some(worth.interval(rate)?.as_secs_f64() / 86_400.0)
    }

    #[test]
    fn no_interval_is_shorter_than_the_least_and_the_least_is_reached() {
        let worth = Worth::new(7 * DAY, DAY);
        let all: Vec<f64> = (1..2000)
            .filter_map(|n| days(worth, f64::from(n) / 100.0))
            .collect();
        let least = all.iter().copied().fold(f64::INFINITY, f64::min);
        assert!((0.9999..1.001).contains(&least), "{least}");
    }

    #[test]
    fn the_usual_rate_gives_the_usual_interval() {
        for usual in [1, 2, 7, 30, 900] {
            let worth = Worth::new(usual * DAY, DAY);
            let back = worth.interval(worth.usual_rate()).unwrap().as_secs_f64();
            let wanted = f64::from(usual) * 86_400.0;
            assert!((back / wanted - 1.0).abs() < 1e-3, "{usual}: {back}");
        }
    }

    /// The heart of the matter, as Cho and Garcia-Molina have it: slower pages more seldom, and the
    /// fastest more seldom too.
    #[test]
    fn the_fastest_pages_are_not_asked_most() {
        let worth = Worth::new(7 * DAY, DAY);
        let [slow, weekly, daily, fast] = [60.0, 7.0, 1.0, 0.31].map(|every| days(worth, every));
        assert!(slow > weekly && weekly > daily && fast > daily);
        assert_eq!(days(worth, 0.2), None);
    }

    /// The gain is the derivative of the share of the time for which the copy is right.
    #[test]
    fn the_gain_is_what_one_request_more_adds() {
        let fresh = |rate: f64, often: f64| (1.0 - (-rate / often).exp()) * often / rate;
        for (rate, often) in [(0.1_f64, 0.2_f64), (1.0, 0.5), (3.0, 1.0)] {
            let added = (fresh(rate, often + 1e-6) - fresh(rate, often - 1e-6)) / 2e-6;
            assert!((added - gain(rate / often) / rate).abs() < 1e-6);
        }
    }
}
