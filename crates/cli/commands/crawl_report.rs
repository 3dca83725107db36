//! The report of a crawl for people.

use thresh_pipeline::{CrawlReport, SiteTally, Trap};

use crate::output::{bytes, plural, seconds, table};

/// Sample addresses that are shown of a trap.
const SAMPLES: usize = 3;

/// Tells what was fetched and refused, a row a site.
pub(crate) fn summary(report: &CrawlReport, dry_run: bool) -> String {
    if dry_run {
        return format!(
            "{} would be asked; nothing was fetched",
            addresses(report.left)
        );
    }
    let mut text = sites(report);
    text.push_str(&refusals(report));
    text.push_str(&traps(&report.traps));
    text.push_str(&cost(report));
    if report.left > 0 {
        text.push_str(&format!(
            "\n{} left for the next run",
            addresses(report.left)
        ));
    }
    if report.interrupted {
        text.push_str("\ninterrupted: run again to go on where it stopped");
    }
    text
}

pub(crate) fn addresses(count: u64) -> String {
    plural(
        usize::try_from(count).unwrap_or(usize::MAX),
        "address",
        "addresses",
    )
}

fn sites(report: &CrawlReport) -> String {
    let mut rows: Vec<Vec<String>> = report
        .sites
        .iter()
        .map(|(site, tally)| site_row(site.as_str(), tally))
        .collect();
    if rows.len() > 1 {
        rows.push(site_row("all", &report.total()));
    }
    let head = [
        "site",
        "new",
        "changed",
        "unchanged",
        "gone",
        "redirects",
        "errors",
        "refused",
        "bytes",
        "waited politely",
    ];
    table(&head, &rows, &[1, 2, 3, 4, 5, 6, 7, 8, 9])
}

fn site_row(name: &str, tally: &SiteTally) -> Vec<String> {
    let errors: u64 = tally.errors.values().sum();
    let refused: u64 = tally.refused.values().sum();
    let paused = tally.paused.values().map(|pause| pause.total).max();
    vec![
        name.to_owned(),
        tally.captured.saturating_sub(tally.changed).to_string(),
        tally.changed.to_string(),
        tally.unchanged.to_string(),
        tally.gone.to_string(),
        tally.redirected.to_string(),
        errors.to_string(),
        refused.to_string(),
        bytes(tally.bytes),
        seconds(paused.unwrap_or_default()),
    ]
}

fn refusals(report: &CrawlReport) -> String {
    let total = report.total();
    let mut counts = std::collections::BTreeMap::new();
    for (reason, count) in &total.refused {
        *counts.entry(reason.as_str()).or_insert(0) += count;
    }
    for (status, count) in &total.errors {
        let name = match status {
            0 => continue,
            404 => "not found (404)",
            _ => "other error",
        };
        *counts.entry(name).or_insert(0) += count;
    }
    if counts.is_empty() {
        return String::new();
    }
    let parts: Vec<String> = counts
        .iter()
        .map(|(reason, count)| format!("{reason} {count}"))
        .collect();
    format!(
        "\nnot taken: {} (`thresh captures --refused` lists them)",
        parts.join(", ")
    )
}

fn traps(traps: &[Trap]) -> String {
    let mut text = String::new();
    for trap in traps {
        text.push_str(&format!(
            "\ntrap at {}: {} {}: {} fetched, {} of them new, {} held back",
            trap.site, trap.kind, trap.shape, trap.fetched, trap.novel, trap.held
        ));
        for sample in trap.samples.iter().take(SAMPLES) {
            text.push_str(&format!("\n  {sample}"));
        }
    }
    text
}

fn cost(report: &CrawlReport) -> String {
    let total = report.total();
    format!(
        "\n{} in {}: {} on the wire, {} stored",
        plural(
            usize::try_from(total.requests).unwrap_or(usize::MAX),
            "request",
            "requests"
        ),
        seconds(report.duration()),
        bytes(total.wire),
        bytes(total.stored)
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn traps_are_told_with_what_they_held_and_samples() {
        let trap = Trap {
            site: "a".to_owned(),
            kind: "calendar",
            shape: "/cal/{number}".to_owned(),
            fetched: 40,
            novel: 2,
            held: 900,
            samples: (1..6)
                .map(|n| format!("https://a.example/cal/{n}"))
                .collect(),
            evidence: String::new(),
        };
        let report = CrawlReport {
            traps: vec![trap],
            ..CrawlReport::default()
        };
        let text = summary(&report, false);
        let told = "trap at a: calendar /cal/{number}: 40 fetched, 2 of them new, 900 held back\n  https://a.example/cal/1\n";
        assert!(text.contains(told), "{text}");
        assert!(!text.contains("/cal/4"), "{text}");
    }
}
