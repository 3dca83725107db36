//! What a character means where words are compared: case, accents, widths and digits of scripts fold away.

use unicode_normalization::char::{decompose_compatible, is_combining_mark};
/// Appends what a character is folded to: lower case and compatible, without accents and vowel
/// points, with ASCII digits.
pub(crate) fn fold_into(char: char, out: &mut Vec<u8>) {
    let mut push = |char: char| {
        let mut buffer = [0; 4];
        out.extend_from_slice(char.encode_utf8(&mut buffer).as_bytes());
    };
    for lower in char.to_lowercase() {
        decompose_compatible(lower, |part| match special(part) {
            Some(text) => text.chars().for_each(&mut push),
            None if is_accent(part) => {}
            // Decomposition may give spaces and capitals ("¨", "℡"); both would be seams.
            None if part.is_alphanumeric() || is_combining_mark(part) => {
                part.to_lowercase().map(ascii_digit).for_each(&mut push);
            }
            None => {}
        });
    }
}

/// Returns the ASCII digit that a decimal digit of another script stands for; other characters stay.
/// Decomposition folds full-width and styled digits already.
fn ascii_digit(char: char) -> char {
    /// The zeros of Arabic, Persian, the Indic scripts, Thai, Lao, Tibetan, Myanmar, Khmer and
    /// Mongolian; the other nine follow each.
    const ZEROS: [u32; 18] = [
        0x660, 0x6f0, 0x7c0, 0x966, 0x9e6, 0xa66, 0xae6, 0xb66, 0xbe6, 0xc66, 0xce6, 0xd66, 0xe50,
        0xed0, 0xf20, 0x1040, 0x17e0, 0x1810,
    ];
    let code = u32::from(char);
    let zero = ZEROS
        .iter()
        .find(|&&zero| (zero..zero + 10).contains(&code));
    zero.and_then(|zero| char::from_digit(code - zero, 10))
        .unwrap_or(char)
}

/// Lower case of ASCII word characters; 0 for all others.
pub(crate) const FOLD: [u8; 256] = {
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

/// Accents, the vowel points and the tatweel of Hebrew and Arabic, which may be left out there, and the
/// marks that Thai, Lao and kana write in one with their letter or behind it.
const fn is_accent(char: char) -> bool {
    matches!(char,
        '\u{300}'..='\u{36f}' | '\u{591}'..='\u{5bd}' | '\u{5bf}' | '\u{5c1}'..='\u{5c2}'
        | '\u{5c4}'..='\u{5c5}' | '\u{5c7}' | '\u{610}'..='\u{61a}' | '\u{640}'
        | '\u{64b}'..='\u{65f}' | '\u{670}' | '\u{6d6}'..='\u{6dc}' | '\u{e4d}' | '\u{ecd}'
        | '\u{3099}'..='\u{309a}')
}

/// Soft hyphen, zero-width characters, marks of direction and loose accents.
pub(crate) const fn is_ignored(char: char) -> bool {
    matches!(
        char,
        '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{feff}'
    ) || is_accent(char)
}

/// Whether a text is in a script without spaces: such letters are eight times as many as its words
/// by white space. A menu in such a script on another page keeps its phrases as words, so that it
/// does not outweigh the page.
pub(crate) fn is_dense(text: &str) -> bool {
    const LETTERS_PER_WORD: usize = 8;
    // The lead bytes of the scripts in question; most texts have none, and one quick look tells.
    let may_be = |byte: u8| (byte >= 0xe0) & (byte != 0xe2);
    // Whole chunks are looked at without a branch, which the compiler makes wide.
    let any = |chunk: &[u8]| chunk.iter().fold(false, |any, &byte| any | may_be(byte));
    if !text.as_bytes().chunks(256).any(any) {
        return false;
    }
    let letters = text.chars().filter(|&char| stands_alone(char)).count();
    letters > 0
        && letters >= LETTERS_PER_WORD * text.split_whitespace().filter(|w| w.is_ascii()).count()
}

/// Scripts written without spaces: Thai, Lao, Myanmar, Khmer, kana (of half width too) and Han.
pub(crate) const fn stands_alone(char: char) -> bool {
    matches!(char,
        '\u{e00}'..='\u{eff}' | '\u{1000}'..='\u{109f}' | '\u{1780}'..='\u{17ff}'
        | '\u{3041}'..='\u{30ff}' | '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}'
        | '\u{f900}'..='\u{faff}' | '\u{ff66}'..='\u{ff9f}' | '\u{20000}'..='\u{3ffff}')
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
