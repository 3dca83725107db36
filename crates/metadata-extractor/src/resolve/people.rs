//! Authors and speakers.

use thresh_types::{Candidate, Field, Metadata, Source};

use super::{Input, evidence, weigh};
use crate::speakers;
use crate::values::key;

/// Below this a name is no better than a guess.
const FLOOR: u8 = 50;
/// What a name loses that stands on most pages of the site without structured data saying so.
const RECURRING: u8 = 30;

/// Decides the authors.
pub(super) fn authors(input: &Input<'_>, metadata: &mut Metadata) {
    let sites = site_keys(input, metadata);
    let rivals: Vec<Candidate> = metadata
        .candidates
        .iter()
        .filter(|c| c.field == Field::Author && !sites.contains(&key(&c.value)))
        .filter(|c| !weigh::is_only_foreign(input, c, |_, text| text.contains(&c.value)))
        .map(|c| weakened(input, c))
        .collect();
    let rivals: Vec<&Candidate> = rivals.iter().collect();
    let agree = |a: &Candidate, b: &Candidate| a.value.to_lowercase() == b.value.to_lowercase();
    let score = |i: usize| weigh::supported(&rivals, i, agree);
    let best = (0..rivals.len()).max_by_key(|&i| (score(i), std::cmp::Reverse(i)));
    metadata.author = best
        .filter(|&i| score(i) >= FLOOR)
        .map(|i| evidence(rivals[i], rivals[i].value.clone(), score(i)));
}

/// A site is not the author of its pages.
fn site_keys(input: &Input<'_>, metadata: &Metadata) -> Vec<String> {
    let names = input.gathered.of(Field::SiteName).map(|c| key(&c.value));
    names
        .chain(input.site.name.map(key))
        .chain(metadata.site_name.iter().map(|e| key(&e.value)))
        .collect()
}

fn weakened(input: &Input<'_>, candidate: &Candidate) -> Candidate {
    let recurring = weigh::recurs(input, candidate) && candidate.source != Source::JsonLd;
    Candidate {
        confidence: candidate
            .confidence
            .saturating_sub(if recurring { RECURRING } else { 0 }),
        ..candidate.clone()
    }
}

/// Finds the persons whom the text quotes.
pub(super) fn speakers(input: &Input<'_>, metadata: &mut Metadata) {
    metadata.speakers = speakers::find(input.text.kept().map(|block| block.text.as_str()));
}
