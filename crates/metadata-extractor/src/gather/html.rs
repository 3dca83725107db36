//! What the elements of any page say: headings, links in the head, languages, tags and rights.

use scraper::ElementRef;
use thresh_page::Page;
use thresh_types::{Field, Source};

use super::marks::Read;
use super::offer;
use super::scene::{Placed, Scene, Zone, text};
use crate::gathered::Sink;

/// Offers what the elements of the page say.
pub(super) fn gather(scene: &Scene<'_>, page: &Page, sink: &mut Sink) {
    titles(scene, sink);
    for placed in &scene.elements {
        language(placed, sink);
        head_links(placed, page, sink);
        tags_and_rights(placed, sink);
    }
}

/// Returns the language that the root element declares.
pub(super) fn declared_language(scene: &Scene<'_>) -> Option<String> {
    let root = scene
        .elements
        .iter()
        .find(|placed| placed.element.value().name() == "html")?;
    let raw = root
        .element
        .read("lang")
        .or_else(|| root.element.read("xml:lang"))?;
    crate::values::language_tag(raw)
}

fn language(placed: &Placed<'_>, sink: &mut Sink) {
    let element = &placed.element;
    if element.value().name() == "html" {
        for raw in [element.read("lang"), element.read("xml:lang")]
            .into_iter()
            .flatten()
        {
            offer(sink, Field::Language, Source::Html, "html[lang]", raw, 60);
        }
    }
}

fn titles(scene: &Scene<'_>, sink: &mut Sink) {
    let headlines = scene
        .elements
        .iter()
        .filter(|p| {
            p.zone == Zone::Body && p.element.value().name() == "h1" && text(&p.element).is_some()
        })
        .take(2)
        .count();
    // One headline is the page's own title; of several the first is likely it.
    let trust_in_first = if headlines == 1 { 81 } else { 74 };
    let mut first = true;
    let mut headed = false;
    for placed in &scene.elements {
        match placed.element.value().name() {
            "h1" => {
                let trust = if placed.zone != Zone::Body {
                    40
                } else if first {
                    trust_in_first
                } else {
                    58
                };
                if let Some(raw) = text(&placed.element) {
                    first &= placed.zone != Zone::Body;
                    offer(sink, Field::Title, Source::Html, "h1", &raw, trust);
                }
            }
            "title" if !in_picture(&placed.element) && !headed => {
                if let Some(raw) = text_of_title(&placed.element) {
                    headed = true;
                    offer(sink, Field::Title, Source::Html, "title", &raw, 60);
                }
            }
            _ => {}
        }
    }
    if scene.headline.is_none() {
        second_headings(scene, sink);
    }
}

fn text_of_title(element: &ElementRef<'_>) -> Option<String> {
    Some(crate::values::collapse(&element.text().collect::<String>())).filter(|t| !t.is_empty())
}

fn in_picture(element: &ElementRef<'_>) -> bool {
    element
        .parent()
        .and_then(ElementRef::wrap)
        .is_some_and(|parent| {
            parent.value().name() != "head"
                && parent.value().name() != "body"
                && parent.value().name() != "html"
        })
}

fn second_headings(scene: &Scene<'_>, sink: &mut Sink) {
    let heading = scene
        .elements
        .iter()
        .find(|p| p.element.value().name() == "h2" && p.zone == Zone::Body);
    if let Some(raw) = heading.and_then(|placed| text(&placed.element)) {
        offer(sink, Field::Title, Source::Html, "h2", &raw, 45);
    }
}

fn head_links(placed: &Placed<'_>, page: &Page, sink: &mut Sink) {
    let element = &placed.element;
    if element.value().name() != "link" {
        return;
    }
    let (Some(rel), Some(href)) = (placed.marks.rel, element.read("href")) else {
        return;
    };
    let absolute = resolve(page, href);
    for word in rel.to_ascii_lowercase().split_whitespace() {
        match (word, &absolute) {
            ("canonical", Some(url)) => offer(
                sink,
                Field::CanonicalUrl,
                Source::Html,
                "link[rel=canonical]",
                url,
                85,
            ),
            ("license" | "copyright", Some(url)) => offer(
                sink,
                Field::Licence,
                Source::Html,
                "link[rel=license]",
                url,
                85,
            ),
            _ => {}
        }
    }
}

/// Returns `href` as an absolute address.
pub(super) fn resolve(page: &Page, href: &str) -> Option<String> {
    let href = href.trim();
    match &page.base {
        Some(base) => base.join(href).ok(),
        None => url::Url::parse(href).ok(),
    }
    .filter(|url| matches!(url.scheme(), "http" | "https"))
    .map(String::from)
}

fn tags_and_rights(placed: &Placed<'_>, sink: &mut Sink) {
    let element = &placed.element;
    if element.value().name() != "a" {
        return;
    }
    let has_rel = |wanted: &str| {
        placed
            .marks
            .rel
            .is_some_and(|rel| rel.split(' ').any(|word| word.eq_ignore_ascii_case(wanted)))
    };
    let href = element.read("href").unwrap_or_default();
    if has_rel("license") {
        offer(
            sink,
            Field::Licence,
            Source::Html,
            "a[rel=license]",
            href,
            85,
        );
    } else if href.contains("creativecommons.org/licenses/")
        || href.contains("creativecommons.org/publicdomain/")
    {
        offer(
            sink,
            Field::Licence,
            Source::Html,
            "a[href*=creativecommons]",
            href,
            70,
        );
    }
    if has_rel("tag")
        && placed.zone == Zone::Body
        && let Some(raw) = text(element)
    {
        offer(sink, Field::Tag, Source::Html, "rel=tag", &raw, 70);
    }
}
