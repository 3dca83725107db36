//! Describes pages: JSONL `{"id", "url", "html" | "text"}` in, one line of metadata a page out.
//!
//! The text is not cleaned here: every paragraph of a page counts as kept. Useful to look at what the
//! candidates alone give, and to measure it.

use std::io::{BufRead, Write};

use serde_json::{Value, json};
use thresh_metadata_extractor::{Input, SiteFacts, gather, gather_text, resolve};
use thresh_page::Page;
use thresh_types::{Anchor, Block, BlockKind, CanonicalUrl, CleanText, Fate};

fn main() -> std::io::Result<()> {
    let mut out = std::io::stdout().lock();
    for line in std::io::stdin().lock().lines() {
        let Ok(page) = serde_json::from_str::<Value>(&line?) else {
            continue;
        };
        writeln!(out, "{}", describe(&page))?;
    }
    Ok(())
}

fn describe(page: &Value) -> Value {
    let url: Option<CanonicalUrl> = page["url"].as_str().and_then(|url| url.parse().ok());
    let (gathered, text) = match page["html"].as_str() {
        Some(html) => {
            let parsed = Page::parse(html, url.clone());
            (gather(&parsed), paragraphs(&parsed))
        }
        None => {
            let text = page["text"].as_str().unwrap_or_default();
            (
                gather_text(text, url.as_ref()),
                text.lines().map(str::to_owned).collect(),
            )
        }
    };
    let metadata = resolve(&Input {
        gathered: &gathered,
        text: &kept(&text),
        url: url.as_ref(),
        fetched_at: None,
        site: SiteFacts::default(),
        recurring: None,
        attachments: &[],
        page_type: "",
    });
    json!({
        "id": page["id"],
        "title": metadata.title.as_ref().map(|e| &e.value),
        "author": metadata.author.as_ref().map(|e| &e.value),
        "date": metadata.date.as_ref().map(|e| e.value),
        "language": metadata.language.as_ref().map(|e| &e.value),
        "metadata": metadata,
    })
}

fn paragraphs(page: &Page) -> Vec<String> {
    let texts = page.html.tree.nodes().filter_map(scraper::ElementRef::wrap);
    texts
        .filter(|e| e.value().name() == "p")
        .map(|e| e.text().collect())
        .collect()
}

fn kept(lines: &[String]) -> CleanText {
    let blocks = lines
        .iter()
        .map(|l| l.split_whitespace().collect::<Vec<_>>().join(" "))
        .filter(|l| !l.is_empty());
    CleanText {
        blocks: blocks.enumerate().map(|(i, text)| block(i, text)).collect(),
        warnings: Vec::new(),
    }
}

fn block(index: usize, text: String) -> Block {
    Block {
        kind: BlockKind::Paragraph,
        text,
        markdown: None,
        path: index.to_string(),
        anchor: Anchor(index as u64),
        repairs: Vec::new(),
        fate: Fate::Kept { why: String::new() },
    }
}
