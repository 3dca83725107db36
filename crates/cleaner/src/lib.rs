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
mod evidence;
mod facts;
mod guard;
mod main_content;
mod measure;
mod needed;
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
pub use clean::{Cleaned, Context, clean, clean_with};
pub use error::{RuleError, RuleFailure};
pub use evidence::{Evidence, explain, explain_among};
pub use facts::PageFacts;
pub use guard::{PageType, StandIn, StandInKind};
pub use main_content::{Model, ModelError, ModelHead};
pub use place::PlaceSet;
pub use profile::{Counter, PageSigns, Recurrence, SiteProfile, Weigher};
pub use render::{to_markdown, to_text};
pub use repair::Vocabulary;
pub use rules::{Pack, RuleSet, shipped_packs};
pub use segment::{segment, segment_text};
pub use settings::{Bias, Settings};
pub use signature::Signature;

/// The version of this stage; it changes whenever the same page may come out differently.
pub const STAGE: &str = "cleaner/4";

/// Returns the names of the features and their values, block after block: what a model is fitted on, by the
/// very code that asks it.
#[doc(hidden)]
pub fn block_features(page: &Segmentation) -> (Vec<String>, Vec<f32>) {
    (
        main_content::names(),
        main_content::Features::of(page).values,
    )
}
