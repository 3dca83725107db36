//! The crawl: one synchronous loop that owns the frontier and the archive.
//!
//! The fetcher works on threads of its own and sends a report per address. A pool of workers digests
//! answers (decoding, parsing, links). This loop appends each exchange to the WARC, and from time to
//! time commits: WARC fsync first, then one transaction with the frontier's changes. Killed between
//! the two, the next run finds the exchanges in the WARC and takes them over.

mod absorb;
mod admit;
mod flaw;
mod inbox;
mod mining;
mod plan;
mod redirect;
mod robots;
mod run;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use thresh_config::{Config, Site};
use thresh_types::{CanonicalUrl, RefusalReason, SiteId};

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

/// What a crawl did at one site.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SiteTally {
    /// Addresses asked.
    pub asked: u64,
    /// Seeds among them.
    pub seeds_asked: u64,
    /// Pages with a new body.
    pub captured: u64,
    /// Pages found unchanged: a 304, or the same bytes again.
    pub unchanged: u64,
    /// Redirects.
    pub redirected: u64,
    /// Pages that answered 4xx, counted by status.
    pub errors: BTreeMap<u16, u64>,
    /// Addresses refused, counted by reason.
    pub refused: BTreeMap<RefusalReason, u64>,
    /// Sitemaps and feeds read.
    pub sitemaps: u64,
    /// Bytes of bodies received.
    pub bytes: u64,
    /// How long politeness made the crawl wait, summed over addresses.
    pub waited: Duration,
}

impl SiteTally {
    /// Returns whether the site was asked and gave no page at all. A few 404s that an interrupted run
    /// left over are no sign of that: a seed must be among what was asked, or nothing have answered.
    pub fn is_barren(&self) -> bool {
        let answered = self.errors.values().sum::<u64>() + self.redirected > 0;
        let telling = self.seeds_asked > 0 || !answered;
        self.asked > 0 && self.captured + self.unchanged == 0 && telling
    }
}

/// What a crawl did.
#[derive(Debug, Clone, Default)]
pub struct CrawlReport {
    /// Per site.
    pub sites: BTreeMap<SiteId, SiteTally>,
    /// Exchanges that an interrupted run had archived and this one took over.
    pub adopted: u64,
    /// Addresses still waiting: kept for the next run.
    pub left: u64,
    /// Whether the crawl was interrupted.
    pub interrupted: bool,
    /// What recovery found wrong with the archive, for people.
    pub problems: Vec<String>,
}

impl CrawlReport {
    /// Returns the sums over all sites, by name.
    pub fn counts(&self) -> BTreeMap<String, u64> {
        let sum = |of: fn(&SiteTally) -> u64| self.sites.values().map(of).sum::<u64>();
        BTreeMap::from([
            ("asked".to_owned(), sum(|t| t.asked)),
            ("captured".to_owned(), sum(|t| t.captured)),
            ("unchanged".to_owned(), sum(|t| t.unchanged)),
            ("refused".to_owned(), sum(|t| t.refused.values().sum())),
            ("left".to_owned(), self.left),
        ])
    }

    /// Returns the sites that were asked and gave no page at all.
    pub fn barren(&self) -> Vec<&SiteId> {
        self.sites
            .iter()
            .filter(|(_, tally)| tally.is_barren())
            .map(|(site, _)| site)
            .collect()
    }
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
    let journal = Journal::begin(job, "crawl")?;
    let mut session = job.corpus.begin(job.lock, job.clock)?;
    let ids: Vec<SiteId> = sites.iter().map(|site| site.id.clone()).collect();
    session.restrict_to(Some(&ids));
    let mut run = run::Run::new(job, sites, options);
    run.adopt(job.corpus, &mut session)?;
    run.seed(&mut session)?;
    if !options.dry_run {
        run.fetch_all(&mut session, stop, robots_file::known(job.corpus)?)?;
    }
    let report = run.finish(&mut session)?;
    session.finish()?;
    let outcome = if report.interrupted {
        "interrupted"
    } else {
        "done"
    };
    journal.end(outcome, report.counts())?;
    Ok(report)
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
