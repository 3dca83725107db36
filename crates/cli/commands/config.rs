//! `init`, `config check`, `site add`.

use std::fs;
use std::path::Path;

use anyhow::Context as _;
use serde_json::json;
use thresh_config::{Config, Site, StarterFile, site_file_for};
use thresh_types::CanonicalUrl;

use crate::args::InitArgs;
use crate::context::Context;
use crate::exit::{Exit, usage};
use crate::output::{Output, plural, table};

pub(crate) fn init(args: &InitArgs) -> anyhow::Result<Exit> {
    let folder = args.dir.join("config");
    if folder.join("thresh.toml").exists() {
        let folder = folder.display();
        return Err(usage(format!(
            "`{folder}/thresh.toml` is there already: it is left as it is"
        )));
    }
    let mut out = Output::new();
    for file in Config::starter_files() {
        let path = write_new(&folder, &file)?;
        out.line(format!("wrote {path}"))?;
    }
    let dir = folder.display();
    out.line(format!(
        "\nNext:\n  1. set `contact` in {dir}/thresh.toml: site owners must be able to reach you\n  \
         2. thresh --config {dir} site add https://www.partner.example/   (one per partner)\n  \
         3. thresh --config {dir} config check && thresh --config {dir} run"
    ))?;
    out.finish()?;
    Ok(Exit::Done)
}

/// Writes a starter file, unless one is there: a person's own words are never overwritten.
fn write_new(folder: &Path, file: &StarterFile) -> anyhow::Result<String> {
    let path = folder.join(&file.path);
    if path.exists() {
        return Err(usage(format!(
            "`{}` is there already: it is left as it is",
            path.display()
        )));
    }
    let parent = path.parent().unwrap_or(folder);
    fs::create_dir_all(parent)
        .with_context(|| format!("cannot make the folder `{}`", parent.display()))?;
    fs::write(&path, &file.content)
        .with_context(|| format!("cannot write `{}`", path.display()))?;
    Ok(path.display().to_string())
}

pub(crate) fn check(context: &Context) -> anyhow::Result<Exit> {
    let config = context.config()?;
    // An empty contact is valid until a public host is crawled.
    if let Err(errors) = config.check_contact_for_public() {
        for problem in &errors.problems {
            tracing::warn!("{problem}");
        }
    }
    // What loads may still say what no partner's file should.
    config.check()?;
    let mut out = Output::new();
    if context.global.json {
        out.json_pretty(&summary(&config))?;
    } else {
        show_summary(&config, &mut out)?;
    }
    out.finish()?;
    Ok(Exit::Done)
}

fn summary(config: &Config) -> serde_json::Value {
    let site = |site: &Site| {
        let evidence = site.notes.licence_evidence.as_ref();
        json!({
            "id": site.id, "name": site.name, "origins": site.origins, "seeds": site.seeds, "noise": site.noise,
            "identity": site.identity, "licence": site.licence, "unverified": site.notes.unverified,
            "licence_evidence": evidence.map(|e| json!({"url": e.url, "says": e.says, "seen": e.seen.to_string()})),
        })
    };
    let unverified: Vec<String> = config
        .unverified()
        .iter()
        .map(ToString::to_string)
        .collect();
    json!({
        "name": config.name, "sites": config.sites.iter().map(site).collect::<Vec<_>>(),
        "noise_packs": config.pack_names(), "unverified": unverified,
    })
}

fn show_summary(config: &Config, out: &mut Output) -> anyhow::Result<()> {
    let head = [
        "site",
        "name",
        "origins",
        "seeds",
        "noise packs",
        "identity",
        "licence",
        "evidence",
    ];
    let rows: Vec<Vec<String>> = config.sites.iter().map(row_of).collect();
    out.line(table(&head, &rows, &[2, 3, 5]))?;
    let unverified = config.unverified();
    if !unverified.is_empty() {
        out.line("\nnot verified:")?;
    }
    for doubt in unverified {
        out.line(format!("  {doubt}"))?;
    }
    let packs = plural(config.pack_names().len(), "noise pack", "noise packs");
    let sites = plural(rows.len(), "site", "sites");
    out.line(format!("\n{sites} and {packs}: all valid"))
}

fn row_of(site: &Site) -> Vec<String> {
    let evidence = site.notes.licence_evidence.as_ref();
    vec![
        site.id.to_string(),
        site.name.clone(),
        site.origins.len().to_string(),
        site.seeds.len().to_string(),
        site.noise.join(" "),
        site.identity.len().to_string(),
        site.licence.clone(),
        evidence.map_or_else(|| "none".to_owned(), |e| e.seen.to_string()),
    ]
}

pub(crate) fn add_site(context: &Context, url: &str) -> anyhow::Result<Exit> {
    let url: CanonicalUrl = url.parse().map_err(|error| usage(format!("{error}")))?;
    let config = context.config()?;
    if let Some(site) = config.site_of(&url) {
        return Err(usage(format!(
            "the site `{}` claims {} already",
            site.id,
            url.origin()
        )));
    }
    let file = site_file_for(&url);
    let path = write_new(context.config_dir(), &file)?;
    let mut out = Output::new();
    out.line(format!(
        "wrote {path}: look at it, then `thresh crawl --dry-run`"
    ))?;
    out.finish()?;
    Ok(Exit::Done)
}
