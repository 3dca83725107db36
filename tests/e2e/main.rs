//! The binary as its users run it: real files, real HTTP on loopback, real WARC, real SQLite.

#![allow(
    clippy::unwrap_used,
    clippy::print_stderr,
    reason = "what is absent fails the test, and a judge that is absent must be named"
)]

mod audit;
mod broken;
mod crash;
mod crawl;
mod dedup;
mod demo;
mod explain;
mod filters;
mod hostile;
mod judges;
mod kill;
mod limits;
mod manners;
mod publish;
mod report;
mod scene;
mod seeds;
mod setup;
mod support;
mod traps;
mod wacz;
