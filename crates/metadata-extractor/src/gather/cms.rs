//! Marks that content management systems leave: WordPress, Wix and Drupal.

use scraper::ElementRef;
use thresh_types::{Field, Source};

use super::marks::Read;
use super::offer;
use super::scene::{Placed, Scene, Zone, text};
use crate::gathered::Sink;

/// Offers what the marks of the known systems say.
pub(super) fn gather(scene: &Scene<'_>, sink: &mut Sink) {
    for placed in &scene.elements {
        if placed.zone == Zone::Body {
            wordpress_title(placed, sink);
            drupal_title(placed, sink);
            drupal_date(placed, sink);
        }
        wix(placed, sink);
        types(placed, sink);
    }
}

fn is_heading(element: &ElementRef<'_>) -> bool {
    matches!(element.value().name(), "h1" | "h2")
}

fn wordpress_title(placed: &Placed<'_>, sink: &mut Sink) {
    let element = &placed.element;
    if !is_heading(element) {
        return;
    }
    let marked = ["entry-title", "post-title", "wp-block-post-title"]
        .iter()
        .any(|class| placed.marks.has_class(class));
    // In lists every teaser has one, and it links to the post.
    let linked = || {
        let mut inner = element.descendants().take(6).filter_map(ElementRef::wrap);
        inner.any(|e| e.value().name() == "a")
    };
    if marked && let Some(raw) = text(element) {
        let trust = if linked() { 50 } else { 84 };
        offer(
            sink,
            Field::Title,
            Source::WordPress,
            "entry-title",
            &raw,
            trust,
        );
    }
}

fn drupal_title(placed: &Placed<'_>, sink: &mut Sink) {
    let element = &placed.element;
    if element.value().name() != "h1" {
        return;
    }
    let marked = placed.marks.has_class("page-title") || element.value().id() == Some("page-title");
    if marked && let Some(raw) = text(element) {
        offer(sink, Field::Title, Source::Drupal, "page-title", &raw, 80);
    }
}

fn drupal_date(placed: &Placed<'_>, sink: &mut Sink) {
    let element = &placed.element;
    let is_date = |class: &str| {
        matches!(
            class,
            "date-display-single" | "field--name-field-date" | "field--name-created"
        )
    };
    if !placed.marks.classes().any(is_date) {
        return;
    }
    let shown = || text(element).filter(|t| t.chars().count() <= 80);
    if let Some(raw) = element.read("content").map(str::to_owned).or_else(shown) {
        offer(
            sink,
            Field::Date,
            Source::Drupal,
            "date-display-single",
            &raw,
            72,
        );
    }
}

fn wix(placed: &Placed<'_>, sink: &mut Sink) {
    let element = &placed.element;
    let Some(hook) = placed.marks.hook else {
        return;
    };
    let (field, trust) = match hook {
        "post-title" if element.value().name() == "h1" => (Field::Title, 88),
        "time-ago" if placed.zone == Zone::Body => (Field::Date, 80),
        "user-name" if placed.zone == Zone::Body => (Field::Author, 66),
        _ => return,
    };
    if let Some(raw) = element
        .read("title")
        .map(str::to_owned)
        .or_else(|| text(element))
    {
        offer(
            sink,
            field,
            Source::Wix,
            &format!("data-hook={hook}"),
            &raw,
            trust,
        );
    }
    if hook == "post-title" {
        offer(
            sink,
            Field::DocType,
            Source::Wix,
            "data-hook=post-title",
            "blog-post",
            50,
        );
    }
}

/// The body of a WordPress page names the post type, that of Drupal the content type.
fn types(placed: &Placed<'_>, sink: &mut Sink) {
    let (element, marks) = (&placed.element, &placed.marks);
    let says = |class: &str| class.contains("-type-") || class.contains("single-post");
    let name = element.value().name();
    if !marks.class.is_some_and(says) || !matches!(name, "body" | "article" | "div") {
        return;
    }
    for class in element.value().classes() {
        if let Some(kind) = class
            .strip_prefix("node-type-")
            .or_else(|| class.strip_prefix("page-node-type-"))
            .filter(|_| name == "body")
        {
            offer(
                sink,
                Field::DocType,
                Source::Drupal,
                "body.node-type",
                &kind.replace(['-', '_'], " "),
                78,
            );
        } else if let Some(kind) = class
            .strip_prefix("node--type-")
            .filter(|_| marks.has_class("node--view-mode-full") || marks.has_class("full"))
        {
            offer(
                sink,
                Field::DocType,
                Source::Drupal,
                "node--type",
                &kind.replace(['-', '_'], " "),
                78,
            );
        } else if name == "body" && class == "single-post" {
            offer(
                sink,
                Field::DocType,
                Source::WordPress,
                "body.single-post",
                "blog-post",
                40,
            );
        }
    }
}
