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
    let text = characters::drop_stray_controls(text);
    let mut out = String::with_capacity(text.len());
    for token in text.split(' ') {
        let (repaired, rule) = token_repair(token);
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

fn token_repair(token: &str) -> (String, Option<&'static str>) {
    if token.is_ascii() {
        return (token.to_owned(), None);
    }
    let decoded = mojibake::undo(token);
    let mut rule = decoded.is_some().then_some("mojibake");
    let token = decoded.unwrap_or_else(|| token.to_owned());
    let (token, changed) = characters::repair(&token);
    rule = rule.or(changed);
    (characters::spaces(&token), rule)
}

fn record(rule: &str, from: &str, to: &str) -> Repair {
    Repair {
        rule: RuleId::of("repair", rule),
        from: from.to_owned(),
        to: to.to_owned(),
    }
}
