//! Publishing, reading back, and finding what is wrong.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod common;

use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};

use common::{at, begin, clock, html, open, page, site};
use proptest::prelude::*;
use tempfile::TempDir;
use thresh_corpus::{Corpus, CorpusError, Filter, NewDocument, NewVersion, Published, Versions};
use thresh_types::{DocId, Document, DocumentStatus, Provenance, RemovedBlock, RuleId, Withheld};

fn document(corpus: &Corpus, n: usize, text: &str) -> NewDocument {
    let capture = corpus.captures(&Filter::default()).unwrap().remove(n);
    let id = DocId::of(&site(), &capture.final_url);
    let doc = Document {
        cluster_id: id.clone(),
        id,
        aliases: Vec::new(),
        canonical_reason: None,
        url: capture.final_url.clone(),
        urls: vec![capture.final_url.clone()],
        site: site(),
        title: Some(format!("Title {n}")),
        author: None,
        date: None,
        date_evidence: None,
        dateline: None,
        modified: None,
        language: Some("en".to_owned()),
        doc_type: None,
        doc_numbers: Vec::new(),
        publisher: None,
        tags: vec!["tag".to_owned()],
        speakers: Vec::new(),
        licence: "unknown".to_owned(),
        text: text.to_owned(),
        status: DocumentStatus::Live,
        needs_review: n == 1,
        review_reasons: Vec::new(),
        relations: Vec::new(),
        attachments: Vec::new(),
        translations: Vec::new(),
        provenance: Some(Provenance {
            fetched_at: capture.fetched_at,
            warc: capture.warc.clone(),
            offset: capture.offset,
            payload_sha256: capture.payload_digest,
            rules: vec![RuleId::of("common", "menu")],
            stages: vec!["cleaner/1".to_owned()],
            directives: Vec::new(),
            canonical: None,
            refresh: None,
            base: None,
            tdm_policy: None,
        }),
    };
    NewDocument {
        doc,
        markdown: format!("# {text}"),
        removed: vec![RemovedBlock {
            rule: RuleId::of("common", "menu"),
            why: "a menu".to_owned(),
            text: "Home".to_owned(),
        }],
    }
}

fn new_version(corpus: &Corpus, texts: &[&str]) -> NewVersion {
    let documents = texts
        .iter()
        .enumerate()
        .map(|(n, text)| document(corpus, n, text));
    NewVersion {
        documents: documents.collect(),
        withheld: vec![Withheld {
            id: DocId::of(&site(), "listing"),
            url: "https://a.example/list".to_owned(),
            reason: "listing".to_owned(),
            detail: "links only".to_owned(),
        }],
        inputs: corpus.inputs(vec!["cleaner/1".to_owned()]).unwrap(),
        config_snapshot: "{}".to_owned(),
        decisions_snapshot: String::new(),
    }
}

fn corpus() -> (TempDir, Corpus) {
    let folder = tempfile::tempdir().unwrap();
    let corpus = open(folder.path());
    let mut session = begin(&corpus);
    for n in 0..3 {
        let exchange = html(&format!("https://a.example/{n}"), n, &format!("<p>{n}</p>"));
        session.append_exchange(&exchange, &page()).unwrap();
    }
    session.finish().unwrap();
    (folder, corpus)
}

fn publish(corpus: &Corpus, new: &NewVersion) -> Published {
    let lock = corpus.lock().unwrap();
    corpus
        .versions()
        .publish(&lock, new, &clock(), "thresh/test")
        .unwrap()
}

const TEXTS: [&str; 3] = ["one\n", "two\n", "three\n"];

#[test]
fn what_is_published_reads_back() {
    let (_folder, corpus) = corpus();
    let new = new_version(&corpus, &TEXTS);
    let published = publish(&corpus, &new);
    assert_eq!(published.n(), 1);
    assert_eq!(published.id(), new.id().unwrap());
    let version = corpus.versions().latest().unwrap().unwrap();
    assert_eq!(version.stamp().published_at, at(0));
    assert_eq!(version.manifest().counts.documents, 3);
    assert_eq!(version.manifest().counts.needs_review, 1);
    assert_eq!(version.config_snapshot().unwrap(), "{}");
    assert_eq!(version.decisions_snapshot().unwrap(), "");
    assert_eq!(version.withheld().unwrap(), new.withheld);
    let leaves = version.leaves().unwrap();
    assert_eq!(leaves, new.leaves().unwrap());
    assert!(leaves.is_sorted_by(|a, b| a.doc_id < b.doc_id));
    for leaf in &leaves {
        let given = new
            .documents
            .iter()
            .find(|d| d.doc.id == leaf.doc_id)
            .unwrap();
        assert_eq!(version.document(leaf).unwrap(), given.doc);
        assert_eq!(version.markdown(leaf).unwrap(), given.markdown);
        assert_eq!(version.removed(leaf).unwrap(), given.removed);
        assert_eq!(version.metadata(leaf).unwrap().text, "");
    }
    assert_eq!(corpus.versions().verify(&version).unwrap(), []);
    assert_eq!(corpus.versions().compare_with(&version, &new).unwrap(), []);
}

#[test]
fn the_same_documents_publish_nothing_new() {
    let (folder, corpus) = corpus();
    let mut new = new_version(&corpus, &TEXTS);
    publish(&corpus, &new);
    let files = || -> Vec<PathBuf> {
        let names = |name| {
            fs::read_dir(folder.path().join(name))
                .unwrap()
                .map(|e| e.unwrap().path())
        };
        names("versions").chain(names("packs")).collect()
    };
    let before = files();
    // Order, time of fetching and what was withheld are no part of the identity.
    new.documents.reverse();
    new.documents[0].doc.provenance.as_mut().unwrap().fetched_at = None;
    new.withheld.clear();
    assert!(matches!(
        publish(&corpus, &new),
        Published::Unchanged { n: 1, .. }
    ));
    assert_eq!(files(), before);
}

#[test]
fn versions_share_what_did_not_change() {
    let (folder, corpus) = corpus();
    publish(&corpus, &new_version(&corpus, &TEXTS));
    let second = publish(
        &corpus,
        &new_version(&corpus, &["one\n", "two\n", "changed\n"]),
    );
    assert_eq!(second.n(), 2);
    let versions = corpus.versions();
    let version = versions.latest().unwrap().unwrap();
    assert_eq!(version.manifest().packs.len(), 2);
    assert_eq!(
        version.manifest().parent,
        Some(versions.resolve("1").unwrap().id())
    );
    let mut lines: Vec<usize> = fs::read_dir(folder.path().join("packs"))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|e| e == "idx"))
        .map(|path| fs::read_to_string(path).unwrap().lines().count() - 1)
        .collect();
    lines.sort_unstable();
    // Text and Markdown of one document changed; its metadata and what was removed are shared.
    assert_eq!(lines, [2, 3 * 3 + 1 + 2]);
    for version in versions.list().unwrap() {
        assert_eq!(versions.verify(&version).unwrap(), []);
    }
}

#[test]
fn two_corpora_of_the_same_input_have_the_same_bytes() {
    let files = |root: &Path| -> Vec<(String, Vec<u8>)> {
        let mut found = Vec::new();
        for folder in ["versions/1", "packs"] {
            for entry in fs::read_dir(root.join(folder)).unwrap() {
                let path = entry.unwrap().path();
                let name = path.file_name().unwrap().to_string_lossy().into_owned();
                found.push((name, fs::read(&path).unwrap()));
            }
        }
        found.sort();
        found
    };
    let made = [false, true].map(|reversed| {
        let (folder, corpus) = corpus();
        let mut new = new_version(&corpus, &TEXTS);
        if reversed {
            new.documents.reverse();
        }
        publish(&corpus, &new);
        files(folder.path())
    });
    assert_eq!(made[0], made[1]);
    let manifest = made[0]
        .iter()
        .find(|(name, _)| name == "manifest.json")
        .unwrap();
    let text = String::from_utf8(manifest.1.clone()).unwrap();
    assert!(
        !text.contains("published_at"),
        "only the stamp holds a time"
    );
}

#[test]
fn the_identity_is_the_digest_of_the_specified_lines() {
    let (_folder, corpus) = corpus();
    let new = new_version(&corpus, &TEXTS);
    let mut lines: Vec<String> = new
        .leaves()
        .unwrap()
        .iter()
        .map(|l| {
            format!(
                "{} {} {} {}\n",
                l.doc_id, l.text_sha256, l.meta_sha256, l.cluster_id
            )
        })
        .collect();
    lines.sort();
    let expected = thresh_types::Sha256Hash::of(lines.concat());
    assert_eq!(new.id().unwrap().0, expected);
}

#[test]
fn versions_are_found_by_every_name() {
    let (_folder, corpus) = corpus();
    assert!(matches!(
        corpus.versions().resolve("latest"),
        Err(CorpusError::UnknownVersion { .. })
    ));
    publish(&corpus, &new_version(&corpus, &TEXTS));
    publish(&corpus, &new_version(&corpus, &TEXTS[..2]));
    let versions = corpus.versions();
    let first = versions.resolve("1").unwrap();
    let lock = corpus.lock().unwrap();
    versions.tag(&lock, &first, "release-2026.11").unwrap();
    let id = first.id().to_string();
    for name in ["release-2026.11", &id, &id[..12], &id[..12].to_uppercase()] {
        assert_eq!(versions.resolve(name).unwrap().n(), 1, "{name}");
    }
    assert_eq!(versions.resolve("latest").unwrap().n(), 2);
    for name in ["latest", "", "12", "abcd", "a/b", ".x", "ü"] {
        assert!(versions.tag(&lock, &first, name).is_err(), "{name}");
    }
    for name in ["3", "nothing", "", "../1"] {
        let error = versions.resolve(name).err().unwrap().to_string();
        assert!(error.contains("thresh log"), "{error}");
    }
}

#[test]
fn what_a_kill_left_is_cleaned_by_the_next_publication() {
    let (folder, corpus) = corpus();
    let root = folder.path();
    publish(&corpus, &new_version(&corpus, &TEXTS[..1]));
    let torn = root.join("versions/.tmp-2");
    fs::create_dir_all(&torn).unwrap();
    fs::write(torn.join("documents.jsonl"), "{").unwrap();
    fs::write(root.join("packs/.tmp-x"), "torn").unwrap();
    // A kill between pack and index: the pack does not count.
    let orphan = root.join("packs").join(format!("{}.pack", "0".repeat(64)));
    fs::write(orphan, "no frame").unwrap();
    assert_eq!(corpus.versions().list().unwrap().len(), 1);
    assert_eq!(
        corpus
            .versions()
            .latest()
            .unwrap()
            .unwrap()
            .leaves()
            .unwrap()
            .len(),
        1
    );
    let published = publish(&corpus, &new_version(&corpus, &TEXTS));
    assert_eq!(published.n(), 2);
    assert!(!torn.exists() && !root.join("packs/.tmp-x").exists());
    let version = corpus.versions().latest().unwrap().unwrap();
    assert_eq!(corpus.versions().verify(&version).unwrap(), []);
}

#[test]
fn two_documents_of_one_id_are_refused() {
    let (_folder, corpus) = corpus();
    let mut new = new_version(&corpus, &TEXTS);
    new.documents[1].doc.id = new.documents[0].doc.id.clone();
    let lock = corpus.lock().unwrap();
    assert!(
        corpus
            .versions()
            .publish(&lock, &new, &clock(), "t")
            .is_err()
    );
    assert!(corpus.versions().list().unwrap().is_empty());
}

fn problems(corpus: &Corpus) -> Vec<String> {
    let versions: Versions<'_> = corpus.versions();
    let version = versions.latest().unwrap().unwrap();
    let problems = versions.verify(&version).unwrap();
    problems.iter().map(ToString::to_string).collect()
}

fn published() -> (TempDir, Corpus) {
    let (folder, corpus) = corpus();
    publish(&corpus, &new_version(&corpus, &TEXTS));
    (folder, corpus)
}

fn find(root: &Path, folder: &str, ending: &str) -> PathBuf {
    fs::read_dir(root.join(folder))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .find(|path| path.to_string_lossy().ends_with(ending))
        .unwrap()
}

#[test]
fn verify_finds_missing_and_foreign_files() {
    let (folder, corpus) = published();
    let leaves = folder.path().join("versions/1/documents.jsonl");
    let text = fs::read_to_string(&leaves).unwrap();
    let fewer: String = text
        .lines()
        .skip(1)
        .map(|line| format!("{line}\n"))
        .collect();
    fs::write(&leaves, fewer).unwrap();
    let found = problems(&corpus).join("\n");
    for part in [
        "not the one that the manifest names",
        "do not give the version's id",
        "counts 3",
    ] {
        assert!(found.contains(part), "{found}");
    }
    fs::write(&leaves, text).unwrap();
    assert_eq!(problems(&corpus), Vec::<String>::new());
    fs::remove_file(find(folder.path(), "packs", ".idx")).unwrap();
    assert!(!problems(&corpus).is_empty());
}

#[test]
fn compare_names_what_differs() {
    let (_folder, corpus) = published();
    let version = corpus.versions().latest().unwrap().unwrap();
    let differences = |change: fn(&mut NewVersion)| -> String {
        let mut new = new_version(&corpus, &TEXTS);
        change(&mut new);
        let found = corpus.versions().compare_with(&version, &new).unwrap();
        found.iter().map(|d| format!("{d}\n")).collect()
    };
    assert_eq!(differences(|_| {}), "");
    let text = differences(|new| new.documents[0].doc.text.push('!'));
    assert!(
        text.contains("text differ") && text.contains("another version id"),
        "{text}"
    );
    let markdown = differences(|new| new.documents[0].markdown.push('!'));
    assert!(markdown.contains("markdown differ"), "{markdown}");
    let fewer = differences(|new| drop(new.documents.pop()));
    assert!(fewer.contains("lacks it"), "{fewer}");
    let time =
        differences(|new| new.documents[0].doc.provenance.as_mut().unwrap().fetched_at = None);
    assert!(
        time.contains("provenance.jsonl: differs from line"),
        "{time}"
    );
    let withheld = differences(|new| new.withheld.clear());
    assert!(withheld.contains("withheld.jsonl"), "{withheld}");
    let stages = differences(|new| new.inputs.stages = vec!["cleaner/2".to_owned()]);
    assert!(
        stages.contains("built by cleaner/1, now cleaner/2"),
        "{stages}"
    );
    let config = differences(|new| new.config_snapshot.push(' '));
    assert!(config.contains("another configuration"), "{config}");
}

/// Returns what the members hold; none where any of them is damaged.
fn gunzip(bytes: &[u8]) -> Option<Vec<u8>> {
    let mut text = Vec::new();
    let mut decoder = flate2::read::MultiGzDecoder::new(bytes);
    decoder.read_to_end(&mut text).ok().map(|_| text)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]

    /// No single changed byte of a pack, a list or a capture's payload goes unnoticed.
    #[test]
    fn verify_finds_a_flipped_bit(which in 0_usize..4, at in 0_usize..100_000, bit in 0_u8..8) {
        let (folder, corpus) = published();
        let root = folder.path();
        let (path, from, to) = match which {
            0 => (find(root, "packs", ".pack"), 0, None),
            1 => (root.join("versions/1/documents.jsonl"), 0, None),
            2 => (root.join("versions/1/provenance.jsonl"), 0, None),
            _ => {
                let capture = corpus.captures(&Filter::default()).unwrap().remove(1);
                // Past the gzip header, some bytes of which mean nothing.
                let (from, to) = (capture.offset + 10, capture.offset + capture.length);
                (find(root, "captures/warc", ".gz"), from, Some(to))
            }
        };
        let whole = fs::read(&path).unwrap();
        let to = to.map_or(whole.len(), |to| usize::try_from(to).unwrap());
        let from = usize::try_from(from).unwrap();
        let mut bytes = whole.clone();
        bytes[from + at % (to - from)] ^= 1 << bit;
        fs::write(&path, &bytes).unwrap();
        // A few bits of a zstd frame mean nothing, and those that fill the last byte of a deflate
        // stream: what is read is the same.
        let is_same = match which {
            0 => zstd::decode_all(&whole[..]).ok() == zstd::decode_all(&bytes[..]).ok(),
            3 => gunzip(&bytes).is_some_and(|bytes| Some(bytes) == gunzip(&whole)),
            _ => false,
        };
        prop_assert!(is_same || !problems(&corpus).is_empty());
    }
}
