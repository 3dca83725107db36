//! Lines that cite a work: `Title - Publisher, 2021`.

use std::sync::LazyLock;

use regex::Regex;
use thresh_types::Citation;

use crate::values::collapse;

/// A label of a link that was fused to the line.
static LABEL: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?i)\s*[\[(]?\b(?:download(?: (?:pdf|here|report))?|herunterladen|télécharger|descargar|скачать|завантажити)[\])]?\s*$").expect("the pattern is well formed")
});
static SHAPE: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"^(.{8,300})\s[-–—]\s(.{2,200}?),\s*\(?((?:19|20)\d\d)\)?\.?$")
        .expect("the pattern is well formed")
});

/// A citation and whether the label of a download stood behind it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Cited {
    pub(crate) citation: Citation,
    pub(crate) downloads: bool,
}

/// Returns the citation that `line` is, where it is one.
pub(crate) fn cited(line: &str) -> Option<Cited> {
    // The longest title and publisher that are believed, with room for a label.
    if line.len() > 1_200 || !may_cite(line) {
        return None;
    }
    let line = collapse(line);
    if !ends_with_year(&line) {
        return None;
    }
    let bare = LABEL.replace(&line, "");
    let parts = SHAPE.captures(&bare)?;
    let (title, publisher) = (parts[1].trim(), parts[2].trim());
    let citation = Citation {
        title: title.to_owned(),
        publisher: Some(publisher.to_owned()),
        year: parts[3].parse().ok(),
    };
    (is_title(title) && is_publisher(publisher)).then(|| Cited {
        citation,
        downloads: bare.len() < line.len(),
    })
}

/// Bytes at the end of a line that hold the year: room for the longest label with its brackets.
const TAIL: usize = 80;

/// Returns whether the line has the marks that every citation has: a comma and a dash.
fn may_cite(line: &str) -> bool {
    line.contains(',') && line.contains(['-', '–', '—'])
}

fn ends_with_year(line: &str) -> bool {
    let tail = &line.as_bytes()[line.len().saturating_sub(TAIL)..];
    tail.windows(2).any(|two| two == b"19" || two == b"20")
}

/// Returns the citation as one line: its normal form.
pub(crate) fn line(citation: &Citation) -> String {
    let publisher = citation.publisher.iter().map(|p| format!(" - {p}"));
    let year = citation.year.iter().map(|y| format!(", {y}"));
    std::iter::once(citation.title.clone())
        .chain(publisher)
        .chain(year)
        .collect()
}

fn is_title(text: &str) -> bool {
    starts_like_a_name(text) && !text.contains(". ") && (2..=45).contains(&text.split(' ').count())
}

fn is_publisher(text: &str) -> bool {
    let sentence = [". ", " said ", " is ", " are ", " was ", " were "]
        .iter()
        .any(|mark| text.contains(mark));
    starts_like_a_name(text) && !sentence && text.split(' ').count() <= 25
}

fn starts_like_a_name(text: &str) -> bool {
    text.chars()
        .find(|c| c.is_alphanumeric())
        .is_some_and(|c| !c.is_lowercase())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn parts(text: &str) -> Option<(String, String, i16, bool)> {
        let found = cited(text)?;
        let Citation {
            title,
            publisher,
            year,
        } = found.citation;
        Some((title, publisher?, year?, found.downloads))
    }

    #[test]
    fn a_citation_is_title_publisher_and_year() {
        let expected = |downloads| {
            Some((
                "Forced Work at Sea: A Handbook".to_owned(),
                "Office of the Envoy for Safe Ports".to_owned(),
                2019,
                downloads,
            ))
        };
        assert_eq!(
            parts(
                "Forced Work at Sea: A Handbook - Office of the Envoy for Safe Ports, 2019 DOWNLOAD"
            ),
            expected(true)
        );
        assert_eq!(
            parts("Forced Work at Sea: A Handbook – Office of the Envoy for Safe Ports, 2019"),
            expected(false)
        );
        let (title, publisher, ..) =
            parts("Safe Ports - A Guide for Crews - Harbour Union, 2019").unwrap();
        assert_eq!(
            (title.as_str(), publisher.as_str()),
            ("Safe Ports - A Guide for Crews", "Harbour Union")
        );
    }

    #[test]
    fn prose_with_a_dash_and_a_year_is_no_citation() {
        for text in [
            "The fleet sailed in spring - and it was back, as planned, in the autumn of that year, 2019",
            "The fleet sailed. It came back - Harbour Union, 2019",
            "Minutes of the meeting, 2019",
            "fleet - Union, 2019",
        ] {
            assert_eq!(parts(text), None, "{text}");
        }
    }

    proptest! {
        #[test]
        fn any_line_is_taken(text in "\\PC{0,80}", tail in "( - [A-Z][a-z ]{0,20}, 20[0-9]{2})?( DOWNLOAD)?") {
            let _ = cited(&format!("{text}{tail}"));
        }
    }
}
