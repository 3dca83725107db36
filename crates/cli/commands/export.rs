//! `export`.

use std::path::Path;

use thresh_exporter::{Format, LicencePolicy, Target};

use crate::args::{self, ExportArgs};
use crate::context::Context;
use crate::exit::{Exit, usage};

pub(crate) fn export(context: &Context, args: &ExportArgs) -> anyhow::Result<Exit> {
    let format: Format = args.format.parse()?;
    let version = context.corpus()?.versions().resolve(&args.version)?;
    let policy = match args.licence_policy {
        args::LicencePolicy::All => LicencePolicy::All,
        args::LicencePolicy::Attributed => LicencePolicy::Attributed,
        args::LicencePolicy::Open => LicencePolicy::Open,
    };
    let target = target(format, &args.out)?;
    let summary = thresh_exporter::export(&version, format, target, policy)?;
    let left_out = match summary.left_out {
        0 => String::new(),
        n => format!(", {n} left out by their licence"),
    };
    tracing::info!(
        "version {}: {} documents written{left_out}",
        version.n(),
        summary.documents
    );
    Ok(Exit::Done)
}

fn target(format: Format, out: &Path) -> anyhow::Result<Target> {
    match (format, out == Path::new("-")) {
        (Format::Jsonl, true) => Ok(Target::Stream(Box::new(std::io::stdout()))),
        (Format::Jsonl, false) => Ok(Target::File(out.to_owned())),
        (_, true) => Err(usage("this format writes a folder: name one with --out")),
        (_, false) => Ok(Target::Folder(out.to_owned())),
    }
}
