//! Holds the directions of dependency that ARCHITECTURE.md draws.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

/// Which crates of the workspace each crate may use. A new edge is a change of design: say why in
/// ARCHITECTURE.md, then add it here.
const EDGES: &[(&str, &[&str])] = &[
    ("types", &[]),
    ("codec", &[]),
    ("page", &["types", "codec"]),
    ("fetcher", &["types", "codec"]),
    ("cleaner", &["types", "page"]),
    ("metadata-extractor", &["types", "page"]),
    ("deduplicator", &["types"]),
    ("corpus", &["types", "codec"]),
    (
        "config",
        &[
            "types",
            "fetcher",
            "cleaner",
            "metadata-extractor",
            "deduplicator",
        ],
    ),
    (
        "pipeline",
        &[
            "types",
            "codec",
            "page",
            "fetcher",
            "cleaner",
            "metadata-extractor",
            "deduplicator",
            "corpus",
            "config",
        ],
    ),
    ("exporter", &["types", "corpus"]),
    ("demo", &["types"]),
    ("testkit", &["types"]),
];

/// Heavy or wide-reaching libraries, and the only crates that may name them.
const FENCES: &[(&str, &[&str])] = &[
    ("reqwest", &["fetcher"]),
    ("rustls", &["fetcher"]),
    ("tokio", &["fetcher", "demo", "testkit"]),
    ("hyper", &["fetcher", "demo"]),
    ("rusqlite", &["corpus"]),
    ("tempfile", &["fetcher", "corpus"]),
    ("zip", &["corpus", "exporter"]),
    ("html5ever", &["page"]),
    ("clap", &["cli"]),
    ("indicatif", &["cli"]),
    ("tracing-subscriber", &["cli"]),
];

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// Reads the names under `[section]` of a manifest.
fn names(manifest: &Path, section: &str) -> BTreeSet<String> {
    let text = fs::read_to_string(manifest).expect("every crate has a manifest");
    let table: toml::Table = text.parse().expect("manifests are TOML");
    table
        .get(section)
        .and_then(toml::Value::as_table)
        .map(|t| t.keys().cloned().collect())
        .unwrap_or_default()
}

fn crates() -> BTreeMap<String, PathBuf> {
    fs::read_dir(root().join("crates"))
        .expect("the workspace has crates")
        .map(|entry| entry.expect("readable").path())
        .filter(|path| path.join("Cargo.toml").is_file())
        .map(|path| {
            (
                path.file_name()
                    .expect("named")
                    .to_string_lossy()
                    .into_owned(),
                path.join("Cargo.toml"),
            )
        })
        .collect()
}

#[test]
fn every_crate_has_a_row_and_uses_only_what_its_row_allows() {
    let table: BTreeMap<&str, &[&str]> = EDGES.iter().copied().collect();
    for (name, manifest) in crates() {
        let allowed = table
            .get(name.as_str())
            .unwrap_or_else(|| panic!("crate `{name}` has no row"));
        for dependency in names(&manifest, "dependencies") {
            let Some(used) = dependency.strip_prefix("thresh-") else {
                continue;
            };
            assert!(allowed.contains(&used), "`{name}` must not use `{used}`");
        }
    }
    assert_eq!(
        crates().len(),
        table.len(),
        "a row names a crate that is gone"
    );
}

#[test]
fn the_table_has_no_cycle() {
    let mut placed: BTreeSet<&str> = BTreeSet::new();
    while placed.len() < EDGES.len() {
        let next: Vec<&str> = EDGES
            .iter()
            .filter(|(name, uses)| {
                !placed.contains(name) && uses.iter().all(|used| placed.contains(used))
            })
            .map(|(name, _)| *name)
            .collect();
        assert!(
            !next.is_empty(),
            "a cycle among the crates that are not in {placed:?}"
        );
        placed.extend(next);
    }
}

#[test]
fn heavy_libraries_stay_behind_their_fences() {
    let mut manifests = crates();
    manifests.insert("cli".to_owned(), root().join("Cargo.toml"));
    for (library, allowed) in FENCES {
        for (name, manifest) in &manifests {
            if names(manifest, "dependencies").contains(*library) {
                assert!(
                    allowed.contains(&name.as_str()),
                    "`{name}` must not use `{library}`"
                );
            }
        }
    }
}

#[test]
fn every_crate_says_what_it_is_for_and_forbids_unsafe_code() {
    for (name, manifest) in crates() {
        let lib = manifest.with_file_name("src").join("lib.rs");
        let text = fs::read_to_string(&lib).expect("every crate has a lib.rs");
        assert!(
            text.starts_with("//! "),
            "`{name}` does not open with its one sentence"
        );
        assert!(
            text.contains("#![forbid(unsafe_code)]"),
            "`{name}` does not forbid unsafe code"
        );
    }
}
