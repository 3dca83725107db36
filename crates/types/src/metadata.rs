//! What is known of a document besides its text.

use serde::{Deserialize, Serialize};

use crate::{Candidate, Evidence, PartialDate};

/// The place and date that open a press release: `London, 20 February 2018 –`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Dateline {
    /// The place as written, for example `London`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub place: Option<String>,
    /// The date.
    pub date: PartialDate,
}

/// A line that cites a work: `Title - Publisher, Year`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Citation {
    /// The title of the cited work.
    pub title: String,
    /// Its publisher, where the line names one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub publisher: Option<String>,
    /// Its year, where the line names one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub year: Option<i16>,
}

/// A file that belongs to the document.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Attachment {
    /// Its absolute address; empty where only the label of a lost link is known.
    pub url: String,
    /// The text of the link.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub label: Option<String>,
    /// Its media type, as the page or the address tells.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub media_type: Option<String>,
}

/// The same document in another language.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Translation {
    /// BCP 47 tag as the page gives it, lower case.
    pub language: String,
    /// Absolute address.
    pub url: String,
}

/// A person whom the text quotes.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Speaker {
    /// The name as written.
    pub name: String,
    /// Role and organisation as written.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub role: Option<String>,
}

/// Everything known of a document besides its text. Unknown stays empty.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Metadata {
    /// The title, without the site's name.
    pub title: Option<Evidence<String>>,
    /// The authors, joined by `; `.
    pub author: Option<Evidence<String>>,
    /// The date of publication.
    pub date: Option<Evidence<PartialDate>>,
    /// The date of the last change that the page declares.
    pub modified: Option<Evidence<PartialDate>>,
    /// The dateline.
    pub dateline: Option<Evidence<Dateline>>,
    /// The language of the text, BCP 47, lower case (`en`, `sr-latn`).
    pub language: Option<Evidence<String>>,
    /// Who publishes the document.
    pub publisher: Option<Evidence<String>>,
    /// The name of the site.
    pub site_name: Option<Evidence<String>>,
    /// The document type, one of the vocabulary in `corpus/README.md`.
    pub doc_type: Option<Evidence<String>>,
    /// The kind of page that the document stood on: `article`, `listing`, `service`, …
    pub page_type: Option<Evidence<String>>,
    /// Official symbols such as `PC.DEC/557`.
    pub doc_numbers: Vec<Evidence<String>>,
    /// Topics and tags as the page gives them, in its order, without repeats.
    pub tags: Vec<String>,
    /// The licence that the page declares.
    pub licence: Option<Evidence<String>>,
    /// The address that the page calls its own; a hint, never obeyed across hosts.
    pub canonical_url: Option<Evidence<String>>,
    /// Files that belong to the document.
    pub attachments: Vec<Attachment>,
    /// The same document in other languages.
    pub translations: Vec<Translation>,
    /// The work that the page describes, where it describes one.
    pub citation: Option<Evidence<Citation>>,
    /// The persons whom the text quotes.
    pub speakers: Vec<Speaker>,
    /// The candidates that lost, and every one that was weighed.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub candidates: Vec<Candidate>,
    /// What a person should check, for example a declared language that the text contradicts.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub warnings: Vec<String>,
}
