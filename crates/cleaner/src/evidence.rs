//! What the learned model saw in each block, in words.
//!
//! The sum behind a probability is a sum over trees, and each step down a tree goes to the feature that it
//! asked; so each feature's part can be told, in log-odds, less what it adds to the average block of the page. What holds
//! of every block, such as the length of the page, tells none of them apart and so has no part.
//! Positive parts speak for the page's own text.

use crate::block::{Segmentation, Source};
use crate::main_content::{Features, Model};

/// Most features that are told of a block, and the least part that is worth telling, in log-odds.
const MOST: usize = 6;
const LEAST: f32 = 0.05;

/// What the model made of a block, and what weighed most.
#[derive(Debug, Clone, PartialEq)]
pub struct Evidence {
    /// How likely the block is the page's own text, 0 to 1, before its neighbours have a say.
    pub probability: f32,
    /// The features that weighed most, in words, with the log-odds that each added against the average
    /// block of the page; the heaviest first.
    pub weights: Vec<(String, f32)>,
}

/// Returns what the model saw in each block, parallel to the blocks; none where it is not asked, as
/// with text that someone else extracted.
pub fn explain(page: &Segmentation) -> Vec<Option<Evidence>> {
    explain_among(page, &vec![true; page.blocks.len()])
}

/// Returns the same for the blocks that `alive` marks; the others, which rules took away, have none.
pub fn explain_among(page: &Segmentation, alive: &[bool]) -> Vec<Option<Evidence>> {
    let is_alive = |i: usize| alive.get(i).copied().unwrap_or(false);
    let alive: Vec<bool> = (0..page.blocks.len()).map(is_alive).collect();
    if page.source == Source::Text {
        return vec![None; alive.len()];
    }
    let model = Model::shipped();
    let features = Features::of(page);
    let rows: Vec<(f32, Vec<f32>)> = features.rows().map(|row| model.parts(row)).collect();
    let average = average(&rows, &alive);
    rows.into_iter()
        .zip(alive)
        .map(|((probability, parts), alive)| alive.then(|| evidence(probability, &parts, &average)))
        .collect()
}

/// Returns what each feature adds to the average block that is there.
fn average(rows: &[(f32, Vec<f32>)], alive: &[bool]) -> Vec<f32> {
    let mut sums = vec![0.0; Model::shipped().head().features.len()];
    let mut count = 0.0_f32;
    for ((_, parts), _) in rows.iter().zip(alive).filter(|(_, alive)| **alive) {
        count += 1.0;
        sums.iter_mut()
            .zip(parts)
            .for_each(|(sum, part)| *sum += part);
    }
    sums.iter_mut().for_each(|sum| *sum /= count.max(1.0));
    sums
}

fn evidence(probability: f32, parts: &[f32], average: &[f32]) -> Evidence {
    let names = &Model::shipped().head().features;
    let mut weights: Vec<(String, f32)> = names
        .iter()
        .zip(parts.iter().zip(average))
        .map(|(name, (part, average))| (name, part - average))
        .filter(|(_, part)| part.abs() >= LEAST)
        .map(|(name, part)| (in_words(name), part))
        .collect();
    weights.sort_by(|(a, x), (b, y)| y.abs().total_cmp(&x.abs()).then_with(|| a.cmp(b)));
    weights.truncate(MOST);
    Evidence {
        probability,
        weights,
    }
}

/// Returns a feature in words: the name of a series stands with its number or what it is of.
fn in_words(name: &str) -> String {
    let known = WORDS.iter().filter_map(|(known, words)| {
        let rest = name.strip_prefix(known)?;
        let rest = rest.strip_prefix('_').or(rest.is_empty().then_some(""))?;
        Some((known.len(), *words, rest))
    });
    match known.max_by_key(|(length, ..)| *length) {
        Some((_, words, "")) => words.to_owned(),
        Some((_, words, rest)) => format!("{words} {}", rest.trim_end_matches("-place")),
        None => name.replace('_', " "),
    }
}

/// What the features measure, as a reader would say it.
#[rustfmt::skip]
const WORDS: &[(&str, &str)] = &[
    ("words", "length of the text"),
    ("chars", "characters"),
    ("link_density", "share of links"),
    ("anchors", "links"),
    ("words_per_link", "words a link"),
    ("sentence", "ends as a sentence"),
    ("sentence_ends", "sentences"),
    ("words_per_sentence", "words a sentence"),
    ("digits", "share of digits"),
    ("upper", "share of capitals"),
    ("marks", "share of punctuation"),
    ("capitalised", "share of words with a capital"),
    ("distinct", "share of different words"),
    ("common", "words common on the page"),
    ("elsewhere", "words that stand elsewhere on the page"),
    ("in_title", "words of the title"),
    ("holds", "holds a sign of"),
    ("first", "first character"),
    ("last", "last character"),
    ("kind", "kind of block"),
    ("kind_level", "level of the heading or list"),
    ("hidden", "hidden from readers"),
    ("tag", "tag"),
    ("tag_around", "tag of the element around"),
    ("in", "distance to a place named"),
    ("within", "distance to an element"),
    ("own_place", "distance to an element that is named as the text"),
    ("chrome_place", "distance to an element that is named as its surroundings"),
    ("own_before_chrome", "named as text rather than as surroundings"),
    ("depth", "depth of nesting"),
    ("up_share", "share of the page, element around of level"),
    ("up_links", "links, element around of level"),
    ("up_blocks", "blocks, element around of level"),
    ("up_words", "words a block, element around of level"),
    ("up_prose", "prose, element around of level"),
    ("up_headings", "headings, element around of level"),
    ("up_alike", "elements of the same make, level"),
    ("up_place", "position, element around of level"),
    ("best_up", "distance to the densest prose"),
    ("best_over", "depth of the densest prose below what both share"),
    ("best_shared", "share of the page in what the densest prose shares with it"),
    ("most_up", "distance to most of the prose"),
    ("most_over", "depth of most of the prose below what both share"),
    ("most_shared", "share of the page in what most of the prose shares with it"),
    ("alike", "elements of the same make"),
    ("group_blocks", "blocks of the same make"),
    ("group_words", "words a block of the same make"),
    ("group_links", "links in blocks of the same make"),
    ("group_share", "share of the page of the same make"),
    ("group_prose", "prose in blocks of the same make"),
    ("same_text", "stands on the page more than once"),
    ("same_before", "stood on the page before"),
    ("position", "place on the page"),
    ("words_before", "share of the page before it"),
    ("from_start", "distance from the start"),
    ("from_end", "distance from the end"),
    ("from_h1", "distance from the first heading"),
    ("from_title", "distance from the title"),
    ("from_first_prose", "distance from the first prose"),
    ("from_last_prose", "distance from the last prose"),
    ("from_over", "distance from the heading over it"),
    ("over_level", "level of the heading over it"),
    ("over_in_title", "the heading over it says the title"),
    ("section_words", "words of its section"),
    ("section_blocks", "blocks of its section"),
    ("section_links", "links of its section"),
    ("section_prose", "prose of its section"),
    ("beside_words", "length of the neighbour"),
    ("beside_links", "links of the neighbour"),
    ("beside_prose", "prose in the neighbour"),
    ("beside_kind", "kind of the neighbour"),
    ("beside_alike", "same make as the neighbour"),
    ("near_words", "words of the blocks near by, reach"),
    ("near_links", "links of the blocks near by, reach"),
    ("near_prose", "prose of the blocks near by, reach"),
    ("side_words", "words of the blocks on side"),
    ("side_links", "links of the blocks on side"),
    ("side_prose", "prose of the blocks on side"),
    ("page_words", "words of the page"),
    ("page_blocks", "blocks of the page"),
    ("page_links", "links of the page"),
    ("page_prose", "prose of the page"),
    ("page_words_per_block", "words a block on the page"),
    ("page_headings", "headings of the page"),
    ("page_items", "items of lists on the page"),
    ("page_rows", "rows of tables on the page"),
    ("page_prices", "prices on the page"),
    ("page_dates", "dates on the page"),
    ("page_short", "short blocks of the page"),
    ("page_linked", "blocks of links on the page"),
    ("page_largest", "longest block of the page"),
    ("page_hidden", "share of the page that is hidden"),
    ("page_best", "share of the page in the densest prose"),
    ("page_most", "share of the page where most of the prose is"),
    ("page_most_prose", "prose where most of it is"),
    ("page_count", "elements of the page named"),
];

#[cfg(test)]
mod tests {
    use super::*;

    fn page(html: &str) -> Segmentation {
        crate::segment(&thresh_page::Page::parse(html, None))
    }

    const HTML: &str = "<body><nav><ul><li><a href='/a'>Our work</a></li><li><a href='/b'>Press \
        releases</a></li></ul></nav><main><h1>A night at the shelter</h1><p>The bell rang at twenty past \
        two, and the driver of the patrol car said only a first name, which nobody wrote down.</p></main></body>";

    #[test]
    fn prose_is_likelier_than_a_menu_and_the_heaviest_feature_comes_first() {
        let page = page(HTML);
        let evidence = explain(&page);
        let of = |text: &str| {
            let i = page.blocks.iter().position(|b| b.text.starts_with(text));
            evidence[i.expect("the block is there")]
                .as_ref()
                .expect("the model is asked")
        };
        assert!(of("The bell").probability > of("Our work").probability);
        for evidence in evidence.iter().flatten() {
            assert!((0.0..=1.0).contains(&evidence.probability));
            let heights: Vec<f32> = evidence.weights.iter().map(|(_, w)| w.abs()).collect();
            assert!(
                !heights.is_empty() && heights.is_sorted_by(|a, b| a >= b),
                "{heights:?}"
            );
        }
    }

    #[test]
    fn what_holds_of_every_block_tells_none_apart() {
        for evidence in explain(&page(HTML)).iter().flatten() {
            let of_page = |words: &str| words.ends_with("of the page");
            assert!(evidence.weights.iter().all(|(words, _)| !of_page(words)));
        }
    }

    #[test]
    fn what_rules_took_away_has_no_evidence_and_text_has_none_at_all() {
        let page = page(HTML);
        let mut alive = vec![true; page.blocks.len()];
        alive[0] = false;
        let evidence = explain_among(&page, &alive);
        assert!(evidence[0].is_none() && evidence[1].is_some());
        let text = crate::segment_text("One line of text.\n\nAnd another one.");
        assert!(explain(&text).iter().all(Option::is_none));
    }

    #[test]
    fn every_name_that_is_put_in_words_is_a_feature() {
        let names = crate::main_content::names();
        for (known, _) in WORDS {
            let series = format!("{known}_");
            assert!(
                names
                    .iter()
                    .any(|name| name == known || name.starts_with(&series)),
                "{known}"
            );
        }
        assert_eq!(
            in_words("up_share_3"),
            "share of the page, element around of level 3"
        );
        assert_eq!(in_words("in_form-place"), "distance to a place named form");
        assert_eq!(in_words("sentence_ends"), "sentences");
    }
}
