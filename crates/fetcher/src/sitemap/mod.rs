//! Sitemaps, sitemap indexes and feeds into addresses.
//!
//! Read leniently, since a broken sitemap is common and what it lists is only a hint: names count
//! without their namespace, what stands before the root or behind a syntax error is passed over,
//! and a file that ends early gives what it had. Strict where it matters: entities are never
//! expanded, sizes and counts are capped, and only web addresses come out. Whether an address
//! belongs to the site is for the caller to judge.

mod text;
mod xml;

use std::collections::HashSet;

use thresh_types::CanonicalUrl;

/// How many problems are kept as text; the others are counted.
const MAX_PROBLEMS: usize = 20;

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
    /// RSS or Atom.
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
    /// The same page in other languages: language tag as written, and address.
    pub alternates: Vec<(String, CanonicalUrl)>,
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
    let mut collector = Collector::new(base, limits);
    let unpacked = text::unpack(bytes, limits.max_bytes, &mut collector);
    let text = text::decode(&unpacked);
    if text::is_markup(&text) {
        xml::read(&text, &mut collector);
    } else {
        text::read(&text, &mut collector);
    }
    collector.finish()
}

/// Gathers what is found, under the limits.
struct Collector<'a> {
    base: &'a CanonicalUrl,
    limits: Limits,
    sitemap: Sitemap,
    seen: HashSet<CanonicalUrl>,
    problems: usize,
}

impl<'a> Collector<'a> {
    fn new(base: &'a CanonicalUrl, limits: Limits) -> Self {
        Self {
            base,
            limits,
            sitemap: Sitemap::default(),
            seen: HashSet::new(),
            problems: 0,
        }
    }

    fn problem(&mut self, what: impl Into<String>) {
        self.problems += 1;
        if self.problems <= MAX_PROBLEMS {
            self.sitemap.problems.push(what.into());
        }
    }

    /// Returns whether no more is taken.
    fn is_full(&self) -> bool {
        self.seen.len() >= self.limits.max_urls
    }

    /// Reads an address as a sitemap writes it. Relative ones are taken only where they cannot be
    /// mistaken for a forgotten scheme.
    fn address(&mut self, written: &str) -> Option<CanonicalUrl> {
        let written = written.trim_matches(|c: char| c.is_whitespace() || c == '\u{feff}');
        let has_scheme = written.split_once(':').is_some_and(|(scheme, _)| {
            !scheme.is_empty()
                && scheme
                    .bytes()
                    .all(|b| b.is_ascii_alphanumeric() || b == b'+')
        });
        if !has_scheme && !written.starts_with('/') {
            self.problem(format!("`{}` is no address", shortened(written)));
            return None;
        }
        match self.base.join(written) {
            Ok(url) => Some(url),
            Err(error) => {
                self.problem(shortened(&error.to_string()));
                None
            }
        }
    }

    fn page(&mut self, page: SitemapUrl) {
        if self.seen.insert(page.url.clone()) {
            self.sitemap.urls.push(page);
        }
    }

    fn child(&mut self, url: CanonicalUrl) {
        if self.seen.insert(url.clone()) {
            self.sitemap.children.push(url);
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

/// Returns the front of a text that a stranger wrote, for a message.
fn shortened(text: &str) -> String {
    let mut short: String = text.chars().take(120).collect();
    if short.len() < text.len() {
        short.push('…');
    }
    short
}

#[cfg(test)]
mod tests;
