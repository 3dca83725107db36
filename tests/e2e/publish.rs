//! Versions: deterministic, unchanged runs publish nothing, rebuilds are byte for byte.

use std::fs;

use crate::support::{Desk, tree};

const PRESS: &str = "Conference on labour exploitation opens in Skopje
SKOPJE, 14 May 2019 – A two-day conference on labour exploitation in seasonal work opened today with some eighty labour inspectors and prosecutors from nine countries.
“Inspectors are often the first to see what is wrong,” said Ana Petrova, head of the national labour inspectorate. “They need to know what to look for, and whom to call.”
The conference will close with a set of recommendations for inspectors, which will be published later this year.
";

const STORY: &str = "Fields without contracts
Every summer some four thousand people come to the valley to pick fruit, most of them without a written contract.
Those who complain are sent home. Those who stay are paid at the end of the season, if they are paid at all.
The trade union has opened an office in the market hall, where three lawyers give advice on two evenings a week.
";

fn desk() -> Desk {
    let desk = Desk::new();
    desk.write("pages/press.txt", PRESS);
    desk.write("pages/story.txt", STORY);
    desk.write(
        "pages/story-copy.txt",
        format!("{STORY}\nThree lawyers work there."),
    );
    desk.run(&["import", "pages"]).expect(0);
    desk
}

#[test]
fn an_unchanged_run_publishes_nothing() {
    let desk = desk();
    assert!(
        desk.run(&["curate"])
            .expect(0)
            .stdout
            .contains("published version 1")
    );
    assert!(
        desk.run(&["curate"])
            .expect(0)
            .stdout
            .contains("nothing changed")
    );
    assert_eq!(
        desk.run(&["log", "--json"])
            .expect(0)
            .json()
            .as_array()
            .unwrap()
            .len(),
        1
    );
}

#[test]
fn the_same_inputs_give_the_same_bytes_whatever_the_threads_and_the_order() {
    let one = desk().with_threads(1);
    one.run(&["curate"]).expect(0);
    let two = Desk::new().with_threads(2);
    two.write("pages/press.txt", PRESS);
    two.write("pages/story.txt", STORY);
    two.write(
        "pages/story-copy.txt",
        format!("{STORY}\nThree lawyers work there."),
    );
    for name in ["story-copy.txt", "press.txt", "story.txt"] {
        two.run(&["import", &format!("pages/{name}")]).expect(0);
    }
    two.run(&["curate"]).expect(0);
    let id = |desk: &Desk| desk.run(&["log", "--json"]).expect(0).json()[0]["version_id"].clone();
    assert_eq!(id(&one), id(&two));
    assert_eq!(
        one.read("corpus/versions/1/documents.jsonl"),
        two.read("corpus/versions/1/documents.jsonl")
    );
}

#[test]
fn a_version_is_rebuilt_byte_for_byte_also_after_the_configuration_changed() {
    let desk = desk();
    desk.run(&["curate"]).expect(0);
    desk.write("config/thresh.toml", "[curate]\nmin_words = 60\n");
    desk.write("pages/more.txt", "Another page came later, with a text of its own that says something else altogether about the matter.");
    desk.run(&["import", "pages/more.txt"]).expect(0);
    desk.run(&["curate"]).expect(0);
    let run = desk.run(&["verify", "--all", "--rebuild"]).expect(0);
    assert_eq!(
        run.stdout.matches("byte for byte").count(),
        2,
        "{}",
        run.stdout
    );
}

#[test]
fn caches_may_be_deleted() {
    let desk = desk();
    desk.run(&["curate"]).expect(0);
    let before = desk
        .run(&["captures", "--jsonl", "--kind", "all"])
        .expect(0)
        .stdout;
    for name in [
        "state.db",
        "state.db-wal",
        "state.db-shm",
        "cache.db",
        "cache.db-wal",
        "cache.db-shm",
    ] {
        let _ = fs::remove_file(desk.path("corpus").join(name));
    }
    assert_eq!(
        desk.run(&["captures", "--jsonl", "--kind", "all"])
            .expect(0)
            .stdout,
        before
    );
    assert!(
        desk.run(&["curate"])
            .expect(0)
            .stdout
            .contains("nothing changed")
    );
    desk.run(&["verify", "--rebuild"]).expect(0);
}

#[test]
fn a_flipped_bit_is_found() {
    let desk = desk();
    desk.run(&["curate"]).expect(0);
    let pack = tree(&desk.path("corpus/packs"))
        .into_iter()
        .find(|(name, _)| name.ends_with(".pack"))
        .unwrap();
    let mut bytes = pack.1;
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    fs::write(desk.path("corpus/packs").join(&pack.0), bytes).unwrap();
    desk.run(&["verify"]).expect(5);
}

#[test]
fn a_version_that_loses_too_much_is_refused_unless_forced() {
    let desk = desk();
    desk.run(&["curate"]).expect(0);
    // A configuration that withholds pages stands for any loss: here the captures of a new corpus.
    let other = Desk::new();
    other.write("pages/press.txt", PRESS);
    other.run(&["import", "pages"]).expect(0);
    fs::remove_dir_all(desk.path("corpus/captures")).unwrap();
    for name in ["state.db", "state.db-wal", "state.db-shm"] {
        let _ = fs::remove_file(desk.path("corpus").join(name));
    }
    copy(
        &other.path("corpus/captures"),
        &desk.path("corpus/captures"),
    );
    let run = desk.run(&["curate"]).expect(4);
    assert!(run.stderr.contains("max_shrink"), "{}", run.stderr);
    desk.run(&["curate", "--force", "the partner took them back"])
        .expect(0);
    assert_eq!(desk.documents().len(), 1);
}

fn copy(from: &std::path::Path, to: &std::path::Path) {
    for (name, bytes) in tree(from) {
        let path = to.join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
    }
}

#[test]
fn versions_have_names_and_differences() {
    let desk = desk();
    desk.run(&["curate"]).expect(0);
    desk.run(&["tag", "1", "first"]).expect(0);
    desk.write("pages/more.txt", "Another page came later, with a text of its own that says something else altogether about the matter at hand.");
    desk.run(&["import", "pages/more.txt"]).expect(0);
    desk.run(&["curate"]).expect(0);
    let diff = desk
        .run(&["diff", "first", "latest", "--json"])
        .expect(0)
        .json();
    assert_eq!(diff["added"].as_array().unwrap().len(), 1, "{diff:#}");
    assert_eq!(diff["removed"].as_array().unwrap().len(), 0, "{diff:#}");
    let shown = desk.run(&["show", "first", "--json"]).expect(0).json();
    assert_eq!(shown["documents"].as_array().unwrap().len(), 2);
}

#[test]
fn explain_names_blocks_candidates_and_duplicates() {
    let desk = desk();
    desk.run(&["curate"]).expect(0);
    let press = desk
        .documents()
        .into_iter()
        .find(|d| d["title"].as_str().unwrap_or("").contains("Skopje"))
        .unwrap();
    let told = desk
        .run(&["explain", press["id"].as_str().unwrap()])
        .expect(0)
        .stdout;
    assert!(told.contains("kept") && told.contains("dateline"), "{told}");
    assert_eq!(press["date"], "2019-05-14");
}

#[test]
fn every_export_is_deterministic() {
    let desk = desk();
    desk.run(&["curate"]).expect(0);
    for format in ["text", "markdown"] {
        desk.run(&["export", "--format", format, "--out", "a"])
            .expect(0);
        desk.run(&["export", "--format", format, "--out", "b"])
            .expect(0);
        assert_eq!(tree(&desk.path("a")), tree(&desk.path("b")));
        fs::remove_dir_all(desk.path("a")).unwrap();
        fs::remove_dir_all(desk.path("b")).unwrap();
    }
}
