//! `dedup`.

mod on_disk;
mod related;

use std::io::BufRead;
use std::path::Path;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer};
use serde_json::Value;
use thresh_deduplicator::{Constraints, Grouping, Item, Items, Settings};
use thresh_pipeline::DedupIndex;
use thresh_types::{ClusterMember, Translation};

use self::on_disk::{Kept, OnDisk};
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
    #[serde(default, deserialize_with = "lenient")]
    identity: Option<String>,
    #[serde(default, deserialize_with = "lenient")]
    symbol: Option<String>,
    #[serde(default, deserialize_with = "lenient")]
    publisher: Option<String>,
    #[serde(default, deserialize_with = "lenient")]
    canonical: Option<String>,
    #[serde(default, deserialize_with = "lenient")]
    translations: Vec<Translation>,
    #[serde(default, deserialize_with = "lenient")]
    listed: bool,
}

/// Reads a field that other programs may use otherwise: what is of another shape is as good as absent.
fn lenient<'de, D: Deserializer<'de>, T: DeserializeOwned + Default>(
    deserializer: D,
) -> Result<T, D::Error> {
    let value = Value::deserialize(deserializer)?;
    Ok(T::deserialize(value).unwrap_or_default())
}

/// Either an item, or the error that takes the line's place.
enum Slot {
    /// An item whose id is a string.
    Named,
    /// An item whose id is a number.
    Numbered,
    Error(Value),
}

pub(crate) fn dedup(context: &Context, args: &DedupArgs) -> anyhow::Result<Exit> {
    let settings = context.config_or_default()?.dedup;
    let wants_pairs = args.relations.is_some() || args.edges.is_some();
    if !wants_pairs && is_large(&args.file) {
        return large(&settings, args);
    }
    let (slots, items) = read(read_input(&args.file)?)?;
    let grouping = grouped(&items, &settings, args)?;
    let sound = print(&slots, |row| grouping.members.iter().try_for_each(row))?;
    if let Some(path) = &args.relations {
        related::write_relations(path, &grouping, &items)?;
    }
    if let Some(path) = &args.edges {
        related::write_edges(path, &grouping, &items)?;
    }
    Ok(sound)
}

fn grouped(items: &[Item], settings: &Settings, args: &DedupArgs) -> anyhow::Result<Grouping> {
    let none = Constraints::default();
    let grouping = match &args.index {
        Some(folder) => {
            let index = DedupIndex::open(folder)?;
            thresh_deduplicator::group_again(&Items(items), &none, settings, &index)
        }
        None => thresh_deduplicator::group(items, &none, settings),
    };
    grouping.map_err(|error| usage(error.to_string()))
}

/// Larger files are read where they are: a document that is compared is read again.
const IN_MEMORY: u64 = 128 << 20;

fn is_large(path: &Path) -> bool {
    let told = std::fs::metadata(path);
    told.is_ok_and(|told| told.is_file() && told.len() > IN_MEMORY)
}

/// Groups a file that is not held in memory.
fn large(settings: &Settings, args: &DedupArgs) -> anyhow::Result<Exit> {
    let mut slots = Vec::new();
    let on_disk = OnDisk::open(&args.file, |number, line| match item(number, line) {
        Ok((id, _)) => {
            slots.push(if id.is_string() {
                Slot::Named
            } else {
                Slot::Numbered
            });
            true
        }
        Err(error) => {
            slots.push(Slot::Error(error));
            false
        }
    })?;
    let folder = match &args.index {
        Some(folder) => Kept::In(folder.clone()),
        None => Kept::ForNow(on_disk::temporary_folder()?),
    };
    let index = DedupIndex::open(folder.path())?;
    print(&slots, |row| {
        let mut result = Ok(());
        let none = Constraints::default();
        thresh_deduplicator::members_again(&on_disk, &none, settings, &index, &mut |member| {
            if result.is_ok() {
                result = row(&member);
            }
        })
        .map_err(|error| usage(error.to_string()))?;
        result
    })
}

/// Prints a row for every slot; `members` hands over those of the items in turn.
fn print(
    slots: &[Slot],
    members: impl FnOnce(&mut dyn FnMut(&ClusterMember) -> anyhow::Result<()>) -> anyhow::Result<()>,
) -> anyhow::Result<Exit> {
    let mut out = Output::new();
    let mut rest = slots.iter();
    let mut sound = true;
    let mut errors = |rest: &mut std::slice::Iter<'_, Slot>, out: &mut Output| {
        for slot in rest {
            match slot {
                Slot::Error(error) => {
                    sound = false;
                    out.json(error)?;
                }
                Slot::Named => return Ok(false),
                Slot::Numbered => return Ok(true),
            }
        }
        Ok::<bool, anyhow::Error>(false)
    };
    members(&mut |member| {
        let numbered = errors(&mut rest, &mut out)?;
        match numbered {
            true => out.json(&numbered_row(member)?),
            false => out.json(member),
        }
    })?;
    errors(&mut rest, &mut out)?;
    out.finish()?;
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
                    if id.is_string() {
                        Slot::Named
                    } else {
                        Slot::Numbered
                    }
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
        identity: line.identity,
        symbol: line.symbol,
        publisher: line.publisher,
        canonical: line.canonical,
        translations: line.translations,
        listed: line.listed,
        ..Item::default()
    };
    Ok((line.id, item))
}

/// Returns the row of a document whose id is a number.
fn numbered_row(member: &ClusterMember) -> anyhow::Result<Value> {
    let mut value = serde_json::to_value(member)?;
    value["id"] = serde_json::from_str(&member.id)?;
    Ok(value)
}
