//! Blocks made of nothing but names from a list: share bars, language switches.

use rustc_hash::FxHashSet;
use serde::Deserialize;
use thresh_types::BlockKind;

use super::index::Pattern;
use super::line::shortened;
use super::phrases::{self, Lazy};
use super::view::{Effect, Only, Position, View};

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Spec {
    /// The names.
    made_of: Vec<String>,
    /// Words that may stand between them and prove what the row is for.
    #[serde(default)]
    glue: Vec<String>,
    /// Fewest different names.
    #[serde(default = "three")]
    at_least: usize,
    /// Where it must stand.
    #[serde(default)]
    position: Position,
    /// Most words.
    #[serde(default = "twenty")]
    max_words: usize,
}

const fn three() -> usize {
    3
}

const fn twenty() -> usize {
    20
}

#[derive(Debug, Clone)]
pub(super) struct MadeOf {
    name: Lazy,
    whole: String,
    glue: Option<Lazy>,
    at_least: usize,
    position: Position,
    max_words: usize,
}

impl MadeOf {
    pub(super) fn new(spec: &Spec) -> Result<Self, String> {
        phrases::not_empty("made_of", &spec.made_of)?;
        let names = phrases::any_of(&spec.made_of);
        let all = phrases::any_of(&[&spec.made_of[..], &spec.glue[..]].concat());
        let glue = match spec.glue.is_empty() {
            true => None,
            false => Some(Lazy::new(format!(
                r"(?:^|\b){}(?:\b|$)",
                phrases::any_of(&spec.glue)
            ))?),
        };
        Ok(Self {
            name: Lazy::new(format!(r"(?:^|\b){names}(?:\b|$)"))?,
            // Sentence marks are not among the separators: a sentence is no row of names.
            whole: phrases::checked(format!(
                r"^[\s|·•/,:()\[\]–-]*(?:{all}[\s|·•/,:()\[\]–-]*)+$"
            ))?,
            glue,
            at_least: spec.at_least.max(2),
            position: spec.position,
            max_words: spec.max_words,
        })
    }

    pub(super) fn pattern(&self) -> Pattern {
        Pattern {
            sources: vec![self.whole.clone()],
            max_words: self.max_words,
            only: Only::Any,
        }
    }

    pub(super) fn find(&self, view: &View<'_>, among: &[usize]) -> Vec<Effect> {
        let mut effects = Vec::new();
        let mut run: Vec<usize> = Vec::new();
        for &i in among.iter().filter(|&&i| self.is_row(view, i)) {
            if run.last().is_some_and(|&last| !view.follows(last, i)) {
                effects.extend(self.judge(view, &std::mem::take(&mut run)));
            }
            run.push(i);
        }
        effects.extend(self.judge(view, &run));
        effects
    }

    fn is_row(&self, view: &View<'_>, i: usize) -> bool {
        !view.is_code(i) && view.words(i) <= self.max_words
    }

    fn judge(&self, view: &View<'_>, run: &[usize]) -> Option<Effect> {
        let (&first, &last) = (run.first()?, run.last()?);
        let joined: Vec<&str> = run.iter().map(|&i| view.text(i)).collect();
        let joined = joined.join(" | ");
        let names: FxHashSet<String> = self
            .name
            .regex()?
            .find_iter(&joined)
            .map(|m| m.as_str().to_lowercase())
            .collect();
        let placed = view.is_at(first, self.position) || view.is_at(last, self.position);
        (names.len() >= self.at_least && placed && self.is_for_use(view, run, &joined)).then(|| {
            let why = format!(
                "nothing but {} names: {:?}",
                names.len(),
                shortened(&joined)
            );
            Effect::drop(run.iter().copied(), why)
        })
    }

    /// Where links are known they must be links or buttons. In bare text a word beside the names, one
    /// line for all, or lines that are no list items tell a bar from an enumeration.
    fn is_for_use(&self, view: &View<'_>, run: &[usize], joined: &str) -> bool {
        let glued = self.glue.as_ref().is_some_and(|g| g.is_match(joined));
        if !view.is_text() {
            let linked = run
                .iter()
                .filter(|&&i| view.block(i).link_density() > 0.5)
                .count();
            let buttons = run.iter().filter(|&&i| {
                let place = view.page.place(view.block(i));
                place.any(crate::place::PlaceSet::SHARE.with(crate::place::PlaceSet::BUTTON))
            });
            return linked * 2 >= run.len() || buttons.count() * 2 >= run.len();
        }
        let items = run.iter().any(|&i| {
            matches!(
                view.block(i).kind,
                BlockKind::Bullet(_) | BlockKind::Numbered(..)
            )
        });
        glued || (!items && !joined.contains(','))
    }
}
