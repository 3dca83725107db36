//! `import`.

use std::collections::BTreeMap;
use std::io::BufRead;
use std::path::Path;

use serde_json::json;
use thresh_pipeline::ImportOptions;
use thresh_types::CanonicalUrl;

use crate::args::ImportArgs;
use crate::context::{Context, read_input};
use crate::exit::{Exit, usage};
use crate::output::{Output, plural};

pub(crate) fn import(context: &Context, args: &ImportArgs) -> anyhow::Result<Exit> {
    let config = context.config_or_default()?;
    let site = args
        .site
        .as_ref()
        .map(|id| id.parse())
        .transpose()
        .map_err(|e| usage(format!("{e}")))?;
    if let Some(site) = &site
        && config.site(site).is_none()
    {
        return Err(usage(format!(
            "no site `{site}` in the configuration: `thresh config check` lists the sites"
        )));
    }
    let urls = args
        .urls
        .as_deref()
        .map(read_addresses)
        .transpose()?
        .unwrap_or_default();
    let corpus = context.corpus_or_new()?;
    let lock = corpus.lock()?;
    let options = ImportOptions { site, urls };
    let observe = |event| context.observe(&event);
    let job = context.job(&corpus, &lock, &config, &observe);
    let report = thresh_pipeline::import(&job, &args.paths, &options)?;
    context.display.clear();
    for fault in &report.tolerated {
        tracing::warn!("{fault}");
    }
    for problem in &report.unreadable {
        tracing::error!("{problem}");
    }
    let mut out = Output::new();
    if context.global.json {
        out.json_pretty(&json!({
            "captures": report.captures,
            "known": report.known,
            "unreadable": report.unreadable,
            "tolerated": report.tolerated,
        }))?;
    } else {
        let added = plural(usize::try_from(report.captures)?, "capture", "captures");
        out.line(format!(
            "{added} added, {} known already, {} unreadable",
            report.known,
            report.unreadable.len()
        ))?;
    }
    out.finish()?;
    Ok(if report.unreadable.is_empty() {
        Exit::Done
    } else {
        Exit::Partial
    })
}

/// Reads lines of file TAB URL.
fn read_addresses(path: &Path) -> anyhow::Result<BTreeMap<String, CanonicalUrl>> {
    let mut addresses = BTreeMap::new();
    for (number, line) in read_input(path)?.lines().enumerate() {
        let line = line?;
        if line.trim().is_empty() {
            continue;
        }
        let wrong = |why: String| usage(format!("{}:{}: {why}", path.display(), number + 1));
        let (file, url) = line
            .split_once('\t')
            .ok_or_else(|| wrong("file TAB URL is expected".to_owned()))?;
        let url = url
            .trim()
            .parse()
            .map_err(|error: thresh_types::UrlError| wrong(error.to_string()))?;
        addresses.insert(file.trim().to_owned(), url);
    }
    Ok(addresses)
}
