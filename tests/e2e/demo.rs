//! `thresh demo`, the first thing a newcomer runs.

use serde_json::Value;
use thresh_demo::DemoWeb;

use crate::support::Desk;

#[test]
fn the_demo_does_the_whole_job_and_can_be_looked_into() {
    let desk = Desk::new();
    let run = desk.run(&["demo", "--dir", "web"]).expect(0);
    for part in [
        "First run",
        "Second run",
        "blocks removed, by rule",
        "wordpress/leaked-post-types",
        "copies merged",
        "Three things to try",
    ] {
        assert!(
            run.stdout.contains(part),
            "{part:?} is missing from:\n{}",
            run.stdout
        );
    }
    let flags = ["--config", "web/config", "--corpus", "web/corpus"];
    let with = |args: &[&str]| desk.run(&[&flags[..], args].concat());
    assert_eq!(
        with(&["log", "--json"])
            .expect(0)
            .json()
            .as_array()
            .unwrap()
            .len(),
        2
    );
    with(&["verify", "--all", "--rebuild"]).expect(0);
    with(&["status"]).expect(0);
    with(&["config", "check"]).expect(0);
}

#[test]
fn the_demo_keeps_out_of_folders_that_hold_something_else() {
    let desk = Desk::new();
    desk.write("web/precious.txt", "mine");
    assert!(
        desk.run(&["demo", "--dir", "web"])
            .expect(2)
            .stderr
            .contains("something else")
    );
    assert_eq!(desk.read("web/precious.txt"), "mine");
}

/// Crawls and curates the demo's web, as it is at first.
fn published() -> (Desk, DemoWeb) {
    let web = DemoWeb::start().expect("a loopback port");
    let desk = Desk::new();
    for (path, content) in web.config_files() {
        desk.write(&format!("config/{path}"), content);
    }
    desk.run(&["run"]).expect(0);
    (desk, web)
}

fn folded(text: &str) -> String {
    text.replace('•', " ")
        .split_whitespace()
        .collect::<Vec<_>>()
        .join(" ")
}

/// The record that was seen under `url`, if one was published.
fn under<'a>(documents: &'a [Value], url: &str) -> Option<&'a Value> {
    documents
        .iter()
        .find(|d| d["urls"].as_array().unwrap().iter().any(|u| u == url))
}

#[test]
fn nothing_of_the_demo_s_texts_is_lost_and_nothing_of_its_chrome_is_kept() {
    let (desk, web) = published();
    let documents = desk.documents();
    let (mut lost, mut kept) = (Vec::new(), Vec::new());
    let expected = web.expected();
    for page in expected.iter().filter(|page| page.copy_of.is_none()) {
        let Some(document) = under(&documents, &page.url) else {
            lost.push(format!("{}: not published", page.url));
            continue;
        };
        let text = folded(document["text"].as_str().unwrap());
        let missing = page
            .body
            .iter()
            .filter(|part| !text.contains(&folded(part)));
        lost.extend(missing.map(|part| format!("{}: {part}", page.url)));
        let chrome = thresh_demo::chrome()
            .into_iter()
            .filter(|phrase| text.contains(&folded(phrase)));
        kept.extend(chrome.map(|phrase| format!("{}: {phrase}", page.url)));
    }
    assert!(lost.is_empty(), "{} lost:\n{}", lost.len(), lost.join("\n"));
    assert!(kept.is_empty(), "{} kept:\n{}", kept.len(), kept.join("\n"));
}

#[test]
fn copies_are_merged_under_their_origin_and_look_alikes_stay_apart() {
    let (desk, web) = published();
    let documents = desk.documents();
    for copy in web.expected().iter().filter(|page| page.copy_of.is_some()) {
        let origin = copy.copy_of.as_deref().unwrap();
        let document =
            under(&documents, &copy.url).unwrap_or_else(|| panic!("{} is lost", copy.url));
        assert_eq!(
            document["url"], origin,
            "{} stands for its origin",
            copy.url
        );
    }
    let apart = [
        "http://www.osce.example/mission-to-velmar/410006",
        "http://www.osce.example/mission-to-velmar/410007",
    ];
    let ids: Vec<_> = apart
        .iter()
        .map(|url| &under(&documents, url).expect("published")["id"])
        .collect();
    assert_ne!(ids[0], ids[1], "two daily reports are two documents");
}

#[test]
fn titles_dates_and_languages_of_the_demo_are_read() {
    let (desk, web) = published();
    let documents = desk.documents();
    let mut wrong = Vec::new();
    for page in web.expected().iter().filter(|page| page.copy_of.is_none()) {
        let Some(document) = under(&documents, &page.url) else {
            continue;
        };
        let mut check = |field: &str, expected: Value| {
            if document[field] != expected {
                wrong.push(format!(
                    "{} {field}: {} instead of {expected}",
                    page.url, document[field]
                ));
            }
        };
        check("title", page.title.into());
        check("date", page.date.into());
        // A script may be told besides the language: `sr-latn` is `sr`.
        let language = document["language"].as_str().unwrap_or_default();
        if language.split('-').next() != Some(page.language) {
            wrong.push(format!(
                "{}: language {language} instead of {}",
                page.url, page.language
            ));
        }
    }
    assert!(
        wrong.is_empty(),
        "{} wrong:\n{}",
        wrong.len(),
        wrong.join("\n")
    );
}
