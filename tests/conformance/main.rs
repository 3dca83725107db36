//! Published conformance cases, run whole where the shared data is at hand.

#![allow(
    clippy::unwrap_used,
    clippy::print_stderr,
    reason = "a case file that cannot be read fails the test, and scores are printed"
)]

mod cases;
#[path = "../../crates/fetcher/tests/network/crawl.rs"]
mod crawl;
mod http;
mod robots;
mod sitemap;
mod url;
