//! `crawl` and `run`.

use std::io::BufRead;
use std::path::Path;
use std::time::Duration;

use serde_json::json;
use thresh_config::{Config, Site};
use thresh_corpus::{Corpus, RunLock, State, Upcoming};
use thresh_pipeline::{CrawlOptions, CrawlReport, CurateOptions, Revisit};
use thresh_types::{CanonicalUrl, SiteId};

pub(crate) use super::crawl_report::summary;
use super::{curate, why};
use crate::args::{self, CrawlArgs, RunArgs};
use crate::context::{Context, read_input};
use crate::exit::{Exit, usage};
use crate::output::Output;

/// Addresses of a site that a dry run lists.
const LISTED: usize = 10;

/// As many for machines.
const JSON_LISTED: usize = 1000;

pub(crate) fn crawl(context: &Context, args: &CrawlArgs) -> anyhow::Result<Exit> {
    let config = context.config()?;
    let options = options(args)?;
    check_contact(&config, &options)?;
    let corpus = context.corpus_or_new()?;
    let lock = corpus.lock()?;
    let report = perform(context, &corpus, &lock, &config, &options)?;
    let mut out = Output::new();
    if context.global.json {
        let mut value = report.to_json();
        if options.dry_run {
            let rows = would_ask(context, &corpus, &config, &options, JSON_LISTED)?;
            value["would_ask"] = rows.iter().map(|(_, row)| row.clone()).collect();
        }
        out.json_pretty(&value)?;
    } else {
        out.line(summary(&report, options.dry_run))?;
        if options.dry_run {
            for (line, _) in would_ask(context, &corpus, &config, &options, LISTED)? {
                out.line(line)?;
            }
        }
    }
    out.finish()?;
    Ok(exit_of(&report))
}

/// Lists the first addresses of each chosen site that would be asked, as text and for machines.
fn would_ask(
    context: &Context,
    corpus: &Corpus,
    config: &Config,
    options: &CrawlOptions,
    limit: usize,
) -> anyhow::Result<Vec<(String, serde_json::Value)>> {
    let (now, refusals) = (context.clock.now(), why::Refusals::read(corpus)?);
    let is_asked = |next: &Upcoming| next.state == State::Queued;
    let mut rows = Vec::new();
    for site in &config.sites {
        if !options.sites.is_empty() && !options.sites.contains(&site.id) {
            continue;
        }
        for next in corpus
            .upcoming(&site.id, limit)?
            .iter()
            .filter(|next| is_asked(next))
        {
            let line = format!("  {}  {}", next.url, why::reason(next, &refusals));
            rows.push((line, why::as_json(next, now, &refusals)));
        }
    }
    Ok(rows)
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
        out.json_pretty(&json!({"crawl": crawled.to_json(), "curate": curate::as_json(&curated)}))?;
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
