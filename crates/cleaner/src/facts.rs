//! What markup says beside its blocks: scripts, fields, empty mounts, marks of known systems.

use serde::{Deserialize, Serialize};

/// Facts on the markup of a page that no block holds: few and bounded, so that the record of a page
/// stays small.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct PageFacts {
    /// Scripts from addresses.
    pub scripts: u32,
    /// Bytes of scripts within the page.
    pub script_bytes: u32,
    /// The first element that scripts fill and that holds nothing yet, by its id or tag.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mount: Option<String>,
    /// Images, films, sounds and frames.
    pub media: u32,
    /// Fields for a password that stand in the page's own part.
    pub passwords: u32,
    /// Other fields that a reader fills in, searches aside.
    pub fields: u32,
    /// Whether one can search.
    pub search: bool,
    /// The labels of buttons that are fields, at most eight.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub controls: Vec<String>,
    /// The program that makes manuals and names itself as the maker of the page.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub maker: Option<String>,
    /// Names of systems whose marks the page bears, sorted.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub signs: Vec<String>,
}

impl PageFacts {
    /// Returns whether the page runs scripts.
    pub(crate) fn is_scripted(&self) -> bool {
        self.scripts > 0 || self.script_bytes > 0
    }
}
