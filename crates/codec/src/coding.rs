//! The names of codings.

use std::io;

/// Codings that may be stacked. Servers send one, proxies sometimes a second.
const MAX_STACKED: usize = 5;

/// Characters of an unknown name that an error repeats.
const MAX_NAME: usize = 40;

/// A body whose codings cannot be undone.
#[derive(Debug, thiserror::Error)]
pub enum CodecError {
    /// A coding that this crate does not know.
    #[error("content coding `{0}` is not known: ask for gzip, deflate, br or zstd")]
    Unknown(String),
    /// More codings than any honest server stacks.
    #[error("{0} content codings are stacked: at most {MAX_STACKED} are undone")]
    TooMany(usize),
    /// The coded body itself could not be read.
    #[error("the coded body could not be read")]
    Wire(#[source] io::Error),
}

/// A content coding other than `identity`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Coding {
    Gzip,
    Deflate,
    Brotli,
    Zstd,
}

impl Coding {
    fn parse(name: &str) -> Result<Option<Self>, CodecError> {
        Ok(Some(match name.to_ascii_lowercase().as_str() {
            "" | "identity" => return Ok(None),
            "gzip" | "x-gzip" => Self::Gzip,
            "deflate" => Self::Deflate,
            "br" => Self::Brotli,
            "zstd" => Self::Zstd,
            _ => return Err(CodecError::Unknown(name.chars().take(MAX_NAME).collect())),
        }))
    }
}

/// Returns the codings that the header values name, in the order in which they were applied.
pub(crate) fn parse(values: &[String]) -> Result<Vec<Coding>, CodecError> {
    let mut codings = Vec::new();
    for name in values.iter().flat_map(|value| value.split(',')) {
        codings.extend(Coding::parse(name.trim())?);
    }
    if codings.len() > MAX_STACKED {
        return Err(CodecError::TooMany(codings.len()));
    }
    Ok(codings)
}
