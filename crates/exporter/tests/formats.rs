//! What each format writes, to the byte.

#![allow(
    clippy::unwrap_used,
    reason = "a failure of what a test sets up fails the test"
)]

use std::collections::BTreeMap;
use std::fs;
use std::io::{self, Write};
use std::path::Path;
use std::sync::{Arc, Mutex};

use thresh_corpus::Version;
use thresh_exporter::{ExportError, ExportSummary, Format, LicencePolicy, Target, export};
use thresh_types::Document;

mod shelf;
use shelf::{Shelf, document, new, rich};

fn version(shelf: &Shelf) -> Version {
    let untitled = Document {
        title: None,
        url: String::new(),
        urls: Vec::new(),
        language: None,
        ..document("note", "Nothing is known of this note.\n")
    };
    let documents = [rich(), untitled, document("tide", "High tide at noon.\n")];
    shelf.publish(documents.into_iter().map(new).collect())
}

/// Returns the files of a folder by name.
fn files(folder: &Path) -> BTreeMap<String, String> {
    let entries = fs::read_dir(folder).unwrap().map(Result::unwrap);
    entries
        .map(|entry| {
            let name = entry.file_name().into_string().unwrap();
            (name, fs::read_to_string(entry.path()).unwrap())
        })
        // Whatever the store marks its own folders with.
        .filter(|(name, _)| !name.starts_with('.'))
        .collect()
}

/// Sets the files of a folder as one text.
fn bundle(files: &BTreeMap<String, String>) -> String {
    files
        .iter()
        .map(|(name, text)| format!("==> {name}\n{text}"))
        .collect()
}

fn all(shelf: &Shelf, version: &Version, format: Format, target: Target) -> ExportSummary {
    export(&shelf.corpus, version, format, target, LicencePolicy::All).unwrap()
}

/// Compares with the gold file; where they differ, the new one is put beside the test's binaries.
#[track_caller]
fn assert_gold(actual: &str, gold: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/gold")
        .join(gold);
    let expected = fs::read_to_string(&path).unwrap_or_default();
    if actual != expected {
        let new = Path::new(env!("CARGO_TARGET_TMPDIR")).join(gold);
        fs::write(&new, actual).unwrap();
        panic!("{} and {} differ", path.display(), new.display());
    }
}

#[test]
fn jsonl_is_one_whole_record_a_line() {
    let shelf = Shelf::new();
    let path = shelf.folder.path().join("corpus.jsonl");
    let summary = all(
        &shelf,
        &version(&shelf),
        Format::Jsonl,
        Format::Jsonl.target(&path),
    );
    assert_eq!(
        (summary.documents, summary.gone, summary.left_out),
        (3, 1, 0)
    );
    let text = fs::read_to_string(&path).unwrap();
    assert_gold(&text, "export.jsonl");
    let documents: Vec<Document> = text
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert!(documents.is_sorted_by(|a, b| a.id < b.id));
    assert!(documents.contains(&rich()), "nothing is lost");
}

#[test]
fn jsonl_records_have_every_member_that_the_contract_names() {
    let shelf = Shelf::new();
    let path = shelf.folder.path().join("corpus.jsonl");
    all(
        &shelf,
        &version(&shelf),
        Format::Jsonl,
        Format::Jsonl.target(&path),
    );
    for line in fs::read_to_string(&path).unwrap().lines() {
        let record: serde_json::Value = serde_json::from_str(line).unwrap();
        for member in [
            "id",
            "cluster_id",
            "aliases",
            "url",
            "urls",
            "site",
            "title",
            "author",
            "date",
            "modified",
            "language",
            "doc_type",
            "publisher",
            "tags",
            "licence",
            "text",
            "status",
            "needs_review",
            "relations",
            "attachments",
            "translations",
            "provenance",
        ] {
            assert!(record.get(member).is_some(), "{member} is missing: {line}");
        }
    }
}

#[test]
fn text_is_a_folder_of_bare_texts_and_a_table() {
    let shelf = Shelf::new();
    let path = shelf.folder.path().join("texts");
    all(
        &shelf,
        &version(&shelf),
        Format::Text,
        Format::Text.target(&path),
    );
    let files = files(&path);
    assert_eq!(files[&format!("{}.txt", rich().id)], rich().text);
    assert_gold(&bundle(&files), "export.text.txt");
}

#[test]
fn markdown_is_a_folder_of_front_matter_and_text() {
    let shelf = Shelf::new();
    let path = shelf.folder.path().join("notes");
    all(
        &shelf,
        &version(&shelf),
        Format::Markdown,
        Format::Markdown.target(&path),
    );
    assert_gold(&bundle(&files(&path)), "export.markdown.txt");
}

#[test]
fn the_same_version_gives_the_same_bytes_and_replaces_the_earlier_export() {
    let shelf = Shelf::new();
    let version = version(&shelf);
    for format in [Format::Text, Format::Markdown] {
        let path = shelf.folder.path().join(format.name());
        let first = all(&shelf, &version, format, format.target(&path));
        let before = files(&path);
        assert_eq!(all(&shelf, &version, format, format.target(&path)), first);
        assert_eq!(files(&path), before);
    }
}

/// A stream whose bytes can be read afterwards.
#[derive(Clone, Default)]
struct Shared(Arc<Mutex<Vec<u8>>>);

impl Write for Shared {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[test]
fn a_stream_gets_the_same_bytes_as_a_file() {
    let shelf = Shelf::new();
    let (version, stream) = (version(&shelf), Shared::default());
    let path = shelf.folder.path().join("corpus.jsonl");
    all(&shelf, &version, Format::Jsonl, Target::File(path.clone()));
    all(
        &shelf,
        &version,
        Format::Jsonl,
        Target::Stream(Box::new(stream.clone())),
    );
    assert_eq!(*stream.0.lock().unwrap(), fs::read(path).unwrap());
}

/// A reader that goes away at once, as `head -0` does.
struct Closed;

impl Write for Closed {
    fn write(&mut self, _: &[u8]) -> io::Result<usize> {
        Err(io::ErrorKind::BrokenPipe.into())
    }

    fn flush(&mut self) -> io::Result<()> {
        Err(io::ErrorKind::BrokenPipe.into())
    }
}

#[test]
fn a_reader_that_goes_away_is_told_from_a_failure() {
    let shelf = Shelf::new();
    let target = Target::Stream(Box::new(Closed));
    let error = export(
        &shelf.corpus,
        &version(&shelf),
        Format::Jsonl,
        target,
        LicencePolicy::All,
    )
    .unwrap_err();
    assert!(error.is_broken_pipe(), "{error:?}");
}

#[test]
fn a_format_refuses_a_target_that_it_cannot_fill() {
    let shelf = Shelf::new();
    let version = version(&shelf);
    for (format, target) in [
        (Format::Jsonl, Target::Folder("x".into())),
        (Format::Text, Target::File("x".into())),
        (Format::Markdown, Target::Stream(Box::new(io::sink()))),
    ] {
        let error =
            export(&shelf.corpus, &version, format, target, LicencePolicy::All).unwrap_err();
        assert!(matches!(error, ExportError::WrongTarget { .. }) && error.is_usage());
    }
}

#[test]
fn a_licence_policy_leaves_out_what_is_not_open_and_counts_it() {
    let shelf = Shelf::new();
    let version = version(&shelf);
    let path = shelf.folder.path().join("open.jsonl");
    let target = Format::Jsonl.target(&path);
    let summary = export(
        &shelf.corpus,
        &version,
        Format::Jsonl,
        target,
        LicencePolicy::Open,
    )
    .unwrap();
    assert_eq!((summary.documents, summary.left_out), (1, 2));
    assert_eq!(summary.left_out_licences["unknown"], 2);
    assert_eq!(fs::read_to_string(&path).unwrap().lines().count(), 1);
}

#[test]
fn an_empty_version_gives_an_empty_export() {
    let shelf = Shelf::new();
    let version = shelf.publish(Vec::new());
    let path = shelf.folder.path().join("texts");
    let summary = all(&shelf, &version, Format::Text, Format::Text.target(&path));
    assert_eq!(summary, ExportSummary::default());
    assert_eq!(files(&path).keys().collect::<Vec<_>>(), ["index.tsv"]);
}
