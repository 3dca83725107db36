//! Noise rules: named entries in packs, each with what it matches, why, and examples that prove it.
//!
//! A rule matches by shape, place and repetition, never by vocabulary alone: the words in a rule only
//! anchor a shape. To add a kind of match, add a file here, a variant to `Matcher` and an arm to
//! each of its two functions.

mod adjacent;
mod cards;
mod cluster;
mod counted;
mod heading;
mod index;
mod label;
mod line;
mod made_of;
mod pack;
mod phrases;
mod promo;
mod repeats;
mod rewrite;
mod run_of;
mod selector;
mod set;
mod view;

pub use pack::{Pack, shipped_packs};
pub use set::RuleSet;

pub(crate) use cards::Cards;
pub(crate) use view::{Effect, View};

use toml::Table;

/// How a rule finds what it removes.
#[derive(Debug, Clone)]
enum Matcher {
    RunOf(run_of::RunOf),
    Line(line::Line),
    Selector(selector::SelectorMatch),
    Cards(Cards),
    Promo(promo::Promo),
    MadeOf(made_of::MadeOf),
    Heading(heading::HeadingSection),
    Label(label::Label),
    Counted(counted::Counted),
    Rewrite(rewrite::Rewrite),
    Repeats(repeats::Repeats),
    Cluster(cluster::Cluster),
    Adjacent(adjacent::Adjacent),
}

/// The key that names each kind of match.
const KINDS: &[&str] = &[
    "run_of",
    "line",
    "selector",
    "cards",
    "promo",
    "made_of",
    "heading",
    "label",
    "counted",
    "rewrite",
    "repeats",
    "cluster",
    "adjacent_repeat",
];

impl Matcher {
    /// Reads a `match` table.
    fn parse(table: &Table) -> Result<Self, String> {
        let named: Vec<&str> = KINDS
            .iter()
            .copied()
            .filter(|k| table.contains_key(*k))
            .collect();
        let [kind] = named[..] else {
            return Err(format!(
                "`match` names {} kinds of match; give exactly one of `{}`",
                named.len(),
                KINDS.join("`, `")
            ));
        };
        let built = match kind {
            "run_of" => read(table)
                .and_then(|spec| run_of::RunOf::new(&spec))
                .map(Self::RunOf),
            "line" => read(table)
                .and_then(|spec| line::Line::new(&spec))
                .map(Self::Line),
            "selector" => read(table)
                .and_then(selector::SelectorMatch::new)
                .map(Self::Selector),
            "cards" => read(table)
                .and_then(|spec| Cards::new(&spec))
                .map(Self::Cards),
            "promo" => read(table)
                .and_then(|spec| promo::Promo::new(&spec))
                .map(Self::Promo),
            "made_of" => read(table)
                .and_then(|spec| made_of::MadeOf::new(&spec))
                .map(Self::MadeOf),
            "heading" => read(table)
                .and_then(|spec| heading::HeadingSection::new(&spec))
                .map(Self::Heading),
            "label" => read(table)
                .and_then(|spec| label::Label::new(&spec))
                .map(Self::Label),
            "counted" => read(table)
                .and_then(|spec| counted::Counted::new(&spec))
                .map(Self::Counted),
            "rewrite" => read(table)
                .and_then(|spec| rewrite::Rewrite::new(&spec))
                .map(Self::Rewrite),
            "repeats" => read(table)
                .and_then(|spec| repeats::Repeats::new(&spec))
                .map(Self::Repeats),
            "cluster" => read(table)
                .and_then(|spec| cluster::Cluster::new(&spec))
                .map(Self::Cluster),
            _ => read(table)
                .and_then(|spec| adjacent::Adjacent::new(&spec))
                .map(Self::Adjacent),
        };
        built.map_err(|detail| format!("`match` of kind `{kind}`: {detail}"))
    }

    /// Returns the pattern of the blocks that the rule looks at, if one pattern tells.
    fn pattern(&self) -> Option<index::Pattern> {
        match self {
            Self::Line(m) => Some(m.pattern()),
            Self::MadeOf(m) => Some(m.pattern()),
            Self::Counted(m) => Some(m.pattern()),
            Self::Rewrite(m) => Some(m.pattern()),
            Self::Repeats(m) => Some(m.pattern()),
            Self::Cluster(m) => Some(m.pattern()),
            _ => None,
        }
    }

    /// Returns whether the rule may find something once others have found something.
    fn may_find_more(&self) -> bool {
        !matches!(self, Self::Selector(_) | Self::Label(_) | Self::Rewrite(_))
    }

    /// Returns what the rule finds on the blocks that are still there; `among` are those of them that
    /// its pattern matches.
    fn find(&self, view: &View<'_>, among: &[usize]) -> Vec<Effect> {
        match self {
            Self::RunOf(m) => m.find(view),
            Self::Line(m) => m.find(view, among),
            Self::Selector(m) => m.find(view),
            Self::Cards(m) => m.find(view),
            Self::Promo(m) => m.find(view),
            Self::MadeOf(m) => m.find(view, among),
            Self::Heading(m) => m.find(view),
            Self::Label(m) => m.find(view),
            Self::Counted(m) => m.find(view, among),
            Self::Rewrite(m) => m.find(view, among),
            Self::Repeats(m) => m.find(view, among),
            Self::Cluster(m) => m.find(view, among),
            Self::Adjacent(m) => m.find(view),
        }
    }
}

fn read<T: serde::de::DeserializeOwned>(table: &Table) -> Result<T, String> {
    table
        .clone()
        .try_into()
        .map_err(|e: toml::de::Error| measure_message(e.message()))
}

/// Makes a parser's message fit into one line.
fn measure_message(message: &str) -> String {
    crate::measure::collapse(message)
}
