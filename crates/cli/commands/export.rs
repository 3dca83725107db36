//! `export`.

use std::path::Path;

use thresh_exporter::{Format, LicencePolicy, Target};

use crate::args::{self, ExportArgs};
use crate::context::Context;
use crate::exit::{Exit, usage};

pub(crate) fn export(context: &Context, args: &ExportArgs) -> anyhow::Result<Exit> {
    let format: Format = args.format.parse()?;
    let corpus = context.corpus()?;
    let version = corpus.versions().resolve(&args.version)?;
    let policy = match args.licence_policy {
        args::LicencePolicy::All => LicencePolicy::All,
        args::LicencePolicy::Attributed => LicencePolicy::Attributed,
        args::LicencePolicy::Open => LicencePolicy::Open,
    };
    let target = target(format, &args.out)?;
    let summary = thresh_exporter::export(&corpus, &version, format, target, policy)?;
    let left_out = match summary.left_out {
        0 => String::new(),
        n => format!(", {n} left out by their licence"),
    };
    let captures = match summary.captures {
        0 => String::new(),
        n => format!(" with {n} captures"),
    };
    tracing::info!(
        "version {}: {} documents written{captures}{left_out}",
        version.n(),
        summary.documents
    );
    if summary.without_capture > 0 {
        tracing::warn!(
            "{} documents have no capture that may be passed on; they are left out",
            summary.without_capture
        );
    }
    Ok(Exit::Done)
}

fn target(format: Format, out: &Path) -> anyhow::Result<Target> {
    if out != Path::new("-") {
        return Ok(format.target(out));
    }
    match format {
        Format::Jsonl => Ok(Target::Stream(Box::new(std::io::stdout()))),
        Format::Wacz => Err(usage("this format writes a file: name one with --out")),
        Format::Markdown | Format::Text => {
            Err(usage("this format writes a folder: name one with --out"))
        }
    }
}
