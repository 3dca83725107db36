//! The label of a button at the end of a citation: the label goes and names a file, the citation
//! stays.

use regex::Regex;
use serde::Deserialize;
use thresh_types::Attachment;

use super::phrases;
use super::view::{Effect, View};

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Spec {
    /// The labels, as buttons have them.
    label: Vec<String>,
}

#[derive(Debug, Clone)]
pub(super) struct Label {
    /// Text before, label with what surrounds it, label.
    ending: Regex,
    whole: Regex,
    cited: Regex,
}

/// What may follow a label: kind and size of the file.
const SIZE: &str = r"(?:\s*[\[(][^\[\]()]{1,30}[\])])?";

impl Label {
    pub(super) fn new(spec: &Spec) -> Result<Self, String> {
        phrases::not_empty("label", &spec.label)?;
        let any = phrases::any_of(&spec.label);
        Ok(Self {
            ending: phrases::compile(&format!(
                r"^(?s:(.*\S))(\s*[\[(|»›→-]?\s*({any}){SIZE}[\])»›→↓.]?\s*)$"
            ))?,
            whole: phrases::compile(&format!(r"^\W*({any}){SIZE}\W*$"))?,
            // A citation ends in its year; a publisher or a page may follow a comma.
            cited: phrases::compile(
                r"(?:^|[\s,(–—-])(?:19|20)\d{2}[a-z]?(?:[-–/]\d{2,4})?[)\].]{0,2}$",
            )?,
        })
    }

    pub(super) fn find(&self, view: &View<'_>) -> Vec<Effect> {
        view.standing()
            .filter(|&i| !view.is_code(i))
            .filter_map(|i| self.bare(view, i).or_else(|| self.ending(view, i)))
            .collect()
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
            changes: vec![(tail.to_owned(), String::new())],
            attachment: Some(attachment(href, label)),
        })
    }
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
