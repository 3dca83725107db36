//! Pages that nobody writes and somebody sends: does the cost grow with their size alone?

use std::time::Duration;

use serde_json::json;

use crate::{cpu, peak_kib, stages};

type Shape = (&'static str, usize, fn(usize) -> String);

/// Shapes with the size at which they are tried; the larger page has four times as many.
const SHAPES: &[Shape] = &[
    ("nested div", 50_000, |n| format!("{}deep text{}", "<div>".repeat(n), "</div>".repeat(n))),
    ("nested b", 50_000, |n| format!("<p>{}deep text{}", "<b>".repeat(n), "</b>".repeat(n))),
    ("unclosed b in p", 20_000, |n| "<p><b>some text".repeat(n)),
    ("nested lists", 50_000, |n| "<ul><li>entry".repeat(n)),
    ("nested tables", 20_000, |n| "<table><tr><td>cell".repeat(n)),
    ("siblings", 250_000, |n| "<i>x</i>".repeat(n)),
    ("paragraphs", 50_000, |n| "<p>A sentence of some words stands here.</p>".repeat(n)),
    ("one block", 200_000, |n| format!("<p>{}", "A sentence of some words stands here, and it is no title. ".repeat(n))),
    ("one word", 2_000_000, |n| format!("<p>{}", "a".repeat(n))),
    ("tiny blocks", 200_000, |n| "<br><br>x".repeat(n)),
    ("links", 50_000, |n| "<li><a href='/a/b.html'>a link</a>".repeat(n)),
    ("wide table", 25_000, |n| format!("<table>{}</table>", format!("<tr>{}</tr>", "<td>1</td>".repeat(n)).repeat(2))),
    ("large attribute", 2_500_000, |n| format!("<p title='{}'>some text", "a ".repeat(n))),
    ("many attributes", 100_000, |n| format!("<p {}>some text", (0..n).map(|i| format!("a{i}=1 ")).collect::<String>())),
    ("many classes", 250_000, |n| format!("<div class='{}'><p>some text", (0..n).map(|i| format!("c{i} ")).collect::<String>())),
    ("JSON-LD", 20_000, |n| format!("<script type='application/ld+json'>[{}{{}}]</script><p>text", "{\"@type\":\"Article\",\"headline\":\"A\"},".repeat(n))),
    ("open JSON-LD", 100_000, |n| format!("<script type='application/ld+json'>{}</script><p>text", "[{\"a\":".repeat(n))),
    ("script of ends", 200_000, |n| format!("<script>{}</script><p>text", "</scrip</script".repeat(n))),
    ("comments", 100_000, |n| "<!-- a -- > b -->".repeat(n)),
    ("dates", 50_000, |n| "<time datetime='2020-01-01'>1 January 2020</time> ".repeat(n)),
    ("dated lines", 50_000, |n| "<p class='date'>Published: 1 January 2020 by A B</p>".repeat(n)),
    ("headings", 50_000, |n| "<h1 class='entry-title'>A title, a title</h1>".repeat(n)),
    ("bylines", 50_000, |n| "<p class='author'>By Ana Petrović, Ivo Marić and others</p>".repeat(n)),
    ("metas", 50_000, |n| "<meta name=author content='Ana Petrović'><meta property=article:tag content=x>".repeat(n)),
    ("same long line", 20_000, |n| format!("<p>{}</p>", "Recent Posts A title here and there · ".repeat(6)).repeat(n)),
    ("no tag ends", 1_000_000, |n| "<".repeat(n)),
    ("entities", 500_000, |n| format!("<p>{}", "&amp".repeat(n))),
    ("formatting", 20_000, |n| "<a><b><i></p><div>x".repeat(n)),
];

/// Prints for each shape, or those whose names contain `only`, the CPU milliseconds a MB at both sizes, their
/// ratio (1 is linear, 4 quadratic), the dearest stage of the larger one and the peak of memory so far.
pub(crate) fn run(only: &str) -> anyhow::Result<()> {
    let rules = stages::rules()?;
    for (name, size, make) in SHAPES.iter().filter(|(name, ..)| name.contains(only)) {
        let (small, _) = cost(&make(*size), &rules);
        let large = make(4 * size);
        let (each, by_stage) = cost(&large, &rules);
        let (stage, time) = by_stage.iter().enumerate().max_by_key(|(_, time)| **time).unwrap_or((0, &Duration::ZERO));
        let row = json!({
            "shape": name, "mb": large.len() as f64 / 1e6, "ms_per_mb": [small.round(), each.round()],
            "ratio": (each / small * 100.0).round() / 100.0, "dearest": stages::STAGES[stage],
            "its_s": time.as_secs_f64(), "peak_mb": peak_kib()? / 1024,
        });
        println!("{row}");
    }
    Ok(())
}

fn cost(html: &str, rules: &thresh_cleaner::RuleSet) -> (f64, [Duration; stages::STAGES.len()]) {
    let mut by_stage = [Duration::ZERO; stages::STAGES.len()];
    let begun = cpu();
    let mut last = begun;
    stages::extract(html, Some("https://site.example/a/b"), rules, |stage| {
        let now = cpu();
        by_stage[stage] += now - last;
        last = now;
    });
    ((cpu() - begun).as_secs_f64() * 1000.0 / (html.len() as f64 / 1e6), by_stage)
}
