//! Reads pages as JSON lines (`{"id", "html"}` or `{"id", "text"}`) from standard input and writes
//! `{"id", "text"}` per line; with the argument `features`, what the weights are fitted on.

use std::io::{BufRead, Write};

use serde_json::{Value, json};
use thresh_cleaner::{
    Context, Pack, RuleSet, Segmentation, Settings, Vocabulary, block_features, clean, segment,
    segment_text, shipped_packs, to_text,
};
use thresh_page::Page;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let packs: Vec<Pack> = shipped_packs()
        .into_iter()
        .map(|(name, toml)| Pack::parse(name, toml))
        .collect::<Result<_, _>>()?;
    let rules = RuleSet::compile(&packs)?;
    let mode = std::env::args().nth(1).unwrap_or_default();
    let mut out = std::io::BufWriter::new(std::io::stdout().lock());
    for line in std::io::stdin().lock().lines() {
        let row: Value = serde_json::from_str(&line?)?;
        let answer = answer(&row, &rules, &mode);
        writeln!(out, "{answer}")?;
    }
    Ok(())
}

fn answer(row: &Value, rules: &RuleSet, mode: &str) -> Value {
    let page = page(row);
    if mode == "features" {
        let (_, rows) = block_features(&page);
        let texts: Vec<&str> = page.blocks.iter().map(|b| b.text.as_str()).collect();
        return json!({"id": row["id"], "texts": texts, "rows": rows});
    }
    let vocabulary = Vocabulary::default();
    let context = Context {
        rules,
        profile: None,
        vocabulary: &vocabulary,
        settings: Settings::default(),
        url: None,
        titles: &[],
    };
    let cleaned = clean(&page, &context);
    if mode == "explain" {
        return json!(cleaned.text.blocks);
    }
    let stand_in = cleaned.stand_in.as_ref().map(ToString::to_string);
    json!({"id": row["id"], "text": to_text(&cleaned.text), "page_type": cleaned.page_type, "stand_in": stand_in})
}

fn page(row: &Value) -> Segmentation {
    match row["html"].as_str() {
        Some(html) => {
            let url = row["url"].as_str().and_then(|u| u.parse().ok());
            segment(&Page::parse(html, url))
        }
        None => segment_text(row["text"].as_str().unwrap_or("")),
    }
}
