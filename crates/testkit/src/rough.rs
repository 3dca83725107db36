//! Answers of bad, broken and hostile servers, ready to be served.
//!
//! [`answers`] is the table of them, each with a name for messages; [`Scale`] says how large they are.
//! The parts they are made of are here as well, for tests that want one of them with a twist.

mod answers;
mod pages;
mod sitemaps;

pub use answers::{Rough, answers, redirects};
pub use pages::{attributes, links, long_text, nested, private_spellings};
pub use sitemaps::{entity_bomb, external_entity, index, urlset};

/// How large the large answers are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Scale {
    /// Bytes that a bomb unpacks to.
    pub bomb: u64,
    /// Bytes of a long text.
    pub text: usize,
    /// Links of a page of links.
    pub links: usize,
    /// Elements within each other.
    pub depth: usize,
    /// Attributes of one element.
    pub attributes: usize,
    /// Bytes of a long address.
    pub url: usize,
}

impl Scale {
    /// As large as an attacker would make them.
    pub const FULL: Self = Self {
        bomb: 1 << 30,
        text: 50_000_000,
        links: 100_000,
        depth: 200_000,
        attributes: 1_000_000,
        url: 1_000_000,
    };

    /// Large enough to break a reader without limits, small enough for a build without optimisation.
    pub const QUICK: Self = Self {
        bomb: 64 << 20,
        text: 6_000_000,
        links: 10_000,
        depth: 20_000,
        attributes: 50_000,
        url: 200_000,
    };
}
