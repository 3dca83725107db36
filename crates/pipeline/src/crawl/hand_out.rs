//! Which addresses the fetcher is given, and when.

use thresh_corpus::{QueuedUrl, Session};
use thresh_fetcher::Fetcher;
use thresh_types::{FetchTask, TaskKind};

use super::run::Run;
use crate::PipelineError;

/// Tasks in hand for one origin, at most: enough that its queue never runs dry between two looks.
const PER_ORIGIN: usize = 6;

/// How often in a row addresses are held and others taken instead, before arrivals are looked at.
const HELD_IN_A_ROW: usize = 64;

impl Run<'_> {
    pub(super) fn hand_out(
        &mut self,
        session: &mut Session,
        fetcher: &Fetcher,
    ) -> Result<(), PipelineError> {
        self.hand(session, fetcher, PER_ORIGIN, self.room())?;
        if self.room() > 0 {
            return Ok(());
        }
        // Slow origins that hold all the room must stop nobody: who has nothing in hand gets one.
        self.hand(session, fetcher, 1, usize::MAX)
    }

    /// Hands out at most `room` tasks, and of an origin so many that `per_origin` are in hand.
    fn hand(
        &mut self,
        session: &mut Session,
        fetcher: &Fetcher,
        per_origin: usize,
        room: usize,
    ) -> Result<(), PipelineError> {
        let mut handed = 0;
        for _ in 0..HELD_IN_A_ROW {
            let room = room.saturating_sub(handed).min(self.pages_left());
            if room == 0 {
                return Ok(());
            }
            let now = self.clock.now();
            let taken = session.change(|frontier| frontier.take_ready(now, per_origin, room))?;
            let before = taken.len();
            let asked = self.submit_worthwhile(fetcher, taken);
            if asked == before {
                return Ok(());
            }
            // What is held makes room for others.
            handed += asked;
            self.apply(session)?;
        }
        Ok(())
    }

    /// Hands over what is worth asking; returns how many.
    fn submit_worthwhile(&mut self, fetcher: &Fetcher, taken: Vec<QueuedUrl>) -> usize {
        let mut asked = 0;
        for queued in taken {
            if !self.sites.contains_key(&queued.site) || !self.is_worth_asking(&queued) {
                continue;
            }
            self.note_asked(&queued);
            fetcher.submit(task_of(&queued));
            self.in_hand.insert(queued.id, queued);
            asked += 1;
        }
        asked
    }

    fn note_asked(&mut self, queued: &QueuedUrl) {
        let page = u64::from(queued.kind == TaskKind::Page);
        let seed = self
            .sites
            .get(&queued.site)
            .is_some_and(|site| site.seeds.contains(&queued.url));
        self.pages_asked += page;
        let tally = self.tally(&queued.site);
        tally.asked += page;
        tally.seeds_asked += u64::from(seed);
    }

    /// How many tasks of all origins may be handed out now.
    fn room(&self) -> usize {
        let hold = self.config.crawl.max_connections * 4;
        hold.saturating_sub(self.in_hand.len())
    }

    /// How many pages this run may still ask for.
    pub(super) fn pages_left(&self) -> usize {
        let left = self
            .options
            .max_pages
            .map(|limit| limit.saturating_sub(self.pages_asked));
        left.map_or(usize::MAX, |left| {
            usize::try_from(left).unwrap_or(usize::MAX)
        })
    }
}

fn task_of(queued: &QueuedUrl) -> FetchTask {
    FetchTask {
        id: queued.id,
        site: queued.site.clone(),
        url: queued.url.clone(),
        kind: queued.kind,
        validators: queued.validators.clone(),
    }
}
