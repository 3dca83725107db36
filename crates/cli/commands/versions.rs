//! `log`, `show`, `diff`, `tag`.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use thresh_corpus::{Corpus, CorpusError, Version};
use thresh_exporter::{Style, Words};
use thresh_types::{CanonicalUrl, Document};

use crate::args::{DiffArgs, ShowArgs, TagArgs};
use crate::context::Context;
use crate::exit::{Exit, usage};
use crate::output::Output;

pub(crate) fn log(context: &Context) -> anyhow::Result<Exit> {
    let corpus = context.corpus()?;
    let versions = corpus.versions().list()?;
    let tags = corpus.versions().tags()?;
    let mut out = Output::new();
    if context.global.json {
        let rows: Vec<Value> = versions
            .iter()
            .map(version_json)
            .collect::<Result<_, _>>()?;
        out.json_pretty(&rows)?;
    } else if versions.is_empty() {
        out.line("no version yet: `thresh curate` publishes one")?;
    } else {
        let rows = thresh_exporter::log(&versions, &tags);
        out.text(thresh_exporter::render_log(&rows, style()))?;
    }
    out.finish()?;
    Ok(Exit::Done)
}

fn version_json(version: &Version) -> anyhow::Result<Value> {
    Ok(json!({
        "n": version.n(),
        "version_id": version.id(),
        "published_at": version.stamp().published_at,
        "tool": version.stamp().tool,
        "documents": version.leaves()?.len(),
        "manifest": version.manifest(),
    }))
}

pub(crate) fn show(context: &Context, args: &ShowArgs) -> anyhow::Result<Exit> {
    let corpus = context.corpus()?;
    let (version, named) = match corpus.versions().resolve(&args.version) {
        Ok(version) => (version, args.doc.clone()),
        // `thresh show URL` is what a person tries first.
        Err(CorpusError::UnknownVersion { .. }) if args.doc.is_none() => {
            let latest = corpus.versions().resolve("latest")?;
            find(&latest, &args.version)?.ok_or(CorpusError::UnknownVersion {
                name: args.version.clone(),
            })?;
            (latest, Some(args.version.clone()))
        }
        Err(error) => return Err(error.into()),
    };
    let mut out = Output::new();
    match named {
        Some(name) => show_document(context, &version, &name, &mut out)?,
        None => {
            let tags = corpus.versions().tags()?;
            show_version(context, &version, &tags, args.documents, &mut out)?;
        }
    }
    out.finish()?;
    Ok(Exit::Done)
}

fn show_document(
    context: &Context,
    version: &Version,
    name: &str,
    out: &mut Output,
) -> anyhow::Result<()> {
    let document = find(version, name)?.ok_or_else(|| {
        usage(format!(
            "no document `{name}` in version {}: give an address or an id",
            version.n()
        ))
    })?;
    if context.global.json {
        out.json_pretty(&document)
    } else {
        out.text(thresh_exporter::render_document(&document, style()))
    }
}

fn show_version(
    context: &Context,
    version: &Version,
    tags: &BTreeMap<String, u64>,
    list: bool,
    out: &mut Output,
) -> anyhow::Result<()> {
    if context.global.json {
        let mut value = version_json(version)?;
        let documents: Vec<Document> = documents(version)?;
        value["documents"] = json!(documents);
        value["withheld"] = json!(version.withheld()?);
        return out.json_pretty(&value);
    }
    let summary = thresh_exporter::summarise(version, tags)?;
    out.text(thresh_exporter::render_version(&summary, style()))?;
    if list {
        for document in documents(version)? {
            let title = document.title.as_deref().unwrap_or("(untitled)");
            let address = if document.url.is_empty() {
                "(no address)"
            } else {
                &document.url
            };
            out.line(format!("{}  {title}\n{:22}{address}", document.id, ""))?;
        }
    }
    Ok(())
}

fn documents(version: &Version) -> anyhow::Result<Vec<Document>> {
    let leaves = version.leaves()?;
    leaves
        .iter()
        .map(|leaf| Ok(version.document(leaf)?))
        .collect()
}

/// Finds a document by its id or address, or by those of a copy merged into it.
fn find(version: &Version, name: &str) -> anyhow::Result<Option<Document>> {
    let canonical = name.parse::<CanonicalUrl>().map(String::from).ok();
    let is_named = |url: &String| url == name || Some(url) == canonical.as_ref();
    for leaf in version.leaves()? {
        let document = version.document(&leaf)?;
        let by_id =
            document.id.as_str() == name || document.aliases.iter().any(|a| a.id.as_str() == name);
        if by_id || document.urls.iter().any(is_named) {
            return Ok(Some(document));
        }
    }
    Ok(None)
}

pub(crate) fn diff(context: &Context, args: &DiffArgs) -> anyhow::Result<Exit> {
    let corpus = context.corpus()?;
    let (a, b) = (
        corpus.versions().resolve(&args.a)?,
        corpus.versions().resolve(&args.b)?,
    );
    let words = if args.words { Words::Yes } else { Words::No };
    let diff = thresh_exporter::diff(&a, &b, words)?;
    let mut out = Output::new();
    if context.global.json {
        out.json_pretty(&diff)?;
    } else {
        out.text(thresh_exporter::render_diff(&diff, style()))?;
    }
    out.finish()?;
    Ok(Exit::Done)
}

pub(crate) fn tag(context: &Context, args: &TagArgs) -> anyhow::Result<Exit> {
    let corpus: Corpus = context.corpus()?;
    let lock = corpus.lock()?;
    let version = corpus.versions().resolve(&args.version)?;
    corpus.versions().tag(&lock, &version, &args.name)?;
    let mut out = Output::new();
    out.line(format!(
        "version {} ({}) is now `{}`",
        version.n(),
        version.id().short(),
        args.name
    ))?;
    out.finish()?;
    Ok(Exit::Done)
}

fn style() -> Style {
    if crate::colour_on_stdout() {
        Style::coloured()
    } else {
        Style::plain()
    }
}
