//! `crawl` and `run`.

use std::io::BufRead;
use std::path::Path;
use std::time::Duration;

use serde_json::{Value, json};
use thresh_config::{Config, Site};
use thresh_corpus::{Corpus, RunLock};
use thresh_pipeline::{CrawlOptions, CrawlReport, CurateOptions, Revisit};
use thresh_types::{CanonicalUrl, SiteId};

use super::curate;
use crate::args::{self, CrawlArgs, RunArgs};
use crate::context::{Context, read_input};
use crate::exit::{Exit, usage};
use crate::output::{Output, bytes, plural, table};

pub(crate) fn crawl(context: &Context, args: &CrawlArgs) -> anyhow::Result<Exit> {
    let config = context.config()?;
    let options = options(args)?;
    check_contact(&config, &options)?;
    let corpus = context.corpus_or_new()?;
    let lock = corpus.lock()?;
    let report = perform(context, &corpus, &lock, &config, &options)?;
    let mut out = Output::new();
    if context.global.json {
        out.json_pretty(&as_json(&report))?;
    } else {
        out.line(summary(&report, options.dry_run))?;
    }
    out.finish()?;
    Ok(exit_of(&report))
}

pub(crate) fn run(context: &Context, args: RunArgs) -> anyhow::Result<Exit> {
    let config = context.config()?;
    let options = CrawlOptions {
        revisit: revisit(args.revisit),
        ..CrawlOptions::default()
    };
    check_contact(&config, &options)?;
    let corpus = context.corpus_or_new()?;
    let lock = corpus.lock()?;
    let crawled = perform(context, &corpus, &lock, &config, &options)?;
    if crawled.interrupted {
        return Ok(Exit::Interrupted);
    }
    let curate_options = CurateOptions {
        force: args.force,
        dry_run: false,
    };
    let curated = curate::perform(context, &corpus, &lock, &config, &curate_options)?;
    let mut out = Output::new();
    if context.global.json {
        out.json_pretty(&json!({"crawl": as_json(&crawled), "curate": curate::as_json(&curated)}))?;
    } else {
        out.line(summary(&crawled, false))?;
        out.line(format!("\n{}", curate::summary(&curated)))?;
    }
    out.finish()?;
    Ok(match curate::exit_of(&curated) {
        Exit::Done => exit_of(&crawled),
        worse => worse,
    })
}

/// Crawls, and tells on stderr what a person must know.
pub(crate) fn perform(
    context: &Context,
    corpus: &Corpus,
    lock: &RunLock,
    config: &Config,
    options: &CrawlOptions,
) -> anyhow::Result<CrawlReport> {
    let stop = context.stop()?;
    let observe = |event| context.observe(&event);
    let job = context.job(corpus, lock, config, &observe);
    let report = thresh_pipeline::crawl(&job, options, stop)?;
    context.display.clear();
    for problem in &report.problems {
        tracing::warn!("{problem}");
    }
    for site in report.barren() {
        tracing::error!("site `{site}` yielded no page: see `thresh captures --refused`");
    }
    Ok(report)
}

fn options(args: &CrawlArgs) -> anyhow::Result<CrawlOptions> {
    let sites = args
        .site
        .iter()
        .map(|id| {
            id.parse::<SiteId>()
                .map_err(|error| usage(error.to_string()))
        })
        .collect::<Result<_, _>>()?;
    let max_time = match &args.max_time {
        None => None,
        Some(text) => Some(duration(text)?),
    };
    Ok(CrawlOptions {
        sites,
        urls: args
            .urls
            .as_deref()
            .map(read_urls)
            .transpose()?
            .unwrap_or_default(),
        revisit: revisit(args.revisit),
        max_pages: args.max_pages,
        max_time,
        dry_run: args.dry_run,
    })
}

fn duration(text: &str) -> anyhow::Result<Duration> {
    let parsed: thresh_fetcher::HumanDuration = text
        .parse()
        .map_err(|error| usage(format!("--max-time: {error}")))?;
    Ok(parsed.0)
}

/// Reads addresses, one a line; blank lines and `#` comments are passed over.
fn read_urls(path: &Path) -> anyhow::Result<Vec<CanonicalUrl>> {
    let mut urls = Vec::new();
    for (number, line) in read_input(path)?.lines().enumerate() {
        let line = line?;
        let text = line.trim();
        if text.is_empty() || text.starts_with('#') {
            continue;
        }
        let wrong = |error| usage(format!("{}:{}: {error}", path.display(), number + 1));
        urls.push(text.parse().map_err(wrong)?);
    }
    Ok(urls)
}

const fn revisit(revisit: args::Revisit) -> Revisit {
    match revisit {
        args::Revisit::Due => Revisit::Due,
        args::Revisit::All => Revisit::All,
    }
}

fn check_contact(config: &Config, options: &CrawlOptions) -> anyhow::Result<()> {
    let chosen: Vec<&Site> = config
        .sites
        .iter()
        .filter(|site| options.sites.is_empty() || options.sites.contains(&site.id))
        .collect();
    Ok(config.check_contact_for(&chosen)?)
}

fn exit_of(report: &CrawlReport) -> Exit {
    if report.interrupted {
        Exit::Interrupted
    } else if report.barren().is_empty() {
        Exit::Done
    } else {
        Exit::Partial
    }
}

/// Tells what was fetched and refused, a row a site.
pub(crate) fn summary(report: &CrawlReport, dry_run: bool) -> String {
    if dry_run {
        return format!(
            "{} would be asked; nothing was fetched",
            addresses(report.left)
        );
    }
    let rows: Vec<Vec<String>> = report
        .sites
        .iter()
        .map(|(site, tally)| {
            let errors: u64 = tally.errors.values().sum();
            let refused: u64 = tally.refused.values().sum();
            vec![
                site.to_string(),
                tally.captured.to_string(),
                tally.unchanged.to_string(),
                tally.redirected.to_string(),
                errors.to_string(),
                refused.to_string(),
                bytes(tally.bytes),
                format!("{:.1} s", tally.waited.as_secs_f64()),
            ]
        })
        .collect();
    let head = [
        "site",
        "new",
        "unchanged",
        "redirects",
        "errors",
        "refused",
        "bytes",
        "waited politely",
    ];
    let mut text = table(&head, &rows, &[1, 2, 3, 4, 5, 6, 7]);
    text.push_str(&refusals(report));
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

fn addresses(count: u64) -> String {
    plural(
        usize::try_from(count).unwrap_or(usize::MAX),
        "address",
        "addresses",
    )
}

fn refusals(report: &CrawlReport) -> String {
    let mut counts = std::collections::BTreeMap::new();
    for tally in report.sites.values() {
        for (reason, count) in &tally.refused {
            *counts.entry(reason.as_str()).or_insert(0) += count;
        }
        for (status, count) in &tally.errors {
            if *status != 0 {
                *counts
                    .entry(if *status == 404 {
                        "not found (404)"
                    } else {
                        "other error"
                    })
                    .or_insert(0) += count;
            }
        }
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

/// The report for machines.
pub(crate) fn as_json(report: &CrawlReport) -> Value {
    let sites: serde_json::Map<String, Value> = report
        .sites
        .iter()
        .map(|(site, tally)| {
            let value = json!({
                "asked": tally.asked,
                "captured": tally.captured,
                "unchanged": tally.unchanged,
                "redirected": tally.redirected,
                "errors": tally.errors,
                "refused": tally.refused,
                "sitemaps": tally.sitemaps,
                "bytes": tally.bytes,
                "waited_seconds": tally.waited.as_secs_f64(),
            });
            (site.to_string(), value)
        })
        .collect();
    json!({"sites": sites, "adopted": report.adopted, "left": report.left, "interrupted": report.interrupted})
}
