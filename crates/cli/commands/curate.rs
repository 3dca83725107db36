//! `curate`.

use serde_json::{Value, json};
use thresh_config::Config;
use thresh_corpus::{Corpus, RunLock};
use thresh_pipeline::{CurateOptions, CurateOutcome, CurateReport};

use crate::args::CurateArgs;
use crate::context::Context;
use crate::exit::Exit;
use crate::output::{Output, bar, plural};

pub(crate) fn curate(context: &Context, args: CurateArgs) -> anyhow::Result<Exit> {
    let config = context.config_or_default()?;
    let corpus = context.corpus()?;
    let lock = corpus.lock()?;
    let options = CurateOptions {
        force: args.force,
        dry_run: args.dry_run,
    };
    let report = perform(context, &corpus, &lock, &config, &options)?;
    let mut out = Output::new();
    if context.global.json {
        out.json_pretty(&as_json(&report))?;
    } else {
        out.line(summary(&report))?;
    }
    out.finish()?;
    Ok(exit_of(&report))
}

/// Curates, and tells on stderr why a gate refused.
pub(crate) fn perform(
    context: &Context,
    corpus: &Corpus,
    lock: &RunLock,
    config: &Config,
    options: &CurateOptions,
) -> anyhow::Result<CurateReport> {
    let observe = |event| context.observe(&event);
    let job = context.job(corpus, lock, config, &observe);
    let report = thresh_pipeline::curate(&job, options)?;
    context.display.clear();
    if let CurateOutcome::Refused { reason } = &report.outcome {
        tracing::error!("{reason}");
    }
    Ok(report)
}

pub(crate) const fn exit_of(report: &CurateReport) -> Exit {
    match report.outcome {
        CurateOutcome::Refused { .. } => Exit::Gate,
        _ => Exit::Done,
    }
}

/// Tells what was published and what was removed, by rule.
pub(crate) fn summary(report: &CurateReport) -> String {
    let mut text = headline(report);
    if matches!(report.outcome, CurateOutcome::Nothing) {
        return text;
    }
    let review = match report.needs_review {
        0 => String::new(),
        n => format!(", {n} to review"),
    };
    text.push_str(&format!(
        "\n{} from {}, {} merged{review}",
        plural(report.documents, "document", "documents"),
        plural(report.captures, "captured page", "captured pages"),
        plural(report.merged, "copy", "copies"),
    ));
    if !report.withheld.is_empty() {
        let parts: Vec<String> = report
            .withheld
            .iter()
            .map(|(why, n)| format!("{why} {n}"))
            .collect();
        text.push_str(&format!("\nwithheld: {}", parts.join(", ")));
    }
    if !report.directives.is_empty() {
        let parts: Vec<String> = report
            .directives
            .iter()
            .map(|(name, n)| format!("{name} {n}"))
            .collect();
        text.push_str(&format!("\n  by directive: {}", parts.join(", ")));
    }
    text.push_str(&removed(report));
    text
}

fn headline(report: &CurateReport) -> String {
    match &report.outcome {
        CurateOutcome::Published { n, id } => format!("published version {n} ({})", id.short()),
        CurateOutcome::Unchanged { n, id } => {
            format!(
                "nothing changed: version {n} ({}) stays the latest",
                id.short()
            )
        }
        CurateOutcome::Refused { reason } => format!("refused, nothing published: {reason}"),
        CurateOutcome::DryRun => "would publish a new version; nothing was written".to_owned(),
        CurateOutcome::Nothing => {
            "no captures yet: `thresh crawl` or `thresh import` first".to_owned()
        }
    }
}

fn removed(report: &CurateReport) -> String {
    let mut rules: Vec<(&String, &usize)> = report.removed.iter().collect();
    rules.sort_by(|a, b| b.1.cmp(a.1).then(a.0.cmp(b.0)));
    let most = rules.first().map_or(0, |(_, count)| **count);
    let width = rules.iter().map(|(rule, _)| rule.len()).max().unwrap_or(0);
    if rules.is_empty() {
        return String::new();
    }
    let lines: Vec<String> = rules
        .iter()
        .map(|(rule, count)| format!("  {rule:<width$}  {count:>6}  {}", bar(**count, most)))
        .collect();
    format!("\nblocks removed, by rule:\n{}", lines.join("\n"))
}

/// The report for machines.
pub(crate) fn as_json(report: &CurateReport) -> Value {
    let (outcome, n, id) = match &report.outcome {
        CurateOutcome::Published { n, id } => ("published", Some(*n), Some(id.to_string())),
        CurateOutcome::Unchanged { n, id } => ("unchanged", Some(*n), Some(id.to_string())),
        CurateOutcome::Refused { .. } => ("refused", None, None),
        CurateOutcome::DryRun => ("dry-run", None, None),
        CurateOutcome::Nothing => ("nothing", None, None),
    };
    json!({
        "outcome": outcome,
        "n": n,
        "version_id": id,
        "captures": report.captures,
        "documents": report.documents,
        "merged": report.merged,
        "withheld": report.withheld,
        "directives": report.directives,
        "removed": report.removed,
        "needs_review": report.needs_review,
    })
}
