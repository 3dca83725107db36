//! Large bodies, read one at a time: a tree is many times larger than its text.

use std::panic::resume_unwind;
use std::sync::{Mutex, PoisonError};

/// Decoded bodies over this size, in bytes, wait for their turn.
const LARGE: usize = 2 << 20;

/// The turn to read a large body.
#[derive(Debug, Default)]
pub(crate) struct Turn(Mutex<()>);

impl Turn {
    /// Does `work` on a body of `size` bytes: at once, or when it is its turn.
    pub(crate) fn read<R: Send>(&self, size: usize, work: impl FnOnce() -> R + Send) -> R {
        if size <= LARGE {
            return work();
        }
        let _turn = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        // On a thread of its own: allocators keep what a thread frees for that thread, and every worker
        // would keep a tree's worth.
        let done = std::thread::scope(|scope| scope.spawn(work).join());
        done.unwrap_or_else(|panic| resume_unwind(panic))
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;

    #[test]
    fn large_bodies_never_meet() {
        let (turn, inside, most) = (Turn::default(), AtomicUsize::new(0), AtomicUsize::new(0));
        let work = || {
            most.fetch_max(inside.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
            std::thread::yield_now();
            inside.fetch_sub(1, Ordering::SeqCst);
        };
        std::thread::scope(|scope| {
            for _ in 0..8 {
                scope.spawn(|| turn.read(LARGE + 1, work));
            }
        });
        assert_eq!(most.into_inner(), 1);
        assert_eq!(turn.read(1, || 7), 7);
    }
}
