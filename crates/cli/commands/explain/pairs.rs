//! The documents that say the same or relate, for people.
//!
//! An alias is the first of its pair (`−` is what it has alone), the document that speaks the second.
//! Of every pair stand how both relate, the rule that fired or forbade a merge with what it saw, the
//! longest shared spans with their places in either text, and the words that differ:
//!
//! ```text
//!   near  k3v5…  https://mirror.example/news/5
//!     near: most of both texts is common (Jaccard 0.961, containment 0.987, core 0.975; …)
//!     shared    0–812 = 14–826  “The council met on Wednesday …” (131 words)
//!     differs   812–814 “15th” → 826–828 “16th”
//! ```

use std::fmt::Write as _;

use thresh_pipeline::{ExplainedPair, Explanation};
use thresh_types::{Comparison, Differing};

use crate::output::plural;

/// Spans and differences shown of a pair, each; `--json` has more.
const SHOWN: usize = 5;

/// Writes the cluster of a document, then the pairs that were not merged.
pub(super) fn cluster(explanation: &Explanation) -> String {
    let Some(canonical) = &explanation.canonical else {
        return String::new();
    };
    let mut text = if *canonical == explanation.id {
        String::from("cluster: this document speaks for it\n")
    } else {
        format!("cluster: {canonical} speaks for it\n")
    };
    if let Some(why) = &explanation.canonical_reason {
        let _ = writeln!(text, "  {why}");
    }
    let (merged, apart): (Vec<_>, Vec<_>) = explanation.pairs.iter().partition(|p| p.merged);
    for pair in merged {
        let head = format!("{}  {}  {}", pair.relation, pair.a, pair.url);
        show(&mut text, &head, pair);
    }
    if !apart.is_empty() {
        text.push_str("related, not merged for it\n");
    }
    for pair in apart {
        let head = format!("{} {} {}  {}", pair.a, pair.relation, pair.b, pair.url);
        show(&mut text, &head, pair);
    }
    text
}

fn show(text: &mut String, head: &str, pair: &ExplainedPair) {
    let _ = writeln!(text, "  {}\n    {}", head.trim_end(), pair.reason);
    if let Some(comparison) = &pair.comparison {
        spans(text, comparison, &pair.shared_text);
        differences(text, comparison);
    }
}

fn spans(text: &mut String, comparison: &Comparison, begins: &[String]) {
    let spans = comparison.shared.iter().zip(begins);
    for (span, begin) in spans.take(SHOWN) {
        let ((a, a_end), (b, b_end)) = (span.a, span.b);
        let words = plural(span.words, "word", "words");
        let _ = writeln!(
            text,
            "    shared    {a}–{a_end} = {b}–{b_end}  “{begin}” ({words})"
        );
    }
    let listed = comparison.shared.iter().take(SHOWN).map(|span| span.words);
    more(
        text,
        "shared",
        comparison.shared_words.saturating_sub(listed.sum()),
    );
}

fn differences(text: &mut String, comparison: &Comparison) {
    let mut listed = 0;
    for one in comparison.differs.iter().take(SHOWN) {
        listed += words(&one.a).max(words(&one.b));
        let _ = writeln!(text, "    differs   {}", difference(one));
    }
    // Long differences are listed shortened, so that only the count of lines is exact.
    if comparison.differs.len() > SHOWN {
        more(
            text,
            "differ",
            comparison.differing_words.saturating_sub(listed),
        );
    }
}

fn words(text: &str) -> usize {
    text.split_whitespace().count()
}

fn difference(one: &Differing) -> String {
    let ((a, a_end), (b, b_end)) = (one.at_a, one.at_b);
    match (one.a.is_empty(), one.b.is_empty()) {
        (true, _) => format!("+ {b}–{b_end} “{}”", one.b),
        (_, true) => format!("− {a}–{a_end} “{}”", one.a),
        _ => format!("{a}–{a_end} “{}” → {b}–{b_end} “{}”", one.a, one.b),
    }
}

fn more(text: &mut String, what: &str, words: usize) {
    if words > 0 {
        let _ = writeln!(
            text,
            "    and {} more {what}",
            plural(words, "word", "words")
        );
    }
}

#[cfg(test)]
mod tests {
    use thresh_deduplicator::Wording;

    use super::*;

    fn pair(relation: &str, reason: &str, a: &str, b: &str) -> ExplainedPair {
        let comparison = Wording::of(a).compare(&Wording::of(b));
        let begin =
            |&(start, end): &(usize, usize)| a.chars().skip(start).take(end - start).collect();
        ExplainedPair {
            a: "first".to_owned(),
            b: "second".to_owned(),
            url: "https://b.example/2".to_owned(),
            relation: relation.to_owned(),
            merged: true,
            reason: reason.to_owned(),
            shared_text: comparison
                .shared
                .iter()
                .map(|span| begin(&span.a))
                .collect(),
            comparison: Some(comparison),
        }
    }

    #[test]
    fn a_pair_shows_rule_spans_and_words() {
        let a = "The 15th conference opened in Vienna on 3 May and heard three witnesses.";
        let b =
            "Press release. The 16th conference opened in Vienna on 4 May and heard two witnesses.";
        let mut text = String::new();
        let pair = pair("template", "template: numbers or dates differ (…)", a, b);
        show(&mut text, "first template second", &pair);
        insta::assert_snapshot!(text, @r"
          first template second
            template: numbers or dates differ (…)
            shared    9–39 = 24–54  “conference opened in Vienna on” (5 words)
            shared    42–55 = 57–70  “May and heard” (3 words)
            differs   4–8 “15th” → 19–23 “16th”
            differs   40–41 “3” → 55–56 “4”
            differs   + 0–13 “Press release”
            differs   56–61 “three” → 71–74 “two”
        ");
    }

    #[test]
    fn long_lists_are_counted() {
        let words = |step: usize| {
            (0..60)
                .map(|n| {
                    if n % 6 == 0 {
                        format!("{} ", n * step)
                    } else {
                        format!("w{n} ")
                    }
                })
                .collect::<String>()
        };
        let pair = pair("near", "near: …", &words(1), &words(2));
        let mut text = String::new();
        show(&mut text, "near second", &pair);
        insta::assert_snapshot!(text);
    }
}
