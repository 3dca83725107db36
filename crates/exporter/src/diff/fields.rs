//! What changed of a record besides its text.

use serde_json::{Map, Value};
use thresh_types::Document;

use super::FieldChange;
use crate::ExportError;

/// Members with a place of their own in a comparison (`text`, `status`), that name the document
/// (`id`), or that are outside a version's identity (`provenance`).
const ELSEWHERE: [&str; 4] = ["id", "text", "status", "provenance"];

/// Returns the members whose values differ, sorted by name.
pub(crate) fn changes(old: &Document, new: &Document) -> Result<Vec<FieldChange>, ExportError> {
    let (mut old, mut new) = (members(old)?, members(new)?);
    let mut names: Vec<String> = old.keys().chain(new.keys()).cloned().collect();
    names.sort_unstable();
    names.dedup();
    let changes = names.into_iter().map(|field| FieldChange {
        old: old.remove(&field).unwrap_or(Value::Null),
        new: new.remove(&field).unwrap_or(Value::Null),
        field,
    });
    Ok(changes.filter(|change| change.old != change.new).collect())
}

fn members(document: &Document) -> Result<Map<String, Value>, ExportError> {
    // The text may be long and is compared elsewhere.
    let bare = Document {
        text: String::new(),
        ..document.clone()
    };
    let value = serde_json::to_value(bare).map_err(|source| ExportError::Json {
        id: document.id.to_string(),
        source,
    })?;
    let Value::Object(mut members) = value else {
        return Ok(Map::new());
    };
    for name in ELSEWHERE {
        members.remove(name);
    }
    Ok(members)
}
