//! What is wrong with a configuration, for the person who will put it right.

use std::fmt;
use std::path::{Path, PathBuf};

/// One thing that is wrong: where it stands and what would put it right.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Problem {
    /// The file.
    pub file: PathBuf,
    /// The line in it, counted from one; `None` where the whole file is meant.
    pub line: Option<usize>,
    /// The key with its section, for example `crawl.delay`; empty where no key is meant.
    pub key: String,
    /// What is wrong, lower case and without full stop.
    pub what: String,
    /// What to do about it, where that is known.
    pub remedy: Option<String>,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.file.display())?;
        if let Some(line) = self.line {
            write!(f, ":{line}")?;
        }
        if !self.key.is_empty() {
            write!(f, ": `{}`", self.key)?;
        }
        write!(f, ": {}", self.what)?;
        match &self.remedy {
            Some(remedy) => write!(f, "; {remedy}"),
            None => Ok(()),
        }
    }
}

/// Everything that is wrong with a configuration, in the order of files and lines.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub struct ConfigErrors {
    /// The problems, at least one.
    pub problems: Vec<Problem>,
}

impl fmt::Display for ConfigErrors {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (position, problem) in self.problems.iter().enumerate() {
            if position > 0 {
                f.write_str("\n")?;
            }
            write!(f, "{problem}")?;
        }
        Ok(())
    }
}

/// Collects problems while reading goes on.
#[derive(Debug, Default)]
pub(crate) struct Problems(Vec<Problem>);

impl Problems {
    /// Adds a problem.
    pub(crate) fn add(
        &mut self,
        place: &Place,
        key: impl Into<String>,
        what: impl Into<String>,
        remedy: Option<String>,
    ) {
        self.0.push(Problem {
            file: place.file.clone(),
            line: place.line,
            key: key.into(),
            what: what.into(),
            remedy,
        });
    }

    /// Returns `value`, or what is wrong where anything is.
    pub(crate) fn or<T>(self, value: T) -> Result<T, ConfigErrors> {
        let problems = self.in_order();
        if problems.is_empty() {
            Ok(value)
        } else {
            Err(ConfigErrors { problems })
        }
    }

    /// Returns the problems in the order of files and lines, each once.
    pub(crate) fn in_order(mut self) -> Vec<Problem> {
        self.0.sort();
        self.0.dedup();
        self.0
    }
}

/// A line of a file, or a whole file.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Place {
    pub(crate) file: PathBuf,
    pub(crate) line: Option<usize>,
}

impl Place {
    /// Returns the place that is the whole of `file`.
    pub(crate) fn whole(file: &Path) -> Self {
        Self {
            file: file.to_owned(),
            line: None,
        }
    }

    /// Returns `line` of the same file.
    pub(crate) fn at(&self, line: usize) -> Self {
        Self {
            file: self.file.clone(),
            line: Some(line),
        }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.file.display())?;
        self.line.map_or(Ok(()), |line| write!(f, ":{line}"))
    }
}
