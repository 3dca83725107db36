//! What every file says of itself: the `warcinfo` record.

use crate::warc::Fields;

/// Who archives what, and how: what the `warcinfo` record of every file says beyond the software that
/// wrote it (ISO 28500 §6.2). What is not known is left out.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ArchiveInfo {
    /// Whom to ask about the archive: a name or an address.
    pub operator: Option<String>,
    /// The name of the collection that the file is part of.
    pub is_part_of: Option<String>,
    /// What the archive is of, in a sentence.
    pub description: Option<String>,
    /// How robots.txt is taken: `obey`, or `ignore` where it is not asked for.
    pub robots: Option<String>,
    /// The `User-Agent` that requests carry.
    pub user_agent: Option<String>,
}

impl ArchiveInfo {
    /// Returns the fields, in the names that ISO 28500 §6.2 gives them.
    pub(super) fn fields(&self) -> Fields {
        let mut fields = Fields::new();
        fields.push("software", concat!("thresh/", env!("CARGO_PKG_VERSION")));
        fields.push("format", "WARC File Format 1.1");
        fields.push(
            "conformsTo",
            "http://iipc.github.io/warc-specifications/specifications/warc-format/warc-1.1/",
        );
        fields.push_some("operator", self.operator.as_ref());
        fields.push_some("isPartOf", self.is_part_of.as_ref());
        fields.push_some("description", self.description.as_ref());
        fields.push_some("robots", self.robots.as_ref());
        fields.push_some("http-header-user-agent", self.user_agent.as_ref());
        fields
    }
}
