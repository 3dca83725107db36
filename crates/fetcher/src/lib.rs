//! Turns a fetch task into a capture or a refusal, politely.
//!
//! [`Fetcher`] runs on threads of its own and talks through channels, so that its caller can be
//! plain synchronous code. For each origin (scheme, host, port) one actor asks for robots.txt
//! first and then works through the origin's tasks at the pace that configuration, robots.txt and
//! the server ask for. Every connection goes to an address that the [address guard](why_forbidden)
//! has seen. What went over the wire is reported as it was: content codings are not undone, and
//! redirects are not followed, since their targets are new tasks with checks of their own. Cookies go
//! back to the origin that set them, for one site and one run, and nowhere else.
//!
//! [`robots`] and [`sitemap`] work without a network. [`Settings`] is the `[crawl]` table of
//! the configuration.
//!
//! Left out: HTTP/2 and HTTP/3 (see `client`), proxies, authentication.

#![forbid(unsafe_code)]

mod address;
mod agent;
mod client;
mod cookies;
mod dispatch;
mod error;
mod exchange;
mod failure;
mod fetcher;
mod origin;
mod outcome;
mod pace;
pub mod robots;
mod settings;
pub mod sitemap;
mod spool;
pub mod tdmrep;
mod timeline;
mod units;

pub use address::{AddressRule, AddressRuleError, why_forbidden};
pub use agent::{product_token, user_agent};
pub use error::FetchError;
pub use fetcher::{Clock, Fetcher, Options, Stopped};
pub use settings::{HostPort, HostPortError, Settings, SettingsError};
pub use units::{ByteSize, HumanDuration, UnitError};
