//! UTF-8 that was read as Windows-1252 somewhere on its way: `â€™` for `’`.

/// The characters of Windows-1252 from 0x80 to 0x9F; the five undefined bytes stand as C1 controls.
const HIGH: [char; 32] = [
    '€', '\u{81}', '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', '\u{8D}', 'Ž', '\u{8F}',
    '\u{90}', '‘', '’', '“', '”', '•', '–', '—', '˜', '™', 'š', '›', 'œ', '\u{9D}', 'ž', 'Ÿ',
];

fn byte_of(c: char) -> Option<u8> {
    match c {
        '\0'..='\u{7F}' | '\u{A0}'..='\u{FF}' => u8::try_from(u32::from(c)).ok(),
        _ => {
            let at = HIGH.iter().position(|&h| h == c)?;
            u8::try_from(0x80 + at).ok()
        }
    }
}

/// Returns the token as it was, if every character of it went the wrong way and comes back whole.
pub(super) fn undo(token: &str) -> Option<String> {
    if !token.contains(['â', 'Ã', 'Â', 'Ð', 'Ñ', 'Å', 'Ä']) {
        return None;
    }
    let bytes: Vec<u8> = token.chars().map(byte_of).collect::<Option<_>>()?;
    let text = String::from_utf8(bytes).ok()?;
    (text != token && !text.chars().any(char::is_control)).then_some(text)
}
