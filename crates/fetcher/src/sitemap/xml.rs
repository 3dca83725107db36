//! Sitemaps and feeds in XML, read event by event.
//!
//! Only two levels matter: entries (`url`, `sitemap`, `item`, `entry`) and the fields that stand
//! directly in them, so that `image:loc` is never taken for a page.

use std::borrow::Cow;

use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};
use thresh_types::CanonicalUrl;

use super::bytes::Source;
use super::entry::{Entry, Place};
use super::{Collector, Relative, Room, SitemapKind, SitemapUrl};

/// What the names of the sitemap protocol's own namespaces hold, of whatever version and scheme.
const CORE: &str = "/schemas/sitemap/";

/// A buffer that one huge piece of markup has blown up is given back.
const LARGE: usize = 1 << 20;

/// Reads `source` into `to`.
pub(super) fn read(source: Source<'_>, to: &mut Collector<'_>) {
    let mut reader = Reader::from_reader(source);
    let config = reader.config_mut();
    config.check_end_names = false;
    config.allow_unmatched_ends = true;
    config.allow_dangling_amp = true;
    config.expand_empty_elements = true;
    let mut state = State::new(to.base);
    let mut buffer = Vec::new();
    while !to.is_full() && state.go {
        match reader.read_event_into(&mut buffer) {
            Ok(Event::Eof) => return state.eof(to),
            Ok(event) => state.event(&event, to),
            Err(error) => {
                to.problem(&format!("breaks off: {error}"));
                return state.broken(to);
            }
        }
        buffer.clear();
        buffer.shrink_to(LARGE);
    }
}

struct State {
    kind: SitemapKind,
    /// What relative references of a feed are resolved against.
    base: CanonicalUrl,
    /// The prefixes that stand for the sitemap protocol itself.
    core: Vec<String>,
    root: String,
    entry: Option<Entry>,
    go: bool,
}

impl State {
    fn new(base: &CanonicalUrl) -> Self {
        Self {
            kind: SitemapKind::None,
            base: base.clone(),
            core: Vec::new(),
            root: String::new(),
            entry: None,
            go: true,
        }
    }

    fn event(&mut self, event: &Event<'_>, to: &mut Collector<'_>) {
        match event {
            Event::Start(element) => self.start(element, to),
            Event::End(element) => {
                let name = element.name();
                self.end(&lower(name.local_name().as_ref()), to);
            }
            Event::Text(text) => self.text(&text.xml10_content()),
            Event::CData(text) => self.text(&text.xml10_content()),
            Event::GeneralRef(reference) => match resolve(reference) {
                Some(text) => self.text(&text),
                None => self.entity(),
            },
            _ => {}
        }
    }

    fn start(&mut self, element: &BytesStart<'_>, to: &mut Collector<'_>) {
        let name = element.name();
        let local = name.local_name();
        let local = lower(local.as_ref());
        let prefix = name.prefix();
        let place = Place {
            local: &local,
            prefix: prefix.as_ref().map_or("", |p| p.as_ref()),
            kind: self.kind,
        };
        if self.kind == SitemapKind::None {
            return self.root(&place, element, to);
        }
        if self.begins_entry(&place) {
            let next = Entry::new(&place, element, &self.base);
            self.complete(to);
            self.entry = Some(next);
        } else if let Some(entry) = &mut self.entry {
            let is_core =
                place.prefix == entry.prefix() || self.core.iter().any(|core| core == place.prefix);
            entry.start(&place, is_core, element, &self.base);
            self.flush(to);
        } else if is_feed(self.kind) && *local == *"channel" {
            self.rebase(element);
        } else if *local == *"loc" && self.core.iter().any(|core| core == place.prefix) {
            self.entry = Some(Entry::implied(&place));
        }
    }

    /// Returns whether an entry starts here, be it that the one before was not closed.
    fn begins_entry(&self, place: &Place<'_>) -> bool {
        let is_entry = match self.kind {
            SitemapKind::Feed => matches!(place.local, "item" | "entry"),
            _ => matches!(place.local, "url" | "sitemap"),
        };
        let is_free = |entry: &Entry| entry.may_end_before(place);
        is_entry && self.entry.as_ref().is_none_or(is_free)
    }

    fn root(&mut self, place: &Place<'_>, element: &BytesStart<'_>, to: &mut Collector<'_>) {
        self.kind = match place.local {
            "urlset" => SitemapKind::Pages,
            "sitemapindex" => SitemapKind::Index,
            "rss" | "rdf" | "feed" | "channel" => SitemapKind::Feed,
            "html" | "head" | "body" => {
                to.problem("is an HTML page, no sitemap");
                self.go = false;
                return;
            }
            _ => return,
        };
        to.sitemap.kind = self.kind;
        place.local.clone_into(&mut self.root);
        self.core = core_prefixes(place.prefix, element);
        self.rebase(element);
    }

    /// Takes the base that a feed declares.
    fn rebase(&mut self, element: &BytesStart<'_>) {
        if let Some(base) = base_of(element, &self.base) {
            self.base = base;
        }
    }

    fn end(&mut self, name: &str, to: &mut Collector<'_>) {
        let Some(entry) = &mut self.entry else {
            return;
        };
        if entry.end(name) || name == self.root {
            self.complete(to);
        } else {
            self.flush(to);
        }
    }

    fn text(&mut self, text: &str) {
        if let Some(entry) = &mut self.entry {
            entry.text(text);
        }
    }

    fn entity(&mut self) {
        if let Some(entry) = &mut self.entry {
            entry.spoil();
        }
    }

    /// A file that ends within a text has cut that text; all before it is whole.
    fn eof(mut self, to: &mut Collector<'_>) {
        if let Some(entry) = &mut self.entry {
            to.problem("ends in the middle of an entry");
            entry.drop_field();
            self.close(to);
        }
    }

    /// Markup that cannot be read has at least ended the text before it.
    fn broken(mut self, to: &mut Collector<'_>) {
        self.complete(to);
    }

    /// Ends the entry, if one is open, together with its field.
    fn complete(&mut self, to: &mut Collector<'_>) {
        if let Some(entry) = &mut self.entry {
            entry.finish_field();
            self.flush(to);
            self.close(to);
        }
    }

    /// Lists the addresses of the entry but the last, to which what follows belongs.
    fn flush(&mut self, to: &mut Collector<'_>) {
        while let Some(entry) = self.entry.as_mut().and_then(Entry::take_surplus) {
            self.list(entry, to);
        }
    }

    fn close(&mut self, to: &mut Collector<'_>) {
        if let Some(entry) = self.entry.take() {
            self.list(entry, to);
        }
    }

    fn list(&self, entry: Entry, to: &mut Collector<'_>) {
        let is_child = entry.is_child();
        let found = entry.finish(self.kind);
        let relative = if is_feed(self.kind) && self.root == "feed" {
            Relative::Any
        } else {
            Relative::Rooted
        };
        let Some(written) = found.address else {
            return to.problem("an entry has no address");
        };
        let Some(url) = to.address(&written, &self.base, relative) else {
            return;
        };
        if is_child {
            to.child(url);
            return;
        }
        let alternates = found.alternates.into_iter();
        let alternates = alternates
            .filter_map(|(language, href)| {
                Some((language, to.address(&href, &self.base, relative)?))
            })
            .collect();
        let _: Room = to.page(SitemapUrl {
            lastmod: found.lastmod,
            published: found.published,
            news: found.news,
            alternates,
            ..SitemapUrl::new(url)
        });
    }
}

fn is_feed(kind: SitemapKind) -> bool {
    kind == SitemapKind::Feed
}

/// Returns the prefixes that stand for the sitemap protocol at the root: its own, and those bound to
/// a version of it. The default namespace is one unless it is bound to something else.
fn core_prefixes(own: &str, root: &BytesStart<'_>) -> Vec<String> {
    const MAX_PREFIXES: usize = 16;
    let mut core = vec![own.to_owned()];
    let mut default_is_taken = own.is_empty();
    let mut declared = root.attributes();
    for attribute in declared.with_checks(false).flatten() {
        let is_core = attribute.value.to_ascii_lowercase().contains(CORE);
        let prefix = match attribute.key.as_ref() {
            "xmlns" => {
                default_is_taken = true;
                ""
            }
            name => name.strip_prefix("xmlns:").unwrap_or(own),
        };
        if is_core && prefix != own && core.len() < MAX_PREFIXES {
            core.push(prefix.to_owned());
        }
    }
    if !default_is_taken {
        core.push(String::new());
    }
    core
}

/// Returns a name in lower case: some generators shout.
pub(super) fn lower(name: &str) -> Cow<'_, str> {
    if name.bytes().any(|b| b.is_ascii_uppercase()) {
        Cow::Owned(name.to_ascii_lowercase())
    } else {
        Cow::Borrowed(name)
    }
}

/// Returns what a reference stands for; none where it names an entity, which is never expanded. What
/// has no form of a reference is the ampersand of an address that nobody escaped.
fn resolve(reference: &str) -> Option<Cow<'_, str>> {
    if let Some(text) = quick_xml::escape::resolve_predefined_entity(reference) {
        return Some(Cow::Borrowed(text));
    }
    if let Some(number) = reference.strip_prefix('#') {
        let code = match number.strip_prefix(['x', 'X']) {
            Some(hex) => u32::from_str_radix(hex, 16),
            None => number.parse(),
        };
        let c = code.ok().and_then(char::from_u32).filter(|c| *c != '\0')?;
        return Some(Cow::Owned(c.to_string()));
    }
    let in_name = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-' | '.' | ':');
    let is_name = !reference.is_empty() && reference.chars().all(in_name);
    (!is_name).then(|| Cow::Owned(format!("&{reference};")))
}

/// Returns the text of an attribute's value, references resolved; none where it names an entity.
fn unescape(value: &str) -> Option<String> {
    let mut text = String::with_capacity(value.len());
    let mut rest = value;
    while let Some((plain, reference)) = rest.split_once('&') {
        text.push_str(plain);
        let end = reference.find(['&', ';', '<']);
        match end.filter(|&end| reference[end..].starts_with(';')) {
            Some(end) => {
                text.push_str(&resolve(&reference[..end])?);
                rest = &reference[end + 1..];
            }
            None => {
                text.push('&');
                rest = reference;
            }
        }
    }
    text.push_str(rest);
    Some(text)
}

/// Returns the value of the attribute `name`, compared without prefix and case.
pub(super) fn attribute(element: &BytesStart<'_>, name: &str) -> Option<String> {
    // The check for repeated names takes quadratic time.
    let mut attributes = element.attributes();
    let found = attributes
        .with_checks(false)
        .flatten()
        .find(|a| a.key.local_name().as_ref().eq_ignore_ascii_case(name))?;
    let value = unescape(&found.value)?;
    (value.len() <= super::MAX_FIELD).then(|| value.trim().to_owned())
}

/// Returns the base that an element declares, within `outer`.
pub(super) fn base_of(element: &BytesStart<'_>, outer: &CanonicalUrl) -> Option<CanonicalUrl> {
    let mut attributes = element.attributes();
    let found = attributes
        .with_checks(false)
        .flatten()
        .find(|a| a.key.as_ref() == "xml:base")?;
    let value = unescape(&found.value)?;
    (value.len() <= super::MAX_FIELD)
        .then(|| outer.join(value.trim()).ok())
        .flatten()
}
