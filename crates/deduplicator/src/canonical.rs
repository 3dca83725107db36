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
    /// Among copies of one text the shortest has least chrome; where chrome was removed, the longest
    /// has most text, and counts down.
    words: usize,
    /// `Reverse` puts "unknown" behind every date.
    dated: Reverse<bool>,
    date: Option<&'a str>,
    id: &'a str,
}

impl<'a> Preference<'a> {
    /// Returns the preference of `item`.
    pub(crate) fn of(item: &'a Item, words: usize, truncated: bool) -> Self {
        Self {
            truncated,
            empty: words == 0,
            rank: item.rank,
            words: if item.cleaned {
                usize::MAX - words
            } else {
                words
            },
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
        assert!(Preference::of(&b, 50, false) < Preference::of(&a, 40, true));
        assert!(Preference::of(&a, 50, false) < Preference::of(&b, 40, false));
        assert!(Preference::of(&d, 40, false) < Preference::of(&c, 50, false));
        assert!(Preference::of(&c, 50, false) < Preference::of(&a, 50, false));
        assert!(Preference::of(&c, 50, false) < Preference::of(&d, 50, false));
    }

    #[test]
    fn of_cleaned_copies_the_longest_speaks() {
        let clean = |id| Item {
            cleaned: true,
            ..item(id, 0, None)
        };
        let (a, b) = (clean("a"), clean("b"));
        assert!(Preference::of(&b, 50, false) < Preference::of(&a, 40, false));
    }
}
