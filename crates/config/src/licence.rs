//! Licences by name, and what a site's file says of where its licence was read.

use std::fmt;
use std::str::FromStr;
use std::sync::LazyLock;

use regex::Regex;
use thresh_types::PartialDate;

/// The licence of a site whose terms nobody has found; it is never open.
pub(crate) const UNKNOWN: &str = "unknown";

/// Names that give no leave to pass a text on: nothing was found, or the site forbids it, or it has
/// conditions of its own that no licence names.
const NOT_GRANTED: &[&str] = &[UNKNOWN, "all-rights-reserved", "custom-terms"];

/// Names that give leave, beside those of Creative Commons: SPDX identifiers of licences for texts and
/// data, and three of our own for what SPDX has no identifier for.
const GRANTED: &[&str] = &[
    "CC0-1.0",
    "CC-PDM-1.0",
    "CC-PDDC",
    "DL-DE-BY-2.0",
    "DL-DE-ZERO-2.0",
    "etalab-2.0",
    "GFDL-1.2",
    "GFDL-1.3",
    "NLOD-1.0",
    "NLOD-2.0",
    "ODbL-1.0",
    "ODC-By-1.0",
    "OGL-Canada-2.0",
    "OGL-UK-1.0",
    "OGL-UK-2.0",
    "OGL-UK-3.0",
    "PDDL-1.0",
    "public-domain",
    "reuse-with-attribution",
    "US-government-work",
];

/// The identifiers of Creative Commons: conditions, version, and a country or `IGO` for ported ones.
static CREATIVE_COMMONS: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"^CC-BY(?:-NC)?(?:-SA|-ND)?-(?:1\.0|2\.0|2\.5|3\.0|4\.0)(?:-[A-Z]{2,3})?$")
        .expect("a constant that a test compiles")
});

/// Returns the identifier of the licence that `text` names, in whatever case and with spaces or hyphens;
/// `None` where it names none that an export could judge by.
pub(crate) fn identifier(text: &str) -> Option<String> {
    let hyphened = text.split_whitespace().collect::<Vec<_>>().join("-");
    let upper = hyphened.to_ascii_uppercase();
    if CREATIVE_COMMONS.is_match(&upper) {
        return Some(upper);
    }
    names()
        .find(|name| name.eq_ignore_ascii_case(&hyphened))
        .map(str::to_owned)
}

/// Returns whether the licence of this identifier lets a text be passed on, under whatever conditions.
pub(crate) fn is_granted(identifier: &str) -> bool {
    !NOT_GRANTED.contains(&identifier)
}

/// Returns the licences that are known by name, those of Creative Commons left out.
pub(crate) fn names() -> impl Iterator<Item = &'static str> {
    GRANTED.iter().chain(NOT_GRANTED).copied()
}

/// Where the licence of a site was read, or why it is not known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LicenceEvidence {
    /// The page with the terms; `None` where an unknown licence has none to name.
    pub url: Option<String>,
    /// What the page says, quoted or in our words; for an unknown licence the reason.
    pub says: String,
    /// How the page was looked at.
    pub seen: Seen,
}

/// The most words that `says` may have: a quotation, not a copy.
pub(crate) const MOST_WORDS: usize = 25;

/// How somebody looked at a page of terms.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Seen {
    /// A person read the page itself on that day.
    On(PartialDate),
    /// The page was read in a stored copy, whose age is not known.
    StoredCopy,
    /// Somebody else wrote down what the page says.
    SecondHand,
    /// Nobody has.
    Never,
}

/// The text says none of the ways in which a page can be looked at.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no day and none of \"stored copy\", \"second hand\" and \"not seen\"")]
pub struct SeenError(String);

impl FromStr for Seen {
    type Err = SeenError;

    fn from_str(text: &str) -> Result<Self, SeenError> {
        match text {
            "stored copy" => Ok(Self::StoredCopy),
            "second hand" => Ok(Self::SecondHand),
            "not seen" => Ok(Self::Never),
            _ => match text.parse::<PartialDate>() {
                Ok(day) if day.day().is_some() => Ok(Self::On(day)),
                _ => Err(SeenError(text.to_owned())),
            },
        }
    }
}

impl fmt::Display for Seen {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::On(day) => day.fmt(f),
            Self::StoredCopy => f.write_str("stored copy"),
            Self::SecondHand => f.write_str("second hand"),
            Self::Never => f.write_str("not seen"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_licence_is_known_by_its_identifier_however_it_is_written() {
        for (text, id) in [
            ("CC-BY-4.0", "CC-BY-4.0"),
            ("cc by-nc-sa 3.0 igo", "CC-BY-NC-SA-3.0-IGO"),
            ("cc0-1.0", "CC0-1.0"),
            ("ogl-uk-3.0", "OGL-UK-3.0"),
            ("Public domain", "public-domain"),
            ("US government work", "US-government-work"),
            ("unknown", "unknown"),
            ("All rights reserved", "all-rights-reserved"),
        ] {
            assert_eq!(identifier(text).as_deref(), Some(id), "{text}");
        }
        for text in [
            "",
            "CC-BY",
            "CC-BY-5.0",
            "CC-BY-SA-ND-4.0",
            "CC-BY-4.0-",
            "MIT",
            "free",
            "https://a.example/",
        ] {
            assert_eq!(identifier(text), None, "{text}");
        }
    }

    #[test]
    fn what_is_known_by_name_is_its_own_identifier() {
        for name in names() {
            assert_eq!(identifier(name).as_deref(), Some(name));
            assert_eq!(is_granted(name), !NOT_GRANTED.contains(&name), "{name}");
        }
    }

    #[test]
    fn a_look_at_a_page_is_a_day_or_one_of_three_words() {
        for text in ["2024-02-29", "stored copy", "second hand", "not seen"] {
            assert_eq!(text.parse::<Seen>().unwrap().to_string(), text);
        }
        for text in [
            "",
            "2024",
            "2024-02",
            "2023-02-29",
            "yesterday",
            "Stored copy",
        ] {
            assert!(text.parse::<Seen>().is_err(), "{text}");
        }
    }
}
