//! Turns a text into folded words.
//!
//! Words are runs of letters, digits and underscores (as `\w+` of regular expressions), in lower
//! case, without accents, with words that a line break cut by a hyphen put together. In a text
//! that is written without spaces every letter is a word of its own. Soft hyphens and zero-width
//! characters do not separate.

use std::ops::Range;

use unicode_normalization::char::is_combining_mark;
use xxhash_rust::xxh3::{xxh3_64, xxh3_128};

use crate::fold::{FOLD, fold_into, is_dense, is_ignored, stands_alone};

/// The folded words of a text, as hashes.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Normal {
    /// The hash of each word.
    pub(crate) hashes: Vec<u64>,
    /// Where each word begins in the text, with [`DIGIT`] where it has a digit.
    starts: Vec<u32>,
    /// The number of words before each line break.
    breaks: Vec<u32>,
    /// Whether the text as a whole is in a script without spaces.
    dense: bool,
    /// Equal for equal word sequences.
    pub(crate) key: u128,
}

/// Texts are read up to so many bytes, eight times what a crawl takes as a body: folding makes a text
/// up to twelve times as long, and offsets must fit 32 bits.
pub(crate) const LIMIT: usize = 256 << 20;

/// Marks a word with a digit; [`LIMIT`] keeps offsets below.
const DIGIT: u32 = 1 << 31;

/// Words after a hyphen and a space that continue a list ("short- and long-term") and not a word
/// that a line break cut.
const SUSPENDED: &[&str] = &[
    "and", "or", "to", "nor", "but", "und", "oder", "bis", "et", "ou", "y", "e", "o", "i", "и",
    "или", "а", "або", "та", "en", "of", "och", "og", "ja", "ve", "veya", "a", "ili",
];

impl Normal {
    /// Returns the folded words of `text`.
    pub(crate) fn of(text: &str) -> Self {
        Self::read(text, &mut Vec::new())
    }

    /// Returns the folded words of `text`; `buffer` is room that may be used again.
    pub(crate) fn read(text: &str, buffer: &mut Vec<u8>) -> Self {
        let text = head(text, LIMIT);
        let mut folder = Folder::new(text, is_dense(text), buffer);
        folder.run();
        folder.finish()
    }

    /// Returns the number of words.
    pub(crate) const fn len(&self) -> usize {
        self.starts.len()
    }

    /// Returns where word `index` stands in `text`, with the separators behind it. The parts of one
    /// character have one place.
    pub(crate) fn place(&self, index: usize, text: &str) -> Range<usize> {
        let start = self.start(index).unwrap_or(text.len());
        let mut behind = (index + 1..).map_while(|index| self.start(index));
        start..behind.find(|&at| at > start).unwrap_or(text.len())
    }

    fn start(&self, index: usize) -> Option<usize> {
        let start = self.starts.get(index)?;
        Some((start & !DIGIT) as usize)
    }

    /// Returns whether word `index` has a digit.
    pub(crate) fn has_digit(&self, index: usize) -> bool {
        self.starts[index] & DIGIT != 0
    }

    /// Returns word `index` of `text`, folded.
    pub(crate) fn word(&self, index: usize, text: &str) -> String {
        let slice = text.get(self.place(index, text)).unwrap_or_default();
        let part = (0..index).rev();
        let part = part.take_while(|&before| self.start(before) == self.start(index));
        let mut buffer = Vec::new();
        let mut folder = Folder::new(slice, self.dense, &mut buffer);
        folder.run();
        let length = folder.used.saturating_sub(1);
        let mut words = buffer[..length].split(|&byte| byte == b' ');
        let word = words.nth(part.count()).unwrap_or_default();
        String::from_utf8_lossy(word).into_owned()
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
}

/// Room behind the folded bytes in hand, so that a word can be read eight bytes at a time.
const ROOM: usize = 64;

struct Folder<'a> {
    text: &'a str,
    at: usize,
    out: Normal,
    /// The folded words, one after another with a space between; as long as there is room.
    bytes: &'a mut Vec<u8>,
    /// How many of `bytes` are written.
    used: usize,
    /// Where the word in hand starts in `bytes`.
    start: usize,
    /// Where the word in hand starts in the text.
    from: usize,
}

impl<'a> Folder<'a> {
    fn new(text: &'a str, dense: bool, bytes: &'a mut Vec<u8>) -> Self {
        if bytes.len() < text.len() + ROOM {
            bytes.resize(text.len() + ROOM, 0);
        }
        let mut out = Normal {
            dense,
            ..Normal::default()
        };
        out.hashes.reserve(text.len() / 5);
        out.starts.reserve(text.len() / 5);
        Self {
            text,
            at: 0,
            out,
            bytes,
            used: 0,
            start: 0,
            from: 0,
        }
    }

    fn run(&mut self) {
        let text = self.text.as_bytes();
        while self.at < text.len() {
            if self.used == self.start {
                self.from = self.at;
            }
            self.at += self.ascii_run(&text[self.at..]);
            match text.get(self.at) {
                // The most frequent end of a word, and nothing else to look at.
                Some(b' ') => {
                    self.at += 1;
                    self.end_word();
                }
                // The room was used up within a word; there is more now.
                Some(&byte) if FOLD[byte as usize] != 0 => {}
                Some(&byte) if byte < 0x80 => self.ascii_break(byte),
                Some(_) => self.unicode(),
                None => {}
            }
        }
        self.end_word();
    }

    /// Folds ASCII word characters and returns how many there were.
    fn ascii_run(&mut self, rest: &[u8]) -> usize {
        let mut run = 0;
        for (&byte, out) in rest.iter().zip(&mut self.bytes[self.used..]) {
            let folded = FOLD[byte as usize];
            if folded == 0 {
                break;
            }
            *out = folded;
            run += 1;
        }
        self.used += run;
        if self.bytes.len() < self.used + ROOM {
            self.bytes.resize(2 * self.bytes.len() + ROOM, 0);
        }
        run
    }

    fn finish(mut self) -> Normal {
        let length = self.used.saturating_sub(1);
        self.out.key = xxh3_128(&self.bytes[..length]);
        self.out
    }

    fn ascii_break(&mut self, byte: u8) {
        self.at += 1;
        if byte == b'-' {
            self.hyphen();
        } else {
            self.end_word();
            if byte == b'\n' {
                self.out.breaks.push(offset(self.out.hashes.len()));
            }
        }
    }

    fn end_word(&mut self) {
        if self.used > self.start {
            let word = &self.bytes[self.start..self.used];
            self.out.hashes.push(xxh3_64(word));
            let digit = if has_digit(word) { DIGIT } else { 0 };
            self.out.starts.push(offset(self.from) | digit);
            self.push(b" ");
            self.start = self.used;
        }
        self.from = self.at;
    }

    /// Passes over a line break after a hyphen where the word goes on behind it.
    fn hyphen(&mut self) {
        let word = &self.bytes[self.start..self.used];
        let in_word = word.last().is_some_and(|byte| !byte.is_ascii_digit());
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
        if self.used == self.start {
            self.from = self.at;
        }
        let at = self.at;
        self.at += char.len_utf8();
        match char {
            '\u{2010}' | '\u{2011}' => self.hyphen(),
            _ if is_ignored(char) => {}
            // Quotation marks, dashes and bullets need no look at the Unicode tables.
            '\u{2000}'..='\u{206f}' => self.end_word(),
            _ if self.out.dense && stands_alone(char) => {
                self.end_word();
                self.from = at;
                self.fold(char);
                self.end_word();
            }
            _ if char.is_alphanumeric() || is_combining_mark(char) => self.fold(char),
            _ => self.end_word(),
        }
    }

    fn push(&mut self, bytes: &[u8]) {
        if self.bytes.len() < self.used + bytes.len() + ROOM {
            self.bytes.resize(2 * self.bytes.len() + ROOM, 0);
        }
        self.bytes[self.used..][..bytes.len()].copy_from_slice(bytes);
        self.used += bytes.len();
    }

    fn fold(&mut self, char: char) {
        let mut buffer = [0; 4];
        match char {
            // Letters of these alphabets have no accents to lose; capitals stand 32 before.
            'а'..='и' | 'к'..='я' | 'ა'..='ჰ' => {
                self.push(char.encode_utf8(&mut buffer).as_bytes());
            }
            'А'..='И' | 'К'..='Я' => {
                let lower = char::from_u32(u32::from(char) + 32).unwrap_or(char);
                self.push(lower.encode_utf8(&mut buffer).as_bytes());
            }
            _ => {
                let mut folded = Vec::new();
                fold_into(char, &mut folded);
                self.push(&folded);
            }
        }
    }
}

fn has_digit(word: &[u8]) -> bool {
    word.iter()
        .fold(false, |any, byte| any | byte.is_ascii_digit())
}

fn offset(at: usize) -> u32 {
    u32::try_from(at).expect("LIMIT keeps offsets within 32 bits")
}

/// Returns the first `most` bytes of `text`, less where a character would be cut.
pub(crate) fn head(text: &str, most: usize) -> &str {
    let end = (0..=most.min(text.len())).rev();
    let end = end.take(4).find(|&at| text.is_char_boundary(at));
    &text[..end.unwrap_or(0)]
}

/// Returns how many bytes of `rest` (what follows a hyphen) are the line break within a word.
pub(crate) fn continuation(rest: &str) -> Option<usize> {
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

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn words(text: &str) -> String {
        let normal = Normal::of(text);
        let words = (0..normal.len()).map(|index| normal.word(index, text));
        words.collect::<Vec<_>>().join(" ")
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
            ("ＯＳＣＥ １５ — ٢٠٢٤ ۲۰۲۴ २०२४", "osce 15 2024 2024 2024"),
            ("Մարդկանց ԹՐԱՖԻՔԻՆԳ", "մարդկանց թրաֆիքինգ"),
            ("كِتَابٌ كـتاب", "كتاب كتاب"),
            ("שָׁלוֹם שלום", "שלום שלום"),
            ("İstanbul ISTANBUL", "istanbul istanbul"),
            ("Việt Nam VIỆT NAM", "viet nam viet nam"),
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
        assert_eq!(Normal::of("A b, c!").key, Normal::of("  a B c").key);
        assert_ne!(Normal::of("ab c").key, Normal::of("a bc").key);
        assert_eq!(Normal::of(" .,; ").len(), 0);
    }

    proptest! {
        #[test]
        fn folding_is_stable(text in "\\PC{0,60}") {
            let once = words(&text);
            // Spaces between letters change what counts as written without spaces.
            prop_assume!(!is_dense(&text) && !is_dense(&once));
            prop_assert_eq!(words(&once), once);
        }

        #[test]
        fn every_text_has_words_that_lie_within(text in ".{0,80}") {
            let normal = Normal::of(&text);
            let mut folded = Vec::new();
            for index in 0..normal.len() {
                let word = normal.word(index, &text);
                prop_assert_eq!(normal.hashes[index], xxh3_64(word.as_bytes()));
                folded.push(word);
            }
            prop_assert_eq!(normal.key, xxh3_128(folded.join(" ").as_bytes()));
        }
    }
}
