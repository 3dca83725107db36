//! Compares a published version with what curation makes of the same inputs now.

use std::collections::BTreeMap;
use std::fmt;
use std::fs;

use super::assembly::{Assembly, hash_only};
use super::publish::{manifest, to_pretty};
use super::{Leaf, Manifest, NewVersion, Version, Versions};
use crate::CorpusError;

/// Something that the rebuilt version has otherwise.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Difference {
    /// The document, file or field.
    pub what: String,
    /// How it differs.
    pub detail: String,
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.what, self.detail)
    }
}

fn difference(what: impl fmt::Display, detail: impl fmt::Display) -> Difference {
    Difference {
        what: what.to_string(),
        detail: detail.to_string(),
    }
}

impl Versions<'_> {
    /// Compares every byte of the version with what publishing `new` in its place would write. Objects
    /// are compared by digest, and read to be sure that they have it.
    ///
    /// # Errors
    /// When two documents of `new` have one id, or a file cannot be read.
    pub fn compare_with(
        &self,
        version: &Version,
        new: &NewVersion,
    ) -> Result<Vec<Difference>, CorpusError> {
        let assembly = Assembly::of(new, hash_only)?;
        let mut found = document_differences(&version.leaves()?, &assembly.leaves);
        for (name, lines) in assembly.files() {
            let path = version.folder().join(name);
            let stored = fs::read(&path).map_err(CorpusError::io("read", &path))?;
            if stored != lines.as_bytes() {
                found.push(difference(
                    name,
                    first_difference(&stored, lines.as_bytes()),
                ));
            }
        }
        found.extend(manifest_differences(version, &assembly)?);
        found.extend(unreadable_objects(version, &assembly)?);
        Ok(found)
    }
}

fn document_differences(stored: &[Leaf], rebuilt: &[Leaf]) -> Vec<Difference> {
    let old: BTreeMap<_, _> = stored.iter().map(|leaf| (&leaf.doc_id, leaf)).collect();
    let new: BTreeMap<_, _> = rebuilt.iter().map(|leaf| (&leaf.doc_id, leaf)).collect();
    let mut found = Vec::new();
    for (id, leaf) in &old {
        match new.get(id) {
            None => found.push(difference(id, "the rebuilt version lacks it")),
            Some(other) if leaf != other => found.push(difference(id, parts(leaf, other))),
            Some(_) => {}
        }
    }
    for id in new.keys().filter(|id| !old.contains_key(*id)) {
        found.push(difference(id, "only the rebuilt version has it"));
    }
    found
}

/// Names the parts of a document that differ.
fn parts(a: &Leaf, b: &Leaf) -> String {
    let parts = [
        ("text", a.text_sha256 != b.text_sha256),
        ("metadata", a.meta_sha256 != b.meta_sha256),
        ("cluster", a.cluster_id != b.cluster_id),
        ("markdown", a.markdown_sha256 != b.markdown_sha256),
        ("removed blocks", a.removed_sha256 != b.removed_sha256),
    ];
    let names: Vec<&str> = parts
        .iter()
        .filter(|(_, differs)| *differs)
        .map(|(name, _)| *name)
        .collect();
    format!("{} differ", names.join(", "))
}

fn first_difference(stored: &[u8], rebuilt: &[u8]) -> String {
    let mut stored = stored.split(|&b| b == b'\n');
    let mut rebuilt = rebuilt.split(|&b| b == b'\n');
    let mut line = 1;
    loop {
        match (stored.next(), rebuilt.next()) {
            (Some(a), Some(b)) if a == b => line += 1,
            _ => return format!("differs from line {line} on"),
        }
    }
}

/// The rebuilt manifest stands in the same place of history: parent and packs are the stored ones.
fn manifest_differences(
    version: &Version,
    assembly: &Assembly,
) -> Result<Vec<Difference>, CorpusError> {
    let stored = version.manifest();
    let rebuilt = manifest(assembly, stored.parent, stored.packs.clone());
    let path = version.folder().join("manifest.json");
    let bytes = fs::read(&path).map_err(CorpusError::io("read", &path))?;
    let mut found = field_differences(stored, &rebuilt);
    if found.is_empty() && bytes != to_pretty(&rebuilt, &path)? {
        found.push(difference("manifest.json", "it is written otherwise"));
    }
    Ok(found)
}

fn field_differences(stored: &Manifest, rebuilt: &Manifest) -> Vec<Difference> {
    let (a, b) = (&stored.inputs, &rebuilt.inputs);
    let fields = [
        ("version id", stored.version_id != rebuilt.version_id),
        ("counts", stored.counts != rebuilt.counts),
        ("captures", a.captures != b.captures),
        ("captures digest", a.captures_digest != b.captures_digest),
        ("configuration", a.config_sha256 != b.config_sha256),
        ("decisions", a.decisions_sha256 != b.decisions_sha256),
    ];
    let mut found: Vec<Difference> = fields
        .iter()
        .filter(|(_, differs)| *differs)
        .map(|(name, _)| difference("manifest.json", format!("another {name}")))
        .collect();
    if a.stages != b.stages {
        let detail = format!(
            "built by {}, now {}",
            a.stages.join(" "),
            b.stages.join(" ")
        );
        found.push(difference("stages", detail));
    }
    found
}

fn unreadable_objects(
    version: &Version,
    assembly: &Assembly,
) -> Result<Vec<Difference>, CorpusError> {
    let store = version.shelf.store()?;
    let found = assembly.objects().into_iter().filter_map(|hash| {
        let error = store.read(&hash).err()?;
        Some(difference(format!("object {hash}"), error))
    });
    Ok(found.collect())
}
