//! A folder of Markdown files with YAML front matter, for reading and for static sites.
//!
//! `<id>.md` opens with the metadata between two lines of `---`, every text of it in double quotes;
//! `index.tsv` is the same table as beside plain text.

use std::fmt::Write as _;
use std::io::Write;

use thresh_corpus::Folder;
use thresh_types::Document;

use crate::index::{Index, status_name};
use crate::yaml;
use crate::{Entry, Export, ExportError, ExportSummary, Target};

/// Writes the format.
pub(crate) struct Markdown {
    folder: Folder,
    index: Index,
}

impl Markdown {
    pub(crate) fn open(target: Target) -> Result<Self, ExportError> {
        let Target::Folder(path) = target else {
            return Err(ExportError::WrongTarget {
                format: "markdown",
                wanted: "a folder",
            });
        };
        let mut folder = Folder::create(&path)?;
        let index = Index::open(&mut folder)?;
        Ok(Self { folder, index })
    }
}

impl Export for Markdown {
    fn write(&mut self, entry: &Entry<'_>) -> Result<(), ExportError> {
        let mut file = self.folder.file(&format!("{}.md", entry.document.id))?;
        file.write_all(front_matter(entry.document).as_bytes())?;
        file.write_all(entry.markdown()?.as_bytes())?;
        file.finish()?;
        self.index.add(entry.document, entry.words)
    }

    fn finish(self: Box<Self>, _summary: &mut ExportSummary) -> Result<(), ExportError> {
        self.index.finish()?;
        Ok(self.folder.finish()?)
    }
}

/// Returns the metadata between its two fences, and an empty line after them.
fn front_matter(document: &Document) -> String {
    let date = document.date.map(|d| d.to_string());
    let modified = document.modified.map(|d| d.to_string());
    let lines = [
        ("id", yaml::text(document.id.as_str())),
        ("title", yaml::optional(document.title.as_deref())),
        ("url", yaml::text(&document.url)),
        ("site", yaml::text(document.site.as_str())),
        ("date", yaml::optional(date.as_deref())),
        ("modified", yaml::optional(modified.as_deref())),
        ("language", yaml::optional(document.language.as_deref())),
        ("author", yaml::optional(document.author.as_deref())),
        ("publisher", yaml::optional(document.publisher.as_deref())),
        ("doc_type", yaml::optional(document.doc_type.as_deref())),
        ("tags", yaml::list(document.tags.iter().map(String::as_str))),
        ("licence", yaml::text(&document.licence)),
        ("status", yaml::text(status_name(document.status))),
        ("aliases", yaml::list(alias_urls(document))),
    ];
    let mut out = "---\n".to_owned();
    for (key, value) in lines {
        let _ = writeln!(out, "{key}: {value}");
    }
    out.push_str("---\n\n");
    out
}

/// Returns where else the document stands; an import without an address has none.
fn alias_urls(document: &Document) -> impl Iterator<Item = &str> {
    let urls = document.aliases.iter().map(|alias| alias.url.as_str());
    urls.filter(|url| !url.is_empty())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use thresh_types::{DocId, DocumentStatus, SiteId};

    use super::*;
    use crate::yaml::tests::read;

    fn document(title: &str, tags: Vec<String>) -> Document {
        Document {
            id: DocId::of(&SiteId::local(), "note"),
            cluster_id: DocId::of(&SiteId::local(), "note"),
            aliases: Vec::new(),
            canonical_reason: None,
            url: String::new(),
            urls: Vec::new(),
            site: SiteId::local(),
            title: Some(title.to_owned()),
            author: None,
            date: None,
            date_evidence: None,
            dateline: None,
            modified: None,
            language: None,
            doc_type: None,
            doc_numbers: Vec::new(),
            publisher: None,
            tags,
            speakers: Vec::new(),
            licence: "unknown".to_owned(),
            text: String::new(),
            status: DocumentStatus::Live,
            needs_review: false,
            review_reasons: Vec::new(),
            relations: Vec::new(),
            attachments: Vec::new(),
            translations: Vec::new(),
            provenance: None,
        }
    }

    proptest! {
        #[test]
        fn front_matter_survives_any_title(title in any::<String>(), tag in any::<String>()) {
            let matter = front_matter(&document(&title, vec![tag]));
            let lines: Vec<&str> = matter.split('\n').collect();
            prop_assert_eq!(lines.len(), 18, "14 members, two fences, an empty line, the end");
            prop_assert_eq!((lines[0], lines[15]), ("---", "---"));
            prop_assert!(lines[1..15].iter().all(|line| line.contains(": ")));
            let scalar = lines[2].strip_prefix("title: ").and_then(read);
            prop_assert_eq!(scalar, Some(title));
        }
    }
}
