//! `verify`.

use serde_json::{Value, json};
use thresh_corpus::Audit;
use thresh_pipeline::VerifyReport;

use crate::args::VerifyArgs;
use crate::context::Context;
use crate::exit::Exit;
use crate::output::{Output, plural};

pub(crate) fn verify(context: &Context, args: &VerifyArgs) -> anyhow::Result<Exit> {
    let corpus = context.corpus()?;
    let versions = corpus.versions();
    let versions = if args.all || (args.version.is_none() && versions.latest()?.is_none()) {
        versions.list()?
    } else {
        vec![versions.resolve(args.version.as_deref().unwrap_or("latest"))?]
    };
    let observe = |event| context.observe(&event);
    let audit = thresh_pipeline::audit(&corpus, &observe)?;
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
        let mut rows: Vec<Value> = reports.iter().map(as_json).collect();
        rows.push(archive_json(&audit));
        out.json_pretty(&rows)?;
    } else {
        out.line(archive_line(&audit))?;
        if versions.is_empty() {
            out.line("no version is published yet: `thresh curate` makes one")?;
        }
        for report in &reports {
            out.line(line(report))?;
        }
    }
    out.finish()?;
    for problem in &audit.problems {
        tracing::error!("archive: {problem}");
    }
    let exit = tell(&reports);
    Ok(if audit.problems.is_empty() {
        exit
    } else {
        Exit::Unsound
    })
}

fn archive_line(audit: &Audit) -> String {
    let count = |n: u64, one, many| plural(usize::try_from(n).unwrap_or(usize::MAX), one, many);
    let verdict = match audit.problems.len() {
        0 => "every digest holds".to_owned(),
        n => plural(n, "problem", "problems"),
    };
    format!(
        "archive: {} in {}, {}, {verdict}",
        count(audit.records, "record", "records"),
        count(audit.files, "WARC file", "WARC files"),
        count(audit.captures, "capture", "captures"),
    )
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

fn archive_json(audit: &Audit) -> Value {
    json!({"archive": {
        "sound": audit.problems.is_empty(),
        "files": audit.files,
        "records": audit.records,
        "captures": audit.captures,
        "problems": audit.problems.iter().map(ToString::to_string).collect::<Vec<_>>(),
    }})
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
