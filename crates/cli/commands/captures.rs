//! `captures`.

use serde_json::{Value, json};
use thresh_corpus::{Corpus, Filter};
use thresh_types::{Capture, CaptureKind};

use crate::args::{CapturesArgs, Kind};
use crate::context::Context;
use crate::exit::Exit;
use crate::output::{Output, bytes, table};

pub(crate) fn captures(context: &Context, args: &CapturesArgs) -> anyhow::Result<Exit> {
    let corpus = context.corpus()?;
    let machine = args.jsonl || context.global.json || args.text;
    let mut out = Output::new();
    match (args.refused, machine) {
        (true, true) => {
            for refusal in corpus.refusals()? {
                out.json(&refusal)?;
            }
        }
        (true, false) => refused(&corpus, &mut out)?,
        (false, true) => rows_as_json(&corpus, args, &mut out)?,
        (false, false) => rows(&corpus, args, &mut out)?,
    }
    out.finish()?;
    Ok(Exit::Done)
}

fn filter(args: &CapturesArgs) -> Filter {
    let kind = match args.kind {
        Kind::Page => Some(CaptureKind::Page),
        Kind::Robots => Some(CaptureKind::Robots),
        Kind::Sitemap => Some(CaptureKind::Sitemap),
        Kind::Redirect => Some(CaptureKind::Redirect),
        Kind::Tdmrep => Some(CaptureKind::Tdmrep),
        Kind::All => None,
    };
    Filter {
        kind,
        ..Filter::default()
    }
}

fn rows_as_json(corpus: &Corpus, args: &CapturesArgs, out: &mut Output) -> anyhow::Result<()> {
    for capture in corpus.captures(&filter(args))? {
        let mut row = serde_json::to_value(&capture)?;
        row["payload_digest"] = json!(thresh_corpus::warc::digest_field(&capture.payload_digest));
        if args.text {
            row["text"] = body(corpus, &capture)?;
        }
        out.json(&row)?;
        if out.is_closed() {
            break;
        }
    }
    Ok(())
}

/// The body decoded to Unicode, markup included; null where it is no text.
fn body(corpus: &Corpus, capture: &Capture) -> anyhow::Result<Value> {
    let payload = corpus.read_payload(capture)?;
    Ok(thresh_pipeline::body_text(&payload).map_or(Value::Null, |text| json!(text)))
}

fn rows(corpus: &Corpus, args: &CapturesArgs, out: &mut Output) -> anyhow::Result<()> {
    let rows: Vec<Vec<String>> = corpus
        .captures(&filter(args))?
        .into_iter()
        .map(|capture| {
            let when = capture.fetched_at.map_or_else(
                || "-".to_owned(),
                |at| at.strftime("%Y-%m-%d %H:%M").to_string(),
            );
            let note = match (capture.revisit, capture.truncated) {
                (_, Some(why)) => format!("truncated: {}", why.as_str()),
                (true, None) => "unchanged".to_owned(),
                (false, None) => String::new(),
            };
            let address = if capture.final_url.is_empty() {
                capture.payload_digest.to_string()
            } else {
                capture.final_url
            };
            vec![
                when,
                capture.site.to_string(),
                capture.status.to_string(),
                bytes(capture.bytes),
                capture.media_type,
                address,
                note,
            ]
        })
        .collect();
    out.line(table(
        &["fetched", "site", "status", "size", "type", "address", ""],
        &rows,
        &[2, 3],
    ))
}

fn refused(corpus: &Corpus, out: &mut Output) -> anyhow::Result<()> {
    let rows: Vec<Vec<String>> = corpus
        .refusals()?
        .into_iter()
        .map(|refusal| {
            vec![
                refusal.at.strftime("%Y-%m-%d %H:%M").to_string(),
                refusal.reason.to_string(),
                refusal.url,
                refusal.detail,
            ]
        })
        .collect();
    out.line(table(&["when", "reason", "address", "detail"], &rows, &[]))
}
