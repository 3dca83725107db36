//! A folder of plain text files, one a document, and a table of metadata: what corpus linguists load.
//!
//! `<id>.txt` holds the text as stored and nothing else; `index.tsv` says which is which.

use std::io::Write;

use thresh_corpus::Folder;

use crate::index::Index;
use crate::{Entry, Export, ExportError, ExportSummary, Target};

/// Writes the format.
pub(crate) struct Text {
    folder: Folder,
    index: Index,
}

impl Text {
    pub(crate) fn open(target: Target) -> Result<Self, ExportError> {
        let Target::Folder(path) = target else {
            return Err(ExportError::WrongTarget {
                format: "text",
                wanted: "a folder",
            });
        };
        let mut folder = Folder::create(&path)?;
        let index = Index::open(&mut folder)?;
        Ok(Self { folder, index })
    }
}

impl Export for Text {
    fn write(&mut self, entry: &Entry<'_>) -> Result<(), ExportError> {
        let mut file = self.folder.file(&format!("{}.txt", entry.document.id))?;
        file.write_all(entry.document.text.as_bytes())?;
        file.finish()?;
        self.index.add(entry.document, entry.words)
    }

    fn finish(self: Box<Self>, _summary: &mut ExportSummary) -> Result<(), ExportError> {
        self.index.finish()?;
        Ok(self.folder.finish()?)
    }
}
