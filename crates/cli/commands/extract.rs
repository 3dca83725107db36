//! `extract`.

use std::io::{BufRead, Read};

use serde::{Deserialize, Serialize};
use serde_json::Value;
use thresh_cleaner::Bias;
use thresh_pipeline::{ExtractInput, Extracted, Extractor};
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

/// A line of output: what was asked for, under the id and address of its input.
#[derive(Debug, Serialize)]
struct Row {
    id: Value,
    url: Option<String>,
    #[serde(flatten)]
    form: Form,
}

#[derive(Debug, Serialize)]
#[serde(untagged)]
#[allow(
    clippy::large_enum_variant,
    reason = "one is made for each line and written at once"
)]
enum Form {
    All(Extracted),
    Markdown { markdown: String },
    Text { text: String },
}

fn answer(
    extractor: &Extractor,
    format: ExtractFormat,
    number: usize,
    line: Vec<u8>,
) -> Answer<Row> {
    let parsed: Result<Line, _> = serde_json::from_slice(&line);
    let mut parsed = parsed.map_err(|error| {
        lines::error(
            number,
            None,
            &format!("no JSON object as `extract` reads it: {error}"),
        )
    })?;
    drop(line);
    let input = input_of(&mut parsed);
    let Line { id, url, .. } = parsed;
    let fail = |why: &str| lines::error(number, Some(&id), why);
    let input = input.map_err(|why| fail(&why))?;
    // An address that cannot be read is no reason to refuse the page: it is a hint only.
    let address = url.as_deref().filter(|url| !url.is_empty());
    let address = address.and_then(|url| url.parse::<CanonicalUrl>().ok());
    let extracted = extractor
        .extract(&input, address.as_ref())
        .map_err(|why| fail(&why))?;
    let form = match format {
        ExtractFormat::Jsonl => Form::All(extracted),
        ExtractFormat::Markdown => Form::Markdown {
            markdown: extracted.markdown,
        },
        ExtractFormat::Text => Form::Text {
            text: extracted.text,
        },
    };
    Ok(Row { id, url, form })
}

/// Takes the page out of the line.
fn input_of(line: &mut Line) -> Result<ExtractInput, String> {
    if let Some(html) = line.html.take() {
        return Ok(ExtractInput::Html(html));
    }
    if let Some(encoded) = line.body_base64.take() {
        let bytes = data_encoding::BASE64
            .decode(encoded.as_bytes())
            .map_err(|error| format!("`body_base64` is no base64: {error}"))?;
        return Ok(ExtractInput::Body {
            bytes,
            content_type: line.content_type.take(),
        });
    }
    let text = line.text.take().map(ExtractInput::Text);
    text.ok_or_else(|| "none of `html`, `body_base64` and `text`; one of them is needed".to_owned())
}
