//! Words as a reader counts them: what white space parts.
//!
//! Scripts that are written without spaces have no such words; there each character is a unit of
//! comparison and two count as one word, as the cleaner counts.

use std::ops::Range;

/// Han, kana, Thai, Lao, Khmer and Myanmar.
fn is_unspaced(c: char) -> bool {
    matches!(c,
        '\u{0E00}'..='\u{0EFF}' | '\u{1000}'..='\u{109F}' | '\u{1780}'..='\u{17FF}'
        | '\u{3040}'..='\u{30FF}' | '\u{3400}'..='\u{9FFF}' | '\u{F900}'..='\u{FAFF}'
        | '\u{20000}'..='\u{3FFFF}')
}

/// Returns the number of words.
pub(crate) fn count_words(text: &str) -> u64 {
    let (mut words, mut unspaced, mut inside) = (0, 0_u64, false);
    for c in text.chars() {
        let within = !c.is_whitespace() && !is_unspaced(c);
        words += u64::from(within && !inside);
        unspaced += u64::from(is_unspaced(c));
        inside = within;
    }
    words + unspaced.div_ceil(2)
}

/// Returns the byte ranges of the units of comparison, in order.
pub(crate) fn units(text: &str) -> Vec<Range<usize>> {
    let mut out: Vec<Range<usize>> = Vec::new();
    let mut inside = false;
    for (start, c) in text.char_indices() {
        let end = start + c.len_utf8();
        let (space, alone) = (c.is_whitespace(), is_unspaced(c));
        match out.last_mut() {
            Some(last) if inside && !space && !alone => last.end = end,
            _ if space => {}
            _ => out.push(start..end),
        }
        inside = !space && !alone;
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn split(text: &str) -> Vec<&str> {
        units(text).into_iter().map(|range| &text[range]).collect()
    }

    #[test]
    fn spaces_part_words_and_unspaced_scripts_part_at_characters() {
        assert_eq!(
            split("  one two,\n\nthree\u{A0}four "),
            ["one", "two,", "three", "four"]
        );
        assert_eq!(split("第12条 ab"), ["第", "12", "条", "ab"]);
        assert!(split(" \n").is_empty());
    }

    #[test]
    fn two_unspaced_characters_count_as_a_word() {
        assert_eq!(count_words("one two,\n\nthree"), 3);
        assert_eq!(count_words("第12条 ab"), 3);
        assert_eq!(count_words("人口贩"), 2);
        assert_eq!(count_words(""), 0);
    }
}
