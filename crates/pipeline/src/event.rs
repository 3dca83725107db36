//! What the stages tell while they work; the command line decides how it looks.

use std::time::Duration;

use thresh_types::{Capture, Refusal, SiteId};

/// A step of a running command.
#[derive(Debug, Clone)]
pub enum Event {
    /// A crawl begins with this many addresses to ask.
    CrawlStarted {
        /// Addresses waiting, those that a former run left included.
        queued: u64,
    },
    /// What an interrupted run had archived but not noted was taken over.
    Adopted {
        /// Exchanges taken over.
        captures: usize,
    },
    /// An exchange is in the archive.
    Captured {
        /// Its row.
        capture: Box<Capture>,
        /// Addresses waiting or in hand, as last counted.
        queued: u64,
    },
    /// What is ahead; told at most twice a second.
    Queues {
        /// One for each origin of each site that has something left to ask.
        lanes: Vec<Ahead>,
    },
    /// An address was not fetched, and why.
    Refused(Refusal),
    /// An address is tried again later.
    Deferred {
        /// The address.
        url: String,
        /// Why.
        detail: String,
        /// How long at least, in seconds.
        wait_seconds: u64,
    },
    /// An input of an import was read, or could not be.
    Imported {
        /// The path, as given.
        path: String,
        /// Captures added from it.
        captures: usize,
    },
    /// A step of curation begins.
    StepStarted {
        /// Its name.
        step: Step,
        /// How many items it will take.
        items: usize,
    },
    /// Some items of the running step are done.
    StepAdvanced {
        /// How many since the last such event.
        items: usize,
    },
    /// Something a person should know; the run goes on.
    Warning {
        /// The site it is about, where it is about one.
        site: Option<SiteId>,
        /// What, naming the thing and the remedy.
        message: String,
    },
}

/// What is left to ask of one origin.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ahead {
    /// The origin, as `scheme://host:port`.
    pub origin: String,
    /// Addresses that may be asked, those in hand included.
    pub queued: u64,
    /// Addresses that wait for a time, as those that are tried again.
    pub waiting: u64,
    /// How long until the first of these may be asked.
    pub wakes_in: Option<Duration>,
}

/// A step of curation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// Decode and parse captures, split them into blocks, gather metadata.
    Read,
    /// Decide blocks, resolve metadata.
    Clean,
    /// Group duplicates.
    Group,
    /// Write the version.
    Publish,
    /// Compare the archive with its digests.
    Hash,
}

impl Step {
    /// Returns the step as progress bars name it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Read => "reading",
            Self::Clean => "cleaning",
            Self::Group => "grouping",
            Self::Publish => "publishing",
            Self::Hash => "hashing",
        }
    }
}

/// Takes events; may be called from several threads.
pub type Observer<'a> = &'a (dyn Fn(Event) + Sync);
