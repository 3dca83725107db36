//! The names of traps, and how they are told to people: `calendar`, `session-id`,
//! `irrelevant-parameter`, `facets`, `growing-path`, `soft-404`, `pagination` and `repetition`.

use super::Traps;
use super::account::told;
use super::address::{Address, Class};
use super::ledger::{Record, Trait};
use super::novelty::{Grade, Look};
use super::shape::Shape;
use crate::crawl::Trap;

impl Traps {
    /// Returns the traps that held addresses since the learner was made or read, by site and shape.
    pub(crate) fn report(&self) -> Vec<Trap> {
        let shapes = self.records.values().filter_map(of_shape);
        let parts = self.twins.parts().filter_map(of_part);
        let mut reports: Vec<Trap> = shapes.chain(parts).collect();
        reports.sort_by(|a, b| (&a.site, &a.shape, a.kind).cmp(&(&b.site, &b.shape, b.kind)));
        reports
    }
}

fn of_shape(record: &Record) -> Option<Trap> {
    let (site, shape) = record.label.clone()?;
    Some(Trap {
        site,
        kind: kind(record),
        evidence: format!("{shape} {}", told(record, 0)),
        shape,
        fetched: record.fetched,
        novel: record.novel,
        held: record.held,
        samples: record.samples.clone(),
    })
}

fn of_part(part: &super::twins::Part) -> Option<Trap> {
    let (site, shape, name) = part.label.clone()?;
    let (same, different) = part.evidence();
    Some(Trap {
        site,
        kind: if part.opaque {
            "session-id"
        } else {
            "irrelevant-parameter"
        },
        shape,
        fetched: u64::from(same) + u64::from(different),
        novel: u64::from(different),
        held: part.held,
        samples: part.samples.clone(),
        evidence: part.told(&name),
    })
}

/// Names a trap by what most of the addresses that gave nothing have in common.
fn kind(record: &Record) -> &'static str {
    let order = [
        (Trait::Dated, "calendar"),
        (Trait::Growing, "growing-path"),
        (Trait::Elsewhere, "soft-404"),
        (Trait::Opaque, "session-id"),
        (Trait::Combined, "facets"),
        (Trait::Variant, "irrelevant-parameter"),
        (Trait::Counted, "pagination"),
    ];
    let nothing = record.fetched - record.novel;
    let most = |which: Trait| u64::from(record.count_of(which)) * 2 > nothing;
    order
        .into_iter()
        .find(|(which, _)| most(*which))
        .map_or("repetition", |(_, name)| name)
}

/// Returns how many names of the path have a number as their value: `/shop/brand/3/size/40` has two.
fn pairs_in_path(address: &Address<'_>) -> usize {
    let pairs = address.segments.windows(2);
    pairs
        .filter(|pair| pair[0].class == Class::Word && pair[1].class == Class::Number)
        .count()
}

/// In what way a page is another one again.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Echo {
    /// It is the page that its address without a parameter gives.
    variant: bool,
    /// Its text stands under another shape.
    alias: bool,
    /// Its text was met time and again where nobody would look for it: under several shapes, or under
    /// names that have nothing to count in them.
    elsewhere: bool,
}

impl Echo {
    pub(super) fn of(address: &Address<'_>, look: &Look, variant: bool) -> Self {
        let named = address.params.is_empty() && !address.is_counted() && !address.has_opaque();
        let alias = look.grade == Grade::Again && look.text_shapes > 1;
        let often = look.grade == Grade::Again && look.text_times > 2;
        Self {
            variant,
            alias,
            elsewhere: often && (alias || named),
        }
    }
}

/// Returns what may be wrong with an address.
pub(super) fn traits(address: &Address<'_>, shape: &Shape, echo: Echo) -> Vec<Trait> {
    let cursor = shape.is_literal() && shape.params() == 1;
    [
        (Trait::Dated, address.is_dated()),
        // An opaque value that is all that varies is the mark of the next page.
        (Trait::Opaque, address.has_opaque() && !cursor),
        (
            Trait::Combined,
            shape.params() > 1 || pairs_in_path(address) > 1,
        ),
        (Trait::Growing, address.is_growing()),
        (Trait::Elsewhere, echo.elsewhere),
        (Trait::Variant, echo.variant),
        (
            Trait::Counted,
            (address.is_counted() || cursor) && !echo.alias,
        ),
    ]
    .into_iter()
    .filter_map(|(which, is)| is.then_some(which))
    .collect()
}
