//! The label of a button at the end of a citation: the label goes and names a file, the citation
//! stays.

use serde::Deserialize;
use thresh_types::Attachment;

use super::phrases::{self, Lazy, Phrases};
use super::view::{Change, Effect, View};
use crate::measure;

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Spec {
    /// The labels, as buttons have them.
    label: Vec<String>,
}

#[derive(Debug, Clone)]
pub(super) struct Label {
    phrases: Phrases,
    /// Text before, label with what surrounds it, label.
    ending: Lazy,
    whole: Lazy,
    cited: Lazy,
}

/// What may follow a label: kind and size of the file.
const SIZE: &str = r"(?:\s*[\[(][^\[\]()]{1,30}[\])])?";

impl Label {
    pub(super) fn new(spec: &Spec) -> Result<Self, String> {
        phrases::not_empty("label", &spec.label)?;
        let any = phrases::any_of(&spec.label);
        Ok(Self {
            phrases: Phrases::new(&spec.label),
            ending: Lazy::new(format!(
                r"^(?s:(.*\S))(\s*[\[(|»›→-]?\s*({any}){SIZE}[\])»›→↓.]?\s*)$"
            ))?,
            whole: Lazy::new(format!(r"^\W*({any}){SIZE}\W*$"))?,
            // A citation ends in its year; a publisher or a page may follow a comma.
            cited: Lazy::new(
                r"(?:^|[\s,(–—-])(?:19|20)\d{2}[a-z]?(?:[-–/]\d{2,4})?[)\].]{0,2}$".to_owned(),
            )?,
        })
    }

    pub(super) fn find(&self, view: &View<'_>) -> Vec<Effect> {
        view.standing()
            .filter(|&i| may_cite(view, i) && self.may_end(view.text(i)) && !view.is_code(i))
            .filter_map(|i| self.bare(view, i).or_else(|| self.ending(view, i)))
            .collect()
    }

    /// Whether the last word before kind and size of a file is one that a label ends in.
    fn may_end(&self, text: &str) -> bool {
        let end = text.trim_end_matches(|c: char| !c.is_alphanumeric());
        let closed = text[end.len()..].contains([')', ']']);
        let sized = end.rfind(['(', '[']).filter(|_| closed);
        let before = sized.map_or(end, |at| &end[..at]);
        let before = before.trim_end_matches(|c: char| !c.is_alphanumeric());
        let start = before.rfind(|c: char| !c.is_alphanumeric());
        self.phrases.ends_in(
            before[start.unwrap_or(0)..].trim_start_matches(|c: char| !c.is_alphanumeric()),
        )
    }

    /// A block that is nothing but the label.
    fn bare(&self, view: &View<'_>, i: usize) -> Option<Effect> {
        let found = self.whole.captures(view.text(i))?;
        let label = found.get(1)?.as_str();
        let href = href(view, i, label);
        // A heading or a sentence of one word is text; a button is linked or shouts.
        let button = if view.is_text() {
            is_loud(label)
        } else {
            !href.is_empty() || is_loud(label)
        };
        (button && !view.is_own_title(i)).then(|| Effect::Drop {
            blocks: vec![i],
            why: format!("the label of a button: {label:?}"),
            attachment: Some(attachment(href, label)),
        })
    }

    fn ending(&self, view: &View<'_>, i: usize) -> Option<Effect> {
        let found = self.ending.captures(view.text(i))?;
        let (before, tail, label) = (
            found.get(1)?.as_str(),
            found.get(2)?.as_str(),
            found.get(3)?.as_str(),
        );
        let href = href(view, i, label);
        let apart = is_loud(label) || !href.is_empty();
        (apart && self.cited.is_match(before)).then(|| Effect::Edit {
            block: i,
            text: before.to_owned(),
            changes: vec![Change {
                at: before.len(),
                from: tail.to_owned(),
                to: String::new(),
            }],
            attachment: Some(attachment(href, label)),
        })
    }
}

/// A label stands alone, or behind a year.
fn may_cite(view: &View<'_>, i: usize) -> bool {
    view.words(i) <= 12 || measure::end(view.text(i), 80).contains(|c: char| c.is_ascii_digit())
}

/// Returns the address of the link whose text is the label.
fn href(view: &View<'_>, i: usize, label: &str) -> String {
    let key = label.to_lowercase();
    view.block(i)
        .links
        .iter()
        .rev()
        .find(|link| link.text.to_lowercase().contains(&key) && link.text.len() <= label.len() + 40)
        .map_or_else(String::new, |link| link.href.clone())
}

fn is_loud(label: &str) -> bool {
    !label.chars().any(char::is_lowercase)
}

fn attachment(url: String, label: &str) -> Attachment {
    let path = url.split(['?', '#']).next().unwrap_or("").to_lowercase();
    let media_type = match path.rsplit('.').next() {
        Some("pdf") => Some("application/pdf"),
        Some("doc") => Some("application/msword"),
        Some("docx") => {
            Some("application/vnd.openxmlformats-officedocument.wordprocessingml.document")
        }
        Some("zip") => Some("application/zip"),
        _ => None,
    };
    Attachment {
        media_type: media_type.map(str::to_owned),
        label: Some(label.to_owned()),
        url,
    }
}
