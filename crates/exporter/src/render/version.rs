//! What a version holds, with bars.

use std::collections::BTreeMap;

use super::{Ink, Style, counted, grouped, line, minute, one_line};
use crate::VersionSummary;

/// Length of the bar of all, in characters.
const BAR: u64 = 30;

/// Rows of a chart; the rest is counted together.
const ROWS: usize = 20;

/// Returns the summary of a version: its names, its numbers, and charts by site, language and type.
pub fn render_version(summary: &VersionSummary, style: Style) -> String {
    let mut out = String::new();
    head(&mut out, summary, style);
    for (title, counts) in [
        ("sites", &summary.sites),
        ("languages", &summary.languages),
        ("types", &summary.doc_types),
        ("withheld", &summary.withheld),
    ] {
        chart(&mut out, title, counts, style);
    }
    out
}

fn head(out: &mut String, summary: &VersionSummary, style: Style) {
    let title = format!("version {}", summary.n);
    line(out, format_args!("{}", style.paint(Ink::Heading, title)));
    let mut row = |name: &str, value: &str| {
        if !value.is_empty() {
            line(out, format_args!("  {name:<12}  {value}"));
        }
    };
    row("id", &summary.id.to_string());
    row("published", &minute(summary.published_at));
    row("by", &one_line(&summary.tool));
    row("tags", &one_line(&summary.tags.join(", ")));
    row("documents", &documents(summary));
    row("words", &grouped(summary.words));
    row("aliases", &grouped(summary.aliases));
}

fn documents(summary: &VersionSummary) -> String {
    let mut parts = vec![grouped(summary.documents)];
    if summary.gone > 0 {
        parts.push(format!("{} gone from the web", grouped(summary.gone)));
    }
    if summary.needs_review > 0 {
        let one_or_more = counted(summary.needs_review, "needs review", "need review");
        parts.push(one_or_more);
    }
    parts.join(", ")
}

/// Sets the counts largest first, each with its share as a bar; nothing where there are none.
fn chart(out: &mut String, title: &str, counts: &BTreeMap<String, u64>, style: Style) {
    let rows = rows(counts);
    if rows.is_empty() {
        return;
    }
    let all = counts.values().sum();
    let names = rows.iter().map(|row| row.0.chars().count()).max();
    let numbers = rows.iter().map(|row| grouped(row.1).len()).max();
    let (names, numbers) = (names.unwrap_or(0), numbers.unwrap_or(0));
    line(out, format_args!("\n{}", style.paint(Ink::Heading, title)));
    for (name, count) in rows {
        let bar = style.paint(Ink::Added, bar(count, all));
        line(
            out,
            format_args!("  {name:<names$}  {:>numbers$}  {bar}", grouped(count)),
        );
    }
}

fn rows(counts: &BTreeMap<String, u64>) -> Vec<(String, u64)> {
    let mut rows: Vec<(String, u64)> = counts.iter().map(|(k, v)| (one_line(k), *v)).collect();
    rows.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
    if rows.len() > ROWS {
        let rest = rows.split_off(ROWS - 1);
        let total = rest.iter().map(|row| row.1).sum();
        rows.push((format!("{} others", rest.len()), total));
    }
    rows
}

/// Returns the share as a bar in eighths of a character; whatever is not nothing can be seen.
fn bar(count: u64, all: u64) -> String {
    const EIGHTHS: [&str; 8] = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"];
    if count == 0 || all == 0 {
        return String::new();
    }
    let eighths = u128::from(count) * u128::from(BAR * 8) / u128::from(all);
    let eighths = usize::try_from(eighths).unwrap_or(0).max(1);
    "█".repeat(eighths / 8) + EIGHTHS[eighths % 8]
}

#[cfg(test)]
mod tests {
    use thresh_types::{Sha256Hash, VersionId};

    use super::*;

    fn counts(of: &[(&str, u64)]) -> BTreeMap<String, u64> {
        of.iter().map(|(k, v)| ((*k).to_owned(), *v)).collect()
    }

    fn summary() -> VersionSummary {
        VersionSummary {
            n: 3,
            id: VersionId(Sha256Hash::from_bytes([0xAB; 32])),
            published_at: "2026-02-03T04:05:06Z".parse().unwrap(),
            tool: "thresh 0.1.0".to_owned(),
            tags: vec!["paper".to_owned()],
            documents: 1_204,
            words: 960_000,
            aliases: 31,
            gone: 4,
            needs_review: 1,
            sites: counts(&[("lakeside", 1_000), ("harbour", 200), ("local", 4)]),
            languages: counts(&[("en", 1_204)]),
            doc_types: BTreeMap::new(),
            withheld: counts(&[("listing", 3)]),
        }
    }

    #[test]
    fn a_version_is_shown_in_numbers_and_bars() {
        insta::assert_snapshot!(render_version(&summary(), Style::plain()), @r"
        version 3
          id            abababababababababababababababababababababababababababababababab
          published     2026-02-03 04:05 UTC
          by            thresh 0.1.0
          tags          paper
          documents     1,204, 4 gone from the web, 1 needs review
          words         960,000
          aliases       31

        sites
          lakeside  1,000  ████████████████████████▉
          harbour     200  ████▉
          local         4  ▏

        languages
          en  1,204  ██████████████████████████████

        withheld
          listing  3  ██████████████████████████████
        ");
    }

    #[test]
    fn many_rows_are_counted_together() {
        let many: BTreeMap<String, u64> = (1..=25).map(|i| (format!("s{i:02}"), i)).collect();
        let rows = rows(&many);
        assert_eq!(rows.len(), ROWS);
        assert_eq!(rows.first(), Some(&("s25".to_owned(), 25)));
        assert_eq!(rows.last(), Some(&("6 others".to_owned(), 21)));
        let total: u64 = rows.iter().map(|row| row.1).sum();
        assert_eq!(total, many.values().sum::<u64>());
    }

    #[test]
    fn bars_show_what_little_there_is_and_never_overflow() {
        assert_eq!(bar(0, 10), "");
        assert_eq!(bar(1, u64::MAX), "▏");
        assert_eq!(bar(u64::MAX, u64::MAX).chars().count() as u64, BAR);
    }
}
