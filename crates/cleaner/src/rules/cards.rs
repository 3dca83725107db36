//! Teaser cards: a title, chips, an excerpt that breaks off before "Read More", tags.
//!
//! A card is found from its excerpt. Where elements are known, the card is the largest element around
//! the excerpt that holds nothing but one card. Otherwise its header is the short lines above the
//! excerpt, as far as empty lines and the other cards of the page tell.

use std::ops::Range;

use serde::Deserialize;

use super::line::shortened;
use super::phrases::{self, Lazy, Phrases};
use super::view::{Effect, View};
use crate::measure;

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Spec {
    /// The labels that lead on.
    cards: Vec<String>,
    /// What opens a line of tags or categories.
    #[serde(default)]
    tags: Vec<String>,
    /// Most words of a card.
    #[serde(default = "most_words")]
    max_words: usize,
}

const fn most_words() -> usize {
    120
}

/// The rule that finds teaser cards.
#[derive(Debug, Clone)]
pub(crate) struct Cards {
    /// What leads on.
    labels: Phrases,
    /// What opens a line of tags.
    tags: Phrases,
    citation: Lazy,
    max_words: usize,
}

/// A card: its blocks, as positions among those that stand, and whether its excerpt breaks off.
#[derive(Debug, Clone)]
struct Card {
    excerpt: usize,
    range: Range<usize>,
    truncated: bool,
}

/// Longest label, and longest word for tags before its colon.
const LABEL_WORDS: usize = 6;
const LABEL_CHARS: usize = 48;
const TAG_CHARS: usize = 32;
/// Most lines above an excerpt that belong to its card.
const HEADER_LINES: usize = 5;
const HEADER_WORDS: usize = 30;
const CHIP_WORDS: usize = 5;
/// Words of prose outside the cards from which a page is more than a list of cards.
const OWN_PROSE: usize = 25;

impl Cards {
    pub(super) fn new(spec: &Spec) -> Result<Self, String> {
        phrases::not_empty("cards", &spec.cards)?;
        Ok(Self {
            labels: Phrases::new(&spec.cards),
            tags: Phrases::new(&spec.tags),
            citation: Lazy::new(
                r"(?:[-–—]\s.*,\s*(?:19|20)\d{2}|(?:19|20)\d{2}\)?\.?\s+\p{Lu}{4,})\W*$".to_owned(),
            )?,
            max_words: spec.max_words,
        })
    }

    pub(super) fn find(&self, view: &View<'_>) -> Vec<Effect> {
        let standing: Vec<usize> = view.standing().collect();
        let cards = self.cards(view, &standing);
        if cards.is_empty() || self.is_listing(view, &standing, &cards) {
            return Vec::new();
        }
        cards
            .iter()
            .filter(|card| {
                !standing[card.range.clone()]
                    .iter()
                    .any(|&i| view.is_own_title(i) && card.range.start < card.excerpt)
            })
            .map(|card| {
                let text = view.text(standing[card.range.start]);
                let why = match card.truncated {
                    true => format!(
                        "a teaser that breaks off before its link to the rest: {:?}",
                        shortened(text)
                    ),
                    false => format!(
                        "one of {} teasers with a link to the rest: {:?}",
                        cards.len(),
                        shortened(text)
                    ),
                };
                Effect::drop(standing[card.range.clone()].iter().copied(), why)
            })
            .collect()
    }

    /// Returns the number of cards on the page and the words in them.
    pub(crate) fn count(&self, view: &View<'_>) -> (usize, usize) {
        let standing: Vec<usize> = view.standing().collect();
        let cards = self.cards(view, &standing);
        let words = cards
            .iter()
            .flat_map(|c| &standing[c.range.clone()])
            .map(|&i| view.words(i))
            .sum();
        (cards.len(), words)
    }

    /// On a page of cards alone, the cards are the content; and what is the only text of a page stays.
    fn is_listing(&self, view: &View<'_>, standing: &[usize], cards: &[Card]) -> bool {
        let mut inside = vec![false; standing.len()];
        for card in cards {
            inside[card.range.clone()].fill(true);
        }
        let outside = standing.iter().zip(&inside).filter(|(_, inside)| !**inside);
        let own = view.prose_words(outside.map(|(&i, _)| i));
        let words: usize = cards
            .iter()
            .flat_map(|c| &standing[c.range.clone()])
            .map(|&i| view.words(i))
            .sum();
        let first = cards.first().map_or(0, |c| c.range.start);
        let behind = (first..standing.len()).any(|k| !inside[k] && view.is_prose(standing[k]));
        // Elsewhere than below the text, cards that outweigh it are what the page is about.
        let many = !view.is_text() && (own * 2 < words || (behind && own < words));
        own == 0 || many || (cards.len() >= 3 && own < OWN_PROSE)
    }

    fn cards(&self, view: &View<'_>, standing: &[usize]) -> Vec<Card> {
        let ends = self.ends(view, standing);
        let gaps = view.is_text() && standing.iter().any(|&i| view.block(i).gap > 0);
        let mut cards: Vec<Card> = Vec::new();
        for (k, &(excerpt, end, truncated)) in ends.iter().enumerate() {
            let floor = cards.last().map_or(0, |c| c.range.end);
            if excerpt < floor {
                continue;
            }
            let others = ends.get(k + 1).map(|next| (end, next.0));
            let mut range = self.range(view, standing, floor, (excerpt, end), others, gaps);
            if floor > 0
                && range.start > floor
                && self.all_short(view, standing, floor..range.start)
            {
                range.start = floor;
            }
            cards.push(Card {
                excerpt,
                range,
                truncated,
            });
        }
        // A complete excerpt with a link to more is a card only in company.
        let plain = cards
            .iter()
            .filter(|c| !c.truncated && c.range.start < c.excerpt)
            .count();
        // On a page with elements such may well be its own parts: the model weighs them.
        cards
            .retain(|c| c.truncated || (plain >= 2 && c.range.start < c.excerpt && view.is_text()));
        self.extend_to_tags(view, standing, &mut cards);
        cards
    }

    /// Returns per teaser where its excerpt stands, where it ends (exclusive), and whether it breaks
    /// off.
    fn ends(&self, view: &View<'_>, standing: &[usize]) -> Vec<(usize, usize, bool)> {
        let mut ends = Vec::new();
        let own = self.own_labels(view, standing);
        for (k, &i) in standing.iter().enumerate() {
            if view.is_code(i) || view.words(i) > self.max_words {
                continue;
            }
            if view.words(i) >= 5 && self.breaks_off(view, i, &own) {
                ends.push((k, k + 1, true));
            } else if k > 0 && (self.is_label(view, i) || own.contains(&view.key(i))) {
                let before = standing[k - 1];
                let fits = !view.is_heading(before)
                    && (5..=self.max_words).contains(&view.words(before))
                    && !view.is_code(before);
                if fits {
                    ends.push((k - 1, k + 1, measure::is_truncated(view.text(before))));
                }
            }
        }
        ends
    }

    fn is_label(&self, view: &View<'_>, i: usize) -> bool {
        view.words(i) <= LABEL_WORDS && self.labels.has(view.key(i))
    }

    /// Excerpt, ellipsis and label in one block.
    fn breaks_off(&self, view: &View<'_>, i: usize, own: &[u64]) -> bool {
        tail(view.text(i)).is_some_and(|tail| {
            let key = phrases::key(tail);
            self.labels.has(key) || own.contains(&key)
        })
    }

    /// Returns the keys of labels that no list has: the same few words behind several excerpts that
    /// break off, whatever the language.
    fn own_labels(&self, view: &View<'_>, standing: &[usize]) -> Vec<u64> {
        let mut seen: Vec<u64> = Vec::new();
        for (k, &i) in standing.iter().enumerate() {
            if view.is_code(i) || view.words(i) > self.max_words {
                continue;
            }
            let behind = tail(view.text(i)).filter(|t| looks_like_label(t) && view.words(i) >= 8);
            let below = standing.get(k + 1).filter(|&&next| {
                measure::is_truncated(view.text(i))
                    && view.words(i) >= 8
                    && looks_like_label(view.text(next))
            });
            seen.extend(behind.map(phrases::key));
            seen.extend(below.map(|&next| view.key(next)));
        }
        seen.sort_unstable();
        let mut own: Vec<u64> = seen
            .chunk_by(|a, b| a == b)
            .filter(|c| c.len() >= 2)
            .map(|c| c[0])
            .collect();
        own.retain(|&key| key != 0);
        own
    }

    /// A line that opens with a word for tags and a colon.
    fn is_tags(&self, text: &str) -> bool {
        let start: &str = text
            .char_indices()
            .nth(TAG_CHARS)
            .map_or(text, |(at, _)| &text[..at]);
        start
            .find([':', '：'])
            .is_some_and(|at| self.tags.is(&start[..at]))
    }

    fn range(
        &self,
        view: &View<'_>,
        standing: &[usize],
        floor: usize,
        (excerpt, end): (usize, usize),
        next: Option<(usize, usize)>,
        gaps: bool,
    ) -> Range<usize> {
        if let Some(range) = self.element(view, standing, floor, excerpt, end) {
            return range;
        }
        let start = if gaps {
            self.header_by_gaps(view, standing, floor, excerpt)
        } else {
            let lines = next.map_or(2, |(from, to)| self.header_lines(view, standing, from..to));
            self.header_by_count(view, standing, floor, excerpt, lines)
        };
        start..end
    }

    /// Returns the largest element around the excerpt that is one card and nothing else.
    fn element(
        &self,
        view: &View<'_>,
        standing: &[usize],
        floor: usize,
        excerpt: usize,
        end: usize,
    ) -> Option<Range<usize>> {
        let node = view.block(standing[excerpt]).node;
        let mut best = None;
        for around in view.page.chain(node).take(12) {
            let span = view.span(around);
            let start = standing.partition_point(|&i| i < span.start);
            let stop = standing.partition_point(|&i| i < span.end);
            let words: usize = standing[start..stop]
                .iter()
                .take(24)
                .map(|&i| view.words(i))
                .sum();
            if start < floor
                || stop - start > 12
                || words > self.max_words
                || !self.is_one_card(view, &standing[start..stop], standing[excerpt])
            {
                break;
            }
            best = Some(start..stop.max(end));
        }
        best.filter(|range| range.start < excerpt)
    }

    fn is_one_card(&self, view: &View<'_>, blocks: &[usize], excerpt: usize) -> bool {
        let headings = blocks.iter().filter(|&&i| view.is_heading(i)).count();
        let others = blocks
            .iter()
            .filter(|&&i| i != excerpt && view.is_prose(i))
            .count();
        let teasers = blocks
            .iter()
            .filter(|&&i| self.breaks_off(view, i, &[]) || self.is_label(view, i))
            .count();
        headings <= 1
            && others == 0
            && teasers <= 1
            && !blocks.iter().any(|&i| self.citation.is_match(view.text(i)))
    }

    fn is_header_line(&self, view: &View<'_>, i: usize) -> bool {
        let text = view.text(i);
        view.words(i) <= HEADER_WORDS
            && !view.is_prose(i)
            && (!measure::ends_sentence(text) || view.words(i) < 10 || text.ends_with('?'))
            && !view.is_code(i)
    }

    fn all_short(&self, view: &View<'_>, standing: &[usize], range: Range<usize>) -> bool {
        range.len() <= HEADER_LINES + 1
            && range
                .into_iter()
                .all(|k| self.is_header_line(view, standing[k]))
    }

    /// With empty lines in the text, a header is a group of lines, or two: title and chips.
    fn header_by_gaps(
        &self,
        view: &View<'_>,
        standing: &[usize],
        floor: usize,
        excerpt: usize,
    ) -> usize {
        let own = self.group_start(view, standing, floor, excerpt);
        if own < excerpt {
            return self.after_foreign(view, standing, own, excerpt);
        }
        let Some(last) = excerpt.checked_sub(1).filter(|&k| k >= floor) else {
            return excerpt;
        };
        let group = self.group_start(view, standing, floor, last);
        let start = self.after_foreign(view, standing, group, excerpt);
        let chip = excerpt - start == 1 && view.words(standing[start]) <= CHIP_WORDS;
        let above = start
            .checked_sub(1)
            .filter(|&k| k >= floor && chip && start == group);
        match above {
            Some(k)
                if self.stands_alone(view, standing, k)
                    && self.after_foreign(view, standing, k, excerpt) == k =>
            {
                k
            }
            _ => start,
        }
    }

    fn stands_alone(&self, view: &View<'_>, standing: &[usize], k: usize) -> bool {
        let i = standing[k];
        view.block(i).gap > 0
            && self.is_header_line(view, i)
            && !measure::ends_with_punctuation(view.text(i))
    }

    /// Returns the first line of the group of lines that `k` stands in.
    fn group_start(&self, view: &View<'_>, standing: &[usize], floor: usize, k: usize) -> usize {
        let mut start = k;
        while start > floor
            && k - start < HEADER_LINES
            && self.follows_directly(view, standing, start)
        {
            start -= 1;
        }
        start
    }

    /// No empty line and no block that went stands between this line and the one before.
    fn follows_directly(&self, view: &View<'_>, standing: &[usize], k: usize) -> bool {
        view.block(standing[k]).gap == 0 && standing[k] == standing[k - 1] + 1
    }

    /// Returns the first position from `start` on behind which only header lines of this card stand.
    fn after_foreign(
        &self,
        view: &View<'_>,
        standing: &[usize],
        start: usize,
        excerpt: usize,
    ) -> usize {
        (start..excerpt)
            .rev()
            .take_while(|&k| {
                let i = standing[k];
                self.is_header_line(view, i)
                    && !self.is_tags(view.text(i))
                    && !self.citation.is_match(view.text(i))
            })
            .last()
            .unwrap_or(excerpt)
    }

    /// Returns how many lines stand between two cards, lines of tags aside.
    fn header_lines(&self, view: &View<'_>, standing: &[usize], between: Range<usize>) -> usize {
        let lines = between
            .clone()
            .filter(|&k| !self.is_tags(view.text(standing[k])))
            .count();
        if self.all_short(view, standing, between) {
            lines.clamp(1, HEADER_LINES)
        } else {
            2
        }
    }

    fn header_by_count(
        &self,
        view: &View<'_>,
        standing: &[usize],
        floor: usize,
        excerpt: usize,
        lines: usize,
    ) -> usize {
        let lowest = floor.max(excerpt.saturating_sub(lines));
        let start = self.after_foreign(view, standing, lowest, excerpt);
        // A heading opens its card, whatever the others have.
        let heading = (start..excerpt)
            .rev()
            .find(|&k| view.is_heading(standing[k]) && !view.is_text());
        heading.unwrap_or(start)
    }

    /// Adds the lines of tags and the chips that follow cards.
    fn extend_to_tags(&self, view: &View<'_>, standing: &[usize], cards: &mut [Card]) {
        let starts: Vec<usize> = cards
            .iter()
            .skip(1)
            .map(|c| c.range.start)
            .chain([standing.len()])
            .collect();
        let chips: Vec<String> = cards
            .iter()
            .flat_map(|c| c.range.start..c.excerpt)
            .filter(|&k| view.words(standing[k]) <= CHIP_WORDS)
            .map(|k| view.text(standing[k]).to_owned())
            .collect();
        for (card, limit) in cards.iter_mut().zip(starts) {
            while card.range.end < limit {
                let i = standing[card.range.end];
                let text = view.text(i);
                let chip = view.words(i) <= CHIP_WORDS
                    && chips.iter().any(|c| c == text)
                    && !view.is_heading(i);
                if !self.is_tags(text) && !chip {
                    break;
                }
                card.range.end += 1;
            }
        }
    }
}

/// Returns what stands behind the last ellipsis of a text, if it is short enough to be a label.
fn tail(text: &str) -> Option<&str> {
    let text = measure::end(text, 2 * LABEL_CHARS + 4);
    let dots = text
        .as_bytes()
        .windows(3)
        .rposition(|w| w == b"...")
        .map(|at| at + 3);
    let one = text.rfind('…').map(|at| at + '…'.len_utf8());
    let tail = &text[dots.max(one)?..];
    (tail.len() <= 2 * LABEL_CHARS && measure::has_word(tail)).then_some(tail)
}

/// A few words that open with a capital, or of a script without them, and end without a sentence mark.
fn looks_like_label(text: &str) -> bool {
    let text = text.trim_matches(|c: char| !c.is_alphanumeric() && !measure::is_terminal(c));
    let opens = text
        .chars()
        .next()
        .is_some_and(|c| c.is_alphabetic() && !c.is_lowercase());
    opens
        && text.chars().count() <= LABEL_CHARS
        && measure::count_words(text) <= 4
        && !measure::ends_with_punctuation(text)
        && !text.contains(|c: char| c.is_ascii_digit())
}
