//! `dedup`.

use std::io::{BufRead, BufWriter, Write};
use std::path::Path;

use anyhow::Context as _;
use serde::Deserialize;
use serde_json::{Value, json};
use thresh_deduplicator::{Constraints, Grouping, Item};
use thresh_types::{NonMerging, RelationKind};

use super::lines;
use crate::args::DedupArgs;
use crate::context::{Context, read_input};
use crate::exit::{Exit, usage};
use crate::output::Output;

/// A line of input.
#[derive(Debug, Deserialize)]
struct Line {
    id: Value,
    text: Option<String>,
    url: Option<String>,
    date: Option<String>,
    language: Option<String>,
}

/// Either an item, by its place among the items, or the error that takes the line's place.
enum Slot {
    Item(Value, usize),
    Error(Value),
}

pub(crate) fn dedup(context: &Context, args: &DedupArgs) -> anyhow::Result<Exit> {
    let config = context.config_or_default()?;
    let (slots, items) = read(read_input(&args.file)?)?;
    let grouping = thresh_deduplicator::group(&items, &Constraints::default(), &config.dedup)
        .map_err(|error| usage(error.to_string()))?;
    let mut out = Output::new();
    let mut sound = true;
    for slot in &slots {
        match slot {
            Slot::Item(id, at) => out.json(&row(id, &grouping.members[*at])?)?,
            Slot::Error(error) => {
                sound = false;
                out.json(error)?;
            }
        }
    }
    out.finish()?;
    if let Some(path) = &args.relations {
        write_relations(path, &relations(&grouping))?;
    }
    Ok(if sound { Exit::Done } else { Exit::Partial })
}

fn read(mut input: impl BufRead) -> anyhow::Result<(Vec<Slot>, Vec<Item>)> {
    let (mut slots, mut items, mut number) = (Vec::new(), Vec::new(), 0);
    let mut line = Vec::new();
    while input.read_until(b'\n', &mut line)? > 0 {
        number += 1;
        if !line.iter().all(u8::is_ascii_whitespace) {
            slots.push(match item(number, &line) {
                Err(error) => Slot::Error(error),
                Ok((id, item)) => {
                    items.push(item);
                    Slot::Item(id, items.len() - 1)
                }
            });
        }
        line.clear();
    }
    Ok((slots, items))
}

fn item(number: usize, line: &[u8]) -> Result<(Value, Item), Value> {
    let line: Line = serde_json::from_slice(line).map_err(|error| {
        lines::error(
            number,
            None,
            &format!("no JSON object as `dedup` reads it: {error}"),
        )
    })?;
    let id = match &line.id {
        Value::String(id) => id.clone(),
        Value::Number(id) => id.to_string(),
        _ => {
            return Err(lines::error(
                number,
                None,
                "`id` is neither a string nor a number",
            ));
        }
    };
    let Some(text) = line.text else {
        return Err(lines::error(number, Some(&line.id), "no `text`"));
    };
    let item = Item {
        id,
        text,
        url: line.url,
        date: line.date,
        language: line.language,
        identity: None,
        rank: 0,
        cleaned: false,
    };
    Ok((line.id, item))
}

fn row(id: &Value, member: &thresh_types::ClusterMember) -> anyhow::Result<Value> {
    let mut value = serde_json::to_value(member)?;
    value["id"] = id.clone();
    Ok(value)
}

/// Every pair in which one document holds the other, whether they merged or not, and the other relations
/// that did not merge.
fn relations(grouping: &Grouping) -> Vec<NonMerging> {
    let others = grouping
        .relations
        .iter()
        .filter(|r| r.relation != RelationKind::Contains);
    let mut all: Vec<NonMerging> = grouping
        .containments
        .iter()
        .chain(others)
        .cloned()
        .collect();
    all.sort_by(|x, y| (&x.a, &x.b, x.relation).cmp(&(&y.a, &y.b, y.relation)));
    all
}

fn write_relations(path: &Path, relations: &[NonMerging]) -> anyhow::Result<()> {
    let told = || format!("cannot write `{}`", path.display());
    let mut file = BufWriter::new(std::fs::File::create(path).with_context(told)?);
    for relation in relations {
        writeln!(file, "{}", json!(relation)).with_context(told)?;
    }
    file.flush().with_context(told)
}
