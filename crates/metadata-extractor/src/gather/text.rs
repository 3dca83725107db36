//! What lines of text say: headings by their shape, bylines and dates beside the headline, citations.

use thresh_types::{CanonicalUrl, Field, Source};

use super::scene::{Line, Scene, Zone};
use super::{address, offer, rows};
use crate::citation;
use crate::dates::{self, Role};
use crate::gathered::{Gathered, Sink};
use crate::names;
use crate::values::collapse;

/// Collects what a text says that someone else extracted, of the page at `url` if that is known.
pub fn gather_text(text: &str, url: Option<&CanonicalUrl>) -> Gathered {
    let lines: Vec<Line> = text
        .lines()
        .map(collapse)
        .filter(|line| !line.is_empty())
        .map(|text| Line {
            text,
            zone: Zone::Body,
        })
        .collect();
    let mut sink = Sink::default();
    if let Some(raw) = first_heading(&lines) {
        offer(&mut sink, Field::Title, Source::Text, "first-line", raw, 60);
    }
    rows::gather(&lines, &mut sink);
    citations(&lines, &mut sink);
    if let Some(url) = url {
        address::gather_url(url, &mut sink);
    }
    Gathered {
        candidates: sink.into_candidates(),
        bare_text: true,
        ..Gathered::default()
    }
}

/// Offers what the lines of a page say.
pub(super) fn gather_lines(scene: &Scene<'_>, sink: &mut Sink) {
    let headline = scene.headline.unwrap_or(0);
    let near = scene.lines.iter().skip(headline.saturating_sub(3)).take(13);
    for line in near.filter(|line| line.zone == Zone::Body && line.text.chars().count() <= 110) {
        dated(&line.text, sink);
        byline(&line.text, sink);
    }
    citations(&scene.lines, sink);
    tags(&scene.lines, sink);
}

/// A line that says when: a labelled date, or one with few words besides.
fn dated(line: &str, sink: &mut Sink) {
    let language = sink.language.clone();
    let found = dates::labelled(line, language.as_deref());
    let dated: usize = found.iter().map(|(_, f)| f.end - f.start).sum();
    let others = line.len().saturating_sub(dated);
    for (role, found) in found {
        let (field, place, trust) = match role {
            Role::Published => (Field::Date, "labelled line", 73),
            Role::Modified => (Field::Modified, "labelled line", 68),
            Role::Bare if others <= 40 => (Field::Date, "dated line", 62),
            Role::Bare | Role::Other => continue,
        };
        offer(
            sink,
            field,
            Source::Html,
            place,
            &line[found.start..found.end],
            trust,
        );
    }
}

fn byline(line: &str, sink: &mut Sink) {
    if names::is_byline(line) {
        offer(sink, Field::Author, Source::Html, "byline", line, 62);
    }
}

/// More citations than this are a bibliography.
const MAX_CITATIONS: usize = 3;

/// Offers the lines that cite a work: those with a download behind them, or the only one there is.
fn citations(lines: &[Line], sink: &mut Sink) {
    let body = lines
        .iter()
        .filter(|line| matches!(line.zone, Zone::Body | Zone::Aside));
    let cited: Vec<_> = body
        .filter_map(|line| Some((line, citation::cited(&line.text)?)))
        .collect();
    let few = cited.len() <= MAX_CITATIONS;
    for (line, cited) in cited
        .iter()
        .filter(|(_, c)| few && (c.downloads || cited.len() == 1))
    {
        let (place, confidence) = if cited.downloads {
            ("line with download", 85)
        } else {
            ("line", 60)
        };
        let raw = crate::gathered::Offer {
            field: Field::Citation,
            source: Source::CitationLine,
            place,
            raw: &line.text,
            confidence,
        };
        sink.push(raw, citation::line(&cited.citation));
    }
}

/// Offers the tags of a `TAGS:` line in the body, unless there are several: those of teasers.
fn tags(lines: &[Line], sink: &mut Sink) {
    let found: Vec<&str> = lines
        .iter()
        .filter(|line| line.zone == Zone::Body)
        .filter_map(|line| tag_line(&line.text))
        .collect();
    if let [only] = found[..] {
        for raw in only.split([',', ';', '|']) {
            offer(sink, Field::Tag, Source::Text, "tag line", raw, 60);
        }
    }
}

/// Returns what stands behind the label of a line of tags.
pub(crate) fn tag_line(line: &str) -> Option<&str> {
    let (label, rest) = line.split_once(':')?;
    let label = label.trim();
    // The longest label has thirteen bytes; what stands before most colons is a sentence.
    if label.len() > 40 {
        return None;
    }
    let label = label.to_lowercase();
    let known = matches!(
        label.as_str(),
        "tags"
            | "tag"
            | "filed under"
            | "topics"
            | "keywords"
            | "schlagwörter"
            | "mots-clés"
            | "etiquetas"
            | "метки"
            | "теги"
            | "теґи"
    );
    (known && rest.len() <= 200 && !rest.trim().is_empty()).then(|| rest.trim())
}

/// Marks that some systems put before the text for screen readers, and that look like headings.
const FURNITURE: &str = "|top of page|skip to main content|skip to content|jump to navigation|home|menu|search|toggle navigation|";

/// Returns the first line if it has the shape of a heading and prose follows.
fn first_heading(lines: &[Line]) -> Option<&str> {
    let mut lines = lines
        .iter()
        .map(|line| line.text.as_str())
        .skip_while(|line| FURNITURE.contains(&format!("|{}|", line.to_lowercase())));
    let first = lines.next().filter(|line| is_heading(line))?;
    lines.take(8).any(is_prose).then_some(first)
}

/// Returns whether a line has the shape of a heading: short, without a final full stop.
pub(crate) fn is_heading(line: &str) -> bool {
    let words = line.split_whitespace().count();
    let starts = line
        .chars()
        .find(|c| c.is_alphanumeric())
        .is_some_and(|c| !c.is_lowercase());
    let ends = !line.ends_with(['.', ';', ':', ',', '…']);
    let dated = dates::find(line, None)
        .iter()
        .map(|f| f.end - f.start)
        .sum::<usize>()
        * 2
        > line.len();
    let linked = line.contains("://") || line.contains('@');
    (1..=25).contains(&words)
        && line.chars().count() <= 180
        && starts
        && ends
        && !dated
        && !linked
        && dates::dateline(line, None).is_none()
}

/// Returns whether a line is long enough to be a paragraph.
pub(crate) fn is_prose(line: &str) -> bool {
    line.split_whitespace().count() >= 20
}
