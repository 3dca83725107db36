//! Sitemaps and feeds in XML, read event by event.
//!
//! Only two levels matter: entries (`url`, `sitemap`, `item`, `entry`) and the fields that stand
//! directly in them under the same prefix, so that `image:loc` is never taken for a page.

use quick_xml::events::{BytesRef, BytesStart, Event};
use quick_xml::{Reader, XmlVersion};

use super::{Collector, SitemapKind, SitemapUrl};

/// Deeper elements of an entry are counted, not remembered.
const MAX_DEPTH: usize = 64;

/// More translations than there are language tags in use are no translations.
const MAX_ALTERNATES: usize = 500;

/// Longer fields are no addresses and no dates.
const MAX_FIELD: usize = 16 << 10;

/// Reads `text` into `to`.
pub(super) fn read(text: &str, to: &mut Collector<'_>) {
    let mut reader = Reader::from_str(text);
    let config = reader.config_mut();
    config.check_end_names = false;
    config.allow_unmatched_ends = true;
    config.allow_dangling_amp = true;
    config.expand_empty_elements = true;
    let mut state = State::default();
    loop {
        if to.is_full() {
            to.problem(format!("lists more than {} addresses", to.limits.max_urls));
            return;
        }
        match reader.read_event() {
            Ok(Event::Start(element)) => {
                if state.start(&element, to) == Step::Stop {
                    return;
                }
            }
            Ok(Event::End(element)) => {
                let name = element.name();
                state.end(name.local_name().as_ref(), to);
            }
            Ok(Event::Text(text)) => state.text(&text.xml10_content()),
            Ok(Event::CData(text)) => state.text(&text.xml10_content()),
            Ok(Event::GeneralRef(reference)) => state.reference(&reference),
            Ok(Event::Eof) => return state.eof(to),
            Ok(_) => {}
            Err(error) => {
                to.problem(format!("breaks off: {error}"));
                return state.broken(to);
            }
        }
    }
}

#[derive(PartialEq, Eq)]
enum Step {
    Go,
    Stop,
}

#[derive(Default)]
struct State {
    kind: SitemapKind,
    entry: Option<Entry>,
}

/// What has been read of one entry.
#[derive(Default)]
struct Entry {
    name: String,
    prefix: String,
    /// The open elements within the entry.
    open: Vec<String>,
    /// Open elements beyond those remembered.
    deeper: usize,
    /// The field that is being read.
    field: Option<Field>,
    text: String,
    /// Whether the field holds an entity, which is never expanded.
    has_entity: bool,
    address: Option<String>,
    /// The address of last resort: the `guid` of RSS.
    guid: Option<String>,
    lastmod: Option<String>,
    alternates: Vec<(String, String)>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Field {
    Address,
    Guid,
    Modified,
}

impl State {
    fn start(&mut self, element: &BytesStart<'_>, to: &mut Collector<'_>) -> Step {
        let name = element.name();
        let local = name.local_name();
        let prefix = name.prefix();
        let prefix = prefix.as_ref().map_or("", |p| p.as_ref());
        if self.kind == SitemapKind::None {
            return self.root(local.as_ref(), to);
        }
        match &mut self.entry {
            Some(entry) => entry.start(local.as_ref(), prefix, element, self.kind),
            None if is_entry(self.kind, local.as_ref()) => {
                self.entry = Some(Entry {
                    name: local.as_ref().to_owned(),
                    prefix: prefix.to_owned(),
                    ..Entry::default()
                });
            }
            None => {}
        }
        Step::Go
    }

    fn root(&mut self, name: &str, to: &mut Collector<'_>) -> Step {
        self.kind = match name {
            "urlset" => SitemapKind::Pages,
            "sitemapindex" => SitemapKind::Index,
            "rss" | "RDF" | "feed" => SitemapKind::Feed,
            "html" => {
                to.problem("is an HTML page, no sitemap");
                return Step::Stop;
            }
            _ => SitemapKind::None,
        };
        to.sitemap.kind = self.kind;
        Step::Go
    }

    fn end(&mut self, name: &str, to: &mut Collector<'_>) {
        let Some(entry) = &mut self.entry else {
            return;
        };
        if entry.end(name) {
            self.close(to);
        }
    }

    fn text(&mut self, text: &str) {
        if let Some(entry) = &mut self.entry {
            entry.text(text);
        }
    }

    fn reference(&mut self, reference: &BytesRef<'_>) {
        let Some(entry) = &mut self.entry else {
            return;
        };
        match reference.resolve_char_ref() {
            Ok(Some(c)) => entry.text(c.encode_utf8(&mut [0; 4])),
            _ => match quick_xml::escape::resolve_predefined_entity(reference) {
                Some(text) => entry.text(text),
                None => entry.has_entity |= entry.is_in_field(),
            },
        }
    }

    /// A file that ends within a text has cut that text; all before it is whole.
    fn eof(mut self, to: &mut Collector<'_>) {
        if let Some(entry) = &mut self.entry {
            to.problem("ends in the middle of an entry");
            entry.field = None;
            self.close(to);
        }
    }

    /// Markup that cannot be read has at least ended the text before it.
    fn broken(mut self, to: &mut Collector<'_>) {
        if let Some(entry) = &mut self.entry {
            entry.finish_field();
            self.close(to);
        }
    }

    fn close(&mut self, to: &mut Collector<'_>) {
        let Some(entry) = self.entry.take() else {
            return;
        };
        let is_child = entry.name == "sitemap";
        let Some(written) = entry.address.or(entry.guid) else {
            return to.problem("an entry has no address");
        };
        let Some(url) = to.address(&written) else {
            return;
        };
        if is_child {
            return to.child(url);
        }
        let alternates = entry.alternates;
        let alternates = alternates
            .into_iter()
            .filter_map(|(language, href)| Some((language, to.address(&href)?)))
            .collect();
        to.page(SitemapUrl {
            url,
            lastmod: entry.lastmod,
            alternates,
        });
    }
}

fn is_entry(kind: SitemapKind, name: &str) -> bool {
    match kind {
        SitemapKind::Feed => matches!(name, "item" | "entry"),
        _ => matches!(name, "url" | "sitemap"),
    }
}

impl Entry {
    fn start(&mut self, name: &str, prefix: &str, element: &BytesStart<'_>, kind: SitemapKind) {
        if self.open.is_empty() && self.deeper == 0 {
            if prefix == self.prefix {
                self.own_field(name, element, kind);
            } else if name == "link" {
                self.alternate(element);
            }
        }
        if self.open.len() < MAX_DEPTH {
            self.open.push(name.to_owned());
        } else {
            self.deeper += 1;
        }
    }

    fn own_field(&mut self, name: &str, element: &BytesStart<'_>, kind: SitemapKind) {
        let is_feed = kind == SitemapKind::Feed;
        self.field = match name {
            "loc" if !is_feed => Some(Field::Address),
            "link" if is_feed => self.feed_link(element),
            "link" => {
                self.alternate(element);
                None
            }
            "guid" if is_feed => Some(Field::Guid),
            "lastmod" | "pubDate" | "updated" => Some(Field::Modified),
            _ => None,
        };
        self.text.clear();
        self.has_entity = false;
    }

    /// Atom writes the address as an attribute, RSS as text.
    fn feed_link(&mut self, element: &BytesStart<'_>) -> Option<Field> {
        let Some(href) = attribute(element, "href") else {
            return Some(Field::Address);
        };
        let is_page = attribute(element, "rel").is_none_or(|rel| rel == "alternate");
        if is_page && self.address.is_none() {
            self.address = Some(href);
        }
        None
    }

    fn alternate(&mut self, element: &BytesStart<'_>) {
        let is_alternate = attribute(element, "rel").is_some_and(|rel| rel == "alternate");
        if !is_alternate || self.alternates.len() >= MAX_ALTERNATES {
            return;
        }
        let language = attribute(element, "hreflang");
        if let (Some(language), Some(href)) = (language, attribute(element, "href")) {
            self.alternates.push((language, href));
        }
    }

    fn is_in_field(&self) -> bool {
        self.field.is_some() && self.open.len() == 1 && self.deeper == 0
    }

    fn text(&mut self, text: &str) {
        if self.is_in_field() && self.text.len() + text.len() <= MAX_FIELD {
            self.text.push_str(text);
        }
    }

    /// Takes an end tag and returns whether it ends the entry.
    fn end(&mut self, name: &str) -> bool {
        if self.deeper > 0 {
            self.deeper -= 1;
            return false;
        }
        if let Some(place) = self.open.iter().rposition(|open| open == name) {
            self.open.truncate(place);
            if place == 0 {
                self.finish_field();
            }
            return false;
        }
        name == self.name
    }

    fn finish_field(&mut self) {
        let Some(field) = self.field.take() else {
            return;
        };
        let text = self.text.trim();
        if text.is_empty() || self.has_entity {
            return;
        }
        let slot = match field {
            Field::Address => &mut self.address,
            Field::Guid => &mut self.guid,
            Field::Modified => &mut self.lastmod,
        };
        slot.get_or_insert_with(|| text.to_owned());
    }
}

/// Returns the value of the attribute `name`, without its prefix.
fn attribute(element: &BytesStart<'_>, name: &str) -> Option<String> {
    // The check for repeated names takes quadratic time.
    let mut attributes = element.attributes();
    let found = attributes
        .with_checks(false)
        .flatten()
        .find(|a| a.key.local_name().as_ref() == name)?;
    let value = match found.normalized_value(XmlVersion::Implicit1_0) {
        Ok(value) => value.trim().to_owned(),
        // A lone `&` is no reference but is meant as it stands.
        Err(_) => found.value.trim().to_owned(),
    };
    Some(value).filter(|value| value.len() <= MAX_FIELD)
}
