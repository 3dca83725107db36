//! Repairs what printing and copying broke: soft hyphens, line-end hyphens, ligatures, invisible
//! characters. Never within code, and every repair is recorded.

mod characters;
mod mojibake;
mod vocabulary;
mod words;

use thresh_types::{Repair, RuleId};

pub use vocabulary::Vocabulary;

/// Returns the repaired text with what was repaired.
pub(crate) fn repair(text: &str, vocabulary: &Vocabulary) -> (String, Vec<Repair>) {
    let mut repairs = Vec::new();
    let text = by_token(text, &mut repairs);
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
    for token in text.split(' ') {
        let (repaired, rule) = token_repair(token, controls);
        if let Some(rule) = rule {
            repairs.push(record(rule, token, &repaired));
        }
        if repaired.is_empty() {
            continue;
        }
        if !out.is_empty() {
            out.push(' ');
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

fn record(rule: &str, from: &str, to: &str) -> Repair {
    Repair {
        rule: RuleId::of("repair", rule),
        from: from.to_owned(),
        to: to.to_owned(),
    }
}

#[cfg(test)]
mod tests;
