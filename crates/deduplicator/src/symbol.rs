//! Reads official symbols of documents as far as revisions need: `PC.DEC/557/Rev.1`.

/// What a suffix of a symbol says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Mark {
    /// A revision replaces the document.
    Revision,
    /// A corrigendum corrects it.
    Correction,
    /// An addendum adds to it.
    Addition,
    /// An amendment changes it.
    Amendment,
}

impl Mark {
    /// Returns what the document with the mark is to the one without, for people.
    pub(crate) const fn told(self) -> &'static str {
        match self {
            Self::Revision => "a revision",
            Self::Correction => "a correction",
            Self::Addition => "an addition",
            Self::Amendment => "an amendment",
        }
    }
}

/// The marks as UN, OSCE and Council of Europe symbols write them, in lower case.
const MARKS: &[(&str, Mark)] = &[
    ("revision", Mark::Revision),
    ("rev", Mark::Revision),
    ("corrigendum", Mark::Correction),
    ("corr", Mark::Correction),
    ("cor", Mark::Correction),
    ("addendum", Mark::Addition),
    ("add", Mark::Addition),
    ("amendment", Mark::Amendment),
    ("amend", Mark::Amendment),
];

/// A mark with its number, as `/Rev.2`; without a number it is the first.
pub(crate) type Marked = (Mark, u32);

/// Splits the marks off a symbol: `A/2/Rev.1/Add.3` is `A/2` with two of them.
pub(crate) fn split(symbol: &str) -> (&str, Vec<Marked>) {
    let (mut stem, mut marks) = (symbol.trim(), Vec::new());
    while let Some((shorter, mark)) = split_last(stem) {
        stem = shorter;
        marks.insert(0, mark);
    }
    (stem, marks)
}

const SEAMS: [char; 5] = ['/', '.', '-', '_', ' '];

fn split_last(symbol: &str) -> Option<(&str, Marked)> {
    let digits = symbol.bytes().rev().take_while(u8::is_ascii_digit).count();
    let (head, number) = symbol.split_at(symbol.len() - digits);
    let head = head.trim_end_matches(SEAMS);
    let (stem, mark) = MARKS.iter().find_map(|&(name, mark)| {
        let cut = head.len().checked_sub(name.len())?;
        let is_mark = head.get(cut..)?.eq_ignore_ascii_case(name);
        let stem = head.get(..cut)?;
        // `prev1` has no mark, and a mark alone has no stem.
        let seam = stem.trim_end_matches(SEAMS);
        (is_mark && stem.len() > seam.len() && !seam.is_empty()).then_some((seam, mark))
    })?;
    let number = match number {
        "" => 1,
        digits => digits.parse().ok()?,
    };
    Some((stem, (mark, number)))
}

/// Returns the symbol that stands in a short line of its own at the head of a text.
pub(crate) fn symbol_at_head(text: &str) -> Option<String> {
    /// Symbols stand in the first lines of a document.
    const LINES: usize = 6;
    /// Longer lines are prose, which mentions the symbols of others.
    const WORDS: usize = 6;
    let lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
    lines.take(LINES).find_map(|line| {
        let mut words = line.split_whitespace();
        let short = words.clone().nth(WORDS).is_none();
        short
            .then(|| words.find_map(symbol_of))
            .flatten()
            .map(str::to_owned)
    })
}

/// Returns the symbol that a word is, without brackets and stops around it: parts between slashes, the
/// first of capitals, one with a digit.
fn symbol_of(word: &str) -> Option<&str> {
    const LONGEST: usize = 60;
    let symbol = word.trim_matches(|char: char| !char.is_ascii_alphanumeric());
    if symbol.len() > LONGEST || !symbol.contains('/') {
        return None;
    }
    let is_part = |part: &str| {
        let known =
            |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'(' | b')');
        !part.is_empty() && part.bytes().all(known)
    };
    let first = symbol.split('/').next().unwrap_or_default();
    let capitals = first.bytes().filter(u8::is_ascii_uppercase).count();
    // `HTTP/1.1` and `TCP/IP4` are none: symbols are longer, or count their documents.
    let is_count = |part: &str| part.len() >= 3 && part.bytes().all(|byte| byte.is_ascii_digit());
    let is_long = symbol.split('/').count() > 2 || first.contains('.');
    let is_symbol = symbol.split('/').all(is_part)
        && (is_long || symbol.split('/').any(is_count))
        && capitals > 0
        && !first.bytes().any(|byte| byte.is_ascii_lowercase())
        && symbol.bytes().any(|byte| byte.is_ascii_digit());
    is_symbol.then_some(symbol)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_are_split_off() {
        let cases: [(&str, &str, &[Marked]); 9] = [
            (
                "SEC.GAL/12/20/Rev.1",
                "SEC.GAL/12/20",
                &[(Mark::Revision, 1)],
            ),
            ("A/2 REV 12", "A/2", &[(Mark::Revision, 12)]),
            ("PC.DEC/557", "PC.DEC/557", &[]),
            ("PC.DEC/557/Corr.1", "PC.DEC/557", &[(Mark::Correction, 1)]),
            (
                "A/2/Rev.1/Add.3",
                "A/2",
                &[(Mark::Revision, 1), (Mark::Addition, 3)],
            ),
            ("CDL-AD(2019)007rev", "CDL-AD(2019)007rev", &[]),
            ("CDL(2019)007-rev", "CDL(2019)007", &[(Mark::Revision, 1)]),
            ("prev1", "prev1", &[]),
            ("é1", "é1", &[]),
        ];
        for (symbol, stem, marks) in cases {
            assert_eq!(split(symbol), (stem, marks.to_vec()), "{symbol}");
        }
        assert_eq!(split("Rev.1"), ("Rev.1", vec![]));
    }

    #[test]
    fn a_symbol_is_read_from_a_line_of_its_own() {
        let head = |text: &str| symbol_at_head(text);
        assert_eq!(
            head("PC.DEC/557/Rev.1\n7 July 2005\nText").as_deref(),
            Some("PC.DEC/557/Rev.1")
        );
        assert_eq!(
            head("Economic Council\nE/CN.15/2002/6/Add.1.").as_deref(),
            Some("E/CN.15/2002/6/Add.1")
        );
        for text in [
            "and/or 3",
            "24/7",
            "HTTP/1.1",
            "TCP/IP4",
            "A/B testing of pages",
            "See also what PC.DEC/557 says on the matter of trafficking",
            "https://a.example/X/1",
            "",
        ] {
            assert_eq!(head(text), None, "{text}");
        }
    }
}
