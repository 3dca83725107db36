//! The table beside a folder of documents: `index.tsv`.
//!
//! One line a document, fields parted by tabs, UTF-8, the first line names the fields. A field never
//! holds a tab or a line break: white space of every kind and control characters become one space.
//! A field that holds a double quote is itself quoted and its quotes doubled (RFC 4180), since
//! pandas, R and spreadsheets would else take an unpaired quote in a title for the start of a field
//! that spans lines.

use std::io::Write;

use thresh_corpus::{Folder, Sink};
use thresh_types::{Document, DocumentStatus};

use crate::ExportError;

const NAME: &str = "index.tsv";

/// The columns; more may be added at the end.
const COLUMNS: [&str; 12] = [
    "id",
    "title",
    "date",
    "language",
    "doc_type",
    "site",
    "url",
    "words",
    "author",
    "publisher",
    "licence",
    "status",
];

/// The table while it is written.
pub(crate) struct Index(Sink);

impl Index {
    pub(crate) fn open(folder: &mut Folder) -> Result<Self, ExportError> {
        let mut sink = folder.file(NAME)?;
        sink.write_all(row(COLUMNS.map(str::to_owned)).as_bytes())?;
        Ok(Self(sink))
    }

    /// Adds the line of `document`, whose text has so many words.
    pub(crate) fn add(&mut self, document: &Document, words: u64) -> Result<(), ExportError> {
        Ok(self.0.write_all(line(document, words).as_bytes())?)
    }

    pub(crate) fn finish(self) -> Result<(), ExportError> {
        Ok(self.0.finish()?)
    }
}

fn line(document: &Document, words: u64) -> String {
    let or_empty = |value: &Option<String>| value.clone().unwrap_or_default();
    row([
        document.id.to_string(),
        or_empty(&document.title),
        document.date.map(|d| d.to_string()).unwrap_or_default(),
        or_empty(&document.language),
        or_empty(&document.doc_type),
        document.site.to_string(),
        document.url.clone(),
        words.to_string(),
        or_empty(&document.author),
        or_empty(&document.publisher),
        document.licence.clone(),
        status_name(document.status).to_owned(),
    ])
}

/// Returns the status as records write it.
pub(crate) const fn status_name(status: DocumentStatus) -> &'static str {
    match status {
        DocumentStatus::Live => "live",
        DocumentStatus::Gone => "gone",
    }
}

fn row(fields: [String; COLUMNS.len()]) -> String {
    let mut out = fields.map(|f| field(&f)).join("\t");
    out.push('\n');
    out
}

fn field(text: &str) -> String {
    let parts = text.split(|c: char| c.is_whitespace() || c.is_control());
    let words: Vec<&str> = parts.filter(|part| !part.is_empty()).collect();
    let text = words.join(" ");
    if text.contains('"') {
        format!("\"{}\"", text.replace('"', "\"\""))
    } else {
        text
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_field_stays_in_its_cell() {
        assert_eq!(field("a\tb\r\nc\u{2028}d\u{0}e "), "a b c d e");
        assert_eq!(field("\"half quoted"), "\"\"\"half quoted\"");
    }

    proptest! {
        #[test]
        fn a_row_is_one_line_with_every_column(value in any::<String>()) {
            let row = row(COLUMNS.map(|_| value.clone()));
            prop_assert_eq!(row.matches('\t').count(), COLUMNS.len() - 1);
            prop_assert_eq!(row.lines().count(), 1);
            prop_assert_eq!(row.matches('"').count() % 2, 0);
        }
    }
}
