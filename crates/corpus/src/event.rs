//! The log of what the WARC does not tell: refusals and runs.
//!
//! `captures/events.jsonl` is appended to, and part of the truth. A commit writes it before the
//! database: a kill between the two repeats an event and loses none.

use std::collections::BTreeMap;
use std::path::Path;

use serde::{Deserialize, Serialize};
use thresh_types::{Refusal, Timestamp};

use crate::CorpusError;
use crate::durable::{append_lines, folder_of, make_folder, read_if_there};

/// Something that happened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "kebab-case")]
pub enum Event {
    /// An address was not fetched, or not taken.
    Refused(Refusal),
    /// A run began.
    RunStarted {
        /// When.
        at: Timestamp,
        /// The command, for example `crawl`.
        command: String,
        /// The program and its version.
        tool: String,
    },
    /// A run ended.
    RunFinished {
        /// When.
        at: Timestamp,
        /// The command.
        command: String,
        /// `done`, `interrupted`, `failed: …`.
        outcome: String,
        /// What was counted.
        counts: BTreeMap<String, u64>,
    },
    /// Anything else worth keeping, such as a publication that was forced.
    Note {
        /// When.
        at: Timestamp,
        /// What it is about, in a word.
        topic: String,
        /// What happened, for people.
        text: String,
    },
}

/// Appends the events to the log and makes them durable.
pub(crate) fn append(path: &Path, events: &[Event]) -> Result<(), CorpusError> {
    if events.is_empty() {
        return Ok(());
    }
    make_folder(folder_of(path))?;
    let mut lines = String::new();
    for event in events {
        let line =
            serde_json::to_string(event).map_err(|e| CorpusError::damaged(path, e.to_string()))?;
        lines.push_str(&line);
        lines.push('\n');
    }
    append_lines(path, &lines)
}

/// Reads the log, oldest first. Lines of later releases and a torn last line are passed over.
pub(crate) fn read(path: &Path) -> Result<Vec<Event>, CorpusError> {
    let bytes = read_if_there(path)?.unwrap_or_default();
    Ok(bytes
        .split(|&b| b == b'\n')
        .filter_map(|line| serde_json::from_slice(line).ok())
        .collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn events_read_back_and_strange_lines_do_no_harm() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("captures/events.jsonl");
        let event = Event::Refused(Refusal {
            url: "https://a.example/x".to_owned(),
            site: "a".parse().unwrap(),
            reason: thresh_types::RefusalReason::Robots,
            detail: "line 3: Disallow: /x".to_owned(),
            at: Timestamp::UNIX_EPOCH,
        });
        append(&path, std::slice::from_ref(&event)).unwrap();
        append_lines(&path, "{\"event\":\"of-the-future\"}\n").unwrap();
        append(&path, std::slice::from_ref(&event)).unwrap();
        assert_eq!(read(&path).unwrap(), [event.clone(), event]);
    }
}
