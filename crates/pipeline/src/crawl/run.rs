//! The loop: hand out tasks, take in arrivals, commit.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use thresh_config::{Config, Site, Sitemaps};
use thresh_corpus::{Clock, Corpus, Due, Frontier, NewUrl, QueuedUrl, Session, State};
use thresh_fetcher::robots::RobotsFile;
use thresh_fetcher::{Fetcher, Options};
use thresh_types::{
    CanonicalUrl, Discovery, How, Origin, Refusal, RefusalReason, SiteId, TaskKind, Timestamp,
};

use super::admit::{Gate, PRIORITY_LISTED, PRIORITY_SEED};
use super::feeds::Feeds;
use super::inbox::Inbox;
use super::mining::Mining;
use super::plan::{Found, FoundList};
use super::pulse::Pulse;
use super::traps::{MEMORY, Traps};
use super::{CrawlOptions, CrawlReport, Revisit, SiteTally};
use crate::PipelineError;
use crate::digest::Bounds;
use crate::event::{Event, Observer};
use crate::job::Job;

/// Arrivals that one commit takes, at most.
const COMMIT_AFTER: usize = 128;

/// Addresses that wait for a commit, at most, but for those of one answer: it is memory.
const FOUND_AT_ONCE: usize = 20_000;

/// How long arrivals wait for a commit, at most, while more are coming: a commit waits for the disk.
const COMMIT_WITHIN: Duration = Duration::from_millis(250);

/// How long the crawl waits for an address that was deferred; later ones are left for the next run.
const PATIENCE: Duration = Duration::from_secs(300);

/// How often a waiting crawl looks whether it should stop.
const TICK: Duration = Duration::from_millis(50);

/// Frontier changes that wait for the next commit, together with the exchanges in the archive.
pub(super) type Change =
    Box<dyn FnOnce(&mut Frontier<'_>) -> Result<(), thresh_corpus::CorpusError>>;

/// A crawl in progress.
pub(super) struct Run<'a> {
    pub(super) config: &'a Config,
    pub(super) sites: BTreeMap<SiteId, &'a Site>,
    pub(super) options: &'a CrawlOptions,
    pub(super) clock: &'a Clock,
    pub(super) observe: Observer<'a>,
    pub(super) gate: Gate<'a>,
    pub(super) in_hand: HashMap<i64, QueuedUrl>,
    pub(super) changes: Vec<Change>,
    /// Addresses that wait for the next commit.
    pub(super) found: Vec<Found>,
    /// Sitemaps whose addresses wait for the next commit.
    pub(super) lists: Vec<FoundList>,
    /// Pages that this run has asked or will ask, per site.
    pub(super) planned: BTreeMap<SiteId, u64>,
    pub(super) settled: Vec<i64>,
    pub(super) mining: Mining,
    pub(super) traps: Traps,
    pub(super) feeds: Feeds,
    pub(super) report: CrawlReport,
    pub(super) queued: u64,
    pub(super) pulse: Pulse,
    pub(super) pages_asked: u64,
    /// Arrivals since the last commit, and when the first of them came.
    uncommitted: (usize, Option<Timestamp>),
}

impl<'a> Run<'a> {
    pub(super) fn new(job: &Job<'a>, sites: Vec<&'a Site>, options: &'a CrawlOptions) -> Self {
        Self {
            config: job.config,
            sites: sites
                .into_iter()
                .map(|site| (site.id.clone(), site))
                .collect(),
            options,
            clock: job.clock,
            observe: job.observe,
            gate: Gate::new(job.config),
            in_hand: HashMap::new(),
            changes: Vec::new(),
            found: Vec::new(),
            lists: Vec::new(),
            planned: BTreeMap::new(),
            settled: Vec::new(),
            mining: Mining::default(),
            traps: Traps::new(MEMORY),
            feeds: Feeds::default(),
            report: CrawlReport {
                started: job.clock.now(),
                dry_run: options.dry_run,
                ..CrawlReport::default()
            },
            queued: 0,
            pulse: Pulse::default(),
            pages_asked: 0,
            uncommitted: (0, None),
        }
    }

    pub(super) fn tally(&mut self, site: &SiteId) -> &mut SiteTally {
        let sites = &mut self.report.sites;
        // There are many calls and few sites: no copy of a name that is there.
        if !sites.contains_key(site) {
            sites.insert(site.clone(), SiteTally::default());
        }
        sites.get_mut(site).expect("it was just looked for")
    }

    /// Returns a site by its name, whether it was chosen for this run or not.
    pub(super) fn site_of(&self, id: &SiteId) -> Option<&'a Site> {
        let chosen = self.sites.get(id).copied();
        chosen.or_else(|| self.config.site(id))
    }

    /// Takes over what an interrupted run archived but did not note: its links are still to follow.
    pub(super) fn adopt(
        &mut self,
        corpus: &Corpus,
        session: &mut Session,
    ) -> Result<(), PipelineError> {
        self.report.problems = session.recovery().problems.clone();
        loop {
            let batch = session.adopted(COMMIT_AFTER)?;
            if batch.is_empty() {
                break;
            }
            for capture in &batch {
                self.absorb_adopted(corpus, capture)?;
            }
            self.report.adopted += batch.len() as u64;
            self.commit(session)?;
        }
        if self.report.adopted > 0 {
            (self.observe)(Event::Adopted {
                captures: usize::try_from(self.report.adopted).unwrap_or(0),
            });
        }
        Ok(())
    }

    /// Queues seeds, sitemaps and what is due.
    pub(super) fn seed(&mut self, session: &mut Session) -> Result<(), PipelineError> {
        let now = self.clock.now();
        let seeds = self.seeds();
        let due = match self.options.revisit {
            Revisit::All => Due::All,
            Revisit::Due => Due::At(now),
        };
        let chosen: Vec<SiteId> = self.sites.keys().cloned().collect();
        let mining = &mut self.mining;
        let (counts, planned) = session.commit(|frontier| {
            for seed in &seeds {
                frontier.enqueue(seed)?;
                mining.ask(frontier, seed)?;
            }
            frontier.make_due(Some(&chosen), due)?;
            Ok((frontier.counts()?, frontier.pages_ahead()?))
        })?;
        self.planned = planned;
        for count in counts {
            if matches!(count.state, State::Queued | State::Waiting) {
                self.queued += count.rows;
            }
        }
        (self.observe)(Event::CrawlStarted {
            queued: self.queued,
        });
        Ok(())
    }

    fn seeds(&self) -> Vec<NewUrl> {
        let of_sites = self.sites.values().flat_map(|site| {
            let pages = site
                .seeds
                .iter()
                .map(|url| entry(site, url, TaskKind::Page, (PRIORITY_SEED, How::Seed)));
            pages.chain(sitemaps(site))
        });
        let named = self.options.urls.iter().filter_map(|url| {
            let site = self.sites.values().find(|site| site.in_scope(url).is_ok());
            if site.is_none() {
                let message =
                    format!("{url} belongs to no chosen site: add its origin to a site file");
                (self.observe)(Event::Warning {
                    site: None,
                    message,
                });
            }
            site.map(|site| entry(site, url, TaskKind::Page, (PRIORITY_SEED, How::Named)))
        });
        of_sites.chain(named).collect()
    }

    /// Fetches until nothing is left that can be fetched soon, or until told to stop.
    pub(super) fn fetch_all(
        &mut self,
        session: &mut Session,
        stop: &AtomicBool,
        known_robots: BTreeMap<Origin, RobotsFile>,
        follows_a_run: bool,
    ) -> Result<(), PipelineError> {
        let options = self.fetcher_options(known_robots, follows_a_run);
        let mut fetcher = Fetcher::start(options)?;
        let inbox = Inbox::open(fetcher.take_reports(), self.bounds());
        let mut fetcher = Some(fetcher);
        let outcome = self.fetch_loop(session, stop, &mut fetcher, &inbox);
        let withdrawn = self.withdraw(session, fetcher);
        inbox.close();
        outcome.and(withdrawn)?;
        self.commit(session)
    }

    fn fetch_loop(
        &mut self,
        session: &mut Session,
        stop: &AtomicBool,
        fetcher: &mut Option<Fetcher>,
        inbox: &Inbox,
    ) -> Result<(), PipelineError> {
        let deadline = self.options.max_time.map(|limit| self.clock.now() + limit);
        loop {
            let late = deadline.is_some_and(|at| self.clock.now() >= at);
            if stop.load(Ordering::Relaxed) || late {
                self.report.interrupted = stop.load(Ordering::Relaxed);
                self.withdraw(session, fetcher.take())?;
            }
            if let Some(fetcher) = fetcher {
                self.hand_out(session, fetcher)?;
            }
            if !self.in_hand.is_empty() {
                self.take_in(session, inbox)?;
            } else if fetcher.is_none() || !self.wait_for_deferred(session)? {
                return self.commit(session);
            }
        }
    }

    /// Lets the fetcher finish what is under way and takes back what it has not begun; that stays in
    /// the frontier as it was.
    fn withdraw(
        &mut self,
        session: &mut Session,
        fetcher: Option<Fetcher>,
    ) -> Result<(), PipelineError> {
        let Some(fetcher) = fetcher else {
            return Ok(());
        };
        let stopped = fetcher.stop();
        for (site, exchange) in &stopped.robots {
            self.absorb_robots(session, site, std::slice::from_ref(exchange))?;
        }
        for task in stopped.unasked {
            if self.in_hand.remove(&task.id).is_some() {
                self.changes
                    .push(Box::new(move |frontier| frontier.released(task.id)));
            }
        }
        Ok(())
    }

    /// Takes in what has arrived, so that its links can be handed out; commits from time to time.
    fn take_in(&mut self, session: &mut Session, inbox: &Inbox) -> Result<(), PipelineError> {
        let Some(first) = inbox.next(TICK) else {
            let is_idle = self.uncommitted.0 == 0 && self.changes.is_empty();
            return if is_idle {
                Ok(())
            } else {
                self.commit(session)
            };
        };
        self.uncommitted.1.get_or_insert_with(|| self.clock.now());
        let mut next = Some(first);
        while let Some(arrival) = next {
            self.absorb(session, arrival)?;
            self.uncommitted.0 += 1;
            let full = self.uncommitted.0 >= COMMIT_AFTER || self.found.len() >= FOUND_AT_ONCE;
            next = if full {
                None
            } else {
                inbox.next(Duration::ZERO)
            };
        }
        if self.is_commit_due() {
            self.commit(session)
        } else {
            self.apply(session)
        }
    }

    fn is_commit_due(&self) -> bool {
        let (arrivals, since) = self.uncommitted;
        arrivals >= COMMIT_AFTER
            || since.is_some_and(|since| self.clock.now() >= since + COMMIT_WITHIN)
    }

    /// Waits for the next deferred address; `false` where none will be ready soon.
    fn wait_for_deferred(&mut self, session: &mut Session) -> Result<bool, PipelineError> {
        if self.pages_left() == 0 {
            return Ok(false);
        }
        self.commit(session)?;
        let now = self.clock.now();
        match session.change(|frontier| frontier.next_ready_at())? {
            Some(at) if at <= now => Ok(true),
            Some(at) if at.duration_since(now).unsigned_abs() <= PATIENCE => {
                std::thread::sleep(at.duration_since(now).unsigned_abs().min(TICK));
                Ok(true)
            }
            _ => Ok(false),
        }
    }

    /// Tells the frontier what has changed, for the next commit to keep.
    pub(super) fn apply(&mut self, session: &mut Session) -> Result<(), PipelineError> {
        let changes = std::mem::take(&mut self.changes);
        let found = std::mem::take(&mut self.found);
        let beyond = session.change(|frontier| {
            changes
                .into_iter()
                .try_for_each(|change| change(frontier))?;
            let beyond = self.plan(frontier, found)?;
            self.pulse(frontier);
            Ok(beyond)
        })?;
        for (url, site, limit) in beyond {
            let detail = format!("max_pages_per_site is {limit}");
            let refusal = self.refusal(&url, &site, RefusalReason::Budget, detail);
            self.refuse_link(refusal);
        }
        for id in self.settled.drain(..) {
            self.in_hand.remove(&id);
        }
        Ok(())
    }

    /// Makes everything so far durable.
    pub(super) fn commit(&mut self, session: &mut Session) -> Result<(), PipelineError> {
        self.apply(session)?;
        self.uncommitted = (0, None);
        Ok(session.commit(|_| Ok(()))?)
    }

    pub(super) fn refuse(&mut self, id: Option<i64>, refusal: Refusal) {
        *self
            .tally(&refusal.site.clone())
            .refused
            .entry(refusal.reason)
            .or_default() += 1;
        (self.observe)(Event::Refused(refusal.clone()));
        self.changes
            .push(Box::new(move |frontier| frontier.refused(id, &refusal)));
    }

    /// Counts what is left and gives the report.
    pub(super) fn finish(mut self, session: &mut Session) -> Result<CrawlReport, PipelineError> {
        self.name_traps();
        self.keep_lessons(session)?;
        self.commit(session)?;
        // The first commit may have found addresses beyond a budget, which is told with the second.
        self.commit(session)?;
        let counts = session.commit(|frontier| frontier.counts())?;
        self.report.left = counts
            .iter()
            .filter(|count| matches!(count.state, State::Queued | State::Waiting))
            .map(|count| count.rows)
            .sum();
        Ok(self.report)
    }

    /// What bounds the reading of answers.
    pub(super) fn bounds(&self) -> Bounds {
        let sites = self.config.sites.iter();
        Bounds {
            max_body: sites
                .map(|site| (site.id.clone(), site.crawl.max_body.0))
                .collect(),
            ..Bounds::default()
        }
    }

    fn fetcher_options(
        &self,
        known_robots: BTreeMap<Origin, RobotsFile>,
        follows_a_run: bool,
    ) -> Options {
        let clock = self.clock.clone();
        Options {
            sites: self
                .config
                .sites
                .iter()
                .map(|site| (site.id.clone(), site.crawl.clone()))
                .collect(),
            user_agent: thresh_fetcher::user_agent(
                &self.config.crawl.user_agent,
                &self.config.contact,
            ),
            known_robots,
            follows_a_run,
            clock: Arc::new(move || clock.now()),
        }
    }
}

fn entry(site: &Site, url: &CanonicalUrl, kind: TaskKind, (priority, how): (i32, How)) -> NewUrl {
    NewUrl {
        url: url.clone(),
        site: site.id.clone(),
        kind,
        depth: 0,
        redirects: 0,
        requested: None,
        priority,
        discovery: Discovery::bare(how),
        vouched: true,
    }
}

/// The sitemaps to ask: those that the site's file names, or `/sitemap.xml` where the seeds are. Those
/// that robots.txt names are found when it is read.
fn sitemaps(site: &Site) -> Vec<NewUrl> {
    let (urls, how): (Vec<CanonicalUrl>, How) = match &site.sitemaps {
        Sitemaps::Off => (Vec::new(), How::Seed),
        Sitemaps::Urls(urls) => (urls.clone(), How::Seed),
        Sitemaps::Auto => {
            let origins: std::collections::BTreeSet<_> =
                site.seeds.iter().map(CanonicalUrl::origin).collect();
            let usual = origins
                .iter()
                .filter_map(|origin| origin.at("/sitemap.xml"));
            (usual.collect(), How::WellKnown)
        }
    };
    urls.iter()
        .map(|url| entry(site, url, TaskKind::Sitemap, (PRIORITY_LISTED, how)))
        .collect()
}
