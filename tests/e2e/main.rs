//! The binary as its users run it: real files, real HTTP on loopback, real WARC, real SQLite.

mod broken;
mod crawl;
mod demo;
mod filters;
mod judges;
mod kill;
mod publish;
mod seeds;
mod support;
