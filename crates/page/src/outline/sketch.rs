//! What a page says, in numbers: for telling pages that say something new from those that do not.

use std::hash::Hasher as _;

use thresh_types::CanonicalUrl;

use super::radix;

/// Shingles that a sketch holds, at most: the smallest. They stand for all where a page has more, and each
/// costs a look into the memory of the site.
const MAX_SHINGLES: usize = 1024;

/// Shingles that are gathered before the smallest are chosen.
const GATHERED: usize = 4 * MAX_SHINGLES;

/// Characters of a part of an address that may be a random one of letters and digits.
const MIN_OPAQUE: usize = 8;

/// Characters of a part of an address that is random where it has but hexadecimal digits.
const MIN_HEX: usize = 16;

/// The text of a page in numbers.
///
/// *Blocks* are runs of text between tags that browsers show as blocks or lines; *tokens* are runs of
/// letters and digits in lower case. Text that is not shown (scripts, styles, templates) is left out.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Sketch {
    /// A hash over all tokens in order. Left out are clock times and what stands in the page's own address
    /// and looks random: such change from one look to the next although the page does not.
    pub text: u64,
    /// Hashes of the pairs of neighbouring tokens within one block, and of the token that a block has
    /// alone: sorted, each once, the smallest 1,024 of them.
    pub shingles: Vec<u64>,
}

/// Makes a [`Sketch`] of text that comes piece by piece.
#[derive(Debug)]
pub(super) struct Sketcher {
    /// Hashes of the random parts of the page's own address.
    opaque: Vec<u64>,
    text: u64,
    shingles: Vec<u64>,
    /// What is larger is not among the smallest.
    largest: u64,
    token: Token,
    /// The last token of the block.
    before: Option<u64>,
    /// Whether the last token of the block has been paired.
    paired: bool,
    clock: Clock,
}

/// How much of a clock time has been read, and the tokens that wait to be heard until that is known.
#[derive(Debug, Default)]
struct Clock {
    waiting: [u64; 3],
    length: usize,
    /// Whether a colon came right after the last token.
    colon: bool,
}

const SEED: u64 = 0xcbf2_9ce4_8422_2325;

/// The token that is being read: its bytes are hashed eight at a time.
#[derive(Debug, Clone, Copy)]
struct Token {
    hash: u64,
    /// The bytes since the last hashing.
    word: u64,
    /// Bytes in all; zero between tokens.
    length: u32,
}

impl Token {
    const NONE: Self = Self {
        hash: SEED,
        word: 0,
        length: 0,
    };

    const fn push(&mut self, byte: u8) {
        self.word = self.word << 8 | byte as u64;
        self.length = self.length.wrapping_add(1);
        if self.length.is_multiple_of(8) {
            self.hash = pair(self.hash, self.word);
            self.word = 0;
        }
    }

    /// Takes the letters and digits of ASCII that `bytes` start with, and returns how many they are.
    fn push_word(&mut self, bytes: &[u8]) -> usize {
        if !self.length.is_multiple_of(8) {
            let length = length_of_word(bytes);
            bytes[..length].iter().for_each(|&b| self.push(b | LOWER));
            return length;
        }
        let mut length = 0;
        loop {
            let eight = first_eight(&bytes[length..]);
            let taken = word_in(eight);
            length += taken;
            self.length = self.length.wrapping_add(taken as u32);
            let lower = (eight | u64::from_ne_bytes([LOWER; 8])).swap_bytes();
            if taken < 8 {
                // Two steps, since none can be of all bits.
                self.word = lower >> 8 >> (56 - 8 * taken);
                return length;
            }
            self.hash = pair(self.hash, lower);
        }
    }

    fn push_char(&mut self, c: char) {
        c.to_lowercase().for_each(|lower| self.push_as_is(lower));
    }

    fn push_as_is(&mut self, c: char) {
        let mut buffer = [0; 4];
        let bytes = c.encode_utf8(&mut buffer).bytes();
        bytes.for_each(|b| self.push(b));
    }

    const fn finish(self) -> u64 {
        pair(self.hash ^ self.length as u64, self.word)
    }

    /// Returns how many digits it is, if it is one or two digits.
    fn digits(self) -> Option<u8> {
        let [.., first, second] = self.word.to_be_bytes();
        match self.length {
            1 if second.is_ascii_digit() => Some(1),
            2 if first.is_ascii_digit() && second.is_ascii_digit() => Some(2),
            _ => None,
        }
    }
}

/// Which bytes are letters and digits of ASCII.
const IN_WORD: [bool; 256] = {
    let mut table = [false; 256];
    let mut byte = 0;
    while byte < 128_u8 {
        table[byte as usize] = byte.is_ascii_alphanumeric();
        byte += 1;
    }
    table
};

/// The bit that tells lower case from upper case; digits have it as well.
const LOWER: u8 = 0x20;

/// Returns eight bytes as a number, the first one lowest; zeros where there are fewer.
fn first_eight(bytes: &[u8]) -> u64 {
    if let Some(eight) = bytes.first_chunk() {
        return u64::from_le_bytes(*eight);
    }
    let four = |bytes: &[u8; 4]| u64::from(u32::from_le_bytes(*bytes));
    match (bytes.first_chunk(), bytes.last_chunk()) {
        // Where they overlap they are the same.
        (Some(first), Some(last)) => four(first) | four(last) << (8 * (bytes.len() - 4)),
        _ => bytes
            .iter()
            .rev()
            .fold(0, |all, &b| all << 8 | u64::from(b)),
    }
}

/// Returns how many of eight bytes of ASCII are letters and digits before the first that is not. All are
/// looked at together: in each byte the highest bit is free for the answer.
const fn word_in(eight: u64) -> usize {
    const fn each(byte: u8) -> u64 {
        u64::from_ne_bytes([byte; 8])
    }
    const fn at_least(bytes: u64, first: u8) -> u64 {
        bytes.wrapping_add(each(0x80 - first))
    }
    let lower = eight | each(LOWER);
    let letters = at_least(lower, b'a') & !at_least(lower, b'z' + 1);
    let digits = at_least(eight, b'0') & !at_least(eight, b'9' + 1);
    let others = !(letters | digits) & each(0x80);
    (others.trailing_zeros() / 8) as usize
}

fn length_of_word(bytes: &[u8]) -> usize {
    let length = bytes.iter().position(|&b| !IN_WORD[usize::from(b)]);
    length.unwrap_or(bytes.len())
}

/// Returns how many bytes of ASCII come first.
fn length_of_ascii(bytes: &[u8]) -> usize {
    const HIGHEST: u64 = u64::from_ne_bytes([0x80; 8]);
    let mut length = 0;
    while let Some(eight) = bytes[length..].first_chunk() {
        let wide = u64::from_le_bytes(*eight) & HIGHEST;
        if wide != 0 {
            return length + (wide.trailing_zeros() / 8) as usize;
        }
        length += 8;
    }
    let rest = bytes[length..].iter().take_while(|b| b.is_ascii());
    length + rest.count()
}

/// Returns the lower case of the letters that most text beyond ASCII is written in, without a look at the
/// tables of Unicode.
const fn lower_letter(c: char) -> Option<char> {
    let distance = match c {
        'ß'..='ö' | 'ø'..='ÿ' | 'а'..='џ' => 0,
        'À'..='Ö' | 'Ø'..='Þ' | 'А'..='Я' => 0x20,
        'Ѐ'..='Џ' => 0x50,
        _ => return None,
    };
    char::from_u32(c as u32 + distance)
}

/// Returns the hash of two hashes, whose order matters: the folded product of both.
const fn pair(a: u64, b: u64) -> u64 {
    let product = (a ^ 0x9e37_79b9_7f4a_7c15) as u128 * (b ^ 0xbf58_476d_1ce4_e5b9) as u128;
    product as u64 ^ (product >> 64) as u64
}

fn hash_of(text: &str) -> u64 {
    let mut token = Token::NONE;
    text.chars().for_each(|c| token.push_char(c));
    token.finish()
}

/// Returns whether a part of an address looks random: no word, no number.
fn is_opaque(part: &str) -> bool {
    let letters = part.bytes().any(|b| b.is_ascii_alphabetic());
    let digits = part.bytes().any(|b| b.is_ascii_digit());
    let hex = part.len() >= MIN_HEX && part.bytes().all(|b| b.is_ascii_hexdigit());
    (part.len() >= MIN_OPAQUE && letters && digits) || hex
}

impl Sketcher {
    pub(super) fn new(url: Option<&CanonicalUrl>) -> Self {
        let address = url.map_or("", CanonicalUrl::path_and_query);
        let parts = address.split(|c: char| !c.is_alphanumeric());
        Self {
            opaque: parts.filter(|part| is_opaque(part)).map(hash_of).collect(),
            text: SEED,
            shingles: Vec::with_capacity(GATHERED),
            largest: u64::MAX,
            token: Token::NONE,
            before: None,
            paired: false,
            clock: Clock::default(),
        }
    }

    /// Hears text; a token may go on in the next piece.
    pub(super) fn push(&mut self, text: &str) {
        if text.is_ascii() {
            return self.push_ascii(text.as_bytes());
        }
        let mut rest = text;
        while let Some(&byte) = rest.as_bytes().first() {
            if byte.is_ascii() {
                let ascii = length_of_ascii(rest.as_bytes());
                self.push_ascii(&rest.as_bytes()[..ascii]);
                rest = &rest[ascii..];
            } else if let Some(c) = rest.chars().next() {
                self.push_wide(c);
                rest = &rest[c.len_utf8()..];
            }
        }
    }

    fn push_ascii(&mut self, bytes: &[u8]) {
        let mut rest = bytes;
        while !rest.is_empty() {
            let after = &rest[self.token.push_word(rest)..];
            let gap = after.iter().position(|&b| IN_WORD[usize::from(b)]);
            rest = &after[gap.unwrap_or(after.len())..];
            let gap = &after[..after.len() - rest.len()];
            if let Some(&last) = gap.last() {
                self.end_token();
                self.clock.colon = last == b':';
            }
        }
    }

    fn push_wide(&mut self, c: char) {
        if let Some(lower) = lower_letter(c) {
            return self.token.push_as_is(lower);
        }
        if c.is_alphanumeric() {
            return self.token.push_char(c);
        }
        self.end_token();
        self.clock.colon = false;
    }

    fn end_token(&mut self) {
        let read = std::mem::replace(&mut self.token, Token::NONE);
        if read.length == 0 {
            return;
        }
        let (token, digits) = (read.finish(), read.digits());
        match self.before.replace(token) {
            Some(before) => {
                self.push_shingle(pair(before, token));
                self.paired = true;
            }
            None => self.paired = false,
        }
        self.tell_time(token, digits);
    }

    /// Lets a token be heard unless it is part of a clock time: `12:34` or `12:34:56`.
    fn tell_time(&mut self, token: u64, digits: Option<u8>) {
        let goes_on = self.clock.length > 0 && self.clock.colon && self.clock.length < 3;
        if !(goes_on && digits == Some(2)) {
            self.end_time();
        }
        self.clock.colon = false;
        if digits.is_none() {
            return self.hear(token);
        }
        self.clock.waiting[self.clock.length] = token;
        self.clock.length += 1;
    }

    fn end_time(&mut self) {
        // A number alone is no time.
        if self.clock.length == 1 {
            self.hear(self.clock.waiting[0]);
        }
        self.clock.length = 0;
    }

    fn hear(&mut self, token: u64) {
        if self.opaque.is_empty() || !self.opaque.contains(&token) {
            self.text = pair(self.text, token);
        }
    }

    /// Hears that a block has ended.
    pub(super) fn end_block(&mut self) {
        self.end_token();
        self.end_time();
        if let Some(alone) = self.before.take().filter(|_| !self.paired) {
            self.push_shingle(pair(alone, SEED));
        }
        self.paired = false;
    }

    fn push_shingle(&mut self, shingle: u64) {
        if shingle > self.largest {
            return;
        }
        self.shingles.push(shingle);
        // Bounded memory on pages of any length, at little cost for each shingle.
        if self.shingles.len() >= GATHERED {
            self.keep_smallest();
        }
    }

    fn keep_smallest(&mut self) {
        radix::sort(&mut self.shingles, self.largest);
        self.shingles.dedup();
        self.shingles.truncate(MAX_SHINGLES);
        if let [.., last] = self.shingles[..]
            && self.shingles.len() == MAX_SHINGLES
        {
            self.largest = last;
        }
    }

    pub(super) fn finish(mut self) -> Sketch {
        self.end_block();
        self.keep_smallest();
        let mut hasher = xxhash_rust::xxh3::Xxh3Default::new();
        hasher.write_u64(self.text);
        Sketch {
            text: hasher.finish(),
            shingles: self.shingles,
        }
    }
}

#[cfg(test)]
mod tests;
