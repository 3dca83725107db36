//! The loop that hands a version's documents to a format.

use std::collections::BTreeMap;
use std::fmt;
use std::io::Write;
use std::path::PathBuf;

use serde::Serialize;
use thresh_corpus::{Corpus, Leaf, Version};
use thresh_types::{Document, DocumentStatus};

use crate::words::count_words;
use crate::{ExportError, Format, LicencePolicy};

/// Where an export goes.
pub enum Target {
    /// A file, which appears whole or not at all.
    File(PathBuf),
    /// A folder, which appears whole or not at all and replaces an earlier export.
    Folder(PathBuf),
    /// A stream such as the standard output.
    Stream(Box<dyn Write>),
}

impl fmt::Debug for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File(path) => f.debug_tuple("File").field(path).finish(),
            Self::Folder(path) => f.debug_tuple("Folder").field(path).finish(),
            Self::Stream(_) => f.write_str("Stream"),
        }
    }
}

/// A format's writer. It is given the documents in the order of their identifiers, then finished;
/// one that is dropped unfinished leaves no file behind.
pub trait Export {
    /// Writes one document.
    ///
    /// # Errors
    /// When the document cannot be read from the store, or its form not written.
    fn write(&mut self, entry: &Entry<'_>) -> Result<(), ExportError>;

    /// Writes what comes last, puts the export in place, and adds to `summary` what only the format
    /// knows.
    ///
    /// # Errors
    /// When it cannot be written.
    fn finish(self: Box<Self>, summary: &mut ExportSummary) -> Result<(), ExportError>;
}

/// A document on its way into an export.
pub struct Entry<'a> {
    /// The record, with text and provenance.
    pub document: &'a Document,
    /// The number of words of its text.
    pub words: u64,
    version: &'a Version,
    leaf: &'a Leaf,
}

impl Entry<'_> {
    /// Reads the document's text as Markdown.
    ///
    /// # Errors
    /// When the store cannot read it.
    pub fn markdown(&self) -> Result<String, ExportError> {
        Ok(self.version.markdown(self.leaf)?)
    }

    /// Returns the document as hashes.
    pub(crate) const fn leaf(&self) -> &Leaf {
        self.leaf
    }
}

/// What an export wrote and left out.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct ExportSummary {
    /// The documents written.
    pub documents: u64,
    /// Those of them whose address no longer answers.
    pub gone: u64,
    /// The words of the texts written.
    pub words: u64,
    /// The documents that the licence policy left out.
    pub left_out: u64,
    /// The same by licence as the documents state it.
    pub left_out_licences: BTreeMap<String, u64>,
    /// The captures written, by formats that write captures.
    pub captures: u64,
    /// The documents of which such a format has no capture: it was taken down, or its payload stands
    /// only in the record of a page that may not be passed on.
    pub without_capture: u64,
}

impl ExportSummary {
    fn wrote(&mut self, entry: &Entry<'_>) {
        self.documents += 1;
        self.words += entry.words;
        self.gone += u64::from(entry.document.status == DocumentStatus::Gone);
    }

    fn left(&mut self, licence: &str) {
        self.left_out += 1;
        *self
            .left_out_licences
            .entry(licence.to_owned())
            .or_default() += 1;
    }
}

/// Writes the documents of `version`, a version of `corpus`, that `policy` lets pass, sorted by identifier; the same version
/// gives the same bytes. Documents that are gone from the web are written, with their status.
///
/// # Errors
/// [`ExportError::WrongTarget`] when the format needs another kind of target;
/// [`ExportError::Corpus`] or [`ExportError::Write`] when the store cannot be read or the target not
/// be written. After an error no file or folder was changed; a stream may hold the first lines.
pub fn export(
    corpus: &Corpus,
    version: &Version,
    format: Format,
    target: Target,
    policy: LicencePolicy,
) -> Result<ExportSummary, ExportError> {
    let mut writer = format.open(corpus, version, target)?;
    let mut summary = ExportSummary::default();
    for leaf in &version.leaves()? {
        let document = version.document(leaf)?;
        if !policy.lets_pass(&document.licence) {
            summary.left(&document.licence);
            continue;
        }
        let entry = Entry {
            words: count_words(&document.text),
            document: &document,
            version,
            leaf,
        };
        writer.write(&entry)?;
        summary.wrote(&entry);
    }
    writer.finish(&mut summary)?;
    Ok(summary)
}
