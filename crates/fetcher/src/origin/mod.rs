//! The actor of one origin: robots.txt first, then its tasks at its pace.
//!
//! One asynchronous task owns all that is known of the origin, so that nothing needs a lock, and
//! every request to the origin is its own: pages, the steps of asking for robots.txt, and the errands
//! of other origins whose robots.txt redirects here. Requests under way are tasks of their own.
//! Origins share only the count of connections in all, and a place there is taken when a request
//! may start, not before: a slow origin stops nobody.

mod flight;
mod inquiry;
mod mail;
mod verdict;

use std::collections::{BTreeMap, HashMap, VecDeque};
use std::sync::Arc;
use std::sync::mpsc::Sender;
use std::time::Duration;

use http::HeaderValue;
use thresh_types::{Exchange, FetchOutcome, FetchReport, Origin, RefusalReason, SiteId};
use tokio::runtime::Handle;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};
use tokio::task::{Id, JoinSet};
use tokio::time::{Instant, sleep, sleep_until};

use crate::Clock;
use crate::client::Connection;
use crate::cookies::Jar;
use crate::failure::Failure;
use crate::outcome::Sign;
use crate::pace::Pace;
use crate::robots::{RobotsFile, Standing};
use crate::settings::Settings;
use crate::timeline::Timeline;

use flight::{Cargo, Landed};
use inquiry::Inquiry;
pub(crate) use mail::{Errand, Letter, Mail, Visit};

/// Tasks are handed back rather than kept while a server wants a longer pause than this.
const HOLD: Duration = Duration::from_secs(30);

/// What all origins share.
pub(crate) struct Common {
    pub(crate) sites: BTreeMap<SiteId, Arc<Settings>>,
    pub(crate) fallback: Arc<Settings>,
    pub(crate) user_agent: HeaderValue,
    /// The product token, by which robots.txt names the crawler.
    pub(crate) token: String,
    /// What earlier runs read.
    pub(crate) known_robots: BTreeMap<Origin, RobotsFile>,
    /// Until when an earlier run may have asked any origin.
    pub(crate) asked_before: Option<Instant>,
    pub(crate) clock: Clock,
    pub(crate) timeline: Timeline,
    /// Where bytes are sent and taken in.
    pub(crate) io: Handle,
    pub(crate) places: Arc<Semaphore>,
    pub(crate) reports: Sender<FetchReport>,
    /// Where errands for other origins go.
    pub(crate) letters: UnboundedSender<Letter>,
    /// After how long without a task an actor ends.
    pub(crate) idle: Duration,
}

impl Common {
    fn settings(&self, site: &SiteId) -> Arc<Settings> {
        Arc::clone(self.sites.get(site).unwrap_or(&self.fallback))
    }
}

/// What stays known of an origin when its actor ends.
#[derive(Default)]
pub(crate) struct Memory {
    pace: Pace,
    standing: Standing,
    jars: BTreeMap<SiteId, Jar>,
    /// Exchanges of robots.txt that no report has told yet, each with the site that asked.
    pub(crate) untold: Vec<(SiteId, Exchange)>,
}

impl Memory {
    /// Returns what is known of an origin that was not asked before in this run.
    pub(crate) fn of_new(origin: &Origin, common: &Common) -> Self {
        let known = common.known_robots.get(origin).cloned();
        Self {
            pace: Pace::since(common.asked_before),
            standing: known.map_or_else(Standing::default, Standing::known),
            ..Self::default()
        }
    }
}

/// How an actor ended.
pub(crate) struct Ended {
    pub(crate) origin: Origin,
    pub(crate) memory: Memory,
    /// What was not begun.
    pub(crate) rest: Vec<Mail>,
}

/// What an origin's next request is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Step {
    Errand,
    Robots,
    Page,
}

pub(crate) struct Actor {
    common: Arc<Common>,
    origin: Origin,
    memory: Memory,
    queue: VecDeque<Visit>,
    errands: VecDeque<Errand>,
    inquiry: Option<Inquiry>,
    /// Sites whose address guard keeps them from this origin, with the reason.
    barred: BTreeMap<SiteId, String>,
    flights: JoinSet<Landed>,
    /// What the requests under way are for, to be accounted for even if one is lost.
    aloft: HashMap<Id, Cargo>,
    connections: BTreeMap<SiteId, Arc<Connection>>,
}

impl Actor {
    pub(crate) fn new(common: Arc<Common>, origin: Origin, memory: Memory) -> Self {
        Self {
            common,
            origin,
            memory,
            queue: VecDeque::new(),
            errands: VecDeque::new(),
            inquiry: None,
            barred: BTreeMap::new(),
            flights: JoinSet::new(),
            aloft: HashMap::new(),
            connections: BTreeMap::new(),
        }
    }

    /// Works until there has been nothing to do for a while, or `stop` says so; then requests under
    /// way are finished and the rest is handed back.
    pub(crate) async fn run(
        mut self,
        mut inbox: UnboundedReceiver<Mail>,
        mut stop: watch::Receiver<bool>,
    ) -> Ended {
        let mut open = true;
        while !*stop.borrow() {
            self.settle();
            let ready = self.next_step().map(|(_, ready)| ready);
            let idle = self.is_idle();
            let away = self.inquiry.as_ref().is_some_and(Inquiry::is_away);
            tokio::select! {
                biased;
                changed = stop.changed() => if changed.is_err() {
                    // The fetcher was dropped rather than stopped.
                    break;
                },
                Some(landed) = self.flights.join_next_with_id() => self.land(landed),
                hop = inquiry::returned(&mut self.inquiry), if away => self.hopped(hop),
                mail = inbox.recv(), if open => match mail {
                    Some(mail) => self.receive(mail),
                    None => open = false,
                },
                permit = place_at(&self.common.places, ready), if ready.is_some() => {
                    self.launch(permit);
                }
                () = sleep(self.common.idle), if idle => break,
            }
            if !open && self.is_idle() {
                break;
            }
        }
        self.end(inbox).await
    }

    fn is_idle(&self) -> bool {
        self.queue.is_empty()
            && self.errands.is_empty()
            && self.flights.is_empty()
            && self.inquiry.is_none()
    }

    fn receive(&mut self, mail: Mail) {
        match mail {
            Mail::Visit(visit) => self.queue.push_back(visit),
            Mail::Errand(errand) => self.errands.push_back(errand),
        }
    }

    /// Finishes the requests under way and hands back the rest. Errands that were not begun are
    /// dropped where the fetcher stops, which tells those who wait for them, before anything is
    /// waited for here: else two origins could wait for each other.
    async fn end(mut self, mut inbox: UnboundedReceiver<Mail>) -> Ended {
        inbox.close();
        let mut rest: Vec<Mail> = self.queue.drain(..).map(Mail::Visit).collect();
        rest.extend(self.errands.drain(..).map(Mail::Errand));
        while let Ok(mail) = inbox.try_recv() {
            rest.push(mail);
        }
        // What this origin waited for elsewhere is not waited for any more.
        self.inquiry = self.inquiry.take().filter(|inquiry| !inquiry.is_away());
        while let Some(landed) = self.flights.join_next_with_id().await {
            self.land(landed);
        }
        Ended {
            origin: self.origin,
            memory: self.memory,
            rest,
        }
    }

    /// Answers what waits in front and needs no request.
    fn settle(&mut self) {
        if self.memory.pace.banned_for(Instant::now()) > HOLD {
            for errand in std::mem::take(&mut self.errands) {
                let detail = "the server there asked to be left alone";
                errand.bring(Err(Failure::passing(RefusalReason::Overloaded, detail)));
            }
        }
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
        let length = visit.task.url.as_str().len();
        if length > settings.max_url_length {
            let detail = format!("{length} bytes, {} are allowed", settings.max_url_length);
            return Some(refusal(RefusalReason::UrlTooLong, detail));
        }
        if settings.respect_robots
            && let Some(outcome) = self.by_robots(visit, self.common.timeline.now())
        {
            return Some(outcome);
        }
        let banned = self.memory.pace.banned_for(Instant::now());
        (banned > HOLD).then(|| FetchOutcome::Deferred {
            reason: RefusalReason::Overloaded,
            detail: "the server asked to be left alone".to_owned(),
            wait: banned,
            exchange: None,
        })
    }

    /// Returns what the next request is for and when it may start, if there is one to be made.
    fn next_step(&self) -> Option<(Step, Instant)> {
        let (step, settings) = self.next_purpose()?;
        let free = self.aloft.len() < settings.connections_per_host;
        let paced = || self.memory.pace.next_start(self.gap(&settings));
        free.then(|| (step, paced().unwrap_or_else(Instant::now)))
    }

    /// Errands first, since whole origins wait for them; then robots.txt; then pages.
    fn next_purpose(&self) -> Option<(Step, Arc<Settings>)> {
        if let Some(errand) = self.errands.front() {
            return Some((Step::Errand, Arc::clone(&errand.settings)));
        }
        if let Some(inquiry) = &self.inquiry {
            let settings = Arc::clone(&inquiry.settings);
            return inquiry.is_due().then_some((Step::Robots, settings));
        }
        let settings = self.common.settings(&self.queue.front()?.task.site);
        let now = self.common.timeline.now();
        let must_ask = settings.respect_robots && self.must_ask(now);
        let step = if must_ask { Step::Robots } else { Step::Page };
        Some((step, settings))
    }

    /// Returns the gap that the settings and robots.txt ask for. A delay that was once asked for
    /// holds while robots.txt is asked for anew.
    fn gap(&self, settings: &Settings) -> Duration {
        let asked = match self.memory.standing.copy() {
            Some(file) if settings.respect_robots => file.rules.crawl_delay(&self.common.token),
            _ => None,
        };
        let asked = asked.unwrap_or_default().min(settings.max_crawl_delay.0);
        settings.delay.0.max(asked)
    }

    /// Takes a sign into the pace and returns how long to leave what failed.
    fn note(&mut self, sign: Sign, gap: Duration) -> Duration {
        let now = Instant::now();
        let pace = &mut self.memory.pace;
        match sign {
            Sign::Fine => {
                pace.went_well();
                Duration::ZERO
            }
            Sign::Paused(asked) => {
                pace.went_well();
                pace.paused(now, asked)
            }
            Sign::Failed => pace.failed(gap),
            Sign::Strained => pace.strained(gap),
            Sign::AskedOff(asked) => pace.asked_off(now, gap, asked),
        }
    }

    /// Reports on a task, together with the exchanges of robots.txt that its site caused.
    fn report(&mut self, visit: Visit, outcome: FetchOutcome) {
        let site = &visit.task.site;
        let (told, untold) = std::mem::take(&mut self.memory.untold)
            .into_iter()
            .partition(|(asker, _)| asker == site);
        self.memory.untold = untold;
        let told: Vec<(SiteId, Exchange)> = told;
        let report = FetchReport {
            robots: told.into_iter().map(|(_, exchange)| exchange).collect(),
            task: visit.task,
            waited: visit.waited,
            permit: visit.permit,
            outcome,
        };
        // An error says that nobody listens any more.
        let _ = self.common.reports.send(report);
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
