//! The language of the text.

use thresh_types::{Evidence, Field, Metadata, Source};

use super::{Input, weigh};
use crate::language::{Heard, Letters, SURE_CHARS, are_siblings, heard, is_written_in, primary};

/// A detection below this does not contradict what the page declares.
const CONTRADICTS: u8 = 75;

/// Decides the language: the cleaned text where there is enough of it, else what the page declares if
/// the script allows it.
pub(super) fn resolve(input: &Input<'_>, metadata: &mut Metadata) {
    let text = body(input);
    let letters = Letters::of(&text);
    let heard = heard(&text, &letters);
    let declared = weigh::declared_language(input).or_else(|| only_language(input));
    let long = letters.total() >= SURE_CHARS;
    metadata.language = match (heard, declared) {
        (Some(heard), Some(declared)) => Some(weighed(&heard, &declared, &letters, long, metadata)),
        (Some(heard), None) => Some(from_text(heard.tag, heard.confidence)),
        (None, Some(declared)) => Some(from_page(input, &declared, 40)),
        (None, None) => None,
    };
}

/// Headings and paragraphs that stay; a page without any speaks through its title.
fn body(input: &Input<'_>) -> String {
    let mut text = String::new();
    for block in input.text.kept() {
        text.push_str(&block.text);
        text.push('\n');
        if text.len() > 100_000 {
            break;
        }
    }
    text
}

fn only_language(input: &Input<'_>) -> Option<String> {
    match input.site.languages {
        [only] => Some(only.to_lowercase()),
        _ => None,
    }
}

fn weighed(
    heard: &Heard,
    declared: &str,
    letters: &Letters,
    long: bool,
    metadata: &mut Metadata,
) -> Evidence<String> {
    let told = primary(declared);
    if told == primary(heard.tag) {
        return from_text(heard.tag, heard.confidence.saturating_add(5).min(98));
    }
    if are_siblings(told, primary(heard.tag)) {
        return from_text(&sibling(told, heard.tag), 80);
    }
    let fits = letters
        .script()
        .is_none_or(|script| is_written_in(told, script));
    if fits && (!long || heard.confidence < CONTRADICTS) {
        return declared_evidence(metadata, told, 60);
    }
    metadata.warnings.push(format!(
        "the page declares the language {declared} but its text is {}",
        heard.tag
    ));
    from_text(heard.tag, heard.confidence)
}

/// Of languages that a text hardly tells apart the declared one holds, in the script of the text.
fn sibling(told: &str, heard: &str) -> String {
    match (told, heard) {
        ("sr", "sr") => "sr".to_owned(),
        ("sr", _) => "sr-latn".to_owned(),
        (other, _) => other.to_owned(),
    }
}

fn from_text(tag: &str, confidence: u8) -> Evidence<String> {
    Evidence {
        value: tag.to_owned(),
        source: Source::Text,
        raw: None,
        confidence,
    }
}

fn from_page(input: &Input<'_>, declared: &str, confidence: u8) -> Evidence<String> {
    let source = input
        .gathered
        .of(Field::Language)
        .find(|c| c.value == declared)
        .map_or(Source::Config, |c| c.source);
    Evidence {
        value: primary(declared).to_owned(),
        source,
        raw: Some(declared.to_owned()).filter(|raw| raw != primary(declared)),
        confidence,
    }
}

fn declared_evidence(metadata: &Metadata, told: &str, confidence: u8) -> Evidence<String> {
    let candidate = metadata
        .candidates
        .iter()
        .find(|c| c.field == Field::Language && primary(&c.value) == told);
    Evidence {
        value: told.to_owned(),
        source: candidate.map_or(Source::Config, |c| c.source),
        raw: None,
        confidence,
    }
}
