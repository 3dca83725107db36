//! Says why, for people.

use crate::judge::{Finding, Rule, Verdict};
use crate::verify::Measure;
use crate::veto::Difference;

/// The reason of an exact duplicate.
pub(crate) const EXACT: &str = "exact: the words of both texts are equal";

/// The reason of a document alone.
pub(crate) const UNIQUE: &str = "unique: no other document says the same";

/// Returns the name of the rule that merged a pair, and what it says, for people.
pub(crate) const fn merging(verdict: Verdict) -> (&'static str, &'static str) {
    match verdict {
        Verdict::Merge(Rule::Near) => ("near", "near: most of both texts is common"),
        Verdict::Merge(Rule::Contained) => (
            "contained",
            "contained: the smaller text lies in the larger one",
        ),
        Verdict::Merge(Rule::Wrapped) => (
            "wrapped",
            "wrapped: the same text in different surroundings",
        ),
        Verdict::Merge(Rule::Exchanged) => (
            "exchanged",
            "near: most of both texts is common, one passage differs",
        ),
        Verdict::Template | Verdict::Revision(_) | Verdict::Apart => ("compared", "compared"),
    }
}

/// Returns `rule` with the measures of the pair and the words that differ, as seen from `first`, one of
/// both: what only the other has is more, what only this one has is less.
pub(crate) fn with_evidence(rule: &str, finding: &Finding, first: u32) -> String {
    let figures = figures(&finding.measure);
    match &finding.difference {
        Some(difference) => {
            let words = words(difference, first == finding.b);
            format!("{rule} ({figures}; {words})")
        }
        None => format!("{rule} ({figures})"),
    }
}

fn figures(measure: &Measure) -> String {
    let (jaccard, containment) = (measure.jaccard(), measure.containment());
    let mut text = String::with_capacity(48);
    for (name, share) in [
        ("Jaccard ", jaccard),
        (", containment ", containment),
        (", core ", measure.core()),
    ] {
        text.push_str(name);
        push_share(&mut text, share);
    }
    text
}

/// Appends a share with three digits. Formatting floats is slow, and there may be many.
fn push_share(text: &mut String, share: f64) {
    let thousandths = (share * 1000.0).round() as u32;
    text.push_str(if thousandths >= 1000 { "1." } else { "0." });
    for power in [100, 10, 1] {
        let digit = char::from_digit(thousandths / power % 10, 10);
        text.push(digit.unwrap_or('0'));
    }
}

fn words(difference: &Difference, turned: bool) -> String {
    let count = match difference.words {
        0 => return "the order of passages differs".to_owned(),
        1 => "1 word differs".to_owned(),
        count => format!("{count} words differ"),
    };
    let shown = difference.examples.iter().map(|(a, b)| match turned {
        true => example(b, a),
        false => example(a, b),
    });
    let shown: Vec<String> = shown.collect();
    format!("{count}: {}", shown.join(", "))
}

fn example(a: &str, b: &str) -> String {
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
