//! Who publishes: the site and the publisher.

use thresh_types::{Candidate, Evidence, Field, Metadata, Source};

use super::{Input, evidence};

/// Decides the name of the site: what the page says, else the configuration.
pub(super) fn site_name(input: &Input<'_>, metadata: &mut Metadata) {
    metadata.site_name = best(metadata, Field::SiteName).or_else(|| configured(input, 70));
}

/// Decides the publisher. Of a page that only presents a work it is the work's publisher; the site
/// stays in `site_name`.
pub(super) fn publisher(input: &Input<'_>, metadata: &mut Metadata) {
    metadata.publisher = cited(metadata)
        .or_else(|| best(metadata, Field::Publisher).filter(|e| e.confidence >= 60))
        .or_else(|| configured(input, 70))
        .or_else(|| best(metadata, Field::Publisher))
        .or_else(|| {
            metadata.site_name.clone().map(|e| Evidence {
                confidence: e.confidence.min(55),
                ..e
            })
        });
}

fn cited(metadata: &Metadata) -> Option<Evidence<String>> {
    let cited = metadata.citation.as_ref()?;
    Some(Evidence {
        value: cited.value.publisher.clone()?,
        source: Source::CitationLine,
        raw: cited.raw.clone(),
        confidence: cited.confidence,
    })
}

fn configured(input: &Input<'_>, confidence: u8) -> Option<Evidence<String>> {
    input.site.name.map(|name| Evidence {
        value: name.to_owned(),
        source: Source::Config,
        raw: None,
        confidence,
    })
}

/// Returns the most trusted candidate of a field, the first of equals.
pub(super) fn best(metadata: &Metadata, field: Field) -> Option<Evidence<String>> {
    let candidates = metadata.candidates.iter().filter(|c| c.field == field);
    let best: Option<&Candidate> = candidates
        .enumerate()
        .max_by_key(|(i, c)| (c.confidence, std::cmp::Reverse(*i)))
        .map(|(_, c)| c);
    best.map(|c| evidence(c, c.value.clone(), c.confidence))
}
