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

#[test]
fn what_belongs_to_a_seed_stays() {
    let Some(seeds) = seeds() else {
        return;
    };
    let text = |prefix: &str| {
        let seed = seeds.iter().find(|(name, _)| name.starts_with(prefix));
        seed.map(|(_, seed)| clean_text(seed)).unwrap_or_default()
    };
    let whole = &seeds[0].1;
    for line in whole.lines().filter(|l| !l.is_empty()) {
        assert!(text("000").contains(line), "{line}");
    }
    assert!(text("001").contains("OSCE Human Trafficking and Terrorism\n"));
    assert!(
        text("001").contains("• Partnerships between different disciplines (5 recommendations)")
    );
    assert!(text("001").trim_end().ends_with("webpage."));
    assert_eq!(text("002"), text("003"));
    assert!(
        text("002")
            .trim_end()
            .ends_with("Trafficking in Human Beings, 2021")
    );
    assert!(text("002").contains("identify and protect trafficking victims"));
    assert!(text("004").contains("\nLamberto Zannier OSCE Secretary General\n"));
    assert!(text("004").starts_with("Facing the challenge"));
    assert!(text("004").contains("\nThere are an estimated one billion migrants"));
}
