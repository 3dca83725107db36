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

/// Returns whether a character is one that a font gave a shape of its own.
pub(super) fn is_private(c: char) -> bool {
    matches!(c, '\u{E000}'..='\u{F8FF}' | '\u{F0000}'..='\u{10FFFD}')
}

/// Which directional controls of a text mean something.
#[derive(Debug, Clone, Copy)]
pub(super) struct Controls {
    /// Marks, where something runs right to left.
    marks: bool,
    /// Isolates, where each that opens has one that closes.
    isolates: bool,
}

/// Returns which controls stay: those with a partner, and none where nothing runs right to left.
pub(super) fn kept_controls(text: &str) -> Controls {
    let opens = text.matches(['\u{2066}', '\u{2067}', '\u{2068}']).count();
    let balanced = opens == text.matches('\u{2069}').count();
    let marks = text.contains(is_right_to_left);
    Controls {
        marks,
        isolates: marks && balanced,
    }
}

/// Drops the directional controls that mean nothing.
pub(super) fn drop_controls(token: &str, controls: Controls) -> String {
    let keep = |&c: &char| match c {
        '\u{2066}'..='\u{2069}' => controls.isolates,
        '\u{200E}' | '\u{200F}' => controls.marks,
        _ => !matches!(c, '\u{202A}'..='\u{202E}'),
    };
    token.chars().filter(keep).collect()
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
