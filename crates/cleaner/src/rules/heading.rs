//! A heading of a part that every page has (recent posts, related, comments) with what follows it.

use serde::Deserialize;
use thresh_types::BlockKind;

use super::line::shortened;
use super::phrases::{self, Phrases};
use super::view::{Effect, Position, View};
use crate::measure;
use crate::place::PlaceSet;

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Spec {
    /// The headings, whole.
    heading: Vec<String>,
    /// Where the heading must stand.
    #[serde(default)]
    position: Position,
    /// Most words of a block that belongs to it.
    #[serde(default = "thirty_five")]
    max_words: usize,
}

const fn thirty_five() -> usize {
    35
}

#[derive(Debug, Clone)]
pub(super) struct HeadingSection {
    phrases: Phrases,
    position: Position,
    max_words: usize,
}

impl HeadingSection {
    pub(super) fn new(spec: &Spec) -> Result<Self, String> {
        phrases::not_empty("heading", &spec.heading)?;
        Ok(Self {
            phrases: Phrases::new(&spec.heading),
            position: spec.position,
            max_words: spec.max_words,
        })
    }

    pub(super) fn find(&self, view: &View<'_>) -> Vec<Effect> {
        let standing: Vec<usize> = view.standing().collect();
        let mut effects = Vec::new();
        let mut at = 0;
        while at < standing.len() {
            let end = match self.starts(view, standing[at]) {
                true => self.end(view, &standing, at),
                false => at,
            };
            if end > at {
                let why = format!("the part under {:?}", shortened(view.text(standing[at])));
                effects.push(Effect::drop(standing[at..end].iter().copied(), why));
                at = end;
            } else {
                at += 1;
            }
        }
        effects
    }

    fn starts(&self, view: &View<'_>, i: usize) -> bool {
        // In a manual such a heading heads references of the text's own.
        self.phrases.has(view.key(i))
            && view.page.facts.maker.is_none()
            && !view.is_code(i)
            && view.words(i) <= 8
            && !view.is_own_title(i)
            && view.is_at(i, self.position)
            && (view.is_text() || self.looks_like_heading(view, i))
    }

    fn looks_like_heading(&self, view: &View<'_>, i: usize) -> bool {
        !matches!(view.block(i).kind, BlockKind::TableRow { .. })
    }

    /// Returns where the part that `at` heads ends; `at` itself when it heads prose.
    fn end(&self, view: &View<'_>, standing: &[usize], at: usize) -> usize {
        let level = level(view, standing[at]);
        let mut end = at + 1;
        while end < standing.len() && self.belongs(view, standing[end], level) {
            end += 1;
        }
        // What stopped the part is prose right under the heading: a section of the text.
        let heads_prose = end == at + 1
            && standing
                .get(end)
                .is_some_and(|&i| view.is_prose(i) && !view.is_heading(i));
        if heads_prose || !self.looks_on(view, &standing[at + 1..end]) {
            return at;
        }
        end
    }

    /// On a page, what stands below such a heading leads elsewhere or asks for something: at least half
    /// of its blocks are links, buttons or fields.
    fn looks_on(&self, view: &View<'_>, below: &[usize]) -> bool {
        let leads = |&&i: &&usize| {
            let place = view.page.place(view.block(i));
            view.block(i).link_density() > 0.5
                || measure::is_truncated(view.text(i))
                || place.any(
                    PlaceSet::FORM
                        .with(PlaceSet::BUTTON)
                        .with(PlaceSet::COMMENT),
                )
        };
        if view.is_text() {
            return true;
        }
        // A page that holds little else is a list, and the part is what it lists.
        let words: usize = below.iter().map(|&i| view.words(i)).sum();
        view.prose_words(0..view.len()) > words
            && below.iter().filter(leads).count() * 2 >= below.len()
    }

    fn belongs(&self, view: &View<'_>, i: usize, level: u8) -> bool {
        if view.is_own_title(i) || view.block(i).kind == BlockKind::Code {
            return false;
        }
        if let BlockKind::Heading(inner) = view.block(i).kind
            && !view.is_text()
            && inner <= level
            && view.block(i).link_density() < 0.5
        {
            return false;
        }
        let text = view.text(i);
        view.block(i).link_density() > 0.5
            || measure::is_truncated(text)
            || (view.words(i) <= self.max_words && !view.is_prose(i))
    }
}

fn level(view: &View<'_>, i: usize) -> u8 {
    match view.block(i).kind {
        BlockKind::Heading(level) => level,
        _ => 6,
    }
}
