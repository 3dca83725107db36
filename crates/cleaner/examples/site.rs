//! Cleans every page of a folder of HTML files with the profile of the whole and prints what came of
//! it: shares of headings and listings that were kept, lines that are left on many pages.

#![allow(clippy::print_stdout, reason = "an example prints what it measures")]

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use thresh_cleaner::{
    Context, Pack, RuleSet, Segmentation, Settings, Signature, SiteProfile, Vocabulary, clean,
    segment, shipped_packs,
};
use thresh_page::Page;
use thresh_types::{BlockKind, Fate};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let folder = std::env::args()
        .nth(1)
        .ok_or("name a folder of HTML files")?;
    let limit = std::env::args()
        .nth(2)
        .and_then(|n| n.parse().ok())
        .unwrap_or(usize::MAX);
    let mut files = Vec::new();
    collect(Path::new(&folder), &mut files);
    files.sort();
    files.truncate(limit);
    let pages: Vec<(String, Segmentation)> = files
        .iter()
        .filter_map(|f| Some((f.to_str()?.to_owned(), read(f)?)))
        .collect();
    let signatures: Vec<(&str, Vec<Signature>)> = pages
        .iter()
        .map(|(name, page)| (name.as_str(), page.signatures()))
        .collect();
    let profile = SiteProfile::build(signatures.iter().map(|(name, s)| (*name, s.as_slice())));
    report(&pages, &profile)
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

fn read(file: &Path) -> Option<Segmentation> {
    let html = std::fs::read_to_string(file).ok()?;
    Some(segment(&Page::parse(&html, None)))
}

fn report(
    pages: &[(String, Segmentation)],
    profile: &SiteProfile,
) -> Result<(), Box<dyn std::error::Error>> {
    let packs: Vec<Pack> = shipped_packs()
        .into_iter()
        .map(|(name, toml)| Pack::parse(name, toml))
        .collect::<Result<_, _>>()?;
    let rules = RuleSet::compile(&packs)?;
    let vocabulary = Vocabulary::build(pages.iter().map(|(_, p)| p));
    let mut kinds: BTreeMap<&str, (usize, usize)> = BTreeMap::new();
    let mut left: BTreeMap<String, usize> = BTreeMap::new();
    let mut by_rule: BTreeMap<String, usize> = BTreeMap::new();
    for (name, page) in pages.iter().filter(|(name, _)| !name.contains("genindex")) {
        let context = Context {
            rules: &rules,
            profile: Some(profile),
            vocabulary: &vocabulary,
            settings: Settings::default(),
            url: None,
            titles: &[],
        };
        let cleaned = clean(page, &context);
        for (raw, block) in page.blocks.iter().zip(&cleaned.text.blocks) {
            let kept = block.fate.is_kept();
            let around = match &block.fate {
                Fate::Dropped { rule, .. } => rule.pack() == "sphinx-docs",
                Fate::Kept { .. } => false,
            };
            if around {
                continue;
            }
            let kind = match block.kind {
                BlockKind::Heading(_) => "heading",
                BlockKind::Code => "code",
                BlockKind::TableRow { .. } => "row",
                _ => "other",
            };
            let count = kinds.entry(kind).or_default();
            *count = (
                count.0 + usize::from(kept && block.text == raw.text),
                count.1 + 1,
            );
            if kept {
                *left.entry(block.text.clone()).or_default() += 1;
            } else if kind != "other" || raw.words > 12 {
                println!("GONE\t{name}\t{kind}\t{}\t{:?}", block.path, block.fate);
                println!("\t{}", block.text.chars().take(100).collect::<String>());
            }
        }
        for (_, rule, _) in cleaned.text.dropped() {
            *by_rule.entry(rule.to_string()).or_default() += 1;
        }
        println!(
            "PAGE\t{name}\t{:?}\t{:?}",
            cleaned.page_type, cleaned.needs_review
        );
    }
    let mut left: Vec<(usize, String)> = left.into_iter().map(|(t, n)| (n, t)).collect();
    left.sort_by(|a, b| b.cmp(a));
    for (count, text) in left.iter().take(25) {
        println!(
            "LEFT\t{count}\t{}",
            text.chars().take(80).collect::<String>()
        );
    }
    println!("{kinds:?}\n{by_rule:?}");
    Ok(())
}
