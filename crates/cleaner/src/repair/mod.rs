//! Repairs what printing and copying broke: soft hyphens, line-end hyphens, ligatures, invisible
//! characters, fused footnote numbers. Never within code, and every repair is recorded.

mod characters;
mod mojibake;
mod notes;
mod vocabulary;
mod words;

use thresh_types::{Repair, RuleId};

pub(crate) use notes::fused_notes;
pub use vocabulary::Vocabulary;

/// Returns the repaired text with what was repaired; `notes` are the places, in bytes, where the number
/// of a footnote is fused to the word before it.
pub(crate) fn repair(
    text: &str,
    vocabulary: &Vocabulary,
    notes: &[usize],
) -> (String, Vec<Repair>) {
    let mut repairs = Vec::new();
    let text = notes::part(text, notes, &mut repairs);
    let text = by_token(&text, &mut repairs);
    let text = words::join_hyphens(&text, vocabulary, &mut repairs);
    let text = words::join_ligatures(&text, vocabulary, &mut repairs);
    (text, repairs)
}

/// Repairs characters token by token, so that a record shows the word it happened in.
fn by_token(text: &str, repairs: &mut Vec<Repair>) -> String {
    if text.is_ascii() {
        return text.to_owned();
    }
    let controls = characters::kept_controls(text);
    let mut out = String::with_capacity(text.len());
    let mut tokens = text.split(' ').peekable();
    let mut first = true;
    while let Some(token) = tokens.next() {
        let (repaired, rule) = token_repair(token, controls);
        if repaired.is_empty() {
            // A space goes with the token: the one before it, or else the one behind it.
            let behind = first && tokens.peek().is_some();
            let (before, behind) = (if first { "" } else { " " }, if behind { " " } else { "" });
            let from = [before, token, behind].concat();
            repairs.push(record(rule.unwrap_or("white-space"), out.len(), &from, ""));
            continue;
        }
        if !first {
            out.push(' ');
        }
        first = false;
        if let Some(rule) = rule {
            repairs.push(record(rule, out.len(), token, &repaired));
        }
        out.push_str(&repaired);
    }
    out
}

/// Returns the token as it should be and the rule that spoke first. A sign of a private font that no
/// table knows stays, and is recorded as it is: somebody should look at it.
fn token_repair(token: &str, controls: characters::Controls) -> (String, Option<&'static str>) {
    if token.is_ascii() {
        return (token.to_owned(), None);
    }
    let held = characters::drop_controls(token, controls);
    let mut rule = (held != token).then_some("stray-control");
    let decoded = mojibake::undo(&held);
    rule = rule.or(decoded.is_some().then_some("mojibake"));
    let (mended, changed) = characters::repair(&decoded.unwrap_or(held));
    rule = rule.or(changed);
    let spaced = characters::spaces(&mended);
    rule = rule.or((spaced != mended).then_some("no-break-space"));
    rule = rule.or(spaced
        .contains(characters::is_private)
        .then_some("private-use"));
    (spaced, rule)
}

fn record(rule: &str, at: usize, from: &str, to: &str) -> Repair {
    Repair {
        rule: RuleId::of("repair", rule),
        at,
        from: from.to_owned(),
        to: to.to_owned(),
    }
}

#[cfg(test)]
mod tests;
