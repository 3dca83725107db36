//! Reads a capture's bytes into a page: media type, charset, DOM, links.
//!
//! Every function here is pure: the same bytes and headers give the same page. The DOM is
//! `scraper::Html`, which is not `Send`, so a page is parsed, used and dropped within one closure. Who needs
//! only links and what a page says to crawlers asks for its [`outline()`], which costs a fraction of a tree.

#![forbid(unsafe_code)]

mod charset;
mod directives;
mod guard;
mod header_links;
mod links;
mod media;
mod outline;
mod page;
mod parser;
mod prescan;
mod refresh;
mod signals;
mod signature;
mod tag;
#[cfg(test)]
mod tests;
mod walk;

pub use charset::{Decoded, decode_text};
pub use directives::Directives;
pub use links::{Link, LinkKind};
pub use media::MediaKind;
pub use outline::{Outline, Sketch, outline};
pub use page::{Page, Raw, Readable, Unreadable, read};
pub use parser::Budget;
pub use signals::{Markup, Signals};
pub use walk::Elements;
