//! Broken input: the error names the thing and the remedy, the rest goes on.

use std::fs;
use std::os::unix::fs::PermissionsExt;

use crate::support::Desk;

#[test]
fn a_mistyped_key_is_named_with_its_line_and_a_suggestion() {
    let desk = Desk::new();
    desk.write("config/thresh.toml", "[crawl]\nmax_redirect = 3\n");
    let run = desk.run(&["config", "check"]).expect(2);
    for part in ["thresh.toml", "2", "max_redirect", "max_redirects"] {
        assert!(
            run.stderr.contains(part),
            "`{part}` is missing from: {}",
            run.stderr
        );
    }
}

#[test]
fn an_empty_contact_is_refused_for_a_public_host_before_anything_is_asked() {
    let desk = Desk::new();
    desk.write(
        "config/sites/a.toml",
        "id = \"a\"\nname = \"A\"\nseeds = [\"https://www.example.org/\"]\norigins = [\"https://www.example.org\"]\n",
    );
    desk.write("config/thresh.toml", "[corpus]\ncontact = \"\"\n");
    let run = desk.run(&["crawl"]).expect(2);
    assert!(
        run.stderr.contains("contact") && run.stderr.contains("thresh.toml"),
        "{}",
        run.stderr
    );
    assert!(
        !desk.path("corpus").exists(),
        "nothing is made before the configuration holds"
    );
}

#[test]
fn a_line_that_is_no_json_is_named_and_the_others_are_imported() {
    let desk = Desk::new();
    let text = "A first document with some words in it that say what it is about.";
    desk.write("in.jsonl", format!("{{\"id\":\"a\",\"text\":\"{text}\"}}\nnot json\n{{\"id\":\"b\",\"text\":\"other: {text}\"}}\n"));
    let run = desk.run(&["import", "in.jsonl"]).expect(6);
    assert!(
        run.stderr.contains("in.jsonl") && run.stderr.contains("line 2"),
        "{}",
        run.stderr
    );
    assert_eq!(
        desk.run(&["captures", "--jsonl"]).expect(0).jsonl().len(),
        2
    );
}

#[test]
fn random_bytes_called_html_are_taken_and_published_or_withheld_without_a_panic() {
    let desk = Desk::new();
    let noise: Vec<u8> = (0u32..40_000)
        .map(|n| (n.wrapping_mul(2_654_435_761) >> 13) as u8)
        .collect();
    desk.write("pages/noise.html", noise);
    desk.write(
        "pages/good.html",
        "<title>Good</title><p>A page with a sentence that is long enough to be kept as it is.</p>",
    );
    desk.run(&["import", "pages"]).expect(0);
    let run = desk.run(&["curate"]).expect(0);
    assert!(!run.stderr.contains("panicked"), "{}", run.stderr);
    assert!(
        desk.documents()
            .iter()
            .any(|d| d["text"].as_str().unwrap().contains("long enough"))
    );
}

#[test]
fn a_warc_cut_in_the_middle_gives_its_whole_records_and_one_named_problem() {
    let desk = Desk::new();
    for n in 0..6 {
        desk.write(
            &format!("pages/{n}.txt"),
            format!(
                "Document number {n} says something of its own, {}.",
                "word ".repeat(40 + n)
            ),
        );
    }
    desk.run(&["import", "pages"]).expect(0);
    let warc = fs::read_dir(desk.path("corpus/captures/warc"))
        .unwrap()
        .next()
        .unwrap()
        .unwrap()
        .path();
    let bytes = fs::read(warc).unwrap();
    let other = Desk::new();
    other.write("cut.warc.gz", &bytes[..bytes.len() * 2 / 3]);
    let run = other.run(&["import", "cut.warc.gz"]).expect(6);
    assert!(run.stderr.contains("cut.warc.gz"), "{}", run.stderr);
    let taken = other.run(&["captures", "--jsonl"]).expect(0).jsonl().len();
    assert!((1..6).contains(&taken), "{taken} records of a cut file");
}

#[test]
fn an_unreadable_folder_is_named_and_the_rest_is_imported() {
    let desk = Desk::new();
    desk.write(
        "pages/a.txt",
        "A page of text that is there to be read by anyone who comes along.",
    );
    desk.write("pages/locked/b.txt", "x");
    let locked = desk.path("pages/locked");
    fs::set_permissions(&locked, fs::Permissions::from_mode(0o000)).unwrap();
    // Root reads everything: then the folder is no obstacle, and there is nothing to test.
    let obstacle = fs::read_dir(&locked).is_err();
    let run = desk.run(&["import", "pages", "absent.txt"]).expect(6);
    fs::set_permissions(&locked, fs::Permissions::from_mode(0o755)).unwrap();
    assert!(run.stderr.contains("absent.txt"), "{}", run.stderr);
    assert!(!obstacle || run.stderr.contains("locked"), "{}", run.stderr);
    assert!(
        !desk
            .run(&["captures", "--jsonl"])
            .expect(0)
            .jsonl()
            .is_empty()
    );
}

#[test]
fn commands_without_a_corpus_or_a_version_say_what_to_do() {
    let desk = Desk::new();
    for args in [
        &["curate"][..],
        &["log"],
        &["captures"],
        &["status"],
        &["show"],
    ] {
        let run = desk.run(args).expect(2);
        assert!(run.stderr.contains("import"), "{args:?}: {}", run.stderr);
    }
    desk.write(
        "a.txt",
        "Some text that is long enough to be a document of its own, one would think.",
    );
    desk.run(&["import", "a.txt"]).expect(0);
    assert!(
        desk.run(&["show", "7"])
            .expect(2)
            .stderr
            .contains("thresh log")
    );
}

#[test]
fn a_command_that_is_not_built_says_so() {
    let desk = Desk::new();
    for args in [
        &["decide", "keep", "x", "--why", "y"][..],
        &["takedown", "x"],
        &["report"],
        &["review"],
        &["gc"],
    ] {
        let run = desk.run(args).expect(2);
        assert!(
            run.stderr.contains("not built yet"),
            "{args:?}: {}",
            run.stderr
        );
    }
    desk.write(
        "a.txt",
        "Some text that is long enough to be a document of its own, one would think.",
    );
    desk.run(&["import", "a.txt"]).expect(0);
    desk.run(&["curate"]).expect(0);
    let run = desk
        .run(&["export", "--format", "parquet", "--out", "x"])
        .expect(2);
    assert!(run.stderr.contains("parquet"), "{}", run.stderr);
}

#[test]
fn two_runs_at_once_are_refused_with_their_own_code() {
    let server = thresh_testkit::Server::start(|site| {
        site.on(
            "/",
            thresh_testkit::Reply::html("<p>slow").delayed(std::time::Duration::from_secs(20)),
        );
    });
    let desk = Desk::for_server(server.addr(), "");
    let mut first = desk.spawn(&["crawl"]);
    while server.paths().iter().all(|path| path != "/") {
        assert!(
            first.try_wait().unwrap().is_none(),
            "the first run ended early"
        );
        std::thread::yield_now();
    }
    let run = desk.run(&["crawl"]).expect(3);
    assert!(run.stderr.contains("another run"), "{}", run.stderr);
    first.kill().unwrap();
    first.wait().unwrap();
}
