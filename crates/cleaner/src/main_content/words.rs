//! What is measured on the text of a block: one pass over its characters, no word list of any language.

use rustc_hash::FxHashMap;
use std::hash::Hasher as _;

use crate::block::Segmentation;
use crate::measure;

/// Characters of a block that are looked at; what follows says nothing new about its kind.
const LOOKED_AT: usize = 4000;
/// Words from which a block tells which words are common on the page.
const TELLING: u32 = 8;

/// Flags on what a text holds.
pub(super) mod flag {
    pub(in super::super) const PRICE: u16 = 1;
    pub(in super::super) const DATE: u16 = 2;
    pub(in super::super) const CLOCK: u16 = 4;
    pub(in super::super) const COPYRIGHT: u16 = 8;
    pub(in super::super) const AT: u16 = 16;
    pub(in super::super) const QUESTION: u16 = 32;
    pub(in super::super) const QUOTE: u16 = 64;
    pub(in super::super) const ARROW: u16 = 128;
    pub(in super::super) const SEPARATOR: u16 = 256;
    pub(in super::super) const YEAR: u16 = 512;
    pub(in super::super) const ELLIPSIS: u16 = 1024;
    pub(in super::super) const BRACKET: u16 = 2048;
    /// Every flag by name.
    pub(in super::super) const NAMED: [(&str, u16); 12] = [
        ("price", PRICE),
        ("date", DATE),
        ("clock", CLOCK),
        ("copyright", COPYRIGHT),
        ("at", AT),
        ("question", QUESTION),
        ("quote", QUOTE),
        ("arrow", ARROW),
        ("separator", SEPARATOR),
        ("year", YEAR),
        ("ellipsis", ELLIPSIS),
        ("bracket", BRACKET),
    ];
}

/// Counts on the text of one block.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Words {
    /// Letters of any script.
    pub(super) letters: u32,
    pub(super) upper: u32,
    pub(super) digits: u32,
    /// Characters that are neither letters, digits nor white space.
    pub(super) marks: u32,
    pub(super) commas: u32,
    pub(super) sentence_ends: u32,
    /// Tokens, those that start with an upper-case letter, and those of up to three letters in lower case.
    pub(super) tokens: u32,
    pub(super) capitalised: u32,
    pub(super) short_lower: u32,
    pub(super) longest: u32,
    /// Distinct tokens; tokens that are common on the page; that stand in other blocks too; that the
    /// title says.
    pub(super) distinct: u32,
    pub(super) common: u32,
    pub(super) elsewhere: u32,
    pub(super) in_title: u32,
    pub(super) flags: u16,
    /// Classes of the first and the last character: see [`class`].
    pub(super) first: u8,
    pub(super) last: u8,
    pub(super) lower_start: bool,
    pub(super) sentence: bool,
}

impl Words {
    pub(super) fn has(&self, flag: u16) -> f32 {
        f32::from(u8::from(self.flags & flag != 0))
    }
}

/// Returns the counts of every block.
pub(super) fn measure(page: &Segmentation) -> Vec<Words> {
    let mut tokens = Vec::new();
    let mut ends = Vec::with_capacity(page.blocks.len());
    let mut words: Vec<Words> = page
        .blocks
        .iter()
        .map(|block| {
            let words = scan(&block.text, &mut tokens);
            ends.push(tokens.len());
            words
        })
        .collect();
    let title = page.title.as_deref().map(title_tokens).unwrap_or_default();
    let telling = page.blocks.iter().filter(|b| b.words >= TELLING).count() as u32;
    let counts = block_counts(page, &tokens, &ends);
    let common = (telling / 5).max(2);
    let mut start = 0;
    let mut own = Vec::new();
    for (words, &end) in words.iter_mut().zip(&ends) {
        own.clear();
        own.extend_from_slice(&tokens[start..end]);
        for token in &own {
            let [all, telling] = counts.get(token).copied().unwrap_or_default();
            words.common += u32::from(telling >= common);
            words.elsewhere += u32::from(all > 1);
            words.in_title += u32::from(title.contains(token));
        }
        own.sort_unstable();
        own.dedup();
        words.distinct = own.len() as u32;
        start = end;
    }
    words
}

/// Returns per token the blocks that hold it, and those of them that are long.
fn block_counts(page: &Segmentation, tokens: &[u32], ends: &[usize]) -> FxHashMap<u32, [u32; 2]> {
    let mut counts: FxHashMap<u32, ([u32; 2], usize)> = FxHashMap::default();
    let mut start = 0;
    for (i, (block, &end)) in page.blocks.iter().zip(ends).enumerate() {
        for &token in &tokens[start..end] {
            let (count, last) = counts.entry(token).or_insert(([0; 2], usize::MAX));
            if *last != i {
                *last = i;
                count[0] += 1;
                count[1] += u32::from(block.words >= TELLING);
            }
        }
        start = end;
    }
    counts.into_iter().map(|(t, (c, _))| (t, c)).collect()
}

fn title_tokens(title: &str) -> Vec<u32> {
    let mut tokens = Vec::new();
    scan(title, &mut tokens);
    tokens
}

/// Counts what one text holds and appends the digests of its tokens.
fn scan(text: &str, tokens: &mut Vec<u32>) -> Words {
    let mut words = Words {
        sentence: measure::ends_sentence(text),
        ..Words::default()
    };
    let mut token = Token::default();
    let mut before = ' ';
    let mut taken = 0;
    for c in text.chars().take(LOOKED_AT) {
        taken += c.len_utf8();
        if c.is_alphanumeric() {
            words.letter(c);
            token.push(c);
        } else {
            token.end(&mut words, tokens);
            words.mark(c, before);
        }
        before = c;
    }
    token.end(&mut words, tokens);
    let mut chars = text.chars();
    let first = chars.next().unwrap_or(' ');
    words.first = class(first);
    words.lower_start = first.is_lowercase();
    words.last = class(text.chars().next_back().unwrap_or(' '));
    words.look_at_numbers(&text[..taken]);
    words
}

impl Words {
    fn letter(&mut self, c: char) {
        if c.is_ascii_digit() || c.is_numeric() {
            self.digits += 1;
        } else {
            self.letters += 1;
            self.upper += u32::from(c.is_uppercase());
        }
    }

    fn mark(&mut self, c: char, before: char) {
        if c.is_whitespace() {
            return;
        }
        self.marks += 1;
        if measure::is_terminal(c) && before.is_alphanumeric() {
            self.sentence_ends += 1;
        }
        self.flags |= match c {
            ',' | '،' | '、' | '，' | ';' | '؛' => {
                self.commas += 1;
                0
            }
            '$' | '€' | '£' | '¥' | '₴' | '₽' | '₸' | '₺' | '₼' | '֏' | '₾' | '₹' | '¢' => {
                flag::PRICE
            }
            '©' | '®' | '™' => flag::COPYRIGHT,
            '@' => flag::AT,
            '?' | '؟' => flag::QUESTION,
            '“' | '”' | '„' | '«' | '»' | '"' => flag::QUOTE,
            '←' | '→' | '‹' | '›' | '▼' | '▲' | '▶' | '►' | '↑' | '↓' | '×' | '✕' | '>' | '<' => {
                flag::ARROW
            }
            '|' | '·' | '•' | '∙' | '/' => flag::SEPARATOR,
            '…' => flag::ELLIPSIS,
            '(' | '[' | '{' => flag::BRACKET,
            _ => 0,
        };
    }

    /// Looks for years, dates and clock times; only where there are digits.
    fn look_at_numbers(&mut self, text: &str) {
        if self.digits == 0 {
            return;
        }
        let bytes = text.as_bytes();
        let mut at = 0;
        while at < bytes.len() {
            if !bytes[at].is_ascii_digit() {
                at += 1;
                continue;
            }
            let run = bytes[at..]
                .iter()
                .take_while(|b| b.is_ascii_digit())
                .count();
            let (number, next) = (&bytes[at..at + run], bytes.get(at + run));
            let followed = bytes.get(at + run + 1).is_some_and(u8::is_ascii_digit);
            if run == 4 && (number.starts_with(b"19") || number.starts_with(b"20")) {
                self.flags |= flag::YEAR;
            }
            match next {
                Some(b':') if followed && run <= 2 => self.flags |= flag::CLOCK,
                Some(b'.' | b'/' | b'-') if followed => {
                    let rest = &bytes[at + run + 1..];
                    let second = rest.iter().take_while(|b| b.is_ascii_digit()).count();
                    let third = rest.get(second) == next
                        && rest.get(second + 1).is_some_and(u8::is_ascii_digit);
                    if third && second <= 2 {
                        self.flags |= flag::DATE;
                    }
                }
                _ => {}
            }
            at += run;
        }
        if text.ends_with("...") {
            self.flags |= flag::ELLIPSIS;
        }
    }
}

#[derive(Default)]
struct Token {
    hash: rustc_hash::FxHasher,
    length: u32,
    capital: bool,
    lower: bool,
}

impl Token {
    fn push(&mut self, c: char) {
        if self.length == 0 {
            self.capital = c.is_uppercase();
            self.lower = c.is_lowercase();
        }
        self.length += 1;
        let lower = if c.is_ascii() {
            c.to_ascii_lowercase()
        } else {
            c.to_lowercase().next().unwrap_or(c)
        };
        self.hash.write_u32(lower as u32);
    }

    fn end(&mut self, words: &mut Words, tokens: &mut Vec<u32>) {
        if self.length == 0 {
            return;
        }
        words.tokens += 1;
        words.capitalised += u32::from(self.capital);
        words.short_lower += u32::from(self.lower && self.length <= 3);
        words.longest = words.longest.max(self.length);
        let hash = self.hash.finish();
        tokens.push((hash ^ (hash >> 32)) as u32);
        *self = Self::default();
    }
}

/// Returns the class of a character: 0 white space, 1 lower case or caseless letter, 2 upper case, 3 digit, 4 end of
/// sentence, 5 colon, 6 comma, 7 closing, 8 ellipsis, 9 arrow or other symbol.
fn class(c: char) -> u8 {
    match c {
        c if c.is_whitespace() => 0,
        c if c.is_uppercase() => 2,
        c if c.is_alphabetic() => 1,
        c if c.is_numeric() => 3,
        '…' => 8,
        c if measure::is_terminal(c) => 4,
        ':' | '：' => 5,
        ',' | ';' | '،' | '、' => 6,
        ')' | ']' | '”' | '»' | '"' | '’' | '\'' => 7,
        _ => 9,
    }
}
