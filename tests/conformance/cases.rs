//! Runs a file of cases and holds the result against floors and the list of expected failures.
//!
//! `expected_failures.txt` names every case that we fail on purpose, with the reason. A listed case
//! that passes fails the test, so that the list cannot rot. The list is complete for the case files
//! whose digests it names: there, a failure that is not listed fails the test too. Other files of the
//! same layout are held to the floors alone.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;
use thresh_testkit::shared_dir;
use thresh_types::Sha256Hash;

/// What came of a case.
pub(crate) enum Verdict {
    Right,
    Wrong,
    /// Not ours to answer, for this reason; counted apart.
    Left(&'static str),
}

impl Verdict {
    pub(crate) const fn of(passed: bool) -> Self {
        if passed { Self::Right } else { Self::Wrong }
    }
}

/// Cases that are held to one floor: the share of them that must pass.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Class<'a> {
    pub(crate) name: &'a str,
    pub(crate) floor: f64,
}

#[derive(Debug, Default)]
struct Score {
    floor: f64,
    right: usize,
    wrong: Vec<String>,
    left: BTreeMap<&'static str, usize>,
}

impl Score {
    fn share(&self) -> f64 {
        let all = self.right + self.wrong.len();
        self.right as f64 / all.max(1) as f64
    }
}

/// Reads `expected_failures.txt`: identifiers with reasons, and `complete for DIGEST FILE` lines.
fn expected() -> (BTreeSet<&'static str>, BTreeSet<&'static str>) {
    let (mut ids, mut complete) = (BTreeSet::new(), BTreeSet::new());
    let lines = include_str!("expected_failures.txt").lines();
    for line in lines.filter(|line| !line.is_empty() && !line.starts_with('#')) {
        let (word, rest) = line.split_once(' ').expect("an identifier and a reason");
        assert!(!rest.trim().is_empty(), "{word}: a reason is missing");
        if word == "complete" {
            complete.extend(rest.split(' ').nth(1));
        } else {
            assert!(ids.insert(word), "{word} is listed twice");
        }
    }
    (ids, complete)
}

/// Runs every case of `file` below the shared conformance data.
pub(crate) fn run(file: &str, floor: f64, judge: impl Fn(&Value) -> Verdict) {
    let whole = Class { name: file, floor };
    run_classes(file, |_| whole, judge);
}

/// As [`run`], with a floor for each class of cases.
pub(crate) fn run_classes<'a>(
    file: &str,
    class_of: impl Fn(&Value) -> Class<'a>,
    judge: impl Fn(&Value) -> Verdict,
) {
    let Some(dir) = shared_dir("data/conformance") else {
        return;
    };
    let text = std::fs::read_to_string(dir.join(file)).unwrap();
    let (listed, complete) = expected();
    let is_complete = complete.contains(Sha256Hash::of(text.as_bytes()).to_string().as_str());
    let mut scores: BTreeMap<&str, Score> = BTreeMap::new();
    let mut faults = Vec::new();
    for line in text.lines() {
        let row: Value = serde_json::from_str(line).unwrap();
        let id = row["id"].as_str().expect("a case has an id").to_owned();
        let class = class_of(&row);
        let score = scores.entry(class.name).or_default();
        score.floor = class.floor;
        match judge(&row) {
            Verdict::Left(why) => *score.left.entry(why).or_default() += 1,
            Verdict::Right if listed.contains(id.as_str()) => {
                faults.push(format!("{id} passes: take it out of expected_failures.txt"));
            }
            Verdict::Right => score.right += 1,
            Verdict::Wrong => {
                if is_complete && !listed.contains(id.as_str()) {
                    faults.push(format!("{id} fails and is not expected to: {line}"));
                }
                score.wrong.push(id);
            }
        }
    }
    for (name, score) in &scores {
        report(name, score);
        if score.share() < score.floor {
            faults.push(format!(
                "{name}: {:.3} is below {}",
                score.share(),
                score.floor
            ));
        }
    }
    assert!(faults.is_empty(), "{faults:#?}");
}

fn report(name: &str, score: &Score) {
    let Score {
        right, wrong, left, ..
    } = score;
    let all = right + wrong.len();
    eprintln!("{name}: {right} of {all} right, wrong: {wrong:?}");
    for (why, count) in left {
        eprintln!("  {count} left out: {why}");
    }
}
