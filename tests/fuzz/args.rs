//! The command line: our own options, and those that cargo hands to every harness.

use std::time::Duration;

use thresh_fetcher::HumanDuration;

/// Options of the standard harness that take a value, which must not be taken for a filter.
const VALUED: &[&str] = &[
    "--skip",
    "--test-threads",
    "--color",
    "--format",
    "--logfile",
    "--shuffle-seed",
    "-Z",
];

/// What was asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Arguments {
    /// Parts of target names; none stands for all.
    pub(crate) filters: Vec<String>,
    /// Parts of names of targets to leave out.
    pub(crate) skipped: Vec<String>,
    /// Whether a filter is a whole name.
    pub(crate) exact: bool,
    /// Whether to print the names only.
    pub(crate) list: bool,
    /// Whether only ignored tests were asked for, of which there are none.
    pub(crate) ignored: bool,
    /// How long each target runs; the short pass where it is not given.
    pub(crate) time: Option<Duration>,
    /// Where the random numbers start.
    pub(crate) seed: u64,
    /// Threads of one target.
    pub(crate) jobs: usize,
}

impl Default for Arguments {
    fn default() -> Self {
        Self {
            filters: Vec::new(),
            skipped: Vec::new(),
            exact: false,
            list: false,
            ignored: false,
            time: None,
            seed: 1,
            jobs: 1,
        }
    }
}

impl Arguments {
    /// Reads the command line. Options of other harnesses are borne.
    pub(crate) fn parse(given: impl Iterator<Item = String>) -> Result<Self, String> {
        let mut read = Self::default();
        let mut given = given.peekable();
        while let Some(argument) = given.next() {
            let (name, inline) = match argument.split_once('=') {
                Some((name, value)) if name.starts_with('-') => (name, Some(value.to_owned())),
                _ => (argument.as_str(), None),
            };
            let mut value = || inline.clone().or_else(|| given.next());
            match name {
                "--list" => read.list = true,
                "--exact" => read.exact = true,
                "--ignored" => read.ignored = true,
                "--skip" => read.skipped.extend(value()),
                "--for" => read.time = Some(duration(value())?),
                "--seed" => read.seed = number("--seed", value())?,
                "--jobs" => read.jobs = number("--jobs", value())?.clamp(1, 64) as usize,
                _ if VALUED.contains(&name) => drop(value()),
                _ if name.starts_with('-') => {}
                _ => read.filters.push(argument),
            }
        }
        Ok(read)
    }

    /// Returns whether the target `name` was asked for.
    pub(crate) fn wants(&self, name: &str) -> bool {
        let fits = |filter: &String| {
            if self.exact || self.time.is_some() {
                name == filter
            } else {
                name.contains(filter.as_str())
            }
        };
        let everything = self.time.is_some() && self.filters.iter().any(|f| f == "all");
        let wanted = self.filters.is_empty() || everything || self.filters.iter().any(fits);
        wanted && !self.ignored && !self.skipped.iter().any(fits)
    }
}

fn duration(value: Option<String>) -> Result<Duration, String> {
    let value = value.ok_or("`--for` wants a time, for example `--for 10m`")?;
    let time: HumanDuration = value.parse().map_err(|e| format!("{e}"))?;
    Ok(time.0)
}

fn number(name: &str, value: Option<String>) -> Result<u64, String> {
    let value = value.ok_or_else(|| format!("`{name}` wants a number"))?;
    value
        .parse()
        .map_err(|_| format!("`{value}` is no number for `{name}`"))
}
