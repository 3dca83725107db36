//! Runs one deduplicator over documents and says what it cost: `dedup-peers TOOL THRESHOLD DOCUMENTS.jsonl OUT.jsonl`.
//!
//! TOOL is `gaoya` or `thresh`; thresh has its own rules and passes over THRESHOLD. Documents
//! (`{"id", "text", "url"?, "date"?, "language"?}` a line) are in memory before the clock starts; the cost of the
//! work, and of sketching alone, goes to standard output as one JSON object, the clusters go to OUT as
//! `{"id", "cluster_id"}`. gaoya runs on one thread; thresh on as many as `RAYON_NUM_THREADS` says.

mod peer;

use std::fs::File;
use std::io::{BufRead, BufReader, BufWriter, Write};
use std::time::Duration;

use anyhow::Context;
use rustix::time::{ClockId, clock_gettime};
use serde_json::json;
use thresh_deduplicator::{Constraints, Item, Settings, group, sketched};

/// What a tool found and spent.
struct Run {
    clusters: Vec<String>,
    work: Duration,
    sketch: Duration,
}

/// Returns the CPU time of this process, user and system.
fn cpu() -> Duration {
    let time = clock_gettime(ClockId::ProcessCPUTime);
    Duration::new(time.tv_sec.unsigned_abs(), time.tv_nsec as u32)
}

/// Returns the peak of this process's resident memory in MiB, as the kernel tells it.
fn peak_mb() -> anyhow::Result<f64> {
    let status = std::fs::read_to_string("/proc/self/status")?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let number = line.and_then(|line| line.split_whitespace().next());
    Ok(number
        .context("no VmHWM in /proc/self/status")?
        .parse::<f64>()?
        / 1024.0)
}

fn main() -> anyhow::Result<()> {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let [tool, threshold, documents, out] = &args[..] else {
        anyhow::bail!("usage: dedup-peers TOOL THRESHOLD DOCUMENTS.jsonl OUT.jsonl");
    };
    let items = BufReader::new(File::open(documents)?)
        .lines()
        .map(|line| Ok(serde_json::from_str(&line?)?))
        .collect::<anyhow::Result<Vec<Item>>>()?;
    let input_mb = peak_mb()?;
    let run = match tool.as_str() {
        "gaoya" => gaoya(&items, threshold.parse()?),
        "thresh" => thresh(&items)?,
        other => anyhow::bail!("no tool is called `{other}`"),
    };
    let cost = json!({
        "documents": items.len(), "work_s": run.work.as_secs_f64(), "sketch_s": run.sketch.as_secs_f64(),
        "peak_mb": peak_mb()?, "input_mb": input_mb,
    });
    let mut rows = BufWriter::new(File::create(out)?);
    for (item, cluster) in items.iter().zip(&run.clusters) {
        writeln!(rows, "{}", json!({"id": item.id, "cluster_id": cluster}))?;
    }
    rows.flush()?;
    println!("{cost}");
    Ok(())
}

fn gaoya(items: &[Item], threshold: f64) -> Run {
    let begun = cpu();
    let mut index = peer::Gaoya::new(threshold);
    let signatures: Vec<Vec<u32>> = items
        .iter()
        .map(|item| index.signature(&item.text))
        .collect();
    let sketch = cpu() - begun;
    let roots = index.clusters(signatures);
    Run {
        work: cpu() - begun,
        sketch,
        clusters: roots.iter().map(ToString::to_string).collect(),
    }
}

/// Sketches once for the time of that alone; grouping sketches again, so that its own time is whole.
fn thresh(items: &[Item]) -> anyhow::Result<Run> {
    let begun = cpu();
    let hashes: usize = items.iter().map(|item| sketched(&item.text)).sum();
    let sketch = cpu() - begun;
    std::hint::black_box(hashes);
    let begun = cpu();
    let grouping = group(items, &Constraints::default(), &Settings::default())?;
    let work = cpu() - begun;
    let clusters = grouping
        .members
        .into_iter()
        .map(|member| member.cluster_id)
        .collect();
    Ok(Run {
        work,
        sketch,
        clusters,
    })
}
