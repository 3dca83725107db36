//! What can end a command of the pipeline.

use std::path::PathBuf;

use thresh_cleaner::RuleError;
use thresh_corpus::CorpusError;
use thresh_deduplicator::DedupError;
use thresh_fetcher::FetchError;

/// What can end a command of the pipeline. A page that makes no sense is never among them.
#[derive(Debug, thiserror::Error)]
pub enum PipelineError {
    /// The store failed.
    #[error(transparent)]
    Corpus(#[from] CorpusError),
    /// The fetcher could not start.
    #[error(transparent)]
    Fetch(#[from] FetchError),
    /// The deduplicator was given items it cannot group.
    #[error(transparent)]
    Dedup(#[from] DedupError),
    /// A noise pack does not compile.
    #[error(transparent)]
    Rules(RuleError),
    /// The configuration stored with a version cannot be read back.
    #[error("the configuration stored with version {version} cannot be read: {detail}")]
    Snapshot {
        /// The version.
        version: u64,
        /// What the reader said.
        detail: String,
    },
    /// A site was named that has no file.
    #[error("no site `{0}` in the configuration: `thresh config check` lists the sites")]
    UnknownSite(String),
    /// Nothing to crawl.
    #[error("no site to crawl: add a file to config/sites or give --urls")]
    NoSites,
    /// Nothing answers to the name.
    #[error("no document `{0}`: give an address, or an id as `thresh show` prints it")]
    UnknownDocument(String),
    /// A file cannot be read.
    #[error("cannot read {path}: {source}")]
    Input {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
}
