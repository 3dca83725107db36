//! Picks the document that speaks for a cluster.

use std::cmp::Reverse;

use crate::item::Item;
use crate::judge::Finding;
use crate::shape::is_cut;

/// Returns the document of a merged pair that lacks a part of the other, where one does.
pub(crate) fn truncated(finding: &Finding) -> Option<u32> {
    let difference = finding.difference.as_ref()?;
    let (smaller, larger) = finding.by_size(&difference.a, &difference.b);
    is_cut(smaller, larger).then_some(finding.smaller())
}

/// What makes one document a better spokesman than another; the least is chosen.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Preference<'a> {
    truncated: bool,
    empty: bool,
    rank: u32,
    /// Lacks much of what the longest copy has, where that cannot be chrome.
    partial: bool,
    /// Among copies of one text the shortest has least chrome.
    words: usize,
    /// `Reverse` puts "unknown" behind every date.
    dated: Reverse<bool>,
    date: Option<&'a str>,
    id: &'a str,
}

impl<'a> Preference<'a> {
    /// Returns the preference of `item`, whose longest copy has `longest` words.
    pub(crate) fn of(item: &'a Item, words: usize, truncated: bool, longest: usize) -> Self {
        // A fifth: cleaning leaves a line or two of chrome, not a fifth of a page.
        let lacks_much = words * 5 < longest * 4;
        Self {
            truncated,
            empty: words == 0,
            rank: item.rank,
            partial: item.cleaned && lacks_much,
            words,
            dated: Reverse(item.date.is_some()),
            date: item.date.as_deref(),
            id: &item.id,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn item(id: &str, rank: u32, date: Option<&str>) -> Item {
        Item {
            id: id.to_owned(),
            rank,
            date: date.map(str::to_owned),
            ..Item::default()
        }
    }

    #[test]
    fn complete_then_rank_then_chrome_then_date_then_id() {
        let (a, b) = (item("a", 0, None), item("b", 1, Some("2020")));
        let (c, d) = (item("c", 0, Some("2019-05")), item("d", 0, Some("2019-05")));
        let of = |item, words, cut| Preference::of(item, words, cut, 50);
        assert!(of(&b, 50, false) < of(&a, 40, true));
        assert!(of(&a, 50, false) < of(&b, 40, false));
        assert!(of(&d, 40, false) < of(&c, 50, false));
        assert!(of(&c, 50, false) < of(&a, 50, false));
        assert!(of(&c, 50, false) < of(&d, 50, false));
    }

    #[test]
    fn a_cleaned_copy_that_lacks_much_does_not_speak_and_a_line_more_is_no_merit() {
        let clean = |id| Item {
            cleaned: true,
            ..item(id, 0, None)
        };
        let (a, b) = (clean("a"), clean("b"));
        let of = |item, words| Preference::of(item, words, false, 50);
        assert!(of(&b, 50) < of(&a, 30));
        assert!(of(&a, 48) < of(&b, 50));
    }
}
