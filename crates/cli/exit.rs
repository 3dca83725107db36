//! Exit codes, and how an error is told.

use std::process::ExitCode;

use thresh_config::ConfigErrors;
use thresh_corpus::CorpusError;
use thresh_exporter::ExportError;
use thresh_pipeline::PipelineError;

/// How a command ended; the numbers are a contract with schedulers and scripts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Exit {
    /// Done, also when nothing changed.
    Done = 0,
    /// The run failed, or `rules test` found a failing rule.
    Failed = 1,
    /// Usage or configuration error.
    Usage = 2,
    /// Another run holds the lock.
    Locked = 3,
    /// A publication gate refused the version.
    Gate = 4,
    /// Verification failed.
    Unsound = 5,
    /// Finished, but a site yielded no page or a named input was unreadable.
    Partial = 6,
    /// Interrupted; all is consistent.
    Interrupted = 130,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit as u8)
    }
}

/// A mistake of the person at the keyboard.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub(crate) struct UsageError(pub(crate) String);

/// Returns a usage error, for `?`.
pub(crate) fn usage(message: impl Into<String>) -> anyhow::Error {
    UsageError(message.into()).into()
}

/// Returns the exit code for an error, by the first cause that has one.
pub(crate) fn code_of(error: &anyhow::Error) -> Exit {
    error
        .chain()
        .find_map(code_of_cause)
        .unwrap_or(Exit::Failed)
}

fn code_of_cause(cause: &(dyn std::error::Error + 'static)) -> Option<Exit> {
    if cause.is::<ConfigErrors>() || cause.is::<UsageError>() {
        return Some(Exit::Usage);
    }
    if let Some(error) = cause.downcast_ref::<CorpusError>() {
        return Some(of_corpus(error));
    }
    match cause.downcast_ref::<ExportError>() {
        Some(ExportError::NotBuilt { .. } | ExportError::UnknownFormat { .. }) => {
            return Some(Exit::Usage);
        }
        Some(ExportError::Corpus(error)) => return Some(of_corpus(error)),
        _ => {}
    }
    match cause.downcast_ref::<PipelineError>()? {
        PipelineError::Corpus(error) => Some(of_corpus(error)),
        PipelineError::UnknownSite(_)
        | PipelineError::NoSites
        | PipelineError::UnknownDocument(_)
        | PipelineError::Rules(_) => Some(Exit::Usage),
        _ => Some(Exit::Failed),
    }
}

fn of_corpus(error: &CorpusError) -> Exit {
    match error {
        CorpusError::Locked { .. } => Exit::Locked,
        CorpusError::Missing { .. }
        | CorpusError::UnknownVersion { .. }
        | CorpusError::Ambiguous { .. } => Exit::Usage,
        _ => Exit::Failed,
    }
}

/// Writes an error with its causes, leaving out those that repeat what was said.
pub(crate) fn render(error: &anyhow::Error) -> String {
    let mut text = format!("error: {error}");
    let mut said = error.to_string();
    for cause in error.chain().skip(1) {
        let cause = cause.to_string();
        if !said.contains(&cause) {
            text.push_str("\n  because: ");
            text.push_str(&cause);
            said = cause;
        }
    }
    text
}
