//! The five documents as the project's user has them.

use std::path::PathBuf;

use serde_json::Value;
use thresh_testkit::shared_dir;

use crate::support::Desk;

fn seeds() -> Option<PathBuf> {
    shared_dir("seeds")
}

/// A text with white space folded and without bullets, so that line breaks do not matter.
fn folded(text: &str) -> String {
    text.replace('•', " ")
        .split_whitespace()
        .collect::<Vec<_>>()
        .join(" ")
}

/// Sentences of a text, white space folded, so that line breaks do not matter.
fn sentences(text: &str) -> Vec<String> {
    let folded = text.split_whitespace().collect::<Vec<_>>().join(" ");
    folded
        .split_inclusive(['.', '?', '!', '”'])
        .map(|s| s.trim().to_owned())
        .filter(|s| s.len() > 20)
        .collect()
}

fn with<'a>(documents: &'a [Value], words: &str) -> &'a Value {
    documents
        .iter()
        .find(|d| d["text"].as_str().unwrap().contains(words))
        .unwrap_or_else(|| panic!("no document has {words:?}"))
}

#[test]
fn five_captures_give_four_clean_documents() {
    let Some(seeds) = seeds() else { return };
    let desk = Desk::new();
    desk.run(&["import", seeds.to_str().unwrap()]).expect(0);
    desk.run(&["curate"]).expect(0);
    let documents = desk.documents();
    assert_eq!(documents.len(), 4);
    no_noise_is_left(&documents);
    no_sentence_is_lost(&documents, &seeds);
    dates_are_right(&documents);
    the_two_captures_are_one(&documents);
}

fn no_noise_is_left(documents: &[Value]) {
    let noise = [
        "nav_menu_item",
        "customize_changeset",
        "acf-field",
        "exactmetrics_note",
        "Read More",
        "TAGS:",
        "GuidancePublications",
        "top of page",
        "bottom of page",
        "39 views",
        "Recent Posts",
        "See All",
        "Commenting has been turned off",
        "DOWNLOAD",
        "Security Days: Refocusing",
        "hashtag #secdays",
        "Learn more",
        "pro- tect",
    ];
    for document in documents {
        let text = document["text"].as_str().unwrap();
        for words in noise {
            assert!(
                !text.contains(words),
                "{words:?} is left in {:?}",
                document["title"]
            );
        }
    }
    assert!(
        with(documents, "multi-disciplinary")["text"]
            .as_str()
            .unwrap()
            .contains("identify and protect trafficking victims")
    );
}

/// The bodies, by where they begin and end in the seeds.
fn no_sentence_is_lost(documents: &[Value], seeds: &std::path::Path) {
    let bodies = [
        (
            "000",
            "Second expert meeting",
            "this new form of trafficking in human beings.",
        ),
        (
            "001",
            "On 9 July 2021",
            "hold the perpetrators fully accountable and protect victims.",
        ),
        (
            "002",
            "Since trafficking",
            "concludes with targeted recommendations.",
        ),
        (
            "004",
            "There are an estimated",
            "from Vancouver to Vladivostok safer.",
        ),
    ];
    for (name, from, to) in bodies {
        let path = std::fs::read_dir(seeds)
            .unwrap()
            .flatten()
            .map(|e| e.path());
        let path = path
            .filter(|p| p.file_name().unwrap().to_string_lossy().starts_with(name))
            .max()
            .unwrap();
        let seed = std::fs::read_to_string(path)
            .unwrap()
            .replace("pro- tect", "protect");
        let body = &seed[seed.find(from).unwrap()..seed.find(to).unwrap() + to.len()];
        let text = with(documents, from)["text"].as_str().unwrap();
        let kept = text;
        for sentence in sentences(&folded(body)) {
            assert!(
                folded(kept).contains(&sentence),
                "lost from {name}: {sentence}"
            );
        }
    }
}

fn dates_are_right(documents: &[Value]) {
    let press = with(documents, "Hammersmith");
    assert_eq!(press["date"], "2018-02-20");
    assert_eq!(press["dateline"]["place"], "London");
    assert_eq!(press["doc_type"], "press-release");
    assert_ne!(with(documents, "Vladivostok")["date"], "2016-03-04");
}

fn the_two_captures_are_one(documents: &[Value]) {
    let merged = with(documents, "multi-disciplinary");
    let aliases = merged["aliases"].as_array().unwrap();
    assert_eq!(aliases.len(), 1);
    assert_eq!(aliases[0]["relation"], "exact");
    assert!(!aliases[0]["reason"].as_str().unwrap().is_empty());
}
