//! The whole configuration as one value.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use thresh_cleaner::Pack;
use thresh_fetcher::{ByteSize, HumanDuration};
use thresh_types::{CanonicalUrl, SiteId};

use crate::packs;
use crate::problem::{ConfigErrors, Place, Problem};
use crate::site::{Notes, Site};

/// What a publication has to hold.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Publish {
    /// The largest share of documents, 0 to 1, that a version may lose against the one before.
    pub max_shrink: f64,
}

impl Default for Publish {
    fn default() -> Self {
        Self { max_shrink: 0.2 }
    }
}

/// How captures are kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Archive {
    /// A WARC file that has reached this size is followed by a new one.
    pub max_file_size: ByteSize,
    /// A WARC file that was begun so long ago is followed by a new one.
    pub max_file_age: HumanDuration,
}

impl Default for Archive {
    fn default() -> Self {
        Self {
            max_file_size: ByteSize(1_000_000_000),
            max_file_age: HumanDuration::from_days(1),
        }
    }
}

/// The configuration: validated, defaults resolved, regular expressions compiled.
#[derive(Debug, Clone)]
pub struct Config {
    /// The name of the corpus.
    pub name: String,
    /// A URL or `mailto:` address at which the people behind the crawl are reached; empty where none
    /// was given.
    pub contact: String,
    /// How pages are fetched, before a site's own settings.
    pub crawl: thresh_fetcher::Settings,
    /// How captures are kept.
    pub archive: Archive,
    /// How pages are cleaned.
    pub curate: thresh_cleaner::Settings,
    /// How duplicates are found.
    pub dedup: thresh_deduplicator::Settings,
    /// What a publication has to hold.
    pub publish: Publish,
    /// The partner sites, sorted by id.
    pub sites: Vec<Site>,
    /// Every noise pack, shipped and added, sorted by name.
    pub packs: Vec<Pack>,
    /// The TOML sources of the packs by name: what a snapshot keeps of them.
    pub(crate) pack_sources: BTreeMap<String, String>,
    /// Where `contact` is set, or would be.
    pub(crate) contact_place: Place,
    /// What keeps no crawl from running: mistakes, and what nobody has verified.
    pub(crate) findings: (Vec<Problem>, Vec<Problem>),
}

impl Config {
    /// Returns the defaults: no sites, every shipped noise pack.
    pub fn embedded() -> Self {
        let (packs, pack_sources) = packs::shipped();
        Self {
            name: "osce-anti-trafficking".to_owned(),
            contact: String::new(),
            crawl: thresh_fetcher::Settings::default(),
            archive: Archive::default(),
            curate: thresh_cleaner::Settings::default(),
            dedup: thresh_deduplicator::Settings::default(),
            publish: Publish::default(),
            sites: Vec::new(),
            packs,
            pack_sources,
            contact_place: Place::default(),
            findings: (Vec::new(), Vec::new()),
        }
    }

    /// Returns the site that claims the origin of `url`. No origin is claimed twice.
    pub fn site_of(&self, url: &CanonicalUrl) -> Option<&Site> {
        let origin = url.origin();
        self.sites
            .iter()
            .find(|site| site.origins.contains(&origin))
    }

    /// Returns the site `id`.
    pub fn site(&self, id: &SiteId) -> Option<&Site> {
        self.sites.iter().find(|site| site.id == *id)
    }

    /// Returns the site of imports that no configured site claims: no origins, and all noise packs.
    pub fn local_site(&self) -> Site {
        Site::local(self.pack_names(), self.crawl.clone())
    }

    /// Returns the names of all noise packs, sorted.
    pub fn pack_names(&self) -> Vec<String> {
        self.pack_sources.keys().cloned().collect()
    }

    /// Returns the packs that `site` names, in the site's order.
    pub fn packs_of(&self, site: &Site) -> Vec<Pack> {
        let position = |name: &String| self.pack_sources.keys().position(|known| known == name);
        site.noise
            .iter()
            .filter_map(position)
            .filter_map(|at| self.packs.get(at).cloned())
            .collect()
    }

    /// Checks what [`Config::load`] lets pass, since no crawl breaks on it, but no partner's file should
    /// say: a licence that nobody has seen granted, a pattern that can never match, examples that
    /// do not hold, codes of countries among the languages.
    ///
    /// # Errors
    /// All of it, with file, line, key and remedy.
    pub fn check(&self) -> Result<(), ConfigErrors> {
        match &self.findings.0[..] {
            [] => Ok(()),
            problems => Err(ConfigErrors {
                problems: problems.to_vec(),
            }),
        }
    }

    /// Returns what nobody has verified: no mistakes, but things to look at before a release.
    pub fn unverified(&self) -> &[Problem] {
        &self.findings.1
    }

    /// Returns the part that curation depends on: without the contact, and with the settings of crawl
    /// and archive at their defaults. It is what a snapshot keeps.
    #[must_use]
    pub fn curation_view(&self) -> Self {
        let crawl = thresh_fetcher::Settings::default();
        let mut view = self.clone();
        view.contact.clear();
        view.contact_place = Place::default();
        for site in &mut view.sites {
            site.crawl = crawl.clone();
            site.notes = Notes::default();
        }
        view.findings = (Vec::new(), Vec::new());
        view.crawl = crawl;
        view.archive = Archive::default();
        view
    }
}

/// Two configurations are equal when they say the same, wherever it was written.
impl PartialEq for Config {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name
            && self.contact == other.contact
            && self.crawl == other.crawl
            && self.archive == other.archive
            && self.curate == other.curate
            && self.dedup == other.dedup
            && self.publish == other.publish
            && self.sites == other.sites
            && self.pack_sources == other.pack_sources
    }
}
