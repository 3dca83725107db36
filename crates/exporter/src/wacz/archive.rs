//! The WARC files: members copied as they are behind a `warcinfo` record of their own.

use std::io::Write;

use thresh_corpus::{Corpus, Recorded, Version, warcinfo};
use thresh_types::Capture;
use zip::CompressionMethod;

use super::package::{Package, Part};
use super::select::Selection;
use crate::ExportError;

/// A file that has reached this size, in bytes, is followed by a new one (ISO 28500 annex C.1).
const ROTATE_AT: u64 = 1_000_000_000;

/// Writes the records of every capture; returns the lines of their index, unsorted.
pub(super) fn write(
    corpus: &Corpus,
    version: &Version,
    selection: &Selection,
    package: &mut Package,
) -> Result<Vec<String>, ExportError> {
    let mut lines = Vec::new();
    let mut captures = selection.captures().peekable();
    let mut number = 0;
    // A version without captures has a file all the same: the format asks for one.
    while number == 0 || captures.peek().is_some() {
        let name = format!("{}-{number:05}.warc.gz", &version.id().to_string()[..12]);
        let part = package.part(&format!("archive/{name}"), CompressionMethod::Stored)?;
        let mut file = Growing::begin(part, name, version)?;
        while file.position < ROTATE_AT
            && let Some(recorded) = captures.next()
        {
            lines.push(file.add(corpus, recorded)?);
        }
        file.part.finish();
        number += 1;
    }
    Ok(lines)
}

struct Growing<'a> {
    part: Part<'a>,
    name: String,
    position: u64,
}

impl<'a> Growing<'a> {
    fn begin(mut part: Part<'a>, name: String, version: &Version) -> Result<Self, ExportError> {
        let about = [
            ("software", concat!("thresh/", env!("CARGO_PKG_VERSION"))),
            ("format", "WARC File Format 1.1"),
            (
                "conformsTo",
                "http://iipc.github.io/warc-specifications/specifications/warc-format/warc-1.1/",
            ),
            (
                "description",
                &format!("captures behind version {}", version.id()),
            ),
        ];
        let first = warcinfo(&name, version.stamp().published_at, &about);
        part.write_all(&first)?;
        Ok(Self {
            part,
            name,
            position: first.len() as u64,
        })
    }

    /// Copies the records of a capture; returns the line of its index.
    fn add(&mut self, corpus: &Corpus, recorded: &Recorded) -> Result<String, ExportError> {
        let capture = &recorded.capture;
        let mut moved = None;
        for member in corpus.members_of(capture)? {
            let offset = self.position;
            self.position += corpus.copy_member(&member, &mut self.part)?;
            if member.offset == capture.offset {
                moved = Some(Capture {
                    warc: self.name.clone(),
                    offset,
                    length: member.length,
                    ..capture.clone()
                });
            }
        }
        let moved = Recorded {
            capture: moved.unwrap_or_else(|| capture.clone()),
            date: recorded.date,
        };
        Ok(moved.index_line())
    }
}
