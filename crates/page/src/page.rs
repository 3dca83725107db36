//! A parsed page.

use scraper::Html;
use thresh_types::CanonicalUrl;

use crate::tag::Tag;
use crate::{Budget, MediaKind, charset, parser};

/// The bytes of a response with what the server said of them.
#[derive(Debug, Clone, Copy)]
pub struct Raw<'a> {
    /// The address that answered, where one is known.
    pub url: Option<&'a CanonicalUrl>,
    /// The response headers in order; empty for imports.
    pub headers: &'a [(String, String)],
    /// The media type: the `Content-Type` value with its parameters, or what an import was told.
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
    /// The limits that the page went over, so that the tree is not all of it; sorted.
    pub cut: Vec<Budget>,
}

/// What a body turned out to be.
#[derive(Debug)]
#[allow(
    clippy::large_enum_variant,
    reason = "one is made for each body and taken apart at once"
)]
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

/// Characters of a language tag that are taken: the longest registered ones are shorter (RFC 5646
/// §4.4.1).
const MAX_LANGUAGE: usize = 35;

impl Page {
    /// Returns the page that `html` is. It never fails: HTML knows no errors.
    pub fn parse(html: &str, url: Option<CanonicalUrl>) -> Self {
        let (html, cut) = parser::parse(html);
        let mut page = Self {
            html,
            url,
            base: None,
            headers: Vec::new(),
            charset: "UTF-8",
            cut,
        };
        page.base = base(page.url.as_ref(), page.base_href());
        page
    }

    /// Returns the values of every header called `name`, compared without case, in order.
    pub fn headers_all<'a>(&'a self, name: &str) -> impl Iterator<Item = &'a str> + use<'a> {
        let name = name.to_ascii_lowercase();
        self.headers
            .iter()
            .filter(move |(given, _)| given.eq_ignore_ascii_case(&name))
            .map(|(_, value)| value.as_str())
    }

    /// Returns the language that the page declares for itself, as written: `lang` or `xml:lang` of
    /// the root, else a `Content-Language` that names one language, in markup or header.
    pub fn declared_language(&self) -> Option<String> {
        let of_root = self.elements().next().and_then(|root| {
            let attr = |name| root.value().attr(name).and_then(one_language);
            attr("lang").or_else(|| attr("xml:lang"))
        });
        of_root
            .or_else(|| self.language_in_meta())
            .or_else(|| self.headers_all("content-language").find_map(one_language))
            .map(str::to_owned)
    }

    /// Returns the `href` of the first `<base>` that has one.
    pub(crate) fn base_href(&self) -> Option<&str> {
        base_href(self.elements().map(|element| element.value()))
    }

    fn language_in_meta(&self) -> Option<&str> {
        self.elements()
            .map(|element| element.value())
            .filter(|element| element.name() == "meta")
            .filter(|meta| {
                let name = meta.attr("http-equiv").unwrap_or("").trim();
                name.eq_ignore_ascii_case("content-language")
            })
            .find_map(|meta| meta.attr("content").and_then(one_language))
    }
}

/// Returns the `href` of the first `<base>` that has one.
pub(crate) fn base_href<'e, T: Tag + 'e>(
    mut elements: impl Iterator<Item = &'e T>,
) -> Option<&'e str> {
    elements.find_map(|element| {
        (element.name() == "base")
            .then(|| element.attr("href"))
            .flatten()
    })
}

/// Returns what relative addresses are resolved against (HTML Standard §2.4.3): the first
/// `<base href>` where it leads to the web, else the page's own address.
pub(crate) fn base(own: Option<&CanonicalUrl>, href: Option<&str>) -> Option<url::Url> {
    let own = own.map(CanonicalUrl::as_url);
    let declared = href.and_then(|href| match own {
        Some(own) => own.join(href.trim()).ok(),
        None => url::Url::parse(href.trim()).ok(),
    });
    declared
        .filter(|base| matches!(base.scheme(), "http" | "https") && base.has_host())
        .or_else(|| own.cloned())
}

/// Returns a language tag; none for lists and for what has no such form.
fn one_language(value: &str) -> Option<&str> {
    let value = value.trim();
    let is_tag = value.starts_with(|c: char| c.is_ascii_alphabetic())
        && value.len() <= MAX_LANGUAGE
        && value
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_');
    is_tag.then_some(value)
}

/// Reads a body: finds what it is, decodes and parses it.
///
/// # Errors
/// When the body is neither HTML nor plain text.
pub fn read(raw: Raw<'_>) -> Result<Readable, Unreadable> {
    let (kind, _) = MediaKind::of(raw.content_type, raw.url, raw.body);
    match kind {
        MediaKind::Html => {
            let (text, charset) = charset::decode(&raw, kind);
            let mut page = Page::parse(&text, raw.url.cloned());
            page.headers = raw.headers.to_vec();
            page.charset = charset;
            Ok(Readable::Html(page))
        }
        MediaKind::Text => Ok(Readable::Text(charset::decode(&raw, kind).0.into_owned())),
        kind => Err(Unreadable { kind }),
    }
}
