//! The type of the document and its official numbers.

use thresh_types::{Candidate, Evidence, Field, Metadata, Source};

use super::opening::Opening;
use super::{Input, derived};
use crate::{doc_type, numbers};

/// A number in a short line is the document's own, one in prose is mostly another's.
const OWN: u8 = 90;
const MENTIONED: u8 = 40;
const MAX_NUMBERS: usize = 50;
/// Lines with a number of their own have at most this many words.
const MAX_LINE_WORDS: usize = 12;

/// Finds the official numbers in title, address and text: the document's own before those mentioned.
pub(super) fn numbers(input: &Input<'_>, metadata: &mut Metadata) {
    let mut found: Vec<Evidence<String>> = Vec::new();
    let title = metadata
        .title
        .iter()
        .map(|e| (e.value.as_str(), OWN + 2, Source::Text));
    let declared: Vec<Candidate> = input.gathered.of(Field::DocNumber).cloned().collect();
    let declared = declared
        .iter()
        .map(|c| (c.raw.as_str(), c.confidence, c.source));
    let blocks = input.text.blocks.iter().map(|block| {
        let short = block
            .text
            .split_whitespace()
            .take(MAX_LINE_WORDS + 1)
            .count()
            <= MAX_LINE_WORDS;
        (
            block.text.as_str(),
            if short { OWN } else { MENTIONED },
            Source::Text,
        )
    });
    for (text, confidence, source) in title.chain(declared).chain(blocks) {
        for value in numbers::find(text) {
            take(
                &mut found,
                Evidence {
                    value,
                    source,
                    raw: None,
                    confidence,
                },
            );
        }
    }
    found.sort_by_key(|e| std::cmp::Reverse(e.confidence));
    metadata.doc_numbers = found;
}

fn take(found: &mut Vec<Evidence<String>>, number: Evidence<String>) {
    if let Some(known) = found.iter_mut().find(|known| known.value == number.value) {
        known.confidence = known.confidence.max(number.confidence);
    } else if found.len() < MAX_NUMBERS {
        found.push(number);
    }
}

/// Decides the type of the document.
pub(super) fn doc_type(input: &Input<'_>, opening: &Opening, metadata: &mut Metadata) {
    let offered = offered(input, opening, metadata);
    metadata.candidates.extend(offered);
    let typed = metadata
        .candidates
        .iter()
        .filter(|c| c.field == Field::DocType);
    let named = typed.filter_map(|c| Some((c, doc_type::named(&c.value)?)));
    metadata.doc_type = named
        .enumerate()
        .max_by_key(|(i, (c, _))| (c.confidence, std::cmp::Reverse(*i)))
        .map(|(_, (c, kind))| super::evidence(c, kind.to_owned(), c.confidence));
}

/// Returns the types that the text, its numbers and the page offer beyond the candidates.
fn offered(input: &Input<'_>, opening: &Opening, metadata: &Metadata) -> Vec<Candidate> {
    let offer = |source, place: &str, raw: &str, kind: &str, confidence| {
        derived(
            Field::DocType,
            source,
            place,
            raw,
            kind.to_owned(),
            confidence,
        )
    };
    let mut offers = Vec::new();
    if input.page_type == "listing" {
        offers.push(offer(Source::Html, "page type", "listing", "listing", 80));
    }
    if let Some(cited) = metadata
        .citation
        .as_ref()
        .filter(|cited| cited.confidence >= 70)
    {
        offers.push(offer(
            Source::CitationLine,
            "citation",
            cited.raw.as_deref().unwrap_or_default(),
            "resource-card",
            82,
        ));
    }
    if let Some(found) = opening
        .dateline
        .as_ref()
        .filter(|d| d.opens_text && !opening.several)
    {
        offers.push(offer(
            Source::Dateline,
            "dateline",
            &found.raw,
            "press-release",
            60,
        ));
    }
    if let Some((kind, line)) = &opening.spoken_type {
        offers.push(offer(Source::Text, "opening line", line, kind, 74));
    }
    if let Some(title) = &metadata.title {
        offers.extend(
            doc_type::named_by_title(&title.value)
                .map(|kind| offer(Source::Text, "title", &title.value, kind, 70)),
        );
    }
    let own = metadata
        .doc_numbers
        .first()
        .filter(|number| number.confidence >= OWN);
    if let Some((number, kind)) = own.and_then(|n| Some((n, doc_type::named_by_number(&n.value)?)))
    {
        offers.push(offer(Source::Text, "number", &number.value, kind, 66));
    }
    offers
}
