//! What one page offers for its metadata, before anything is decided.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use thresh_page::Budget;
use thresh_types::{Attachment, Candidate, Field, Source, Translation};

use crate::values;

/// What one page offers: the outcome of the first pass, a pure function of the page.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Gathered {
    /// Every value that a place of the page offers, in the order of the places.
    pub candidates: Vec<Candidate>,
    /// The files that the page links to.
    pub attachments: Vec<Attachment>,
    /// The same page in other languages.
    pub translations: Vec<Translation>,
    /// The limits that the page went over, so that not all of it could be read; sorted.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub cut: Vec<Budget>,
    /// Whether the text came without a page, extracted by someone else.
    pub bare_text: bool,
}

impl Gathered {
    /// Returns the candidates for `field`, in order.
    pub fn of(&self, field: Field) -> impl Iterator<Item = &Candidate> {
        self.candidates.iter().filter(move |c| c.field == field)
    }

    /// Returns the titles that the page offers, without repeats: what a cleaner must never drop.
    pub fn titles(&self) -> Vec<String> {
        let mut seen = BTreeSet::new();
        self.of(Field::Title)
            .map(|c| c.value.clone())
            .filter(|title| seen.insert(title.clone()))
            .collect()
    }
}

/// A page that offers more than this for one field offers noise.
const MAX_PER_FIELD: usize = 60;
/// Longer raw texts are cut: they only explain a candidate to a person.
const MAX_RAW_CHARS: usize = 400;

/// A value as it stands in the page.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Offer<'a> {
    pub(crate) field: Field,
    pub(crate) source: Source,
    pub(crate) place: &'a str,
    pub(crate) raw: &'a str,
    pub(crate) confidence: u8,
}

/// Collects candidates in their normal form, without repeats.
#[derive(Debug, Default)]
pub(crate) struct Sink {
    candidates: Vec<Candidate>,
    seen: BTreeSet<(Field, Source, String, String)>,
    /// The declared language of the page, which settles words that name two months.
    pub(crate) language: Option<String>,
}

impl Sink {
    /// Returns an empty collection for a page that declares `language`.
    pub(crate) fn of_language(language: Option<String>) -> Self {
        Self {
            language,
            ..Self::default()
        }
    }

    /// Takes `offer` if it has a normal form.
    pub(crate) fn offer(&mut self, offer: Offer<'_>) {
        if let Some(value) = values::normal(offer.field, offer.raw, self.language.as_deref()) {
            self.push(offer, value);
        }
    }

    /// Takes a value that is in its normal form already.
    pub(crate) fn push(&mut self, offer: Offer<'_>, value: String) {
        let Offer {
            field,
            source,
            place,
            raw,
            confidence,
        } = offer;
        let full = self.candidates.iter().filter(|c| c.field == field).count() >= MAX_PER_FIELD;
        if full
            || !self
                .seen
                .insert((field, source, place.to_owned(), value.clone()))
        {
            return;
        }
        self.candidates.push(Candidate {
            field,
            value,
            source,
            place: place.to_owned(),
            raw: values::collapse(raw).chars().take(MAX_RAW_CHARS).collect(),
            confidence,
        });
    }

    /// Returns the candidates taken so far.
    pub(crate) fn candidates(&self) -> &[Candidate] {
        &self.candidates
    }

    /// Returns the candidates.
    pub(crate) fn into_candidates(self) -> Vec<Candidate> {
        self.candidates
    }
}
