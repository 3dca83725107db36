//! Reads `thresh.toml`.

use std::path::Path;

use serde::Serialize;

use crate::config::{Archive, Config, Publish};
use crate::contact;
use crate::crawl;
use crate::document::{self, Entry, Kind};
use crate::problem::{Place, Problems};
use crate::section::{dotted, keys_of, known_only, overridden};
use crate::suggest::did_you_mean;

const CORPUS: &[&str] = &["name", "contact"];

/// Overrides the defaults in `config` with what `text` says.
pub(crate) fn apply(config: &mut Config, file: &Path, text: &str, problems: &mut Problems) {
    let whole = Place::whole(file);
    for entry in document::read(file, text, problems) {
        apply_section(config, entry, &whole, problems);
    }
    if config.contact_place.line.is_none() {
        // Nowhere set: the person is sent to where it would be, the section's first line or the file's.
        config.contact_place = whole.at(1);
    }
}

fn apply_section(config: &mut Config, entry: Entry, whole: &Place, problems: &mut Problems) {
    let sections = sections();
    let name = entry.key.as_str();
    let Some((_, known)) = sections.iter().find(|(section, _)| *section == name) else {
        unknown_section(&entry, &sections, whole, problems);
        return;
    };
    let Kind::Table(entries) = entry.node.kind else {
        let what = format!("{} stands where a section is expected", entry.node.name());
        problems.add(
            &whole.at(entry.line),
            name,
            what,
            Some(format!("write [{name}] and its keys below")),
        );
        return;
    };
    let entries = known_only(name, entries, known, &sections, whole, problems);
    match name {
        "corpus" => corpus(config, entry.line, &entries, whole, problems),
        "crawl" => config.crawl = crawl::overridden(&config.crawl, name, &entries, whole, problems),
        "archive" => archive(config, &entries, whole, problems),
        "curate" => {
            shares(name, &config.curate, &entries, whole, problems);
            config.curate = overridden(&config.curate, name, &entries, whole, problems);
        }
        "dedup" => {
            shares(name, &config.dedup, &entries, whole, problems);
            config.dedup = overridden(&config.dedup, name, &entries, whole, problems);
        }
        _ => {
            shares(name, &config.publish, &entries, whole, problems);
            config.publish = overridden(&config.publish, name, &entries, whole, problems);
        }
    }
}

/// Returns the sections with their keys.
pub(crate) fn sections() -> Vec<(&'static str, Vec<String>)> {
    vec![
        (
            "corpus",
            CORPUS.iter().map(|key| (*key).to_owned()).collect(),
        ),
        ("crawl", keys_of::<thresh_fetcher::Settings>()),
        ("archive", keys_of::<Archive>()),
        ("curate", keys_of::<thresh_cleaner::Settings>()),
        ("dedup", keys_of::<thresh_deduplicator::Settings>()),
        ("publish", keys_of::<Publish>()),
    ]
}

fn unknown_section(
    entry: &Entry,
    sections: &[(&str, Vec<String>)],
    whole: &Place,
    problems: &mut Problems,
) {
    let home = sections.iter().find(|(_, keys)| keys.contains(&entry.key));
    let remedy = home.map_or_else(
        || {
            did_you_mean(&entry.key, sections.iter().map(|(name, _)| *name)).unwrap_or_else(|| {
                "the sections are corpus, crawl, archive, curate, dedup and publish".to_owned()
            })
        },
        |(name, _)| format!("it belongs below [{name}]"),
    );
    let what = match entry.node.kind {
        Kind::Table(_) => "unknown section",
        _ => "unknown key",
    };
    problems.add(&whole.at(entry.line), entry.key.clone(), what, Some(remedy));
}

/// A limit of nothing would begin a file for every capture.
fn archive(config: &mut Config, entries: &[Entry], whole: &Place, problems: &mut Problems) {
    let base = &config.archive;
    let mut read = overridden(base, "archive", entries, whole, problems);
    for entry in entries {
        let (is_zero, default) = match entry.key.as_str() {
            "max_file_size" => (read.max_file_size.0 == 0, base.max_file_size.to_string()),
            _ => (read.max_file_age.0.is_zero(), base.max_file_age.to_string()),
        };
        if is_zero {
            let what = "is zero: every capture would begin a file";
            let remedy = Some(format!("the default is \"{default}\""));
            problems.add(
                &whole.at(entry.line),
                dotted("archive", &entry.key),
                what,
                remedy,
            );
        }
    }
    if read.max_file_size.0 == 0 {
        read.max_file_size = base.max_file_size;
    }
    if read.max_file_age.0.is_zero() {
        read.max_file_age = base.max_file_age;
    }
    config.archive = read;
}

fn corpus(
    config: &mut Config,
    section: usize,
    entries: &[Entry],
    whole: &Place,
    problems: &mut Problems,
) {
    config.contact_place = whole.at(section);
    for entry in entries {
        let place = whole.at(entry.line);
        let Some(text) = entry.node.as_str() else {
            let what = format!("{} stands where a string is expected", entry.node.name());
            problems.add(&place, dotted("corpus", &entry.key), what, None);
            continue;
        };
        if entry.key == "contact" {
            contact::check_form(text, &place, problems);
            text.clone_into(&mut config.contact);
            config.contact_place = place;
        } else if text.trim().is_empty() {
            problems.add(&place, "corpus.name", "the corpus has no name", None);
        } else {
            text.clone_into(&mut config.name);
        }
    }
}

/// Reports numbers that are no share of a whole, for the keys whose default is a fraction. What is no
/// number at all is the section's own matter.
fn shares<T: Serialize>(
    section: &str,
    settings: &T,
    entries: &[Entry],
    whole: &Place,
    problems: &mut Problems,
) {
    let defaults = serde_json::to_value(settings).unwrap_or_default();
    for entry in entries.iter().filter(|entry| defaults[&entry.key].is_f64()) {
        let number = entry.node.to_json().and_then(|value| value.as_f64());
        if number.is_some_and(|share| !(0.0..=1.0).contains(&share)) {
            let what = "a share between 0 and 1 is expected";
            problems.add(
                &whole.at(entry.line),
                dotted(section, &entry.key),
                what,
                None,
            );
        }
    }
}
