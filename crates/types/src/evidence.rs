//! A value together with where it was read and how far it can be trusted.

use serde::{Deserialize, Serialize};

/// Where a metadata value was read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Source {
    /// A schema.org object in `application/ld+json`.
    JsonLd,
    /// A schema.org item in microdata or `RDFa` attributes.
    Microdata,
    /// An OpenGraph or `article:` property.
    OpenGraph,
    /// A `DC.` or `DCTERMS.` element.
    DublinCore,
    /// A `citation_` element as Google Scholar reads it.
    Highwire,
    /// Another `<meta>` element.
    Meta,
    /// A mark that Drupal's themes leave.
    Drupal,
    /// A mark that WordPress's themes leave.
    WordPress,
    /// A mark that Wix's themes leave.
    Wix,
    /// Another element of the page, such as `<title>`, `<h1>`, `<time>` or `<link>`.
    Html,
    /// A response header.
    Http,
    /// The address of the page.
    Url,
    /// The place and date that open a press release.
    Dateline,
    /// A line that cites a work: title, publisher, year.
    CitationLine,
    /// The running text.
    Text,
    /// The site's configuration file.
    Config,
}

/// What a metadata candidate speaks of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[allow(
    missing_docs,
    reason = "each variant is the field of `Metadata` of the same name"
)]
pub enum Field {
    Title,
    Author,
    Date,
    Modified,
    Dateline,
    Language,
    Publisher,
    SiteName,
    DocType,
    DocNumber,
    Tag,
    Licence,
    CanonicalUrl,
    Attachment,
    Translation,
    Citation,
    Speaker,
    Event,
    Description,
}

/// A value with its source.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Evidence<T> {
    /// The value in its normal form.
    pub value: T,
    /// Where it was read.
    pub source: Source,
    /// The text it was read from, where that differs from the value.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub raw: Option<String>,
    /// How far it can be trusted, in percent.
    pub confidence: u8,
}

/// A value that one place of the page offers for a field; resolution chooses among them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Candidate {
    /// The field.
    pub field: Field,
    /// The value in its normal form.
    pub value: String,
    /// Where it was read.
    pub source: Source,
    /// The element, property or pattern within the source, for example `og:title`.
    pub place: String,
    /// The text as it stands there.
    pub raw: String,
    /// How far the place can be trusted before rivals are weighed, in percent.
    pub confidence: u8,
}
