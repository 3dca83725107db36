//! Titles without the name of the site.

use crate::values::{collapse, key};

/// What sites put between the title and their name. Hyphens count only between spaces.
const SEPARATORS: &[&str] = &[
    " | ", " - ", " – ", " — ", " :: ", " » ", " · ", " • ", " « ", " ‹ ", " › ", "|",
];

/// Titles that say nothing of the page.
const EMPTY: &str = "|home|homepage|untitled|index|welcome|untitled document|document|page not found|news|blog|главная|головна|";

/// Returns the segments of a title and the separator before each but the first.
fn segments(title: &str) -> Vec<(&'static str, &str)> {
    let mut found = Vec::new();
    let mut rest = title;
    let mut before = "";
    while let Some((at, separator)) = next_separator(rest) {
        found.push((before, &rest[..at]));
        before = separator;
        rest = &rest[at + separator.len()..];
    }
    found.push((before, rest));
    found
}

fn next_separator(text: &str) -> Option<(usize, &'static str)> {
    SEPARATORS
        .iter()
        .filter_map(|separator| Some((text.find(separator)?, *separator)))
        .min_by_key(|(at, separator)| (*at, std::cmp::Reverse(separator.len())))
}

/// Returns what stands behind the last separator of a title: the name of the site, if it recurs.
pub(crate) fn last_segment(title: &str) -> Option<String> {
    let segments = segments(title);
    let (_, last) = segments.last().filter(|_| segments.len() > 1)?;
    Some(collapse(last)).filter(|text| !text.is_empty())
}

/// Returns `title` without segments at either end that `is_site` knows as the site's name, and without
/// those at the end that `is_section` knows as a section's. A title that is nothing else stays.
pub(crate) fn without_site(
    title: &str,
    is_site: impl Fn(&str) -> bool,
    is_section: impl Fn(&str) -> bool,
) -> String {
    let mut segments = segments(title);
    while segments.len() > 1
        && segments
            .last()
            .is_some_and(|(_, text)| is_site(text) || is_section(text))
    {
        segments.pop();
    }
    while segments.len() > 1 && segments.first().is_some_and(|(_, text)| is_site(text)) {
        segments.remove(0);
    }
    let joined: String = segments
        .iter()
        .enumerate()
        .map(|(i, (separator, text))| {
            if i == 0 {
                (*text).to_owned()
            } else {
                format!("{separator}{text}")
            }
        })
        .collect();
    collapse(&joined)
}

/// Returns whether a title says nothing of its page.
pub(crate) fn is_empty(title: &str) -> bool {
    EMPTY.contains(&format!("|{}|", title.trim().to_lowercase())) || key(title).is_empty()
}

/// Returns whether `title` was cut: it ends in an ellipsis.
pub(crate) fn is_cut(title: &str) -> bool {
    title.ends_with('…') || title.ends_with("...")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bare(title: &str) -> String {
        without_site(
            title,
            |name| key(name) == "harbourunion",
            |name| key(name).starts_with("harbourunion"),
        )
    }

    #[test]
    fn the_name_of_the_site_goes_and_dashes_of_the_title_stay() {
        assert_eq!(
            bare("Crews ask for help | Harbour Union"),
            "Crews ask for help"
        );
        assert_eq!(
            bare("Harbour Union - Crews ask for help"),
            "Crews ask for help"
        );
        assert_eq!(
            bare("Safe Ports - A Guide for Crews – Harbour Union"),
            "Safe Ports - A Guide for Crews"
        );
        assert_eq!(
            bare("Safe Ports - A Guide for Crews"),
            "Safe Ports - A Guide for Crews"
        );
        assert_eq!(bare("Harbour Union"), "Harbour Union");
        assert_eq!(
            bare("Crews ask for help | Harbour Union Blog"),
            "Crews ask for help"
        );
        assert_eq!(
            bare("Harbour Union Crews - Black"),
            "Harbour Union Crews - Black"
        );
        assert_eq!(
            last_segment("Crews | News | Harbour Union").as_deref(),
            Some("Harbour Union")
        );
        assert_eq!(last_segment("Crews"), None);
    }
}
