//! Groups identical and near-identical documents and chooses the one to keep.
//!
//! [`group`] is a pure function of a set of [`Item`]s. It runs in these steps, one module or two each:
//!
//! 1. `normalise` turns a text into folded words; equal word sequences are *exact* duplicates and one
//!    *text* from there on.
//! 2. `sketch` keeps a sample of each text's word 5-grams (`FracMinHash`); `prints` and `segment` hold
//!    the samples of all texts, sorted.
//! 3. `candidates` finds pairs that share sampled 5-grams, through an inverted index (`postings`) whose
//!    long postings are not multiplied out.
//! 4. `measuring` reads the candidates again and measures them exactly (`verify`, `grams`); `veto` looks
//!    at the words that differ; `judge` turns both into a verdict.
//! 5. `cluster` joins documents in a total order of evidence while pairs that must stay apart do.
//! 6. `canonical` picks the document that speaks for each cluster; `origin` finds which documents are
//!    mirrors or syndicated copies of which; `relate` tells what else pairs are to each other, and
//!    `explain` says why, for people.
//!
//! What items say of themselves beside their texts is in `facts`; `identity` reads identities, official
//! symbols (`symbol`) and links to other languages and addresses (`address`) from it. [`Wording`]
//! shows the evidence of a pair again: what two texts share where, and in which words they differ.
//!
//! The result depends on the set of items alone: not on their order and not on the number of threads.
//! [`group_again`] has the same result and keeps steps 2 to 4 in a [`Store`] from call to call: `texts`
//! finds out which texts came and went, `engine` does again what that touches. What is kept is a
//! function of texts; what items say of themselves is read anew in every call.

#![forbid(unsafe_code)]

mod address;
mod bytes;
mod candidates;
mod canonical;
mod cluster;
mod constraints;
mod diff;
mod digest;
mod documents;
mod engine;
mod evidence;
mod examples;
mod explain;
mod facts;
mod fold;
mod grams;
mod group;
mod identity;
mod index;
mod item;
mod judge;
mod measuring;
mod normalise;
mod origin;
mod outcome;
mod postings;
mod prepare;
mod prints;
mod relate;
mod segment;
mod settings;
mod shape;
mod sketch;
mod state;
mod store;
mod symbol;
mod texts;
mod verify;
mod veto;

pub use documents::{Documents, Items};
pub use evidence::Wording;
pub use group::group;
pub use index::{group_again, members_again};
pub use item::{Constraints, DedupError, Grouping, Item};
pub use prints::sketched;
pub use settings::Settings;
pub use store::{Blob, MemoryStore, Store};

/// The name and version of this stage; the number rises when the same input gives another output.
pub const STAGE: &str = "dedup/2";
