//! The configuration as one line of JSON, kept with a version so that it can be built again.

use std::collections::BTreeMap;
use std::path::Path;

use regex::Regex;
use serde::{Deserialize, Serialize};
use thresh_types::{CanonicalUrl, Origin, SiteId};

use crate::config::{Archive, Config, Publish};
use crate::packs;
use crate::problem::{ConfigErrors, Place, Problems};
use crate::site::{Notes, Patterns, Site, Sitemaps};

/// The number of the form below; a change that older programs cannot read raises it.
const FORMAT: u32 = 1;

// The order of fields is the order in the JSON: it is part of the form.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Snapshot {
    format: u32,
    name: String,
    curate: thresh_cleaner::Settings,
    dedup: thresh_deduplicator::Settings,
    publish: Publish,
    packs: BTreeMap<String, String>,
    sites: Vec<SiteRecord>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct SiteRecord {
    id: SiteId,
    name: String,
    seeds: Vec<CanonicalUrl>,
    origins: Vec<Origin>,
    include: Vec<String>,
    exclude: Vec<String>,
    sitemaps: Sitemaps,
    noise: Vec<String>,
    languages: Vec<String>,
    licence: String,
    identity: Vec<String>,
}

impl Config {
    /// Returns what curation depends on, and the sites, as canonical JSON: equal configurations give
    /// equal bytes. Contact and crawl settings are left out, since they change no text.
    pub fn to_snapshot(&self) -> String {
        let snapshot = Snapshot {
            format: FORMAT,
            name: self.name.clone(),
            curate: self.curate,
            dedup: self.dedup.clone(),
            publish: self.publish.clone(),
            packs: self.pack_sources.clone(),
            sites: self.sites.iter().map(SiteRecord::of).collect(),
        };
        serde_json::to_string(&snapshot).expect("settings are plain data, which JSON can hold")
    }

    /// Returns the [curation view](Config::curation_view) of the configuration that gave `snapshot`.
    ///
    /// # Errors
    /// When the text is no snapshot, is of another form, or holds rules or patterns that this program
    /// cannot read.
    pub fn from_snapshot(snapshot: &str) -> Result<Self, ConfigErrors> {
        let place = Place::whole(Path::new("snapshot"));
        let mut problems = Problems::default();
        let read: Option<Snapshot> = match serde_json::from_str(snapshot) {
            Ok(read) => Some(read),
            Err(error) => {
                problems.add(
                    &place,
                    "",
                    format!("the configuration kept with the version cannot be read: {error}"),
                    None,
                );
                None
            }
        };
        let config = read.map_or_else(Self::embedded, |read| read.restore(&place, &mut problems));
        problems.or(config)
    }
}

impl Snapshot {
    fn restore(self, place: &Place, problems: &mut Problems) -> Config {
        if self.format != FORMAT {
            let what = format!(
                "the snapshot has form {}, and this program reads form {FORMAT}",
                self.format
            );
            problems.add(place, "format", what, None);
        }
        let (packs, pack_sources) = packs::parse(self.packs, |_| place.clone(), problems);
        Config {
            name: self.name,
            contact: String::new(),
            crawl: thresh_fetcher::Settings::default(),
            archive: Archive::default(),
            curate: self.curate,
            dedup: self.dedup,
            publish: self.publish,
            sites: self
                .sites
                .into_iter()
                .map(|site| site.restore(place, problems))
                .collect(),
            packs,
            pack_sources,
            contact_place: Place::default(),
            findings: (Vec::new(), Vec::new()),
        }
    }
}

impl SiteRecord {
    fn of(site: &Site) -> Self {
        Self {
            id: site.id.clone(),
            name: site.name.clone(),
            seeds: site.seeds.clone(),
            origins: site.origins.clone(),
            include: site.include.clone(),
            exclude: site.exclude.clone(),
            sitemaps: site.sitemaps.clone(),
            noise: site.noise.clone(),
            languages: site.languages.clone(),
            licence: site.licence.clone(),
            identity: site.identity.clone(),
        }
    }

    fn restore(self, place: &Place, problems: &mut Problems) -> Site {
        let mut compile = |key: &str, sources: &[String]| -> Vec<Regex> {
            let mut patterns = Vec::new();
            for source in sources {
                match Regex::new(source) {
                    Ok(pattern) => patterns.push(pattern),
                    Err(error) => problems.add(place, key, error.to_string(), None),
                }
            }
            patterns
        };
        let patterns = Patterns {
            include: compile("include", &self.include),
            exclude: compile("exclude", &self.exclude),
            identity: compile("identity", &self.identity),
        };
        Site {
            id: self.id,
            name: self.name,
            seeds: self.seeds,
            origins: self.origins,
            include: self.include,
            exclude: self.exclude,
            sitemaps: self.sitemaps,
            noise: self.noise,
            languages: self.languages,
            licence: self.licence,
            identity: self.identity,
            crawl: thresh_fetcher::Settings::default(),
            notes: Notes::default(),
            patterns,
        }
    }
}
