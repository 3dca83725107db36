//! What can keep the fetcher from starting.

use std::io;

/// The fetcher cannot start. A page that cannot be fetched is no error but a value:
/// [`FetchOutcome`](thresh_types::FetchOutcome).
#[derive(Debug, thiserror::Error)]
pub enum FetchError {
    /// The threads cannot be started.
    #[error("cannot start the fetcher's threads")]
    Threads(#[source] io::Error),
    /// The user agent cannot be sent.
    #[error(
        "the user agent `{0}` cannot be sent as a header: use one line of ASCII that begins with a name"
    )]
    UserAgent(String),
    /// The settings of a site cannot work.
    #[error("the settings of site `{site}` cannot work")]
    Settings {
        /// The site.
        site: String,
        /// What is wrong.
        #[source]
        source: crate::SettingsError,
    },
}
