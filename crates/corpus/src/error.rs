//! What can go wrong with the store.

use std::io;
use std::path::{Path, PathBuf};

/// A failure of the store, by what the caller can do about it.
#[derive(Debug, thiserror::Error)]
pub enum CorpusError {
    /// The corpus folder is not there.
    #[error("no corpus at `{}`: crawl or import first, or name another folder with --corpus", .path.display())]
    Missing {
        /// The folder.
        path: PathBuf,
    },
    /// Another run holds the lock.
    #[error("another run holds `{}`{}: wait for it to end", .path.display(), .holder.as_deref().map(|h| format!(" ({h})")).unwrap_or_default())]
    Locked {
        /// The lock file.
        path: PathBuf,
        /// What the holder wrote into it.
        holder: Option<String>,
    },
    /// The disk is full.
    #[error("no space left to write `{}`: free some space and run again, nothing committed is lost", .path.display())]
    NoSpace {
        /// The file that could not be written.
        path: PathBuf,
    },
    /// The file or folder may not be written.
    #[error("`{}` may not be written: give this user write permission, or name another folder", .path.display())]
    ReadOnly {
        /// The file or folder.
        path: PathBuf,
    },
    /// Any other failure of the file system.
    #[error("cannot {action} `{}`", .path.display())]
    Io {
        /// What was tried, as a verb.
        action: &'static str,
        /// The file or folder.
        path: PathBuf,
        /// What the system said.
        #[source]
        source: io::Error,
    },
    /// The database failed.
    #[error("the database `{}` failed: it is a cache, so it may be deleted while nothing runs", .path.display())]
    Database {
        /// The database file.
        path: PathBuf,
        /// What SQLite said.
        #[source]
        source: rusqlite::Error,
    },
    /// A file is not what the format says.
    #[error("`{}` is damaged: {what}; `thresh verify --all` lists all damage", .path.display())]
    Damaged {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        what: String,
    },
    /// A file is written by a later release.
    #[error("`{}` has format {found}, this release reads up to {known}: use a newer release", .path.display())]
    Format {
        /// The file.
        path: PathBuf,
        /// Its format number.
        found: u64,
        /// The highest number this release knows.
        known: u64,
    },
    /// No version has the name.
    #[error("no version is named `{name}`: `thresh log` lists them")]
    UnknownVersion {
        /// The name.
        name: String,
    },
    /// Several versions have the name.
    #[error("`{name}` begins the id of more than one version: give more digits")]
    Ambiguous {
        /// The name.
        name: String,
    },
    /// A file that was given cannot be read as what it is taken for.
    #[error("`{}` cannot be read: {why}", .path.display())]
    Unreadable {
        /// The file, and within an archive the part of it.
        path: PathBuf,
        /// What is wrong, and the remedy.
        why: String,
    },
    /// A value cannot be stored as it is.
    #[error("{what} `{value}` cannot be stored: {why}")]
    Refused {
        /// What the value is.
        what: &'static str,
        /// The value.
        value: String,
        /// What is wrong with it, and what is expected.
        why: String,
    },
}

impl CorpusError {
    /// Returns a function that turns an I/O error at `path` into the error that names its remedy.
    pub(crate) fn io(action: &'static str, path: &Path) -> impl FnOnce(io::Error) -> Self {
        let path = path.to_owned();
        move |source| match source.kind() {
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => Self::NoSpace { path },
            io::ErrorKind::ReadOnlyFilesystem => Self::ReadOnly { path },
            io::ErrorKind::PermissionDenied if action != "read" => Self::ReadOnly { path },
            _ => Self::Io {
                action,
                path,
                source,
            },
        }
    }

    /// Returns a function that turns a database error at `path` into the error that names its remedy.
    pub(crate) fn db(path: &Path) -> impl Fn(rusqlite::Error) -> Self {
        use rusqlite::ErrorCode::{DiskFull, PermissionDenied, ReadOnly};
        let path = path.to_owned();
        move |source| match source.sqlite_error_code() {
            Some(DiskFull) => Self::NoSpace { path: path.clone() },
            Some(PermissionDenied | ReadOnly) => Self::ReadOnly { path: path.clone() },
            _ => Self::Database {
                path: path.clone(),
                source,
            },
        }
    }

    /// Returns the error for a file that is not what the format says.
    pub(crate) fn damaged(path: &Path, what: impl Into<String>) -> Self {
        Self::Damaged {
            path: path.to_owned(),
            what: what.into(),
        }
    }
}
