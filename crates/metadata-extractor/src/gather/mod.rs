//! The first pass: collects what a page offers, from the untouched tree, the headers and the address.

mod address;
mod cms;
mod html;
mod json;
mod json_ld;
mod links;
mod marks;
mod meta;
mod rows;
mod scene;
mod shown;
mod text;

use scraper::ElementRef;
use thresh_page::Page;
use thresh_types::{Field, Source};

pub use text::gather_text;
pub(crate) use text::{is_heading, is_prose, tag_line};

use crate::gathered::{Gathered, Offer, Sink};
use json_ld::Surroundings;
use marks::Read;
use scene::Scene;

/// Collects what `page` offers. Linear in the size of the page; nothing is decided yet.
pub fn gather(page: &Page) -> Gathered {
    let scene = Scene::of(&page.html);
    let mut sink = Sink::of_language(html::declared_language(&scene));
    meta::gather(&scene.elements, &mut sink);
    html::gather(&scene, page, &mut sink);
    shown::gather(&scene, &mut sink);
    cms::gather(&scene, &mut sink);
    rows::gather(&scene.lines, &mut sink);
    text::gather_lines(&scene, &mut sink);
    address::gather(page, &mut sink);
    json_ld::gather(&scripts(&scene), &surroundings(page, &sink), &mut sink);
    Gathered {
        attachments: links::attachments(&scene, page),
        translations: links::translations(&scene, page),
        candidates: sink.into_candidates(),
        cut: page.cut.clone(),
        bare_text: false,
    }
}

fn scripts(scene: &Scene<'_>) -> Vec<String> {
    let is_json_ld = |element: &ElementRef<'_>| {
        element.value().name() == "script"
            && element.read("type").is_some_and(|t| {
                t.trim()
                    .to_ascii_lowercase()
                    .starts_with("application/ld+json")
            })
    };
    scene
        .elements
        .iter()
        .filter(|placed| is_json_ld(&placed.element))
        .map(|placed| placed.element.text().collect())
        .collect()
}

fn surroundings(page: &Page, sink: &Sink) -> Surroundings {
    let visible = |field: Field, source: Source| {
        sink.candidates()
            .iter()
            .filter(move |c| c.field == field && c.source == source)
    };
    let titles =
        visible(Field::Title, Source::Html).chain(visible(Field::Title, Source::OpenGraph));
    let urls = visible(Field::CanonicalUrl, Source::Html)
        .chain(visible(Field::CanonicalUrl, Source::OpenGraph));
    Surroundings {
        titles: titles.map(|c| c.value.clone()).collect(),
        urls: page
            .url
            .iter()
            .map(ToString::to_string)
            .chain(urls.map(|c| c.value.clone()))
            .collect(),
    }
}

/// Shortens the commonest way to make an offer.
pub(crate) fn offer(
    sink: &mut Sink,
    field: Field,
    source: Source,
    place: &str,
    raw: &str,
    confidence: u8,
) {
    sink.offer(Offer {
        field,
        source,
        place,
        raw,
        confidence,
    });
}
