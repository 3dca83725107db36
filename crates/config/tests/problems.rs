//! What is wrong is reported at once, with file, line, key and remedy.

#![allow(clippy::unwrap_used, reason = "a test stops at the first surprise")]

use std::fs;
use std::path::Path;

use tempfile::TempDir;
use thresh_config::{Config, ConfigErrors};

fn folder(files: &[(&str, &str)]) -> TempDir {
    let dir = tempfile::tempdir().unwrap();
    for (path, content) in files {
        let file = dir.path().join(path);
        fs::create_dir_all(file.parent().unwrap()).unwrap();
        fs::write(file, content).unwrap();
    }
    dir
}

fn errors_of(files: &[(&str, &str)]) -> ConfigErrors {
    Config::load(folder(files).path()).unwrap_err()
}

/// Asserts that exactly one problem is reported, on that line and key, with that remedy in it.
fn assert_only(files: &[(&str, &str)], line: usize, key: &str, words: &str) {
    let errors = errors_of(files);
    let [problem] = &errors.problems[..] else {
        panic!("one problem is expected:\n{errors}")
    };
    assert_eq!(
        (problem.line, problem.key.as_str()),
        (Some(line), key),
        "{problem}"
    );
    assert!(problem.to_string().contains(words), "{problem}");
}

const SITE: &str = "id = \"a\"\norigins = [\"https://a.example\"]\n";

#[test]
fn a_mistake_in_the_main_file_is_named() {
    let cases: &[(&str, usize, &str, &str)] = &[
        (
            "[crawl]\nmax_redirect = 3\n",
            2,
            "crawl.max_redirect",
            "did you mean `max_redirects`?",
        ),
        (
            "[crawl]\n\nretries = \"many\"\n",
            3,
            "crawl.retries",
            "retries = 3",
        ),
        ("[crawl]\ndelay = \"soon\"\n", 2, "crawl.delay", "soon"),
        ("[crawl]\ndelay = 1\n", 2, "crawl.delay", "delay = \"1s\""),
        ("[crawl]\nretries = -1\n", 2, "crawl.retries", "-1"),
        (
            "[crawl]\nmax_body = \"lots\"\n",
            2,
            "crawl.max_body",
            "lots",
        ),
        (
            "[crawl]\nmax_connections = 0\n",
            2,
            "crawl.max_connections",
            "is zero",
        ),
        (
            "[crawl]\ntotal_timeout = \"0s\"\n",
            2,
            "crawl.total_timeout",
            "is zero",
        ),
        (
            "[crawl]\nrespect_robots = \"no\"\n",
            2,
            "crawl.respect_robots",
            "respect_robots = true",
        ),
        (
            "[crawl]\nallow_addresses = [\n  \"127.0.0.1:80\",\n  \"localhost\",\n]\n",
            4,
            "crawl.allow_addresses",
            "`localhost`",
        ),
        (
            "[crawl]\n[crawl.resolve]\n\"a.example\" = \"127.0.0.1:80\"\n",
            3,
            "crawl.resolve",
            "no name with a port",
        ),
        (
            "[crawl]\nresolve = { \"a.example:80\" = \"b.example:80\" }\n",
            2,
            "crawl.resolve",
            "`b.example:80`",
        ),
        (
            "[crawl]\nuser_agent = \"bot {email}\"\n",
            2,
            "crawl.user_agent",
            "{contact}",
        ),
        (
            "[crawl]\nuser_agent = \"bot\\r\\nX: y\"\n",
            2,
            "crawl.user_agent",
            "ASCII",
        ),
        (
            "[crawl]\nrevisit_min = \"30d\"\n",
            2,
            "crawl.revisit_min",
            "revisit_min (30d)",
        ),
        (
            "[crawl]\nmin_words = 3\n",
            2,
            "crawl.min_words",
            "it belongs in [curate]",
        ),
        (
            "[curate]\nmin_word = 3\n",
            2,
            "curate.min_word",
            "did you mean `min_words`?",
        ),
        (
            "[curate]\nreview_if_removed_over = 60\n",
            2,
            "curate.review_if_removed_over",
            "between 0 and 1",
        ),
        (
            "[curate]\nbias = \"wild\"\n",
            2,
            "curate.bias",
            "bias = \"balanced\"",
        ),
        (
            "[dedup]\nnear_jaccard = 1.5\n",
            2,
            "dedup.near_jaccard",
            "between 0 and 1",
        ),
        (
            "[archive]\nmax_file_size = \"1 gigabyte\"\n",
            2,
            "archive.max_file_size",
            "max_file_size = \"1GB\"",
        ),
        (
            "[archive]\nmax_file_age = \"0s\"\n",
            2,
            "archive.max_file_age",
            "the default is \"1d\"",
        ),
        (
            "[publish]\nmax_shrink = nan\n",
            2,
            "publish.max_shrink",
            "finite",
        ),
        (
            "[publish]\nmax_shrink = \"20%\"\n",
            2,
            "publish.max_shrink",
            "max_shrink = 0.2",
        ),
        ("[corpus]\nname = 3\n", 2, "corpus.name", "a number"),
        (
            "[corpus]\ncontact = \"me@a.example\"\n",
            2,
            "corpus.contact",
            "write `mailto:me@a.example`",
        ),
        (
            "[corpus]\ncontact = \"mailto:a@b.example\\r\\nHost: c\"\n",
            2,
            "corpus.contact",
            "header",
        ),
        (
            "[craw]\ndelay = \"1s\"\n",
            1,
            "craw",
            "did you mean `crawl`?",
        ),
        ("delay = \"1s\"\n", 1, "delay", "it belongs below [crawl]"),
        ("crawl = 3\n", 1, "crawl", "[crawl]"),
        ("[crawl]\ndelay = 1979-05-27\n", 2, "crawl.delay", "date"),
    ];
    for (text, line, key, words) in cases {
        assert_only(&[("thresh.toml", text)], *line, key, words);
    }
}

#[test]
fn a_mistake_in_a_site_file_is_named() {
    let cases: &[(&str, usize, &str, &str)] = &[
        (
            "seed = [\"https://a.example/\"]\n",
            3,
            "seed",
            "did you mean `seeds`?",
        ),
        (
            "seeds = [\n  \"https://a.example/\",\n  \"https://b.example/x\",\n]\n",
            5,
            "seeds",
            "add `https://b.example` to `origins`",
        ),
        (
            "seeds = [\"http://a.example/\"]\n",
            3,
            "seeds",
            "outside the site's origins",
        ),
        (
            "seeds = \"https://a.example/\"\n",
            3,
            "seeds",
            "write `seeds = [\"https://a.example/\"]`",
        ),
        (
            "seeds = [\"ftp://a.example/\"]\n",
            3,
            "seeds",
            "http or https",
        ),
        (
            "seeds = [\"https://a.example/x\"]\nexclude = [\"^/x\"]\n",
            3,
            "seeds",
            "excluded by the pattern `^/x`",
        ),
        ("include = [\"(\"]\n", 3, "include", "no regular expression"),
        ("exclude = [3]\n", 3, "exclude", "a number"),
        (
            "identity = [\"^/node/([0-9]+)\"]\n",
            3,
            "identity",
            "no group named `id`",
        ),
        (
            "noise = [\"comon\"]\n",
            3,
            "noise",
            "did you mean `common`?",
        ),
        (
            "languages = [\"English\"]\n",
            3,
            "languages",
            "no language tag",
        ),
        ("sitemaps = \"always\"\n", 3, "sitemaps", "\"auto\""),
        (
            "sitemaps = [\"https://b.example/sitemap.xml\"]\n",
            3,
            "sitemaps",
            "outside",
        ),
        ("licence = \"\"\n", 3, "licence", "empty"),
        (
            "licence_evidence = \"https://a.example/terms\"\n",
            3,
            "licence_evidence",
            "write `licence_evidence.url`",
        ),
        (
            "licence_evidence.says = \"x\"\nlicence_evidence.seen = \"today\"\n",
            4,
            "licence_evidence.seen",
            "the day on which the page was read",
        ),
        (
            "licence_evidence.url = \"ftp://a.example/\"\nlicence_evidence.says = \"x\"\nlicence_evidence.seen = \"not seen\"\n",
            3,
            "licence_evidence.url",
            "http or https",
        ),
        (
            "[licence_evidence]\nsays = \"x\"\nsene = \"not seen\"\nseen = \"not seen\"\n",
            5,
            "licence_evidence.sene",
            "did you mean `seen`?",
        ),
        (
            "licence_evidence.says = \"x\"\n",
            3,
            "licence_evidence",
            "how the page was looked at",
        ),
        (
            "licence_evidence.says = 3\nlicence_evidence.seen = \"not seen\"\n",
            3,
            "licence_evidence.says",
            "a number",
        ),
        (
            "examples.sames = []\n",
            3,
            "examples.sames",
            "did you mean `same`?",
        ),
        (
            "examples.same = [\n  [\"https://a.example/1\"],\n]\n",
            4,
            "examples.same",
            "nothing to be compared with",
        ),
        (
            "examples.inside = [\"a.example/1\"]\n",
            3,
            "examples.inside",
            "`a.example/1`",
        ),
        ("unverified = [3]\n", 3, "unverified", "a number"),
        ("dealy = \"3s\"\n", 3, "dealy", "did you mean `delay`?"),
        ("delay = \"soon\"\n", 3, "delay", "soon"),
        (
            "max_shrink = 0.1\n",
            3,
            "max_shrink",
            "it belongs in [publish]",
        ),
    ];
    for (text, line, key, words) in cases {
        assert_only(
            &[("sites/a.toml", &format!("{SITE}{text}"))],
            *line,
            key,
            words,
        );
    }
}

#[test]
fn a_quotation_has_an_end() {
    let says = |words: usize| {
        format!(
            "{SITE}licence_evidence.says = \"{}\"\nlicence_evidence.seen = \"not seen\"\n",
            "word ".repeat(words)
        )
    };
    let words = "at most 25";
    assert_only(
        &[("sites/a.toml", &says(26))],
        3,
        "licence_evidence.says",
        words,
    );
    assert!(Config::load(folder(&[("sites/a.toml", &says(25))]).path()).is_ok());
}

#[test]
fn what_a_site_cannot_do_without_is_asked_for() {
    assert_only(
        &[("sites/b.toml", "origins = [\"https://b.example\"]\n")],
        1,
        "id",
        "id = \"b\"",
    );
    assert_only(
        &[("sites/b.toml", "id = \"b\"\n")],
        1,
        "origins",
        "no origins",
    );
    assert_only(
        &[("sites/b.toml", "id = \"b\"\norigins = []\n")],
        2,
        "origins",
        "at least one",
    );
    let path = "id = \"b\"\norigins = [\"https://b.example/news\"]\n";
    assert_only(
        &[("sites/b.toml", path)],
        2,
        "origins",
        "write `https://b.example`",
    );
    assert_only(
        &[("sites/b.toml", &SITE.replace("\"a\"", "\"No Slug\""))],
        1,
        "id",
        "no site id",
    );
    assert_only(
        &[("sites/b.toml", &SITE.replace("\"a\"", "\"local\""))],
        1,
        "id",
        "site of imports",
    );
}

#[test]
fn two_sites_cannot_share_an_id_or_an_origin() {
    let second =
        "id = \"b\"\norigins = [\n  \"https://b.example\",\n  \"https://A.example:443/\",\n]\n";
    let files = [("sites/1.toml", SITE), ("sites/2.toml", second)];
    assert_only(&files, 4, "origins", "claimed by site `a` too");
    let twin = "id = \"a\"\norigins = [\"https://b.example\"]\n";
    assert_only(
        &[("sites/1.toml", SITE), ("sites/2.toml", twin)],
        1,
        "id",
        "taken by",
    );
}

#[test]
fn all_problems_come_at_once_in_the_order_of_files_and_lines() {
    let errors = errors_of(&[
        (
            "thresh.toml",
            "[crawl]\nretries = \"x\"\nmax_dept = 1\n[curate\n",
        ),
        (
            "sites/a.toml",
            "id = \"a\"\norigins = [\"nonsense\"]\nnoise = [\"nowhere\", \"common\"]\n",
        ),
        ("noise/No Name.toml", ""),
    ]);
    let shown = errors.to_string();
    assert!(errors.problems.len() >= 6, "{shown}");
    let places: Vec<_> = errors
        .problems
        .iter()
        .map(|p| (p.file.clone(), p.line))
        .collect();
    let mut sorted = places.clone();
    sorted.sort();
    assert_eq!(places, sorted, "{shown}");
    for file in [
        "thresh.toml:2",
        "thresh.toml:3",
        "thresh.toml:4",
        "a.toml:2",
        "a.toml:3",
        "No Name.toml",
    ] {
        assert!(shown.contains(file), "{file} in\n{shown}");
    }
}

#[test]
fn what_is_no_text_is_a_problem_not_a_panic() {
    let dir = folder(&[("sites/a.toml", SITE)]);
    fs::write(
        dir.path().join("thresh.toml"),
        b"[crawl]\ndelay = \"\xff\"\n",
    )
    .unwrap();
    let shown = Config::load(dir.path()).unwrap_err().to_string();
    assert!(shown.contains("UTF-8"), "{shown}");
}

#[test]
fn a_missing_folder_means_defaults() {
    let config = Config::load(Path::new("no such folder")).unwrap();
    assert!(config == Config::embedded());
}
