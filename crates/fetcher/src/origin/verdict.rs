//! What robots.txt says of the address of a task, and in which words that is told.

use thresh_types::{FetchOutcome, RefusalReason, Timestamp};

use super::{Actor, Visit, refusal};
use crate::robots::Permission;
use crate::settings::Settings;

impl Actor {
    /// Returns whether robots.txt must be asked for before any page.
    pub(super) fn must_ask(&self, now: Timestamp) -> bool {
        self.memory.standing.at(now) == Permission::Ask
    }

    /// Returns the outcome of a task that robots.txt, or the lack of it, stops.
    pub(super) fn by_robots(&self, visit: &Visit, now: Timestamp) -> Option<FetchOutcome> {
        if let Some(why) = self.barred.get(&visit.task.site) {
            return Some(refusal(RefusalReason::Address, why.clone()));
        }
        let (file, trouble) = match self.memory.standing.at(now) {
            Permission::Ask | Permission::Everything { .. } => return None,
            Permission::Rules(file) => (file, None),
            Permission::Stale { file, detail } => (file, Some(detail)),
            Permission::Nothing { detail, until } => {
                return Some(FetchOutcome::Deferred {
                    reason: RefusalReason::RobotsUnreachable,
                    detail: format!("robots.txt: {detail}"),
                    wait: until.duration_since(now).unsigned_abs(),
                    exchange: None,
                });
            }
        };
        let decision = file.rules.decide(&self.common.token, &visit.task.url);
        (!decision.allowed).then(|| {
            let line = decision.line.unwrap_or_default();
            refusal(RefusalReason::Robots, file.cite(&line, trouble))
        })
    }

    /// Returns what permits the task's address, in the words that a refusal would have.
    pub(super) fn permit(&self, visit: &Visit, settings: &Settings) -> Option<String> {
        if !settings.respect_robots {
            return Some("robots.txt is not respected here".to_owned());
        }
        let (file, trouble) = match self.memory.standing.at(self.common.timeline.now()) {
            Permission::Everything { detail } => return Some(format!("no robots.txt ({detail})")),
            Permission::Rules(file) => (file, None),
            Permission::Stale { file, detail } => (file, Some(detail)),
            // No page is asked for then.
            Permission::Ask | Permission::Nothing { .. } => return None,
        };
        let decision = file.rules.decide(&self.common.token, &visit.task.url);
        Some(file.permit(decision.line.as_ref(), trouble))
    }
}
