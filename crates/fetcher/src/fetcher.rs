//! The fetcher as its caller sees it, and the task that hands work to origins.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::mpsc::{self, Receiver};
use std::time::Duration;

use http::HeaderValue;
use thresh_types::{FetchReport, FetchTask, Origin, SiteId, Timestamp};
use tokio::runtime::Runtime;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::sync::{Semaphore, watch};
use tokio::task::{JoinHandle, JoinSet};

use crate::origin::{Actor, Common, Ended, Memory, Visit};
use crate::{FetchError, Settings, client, product_token};

/// Threads of the runtime: requests wait more than they work.
const THREADS: usize = 2;

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
}

/// Fetches tasks on threads of its own and reports on each exactly once.
///
/// Reports come in the order in which tasks end. A `Deferred` report without an exchange and with
/// the reason `Overloaded` was not asked at all: the server wants a long pause.
pub struct Fetcher {
    tasks: Option<UnboundedSender<Visit>>,
    stop: watch::Sender<bool>,
    reports: Receiver<FetchReport>,
    dispatcher: Option<JoinHandle<Vec<FetchTask>>>,
    runtime: Option<Runtime>,
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
        let common = Arc::new(common(options, sender, idle)?);
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(THREADS)
            .thread_name("fetcher")
            .enable_all()
            .build()
            .map_err(FetchError::Threads)?;
        let (tasks, inbox) = unbounded_channel();
        let (stop, stopped) = watch::channel(false);
        let dispatcher = runtime.spawn(Dispatcher::new(common, stopped).run(inbox));
        Ok(Self {
            tasks: Some(tasks),
            stop,
            reports,
            dispatcher: Some(dispatcher),
            runtime: Some(runtime),
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
    /// the reports that had not been received, and the tasks that were not begun.
    pub fn stop(mut self) -> Stopped {
        self.stop.send_replace(true);
        self.tasks = None;
        let (Some(runtime), Some(dispatcher)) = (&self.runtime, self.dispatcher.take()) else {
            return Stopped::default();
        };
        let unasked = runtime.block_on(dispatcher).unwrap_or_default();
        Stopped {
            reports: self.reports.try_iter().collect(),
            unasked,
        }
    }
}

impl Drop for Fetcher {
    fn drop(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            // A name that does not resolve must not hold up the program's end.
            runtime.shutdown_background();
        }
    }
}

fn common(
    options: Options,
    reports: mpsc::Sender<FetchReport>,
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
        clock: options.clock,
        places: Arc::new(Semaphore::new(places.min(Semaphore::MAX_PERMITS))),
        reports,
        idle,
    })
}

/// Hands tasks to the actors of their origins.
struct Dispatcher {
    common: Arc<Common>,
    stopped: watch::Receiver<bool>,
    inboxes: BTreeMap<Origin, UnboundedSender<Visit>>,
    actors: JoinSet<Ended>,
    /// What is known of origins whose actor has ended.
    memories: BTreeMap<Origin, Memory>,
    /// Tasks for actors that are just ending.
    late: BTreeMap<Origin, Vec<Visit>>,
}

impl Dispatcher {
    fn new(common: Arc<Common>, stopped: watch::Receiver<bool>) -> Self {
        Self {
            common,
            stopped,
            inboxes: BTreeMap::new(),
            actors: JoinSet::new(),
            memories: BTreeMap::new(),
            late: BTreeMap::new(),
        }
    }

    /// Works until there are no more tasks to come, and returns those that were not begun.
    async fn run(mut self, mut inbox: UnboundedReceiver<Visit>) -> Vec<FetchTask> {
        loop {
            tokio::select! {
                visit = inbox.recv() => match visit {
                    Some(visit) => self.hand(visit),
                    None => break,
                },
                Some(ended) = self.actors.join_next() => self.buried(ended),
            }
        }
        self.inboxes.clear();
        let mut rest: Vec<Visit> = self.late.into_values().flatten().collect();
        while let Some(ended) = self.actors.join_next().await {
            rest.extend(ended.into_iter().flat_map(|ended| ended.rest));
        }
        rest.into_iter().map(|visit| visit.task).collect()
    }

    fn hand(&mut self, visit: Visit) {
        let origin = visit.task.url.origin();
        let Some(inbox) = self.inboxes.get(&origin) else {
            return self.begin(origin, vec![visit]);
        };
        if let Err(refused) = inbox.send(visit) {
            self.late.entry(origin).or_default().push(refused.0);
        }
    }

    fn begin(&mut self, origin: Origin, visits: Vec<Visit>) {
        let memory = self.memories.remove(&origin).unwrap_or_default();
        let (sender, inbox) = unbounded_channel();
        for visit in visits {
            // The other end is held right here.
            let _ = sender.send(visit);
        }
        self.inboxes.insert(origin.clone(), sender);
        let actor = Actor::new(Arc::clone(&self.common), origin, memory);
        self.actors.spawn(actor.run(inbox, self.stopped.clone()));
    }

    /// Keeps what an actor knew; tasks that came while it ended wake its successor.
    fn buried(&mut self, ended: Result<Ended, tokio::task::JoinError>) {
        let ended = match ended {
            Ok(ended) => ended,
            Err(error) => return tracing::error!(%error, "the actor of an origin was lost"),
        };
        self.inboxes.remove(&ended.origin);
        self.memories.insert(ended.origin.clone(), ended.memory);
        let mut visits = ended.rest;
        visits.extend(self.late.remove(&ended.origin).unwrap_or_default());
        if !visits.is_empty() {
            self.begin(ended.origin, visits);
        }
    }
}

#[cfg(test)]
mod tests;
