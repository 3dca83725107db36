//! Says why, for people.

use crate::judge::{Finding, Rule, Verdict};
use crate::verify::Measure;
use crate::veto::Difference;

/// The reason of an exact duplicate.
pub(crate) const EXACT: &str = "exact: the words of both texts are equal";

/// The reason of a document alone.
pub(crate) const UNIQUE: &str = "unique: no other document says the same";

/// Returns the rule that merged a pair and what it saw.
pub(crate) fn merge(finding: &Finding) -> String {
    let rule = match finding.verdict {
        Verdict::Merge(Rule::Near) => "near: most of both texts is common",
        Verdict::Merge(Rule::Contained) => "contained: the smaller text lies in the larger one",
        Verdict::Merge(Rule::Wrapped) => "wrapped: the same text in different surroundings",
        Verdict::Merge(Rule::Exchanged) => {
            "near: most of both texts is common, one passage differs"
        }
        _ => "compared",
    };
    with_evidence(rule, finding)
}

/// Returns `rule` with the measures of the pair and the words that differ.
pub(crate) fn with_evidence(rule: &str, finding: &Finding) -> String {
    let figures = figures(&finding.measure);
    match &finding.difference {
        Some(difference) => format!("{rule} ({figures}; {})", words(difference)),
        None => format!("{rule} ({figures})"),
    }
}

fn figures(measure: &Measure) -> String {
    format!(
        "Jaccard {:.3}, containment {:.3}, core {:.3}",
        measure.jaccard(),
        measure.containment(),
        measure.core()
    )
}

fn words(difference: &Difference) -> String {
    let count = match difference.words {
        0 => return "the order of passages differs".to_owned(),
        1 => "1 word differs".to_owned(),
        count => format!("{count} words differ"),
    };
    let shown: Vec<String> = difference.examples.iter().map(example).collect();
    format!("{count}: {}", shown.join(", "))
}

fn example((a, b): &(String, String)) -> String {
    match (a.is_empty(), b.is_empty()) {
        (true, _) => format!("+“{b}”"),
        (_, true) => format!("−“{a}”"),
        _ => format!("“{a}” → “{b}”"),
    }
}

/// Returns a share with three digits.
pub(crate) fn rounded(share: f64) -> f64 {
    (share * 1000.0).round() / 1000.0
}
