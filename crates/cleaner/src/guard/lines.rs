//! The texts of a page as the guard sees them: what is the page's own, what could be its headline.

use thresh_types::{Block, BlockKind, CleanText, Fate};

use super::phrases;
use crate::block::{RawBlock, Segmentation};
use crate::measure;
use crate::place::PlaceSet;

/// Longest page, in words of its own, that can stand in for another.
pub(super) const LONGEST_PAGE: usize = 700;
/// Most words of a line that can be a label or a headline without being a heading.
const LABEL: usize = 6;
const SHORT: usize = 14;
/// Words from which a line is prose where it ends as a sentence does: only what stands before any may be
/// what a page is called.
const PROSE: usize = 6;

/// What a line is to the page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Role {
    /// Text of the page's own.
    Own,
    /// A label of a field or button.
    Label,
    /// A link or a list of them.
    Link,
    /// In the page's own part, and removed by a rule.
    Removed,
    /// Around the page's own part, or hidden.
    Around,
}

/// A text of the page.
#[derive(Debug)]
pub(super) struct Line {
    /// In the form in which phrases are compared.
    pub(super) plain: String,
    /// Whether it could be a message of any kind.
    pub(super) may_speak: bool,
    /// Words.
    pub(super) words: usize,
    /// What it is to the page.
    pub(super) role: Role,
    /// Whether the page may go by it: a heading or a short line before any prose.
    pub(super) leads: bool,
    /// Whether it ends as a sentence does.
    pub(super) sentence: bool,
    /// Whether it is a heading.
    pub(super) heading: bool,
    /// Whether it stands in a dialog for consent.
    pub(super) consent: bool,
    /// Whether it is a button.
    pub(super) button: bool,
    /// Whether it stands in a form.
    pub(super) form: bool,
}

/// The texts of a page.
#[derive(Debug)]
pub(super) struct Lines {
    /// The parts of the title, in the form in which phrases are compared.
    pub(super) title: Vec<String>,
    /// The lines in the order of the page.
    pub(super) lines: Vec<Line>,
}

impl Lines {
    /// Returns the texts of a page; `None` where it has too much to say to stand in for another.
    pub(super) fn of(page: &Segmentation, text: &CleanText) -> Option<Self> {
        let roles: Vec<Role> = page
            .blocks
            .iter()
            .zip(&text.blocks)
            .map(|(raw, block)| role(page, raw, block))
            .collect();
        let own: usize = page
            .blocks
            .iter()
            .zip(&roles)
            .filter(|(_, role)| **role == Role::Own)
            .map(|(raw, _)| raw.words as usize)
            .sum();
        if own > LONGEST_PAGE {
            return None;
        }
        let mut prose = false;
        let lines = page
            .blocks
            .iter()
            .zip(roles)
            .map(|(raw, role)| {
                let line = line(page, raw, role, prose);
                prose |= role == Role::Own
                    && !line.heading
                    && (line.words > SHORT || (line.words >= PROSE && line.sentence));
                line
            })
            .collect();
        Some(Self {
            title: title_parts(page.title.as_deref().unwrap_or("")),
            lines,
        })
    }

    /// Returns the lines that are the page's own text.
    pub(super) fn own(&self) -> impl Iterator<Item = &Line> {
        self.lines.iter().filter(|line| line.role == Role::Own)
    }

    /// Returns the words of lines of that role, dialogs for consent aside.
    pub(super) fn words_of(&self, role: Role) -> usize {
        let lines = self
            .lines
            .iter()
            .filter(|line| line.role == role && !line.consent);
        lines.map(|line| line.words).sum()
    }

    /// Returns the words of the page's own text.
    pub(super) fn own_words(&self) -> usize {
        self.own().map(|line| line.words).sum()
    }
}

fn line(page: &Segmentation, raw: &RawBlock, role: Role, after_prose: bool) -> Line {
    let place = page.place(raw);
    let words = raw.words as usize;
    let heading = matches!(raw.kind, BlockKind::Heading(1..=3));
    let consent = place.any(PlaceSet::CONSENT.with(PlaceSet::DIALOG));
    let seen = role == Role::Own && !consent;
    let plain = if role == Role::Around && !consent {
        String::new()
    } else {
        phrases::plain(front(&raw.text))
    };
    Line {
        may_speak: phrases::may_be_message(&plain),
        plain,
        words,
        role,
        leads: seen && raw.kind != BlockKind::Code && !after_prose && (heading || words <= SHORT),
        sentence: measure::ends_sentence(&raw.text),
        heading,
        consent,
        button: place.any(PlaceSet::BUTTON),
        form: place.any(PlaceSet::FORM),
    }
}

/// What of a block can matter: longer ones are no message of a stand-in.
fn front(text: &str) -> &str {
    const LONGEST: usize = 2000;
    if text.len() <= LONGEST { text } else { "" }
}

fn role(page: &Segmentation, raw: &RawBlock, block: &Block) -> Role {
    let place = page.place(raw);
    let kept = block.fate.is_kept();
    let by_place = match &block.fate {
        Fate::Dropped { rule, .. } => matches!(rule.pack(), "main" | "profile"),
        Fate::Kept { .. } => true,
    };
    if !kept && (page.is_hidden(raw) || place.any(PlaceSet::CHROME)) {
        return Role::Around;
    }
    if !by_place {
        return Role::Removed;
    }
    let words = raw.words as usize;
    if raw.link_density() > 0.6 {
        return Role::Link;
    }
    let labels = place.any(PlaceSet::FORM.with(PlaceSet::BUTTON))
        && !matches!(raw.kind, BlockKind::Heading(_));
    if labels && words <= LABEL && !measure::ends_sentence(&raw.text) {
        return Role::Label;
    }
    Role::Own
}

/// Returns the title and the parts that it is made of, as they are compared.
fn title_parts(title: &str) -> Vec<String> {
    const SEPARATORS: [char; 9] = ['|', '–', '—', '»', '«', '·', '•', '‹', '›'];
    let title: String = title.chars().take(400).collect();
    let spaced = SEPARATORS.iter().fold(
        title.replace(" - ", "\n").replace("::", "\n"),
        |text, separator| text.replace(*separator, "\n"),
    );
    let mut parts: Vec<String> = vec![phrases::plain(&title)];
    parts.extend(spaced.lines().map(phrases::plain));
    parts.retain(|part| !part.is_empty());
    parts.dedup();
    parts
}
