//! Tells a page's own text from what stands around it, block by block.
//!
//! No single container is chosen, since the text of a page is often spread over several and often shares one with
//! noise. Each block is measured (its text, its place, its neighbours, the elements around it, how near it is to the
//! best of them), a learned model says how likely it is the page's own, and the page's blocks are chosen together
//! so that the expected balance of text kept and noise lost is best. Class words are hints among others; none decides
//! alone.

mod around;
mod choose;
mod features;
mod manual;
mod mend;
mod model;
mod reason;
mod scene;
mod words;

pub use model::{Model, ModelError, ModelHead};

pub(crate) use choose::Judgement;
pub(crate) use features::{Features, names};
pub(crate) use reason::Verdict;
