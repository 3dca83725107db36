//! Offers a site that misbehaves on request, and fixture loaders, for tests only.
//!
//! [`Server`] listens on loopback and answers with scripts of raw bytes, pauses, hangs and resets,
//! so that even broken HTTP can be sent; it logs what it saw and when. [`shared_dir`] and
//! [`fixtures`] find and read case folders.
//!
//! ```
//! use thresh_testkit::{Reply, Server};
//!
//! let server = Server::start(|site| {
//!     site.on("/robots.txt", Reply::text("User-agent: *\nDisallow: /private\n"));
//!     site.on("/slow", Reply::html("<p>slow").delayed(std::time::Duration::from_millis(20)));
//!     site.on_each("/busy", [Reply::status(503).header("Retry-After", "1"), Reply::html("<p>ok")]);
//! });
//! assert!(server.url("/slow").starts_with("http://127.0.0.1:"));
//! ```

#![forbid(unsafe_code)]

mod fixtures;
mod reply;
mod server;

pub use fixtures::{Fixture, fixtures, shared_dir};
pub use reply::{Act, Reply};
pub use server::{Seen, Server, Site};
