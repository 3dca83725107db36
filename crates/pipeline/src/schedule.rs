//! When a page is asked for again.

use std::time::Duration;

use thresh_fetcher::Settings;

/// Returns how long to wait before a page is asked again.
///
/// A page that was unchanged for a long time is expected to stay so about as long again, a page that
/// changed is expected to change after a like time; half of that is waited, between `revisit_min` and
/// `revisit_max`. A page that is new waits `revisit`.
pub(crate) fn next_interval(
    settings: &Settings,
    unchanged_for: Option<Duration>,
    changed: bool,
) -> Duration {
    let (usual, min, max) = (
        settings.revisit.0,
        settings.revisit_min.0,
        settings.revisit_max.0,
    );
    let next = match unchanged_for {
        None => usual,
        Some(age) if changed => (age / 2).min(usual),
        Some(age) => (age / 2).max(usual),
    };
    next.clamp(min, max.max(min))
}

#[cfg(test)]
mod tests {
    use super::*;

    const DAY: Duration = Duration::from_secs(86_400);

    #[test]
    fn quiet_pages_are_asked_less_often_and_busy_ones_more() {
        let settings = Settings::default();
        assert_eq!(next_interval(&settings, None, true), 7 * DAY);
        assert_eq!(next_interval(&settings, Some(40 * DAY), false), 20 * DAY);
        assert_eq!(next_interval(&settings, Some(4 * DAY), true), 2 * DAY);
    }

    #[test]
    fn a_second_look_on_the_same_day_does_not_shorten_the_interval() {
        assert_eq!(
            next_interval(&Settings::default(), Some(DAY / 24), false),
            7 * DAY
        );
    }

    #[test]
    fn the_bounds_hold() {
        let settings = Settings::default();
        assert_eq!(next_interval(&settings, Some(800 * DAY), false), 90 * DAY);
        assert_eq!(next_interval(&settings, Some(DAY / 24), true), DAY);
    }
}
