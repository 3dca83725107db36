//! Where a page leads.

use std::borrow::Cow;
use std::collections::HashMap;
use std::collections::hash_map::Entry;

use scraper::{ElementRef, Node};
use serde::{Deserialize, Serialize};
use thresh_types::CanonicalUrl;
use url::Url;

use crate::tag::Tag;
use crate::{Page, header_links, refresh};

/// Characters of a link's text that are kept.
const MAX_TEXT: usize = 200;

/// Nodes that are visited for the text of one link, since unclosed links can hold half a page.
pub(crate) const MAX_NODES: usize = 500;

/// How a page leads somewhere.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum LinkKind {
    /// `a` or `area`.
    Anchor,
    /// `frame` or `iframe`.
    Frame,
    /// `meta http-equiv=refresh`, or the header `Refresh`.
    Refresh,
    /// The same in another language.
    Alternate {
        /// The value of `hreflang`, as written.
        language: String,
    },
    /// The next page of a sequence.
    Next,
    /// The previous page of a sequence.
    Prev,
    /// The address that the page prefers.
    Canonical,
    /// A feed.
    Feed,
}

/// A link of a page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Link {
    /// Where it leads.
    pub url: CanonicalUrl,
    /// Its text, white space collapsed, at most 200 characters.
    pub text: String,
    /// Whether every link to the address is marked `nofollow`, `ugc` or `sponsored`.
    pub nofollow: bool,
    /// How it leads there.
    pub kind: LinkKind,
}

/// A link before its address is resolved.
pub(crate) struct Reference<'p> {
    pub(crate) href: Cow<'p, str>,
    pub(crate) text: String,
    pub(crate) nofollow: bool,
    pub(crate) kind: LinkKind,
}

impl Page {
    /// Returns the links of the page, at most `max`: first those of the `Link` and `Refresh` headers,
    /// then those of the tree in its order.
    ///
    /// Each address comes once, as it came first, and counts as followed if any link to it is. Links
    /// within the page and those that lead out of `http` and `https` are left out. What the page
    /// forbids as a whole is said by [`Page::directives`] and not repeated here.
    pub fn links(&self, max: usize) -> Vec<Link> {
        let references = self
            .elements()
            .filter_map(|element| reference(element.value(), || text_of(element)));
        collect(self.place(), references, max)
    }

    /// Returns the canonical address that `href` leads to, resolved against the page's base; none
    /// where it stays within the page, leads out of `http` and `https`, or is no address.
    pub fn resolve(&self, href: &str) -> Option<CanonicalUrl> {
        self.place().resolve(href)
    }

    pub(crate) fn place(&self) -> Place<'_> {
        Place {
            own: self.url.as_ref(),
            base: self.base.as_ref(),
            headers: &self.headers,
        }
    }
}

/// Where a page stands, which its links depend on.
#[derive(Clone, Copy)]
pub(crate) struct Place<'p> {
    /// The address that answered.
    pub(crate) own: Option<&'p CanonicalUrl>,
    /// What relative addresses are resolved against.
    pub(crate) base: Option<&'p Url>,
    /// The headers of the answer.
    pub(crate) headers: &'p [(String, String)],
}

impl Place<'_> {
    pub(crate) fn resolve(&self, href: &str) -> Option<CanonicalUrl> {
        let href = href.trim_matches(|c: char| c <= ' ');
        if href.is_empty() || href.starts_with('#') {
            return None;
        }
        let url = match self.base {
            Some(base) => base.join(href).ok()?,
            None => Url::parse(href).ok()?,
        };
        CanonicalUrl::from_url(url).ok()
    }
}

/// Returns the links that headers and `references` give, see [`Page::links`].
pub(crate) fn collect<'p>(
    place: Place<'p>,
    references: impl Iterator<Item = Reference<'p>>,
    max: usize,
) -> Vec<Link> {
    let mut found: Vec<Link> = Vec::new();
    let mut known: HashMap<CanonicalUrl, usize> = HashMap::new();
    // Menus name their pages more than once, and resolving costs more than asking.
    let mut resolved: HashMap<Cow<'_, str>, Option<usize>> = HashMap::new();
    let values = |name| header_values(place.headers, name);
    let in_headers = values("link").flat_map(header_links::parse);
    let in_headers = in_headers.chain(values("refresh").filter_map(refresh_header));
    for reference in in_headers.chain(references) {
        let place_of = |url| match known.entry(url) {
            Entry::Occupied(entry) => Some(*entry.get()),
            Entry::Vacant(_) if found.len() >= max => None,
            Entry::Vacant(entry) => {
                let at = found.len();
                found.push(Link {
                    url: entry.key().clone(),
                    text: String::new(),
                    nofollow: true,
                    kind: reference.kind,
                });
                Some(*entry.insert(at))
            }
        };
        let at = match resolved.entry(reference.href) {
            Entry::Occupied(entry) => *entry.get(),
            Entry::Vacant(entry) => {
                let at = place.resolve(entry.key()).and_then(place_of);
                *entry.insert(at)
            }
        };
        if let Some(link) = at.and_then(|at| found.get_mut(at)) {
            link.nofollow &= reference.nofollow;
            if link.text.is_empty() {
                link.text = reference.text;
            }
        }
    }
    found
}

pub(crate) fn header_values<'h>(
    headers: &'h [(String, String)],
    name: &str,
) -> impl Iterator<Item = &'h str> + use<'h> {
    let name = name.to_owned();
    headers
        .iter()
        .filter(move |(given, _)| given.eq_ignore_ascii_case(&name))
        .map(|(_, value)| value.as_str())
}

/// Returns where an element leads, if it leads anywhere; its text is asked for only then.
pub(crate) fn reference<T: Tag>(
    element: &T,
    text: impl FnOnce() -> Collapsed,
) -> Option<Reference<'_>> {
    let attr = |name| element.attr(name);
    let (href, kind) = match element.name() {
        "a" | "area" => (attr("href")?, anchor_kind(element)),
        "frame" | "iframe" => (attr("src")?, LinkKind::Frame),
        "link" => (
            attr("href")?,
            kind_of(rel(element), attr("hreflang"), attr("type"))?,
        ),
        "meta" if is_refresh(element) => (refresh::parse(attr("content")?)?.1, LinkKind::Refresh),
        _ => return None,
    };
    Some(Reference {
        href: Cow::Borrowed(href),
        text: labelled(text(), element),
        nofollow: is_nofollow(rel(element)),
        kind,
    })
}

fn rel(element: &impl Tag) -> &str {
    element.attr("rel").unwrap_or("")
}

fn anchor_kind(element: &impl Tag) -> LinkKind {
    match kind_of(rel(element), element.attr("hreflang"), element.attr("type")) {
        // An anchor named canonical is a permalink of something, not the page's own statement.
        None | Some(LinkKind::Canonical) => LinkKind::Anchor,
        Some(kind) => kind,
    }
}

/// Returns whether `rel` asks that the link is not followed.
pub(crate) fn is_nofollow(rel: &str) -> bool {
    has_word(rel, &["nofollow", "ugc", "sponsored"])
}

pub(crate) fn has_word(list: &str, words: &[&str]) -> bool {
    list.split_ascii_whitespace()
        .any(|given| words.iter().any(|word| given.eq_ignore_ascii_case(word)))
}

/// Returns what a relation makes of a link; none for those that lead to no page, as style sheets.
pub(crate) fn kind_of(
    rel: &str,
    language: Option<&str>,
    media_type: Option<&str>,
) -> Option<LinkKind> {
    const FEEDS: &[&str] = &[
        "application/rss+xml",
        "application/atom+xml",
        "application/feed+json",
    ];
    if has_word(rel, &["canonical"]) {
        return Some(LinkKind::Canonical);
    }
    if has_word(rel, &["next"]) {
        return Some(LinkKind::Next);
    }
    if has_word(rel, &["prev", "previous"]) {
        return Some(LinkKind::Prev);
    }
    if !has_word(rel, &["alternate"]) || has_word(rel, &["stylesheet"]) {
        return None;
    }
    let media_type = media_type
        .unwrap_or("")
        .split(';')
        .next()
        .unwrap_or("")
        .trim();
    if FEEDS
        .iter()
        .any(|feed| media_type.eq_ignore_ascii_case(feed))
    {
        return Some(LinkKind::Feed);
    }
    let language = language
        .map(str::trim)
        .filter(|language| !language.is_empty())?;
    Some(LinkKind::Alternate {
        language: language.to_owned(),
    })
}

/// Returns whether the element is a `meta http-equiv=refresh`.
pub(crate) fn is_refresh(meta: &impl Tag) -> bool {
    meta.attr("http-equiv")
        .is_some_and(|value| value.trim().eq_ignore_ascii_case("refresh"))
}

fn refresh_header(value: &str) -> Option<Reference<'_>> {
    let (_, href) = refresh::parse(value)?;
    Some(Reference {
        href: Cow::Borrowed(href),
        text: String::new(),
        nofollow: false,
        kind: LinkKind::Refresh,
    })
}

/// Returns the text that a link shows.
fn text_of(element: ElementRef<'_>) -> Collapsed {
    let mut text = Collapsed::default();
    for node in element.descendants().take(MAX_NODES) {
        match node.value() {
            Node::Text(part) => text.push(part),
            Node::Element(inner) if inner.name() == "img" || inner.name() == "area" => {
                text.push(inner.attr("alt").unwrap_or(""));
            }
            // Words of neighbouring elements must not fuse.
            Node::Element(_) => text.push(" "),
            _ => {}
        }
        if text.length >= MAX_TEXT {
            break;
        }
    }
    text
}

/// Returns what a link shows, else what it is called.
fn labelled(mut text: Collapsed, element: &impl Tag) -> String {
    for name in ["aria-label", "title"] {
        if text.text.is_empty() {
            text.push(element.attr(name).unwrap_or(""));
        }
    }
    text.text
}

/// Text with its white space made single spaces, up to [`MAX_TEXT`] characters.
#[derive(Debug, Clone, Default)]
pub(crate) struct Collapsed {
    text: String,
    /// In characters.
    length: usize,
    space: bool,
}

impl Collapsed {
    pub(crate) fn push(&mut self, part: &str) {
        for c in part.chars() {
            if c.is_whitespace() {
                self.space = true;
                continue;
            }
            let space = std::mem::take(&mut self.space) && !self.text.is_empty();
            if self.length + usize::from(space) >= MAX_TEXT {
                self.length = MAX_TEXT;
                return;
            }
            if self.text.capacity() == 0 {
                // Most links say all in one part.
                self.text.reserve(part.len().min(MAX_TEXT));
            }
            if space {
                self.text.push(' ');
                self.length += 1;
            }
            self.text.push(c);
            self.length += 1;
        }
    }
}
