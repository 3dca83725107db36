//! The `thresh` command: parses flags, sets up logging, draws progress, prints errors, sets exit codes.

#![forbid(unsafe_code)]

mod args;
mod commands;
mod context;
mod exit;
mod output;
mod progress;

use std::io::IsTerminal;
use std::process::ExitCode;

use clap::Parser;
use tracing_subscriber::EnvFilter;

use crate::args::{Cli, Global, LogFormat};
use crate::context::Context;

fn main() -> ExitCode {
    let cli = Cli::parse();
    start_logging(&cli.global);
    let context = Context::new(cli.global);
    let result = commands::run(&context, cli.command);
    context.display.clear();
    match result {
        Ok(exit) => exit.into(),
        Err(error) => {
            tell(&error);
            exit::code_of(&error).into()
        }
    }
}

#[expect(clippy::print_stderr, reason = "this is where errors are told")]
fn tell(error: &anyhow::Error) {
    eprintln!("{}", exit::render(error));
}

/// Logs to stderr: warnings by default, more with `-v`, errors only with `-q`.
fn start_logging(global: &Global) {
    let level = match (global.quiet, global.verbose) {
        (true, _) => "error",
        (_, 0) => "thresh=warn,error",
        (_, 1) => "thresh=info,error",
        (_, 2) => "thresh=debug,warn",
        _ => "trace",
    };
    let builder = tracing_subscriber::fmt()
        .with_env_filter(EnvFilter::new(level))
        .with_writer(std::io::stderr)
        .with_target(false);
    match global.log_format {
        LogFormat::Json => builder.json().init(),
        LogFormat::Text => builder.without_time().with_ansi(wants_colour()).init(),
    }
}

/// Returns whether log lines may be coloured.
fn wants_colour() -> bool {
    std::io::stderr().is_terminal() && !is_colour_refused()
}

/// Returns whether results may be coloured.
pub(crate) fn colour_on_stdout() -> bool {
    std::io::stdout().is_terminal() && !is_colour_refused()
}

/// Colour is for nobody who sets `NO_COLOR` (no-color.org).
#[expect(
    clippy::disallowed_methods,
    reason = "the command line reads the environment"
)]
fn is_colour_refused() -> bool {
    std::env::var("NO_COLOR").is_ok_and(|value| !value.is_empty())
}
