//! What stands in one entry of a sitemap or feed.

use quick_xml::events::BytesStart;
use thresh_types::CanonicalUrl;

use super::xml::{attribute, base_of};
use super::{MAX_FIELD, SitemapKind, date, trimmed};

/// Deeper elements of an entry are counted, not remembered.
const MAX_DEPTH: usize = 64;

/// More translations than there are language tags in use are no translations.
const MAX_ALTERNATES: usize = 500;

/// Longer language tags are none (RFC 5646 §4.4.1 asks for 35).
const MAX_LANGUAGE: usize = 64;

/// The fields of the sitemap protocol, which never hold each other.
const PROTOCOL: &[&str] = &["loc", "lastmod", "changefreq", "priority"];

/// Where an element starts.
pub(super) struct Place<'a> {
    /// Its name in lower case, without prefix.
    pub(super) local: &'a str,
    pub(super) prefix: &'a str,
    /// What the file is.
    pub(super) kind: SitemapKind,
}

/// What has been read of one entry.
#[derive(Default)]
pub(super) struct Entry {
    /// Its element; empty where that was left out.
    name: String,
    prefix: String,
    /// The open elements within the entry, and whether they are of its own prefix.
    open: Vec<(String, bool)>,
    /// Open elements beyond those remembered.
    deeper: usize,
    /// The field that is being read, and how many elements are open in it at least.
    field: Option<(Field, usize)>,
    text: String,
    /// Whether the field holds an entity, which is never expanded, or more than a field may.
    is_spoilt: bool,
    base: Option<CanonicalUrl>,
    /// Addresses as written. More than one where an end tag or a start tag is missing.
    addresses: Vec<String>,
    /// The address of last resort: the `guid` of RSS, the `about` of RDF.
    spare: Option<String>,
    modified: Option<String>,
    published: Option<String>,
    has_news: bool,
    alternates: Vec<(String, String)>,
}

/// What an entry said.
pub(super) struct Found {
    pub(super) address: Option<String>,
    pub(super) lastmod: Option<String>,
    pub(super) published: Option<String>,
    pub(super) news: bool,
    pub(super) alternates: Vec<(String, String)>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Field {
    Address,
    Spare,
    Modified,
    Published,
}

impl Entry {
    /// Returns the entry that `element` begins, where relative references are resolved against
    /// `base`.
    pub(super) fn new(place: &Place<'_>, element: &BytesStart<'_>, base: &CanonicalUrl) -> Self {
        let is_feed = place.kind == SitemapKind::Feed;
        Self {
            name: place.local.to_owned(),
            prefix: place.prefix.to_owned(),
            base: is_feed.then(|| base_of(element, base)).flatten(),
            spare: is_feed.then(|| attribute(element, "about")).flatten(),
            ..Self::default()
        }
    }

    /// Returns the entry around an address that stands alone, whose start tag was just read.
    pub(super) fn implied(place: &Place<'_>) -> Self {
        Self {
            prefix: place.prefix.to_owned(),
            open: vec![(place.local.to_owned(), true)],
            field: Some((Field::Address, 1)),
            name: match place.kind {
                SitemapKind::Index => "/sitemap".to_owned(),
                _ => String::new(),
            },
            ..Self::default()
        }
    }

    fn is_implied(&self) -> bool {
        self.name.is_empty() || self.name.starts_with('/')
    }

    pub(super) fn prefix(&self) -> &str {
        &self.prefix
    }

    /// Returns whether the entry is one of a sitemap rather than of a page.
    pub(super) fn is_child(&self) -> bool {
        self.name.trim_start_matches('/') == "sitemap"
    }

    /// Returns whether another entry that starts at `place` means that the end of this one is
    /// missing. Within a `loc` that is still empty it is but one tag too many.
    pub(super) fn may_end_before(&self, place: &Place<'_>) -> bool {
        let is_blank = self.field.is_some() && trimmed(&self.text).is_empty();
        let is_nested_url =
            place.local == "url" && self.is_child() && self.open.is_empty() && !self.has_address();
        place.prefix == self.prefix
            && self.deeper == 0
            && self.open.len() <= 1
            && !is_blank
            && !is_nested_url
    }

    fn has_address(&self) -> bool {
        !self.addresses.is_empty()
    }

    /// Takes a start tag; `is_core` says that it is of the entry's own vocabulary.
    pub(super) fn start(
        &mut self,
        place: &Place<'_>,
        is_core: bool,
        element: &BytesStart<'_>,
        base: &CanonicalUrl,
    ) {
        let is_feed = place.kind == SitemapKind::Feed;
        if self.field.is_some() && is_core && !is_feed && PROTOCOL.contains(&place.local) {
            self.finish_field();
            self.open.clear();
        }
        // Links of feeds hold no tags, so the end tag of this one is missing.
        if is_feed && !trimmed(&self.text).is_empty() {
            self.finish_field();
        }
        if self.deeper == 0 && self.field.is_none() {
            let field = match self.open.last() {
                None if is_feed => self.feed_field(place, is_core, element, base),
                None => self.protocol_field(place, is_core, element),
                Some((outer, _)) => news_field(outer, place.local),
            };
            self.begin(field);
        }
        if self.open.len() < MAX_DEPTH {
            self.open.push((place.local.to_owned(), is_core));
        } else {
            self.deeper += 1;
        }
    }

    fn begin(&mut self, field: Option<Field>) {
        self.field = field.map(|field| (field, self.open.len() + 1));
        self.text.clear();
        self.is_spoilt = false;
    }

    fn protocol_field(
        &mut self,
        place: &Place<'_>,
        is_core: bool,
        element: &BytesStart<'_>,
    ) -> Option<Field> {
        match place.local {
            "loc" if is_core => Some(Field::Address),
            // Some generators write the name of the other format.
            "url" if is_core && self.is_child() => Some(Field::Address),
            "lastmod" if is_core => Some(Field::Modified),
            "link" => {
                self.alternate(element);
                None
            }
            "news" => {
                self.has_news = true;
                None
            }
            _ => None,
        }
    }

    fn feed_field(
        &mut self,
        place: &Place<'_>,
        is_core: bool,
        element: &BytesStart<'_>,
        base: &CanonicalUrl,
    ) -> Option<Field> {
        match place.local {
            "link" if is_core => self.feed_link(element, base),
            "guid" if is_core => Some(Field::Spare),
            "updated" | "modified" => Some(Field::Modified),
            "pubdate" | "published" | "issued" | "date" => Some(Field::Published),
            _ => None,
        }
    }

    /// Atom writes the address as an attribute, RSS as text.
    fn feed_link(&mut self, element: &BytesStart<'_>, base: &CanonicalUrl) -> Option<Field> {
        let Some(href) = attribute(element, "href") else {
            return (!self.has_address()).then_some(Field::Address);
        };
        if !is_alternate(element, Missing::IsAlternate) {
            return None;
        }
        let outer = self.base.as_ref().unwrap_or(base);
        let base = base_of(element, outer).or_else(|| self.base.clone());
        let href = match &base {
            Some(base) => base.join(&href).map_or(href, String::from),
            None => href,
        };
        match attribute(element, "hreflang") {
            _ if !self.has_address() => self.addresses.push(href),
            Some(language) => self.push_alternate(language, href),
            None => {}
        }
        None
    }

    fn alternate(&mut self, element: &BytesStart<'_>) {
        if !is_alternate(element, Missing::IsNone) {
            return;
        }
        let language = attribute(element, "hreflang");
        if let (Some(language), Some(href)) = (language, attribute(element, "href")) {
            self.push_alternate(language, href);
        }
    }

    fn push_alternate(&mut self, language: String, href: String) {
        let is_tag = !language.is_empty() && language.len() <= MAX_LANGUAGE;
        if is_tag && self.alternates.len() < MAX_ALTERNATES {
            self.alternates.push((language, href));
        }
    }

    /// Takes text, where it is of the field itself or of a stray tag of its own vocabulary.
    pub(super) fn text(&mut self, text: &str) {
        if !self.is_in_field() {
            return;
        }
        if self.text.len() + text.len() > MAX_FIELD {
            self.is_spoilt = true;
            return;
        }
        self.text.push_str(text);
    }

    fn is_in_field(&self) -> bool {
        self.field.is_some_and(|(_, depth)| {
            let inner = self.open.get(depth..).unwrap_or_default();
            self.deeper == 0 && inner.iter().all(|(_, own)| *own)
        })
    }

    /// Notes that the field holds something that must not be read.
    pub(super) fn spoil(&mut self) {
        self.is_spoilt |= self.is_in_field();
    }

    /// Takes an end tag and returns whether it ends the entry.
    pub(super) fn end(&mut self, name: &str) -> bool {
        if self.deeper > 0 {
            self.deeper -= 1;
            return false;
        }
        let Some(place) = self.open.iter().rposition(|(open, _)| open == name) else {
            return name == self.name;
        };
        self.open.truncate(place);
        if self.field.is_some_and(|(_, depth)| place < depth) {
            self.finish_field();
        }
        self.is_implied() && self.open.is_empty()
    }

    /// Forgets the field that is being read.
    pub(super) fn drop_field(&mut self) {
        self.field = None;
    }

    pub(super) fn finish_field(&mut self) {
        let Some((field, _)) = self.field.take() else {
            return;
        };
        let text = trimmed(&self.text);
        if text.is_empty() || self.is_spoilt {
            return;
        }
        let slot = match field {
            Field::Address => return self.addresses.push(text.to_owned()),
            Field::Spare => &mut self.spare,
            Field::Modified => &mut self.modified,
            Field::Published => &mut self.published,
        };
        if slot.is_none() {
            *slot = match field {
                Field::Spare => Some(text.to_owned()),
                _ => date(text),
            };
        }
    }

    /// Takes out what belongs to the first address where there are two.
    pub(super) fn take_surplus(&mut self) -> Option<Self> {
        if self.addresses.len() < 2 {
            return None;
        }
        Some(Self {
            name: self.name.clone(),
            addresses: vec![self.addresses.remove(0)],
            modified: self.modified.take(),
            published: self.published.take(),
            has_news: std::mem::take(&mut self.has_news),
            alternates: std::mem::take(&mut self.alternates),
            ..Self::default()
        })
    }

    /// Returns what the entry said.
    pub(super) fn finish(self, kind: SitemapKind) -> Found {
        let is_feed = kind == SitemapKind::Feed;
        let base = self.base;
        let absolute = |written: String| match &base {
            Some(base) => base.join(&written).map_or(written, String::from),
            None => written,
        };
        let address = self.addresses.into_iter().next().or(self.spare);
        let (modified, published) = (self.modified, self.published);
        Found {
            address: address.map(absolute),
            lastmod: modified
                .clone()
                .or_else(|| published.clone().filter(|_| is_feed)),
            published: published.or_else(|| modified.filter(|_| is_feed)),
            news: is_feed || self.has_news,
            alternates: self.alternates,
        }
    }
}

/// What a link without a relation is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Missing {
    IsAlternate,
    IsNone,
}

fn is_alternate(element: &BytesStart<'_>, missing: Missing) -> bool {
    const REGISTERED: &str = "http://www.iana.org/assignments/relation/alternate";
    match attribute(element, "rel") {
        None => missing == Missing::IsAlternate,
        Some(rel) => rel
            .split_ascii_whitespace()
            .any(|word| word.eq_ignore_ascii_case("alternate") || word == REGISTERED),
    }
}

/// Returns the field that an element within another is: the date of news.
fn news_field(outer: &str, local: &str) -> Option<Field> {
    (outer == "news" && local == "publication_date").then_some(Field::Published)
}
