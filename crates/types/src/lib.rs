//! Defines the values that flow through the pipeline.
//!
//! Every stage is a function from one of these types to another, so this crate is the vocabulary of
//! the project. It holds no logic beyond parsing, canonical forms and serialisation, and it reads no
//! clock, disk, network or environment.

#![forbid(unsafe_code)]

mod capture;
mod date;
mod discovery;
mod document;
mod evidence;
mod fetch;
mod hash;
mod id;
mod metadata;
mod relation;
mod text;
mod url;

pub use capture::{Capture, CaptureKind, PageSignals, Refresh, TDMREP_PATH, Truncation};
pub use date::{DateError, PartialDate};
pub use discovery::{Discovery, How};
pub use document::{
    Alias, CanonicalClaim, Document, DocumentStatus, Provenance, RemovedBlock, Withheld,
};
pub use evidence::{Candidate, Evidence, Field, Source};
pub use fetch::{
    Body, Exchange, FetchOutcome, FetchReport, FetchTask, HttpHead, Refusal, RefusalReason,
    TaskKind, Validators,
};
pub use hash::{HashError, Sha256Hash};
pub use id::{DocId, IdError, RuleId, SiteId, VersionId};
pub use jiff::Timestamp;
pub use metadata::{Attachment, Citation, Dateline, Metadata, Speaker, Translation};
pub use relation::{
    ClusterMember, Comparison, Differing, Edge, NonMerging, Relation, RelationKind, SharedSpan,
};
pub use text::{Anchor, Block, BlockKind, CleanText, Fate, Repair};
pub use url::{CanonicalUrl, Origin, UrlError, canonical};
