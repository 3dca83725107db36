//! Dates and names that the page shows beside its headline: times, bylines, microdata.

use scraper::ElementRef;
use thresh_types::{Field, Source};

use super::marks::{Marks, Read};
use super::offer;
use super::scene::{Placed, Scene, Zone, text};
use crate::dates::{self, Role};
use crate::gathered::Sink;

/// How far a date or byline may stand before and behind the headline, in lines.
const BEFORE_HEADLINE: usize = 6;
const BEHIND_HEADLINE: usize = 12;
/// What stands far from the headline, or is not the first of its kind, loses trust.
const FAR: u8 = 14;
const NOT_FIRST: u8 = 25;

/// Offers the dates and names that the body of the page shows.
pub(super) fn gather(scene: &Scene<'_>, sink: &mut Sink) {
    dates_of(scene, sink);
    authors(scene, sink);
}

/// What kind of mark an element is as to dates.
struct Mark {
    role: Role,
    source: Source,
    place: &'static str,
    trust: u8,
}

fn dates_of(scene: &Scene<'_>, sink: &mut Sink) {
    let mut seen = 0_usize;
    for placed in scene
        .elements
        .iter()
        .filter(|placed| placed.zone == Zone::Body)
    {
        if let Some((mark, raw)) = date_mark(placed, scene, sink.language.as_deref()) {
            offer_date(placed, scene, &mark, &raw, seen > 0, sink);
            seen += 1;
        }
        // Lists of dated things have hundreds; they are no evidence for the page.
        if seen > 20 {
            return;
        }
    }
}

fn offer_date(
    placed: &Placed<'_>,
    scene: &Scene<'_>,
    mark: &Mark,
    raw: &str,
    later: bool,
    sink: &mut Sink,
) {
    let field = match mark.role {
        Role::Modified => Field::Modified,
        Role::Other => return,
        Role::Published | Role::Bare => Field::Date,
    };
    let far = if is_near(placed.line, scene.headline) {
        0
    } else {
        FAR
    };
    let later = if later { NOT_FIRST } else { 0 };
    offer(
        sink,
        field,
        mark.source,
        mark.place,
        raw,
        mark.trust - far - later,
    );
}

fn is_near(line: usize, headline: Option<usize>) -> bool {
    headline.is_none_or(|headline| {
        line + BEFORE_HEADLINE >= headline && line <= headline + BEHIND_HEADLINE
    })
}

fn date_mark(
    placed: &Placed<'_>,
    scene: &Scene<'_>,
    language: Option<&str>,
) -> Option<(Mark, String)> {
    let element = &placed.element;
    let item = placed.marks.itemprop.unwrap_or_default();
    if matches!(item, "datePublished" | "dateModified" | "dateCreated")
        && element.value().name() != "meta"
    {
        return item_mark(element, item);
    }
    if element.value().name() == "time" {
        return time_mark(placed, scene, language);
    }
    class_mark(placed, language)
}

fn item_mark(element: &ElementRef<'_>, item: &str) -> Option<(Mark, String)> {
    let raw = element
        .read("content")
        .or_else(|| element.read("datetime"))
        .map(str::to_owned)
        .or_else(|| text(element))?;
    let (role, trust) = match item {
        "dateModified" => (Role::Modified, 78),
        "dateCreated" => (Role::Bare, 66),
        _ => (Role::Published, 82),
    };
    let place = if role == Role::Modified {
        "itemprop=dateModified"
    } else {
        "itemprop=datePublished"
    };
    Some((
        Mark {
            role,
            source: Source::Microdata,
            place,
            trust,
        },
        raw,
    ))
}

fn time_mark(
    placed: &Placed<'_>,
    scene: &Scene<'_>,
    language: Option<&str>,
) -> Option<(Mark, String)> {
    let element = &placed.element;
    let shown = text(element);
    let raw = element
        .read("datetime")
        .filter(|raw| dates::parse(raw, language).is_some())
        .map(str::to_owned)
        .or_else(|| shown.clone())?;
    dates::parse(&raw, language)?;
    let role = match role_of_class(placed) {
        Role::Bare => role_in_line(
            scene.lines.get(placed.line).map(|l| l.text.as_str()),
            shown.as_deref(),
        ),
        role => role,
    };
    let trust = if role == Role::Published { 78 } else { 70 };
    let source = source_of_class(&placed.marks);
    Some((
        Mark {
            role,
            source,
            place: "time",
            trust,
        },
        raw,
    ))
}

/// Returns what the words of the line before the shown date say of it.
fn role_in_line(line: Option<&str>, shown: Option<&str>) -> Role {
    line.zip(shown)
        .and_then(|(line, shown)| line.find(shown).map(|at| dates::role(&line[..at])))
        .unwrap_or(Role::Bare)
}

fn role_of_class(placed: &Placed<'_>) -> Role {
    let has = |words: &[&str]| {
        placed
            .marks
            .classes()
            .any(|class| class.split(['-', '_']).any(|word| words.contains(&word)))
    };
    if has(&["published", "publish", "pubdate", "posted"])
        || placed.element.read("pubdate").is_some()
    {
        Role::Published
    } else if has(&["updated", "modified", "update"]) {
        Role::Modified
    } else {
        Role::Bare
    }
}

fn source_of_class(marks: &Marks<'_>) -> Source {
    let wordpress = ["entry-date", "posted-on", "post-date", "published"];
    if marks.classes().any(|class| wordpress.contains(&class)) {
        Source::WordPress
    } else {
        Source::Html
    }
}

/// Class words of elements that show when a text appeared.
const DATE_WORDS: &[&str] = &[
    "date",
    "posted",
    "published",
    "publish",
    "pubdate",
    "timestamp",
    "byline",
    "submitted",
    "created",
    "meta",
    "time",
];

fn class_mark(placed: &Placed<'_>, language: Option<&str>) -> Option<(Mark, String)> {
    let is_date_word = |word: &str| DATE_WORDS.iter().any(|w| w.eq_ignore_ascii_case(word));
    let is_dated = placed
        .marks
        .classes()
        .any(|class| class.split(['-', '_']).any(is_date_word));
    if !is_dated {
        return None;
    }
    let raw = text(&placed.element).filter(|t| t.chars().count() <= 120)?;
    let (role, found) = dates::labelled(&raw, language).into_iter().next()?;
    let role = if role == Role::Bare {
        role_of_class(placed)
    } else {
        role
    };
    let trust = if role == Role::Published { 74 } else { 64 };
    let source = source_of_class(&placed.marks);
    Some((
        Mark {
            role,
            source,
            place: "class~date",
            trust,
        },
        raw[found.start..found.end].to_owned(),
    ))
}

/// More marks of authors than this are those of comments or of a list.
const MAX_MARKS: usize = 300;

fn authors(scene: &Scene<'_>, sink: &mut Sink) {
    let (mut seen, mut marks) = (0_usize, 0);
    for placed in scene
        .elements
        .iter()
        .filter(|placed| placed.zone == Zone::Body)
    {
        let Some((source, place, trust)) = author_mark(placed) else {
            continue;
        };
        marks += 1;
        if marks > MAX_MARKS {
            return;
        }
        let Some(raw) = author_text(&placed.element).filter(|t| t.chars().count() <= 120) else {
            continue;
        };
        let far = if is_near(placed.line, scene.headline) {
            0
        } else {
            FAR
        };
        let later = if seen > 0 { NOT_FIRST } else { 0 };
        let before = sink.candidates().len();
        offer(
            sink,
            Field::Author,
            source,
            place,
            &raw,
            trust - far - later,
        );
        seen += sink.candidates().len() - before;
        if seen > 10 {
            return;
        }
    }
}

/// An item for a person holds the name in an element of its own, beside pictures and roles.
fn author_text(element: &ElementRef<'_>) -> Option<String> {
    let named = element
        .descendants()
        .take(40)
        .filter_map(ElementRef::wrap)
        .find(|e| e.read("itemprop") == Some("name"));
    named
        .and_then(|e| e.read("content").map(str::to_owned).or_else(|| text(&e)))
        .or_else(|| text(element))
}

fn author_mark(placed: &Placed<'_>) -> Option<(Source, &'static str, u8)> {
    let marks = &placed.marks;
    if marks.class.is_none() && marks.itemprop.is_none() && marks.rel.is_none() {
        return None;
    }
    if matches!(
        placed.element.value().name(),
        "body" | "html" | "meta" | "main" | "article" | "section"
    ) {
        return None;
    }
    let has = |words: &[&str]| {
        marks
            .classes()
            .any(|class| words.iter().any(|w| w.eq_ignore_ascii_case(class)))
    };
    if marks.itemprop == Some("author") {
        Some((Source::Microdata, "itemprop=author", 80))
    } else if marks
        .rel
        .is_some_and(|rel| rel.split(' ').any(|word| word == "author"))
    {
        Some((Source::Html, "rel=author", 76))
    } else if has(&[
        "author-name",
        "author_name",
        "authorname",
        "author__name",
        "post-author",
        "entry-author",
        "article-author",
        "byline__name",
        "byline-name",
    ]) {
        Some((Source::Html, "class~author", 72))
    } else if has(&["author", "byline", "vcard", "username", "authors"]) {
        Some((Source::Html, "class~author", 66))
    } else {
        None
    }
}
