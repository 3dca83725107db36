//! The actor of one origin: robots.txt first, then its tasks at its pace.
//!
//! One asynchronous task owns all that is known of the origin, so that nothing needs a lock.
//! Requests under way are tasks of their own. Origins share only the count of connections in all,
//! and a place there is taken when a request may start, not before: a slow origin stops nobody.

use std::collections::{BTreeMap, HashMap, VecDeque};
use std::sync::Arc;
use std::sync::mpsc::Sender;
use std::time::Duration;

use http::HeaderValue;
use thresh_types::{Exchange, FetchOutcome, FetchReport, FetchTask, Origin, RefusalReason, SiteId};
use tokio::sync::mpsc::UnboundedReceiver;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};
use tokio::task::{Id, JoinError, JoinSet};
use tokio::time::{Instant, sleep, sleep_until};

use crate::Clock;
use crate::access::{self, Access, Asked, Closed};
use crate::client::Connection;
use crate::exchange::{self, Bounds};
use crate::failure::Failure;
use crate::outcome::{self, Sign};
use crate::pace::Pace;
use crate::settings::Settings;

/// Tasks are handed back rather than kept while a server wants a longer pause than this.
const HOLD: Duration = Duration::from_secs(30);

/// What all origins share.
pub(crate) struct Common {
    pub(crate) sites: BTreeMap<SiteId, Arc<Settings>>,
    pub(crate) fallback: Arc<Settings>,
    pub(crate) user_agent: HeaderValue,
    /// The product token, by which robots.txt names the crawler.
    pub(crate) token: String,
    pub(crate) clock: Clock,
    pub(crate) places: Arc<Semaphore>,
    pub(crate) reports: Sender<FetchReport>,
    /// After how long without a task an actor ends.
    pub(crate) idle: Duration,
}

impl Common {
    fn settings(&self, site: &SiteId) -> Arc<Settings> {
        Arc::clone(self.sites.get(site).unwrap_or(&self.fallback))
    }
}

/// A task and what has happened to it so far.
pub(crate) struct Visit {
    pub(crate) task: FetchTask,
    pub(crate) asked: Instant,
    robots: Vec<Exchange>,
    waited: Duration,
}

impl Visit {
    pub(crate) fn new(task: FetchTask) -> Self {
        Self {
            task,
            asked: Instant::now(),
            robots: Vec::new(),
            waited: Duration::ZERO,
        }
    }
}

/// What stays known of an origin when its actor ends.
#[derive(Default)]
pub(crate) struct Memory {
    pace: Pace,
    access: Access,
}

/// How an actor ended.
pub(crate) struct Ended {
    pub(crate) origin: Origin,
    pub(crate) memory: Memory,
    /// Tasks that were not begun.
    pub(crate) rest: Vec<Visit>,
}

/// What a request brought home.
enum Landed {
    Robots(Asked, Arc<Settings>),
    Page {
        visit: Visit,
        settings: Arc<Settings>,
        result: Box<Result<Exchange, Failure>>,
        conditional: bool,
    },
}

pub(crate) struct Actor {
    common: Arc<Common>,
    origin: Origin,
    memory: Memory,
    queue: VecDeque<Visit>,
    flights: JoinSet<Landed>,
    /// The tasks of the page requests under way, to be reported even if one is lost.
    aloft: HashMap<Id, FetchTask>,
    asking_robots: bool,
    connections: BTreeMap<SiteId, Arc<Connection>>,
}

impl Actor {
    pub(crate) fn new(common: Arc<Common>, origin: Origin, memory: Memory) -> Self {
        Self {
            common,
            origin,
            memory,
            queue: VecDeque::new(),
            flights: JoinSet::new(),
            aloft: HashMap::new(),
            asking_robots: false,
            connections: BTreeMap::new(),
        }
    }

    /// Works until there has been nothing to do for a while, or `stop` says so; then requests under
    /// way are finished and the rest is handed back.
    pub(crate) async fn run(
        mut self,
        mut inbox: UnboundedReceiver<Visit>,
        mut stop: watch::Receiver<bool>,
    ) -> Ended {
        let mut open = true;
        while !*stop.borrow() {
            self.settle();
            let ready = self.ready();
            let idle = self.queue.is_empty() && self.flights.is_empty();
            tokio::select! {
                biased;
                changed = stop.changed() => if changed.is_err() {
                    // The fetcher was dropped rather than stopped.
                    break;
                },
                Some(landed) = self.flights.join_next_with_id() => self.land(landed),
                visit = inbox.recv(), if open => match visit {
                    Some(visit) => self.queue.push_back(visit),
                    None => open = false,
                },
                permit = place_at(&self.common.places, ready), if ready.is_some() => {
                    self.launch(permit);
                }
                () = sleep(self.common.idle), if idle => break,
            }
            if !open && self.queue.is_empty() && self.flights.is_empty() {
                break;
            }
        }
        inbox.close();
        while let Some(landed) = self.flights.join_next_with_id().await {
            self.land(landed);
        }
        let mut rest: Vec<Visit> = self.queue.into_iter().collect();
        while let Ok(visit) = inbox.try_recv() {
            rest.push(visit);
        }
        Ended {
            origin: self.origin,
            memory: self.memory,
            rest,
        }
    }

    /// Answers the tasks in front that need no request.
    fn settle(&mut self) {
        while let Some(front) = self.queue.front() {
            let settings = self.common.settings(&front.task.site);
            let Some(outcome) = self.without_request(front, &settings) else {
                return;
            };
            if let Some(visit) = self.queue.pop_front() {
                self.report(visit, outcome);
            }
        }
    }

    /// Returns the outcome of a task for which nothing need be asked.
    fn without_request(&self, visit: &Visit, settings: &Settings) -> Option<FetchOutcome> {
        let now = Instant::now();
        let length = visit.task.url.as_str().len();
        if length > settings.max_url_length {
            let detail = format!("{length} bytes, {} are allowed", settings.max_url_length);
            return Some(refusal(RefusalReason::UrlTooLong, detail));
        }
        if settings.respect_robots
            && let Some(outcome) = self.by_robots(visit, now)
        {
            return Some(outcome);
        }
        let banned = self.memory.pace.banned_for(now);
        (banned > HOLD).then(|| FetchOutcome::Deferred {
            reason: RefusalReason::Overloaded,
            detail: "the server asked to be left alone".to_owned(),
            wait: banned,
            exchange: None,
        })
    }

    fn by_robots(&self, visit: &Visit, now: Instant) -> Option<FetchOutcome> {
        match self.memory.access.at(now)? {
            Ok(rules) => {
                let decision = rules.decide(&self.common.token, &visit.task.url);
                let (line, text) = decision.line.unwrap_or_default();
                (!decision.allowed)
                    .then(|| refusal(RefusalReason::Robots, format!("line {line}: {text}")))
            }
            Err((closed, until)) => Some(while_closed(closed, until - now)),
        }
    }

    /// Returns when the task in front may be asked for, if it may.
    fn ready(&self) -> Option<Instant> {
        let settings = self.common.settings(&self.queue.front()?.task.site);
        let free = self.flights.len() < settings.connections_per_host && !self.asking_robots;
        let now = Instant::now();
        free.then(|| {
            self.memory
                .pace
                .next_start(self.gap(&settings))
                .unwrap_or(now)
        })
    }

    /// Returns the gap that the settings and robots.txt ask for.
    fn gap(&self, settings: &Settings) -> Duration {
        let asked = match &self.memory.access {
            Access::Ruled(robots, _) if settings.respect_robots => {
                robots.crawl_delay(&self.common.token)
            }
            _ => None,
        };
        let asked = asked.unwrap_or_default().min(settings.max_crawl_delay.0);
        settings.delay.0.max(asked)
    }

    /// Starts the request that the task in front needs next.
    fn launch(&mut self, permit: Option<OwnedSemaphorePermit>) {
        let now = Instant::now();
        let Some(mut visit) = self.queue.pop_front() else {
            return;
        };
        let settings = self.common.settings(&visit.task.site);
        let connection = match self.connection(&visit.task, &settings) {
            Ok(connection) => connection,
            Err(failure) => return self.report(visit, outcome::of_failure(failure, HOLD)),
        };
        visit.waited += self.memory.pace.waited(visit.asked, now);
        self.memory.pace.touched(now);
        let common = Arc::clone(&self.common);
        if settings.respect_robots && self.memory.access.at(now).is_none() {
            self.asking_robots = true;
            // What robots.txt takes is no waiting of politeness.
            self.queue.push_front(visit);
            let origin = self.origin.clone();
            self.flights.spawn(async move {
                let asked = access::ask(&common, &settings, &connection, &origin).await;
                drop(permit);
                Landed::Robots(asked, settings)
            });
        } else {
            let task = visit.task.clone();
            let flight = self.flights.spawn(async move {
                let landed = fetch(&common, &connection, visit, settings).await;
                drop(permit);
                landed
            });
            self.aloft.insert(flight.id(), task);
        }
    }

    fn connection(
        &mut self,
        task: &FetchTask,
        settings: &Settings,
    ) -> Result<Arc<Connection>, Failure> {
        if let Some(connection) = self.connections.get(&task.site) {
            return Ok(Arc::clone(connection));
        }
        let connection = Arc::new(Connection::new(&task.url, settings)?);
        let kept = Arc::clone(&connection);
        self.connections.insert(task.site.clone(), kept);
        Ok(connection)
    }

    fn land(&mut self, landed: Result<(Id, Landed), JoinError>) {
        let now = Instant::now();
        self.memory.pace.touched(now);
        match landed {
            Ok((_, Landed::Robots(asked, settings))) => self.land_robots(asked, &settings, now),
            Ok((
                id,
                Landed::Page {
                    visit,
                    settings,
                    result,
                    conditional,
                },
            )) => {
                self.aloft.remove(&id);
                self.land_page(visit, &settings, *result, conditional);
            }
            Err(error) => self.lost(&error, now),
        }
    }

    /// A library below gave up on an answer in a way that it should not have. The crawl goes on.
    fn lost(&mut self, error: &JoinError, now: Instant) {
        let detail = format!("reading the answer failed: {error}");
        match self.aloft.remove(&error.id()) {
            Some(task) => {
                self.report(Visit::new(task), refusal(RefusalReason::Protocol, detail));
            }
            None => {
                self.asking_robots = false;
                let wait = self.memory.pace.failed(HOLD);
                let closed = Closed::unreachable(detail);
                self.memory.access = Access::Closed(closed, now + wait);
            }
        }
    }

    fn land_robots(&mut self, asked: Asked, settings: &Settings, now: Instant) {
        self.asking_robots = false;
        self.memory.access = match asked.rules {
            Ok(rules) => {
                self.memory.pace.went_well();
                Access::ruled(rules, now)
            }
            Err(closed) => {
                let gap = settings.delay.0;
                let sign = Sign::AskedOff(closed.retry_after);
                let wait = self.note(sign, gap, now);
                Access::Closed(closed, now + wait)
            }
        };
        // The task that caused the exchanges still stands in front.
        if let Some(front) = self.queue.front_mut() {
            front.robots.extend(asked.exchanges);
            front.asked = now;
        }
    }

    fn land_page(
        &mut self,
        visit: Visit,
        settings: &Settings,
        result: Result<Exchange, Failure>,
        conditional: bool,
    ) {
        let gap = self.gap(settings);
        let sign = match &result {
            Ok(exchange) => outcome::sign_of(exchange),
            Err(failure) => outcome::sign_of_failure(failure),
        };
        let wait = self.note(sign, gap, Instant::now());
        let outcome = match result {
            Ok(exchange) => outcome::of_answer(exchange, conditional, wait),
            Err(failure) => outcome::of_failure(failure, wait),
        };
        self.report(visit, outcome);
    }

    /// Takes a sign into the pace and returns how long to leave what failed.
    fn note(&mut self, sign: Sign, gap: Duration, now: Instant) -> Duration {
        let pace = &mut self.memory.pace;
        match sign {
            Sign::Fine => {
                pace.went_well();
                Duration::ZERO
            }
            Sign::Failed => pace.failed(gap),
            Sign::Strained => pace.strained(gap),
            Sign::AskedOff(asked) => pace.asked_off(now, gap, asked),
        }
    }

    fn report(&self, visit: Visit, outcome: FetchOutcome) {
        let report = FetchReport {
            task: visit.task,
            robots: visit.robots,
            waited: visit.waited,
            outcome,
        };
        // An error says that nobody listens any more.
        let _ = self.common.reports.send(report);
    }
}

async fn fetch(
    common: &Common,
    connection: &Connection,
    visit: Visit,
    settings: Arc<Settings>,
) -> Landed {
    let headers = exchange::headers(connection, &common.user_agent, &visit.task.validators);
    let conditional = exchange::is_conditional(&headers);
    let bounds = Bounds {
        total: settings.total_timeout.0,
        max_body: settings.max_body.0,
    };
    let result = exchange::ask(connection, &visit.task.url, headers, bounds, &common.clock).await;
    Landed::Page {
        visit,
        settings,
        result: Box::new(result),
        conditional,
    }
}

/// Waits until `ready` and then for a place among all connections; none when the fetcher is gone.
async fn place_at(places: &Arc<Semaphore>, ready: Option<Instant>) -> Option<OwnedSemaphorePermit> {
    // The timer counts in milliseconds and rounds up: what is due must not go through it.
    if let Some(ready) = ready
        && ready > Instant::now()
    {
        sleep_until(ready).await;
    }
    Arc::clone(places).acquire_owned().await.ok()
}

const fn refusal(reason: RefusalReason, detail: String) -> FetchOutcome {
    FetchOutcome::Refused {
        reason,
        detail,
        exchange: None,
    }
}

fn while_closed(closed: &Closed, wait: Duration) -> FetchOutcome {
    let (reason, detail) = (closed.reason, closed.detail.clone());
    if reason == RefusalReason::Address {
        return refusal(reason, detail);
    }
    FetchOutcome::Deferred {
        reason,
        detail,
        wait,
        exchange: None,
    }
}
