//! Normal forms of values, field by field.

use thresh_types::Field;

use crate::{dates, names};

/// Longer values are prose, not metadata.
const MAX_CHARS: usize = 300;

/// Returns `text` with runs of white space made one space, and none at the ends.
pub(crate) fn collapse(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for word in text.split_whitespace() {
        if !out.is_empty() {
            out.push(' ');
        }
        out.push_str(word);
    }
    out
}

/// Returns the normal form of `raw` as a value of `field`, where it can be one.
pub(crate) fn normal(field: Field, raw: &str, language: Option<&str>) -> Option<String> {
    match field {
        Field::Date | Field::Modified | Field::Event => {
            dates::parse(raw, language).map(|reading| reading.normal_form())
        }
        Field::Title => Some(title(raw)).filter(|v| is_value(v)),
        Field::Author => names::authors(raw),
        Field::Language => language_tag(raw),
        Field::Description => Some(collapse(raw)).filter(|text| !text.is_empty()),
        _ => Some(collapse(&unescape(raw))).filter(|v| is_value(v)),
    }
}

/// Documentation puts the sign of a permanent link behind its headlines.
fn title(raw: &str) -> String {
    let text = collapse(&unescape(raw));
    let bare = text.strip_suffix(" #").unwrap_or(&text);
    bare.trim_end_matches([' ', '¶', '§', '🔗', '\u{f0c1}'])
        .to_owned()
}

fn is_value(text: &str) -> bool {
    text.chars().any(char::is_alphanumeric) && text.chars().count() <= MAX_CHARS
}

/// Returns a BCP 47 tag in lower case: `en_GB` and `en-gb.UTF-8` are `en-gb`.
pub(crate) fn language_tag(raw: &str) -> Option<String> {
    let tag = raw.trim().split(['.', ',', ';', ' ']).next()?;
    let tag = tag.replace('_', "-").to_ascii_lowercase();
    let mut parts = tag.split('-');
    let primary = parts.next()?;
    let well_formed = matches!(primary.len(), 2 | 3)
        && primary.bytes().all(|b| b.is_ascii_lowercase())
        && parts
            .all(|p| (1..=8).contains(&p.len()) && p.bytes().all(|b| b.is_ascii_alphanumeric()));
    (well_formed && !matches!(primary, "und" | "xx")).then_some(tag)
}

/// Undoes the character references that scripts and attributes are often escaped with twice.
pub(crate) fn unescape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('&') {
        out.push_str(&rest[..at]);
        rest = &rest[at..];
        let (decoded, length) = reference(rest).unwrap_or(('&', 1));
        out.push(decoded);
        rest = &rest[length..];
    }
    out.push_str(rest);
    out
}

fn reference(text: &str) -> Option<(char, usize)> {
    // The longest name or number known here has eight bytes.
    let end = text.bytes().take(12).position(|b| b == b';')?;
    let name = &text[1..end];
    let decoded = match name {
        "amp" => '&',
        "lt" => '<',
        "gt" => '>',
        "quot" => '"',
        "apos" => '\'',
        "nbsp" => ' ',
        "ndash" => '–',
        "mdash" => '—',
        "rsquo" => '’',
        "lsquo" => '‘',
        "ldquo" => '“',
        "rdquo" => '”',
        "hellip" => '…',
        "reg" => '®',
        "copy" => '©',
        "trade" => '™',
        _ => numeric(name.strip_prefix('#')?)?,
    };
    Some((decoded, end + 1))
}

fn numeric(number: &str) -> Option<char> {
    let code = match number.strip_prefix(['x', 'X']) {
        Some(hex) => u32::from_str_radix(hex, 16).ok()?,
        None => number.parse().ok()?,
    };
    char::from_u32(code).filter(|c| !c.is_control())
}

/// Returns the letters and digits of `text` in lower case: two spellings of one name are equal.
pub(crate) fn key(text: &str) -> String {
    let mut key = String::with_capacity(text.len());
    for c in text.chars() {
        if c.is_ascii_alphanumeric() {
            key.push(c.to_ascii_lowercase());
        } else if !c.is_ascii() && c.is_alphanumeric() {
            key.extend(c.to_lowercase());
        }
    }
    key
}

/// Returns the words of `text` in lower case.
pub(crate) fn words(text: &str) -> Vec<String> {
    text.split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(str::to_lowercase)
        .collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn tags_lose_their_locale_dress() {
        assert_eq!(language_tag("en_GB.UTF-8").as_deref(), Some("en-gb"));
        assert_eq!(language_tag("sr-Latn-RS").as_deref(), Some("sr-latn-rs"));
        assert_eq!(language_tag("english"), None);
        assert_eq!(language_tag(""), None);
    }

    #[test]
    fn references_are_undone_once() {
        assert_eq!(
            unescape("A &amp; B &#8211; &amp;amp; &unknown; & c"),
            "A & B – &amp; &unknown; & c"
        );
    }

    proptest! {
        #[test]
        fn any_text_is_taken(text in "\\PC{0,60}", escape in "&#?x?[0-9a-z]{0,10};?") {
            let _ = (unescape(&text), unescape(&format!("{text}{escape}é")), language_tag(&text), key(&text));
        }
    }
}
