//! The fetcher as its caller sees it.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::mpsc::{self, Receiver};
use std::time::Duration;

use http::HeaderValue;
use thresh_types::{Exchange, FetchReport, FetchTask, Origin, SiteId, Timestamp};
use tokio::runtime::{Handle, Runtime};
use tokio::sync::mpsc::{UnboundedSender, unbounded_channel};
use tokio::sync::{Semaphore, watch};
use tokio::task::JoinHandle;
use tokio::time::Instant;

use crate::dispatch::{Dispatcher, Rest};
use crate::origin::{Common, Letter, Visit};
use crate::robots::RobotsFile;
use crate::timeline::Timeline;
use crate::{FetchError, Settings, client, product_token};

/// Threads that send and take in bytes: requests wait more than they work.
const IO_THREADS: usize = 2;

/// After how long without a task the actor of an origin ends.
const IDLE: Duration = Duration::from_secs(60);

/// Tells the time; the fetcher itself reads no clock.
pub type Clock = Arc<dyn Fn() -> Timestamp + Send + Sync>;

/// What a fetcher needs to know.
#[derive(Clone)]
pub struct Options {
    /// The settings of each site. Tasks of other sites go by the defaults.
    pub sites: BTreeMap<SiteId, Settings>,
    /// The user agent as it is sent, see [`user_agent`](crate::user_agent). It begins with the
    /// token by which robots.txt names the crawler.
    pub user_agent: String,
    /// The robots.txt that earlier runs read last. They are asked for anew all the same; a copy
    /// serves where that fails, unless it is too old: see [`robots::MAX_STALE`](crate::robots::MAX_STALE).
    pub known_robots: BTreeMap<Origin, RobotsFile>,
    /// Whether another run may have asked right before this one, be it ended or killed: every origin
    /// is then left alone for its delay first.
    pub follows_a_run: bool,
    /// Tells the time.
    pub clock: Clock,
}

/// What was left when a fetcher stopped.
#[derive(Debug, Default)]
pub struct Stopped {
    /// Reports that had not been received.
    pub reports: Vec<FetchReport>,
    /// Tasks that were not begun, in no order that matters.
    pub unasked: Vec<FetchTask>,
    /// Exchanges of robots.txt that no report has told, since the tasks that caused them were not
    /// begun; each with the site that asked.
    pub robots: Vec<(SiteId, Exchange)>,
}

/// Fetches tasks on threads of its own and reports on each exactly once.
///
/// Reports come in the order in which tasks end. A `Deferred` report without an exchange and with
/// the reason `Overloaded` was not asked at all: the server wants a long pause.
pub struct Fetcher {
    tasks: Option<UnboundedSender<Visit>>,
    stop: watch::Sender<bool>,
    reports: Receiver<FetchReport>,
    dispatcher: Option<JoinHandle<Rest>>,
    /// For pace and deadlines, and for bytes: the first never waits for the second.
    runtimes: Option<(Runtime, Runtime)>,
}

impl Fetcher {
    /// Starts the threads.
    ///
    /// # Errors
    /// When settings cannot work, the user agent cannot be sent, or threads cannot be started.
    pub fn start(options: Options) -> Result<Self, FetchError> {
        Self::start_with(options, IDLE)
    }

    fn start_with(options: Options, idle: Duration) -> Result<Self, FetchError> {
        client::install_cryptography();
        let (sender, reports) = mpsc::channel();
        let (letters, post) = unbounded_channel();
        let io = threads("fetcher-io", IO_THREADS)?;
        let runtime = threads("fetcher", 1)?;
        let common = common(options, (sender, letters), io.handle().clone(), idle)?;
        let common = Arc::new(common);
        let (tasks, inbox) = unbounded_channel();
        let (stop, stopped) = watch::channel(false);
        let dispatcher = runtime.spawn(Dispatcher::new(common, stopped).run(inbox, post));
        Ok(Self {
            tasks: Some(tasks),
            stop,
            reports,
            dispatcher: Some(dispatcher),
            runtimes: Some((runtime, io)),
        })
    }

    /// Hands over a task. Never blocks: the caller bounds how many are in hand.
    pub fn submit(&self, task: FetchTask) {
        if let Some(tasks) = &self.tasks {
            // Fails only when the dispatcher is gone, which only stopping ends.
            let _ = tasks.send(Visit::new(task));
        }
    }

    /// Returns where reports arrive.
    pub const fn reports(&self) -> &Receiver<FetchReport> {
        &self.reports
    }

    /// Takes out where reports arrive, so that another thread can wait there. They end once the fetcher
    /// has stopped; this fetcher itself has none from now on.
    pub fn take_reports(&mut self) -> Receiver<FetchReport> {
        let (_, none) = mpsc::channel();
        std::mem::replace(&mut self.reports, none)
    }

    /// Waits for the next report, at most for `timeout`.
    pub fn recv_timeout(&self, timeout: Duration) -> Option<FetchReport> {
        self.reports.recv_timeout(timeout).ok()
    }

    /// Stops: requests under way finish (within their total time), others are not begun. Returns
    /// the reports that had not been received, the tasks that were not begun, and what was asked
    /// on their behalf.
    pub fn stop(mut self) -> Stopped {
        self.stop.send_replace(true);
        self.tasks = None;
        let (Some((runtime, _)), Some(dispatcher)) = (&self.runtimes, self.dispatcher.take())
        else {
            return Stopped::default();
        };
        let rest = runtime.block_on(dispatcher).unwrap_or_default();
        Stopped {
            reports: self.reports.try_iter().collect(),
            unasked: rest.unasked,
            robots: rest.robots,
        }
    }
}

impl Drop for Fetcher {
    fn drop(&mut self) {
        if let Some((runtime, io)) = self.runtimes.take() {
            // A name that does not resolve must not hold up the program's end.
            runtime.shutdown_background();
            io.shutdown_background();
        }
    }
}

fn threads(name: &str, count: usize) -> Result<Runtime, FetchError> {
    tokio::runtime::Builder::new_multi_thread()
        .worker_threads(count)
        .thread_name(name)
        .enable_all()
        .build()
        .map_err(FetchError::Threads)
}

fn common(
    options: Options,
    (reports, letters): (mpsc::Sender<FetchReport>, UnboundedSender<Letter>),
    io: Handle,
    idle: Duration,
) -> Result<Common, FetchError> {
    let wrong = || FetchError::UserAgent(options.user_agent.clone());
    let token = product_token(&options.user_agent).to_owned();
    let user_agent = HeaderValue::from_str(&options.user_agent).map_err(|_| wrong())?;
    if token.is_empty() || user_agent.to_str().is_err() {
        return Err(wrong());
    }
    let fallback = Settings::default();
    let all = options.sites.values().map(|s| s.max_connections);
    let places = all.max().unwrap_or(fallback.max_connections);
    for (site, settings) in &options.sites {
        settings.check().map_err(|source| FetchError::Settings {
            site: site.to_string(),
            source,
        })?;
    }
    let sites = options.sites.into_iter();
    Ok(Common {
        sites: sites
            .map(|(id, settings)| (id, Arc::new(settings)))
            .collect(),
        fallback: Arc::new(fallback),
        user_agent,
        token,
        known_robots: options.known_robots,
        asked_before: options.follows_a_run.then(Instant::now),
        timeline: Timeline::start(Arc::clone(&options.clock)),
        clock: options.clock,
        io,
        places: Arc::new(Semaphore::new(places.min(Semaphore::MAX_PERMITS))),
        reports,
        letters,
        idle,
    })
}

#[cfg(test)]
mod tests;
