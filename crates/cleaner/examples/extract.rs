//! Reads pages as JSON lines (`{"id", "html"}` or `{"id", "text"}`) from standard input and writes a line per page:
//!
//! - `extract text [MODEL [BIAS]]`: `{"id", "text"}`, with the model that ships or another, and a bias as
//!   `thresh extract --bias` takes it;
//! - `extract blocks`: every block with its fate;
//! - `extract features FILE`: the texts of the blocks, and into the file their features as little-endian 32-bit
//!   numbers, block after block: what a model is fitted on.

use std::io::{BufRead, Write};

use serde_json::{Value, json};
use thresh_cleaner::{
    Bias, Cleaned, Context, Model, Pack, RuleSet, Segmentation, Settings, Vocabulary,
    block_features, clean_with, segment, segment_text, shipped_packs, to_text,
};
use thresh_page::Page;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let packs: Vec<Pack> = shipped_packs()
        .into_iter()
        .map(|(name, toml)| Pack::parse(name, toml))
        .collect::<Result<_, _>>()?;
    let rules = RuleSet::compile(&packs)?;
    let mut asked = std::env::args().skip(1);
    let (mode, file) = (asked.next().unwrap_or_default(), asked.next());
    let bias = asked.next().map(|bias| serde_json::from_value(json!(bias)));
    let bias: Bias = bias.transpose()?.unwrap_or_default();
    let mut out = std::io::BufWriter::new(std::io::stdout().lock());
    let pages = std::io::stdin()
        .lock()
        .lines()
        .map(|line| -> std::io::Result<_> {
            let row: Value = serde_json::from_str(&line?)?;
            let page = page(&row);
            Ok((row["id"].clone(), page))
        });
    if mode == "features" {
        return features(
            pages,
            &file.ok_or("features wants the name of a file")?,
            &mut out,
        );
    }
    let own = file.map(std::fs::read).transpose()?;
    let own = own.map(|bytes| Model::read(&bytes)).transpose()?;
    let model = own.as_ref().unwrap_or_else(|| Model::shipped());
    for page in pages {
        let (id, page) = page?;
        let cleaned = cleaned(&page, &rules, model, bias);
        let answer = match mode.as_str() {
            "blocks" => json!(cleaned.text.blocks),
            _ => {
                let stand_in = cleaned.stand_in.as_ref().map(ToString::to_string);
                json!({"id": id, "text": to_text(&cleaned.text), "page_type": cleaned.page_type, "stand_in": stand_in})
            }
        };
        writeln!(out, "{answer}")?;
    }
    Ok(())
}

/// Writes the texts of the blocks to `out` and their features to the file.
fn features(
    pages: impl Iterator<Item = std::io::Result<(Value, Segmentation)>>,
    file: &str,
    out: &mut impl Write,
) -> Result<(), Box<dyn std::error::Error>> {
    let mut matrix = std::io::BufWriter::new(std::fs::File::create(file)?);
    for page in pages {
        let (id, page) = page?;
        let (names, values) = block_features(&page);
        for value in values {
            matrix.write_all(&value.to_le_bytes())?;
        }
        let texts: Vec<&str> = page.blocks.iter().map(|b| b.text.as_str()).collect();
        writeln!(
            out,
            "{}",
            json!({"id": id, "features": names, "texts": texts})
        )?;
    }
    matrix.flush()?;
    Ok(())
}

fn cleaned(page: &Segmentation, rules: &RuleSet, model: &Model, bias: Bias) -> Cleaned {
    let vocabulary = Vocabulary::default();
    let context = Context {
        rules,
        profile: None,
        vocabulary: &vocabulary,
        settings: Settings {
            bias,
            ..Settings::default()
        },
        url: None,
        titles: &[],
    };
    clean_with(page, &context, model)
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
