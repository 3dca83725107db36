//! `status`.

use serde_json::{Value, json};
use thresh_corpus::{Corpus, Event, SiteSummary, Upcoming};
use thresh_types::{SiteId, Timestamp};

use super::why::{self, Refusals};
use crate::args::StatusArgs;
use crate::context::Context;
use crate::exit::{Exit, usage};
use crate::output::{Output, bytes, table};

/// Addresses of a site that are shown, where nothing is said.
const FEW: usize = 3;

/// Addresses of a site that are listed at most.
const MANY: usize = 500;

/// What there is to tell.
struct Status {
    now: Timestamp,
    sites: Vec<SiteSummary>,
    disk: thresh_corpus::DiskUse,
    latest: Option<(u64, String)>,
    last_run: Option<Event>,
    report: Option<Value>,
    review: usize,
    refusals: Refusals,
    next: Vec<Upcoming>,
}

pub(crate) fn status(context: &Context, args: &StatusArgs) -> anyhow::Result<Exit> {
    let corpus = context.corpus()?;
    let status = gather(&corpus, args, context.clock.now())?;
    let mut out = Output::new();
    if context.global.json {
        out.json_pretty(&as_json(&status))?;
    } else {
        for line in lines(&status) {
            out.line(line)?;
        }
    }
    out.finish()?;
    Ok(Exit::Done)
}

fn gather(corpus: &Corpus, args: &StatusArgs, now: Timestamp) -> anyhow::Result<Status> {
    let chosen = args
        .site
        .iter()
        .map(|id| id.parse().map_err(|error| usage(format!("{error}"))))
        .collect::<Result<Vec<SiteId>, _>>()?;
    let mut sites = corpus.frontier_summary(now)?;
    sites.retain(|site| chosen.is_empty() || chosen.contains(&site.site));
    let all = args.due || !chosen.is_empty();
    let mut next = Vec::new();
    for site in &sites {
        let upcoming = corpus.upcoming(&site.site, if all { MANY } else { FEW })?;
        next.extend(
            upcoming
                .into_iter()
                .filter(|u| !args.due || why::is_due(u, now)),
        );
    }
    let report = corpus.last_run_report()?;
    let latest = corpus.versions().list()?.pop();
    Ok(Status {
        now,
        sites,
        disk: corpus.disk_use()?,
        latest: latest.map(|v| (v.n(), v.id().to_string())),
        last_run: last_run(corpus)?,
        report: report.and_then(|bytes| serde_json::from_slice(&bytes).ok()),
        review: open_questions(corpus)?,
        refusals: Refusals::read(corpus)?,
        next,
    })
}

fn as_json(status: &Status) -> Value {
    let next = status.next.iter();
    json!({
        "last_run": status.last_run,
        "last_report": status.report,
        "latest_version": status.latest.as_ref().map(|(n, id)| json!({"n": n, "version_id": id})),
        "sites": status.sites,
        "next": next
            .map(|next| why::as_json(next, status.now, &status.refusals))
            .collect::<Vec<_>>(),
        "needs_review": status.review,
        "disk_bytes": status.disk,
    })
}

fn lines(status: &Status) -> Vec<String> {
    let mut lines = vec![last_line(status.last_run.as_ref())];
    lines.extend(status.report.as_ref().map(report_line));
    lines.push(match &status.latest {
        None => "latest version: none".to_owned(),
        Some((n, id)) => {
            let short: String = id.chars().take(12).collect();
            let review = status.review;
            format!("latest version: {n} ({short}), {review} documents to review")
        }
    });
    lines.push(format!("disk: {}", disk_line(&status.disk)));
    lines.push(format!("\n{}", site_table(&status.sites)));
    lines.extend(next_lines(status));
    lines
}

fn last_line(last_run: Option<&Event>) -> String {
    match last_run {
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
    }
}

fn report_line(report: &Value) -> String {
    let total = &report["totals"];
    let count = |name: &str| total[name].as_u64().unwrap_or(0);
    let refused = total["refused"].as_object();
    let refused: u64 = refused.map_or(0, |reasons| {
        reasons.values().filter_map(Value::as_u64).sum()
    });
    format!(
        "last crawl: no. {}, {}: {} new, {} changed, {} unchanged, {} gone, {refused} refused, {} left",
        report["number"],
        report["outcome"].as_str().unwrap_or("unknown"),
        count("new"),
        count("changed"),
        count("unchanged"),
        count("gone"),
        report["left"],
    )
}

/// Lists what comes next, the reason below each address.
fn next_lines(status: &Status) -> Vec<String> {
    let mut lines = Vec::new();
    for site in &status.sites {
        let mut of_site = status
            .next
            .iter()
            .filter(|u| u.site == site.site)
            .peekable();
        if of_site.peek().is_some() {
            lines.push(format!("\nnext at {}:", site.site));
        }
        for next in of_site {
            let when = match next.when {
                Some(when) if when > status.now => when.strftime("%Y-%m-%d %H:%M").to_string(),
                _ => "now".to_owned(),
            };
            lines.push(format!("  {when:<16}  {}", next.url));
            let reason = why::reason(next, &status.refusals);
            lines.push(format!("  {:<16}  {reason}", ""));
        }
    }
    lines
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
