//! One time for all that is remembered across waits.

use thresh_types::Timestamp;
use tokio::time::Instant;

use crate::Clock;

/// Tells the time as the caller's clock does, but never stands still: it goes on at least as fast as
/// real time since the start. A clock that is set back does not make rules younger, and a machine that
/// slept does not keep them fresh.
pub(crate) struct Timeline {
    clock: Clock,
    began_at: Timestamp,
    began: Instant,
}

impl Timeline {
    pub(crate) fn start(clock: Clock) -> Self {
        Self {
            began_at: clock(),
            began: Instant::now(),
            clock,
        }
    }

    pub(crate) fn now(&self) -> Timestamp {
        let at_least = self.began_at.checked_add(self.began.elapsed());
        (self.clock)().max(at_least.unwrap_or(self.began_at))
    }
}
