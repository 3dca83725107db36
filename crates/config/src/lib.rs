//! Parses and validates the configuration folder into the stages' own settings.
//!
//! [`Config::load`] reads `thresh.toml`, `sites/*.toml` and `noise/*.toml`. What is missing has its
//! default; what is wrong is collected and reported at once, each [`Problem`] with file, line, key and
//! remedy. The settings of a stage are the stage's own serde struct: this crate overrides them key by
//! key, so that a mistake is blamed on the key that holds it, and adds the checks that span keys and
//! files (an origin claimed twice, a seed out of scope, an unknown noise pack).
//!
//! [`Config::check`] and [`Config::unverified`] say what keeps nothing from loading: a licence without
//! evidence, examples of addresses that do not hold, things that the author of a file could not verify.
//!
//! It leaves out the reading of the environment, flags and exit codes: those belong to the program.

#![forbid(unsafe_code)]

mod audit;
mod config;
mod contact;
mod crawl;
mod document;
mod language;
mod licence;
mod load;
mod main_file;
mod notes;
mod packs;
mod problem;
mod section;
mod site;
mod site_file;
mod snapshot;
mod starter;
mod suggest;

pub use config::{Archive, Config, Publish};
pub use licence::{LicenceEvidence, Seen, SeenError};
pub use problem::{ConfigErrors, Problem};
pub use site::{Notes, Site, Sitemaps};
pub use starter::{StarterFile, site_file_for};
