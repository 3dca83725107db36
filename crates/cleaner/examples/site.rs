//! Cleans every page of a site with the profile of the whole: `site --folder FOLDER` for a folder of
//! HTML files, `site --pages FILE` for what `thresh captures --jsonl --text` writes.
//!
//! Writes `{"url", "text", "by"}` per page, `by` being the blocks that the profile took, and on the
//! error stream how long signs and profile took. `--no-profile` leaves the profile out, `--limit N`
//! takes only the first pages, `--explain` writes the blocks that the profile took with its reasons.

#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "an example prints what it measures"
)]

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use thresh_cleaner::{
    Context, Pack, PageSigns, RuleSet, Segmentation, Settings, SiteProfile, Vocabulary, clean,
    segment, shipped_packs, to_text,
};
use thresh_page::Page;
use thresh_types::CanonicalUrl;

/// One page of the site.
struct Row {
    url: CanonicalUrl,
    page: Segmentation,
}

struct Options {
    folder: Option<String>,
    pages: Option<String>,
    profile: bool,
    explain: bool,
    limit: usize,
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let options = options()?;
    let rows = match (&options.folder, &options.pages) {
        (Some(folder), _) => folder_rows(Path::new(folder), options.limit)?,
        (_, Some(file)) => captured_rows(file, options.limit)?,
        _ => return Err("name a --folder or a file of --pages".into()),
    };
    let started = Instant::now();
    let signs: Vec<PageSigns> = rows
        .iter()
        .map(|row| PageSigns::of(&row.page, [row.url.as_str()], &[]))
        .collect();
    let signed = started.elapsed();
    let profile = SiteProfile::build(&signs);
    let built = started.elapsed() - signed;
    write(&rows, options.profile.then_some(&profile), &options)?;
    eprintln!(
        "{} pages: signs {:.3} ms a page, profile {:.3} ms a page",
        rows.len(),
        per_page(signed, rows.len()),
        per_page(built, rows.len()),
    );
    Ok(())
}

fn per_page(time: Duration, pages: usize) -> f64 {
    time.as_secs_f64() * 1000.0 / pages.max(1) as f64
}

fn options() -> Result<Options, String> {
    let mut options = Options {
        folder: None,
        pages: None,
        profile: true,
        explain: false,
        limit: usize::MAX,
    };
    let mut arguments = std::env::args().skip(1);
    while let Some(argument) = arguments.next() {
        let mut value = || arguments.next().ok_or(format!("{argument} wants a value"));
        match argument.as_str() {
            "--folder" => options.folder = Some(value()?),
            "--pages" => options.pages = Some(value()?),
            "--limit" => options.limit = value()?.parse().map_err(|_| "--limit wants a number")?,
            "--no-profile" => options.profile = false,
            "--explain" => options.explain = true,
            other => return Err(format!("{other} is unknown")),
        }
    }
    Ok(options)
}

fn folder_rows(folder: &Path, limit: usize) -> Result<Vec<Row>, Box<dyn std::error::Error>> {
    let mut files = Vec::new();
    collect(folder, &mut files);
    files.sort();
    files.truncate(limit);
    let mut rows = Vec::new();
    for file in files {
        let html = String::from_utf8_lossy(&std::fs::read(&file)?).into_owned();
        let path = file.strip_prefix(folder)?.to_string_lossy().into_owned();
        rows.extend(row(&format!("http://folder.example/{path}"), &html));
    }
    Ok(rows)
}

fn captured_rows(file: &str, limit: usize) -> Result<Vec<Row>, Box<dyn std::error::Error>> {
    let text = std::fs::read_to_string(file)?;
    let mut rows = Vec::new();
    for line in text.lines().take(limit) {
        let capture: Value = serde_json::from_str(line)?;
        let url = capture["final_url"].as_str().unwrap_or_default();
        if let Some(html) = capture["text"]
            .as_str()
            .filter(|_| capture["status"] == 200)
        {
            rows.extend(row(url, html));
        }
    }
    Ok(rows)
}

fn row(url: &str, html: &str) -> Option<Row> {
    let url: CanonicalUrl = url.parse().ok()?;
    let page = segment(&Page::parse(html, Some(url.clone())));
    Some(Row { url, page })
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    for path in entries.map(|e| e.path()) {
        if path.is_dir() {
            collect(&path, files);
        } else if path.extension().is_some_and(|e| e == "html") {
            files.push(path);
        }
    }
}

fn write(
    rows: &[Row],
    profile: Option<&SiteProfile>,
    options: &Options,
) -> Result<(), Box<dyn std::error::Error>> {
    let packs: Vec<Pack> = shipped_packs()
        .into_iter()
        .map(|(name, toml)| Pack::parse(name, toml))
        .collect::<Result<_, _>>()?;
    let rules = RuleSet::compile(&packs)?;
    let vocabulary = Vocabulary::build(rows.iter().map(|row| &row.page));
    for row in rows {
        let context = Context {
            rules: &rules,
            profile,
            vocabulary: &vocabulary,
            settings: Settings::default(),
            url: Some(&row.url),
            titles: &[],
        };
        let cleaned = clean(&row.page, &context);
        let mut by: BTreeMap<String, usize> = BTreeMap::new();
        for (block, rule, why) in cleaned.text.dropped() {
            *by.entry(rule.to_string()).or_default() += 1;
            if options.explain && rule.pack() == "profile" {
                let text: String = block.text.chars().take(90).collect();
                println!("{}\t{rule}\t{text}\t{why}", row.url);
            }
        }
        if !options.explain {
            let line = json!({"url": row.url.as_str(), "text": to_text(&cleaned.text), "by": by});
            println!("{line}");
        }
    }
    Ok(())
}
