//! Parses and validates the configuration folder into the stages' own settings.
//!
//! [`Config::load`] reads `thresh.toml`, `sites/*.toml` and `noise/*.toml`. What is missing has its
//! default; what is wrong is collected and reported at once, each [`Problem`] with file, line, key and
//! remedy. The settings of a stage are the stage's own serde struct: this crate overrides them key by
//! key, so that a mistake is blamed on the key that holds it, and adds the checks that span keys and
//! files (an origin claimed twice, a seed out of scope, an unknown noise pack).
//!
//! It leaves out the reading of the environment, flags and exit codes: those belong to the program.

#![forbid(unsafe_code)]

mod config;
mod contact;
mod crawl;
mod document;
mod load;
mod main_file;
mod packs;
mod problem;
mod section;
mod site;
mod site_file;
mod snapshot;
mod starter;
mod suggest;

pub use config::{Config, Publish};
pub use problem::{ConfigErrors, Problem};
pub use site::{Site, Sitemaps};
pub use starter::{StarterFile, site_file_for};
