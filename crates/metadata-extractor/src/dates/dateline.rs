//! The place and date that open a press release: `London, 20 February 2018 –`.

use thresh_types::PartialDate;

use super::{Found, Reading, find};

/// A dateline at the start of a paragraph.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DatelineFound {
    /// The place as written, without the comma behind it.
    pub place: String,
    /// The day.
    pub date: PartialDate,
    /// Place and date as written.
    pub raw: String,
    /// Whether the paragraph goes on behind a dash or colon, as in a press release; else the dateline
    /// is all there is.
    pub opens_text: bool,
}

/// Longer openings are sentences: the longest official place with a country is about this long.
const MAX_PLACE_CHARS: usize = 60;
/// A dateline stands within this many bytes.
const WINDOW: usize = 240;
/// Words that may stand between the place and the date: `Vienne, le 6 juillet`.
const ARTICLES: &[&str] = &["le", "am", "den", "el", "il", "on", "la"];
/// Words that a place name may hold in lower case.
const PLACE_JOINERS: &[&str] = &[
    "and", "of", "the", "de", "la", "le", "du", "am", "an", "der", "und", "et", "и", "na", "sur",
    "upon",
];
/// Abbreviations of `year` that may follow the date.
const YEAR_MARKS: &[&str] = &["г", "р", "року", "года", "год", "წ", "թ", "ж"];

/// Returns the dateline that `paragraph` starts with.
pub fn dateline(paragraph: &str, language: Option<&str>) -> Option<DatelineFound> {
    let head = head(paragraph.trim_start());
    // A place ends in a comma and a day has digits: most paragraphs need no closer look.
    if !head.contains(',') || !head.bytes().any(|b| b.is_ascii_digit()) {
        return None;
    }
    let found = find(head, language).into_iter().next()?;
    let Reading::Date(date) = found.reading else {
        return None;
    };
    let place = place(&head[..found.start])?;
    let opens_text = goes_on(paragraph.trim_start(), &found)?;
    let raw = head[..found.end].to_owned();
    (date.precision() == 3).then_some(DatelineFound {
        place,
        date,
        raw,
        opens_text,
    })
}

fn head(paragraph: &str) -> &str {
    let end = paragraph
        .char_indices()
        .map(|(i, _)| i)
        .find(|&i| i >= WINDOW);
    &paragraph[..end.unwrap_or(paragraph.len())]
}

fn place(before: &str) -> Option<String> {
    let mut place = before.trim_end();
    let last = place.rsplit([' ', '\u{a0}']).next().unwrap_or_default();
    if ARTICLES.contains(&last) {
        place = place[..place.len() - last.len()].trim_end();
    }
    let place = place.strip_suffix(',')?.trim();
    let fits = !place.is_empty() && place.chars().count() <= MAX_PLACE_CHARS;
    let named = place
        .split([' ', '\u{a0}', '/', ',', '('])
        .filter(|w| !w.is_empty())
        .all(is_place_word);
    (fits && named && !place.contains([':', ';', '"', '“', '!', '?'])).then(|| place.to_owned())
}

/// Letters of scripts without case pass: they cannot tell a name from a word.
fn is_place_word(word: &str) -> bool {
    let first = word.chars().next();
    let lower = first.is_some_and(char::is_lowercase);
    let digit = word.chars().any(|c| c.is_ascii_digit());
    (!lower || PLACE_JOINERS.contains(&word)) && !digit
}

/// Returns whether text follows behind a dash or colon; none where the date is followed by words, as
/// in a sentence.
fn goes_on(paragraph: &str, found: &Found) -> Option<bool> {
    let mut rest = paragraph[found.end..].trim_start();
    for mark in YEAR_MARKS {
        if let Some(tail) = rest.strip_prefix(mark)
            && !tail.starts_with(char::is_alphabetic)
        {
            rest = tail;
            break;
        }
    }
    let rest = rest.trim_start_matches(['.', ' ', '\u{a0}', ')', ',']);
    match rest.chars().next() {
        None => Some(false),
        Some('-' | '–' | '—' | '―' | '−' | '‒' | ':') => Some(true),
        Some('\n') => Some(true),
        Some(_) => None,
    }
}
