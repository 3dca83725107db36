//! Runs one extractor over pages and says what it cost: `extract-peers TOOL PAGES.jsonl OUT.jsonl`.
//!
//! Pages are read one by one (`{"id", "url", "html"}` a line), and only the work on the text of a page is
//! counted, from text in memory to results in memory. What came out goes to OUT as `{"id", "text"}`
//! and more;
//! the cost goes to standard output as one JSON object. One process runs one tool, since the
//! peak of its memory is counted too. `stages` in the place of a tool tells what each stage of thresh costs,
//! and `hostile SHAPE -` whether pages made to be dear are.

mod hostile;
mod stages;
mod tools;

use std::fs::File;
use std::io::{BufRead, BufReader, BufWriter, Write};
use std::time::Duration;

use anyhow::Context;
use rustix::time::{ClockId, clock_gettime};
use serde::{Deserialize, Serialize};
use serde_json::json;

#[derive(Deserialize)]
pub(crate) struct Page {
    id: String,
    url: Option<String>,
    html: String,
}

#[derive(Serialize)]
struct Row<'a> {
    id: &'a str,
    #[serde(flatten)]
    found: tools::Found,
}

/// Returns the CPU time of this process, user and system.
pub(crate) fn cpu() -> Duration {
    let time = clock_gettime(ClockId::ProcessCPUTime);
    Duration::new(time.tv_sec.unsigned_abs(), time.tv_nsec as u32)
}

/// Returns the peak of this process's resident memory in KiB, as the kernel tells it.
pub(crate) fn peak_kib() -> anyhow::Result<u64> {
    let status = std::fs::read_to_string("/proc/self/status")?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let number = line.and_then(|line| line.split_whitespace().next());
    Ok(number.context("no VmHWM in /proc/self/status")?.parse()?)
}

fn main() -> anyhow::Result<()> {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let [tool, pages, out] = &args[..] else {
        anyhow::bail!("usage: extract-peers TOOL PAGES.jsonl OUT.jsonl");
    };
    match tool.as_str() {
        "stages" => return stages::run(pages),
        "hostile" => return hostile::run(pages),
        _ => {}
    }
    let tool = tools::by_name(tool)?;
    let mut out = BufWriter::new(File::create(out)?);
    let (mut spent, mut count, mut bytes, mut failed, mut largest) = (Duration::ZERO, 0, 0, 0, 0);
    for line in BufReader::new(File::open(pages)?).lines() {
        let page: Page = serde_json::from_str(&line?)?;
        let begun = cpu();
        let found = tool(&page.html, page.url.as_deref());
        spent += cpu() - begun;
        count += 1;
        bytes += page.html.len();
        largest = largest.max(page.html.len());
        failed += usize::from(found.is_err());
        let row = Row { id: &page.id, found: found.unwrap_or_default() };
        writeln!(out, "{}", serde_json::to_string(&row)?)?;
    }
    out.flush()?;
    let cost = json!({
        "cpu_s": spent.as_secs_f64(), "pages": count, "html_bytes": bytes, "failed": failed,
        "peak_mb": peak_kib()? as f64 / 1024.0, "largest_mb": largest as f64 / (1 << 20) as f64,
    });
    println!("{cost}");
    Ok(())
}
