//! Reads pages as JSON lines (`{"id", "html"}`) from standard input and prints what a page costs in
//! milliseconds: `scraper` alone, our own parser, and the cutting into blocks.
//! Everything is done three times, or as often as the argument says, and the least time counts.

use std::hint::black_box;
use std::io::{BufRead, Write};
use std::time::{Duration, Instant};

use serde_json::Value;
use thresh_cleaner::segment;
use thresh_page::Page;

#[derive(Default)]
struct Cost {
    scraper: Duration,
    parse: Duration,
    segment: Duration,
    pages: u32,
    blocks: usize,
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let rounds: u32 = std::env::args()
        .nth(1)
        .and_then(|n| n.parse().ok())
        .unwrap_or(3);
    let mut cost = Cost::default();
    for line in std::io::stdin().lock().lines() {
        let row: Value = serde_json::from_str(&line?)?;
        if let Some(html) = row["html"].as_str() {
            cost.add(html, row["url"].as_str().unwrap_or(""), rounds.max(1));
        }
    }
    let per_page = |time: Duration| time.as_secs_f64() * 1000.0 / f64::from(cost.pages.max(1));
    let scraper = per_page(cost.scraper);
    let mut out = std::io::stdout().lock();
    writeln!(out, "{} pages, {} blocks", cost.pages, cost.blocks)?;
    writeln!(out, "scraper {scraper:.3} ms a page")?;
    for (name, time) in [("parse", cost.parse), ("segment", cost.segment)] {
        let ms = per_page(time);
        writeln!(
            out,
            "{name} {ms:.3} ms a page, {:.2} of scraper",
            ms / scraper
        )?;
    }
    Ok(())
}

impl Cost {
    fn add(&mut self, html: &str, url: &str, rounds: u32) {
        self.scraper += least(rounds, || scraper::Html::parse_document(html)).0;
        let (time, _) = least(rounds, || Page::parse(html, url.parse().ok()));
        self.parse += time;
        // Classes are cached within the tree when they are first asked for: every round wants a new one.
        let segmenting = (0..rounds).map(|_| {
            let page = Page::parse(html, url.parse().ok());
            timed(|| segment(&page))
        });
        if let Some((time, page)) = segmenting.min_by_key(|(time, _)| *time) {
            self.segment += time;
            self.blocks += page.blocks.len();
        }
        self.pages += 1;
    }
}

fn timed<T>(work: impl FnOnce() -> T) -> (Duration, T) {
    let start = Instant::now();
    let result = black_box(work());
    (start.elapsed(), result)
}

fn least<T>(rounds: u32, mut work: impl FnMut() -> T) -> (Duration, T) {
    let mut best = timed(&mut work);
    for _ in 1..rounds {
        let next = timed(&mut work);
        if next.0 < best.0 {
            best = next;
        }
    }
    best
}
