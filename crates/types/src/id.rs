//! Names of sites, documents, rules and versions.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::Sha256Hash;

/// The text is not of the form that the identifier asks for.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{text}` is no {what}: {form}")]
pub struct IdError {
    what: &'static str,
    text: String,
    form: &'static str,
}

macro_rules! text_id {
    ($(#[$doc:meta])* $name:ident, $what:literal, $form:literal, $valid:expr) => {
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(String);

        impl $name {
            /// Returns the identifier as text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl FromStr for $name {
            type Err = IdError;

            fn from_str(text: &str) -> Result<Self, IdError> {
                let valid: fn(&str) -> bool = $valid;
                if valid(text) {
                    Ok(Self(text.to_owned()))
                } else {
                    Err(IdError { what: $what, text: text.to_owned(), form: $form })
                }
            }
        }

        impl TryFrom<String> for $name {
            type Error = IdError;

            fn try_from(text: String) -> Result<Self, IdError> {
                text.parse()
            }
        }

        impl From<$name> for String {
            fn from(id: $name) -> Self {
                id.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}

fn is_slug(text: &str) -> bool {
    !text.is_empty()
        && text.len() <= 64
        && text
            .bytes()
            .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-' || b == b'_')
        && text.as_bytes()[0].is_ascii_alphanumeric()
}

fn is_doc_id(text: &str) -> bool {
    text.len() == DocId::LENGTH
        && text
            .bytes()
            .all(|b| b.is_ascii_lowercase() || (b'2'..=b'7').contains(&b))
}

fn is_rule_id(text: &str) -> bool {
    text.split_once('/')
        .is_some_and(|(pack, rule)| is_slug(pack) && is_slug(rule))
}

text_id!(
    /// The name of a partner site: the `id` of its file in `config/sites/`.
    SiteId, "site id", "lower-case letters, digits, `-` and `_`, at most 64, are expected", is_slug
);

text_id!(
    /// The name of a document: 20 lower-case base32 characters, see [`DocId::of`].
    DocId, "document id", "20 characters of a-z and 2-7 are expected", is_doc_id
);

text_id!(
    /// The name of a rule: `pack/rule`, for example `wordpress/leaked-post-types`.
    RuleId, "rule id", "`pack/rule` in lower-case letters, digits, `-` and `_` is expected", is_rule_id
);

impl SiteId {
    /// Returns the site of imports whose origin belongs to no configured site.
    pub fn local() -> Self {
        Self("local".to_owned())
    }
}

impl DocId {
    /// Length in characters.
    pub const LENGTH: usize = 20;

    /// Returns the identifier of the document that `key` names within `site`: the first 100 bits of
    /// sha256(site + NUL + key) in base32.
    pub fn of(site: &SiteId, key: &str) -> Self {
        let hash = Sha256Hash::of_parts([site.as_str(), key]);
        let mut text = data_encoding::BASE32_NOPAD.encode(hash.as_bytes());
        text.truncate(Self::LENGTH);
        text.make_ascii_lowercase();
        Self(text)
    }
}

impl RuleId {
    /// Returns the rule `name` of `pack`.
    ///
    /// # Panics
    /// When the two do not form a valid identifier: for names that stand in the source only.
    pub fn of(pack: &str, name: &str) -> Self {
        format!("{pack}/{name}")
            .parse()
            .expect("rule names in the source are valid")
    }

    /// Returns the pack that the rule belongs to.
    pub fn pack(&self) -> &str {
        self.0.split_once('/').map_or("", |(pack, _)| pack)
    }
}

/// The identity of a corpus version: a digest of its documents alone, never of when or where it was
/// built.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(transparent)]
pub struct VersionId(pub Sha256Hash);

impl VersionId {
    /// Returns the first twelve hexadecimal digits, enough to name a version to a person.
    pub fn short(&self) -> String {
        let mut text = self.0.to_string();
        text.truncate(12);
        text
    }
}

impl fmt::Display for VersionId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn document_ids_are_twenty_base32_characters_and_depend_on_the_site() {
        let osce: SiteId = "osce".parse().unwrap();
        let id = DocId::of(&osce, "node/373001/en");
        assert_eq!(id.as_str().len(), DocId::LENGTH);
        assert_eq!(id.as_str().parse::<DocId>().unwrap(), id);
        assert_ne!(id, DocId::of(&SiteId::local(), "node/373001/en"));
    }

    #[test]
    fn malformed_ids_name_themselves() {
        let error = "Not A Site".parse::<SiteId>().unwrap_err().to_string();
        assert!(error.contains("`Not A Site` is no site id"), "{error}");
        assert!("wordpress".parse::<RuleId>().is_err());
    }
}
