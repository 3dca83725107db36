//! Where a page leads by itself: `<meta http-equiv=refresh>` and the header `Refresh`.

/// Reads the value of a refresh such as `5; url=next.html` after the HTML Standard's shared declarative
/// refresh steps (§4.2.5.3): the seconds, and the address as written, empty where the page reloads itself.
/// Unlike browsers it passes over several separators, which some pages have.
pub(crate) fn parse(content: &str) -> Option<(u64, &str)> {
    let blank = |c: char| c.is_ascii_whitespace();
    let content = content.trim_start_matches(blank);
    let digits = content.len()
        - content
            .trim_start_matches(|c: char| c.is_ascii_digit())
            .len();
    let (time, rest) = content.split_at(digits);
    if time.is_empty() && !rest.starts_with('.') {
        return None;
    }
    // No page waits for centuries: what does not fit is only long.
    let seconds = if time.is_empty() {
        0
    } else {
        time.parse().unwrap_or(u64::MAX)
    };
    let rest = rest.trim_start_matches(|c: char| c.is_ascii_digit() || c == '.');
    if !rest.is_empty() && !rest.starts_with(|c| blank(c) || matches!(c, ';' | ',')) {
        return None;
    }
    let rest = rest.trim_start_matches(|c| blank(c) || matches!(c, ';' | ','));
    Some((seconds, address(rest)))
}

/// Returns the address in `url = 'address'`, where all but the address may be missing.
fn address(text: &str) -> &str {
    let blank = |c: char| c.is_ascii_whitespace();
    let named = text
        .get(..3)
        .filter(|name| name.eq_ignore_ascii_case("url"))
        .and_then(|_| text[3..].trim_start_matches(blank).strip_prefix('='));
    let value = named.map_or(text, |value| value.trim_start_matches(blank));
    let value = match value.chars().next() {
        Some(quote @ ('"' | '\'')) => value[1..].split(quote).next().unwrap_or(""),
        _ => value,
    };
    value.trim()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn values_are_read_as_browsers_do() {
        for (content, expected) in [
            ("5; url=next.html", Some((5, "next.html"))),
            ("0;URL='a b'", Some((0, "a b"))),
            ("0;url=\"x", Some((0, "x"))),
            ("  .5, /x", Some((0, "/x"))),
            ("3.7.9 url = x ", Some((3, "x"))),
            ("300", Some((300, ""))),
            ("10;", Some((10, ""))),
            ("10; url=", Some((10, ""))),
            ("0; url", Some((0, "url"))),
            ("0; urls/x", Some((0, "urls/x"))),
            ("0; u\u{e9}l=x", Some((0, "u\u{e9}l=x"))),
            ("99999999999999999999;x", Some((u64::MAX, "x"))),
            ("", None),
            ("now", None),
            ("-1; url=x", None),
            ("5x", None),
            ("url=x", None),
        ] {
            assert_eq!(parse(content), expected, "{content}");
        }
    }

    proptest! {
        #[test]
        fn any_value_is_read(content in "\\PC{0,80}", time in "[0-9.; ,]{0,6}") {
            let _ = parse(&content);
            let _ = parse(&format!("{time}{content}"));
        }
    }
}
