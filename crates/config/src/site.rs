//! A partner site: what belongs to it, and what its documents are called.

use regex::Regex;
use serde::{Deserialize, Serialize};
use thresh_types::{CanonicalUrl, Origin, SiteId};

use crate::licence::LicenceEvidence;

/// Where a site's sitemaps are looked for.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Sitemaps {
    /// Where robots.txt says, and at `/sitemap.xml`.
    #[default]
    Auto,
    /// Nowhere.
    Off,
    /// At these addresses only.
    Urls(Vec<CanonicalUrl>),
}

/// A partner site, its settings resolved and its patterns compiled.
#[derive(Debug, Clone)]
pub struct Site {
    /// The name in commands, file names and document ids.
    pub id: SiteId,
    /// The name for people.
    pub name: String,
    /// Where the crawl starts.
    pub seeds: Vec<CanonicalUrl>,
    /// What belongs to the site: nothing of another origin is fetched.
    pub origins: Vec<Origin>,
    /// Patterns on path and query, one of which has to match; none means all. Seeds are exempt.
    pub include: Vec<String>,
    /// Patterns on path and query, none of which may match.
    pub exclude: Vec<String>,
    /// Where sitemaps are looked for.
    pub sitemaps: Sitemaps,
    /// The noise packs, by name.
    pub noise: Vec<String>,
    /// The languages wanted, as BCP 47 tags; none means all.
    pub languages: Vec<String>,
    /// The licence of the texts; `unknown` is not open.
    pub licence: String,
    /// Patterns on path and query that give one document one key.
    pub identity: Vec<String>,
    /// How pages are fetched: the defaults, what `thresh.toml` says, and what the site's file says.
    pub crawl: thresh_fetcher::Settings,
    /// What the file says about itself.
    pub notes: Notes,
    pub(crate) patterns: Patterns,
}

/// What a site's file says about itself, for the people who keep it. No text depends on it, so that it is
/// in no snapshot.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Notes {
    /// Where the licence was read, or why it is not known.
    pub licence_evidence: Option<LicenceEvidence>,
    /// How many addresses the file gives as examples of its patterns.
    pub examples: usize,
    /// What its author could not verify.
    pub unverified: Vec<String>,
}

/// The patterns of a site, compiled once.
#[derive(Debug, Clone, Default)]
pub(crate) struct Patterns {
    pub(crate) include: Vec<Regex>,
    pub(crate) exclude: Vec<Regex>,
    pub(crate) identity: Vec<Regex>,
}

impl Site {
    pub(crate) fn local(noise: Vec<String>, crawl: thresh_fetcher::Settings) -> Self {
        Self {
            id: SiteId::local(),
            name: "Imported documents".to_owned(),
            seeds: Vec::new(),
            origins: Vec::new(),
            include: Vec::new(),
            exclude: Vec::new(),
            sitemaps: Sitemaps::Off,
            noise,
            languages: Vec::new(),
            licence: "unknown".to_owned(),
            identity: Vec::new(),
            crawl,
            notes: Notes::default(),
            patterns: Patterns::default(),
        }
    }

    /// Says whether `url` belongs to the site, and why not if it does not.
    ///
    /// # Errors
    /// The reason, for people: the origin or the pattern that decided.
    pub fn in_scope(&self, url: &CanonicalUrl) -> Result<(), String> {
        if !self.origins.iter().any(|origin| url.is_of(origin)) {
            let origin = url.origin();
            return Err(format!(
                "`{origin}` is none of the origins of site `{}`",
                self.id
            ));
        }
        let path = url.path_and_query();
        if let Some(pattern) = self.patterns.exclude.iter().find(|p| p.is_match(path)) {
            return Err(format!(
                "excluded by the pattern `{pattern}` of site `{}`",
                self.id
            ));
        }
        let included = self.patterns.include.is_empty()
            || self.patterns.include.iter().any(|p| p.is_match(path))
            || self.seeds.contains(url);
        if included {
            Ok(())
        } else {
            Err(format!(
                "no include pattern of site `{}` matches `{path}`",
                self.id
            ))
        }
    }

    /// Returns the key of the document at `url`: what the first matching identity pattern captures, as
    /// `id` or `id/lang`, else the address itself.
    pub fn key_of(&self, url: &CanonicalUrl) -> String {
        self.identity_of(url).unwrap_or_else(|| url.to_string())
    }

    /// Returns the key that an identity pattern gives, where one matches.
    pub fn identity_of(&self, url: &CanonicalUrl) -> Option<String> {
        let path = url.path_and_query();
        self.patterns.identity.iter().find_map(|pattern| {
            let found = pattern.captures(path)?;
            // An empty id would be one key for whatever has none.
            let id = Some(found.name("id")?.as_str()).filter(|id| !id.is_empty())?;
            Some(match found.name("lang") {
                Some(lang) if !lang.is_empty() => format!("{id}/{}", lang.as_str()),
                _ => id.to_owned(),
            })
        })
    }

    /// Returns the names of the site's noise packs.
    pub fn rules(&self) -> &[String] {
        &self.noise
    }

    /// Returns whether the crawl has anywhere to start: a seed or a sitemap.
    pub fn is_crawled(&self) -> bool {
        !self.seeds.is_empty() || self.sitemaps != Sitemaps::Off
    }
}

/// Compiled patterns follow from their sources, which are compared.
impl PartialEq for Site {
    fn eq(&self, other: &Self) -> bool {
        self.id == other.id
            && self.name == other.name
            && self.seeds == other.seeds
            && self.origins == other.origins
            && self.include == other.include
            && self.exclude == other.exclude
            && self.sitemaps == other.sitemaps
            && self.noise == other.noise
            && self.languages == other.languages
            && self.licence == other.licence
            && self.identity == other.identity
            && self.crawl == other.crawl
            && self.notes == other.notes
    }
}
