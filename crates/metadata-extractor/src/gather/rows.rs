//! Labelled rows as Drupal sites print them: `Publishing date: 6 June 2023 / Content type: …`.

use std::sync::LazyLock;

use regex::Regex;
use thresh_types::{Field, Source};

use super::offer;
use super::scene::{Line, Zone};
use crate::gathered::Sink;

/// What each label introduces. The longer label stands first where one starts with another.
const LABELS: &[(&str, Field, u8)] = &[
    ("publishing date", Field::Date, 90),
    ("publication date", Field::Date, 86),
    ("date of publication", Field::Date, 86),
    ("date published", Field::Date, 86),
    ("last updated", Field::Modified, 80),
    ("last modified", Field::Modified, 80),
    ("content type", Field::DocType, 88),
    ("document type", Field::DocType, 84),
    ("publication type", Field::DocType, 84),
    ("where we are", Field::Publisher, 60),
    ("what we do", Field::Tag, 75),
];

/// What each label has a part of.
static HINT: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?i-u)date|last modified|type|we are|we do").expect("the pattern is well formed")
});

/// Offers the rows among `lines`. A page on which a label repeats is a list of other documents, and
/// its rows say nothing of the page.
pub(super) fn gather(lines: &[Line], sink: &mut Sink) {
    let rows = rows(lines);
    for row in &rows {
        let repeats = rows.iter().filter(|other| other.label == row.label).count() > 1;
        if repeats {
            continue;
        }
        for raw in row.values() {
            offer(sink, row.field, Source::Drupal, row.label, raw, row.trust);
        }
    }
}

struct Row {
    label: &'static str,
    field: Field,
    trust: u8,
    value: String,
}

impl Row {
    /// Returns the values: tags are several, all else is one.
    fn values(&self) -> Vec<&str> {
        match self.field {
            Field::Tag => self
                .value
                .split([',', ';'])
                .map(str::trim)
                .filter(|v| !v.is_empty())
                .take(12)
                .collect(),
            _ => vec![self.value.as_str()],
        }
    }
}

/// More rows than this are a list.
const MAX_ROWS: usize = 50;

fn rows(lines: &[Line]) -> Vec<Row> {
    let mut rows = Vec::new();
    for (index, line) in lines.iter().enumerate() {
        if rows.len() > MAX_ROWS {
            break;
        }
        if line.text.len() <= 600
            && !matches!(line.zone, Zone::Navigation | Zone::Footer | Zone::Related)
        {
            let next = lines.get(index + 1).map(|next| next.text.as_str());
            rows.extend(rows_of(&line.text, next));
        }
    }
    rows
}

fn rows_of(line: &str, next: Option<&str>) -> Vec<Row> {
    if !HINT.is_match(line) {
        return Vec::new();
    }
    // Byte positions in the ASCII-lowered line are those of the line.
    let lower = line.to_ascii_lowercase();
    let mut starts: Vec<(usize, usize)> = LABELS
        .iter()
        .enumerate()
        .filter_map(|(label, (name, ..))| Some((label_start(&lower, name)?, label)))
        .collect();
    starts.sort_unstable();
    let ends = starts
        .iter()
        .skip(1)
        .map(|(start, _)| *start)
        .chain([line.len()]);
    starts
        .iter()
        .zip(ends)
        .filter_map(|(&(start, label), end)| row(LABELS[label], &line[start..end], next))
        .collect()
}

/// Returns where `name` stands as a label: at the start of the line or behind a mark, and followed by
/// a colon or by nothing.
fn label_start(line: &str, name: &str) -> Option<usize> {
    let at = line.find(name)?;
    let before = line[..at].trim_end();
    let starts =
        before.is_empty() || !before.ends_with(char::is_alphabetic) || before.contains(':');
    let after = line[at + name.len()..].trim_start();
    (starts && (after.is_empty() || after.starts_with(':'))).then_some(at)
}

fn row(
    (label, field, trust): (&'static str, Field, u8),
    text: &str,
    next: Option<&str>,
) -> Option<Row> {
    let value = text[label.len()..]
        .trim_matches(|c: char| c.is_whitespace() || matches!(c, ':' | '/' | '|' | ','));
    let value = if value.is_empty() {
        next.filter(|next| next.len() <= 120)?
    } else {
        value
    };
    Some(Row {
        label,
        field,
        trust,
        value: value.to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn offered(texts: &[&str]) -> Vec<(Field, String)> {
        let lines: Vec<Line> = texts
            .iter()
            .map(|t| Line {
                text: (*t).to_owned(),
                zone: Zone::Body,
            })
            .collect();
        let mut sink = Sink::default();
        gather(&lines, &mut sink);
        sink.into_candidates()
            .into_iter()
            .map(|c| (c.field, c.value))
            .collect()
    }

    #[test]
    fn rows_are_read_from_one_line_or_several() {
        let expected = [
            (Field::Date, "2023-06-06".to_owned()),
            (Field::DocType, "Press release".to_owned()),
            (Field::Tag, "Policing".to_owned()),
            (Field::Tag, "Elections".to_owned()),
        ];
        assert_eq!(
            offered(&[
                "Publishing date: 6 June 2023 / Content type: Press release / What we do: Policing, Elections"
            ]),
            expected
        );
        assert_eq!(
            offered(&[
                "Publishing date",
                "6 June 2023",
                "Content type:",
                "Press release",
                "What we do: Policing, Elections"
            ]),
            expected
        );
    }

    #[test]
    fn every_label_has_a_hint() {
        for (label, ..) in LABELS {
            assert!(HINT.is_match(&label.to_uppercase()), "{label}");
        }
    }

    #[test]
    fn rows_of_a_list_say_nothing_of_the_page() {
        let list = [
            "Publishing date: 6 June 2023",
            "Content type: Press release",
            "Publishing date: 5 June 2023",
            "Content type: Spot report",
        ];
        assert!(offered(&list).is_empty());
        assert!(offered(&["We changed the content type of the form."]).is_empty());
    }
}
