//! What a good configuration means.

#![allow(clippy::unwrap_used, reason = "a test stops at the first surprise")]

use std::fs;

use tempfile::TempDir;
use thresh_config::{Config, Site, Sitemaps};
use thresh_types::CanonicalUrl;

fn folder(files: &[(&str, &str)]) -> TempDir {
    let dir = tempfile::tempdir().unwrap();
    for (path, content) in files {
        let file = dir.path().join(path);
        fs::create_dir_all(file.parent().unwrap()).unwrap();
        fs::write(file, content).unwrap();
    }
    dir
}

fn site(text: &str) -> Site {
    let config = Config::load(folder(&[("sites/a.toml", text)]).path()).unwrap();
    config.sites.into_iter().next().unwrap()
}

fn url(text: &str) -> CanonicalUrl {
    text.parse().unwrap()
}

const SITE: &str = "id = \"a\"\norigins = [\"https://a.example\", \"http://a.example:8080\"]\n";

#[test]
fn keys_left_out_have_their_defaults() {
    let site = site(SITE);
    assert_eq!(
        (site.name.as_str(), site.licence.as_str()),
        ("a", "unknown")
    );
    assert_eq!(site.sitemaps, Sitemaps::Auto);
    assert_eq!(site.noise, ["common"]);
    assert!(site.seeds.is_empty() && site.include.is_empty() && site.languages.is_empty());
    assert_eq!(site.crawl, thresh_fetcher::Settings::default());
}

#[test]
fn a_site_overrides_the_main_file_which_overrides_the_defaults() {
    let main = "[crawl]\ndelay = \"3s\"\nretries = 7\n";
    let files = [
        ("thresh.toml", main),
        ("sites/a.toml", &format!("{SITE}delay = \"9s\"\n")),
    ];
    let config = Config::load(folder(&files).path()).unwrap();
    let of = |text: &str| {
        serde_json::from_value::<thresh_fetcher::Settings>(serde_json::from_str(text).unwrap())
            .unwrap()
    };
    assert_eq!(config.crawl, of("{\"delay\": \"3s\", \"retries\": 7}"));
    assert_eq!(
        config.sites[0].crawl,
        of("{\"delay\": \"9s\", \"retries\": 7}")
    );
}

#[test]
fn scope_is_the_exact_origin_and_the_patterns() {
    let site = site(&format!(
        "{SITE}seeds = [\"https://a.example/\"]\ninclude = [\"^/news/\", \"^/doc\\\\?id=\"]\nexclude = [\"[?&]print=\"]\n"
    ));
    for inside in [
        "https://a.example/news/1",
        "http://a.example:8080/news/",
        "https://a.example/doc?id=3",
        "https://a.example/",
    ] {
        assert_eq!(site.in_scope(&url(inside)), Ok(()), "{inside}");
    }
    for (outside, why) in [
        (
            "http://a.example/news/1",
            "`http://a.example` is none of the origins",
        ),
        ("https://www.a.example/news/1", "none of the origins"),
        ("https://a.example:8443/news/1", "none of the origins"),
        (
            "https://a.example.evil.example/news/1",
            "none of the origins",
        ),
        (
            "https://a.example/news/1?print=1",
            "excluded by the pattern `[?&]print=`",
        ),
        ("https://a.example/about", "no include pattern"),
    ] {
        let reason = site.in_scope(&url(outside)).unwrap_err();
        assert!(reason.contains(why), "{outside}: {reason}");
    }
}

#[test]
fn identity_patterns_give_one_document_one_key() {
    let site = site(&format!(
        "{SITE}identity = [\"^/(?:(?<lang>[a-z]{{2}})/)?node/(?<id>[0-9]+)$\", \"^/[a-z]+/(?P<id>[0-9]+)$\"]\n"
    ));
    for (address, key) in [
        ("https://a.example/node/170406", "170406"),
        ("http://a.example:8080/cio/170406", "170406"),
        ("https://a.example/ru/node/451132", "451132/ru"),
        ("https://a.example/about?x=1", "https://a.example/about?x=1"),
    ] {
        assert_eq!(site.key_of(&url(address)), key, "{address}");
    }
}

#[test]
fn every_origin_leads_to_its_site() {
    let second = "id = \"b\"\norigins = [\"https://b.example\"]\n";
    let config =
        Config::load(folder(&[("sites/z.toml", SITE), ("sites/b.toml", second)]).path()).unwrap();
    let found = |text: &str| config.site_of(&url(text)).map(|site| site.id.to_string());
    assert_eq!(found("https://a.example/x").as_deref(), Some("a"));
    assert_eq!(found("https://b.example/").as_deref(), Some("b"));
    assert_eq!(found("https://c.example/"), None);
    assert_eq!(config.local_site().noise, config.pack_names());
    assert_eq!(
        config.site(&"b".parse().unwrap()).map(|s| s.name.as_str()),
        Some("b")
    );
}

#[test]
fn a_file_of_comments_is_no_site_and_other_files_are_left_alone() {
    let files = [
        ("sites/a.toml", "# id = \"a\"\n"),
        ("sites/README.md", "id = 3"),
        ("sites/.b.toml", "id = 3"),
    ];
    assert!(
        Config::load(folder(&files).path())
            .unwrap()
            .sites
            .is_empty()
    );
}

#[test]
fn sitemaps_are_told_apart() {
    assert_eq!(
        site(&format!("{SITE}sitemaps = \"off\"\n")).sitemaps,
        Sitemaps::Off
    );
    let listed = site(&format!("{SITE}sitemaps = [\"https://a.example/s.xml\"]\n"));
    assert_eq!(
        listed.sitemaps,
        Sitemaps::Urls(vec![url("https://a.example/s.xml")])
    );
    assert!(!site(&format!("{SITE}sitemaps = \"off\"\n")).is_crawled() && listed.is_crawled());
}
