//! Persons whom an English text quotes: `“…,” said the Director of the Office, Ana Petrović.`

use std::sync::LazyLock;

use regex::Regex;
use thresh_types::Speaker;

use crate::names::is_person;

/// A closing quotation mark, a verb of saying, and the rest of the sentence.
static AFTER_QUOTE: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r#"[”"»’]\s*,?\s*(?:said|says|stated|states|added|adds|noted|stressed|emphasi[sz]ed|underlined|explained|highlighted|concluded)\s+([^.“"”]{3,220})"#).expect("the pattern is well formed")
});
/// Words of offices: a name ends in none of them.
const OFFICES: &str = " Secretary General Representative Chairman Chairperson Chair Director Minister President Head Mission Office Ambassador Coordinator Co-ordinator Organization Organisation Council Union Commissioner Beings Rights Institutions Affairs Adviser Advisor Officer Envoy Government Ministry Department Committee Court Police Parliament Assembly Group Project Programme Europe Nations States ";
const MAX_SPEAKERS: usize = 20;

/// Returns the persons that `paragraphs` quote, in order and without repeats.
pub(crate) fn find<'a>(paragraphs: impl Iterator<Item = &'a str>) -> Vec<Speaker> {
    let mut speakers: Vec<Speaker> = Vec::new();
    for paragraph in paragraphs.filter(|paragraph| may_quote(paragraph)) {
        for found in AFTER_QUOTE.captures_iter(paragraph) {
            if let Some(speaker) = speaker(found[1].trim())
                && speakers.len() < MAX_SPEAKERS
                && !speakers.iter().any(|known| known.name == speaker.name)
            {
                speakers.push(speaker);
            }
        }
    }
    speakers
}

/// Verbs of saying, by their first letters.
const VERBS: &[&str] = &[
    "said",
    "says",
    "state",
    "add",
    "note",
    "stress",
    "emphasi",
    "underline",
    "explain",
    "highlight",
    "conclude",
];

/// Returns whether a verb of saying follows a closing mark: most apostrophes end here.
fn may_quote(paragraph: &str) -> bool {
    paragraph
        .match_indices(['”', '"', '»', '’'])
        .any(|(at, mark)| {
            let rest = paragraph[at + mark.len()..].trim_start();
            let rest = rest.strip_prefix(',').unwrap_or(rest).trim_start();
            VERBS.iter().any(|verb| rest.starts_with(verb))
        })
}

/// Reads `NAME, ROLE`, `the ROLE, NAME` and `the ROLE NAME`.
fn speaker(rest: &str) -> Option<Speaker> {
    let parts: Vec<&str> = rest.split(", ").collect();
    let first = parts.first()?.trim();
    if is_name(first) {
        let role = parts
            .get(1..)
            .map(|role| role.join(", "))
            .and_then(|role| trimmed(&role));
        return Some(Speaker {
            name: first.to_owned(),
            role,
        });
    }
    let last = parts.last()?.trim();
    if parts.len() > 1 && is_name(last) {
        let role = trimmed(&parts[..parts.len() - 1].join(", "));
        return Some(Speaker {
            name: last.to_owned(),
            role,
        });
    }
    name_at_end_of_role(first)
}

fn is_name(text: &str) -> bool {
    let office = text
        .split(' ')
        .any(|word| OFFICES.contains(&format!(" {word} ")));
    is_person(text) && !office && !text.starts_with("The ")
}

fn trimmed(role: &str) -> Option<String> {
    let role = role
        .trim()
        .trim_start_matches("the ")
        .trim_end_matches([',', ';'])
        .trim();
    (!role.is_empty()).then(|| role.to_owned())
}

/// Words that hold an office together: behind them the role goes on.
const LINKS: &str = " of for in on to and the at with against ";

/// Reads `the Director of the Office for Safe Ports Ana Petrović in presenting …`: the name is the last
/// two capitalised words before the sentence goes on in lower case.
fn name_at_end_of_role(text: &str) -> Option<Speaker> {
    let words: Vec<&str> = text.split(' ').collect();
    let is_lower = |i: usize| {
        words
            .get(i)
            .is_none_or(|w| w.starts_with(char::is_lowercase))
    };
    let links = |i: usize| {
        words
            .get(i)
            .is_some_and(|w| LINKS.contains(&format!(" {w} ")))
    };
    // `of the` and `of Ports` go on; `in presenting` ends the role.
    let goes_on = |i: usize| links(i) && (!is_lower(i + 1) || links(i + 1));
    let end = (1..=words.len()).find(|&i| is_lower(i) && !goes_on(i) && !is_lower(i - 1))?;
    let start = end.checked_sub(2).filter(|start| *start > 0)?;
    let name = words[start..end].join(" ");
    is_name(&name).then(|| Speaker {
        name,
        role: trimmed(&words[..start].join(" ")),
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn attributions_give_name_and_role() {
        let cases = [
            (
                "“Ports must act,” said the Envoy for Safe Ports, Ana Petrović. “Now.”",
                "Ana Petrović",
                Some("Envoy for Safe Ports"),
            ),
            (
                "\"Ports must act,\" stated Ana Petrović, the union's key expert on crews.",
                "Ana Petrović",
                Some("union's key expert on crews"),
            ),
            (
                "“Ports must act,” said the Envoy and Coordinator for Combating Work in Human Bondage Ana Petrović in presenting the paper.",
                "Ana Petrović",
                Some("Envoy and Coordinator for Combating Work in Human Bondage"),
            ),
            ("“Ports must act,” says Ana Petrović.", "Ana Petrović", None),
        ];
        for (text, name, role) in cases {
            let found = find([text].into_iter());
            assert_eq!(
                found.first().map(|s| (s.name.as_str(), s.role.as_deref())),
                Some((name, role)),
                "{text}"
            );
        }
    }

    #[test]
    fn offices_are_no_persons() {
        for text in [
            "“Ports must act,” said the Secretary General.",
            "“Act,” said the Office for Human Rights in Vienna.",
            "She said that Ana Petrović came.",
            "“Act,” said one sailor.",
        ] {
            assert!(find([text].into_iter()).is_empty(), "{text}");
        }
    }

    proptest! {
        #[test]
        fn any_attribution_is_taken(rest in "\\PC{0,60}") {
            let text = format!("“Act,” said {rest}");
            let _ = find([text.as_str()].into_iter());
        }
    }
}
