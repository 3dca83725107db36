//! `status`.

use serde_json::json;
use thresh_corpus::{Corpus, Event, SiteSummary};

use crate::context::Context;
use crate::exit::Exit;
use crate::output::{Output, bytes, table};

pub(crate) fn status(context: &Context) -> anyhow::Result<Exit> {
    let corpus = context.corpus()?;
    let sites = corpus.frontier_summary(context.clock.now())?;
    let disk = corpus.disk_use()?;
    let latest = corpus.versions().list()?.pop();
    let last_run = last_run(&corpus)?;
    let review = open_questions(&corpus)?;
    let mut out = Output::new();
    if context.global.json {
        out.json_pretty(&json!({
            "last_run": last_run,
            "latest_version": latest.as_ref().map(|v| json!({"n": v.n(), "version_id": v.id()})),
            "sites": sites,
            "needs_review": review,
            "disk_bytes": disk,
        }))?;
    } else {
        out.line(match &last_run {
            Some(Event::RunFinished {
                at,
                command,
                outcome,
                ..
            }) => format!("last run: {command}, {outcome}, {at:.0}"),
            Some(Event::RunStarted { at, command, .. }) => {
                format!("last run: {command}, begun {at:.0}, not finished")
            }
            _ => "last run: none".to_owned(),
        })?;
        out.line(latest.map_or_else(
            || "latest version: none".to_owned(),
            |v| {
                format!(
                    "latest version: {} ({}), {review} documents to review",
                    v.n(),
                    v.id().short()
                )
            },
        ))?;
        out.line(format!("disk: {}", disk_line(&disk)))?;
        out.line(format!("\n{}", site_table(&sites)))?;
    }
    out.finish()?;
    Ok(Exit::Done)
}

fn last_run(corpus: &Corpus) -> anyhow::Result<Option<Event>> {
    let is_run =
        |event: &Event| matches!(event, Event::RunStarted { .. } | Event::RunFinished { .. });
    Ok(corpus.events()?.into_iter().rfind(is_run))
}

fn open_questions(corpus: &Corpus) -> anyhow::Result<usize> {
    let Some(latest) = corpus.versions().list()?.pop() else {
        return Ok(0);
    };
    let mut count = 0;
    for leaf in latest.leaves()? {
        count += usize::from(latest.document(&leaf)?.needs_review);
    }
    Ok(count)
}

fn disk_line(disk: &thresh_corpus::DiskUse) -> String {
    format!(
        "captures {}, packs {}, versions {}, caches {}",
        bytes(disk.captures),
        bytes(disk.packs),
        bytes(disk.versions),
        bytes(disk.state + disk.cache)
    )
}

fn site_table(sites: &[SiteSummary]) -> String {
    let rows: Vec<Vec<String>> = sites
        .iter()
        .map(|site| {
            let next = site.next_due.map_or_else(
                || "-".to_owned(),
                |at| at.strftime("%Y-%m-%d %H:%M").to_string(),
            );
            vec![
                site.site.to_string(),
                site.done.to_string(),
                (site.queued + site.waiting).to_string(),
                site.refused.to_string(),
                site.due.to_string(),
                next,
            ]
        })
        .collect();
    table(
        &["site", "done", "waiting", "refused", "due now", "next due"],
        &rows,
        &[1, 2, 3, 4],
    )
}
