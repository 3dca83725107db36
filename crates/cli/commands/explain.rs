//! `explain`.

mod blocks;
mod pairs;

use std::io::Read;
use std::path::Path;

use thresh_config::Config;
use thresh_pipeline::{
    AddressView, ExplainedPage, Explanation, ExtractInput, Extractor, PipelineError,
};
use thresh_types::{CanonicalUrl, Metadata};

use self::blocks::{Colour, shorten};
use super::lines::MAX_LINE;
use crate::args::ExplainArgs;
use crate::context::{Context, read_input};
use crate::exit::{Exit, usage};
use crate::output::Output;

pub(crate) fn explain(context: &Context, args: &ExplainArgs) -> anyhow::Result<Exit> {
    let config = context.config_or_default()?;
    if let Some(file) = file_of(&args.name) {
        return explain_file(context, &config, file, args);
    }
    let corpus = context.corpus()?;
    let observe = |event| context.observe(&event);
    let explained = thresh_pipeline::explain(&corpus, &config, &args.name, &observe);
    context.display.clear();
    let explanation = match explained {
        // No document: perhaps an address that was refused.
        Err(PipelineError::UnknownDocument(name)) => {
            let view = thresh_pipeline::address(&corpus, &config, &name)?;
            let unknown = || PipelineError::UnknownDocument(name);
            return show_address(context, &view.ok_or_else(unknown)?);
        }
        explained => explained?,
    };
    let mut out = Output::new();
    if context.global.json {
        out.json_pretty(&explanation)?;
    } else {
        out.text(render(&explanation, colour()))?;
    }
    out.finish()?;
    Ok(Exit::Done)
}

/// Returns the file that a name stands for: `-` is stdin, and no address is a file.
fn file_of(name: &str) -> Option<&Path> {
    let path = Path::new(name);
    let is_address = name.parse::<CanonicalUrl>().is_ok();
    (name == "-" || (!is_address && path.is_file())).then_some(path)
}

/// Explains a page that belongs to no corpus: as `extract` cleans it.
fn explain_file(
    context: &Context,
    config: &Config,
    file: &Path,
    args: &ExplainArgs,
) -> anyhow::Result<Exit> {
    let url = match &args.url {
        None => None,
        Some(url) => Some(
            url.parse::<CanonicalUrl>()
                .map_err(|error| usage(format!("cannot read --url `{url}`: {error}")))?,
        ),
    };
    let mut bytes = Vec::new();
    let input = read_input(file)?;
    input.take(MAX_LINE as u64).read_to_end(&mut bytes)?;
    let input = ExtractInput::Body {
        bytes,
        content_type: None,
    };
    let page = match Extractor::new(config)?.explain(&input, url.as_ref()) {
        Ok(page) => page,
        Err(why) => {
            tracing::error!("{}: {why}", file.display());
            return Ok(Exit::Partial);
        }
    };
    let mut out = Output::new();
    if context.global.json {
        out.json_pretty(&page)?;
    } else {
        out.text(render_page(&page, colour()))?;
    }
    out.finish()?;
    Ok(Exit::Done)
}

fn colour() -> Colour {
    if crate::colour_on_stdout() {
        Colour::Ansi
    } else {
        Colour::Plain
    }
}

fn render_page(page: &ExplainedPage, colour: Colour) -> String {
    [
        format!("page type: {}\n", page.page_type),
        blocks::blocks(&page.blocks, colour),
        blocks::budget(&page.budget, colour),
    ]
    .join("\n")
}

fn show_address(context: &Context, view: &AddressView) -> anyhow::Result<Exit> {
    let mut out = Output::new();
    if context.global.json {
        out.json_pretty(view)?;
    } else {
        out.text(render_address(view))?;
    }
    out.finish()?;
    Ok(Exit::Done)
}

fn render_address(view: &AddressView) -> String {
    let mut lines = vec![format!("{}\n  no document", view.url)];
    let mut tell = |what: &str, text: String| lines.push(format!("  {what:<9} {text}"));
    let site = view.site.as_deref().unwrap_or("none");
    tell("site", site.to_owned());
    if let Some(why) = &view.out_of_scope {
        tell("scope", why.clone());
    }
    let robots = view.robots.clone();
    tell(
        "robots",
        robots.unwrap_or_else(|| "no robots.txt of its origin is archived".to_owned()),
    );
    if let Some((times, last)) = &view.refused {
        let text = format!("{} at {}: {}", last.reason, last.at, last.detail);
        tell("refused", format!("{times} ×, last for {text}"));
    }
    for capture in &view.captures {
        let at = capture
            .fetched_at
            .map_or_else(String::new, |at| at.to_string());
        let kind = capture.kind.as_str();
        tell(
            "capture",
            format!("{kind}, status {}, {at}", capture.status),
        );
    }
    lines.push(String::new());
    lines.join("\n")
}

fn render(explanation: &Explanation, colour: Colour) -> String {
    let budget = explanation.budget.as_ref();
    let sections = [
        origin(explanation),
        blocks::blocks(&explanation.blocks, colour),
        budget.map_or_else(String::new, |budget| blocks::budget(budget, colour)),
        metadata(explanation),
        pairs::cluster(explanation),
    ];
    sections
        .into_iter()
        .filter(|section| !section.is_empty())
        .collect::<Vec<_>>()
        .join("\n")
}

fn origin(explanation: &Explanation) -> String {
    let capture = &explanation.capture;
    let fetched = capture
        .fetched_at
        .map_or_else(|| "at an unknown time".to_owned(), |at| at.to_string());
    let mut lines = vec![
        format!(
            "document {}  (site {}, key {})",
            explanation.id, explanation.site, explanation.key
        ),
        format!(
            "  capture   {} at byte {}, fetched {fetched}",
            capture.warc, capture.offset
        ),
        format!(
            "  payload   {} ({} bytes, {})",
            capture.payload_digest, capture.bytes, capture.media_type
        ),
    ];
    lines.extend(
        explanation
            .urls
            .iter()
            .map(|url| format!("  address   {url}")),
    );
    if explanation.other_captures > 0 {
        lines.push(format!(
            "  {} older captures could speak too",
            explanation.other_captures
        ));
    }
    if let Some(robots) = &explanation.robots {
        lines.push(format!("  robots    {robots}"));
    }
    lines.extend(signals(explanation));
    if let Some(why) = &explanation.withheld {
        lines.push(format!("  withheld  {why}"));
    }
    lines.join("\n") + "\n"
}

/// What the page says to crawlers, a line each.
fn signals(explanation: &Explanation) -> Vec<String> {
    let said = &explanation.signals;
    let mut lines = Vec::new();
    let mut add = |name: &str, value: &str| lines.push(format!("  {name:<9} {value}"));
    for rule in &said.directives {
        add("directive", rule);
    }
    if let Some(url) = &said.canonical {
        let verdict = if explanation.urls.contains(url) {
            "an address of the document"
        } else {
            "a claim that is not followed"
        };
        add("canonical", &format!("{url}, {verdict}"));
    }
    if let Some(refresh) = &said.refresh {
        let target = refresh.target.as_deref().unwrap_or("itself");
        add(
            "refresh",
            &format!("to {target} after {} s", refresh.seconds),
        );
    }
    if let Some(base) = &said.base {
        add("base", base);
    }
    if let Some(policy) = &said.tdm_policy {
        add("terms", policy);
    }
    for remark in &explanation.remarks {
        add("remark", remark);
    }
    lines
}

fn metadata(explanation: &Explanation) -> String {
    let Some(metadata) = &explanation.metadata else {
        return String::new();
    };
    let mut text = format!("metadata\n{}", chosen(metadata));
    if !explanation.candidates.is_empty() {
        text.push_str("candidates, every one that was weighed\n");
    }
    for candidate in &explanation.candidates {
        text.push_str(&format!(
            "  {:<14} {:>3} %  {}  ({}, {})\n",
            field(candidate.field),
            candidate.confidence,
            shorten(&candidate.value),
            field(candidate.source),
            candidate.place
        ));
    }
    text
}

/// Writes an enum as its serde name.
fn field(value: impl serde::Serialize) -> String {
    serde_json::to_value(value)
        .ok()
        .and_then(|v| v.as_str().map(str::to_owned))
        .unwrap_or_default()
}

fn chosen(metadata: &Metadata) -> String {
    let value = serde_json::to_value(metadata).unwrap_or_default();
    let mut text = String::new();
    for (name, value) in value.as_object().into_iter().flatten() {
        if let Some(source) = value.get("source").and_then(serde_json::Value::as_str) {
            let shown = value.get("value").map(plain).unwrap_or_default();
            text.push_str(&format!(
                "  {name:<14} {}  (from {source})\n",
                shorten(&shown)
            ));
        }
    }
    text
}

fn plain(value: &serde_json::Value) -> String {
    value
        .as_str()
        .map_or_else(|| value.to_string(), str::to_owned)
}
