//! Character references (HTML Standard §13.2.5.72 to §13.2.5.80).

use std::borrow::Cow;

use html5ever::data::{C1_REPLACEMENTS, NAMED_ENTITIES};

/// Where a reference stands: in attributes, a name without `;` before `=` or a letter is none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Where {
    Attribute,
    Text,
}

/// Returns `raw` with its character references undone.
pub(super) fn undone(raw: &str, place: Where) -> Cow<'_, str> {
    let Some(first) = memchr::memchr(b'&', raw.as_bytes()) else {
        return Cow::Borrowed(raw);
    };
    let mut out = String::with_capacity(raw.len());
    out.push_str(&raw[..first]);
    let mut rest = &raw[first..];
    while !rest.is_empty() {
        let length = take(rest, place, &mut out);
        rest = &rest[length..];
        let next = memchr::memchr(b'&', rest.as_bytes()).unwrap_or(rest.len());
        out.push_str(&rest[..next]);
        rest = &rest[next..];
    }
    Cow::Owned(out)
}

/// Writes what the reference at the start of `rest` stands for, and returns how long it is.
fn take(rest: &str, place: Where, out: &mut String) -> usize {
    let found = match rest.as_bytes().get(1) {
        Some(b'#') => numeric(rest, out),
        Some(b) if b.is_ascii_alphanumeric() => named(rest, place, out),
        _ => None,
    };
    found.unwrap_or_else(|| {
        out.push('&');
        1
    })
}

fn named(rest: &str, place: Where, out: &mut String) -> Option<usize> {
    let mut best = None;
    // The table holds every beginning of a name, so the first miss ends the search.
    for end in 2..=rest.len() {
        let known = rest.get(1..end).and_then(|name| NAMED_ENTITIES.get(name));
        match known {
            None => break,
            Some(&(0, _)) => {}
            Some(&chars) => best = Some((end, chars)),
        }
    }
    let (end, (first, second)) = best?;
    let next = rest.as_bytes().get(end).copied().unwrap_or(0);
    let parted = rest.as_bytes()[end - 1] == b';';
    if place == Where::Attribute && !parted && (next == b'=' || next.is_ascii_alphanumeric()) {
        return None;
    }
    out.extend(char::from_u32(first));
    out.extend(char::from_u32(second).filter(|&c| c != '\0'));
    Some(end)
}

fn numeric(rest: &str, out: &mut String) -> Option<usize> {
    let hex = matches!(rest.as_bytes().get(2), Some(b'x' | b'X'));
    let (from, base) = if hex { (3, 16) } else { (2, 10) };
    let digits = rest[from..]
        .bytes()
        .take_while(|&b| char::from(b).is_digit(base));
    let length = digits.count();
    if length == 0 {
        return None;
    }
    let digits = rest[from..from + length].trim_start_matches('0');
    // What does not fit is beyond Unicode as well.
    let number = match digits {
        "" => 0,
        digits => u32::from_str_radix(digits, base).unwrap_or(u32::MAX),
    };
    out.push(character(number));
    let end = from + length;
    Some(end + usize::from(rest.as_bytes().get(end) == Some(&b';')))
}

fn character(number: u32) -> char {
    let replaced = match number {
        0 => None,
        0x80..=0x9f => C1_REPLACEMENTS[(number - 0x80) as usize].or(char::from_u32(number)),
        _ => char::from_u32(number),
    };
    replaced.unwrap_or('\u{fffd}')
}

#[cfg(test)]
mod tests {
    use super::{Where, undone};

    #[test]
    fn references_are_undone_as_browsers_do() {
        for (raw, text, attribute) in [
            ("a&amp;b", "a&b", "a&b"),
            ("?a=1&b=2", "?a=1&b=2", "?a=1&b=2"),
            ("?a=1&copy=2", "?a=1©=2", "?a=1&copy=2"),
            ("&copy2", "©2", "&copy2"),
            ("&notit;", "¬it;", "&notit;"),
            (
                "&#x41;&#66&#0;&#x80;&#xd800;",
                "AB\u{fffd}€\u{fffd}",
                "AB\u{fffd}€\u{fffd}",
            ),
            ("&#;&#x;&;&", "&#;&#x;&;&", "&#;&#x;&;&"),
            ("&NotEqualTilde;", "\u{2242}\u{338}", "\u{2242}\u{338}"),
            ("&#99999999999;", "\u{fffd}", "\u{fffd}"),
            ("&é&eacute", "&éé", "&éé"),
        ] {
            assert_eq!(undone(raw, Where::Text), text, "{raw}");
            assert_eq!(undone(raw, Where::Attribute), attribute, "{raw}");
        }
    }
}
