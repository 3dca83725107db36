//! What a server answers: its routes.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};

use crate::{Reply, Seen};

type Handler = Box<dyn Fn(&Seen) -> Reply + Send + Sync>;

/// The routes of a server. What has no route is a 404.
#[derive(Default)]
pub struct Site {
    routes: BTreeMap<String, Handler>,
    fallback: Option<Handler>,
}

impl Site {
    /// Answers `path` (with its query) with `reply`, always.
    pub fn on(&mut self, path: &str, reply: Reply) {
        self.on_fn(path, move |_| reply.clone());
    }

    /// Answers the first request for `path` with the first of `replies` and so on; the last one
    /// stays.
    pub fn on_each(&mut self, path: &str, replies: impl IntoIterator<Item = Reply>) {
        let replies: Vec<Reply> = replies.into_iter().collect();
        let next = AtomicUsize::new(0);
        self.on_fn(path, move |_| {
            let turn = next.fetch_add(1, Ordering::SeqCst);
            let reply = replies.get(turn).or_else(|| replies.last());
            reply.cloned().unwrap_or_else(|| Reply::status(404))
        });
    }

    /// Answers `path` with what `handler` makes of the request.
    pub fn on_fn(&mut self, path: &str, handler: impl Fn(&Seen) -> Reply + Send + Sync + 'static) {
        self.routes.insert(path.to_owned(), Box::new(handler));
    }

    /// Answers every path without a route with what `handler` makes of the request.
    pub fn on_other(&mut self, handler: impl Fn(&Seen) -> Reply + Send + Sync + 'static) {
        self.fallback = Some(Box::new(handler));
    }

    pub(crate) fn reply(&self, seen: &Seen) -> Reply {
        self.routes
            .get(&seen.path)
            .or(self.fallback.as_ref())
            .map_or_else(|| Reply::status(404), |handler| handler(seen))
    }
}
