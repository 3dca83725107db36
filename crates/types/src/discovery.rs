//! How an address came to be known.

use serde::{Deserialize, Serialize};

use crate::CanonicalUrl;

/// By what an address was found.
#[derive(
    Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(rename_all = "kebab-case")]
pub enum How {
    /// The site's configuration names it.
    #[default]
    Seed,
    /// A person named it for this run.
    Named,
    /// A page links to it.
    Link,
    /// A page says that it is the same in another language, a feed, or its next or previous page.
    Relation,
    /// A frame of a page.
    Frame,
    /// A page or its header leads there by itself.
    Refresh,
    /// A redirect leads there.
    Redirect,
    /// A sitemap lists it.
    Sitemap,
    /// A feed lists it, or a sitemap as news.
    Feed,
    /// robots.txt names it, or it stands at a place that the protocols give it.
    WellKnown,
}

impl How {
    const ALL: [Self; 10] = [
        Self::Seed,
        Self::Named,
        Self::Link,
        Self::Relation,
        Self::Frame,
        Self::Refresh,
        Self::Redirect,
        Self::Sitemap,
        Self::Feed,
        Self::WellKnown,
    ];

    /// Returns the name as the archive writes it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Seed => "seed",
            Self::Named => "named",
            Self::Link => "link",
            Self::Relation => "relation",
            Self::Frame => "frame",
            Self::Refresh => "refresh",
            Self::Redirect => "redirect",
            Self::Sitemap => "sitemap",
            Self::Feed => "feed",
            Self::WellKnown => "well-known",
        }
    }

    /// Reads what [`How::as_str`] writes.
    pub fn of(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|how| how.as_str() == text)
    }

    /// Returns the number by which a table may keep it; [`How::from_code`] reads it.
    pub const fn code(self) -> u8 {
        self as u8
    }

    /// Returns the way with that number.
    pub fn from_code(code: u8) -> Option<Self> {
        Self::ALL.get(usize::from(code)).copied()
    }
}

/// How an address came to be known: by what, where, and with which words.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Discovery {
    /// By what.
    pub how: How,
    /// The page, sitemap or feed that named it; none for seeds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub via: Option<CanonicalUrl>,
    /// The words of the link, at most 100 characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub context: Option<String>,
}

impl Discovery {
    /// Returns a discovery that names no place.
    pub const fn bare(how: How) -> Self {
        Self {
            how,
            via: None,
            context: None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_numbers_read_back() {
        for (place, how) in How::ALL.into_iter().enumerate() {
            assert_eq!(How::of(how.as_str()), Some(how));
            assert_eq!(usize::from(how.code()), place);
            assert_eq!(How::from_code(how.code()), Some(how));
        }
        assert_eq!(How::from_code(99), None);
    }
}
