//! Reads dates as they are written in some thirty languages, and datelines.
//!
//! Nothing is guessed: `07/06/2015` gives the year and both readings, `listopada` needs a language,
//! and a year of two digits is none. A range is what an event has, never a date of publication.

mod dateline;
mod labels;
mod months;
mod patterns;
mod reading;
mod tokens;

use thresh_types::{PartialDate, Timestamp};

pub use dateline::{DatelineFound, dateline};
pub(crate) use labels::{Role, labelled, role};
use patterns::Scan;
pub use reading::{NoReading, Order, Reading, Unit};
use tokens::{fold, tokens};

/// A date within a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Found {
    /// What it says.
    pub reading: Reading,
    /// Where it starts, in bytes.
    pub start: usize,
    /// Where it ends, in bytes.
    pub end: usize,
}

/// Returns every date within `text`; `language` (BCP 47) settles words that name two months.
pub fn find(text: &str, language: Option<&str>) -> Vec<Found> {
    let tokens = tokens(text);
    let scan = Scan {
        tokens: &tokens,
        language,
    };
    let mut found = Vec::new();
    let mut i = 0;
    while i < tokens.len() {
        match scan.at(i) {
            Some((reading, next)) => {
                found.push(Found {
                    reading,
                    start: tokens[i].start,
                    end: tokens[next - 1].end,
                });
                i = next;
            }
            None => i += 1,
        }
    }
    found
}

/// Returns the date that a field says, for example of a `datetime` attribute: the first date within
/// it, or the whole of it where it is `2018`, `2018-02` or `20180220`.
pub fn parse(text: &str, language: Option<&str>) -> Option<Reading> {
    let text = text.trim();
    if text.len() > 200 {
        return None;
    }
    if let Ok(date) = text.parse::<PartialDate>() {
        return Some(Reading::Date(date)).filter(|_| date.year() >= 1000);
    }
    compact(text).or_else(|| find(text, language).first().map(|found| found.reading))
}

/// Returns the date of `20180220` and `20180220T1030`.
fn compact(text: &str) -> Option<Reading> {
    let digits = text.split(['T', ' ']).next()?;
    if digits.len() != 8 || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let iso = format!("{}-{}-{}", &digits[..4], &digits[4..6], &digits[6..]);
    iso.parse()
        .ok()
        .filter(|date: &PartialDate| date.year() >= 1900)
        .map(Reading::Date)
}

/// Returns which order of day and month a date with slashes or hyphens proves, where it can be read
/// only one way.
pub(crate) fn proven_order(text: &str) -> Option<Order> {
    let found = find(text, None).into_iter().next()?;
    let Reading::Date(date) = found.reading else {
        return None;
    };
    let raw = &text[found.start..found.end];
    let mut parts = raw.split(['/', '-']).map(|part| part.parse::<i8>().ok());
    let (first, second) = (parts.next()??, parts.next()??);
    match date.day() {
        Some(day) if day == first && day > 12 => Some(Order::DayFirst),
        Some(day) if day == second && day > 12 => Some(Order::MonthFirst),
        _ => None,
    }
}

/// The first year that a document of the web's predecessors can have: the CSCE opened in 1973.
const FIRST_YEAR: i16 = 1973;
/// The last year that is believed where the time of the capture is unknown.
const LAST_YEAR: i16 = 2100;

/// Returns whether a document can have been published on `date` if it was fetched at `fetched_at`.
/// One day of grace covers time zones. Where the time of the capture is unknown, years to 2100 pass.
pub fn is_plausible(date: PartialDate, fetched_at: Option<Timestamp>) -> bool {
    let last = fetched_at
        .and_then(|time| time.checked_add(jiff::Span::new().hours(24)).ok())
        .map(PartialDate::of);
    let in_time = last.map_or(date.year() <= LAST_YEAR, |last| {
        date <= last || last.agrees_with(&date)
    });
    date.year() >= FIRST_YEAR && in_time
}

#[cfg(test)]
mod tests;
