//! Tells a page's own text from what stands around it, block by block.
//!
//! No single container is chosen, since the text of a page is often spread over several and often
//! shares one with noise. Each block is measured (its text, its place, its neighbours, the elements
//! around it, how near it is to the best of them), and a weighted sum decides. Class words are hints
//! among others; none decides alone.

mod features;
mod tree;
mod weigh;
mod weights;

pub(crate) use tree::outside;

pub(crate) use features::{NAMES, features};
pub(crate) use weigh::{Verdict, decide};
