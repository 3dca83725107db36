//! What a command that writes to the corpus works with.

use thresh_config::Config;
use thresh_corpus::{ArchiveInfo, Clock, Corpus, Options, RunLock, Session};

use crate::PipelineError;
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

impl Job<'_> {
    /// Begins a session whose archive is as the configuration says, and says where it comes from.
    ///
    /// # Errors
    /// When the corpus cannot be written.
    pub(crate) fn session(&self) -> Result<Session, PipelineError> {
        let config = self.config;
        let named = |text: &str| (!text.is_empty()).then(|| text.to_owned());
        let obeys = config.sites.iter().all(|site| site.crawl.respect_robots);
        let options = Options {
            rotate_at: config.archive.max_file_size.0,
            rotate_after: config.archive.max_file_age.0,
            info: ArchiveInfo {
                operator: named(&config.contact),
                is_part_of: named(&config.name),
                description: None,
                robots: Some(if obeys { "obey" } else { "ignore" }.to_owned()),
                user_agent: Some(thresh_fetcher::user_agent(
                    &config.crawl.user_agent,
                    &config.contact,
                )),
            },
        };
        Ok(self.corpus.begin_with(self.lock, self.clock, options)?)
    }
}
