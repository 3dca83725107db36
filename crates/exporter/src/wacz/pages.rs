//! The list of pages with which a viewer opens: the version's documents, with their texts to search in.

use std::io::Write;

use serde::Serialize;
use thresh_corpus::Version;

use super::package::Part;
use super::select::Selection;
use crate::ExportError;

#[derive(Serialize)]
struct Header {
    format: &'static str,
    id: &'static str,
    title: &'static str,
    #[serde(rename = "hasText")]
    has_text: bool,
}

#[derive(Serialize)]
struct Page<'a> {
    id: &'a str,
    url: &'a str,
    ts: String,
    title: &'a str,
    text: &'a str,
}

/// Writes a line for each document whose capture has an address.
pub(super) fn write(
    version: &Version,
    selection: &Selection,
    mut out: Part<'_>,
) -> Result<(), ExportError> {
    line(
        &mut out,
        "pages",
        &Header {
            format: "json-pages-1.0",
            id: "pages",
            title: "Pages",
            has_text: true,
        },
    )?;
    for (leaf, recorded) in selection.pages() {
        let url = &recorded.capture.final_url;
        if url.is_empty() {
            continue;
        }
        let document = version.document(leaf)?;
        let id = document.id.to_string();
        let page = Page {
            id: &id,
            url,
            ts: recorded.date.to_string(),
            title: document.title.as_deref().unwrap_or(url),
            text: &document.text,
        };
        line(&mut out, &id, &page)?;
    }
    out.finish();
    Ok(())
}

fn line(out: &mut Part<'_>, id: &str, value: &impl Serialize) -> Result<(), ExportError> {
    let mut line = serde_json::to_vec(value).map_err(|source| ExportError::Json {
        id: id.to_owned(),
        source,
    })?;
    line.push(b'\n');
    Ok(out.write_all(&line)?)
}
