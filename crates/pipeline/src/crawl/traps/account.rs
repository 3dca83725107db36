//! The accounts of shapes: what is noted in them and what they hold.

use thresh_types::{CanonicalUrl, SiteId};

use super::Traps;
use super::address::Address;
use super::ledger::{Outcome, Record, Standing, Trait, against};
use super::shape::{LEVELS, Shape};

impl Traps {
    /// Notes what came of an address at all levels. Returns whether its shape was held and is not any
    /// more.
    pub(super) fn note(
        &mut self,
        shape: &Shape,
        outcome: Outcome,
        standing: Standing,
        traits: &[Trait],
    ) -> bool {
        let before = self.is_held(shape);
        let nothing = matches!(outcome, Outcome::Page(grade) if grade != super::Grade::Novel)
            || outcome == Outcome::Error;
        for (level, key) in shape.levels.into_iter().enumerate() {
            let record = self.records.entry(key);
            record.note(outcome, standing, level);
            if nothing {
                record.note_traits(traits);
            }
        }
        reopened(before, self.is_held(shape))
    }

    /// Credits the shape of a list for a page of another shape that it led to. Returns whether it was
    /// held and is not any more.
    pub(super) fn credit(&mut self, list: &Shape, page: &Shape) -> bool {
        // A rearrangement of a page is not what the page is for.
        if list.path() == page.path() {
            return false;
        }
        let before = self.is_held(list);
        for (of_list, of_page) in list.levels.into_iter().zip(page.levels) {
            if of_list != of_page
                && let Some(record) = self.records.get_mut(of_list)
            {
                record.led_to_a_page();
            }
        }
        reopened(before, self.is_held(list))
    }

    /// Returns what is known of addresses of exactly this shape.
    pub(super) fn record(&self, shape: &Shape) -> Option<&Record> {
        self.records.get(shape.exact())
    }

    fn against(&self, shape: &Shape, standing: Standing) -> Option<usize> {
        against(shape.levels.map(|level| self.records.get(level)), standing)
    }

    fn is_held(&self, shape: &Shape) -> [bool; 2] {
        [Standing::Vouched, Standing::Unvouched]
            .map(|standing| self.against(shape, standing).is_some())
    }

    /// Holds an address whose shape is given up; `None` where it may go.
    pub(super) fn hold_shape(
        &mut self,
        site: &SiteId,
        url: &CanonicalUrl,
        (address, shape): (&Address<'_>, &Shape),
        standing: Standing,
    ) -> Option<String> {
        let level = self.against(shape, standing)?;
        if level > 0 && self.may_try(shape, level) {
            return None;
        }
        let label = shape.label(address, level);
        let record = self.records.entry(shape.levels[level]);
        if record.hold(url.as_str()) {
            return None;
        }
        Some(told_as(record, level, site, label))
    }

    /// Holds a link that is too deep to be asked, where pages of its own kind led that far down and gave
    /// little on the way: it is the trap that is deep. Returns why.
    pub(crate) fn hold_deep(
        &mut self,
        site: &SiteId,
        parent: &CanonicalUrl,
        url: &CanonicalUrl,
    ) -> Option<String> {
        let of_parent = self.place(site, parent).1;
        let (address, shape) = self.place(site, url);
        let record = self.records.get_mut(shape.exact())?;
        if of_parent.exact() != shape.exact() || record.is_even() {
            return None;
        }
        record.hold(url.as_str());
        Some(told_as(record, 0, site, shape.label(&address, 0)))
    }

    /// Lets a shape that was never asked have a first look, while such looks are worth it.
    fn may_try(&mut self, shape: &Shape, level: usize) -> bool {
        let exact = self.records.entry(shape.exact());
        let unknown = exact.fetched == 0 && !std::mem::replace(&mut exact.tried, true);
        unknown && self.records.entry(shape.levels[level]).may_try()
    }

    /// Holds an address that differs from one that was asked in nothing that matters.
    pub(super) fn hold_twin(
        &mut self,
        site: &SiteId,
        url: &CanonicalUrl,
        address: &Address<'_>,
        shape: &Shape,
    ) -> Option<String> {
        let (key, name) = self.twins.asked(address, shape)?;
        let part = self.twins.part_mut(key)?;
        if part.hold(url.as_str()) {
            return None;
        }
        let why = part.told(&name);
        part.label
            .get_or_insert_with(|| (site.to_string(), shape.label(address, 0), name));
        Some(why)
    }
}

fn reopened(before: [bool; 2], after: [bool; 2]) -> bool {
    before.into_iter().zip(after).any(|(was, is)| was && !is)
}

/// Names a shape that is held, for people, and tells why.
fn told_as(record: &mut Record, level: usize, site: &SiteId, label: String) -> String {
    let why = format!("{label} {}", told(record, level));
    record
        .label
        .get_or_insert_with(|| (site.to_string(), label));
    why
}

/// Tells what an account holds against its addresses.
pub(super) fn told(record: &Record, level: usize) -> String {
    let general = if level + 1 == LEVELS {
        " on this host"
    } else {
        ""
    };
    format!(
        "was asked {} times{general} and {} answers showed something new",
        record.fetched, record.novel
    )
}
