//! Characters that are there for display only.

/// Returns the token without display artefacts, and the rule that spoke first.
pub(super) fn repair(token: &str) -> (String, Option<&'static str>) {
    let mut out = String::with_capacity(token.len());
    let mut rule = None;
    let chars: Vec<char> = token.chars().collect();
    for (i, &c) in chars.iter().enumerate() {
        let before = i.checked_sub(1).map(|b| chars[b]);
        let change = match c {
            '\u{AD}' => Some(("soft-hyphen", "")),
            '\u{200B}' | '\u{FEFF}' | '\u{2060}' => Some(("zero-width", "")),
            '\u{200C}' | '\u{200D}' if !before.is_some_and(joins) => Some(("zero-width", "")),
            'ﬀ' => Some(("ligature", "ff")),
            'ﬁ' => Some(("ligature", "fi")),
            'ﬂ' => Some(("ligature", "fl")),
            'ﬃ' => Some(("ligature", "ffi")),
            'ﬄ' => Some(("ligature", "ffl")),
            'ﬅ' | 'ﬆ' => Some(("ligature", "st")),
            '\u{F0B7}' | '\u{F0A7}' => Some(("symbol-bullet", "•")),
            _ => None,
        };
        match change {
            None => out.push(c),
            Some((name, to)) => {
                rule = rule.or(Some(name));
                out.push_str(to);
            }
        }
    }
    (out, rule)
}

/// Scripts and signs in which joiners carry meaning: Arabic and its kin, the Indic scripts, emoji.
fn joins(c: char) -> bool {
    matches!(c,
        '\u{0600}'..='\u{07FF}' | '\u{0860}'..='\u{08FF}' | '\u{0900}'..='\u{0DFF}' | '\u{1000}'..='\u{109F}'
        | '\u{1780}'..='\u{18AF}' | '\u{FB50}'..='\u{FDFF}' | '\u{FE70}'..='\u{FEFC}' | '\u{FE0F}'
        | '\u{2600}'..='\u{27BF}' | '\u{1F000}'..='\u{1FAFF}')
}

fn is_right_to_left(c: char) -> bool {
    matches!(c, '\u{0590}'..='\u{08FF}' | '\u{FB1D}'..='\u{FDFF}' | '\u{FE70}'..='\u{FEFC}')
}

/// Drops directional controls that have no partner, and all of them where nothing runs right to left.
pub(super) fn drop_stray_controls(text: &str) -> String {
    let control = |c: char| matches!(c, '\u{200E}' | '\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}');
    if !text.contains(control) {
        return text.to_owned();
    }
    let opens = text.matches(['\u{2066}', '\u{2067}', '\u{2068}']).count();
    let balanced = opens == text.matches('\u{2069}').count();
    let keeps = text.contains(is_right_to_left);
    let keep = |c: char| match c {
        '\u{2066}'..='\u{2069}' => balanced && keeps,
        '\u{200E}' | '\u{200F}' => keeps,
        _ => !control(c),
    };
    text.chars().filter(|&c| keep(c)).collect()
}

/// Turns no-break spaces into spaces, except where typography wants them: beside French quotation
/// marks, before double punctuation and between digits.
pub(super) fn spaces(token: &str) -> String {
    if !token.contains(['\u{A0}', '\u{202F}', '\u{2007}', '\u{2009}']) {
        return token.to_owned();
    }
    let chars: Vec<char> = token.chars().collect();
    let at = |i: Option<usize>| i.and_then(|i| chars.get(i).copied()).unwrap_or(' ');
    let mut out = String::with_capacity(token.len());
    for (i, &c) in chars.iter().enumerate() {
        let space = matches!(c, '\u{A0}' | '\u{202F}' | '\u{2007}' | '\u{2009}');
        let (before, after) = (at(i.checked_sub(1)), at(Some(i + 1)));
        let wanted = before == '«'
            || matches!(after, '»' | ':' | ';' | '!' | '?' | '%')
            || (before.is_numeric() && after.is_numeric());
        out.push(if space && !wanted { ' ' } else { c });
    }
    crate::measure::collapse_spaces(&out)
}
