//! Says in words why an address will be asked for, and when.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use thresh_corpus::{Corpus, DISTRUSTED, History, State, Upcoming};
use thresh_types::{How, Refusal, TaskKind, Timestamp};

use crate::output::{day, plural, span};

/// How much a sitemap's word must have been worth for it to be named.
const BELIEVED: i32 = 2;

/// The last refusal of each address.
#[derive(Debug, Default)]
pub(crate) struct Refusals(BTreeMap<String, Refusal>);

impl Refusals {
    pub(crate) fn read(corpus: &Corpus) -> anyhow::Result<Self> {
        let refusals = corpus.refusals()?.into_iter();
        Ok(Self(
            refusals
                .map(|refusal| (refusal.url.clone(), refusal))
                .collect(),
        ))
    }
}

/// Returns whether a run that begins now asks for it.
pub(crate) fn is_due(next: &Upcoming, now: Timestamp) -> bool {
    next.when.is_none_or(|when| when <= now)
}

/// Says why it is asked for.
pub(crate) fn reason(next: &Upcoming, refusals: &Refusals) -> String {
    match next.state {
        State::Refused => refused(next, refusals),
        State::Waiting => "no answer yet: tried again".to_owned(),
        State::Queued => queued(next),
        State::Done => done(next),
    }
}

fn refused(next: &Upcoming, refusals: &Refusals) -> String {
    match refusals.0.get(next.url.as_str()) {
        Some(refusal) => format!(
            "refused ({}) on {}, tried again at each run: {}",
            refusal.reason,
            day(refusal.at),
            refusal.detail
        ),
        None => "refused, tried again at each run".to_owned(),
    }
}

fn queued(next: &Upcoming) -> String {
    let Some(fetched_at) = next.fetched_at else {
        let found = next.how.map_or("found", how);
        return format!("not asked yet: {found}");
    };
    match next.history.listed_at {
        Some(listed) if listed > fetched_at && next.history.trust > DISTRUSTED => {
            format!("a sitemap or feed says it changed on {}", day(listed))
        }
        _ => done(next),
    }
}

const fn how(how: How) -> &'static str {
    match how {
        How::Seed => "a seed",
        How::Named => "named by a person",
        How::Link | How::Relation => "a page links to it",
        How::Frame => "a frame of a page",
        How::Refresh | How::Redirect => "another address leads there",
        How::Sitemap => "a sitemap lists it",
        How::Feed => "a feed lists it",
        How::WellKnown => "a well-known place",
    }
}

fn done(next: &Upcoming) -> String {
    let asked = next.fetched_at.map(day).unwrap_or_default();
    let again = match (next.fetched_at, next.when) {
        (Some(at), Some(when)) => format!("; asked again after {}", span(at, when)),
        _ => String::new(),
    };
    match next.status {
        Some(status @ (404 | 410)) if next.kind == TaskKind::Page => {
            format!("gone ({status}) on {asked}{again}")
        }
        Some(status @ (404 | 410)) => format!("not there ({status}) on {asked}{again}"),
        Some(status @ 400..) => format!("answered {status} on {asked}{again}"),
        Some(300..=399) if next.history.changes == 0 => format!("redirected on {asked}{again}"),
        _ => habit(&next.history, &asked),
    }
}

/// Says what the looks at a page have shown.
fn habit(history: &History, asked: &str) -> String {
    let looks = history.looks as usize;
    let seen = match history.changes {
        _ if looks == 0 => format!("first look on {asked}"),
        0 => format!(
            "unchanged in {} over {}",
            plural(looks, "look", "looks"),
            length(history.exposed)
        ),
        1 if looks == 1 => format!("changed at the second look, on {asked}"),
        changes if changes == history.looks => format!("changed at each of {changes} looks"),
        changes => format!(
            "changed in {changes} of {looks} looks, about every {}",
            length(history.exposed / u64::from(changes))
        ),
    };
    match history.trust {
        _ if history.listed_at.is_none() => seen,
        BELIEVED.. => format!("{seen}; its sitemap tells of changes"),
        ..=DISTRUSTED => format!("{seen}; its sitemap's dates are not believed"),
        _ => seen,
    }
}

fn length(seconds: u64) -> String {
    if seconds < 60 {
        return "less than a minute".to_owned();
    }
    let end = i64::try_from(seconds).ok();
    let end = end.and_then(|seconds| Timestamp::from_second(seconds).ok());
    span(Timestamp::UNIX_EPOCH, end.unwrap_or(Timestamp::MAX))
}

/// The row for machines.
pub(crate) fn as_json(next: &Upcoming, now: Timestamp, refusals: &Refusals) -> Value {
    json!({
        "url": next.url.to_string(),
        "site": next.site,
        "kind": match next.kind {
            TaskKind::Page => "page",
            TaskKind::Sitemap => "sitemap",
            TaskKind::Tdmrep => "tdmrep",
        },
        "state": match next.state {
            State::Queued => "queued",
            State::Waiting => "waiting",
            State::Refused => "refused",
            State::Done => "done",
        },
        "due": is_due(next, now),
        "when": next.when,
        "reason": reason(next, refusals),
        "status": next.status,
        "last_asked": next.fetched_at,
        "last_changed": next.changed_at,
        "looks": next.history.looks,
        "changes": next.history.changes,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn next(state: State, status: u16, history: History) -> Upcoming {
        let at: Timestamp = "2026-11-01T00:00:00Z".parse().unwrap();
        Upcoming {
            url: "https://a.example/x".parse().unwrap(),
            site: "a".parse().unwrap(),
            kind: TaskKind::Page,
            state,
            when: Some(at + std::time::Duration::from_secs(14 * 86_400)),
            status: Some(status),
            fetched_at: Some(at),
            changed_at: Some(at),
            how: Some(How::Link),
            history,
        }
    }

    fn told(state: State, status: u16, history: History) -> String {
        reason(&next(state, status, history), &Refusals::default())
    }

    const DAY: u64 = 86_400;

    fn history(looks: u32, changes: u32, days: u64) -> History {
        History {
            looks,
            changes,
            exposed: days * DAY,
            ..History::default()
        }
    }

    #[test]
    fn what_the_looks_have_shown_is_said() {
        let told = |history| told(State::Done, 200, history);
        assert_eq!(told(history(0, 0, 0)), "first look on 2026-11-01");
        assert_eq!(told(history(1, 0, 7)), "unchanged in 1 look over 7 days");
        assert_eq!(
            told(history(6, 4, 12)),
            "changed in 4 of 6 looks, about every 3 days"
        );
        assert_eq!(told(history(9, 9, 1)), "changed at each of 9 looks");
    }

    #[test]
    fn what_is_not_there_is_said() {
        let told = |status| told(State::Done, status, history(3, 1, 9));
        assert_eq!(
            told(404),
            "gone (404) on 2026-11-01; asked again after 14 days"
        );
        assert_eq!(
            told(403),
            "answered 403 on 2026-11-01; asked again after 14 days"
        );
    }

    #[test]
    fn a_sitemaps_word_is_named_as_far_as_it_is_believed() {
        let listed_at = Some("2026-11-20T00:00:00Z".parse().unwrap());
        let of = |trust| History {
            listed_at,
            trust,
            ..history(2, 1, 4)
        };
        let now = told(State::Queued, 200, of(0));
        assert_eq!(now, "a sitemap or feed says it changed on 2026-11-20");
        let lies = told(State::Queued, 200, of(DISTRUSTED));
        assert!(
            lies.ends_with("its sitemap's dates are not believed"),
            "{lies}"
        );
        let right = told(State::Done, 200, of(2));
        assert!(right.ends_with("its sitemap tells of changes"), "{right}");
    }

    #[test]
    fn what_was_never_asked_says_how_it_was_found() {
        let mut new = next(State::Queued, 200, History::default());
        (new.fetched_at, new.how) = (None, Some(How::Sitemap));
        let told = reason(&new, &Refusals::default());
        assert_eq!(told, "not asked yet: a sitemap lists it");
    }
}
