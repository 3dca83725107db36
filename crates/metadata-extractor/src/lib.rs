//! Reads title, dates, language, authors and rights from a page, with evidence.
//!
//! Two passes, both pure functions. [`gather`] collects what a page offers, from the untouched tree,
//! the response headers and the address; [`gather_text`] does so for text that someone else
//! extracted. When the text has been cleaned, [`resolve`] decides: a date or name that stands only in
//! text that the cleaner dropped never becomes the page's, sources that agree strengthen each other,
//! and what recurs on most pages of a site ([`SiteCandidates`]) is taken for the template's.
//!
//! Unknown stays empty. The candidates that lost are kept with the metadata, so that a person can see
//! what was weighed.

#![forbid(unsafe_code)]

mod citation;
pub mod dates;
mod doc_type;
mod gather;
mod gathered;
mod language;
mod names;
mod numbers;
mod resolve;
mod site;
mod speakers;
mod titles;
mod values;

pub use gather::{gather, gather_text};
pub use gathered::Gathered;
pub use resolve::{Input, SiteFacts, resolve};
pub use site::SiteCandidates;

/// The version of this stage; it changes when the output for the same input does.
pub const STAGE: &str = "metadata/2";
