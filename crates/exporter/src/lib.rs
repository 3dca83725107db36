//! Writes a corpus version in the formats that people and downstream tools read.
//!
//! Three things a version is asked for. [`export`] writes its documents in a [`Format`] to a file, a
//! folder or a stream. [`diff`] says what another version changed, down to the words. The `render_*`
//! functions set documents, versions, histories and differences as text for a terminal.
//!
//! A format is one file that implements [`Export`] and one line in [`Format`]. Everything is written
//! through the store's `Sink` and `Folder`, so an export is there whole or not at all, and the same
//! version always gives the same bytes. Nothing is printed here: results are values and strings.

#![forbid(unsafe_code)]

mod diff;
mod error;
mod export;
mod format;
mod index;
mod jsonl;
mod licence;
mod log;
mod markdown;
mod render;
mod summary;
mod text;
mod wacz;
mod words;
mod yaml;

pub use diff::{
    BodyChange, BodyChanged, Counts, DocumentRef, FieldChange, Hunk, MetadataChanged, Piece,
    Regrouped, Regrouping, Removed, StatusChanged, VersionDiff, VersionRef, Words, diff,
};
pub use error::ExportError;
pub use export::{Entry, Export, ExportSummary, Target, export};
pub use format::Format;
pub use licence::{LicenceClass, LicencePolicy};
pub use log::{LogRow, log};
pub use render::{Colour, Style, render_diff, render_document, render_log, render_version};
pub use summary::{VersionSummary, summarise};
