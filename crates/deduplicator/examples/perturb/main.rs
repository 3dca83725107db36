//! Makes documents to deduplicate, as many as are asked for, from a seed and in a stream.
//!
//! `perturb pages COUNT BASE.jsonl TRUTH.jsonl [SEED [FROM TO]]` writes lines FROM to TO (all of them otherwise) of
//! COUNT documents to standard output and, for the same lines, `{"id", "cluster_id", "kind"}` to TRUTH. They are perturbed
//! copies of the texts of BASE (`{"text"}` a line). `perturb hostile SHAPE COUNT` writes documents that nobody means
//! well with. Only the texts of BASE are kept in memory.

mod base;
mod hostile;
mod noise;
mod page;
mod plan;

use std::error::Error;
use std::fs::File;
use std::io::{BufWriter, Write};

use serde_json::json;

use base::Base;
use page::Maker;
use plan::Plan;

const USAGE: &str =
    "usage: perturb pages COUNT BASE TRUTH [SEED [FROM TO]] | perturb hostile SHAPE COUNT";

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match arguments[..] {
        ["pages", count, base, truth, ref rest @ ..] => pages(count.parse()?, base, truth, rest),
        ["hostile", shape, count] => hostile::write(shape, count.parse()?),
        _ => Err(USAGE.into()),
    }
}

fn pages(count: u64, base: &str, truth: &str, rest: &[&str]) -> Result<(), Box<dyn Error>> {
    let number =
        |at: usize, otherwise: u64| rest.get(at).map_or(Ok(otherwise), |text| text.parse());
    let seed = number(0, 1)?;
    let base = Base::read(base)?;
    let plan = Plan::new(seed, count);
    let maker = Maker::new(&base, &plan);
    let mut out = BufWriter::with_capacity(1 << 20, std::io::stdout().lock());
    let mut truth = BufWriter::new(File::create(truth)?);
    for line in number(1, 0)?..number(2, count)?.min(count) {
        let document = plan.document(line);
        let (id, host) = (format!("p{line:08}"), document.host);
        let url = format!("https://host{host}.example/{line}");
        let text = maker.text(&document);
        writeln!(out, "{}", json!({"id": id, "url": url, "text": text}))?;
        let (cluster, kind) = (
            document.cluster,
            format!("{:?}", document.kind).to_lowercase(),
        );
        writeln!(
            truth,
            "{}",
            json!({"id": id, "cluster_id": cluster, "kind": kind})
        )?;
    }
    out.flush()?;
    Ok(truth.flush()?)
}
