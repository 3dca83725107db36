//! Writes pairs of documents with the evidence, a JSON object a line.

use std::collections::HashMap;
use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::Path;

use anyhow::Context as _;
use rayon::prelude::*;
use serde::Serialize;
use thresh_deduplicator::{Grouping, Item, Wording};
use thresh_types::{Comparison, Edge, NonMerging, RelationKind};

/// Pairs whose texts are read at a time; neighbours share their first document.
const PAIRS: usize = 1024;

/// A pair that has evidence in its texts.
trait Pair: Serialize + Sync {
    fn ends(&self) -> (&str, &str);
    /// Whether both texts have words in common.
    fn shares(&self) -> bool;
}

impl Pair for NonMerging {
    fn ends(&self) -> (&str, &str) {
        (&self.a, &self.b)
    }

    fn shares(&self) -> bool {
        self.containment > 0.0
    }
}

impl Pair for Edge {
    fn ends(&self) -> (&str, &str) {
        (&self.a, &self.b)
    }

    fn shares(&self) -> bool {
        self.containment > 0.0
    }
}

#[derive(Serialize)]
struct Row<'a, P> {
    #[serde(flatten)]
    pair: &'a P,
    #[serde(flatten)]
    evidence: Option<Comparison>,
}

/// Writes every pair in which one document holds the other, whether they merged or not, and the other
/// relations that did not merge.
pub(super) fn write_relations(
    path: &Path,
    grouping: &Grouping,
    items: &[Item],
) -> anyhow::Result<()> {
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
    write(path, &all, items)
}

/// Writes the evidence that merged, a pair a line.
pub(super) fn write_edges(path: &Path, grouping: &Grouping, items: &[Item]) -> anyhow::Result<()> {
    write(path, &grouping.edges, items)
}

fn write<P: Pair>(path: &Path, pairs: &[P], items: &[Item]) -> anyhow::Result<()> {
    let told = || format!("cannot write `{}`", path.display());
    let texts: HashMap<&str, &str> = items
        .iter()
        .map(|item| (item.id.as_str(), item.text.as_str()))
        .collect();
    let mut file = BufWriter::new(File::create(path).with_context(told)?);
    for chunk in pairs.chunks(PAIRS) {
        for line in lines(chunk, &texts)? {
            file.write_all(&line).with_context(told)?;
        }
    }
    file.flush().with_context(told)
}

/// Returns the lines of some pairs; every text of theirs is read once.
fn lines<P: Pair>(pairs: &[P], texts: &HashMap<&str, &str>) -> anyhow::Result<Vec<Vec<u8>>> {
    let shared = pairs.iter().filter(|pair| pair.shares());
    let mut ids: Vec<&str> = shared
        .flat_map(|pair| [pair.ends().0, pair.ends().1])
        .collect();
    ids.sort_unstable();
    ids.dedup();
    let read = |id: &&'_ str| Wording::of(texts.get(*id).copied().unwrap_or_default());
    let wordings: Vec<Wording<'_>> = ids.par_iter().map(read).collect();
    let wording = |id: &str| &wordings[ids.partition_point(|other| *other < id)];
    let line = |pair: &P| {
        let (a, b) = pair.ends();
        let row = Row {
            pair,
            evidence: pair.shares().then(|| wording(a).compare(wording(b))),
        };
        let mut line = serde_json::to_vec(&row)?;
        line.push(b'\n');
        Ok(line)
    };
    pairs.par_iter().map(line).collect()
}
