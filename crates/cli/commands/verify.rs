//! `verify`.

use serde_json::{Value, json};
use thresh_pipeline::VerifyReport;

use crate::args::VerifyArgs;
use crate::context::Context;
use crate::exit::Exit;
use crate::output::{Output, plural};

pub(crate) fn verify(context: &Context, args: &VerifyArgs) -> anyhow::Result<Exit> {
    let corpus = context.corpus()?;
    let versions = if args.all {
        corpus.versions().list()?
    } else {
        vec![corpus.versions().resolve(&args.version)?]
    };
    let observe = |event| context.observe(&event);
    let mut reports = Vec::new();
    for version in &versions {
        reports.push(thresh_pipeline::verify(
            &corpus,
            version,
            args.rebuild,
            &observe,
        )?);
    }
    context.display.clear();
    let mut out = Output::new();
    if context.global.json {
        let rows: Vec<Value> = reports.iter().map(as_json).collect();
        out.json_pretty(&rows)?;
    } else {
        for report in &reports {
            out.line(line(report))?;
        }
    }
    out.finish()?;
    Ok(tell(&reports))
}

/// Names on stderr what was found, and gives the exit code.
fn tell(reports: &[VerifyReport]) -> Exit {
    let mut exit = Exit::Done;
    for report in reports.iter().filter(|report| !report.is_sound()) {
        exit = Exit::Unsound;
        for problem in report
            .problems
            .iter()
            .chain(report.differences.iter().flatten())
        {
            tracing::error!("version {}: {problem}", report.n);
        }
    }
    exit
}

fn line(report: &VerifyReport) -> String {
    let documents = plural(report.documents, "document", "documents");
    let rebuilt = match &report.differences {
        None => String::new(),
        Some(none) if none.is_empty() => "; rebuilt from the captures byte for byte".to_owned(),
        Some(some) => format!(
            "; rebuilt with {}",
            plural(some.len(), "difference", "differences")
        ),
    };
    let verdict = if report.problems.is_empty() {
        "every digest holds".to_owned()
    } else {
        plural(report.problems.len(), "problem", "problems")
    };
    format!("version {}: {documents}, {verdict}{rebuilt}", report.n)
}

fn as_json(report: &VerifyReport) -> Value {
    json!({
        "n": report.n,
        "sound": report.is_sound(),
        "documents": report.documents,
        "problems": report.problems,
        "differences": report.differences,
    })
}
