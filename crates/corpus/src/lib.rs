//! Stores captures, documents, decisions and versions on disk.
//!
//! Three layers never mix. *Captures* are what the network or an import gave: WARC files, only
//! appended to ([`Session`]). *Versions* are what curation made of them: content-addressed packs and
//! small manifests ([`Versions`]). *Decisions* are what people said: lines in a file that git keeps
//! ([`Decisions`]). Beside them stand caches, `state.db`, `cache.db` and the folder `dedup`, whose loss
//! costs time and never data.
//!
//! Nothing else in the workspace writes files: exporters write through [`Sink`] and [`Folder`], and
//! only [`clock`] reads the time. The format on disk is specified in `corpus/README.md`.

#![forbid(unsafe_code)]

mod archive;
mod audit;
mod cache;
mod cache_folder;
mod cdxj;
pub mod clock;
mod corpus;
mod decision;
mod durable;
mod error;
mod event;
mod evidence;
pub mod import;
mod lock;
mod lookup;
mod payload;
mod recovery;
mod runs;
mod session;
mod sink;
mod state;
mod store;
mod surt;
mod version;
pub mod warc;

pub use archive::{ArchiveInfo, Note, Resource};
pub use audit::Audit;
pub use cache::Cache;
pub use cache_folder::{CacheFolder, read_exact_at};
pub use clock::Clock;
pub use corpus::{Corpus, DiskUse, Options};
pub use decision::{BadLine, Decision, Decisions, Op};
pub use error::CorpusError;
pub use event::Event;
pub use evidence::{Member, Recorded, warcinfo};
pub use import::{Imported, ImportedKind, RawRecord};
pub use lock::RunLock;
pub use lookup::{Lookup, Scope};
pub use payload::Payload;
pub use recovery::{Cut, Recovery};
pub use session::{Session, Verbatim};
pub use sink::{Folder, Sink};
pub use state::{
    CONTEXT_CHARS, Count, DISTRUSTED, Done, Due, Filter, Frontier, History, KnownUrl, NewUrl, Past,
    Queue, QueuedUrl, SiteSummary, State, Upcoming,
};
pub use version::{
    Difference, Inputs, Leaf, Manifest, ManifestInputs, NewDocument, NewVersion, Problem,
    Published, Stamp, Version, Versions, WarcInput,
};
