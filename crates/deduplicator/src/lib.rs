//! Groups identical and near-identical documents and chooses the one to keep.
//!
//! [`group`] is a pure function of a set of [`Item`]s. It runs in six steps, one module each:
//!
//! 1. `normalise` turns a text into folded words; equal word sequences are *exact* duplicates.
//! 2. `sketch` keeps a sample of each document's word 5-grams (`FracMinHash`).
//! 3. `candidates` finds pairs that share sampled 5-grams, through an inverted index whose long
//!    postings are not multiplied out.
//! 4. `verify` reads the candidates again and measures them exactly; `veto` looks at the words that
//!    differ; `judge` turns both into a verdict.
//! 5. `cluster` joins documents in a total order of evidence while pairs that must stay apart do.
//! 6. `canonical` picks the document that speaks for each cluster; `explain` says why, for people.
//!
//! The result depends on the set of items alone: not on their order and not on the number of
//! threads. What is left out: nothing is kept between calls.

#![forbid(unsafe_code)]

mod candidates;
mod canonical;
mod cluster;
mod constraints;
mod diff;
mod digest;
mod explain;
mod group;
mod identity;
mod item;
mod judge;
mod measuring;
mod normalise;
mod outcome;
mod settings;
mod shape;
mod sketch;
mod verify;
mod veto;

pub use group::group;
pub use item::{Constraints, DedupError, Grouping, Item};
pub use settings::Settings;

/// The name and version of this stage; the number rises when the same input gives another output.
pub const STAGE: &str = "dedup/1";
