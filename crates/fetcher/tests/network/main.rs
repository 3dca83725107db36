//! The fetcher against a server with bad manners to order.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod cookies;
mod crawl;
mod errands;
mod guard;
mod malformed;
mod manners;
mod pace;
mod robots;
mod time;
mod wire;
