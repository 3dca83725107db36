//! A configuration survives being kept with a version.

#![allow(clippy::unwrap_used, reason = "a test stops at the first surprise")]

use std::fs;

use proptest::prelude::*;
use thresh_config::Config;

fn load(main: &str, sites: &[String]) -> Config {
    let dir = tempfile::tempdir().unwrap();
    fs::create_dir_all(dir.path().join("sites")).unwrap();
    fs::write(dir.path().join("thresh.toml"), main).unwrap();
    for (position, site) in sites.iter().enumerate() {
        fs::write(dir.path().join(format!("sites/{position}.toml")), site).unwrap();
    }
    Config::load(dir.path()).unwrap_or_else(|errors| panic!("{errors}"))
}

fn site_text() -> impl Strategy<Value = (String, String, bool, bool)> {
    ("[a-z]{1,8}", "[ -~]{1,12}", any::<bool>(), any::<bool>())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn a_snapshot_reads_back_equal(
        min_words in 0u32..1000,
        share in 0.0f64..1.0,
        shrink in 0.0f64..1.0,
        retries in 0u32..9,
        sites in prop::collection::vec(site_text(), 0..4),
    ) {
        let main = format!(
            "[corpus]\ncontact = \"mailto:a@b.example\"\n[crawl]\nretries = {retries}\n[curate]\nmin_words = {min_words}\n\
             review_if_removed_over = {share:?}\n[publish]\nmax_shrink = {shrink:?}\n"
        );
        let files: Vec<String> = sites.iter().enumerate().map(|(n, (name, licence, off, ids))| format!(
            "id = \"s{n}\"\nname = {name:?}\norigins = [\"https://{name}{n}.example\"]\nlicence = {:?}\nsitemaps = {}\nidentity = [{}]\n\
             exclude = [\"{name}$\"]\nretries = 1\n",
            format!("x{licence}"),
            if *off { "\"off\"".to_owned() } else { format!("[\"https://{name}{n}.example/s.xml\"]") },
            if *ids { "\"^/(?<id>[0-9]+)\"" } else { "" },
        )).collect();
        let config = load(&main, &files);
        let snapshot = config.to_snapshot();
        let back = Config::from_snapshot(&snapshot).unwrap();
        prop_assert!(back == config.curation_view());
        prop_assert!(back.to_snapshot() == snapshot);
    }

    #[test]
    fn any_text_is_read_or_refused(text in ".{0,60}") {
        prop_assert!(Config::from_snapshot(&text).is_err());
    }
}

#[test]
fn what_changes_no_text_changes_no_snapshot() {
    let site = "id = \"a\"\norigins = [\"http://a.example\"]\n".to_owned();
    let one = load("[crawl]\ndelay = \"1s\"\n", std::slice::from_ref(&site));
    let other = load(
        "[corpus]\ncontact = \"mailto:a@b.example\"\n[crawl]\ndelay = \"5s\"\n",
        &[format!("{site}retries = 1\n")],
    );
    assert!(one != other);
    assert!(one.to_snapshot() == other.to_snapshot());
    let changed = load("[curate]\nmin_words = 26\n", &[site]);
    assert!(one.to_snapshot() != changed.to_snapshot());
}

#[test]
fn the_snapshot_compiles_its_patterns() {
    let site = "id = \"a\"\norigins = [\"http://a.example\"]\nexclude = [\"^/x\"]\nidentity = [\"^/(?<id>[0-9]+)\"]\n";
    let back = Config::from_snapshot(&load("", &[site.to_owned()]).to_snapshot()).unwrap();
    let url = |text: &str| text.parse().unwrap();
    assert!(back.sites[0].in_scope(&url("http://a.example/x")).is_err());
    assert_eq!(back.sites[0].key_of(&url("http://a.example/7")), "7");
}

#[test]
fn another_form_is_refused() {
    let snapshot = Config::embedded()
        .to_snapshot()
        .replacen("\"format\":1", "\"format\":99", 1);
    let error = Config::from_snapshot(&snapshot).unwrap_err().to_string();
    assert!(error.contains("99"), "{error}");
}
