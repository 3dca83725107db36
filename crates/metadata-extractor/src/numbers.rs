//! Official symbols and identifiers of documents.

use std::sync::LazyLock;

use regex::Regex;

/// The forms, each a source that publishes documents under it.
static FORMS: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(concat!(
        r"\b(?:PC|MC|FSC|CIO|ODIHR|SEC|SUM|EEF|HDIM)\.(?:DEC|JOUR|DEL|GAL|DOC|INF|FR)/\d+(?:/\d\d)?(?:/(?:Rev|Corr|Add)\.\d+)*",
        r"|\bMC\(\d+\)(?:\.| )JOUR(?:/| No\. ?)\d+",
        r"|\bGRETA\(\d{4}\)\d+",
        r"|\bCETS No\. ?\d+",
        r"|\bA/RES/\d+/\d+",
        r"|\bS/RES/\d+(?: ?\(\d{4}\))?",
        r"|\b[AES]/\d{4}/\d+",
        r"|\bA/HRC/(?:RES/)?\d+/\d+",
        r#"|\b10\.\d{4,9}/[^\s"<>]+[A-Za-z0-9]"#,
        r"|\b[1-9]\d{4}[A-Z]{1,2}\d{4}\b",
        r"|\bISBN(?:-1[03])?:? ?[0-9][0-9 -]{8,16}[0-9Xx]",
    ))
    .expect("the pattern is well formed")
});

/// Returns the identifiers in `text` in order, in their normal form.
pub(crate) fn find(text: &str) -> Vec<String> {
    if !may_hold_one(text.as_bytes()) {
        return Vec::new();
    }
    FORMS
        .find_iter(text)
        .filter_map(|found| normal(found.as_str()))
        .collect()
}

/// Returns whether any of the forms could stand in the text: one look at each byte spares most texts
/// the patterns. Bytes of other scripts count as digits, since theirs match as well.
fn may_hold_one(text: &[u8]) -> bool {
    let is_digit = |at: usize| {
        text.get(at)
            .is_some_and(|b| b.is_ascii_digit() || !b.is_ascii())
    };
    text.iter().enumerate().any(|(at, byte)| match byte {
        b'/' => is_digit(at + 1),
        b'1' => text[at..].starts_with(b"10."),
        b'A'..=b'Z' => {
            let after_digit = at > 0 && is_digit(at - 1);
            let opens: [&[u8]; 4] = [b"MC(", b"GRETA(", b"CETS No", b"ISBN"];
            after_digit || opens.iter().any(|open| text[at..].starts_with(open))
        }
        _ => false,
    })
}

fn normal(raw: &str) -> Option<String> {
    let Some(number) = raw.strip_prefix("ISBN") else {
        return Some(raw.to_owned());
    };
    let number = number
        .strip_prefix("-13")
        .or_else(|| number.strip_prefix("-10"))
        .unwrap_or(number);
    let digits: String = number
        .chars()
        .filter(|c| c.is_ascii_digit() || matches!(c, 'X' | 'x'))
        .collect();
    is_isbn(&digits.to_ascii_uppercase()).then(|| format!("ISBN {}", digits.to_ascii_uppercase()))
}

/// Checks the check digit (ISO 2108).
fn is_isbn(digits: &str) -> bool {
    let values: Option<Vec<u32>> = digits
        .chars()
        .map(|c| if c == 'X' { Some(10) } else { c.to_digit(10) })
        .collect();
    match values {
        Some(v) if v.len() == 10 => {
            v.iter()
                .zip((1..=10).rev())
                .map(|(d, w)| d * w)
                .sum::<u32>()
                % 11
                == 0
        }
        Some(v) if v.len() == 13 => {
            !digits.contains('X')
                && v.iter()
                    .zip([1, 3].into_iter().cycle())
                    .map(|(d, w)| d * w)
                    .sum::<u32>()
                    % 10
                    == 0
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn symbols_are_found_whole() {
        let cases = [
            (
                "PERMANENT COUNCIL PC.DEC/557/Rev.1 of that year",
                "PC.DEC/557/Rev.1",
            ),
            ("see MC.DEL/12/19.", "MC.DEL/12/19"),
            ("report GRETA(2012)13, page 4", "GRETA(2012)13"),
            ("Convention (CETS No. 197)", "CETS No. 197"),
            ("resolution A/RES/64/293 was", "A/RES/64/293"),
            ("doi.org/10.1234/abc.5-6.", "10.1234/abc.5-6"),
            ("Directive 32011L0036 on", "32011L0036"),
            ("ISBN 978-3-16-148410-0", "ISBN 9783161484100"),
            ("ISBN: 0-306-40615-2", "ISBN 0306406152"),
        ];
        for (text, number) in cases {
            assert_eq!(find(text), [number], "{text}");
        }
    }

    #[test]
    fn a_wrong_check_digit_is_no_isbn() {
        assert!(find("ISBN 978-3-16-148410-1").is_empty());
        assert!(find("PC.DEC, 12/19, A/B/C").is_empty());
    }
}
