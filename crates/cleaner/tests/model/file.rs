//! The file that ships and spoilt copies of it.

use proptest::prelude::*;
use thresh_cleaner::{
    Cleaned, Context, Model, Segmentation, Settings, Vocabulary, block_features, clean_with,
};

use crate::support::{RULES, parse};

const FILE: &[u8] = include_bytes!("../../model/blocks.model");
const FEATURES: &str = include_str!("../../model/features.txt");
/// The magic line and the length of the head.
const FRONT: usize = 19;

const PAGES: [&str; 3] = [
    "<title>Bees</title><nav><a href=/>Home</a> <a href=/map>Map</a></nav><article><h1>Bees</h1>\
     <p>A bee finds its way home by the sun, and on dull days by what it remembers of the land.</p>\
     <p>Whoever moves a hive by night will see its bees search for the old place in the morning.</p>\
     </article><footer>All rights reserved</footer>",
    "<main><h2>Reply of Ann</h2><div class=post>The pump hums since yesterday, what can it be?</div>\
     <h2>Reply of Ben</h2><div class=post>Let the air out of the pipe, it was the same here.</div>\
     </main><aside><ul><li><a href=/1>Latest posts</a><li><a href=/2>Sign in</a></ul></aside>",
    "<table><tr><td>Oats</td><td>3.20</td></tr><tr><td>Rye</td><td>2.90</td></tr></table>",
];

fn head_end() -> usize {
    let length = FILE[15..FRONT].iter().rev();
    FRONT + length.fold(0, |sum, byte| sum << 8 | usize::from(*byte))
}

/// Returns where the number of trees stands: behind the cuts of every feature.
fn trees_start() -> usize {
    let features = Model::shipped().head().features.len();
    (0..features).fold(head_end(), |at, _| at + 1 + 4 * usize::from(FILE[at]))
}

/// Returns where the first tree's first inner node begins.
fn first_node() -> usize {
    trees_start() + 3
}

/// Returns where the last leaf of the last tree begins.
fn last_leaf() -> usize {
    FILE.len() - 4
}

fn spoilt(spoil: impl FnOnce(&mut Vec<u8>)) -> Vec<u8> {
    let mut bytes = FILE.to_vec();
    spoil(&mut bytes);
    bytes
}

fn refusal(bytes: &[u8]) -> String {
    match Model::read(bytes) {
        Ok(_) => panic!("a spoilt model was read"),
        Err(error) => error.to_string(),
    }
}

fn cleaned(page: &Segmentation, model: &Model) -> Cleaned {
    let vocabulary = Vocabulary::default();
    let context = Context {
        rules: &RULES,
        profile: None,
        vocabulary: &vocabulary,
        settings: Settings::default(),
        url: None,
        titles: &[],
    };
    clean_with(page, &context, model)
}

#[test]
fn the_shipped_file_says_where_it_comes_from() {
    let model = Model::read(FILE).unwrap();
    let head = model.head();
    assert!(head.data.contains("WCXB") && head.data.contains("CC BY 4.0"));
    assert!(head.data_digest.len() == 64);
    assert!(head.data_digest.chars().all(|c| c.is_ascii_hexdigit()));
    assert!(head.pages > 1_000);
    for named in ["seed", "rounds", "learning_rate", "num_leaves", "lightgbm"] {
        assert!(
            !head.parameters[named].is_null(),
            "no {named} in the parameters"
        );
    }
    let chosen: Vec<&str> = FEATURES.split_whitespace().collect();
    assert_eq!(head.features, chosen);
}

#[test]
fn the_shipped_file_names_its_scores_in_cross_validation() {
    let scores = &Model::shipped().head().scores;
    assert_eq!(scores["folds"], 5);
    let overall = scores["f1"].as_f64().unwrap();
    assert!((0.875..1.0).contains(&overall), "{overall}");
    let by_kind = scores["f1_by_kind"].as_object().unwrap();
    for (kind, floor) in [
        ("article", 0.955),
        ("forum", 0.81),
        ("collection", 0.70),
        ("listing", 0.70),
    ] {
        assert!(by_kind[kind].as_f64().unwrap() >= floor, "{kind}");
    }
}

#[test]
fn every_shortened_file_is_refused() {
    let ends = (0..FILE.len()).step_by(997);
    for end in ends.chain([
        15,
        FRONT - 1,
        FRONT,
        head_end(),
        trees_start(),
        FILE.len() - 1,
    ]) {
        refusal(&FILE[..end]);
    }
    assert!(refusal(&FILE[..last_leaf()]).contains("cut short"));
}

#[test]
fn another_magic_line_is_refused() {
    let bytes = spoilt(|bytes| bytes[13] = b'9');
    assert!(refusal(&bytes).contains("does not begin as a model does"));
}

#[test]
fn bytes_behind_the_end_are_refused() {
    let bytes = spoilt(|bytes| bytes.push(0));
    assert!(refusal(&bytes).contains("bytes follow its end"));
}

#[test]
fn an_unknown_feature_is_refused_by_name() {
    let head = std::str::from_utf8(&FILE[FRONT..head_end()]).unwrap();
    let at = FRONT + head.find("\"link_density\"").unwrap() + 1;
    let bytes = spoilt(|bytes| bytes[at..at + 12].copy_from_slice(b"sink_density"));
    assert!(refusal(&bytes).contains("\"sink_density\""));
}

#[test]
fn a_node_that_leads_nowhere_or_back_is_refused() {
    let child = first_node() + 2;
    for to in [0, 127, 255] {
        let bytes = spoilt(|bytes| bytes[child] = to);
        assert!(refusal(&bytes).contains("leads nowhere"), "child {to}");
    }
    for part in [first_node(), first_node() + 1] {
        let bytes = spoilt(|bytes| bytes[part] = 255);
        assert!(refusal(&bytes).contains("leads nowhere"));
    }
}

#[test]
fn numbers_that_no_sum_can_hold_are_refused() {
    for number in [f32::NAN, f32::INFINITY, f32::NEG_INFINITY] {
        let leaf = last_leaf();
        let bytes = spoilt(|bytes| bytes[leaf..].copy_from_slice(&number.to_le_bytes()));
        assert!(refusal(&bytes).contains("a number in it"), "{number}");
    }
}

#[test]
fn a_page_comes_out_alike_whatever_pages_were_before_it() {
    let pages: Vec<Segmentation> = PAGES.iter().map(|html| parse(html)).collect();
    let judged = |page: &Segmentation| (cleaned(page, Model::shipped()), block_features(page));
    let forwards: Vec<_> = pages.iter().map(judged).collect();
    let mut backwards: Vec<_> = pages.iter().rev().map(judged).collect();
    backwards.reverse();
    assert_eq!(forwards, backwards);
    let read_anew = Model::read(FILE).unwrap();
    for (page, (shipped, _)) in pages.iter().zip(forwards) {
        assert_eq!(cleaned(page, &read_anew), shipped);
    }
}

/// Places in the file, each part of it as likely as the long rows of trees.
fn place() -> impl Strategy<Value = usize> {
    prop_oneof![
        0..FRONT,
        FRONT..head_end(),
        head_end()..trees_start(),
        trees_start()..trees_start() + 300,
        trees_start()..FILE.len(),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn flipped_bytes_are_refused_or_harmless(
        flips in proptest::collection::vec((place(), 1_u8..=255), 1..6)
    ) {
        let bytes = spoilt(|bytes| flips.iter().for_each(|&(at, by)| bytes[at] ^= by));
        if let Ok(model) = Model::read(&bytes) {
            for html in PAGES {
                let page = parse(html);
                let out = cleaned(&page, &model);
                prop_assert_eq!(out.text.blocks.len(), page.blocks.len());
                prop_assert!((0.0..=1.0).contains(&out.removed_share));
            }
        }
    }

    #[test]
    fn any_bytes_are_refused(rest in proptest::collection::vec(any::<u8>(), 0..400)) {
        prop_assert!(Model::read(&rest).is_err());
        prop_assert!(Model::read(&[&FILE[..15], &rest].concat()).is_err());
        prop_assert!(Model::read(&[&FILE[..head_end()], &rest].concat()).is_err());
    }
}
