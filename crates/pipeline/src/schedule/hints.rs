//! What a sitemap or a feed says of when a page changed, and what that word is worth.
//!
//! Each look that the word can be compared with makes it more or less worth. *Told and true*: a date
//! after the last look, and a page that differs. *False alarm*: such a date, and a page as it was.
//! *Missed*: a page that differs, and a date well before the last look; the sitemap may only not have
//! been read again since, so that speaks against relying on silence, not against heeding alarms.
//!
//! After [`DISTRUSTED`] more false alarms than true ones the word is passed over for this page; it goes
//! on being compared at the looks that are due anyway, and can win its worth back.

use std::time::Duration;

use thresh_corpus::{DISTRUSTED, History};

use super::Look;

/// From this on, silence counts as word that the page is as it was.
const VOUCHES: i32 = 2;

/// The most that a word can be worth: what was long ago must not outweigh the last few looks.
const MOST: i32 = 4;

/// Dates without a time may be a day early.
const SLACK: Duration = Duration::from_secs(86_400);

/// Returns whether the absence of word can be relied on.
pub(super) const fn vouches(history: &History) -> bool {
    history.trust >= VOUCHES
}

/// Returns how long after the last look the page changed, where a word that was right before says so.
pub(super) fn told(history: &History, look: &Look, since: Duration) -> Option<Duration> {
    let listed = history.listed_at.filter(|_| history.trust > 0)?;
    let last = look.at - since;
    (look.changed && listed > last && listed <= look.at)
        .then(|| listed.duration_since(last).unsigned_abs())
}

/// Adds what a look says of the word's worth.
pub(super) fn learn(mut history: History, look: &Look, since: Duration) -> History {
    let Some(listed) = history.listed_at else {
        return history;
    };
    let last = look.at - since;
    let alarm = listed > last;
    history.trust = match (alarm, look.changed) {
        (true, true) => (history.trust + 1).min(MOST),
        (true, false) => (history.trust - 1).max(DISTRUSTED - 1),
        (false, true) if listed + SLACK < last => history.trust.min(0),
        (false, _) => history.trust,
    };
    history
}
