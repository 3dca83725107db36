//! Turns a text into folded words.
//!
//! Words are runs of letters, digits and underscores (as `\w+` of regular expressions), in lower
//! case, without accents, with words that a line break cut by a hyphen put together. In a text
//! that is written without spaces every letter is a word of its own. Soft hyphens and zero-width
//! characters do not separate.

use unicode_normalization::char::{decompose_compatible, is_combining_mark};
use xxhash_rust::xxh3::{xxh3_64, xxh3_128};

/// The folded words of a text, one after another with a space between.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Normal {
    /// UTF-8.
    bytes: Vec<u8>,
    /// The end of each word in `bytes`.
    ends: Vec<u32>,
    /// The number of words before each line break.
    breaks: Vec<u32>,
}

/// Texts are read up to so many bytes, eight times what a crawl takes as a body: folding makes a text
/// up to twelve times as long, and offsets must fit 32 bits.
const LIMIT: usize = 256 << 20;

/// Words after a hyphen and a space that continue a list ("short- and long-term") and not a word
/// that a line break cut.
const SUSPENDED: &[&str] = &[
    "and", "or", "to", "nor", "but", "und", "oder", "bis", "et", "ou", "y", "e", "o", "i", "и",
    "или", "а", "або", "та", "en", "of", "och", "og", "ja", "ve", "veya", "a", "ili",
];

impl Normal {
    /// Returns the folded words of `text`.
    pub(crate) fn of(text: &str) -> Self {
        let mut folder = Folder::new(text);
        folder.run();
        folder.out
    }

    /// Returns the number of words.
    pub(crate) const fn len(&self) -> usize {
        self.ends.len()
    }

    /// Returns the bytes of word `index`.
    pub(crate) fn word(&self, index: usize) -> &[u8] {
        let start = match index {
            0 => 0,
            _ => self.ends[index - 1] as usize + 1,
        };
        &self.bytes[start..self.ends[index] as usize]
    }

    /// Returns the hash of each word.
    pub(crate) fn hashes(&self) -> Vec<u64> {
        let mut start = 0;
        let hash = |&end: &u32| {
            let word = &self.bytes[start..end as usize];
            start = end as usize + 1;
            xxh3_64(word)
        };
        self.ends.iter().map(hash).collect()
    }

    /// Returns for each word whether it stands in a line of at least `least` words.
    pub(crate) fn in_long_lines(&self, least: usize) -> Vec<bool> {
        let mut long = Vec::with_capacity(self.len());
        let ends = self.breaks.iter().map(|&at| at as usize);
        for end in ends.chain([self.len()]) {
            let is_long = end.saturating_sub(long.len()) >= least;
            long.resize(end.max(long.len()), is_long);
        }
        long
    }

    /// Returns a key that is equal for equal word sequences.
    pub(crate) fn key(&self) -> u128 {
        xxh3_128(&self.bytes)
    }
}

struct Folder<'a> {
    text: &'a str,
    at: usize,
    out: Normal,
    /// Where the word in hand starts in `out.bytes`.
    start: usize,
    /// Whether the text as a whole is in a script without spaces.
    dense: bool,
}

impl<'a> Folder<'a> {
    fn new(text: &'a str) -> Self {
        let text = head(text, LIMIT);
        let mut out = Normal::default();
        out.bytes.reserve(text.len() + 1);
        out.ends.reserve(text.len() / 5);
        Self {
            text,
            at: 0,
            out,
            start: 0,
            dense: is_dense(text),
        }
    }

    fn run(&mut self) {
        let bytes = self.text.as_bytes();
        while self.at < bytes.len() {
            // Runs are appended at once, which is what makes this loop fast.
            let rest = &bytes[self.at..];
            let run = rest.iter().take_while(|&&byte| FOLD[byte as usize] != 0);
            let run = run.count();
            let folded = rest[..run].iter().map(|&byte| FOLD[byte as usize]);
            self.out.bytes.extend(folded);
            self.at += run;
            match rest.get(run) {
                Some(&byte) if byte < 0x80 => self.ascii_break(byte),
                Some(_) => self.unicode(),
                None => {}
            }
        }
        self.end_word();
        if self.out.bytes.last() == Some(&b' ') {
            self.out.bytes.pop();
        }
    }

    fn ascii_break(&mut self, byte: u8) {
        self.at += 1;
        if byte == b'-' {
            self.hyphen();
        } else {
            self.end_word();
            if byte == b'\n' {
                self.out.breaks.push(self.words());
            }
        }
    }

    fn words(&self) -> u32 {
        u32::try_from(self.out.ends.len()).expect("LIMIT keeps counts within 32 bits")
    }

    fn end_word(&mut self) {
        let end = self.out.bytes.len();
        if end > self.start {
            let end_of_word = u32::try_from(end).expect("LIMIT keeps offsets within 32 bits");
            self.out.ends.push(end_of_word);
            self.out.bytes.push(b' ');
            self.start = end + 1;
        }
    }

    /// Passes over a line break after a hyphen where the word goes on behind it.
    fn hyphen(&mut self) {
        let in_word = self.out.bytes.len() > self.start
            && !self.out.bytes.last().is_some_and(u8::is_ascii_digit);
        match in_word
            .then(|| continuation(&self.text[self.at..]))
            .flatten()
        {
            Some(skip) => self.at += skip,
            None => self.end_word(),
        }
    }

    fn unicode(&mut self) {
        let Some(char) = self.text[self.at..].chars().next() else {
            return;
        };
        self.at += char.len_utf8();
        match char {
            '\u{2010}' | '\u{2011}' => self.hyphen(),
            _ if is_ignored(char) => {}
            // Quotation marks, dashes and bullets need no look at the Unicode tables.
            '\u{2000}'..='\u{206f}' => self.end_word(),
            _ if self.dense && stands_alone(char) => {
                self.end_word();
                self.fold(char);
                self.end_word();
            }
            _ if char.is_alphanumeric() || is_combining_mark(char) => self.fold(char),
            _ => self.end_word(),
        }
    }

    fn push(&mut self, char: char) {
        let mut buffer = [0; 4];
        self.out
            .bytes
            .extend_from_slice(char.encode_utf8(&mut buffer).as_bytes());
    }

    fn fold(&mut self, char: char) {
        for lower in char.to_lowercase() {
            decompose_compatible(lower, |part| match special(part) {
                Some(text) => self.out.bytes.extend_from_slice(text.as_bytes()),
                None if is_accent(part) => {}
                // Decomposition may give spaces and capitals ("¨", "℡"); both would be seams.
                None if part.is_alphanumeric() || is_combining_mark(part) => {
                    part.to_lowercase().for_each(|part| self.push(part));
                }
                None => {}
            });
        }
    }
}

/// Returns the first `most` bytes of `text`, less where a character would be cut.
fn head(text: &str, most: usize) -> &str {
    let end = (0..=most.min(text.len())).rev();
    let end = end.take(4).find(|&at| text.is_char_boundary(at));
    &text[..end.unwrap_or(0)]
}

/// Lower case of ASCII word characters; 0 for all others.
const FOLD: [u8; 256] = {
    let mut table = [0; 256];
    let mut byte = 0;
    while byte < 128 {
        let char = byte as u8;
        if char.is_ascii_alphanumeric() || char == b'_' {
            table[byte] = char.to_ascii_lowercase();
        }
        byte += 1;
    }
    table
};

/// Returns how many bytes of `rest` (what follows a hyphen) are the line break within a word.
fn continuation(rest: &str) -> Option<usize> {
    // Only a line's indentation is looked through, so that the scan stays linear.
    const WIDEST: usize = 80;
    let skip = rest
        .bytes()
        .take(WIDEST)
        .take_while(u8::is_ascii_whitespace)
        .count();
    let next = &rest[skip..];
    let first = next.chars().next()?;
    if skip == 0 || !first.is_lowercase() {
        return None;
    }
    let word_end = next
        .char_indices()
        .take(8)
        .find(|(_, c)| !c.is_alphanumeric())
        .map_or(next.len().min(8), |(at, _)| at);
    let word = next.get(..word_end).unwrap_or("");
    (!SUSPENDED.contains(&word)).then_some(skip)
}

const fn is_accent(char: char) -> bool {
    matches!(char, '\u{300}'..='\u{36f}')
}

/// Soft hyphen, zero-width characters and loose accents.
const fn is_ignored(char: char) -> bool {
    matches!(
        char,
        '\u{ad}' | '\u{200b}'..='\u{200d}' | '\u{2060}' | '\u{feff}'
    ) || is_accent(char)
}

/// Whether a text is in a script without spaces: such letters are eight times as many as its words
/// by white space. A menu in such a script on another page keeps its phrases as words, so that it
/// does not outweigh the page.
fn is_dense(text: &str) -> bool {
    const LETTERS_PER_WORD: usize = 8;
    // The lead bytes of the scripts in question; most texts have none, and one quick look tells.
    let may_be = |byte: &u8| *byte >= 0xe0 && *byte != 0xe2;
    if !text.as_bytes().iter().any(may_be) {
        return false;
    }
    let letters = text.chars().filter(|&char| stands_alone(char)).count();
    letters > 0
        && letters >= LETTERS_PER_WORD * text.split_whitespace().filter(|w| w.is_ascii()).count()
}

/// Scripts written without spaces: Thai, Lao, Myanmar, Khmer, kana and Han.
const fn stands_alone(char: char) -> bool {
    matches!(char,
        '\u{e00}'..='\u{eff}' | '\u{1000}'..='\u{109f}' | '\u{1780}'..='\u{17ff}'
        | '\u{3041}'..='\u{30ff}' | '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}'
        | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{3ffff}')
        && !matches!(char, '\u{30fb}')
}

/// Letters whose accent is no combining mark, and final forms.
const fn special(char: char) -> Option<&'static str> {
    Some(match char {
        'ß' => "ss",
        'ø' => "o",
        'ł' => "l",
        'đ' => "d",
        'æ' => "ae",
        'œ' => "oe",
        'ı' => "i",
        'ς' => "σ",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn words(text: &str) -> String {
        String::from_utf8(Normal::of(text).bytes).unwrap()
    }

    #[test]
    fn case_accents_and_ligatures_fold() {
        let cases = [
            ("Café CRÈME", "cafe creme"),
            ("Straße, ŁÓDŹ", "strasse lodz"),
            ("Трафик ЛЮДЬМИ — Ёлка", "трафик людьми елка"),
            ("ᲡᲐᲥᲐᲠᲗᲕᲔᲚᲝ საქართველო", "საქართველო საქართველო"),
            ("Հայաստան և ՀԱՅԱՍՏԱՆ", "հայաստան եւ հայաստան"),
            ("ΟΔΥΣΣΕΥΣ Οδυσσεύς", "οδυσσευσ οδυσσευσ"),
            ("ﬁnance", "finance"),
            ("don't  stop_here", "don t stop_here"),
        ];
        for (text, expected) in cases {
            assert_eq!(words(text), expected);
        }
    }

    #[test]
    fn scripts_without_spaces_give_a_word_a_letter() {
        assert_eq!(Normal::of("人口贩运是严重犯罪 2024").len(), 10);
        assert_eq!(Normal::of("こんにちは").len(), 5);
        assert_eq!(Normal::of("Home About 日本語 Contact").len(), 4);
    }

    #[test]
    fn line_break_hyphens_join_and_lists_do_not() {
        assert_eq!(
            words("pro-\n  tection of vic- tims"),
            "protection of victims"
        );
        assert_eq!(words("short- and long-term"), "short and long term");
        assert_eq!(words("2014- present"), "2014 present");
        assert_eq!(words("Anti- Trafficking -"), "anti trafficking");
        assert_eq!(
            words("co\u{ad}operation zero\u{200b}width"),
            "cooperation zerowidth"
        );
    }

    #[test]
    fn heads_cut_no_character() {
        assert_eq!(head("añb", 2), "a");
        assert_eq!(head("añb", 3), "añ");
        assert_eq!(head("añb", 9), "añb");
    }

    #[test]
    fn equal_words_have_equal_keys() {
        assert_eq!(Normal::of("A b, c!").key(), Normal::of("  a B c").key());
        assert_ne!(Normal::of("ab c").key(), Normal::of("a bc").key());
        assert_eq!(Normal::of(" .,; ").len(), 0);
    }

    proptest! {
        #[test]
        fn folding_is_stable(text in "\\PC{0,60}") {
            let once = words(&text);
            // Spaces between letters change what counts as written without spaces.
            prop_assume!(!is_dense(&text));
            prop_assert_eq!(words(&once), once);
        }

        #[test]
        fn every_text_has_words_that_lie_within(text in ".{0,80}") {
            let normal = Normal::of(&text);
            for index in 0..normal.len() {
                prop_assert!(!normal.word(index).is_empty());
                prop_assert!(std::str::from_utf8(normal.word(index)).is_ok());
            }
        }
    }
}
