//! Fuzzing on stable Rust, without instrumentation.
//!
//! Each target reads bytes that a stranger may have sent and checks what must hold for any of them:
//! no panic, time linear in the input, bounded output, and invariants of its own. Inputs are
//! mutants of a small corpus (`tests/fuzz/corpus/<target>/`) and of structured generators. What
//! guides the search is novelty of the outcome: a target answers with a signature of what happened,
//! and an input whose signature is new joins the corpus in memory.
//!
//! - `cargo test --test fuzz` runs a short pass that is the same each time; an argument that is no
//!   option chooses the targets whose names contain it, as in every test harness.
//! - `cargo test --release --test fuzz -- robots --for 10m --seed 7 --jobs 2` goes on for that
//!   time; `all` stands for every target in turn.
//!
//! A finding is made smaller, written to `target/fuzz/<target>/<hash>`, and makes the run fail.
//! Once it is fixed its input belongs into the corpus, where every run tries it first.

#![allow(
    clippy::print_stdout,
    reason = "this is a test harness of its own: it reports like the others"
)]

mod args;
mod engine;
mod finding;
mod mutate;
mod pool;
mod rng;
mod signature;
mod targets;

use std::process::ExitCode;

fn main() -> ExitCode {
    let arguments = args::Arguments::parse(std::env::args().skip(1));
    match arguments.and_then(|arguments| engine::main(&arguments)) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(problem) => {
            println!("fuzz: {problem}");
            ExitCode::from(2)
        }
    }
}
