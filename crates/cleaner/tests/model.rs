//! The model of blocks: its file, what a spoilt one does, and that no page is judged by a model that knows it.

#[path = "model/apart.rs"]
mod apart;
#[path = "model/file.rs"]
mod file;
mod support;
