//! Finds digests: documents that hold several documents unlike each other.
//!
//! A newsletter holds its articles as a whole, as a copy in chrome holds its page. Merging by
//! containment would chain all of its articles into one cluster.

use std::collections::BTreeMap;

use crate::judge::{Finding, Rule, Verdict};
use crate::settings::Settings;

/// Returns the documents, sorted, that hold two or more documents unlike each other.
pub(crate) fn digests(findings: &[Finding], settings: &Settings) -> Vec<u32> {
    let mut held: BTreeMap<u32, Vec<(usize, u32)>> = BTreeMap::new();
    for finding in findings {
        if let Some(part) = finding.held(settings.contained_share, settings.near_jaccard)
            && finding.measure.core() >= settings.contained_core
        {
            let size = finding.measure.a.min(finding.measure.b);
            held.entry(finding.other(part))
                .or_default()
                .push((size, part));
        }
    }
    let alike = |a: u32, b: u32| {
        let pair = (a.min(b), a.max(b));
        findings
            .binary_search_by_key(&pair, |finding| (finding.a, finding.b))
            .is_ok_and(|at| findings[at].measure.containment() >= 0.3)
    };
    held.into_iter()
        .filter(|(_, parts)| {
            let largest = parts.iter().max().map_or(0, |&(_, part)| part);
            parts
                .iter()
                .any(|&(_, part)| part != largest && !alike(part, largest))
        })
        .map(|(digest, _)| digest)
        .collect()
}

/// A digest merges with near-duplicates only: what it holds, it holds among others.
pub(crate) fn demote(findings: &mut [Finding], digests: &[u32]) {
    let is_digest = |document: u32| digests.binary_search(&document).is_ok();
    for finding in findings {
        if matches!(
            finding.verdict,
            Verdict::Merge(Rule::Contained | Rule::Wrapped)
        ) && (is_digest(finding.a) || is_digest(finding.b))
        {
            finding.verdict = Verdict::Apart;
        }
    }
}
