//! Requests on their way: how they start, and what their landing changes.

use std::sync::Arc;

use thresh_types::{CanonicalUrl, Exchange, FetchTask, RefusalReason, SiteId};
use tokio::sync::OwnedSemaphorePermit;
use tokio::task::{Id, JoinError};
use tokio::time::Instant;

use super::mail::{Errand, Hop, Visit};
use super::{Actor, Common, HOLD, Step, refusal};
use crate::client::Connection;
use crate::exchange::{self, Bounds, Extras, Request};
use crate::failure::Failure;
use crate::outcome::{self, Sign};
use crate::robots::Answer;
use crate::settings::Settings;

/// What is read off the wire of a robots.txt; more than is parsed, since it may be comments.
const MAX_ROBOTS: u64 = 1 << 20;

/// What a request under way is for.
pub(super) enum Cargo {
    Errand,
    Robots,
    Page(FetchTask),
}

/// What a request brought home.
pub(super) enum Landed {
    Errand(Errand, Box<Hop>),
    Robots(Box<Hop>),
    Page {
        visit: Visit,
        settings: Arc<Settings>,
        result: Box<Result<Exchange, Failure>>,
        conditional: bool,
    },
}

impl Actor {
    /// Starts the request that is needed next.
    pub(super) fn launch(&mut self, permit: Option<OwnedSemaphorePermit>) {
        match self.next_step() {
            Some((Step::Errand, _)) => self.launch_errand(permit),
            Some((Step::Robots, _)) => self.launch_robots(permit),
            Some((Step::Page, _)) => self.launch_page(permit),
            None => {}
        }
    }

    fn launch_errand(&mut self, permit: Option<OwnedSemaphorePermit>) {
        let Some(errand) = self.errands.pop_front() else {
            return;
        };
        let connection = match self.connection(&errand.site, &errand.url, &errand.settings) {
            Ok(connection) => connection,
            Err(failure) => return errand.bring(Err(failure)),
        };
        self.memory.pace.touched(Instant::now());
        let common = Arc::clone(&self.common);
        let flight = self.flights.spawn(async move {
            let hop = ask_robots(&common, &errand.settings, connection, &errand.url).await;
            drop(permit);
            Landed::Errand(errand, Box::new(hop))
        });
        self.aloft.insert(flight.id(), Cargo::Errand);
    }

    fn launch_robots(&mut self, permit: Option<OwnedSemaphorePermit>) {
        if !self.inquire() {
            return;
        }
        let Some(inquiry) = &mut self.inquiry else {
            return;
        };
        inquiry.depart();
        let url = inquiry.asking.url().clone();
        let (site, settings) = (inquiry.site.clone(), Arc::clone(&inquiry.settings));
        let connection = match self.connection(&site, &url, &settings) {
            Ok(connection) => connection,
            Err(failure) => return self.cannot_ask(failure),
        };
        let now = Instant::now();
        if let Some(front) = self.queue.front_mut() {
            front.waited += self.memory.pace.waited(front.asked, now);
        }
        self.memory.pace.touched(now);
        let common = Arc::clone(&self.common);
        let flight = self.flights.spawn(async move {
            let hop = ask_robots(&common, &settings, connection, &url).await;
            drop(permit);
            Landed::Robots(Box::new(hop))
        });
        self.aloft.insert(flight.id(), Cargo::Robots);
    }

    /// No connection can be made under the settings of the task in front, now or later.
    fn cannot_ask(&mut self, failure: Failure) {
        self.inquiry = None;
        if let Some(visit) = self.queue.pop_front() {
            self.report(visit, outcome::of_failure(failure, HOLD));
        }
    }

    fn launch_page(&mut self, permit: Option<OwnedSemaphorePermit>) {
        let Some(mut visit) = self.queue.pop_front() else {
            return;
        };
        let (site, url) = (visit.task.site.clone(), visit.task.url.clone());
        let settings = self.common.settings(&site);
        let connection = match self.connection(&site, &url, &settings) {
            Ok(connection) => connection,
            Err(failure) => return self.report(visit, outcome::of_failure(failure, HOLD)),
        };
        visit.permit = self.permit(&visit, &settings);
        let now = Instant::now();
        visit.waited += self.memory.pace.waited(visit.asked, now);
        self.memory.pace.touched(now);
        let jar = self.memory.jars.get(&site).filter(|_| settings.cookies);
        let extras = Extras {
            validators: visit.task.validators.clone(),
            cookie: jar.and_then(|jar| jar.header(&url, self.common.timeline.now())),
        };
        let task = visit.task.clone();
        let common = Arc::clone(&self.common);
        let flight = self.flights.spawn(async move {
            let landed = fetch(&common, connection, visit, settings, &extras).await;
            drop(permit);
            landed
        });
        self.aloft.insert(flight.id(), Cargo::Page(task));
    }

    /// Returns how `site` connects to this origin, where `url` lies.
    fn connection(
        &mut self,
        site: &SiteId,
        url: &CanonicalUrl,
        settings: &Settings,
    ) -> Result<Arc<Connection>, Failure> {
        if let Some(connection) = self.connections.get(site) {
            return Ok(Arc::clone(connection));
        }
        let connection = Arc::new(Connection::new(url, settings)?);
        let kept = Arc::clone(&connection);
        self.connections.insert(site.clone(), kept);
        Ok(connection)
    }

    pub(super) fn land(&mut self, landed: Result<(Id, Landed), JoinError>) {
        self.memory.pace.touched(Instant::now());
        let (id, landed) = match landed {
            Ok(landed) => landed,
            Err(error) => return self.lost(&error),
        };
        self.aloft.remove(&id);
        match landed {
            Landed::Errand(errand, hop) => {
                let gap = self.gap(&errand.settings);
                self.note(sign_of(&hop), gap);
                errand.bring(*hop);
            }
            Landed::Robots(hop) => self.land_robots(*hop),
            Landed::Page {
                visit,
                settings,
                result,
                conditional,
            } => self.land_page(visit, &settings, *result, conditional),
        }
    }

    fn land_robots(&mut self, hop: Hop) {
        if let Some(inquiry) = &self.inquiry {
            let gap = self.gap(&inquiry.settings);
            self.note(sign_of(&hop), gap);
        }
        self.hopped(hop);
    }

    fn land_page(
        &mut self,
        visit: Visit,
        settings: &Settings,
        result: Result<Exchange, Failure>,
        conditional: bool,
    ) {
        if settings.cookies
            && let Ok(exchange) = &result
        {
            self.keep_cookies(&visit.task.site, exchange);
        }
        let gap = self.gap(settings);
        let wait = self.note(sign_of(&result), gap);
        let outcome = match result {
            Ok(exchange) => outcome::of_answer(exchange, conditional, wait),
            Err(failure) => outcome::of_failure(failure, wait),
        };
        self.report(visit, outcome);
    }

    fn keep_cookies(&mut self, site: &SiteId, exchange: &Exchange) {
        let values = exchange.response.header_all("set-cookie");
        if !values.is_empty() {
            let jar = self.memory.jars.entry(site.clone()).or_default();
            jar.take(&values, &exchange.url, self.common.timeline.now());
        }
    }

    /// A library below gave up on an answer in a way that it should not have. The crawl goes on.
    fn lost(&mut self, error: &JoinError) {
        let detail = format!("reading the answer failed: {error}");
        match self.aloft.remove(&error.id()) {
            Some(Cargo::Page(task)) => {
                self.report(Visit::new(task), refusal(RefusalReason::Protocol, detail));
            }
            Some(Cargo::Robots) => {
                if let Some(inquiry) = self.inquiry.take() {
                    let retry_after = None;
                    let answer = Answer::Unreachable {
                        detail,
                        retry_after,
                    };
                    self.learn(answer, &inquiry.settings);
                }
            }
            // Whoever sent the errand learns of it, since its reply is gone.
            Some(Cargo::Errand) | None => {}
        }
    }
}

fn sign_of(result: &Result<Exchange, Failure>) -> Sign {
    match result {
        Ok(exchange) => outcome::sign_of(exchange),
        Err(failure) => outcome::sign_of_failure(failure),
    }
}

async fn ask_robots(
    common: &Common,
    settings: &Settings,
    connection: Arc<Connection>,
    url: &CanonicalUrl,
) -> Hop {
    let headers = exchange::headers(&connection, &common.user_agent, &Extras::default());
    let bounds = Bounds {
        total: settings.total_timeout.0,
        max_body: MAX_ROBOTS,
    };
    let request = Request {
        connection,
        url: url.clone(),
        headers,
        bounds,
    };
    exchange::ask(&common.io, request, &common.clock).await
}

async fn fetch(
    common: &Common,
    connection: Arc<Connection>,
    visit: Visit,
    settings: Arc<Settings>,
    extras: &Extras,
) -> Landed {
    let headers = exchange::headers(&connection, &common.user_agent, extras);
    let conditional = exchange::is_conditional(&headers);
    let bounds = Bounds {
        total: settings.total_timeout.0,
        max_body: settings.max_body.0,
    };
    let request = Request {
        connection,
        url: visit.task.url.clone(),
        headers,
        bounds,
    };
    let result = exchange::ask(&common.io, request, &common.clock).await;
    Landed::Page {
        visit,
        settings,
        result: Box::new(result),
        conditional,
    }
}
