//! The shapes that dates are written in, tried at one place of a token sequence.
//!
//! Every pattern looks at a bounded number of tokens, so a scan is linear in the text.

use thresh_types::PartialDate;

use super::months::{self, Named};
use super::reading::{Reading, Unit};
use super::tokens::{Kind, Token};

/// A reading and the index of the token after it.
pub(super) type Hit = Option<(Reading, usize)>;

/// Endings of ordinal numbers: `20th`, `1er`, `20-го`.
const ORDINALS: &str = "st nd rd th er re e го ое е ші ჩი";
/// Words that stand between the parts of a date: `20 de febrero de 2018`, `20 феврали соли 2018`.
const JOINERS: &str = "of de del di d соли le den";
/// Words that follow a year that comes first: `2018 жылғы 20 ақпан`, `2018-yil 20-fevral`.
const YEAR_WORDS: &str = "жылғы жылдын жылы иил иили yil yilning yili წლის წელი թ թվականի г год \
    года р";
/// Words between two days of a range: `10 to 11 July`.
const RANGE_WORDS: &str = "to and bis und au et al y по и та do e i";
const AFTER_AGO: &str = "ago fa назад тому once temu";
const BEFORE_AGO: &str = "vor hace pre prije пре";
const UNITS: &[(Unit, u32, &str)] = &[
    (
        Unit::Minute,
        1,
        "minute minutes min mins minuten minuto minutos minuti минуту минуты минут минута \
         хвилину хвилини хвилин second seconds sec secs sekunden секунд dakika minut",
    ),
    (
        Unit::Minute,
        60,
        "hour hours hr hrs stunde stunden heure heures hora horas ora ore час часа часов годину \
         години годин saat sati godzin",
    ),
    (
        Unit::Day,
        1,
        "day days tag tage tagen jour jours dia dias giorno giorni день дня днеи днів дні dana \
         gun dni",
    ),
    (
        Unit::Week,
        1,
        "week weeks wk wks woche wochen semaine semaines semana semanas settimana settimane \
         неделю недели недель тиждень тижні тижнів hafta",
    ),
    (
        Unit::Month,
        1,
        "month months monat monate monaten mois mes meses mese mesi месяц месяца месяцев місяць \
         місяці місяців ay",
    ),
    (
        Unit::Year,
        1,
        "year years jahr jahre jahren an ans ano anos anno anni год года лет рік роки років yil",
    ),
];

/// The tokens of a text and the language they are likely in.
#[derive(Debug, Clone, Copy)]
pub(super) struct Scan<'t> {
    pub(super) tokens: &'t [Token],
    pub(super) language: Option<&'t str>,
}

fn date(year: i16, month: i8, day: i8) -> Option<PartialDate> {
    PartialDate::new(year, Some(month), Some(day)).ok()
}

/// Returns whether `word` is in the space-separated list.
fn has_word(list: &str, word: &str) -> bool {
    list.split(' ').any(|listed| listed == word)
}

fn is_dash(mark: char) -> bool {
    matches!(mark, '-' | '‐' | '‑' | '‒' | '–' | '—' | '−')
}

impl<'t> Scan<'t> {
    /// Returns the date that starts at token `i`: what begins with a number, or what begins with a word.
    pub(super) fn at(&self, i: usize) -> Hit {
        match self.tokens.get(i)?.kind {
            Kind::Number { .. } => self
                .numeric(i)
                .or_else(|| self.ideographic(i))
                .or_else(|| self.year_first(i))
                .or_else(|| self.day_first(i))
                .or_else(|| self.relative(i)),
            Kind::Word { .. } => self.month_first(i).or_else(|| self.relative(i)),
            Kind::Mark(_) => None,
        }
    }

    fn number(&self, i: usize) -> Option<(u32, usize)> {
        match self.tokens.get(i)?.kind {
            Kind::Number { value, digits } => Some((value, digits)),
            _ => None,
        }
    }

    fn word(&self, i: usize) -> Option<&'t str> {
        match &self.tokens.get(i)?.kind {
            Kind::Word { folded, .. } => Some(folded),
            _ => None,
        }
    }

    fn mark(&self, i: usize) -> Option<char> {
        match self.tokens.get(i)?.kind {
            Kind::Mark(mark) => Some(mark),
            _ => None,
        }
    }

    fn is_word(&self, i: usize, among: &str) -> bool {
        self.word(i).is_some_and(|word| has_word(among, word))
    }

    /// Returns whether nothing stands between token `i` and the one before.
    fn touches(&self, i: usize) -> bool {
        i > 0
            && self
                .tokens
                .get(i)
                .is_some_and(|token| token.start == self.tokens[i - 1].end)
    }

    fn day(&self, i: usize) -> Option<(i8, usize)> {
        let (value, digits) = self.number(i)?;
        let day = i8::try_from(value)
            .ok()
            .filter(|d| (1..=31).contains(d) && digits <= 2)?;
        let ordinal = self.touches(i + 1) && self.is_word(i + 1, ORDINALS);
        let hyphened = self.mark(i + 1) == Some('-') && self.is_word(i + 2, ORDINALS);
        let dotted = matches!(self.mark(i + 1), Some('.' | 'º' | 'ª' | '°'));
        Some((
            day,
            i + 1 + usize::from(ordinal || dotted) + 2 * usize::from(hyphened),
        ))
    }

    fn month(&self, i: usize) -> Option<(i8, usize)> {
        match months::named(self.word(i)?, self.language)? {
            Named::Month(month) => {
                Some((month, i + 1 + usize::from(self.mark(i + 1) == Some('.'))))
            }
            Named::Disputed => None,
        }
    }

    fn year(&self, i: usize) -> Option<(i16, usize)> {
        let (value, digits) = self.number(i)?;
        let year = i16::try_from(value)
            .ok()
            .filter(|y| (1000..3000).contains(y))?;
        // `20 March 2018/19` and `2018.5` are no years of a date.
        let goes_on = self.touches(i + 1)
            && matches!(self.mark(i + 1), Some('.' | '/'))
            && self.touches(i + 2)
            && self.number(i + 2).is_some();
        (digits == 4 && !goes_on).then_some((year, i + 1))
    }

    /// Returns the index after at most two tokens that only join the parts of a date.
    fn joined(&self, mut i: usize) -> usize {
        for _ in 0..2 {
            let joins = self.is_word(i, JOINERS)
                || self
                    .mark(i)
                    .is_some_and(|m| is_dash(m) || matches!(m, ',' | '.' | '/' | '\''));
            i += usize::from(joins);
        }
        i
    }

    /// Returns the index after the mark or word that parts the two ends of a range.
    fn to(&self, i: usize) -> Option<usize> {
        let parts =
            self.mark(i).is_some_and(|m| is_dash(m) || m == '/') || self.is_word(i, RANGE_WORDS);
        parts.then_some(i + 1)
    }

    /// `2018-02-20`, `4.10.2012`, `20/02/2018`, `02-20-2018`.
    fn numeric(&self, i: usize) -> Hit {
        let separator = self.mark(i + 1).filter(|m| matches!(m, '.' | '/' | '-'))?;
        if self.mark(i + 3) != Some(separator) || self.continues(i, separator) {
            return None;
        }
        let tight = (i + 1..i + 5).all(|k| self.touches(k));
        if separator != '.' && !tight {
            return None;
        }
        let (a, b, c) = (self.number(i)?, self.number(i + 2)?, self.number(i + 4)?);
        let reading = match (a.1, b.1, c.1) {
            (4, 1..=2, 1..=2) => Reading::Date(Self::of(a.0, b.0, c.0)?),
            (1..=2, 1..=2, 4) => Self::year_last(a.0, b.0, c.0, separator)?,
            _ => return None,
        };
        Some((reading, i + 5))
    }

    /// Returns whether more numbers follow or precede, as in a version or an address.
    fn continues(&self, i: usize, separator: char) -> bool {
        let after = self.mark(i + 5) == Some(separator)
            && self.touches(i + 5)
            && self.touches(i + 6)
            && self.number(i + 6).is_some();
        let before = i >= 2
            && self.mark(i - 1) == Some(separator)
            && self.touches(i)
            && self.touches(i - 1)
            && self.number(i - 2).is_some();
        after || before
    }

    fn of(year: u32, month: u32, day: u32) -> Option<PartialDate> {
        date(
            i16::try_from(year).ok()?,
            i8::try_from(month).ok()?,
            i8::try_from(day).ok()?,
        )
    }

    /// Dots mean that the day comes first, wherever dates are written with dots. Slashes and hyphens
    /// mean nothing, so a date that can be read either way stays ambiguous.
    fn year_last(a: u32, b: u32, year: u32, separator: char) -> Option<Reading> {
        match (Self::of(year, b, a), Self::of(year, a, b)) {
            (Some(only), other) if separator == '.' || other.is_none_or(|o| o == only) => {
                Some(Reading::Date(only))
            }
            (Some(day_first), Some(month_first)) => {
                Some(Reading::Ambiguous(day_first, month_first))
            }
            (_, only) => only.map(Reading::Date),
        }
    }

    /// `2018年2月20日`.
    fn ideographic(&self, i: usize) -> Hit {
        let (year, _) = self.number(i)?;
        let is = |k: usize, word: &str| self.word(k) == Some(word);
        if !is(i + 1, "年") || !is(i + 3, "月") || !is(i + 5, "日") {
            return None;
        }
        let found = Self::of(year, self.number(i + 2)?.0, self.number(i + 4)?.0)?;
        Some((Reading::Date(found), i + 6))
    }

    /// `2018 жылғы 20 ақпан`, `2018-yil 20-fevral`, `2018. február 20`, `2018 Feb 20`.
    fn year_first(&self, i: usize) -> Hit {
        let (year, mut next) = self.year(i)?;
        let mut told = false;
        for _ in 0..3 {
            let is_year_word = self.is_word(next, YEAR_WORDS);
            told |= is_year_word;
            let passes = is_year_word
                || self
                    .mark(next)
                    .is_some_and(|m| matches!(m, '.' | ',' | '-'));
            next += usize::from(passes);
        }
        let ((day, month), end) = self.day_and_month(next, told)?;
        // `in 2018, March 20, 2019`: the year behind belongs to the day.
        let rival = self.year(self.joined(end)).is_some();
        let found = date(year, month, day).filter(|_| !rival)?;
        Some((Reading::Date(found), end))
    }

    fn day_and_month(&self, i: usize, either_order: bool) -> Option<((i8, i8), usize)> {
        if let Some((month, next)) = self.month(i) {
            let (day, end) = self.day(next)?;
            return Some(((day, month), end));
        }
        let (day, next) = self.day(i).filter(|_| either_order)?;
        let (month, end) = self.month(self.joined(next))?;
        Some(((day, month), end))
    }

    /// `20 February 2018`, `4th March 2016`, `10-11 July 2023`, `28 June – 2 July 2021`.
    fn day_first(&self, i: usize) -> Hit {
        let (first, next) = self.day(i)?;
        let ranged = self.to(next).and_then(|k| self.day(k));
        let (last, next) = ranged
            .filter(|&(_, k)| self.month(self.joined(k)).is_some())
            .unwrap_or((first, next));
        let (month, next) = self.month(self.joined(next))?;
        if let Some(hit) = self.second_month(first, month, next) {
            return Some(hit);
        }
        let (year, end) = self.year(self.joined(next))?;
        Some((
            Self::span(date(year, month, first)?, date(year, month, last)?),
            end,
        ))
    }

    fn second_month(&self, first: i8, month: i8, i: usize) -> Hit {
        let (last, next) = self.day(self.to(i)?)?;
        let (end_month, next) = self.month(self.joined(next))?;
        let (year, end) = self.year(self.joined(next))?;
        Some((
            Self::span(date(year, month, first)?, date(year, end_month, last)?),
            end,
        ))
    }

    fn span(start: PartialDate, end: PartialDate) -> Reading {
        if start < end {
            Reading::Range(start, end)
        } else {
            Reading::Date(end)
        }
    }

    /// `February 20, 2018`, `July 10-11, 2023`, `Feb 20 10:00:00 2018`, `July 2021`.
    fn month_first(&self, i: usize) -> Hit {
        let (month, next) = self.month(i)?;
        self.month_and_day(month, next)
            .or_else(|| self.month_and_year(i, month, next))
    }

    fn month_and_day(&self, month: i8, i: usize) -> Hit {
        let (first, next) = self.day(i)?;
        let (last, next) = self
            .to(next)
            .and_then(|k| self.day(k))
            .unwrap_or((first, next));
        let (year, end) = self.year(self.after_clock(self.joined(next)))?;
        Some((
            Self::span(date(year, month, first)?, date(year, month, last)?),
            end,
        ))
    }

    /// Abbreviations are words of other languages too, so they need a capital.
    fn month_and_year(&self, i: usize, month: i8, next: usize) -> Hit {
        let Kind::Word { folded, capital } = &self.tokens.get(i)?.kind else {
            return None;
        };
        let clear = *capital || (folded.chars().count() > 3 && self.language != Some("en"));
        let (year, end) = self.year(self.joined(next)).filter(|_| clear)?;
        Some((
            Reading::Date(PartialDate::new(year, Some(month), None).ok()?),
            end,
        ))
    }

    /// Returns the index after `10:00`, `10:00:00` and a word such as `UTC`, if they stand at `i`.
    fn after_clock(&self, i: usize) -> usize {
        let minutes = |k: usize| self.mark(k) == Some(':') && self.number(k + 1).is_some();
        if self.number(i).is_none() || !minutes(i + 1) {
            return i;
        }
        let end = if minutes(i + 3) { i + 5 } else { i + 3 };
        end + usize::from(self.word(end).is_some())
    }

    /// `2 hours ago`, `vor 3 Tagen`, `il y a 2 jours`, `yesterday`.
    fn relative(&self, i: usize) -> Hit {
        match self.word(i) {
            Some("yesterday" | "gestern" | "ayer" | "ieri" | "вчера" | "вчора") => {
                return Some((Reading::Ago(1, Unit::Day), i + 1));
            }
            Some("il") if self.word(i + 1) == Some("y") => return self.counted(i + 3),
            Some(word) if has_word(BEFORE_AGO, word) => return self.counted(i + 1),
            _ => {}
        }
        let (reading, end) = self.counted(i)?;
        self.is_word(end, AFTER_AGO).then_some((reading, end + 1))
    }

    fn counted(&self, i: usize) -> Hit {
        let one = self.is_word(i, "a an one einer einem un une una");
        let count = self
            .number(i)
            .map(|(value, _)| value)
            .or(one.then_some(1))?;
        let word = self.word(i + 1)?;
        let (unit, times, _) = UNITS.iter().find(|(_, _, names)| has_word(names, word))?;
        Some((Reading::Ago(count.saturating_mul(*times), *unit), i + 2))
    }
}
