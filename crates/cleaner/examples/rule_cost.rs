//! What the noise rules alone take from a benchmark's true text, and what they cost.
//!
//! `rule_cost PAGES.jsonl TRUTH_DIR` reads pages (`{"id", "html"}` per line) and their true texts
//! (`TRUTH_DIR/<id>.json` with `ground_truth.main_content`), runs every shipped rule before any model
//! and prints per rule: pages, blocks, words, and words of the truth that went. A word of the truth
//! counts as lost in two ways: `bag`, where the bag of words that is left holds fewer of the truth's
//! words than before; `line`, where the block that went stands in the truth word by word. With `show
//! RULE` behind, prints the dropped blocks that stand in the truth.
//!
//! `rule_cost PAGES.jsonl time [ROUNDS]` prints the seconds per page that the rules take.

use std::collections::{BTreeMap, HashMap};
use std::error::Error;
use std::io::{BufRead, Write};
use std::path::Path;
use std::time::Instant;

use serde_json::Value;
use thresh_cleaner::{Pack, RuleSet, Segmentation, segment, shipped_packs};
use thresh_page::Page;

type Bag = HashMap<String, usize>;

/// What one rule took.
#[derive(Debug, Default)]
struct Cost {
    pages: usize,
    blocks: usize,
    words: usize,
    bag: usize,
    line: usize,
}

fn main() -> Result<(), Box<dyn Error>> {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let [pages, truth, rest @ ..] = &args[..] else {
        return Err("give PAGES.jsonl and TRUTH_DIR, or PAGES.jsonl and `time`".into());
    };
    let start = Instant::now();
    let packs: Result<Vec<Pack>, _> = shipped_packs()
        .into_iter()
        .map(|(name, toml)| Pack::parse(name, toml))
        .collect();
    let rules = RuleSet::compile(&packs?)?;
    let mut out = std::io::stdout().lock();
    writeln!(
        out,
        "packs compiled in {:.1} ms",
        start.elapsed().as_secs_f64() * 1e3
    )?;
    if truth == "time" {
        let rounds = rest.first().map_or(Ok(3), |r| r.parse())?;
        return time(&rules, pages, rounds, &mut out);
    }
    let shown = rest.get(1).map(String::as_str);
    cost(&rules, pages, Path::new(truth), shown, &mut out)
}

/// A page with its name.
type Row = Result<(String, Segmentation), Box<dyn Error>>;

fn rows(path: &str) -> Result<impl Iterator<Item = Row>, Box<dyn Error>> {
    let file = std::io::BufReader::new(std::fs::File::open(path)?);
    Ok(file.lines().map(|line| {
        let row: Value = serde_json::from_str(&line?)?;
        let url = row["url"].as_str().and_then(|u| u.parse().ok());
        let page = Page::parse(row["html"].as_str().unwrap_or(""), url);
        Ok((row["id"].as_str().unwrap_or("").to_owned(), segment(&page)))
    }))
}

/// Seconds of work of this thread, where the system tells, so that a busy machine does not matter.
fn work_seconds(start: Instant) -> f64 {
    let told = std::fs::read_to_string("/proc/thread-self/schedstat").ok();
    let nanos = told.and_then(|t| t.split(' ').next()?.parse::<f64>().ok());
    nanos.map_or_else(|| start.elapsed().as_secs_f64(), |n| n / 1e9)
}

fn time(
    rules: &RuleSet,
    pages: &str,
    rounds: usize,
    out: &mut impl Write,
) -> Result<(), Box<dyn Error>> {
    let rows = rows(pages)?.map(|row| row.map(|r| r.1));
    let pages: Vec<Segmentation> = rows.collect::<Result<_, _>>()?;
    let blocks: usize = pages.iter().map(|p| p.blocks.len()).sum();
    let (origin, mut best, mut dropped) = (Instant::now(), f64::MAX, 0);
    for _ in 0..rounds.max(1) {
        let start = work_seconds(origin);
        let of = |page| rules.verdicts(page).0.iter().flatten().count();
        dropped = pages.iter().map(of).sum();
        best = best.min(work_seconds(origin) - start);
    }
    let start = work_seconds(origin);
    let none = RuleSet::default();
    let idle: usize = pages.iter().map(|p| none.verdicts(p).1.len()).sum();
    writeln!(
        out,
        "{idle} blocks without rules: {:.0} µs a page",
        (work_seconds(origin) - start) * 1e6 / pages.len().max(1) as f64
    )?;
    let per_page = best * 1e6 / pages.len().max(1) as f64;
    writeln!(
        out,
        "{} pages, {blocks} blocks, {dropped} dropped: {per_page:.0} µs a page",
        pages.len()
    )?;
    Ok(())
}

fn cost(
    rules: &RuleSet,
    pages: &str,
    truth: &Path,
    shown: Option<&str>,
    out: &mut impl Write,
) -> Result<(), Box<dyn Error>> {
    let mut costs: BTreeMap<String, Cost> = BTreeMap::new();
    let mut all = Cost::default();
    let mut total = 0;
    for row in rows(pages)? {
        let (id, page) = row?;
        let Ok(json) = std::fs::read_to_string(truth.join(format!("{id}.json"))) else {
            continue;
        };
        let json: Value = serde_json::from_str(&json)?;
        let text = json["ground_truth"]["main_content"].as_str().unwrap_or("");
        let judged = Judged::new(rules, &page, text);
        total += words(text).len();
        all.add(&judged, None);
        for rule in judged.rules() {
            costs
                .entry(rule.clone())
                .or_default()
                .add(&judged, Some(&rule));
            if shown.is_some_and(|s| rule.starts_with(s)) {
                for block in judged.lost(&rule) {
                    writeln!(out, "{id} {rule}: {block:?}")?;
                }
            }
        }
    }
    costs.insert("all".to_owned(), all);
    writeln!(
        out,
        "{:<40} {:>6} {:>7} {:>8} {:>6} {:>6}   of {total} words of truth",
        "rule", "pages", "blocks", "words", "bag", "line"
    )?;
    for (rule, c) in &costs {
        writeln!(
            out,
            "{rule:<40} {:>6} {:>7} {:>8} {:>6} {:>6}   {:.4} % {:.4} %",
            c.pages,
            c.blocks,
            c.words,
            c.bag,
            c.line,
            c.bag as f64 * 100.0 / total as f64,
            c.line as f64 * 100.0 / total as f64
        )?;
    }
    Ok(())
}

fn words(text: &str) -> Vec<String> {
    text.to_lowercase()
        .split(|c: char| !(c.is_alphanumeric() || c == '_'))
        .filter(|w| !w.is_empty())
        .map(str::to_owned)
        .collect()
}

fn bag(words: impl IntoIterator<Item = String>) -> Bag {
    let mut bag = Bag::new();
    for word in words {
        *bag.entry(word).or_default() += 1;
    }
    bag
}

fn overlap(a: &Bag, b: &Bag) -> usize {
    a.iter()
        .map(|(word, n)| b.get(word).map_or(0, |m| *n.min(m)))
        .sum()
}

/// A page with what the rules did and its true words.
struct Judged<'a> {
    page: &'a Segmentation,
    fates: Vec<Option<String>>,
    texts: Vec<String>,
    truth: Bag,
    joined: String,
    before: Bag,
}

impl<'a> Judged<'a> {
    fn new(rules: &RuleSet, page: &'a Segmentation, truth: &str) -> Self {
        let (fates, texts) = rules.verdicts(page);
        let before = bag(page.blocks.iter().flat_map(|b| words(&b.text)));
        Self {
            page,
            fates: fates
                .into_iter()
                .map(|f| f.map(|rule| rule.to_string()))
                .collect(),
            texts,
            truth: bag(words(truth)),
            joined: format!(" {} ", words(truth).join(" ")),
            before,
        }
    }

    fn rules(&self) -> Vec<String> {
        let mut rules: Vec<String> = self.fates.iter().flatten().cloned().collect();
        rules.sort_unstable();
        rules.dedup();
        rules
    }

    fn dropped(&self, rule: Option<&str>) -> impl Iterator<Item = usize> {
        let of = move |i: &usize| match (&self.fates[*i], rule) {
            (Some(fate), Some(rule)) => fate == rule,
            (fate, _) => rule.is_none() && fate.is_some(),
        };
        (0..self.fates.len()).filter(of)
    }

    fn lost(&self, rule: &str) -> impl Iterator<Item = &str> {
        self.dropped(Some(rule))
            .filter(|&i| self.in_truth(i) > 0)
            .map(|i| self.page.blocks[i].text.as_str())
    }

    /// Returns the words of the block if it stands in the truth.
    fn in_truth(&self, i: usize) -> usize {
        let words = words(&self.page.blocks[i].text);
        let line = format!(" {} ", words.join(" "));
        if !words.is_empty() && self.joined.contains(&line) {
            words.len()
        } else {
            0
        }
    }

    fn bag_loss(&self, rule: Option<&str>) -> usize {
        let mut after = self.before.clone();
        let mut take = |text: &str| {
            for word in words(text) {
                if let Some(n) = after.get_mut(&word) {
                    *n = n.saturating_sub(1);
                }
            }
        };
        for i in self.dropped(rule) {
            take(&self.page.blocks[i].text);
        }
        if rule.is_none() {
            after = bag((0..self.fates.len())
                .filter(|&i| self.fates[i].is_none())
                .flat_map(|i| words(&self.texts[i])));
        }
        overlap(&self.truth, &self.before) - overlap(&self.truth, &after)
    }
}

impl Cost {
    fn add(&mut self, judged: &Judged<'_>, rule: Option<&str>) {
        self.pages += 1;
        for i in judged.dropped(rule) {
            self.blocks += 1;
            self.words += words(&judged.page.blocks[i].text).len();
            self.line += judged.in_truth(i);
        }
        self.bag += judged.bag_loss(rule);
    }
}
