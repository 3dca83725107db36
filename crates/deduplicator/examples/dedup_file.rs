//! Groups a file of JSON lines and writes clusters and relations, for scoring.
//!
//! `dedup_file IN.jsonl OUT.jsonl [RELATIONS.jsonl [EDGES.jsonl [SETTINGS-JSON]]]`; a line of IN is
//! `{"id", "text", "url"?, "date"?, "language"?, "identity"?}`. RELATIONS gets the containments.

use std::error::Error;
use std::fs::File;
use std::io::{BufRead, BufReader, BufWriter, Write};
use std::time::Instant;

use serde::Serialize;
use thresh_deduplicator::{Constraints, Item, Settings, group};

#[derive(serde::Deserialize)]
struct Line {
    id: String,
    text: String,
    #[serde(default)]
    url: Option<String>,
    #[serde(default)]
    date: Option<String>,
    #[serde(default)]
    language: Option<String>,
    #[serde(default)]
    identity: Option<String>,
}

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [input, output, rest @ ..] = arguments.as_slice() else {
        return Err("usage: dedup_file IN OUT [RELATIONS]".into());
    };
    let items = read(input)?;
    let (start, cpu) = (Instant::now(), cpu_seconds());
    let settings = match rest.get(2) {
        Some(json) => serde_json::from_str(json)?,
        None => Settings::default(),
    };
    let grouping = group(&items, &Constraints::default(), &settings)?;
    let seconds = start.elapsed().as_secs_f64();
    let cpu = cpu_seconds().zip(cpu).map(|(after, before)| after - before);
    write(output, &grouping.members)?;
    if let Some(path) = rest.first() {
        write(path, &grouping.containments)?;
    }
    if let Some(path) = rest.get(1) {
        write(&format!("{path}.relations"), &grouping.relations)?;
        write(path, &grouping.edges)?;
    }
    let mut err = std::io::stderr();
    writeln!(err, "{} documents in {seconds:.2} s", items.len())?;
    if let Some(cpu) = cpu.filter(|&cpu| cpu > 0.0) {
        let rate = items.len() as f64 / cpu;
        writeln!(
            err,
            "grouping took {cpu:.2} CPU seconds, {rate:.0} documents each"
        )?;
    }
    Ok(())
}

/// Returns the CPU time of all threads so far, where the system tells (Linux, in ticks of 10 ms).
fn cpu_seconds() -> Option<f64> {
    let stat = std::fs::read_to_string("/proc/self/stat").ok()?;
    let fields = stat.rsplit_once(')')?.1.split_whitespace();
    let ticks: Option<Vec<f64>> = fields.skip(11).take(2).map(|f| f.parse().ok()).collect();
    Some(ticks?.iter().sum::<f64>() / 100.0)
}

fn read(path: &str) -> Result<Vec<Item>, Box<dyn Error>> {
    let mut items = Vec::new();
    for line in BufReader::new(File::open(path)?).lines() {
        let line: Line = serde_json::from_str(&line?)?;
        items.push(Item {
            id: line.id,
            text: line.text,
            url: line.url,
            date: line.date,
            language: line.language,
            identity: line.identity,
            ..Item::default()
        });
    }
    Ok(items)
}

fn write<T: Serialize>(path: &str, rows: &[T]) -> Result<(), Box<dyn Error>> {
    let mut file = BufWriter::new(File::create(path)?);
    for row in rows {
        serde_json::to_writer(&mut file, row)?;
        file.write_all(b"\n")?;
    }
    Ok(file.flush()?)
}
