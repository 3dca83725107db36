//! Dates of publication and of change.

use thresh_types::{Candidate, Evidence, Field, Metadata, PartialDate, Source};

use super::opening::Opening;
use super::weigh::ShownDates;
use super::{Input, derived, weigh};
use crate::dates::{self, Reading};
use crate::site::SiteCandidates;

/// Below this a date is no better than a guess.
const FLOOR: u8 = 50;
/// What a date loses that stands on most pages of the site.
const RECURRING: u8 = 45;
/// A work's year stands for the date of the card that presents it, if nothing better is known.
const CITED_YEAR: u8 = 55;

/// Decides the dates.
pub(super) fn resolve(input: &Input<'_>, opening: &Opening, metadata: &mut Metadata) {
    metadata.dateline = opening.dateline_evidence();
    if let Some(candidate) = cited_year(metadata) {
        metadata.candidates.push(candidate);
    }
    events(metadata);
    let language = weigh::declared_language(input);
    let shown = ShownDates::of(input, language.as_deref());
    metadata.date = decided(input, metadata, Field::Date, &shown);
    metadata.modified = decided(input, metadata, Field::Modified, &shown);
    drop_impossible_change(input, metadata);
    warn(metadata);
}

fn cited_year(metadata: &Metadata) -> Option<Candidate> {
    let cited = metadata.citation.as_ref()?;
    let year = PartialDate::new(cited.value.year?, None, None).ok()?;
    let raw = cited.raw.clone().unwrap_or_default();
    Some(derived(
        Field::Date,
        Source::CitationLine,
        "year of the work",
        &raw,
        year.to_string(),
        CITED_YEAR,
    ))
}

/// A range says when something takes place.
fn events(metadata: &mut Metadata) {
    let ranges = metadata
        .candidates
        .iter()
        .filter(|c| c.field == Field::Date);
    let events: Vec<Candidate> = ranges
        .filter(|c| matches!(c.value.parse(), Ok(Reading::Range(..))))
        .map(|c| Candidate {
            field: Field::Event,
            ..c.clone()
        })
        .collect();
    metadata.candidates.extend(events);
}

/// A candidate with the date that it comes to and its confidence.
#[derive(Debug, Clone)]
struct Dated {
    candidate: Candidate,
    date: PartialDate,
}

fn decided(
    input: &Input<'_>,
    metadata: &Metadata,
    field: Field,
    shown: &ShownDates<'_>,
) -> Option<Evidence<PartialDate>> {
    let dated: Vec<Dated> = metadata
        .candidates
        .iter()
        .filter(|c| c.field == field)
        .filter_map(|c| settled(input, c, shown))
        .collect();
    let candidates: Vec<&Candidate> = dated.iter().map(|d| &d.candidate).collect();
    let agree = |a: &Candidate, b: &Candidate| match (
        a.value.parse::<PartialDate>(),
        b.value.parse::<PartialDate>(),
    ) {
        (Ok(a), Ok(b)) => a.agrees_with(&b) && a.precision() <= b.precision(),
        _ => false,
    };
    let score = |index: usize| weigh::supported(&candidates, index, agree);
    let best = (0..dated.len())
        .max_by_key(|&i| (score(i), dated[i].date.precision(), std::cmp::Reverse(i)))?;
    let exact = more_exact(&dated, best);
    let winner = &dated[exact];
    // A year or month that a better source supports lends its trust to the day.
    let confidence = score(exact).max(if exact == best {
        0
    } else {
        dated[exact].candidate.confidence
    });
    (confidence >= floor(field)).then(|| Evidence {
        value: winner.date,
        source: winner.candidate.source,
        raw: Some(winner.candidate.raw.clone()).filter(|raw| *raw != winner.date.to_string()),
        confidence,
    })
}

/// A header is a weak hint of a change, but better than nothing.
const fn floor(field: Field) -> u8 {
    match field {
        Field::Modified => 30,
        _ => FLOOR,
    }
}

/// Returns the index of the trusted date that says more than the best one and agrees with it.
fn more_exact(dated: &[Dated], best: usize) -> usize {
    let chosen = &dated[best];
    let better = |d: &Dated| {
        d.date.precision() > chosen.date.precision()
            && d.date.agrees_with(&chosen.date)
            && d.candidate.confidence >= FLOOR
    };
    (0..dated.len())
        .filter(|&i| better(&dated[i]))
        .max_by_key(|&i| (dated[i].candidate.confidence, std::cmp::Reverse(i)))
        .unwrap_or(best)
}

fn settled(input: &Input<'_>, candidate: &Candidate, shown: &ShownDates<'_>) -> Option<Dated> {
    let order = input.recurring.and_then(SiteCandidates::order);
    // The normal form of an ambiguous date is its year; the raw text still has both readings.
    let reading = match dates::parse(&candidate.raw, shown.language) {
        Some(ambiguous @ Reading::Ambiguous(..)) if candidate.value.len() == 4 => ambiguous,
        _ => candidate.value.parse().ok()?,
    };
    let date = reading.settle(order, input.fetched_at)?;
    let shown_elsewhere = weigh::is_only_foreign(input, candidate, |block, text| {
        shown.has(block, text, &candidate.value)
    });
    if !dates::is_plausible(date, input.fetched_at)
        || shown_elsewhere
        || is_clock_of_server(input, candidate, date)
    {
        return None;
    }
    let recurring = if weigh::recurs(input, candidate) && candidate.source != Source::Dateline {
        RECURRING
    } else {
        0
    };
    let candidate = Candidate {
        value: date.to_string(),
        confidence: candidate.confidence.saturating_sub(recurring),
        ..candidate.clone()
    };
    Some(Dated { candidate, date })
}

/// A page that is made on request was "last modified" when it was asked for.
fn is_clock_of_server(input: &Input<'_>, candidate: &Candidate, date: PartialDate) -> bool {
    let fetched = input.fetched_at.map(PartialDate::of);
    candidate.source == Source::Http && fetched.is_none_or(|fetched| date >= fetched)
}

/// Nothing changes before it is published; a day of grace covers time zones.
fn drop_impossible_change(input: &Input<'_>, metadata: &mut Metadata) {
    let (Some(date), Some(modified)) = (&metadata.date, &metadata.modified) else {
        return;
    };
    if modified.value >= date.value || modified.value.agrees_with(&date.value) {
        return;
    }
    if modified.source != Source::Http && input.fetched_at.is_some() {
        let warning = format!(
            "the page says it was changed on {} but published on {}",
            modified.value, date.value
        );
        metadata.warnings.push(warning);
    }
    metadata.modified = None;
}

fn warn(metadata: &mut Metadata) {
    let (Some(date), Some(dateline)) = (&metadata.date, &metadata.dateline) else {
        return;
    };
    if !date.value.agrees_with(&dateline.value.date) {
        let warning = format!(
            "the dateline says {} but the page {}",
            dateline.value.date, date.value
        );
        metadata.warnings.push(warning);
    }
}
