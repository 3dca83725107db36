//! An address taken apart: directories, a leaf, parameters, and what kind of value each has.

use std::borrow::Cow;

use thresh_types::CanonicalUrl;
use url::Position;
use xxhash_rust::xxh3::{xxh3_64, xxh3_64_with_seed};

/// Characters that an opaque value has at least: shorter ones are words and model numbers.
const OPAQUE: usize = 8;

/// Changes between letters and digits that no word or model number has.
const OPAQUE_TURNS: usize = 3;

/// Hexadecimal digits that are no number and no word.
const OPAQUE_HEX: usize = 16;

/// Directories below each other that nobody makes by intent.
const DEEP: usize = 7;

/// Returns the hash of a text under a seed.
pub(super) fn hashed(seed: u64, text: &str) -> u64 {
    xxh3_64_with_seed(text.as_bytes(), seed)
}

/// Returns the hash of a number under a seed.
pub(super) fn mixed(seed: u64, number: u64) -> u64 {
    xxh3_64_with_seed(&number.to_le_bytes(), seed)
}

/// What kind of value a part is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Class {
    /// Digits only.
    Number,
    /// Drawn by lot: a hash, a session, a UUID.
    Opaque,
    /// All else.
    Word,
}

/// One segment of the path.
#[derive(Debug, Clone)]
pub(super) struct Segment<'u> {
    pub(super) text: Cow<'u, str>,
    pub(super) class: Class,
    /// See [`Segment::pattern`]; none where it is the text.
    pattern: Option<String>,
}

/// One parameter of the query, or of a path segment (`;name=value`).
#[derive(Debug, Clone)]
pub(super) struct Param<'u> {
    /// With a leading `;` where it stands in the path.
    pub(super) name: Cow<'u, str>,
    pub(super) value: Cow<'u, str>,
    pub(super) class: Class,
}

/// An address taken apart.
#[derive(Debug, Clone)]
pub(super) struct Address<'u> {
    /// The hash of site and origin.
    pub(super) base: u64,
    /// The hash of the whole address.
    pub(super) hash: u64,
    pub(super) segments: Vec<Segment<'u>>,
    pub(super) params: Vec<Param<'u>>,
    /// Whether the path ends in a slash.
    pub(super) slash: bool,
}

impl<'u> Address<'u> {
    pub(super) fn of(site: u64, url: &'u CanonicalUrl) -> Self {
        let parsed = url.as_url();
        let base = hashed(site, &parsed[..Position::BeforePath]);
        let mut params = Vec::new();
        let segments = parsed
            .path()
            .split('/')
            .filter(|segment| !segment.is_empty())
            .map(|segment| Segment::of(segment, &mut params))
            .collect();
        for pair in parsed.query().unwrap_or("").split('&') {
            if !pair.is_empty() {
                params.push(Param::of("", pair));
            }
        }
        Self {
            base,
            hash: hashed(base, url.path_and_query()),
            segments,
            params,
            slash: parsed.path().ends_with('/'),
        }
    }

    /// Returns the hash of the path, without parameters.
    pub(super) fn path(&self) -> u64 {
        let segments = self.segments.iter();
        let path = segments.fold(self.base, |hash, segment| hashed(hash, &segment.text));
        mixed(path, u64::from(self.slash))
    }

    /// Returns whether every parameter of one of the two is in the other, by name.
    pub(super) fn is_rearranged(&self, other: &Address<'_>) -> bool {
        let (more, less) = if self.params.len() >= other.params.len() {
            (self, other)
        } else {
            (other, self)
        };
        let names = |param: &Param<'_>| more.params.iter().any(|held| held.name == param.name);
        less.params.iter().all(names)
    }

    /// Returns whether the address names a day or a month.
    pub(super) fn is_dated(&self) -> bool {
        let texts = || {
            let segments = self.segments.iter().map(|segment| &*segment.text);
            segments.chain(self.params.iter().map(|param| &*param.value))
        };
        let numbers: Vec<u64> = texts().flat_map(numbers).collect();
        let years = numbers.iter().filter(|n| is_year(**n)).count();
        let small = numbers.iter().any(|n| (1..=31).contains(n));
        let months = texts().any(names_month);
        years > 0 && (small || months) || texts().any(is_packed_date)
    }

    /// Returns whether the address is that of a day or a month, not of a page with a name below one.
    pub(super) fn is_day(&self) -> bool {
        let leaf = self.segments.last().filter(|_| self.params.is_empty());
        let named = leaf
            .is_some_and(|leaf| leaf.class == Class::Word && numbers(&leaf.text).next().is_none());
        self.is_dated() && !named
    }

    /// Returns whether the path repeats a directory or is deeper than sites are by intent.
    pub(super) fn is_growing(&self) -> bool {
        let words = self.segments.iter().filter(|s| s.class == Class::Word);
        let mut names: Vec<&str> = words.map(|segment| &*segment.text).collect();
        let all = names.len();
        names.sort_unstable();
        names.dedup();
        names.len() < all || self.segments.len() >= DEEP
    }

    /// Returns whether a part was drawn by lot.
    pub(super) fn has_opaque(&self) -> bool {
        let segments = self.segments.iter().map(|segment| segment.class);
        let params = self.params.iter().map(|param| param.class);
        segments.chain(params).any(|class| class == Class::Opaque)
    }

    /// Returns whether a number is what tells the address from its like.
    pub(super) fn is_counted(&self) -> bool {
        let leaf = self.segments.last().map(|leaf| &*leaf.text);
        let value = |param: &Param<'_>| param.class == Class::Number;
        self.params.iter().any(value)
            || self.params.is_empty() && leaf.is_some_and(|leaf| numbers(leaf).next().is_some())
    }
}

impl<'u> Segment<'u> {
    fn of(text: &'u str, params: &mut Vec<Param<'u>>) -> Self {
        let mut parts = text.split(';');
        let name = parts.next().unwrap_or("");
        params.extend(
            parts
                .filter(|pair| !pair.is_empty())
                .map(|pair| Param::of(";", pair)),
        );
        let text = unescaped(name);
        let stem = text.rsplit_once('.').map(|(stem, _)| Class::of(stem));
        let class = match Class::of(&text) {
            Class::Word if stem == Some(Class::Opaque) => Class::Opaque,
            class => class,
        };
        let pattern = match class {
            Class::Word => without_numbers(&text),
            Class::Number | Class::Opaque => None,
        };
        Self {
            text,
            class,
            pattern,
        }
    }

    /// Returns the segment with its numbers taken out: `photo-12.html` is `photo-{number}.html`.
    pub(super) fn pattern(&self) -> &str {
        match self.class {
            Class::Number => "{number}",
            Class::Opaque => "{id}",
            Class::Word => self.pattern.as_deref().unwrap_or(&self.text),
        }
    }
}

/// Returns a word with its numbers taken out, if it has any.
fn without_numbers(word: &str) -> Option<String> {
    let mut rest = word;
    let has_number = word.bytes().any(|byte| byte.is_ascii_digit());
    let mut out = String::with_capacity(if has_number { word.len() + 16 } else { 0 });
    while let Some(at) = rest.find(|char: char| char.is_ascii_digit()) {
        out.push_str(&rest[..at]);
        out.push_str("{number}");
        rest = rest[at..].trim_start_matches(|char: char| char.is_ascii_digit());
    }
    (!out.is_empty()).then(|| out + rest)
}

impl<'u> Param<'u> {
    fn of(prefix: &str, pair: &'u str) -> Self {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        let value = unescaped(value);
        Self {
            name: match prefix {
                "" => Cow::Borrowed(name),
                prefix => Cow::Owned(format!("{prefix}{name}")),
            },
            class: Class::of(&value),
            value,
        }
    }
}

impl Class {
    fn of(text: &str) -> Self {
        if !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit()) {
            Self::Number
        } else if is_opaque(text) {
            Self::Opaque
        } else {
            Self::Word
        }
    }
}

/// Returns whether a text looks drawn by lot: letters and digits in turns, or much hexadecimal.
fn is_opaque(text: &str) -> bool {
    if text.len() < OPAQUE || !text.bytes().any(|byte| byte.is_ascii_digit()) {
        return false;
    }
    if !joined(text).all(|byte| byte.is_ascii_alphanumeric()) {
        return false;
    }
    let digit = |byte: &u8| byte.is_ascii_digit();
    let digits = joined(text).filter(digit).count();
    let length = joined(text).count();
    let mixed = (1..length).contains(&digits);
    if !mixed {
        return false;
    }
    let hex = length >= OPAQUE_HEX && joined(text).all(|byte| byte.is_ascii_hexdigit());
    // Words are joined by hyphens, and a part of a slug has one number at most.
    let turns = text
        .split(['-', '_'])
        .map(|part| {
            let pairs = part.as_bytes().windows(2);
            pairs
                .filter(|pair| digit(&pair[0]) != digit(&pair[1]))
                .count()
        })
        .max()
        .unwrap_or(0);
    hex || turns >= OPAQUE_TURNS
}

/// Returns the bytes of a text without what joins words.
fn joined(text: &str) -> impl Iterator<Item = u8> {
    text.bytes().filter(|byte| !matches!(byte, b'-' | b'_'))
}

fn numbers(text: &str) -> impl Iterator<Item = u64> + '_ {
    text.split(|char: char| !char.is_ascii_digit())
        .filter_map(|digits| digits.parse().ok())
}

const fn is_year(number: u64) -> bool {
    1900 <= number && number < 2200
}

/// `20270314`, `202703`, or seconds and milliseconds since 1970 of this century.
fn is_packed_date(text: &str) -> bool {
    let Ok(number) = text.parse::<u64>() else {
        return false;
    };
    let is_month = |number: u64| is_year(number / 100) && (1..=12).contains(&(number % 100));
    let is_day = |number: u64| is_month(number / 100) && (1..=31).contains(&(number % 100));
    match text.len() {
        6 => is_month(number),
        8 => is_day(number),
        10 => number >= 946_684_800,
        13 => number / 1000 >= 946_684_800,
        _ => false,
    }
}

/// English month names: those that addresses are made of, whatever the language of the page.
fn names_month(text: &str) -> bool {
    const MONTHS: [&str; 12] = [
        "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec",
    ];
    text.split(|char: char| !char.is_ascii_alphabetic())
        .any(|word| {
            let start = word.get(..3).unwrap_or("");
            MONTHS.iter().any(|month| month.eq_ignore_ascii_case(start))
        })
}

/// Undoes percent escapes, so that letters of other scripts are no digits.
fn unescaped(text: &str) -> Cow<'_, str> {
    if !text.contains('%') {
        return Cow::Borrowed(text);
    }
    let bytes = text.as_bytes();
    let mut out = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while let Some(byte) = bytes.get(at) {
        let escape = text
            .get(at + 1..at + 3)
            .filter(|_| *byte == b'%')
            .and_then(|hex| u8::from_str_radix(hex, 16).ok());
        out.push(escape.unwrap_or(*byte));
        at += if escape.is_some() { 3 } else { 1 };
    }
    Cow::Owned(String::from_utf8_lossy(&out).into_owned())
}

/// Returns the key under which a site's addresses and texts are kept.
pub(super) fn site_key(site: &thresh_types::SiteId) -> u64 {
    xxh3_64(site.as_str().as_bytes())
}
