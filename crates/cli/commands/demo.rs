//! `demo`: the whole job on a small web of its own.

use std::fs;
use std::path::Path;

use anyhow::Context as _;
use thresh_config::Config;
use thresh_corpus::{Corpus, RunLock};
use thresh_demo::DemoWeb;
use thresh_exporter::{Style, Words};
use thresh_pipeline::{CrawlOptions, CrawlReport, CurateOptions, CurateReport, Revisit};
use thresh_types::Document;

use super::{crawl, curate};
use crate::args::DemoArgs;
use crate::context::Context;
use crate::exit::{Exit, usage};
use crate::output::Output;

/// Marks a folder that a former demo made and this one may replace.
const MARK: &str = ".thresh-demo";

/// Lines of the difference between both versions that are shown.
const SHOWN: usize = 48;

pub(crate) fn demo(context: &Context, args: &DemoArgs) -> anyhow::Result<Exit> {
    prepare(&args.dir)?;
    let web = DemoWeb::start().context("the demo's web server could not start")?;
    let (config_dir, corpus_dir) = (args.dir.join("config"), args.dir.join("corpus"));
    write_config(&web, &config_dir)?;
    let config = Config::load(&config_dir)?;
    let corpus = Corpus::create(&corpus_dir)?;
    let lock = corpus.lock()?;
    let mut out = Output::new();
    out.line(format!(
        "A small web of {} sites is served on {}.\n",
        config.sites.len(),
        web.addr()
    ))?;

    out.line("── First run: crawl, curate, publish")?;
    let first = round(context, &corpus, &lock, &config, Revisit::Due)?;
    tell_round(&mut out, &first)?;
    out.line(format!("\n{}", sample(&corpus)?))?;

    web.set_edition(2);
    out.line("── Some pages change. Second run: every page is asked again")?;
    let second = round(context, &corpus, &lock, &config, Revisit::All)?;
    tell_round(&mut out, &second)?;
    out.line(format!("\n── What changed\n{}", changes(&corpus)?))?;
    out.text(next_steps(args, &corpus)?)?;
    out.finish()?;
    web.stop();
    Ok(Exit::Done)
}

/// Makes the folder, or empties the one that a former demo left.
fn prepare(dir: &Path) -> anyhow::Result<()> {
    let shown = dir.display();
    if dir.join(MARK).is_file() {
        fs::remove_dir_all(dir)
            .with_context(|| format!("cannot replace the former demo in `{shown}`"))?;
    } else if fs::read_dir(dir).is_ok_and(|mut entries| entries.next().is_some()) {
        return Err(usage(format!(
            "`{shown}` holds something else: name another folder with --dir"
        )));
    }
    fs::create_dir_all(dir).with_context(|| format!("cannot make the folder `{shown}`"))?;
    fs::write(
        dir.join(MARK),
        "made by `thresh demo`, which may replace this folder\n",
    )
    .with_context(|| format!("cannot write into `{shown}`"))
}

fn write_config(web: &DemoWeb, dir: &Path) -> anyhow::Result<()> {
    for (path, content) in web.config_files() {
        let path = dir.join(path);
        fs::create_dir_all(path.parent().unwrap_or(dir))?;
        fs::write(&path, content).with_context(|| format!("cannot write `{}`", path.display()))?;
    }
    Ok(())
}

fn round(
    context: &Context,
    corpus: &Corpus,
    lock: &RunLock,
    config: &Config,
    revisit: Revisit,
) -> anyhow::Result<(CrawlReport, CurateReport)> {
    let options = CrawlOptions {
        revisit,
        ..CrawlOptions::default()
    };
    let crawled = crawl::perform(context, corpus, lock, config, &options)?;
    let curated = curate::perform(context, corpus, lock, config, &CurateOptions::default())?;
    Ok((crawled, curated))
}

fn tell_round(
    out: &mut Output,
    (crawled, curated): &(CrawlReport, CurateReport),
) -> anyhow::Result<()> {
    out.line(crawl::summary(crawled, false))?;
    out.line(format!("\n{}", curate::summary(curated)))
}

/// Shows what the merging is for: a document with the copies it stands for.
fn sample(corpus: &Corpus) -> anyhow::Result<String> {
    let latest = corpus.versions().resolve("latest")?;
    let mut text = String::from("copies merged, each with its evidence:\n");
    for leaf in latest.leaves()? {
        let document = latest.document(&leaf)?;
        text.push_str(&merged(&document));
    }
    Ok(text)
}

fn merged(document: &Document) -> String {
    document
        .aliases
        .iter()
        .map(|alias| {
            format!(
                "  {}\n    ← {}\n      {}\n",
                document.url, alias.url, alias.reason
            )
        })
        .collect()
}

fn changes(corpus: &Corpus) -> anyhow::Result<String> {
    let (a, b) = (
        corpus.versions().resolve("1")?,
        corpus.versions().resolve("latest")?,
    );
    let diff = thresh_exporter::diff(&a, &b, Words::Yes)?;
    let style = if crate::colour_on_stdout() {
        Style::coloured()
    } else {
        Style::plain()
    };
    let text = thresh_exporter::render_diff(&diff, style);
    let lines: Vec<&str> = text.lines().collect();
    if lines.len() <= SHOWN {
        return Ok(text);
    }
    let rest = lines.len() - SHOWN;
    Ok(format!(
        "{}\n  … {rest} more lines, see `diff` below",
        lines[..SHOWN].join("\n")
    ))
}

fn next_steps(args: &DemoArgs, corpus: &Corpus) -> anyhow::Result<String> {
    let latest = corpus.versions().resolve("latest")?;
    let mut best: Option<Document> = None;
    for leaf in latest.leaves()? {
        let document = latest.document(&leaf)?;
        if best
            .as_ref()
            .is_none_or(|best| document.aliases.len() > best.aliases.len())
        {
            best = Some(document);
        }
    }
    let url = best.map_or_else(String::new, |document| document.url);
    let dir = args.dir.display();
    let flags = format!("--config {dir}/config --corpus {dir}/corpus");
    Ok(format!(
        "\nEverything is kept in {dir}. Three things to try:\n  \
         thresh {flags} explain {url}\n  \
         thresh {flags} diff 1 2 --words\n  \
         thresh {flags} export --format markdown --out {dir}/pages\n"
    ))
}
