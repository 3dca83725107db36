//! `thresh demo`, the first thing a newcomer runs.

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
