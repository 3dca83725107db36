//! Dates that are known to the year, the month or the day.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// A calendar date of known precision, written `2018`, `2018-02` or `2018-02-20` (ISO 8601).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct PartialDate {
    year: i16,
    month: Option<i8>,
    day: Option<i8>,
}

/// The parts form no date of the Gregorian calendar.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no date: YYYY, YYYY-MM or YYYY-MM-DD is expected")]
pub struct DateError(String);

impl PartialDate {
    /// Returns the date of the given parts; a day needs a month.
    ///
    /// # Errors
    /// When the parts form no date of the calendar, or the year is outside 1 to 9999.
    pub fn new(year: i16, month: Option<i8>, day: Option<i8>) -> Result<Self, DateError> {
        let date = Self { year, month, day };
        let whole = (1..=9999).contains(&year)
            && (day.is_none() || month.is_some())
            && jiff::civil::Date::new(year, month.unwrap_or(1), day.unwrap_or(1)).is_ok();
        if whole {
            Ok(date)
        } else {
            Err(DateError(date.to_string()))
        }
    }

    /// Returns the day on which `time` falls in UTC.
    pub fn of(time: jiff::Timestamp) -> Self {
        let date = time.to_zoned(jiff::tz::TimeZone::UTC).date();
        Self {
            year: date.year(),
            month: Some(date.month()),
            day: Some(date.day()),
        }
    }

    /// Returns the year.
    pub const fn year(&self) -> i16 {
        self.year
    }

    /// Returns the month, 1 to 12, where it is known.
    pub const fn month(&self) -> Option<i8> {
        self.month
    }

    /// Returns the day of the month, 1 to 31, where it is known.
    pub const fn day(&self) -> Option<i8> {
        self.day
    }

    /// Returns how many parts are known: 1 the year, 2 the month too, 3 the day too.
    pub const fn precision(&self) -> u8 {
        1 + self.month.is_some() as u8 + self.day.is_some() as u8
    }

    /// Returns whether both dates can be the same day: the parts known to both are equal.
    pub fn agrees_with(&self, other: &Self) -> bool {
        fn same(a: Option<i8>, b: Option<i8>) -> bool {
            a.is_none() || b.is_none() || a == b
        }
        self.year == other.year && same(self.month, other.month) && same(self.day, other.day)
    }
}

impl fmt::Display for PartialDate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}", self.year)?;
        if let Some(month) = self.month {
            write!(f, "-{month:02}")?;
        }
        if let Some(day) = self.day {
            write!(f, "-{day:02}")?;
        }
        Ok(())
    }
}

impl fmt::Debug for PartialDate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl FromStr for PartialDate {
    type Err = DateError;

    fn from_str(text: &str) -> Result<Self, DateError> {
        let wrong = || DateError(text.to_owned());
        let mut parts = text.split('-');
        let year = parts
            .next()
            .filter(|y| y.len() == 4)
            .and_then(|y| y.parse().ok());
        let mut pair = || match parts.next() {
            None => Ok(None),
            Some(p) if p.len() == 2 => p.parse().map(Some).map_err(|_| wrong()),
            Some(_) => Err(wrong()),
        };
        let (month, day) = (pair()?, pair()?);
        if parts.next().is_some() {
            return Err(wrong());
        }
        Self::new(year.ok_or_else(wrong)?, month, day).map_err(|_| wrong())
    }
}

impl TryFrom<String> for PartialDate {
    type Error = DateError;

    fn try_from(text: String) -> Result<Self, DateError> {
        text.parse()
    }
}

impl From<PartialDate> for String {
    fn from(date: PartialDate) -> Self {
        date.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_precision_reads_back() {
        for text in ["2018", "2018-02", "2018-02-20", "2024-02-29"] {
            assert_eq!(text.parse::<PartialDate>().unwrap().to_string(), text);
        }
    }

    #[test]
    fn what_is_no_date_is_refused() {
        for text in [
            "",
            "18",
            "2018-13",
            "2018-02-30",
            "2018-2-3",
            "2018-02-20-01",
            "0000",
            "2018--1",
        ] {
            assert!(text.parse::<PartialDate>().is_err(), "{text}");
        }
    }

    #[test]
    fn a_year_agrees_with_a_day_of_it() {
        let year: PartialDate = "2018".parse().unwrap();
        let day: PartialDate = "2018-02-20".parse().unwrap();
        assert!(year.agrees_with(&day) && day.agrees_with(&year));
        assert!(!day.agrees_with(&"2018-02-21".parse().unwrap()));
    }
}
