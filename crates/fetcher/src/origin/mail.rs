//! What origins are told: tasks from the caller, errands from each other.

use std::sync::Arc;
use std::time::Duration;

use thresh_types::{CanonicalUrl, Exchange, FetchTask, Origin, SiteId};
use tokio::sync::oneshot;
use tokio::time::Instant;

use crate::failure::Failure;
use crate::settings::Settings;

/// A message to the actor of an origin.
pub(crate) enum Mail {
    Visit(Visit),
    Errand(Errand),
}

/// A message on its way, from one origin to another.
pub(crate) struct Letter {
    pub(crate) to: Origin,
    pub(crate) mail: Mail,
}

/// A task and what has happened to it so far.
pub(crate) struct Visit {
    pub(crate) task: FetchTask,
    pub(crate) asked: Instant,
    pub(crate) waited: Duration,
    /// What robots.txt said of the address when it was asked for.
    pub(crate) permit: Option<String>,
}

impl Visit {
    pub(crate) fn new(task: FetchTask) -> Self {
        Self {
            task,
            asked: Instant::now(),
            waited: Duration::ZERO,
            permit: None,
        }
    }
}

/// What one request for a robots.txt brought home.
pub(crate) type Hop = Result<Exchange, Failure>;

/// One request that an origin makes for another, whose robots.txt redirects here. The asking
/// origin holds no connection while it waits, so that two that redirect to each other both get on.
pub(crate) struct Errand {
    pub(crate) url: CanonicalUrl,
    /// The site that asks, by whose settings the request is made.
    pub(crate) site: SiteId,
    pub(crate) settings: Arc<Settings>,
    /// Where the answer goes. Dropped unanswered, it says that there will be none.
    pub(crate) reply: oneshot::Sender<Hop>,
}

impl Errand {
    /// Hands back what came of it.
    pub(crate) fn bring(self, hop: Hop) {
        // An error says that the asking origin is gone.
        let _ = self.reply.send(hop);
    }
}
