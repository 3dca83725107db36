//! What a piece of text says about time.

use std::fmt;
use std::str::FromStr;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use thresh_types::PartialDate;

/// A unit of a relative date.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Unit {
    /// Seconds, minutes and hours are all counted in minutes.
    Minute,
    /// Days.
    Day,
    /// Weeks.
    Week,
    /// Months.
    Month,
    /// Years.
    Year,
}

/// Which of two numbers is the day where slashes part them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Order {
    /// `20/02/2018`.
    DayFirst,
    /// `02/20/2018`.
    MonthFirst,
}

/// What a piece of text says about time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reading {
    /// A date.
    Date(PartialDate),
    /// From a day to a later one.
    Range(PartialDate, PartialDate),
    /// Two numbers parted by slashes of which either may be the day: the reading with the day first,
    /// and the one with the month first.
    Ambiguous(PartialDate, PartialDate),
    /// So long before the page was fetched.
    Ago(u32, Unit),
}

impl Reading {
    /// Returns the normal form: ISO 8601 date, interval or negative duration; of an ambiguous date
    /// only the year, which is all that is certain.
    pub fn normal_form(&self) -> String {
        self.to_string()
    }

    /// Returns the date as far as it is certain; for a range none, since it tells when something
    /// takes place.
    pub fn certain(&self) -> Option<PartialDate> {
        match self {
            Self::Date(date) => Some(*date),
            Self::Ambiguous(date, _) => PartialDate::new(date.year(), None, None).ok(),
            Self::Range(..) | Self::Ago(..) => None,
        }
    }

    /// Returns the date, `order` settling an ambiguous one and `now` giving relative ones their
    /// anchor. A relative date keeps the precision it has: hours and days give the day, weeks the
    /// month, months and years the year.
    pub fn settle(&self, order: Option<Order>, now: Option<Timestamp>) -> Option<PartialDate> {
        match (self, order) {
            (Self::Ambiguous(day_first, _), Some(Order::DayFirst)) => Some(*day_first),
            (Self::Ambiguous(_, month_first), Some(Order::MonthFirst)) => Some(*month_first),
            (Self::Ago(count, unit), _) => before(now?, *count, *unit),
            _ => self.certain(),
        }
    }
}

fn before(now: Timestamp, count: u32, unit: Unit) -> Option<PartialDate> {
    let zoned = now.to_zoned(TimeZone::UTC);
    let count = i64::from(count.min(1_000_000));
    let span = match unit {
        Unit::Minute => jiff::Span::new().try_minutes(count),
        Unit::Day => jiff::Span::new().try_days(count),
        Unit::Week => jiff::Span::new().try_weeks(count),
        Unit::Month => jiff::Span::new().try_months(count),
        Unit::Year => jiff::Span::new().try_years(count),
    };
    let date = zoned.checked_sub(span.ok()?).ok()?.date();
    let (month, day) = match unit {
        Unit::Minute | Unit::Day => (Some(date.month()), Some(date.day())),
        Unit::Week => (Some(date.month()), None),
        Unit::Month | Unit::Year => (None, None),
    };
    PartialDate::new(date.year(), month, day).ok()
}

impl fmt::Display for Reading {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Date(date) => write!(f, "{date}"),
            Self::Range(start, end) => write!(f, "{start}/{end}"),
            Self::Ambiguous(date, _) => write!(f, "{:04}", date.year()),
            Self::Ago(count, Unit::Minute) => write!(f, "-PT{count}M"),
            Self::Ago(count, Unit::Day) => write!(f, "-P{count}D"),
            Self::Ago(count, Unit::Week) => write!(f, "-P{count}W"),
            Self::Ago(count, Unit::Month) => write!(f, "-P{count}M"),
            Self::Ago(count, Unit::Year) => write!(f, "-P{count}Y"),
        }
    }
}

/// The text is no normal form of a reading.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NoReading;

impl FromStr for Reading {
    type Err = NoReading;

    fn from_str(text: &str) -> Result<Self, NoReading> {
        if let Some(duration) = text.strip_prefix("-P") {
            return ago(duration).ok_or(NoReading);
        }
        let date = |text: &str| text.parse::<PartialDate>().map_err(|_| NoReading);
        match text.split_once('/') {
            Some((start, end)) => Ok(Self::Range(date(start)?, date(end)?)),
            None => date(text).map(Self::Date),
        }
    }
}

fn ago(duration: &str) -> Option<Reading> {
    let (clock, digits) = match duration.strip_prefix('T') {
        Some(rest) => (true, rest),
        None => (false, duration),
    };
    let unit = match (clock, digits.chars().last()?) {
        (true, 'M') => Unit::Minute,
        (false, 'D') => Unit::Day,
        (false, 'W') => Unit::Week,
        (false, 'M') => Unit::Month,
        (false, 'Y') => Unit::Year,
        _ => return None,
    };
    let count = digits[..digits.len() - 1].parse().ok()?;
    Some(Reading::Ago(count, unit))
}
