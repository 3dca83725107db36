//! Measures on text that hold for any language: words, sentence ends, shapes of tokens.

/// Returns whether a character ends a sentence.
pub(crate) fn is_terminal(c: char) -> bool {
    matches!(
        c,
        '.' | '!' | '?' | '…' | '。' | '！' | '？' | '؟' | '։' | '।' | '‽' | '።'
    )
}

fn is_closing(c: char) -> bool {
    matches!(
        c,
        '"' | '\'' | '”' | '’' | '“' | '»' | '«' | ')' | ']' | '}' | '）' | '」' | '』' | '›'
    )
}

/// Returns whether the text ends as a sentence does, closing quotes and brackets aside.
pub(crate) fn ends_sentence(text: &str) -> bool {
    text.trim_end()
        .trim_end_matches(is_closing)
        .chars()
        .next_back()
        .is_some_and(is_terminal)
}

/// Returns whether the text ends with punctuation that a heading does not have.
pub(crate) fn ends_with_punctuation(text: &str) -> bool {
    ends_sentence(text)
        || text
            .trim_end()
            .chars()
            .next_back()
            .is_some_and(|c| matches!(c, ',' | ';' | ':' | '-' | '–' | '—' | '、' | '，' | '：'))
}

/// Returns the last `bytes` bytes of the text or a little less, whole characters.
pub(crate) fn end(text: &str, bytes: usize) -> &str {
    let from = text.len().saturating_sub(bytes);
    let start = (from..=text.len()).find(|&at| text.is_char_boundary(at));
    &text[start.unwrap_or(text.len())..]
}

/// Returns whether the text was cut and says so: it ends with an ellipsis.
pub(crate) fn is_truncated(text: &str) -> bool {
    let end = text.trim_end().trim_end_matches([']', ')']);
    end.ends_with("...") || end.ends_with('…')
}

fn is_ideographic(c: char) -> bool {
    matches!(c, '\u{3040}'..='\u{30FF}' | '\u{3400}'..='\u{9FFF}' | '\u{F900}'..='\u{FAFF}' | '\u{0E00}'..='\u{0E7F}')
}

/// Returns the number of words; two ideographs count as one.
pub(crate) fn count_words(text: &str) -> usize {
    if text.is_ascii() {
        return count_ascii_words(text.as_bytes());
    }
    let (mut words, mut ideographs, mut inside) = (0, 0_usize, false);
    for c in text.chars() {
        if c.is_ascii_alphanumeric() {
            words += usize::from(!inside);
            inside = true;
        } else if c.is_ascii() {
            inside &= c == '\'';
        } else if is_ideographic(c) {
            ideographs += 1;
            inside = false;
        } else if c.is_alphanumeric() {
            words += usize::from(!inside);
            inside = true;
        } else if !matches!(c, '’' | '\u{AD}' | '\u{200C}' | '\u{200D}') {
            inside = false;
        }
    }
    words + usize::div_ceil(ideographs, 2)
}

/// As [`count_words`], without branches: most text of most pages is of this kind.
fn count_ascii_words(text: &[u8]) -> usize {
    let (mut words, mut inside) = (0, false);
    for byte in text {
        let is_part = byte.is_ascii_alphanumeric();
        words += usize::from(is_part & !inside);
        inside = is_part | (inside & (*byte == b'\''));
    }
    words
}

/// Returns whether the text holds a letter or a digit.
pub(crate) fn has_word(text: &str) -> bool {
    text.chars().any(char::is_alphanumeric)
}

/// Returns the text with every run of white space as one space, without any at the ends.
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

/// Returns the text with every run of plain spaces as one, without any at the ends.
pub(crate) fn collapse_spaces(text: &str) -> String {
    let words: Vec<&str> = text.split(' ').filter(|w| !w.is_empty()).collect();
    words.join(" ")
}

/// Returns the text in lower case with digits masked and all else but letters as single spaces: what
/// recurs of a line that counts or dates something.
pub(crate) fn masked(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        if c.is_ascii_alphabetic() {
            out.push(c.to_ascii_lowercase());
        } else if c.is_numeric() {
            if !out.ends_with('0') {
                out.push('0');
            }
        } else if c.is_alphabetic() {
            out.extend(c.to_lowercase());
        } else if !out.is_empty() && !out.ends_with(' ') {
            out.push(' ');
        }
    }
    out.truncate(out.trim_end().len());
    out
}

/// Returns the letters and digits in lower case: equal for titles that differ in punctuation alone.
pub(crate) fn title_key(text: &str) -> String {
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

/// Returns whether the text is one token of the shape that programs give to names: `wp_block`.
pub(crate) fn is_slug(text: &str) -> bool {
    (2..=60).contains(&text.len())
        && text.starts_with(|c: char| c.is_ascii_lowercase() || c == '_')
        && text
            .bytes()
            .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_' || b == b'-')
}

/// Returns whether a slug could not be a word of a language: `acf-field`, `wp_block`.
pub(crate) fn is_code_shaped(text: &str) -> bool {
    is_slug(text) && text.trim_matches(['_', '-']).contains(['_', '-'])
}

/// Returns the digest of the text's bytes.
pub(crate) fn digest(text: &str) -> u64 {
    xxhash_rust::xxh3::xxh3_64(text.as_bytes())
}

/// Returns the digest of two digests.
pub(crate) fn combine(a: u64, b: u64) -> u64 {
    let mut bytes = [0; 16];
    bytes[..8].copy_from_slice(&a.to_le_bytes());
    bytes[8..].copy_from_slice(&b.to_le_bytes());
    xxhash_rust::xxh3::xxh3_64(&bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_counted_in_any_script() {
        assert_eq!(count_words("Women’s rights, 2018 – now"), 4);
        assert_eq!(count_words("Торгівля людьми"), 2);
        assert_eq!(count_words("人身取引"), 2);
        assert_eq!(count_words(" – "), 0);
    }

    #[test]
    fn words_of_plain_text_are_counted_as_those_of_any() {
        for text in ["", "'", "it's 'so' -- a1_b2", "don''t", " x ", "a.b/c'"] {
            // The other way is taken for the character without a word.
            assert_eq!(
                count_words(text),
                count_words(&format!("{text} –")),
                "{text}"
            );
        }
    }

    #[test]
    fn sentence_ends_are_seen_through_quotes() {
        assert!(ends_sentence("“He said so.”"));
        assert!(ends_sentence("(see above.) "));
        assert!(!ends_sentence("A thought leader"));
    }

    #[test]
    fn masks_make_counters_equal() {
        assert_eq!(
            masked("39 views · 0 comments"),
            masked("1,204 views, 12 comments").replace("0 0 ", "0 ")
        );
        assert_eq!(masked("Page 3 of 12"), masked("page 11 of 4"));
    }

    #[test]
    fn code_shape_needs_a_joint() {
        assert!(is_code_shaped("nav_menu_item"));
        assert!(!is_code_shaped("page"));
        assert!(!is_slug("Page"));
    }
}
