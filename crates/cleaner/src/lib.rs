//! Turns a page into text blocks, each kept or dropped for a named reason.
//!
//! Cleaning has two passes. [`segment`] cuts one page into blocks with their features and signatures:
//! a pure function of the page, whose result can be cached. [`clean`] then decides on every block with
//! the noise rules, the profile of the site and the place of the block, repairs what printing broke,
//! and says what kind of page it is. Nothing is deleted: every dropped block carries the rule and
//! what it saw.

#![forbid(unsafe_code)]

mod block;
mod clean;
mod error;
mod facts;
mod guard;
mod main_content;
mod measure;
mod place;
mod profile;
mod render;
mod repair;
mod rules;
mod segment;
mod settings;
mod signature;
mod signs;

pub use block::{BlockLink, Node, RawBlock, Segmentation, Source};
pub use clean::{Cleaned, Context, clean};
pub use error::{RuleError, RuleFailure};
pub use facts::PageFacts;
pub use guard::{PageType, StandIn, StandInKind};
pub use place::PlaceSet;
pub use profile::{Recurrence, SiteProfile};
pub use render::{to_markdown, to_text};
pub use repair::Vocabulary;
pub use rules::{Pack, RuleSet, shipped_packs};
pub use segment::{segment, segment_text};
pub use settings::{Bias, Settings};
pub use signature::Signature;

/// The version of this stage; it changes whenever the same page may come out differently.
pub const STAGE: &str = "cleaner/2";

/// Returns the names of the features and their values per block: what weights are fitted on, by the
/// very code that uses them.
#[doc(hidden)]
pub fn block_features(page: &Segmentation) -> (&'static [&'static str], Vec<Vec<f32>>) {
    let alive = vec![true; page.blocks.len()];
    let rows = main_content::features(page, &alive);
    (
        &main_content::NAMES,
        rows.into_iter().map(|row| row.to_vec()).collect(),
    )
}
