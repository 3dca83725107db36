//! What `config check` says of files that load: mistakes, and what nobody has verified.

#![allow(clippy::unwrap_used, reason = "a test stops at the first surprise")]

use std::fs;

use thresh_config::{Config, Problem, Seen};

const SITE: &str = "id = \"a\"\norigins = [\"https://a.example\", \"http://a.example\"]\n";

/// Loads a site that says `text` after its first two lines.
fn load(text: &str) -> Config {
    let dir = tempfile::tempdir().unwrap();
    fs::create_dir_all(dir.path().join("sites")).unwrap();
    fs::write(dir.path().join("sites/a.toml"), format!("{SITE}{text}")).unwrap();
    Config::load(dir.path()).unwrap_or_else(|errors| panic!("{errors}"))
}

fn mistakes(text: &str) -> Vec<Problem> {
    load(text)
        .check()
        .err()
        .map_or_else(Vec::new, |errors| errors.problems)
}

/// Asserts that `found` is one problem, of the file, on that line and key, with those words in it.
#[track_caller]
fn assert_one(found: &[Problem], line: usize, key: &str, words: &str) {
    let [problem] = found else {
        panic!("one problem is expected: {found:#?}")
    };
    assert!(problem.file.ends_with("sites/a.toml"));
    assert_eq!(
        (problem.line, problem.key.as_str()),
        (Some(line), key),
        "{problem}"
    );
    assert!(problem.to_string().contains(words), "{problem}");
}

/// What is doubted in a site's file in which nothing is wrong.
fn doubts(text: &str) -> Vec<Problem> {
    assert_eq!(mistakes(text), [], "{text}");
    load(text).unverified().to_vec()
}

/// The evidence for a licence on two lines.
fn seen(how: &str) -> String {
    format!(
        "licence_evidence.url = \"https://a.example/terms\"\nlicence_evidence.says = \"so\"\nlicence_evidence.seen = \"{how}\"\n"
    )
}

#[test]
fn a_licence_without_evidence_is_doubted() {
    for licence in [
        "CC-BY-4.0",
        "public-domain",
        "all-rights-reserved",
        "custom-terms",
    ] {
        let found = doubts(&format!("\nlicence = \"{licence}\"\n"));
        assert_one(&found, 4, "licence", "write `licence_evidence.url`");
    }
    assert_eq!(mistakes("licence = \"unknown\"\n"), []);
    assert_eq!(mistakes(""), []);
}

#[test]
fn evidence_has_to_name_a_page_that_somebody_has_seen() {
    let licence = "licence = \"CC-BY-4.0\"\n";
    let unseen = mistakes(&format!("{licence}{}", seen("not seen")));
    assert_one(
        &unseen,
        4,
        "licence_evidence",
        "read https://a.example/terms",
    );
    let nowhere = "licence_evidence.says = \"so\"\nlicence_evidence.seen = \"stored copy\"\n";
    let found = mistakes(&format!("{licence}{nowhere}"));
    assert_one(&found, 4, "licence_evidence", "names no page");
    // What grants nothing may rest on less.
    let reserved = format!("licence = \"all-rights-reserved\"\n{}", seen("not seen"));
    assert_eq!(mistakes(&reserved), []);
    for how in ["2024-05-31", "stored copy", "second hand"] {
        assert_eq!(mistakes(&format!("{licence}{}", seen(how))), [], "{how}");
    }
}

#[test]
fn a_licence_that_no_export_knows_is_doubted() {
    for (licence, words) in [
        ("OGL-UK-4.0", "did you mean `OGL-UK-"),
        ("free for all", "SPDX identifier such as `CC-BY-4.0`"),
        ("CC-BY-9.0", "as in `CC-BY-SA-4.0`"),
        (
            "https://creativecommons.org/licenses/by/4.0/",
            "as in `CC-BY-SA-4.0`",
        ),
    ] {
        let found = doubts(&format!("licence = \"{licence}\"\n{}", seen("2024-05-31")));
        assert_one(&found, 3, "licence", words);
    }
    for licence in ["CC BY-SA 4.0", "cc0-1.0", "ogl-uk-3.0", "Public domain"] {
        let text = format!("licence = \"{licence}\"\n{}", seen("2024-05-31"));
        assert_eq!(mistakes(&text), [], "{licence}");
    }
}

#[test]
fn a_country_is_no_language() {
    let found = mistakes("languages = [\n  \"en\",\n  \"ua\",\n]\n");
    assert_one(&found, 5, "languages", "did you mean `uk`?");
    let found = mistakes("languages = [\"sr-RS-Latn\"]\n");
    assert_one(&found, 3, "languages", "script, region");
}

#[test]
fn a_pattern_that_never_matches_is_a_mistake() {
    for key in ["include", "exclude", "identity"] {
        let group = if key == "identity" { "(?<id>x)" } else { "" };
        let found = mistakes(&format!(
            "{key} = [\n  \"^https://a.example/{group}\",\n]\n"
        ));
        assert_one(&found, 4, key, "begin with `^/`");
    }
    assert_eq!(
        mistakes("include = [\"^/x\", \"^.x\", \"x$\", \"^[/?]\", \"^(?:/a|/b)\"]\n"),
        []
    );
}

const NODES: &str = "identity = [\"^/(?:(?<lang>[a-z]{2})/)?(?:node|cio)/(?<id>[0-9]+)/?$\"]\n";

#[test]
fn examples_of_one_document_share_their_key() {
    let same = |list: &str| mistakes(&format!("{NODES}examples.same = [\n  [\n{list}  ],\n]\n"));
    assert_eq!(
        same("\"https://a.example/node/1\",\n\"http://a.example/cio/1/\",\n"),
        []
    );
    let found = same("\"https://a.example/node/1\",\n\"https://a.example/node/1?page=2\",\n");
    assert_one(&found, 7, "examples.same", "widen a pattern");
    let found = same("\"https://a.example/node/1\",\n\"https://b.example/node/1\",\n");
    assert_one(&found, 7, "examples.same", "add `https://b.example`");
}

#[test]
fn examples_of_two_documents_do_not() {
    let apart = |list: &str| mistakes(&format!("{NODES}examples.apart = [[\n{list}]]\n"));
    assert_eq!(
        apart(
            "\"https://a.example/node/1\",\n\"https://a.example/ru/node/1\",\n\"https://a.example/node/2\",\n"
        ),
        []
    );
    let found = apart("\"https://a.example/node/1\",\n\"https://a.example/cio/1\",\n");
    assert_one(&found, 6, "examples.apart", "narrow a pattern");
    // Two lists of one document each are two documents.
    let lists = "[\"https://a.example/node/1\", \"https://a.example/node/1/\"],\n\
                 [\"https://a.example/cio/1\", \"https://a.example/cio/1/\"],\n";
    let found = mistakes(&format!("{NODES}examples.same = [\n{lists}]\n"));
    assert_one(&found, 6, "examples.same", "`1`");
}

#[test]
fn examples_of_the_scope_hold() {
    let text = "include = [\"^/news/\"]\nexclude = [\"[?&]print=\"]\n\
                examples.inside = [\"https://a.example/news/1\"]\n\
                examples.outside = [\"https://a.example/about\", \"https://a.example/news/1?print=1\", \"https://b.example/\"]\n";
    assert_eq!(mistakes(text), []);
    let swapped = text
        .replace("inside", "x")
        .replace("outside", "inside")
        .replace("examples.x", "examples.outside");
    let found = mistakes(&swapped);
    assert_eq!(found.len(), 4, "{found:#?}");
    assert!(found[0].to_string().contains("add a pattern to `exclude`"));
    assert!(found[1..].iter().all(|p| p.line == Some(6)), "{found:#?}");
    assert!(
        found
            .iter()
            .any(|p| p.what.contains("excluded by the pattern")),
        "{found:#?}"
    );
}

#[test]
fn mistakes_keep_nothing_from_loading_and_come_in_order() {
    let config = load("licence = \"nonsense\"\nlanguages = [\"ua\"]\ninclude = [\"^x\"]\n");
    let errors = config.check().unwrap_err();
    let lines: Vec<_> = errors.problems.iter().map(|p| p.line).collect();
    assert_eq!(lines, [Some(4), Some(5)], "{errors}");
    assert_eq!(config.sites.len(), 1);
}

#[test]
fn doubts_are_listed_and_no_mistakes() {
    assert_one(&doubts(""), 1, "licence", "for no reason that is given");
    let reason =
        "licence_evidence.says = \"nobody answers\"\nlicence_evidence.seen = \"not seen\"\n";
    assert_one(
        &doubts(&format!("licence = \"unknown\"\n{reason}")),
        3,
        "licence",
        "unknown: nobody answers",
    );
    let copied = format!("licence = \"CC0-1.0\"\n{}", seen("stored copy"));
    assert_one(&doubts(&copied), 4, "licence_evidence", "before a release");
    let sure = format!("licence = \"CC0-1.0\"\n{}", seen("2024-05-31"));
    assert_eq!(doubts(&sure), []);
    assert_one(
        &doubts(&format!("{sure}unverified = [\"its sitemap\"]\n")),
        7,
        "unverified",
        "its sitemap",
    );
    let loose = format!(
        "{sure}identity = [\"^/node/(?<id>[0-9]+)\"]\nexamples.inside = [\"https://a.example/node/1\"]\n"
    );
    assert_one(&doubts(&loose), 7, "identity", "end it with `$`");
    let bare = format!("{sure}identity = [\"^/node/(?<id>[0-9]+)$\"]\n");
    assert_one(&doubts(&bare), 7, "identity", "write `examples.same`");
}

#[test]
fn a_site_knows_its_evidence() {
    let config = load(&format!(
        "licence = \"CC0-1.0\"\n{}examples.same = [[\"https://a.example/\", \"https://a.example\"]]\n",
        seen("2024-05-31")
    ));
    let notes = &config.sites[0].notes;
    let evidence = notes.licence_evidence.as_ref().unwrap();
    assert_eq!(evidence.url.as_deref(), Some("https://a.example/terms"));
    assert_eq!(evidence.says, "so");
    assert!(matches!(evidence.seen, Seen::On(day) if day.to_string() == "2024-05-31"));
    assert_eq!(notes.examples, 2);
    // What a file says about itself changes no text, so that no version depends on it.
    let bare = load("licence = \"CC0-1.0\"\n");
    assert!(config != bare && config.to_snapshot() == bare.to_snapshot());
    assert!(Config::from_snapshot(&config.to_snapshot()).unwrap() == config.curation_view());
}

#[test]
fn an_empty_id_is_no_key() {
    let config = load("identity = [\"^/(?<id>[a-z]*)$\"]\n");
    let key = |text: &str| config.sites[0].key_of(&text.parse().unwrap());
    assert_eq!(key("https://a.example/x"), "x");
    assert_eq!(key("https://a.example/"), "https://a.example/");
}
