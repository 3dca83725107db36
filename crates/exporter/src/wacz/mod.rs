//! A WACZ file (Web Archive Collection Zipped 1.1.1): the captures behind a version, for replay.
//!
//! What goes in is the evidence and nothing else: the capture that each document's text comes from with
//! its request and metadata, the record that holds the payload where the capture only repeats it, and
//! the redirects that led there. Pages that the version withholds, or whose licence the policy does not
//! let pass, stay out; so WARC files are not copied whole but record by record, each as the compressed
//! member that it is. The offsets are new, and the index is written from them.
//!
//! The file is written front to back with the WARC files stored, as the format asks, so that a viewer
//! reads single records of it over HTTP. In memory are some hundred bytes a capture.

mod archive;
mod index;
mod package;
mod pages;
mod select;

use std::path::PathBuf;

use serde::Deserialize;
use thresh_corpus::{Corpus, Leaf, Sink, Version};
use zip::CompressionMethod;

use self::package::Package;
use self::select::Selection;
use crate::{Entry, Export, ExportError, ExportSummary, Target};

/// Writes the format.
pub(crate) struct Wacz<'a> {
    corpus: &'a Corpus,
    version: &'a Version,
    about: About,
    package: Package,
    leaves: Vec<Leaf>,
}

/// What the version's configuration tells of the corpus.
#[derive(Debug, Deserialize)]
pub(super) struct About {
    #[serde(default = "unnamed")]
    name: String,
}

fn unnamed() -> String {
    "corpus".to_owned()
}

impl About {
    fn of(version: &Version) -> Result<Self, ExportError> {
        let snapshot = version.config_snapshot()?;
        Ok(serde_json::from_str(&snapshot).unwrap_or_else(|_| Self { name: unnamed() }))
    }

    /// Returns the name as a file's: letters, digits, `-`, `_` and `.`.
    fn file_stem(&self) -> String {
        let is_plain = |c: char| c.is_ascii_alphanumeric() || "-_.".contains(c);
        let plain = |c: char| if is_plain(c) { c } else { '-' };
        let stem: String = self.name.chars().map(plain).collect();
        let stem = stem.trim_matches(['-', '.']);
        if stem.is_empty() {
            unnamed()
        } else {
            stem.to_owned()
        }
    }
}

impl<'a> Wacz<'a> {
    pub(crate) fn open(
        corpus: &'a Corpus,
        version: &'a Version,
        target: Target,
    ) -> Result<Self, ExportError> {
        let about = About::of(version)?;
        let path: PathBuf = match target {
            Target::File(path) => path,
            Target::Folder(folder) => folder.join(format!("{}.wacz", about.file_stem())),
            Target::Stream(_) => {
                return Err(ExportError::WrongTarget {
                    format: "wacz",
                    wanted: "a file or a folder",
                });
            }
        };
        Ok(Self {
            corpus,
            version,
            about,
            package: Package::new(Sink::file(&path)?),
            leaves: Vec::new(),
        })
    }
}

impl Export for Wacz<'_> {
    fn write(&mut self, entry: &Entry<'_>) -> Result<(), ExportError> {
        self.leaves.push(entry.leaf().clone());
        Ok(())
    }

    fn finish(self: Box<Self>, summary: &mut ExportSummary) -> Result<(), ExportError> {
        let Self {
            corpus,
            version,
            about,
            mut package,
            leaves,
        } = *self;
        let selection = Selection::of(corpus, version, &leaves)?;
        summary.captures = selection.len();
        summary.without_capture = selection.missing();
        let lines = archive::write(corpus, version, &selection, &mut package)?;
        index::write(lines, &mut package)?;
        let pages = package.part("pages/pages.jsonl", CompressionMethod::Deflated)?;
        pages::write(version, &selection, pages)?;
        package.finish(version, &about, selection.len())
    }
}
