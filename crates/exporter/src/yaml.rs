//! YAML scalars that mean the same to every parser.
//!
//! Every text is in double quotes, the one style that can hold any character and that no parser takes
//! for a date, a number or a truth value (the language `no`, a title `1984`). Escapes are those that
//! YAML 1.1 and 1.2 share with JSON. Source: YAML 1.2.2, chapters 5.1 and 5.7.

use std::fmt::Write;

/// Returns the text as a double-quoted scalar on one line.
pub(crate) fn text(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push('"');
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\t' => out.push_str("\\t"),
            '\r' => out.push_str("\\r"),
            c if must_escape(c) => {
                let _ = write!(out, "\\u{:04X}", u32::from(c));
            }
            c => out.push(c),
        }
    }
    out.push('"');
    out
}

/// Returns the text as a scalar, or `null`.
pub(crate) fn optional(value: Option<&str>) -> String {
    value.map_or_else(|| "null".to_owned(), text)
}

/// Returns the texts as a sequence on one line.
pub(crate) fn list<'a>(values: impl Iterator<Item = &'a str>) -> String {
    let values: Vec<String> = values.map(text).collect();
    format!("[{}]", values.join(", "))
}

/// Control characters, what YAML 1.1 takes for a line break, the byte order mark and non-characters.
fn must_escape(c: char) -> bool {
    c.is_control()
        || matches!(
            c,
            '\u{2028}' | '\u{2029}' | '\u{FEFF}' | '\u{FFFE}' | '\u{FFFF}'
        )
}

#[cfg(test)]
pub(crate) mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Reads a double-quoted scalar as YAML 1.2 says; `None` for what is none.
    pub(crate) fn read(scalar: &str) -> Option<String> {
        let inner = scalar.strip_prefix('"')?.strip_suffix('"')?;
        let (mut out, mut chars) = (String::new(), inner.chars());
        while let Some(c) = chars.next() {
            match c {
                '"' => return None,
                '\\' => out.push(escaped(&mut chars)?),
                c if must_escape(c) => return None,
                c => out.push(c),
            }
        }
        Some(out)
    }

    fn escaped(chars: &mut std::str::Chars<'_>) -> Option<char> {
        match chars.next()? {
            'n' => Some('\n'),
            't' => Some('\t'),
            'r' => Some('\r'),
            'u' => {
                let digits: String = chars.take(4).collect();
                char::from_u32(u32::from_str_radix(&digits, 16).ok()?)
            }
            c @ ('"' | '\\') => Some(c),
            _ => None,
        }
    }

    #[test]
    fn quotes_fences_and_line_breaks_stay_within_the_scalar() {
        assert_eq!(text("a \"b\"\n---\n\\"), r#""a \"b\"\n---\n\\""#);
        assert_eq!(
            text("\u{0}\u{85}\u{2028}\u{FEFF}"),
            r#""\u0000\u0085\u2028\uFEFF""#
        );
        assert_eq!(optional(None), "null");
        assert_eq!(list(["a, b", "]"].into_iter()), r#"["a, b", "]"]"#);
        assert_eq!(list([].into_iter()), "[]");
    }

    proptest! {
        #[test]
        fn any_text_reads_back_from_one_line(title in any::<String>()) {
            let scalar = text(&title);
            prop_assert_eq!(scalar.lines().count(), 1);
            prop_assert_eq!(read(&scalar), Some(title));
        }
    }
}
