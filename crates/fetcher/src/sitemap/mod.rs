//! Sitemaps, sitemap indexes and feeds into addresses.
//!
//! Read leniently, since a broken sitemap is common and what it lists is only a hint: names count
//! without their case and mostly without their namespace, what stands before the root or behind a
//! syntax error is passed over, tags that were forgotten are thought in, and a file that ends early
//! gives what it had. Strict where it matters: entities are never expanded, sizes and counts are
//! capped, and only web addresses come out. Whether an address belongs to the site is for the caller
//! to judge.
//!
//! The bytes decide what a file is, not the header that came with it: packed or not (`bytes`), then
//! XML (`xml`, with `entry` for what stands in one entry), JSON Feed (`json`) or one address a line
//! (`lines`). All are read from the bytes as a stream, and what is found is given away as it is found
//! ([`visit`]): beside the bytes, no more is held than the largest single piece of markup and a hash
//! for each address.

mod bytes;
mod entry;
mod json;
mod lines;
mod xml;

use std::collections::HashSet;
use std::hash::{DefaultHasher, Hash, Hasher};

use thresh_types::CanonicalUrl;

use bytes::{Form, Head};

/// How many problems are kept as text; the others are counted.
const MAX_PROBLEMS: usize = 20;

/// Longer fields are no addresses and no dates.
const MAX_FIELD: usize = 16 << 10;

/// Characters of a date that are kept: W3C and mail dates are shorter.
const MAX_DATE: usize = 64;

/// Translations of all pages together, for each address that may be listed.
const MAX_ALTERNATES_PER_URL: usize = 20;

/// What is read of one file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Addresses, of pages and of further sitemaps together.
    pub max_urls: usize,
    /// Bytes after decoding.
    pub max_bytes: u64,
}

impl Default for Limits {
    /// The limits of the protocol (sitemaps.org): 50,000 addresses and 50 MiB.
    fn default() -> Self {
        Self {
            max_urls: 50_000,
            max_bytes: 50 << 20,
        }
    }
}

/// What a file turned out to be.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SitemapKind {
    /// A list of pages.
    Pages,
    /// A list of sitemaps.
    Index,
    /// RSS, Atom or JSON Feed.
    Feed,
    /// One address a line.
    Text,
    /// None of these, for example an error page.
    #[default]
    None,
}

/// A page that a sitemap lists.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SitemapUrl {
    /// The address.
    pub url: CanonicalUrl,
    /// When it last changed, as written: a hint at best.
    pub lastmod: Option<String>,
    /// When it was published, as written: of news and of feeds.
    pub published: Option<String>,
    /// Whether it is news: marked so by the extension of Google News, or in a feed.
    pub news: bool,
    /// The same page in other languages: language tag as written, and address.
    pub alternates: Vec<(String, CanonicalUrl)>,
}

impl SitemapUrl {
    /// Returns the entry of a page of which nothing but the address is known.
    const fn new(url: CanonicalUrl) -> Self {
        Self {
            url,
            lastmod: None,
            published: None,
            news: false,
            alternates: Vec::new(),
        }
    }
}

/// What a sitemap lists.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Listed {
    /// A page.
    Page(SitemapUrl),
    /// A further sitemap.
    Child(CanonicalUrl),
}

/// What a sitemap says.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Sitemap {
    /// What the file is.
    pub kind: SitemapKind,
    /// The pages, each once, in the order of the file.
    pub urls: Vec<SitemapUrl>,
    /// Further sitemaps, each once, in the order of the file.
    pub children: Vec<CanonicalUrl>,
    /// What was wrong with it, for people.
    pub problems: Vec<String>,
}

/// Reads a sitemap, index or feed that was fetched from `base`. The body is as it came, its content
/// coding undone; bytes that are still packed with gzip are unpacked (twice at most).
pub fn parse(bytes: &[u8], base: &CanonicalUrl, limits: Limits) -> Sitemap {
    let (mut urls, mut children) = (Vec::new(), Vec::new());
    let read = visit(bytes, base, limits, &mut |listed| match listed {
        Listed::Page(page) => urls.push(page),
        Listed::Child(url) => children.push(url),
    });
    Sitemap {
        urls,
        children,
        ..read
    }
}

/// As [`parse`], but gives each page and each further sitemap to `each` as it is found, once. The result
/// has none of them. Of two addresses with the same 64 bits for a hash the second is passed over.
pub fn visit(
    bytes: &[u8],
    base: &CanonicalUrl,
    limits: Limits,
    each: &mut dyn FnMut(Listed),
) -> Sitemap {
    let mut collector = Collector::new(base, limits, each);
    let unpacked = bytes::unpack(bytes, limits.max_bytes, &mut collector);
    let Head { form, source } = bytes::open(&unpacked);
    match form {
        Form::Markup => xml::read(source, &mut collector),
        Form::Json => json::read(source, &mut collector),
        Form::Lines => lines::read(source, &mut collector),
    }
    collector.finish()
}

/// Which references without a scheme are taken for addresses.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Relative {
    /// Only those that cannot be mistaken for a host with a forgotten scheme.
    Rooted,
    /// All: the format has relative references.
    Any,
}

/// Whether there is room for more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Room {
    Left,
    Full,
}

/// Gathers what is found, under the limits.
struct Collector<'a> {
    base: &'a CanonicalUrl,
    limits: Limits,
    each: &'a mut dyn FnMut(Listed),
    /// Pages that are kept back until it is known what the file is.
    held: Option<Vec<SitemapUrl>>,
    sitemap: Sitemap,
    /// Hashes of the addresses so far.
    seen: HashSet<u64>,
    problems: usize,
    alternates: usize,
    full: bool,
}

impl<'a> Collector<'a> {
    fn new(base: &'a CanonicalUrl, limits: Limits, each: &'a mut dyn FnMut(Listed)) -> Self {
        Self {
            base,
            limits,
            each,
            held: None,
            sitemap: Sitemap::default(),
            seen: HashSet::new(),
            problems: 0,
            alternates: 0,
            full: false,
        }
    }

    fn problem(&mut self, what: &str) {
        self.problems += 1;
        if self.problems <= MAX_PROBLEMS {
            self.sitemap.problems.push(shortened(what));
        }
    }

    /// Returns whether there is an address more than may be taken.
    const fn is_full(&self) -> bool {
        self.full
    }

    /// Reads an address as a sitemap writes it.
    fn address(
        &mut self,
        written: &str,
        base: &CanonicalUrl,
        relative: Relative,
    ) -> Option<CanonicalUrl> {
        let written = unbroken(trimmed(written));
        let read = if has_scheme(&written) {
            // Not joined: `http:/host/x` would be a path of the base.
            written.parse()
        } else if is_relative(&written, relative) {
            base.join(&written)
        } else {
            self.problem(&format!("`{}` is no address", shortened(&written)));
            return None;
        };
        read.map_err(|error| self.problem(&error.to_string())).ok()
    }

    fn page(&mut self, mut page: SitemapUrl) -> Room {
        let room = self.admit(&page.url);
        if let Some(room) = room {
            return room;
        }
        let most = self.limits.max_urls.saturating_mul(MAX_ALTERNATES_PER_URL);
        page.alternates.truncate(most - self.alternates.min(most));
        self.alternates += page.alternates.len();
        match &mut self.held {
            Some(held) => held.push(page),
            None => (self.each)(Listed::Page(page)),
        }
        Room::Left
    }

    fn child(&mut self, url: CanonicalUrl) -> Room {
        let room = self.admit(&url);
        room.unwrap_or_else(|| {
            (self.each)(Listed::Child(url));
            Room::Left
        })
    }

    /// Returns none where the address is new and has room.
    fn admit(&mut self, url: &CanonicalUrl) -> Option<Room> {
        let mut hasher = DefaultHasher::new();
        url.hash(&mut hasher);
        let hash = hasher.finish();
        if self.seen.contains(&hash) {
            return Some(Room::Left);
        }
        if self.seen.len() >= self.limits.max_urls {
            if !self.full {
                let most = self.limits.max_urls;
                self.problem(&format!("lists more than {most} addresses: cut there"));
            }
            self.full = true;
            return Some(Room::Full);
        }
        self.seen.insert(hash);
        None
    }

    /// Gives away what was kept back, or forgets it.
    fn let_go(&mut self, is_meant: bool) {
        for page in self.held.take().into_iter().flatten() {
            if is_meant {
                (self.each)(Listed::Page(page));
            }
        }
    }

    fn finish(mut self) -> Sitemap {
        if self.problems > MAX_PROBLEMS {
            let more = self.problems - MAX_PROBLEMS;
            self.sitemap
                .problems
                .push(format!("and {more} more problems"));
        }
        self.sitemap
    }
}

fn has_scheme(written: &str) -> bool {
    written.split_once(':').is_some_and(|(scheme, _)| {
        !scheme.is_empty()
            && scheme
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || b == b'+')
    })
}

fn is_relative(written: &str, relative: Relative) -> bool {
    match relative {
        Relative::Rooted => ["/", "?", "./", "../"]
            .iter()
            .any(|front| written.starts_with(front)),
        Relative::Any => !written.is_empty() && !written.starts_with("www."),
    }
}

/// Returns the text without the white space around it, the invisible kinds included that editors
/// leave behind.
fn trimmed(text: &str) -> &str {
    text.trim_matches(|c: char| {
        c.is_whitespace()
            || c.is_control()
            || matches!(c, '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{feff}')
    })
}

/// Returns an address without line breaks and the white space around them: somebody's editor
/// wrapped it.
fn unbroken(written: &str) -> String {
    written
        .split(['\n', '\r'])
        .map(str::trim)
        .collect::<Vec<_>>()
        .concat()
}

/// Returns a date as written; none where there is nothing, or far more than a date.
fn date(written: &str) -> Option<String> {
    let written = trimmed(written);
    (!written.is_empty() && written.len() <= MAX_DATE).then(|| written.to_owned())
}

/// Returns the front of a text that a stranger wrote, for a message.
fn shortened(text: &str) -> String {
    let mut short: String = text.chars().take(160).collect();
    if short.len() < text.len() {
        short.push('…');
    }
    short
}

#[cfg(test)]
mod tests;
