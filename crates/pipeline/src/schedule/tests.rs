use super::*;

const DAY: Duration = Duration::from_secs(86_400);

/// A page, asked for whenever it is due.
struct Page {
    settings: Settings,
    history: History,
    at: Timestamp,
    last: Option<Timestamp>,
    changed_at: Timestamp,
    wait: Duration,
}

impl Page {
    fn new() -> Self {
        let at = "2026-01-01T00:00:00Z".parse().unwrap();
        Self {
            settings: Settings::default(),
            history: History::default(),
            at,
            last: None,
            changed_at: at,
            wait: Duration::ZERO,
        }
    }

    fn answers(&mut self, status: u16, changed: bool, listed: Option<Timestamp>) -> Duration {
        let since = self.last.map(|last| between(last, self.at));
        let seen = Look {
            kind: TaskKind::Page,
            since,
            quiet: Some(between(self.changed_at, self.at)),
            changed,
            status,
            listed,
            at: self.at,
        };
        (self.history, self.wait) = look(&self.settings, self.history, &seen);
        if changed {
            self.changed_at = self.at;
        }
        self.last = Some(self.at);
        self.at += self.wait;
        self.wait
    }

    fn is(&mut self, changed: bool) -> Duration {
        self.answers(200, changed, None)
    }

    fn times(&mut self, looks: usize, changed: bool) -> Duration {
        (0..looks).map(|_| self.is(changed)).last().unwrap()
    }
}

fn between(from: Timestamp, to: Timestamp) -> Duration {
    to.duration_since(from).unsigned_abs()
}

fn days(wait: Duration) -> f64 {
    wait.as_secs_f64() / 86_400.0
}

/// Looks at a page for `span` days that changes once in `every` days, by no clock: evenly spread numbers
/// stand for chance. Returns the last wait.
fn now_and_then(page: &mut Page, every: f64, span: f64) -> f64 {
    let begun = page.at;
    let mut chance = 0.0_f64;
    while days(between(begun, page.at)) < span {
        chance = (chance + 0.618_033_988_75).fract();
        let changed = page.last.is_some() && chance < 1.0 - (-days(page.wait) / every).exp();
        page.is(changed);
    }
    days(page.wait)
}

#[test]
fn a_new_page_waits_as_configured() {
    let mut page = Page::new();
    page.settings.revisit.0 = 5 * DAY;
    assert_eq!(page.is(true), 5 * DAY);
    assert_eq!(
        page.history.looks, 0,
        "the first look compares with nothing"
    );
}

#[test]
fn a_still_page_waits_longer_each_time_and_at_most_twice_as_long() {
    let mut page = Page::new();
    let waits: Vec<Duration> = (0..40).map(|_| page.is(false)).collect();
    assert!(
        waits
            .windows(2)
            .all(|two| two[0] <= two[1] && two[1] <= two[0] * 2)
    );
    assert!(days(waits[6]) > 14.0, "{waits:?}");
    assert_eq!(page.history.changes, 0);
    assert_eq!(waits[39], 90 * DAY, "{waits:?}");
}

#[test]
fn a_page_that_changes_is_asked_sooner_and_a_faster_one_sooner_still() {
    let after = |every| now_and_then(&mut Page::new(), every, 365.0);
    let [fast, weekly, monthly, yearly] = [1.0, 7.0, 30.0, 365.0].map(after);
    assert!(fast < weekly && weekly < monthly && monthly < yearly);
    assert!(
        fast < 2.0 && weekly < 5.0 && monthly < 12.0,
        "{fast} {weekly} {monthly}"
    );
}

#[test]
fn no_wait_leaves_the_bounds() {
    let mut settings = Settings::default();
    for (usual, min, max) in [
        (7, 1, 90),
        (7, 7, 7),
        (0, 0, 0),
        (1, 30, 2),
        (900, 1, 2),
        (7, 0, 90),
    ] {
        settings.revisit.0 = usual * DAY;
        settings.revisit_min.0 = min * DAY;
        settings.revisit_max.0 = max * DAY;
        for changed in [true, false] {
            let mut page = Page::new();
            page.settings = settings.clone();
            for status in [200, 200, 200, 404, 200, 503, 200, 301, 403, 200, 200] {
                let wait = page.answers(status, changed, None);
                assert!(wait >= min * DAY && wait <= (max * DAY).max(min * DAY).max(DAY));
            }
        }
    }
}

#[test]
fn a_page_that_differs_at_every_look_is_not_asked_ever_more_often() {
    let mut page = Page::new();
    page.times(40, true);
    assert_eq!(page.wait, 7 * DAY);
    page.is(false);
    assert!(
        page.is(true) < 3 * DAY,
        "an unchanged look makes it a page as others"
    );
}

#[test]
fn a_sitemap_that_differs_at_every_look_is_asked_as_often_as_allowed() {
    let mut page = Page::new();
    for _ in 0..40 {
        let seen = Look {
            kind: TaskKind::Sitemap,
            since: Some(DAY),
            quiet: Some(DAY),
            changed: true,
            status: 200,
            listed: None,
            at: page.at,
        };
        (page.history, page.wait) = look(&page.settings, page.history, &seen);
    }
    assert_eq!(page.wait, DAY);
}

#[test]
fn new_habits_are_followed_both_ways() {
    let mut page = Page::new();
    now_and_then(&mut page, 1e9, 1000.0);
    assert!(days(page.wait) > 60.0);
    assert!(
        now_and_then(&mut page, 1.0, 120.0) < 3.0,
        "a still page woke up: {:?}",
        page.history
    );
    assert!(
        now_and_then(&mut page, 1e9, 90.0) > 14.0,
        "a daily page fell still: {:?}",
        page.history
    );
}

#[test]
fn many_looks_of_one_day_prove_nothing() {
    let mut page = Page::new();
    page.times(3, false);
    let before = page.history.exposed;
    for _ in 0..50 {
        page.at = page.last.unwrap() + Duration::from_secs(60);
        page.is(false);
    }
    assert_eq!(page.history.exposed, before + 50 * 60);
    assert!(page.wait < 20 * DAY, "{:?}", page.wait);
}

#[test]
fn what_is_gone_is_asked_again_for_ever_and_ever_less_often() {
    let mut page = Page::new();
    page.times(3, true);
    let known = page.history;
    let waits: Vec<Duration> = (0..9).map(|_| page.answers(404, true, None)).collect();
    assert_eq!(waits[0], 7 * DAY);
    assert_eq!(waits[1], 14 * DAY);
    assert_eq!(*waits.last().unwrap(), 90 * DAY);
    assert_eq!(page.history, known, "it is not forgotten");
    assert!(page.is(true) < 14 * DAY, "back again");
}

#[test]
fn a_servers_fault_is_asked_about_soon() {
    let mut page = Page::new();
    page.times(12, false);
    assert_eq!(
        page.answers(503, false, None),
        7 * DAY,
        "at most the usual wait"
    );
    let mut page = Page::new();
    assert_eq!(page.answers(503, false, None), DAY);
    assert_eq!(page.answers(503, false, None), 2 * DAY);
}

#[test]
fn a_sitemap_that_is_always_right_does_the_looking() {
    let mut page = Page::new();
    page.is(true);
    let mut alone = Page::new();
    alone.is(true);
    for _ in 0..6 {
        let told = page.at - Duration::from_secs(3600);
        page.answers(200, true, Some(told));
        alone.is(true);
    }
    let listed = page.history.listed_at;
    assert!(page.history.trust >= 2);
    assert!(page.answers(200, false, listed) > 2 * alone.is(false));
}

#[test]
fn a_sitemap_that_always_says_now_is_soon_passed_over() {
    let mut page = Page::new();
    page.is(true);
    for _ in 0..3 {
        let now = page.at;
        page.answers(200, false, Some(now));
    }
    assert!(page.history.trust <= thresh_corpus::DISTRUSTED);
    for _ in 0..2 {
        let now = page.at;
        page.answers(200, true, Some(now));
    }
    assert!(
        page.history.trust > thresh_corpus::DISTRUSTED,
        "it can win its worth back"
    );
}

#[test]
fn silence_is_not_relied_on_once_a_change_was_missed() {
    let mut page = Page::new();
    page.is(true);
    for _ in 0..4 {
        let told = page.at;
        page.answers(200, true, Some(told));
    }
    assert!(hints::vouches(&page.history));
    page.is(true);
    page.is(true);
    assert!(!hints::vouches(&page.history));
    assert!(
        page.history.trust > thresh_corpus::DISTRUSTED,
        "alarms are still heeded"
    );
}
