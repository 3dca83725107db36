//! One module a command. Each returns how it ended; errors carry their own exit code.

mod captures;
mod config;
mod crawl;
mod crawl_report;
mod curate;
mod dedup;
mod demo;
mod explain;
mod export;
mod extract;
mod import;
mod lines;
mod rules;
mod status;
mod verify;
mod versions;
mod why;

use crate::args::{Command, ConfigCommand, RulesCommand, SiteCommand};
use crate::context::Context;
use crate::exit::{Exit, usage};

/// Runs `command`.
pub(crate) fn run(context: &Context, command: Command) -> anyhow::Result<Exit> {
    match command {
        Command::Demo(args) => demo::demo(context, &args),
        Command::Init(args) => config::init(&args),
        Command::Config(args) => match args.command {
            ConfigCommand::Check => config::check(context),
        },
        Command::Site(args) => match args.command {
            SiteCommand::Add { url } => config::add_site(context, &url),
        },
        Command::Run(args) => crawl::run(context, args),
        Command::Crawl(args) => crawl::crawl(context, &args),
        Command::Import(args) => import::import(context, &args),
        Command::Captures(args) => captures::captures(context, &args),
        Command::Curate(args) => curate::curate(context, args),
        Command::Extract(args) => extract::extract(context, &args),
        Command::Dedup(args) => dedup::dedup(context, &args),
        Command::Log => versions::log(context),
        Command::Show(args) => versions::show(context, &args),
        Command::Diff(args) => versions::diff(context, &args),
        Command::Tag(args) => versions::tag(context, &args),
        Command::Verify(args) => verify::verify(context, &args),
        Command::Explain(args) => explain::explain(context, &args),
        Command::Export(args) => export::export(context, &args),
        Command::Rules(args) => match args.command {
            RulesCommand::Test => rules::test(context),
        },
        Command::Status(args) => status::status(context, &args),
        Command::Decide(_) => not_built("decide"),
        Command::Takedown(_) => not_built("takedown"),
        Command::Report(_) => not_built("report"),
        Command::Review(_) => not_built("review"),
        Command::Schedule(_) => not_built("schedule"),
        Command::Gc(_) => not_built("gc"),
        Command::Completions(_) => not_built("completions"),
    }
}

fn not_built(command: &str) -> anyhow::Result<Exit> {
    Err(usage(format!(
        "`thresh {command}` is not built yet: `thresh --help` lists what is"
    )))
}
