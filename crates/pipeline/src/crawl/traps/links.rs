//! What a page says of the addresses it links to.

use thresh_types::{CanonicalUrl, SiteId};

use super::address::{Address, Class};
use super::ledger::Record;
use super::shape::Shape;
use super::{Grade, Lesson, Traps};

/// New shingles that a list shows at least.
const LIST: usize = 2;

/// What is to be done with one link.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Step {
    /// Whether the page vouches for it.
    pub(crate) vouched: bool,
    /// Whether it is a step down. The next page of a list is none.
    pub(crate) deeper: bool,
    /// Why it need not be queued: it is an address that was asked, but for a part that says nothing.
    pub(crate) held: Option<String>,
}

impl Traps {
    /// Decides about the links of a page that has just been learned from, in their order.
    pub(crate) fn links(
        &mut self,
        site: &SiteId,
        parent: &CanonicalUrl,
        lesson: &Lesson,
        children: &[&CanonicalUrl],
    ) -> Vec<Step> {
        let parent = self.place(site, parent);
        let places: Vec<(Address<'_>, Shape)> =
            children.iter().map(|url| self.place(site, url)).collect();
        let record = self.record(&parent.1);
        let even = record.is_some_and(Record::is_even);
        let sound = record.is_some_and(Record::is_sound);
        let going_on = lesson.novel() || lesson.grade != Grade::Again && even;
        let unknown: Vec<&(Address<'_>, Shape)> = places
            .iter()
            .filter(|(child, _)| self.found.insert(child.hash))
            .collect();
        let is_other = |child: &&&(Address<'_>, Shape)| !is_own(&parent, child);
        let others = unknown.iter().filter(is_other).count();
        // A short list shows little, but something of each page it leads to.
        let listing = sound && lesson.grade == Grade::Fresh && lesson.new >= others.max(LIST);
        let only = unknown.len();
        if listing && others > 0 {
            self.lists.set(parent.0.hash, 1);
        }
        children
            .iter()
            .zip(&places)
            .map(|(url, child)| Step {
                vouched: (lesson.novel() || listing && !is_below(&parent.0, &child.0))
                    && !is_own(&parent, child),
                deeper: !(going_on && leads_on(&parent, child, only, lesson.novel())),
                held: self.hold_found(site, url, child),
            })
            .collect()
    }

    fn hold_found(
        &mut self,
        site: &SiteId,
        url: &CanonicalUrl,
        (address, shape): &(Address<'_>, Shape),
    ) -> Option<String> {
        self.twins.asked(address, shape)?;
        let held = self.hold_twin(site, url, address, shape);
        if held.is_none() {
            self.probes.truncate(super::PROBES - 1);
            self.probes.push_front(address.hash);
        }
        held
    }
}

/// Returns whether a link leads to the page's own kind or to a rearrangement of it.
fn is_own(
    (parent, parent_shape): &(Address<'_>, Shape),
    (child, shape): &(Address<'_>, Shape),
) -> bool {
    if parent.path() == child.path() {
        // A list at an address of its own may have its pages behind parameters; where the path is one
        // of many, parameters make variants of it.
        let list = parent.params.is_empty() && parent_shape.is_literal();
        return !list && parent.is_rearranged(child);
    }
    parent_shape.path() == shape.path()
}

/// Returns whether the path of the child is that of the parent and more.
fn is_below(parent: &Address<'_>, child: &Address<'_>) -> bool {
    let pairs = parent.segments.iter().zip(&child.segments);
    child.segments.len() > parent.segments.len() && pairs.into_iter().all(|(a, b)| a.text == b.text)
}

/// Returns whether the child is the next page rather than a page below: only a number or one parameter
/// differs, or it is the only way on, so that nothing branches.
fn leads_on(
    (parent, parent_shape): &(Address<'_>, Shape),
    (child, shape): &(Address<'_>, Shape),
    unknown: usize,
    novel: bool,
) -> bool {
    let next = parent_shape.exact() == shape.exact() && is_next(parent, child);
    next || novel
        && unknown == 1
        && parent.base == child.base
        && directory(parent).eq(directory(child))
}

/// Returns the names of the directories that an address lies in.
fn directory<'a>(address: &'a Address<'_>) -> impl Iterator<Item = &'a str> {
    let directories = address.segments.len().saturating_sub(1);
    let names = address.segments.iter().take(directories);
    names.map(|segment| &*segment.text)
}

fn is_next(parent: &Address<'_>, child: &Address<'_>) -> bool {
    let pairs = || parent.segments.iter().zip(&child.segments);
    let segments = pairs().filter(|(a, b)| a.text != b.text).count();
    let counted = pairs()
        .all(|(a, b)| a.text == b.text || a.class != Class::Opaque && a.pattern() == b.pattern());
    let values = parent.params.iter().zip(&child.params);
    let params = values.filter(|(a, b)| a.value != b.value).count();
    counted && (1..=2).contains(&(segments + params)) && params <= 1
}
