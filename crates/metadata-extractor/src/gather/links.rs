//! Files that belong to a page, and the page in other languages.

use std::collections::BTreeSet;

use thresh_page::Page;
use thresh_types::{Attachment, CanonicalUrl, Translation};

use super::html::resolve;
use super::marks::Read;
use super::scene::{Placed, Scene, Zone, text};
use crate::values::{key, language_tag};

/// Media types of the files that documents are published as, by extension.
const FILES: &[(&str, &str)] = &[
    ("pdf", "application/pdf"),
    ("doc", "application/msword"),
    (
        "docx",
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    ),
    ("xls", "application/vnd.ms-excel"),
    (
        "xlsx",
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ),
    ("ppt", "application/vnd.ms-powerpoint"),
    (
        "pptx",
        "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    ),
    ("odt", "application/vnd.oasis.opendocument.text"),
    ("ods", "application/vnd.oasis.opendocument.spreadsheet"),
    ("odp", "application/vnd.oasis.opendocument.presentation"),
    ("rtf", "application/rtf"),
    ("epub", "application/epub+zip"),
    ("csv", "text/csv"),
    ("zip", "application/zip"),
];
/// Labels of links whose address does not show that a file is behind it.
const LABELS: &str = "|download|downloadpdf|downloadreport|downloadthereport|downloaddocument|herunterladen|telecharger|descargar|scarica|скачать|завантажити|";
const MAX_ATTACHMENTS: usize = 200;
const MAX_TRANSLATIONS: usize = 100;

/// Returns the files that links in the body of the page lead to.
pub(super) fn attachments(scene: &Scene<'_>, page: &Page) -> Vec<Attachment> {
    let mut seen = BTreeSet::new();
    let links = scene
        .elements
        .iter()
        .filter(|p| p.element.value().name() == "a" && matches!(p.zone, Zone::Body | Zone::Aside));
    links
        .filter_map(|placed| attachment(placed, page))
        .filter(|attachment| seen.insert(attachment.url.clone()))
        .take(MAX_ATTACHMENTS)
        .collect()
}

fn attachment(placed: &Placed<'_>, page: &Page) -> Option<Attachment> {
    let element = &placed.element;
    let href = element.read("href")?;
    let label = || text(element).or_else(|| element.read("title").map(str::to_owned));
    let marked = element.read("type").is_some() || element.read("download").is_some();
    let labelled =
        || placed.zone == Zone::Body && label().as_deref().is_some_and(is_download_label);
    // Most links lead to pages and are called after them: their addresses need not be resolved.
    if !(marked || may_be_file(href, page) || labelled()) {
        return None;
    }
    let url: CanonicalUrl = resolve(page, href)?.parse().ok()?;
    let label = label();
    let media_type = media_type(&url).or_else(|| {
        element
            .read("type")
            .filter(|t| t.starts_with("application/"))
    });
    let labelled = label.as_deref().is_some_and(is_download_label);
    let is_file = media_type.is_some()
        || is_download(&url)
        || (placed.zone == Zone::Body && (labelled || element.read("download").is_some()));
    let itself = page.url.as_ref() == Some(&url);
    (is_file && !itself).then(|| Attachment {
        url: url.to_string(),
        label,
        media_type: media_type.map(str::to_owned),
    })
}

fn is_download_label(label: &str) -> bool {
    // The longest label has 22 bytes of letters; words, marks and spaces may stand around them.
    label.len() <= 120 && LABELS.contains(&format!("|{}|", key(label)))
}

/// Returns whether the address could show that a file is behind it, without resolving it: never no where
/// [`media_type`] or [`is_download`] would say yes.
fn may_be_file(href: &str, page: &Page) -> bool {
    const MARKS: [&str; 2] = ["download", "/files/f/documents"];
    let href = href.trim();
    // What resolving would rewrite is resolved: escapes, control characters, parameters of a
    // path, and what keeps the base's path.
    let is_plain = |b: u8| b.is_ascii_graphic() && !matches!(b, b'%' | b'\\' | b';');
    let path = href.split(['?', '#']).next().unwrap_or_default();
    if path.is_empty() || !href.bytes().all(is_plain) || MARKS.iter().any(|m| href.contains(m)) {
        return true;
    }
    let base = page.base.as_ref().map_or("", |base| base.path());
    if base.contains("/files/f/") {
        return true;
    }
    let name = path.rsplit('/').next().unwrap_or_default();
    let extension = name.rsplit_once('.').map(|(_, extension)| extension);
    extension.is_some_and(|e| FILES.iter().any(|(known, _)| known.eq_ignore_ascii_case(e)))
}

fn media_type(url: &CanonicalUrl) -> Option<&'static str> {
    let name = url.as_url().path().rsplit('/').next()?;
    let extension = name.rsplit_once('.')?.1.to_ascii_lowercase();
    FILES
        .iter()
        .find(|(known, _)| *known == extension)
        .map(|(_, media_type)| *media_type)
}

fn is_download(url: &CanonicalUrl) -> bool {
    let query = url.as_url().query().unwrap_or_default();
    url.as_url().path().contains("/files/f/documents/")
        || query
            .split('&')
            .any(|pair| pair == "download" || pair.starts_with("download="))
}

/// Names of languages as switchers write them, folded to letters.
const LANGUAGE_NAMES: &[(&str, &str)] = &[
    ("english", "en"),
    ("русский", "ru"),
    ("українська", "uk"),
    ("українською", "uk"),
    ("deutsch", "de"),
    ("français", "fr"),
    ("español", "es"),
    ("italiano", "it"),
    ("српски", "sr"),
    ("srpski", "sr-latn"),
    ("bosanski", "bs"),
    ("hrvatski", "hr"),
    ("shqip", "sq"),
    ("македонски", "mk"),
    ("română", "ro"),
    ("ქართული", "ka"),
    ("հայերեն", "hy"),
    ("azərbaycanca", "az"),
    ("қазақша", "kk"),
    ("қазақ", "kk"),
    ("кыргызча", "ky"),
    ("ozbekcha", "uz"),
    ("oʻzbekcha", "uz"),
    ("тоҷикӣ", "tg"),
    ("türkçe", "tr"),
    ("polski", "pl"),
    ("български", "bg"),
    ("беларуская", "be"),
];
const LANGUAGE_CODES: &str =
    " en ru uk de fr es it sr bs hr sq mk ro ka hy az kk ky uz tg tr pl bg be ar ";

/// Returns the other languages of the page: what `hreflang` says, and switcher links that lead to the
/// same document.
pub(super) fn translations(scene: &Scene<'_>, page: &Page) -> Vec<Translation> {
    let mut seen = BTreeSet::new();
    scene
        .elements
        .iter()
        .filter_map(|placed| alternate(placed, page).or_else(|| switch(placed, page)))
        .filter(|translation| {
            page.url
                .as_ref()
                .is_none_or(|own| own.as_str() != translation.url)
        })
        .filter(|translation| seen.insert(translation.url.clone()))
        .take(MAX_TRANSLATIONS)
        .collect()
}

fn alternate(placed: &Placed<'_>, page: &Page) -> Option<Translation> {
    let element = &placed.element;
    let is_alternate = |rel: &str| {
        rel.to_ascii_lowercase()
            .split_whitespace()
            .any(|word| word == "alternate")
    };
    if element.value().name() != "link" || !placed.marks.rel.is_some_and(is_alternate) {
        return None;
    }
    let language = language_tag(element.read("hreflang")?)?;
    let url: CanonicalUrl = resolve(page, element.read("href")?)?.parse().ok()?;
    Some(Translation {
        language,
        url: url.to_string(),
    })
}

fn switch(placed: &Placed<'_>, page: &Page) -> Option<Translation> {
    let element = &placed.element;
    if element.value().name() != "a" {
        return None;
    }
    let href = element.read("href")?;
    let language = element
        .read("hreflang")
        .and_then(language_tag)
        .or_else(|| named_language(&text(element)?))?;
    let url: CanonicalUrl = resolve(page, href)?.parse().ok()?;
    same_document(page.url.as_ref()?, &url).then(|| Translation {
        language,
        url: url.to_string(),
    })
}

fn named_language(label: &str) -> Option<String> {
    let label = label.trim();
    // The longest name has twenty bytes; most links are called more.
    if label.len() > 40 {
        return None;
    }
    let label = label.to_lowercase();
    let by_name = LANGUAGE_NAMES
        .iter()
        .find(|(name, _)| *name == label)
        .map(|(_, code)| (*code).to_owned());
    by_name.or_else(|| {
        (label.len() == 2 && LANGUAGE_CODES.contains(&format!(" {label} "))).then_some(label)
    })
}

/// Returns whether two addresses name one document in two languages: the paths differ only in their
/// language segment, or both end in the same number.
fn same_document(own: &CanonicalUrl, other: &CanonicalUrl) -> bool {
    let (own, other) = (path(own), path(other));
    let number = |path: &[String]| {
        path.last()
            .filter(|last| last.len() >= 3 && last.bytes().all(|b| b.is_ascii_digit()))
            .cloned()
    };
    !own.is_empty() && own == other || number(&own).is_some() && number(&own) == number(&other)
}

fn path(url: &CanonicalUrl) -> Vec<String> {
    let mut segments: Vec<String> = url
        .as_url()
        .path()
        .split('/')
        .filter(|s| !s.is_empty())
        .map(str::to_lowercase)
        .collect();
    if segments
        .first()
        .is_some_and(|first| LANGUAGE_CODES.contains(&format!(" {first} ")))
    {
        segments.remove(0);
    }
    segments
}
