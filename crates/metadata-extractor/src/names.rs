//! Names of authors, as bylines and fields give them.

use std::sync::LazyLock;

use regex::Regex;

use crate::dates;
use crate::values::{collapse, unescape};

/// What stands before a name in a byline.
static LABEL: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(
        r"(?i)^(?:(?:article|story|text|report|post(?:ed)?|written|reviewed|published|words|created|submitted)\s+by\b|by\b|authors?\b|von\b|par\b|por\b|di\b|autor(?:in|es|ka)?\b|auteur\b|автор(?:ы)?\b|аўтар\b|aukt?or\b|yazar\b|autori\b)[\s:–-]*",
    )
    .expect("the pattern is well formed")
});
/// Where a byline goes on with something else than names.
static TAIL: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?i)\s*(?:[|•·»]|\s[–—-]\s|\b(?:updated|published|posted|last|on|view all|follow)\b|\s*[»|]?\s*\b(?:mon|tue|wed|thu|fri|sat|sun)(?:\w*day)?,?\s*$|\bin\s+[A-Z]|\d+\s+min).*$").expect("the pattern is well formed")
});
static EMAIL: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"\S+@\S+").expect("the pattern is well formed"));

/// Accounts that stand where a name should.
const NOBODY: &str = "|admin|administrator|root|webmaster|web master|editor|author|authors|guest|anonymous|user|super user|superuser|site admin|\
    siteadmin|wpadmin|wp admin|n/a|na|none|null|undefined|unknown|by|default|test|system|website|home|share|follow|view all posts|no author|moderator|";
const CREDENTIALS: &str = " phd md ms msc rd rdn mph dr prof mba ma cpa esq jr sr ba bsc dds dvm np rn do pharmd llm jd cbe obe dphil vmd dacvb lvt vts ldn frcp ";
const SMALL_WORDS: &str = " for of the in at to with from für der für des della para ";

/// Returns the names in `raw`, joined by `; `; none where it holds no name.
pub(crate) fn authors(raw: &str) -> Option<String> {
    let text = unescape(raw);
    let text = if text.contains('@') {
        collapse(&EMAIL.replace_all(&text, " "))
    } else {
        collapse(&text)
    };
    if text.chars().count() > 200 || is_address(&text) {
        return None;
    }
    let text = LABEL.replace(&text, "");
    let text = TAIL.replace(before_date(&text), "");
    let names: Vec<String> = split(&text)
        .into_iter()
        .filter(|name| is_name(name))
        .collect();
    join(&names)
}

/// Returns whether `line` is a byline: a label and nothing but persons' names behind it.
pub(crate) fn is_byline(line: &str) -> bool {
    LABEL.is_match(line) && authors(line).is_some_and(|names| names.split("; ").all(is_person))
}

fn before_date(text: &str) -> &str {
    dates::find(text, None)
        .first()
        .filter(|found| found.start > 0)
        .map_or(text, |found| {
            text[..found.start].trim_end_matches([' ', ',', '-', '–'])
        })
}

/// Returns the distinct names in order, joined by `; `.
pub(crate) fn join(names: &[String]) -> Option<String> {
    let mut seen: Vec<&str> = Vec::new();
    for name in names.iter().flat_map(|n| n.split("; ")) {
        if seen.len() < 20 && !seen.contains(&name) {
            seen.push(name);
        }
    }
    (!seen.is_empty()).then(|| seen.join("; "))
}

fn is_address(text: &str) -> bool {
    text.contains("://") || text.starts_with("www.") || text.starts_with('/')
}

/// Splits at `;` always, and at commas and `and` only where each part is a person's name:
/// `Office for Institutions and Rights` is one.
fn split(text: &str) -> Vec<String> {
    text.split(';').flat_map(split_persons).collect()
}

fn split_persons(text: &str) -> Vec<String> {
    let marked = [" and ", " & ", " und ", " et ", " и ", " та ", " y ", " i "]
        .iter()
        .fold(text.to_owned(), |text, word| text.replace(word, ", "));
    let mut parts: Vec<String> = Vec::new();
    for part in marked
        .split(',')
        .map(str::trim)
        .filter(|part| !part.is_empty())
    {
        match parts.last_mut() {
            Some(last) if is_credential(part) => *last = format!("{last}, {part}"),
            _ => parts.push(part.to_owned()),
        }
    }
    if parts.len() > 1 && !parts.iter().all(|part| is_person(part)) {
        return vec![text.trim().to_owned()];
    }
    parts
}

fn is_credential(part: &str) -> bool {
    let bare = part.replace('.', "").to_lowercase();
    part.split(' ').count() <= 2
        && (CREDENTIALS.contains(&format!(" {bare} "))
            || (part.len() >= 2
                && part.len() <= 6
                && part.bytes().all(|b| b.is_ascii_uppercase() || b == b'-')))
}

/// Returns whether `part` has the shape of a person's name: two to four capitalised words.
pub(crate) fn is_person(part: &str) -> bool {
    let name = part.split(',').next().unwrap_or_default();
    let words: Vec<&str> = name.split(' ').collect();
    let capital = |w: &&str| {
        w.chars()
            .next()
            .is_some_and(|c| c.is_uppercase() || (c.is_alphabetic() && !c.is_lowercase()))
    };
    let particle = |w: &&str| {
        matches!(
            *w,
            "de" | "van"
                | "von"
                | "der"
                | "del"
                | "da"
                | "di"
                | "la"
                | "le"
                | "bin"
                | "al"
                | "el"
                | "dos"
        )
    };
    (2..=5).contains(&words.len())
        && words.iter().all(|w| capital(w) || particle(w))
        && !name.chars().any(|c| c.is_ascii_digit())
}

fn is_name(name: &str) -> bool {
    let lower = name.to_lowercase();
    let words = name.split(' ').count();
    let digits = name.chars().any(|c| c.is_ascii_digit());
    name.chars().filter(|c| c.is_alphabetic()).count() >= 2
        && name.chars().count() <= 80
        && words <= 8
        && !(digits && words > 1)
        && !NOBODY.contains(&format!("|{lower}|"))
        && !name.contains(['{', '}', '<', '>', '=', '_', '?'])
        && !is_sentence(&lower)
        && dates::find(name, None).is_empty()
}

fn is_sentence(lower: &str) -> bool {
    let small = lower
        .split(' ')
        .filter(|w| SMALL_WORDS.contains(&format!(" {w} ")))
        .count();
    small > 2 || lower.ends_with('.') && lower.split(' ').count() > 4
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bylines_give_the_names_alone() {
        let cases = [
            ("By Ana Petrović | 3 March 2020", "Ana Petrović"),
            (
                "Written by: Ana Petrović and Ivo Marić",
                "Ana Petrović; Ivo Marić",
            ),
            (
                "Ana Petrović, PhD, Ivo Marić & Lea Novak",
                "Ana Petrović, PhD; Ivo Marić; Lea Novak",
            ),
            ("Автор: Анна Иванова", "Анна Иванова"),
            (
                "Office for Open Institutions and Human Rights",
                "Office for Open Institutions and Human Rights",
            ),
            ("Ana Petrović ana@office.example", "Ana Petrović"),
            ("woodworker13", "woodworker13"),
            ("Par Jeanne d'Arcy", "Jeanne d'Arcy"),
        ];
        for (raw, names) in cases {
            assert_eq!(authors(raw).as_deref(), Some(names), "{raw}");
        }
    }

    #[test]
    fn accounts_and_addresses_are_no_authors() {
        for raw in [
            "admin",
            "Administrator",
            "by admin",
            "https://www.facebook.com/office",
            "info@office.example",
            "",
            "12 March 2020",
            "–",
            "{{author}}",
        ] {
            assert_eq!(authors(raw), None, "{raw}");
        }
    }
}
