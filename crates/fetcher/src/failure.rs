//! Why an exchange did not come about, told from the errors of the libraries below.

use std::error::Error;
use std::io;

use thresh_types::RefusalReason;

use crate::client::{MAX_HEAD, MAX_HEADERS};

/// An exchange that gave no answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Failure {
    /// Why.
    pub(crate) reason: RefusalReason,
    /// What exactly, for people.
    pub(crate) detail: String,
    /// Whether another try may go better.
    pub(crate) passing: bool,
}

/// What the resolver says; reqwest hands it through as a source.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum ResolveError {
    /// The name gives no address.
    #[error("{0}")]
    Dns(String),
    /// Every address it gives is forbidden.
    #[error("{0}")]
    Address(String),
}

impl Failure {
    pub(crate) fn lasting(reason: RefusalReason, detail: impl Into<String>) -> Self {
        Self {
            reason,
            detail: detail.into(),
            passing: false,
        }
    }

    pub(crate) fn passing(reason: RefusalReason, detail: impl Into<String>) -> Self {
        Self {
            reason,
            detail: detail.into(),
            passing: true,
        }
    }

    /// Reads the chain of causes of an error that came before the body.
    pub(crate) fn of(error: &reqwest::Error) -> Self {
        let chain = || causes(error);
        if let Some(resolve) = chain().find_map(|e| e.downcast_ref::<ResolveError>()) {
            return Self::from(resolve.clone());
        }
        if let Some(tls) = chain().find_map(tls_error) {
            return Self::lasting(RefusalReason::Tls, tls.to_string());
        }
        if error.is_timeout() {
            let detail = "no connection within `connect_timeout`";
            return Self::passing(RefusalReason::Connect, detail);
        }
        let root = root_cause(error);
        match chain().find_map(|e| e.downcast_ref::<hyper::Error>()) {
            Some(http) if http.is_parse_too_large() => Self::lasting(
                RefusalReason::Protocol,
                format!(
                    "the head of the answer is too large: {MAX_HEADERS} headers and {MAX_HEAD} bytes \
                     are allowed"
                ),
            ),
            Some(http) if http.is_parse() => Self::lasting(
                RefusalReason::Protocol,
                format!("the answer is no HTTP: {root}"),
            ),
            _ if error.is_builder() => Self::lasting(RefusalReason::Protocol, root),
            _ => Self::passing(RefusalReason::Connect, root),
        }
    }
}

/// Returns an error, its cause, the cause of that, and so on.
fn causes(error: &reqwest::Error) -> impl Iterator<Item = &(dyn Error + 'static)> {
    let first: &(dyn Error + 'static) = error;
    std::iter::successors(Some(first), |&error| error.source())
}

/// Returns the last cause, which says it best; those above only say where.
pub(crate) fn root_cause(error: &reqwest::Error) -> String {
    causes(error)
        .last()
        .map_or_else(String::new, ToString::to_string)
}

/// Finds a TLS error within I/O errors: they hold it, one in another, but do not name it as their
/// source.
fn tls_error<'a>(error: &'a (dyn Error + 'static)) -> Option<&'a rustls::Error> {
    let mut error = error;
    loop {
        if let Some(tls) = error.downcast_ref::<rustls::Error>() {
            return Some(tls);
        }
        error = error.downcast_ref::<io::Error>()?.get_ref()?;
    }
}

impl From<ResolveError> for Failure {
    fn from(error: ResolveError) -> Self {
        match error {
            ResolveError::Dns(detail) => Self::passing(RefusalReason::Dns, detail),
            ResolveError::Address(detail) => Self::lasting(RefusalReason::Address, detail),
        }
    }
}
