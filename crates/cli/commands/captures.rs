//! `captures`.

use serde_json::{Value, json};
use thresh_corpus::{Corpus, Filter, Lookup, Scope};
use thresh_types::{Capture, CaptureKind, Timestamp};

use crate::args::{CapturesArgs, Kind};
use crate::context::Context;
use crate::exit::{Exit, usage};
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

fn kind(args: &CapturesArgs) -> Option<CaptureKind> {
    let default = if args.url.is_some() {
        Kind::All
    } else {
        Kind::Page
    };
    match args.kind.unwrap_or(default) {
        Kind::Page => Some(CaptureKind::Page),
        Kind::Robots => Some(CaptureKind::Robots),
        Kind::Sitemap => Some(CaptureKind::Sitemap),
        Kind::Redirect => Some(CaptureKind::Redirect),
        Kind::Tdmrep => Some(CaptureKind::Tdmrep),
        Kind::All => None,
    }
}

/// Calls `visit` with the captures that are asked for, until it says that this is enough.
fn visit(
    corpus: &Corpus,
    args: &CapturesArgs,
    mut visit: impl FnMut(Capture) -> anyhow::Result<bool>,
) -> anyhow::Result<()> {
    let kind = kind(args);
    if let Some(url) = &args.url {
        let scope = match args.prefix {
            true => Scope::Prefix,
            false => Scope::Exact,
        };
        let at = args.at.as_deref().map(time).transpose()?;
        let url = url.clone();
        let lookup = Lookup {
            url,
            scope,
            at,
            kind,
        };
        return corpus.lookup(&lookup, visit);
    }
    let filter = Filter {
        kind,
        ..Filter::default()
    };
    for capture in corpus.captures(&filter)? {
        if !visit(capture)? {
            break;
        }
    }
    Ok(())
}

/// Reads a time as people and web archives write it; what is left out is the earliest there is.
fn time(text: &str) -> anyhow::Result<Timestamp> {
    let text = text.trim();
    let filled = || {
        let is_digits = text.len() >= 4 && text.bytes().all(|b| b.is_ascii_digit());
        let pattern = "00000101000000";
        let rest = pattern.get(text.len()..).filter(|_| is_digits)?;
        let civil = jiff::civil::DateTime::strptime("%Y%m%d%H%M%S", format!("{text}{rest}"));
        civil.ok()
    };
    let civil = || text.parse::<jiff::civil::DateTime>().ok();
    let month = || format!("{text}-01").parse::<jiff::civil::DateTime>().ok();
    let utc = |time: jiff::civil::DateTime| time.to_zoned(jiff::tz::TimeZone::UTC).ok();
    text.parse::<Timestamp>()
        .ok()
        .or_else(|| {
            let zoned = filled().or_else(civil).or_else(month).and_then(utc)?;
            Some(zoned.timestamp())
        })
        .ok_or_else(|| {
            usage(format!(
                "`{text}` is no time: write 2026-03-01, 20260301120000 or 2026-03-01T12:00:00Z"
            ))
        })
}

fn rows_as_json(corpus: &Corpus, args: &CapturesArgs, out: &mut Output) -> anyhow::Result<()> {
    visit(corpus, args, |capture| {
        let mut row = serde_json::to_value(&capture)?;
        row["payload_digest"] = json!(thresh_corpus::warc::digest_field(&capture.payload_digest));
        if args.text {
            row["text"] = body(corpus, &capture)?;
        }
        out.json(&row)?;
        Ok(!out.is_closed())
    })
}

/// The body decoded to Unicode, markup included; null where it is no text.
fn body(corpus: &Corpus, capture: &Capture) -> anyhow::Result<Value> {
    let payload = corpus.read_payload(capture)?;
    Ok(thresh_pipeline::body_text(&payload).map_or(Value::Null, |text| json!(text)))
}

fn rows(corpus: &Corpus, args: &CapturesArgs, out: &mut Output) -> anyhow::Result<()> {
    let mut rows = Vec::new();
    visit(corpus, args, |capture| {
        rows.push(row(capture));
        Ok(true)
    })?;
    out.line(table(
        &["fetched", "site", "status", "size", "type", "address", ""],
        &rows,
        &[2, 3],
    ))
}

fn row(capture: Capture) -> Vec<String> {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_read_as_people_and_archives_write_them() {
        for (text, expected) in [
            ("2026-03-01", "2026-03-01T00:00:00Z"),
            ("2026-03", "2026-03-01T00:00:00Z"),
            ("2026", "2026-01-01T00:00:00Z"),
            ("202603", "2026-03-01T00:00:00Z"),
            ("20260301", "2026-03-01T00:00:00Z"),
            ("20260301123456", "2026-03-01T12:34:56Z"),
            ("2026-03-01T12:34", "2026-03-01T12:34:00Z"),
            ("2026-03-01T12:34:56+02:00", "2026-03-01T10:34:56Z"),
        ] {
            assert_eq!(time(text).unwrap().to_string(), expected, "{text}");
        }
        for text in ["", "yesterday", "20261301", "2026030112345678", "12"] {
            assert!(time(text).is_err(), "{text}");
        }
    }
}
