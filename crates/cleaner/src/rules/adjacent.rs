//! The same text twice in a row: a heading and its picture's alternative text.

use serde::Deserialize;
use thresh_types::BlockKind;

use super::view::{Effect, View};
use crate::measure;

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Spec {
    /// Fewest words of a text that counts.
    adjacent_repeat: usize,
}

#[derive(Debug, Clone)]
pub(super) struct Adjacent {
    words: usize,
}

impl Adjacent {
    pub(super) fn new(spec: &Spec) -> Result<Self, String> {
        if spec.adjacent_repeat < 2 {
            return Err("`adjacent_repeat` is under 2 words; single words may repeat".to_owned());
        }
        Ok(Self {
            words: spec.adjacent_repeat,
        })
    }

    pub(super) fn find(&self, view: &View<'_>) -> Vec<Effect> {
        let standing: Vec<usize> = view.standing().collect();
        standing
            .windows(2)
            .filter(|pair| self.repeats(view, pair[0], pair[1]))
            .map(|pair| {
                // Of a heading and its echo, the heading stays.
                let gone = if view.is_heading(pair[1]) && !view.is_heading(pair[0]) {
                    pair[0]
                } else {
                    pair[1]
                };
                Effect::drop(
                    [gone],
                    "the text of the block beside it once more".to_owned(),
                )
            })
            .collect()
    }

    fn repeats(&self, view: &View<'_>, a: usize, b: usize) -> bool {
        let plain = |i: usize| {
            matches!(
                view.block(i).kind,
                BlockKind::Heading(_)
                    | BlockKind::Paragraph
                    | BlockKind::Caption
                    | BlockKind::Quote
            )
        };
        // On a page two equal paragraphs may be what it shows: a heading or a caption says a thing twice.
        let named = |i: usize| {
            matches!(
                view.block(i).kind,
                BlockKind::Heading(_) | BlockKind::Caption
            )
        };
        plain(a)
            && plain(b)
            && (view.is_text() || named(a) || named(b))
            && !(named(a) && named(b))
            && view.words(b) >= self.words
            && view.words(a) == view.words(b)
            && measure::title_key(view.text(a)) == measure::title_key(view.text(b))
    }
}
