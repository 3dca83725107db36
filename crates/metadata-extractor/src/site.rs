//! What recurs on the pages of a site, and is therefore the template's and not the page's.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use thresh_types::{Field, Source};

use crate::dates::{self, Order};
use crate::gathered::Gathered;
use crate::titles;
use crate::values::key;

/// Below this many pages nothing can be said to recur.
const MIN_PAGES: u32 = 4;

/// How often each value occurs among the pages of a site. The order of the pages does not matter.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SiteCandidates {
    pages: u32,
    /// Pages that offer a value, by field and value.
    values: Vec<(Field, String, u32)>,
    /// Pages whose `<title>` ends in a segment, by the letters and digits of the segment.
    endings: BTreeMap<String, u32>,
    day_first: u32,
    month_first: u32,
}

impl SiteCandidates {
    /// Counts the values of `pages`.
    pub fn build<'a>(pages: impl IntoIterator<Item = &'a Gathered>) -> Self {
        let mut counts: BTreeMap<(Field, String), u32> = BTreeMap::new();
        let mut site = Self::default();
        for page in pages {
            site.pages += 1;
            for value in counted(page) {
                *counts.entry(value).or_default() += 1;
            }
            site.count_endings(page);
            site.count_orders(page);
        }
        // What stands on one page cannot recur.
        site.values = counts
            .into_iter()
            .filter(|(_, n)| *n > 1)
            .map(|((field, value), n)| (field, value, n))
            .collect();
        site.endings.retain(|_, n| *n > 1);
        site
    }

    fn count_endings(&mut self, page: &Gathered) {
        let titles = page
            .of(Field::Title)
            .filter(|c| c.source == Source::Html && c.place == "title");
        let endings: BTreeSet<String> = titles
            .filter_map(|c| titles::last_segment(&c.value))
            .map(|s| key(&s))
            .collect();
        for ending in endings {
            *self.endings.entry(ending).or_default() += 1;
        }
    }

    fn count_orders(&mut self, page: &Gathered) {
        let dated = page
            .candidates
            .iter()
            .filter(|c| matches!(c.field, Field::Date | Field::Modified));
        let orders: Vec<Order> = dated.filter_map(|c| dates::proven_order(&c.raw)).collect();
        self.day_first += u32::from(orders.contains(&Order::DayFirst));
        self.month_first += u32::from(orders.contains(&Order::MonthFirst));
    }

    /// Returns whether `value` stands on most pages of the site.
    pub fn recurs(&self, field: Field, value: &str) -> bool {
        let at = self
            .values
            .binary_search_by(|(f, v, _)| (*f, v.as_str()).cmp(&(field, value)));
        self.is_most(at.map_or(0, |at| self.values[at].2))
    }

    /// Returns whether most titles of the site end in `segment`.
    pub fn ends_titles(&self, segment: &str) -> bool {
        self.is_most(self.endings.get(&key(segment)).copied().unwrap_or(0))
    }

    /// Returns which of day and month comes first on this site, where its unambiguous dates agree.
    pub fn order(&self) -> Option<Order> {
        match (self.day_first, self.month_first) {
            (1.., 0) => Some(Order::DayFirst),
            (0, 1..) => Some(Order::MonthFirst),
            _ => None,
        }
    }

    fn is_most(&self, pages: u32) -> bool {
        self.pages >= MIN_PAGES && 2 * pages > self.pages
    }
}

fn counted(page: &Gathered) -> BTreeSet<(Field, String)> {
    page.candidates
        .iter()
        .filter(|c| {
            matches!(
                c.field,
                Field::Date | Field::Modified | Field::Author | Field::Title
            )
        })
        .map(|c| (c.field, c.value.clone()))
        .collect()
}

#[cfg(test)]
mod tests {
    use thresh_types::Candidate;

    use super::*;

    fn page(title: &str, date: &str) -> Gathered {
        let candidate = |field, value: &str, place: &str| Candidate {
            field,
            value: value.to_owned(),
            source: Source::Html,
            place: place.to_owned(),
            raw: value.to_owned(),
            confidence: 60,
        };
        Gathered {
            candidates: vec![
                candidate(Field::Title, title, "title"),
                candidate(Field::Date, date, "time"),
            ],
            ..Gathered::default()
        }
    }

    #[test]
    fn what_stands_on_most_pages_recurs_in_any_order() {
        let pages = [
            page("A | Port", "2020-01-01"),
            page("B | Port", "2020-01-01"),
            page("C | Port", "2020-01-01"),
            page("D | Quay", "25/12/2020"),
        ];
        let site = SiteCandidates::build(&pages);
        assert!(site.recurs(Field::Date, "2020-01-01") && !site.recurs(Field::Date, "25/12/2020"));
        assert!(site.ends_titles("Port") && !site.ends_titles("Quay"));
        assert_eq!(site.order(), Some(Order::DayFirst));
        assert_eq!(site, SiteCandidates::build(pages.iter().rev()));
        assert!(!SiteCandidates::build(&pages[..3]).recurs(Field::Date, "2020-01-01"));
    }
}
