//! Runs the stages in order, resumes them, reports events.
//!
//! - [`crawl`] and [`import`] add captures: the only steps that look outside.
//! - [`curate`] turns captures, configuration and decisions into a version: a pure function.
//! - [`verify`] re-hashes a version and curates it again to compare.
//! - [`explain`] tells why a document is as it is; [`Extractor`] cleans pages without a corpus.

#![forbid(unsafe_code)]

mod address;
mod assemble;
mod coding;
mod crawl;
mod curate;
mod dedup_index;
mod digest;
mod draft;
mod error;
mod event;
mod explain;
mod extract;
mod gist;
mod import;
mod job;
mod journal;
mod knowledge;
mod large;
mod listed;
mod listing;
mod page_view;
mod pairs;
mod record;
mod records;
mod robots_file;
mod schedule;
mod select;
mod signals;
mod verify;

pub use address::{AddressView, address};
pub use crawl::{CrawlOptions, CrawlReport, Pause, Revisit, SiteTally, Trap, crawl};
pub use curate::{CurateOptions, CurateOutcome, CurateReport, STAGE, curate, stages};
pub use dedup_index::DedupIndex;
pub use error::PipelineError;
pub use event::{Ahead, Event, Observer, Step};
pub use explain::{Explanation, explain};
pub use extract::{ExplainedPage, ExtractInput, Extracted, Extractor};
pub use import::{ImportOptions, ImportReport, import};
pub use job::Job;
pub use page_view::{BlockView, Budget, Share, Weight};
pub use pairs::ExplainedPair;
pub use record::body_text;

pub use verify::{VerifyReport, audit, verify};
