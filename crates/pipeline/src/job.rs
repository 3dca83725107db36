//! What a command that writes to the corpus works with.

use thresh_config::Config;
use thresh_corpus::{Clock, Corpus, RunLock};

use crate::event::Observer;

/// What a command that writes to the corpus works with.
#[derive(Clone, Copy)]
pub struct Job<'a> {
    /// The corpus.
    pub corpus: &'a Corpus,
    /// The proof that nobody else writes to it.
    pub lock: &'a RunLock,
    /// The configuration.
    pub config: &'a Config,
    /// The time.
    pub clock: &'a Clock,
    /// The program's name and version, for stamps and logs.
    pub tool: &'a str,
    /// Who is told of every step.
    pub observe: Observer<'a>,
}
