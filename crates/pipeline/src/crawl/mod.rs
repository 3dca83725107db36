//! The crawl: one synchronous loop that owns the frontier and the archive.
//!
//! The fetcher works on threads of its own and sends a report per address. A pool of workers digests
//! answers (decoding, parsing, links). This loop appends each exchange to the WARC, and from time to
//! time commits: WARC fsync first, then one transaction with the frontier's changes. Killed between
//! the two, the next run finds the exchanges in the WARC and takes them over.

mod absorb;
mod admit;
mod adopt;
mod feeds;
mod flaw;
mod hand_out;
mod inbox;
mod lessons;
mod mining;
mod plan;
mod pulse;
mod redirect;
mod report;
mod robots;
mod run;
mod traps;

use std::collections::BTreeSet;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use thresh_config::{Config, Site};
use thresh_types::{CanonicalUrl, SiteId};

pub use report::{CrawlReport, Pause, SiteTally, Trap};

use crate::job::Job;
use crate::journal::Journal;
use crate::{PipelineError, robots_file};

/// Which known pages are asked again.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Revisit {
    /// Those whose time has come.
    #[default]
    Due,
    /// All of them.
    All,
}

/// What a person asks of a crawl.
#[derive(Debug, Clone, Default)]
pub struct CrawlOptions {
    /// The sites; all that are configured where empty.
    pub sites: Vec<SiteId>,
    /// Addresses to ask besides the seeds.
    pub urls: Vec<CanonicalUrl>,
    /// Which known pages are asked again.
    pub revisit: Revisit,
    /// How many pages are asked at most.
    pub max_pages: Option<u64>,
    /// How long the crawl may last; what is in hand then is finished.
    pub max_time: Option<Duration>,
    /// Whether to stop before the first request.
    pub dry_run: bool,
}

/// Crawls, and returns what was done. Interrupted by `stop`, it finishes what is in hand.
///
/// # Errors
/// When a site is unknown, the store fails, or the fetcher cannot start.
pub fn crawl(
    job: &Job<'_>,
    options: &CrawlOptions,
    stop: &AtomicBool,
) -> Result<CrawlReport, PipelineError> {
    let sites = chosen(job.config, options)?;
    let follows_a_run = job.corpus.has_runs();
    let journal = Journal::begin(job, "crawl")?;
    let mut session = job.session()?;
    let ids: Vec<SiteId> = sites.iter().map(|site| site.id.clone()).collect();
    session.restrict_to(Some(&ids));
    let mut run = run::Run::new(job, sites, options);
    run.recall_lessons(&mut session)?;
    run.adopt(job.corpus, &mut session)?;
    run.seed(&mut session)?;
    if !options.dry_run {
        let known_robots = robots_file::known(job.corpus)?;
        run.fetch_all(&mut session, stop, known_robots, follows_a_run)?;
    }
    let mut report = run.finish(&mut session)?;
    session.finish()?;
    report.tool = job.tool.to_owned();
    report.ended = job.clock.now();
    keep(job, &mut report)?;
    journal.end(report.outcome(), report.counts())?;
    Ok(report)
}

/// Keeps the report for ever, with the number that the run gets; a dry run is none.
fn keep(job: &Job<'_>, report: &mut CrawlReport) -> Result<(), PipelineError> {
    if !report.dry_run {
        let ended = report.ended;
        let write = |number| {
            report.number = Some(number);
            format!("{:#}\n", report.to_json()).into_bytes()
        };
        job.corpus
            .keep_run_report(job.lock, ended, "crawl", write)?;
    }
    Ok(())
}

fn chosen<'a>(config: &'a Config, options: &CrawlOptions) -> Result<Vec<&'a Site>, PipelineError> {
    let known: BTreeSet<&SiteId> = config.sites.iter().map(|site| &site.id).collect();
    if let Some(unknown) = options.sites.iter().find(|id| !known.contains(id)) {
        return Err(PipelineError::UnknownSite(unknown.to_string()));
    }
    let sites: Vec<&Site> = config
        .sites
        .iter()
        .filter(|site| options.sites.is_empty() || options.sites.contains(&site.id))
        .collect();
    if sites.is_empty() {
        Err(PipelineError::NoSites)
    } else {
        Ok(sites)
    }
}
