//! The five captured texts that the project was started for come out clean; skipped without them.

mod support;

use support::{clean_text, clean_text_alone};

fn seeds() -> Option<Vec<(String, String)>> {
    let folder = std::fs::read_dir(thresh_testkit::shared_dir("seeds")?).ok()?;
    let mut seeds: Vec<(String, String)> = folder
        .filter_map(|entry| {
            let path = entry.ok()?.path();
            let name = path.file_name()?.to_str()?.to_owned();
            Some((name, std::fs::read_to_string(&path).ok()?))
        })
        .collect();
    seeds.sort();
    Some(seeds)
}

const NOISE: &[&str] = &[
    "nav_menu_item",
    "wp_block",
    "acf-field",
    "exactmetrics",
    "Read More",
    "TAGS:",
    "top of page",
    "bottom of page",
    "39 views",
    "Recent Posts",
    "See All",
    "Commenting has been",
    "DOWNLOAD",
    "#secdays",
    "Learn more",
    "Security Days",
    "GuidancePublications",
    "VEGA Handbook",
    "Survivor Business Roundtable",
    "pro- tect",
];

#[test]
fn seeds_come_out_clean() {
    let Some(seeds) = seeds() else {
        return;
    };
    for (name, seed) in &seeds {
        let text = clean_text(seed);
        for noise in NOISE {
            assert!(
                !text.contains(noise),
                "{name}: {noise:?} is left in\n{text}"
            );
        }
        assert_eq!(
            clean_text(&text),
            text,
            "{name}: cleaning twice changes the text"
        );
        assert_eq!(
            clean_text_alone(seed),
            text,
            "{name}: the order of packs matters"
        );
    }
}

/// What goes of a seed, line by line: from the line that begins with the first text to the one that begins
/// with the second, both included.
const GOES: &[(&str, &str, &str)] = &[
    ("001", "top of page", "top of page"),
    ("001", "39 views", "bottom of page"),
    ("002", "post", "This paper presents empirical evidence"),
    ("003", "Business Banking", "TAGS: Europe"),
    ("004", "Security Days: Refocusing", "Learn more"),
];

/// What is mended within the lines that stay.
const MENDED: &[(&str, &str)] = &[("pro- tect", "protect"), (", 2021 DOWNLOAD", ", 2021")];

/// The lines of a seed that are its own, as they should come out.
fn wanted(name: &str, seed: &str) -> Vec<String> {
    let mut lines: Vec<&str> = seed.lines().collect();
    for (_, first, last) in GOES.iter().filter(|(seed, ..)| name.starts_with(seed)) {
        let from = lines
            .iter()
            .position(|l| l.starts_with(first))
            .expect(first);
        let to = lines.iter().rposition(|l| l.starts_with(last)).expect(last);
        lines.drain(from..=to);
    }
    let mend = |line: &str| {
        let texts = MENDED.iter();
        texts.fold(line.trim().to_owned(), |l, (from, to)| l.replace(from, to))
    };
    let lines = lines.into_iter().map(mend);
    lines.filter(|l| !l.is_empty()).collect()
}

#[test]
fn every_line_that_belongs_to_a_seed_stays_and_no_other() {
    let Some(seeds) = seeds() else {
        return;
    };
    assert_eq!(seeds.len(), 5);
    for (name, seed) in &seeds {
        let text = clean_text(seed);
        let lines: Vec<&str> = text.lines().filter(|l| !l.is_empty()).collect();
        assert_eq!(lines, wanted(name, seed), "{name}");
    }
}
