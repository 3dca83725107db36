//! The task that hands work to the actors of origins, and carries mail between them.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use thresh_types::{Exchange, FetchTask, Origin, SiteId};
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::sync::watch;
use tokio::task::{Id, JoinError, JoinSet};

use crate::origin::{Actor, Common, Ended, Letter, Mail, Memory, Visit};

/// What is left in the end.
#[derive(Default)]
pub(crate) struct Rest {
    /// Tasks that were not begun.
    pub(crate) unasked: Vec<FetchTask>,
    /// Exchanges of robots.txt that no report has told.
    pub(crate) robots: Vec<(SiteId, Exchange)>,
}

impl Rest {
    /// Takes what was not begun. Errands end here: who waits for one learns so.
    fn take(&mut self, mail: impl IntoIterator<Item = Mail>) {
        for mail in mail {
            if let Mail::Visit(visit) = mail {
                self.unasked.push(visit.task);
            }
        }
    }
}

/// Hands mail to the actors of their origins.
pub(crate) struct Dispatcher {
    common: Arc<Common>,
    stopped: watch::Receiver<bool>,
    inboxes: BTreeMap<Origin, UnboundedSender<Mail>>,
    actors: JoinSet<Ended>,
    /// Whose actor each task is.
    names: HashMap<Id, Origin>,
    /// What is known of origins whose actor has ended.
    memories: BTreeMap<Origin, Memory>,
    /// Mail for actors that are just ending.
    late: BTreeMap<Origin, Vec<Mail>>,
}

impl Dispatcher {
    pub(crate) fn new(common: Arc<Common>, stopped: watch::Receiver<bool>) -> Self {
        Self {
            common,
            stopped,
            inboxes: BTreeMap::new(),
            actors: JoinSet::new(),
            names: HashMap::new(),
            memories: BTreeMap::new(),
            late: BTreeMap::new(),
        }
    }

    /// Works until there are no more tasks to come, and returns what is left then.
    pub(crate) async fn run(
        mut self,
        mut tasks: UnboundedReceiver<Visit>,
        mut letters: UnboundedReceiver<Letter>,
    ) -> Rest {
        loop {
            tokio::select! {
                visit = tasks.recv() => match visit {
                    Some(visit) => self.hand(visit.task.url.origin(), Mail::Visit(visit)),
                    None => break,
                },
                Some(letter) = letters.recv() => self.hand(letter.to, letter.mail),
                Some(ended) = self.actors.join_next_with_id() => self.buried(ended),
            }
        }
        // Letters under way are lost with it, and whoever waits for an answer learns so.
        drop(letters);
        self.finish().await
    }

    async fn finish(mut self) -> Rest {
        self.inboxes.clear();
        let mut rest = Rest::default();
        rest.take(std::mem::take(&mut self.late).into_values().flatten());
        while let Some(ended) = self.actors.join_next_with_id().await {
            let (_, mail) = self.remembered(ended);
            rest.take(mail);
        }
        let memories = self.memories.into_values();
        rest.robots = memories.flat_map(|memory| memory.untold).collect();
        rest
    }

    fn hand(&mut self, origin: Origin, mail: Mail) {
        let Some(inbox) = self.inboxes.get(&origin) else {
            return self.begin(origin, vec![mail]);
        };
        if let Err(refused) = inbox.send(mail) {
            self.late.entry(origin).or_default().push(refused.0);
        }
    }

    fn begin(&mut self, origin: Origin, mail: Vec<Mail>) {
        let known = self.memories.remove(&origin);
        let memory = known.unwrap_or_else(|| Memory::of_new(&origin, &self.common));
        let (sender, inbox) = unbounded_channel();
        for mail in mail {
            // The other end is held right here.
            let _ = sender.send(mail);
        }
        self.inboxes.insert(origin.clone(), sender);
        let actor = Actor::new(Arc::clone(&self.common), origin.clone(), memory);
        let task = self.actors.spawn(actor.run(inbox, self.stopped.clone()));
        self.names.insert(task.id(), origin);
    }

    /// Mail that came while an actor ended wakes its successor.
    fn buried(&mut self, ended: Result<(Id, Ended), JoinError>) {
        let (origin, mut mail) = self.remembered(ended);
        let Some(origin) = origin else { return };
        self.inboxes.remove(&origin);
        mail.extend(self.late.remove(&origin).unwrap_or_default());
        if !mail.is_empty() {
            self.begin(origin, mail);
        }
    }

    /// Keeps what an actor knew, and returns whose it was and what it did not begin.
    fn remembered(&mut self, ended: Result<(Id, Ended), JoinError>) -> (Option<Origin>, Vec<Mail>) {
        match ended {
            Ok((id, ended)) => {
                let origin = self.names.remove(&id);
                self.memories.insert(ended.origin, ended.memory);
                (origin, ended.rest)
            }
            Err(error) => {
                tracing::error!(%error, "the actor of an origin was lost");
                (self.names.remove(&error.id()), Vec::new())
            }
        }
    }
}
