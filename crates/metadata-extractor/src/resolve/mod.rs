//! The second pass: decides, from the candidates and the cleaned text, what holds of the document.

mod dates;
mod kind;
mod opening;
mod people;
mod places;
mod rights;
mod title;
mod tongue;
mod weigh;

use thresh_page::Budget;
use thresh_types::{
    Attachment, Candidate, CanonicalUrl, CleanText, Evidence, Field, Metadata, Source, Timestamp,
};

use crate::gathered::Gathered;
use crate::site::SiteCandidates;
use opening::Opening;

/// What the configuration says of the site.
#[derive(Debug, Clone, Copy, Default)]
pub struct SiteFacts<'a> {
    /// Its name.
    pub name: Option<&'a str>,
    /// The languages it publishes in; empty for any.
    pub languages: &'a [String],
    /// Its licence, or `unknown`.
    pub licence: &'a str,
}

/// Everything that a decision may look at.
#[derive(Debug, Clone, Copy)]
pub struct Input<'a> {
    /// What the page offers.
    pub gathered: &'a Gathered,
    /// The text after cleaning: a name or date found only in dropped text is not the page's.
    pub text: &'a CleanText,
    /// The address of the page.
    pub url: Option<&'a CanonicalUrl>,
    /// When the page was fetched: later dates are refused, relative ones are counted from here.
    pub fetched_at: Option<Timestamp>,
    /// What the configuration says of the site.
    pub site: SiteFacts<'a>,
    /// What recurs on the pages of the site.
    pub recurring: Option<&'a SiteCandidates>,
    /// The attachments that the cleaner found.
    pub attachments: &'a [Attachment],
    /// The kind of page, as the cleaner names it; empty where it is not known.
    pub page_type: &'a str,
}

/// Decides the metadata of a document. Pure: the same input gives the same metadata.
///
/// - The title is the one that headline, sharing tags and structured data agree on, without the name
///   of the site. A text without a page takes its first line if it has the shape of a heading, else
///   the title of the work that it cites.
/// - The date is that of publication as the dateline, structured data, labelled rows and the address
///   agree; never a date from prose. A resource card (a page that presents another publisher's work)
///   without a date of its own takes the year of the work, with the precision of a year, since its
///   text is that work's abstract; its publisher is the work's, and the site stays in `site_name`.
/// - What was weighed stays in `candidates`, what a person should check in `warnings`.
pub fn resolve(input: &Input<'_>) -> Metadata {
    let opening = Opening::of(input);
    let mut metadata = Metadata {
        candidates: input.gathered.candidates.clone(),
        ..Metadata::default()
    };
    metadata.candidates.extend(opening.candidates());
    let cut = input.gathered.cut.iter().map(|budget| said_of_cut(*budget));
    metadata.warnings.extend(cut.map(str::to_owned));
    metadata.page_type = evidence_of_page_type(input);
    rights::citation(input, &mut metadata);
    places::site_name(input, &mut metadata);
    title::resolve(input, &mut metadata);
    tongue::resolve(input, &mut metadata);
    dates::resolve(input, &opening, &mut metadata);
    people::authors(input, &mut metadata);
    people::speakers(input, &mut metadata);
    places::publisher(input, &mut metadata);
    kind::numbers(input, &mut metadata);
    rights::files(input, &mut metadata);
    kind::doc_type(input, &opening, &mut metadata);
    rights::tags(input, &mut metadata);
    rights::licence(input, &mut metadata);
    rights::canonical(input, &mut metadata);
    metadata
        .translations
        .clone_from(&input.gathered.translations);
    metadata
}

/// Returns what a person should know of a page that went over a limit.
fn said_of_cut(budget: Budget) -> &'static str {
    match budget {
        Budget::Attributes => "a tag has more attributes than are read: the others were left out",
        Budget::Depth => {
            "elements are nested deeper than is read: deeper tags were left out, their text stays"
        }
        Budget::Size => "the page is larger than is read of one: what follows was left out",
    }
}

fn evidence_of_page_type(input: &Input<'_>) -> Option<Evidence<String>> {
    (!input.page_type.is_empty()).then(|| Evidence {
        value: input.page_type.to_owned(),
        source: Source::Html,
        raw: None,
        confidence: 70,
    })
}

/// Returns the evidence that `candidate` is, at `confidence`.
fn evidence(candidate: &Candidate, value: String, confidence: u8) -> Evidence<String> {
    Evidence {
        raw: Some(candidate.raw.clone()).filter(|raw| *raw != value),
        value,
        source: candidate.source,
        confidence,
    }
}

/// Returns a candidate of the second pass.
fn derived(
    field: Field,
    source: Source,
    place: &str,
    raw: &str,
    value: String,
    confidence: u8,
) -> Candidate {
    Candidate {
        field,
        value,
        source,
        place: place.to_owned(),
        raw: raw.to_owned(),
        confidence,
    }
}
