//! The configuration that is shipped, and the one that `init` writes.

use crate::support::Desk;

#[test]
fn the_shipped_configuration_is_valid_and_only_asks_for_a_contact() {
    let desk = Desk::new();
    let shipped = concat!(env!("CARGO_MANIFEST_DIR"), "/config");
    let run = desk
        .run(&["--config", shipped, "config", "check"])
        .expect(0);
    assert!(
        run.stdout.contains("osce") && run.stdout.contains("respect"),
        "{}",
        run.stdout
    );
    assert!(run.stderr.contains("contact"), "{}", run.stderr);
    desk.run(&["--config", shipped, "rules", "test"]).expect(0);
    desk.run(&["--config", shipped, "crawl"]).expect(2);
}

#[test]
fn what_init_writes_is_valid_and_never_overwritten() {
    let desk = Desk::new();
    desk.run(&["init"]).expect(0);
    desk.run(&["config", "check"]).expect(0);
    desk.run(&["site", "add", "https://harbour-desk.example/about"])
        .expect(0);
    let told = desk.run(&["config", "check", "--json"]).expect(0).json();
    assert_eq!(
        told["sites"][0]["origins"][0],
        "https://harbour-desk.example"
    );
    desk.run(&["init"]).expect(2);
}

#[test]
fn a_configuration_that_is_named_must_be_there() {
    let desk = Desk::new();
    desk.write(
        "a.txt",
        "Some text that is long enough to be a document of its own, one would think.",
    );
    let run = desk
        .run(&["--config", "nowhere", "import", "a.txt"])
        .expect(2);
    assert!(
        run.stderr.contains("nowhere") && run.stderr.contains("thresh init"),
        "{}",
        run.stderr
    );
    desk.run(&["import", "a.txt"]).expect(0);
}
