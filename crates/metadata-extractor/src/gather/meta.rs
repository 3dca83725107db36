//! `<meta>` elements: OpenGraph, Dublin Core, Highwire and the house customs of publishers.

use std::collections::BTreeMap;

use scraper::ElementRef;
use thresh_types::{Field, Source};

use super::marks::Read;
use super::scene::Placed;
use crate::gathered::{Offer, Sink};
use crate::names;

type Row = (&'static str, Field, Source, u8);

/// What is read from which property, and how far it can be trusted in percent. Names are compared in
/// lower case, with `DC:` and `DCTERMS:` written with a dot.
const ROWS: &[Row] = &[
    ("og:title", Field::Title, Source::OpenGraph, 76),
    ("twitter:title", Field::Title, Source::Meta, 62),
    ("dc.title", Field::Title, Source::DublinCore, 66),
    ("dcterms.title", Field::Title, Source::DublinCore, 66),
    ("citation_title", Field::Title, Source::Highwire, 85),
    ("parsely-title", Field::Title, Source::Meta, 70),
    ("sailthru.title", Field::Title, Source::Meta, 66),
    ("article:published_time", Field::Date, Source::OpenGraph, 86),
    ("og:published_time", Field::Date, Source::OpenGraph, 78),
    (
        "og:article:published_time",
        Field::Date,
        Source::OpenGraph,
        84,
    ),
    ("dc.date.issued", Field::Date, Source::DublinCore, 80),
    ("dcterms.issued", Field::Date, Source::DublinCore, 80),
    ("dc.date.created", Field::Date, Source::DublinCore, 66),
    ("dcterms.created", Field::Date, Source::DublinCore, 66),
    ("dc.date", Field::Date, Source::DublinCore, 60),
    ("dcterms.date", Field::Date, Source::DublinCore, 60),
    (
        "citation_publication_date",
        Field::Date,
        Source::Highwire,
        82,
    ),
    ("citation_online_date", Field::Date, Source::Highwire, 72),
    ("citation_date", Field::Date, Source::Highwire, 76),
    ("parsely-pub-date", Field::Date, Source::Meta, 82),
    ("sailthru.date", Field::Date, Source::Meta, 76),
    ("datepublished", Field::Date, Source::Microdata, 80),
    ("pubdate", Field::Date, Source::Meta, 78),
    ("publishdate", Field::Date, Source::Meta, 76),
    ("publish-date", Field::Date, Source::Meta, 76),
    ("publish_date", Field::Date, Source::Meta, 76),
    ("published_date", Field::Date, Source::Meta, 76),
    ("publication_date", Field::Date, Source::Meta, 76),
    ("date_published", Field::Date, Source::Meta, 76),
    ("article.published", Field::Date, Source::Meta, 80),
    ("article_date_original", Field::Date, Source::Meta, 76),
    (
        "cxenseparse:recs:publishtime",
        Field::Date,
        Source::Meta,
        76,
    ),
    ("bt:pubdate", Field::Date, Source::Meta, 76),
    ("date", Field::Date, Source::Meta, 60),
    (
        "article:modified_time",
        Field::Modified,
        Source::OpenGraph,
        84,
    ),
    ("og:updated_time", Field::Modified, Source::OpenGraph, 76),
    ("dcterms.modified", Field::Modified, Source::DublinCore, 78),
    ("dc.date.modified", Field::Modified, Source::DublinCore, 78),
    ("datemodified", Field::Modified, Source::Microdata, 76),
    ("lastmod", Field::Modified, Source::Meta, 66),
    ("last-modified", Field::Modified, Source::Meta, 60),
    ("revised", Field::Modified, Source::Meta, 50),
    ("author", Field::Author, Source::Meta, 70),
    ("article:author", Field::Author, Source::OpenGraph, 68),
    ("dc.creator", Field::Author, Source::DublinCore, 66),
    ("dcterms.creator", Field::Author, Source::DublinCore, 66),
    ("citation_author", Field::Author, Source::Highwire, 84),
    ("parsely-author", Field::Author, Source::Meta, 76),
    ("sailthru.author", Field::Author, Source::Meta, 72),
    ("byl", Field::Author, Source::Meta, 72),
    ("dc.publisher", Field::Publisher, Source::DublinCore, 78),
    (
        "dcterms.publisher",
        Field::Publisher,
        Source::DublinCore,
        78,
    ),
    ("citation_publisher", Field::Publisher, Source::Highwire, 75),
    ("publisher", Field::Publisher, Source::Meta, 60),
    ("og:site_name", Field::SiteName, Source::OpenGraph, 85),
    ("application-name", Field::SiteName, Source::Meta, 60),
    ("og:locale", Field::Language, Source::OpenGraph, 55),
    ("dc.language", Field::Language, Source::DublinCore, 58),
    ("dcterms.language", Field::Language, Source::DublinCore, 58),
    ("citation_language", Field::Language, Source::Highwire, 55),
    ("content-language", Field::Language, Source::Meta, 50),
    ("language", Field::Language, Source::Meta, 45),
    ("dc.type", Field::DocType, Source::DublinCore, 70),
    ("dcterms.type", Field::DocType, Source::DublinCore, 70),
    ("og:type", Field::DocType, Source::OpenGraph, 30),
    ("article:section", Field::Tag, Source::OpenGraph, 60),
    ("article:tag", Field::Tag, Source::OpenGraph, 75),
    ("dc.subject", Field::Tag, Source::DublinCore, 70),
    ("citation_keywords", Field::Tag, Source::Highwire, 70),
    ("news_keywords", Field::Tag, Source::Meta, 65),
    ("keywords", Field::Tag, Source::Meta, 50),
    ("dcterms.license", Field::Licence, Source::DublinCore, 80),
    ("dcterms.rights", Field::Licence, Source::DublinCore, 65),
    ("dc.rights", Field::Licence, Source::DublinCore, 65),
    ("og:url", Field::CanonicalUrl, Source::OpenGraph, 60),
    ("dc.identifier", Field::DocNumber, Source::DublinCore, 60),
    ("description", Field::Description, Source::Meta, 60),
    ("og:description", Field::Description, Source::OpenGraph, 60),
];

/// More keywords than this were written for search engines, not for readers.
const MAX_KEYWORDS: usize = 12;

/// Elements that name an author and are read; works of a thousand authors name the first ones first.
const MAX_AUTHORS: usize = 200;

/// Offers what the `<meta>` elements among `elements` say.
pub(super) fn gather(elements: &[Placed<'_>], sink: &mut Sink) {
    let mut authors: BTreeMap<&'static str, (Row, Vec<String>)> = BTreeMap::new();
    let mut labels: BTreeMap<String, String> = BTreeMap::new();
    for (element, name, content) in properties(elements) {
        if name.starts_with("twitter:label") || name.starts_with("twitter:data") {
            labels.insert(name, content.to_owned());
            continue;
        }
        let Some(&row) = ROWS.iter().find(|row| row.0 == name) else {
            continue;
        };
        match row.1 {
            Field::Author => {
                let raws = &mut authors.entry(row.0).or_insert((row, Vec::new())).1;
                if raws.len() < MAX_AUTHORS {
                    raws.push(content.to_owned());
                }
            }
            Field::Tag => tags(row, content, sink),
            _ => offer(row, &element, content, sink),
        }
    }
    for (row, raws) in authors.into_values() {
        offer_authors(row, &raws, sink);
    }
    card(&labels, sink);
}

fn properties<'p>(
    elements: &'p [Placed<'p>],
) -> impl Iterator<Item = (ElementRef<'p>, String, &'p str)> {
    elements
        .iter()
        .filter(|placed| placed.element.value().name() == "meta")
        .filter_map(|placed| {
            let element = placed.element;
            let name = ["property", "name", "itemprop", "http-equiv"]
                .into_iter()
                .find_map(|attribute| element.read(attribute))?;
            let content = element
                .read("content")
                .map(str::trim)
                .filter(|c| !c.is_empty())?;
            Some((element, normal_name(name), content))
        })
}

fn normal_name(name: &str) -> String {
    let name = name.trim().to_ascii_lowercase();
    match name.split_once(':') {
        Some((prefix @ ("dc" | "dcterms"), rest)) => format!("{prefix}.{rest}"),
        _ => name,
    }
}

fn offer(
    (place, field, source, confidence): Row,
    element: &ElementRef<'_>,
    raw: &str,
    sink: &mut Sink,
) {
    // Microdata within an item of its own speaks of that item, unless that is the page's.
    if source == Source::Microdata
        && element.read("itemprop").is_none()
        && element.read("name").is_none()
    {
        return;
    }
    sink.offer(Offer {
        field,
        source,
        place,
        raw,
        confidence,
    });
}

fn offer_authors((place, field, source, confidence): Row, raws: &[String], sink: &mut Sink) {
    let named: Vec<String> = raws.iter().filter_map(|raw| names::authors(raw)).collect();
    if let Some(value) = names::join(&named) {
        let raw = raws.join("; ");
        sink.push(
            Offer {
                field,
                source,
                place,
                raw: &raw,
                confidence,
            },
            value,
        );
    }
}

fn tags((place, field, source, confidence): Row, content: &str, sink: &mut Sink) {
    let separator = if content.contains(';') { ';' } else { ',' };
    let single = matches!(place, "article:tag" | "article:section");
    let parts: Vec<&str> = if single {
        vec![content]
    } else {
        content.split(separator).collect()
    };
    if parts.len() > MAX_KEYWORDS {
        return;
    }
    for raw in parts {
        sink.offer(Offer {
            field,
            source,
            place,
            raw,
            confidence,
        });
    }
}

/// Twitter cards carry pairs of label and value; a common plug-in writes the author so.
fn card(labels: &BTreeMap<String, String>, sink: &mut Sink) {
    for (name, label) in labels {
        let Some(number) = name.strip_prefix("twitter:label") else {
            continue;
        };
        let is_author = matches!(
            label.to_lowercase().as_str(),
            "written by"
                | "author"
                | "verfasst von"
                | "écrit par"
                | "escrito por"
                | "scritto da"
                | "автор"
        );
        if let Some(raw) = labels
            .get(&format!("twitter:data{number}"))
            .filter(|_| is_author)
        {
            sink.offer(Offer {
                field: Field::Author,
                source: Source::Meta,
                place: "twitter:data",
                raw,
                confidence: 72,
            });
        }
    }
}
