//! Reads a file of `sites/`.

use std::collections::BTreeMap;
use std::path::Path;

use regex::Regex;
use thresh_types::{CanonicalUrl, Origin, SiteId};

use crate::audit::Findings;
use crate::config::Config;
use crate::crawl;
use crate::document::{self, Entry, Kind, Node};
use crate::language;
use crate::licence::UNKNOWN;
use crate::load::{Places, pack_remedy, stem};
use crate::main_file;
use crate::problem::{Place, Problems};
use crate::section::{keys_of, known_only};
use crate::site::{Patterns, Site, Sitemaps};

/// The keys of a site's file beside those of `[crawl]`.
pub(crate) const KEYS: &[&str] = &[
    "id",
    "name",
    "seeds",
    "origins",
    "include",
    "exclude",
    "sitemaps",
    "noise",
    "languages",
    "licence",
    "licence_evidence",
    "identity",
    "examples",
    "unverified",
];

/// Returns the site that `text` describes, with the places of what has to be unique. What is wrong is
/// reported, what is only doubtful is found; a file without any key, as `init` writes one, is no site.
pub(crate) fn read(
    config: &Config,
    file: &Path,
    text: &str,
    problems: &mut Problems,
    findings: &mut Findings,
) -> Option<(Site, Places)> {
    let whole = Place::whole(file);
    let entries = document::read(file, text, problems);
    if entries.is_empty() {
        return None;
    }
    let crawl_keys = keys_of::<thresh_fetcher::Settings>();
    let known: Vec<String> = KEYS
        .iter()
        .map(|key| (*key).to_owned())
        .chain(crawl_keys.iter().cloned())
        .collect();
    let elsewhere: Vec<_> = main_file::sections()
        .into_iter()
        .filter(|(name, _)| *name != "corpus")
        .collect();
    let entries = known_only("", entries, &known, &elsewhere, &whole, problems);
    let (overrides, own): (Vec<_>, Vec<_>) = entries
        .into_iter()
        .partition(|e| crawl_keys.contains(&e.key));
    let mut reader = Reader {
        whole,
        entries: own
            .into_iter()
            .map(|entry| (entry.key.clone(), entry))
            .collect(),
        problems,
    };
    let crawl = crawl::overridden(
        &config.crawl,
        "",
        &overrides,
        &reader.whole,
        reader.problems,
    );
    let examples = reader.examples();
    let read = reader.site(config, file, crawl)?;
    reader.audit(&read.0, &examples, findings);
    Some(read)
}

/// The keys of a site's file while they are read.
pub(crate) struct Reader<'p> {
    pub(crate) whole: Place,
    pub(crate) entries: BTreeMap<String, Entry>,
    pub(crate) problems: &'p mut Problems,
}

impl Reader<'_> {
    fn site(
        &mut self,
        config: &Config,
        file: &Path,
        crawl: thresh_fetcher::Settings,
    ) -> Option<(Site, Places)> {
        let (id, id_place) = self.id(file);
        let (origins, origin_places) = self.origins();
        let (include, include_compiled) = self.patterns("include");
        let (exclude, exclude_compiled) = self.patterns("exclude");
        let (identity, identity_compiled) = self.patterns("identity");
        self.check_identity(&identity_compiled);
        let seeds = self.seeds(&origins, &exclude_compiled);
        let name = self
            .text("name")
            .or_else(|| id.as_ref().map(ToString::to_string));
        let site = Site {
            id: id?,
            name: name.unwrap_or_default(),
            seeds,
            sitemaps: self.sitemaps(&origins),
            origins,
            include,
            exclude,
            noise: self.noise(&config.pack_names()),
            languages: self.languages(),
            licence: self.text("licence").unwrap_or_else(|| UNKNOWN.to_owned()),
            identity,
            crawl,
            notes: self.notes(),
            patterns: Patterns {
                include: include_compiled,
                exclude: exclude_compiled,
                identity: identity_compiled,
            },
        };
        Some((
            site,
            Places {
                id: id_place,
                origins: origin_places,
            },
        ))
    }

    fn id(&mut self, file: &Path) -> (Option<SiteId>, Place) {
        let Some(entry) = self.entries.get("id") else {
            let remedy = format!("write `id = \"{}\"` at the top", stem(file).to_lowercase());
            self.problems
                .add(&self.whole.at(1), "id", "the site has no id", Some(remedy));
            // The rest of the file is checked all the same, under a stand-in.
            return (Some(SiteId::local()), self.whole.at(1));
        };
        let place = self.whole.at(entry.line);
        let id = self
            .text("id")
            .and_then(|text| match text.parse::<SiteId>() {
                Ok(id) if id == SiteId::local() => {
                    let what = "`local` is the site of imports";
                    self.problems
                        .add(&place, "id", what, Some("choose another id".to_owned()));
                    None
                }
                Ok(id) => Some(id),
                Err(error) => {
                    self.problems.add(&place, "id", error.to_string(), None);
                    None
                }
            });
        (id, place)
    }

    fn origins(&mut self) -> (Vec<Origin>, Vec<Place>) {
        let mut origins = Vec::new();
        let mut places = Vec::new();
        for (place, text) in self.texts("origins") {
            match text.parse::<CanonicalUrl>() {
                Err(error) => self
                    .problems
                    .add(&place, "origins", error.to_string(), None),
                Ok(url) if url.path_and_query() != "/" || text.contains(['#', '@']) => {
                    let what = format!("`{text}` is more than an origin");
                    let remedy = format!("write `{}`, and give paths in `include`", url.origin());
                    self.problems.add(&place, "origins", what, Some(remedy));
                }
                Ok(url) if origins.contains(&url.origin()) => {
                    self.problems.add(
                        &place,
                        "origins",
                        format!("`{text}` stands here twice"),
                        None,
                    );
                }
                Ok(url) => {
                    origins.push(url.origin());
                    places.push(place);
                }
            }
        }
        if !self.entries.contains_key("origins") {
            let remedy = "write `origins = [\"https://www.example.org\"]`".to_owned();
            self.problems.add(
                &self.whole.at(1),
                "origins",
                "the site has no origins",
                Some(remedy),
            );
        } else if matches!(self.entries.get("origins").map(|e| &e.node.kind), Some(Kind::List(items)) if items.is_empty())
        {
            let place = self.place("origins");
            self.problems.add(
                &place,
                "origins",
                "the site needs at least one origin",
                None,
            );
        }
        (origins, places)
    }

    fn seeds(&mut self, origins: &[Origin], exclude: &[Regex]) -> Vec<CanonicalUrl> {
        let mut seeds: Vec<CanonicalUrl> = Vec::new();
        for (place, text) in self.texts("seeds") {
            let Some(url) = self.address("seeds", &place, &text, origins) else {
                continue;
            };
            if let Some(pattern) = exclude.iter().find(|p| p.is_match(url.path_and_query())) {
                let what = format!("the seed `{text}` is excluded by the pattern `{pattern}`");
                self.problems.add(
                    &place,
                    "seeds",
                    what,
                    Some("remove one of the two".to_owned()),
                );
            } else if !seeds.contains(&url) {
                seeds.push(url);
            }
        }
        seeds
    }

    fn sitemaps(&mut self, origins: &[Origin]) -> Sitemaps {
        let Some(entry) = self.entries.get("sitemaps") else {
            return Sitemaps::Auto;
        };
        match (&entry.node.kind, entry.node.as_str()) {
            (_, Some("auto")) => return Sitemaps::Auto,
            (_, Some("off")) => return Sitemaps::Off,
            (Kind::List(_), _) => {}
            _ => {
                let remedy = "write \"auto\", \"off\" or a list of addresses".to_owned();
                let place = self.place("sitemaps");
                self.problems.add(
                    &place,
                    "sitemaps",
                    "neither \"auto\", \"off\" nor a list",
                    Some(remedy),
                );
                return Sitemaps::Auto;
            }
        }
        let texts = self.texts("sitemaps");
        let urls = texts
            .iter()
            .filter_map(|(place, text)| self.address("sitemaps", place, text, origins))
            .collect();
        Sitemaps::Urls(urls)
    }

    /// Reads an address of the site; one outside its origins is reported.
    fn address(
        &mut self,
        key: &str,
        place: &Place,
        text: &str,
        origins: &[Origin],
    ) -> Option<CanonicalUrl> {
        match text.parse::<CanonicalUrl>() {
            Ok(url) if origins.is_empty() || origins.contains(&url.origin()) => Some(url),
            Ok(url) => {
                let what = format!("`{text}` is outside the site's origins");
                let remedy = format!("add `{}` to `origins`", url.origin());
                self.problems.add(place, key, what, Some(remedy));
                None
            }
            Err(error) => {
                self.problems.add(place, key, error.to_string(), None);
                None
            }
        }
    }

    fn patterns(&mut self, key: &str) -> (Vec<String>, Vec<Regex>) {
        let mut sources = Vec::new();
        let mut compiled = Vec::new();
        for (place, text) in self.texts(key) {
            match Regex::new(&text) {
                Ok(pattern) => {
                    sources.push(text);
                    compiled.push(pattern);
                }
                Err(error) => self
                    .problems
                    .add(&place, key, regex_error(&text, &error), None),
            }
        }
        (sources, compiled)
    }

    fn check_identity(&mut self, patterns: &[Regex]) {
        for pattern in patterns {
            let mut groups = pattern.capture_names().flatten();
            if !groups.any(|name| name == "id") {
                let what = format!("the pattern `{pattern}` has no group named `id`");
                let remedy =
                    "name the part that gives the document its key, as in `^/node/(?<id>[0-9]+)`"
                        .to_owned();
                let place = self.place_of("identity", pattern.as_str());
                self.problems.add(&place, "identity", what, Some(remedy));
            }
        }
    }

    fn noise(&mut self, known: &[String]) -> Vec<String> {
        if !self.entries.contains_key("noise") {
            return known
                .iter()
                .filter(|name| *name == "common")
                .cloned()
                .collect();
        }
        let mut packs: Vec<String> = Vec::new();
        for (place, name) in self.texts("noise") {
            if !known.contains(&name) {
                let remedy = pack_remedy(&name, known);
                self.problems.add(
                    &place,
                    "noise",
                    format!("there is no noise pack `{name}`"),
                    Some(remedy),
                );
            } else if !packs.contains(&name) {
                packs.push(name);
            }
        }
        packs
    }

    fn languages(&mut self) -> Vec<String> {
        let mut languages = Vec::new();
        for (place, tag) in self.texts("languages") {
            if language::has_form(&tag) {
                languages.push(tag);
            } else {
                let remedy = "write tags such as `en`, `ru` or `sr-Latn`".to_owned();
                self.problems.add(
                    &place,
                    "languages",
                    format!("`{tag}` is no language tag"),
                    Some(remedy),
                );
            }
        }
        languages
    }

    fn text(&mut self, key: &str) -> Option<String> {
        let entry = self.entries.get(key)?;
        let text = entry.node.as_str().filter(|text| !text.trim().is_empty());
        if text.is_none() {
            let what = match entry.node.as_str() {
                Some(_) => "the text is empty".to_owned(),
                None => format!("{} stands where a string is expected", entry.node.name()),
            };
            self.problems
                .add(&self.whole.at(entry.line), key, what, None);
        }
        text.map(str::to_owned)
    }

    /// Returns the strings of the list of `key`, each with its place; what is none is reported.
    pub(crate) fn texts(&mut self, key: &str) -> Vec<(Place, String)> {
        let node = self.entries.get(key).map(|entry| entry.node.clone());
        node.map_or_else(Vec::new, |node| self.strings(key, &node))
    }

    /// Returns the strings of a list, each with its place; what is none is reported.
    pub(crate) fn strings(&mut self, key: &str, list: &Node) -> Vec<(Place, String)> {
        let mut texts = Vec::new();
        for item in self.items(key, list) {
            match item.as_str() {
                Some(text) => texts.push((self.whole.at(item.line), text.to_owned())),
                None => {
                    let what = format!("{} stands where a string is expected", item.name());
                    self.problems
                        .add(&self.whole.at(item.line), key, what, None);
                }
            }
        }
        texts
    }

    /// Returns the items of a list; what is no list is reported.
    pub(crate) fn items<'n>(&mut self, key: &str, node: &'n Node) -> &'n [Node] {
        if let Kind::List(items) = &node.kind {
            return items;
        }
        let what = format!("{} stands where a list is expected", node.name());
        let remedy = node
            .as_str()
            .map(|text| format!("write `{key} = [{text:?}]`"));
        self.problems
            .add(&self.whole.at(node.line), key, what, remedy);
        &[]
    }

    pub(crate) fn place(&self, key: &str) -> Place {
        self.entries
            .get(key)
            .map_or_else(|| self.whole.at(1), |entry| self.whole.at(entry.line))
    }

    /// Returns the place of the item `text` in the list of `key`.
    pub(crate) fn place_of(&self, key: &str, text: &str) -> Place {
        let items = self.entries.get(key).map(|entry| &entry.node.kind);
        let Some(Kind::List(items)) = items else {
            return self.place(key);
        };
        let item = items.iter().find(|item| item.as_str() == Some(text));
        item.map_or_else(|| self.place(key), |item| self.whole.at(item.line))
    }
}

/// Returns what a regular expression's error says, on one line.
fn regex_error(pattern: &str, error: &regex::Error) -> String {
    let text = error.to_string();
    let last = text.lines().last().unwrap_or_default().trim();
    format!(
        "`{pattern}` is no regular expression: {}",
        last.strip_prefix("error: ").unwrap_or(last)
    )
}
