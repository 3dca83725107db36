//! Texts to order.

#![allow(dead_code, reason = "each test file uses a part")]

use thresh_deduplicator::{Constraints, Grouping, Item, Settings, group};

const WORDS: &[&str] = &[
    "anchor",
    "basket",
    "candle",
    "dialogue",
    "engine",
    "forest",
    "garden",
    "harbour",
    "island",
    "journey",
    "kitchen",
    "lantern",
    "market",
    "network",
    "orchard",
    "partner",
    "quarter",
    "river",
    "shelter",
    "teacher",
    "union",
    "valley",
    "window",
    "yellow",
    "zone",
    "border",
    "council",
    "delegate",
    "evidence",
    "framework",
    "guidance",
    "hearing",
    "interview",
    "justice",
    "labour",
    "mission",
    "notice",
    "office",
    "police",
    "refuge",
    "support",
    "training",
    "visit",
    "witness",
];

/// Returns `words` words of prose, in paragraphs, that no other seed gives.
pub(crate) fn prose(seed: u64, words: usize) -> String {
    let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
    let mut text = String::new();
    for index in 0..words {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        text.push_str(WORDS[(state >> 33) as usize % WORDS.len()]);
        text.push_str(match index % 45 {
            44 => ".\n\n",
            14 | 29 => ". ",
            _ => " ",
        });
    }
    text
}

/// Returns a menu or footer: lines of one to three words.
pub(crate) fn menu(seed: u64, lines: usize) -> String {
    let words = prose(seed, lines * 2);
    let mut text = String::new();
    for (index, word) in words.split_whitespace().enumerate() {
        text.push_str(word.trim_end_matches('.'));
        text.push_str(if index % 2 == 0 { " " } else { "\n" });
    }
    text
}

pub(crate) fn item(id: &str, text: impl Into<String>) -> Item {
    Item {
        id: id.to_owned(),
        text: text.into(),
        ..Item::default()
    }
}

pub(crate) fn grouped(items: &[Item]) -> Grouping {
    group(items, &Constraints::default(), &Settings::default()).expect("the ids are unique")
}

/// Returns whether both ids share a cluster.
pub(crate) fn together(grouping: &Grouping, a: &str, b: &str) -> bool {
    cluster(grouping, a) == cluster(grouping, b)
}

pub(crate) fn cluster<'a>(grouping: &'a Grouping, id: &str) -> &'a str {
    let member = grouping.members.iter().find(|member| member.id == id);
    &member.expect("the id is known").cluster_id
}
