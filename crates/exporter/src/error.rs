//! What can go wrong with an export.

use std::io;

use thresh_corpus::CorpusError;

/// A failure of an export or a comparison, by what the caller can do about it.
#[derive(Debug, thiserror::Error)]
pub enum ExportError {
    /// No format has the name: a mistake in the call.
    #[error("`{name}` is no export format: jsonl, markdown, text and wacz are there")]
    UnknownFormat {
        /// The name as given.
        name: String,
    },
    /// The format is planned and not there yet: a mistake in the call.
    #[error("the export format `{name}` is not built yet: use jsonl, markdown, text or wacz")]
    NotBuilt {
        /// The name of the format.
        name: &'static str,
    },
    /// No licence policy has the name: a mistake in the call.
    #[error("`{name}` is no licence policy: all, attributed or open is expected")]
    UnknownPolicy {
        /// The name as given.
        name: String,
    },
    /// The format cannot be written to such a target: a mistake in the call.
    #[error("the format {format} is written to {wanted}: name one")]
    WrongTarget {
        /// The name of the format.
        format: &'static str,
        /// What it is written to.
        wanted: &'static str,
    },
    /// The store failed.
    #[error(transparent)]
    Corpus(#[from] CorpusError),
    /// The bytes could not be written.
    #[error("cannot write the export")]
    Write(#[from] io::Error),
    /// A document could not be set as JSON.
    #[error("document `{id}` cannot be written as JSON")]
    Json {
        /// The document.
        id: String,
        /// What the serialiser said.
        #[source]
        source: serde_json::Error,
    },
}

impl ExportError {
    /// Returns whether the call was wrong rather than the work: the caller's exit code 2.
    pub const fn is_usage(&self) -> bool {
        matches!(
            self,
            Self::UnknownFormat { .. }
                | Self::NotBuilt { .. }
                | Self::UnknownPolicy { .. }
                | Self::WrongTarget { .. }
        )
    }

    /// Returns whether the reader of a stream went away, as `head` does: no fault of the export.
    pub fn is_broken_pipe(&self) -> bool {
        let source = match self {
            Self::Write(source) | Self::Corpus(CorpusError::Io { source, .. }) => source,
            _ => return false,
        };
        source.kind() == io::ErrorKind::BrokenPipe
    }
}
