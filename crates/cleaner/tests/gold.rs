//! Whole pages in the shapes that content systems give them, judged against what a careful curator
//! would keep.
//!
//! A case is a folder below `gold/`: `page.html` (text of our own, markup as the system writes it),
//! `expected.md` (or `expected.txt`, where only the text is compared) and `case.toml`, read by
//! [`Case`]. A case holds where every line of the expected text is kept, nothing of `must_drop` is,
//! and the rules named speak and keep silent as told. Readers' comments are no text of the page, except
//! on forums; names of posters may stay or go. `known_gap` says why a case does not hold yet;
//! it has to be taken out as soon as the case holds. Rates over all cases have floors, which only
//! rise:
//!
//! ```text
//! cargo test -p thresh-cleaner --test gold -- --nocapture
//! ```

#[path = "gold/case.rs"]
mod case;
mod support;

use std::collections::{BTreeMap, BTreeSet};

use case::{Case, cases};
use support::clean_text;
use thresh_cleaner::{Cleaned, Segmentation, to_markdown, to_text};
use thresh_types::Fate;

/// Fewest cases; floors of the mean word F1 and of the mean share of lines whose Markdown is right to
/// the letter.
const FEWEST: usize = 80;
const FLOOR_F1: f64 = 0.965;
const FLOOR_LINES: f64 = 0.92;

fn words(text: &str) -> Vec<String> {
    text.split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(str::to_lowercase)
        .collect()
}

/// Returns precision and recall of the words of `found`, each counted as often as it stands.
fn precision_and_recall(found: &[String], expected: &[String]) -> (f64, f64) {
    let count = |words: &[String]| {
        let mut counts: BTreeMap<String, usize> = BTreeMap::new();
        for word in words {
            *counts.entry(word.clone()).or_default() += 1;
        }
        counts
    };
    let (have, want) = (count(found), count(expected));
    let shared: usize = have
        .iter()
        .map(|(word, n)| want.get(word).copied().unwrap_or(0).min(*n))
        .sum();
    let share = |all: &[String]| shared as f64 / all.len().max(1) as f64;
    (share(found), share(expected))
}

/// How a case came out.
struct Outcome {
    precision: f64,
    recall: f64,
    /// Share of the expected lines that stand in the Markdown to the letter.
    lines: Option<f64>,
    faults: Vec<String>,
    /// What was dropped of the expected text, and lines that were kept beyond it.
    dropped: Vec<String>,
    beyond: Vec<String>,
}

impl Outcome {
    fn f1(&self) -> f64 {
        let sum = self.precision + self.recall;
        if sum == 0.0 {
            return 0.0;
        }
        2.0 * self.precision * self.recall / sum
    }
}

fn judge(case: &Case) -> Outcome {
    let cleaned = case.cleaned();
    let text = to_text(&cleaned.text);
    let expected = case.expected();
    let (precision, recall) = precision_and_recall(&words(&text), &words(&expected));
    let lines = case
        .file("expected.md")
        .map(|markdown| right_lines(&to_markdown(&cleaned.text), &markdown));
    let mut faults = lost(case, &text, &expected);
    faults.extend(left(case, &cleaned, &text));
    faults.extend(misfired(case, &cleaned));
    if case.exact && text != expected {
        faults.push(format!("the text is another:\n{text}"));
    }
    let wanted = format!(" {} ", words(&expected).join(" "));
    let is_wanted = |text: &str| {
        let run = words(text).join(" ");
        run.is_empty() || wanted.contains(&format!(" {run} "))
    };
    let dropped = cleaned
        .text
        .dropped()
        .filter(|(block, ..)| words(&block.text).len() > 1 && is_wanted(&block.text));
    Outcome {
        precision,
        recall,
        lines,
        faults,
        dropped: dropped
            .map(|(block, rule, why)| format!("{rule}: {:.70} ({why})", block.text))
            .collect(),
        beyond: text
            .lines()
            .filter(|l| !is_wanted(l))
            .map(str::to_owned)
            .collect(),
    }
}

fn right_lines(found: &str, expected: &str) -> f64 {
    let mut have: BTreeMap<&str, usize> = BTreeMap::new();
    for line in found.lines() {
        *have.entry(line).or_default() += 1;
    }
    let wanted: Vec<&str> = expected.lines().filter(|line| !line.is_empty()).collect();
    let right = wanted.iter().filter(|line| match have.get_mut(*line) {
        Some(left) if *left > 0 => {
            *left -= 1;
            true
        }
        _ => false,
    });
    right.count() as f64 / wanted.len().max(1) as f64
}

/// What should be kept and is not: lines as a run of words, anywhere.
fn lost(case: &Case, text: &str, expected: &str) -> Vec<String> {
    let kept = format!(" {} ", words(text).join(" "));
    let wanted = expected
        .lines()
        .chain(case.must_keep.iter().map(String::as_str));
    wanted
        .filter(|line| !words(line).is_empty())
        .filter(|line| !kept.contains(&format!(" {} ", words(line).join(" "))))
        .map(|line| format!("lost: {line}"))
        .collect()
}

/// What should go and is kept. A label of up to three words has to be a line of its own, since its
/// words may stand in any sentence.
fn left(case: &Case, cleaned: &Cleaned, text: &str) -> Vec<String> {
    let kept = format!(" {} ", words(text).join(" "));
    let blocks: BTreeSet<String> = cleaned
        .text
        .kept()
        .flat_map(|block| block.text.lines())
        .map(|line| words(line).join(" "))
        .collect();
    let is_kept = |noise: &str| {
        let words = words(noise);
        let run = words.join(" ");
        if words.len() <= 3 {
            blocks.contains(&run)
        } else {
            kept.contains(&format!(" {run} "))
        }
    };
    case.must_drop
        .iter()
        .filter(|noise| is_kept(noise))
        .map(|noise| format!("left: {noise}"))
        .collect()
}

fn misfired(case: &Case, cleaned: &Cleaned) -> Vec<String> {
    let mut spoke = BTreeSet::new();
    for block in &cleaned.text.blocks {
        spoke.extend(block.repairs.iter().map(|repair| repair.rule.to_string()));
        if let Fate::Dropped { rule, .. } = &block.fate {
            spoke.insert(rule.to_string());
        }
    }
    let missing = case.fires.iter().filter(|rule| !spoke.contains(*rule));
    let wrong = case.silent.iter().filter(|rule| spoke.contains(*rule));
    missing
        .map(|rule| format!("{rule} keeps silent"))
        .chain(wrong.map(|rule| format!("{rule} speaks")))
        .collect()
}

fn row(case: &Case, outcome: &Outcome) -> String {
    let verdict = match (&case.known_gap, outcome.faults.len()) {
        (None, 0) => "holds".to_owned(),
        (Some(gap), _) => format!("known gap: {gap}"),
        (None, n) => format!("FAILS, {n} faults"),
    };
    let lines = outcome
        .lines
        .map_or("   -".to_owned(), |share| format!("{share:.2}"));
    format!(
        "{:<32} {:<28.28} {:<3.3} {:.3} {:.3} {:.3}  {lines}  {verdict}",
        case.name,
        case.cms,
        case.language,
        outcome.precision,
        outcome.recall,
        outcome.f1(),
    )
}

fn complaint(case: &Case, outcome: &Outcome) -> Option<String> {
    match (&case.known_gap, outcome.faults.is_empty()) {
        (None, true) | (Some(_), false) => None,
        (Some(gap), true) => Some(format!(
            "== {}\n  holds now: take out its known_gap ({gap})",
            case.name
        )),
        (None, false) => Some(format!(
            "== {}: {}\n  {}\n-- dropped of the expected text:\n  {}\n-- kept beyond it:\n  {}",
            case.name,
            case.shows,
            outcome.faults.join("\n  "),
            outcome.dropped.join("\n  "),
            outcome.beyond.join("\n  "),
        )),
    }
}

#[test]
fn pages_come_out_as_a_curator_would_have_them() {
    let cases = cases();
    assert!(cases.len() >= FEWEST, "{} cases", cases.len());
    let outcomes: Vec<Outcome> = cases.iter().map(judge).collect();
    let judged: Vec<(&Case, &Outcome)> = cases.iter().zip(&outcomes).collect();
    let table: Vec<String> = judged.iter().map(|(c, o)| row(c, o)).collect();
    let mean = |values: Vec<f64>| values.iter().sum::<f64>() / values.len().max(1) as f64;
    let f1 = mean(outcomes.iter().map(Outcome::f1).collect());
    let lines = mean(outcomes.iter().filter_map(|o| o.lines).collect());
    println!(
        "{:<32} {:<28} {:<3} {:<5} {:<5} {:<5}  lines\n{}\n{} cases, mean word F1 {f1:.4}, lines right {lines:.4}",
        "case",
        "system",
        "",
        "P",
        "R",
        "F1",
        table.join("\n"),
        cases.len(),
    );
    let complaints: Vec<String> = judged.iter().filter_map(|(c, o)| complaint(c, o)).collect();
    assert!(complaints.is_empty(), "{}", complaints.join("\n"));
    assert!(f1 >= FLOOR_F1, "mean word F1 {f1:.4} is below {FLOOR_F1}");
    assert!(
        lines >= FLOOR_LINES,
        "share of right lines {lines:.4} is below {FLOOR_LINES}"
    );
}

#[test]
fn the_expected_text_loses_nothing_where_it_comes_as_text() {
    let mut wrong = Vec::new();
    // Code loses its marks in plain text, so it cannot be told from lines.
    for case in cases().iter().filter(|case| !case.has_code()) {
        let expected = case.expected();
        let found = words(&clean_text(&expected));
        let whole = found == words(&expected);
        match (&case.known_text_gap, whole) {
            (None, true) | (Some(_), false) => {}
            (Some(_), true) => wrong.push(format!("{}: take out known_text_gap", case.name)),
            (None, false) => {
                let missing: Vec<&str> = expected
                    .lines()
                    .filter(|line| !found.join(" ").contains(&words(line).join(" ")))
                    .collect();
                wrong.push(format!("{}: lost {missing:#?}", case.name));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_case_says_what_it_shows_and_is_a_whole_page() {
    for case in cases() {
        let page = case.file("page.html").expect("a case has a page");
        assert!(case.shows.len() > 20, "{}: say what it shows", case.name);
        assert!(page.contains("</"), "{}", case.name);
        assert!(
            !case.must_drop.is_empty(),
            "{}: a page has noise",
            case.name
        );
        let expected = words(&case.expected()).join(" ");
        for noise in case.must_drop.iter().filter(|n| words(n).len() > 3) {
            let run = words(noise).join(" ");
            assert!(
                !run.is_empty() && !expected.contains(&run),
                "{}: {noise}",
                case.name
            );
        }
        let cut = to_words(&case.page("page.html"));
        let shown = words(&format!("{cut}\n{}", without_tags(&page))).join(" ");
        for noise in &case.must_drop {
            assert!(
                shown.contains(&words(noise).join(" ")),
                "{}: not on the page: {noise}",
                case.name
            );
        }
    }
}

/// Returns what stands between tags: also what is never cut into blocks, since it is hidden.
fn without_tags(html: &str) -> String {
    html.split('<')
        .map(|part| part.split_once('>').map_or("", |(_, text)| text))
        .collect::<Vec<_>>()
        .join(" ")
}

fn to_words(page: &Segmentation) -> String {
    let texts: Vec<&str> = page.blocks.iter().map(|b| b.text.as_str()).collect();
    texts.join("\n")
}
