//! What a sitemap lists, in few bytes: one may list fifty thousand pages, and each in twenty languages.

use std::ops::Range;

use thresh_types::{TaskKind, Timestamp};

use crate::digest::{Lead, Place};

/// Leads in the order of the file: a sixth of what they take by themselves.
#[derive(Clone, Default)]
pub(crate) struct Listing {
    /// The addresses, one after the other.
    text: String,
    entries: Vec<Entry>,
}

#[derive(Clone, Copy)]
struct Entry {
    /// Where the address ends.
    end: usize,
    /// In whole seconds; `i64::MIN` is none.
    modified: i64,
    kind: TaskKind,
    place: Place,
}

impl Listing {
    /// Adds a lead.
    pub(crate) fn push(&mut self, lead: &Lead) {
        self.text.push_str(lead.url.as_str());
        self.entries.push(Entry {
            end: self.text.len(),
            modified: lead.modified.map_or(i64::MIN, Timestamp::as_second),
            kind: lead.kind,
            place: lead.place,
        });
    }

    /// Returns how many leads there are.
    pub(crate) fn len(&self) -> usize {
        self.entries.len()
    }

    /// Gives back what growing has taken too much.
    pub(crate) fn shrink(&mut self) {
        self.text.shrink_to_fit();
        self.entries.shrink_to_fit();
    }

    /// Returns the leads.
    pub(crate) fn iter(&self) -> impl Iterator<Item = Lead> {
        self.entries
            .iter()
            .enumerate()
            .filter_map(|(place, entry)| {
                let url = self.text.get(self.place_of(place)).unwrap_or_default();
                Some(Lead {
                    // It is what an address was written as, so it reads back.
                    url: url.parse().ok()?,
                    kind: entry.kind,
                    place: entry.place,
                    modified: Timestamp::from_second(entry.modified).ok(),
                    link: None,
                })
            })
    }

    fn place_of(&self, place: usize) -> Range<usize> {
        let before = place.checked_sub(1).and_then(|n| self.entries.get(n));
        before.map_or(0, |entry| entry.end)..self.entries[place].end
    }
}

impl std::fmt::Debug for Listing {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Listing of {}", self.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn leads_come_back_as_they_were() {
        let leads = [
            ("http://a.example/", TaskKind::Page, Place::News, Some(0)),
            (
                "http://a.example/?q=%20",
                TaskKind::Sitemap,
                Place::Listed,
                None,
            ),
            (
                "http://b.example/x/ö",
                TaskKind::Page,
                Place::Listed,
                Some(-7),
            ),
        ];
        let leads = leads.map(|(url, kind, place, modified)| Lead {
            url: url.parse().unwrap(),
            kind,
            place,
            link: None,
            modified: modified.map(|second| Timestamp::from_second(second).unwrap()),
        });
        let mut listing = Listing::default();
        leads.iter().for_each(|lead| listing.push(lead));
        listing.shrink();
        assert_eq!(listing.iter().collect::<Vec<_>>(), leads);
        assert_eq!(listing.len(), 3);
        assert_eq!(Listing::default().iter().count(), 0);
    }
}
