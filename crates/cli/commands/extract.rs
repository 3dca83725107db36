//! `extract`.

use std::io::{BufRead, Read};

use serde::Deserialize;
use serde_json::{Value, json};
use thresh_cleaner::Bias;
use thresh_pipeline::{ExtractInput, Extractor};
use thresh_types::CanonicalUrl;

use super::lines::{self, Answer};
use crate::args::{self, ExtractArgs, ExtractFormat};
use crate::context::{Context, read_input};
use crate::exit::Exit;
use crate::output::Output;

/// A line of input.
#[derive(Debug, Deserialize)]
struct Line {
    #[serde(default)]
    id: Value,
    url: Option<String>,
    html: Option<String>,
    body_base64: Option<String>,
    content_type: Option<String>,
    text: Option<String>,
}

pub(crate) fn extract(context: &Context, args: &ExtractArgs) -> anyhow::Result<Exit> {
    let mut config = context.config_or_default()?;
    if let Some(bias) = args.bias {
        config.curate.bias = match bias {
            args::Bias::Precision => Bias::Precision,
            args::Bias::Balanced => Bias::Balanced,
            args::Bias::Recall => Bias::Recall,
        };
    }
    let extractor = Extractor::new(&config)?;
    let mut input = read_input(&args.file)?;
    let mut out = Output::new();
    let sound = if is_jsonl(&mut input)? {
        lines::filter(input, &mut out, |number, line| {
            answer(&extractor, args.format, number, line)
        })?
    } else {
        page(&extractor, args, input, &mut out)?
    };
    out.finish()?;
    Ok(if sound { Exit::Done } else { Exit::Partial })
}

/// Whether the input is JSONL: its first character that is no white space opens an object.
fn is_jsonl(input: &mut impl BufRead) -> anyhow::Result<bool> {
    let start = input.fill_buf()?;
    Ok(start.iter().find(|byte| !byte.is_ascii_whitespace()) == Some(&b'{'))
}

fn page(
    extractor: &Extractor,
    args: &ExtractArgs,
    input: impl Read,
    out: &mut Output,
) -> anyhow::Result<bool> {
    let mut bytes = Vec::new();
    input.take(lines::MAX_LINE as u64).read_to_end(&mut bytes)?;
    let input = ExtractInput::Body {
        bytes,
        content_type: None,
    };
    match extractor.extract(&input, None) {
        Err(why) => {
            tracing::error!("{}: {why}", args.file.display());
            Ok(false)
        }
        Ok(extracted) => {
            match args.format {
                ExtractFormat::Jsonl => out.json(&extracted)?,
                ExtractFormat::Markdown => out.text(&extracted.markdown)?,
                ExtractFormat::Text => out.text(&extracted.text)?,
            }
            Ok(true)
        }
    }
}

fn answer(extractor: &Extractor, format: ExtractFormat, number: usize, line: &[u8]) -> Answer {
    let line: Line = serde_json::from_slice(line).map_err(|error| {
        lines::error(
            number,
            None,
            &format!("no JSON object as `extract` reads it: {error}"),
        )
    })?;
    let fail = |why: &str| lines::error(number, Some(&line.id), why);
    let url = match line.url.as_deref().filter(|url| !url.is_empty()) {
        None => None,
        // An address that cannot be read is no reason to refuse the page: it is a hint only.
        Some(url) => url.parse::<CanonicalUrl>().ok(),
    };
    let input = input_of(&line).map_err(|why| fail(&why))?;
    let extracted = extractor
        .extract(&input, url.as_ref())
        .map_err(|why| fail(&why))?;
    let mut value = json!({"id": line.id, "url": line.url});
    match format {
        ExtractFormat::Jsonl => merge(
            &mut value,
            serde_json::to_value(extracted).map_err(|e| fail(&e.to_string()))?,
        ),
        ExtractFormat::Markdown => value["markdown"] = json!(extracted.markdown),
        ExtractFormat::Text => value["text"] = json!(extracted.text),
    }
    Ok(value)
}

fn merge(into: &mut Value, from: Value) {
    if let (Value::Object(into), Value::Object(from)) = (into, from) {
        into.extend(from);
    }
}

fn input_of(line: &Line) -> Result<ExtractInput, String> {
    match (&line.html, &line.body_base64, &line.text) {
        (Some(html), _, _) => Ok(ExtractInput::Html(html.clone())),
        (None, Some(encoded), _) => {
            let bytes = data_encoding::BASE64
                .decode(encoded.as_bytes())
                .map_err(|error| format!("`body_base64` is no base64: {error}"))?;
            Ok(ExtractInput::Body {
                bytes,
                content_type: line.content_type.clone(),
            })
        }
        (None, None, Some(text)) => Ok(ExtractInput::Text(text.clone())),
        (None, None, None) => {
            Err("none of `html`, `body_base64` and `text`; one of them is needed".to_owned())
        }
    }
}
