//! The formats by name. A new one is a file beside this one and a line in each list here.

use std::fmt;
use std::path::PathBuf;
use std::str::FromStr;

use thresh_corpus::{Corpus, Version};

use crate::{Export, ExportError, Target, jsonl, markdown, text, wacz};

/// A format that a version can be written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// One file or stream, one record a line.
    Jsonl,
    /// A folder of Markdown files with YAML front matter.
    Markdown,
    /// A folder of plain text files and a table of metadata.
    Text,
    /// One zip file with the captures behind the documents, for replay.
    Wacz,
}

/// The formats that are promised and not there yet.
const PLANNED: &[&str] = &["parquet", "hf", "dolma"];

impl Format {
    /// All formats, in the order in which they are named to people.
    pub const ALL: [Self; 4] = [Self::Jsonl, Self::Markdown, Self::Text, Self::Wacz];

    /// Returns the name as the command line takes it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Jsonl => "jsonl",
            Self::Markdown => "markdown",
            Self::Text => "text",
            Self::Wacz => "wacz",
        }
    }

    /// Returns the target at `path`: a file or a folder, as the format needs. A WACZ is a file; where
    /// `path` is a folder or ends in a slash, it stands in there under the name of the corpus.
    pub fn target(self, path: impl Into<PathBuf>) -> Target {
        let path = path.into();
        match self {
            Self::Jsonl => Target::File(path),
            Self::Markdown | Self::Text => Target::Folder(path),
            Self::Wacz if path.is_dir() || path.to_string_lossy().ends_with('/') => {
                Target::Folder(path)
            }
            Self::Wacz => Target::File(path),
        }
    }

    /// Returns the writer of this format at `target`, for `version` of `corpus`.
    ///
    /// # Errors
    /// [`ExportError::WrongTarget`] for a folder where a file is needed and the reverse;
    /// [`ExportError::Corpus`] when the target cannot be written.
    pub(crate) fn open<'a>(
        self,
        corpus: &'a Corpus,
        version: &'a Version,
        target: Target,
    ) -> Result<Box<dyn Export + 'a>, ExportError> {
        Ok(match self {
            Self::Jsonl => Box::new(jsonl::Jsonl::open(target)?),
            Self::Markdown => Box::new(markdown::Markdown::open(target)?),
            Self::Text => Box::new(text::Text::open(target)?),
            Self::Wacz => Box::new(wacz::Wacz::open(corpus, version, target)?),
        })
    }
}

impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Format {
    type Err = ExportError;

    fn from_str(name: &str) -> Result<Self, ExportError> {
        if let Some(format) = Self::ALL.into_iter().find(|f| f.name() == name) {
            return Ok(format);
        }
        match PLANNED.iter().find(|planned| **planned == name) {
            Some(name) => Err(ExportError::NotBuilt { name }),
            None => Err(ExportError::UnknownFormat {
                name: name.to_owned(),
            }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_format_reads_its_own_name() {
        for format in Format::ALL {
            assert_eq!(format.to_string().parse::<Format>().unwrap(), format);
        }
    }

    #[test]
    fn planned_formats_are_told_from_unknown_ones() {
        for name in PLANNED {
            let error = name.parse::<Format>().unwrap_err();
            assert!(matches!(error, ExportError::NotBuilt { .. }) && error.is_usage());
            assert!(error.to_string().contains("not built yet"), "{error}");
        }
        let error = "docx".parse::<Format>().unwrap_err();
        assert_eq!(
            error.to_string(),
            "`docx` is no export format: jsonl, markdown, text and wacz are there"
        );
    }
}
