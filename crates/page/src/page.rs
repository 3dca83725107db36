//! A parsed page.

use scraper::Html;
use thresh_types::CanonicalUrl;

use crate::{Directives, Link, MediaKind};

/// The bytes of a response with what the server said of them.
#[derive(Debug, Clone, Copy)]
pub struct Raw<'a> {
    /// The address that answered, where one is known.
    pub url: Option<&'a CanonicalUrl>,
    /// The response headers in order; empty for imports.
    pub headers: &'a [(String, String)],
    /// The media type: the `Content-Type` value, or what an import was told.
    pub content_type: Option<&'a str>,
    /// The body, content codings undone.
    pub body: &'a [u8],
}

/// A page whose structure can be read.
#[derive(Debug)]
pub struct Page {
    /// The tree. `<noscript>` is parsed as elements, since no script runs.
    pub html: Html,
    /// The address that answered.
    pub url: Option<CanonicalUrl>,
    /// The address that relative links are resolved against: `<base href>` or the page's own.
    pub base: Option<url::Url>,
    /// The response headers in order.
    pub headers: Vec<(String, String)>,
    /// The name of the character encoding that was used, as the Encoding Standard spells it.
    pub charset: &'static str,
}

/// What a body turned out to be.
#[derive(Debug)]
pub enum Readable {
    /// HTML or XHTML.
    Html(Page),
    /// Plain text, decoded.
    Text(String),
}

/// A body that is no text that this crate can read; an expected outcome.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{kind:?} is not read here")]
pub struct Unreadable {
    /// What the body is.
    pub kind: MediaKind,
}
