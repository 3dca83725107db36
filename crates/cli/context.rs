//! What every command starts from: configuration, corpus, clock, lock, display.

use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};

use anyhow::Context as _;
use thresh_config::Config;
use thresh_corpus::{Clock, Corpus, RunLock};
use thresh_pipeline::{Event, Job, Observer};

use crate::args::Global;
use crate::exit::{Exit, usage};
use crate::progress::Display;

/// The name and version that versions and WARC files are stamped with.
const TOOL: &str = concat!("thresh/", env!("CARGO_PKG_VERSION"));

/// What a command has at hand.
#[derive(Debug)]
pub(crate) struct Context {
    pub(crate) global: Global,
    pub(crate) display: Display,
    pub(crate) clock: Clock,
    stop: OnceLock<Arc<AtomicBool>>,
}

impl Context {
    pub(crate) fn new(global: Global) -> Self {
        let clock = Clock::system();
        Self {
            display: Display::new(&global, clock.clone()),
            global,
            clock,
            stop: OnceLock::new(),
        }
    }

    /// Returns the configuration folder.
    pub(crate) fn config_dir(&self) -> &Path {
        self.global.config.as_deref().unwrap_or(Path::new("config"))
    }

    /// Reads the configuration folder, which must be there.
    pub(crate) fn config(&self) -> anyhow::Result<Config> {
        let dir = self.config_dir();
        if !dir.is_dir() {
            return Err(usage(format!(
                "no configuration at `{}`: `thresh init` writes one, or name it with --config",
                dir.display()
            )));
        }
        Ok(Config::load(dir)?)
    }

    /// Reads the configuration folder, or takes the defaults where none is named and none is there.
    pub(crate) fn config_or_default(&self) -> anyhow::Result<Config> {
        if self.global.config.is_none() && !self.config_dir().is_dir() {
            return Ok(Config::embedded());
        }
        self.config()
    }

    /// Opens the corpus, which must be there.
    pub(crate) fn corpus(&self) -> anyhow::Result<Corpus> {
        Ok(Corpus::open(&self.global.corpus)?)
    }

    /// Opens the corpus, and makes its folder where there is none.
    pub(crate) fn corpus_or_new(&self) -> anyhow::Result<Corpus> {
        Ok(Corpus::create(&self.global.corpus)?)
    }

    /// Returns the flag that INT and TERM raise.
    pub(crate) fn stop(&self) -> anyhow::Result<&AtomicBool> {
        if self.stop.get().is_none() {
            // Commands run on one thread, so nobody else can have set it meanwhile.
            let _ = self.stop.set(raise_on_signals()?);
        }
        Ok(self.stop.get().expect("set above"))
    }

    /// Puts together what a command that writes to the corpus works with.
    pub(crate) const fn job<'a>(
        &'a self,
        corpus: &'a Corpus,
        lock: &'a RunLock,
        config: &'a Config,
        observe: Observer<'a>,
    ) -> Job<'a> {
        Job {
            corpus,
            lock,
            config,
            clock: &self.clock,
            tool: TOOL,
            observe,
        }
    }

    /// Gives an event to the display.
    pub(crate) fn observe(&self, event: &Event) {
        self.display.show(event);
    }
}

/// Returns a flag that INT and TERM raise; a second signal ends the program at once.
fn raise_on_signals() -> anyhow::Result<Arc<AtomicBool>> {
    let flag = Arc::new(AtomicBool::new(false));
    let raised = Arc::clone(&flag);
    ctrlc::set_handler(move || {
        if raised.swap(true, Ordering::SeqCst) {
            std::process::exit(i32::from(Exit::Interrupted as u8));
        }
        tracing::warn!("stopping: what is in hand is finished first; once more to stop at once");
    })
    .context("the signal handler could not be set")?;
    Ok(flag)
}

/// Reads a file, or stdin where `path` is `-`.
pub(crate) fn read_input(path: &Path) -> anyhow::Result<Box<dyn std::io::BufRead + Send>> {
    if path == Path::new("-") {
        return Ok(Box::new(std::io::BufReader::new(std::io::stdin())));
    }
    let file = std::fs::File::open(path)
        .map_err(|error| usage(format!("cannot read `{}`: {error}", path.display())))?;
    Ok(Box::new(std::io::BufReader::new(file)))
}
