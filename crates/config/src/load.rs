//! Reads the configuration folder.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use thresh_types::{Origin, SiteId};

use crate::audit::Findings;
use crate::config::Config;
use crate::main_file;
use crate::packs;
use crate::problem::{ConfigErrors, Place, Problems};
use crate::site::Site;
use crate::site_file;
use crate::suggest::did_you_mean;

impl Config {
    /// Reads `thresh.toml`, `sites/*.toml` and `noise/*.toml` below `dir`. A file or folder that is not
    /// there means defaults; a noise file of the name of a shipped pack takes its place.
    ///
    /// # Errors
    /// Everything that is wrong, at once, with file, line, key and remedy.
    pub fn load(dir: &Path) -> Result<Self, ConfigErrors> {
        let mut problems = Problems::default();
        let mut config = Self::embedded();
        load_main(&mut config, &dir.join("thresh.toml"), &mut problems);
        load_packs(&mut config, &dir.join("noise"), &mut problems);
        load_sites(&mut config, &dir.join("sites"), &mut problems);
        problems.or(config)
    }
}

fn load_main(config: &mut Config, file: &Path, problems: &mut Problems) {
    config.contact_place = Place::whole(file);
    if let Some(text) = read_file(file, problems) {
        main_file::apply(config, file, &text, problems);
    }
}

fn load_packs(config: &mut Config, folder: &Path, problems: &mut Problems) {
    let mut sources = packs::shipped_sources();
    let mut files: BTreeMap<String, PathBuf> = BTreeMap::new();
    for file in toml_files(folder, problems) {
        let name = stem(&file);
        // A pack is named in rule ids, which have the same form as site ids.
        if name.parse::<SiteId>().is_err() {
            let what = format!("`{name}` is no name of a noise pack");
            let remedy = "use lower-case letters, digits, `-` and `_` in the file name".to_owned();
            problems.add(&Place::whole(&file), "", what, Some(remedy));
        } else if let Some(text) = read_file(&file, problems) {
            sources.insert(name.clone(), text);
            files.insert(name, file);
        }
    }
    if files.is_empty() {
        return;
    }
    let place_of = |name: &str| {
        files
            .get(name)
            .map_or_else(Place::default, |f| Place::whole(f))
    };
    // A pack that fails is reported, and its name stays known to the sites.
    (config.packs, config.pack_sources) = packs::parse(sources, place_of, problems);
    for name in files.into_keys() {
        config.pack_sources.entry(name).or_default();
    }
}

fn load_sites(config: &mut Config, folder: &Path, problems: &mut Problems) {
    let mut sites: Vec<(Site, Places)> = Vec::new();
    let mut findings = Findings::default();
    for file in toml_files(folder, problems) {
        if let Some(text) = read_file(&file, problems) {
            sites.extend(site_file::read(
                config,
                &file,
                &text,
                problems,
                &mut findings,
            ));
        }
    }
    refuse_doubles(&sites, problems);
    config.findings = findings.in_order();
    config.sites = sites.into_iter().map(|(site, _)| site).collect();
    config.sites.sort_by(|a, b| a.id.cmp(&b.id));
}

/// Where a site's file says what has to be unique among all sites.
pub(crate) struct Places {
    pub(crate) id: Place,
    pub(crate) origins: Vec<Place>,
}

fn refuse_doubles(sites: &[(Site, Places)], problems: &mut Problems) {
    let mut ids: BTreeMap<&SiteId, &Place> = BTreeMap::new();
    let mut origins: BTreeMap<&Origin, (&SiteId, &Place)> = BTreeMap::new();
    for (site, places) in sites {
        // A site without an id stands under this one, and that is reported already.
        if site.id == SiteId::local() {
            continue;
        }
        if let Some(first) = ids.insert(&site.id, &places.id) {
            let what = format!("the site id `{}` is taken by {first}", site.id);
            problems.add(
                &places.id,
                "id",
                what,
                Some("give one of the two another id".to_owned()),
            );
        }
        for (origin, place) in site.origins.iter().zip(&places.origins) {
            if let Some((owner, first)) = origins.insert(origin, (&site.id, place)) {
                let what = format!("`{origin}` is claimed by site `{owner}` too, at {first}");
                problems.add(
                    place,
                    "origins",
                    what,
                    Some("remove it from one of the two".to_owned()),
                );
            }
        }
    }
}

/// Returns the text of `file`; `None` where there is none, or where it cannot be read, which is reported.
fn read_file(file: &Path, problems: &mut Problems) -> Option<String> {
    match fs::read_to_string(file) {
        Ok(text) => Some(text),
        Err(error) if error.kind() == io::ErrorKind::NotFound => None,
        Err(error) if error.kind() == io::ErrorKind::InvalidData => {
            let remedy = "save the file as UTF-8".to_owned();
            problems.add(
                &Place::whole(file),
                "",
                "the file is no UTF-8 text",
                Some(remedy),
            );
            None
        }
        Err(error) => {
            problems.add(
                &Place::whole(file),
                "",
                format!("cannot be read: {error}"),
                None,
            );
            None
        }
    }
}

/// Returns the `.toml` files of `folder`, sorted; hidden ones are left out, as editors leave them.
fn toml_files(folder: &Path, problems: &mut Problems) -> Vec<PathBuf> {
    let entries = match fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Vec::new(),
        Err(error) => {
            problems.add(
                &Place::whole(folder),
                "",
                format!("cannot be read: {error}"),
                None,
            );
            return Vec::new();
        }
    };
    let mut files: Vec<PathBuf> = entries
        .filter_map(|entry| entry.ok().map(|e| e.path()))
        .filter(|path| {
            path.extension().is_some_and(|e| e == "toml") && !stem(path).starts_with('.')
        })
        .collect();
    files.sort();
    files
}

/// Returns the file's name without folder and extension.
pub(crate) fn stem(file: &Path) -> String {
    file.file_stem()
        .map_or_else(String::new, |s| s.to_string_lossy().into_owned())
}

/// Returns the remedy for an unknown pack.
pub(crate) fn pack_remedy(wrong: &str, names: &[String]) -> String {
    did_you_mean(wrong, names.iter().map(String::as_str))
        .unwrap_or_else(|| format!("the packs are {}", names.join(", ")))
}
