//! What the first blocks of the cleaned text say: dateline, lines with a date, lines with a type.

use thresh_types::{Block, BlockKind, Candidate, Dateline, Evidence, Fate, Field, Source};

use super::{Input, derived, weigh};
use crate::dates::{self, DatelineFound, Role};
use crate::doc_type;
use crate::gather::is_prose;

/// The dateline stands in one of the first blocks that stay, behind title and subtitle.
const OPENING_BLOCKS: usize = 6;

/// What the first blocks say.
#[derive(Debug, Default)]
pub(super) struct Opening {
    pub(super) dateline: Option<DatelineFound>,
    /// Whether more datelines follow: a collection of releases.
    pub(super) several: bool,
    /// Lines that hold little but a date: candidates for date and modified.
    dated: Vec<Candidate>,
    /// The type that a line of its own names, with the line.
    pub(super) spoken_type: Option<(&'static str, String)>,
}

impl Opening {
    pub(super) fn of(input: &Input<'_>) -> Self {
        let language = weigh::declared_language(input);
        let mut opening = Self::default();
        opening.read_dateline(input, language.as_deref());
        opening.read_lines(input, language.as_deref());
        opening
    }

    fn read_dateline(&mut self, input: &Input<'_>, language: Option<&str>) {
        let paragraphs = input.text.kept().filter(|b| {
            !matches!(
                b.kind,
                BlockKind::Caption | BlockKind::Quote | BlockKind::Code
            )
        });
        let mut found = paragraphs
            .enumerate()
            .filter_map(|(i, block)| Some((i, dates::dateline(&block.text, language)?)))
            .filter(|(_, d)| dates::is_plausible(d.date, input.fetched_at));
        let Some((_, first)) = found.next().filter(|(i, _)| *i < OPENING_BLOCKS) else {
            return;
        };
        self.several = found.any(|(_, other)| other.opens_text && other.date != first.date);
        self.dateline = Some(first);
    }

    /// Reads the short lines before the first paragraph, whether the cleaner kept them or moved them
    /// out as metadata; never those of a promotion.
    fn read_lines(&mut self, input: &Input<'_>, language: Option<&str>) {
        let lines = input
            .text
            .blocks
            .iter()
            .filter(|block| !is_foreign(block))
            .take_while(|block| !(is_prose(&block.text) && block.fate.is_kept()))
            .filter(|block| block.text.chars().count() <= 120)
            .take(3 * OPENING_BLOCKS);
        for block in lines {
            let trusted = block.fate.is_kept() || input.gathered.bare_text;
            self.read_line(&block.text, trusted, language);
        }
    }

    /// A bare date in a line that the cleaner dropped is believed only where there is no page that
    /// would show whose it is.
    fn read_line(&mut self, line: &str, trusted: bool, language: Option<&str>) {
        if self.spoken_type.is_none() {
            self.spoken_type = doc_type::named_by_line(line).map(|kind| (kind, line.to_owned()));
        }
        for (role, found) in dates::labelled(line, language) {
            let others = line.len() - (found.end - found.start);
            let (field, confidence) = match role {
                Role::Published => (Field::Date, 74),
                Role::Modified => (Field::Modified, 68),
                Role::Bare if others <= 16 && trusted => (Field::Date, 62),
                Role::Bare | Role::Other => continue,
            };
            let raw = &line[found.start..found.end];
            self.dated.push(derived(
                field,
                Source::Text,
                "opening line",
                raw,
                found.reading.normal_form(),
                confidence,
            ));
        }
    }

    /// Returns what the opening offers, as candidates.
    pub(super) fn candidates(&self) -> Vec<Candidate> {
        let dateline = self.dateline.iter().flat_map(|found| {
            let (date, line) = (
                self.dateline_confidence(),
                format!("{}, {}", found.place, found.date),
            );
            [
                derived(
                    Field::Date,
                    Source::Dateline,
                    "opening",
                    &found.raw,
                    found.date.to_string(),
                    date,
                ),
                derived(
                    Field::Dateline,
                    Source::Dateline,
                    "opening",
                    &found.raw,
                    line,
                    date,
                ),
            ]
        });
        dateline.chain(self.dated.iter().cloned()).collect()
    }

    fn dateline_confidence(&self) -> u8 {
        match &self.dateline {
            _ if self.several => 50,
            Some(found) if found.opens_text => 92,
            _ => 80,
        }
    }

    /// Returns the dateline as evidence.
    pub(super) fn dateline_evidence(&self) -> Option<Evidence<Dateline>> {
        let found = self.dateline.as_ref().filter(|_| !self.several)?;
        Some(Evidence {
            value: Dateline {
                place: Some(found.place.clone()),
                date: found.date,
            },
            source: Source::Dateline,
            raw: Some(found.raw.clone()),
            confidence: self.dateline_confidence(),
        })
    }
}

/// Words of rules, and of their reasons, that drop what belongs to other pages or to every page.
const FOREIGN: &[&str] = &[
    "promo",
    "related",
    "teaser",
    "card",
    "recent",
    "recurs",
    "comment",
    "navigation",
    "menu",
    "breadcrumb",
    "footer",
    "sidebar",
    "aside",
    "consent",
    "cookie",
    "listing",
    "link-list",
    "widget",
    "share",
    "newsletter",
];
/// Longer dropped blocks are prose; what the cleaner moves out as metadata is shorter.
const MAX_METADATA_WORDS: usize = 25;

/// Returns whether `block` was dropped as part of something that is not this document.
pub(super) fn is_foreign(block: &Block) -> bool {
    !block.fate.is_kept()
        && (is_foreign_by_rule(block) || block.text.split_whitespace().count() > MAX_METADATA_WORDS)
}

/// Returns whether the rule that dropped `block` says that it belongs to something else.
pub(super) fn is_foreign_by_rule(block: &Block) -> bool {
    let Fate::Dropped { rule, why } = &block.fate else {
        return false;
    };
    let name = rule.as_str().split_once('/').map_or("", |(_, name)| name);
    FOREIGN
        .iter()
        .any(|word| name.contains(word) || why.contains(word))
}
