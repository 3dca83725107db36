//! Every block of a page with its fate, and where the page's words went, for people.
//!
//! A block takes a line (mark, anchor, probability, words, text) and one below it (why, and what
//! weighed most with the model):
//!
//! ```text
//! + 1f0c9d2e33a84b70   97 %     31  The bell rang at twenty past two …
//!                                   part of the page's own text · within the densest prose +1.2
//! ```

use std::fmt::Write as _;

use thresh_pipeline::{BlockView, Budget, Share, Weight};
use thresh_types::Fate;

use crate::output::{plural, table};

/// Characters of a block that are shown.
const SHOWN: usize = 96;
/// Features of a block that are shown; `--json` has more.
const FEATURES: usize = 3;
/// How far the second line of a block is moved in: below its text.
const INDENT: &str = "                                  ";

/// Whether the view is coloured.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Colour {
    Plain,
    Ansi,
}

impl Colour {
    fn paint(self, code: &str, text: &str) -> String {
        match self {
            Self::Plain => text.to_owned(),
            Self::Ansi => format!("\x1b[{code}m{text}\x1b[0m"),
        }
    }

    fn kept(self, text: &str) -> String {
        self.paint("32", text)
    }

    fn dropped(self, text: &str) -> String {
        self.paint("31", text)
    }

    fn faint(self, text: &str) -> String {
        self.paint("2", text)
    }
}

/// Writes every block, in the order of the page.
pub(super) fn blocks(blocks: &[BlockView], colour: Colour) -> String {
    if blocks.is_empty() {
        return String::new();
    }
    let kept = blocks.iter().filter(|block| block.fate.is_kept()).count();
    let mut text = format!("blocks: {kept} kept, {} dropped\n", blocks.len() - kept);
    for block in blocks {
        text.push_str(&lines(block, colour));
    }
    text
}

fn lines(block: &BlockView, colour: Colour) -> String {
    let probability = block
        .probability
        .map_or_else(|| "-".to_owned(), |p| format!("{:.0} %", p * 100.0));
    let anchor = block.anchor.to_string();
    let head = format!("{anchor}  {probability:>5}  {:>5}", block.words);
    let shown = shorten(&block.text);
    let (mark, shown, why) = match &block.fate {
        Fate::Kept { why } => (colour.kept("+"), shown, why.clone()),
        Fate::Dropped { rule, why } => {
            let why = format!("{rule}: {why}");
            (colour.dropped("-"), colour.faint(&shown), why)
        }
    };
    let mut text = format!("{mark} {head}  {shown}\n");
    let told = format!("{why}{}  [{}]", weighed(&block.weights), block.path);
    let _ = writeln!(text, "{INDENT}{}", colour.faint(&told));
    for repair in &block.repairs {
        let _ = writeln!(
            text,
            "{INDENT}repaired by {}: {:?} → {:?}",
            repair.rule, repair.from, repair.to
        );
    }
    text
}

/// Writes what weighed most with the model.
fn weighed(weights: &[Weight]) -> String {
    let parts: Vec<String> = weights
        .iter()
        .take(FEATURES)
        .map(|weight| format!("{} {:+.1}", weight.feature, weight.log_odds))
        .collect();
    if parts.is_empty() {
        return String::new();
    }
    format!(" · {}", parts.join(", "))
}

/// Shortens a text to one line.
pub(super) fn shorten(text: &str) -> String {
    let line = text.replace('\n', " ⏎ ");
    match line.char_indices().nth(SHOWN) {
        None => line,
        Some((end, _)) => format!("{}…", &line[..end]),
    }
}

/// Writes where the words of a page went, and whether a person should look at it.
pub(super) fn budget(budget: &Budget, colour: Colour) -> String {
    let rows: Vec<Vec<String>> = budget
        .kept
        .iter()
        .map(|share| row("+", share))
        .chain(budget.dropped.iter().map(|share| row("-", share)))
        .collect();
    let mut text = format!(
        "words: {} kept, {} dropped\n{}\n",
        budget.kept_words,
        budget.dropped.iter().map(|s| s.words).sum::<usize>(),
        indented(&table(&["", "words", "blocks", "reason"], &rows, &[1, 2])),
    );
    text.push_str(&guard(budget, colour));
    text
}

fn row(mark: &str, share: &Share) -> Vec<String> {
    let count = |n: usize| n.to_string();
    vec![
        mark.to_owned(),
        count(share.words),
        count(share.blocks),
        share.reason.clone(),
    ]
}

fn indented(table: &str) -> String {
    let lines: Vec<String> = table.lines().map(|line| format!("  {line}")).collect();
    lines.join("\n")
}

/// Writes what the budget guard makes of it.
fn guard(budget: &Budget, colour: Colour) -> String {
    let mut text = format!(
        "guard: rules removed {} ({:.0} %) of the main part; over {:.0} % a person should look\n",
        plural(budget.removed_words, "word", "words"),
        budget.removed_share * 100.0,
        budget.review_over * 100.0,
    );
    for why in &budget.needs_review {
        let _ = writeln!(text, "  {} {why}", colour.dropped("review:"));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use thresh_types::{Anchor, BlockKind, Repair, RuleId};

    fn block(anchor: u64, text: &str, fate: Fate, probability: Option<f32>) -> BlockView {
        BlockView {
            anchor: Anchor(anchor),
            kind: BlockKind::Paragraph,
            path: "main/article/p".to_owned(),
            text: text.to_owned(),
            words: text.split_whitespace().count(),
            fate,
            probability,
            weights: Vec::new(),
            repairs: Vec::new(),
        }
    }

    fn kept(why: &str) -> Fate {
        Fate::Kept {
            why: why.to_owned(),
        }
    }

    fn dropped(pack: &str, rule: &str, why: &str) -> Fate {
        Fate::Dropped {
            rule: RuleId::of(pack, rule),
            why: why.to_owned(),
        }
    }

    fn weight(feature: &str, log_odds: f32) -> Weight {
        Weight {
            feature: feature.to_owned(),
            log_odds,
        }
    }

    fn page() -> Vec<BlockView> {
        let mut menu = block(
            1,
            "Our work",
            dropped(
                "main",
                "navigation",
                "within navigation; 1 % likely to be the page's own text",
            ),
            Some(0.008),
        );
        menu.weights = vec![
            weight("within a footer", -2.33),
            weight("share of links", -1.11),
        ];
        let mut bell = block(
            0x1f0c_9d2e_33a8_4b70,
            "The bell rang at twenty past two. The driver of the patrol car said only a first name, set a bag on the floor, and was gone.",
            kept("part of the page's own text"),
            Some(0.974),
        );
        bell.weights = vec![
            weight("within the densest prose", 1.21),
            weight("ends as a sentence", 0.57),
            weight("before the title", -0.32),
            weight("commas", 0.11),
        ];
        bell.repairs = vec![Repair {
            rule: RuleId::of("repair", "broken-ligature"),
            at: 0,
            from: "fl oor".to_owned(),
            to: "floor".to_owned(),
        }];
        let counters = block(
            3,
            "39 views\n0 comments",
            dropped("wix", "counters", "the line is nothing but \"39 views\""),
            None,
        );
        vec![menu, bell, counters]
    }

    fn shares() -> Budget {
        let share = |reason: &str, blocks, words| Share {
            reason: reason.to_owned(),
            blocks,
            words,
        };
        Budget {
            kept: vec![share("part of the page's own text", 12, 412)],
            dropped: vec![
                share("wordpress/leaked-post-types", 22, 650),
                share("main/navigation", 117, 209),
                share("common/share-bar", 1, 6),
            ],
            kept_words: 412,
            removed_words: 656,
            removed_share: 0.614,
            review_over: 0.6,
            needs_review: vec!["rules removed over 60 % of the main part's words".to_owned()],
        }
    }

    #[test]
    fn blocks_line_up_with_what_decided_on_them() {
        insta::assert_snapshot!(blocks(&page(), Colour::Plain));
    }

    #[test]
    fn words_are_summed_up_by_reason_and_the_guard_speaks() {
        insta::assert_snapshot!(budget(&shares(), Colour::Plain));
    }

    #[test]
    fn colours_only_add_to_the_text() {
        let coloured = blocks(&page(), Colour::Ansi) + &budget(&shares(), Colour::Ansi);
        let plain = blocks(&page(), Colour::Plain) + &budget(&shares(), Colour::Plain);
        assert_ne!(coloured, plain);
        let codes = ["\x1b[32m", "\x1b[31m", "\x1b[2m", "\x1b[0m"];
        let bare = codes
            .iter()
            .fold(coloured, |text, code| text.replace(code, ""));
        assert_eq!(bare, plain);
    }
}
