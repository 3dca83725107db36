//! Why a block is not the page's own text, in words.

use crate::block::Segmentation;
use crate::place::PlaceSet;

/// Whether a block belongs to the page's own text.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Verdict {
    /// It does.
    Own,
    /// It does not: rule and what was seen.
    Around(&'static str, String),
}

/// Says what spoke against a block.
pub(super) fn reason(page: &Segmentation, i: usize, odds: f32) -> Verdict {
    let block = &page.blocks[i];
    let place = page.place(block);
    let likely = format!(
        "{} % likely to be the page's own text",
        (odds * 100.0).round()
    );
    let linked = block.link_density();
    let menu = PlaceSet::NAV
        .with(PlaceSet::MENU)
        .with(PlaceSet::BREADCRUMB)
        .with(PlaceSet::PAGER);
    if page.is_hidden(block) {
        return Verdict::Around(
            "hidden",
            format!("the page hides it from readers; {likely}"),
        );
    }
    if place.any(menu) {
        return Verdict::Around("navigation", format!("within navigation; {likely}"));
    }
    if linked > 0.6 {
        let share = (linked * 100.0).round();
        return Verdict::Around("link-list", format!("{share} % of it are links; {likely}"));
    }
    Verdict::Around("outside-content", format!("{}{likely}", named(place)))
}

/// Returns the place in words.
fn named(place: PlaceSet) -> String {
    let names = [
        (PlaceSet::FOOTER, "the footer"),
        (PlaceSet::HEADER, "the header"),
        (PlaceSet::CONSENT, "a consent dialog"),
        (PlaceSet::SHARE, "share buttons"),
        (PlaceSet::RELATED, "related material"),
        (PlaceSet::ASIDE.with(PlaceSet::SIDEBAR), "a part set aside"),
        (PlaceSet::PROMO, "a promotion"),
        (PlaceSet::COMMENT, "comments"),
        (PlaceSet::FORM, "a form"),
    ];
    let found = names.iter().find(|(set, _)| place.any(*set));
    found.map_or_else(
        || "apart from the page's own text; ".to_owned(),
        |(_, name)| format!("within {name}; "),
    )
}
