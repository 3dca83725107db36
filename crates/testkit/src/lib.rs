//! Offers a site that misbehaves on request, and fixture loaders, for tests only.
//!
//! [`Server`] listens on loopback and answers with scripts of raw bytes, pauses, hangs and resets,
//! so that even broken HTTP can be sent; it logs what it saw, when, and on which connection. [`Web`]
//! does so for many origins at once, [`rough`] has the answers of bad and hostile servers ready.
//! [`shared_dir`] and [`fixtures`] find and read case folders.
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
mod pack;
mod play;
mod reply;
pub mod rough;
mod seen;
mod server;
mod site;
mod web;

pub use fixtures::{Fixture, fixtures, shared_dir};
pub use pack::{Coding, gzip_members};
pub use reply::{Act, Reply};
pub use seen::Seen;
pub use server::Server;
pub use site::Site;
pub use web::{Web, gaps};
