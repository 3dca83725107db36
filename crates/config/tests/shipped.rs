//! The files that are shipped: the defaults, the partner sites, the starter.

#![allow(clippy::unwrap_used, reason = "a test stops at the first surprise")]

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use proptest::prelude::*;
use thresh_config::{Config, Seen, site_file_for};
use thresh_types::CanonicalUrl;

fn shipped() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../config")
}

fn load() -> Config {
    Config::load(&shipped()).unwrap_or_else(|errors| panic!("{errors}"))
}

fn url(text: &str) -> CanonicalUrl {
    text.parse().unwrap()
}

/// Collects the keys of a settings struct below `section`.
fn keys<T: serde::Serialize>(section: &str, settings: &T) -> BTreeSet<String> {
    let value = serde_json::to_value(settings).unwrap();
    value
        .as_object()
        .unwrap()
        .keys()
        .map(|key| format!("{section}.{key}"))
        .collect()
}

#[test]
fn the_shipped_file_is_the_defaults_with_every_key_present() {
    let dir = tempfile::tempdir().unwrap();
    let text = fs::read_to_string(shipped().join("thresh.toml")).unwrap();
    fs::write(dir.path().join("thresh.toml"), &text).unwrap();
    let defaults = Config::embedded();
    let loaded = Config::load(dir.path()).unwrap_or_else(|errors| panic!("{errors}"));
    assert_eq!(loaded.crawl, defaults.crawl);
    assert_eq!(loaded.curate, defaults.curate);
    assert_eq!(loaded.dedup, defaults.dedup);
    assert_eq!(loaded.archive, defaults.archive);
    assert_eq!(loaded.publish, defaults.publish);
    assert!(loaded == defaults, "name, contact, sites and packs");

    let mut expected = keys("crawl", &defaults.crawl);
    expected.extend(keys("curate", &defaults.curate));
    expected.extend(keys("dedup", &defaults.dedup));
    expected.extend(keys("archive", &defaults.archive));
    expected.extend(keys("publish", &defaults.publish));
    expected.extend(["corpus.name".to_owned(), "corpus.contact".to_owned()]);
    let table: toml::Table = text.parse().unwrap();
    let present: BTreeSet<String> = table
        .iter()
        .flat_map(|(section, keys)| {
            keys.as_table()
                .unwrap()
                .keys()
                .map(move |key| format!("{section}.{key}"))
        })
        .collect();
    assert_eq!(present, expected);
}

#[test]
fn shipped_noise_packs_parse_and_a_file_of_the_same_name_takes_their_place() {
    let names = Config::embedded().pack_names();
    assert!(
        ["common", "drupal", "osce", "wix", "wordpress"]
            .iter()
            .all(|n| names.iter().any(|m| m == n)),
        "{names:?}"
    );
    let dir = tempfile::tempdir().unwrap();
    fs::create_dir_all(dir.path().join("noise")).unwrap();
    let rule = |pack: &str| {
        format!(
            "[[rule]]\nid = \"{pack}/gone\"\nwhy = \"a test\"\nmatch = {{ line = ['gone'], position = \"edge\" }}\n\
         hit = [\"A sentence of the page, which is long enough to be one.\\ngone\"]\nmiss = [\"gone are the days\"]\n"
        )
    };
    fs::write(dir.path().join("noise/wix.toml"), rule("wix")).unwrap();
    fs::write(dir.path().join("noise/own.toml"), rule("own")).unwrap();
    let config = Config::load(dir.path()).unwrap_or_else(|errors| panic!("{errors}"));
    assert_eq!(config.packs.len(), names.len() + 1);
    let rules = |name: &str| {
        config
            .packs
            .iter()
            .find(|p| p.name() == name)
            .map(|p| p.rules().count())
    };
    assert_eq!((rules("wix"), rules("own")), (Some(1), Some(1)));
    fs::write(dir.path().join("noise/own.toml"), "[[rule]]\nid = 3\n").unwrap();
    let shown = Config::load(dir.path()).unwrap_err().to_string();
    assert!(shown.contains("own.toml"), "{shown}");
}

#[test]
fn every_shipped_site_is_sound_and_ready() {
    let config = load();
    for site in &config.sites {
        let file = shipped().join(format!("sites/{}.toml", site.id));
        assert!(file.exists(), "{} lies in the file of its id", site.id);
        let text = fs::read_to_string(file).unwrap();
        assert!(
            text.starts_with("# "),
            "{} says what it is and how it is known",
            site.id
        );
        for key in KEYS {
            assert!(
                text.lines().any(|line| line.starts_with(key)),
                "{} says `{key}`",
                site.id
            );
        }
        assert!(
            !site.seeds.is_empty() && !site.noise.is_empty(),
            "{}",
            site.id
        );
        for seed in &site.seeds {
            assert_eq!(site.in_scope(seed), Ok(()));
            assert_eq!(config.site_of(seed).map(|s| &s.id), Some(&site.id));
        }
    }
    assert!(
        config.check_contact_for_public().is_err(),
        "the contact is for the user to give"
    );
}

/// The keys that a shipped file says, though they have defaults.
const KEYS: [&str; 15] = [
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
    "licence_evidence.says",
    "licence_evidence.seen",
    "identity",
    "examples.same",
    "examples.apart",
];

#[test]
fn the_osce_and_a_dozen_partners_are_shipped_and_say_nothing_wrong() {
    let config = load();
    config.check().unwrap_or_else(|errors| panic!("{errors}"));
    let own = |id: &str| id == "osce" || id.starts_with("osce-");
    let (osce, partners): (Vec<_>, Vec<_>) = config.sites.iter().partition(|s| own(s.id.as_str()));
    assert!(!osce.is_empty() && partners.len() >= 15, "{partners:#?}");
}

#[test]
fn every_shipped_licence_has_evidence_or_a_reason() {
    for site in load().sites {
        let evidence = site.notes.licence_evidence.expect("`check` asks for it");
        let unknown = site.licence == "unknown";
        assert!(unknown || evidence.url.is_some(), "{}", site.id);
        assert!(
            unknown || evidence.seen != Seen::Never,
            "{}: nobody has seen its licence",
            site.id
        );
        assert!(evidence.says.split(' ').count() > 2, "{}", site.id);
    }
}

#[test]
fn what_is_not_verified_is_listed() {
    let config = load();
    let listed: Vec<String> = config
        .unverified()
        .iter()
        .map(ToString::to_string)
        .collect();
    for site in &config.sites {
        let file = format!("{}.toml:", site.id);
        for doubt in &site.notes.unverified {
            assert!(
                listed
                    .iter()
                    .any(|l| l.contains(&file) && l.contains(doubt)),
                "{file} {doubt}"
            );
        }
    }
    // An address that was never looked up is no licence: whatever grants something is among the doubts.
    for site in config.sites.iter().filter(|s| s.licence != "unknown") {
        let read = matches!(
            site.notes.licence_evidence.as_ref().map(|e| e.seen),
            Some(Seen::On(_))
        );
        let doubted = listed
            .iter()
            .any(|l| l.contains(&format!("{}.toml:", site.id)) && l.contains("before a release"));
        assert_ne!(read, doubted, "{}", site.id);
    }
}

#[test]
fn shipped_identity_patterns_are_anchored_and_shown() {
    for site in load().sites {
        assert!(!site.identity.is_empty(), "{}", site.id);
        for pattern in &site.identity {
            assert!(
                pattern.starts_with("^/") && pattern.ends_with('$'),
                "{}: {pattern}",
                site.id
            );
        }
        let text = fs::read_to_string(shipped().join(format!("sites/{}.toml", site.id))).unwrap();
        let table: toml::Table = text.parse().unwrap();
        let apart = table["examples"]["apart"].to_string();
        assert!(
            apart.contains("page=1") || apart.contains("page=2") || apart.contains("page=3"),
            "{}: the pages of a list are apart",
            site.id
        );
        assert!(site.notes.examples >= 8, "{}", site.id);
        for list in ["inside", "outside"] {
            assert!(
                table["examples"].get(list).is_some(),
                "{}: examples.{list}",
                site.id
            );
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    // Letters only: numbers are ids on some sites, whose pages answer below any path.
    #[test]
    fn no_shipped_site_merges_two_paths(
        one in "[a-z]{4,7}(/[a-z]{4,7}){0,3}",
        other in "[a-z]{4,7}(/[a-z]{4,7}){0,3}",
        query in "[a-z]{6,8}=[0-9]{1,3}",
    ) {
        for site in &SITES.sites {
            let key = |path: &str| {
                let origin = &site.origins[0];
                site.key_of(&url(&format!("{origin}/{path}")))
            };
            prop_assert_eq!(one == other, key(&one) == key(&other), "{}", site.id);
            prop_assert_ne!(key(&one), key(&format!("{one}?{query}")), "{}", site.id);
            prop_assert_ne!(key(&one), key(&format!("{one}/{other}")), "{}", site.id);
            prop_assert_ne!(key(&one), key(&format!("fr/{one}")), "{}", site.id);
            prop_assert_ne!(key("12345"), key("node/12345"), "{}", site.id);
        }
    }

    #[test]
    fn any_path_and_query_has_a_key(tail in "[ -~é]{0,80}") {
        for site in &SITES.sites {
            let origin = &site.origins[0];
            if let Ok(url) = format!("{origin}/{tail}").parse::<CanonicalUrl>() {
                prop_assert!(!site.key_of(&url).is_empty());
            }
        }
    }
}

static SITES: LazyLock<Config> = LazyLock::new(load);

#[test]
fn the_osce_gives_a_node_one_key_whatever_its_path() {
    let config = load();
    let key = |address: &str| {
        let url = url(address);
        config.site_of(&url).unwrap().key_of(&url)
    };
    assert_eq!(key("https://www.osce.org/cio/170406"), "170406");
    assert_eq!(key("https://osce.org/node/170406"), "170406");
    assert_eq!(key("http://www.osce.org/cio/170406/?fbclid=x"), "170406");
    assert_eq!(key("https://www.osce.org/ru/node/451132"), "451132/ru");
    assert_eq!(
        key("https://www.osce.org/ru/secretariat/451132"),
        "451132/ru"
    );
    assert_eq!(
        key("https://www.osce.org/cthb"),
        "https://www.osce.org/cthb"
    );
    assert_eq!(
        key("https://respect.international/trafficking-in-human-beings/"),
        key("https://www.respect.international/trafficking-in-human-beings")
    );
    assert_eq!(key("https://www.zerotrafficking.com/post/one"), "post/one");
    // Another installation counts its pages for itself, and a year is no number of a page.
    assert_ne!(
        config
            .site_of(&url("https://polis.osce.org/node/170406"))
            .unwrap()
            .id,
        config
            .site_of(&url("https://www.osce.org/node/170406"))
            .unwrap()
            .id
    );
    assert_eq!(
        key("https://www.osce.org/annual-report/2019"),
        "https://www.osce.org/annual-report/2019"
    );
}

#[test]
fn what_leads_nowhere_is_out_of_scope() {
    let config = load();
    for address in [
        "https://www.osce.org/search?q=trafficking",
        "https://www.osce.org/press-releases?page=3&rows=50&solrsort=ds_date",
        "https://respect.international/wp-json/wp/v2/posts/1",
        "https://www.coe.int/en/web/portal/home",
        "https://www.iom.int/es/donate",
        "https://www.state.gov/reports/2023-country-reports-on-human-rights-practices/",
        "https://www.gov.uk/search/all?keywords=modern-slavery",
        "https://home-affairs.ec.europa.eu/news/another-subject-2025-01-01_en",
    ] {
        let url = url(address);
        assert!(
            config.site_of(&url).unwrap().in_scope(&url).is_err(),
            "{address}"
        );
    }
    assert!(
        config
            .site_of(&url("https://mirror.example/secretariat/1"))
            .is_none()
    );
}

#[test]
fn the_starter_folder_loads_as_the_defaults() {
    let dir = tempfile::tempdir().unwrap();
    for file in Config::starter_files() {
        let path = dir.path().join(&file.path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, file.content).unwrap();
    }
    let config = Config::load(dir.path()).unwrap();
    assert!(config == Config::embedded());
    let shown = config.check_ready_to_crawl().unwrap_err().to_string();
    assert!(shown.contains("thresh.toml:"), "{shown}");
}

#[test]
fn the_example_site_is_sound_once_its_marks_are_removed() {
    let starter = Config::starter_files();
    let example = starter
        .iter()
        .find(|f| f.path == "sites/example.toml")
        .unwrap();
    let text: String = example
        .content
        .lines()
        .filter_map(|line| {
            line.strip_prefix("# ")
                .filter(|l| !l.starts_with('#') && l.contains(" = "))
        })
        .flat_map(|line| [line, "\n"])
        .collect();
    let dir = tempfile::tempdir().unwrap();
    fs::create_dir_all(dir.path().join("sites")).unwrap();
    fs::write(dir.path().join("sites/example.toml"), text).unwrap();
    let config = Config::load(dir.path()).unwrap_or_else(|errors| panic!("{errors}"));
    assert_eq!(config.sites.len(), 1);
    config.check().unwrap_or_else(|errors| panic!("{errors}"));
    assert_eq!(config.unverified(), []);
    assert!(config.sites[0].notes.licence_evidence.is_some());
}

/// Removes the marks before keys, as a person does who fills in what `site add` wrote.
fn filled_in(content: &str) -> String {
    content
        .replace("# examples.", "examples.")
        .replace("# unverified", "unverified")
        .replace("# licence_evidence.", "licence_evidence.")
        .replace(".seen = \"…\"", ".seen = \"not seen\"")
        .replace("identity  = []", "identity  = [\"^/(?<id>[^?]*[^?/])/?$\"]")
        .replace("exclude   = []", "exclude   = [\"^/search\"]")
}

#[test]
fn what_a_written_site_offers_in_comments_is_sound() {
    for address in ["https://www.example.org/news", "http://127.0.0.1:8600/"] {
        let file = site_file_for(&url(address));
        let text = filled_in(&file.content);
        assert_ne!(text, file.content);
        let dir = tempfile::tempdir().unwrap();
        fs::create_dir_all(dir.path().join("sites")).unwrap();
        fs::write(dir.path().join(&file.path), &text).unwrap();
        let config = Config::load(dir.path()).unwrap_or_else(|errors| panic!("{errors}\n{text}"));
        config
            .check()
            .unwrap_or_else(|errors| panic!("{errors}\n{text}"));
        assert_eq!(config.sites[0].notes.examples, 6);
        let url = config.sites[0]
            .notes
            .licence_evidence
            .as_ref()
            .and_then(|e| e.url.clone());
        assert!(url.is_some_and(|u| u.ends_with("/terms")));
    }
}

#[test]
fn a_site_written_from_an_address_loads() {
    for (address, id, origins) in [
        ("https://www.osce.org/cthb", "osce", 2),
        ("https://respect.international/", "respect", 2),
        ("http://127.0.0.1:8600/a", "127-0-0-1", 1),
        ("http://[::1]:8600/", "1", 1),
        ("https://cthb.osce.org/x?y=%22", "cthb-osce", 1),
        ("https://www.example.co.uk/", "example-co", 2),
        ("http://local.example/", "site-local", 2),
        ("http://localhost:8600/", "localhost", 1),
        ("https://xn--80ak6aa92e.example/", "xn--80ak6aa92e", 2),
    ] {
        let url = url(address);
        let file = site_file_for(&url);
        assert_eq!(file.path, format!("sites/{id}.toml"));
        let dir = tempfile::tempdir().unwrap();
        fs::create_dir_all(dir.path().join("sites")).unwrap();
        fs::write(dir.path().join(&file.path), &file.content).unwrap();
        let config =
            Config::load(dir.path()).unwrap_or_else(|errors| panic!("{errors}\n{}", file.content));
        assert_eq!(config.sites[0].seeds, std::slice::from_ref(&url));
        assert_eq!(config.sites[0].origins.len(), origins, "{address}");
        assert_eq!(config.sites[0].in_scope(&url), Ok(()));
        config.check().unwrap_or_else(|errors| panic!("{errors}"));
    }
}
