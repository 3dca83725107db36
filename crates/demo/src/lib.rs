//! Serves the small embedded web that the demo and the end-to-end tests crawl.
//!
//! Five invented sites answer on one loopback port, told apart by the Host header: a Drupal site of an
//! organisation with field missions, a WordPress library whose theme prints its registered post types
//! and four random cards on every request, a blog on Wix, a mirror, and a syndicator of reports. Texts
//! lie in `pages/`, one file a document; the themes put them into pages of the shapes
//! that such systems produce. [`DemoWeb::set_edition`] changes a few of them, so that a second crawl
//! finds something corrected, something new and something gone.
//!
//! [`DemoWeb::expected`] gives the sentences of every document, [`chrome`] what surrounds them, and
//! [`rough_edges`] the addresses that misbehave: what a test needs to say that nothing was lost and
//! nothing kept that should go. All names, places and events are invented.

#![forbid(unsafe_code)]

mod article;
mod config_files;
mod expected;
mod host;
mod html;
mod library;
mod listing;
mod pdf;
mod reply;
mod routes;
mod server;
#[cfg(test)]
mod tests;
mod theme;

pub use expected::{Expected, RoughEdge, chrome, rough_edges};
pub use host::HOSTS;
pub use server::{DemoWeb, Seen};
