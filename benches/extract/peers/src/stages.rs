//! The stages of `thresh extract`, and what each costs on the same pages.

use std::fs::File;
use std::io::{BufRead, BufReader};
use std::time::Duration;

use serde_json::json;
use thresh_cleaner::{Context, Pack, RuleSet, Settings, Vocabulary, shipped_packs};
use thresh_metadata_extractor::{Input, SiteFacts};
use thresh_page::Page as Tree;
use thresh_types::CanonicalUrl;

use crate::tools::{Fields, Found};
use crate::{Page, cpu};

pub(crate) const STAGES: [&str; 8] = ["parse", "markup", "segment", "gather", "clean", "resolve", "render", "drop"];

/// Returns the rules that come with thresh.
pub(crate) fn rules() -> anyhow::Result<RuleSet> {
    let packs = shipped_packs().into_iter().map(|(name, toml)| Pack::parse(name, toml));
    let packs: Vec<Pack> = packs.collect::<Result<_, _>>()?;
    Ok(RuleSet::compile(&packs)?)
}

/// Runs the stages one by one over `pages` and prints the CPU milliseconds a page of each.
pub(crate) fn run(pages: &str) -> anyhow::Result<()> {
    let rules = rules()?;
    let (mut spent, mut count) = ([Duration::ZERO; STAGES.len()], 0);
    for line in BufReader::new(File::open(pages)?).lines() {
        let page: Page = serde_json::from_str(&line?)?;
        let mut begun = cpu();
        extract(&page.html, page.url.as_deref(), &rules, |stage| {
            spent[stage] += cpu() - begun;
            begun = cpu();
        });
        count += 1;
    }
    for (name, sum) in STAGES.iter().zip(spent) {
        let each = sum.as_secs_f64() * 1000.0 / f64::from(count.max(1));
        println!("{}", json!({"stage": name, "ms": (each * 1000.0).round() / 1000.0}));
    }
    Ok(())
}

/// Extracts one page; `done` hears of each stage that is done.
pub(crate) fn extract(html: &str, url: Option<&str>, rules: &RuleSet, mut done: impl FnMut(usize)) -> Found {
    let url: Option<CanonicalUrl> = url.and_then(|url| url.parse().ok());
    let tree = Tree::parse(html, url.clone());
    done(0);
    let markup = tree.markup("thresh");
    done(1);
    let segmentation = thresh_cleaner::segment(&tree);
    done(2);
    let gathered = thresh_metadata_extractor::gather(&tree);
    done(3);
    let (titles, vocabulary) = (gathered.titles(), Vocabulary::default());
    let context = Context {
        rules,
        profile: None,
        vocabulary: &vocabulary,
        settings: Settings::default(),
        url: url.as_ref(),
        titles: &titles,
    };
    let cleaned = thresh_cleaner::clean(&segmentation, &context);
    done(4);
    let metadata = thresh_metadata_extractor::resolve(&Input {
        gathered: &gathered,
        text: &cleaned.text,
        url: url.as_ref(),
        fetched_at: None,
        site: SiteFacts { name: None, languages: &[], licence: "unknown" },
        recurring: None,
        attachments: &cleaned.attachments,
        page_type: cleaned.page_type.as_str(),
    });
    done(5);
    let text = thresh_cleaner::to_text(&cleaned.text);
    std::hint::black_box(thresh_cleaner::to_markdown(&cleaned.text));
    done(6);
    let fields = Fields {
        title: metadata.title.map(|e| e.value),
        author: metadata.author.map(|e| e.value),
        date: metadata.date.map(|e| e.value.to_string()),
        modified: metadata.modified.map(|e| e.value.to_string()),
        language: metadata.language.map(|e| e.value),
        site_name: metadata.site_name.map(|e| e.value),
        doc_type: metadata.doc_type.map(|e| e.value),
    };
    drop((tree, markup, segmentation, gathered, cleaned, metadata.candidates));
    done(7);
    Found { text, fields }
}
