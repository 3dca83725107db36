//! The extractors by name, each with its defaults.

use serde::Serialize;

use crate::stages;

/// What a tool makes of a page.
#[derive(Default, Serialize)]
pub(crate) struct Found {
    pub(crate) text: String,
    #[serde(flatten)]
    pub(crate) fields: Fields,
}

/// What the page says of itself, of the tool that is looked at.
#[derive(Default, Serialize)]
pub(crate) struct Fields {
    pub(crate) title: Option<String>,
    pub(crate) author: Option<String>,
    pub(crate) date: Option<String>,
    pub(crate) modified: Option<String>,
    pub(crate) language: Option<String>,
    pub(crate) site_name: Option<String>,
    pub(crate) doc_type: Option<String>,
}

impl From<String> for Found {
    fn from(text: String) -> Self {
        Self { text, ..Self::default() }
    }
}

/// From markup and address to text.
type Tool = Box<dyn Fn(&str, Option<&str>) -> anyhow::Result<Found>>;

pub(crate) fn by_name(name: &str) -> anyhow::Result<Tool> {
    Ok(match name {
        "nothing" => Box::new(|_, _| Ok(Found::default())),
        "scraper-parse" => Box::new(parse),
        "thresh-parse" => Box::new(thresh_parse),
        "dom_smoothie" => Box::new(dom_smoothie),
        "rs-trafilatura" => Box::new(rs_trafilatura),
        "thresh" => thresh()?,
        other => anyhow::bail!("no tool is called `{other}`"),
    })
}

/// The yardstick: what it costs to build the tree and to drop it.
fn parse(html: &str, _: Option<&str>) -> anyhow::Result<Found> {
    drop(std::hint::black_box(scraper::Html::parse_document(html)));
    Ok(Found::default())
}

/// What thresh's bounds on depth and size add to that.
fn thresh_parse(html: &str, _: Option<&str>) -> anyhow::Result<Found> {
    drop(std::hint::black_box(thresh_page::Page::parse(html, None)));
    Ok(Found::default())
}

fn dom_smoothie(html: &str, url: Option<&str>) -> anyhow::Result<Found> {
    let mut reader = dom_smoothie::Readability::new(html, url, None)?;
    Ok(reader.parse()?.text_content.to_string().into())
}

fn rs_trafilatura(html: &str, url: Option<&str>) -> anyhow::Result<Found> {
    let options = rs_trafilatura::Options { url: url.map(str::to_owned), ..Default::default() };
    Ok(rs_trafilatura::extract_with_options(html, &options)?.content_text.into())
}

/// All that `thresh extract` does: text, Markdown, metadata and the reason of every removed block.
fn thresh() -> anyhow::Result<Tool> {
    let rules = stages::rules()?;
    Ok(Box::new(move |html, url| Ok(stages::extract(html, url, &rules, |_| ()))))
}
