//! One record a line: all that is known of each document, for programs.
//!
//! Members stand in the order of `Document`, without spaces between them; a line ends with one line
//! feed. Members that the contract names are there even where they are unknown.

use std::io::Write;

use serde::Serialize;
use thresh_corpus::Sink;
use thresh_types::Document;

use crate::{Entry, Export, ExportError, ExportSummary, Target};

/// Writes the format.
pub(crate) struct Jsonl(Sink);

impl Jsonl {
    pub(crate) fn open(target: Target) -> Result<Self, ExportError> {
        match target {
            Target::File(path) => Ok(Self(Sink::file(&path)?)),
            Target::Stream(stream) => Ok(Self(Sink::stream(stream))),
            Target::Folder(_) => Err(ExportError::WrongTarget {
                format: "jsonl",
                wanted: "a file",
            }),
        }
    }
}

impl Export for Jsonl {
    fn write(&mut self, entry: &Entry<'_>) -> Result<(), ExportError> {
        let line = record(entry.document).map_err(|source| ExportError::Json {
            id: entry.document.id.to_string(),
            source,
        })?;
        Ok(self.0.write_all(&line)?)
    }

    fn finish(self: Box<Self>, _summary: &mut ExportSummary) -> Result<(), ExportError> {
        Ok(self.0.finish()?)
    }
}

/// A record whose provenance is unknown: the member is there all the same.
#[derive(Serialize)]
struct WithoutProvenance<'a> {
    #[serde(flatten)]
    document: &'a Document,
    provenance: (),
}

fn record(document: &Document) -> Result<Vec<u8>, serde_json::Error> {
    let mut line = match document.provenance {
        Some(_) => serde_json::to_vec(document),
        None => serde_json::to_vec(&WithoutProvenance {
            document,
            provenance: (),
        }),
    }?;
    line.push(b'\n');
    Ok(line)
}
