//! The fetcher against a server with bad manners to order.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod crawl;
mod guard;
mod pace;
mod robots;
mod wire;
