//! What is kept of an item beside the words of its text.

use std::sync::LazyLock;

use memchr::memmem::Finder;
use serde::{Deserialize, Serialize};
use thresh_types::Translation;

use crate::address::Address;
use crate::item::Item;
use crate::symbol::symbol_at_head;

/// All that identities, relations and the choice of the canonical document read of one item.
///
/// A function of the item alone, and small: the text itself is not kept.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Facts {
    pub(crate) id: String,
    pub(crate) url: Option<String>,
    pub(crate) date: Option<String>,
    /// The primary subtag in lower case; empty where the item names no language.
    pub(crate) language: String,
    pub(crate) identity: Option<String>,
    pub(crate) symbol: Option<String>,
    pub(crate) publisher: Option<String>,
    pub(crate) canonical: Option<String>,
    pub(crate) translations: Vec<Translation>,
    pub(crate) rank: u32,
    pub(crate) cleaned: bool,
    pub(crate) listed: bool,
    /// What follows "originally published at" and the like, in lower case, a line each.
    pub(crate) statement: Option<String>,
}

impl Facts {
    /// Returns the facts of `item`.
    pub(crate) fn of(item: &Item) -> Self {
        let known = |text: &Option<String>| {
            let trimmed = text.as_deref().map(str::trim);
            trimmed.filter(|text| !text.is_empty()).map(str::to_owned)
        };
        Self {
            id: item.id.clone(),
            url: known(&item.url),
            date: known(&item.date),
            language: item.language.as_deref().map(primary).unwrap_or_default(),
            identity: known(&item.identity),
            symbol: known(&item.symbol).or_else(|| symbol_at_head(&item.text)),
            publisher: known(&item.publisher).map(|name| name.to_lowercase()),
            canonical: known(&item.canonical),
            translations: item.translations.clone(),
            rank: item.rank,
            cleaned: item.cleaned,
            listed: item.listed,
            statement: item.url.as_ref().and_then(|_| statement(&item.text)),
        }
    }

    /// Returns the address, taken apart.
    pub(crate) fn address(&self) -> Option<Address<'_>> {
        Address::of(self.url.as_deref()?)
    }

    /// Returns the address that the page calls its own, taken apart.
    pub(crate) fn claimed(&self) -> Option<Address<'_>> {
        Address::of(self.canonical.as_deref()?)
    }

    /// Returns whether the page itself says that it comes from another site.
    pub(crate) fn is_from_elsewhere(&self) -> bool {
        let own = self.address().map(|address| address.site());
        let Some(own) = own else { return false };
        let links = self.claimed().is_some_and(|claimed| claimed.site() != own);
        let says = self.statement.as_deref().is_some_and(|statement| {
            let mut named = sites(statement).peekable();
            named.peek().is_some() && named.all(|site| site != own)
        });
        links || says
    }
}

/// Returns the primary subtag of a language in lower case.
pub(crate) fn primary(language: &str) -> String {
    let tag = language.split(['-', '_']).next().unwrap_or_default();
    tag.trim().to_lowercase()
}

/// Returns whether both name a language and the languages differ.
pub(crate) fn languages_differ(a: &str, b: &str) -> bool {
    !a.is_empty() && !b.is_empty() && a != b
}

/// What people write before they name where a text comes from, in lower case.
const STATEMENTS: &[&str] = &[
    "originally published",
    "originally appeared",
    "originally posted",
    "first published",
    "first appeared",
    "republished from",
    "republished with permission",
    "reposted from",
    "reprinted from",
    "cross-posted from",
    "crossposted from",
    "syndicated from",
    "original article",
    "original source",
    "read the original",
    "report from",
    "press release from",
    "statement from",
    "source:",
    "впервые опубликован",
    "первоначально опубликован",
    "оригинал статьи",
    "оригинал публикации",
    "источник:",
    "джерело:",
    "ursprünglich veröffentlicht",
    "ursprünglich erschienen",
    "zuerst veröffentlicht",
    "zuerst erschienen",
    "quelle:",
    "publié initialement",
    "initialement publié",
    "paru initialement",
    "source :",
    "publicado originalmente",
    "originalmente publicado",
    "fuente:",
    "pubblicato originariamente",
    "originariamente pubblicato",
    "fonte:",
    "წყარო:",
    "աղբյուր՝",
    "աղբյուրը՝",
    "izvor:",
    "kaynak:",
];

static FINDERS: LazyLock<Vec<Finder<'static>>> =
    LazyLock::new(|| STATEMENTS.iter().map(Finder::new).collect());

/// Returns what the foot and the head of a text say of where it was published first, a line each.
fn statement(text: &str) -> Option<String> {
    /// Such words stand in the first or the last lines, and nothing else is read.
    const HEAD: usize = 400;
    const FOOT: usize = 600;
    let foot = boundary(text, text.len().saturating_sub(FOOT));
    let head = boundary(text, HEAD.min(foot));
    let said = [said(&text[foot..]), said(&text[..head])].concat();
    (!said.is_empty()).then(|| said.join("\n"))
}

/// Returns the rest of the line behind each of the phrases, in the order of the text.
fn said(part: &str) -> Vec<String> {
    /// Bytes of a statement that are kept.
    const LONGEST: usize = 160;
    let lower = part.to_lowercase();
    let mut ends: Vec<usize> = FINDERS
        .iter()
        .filter_map(|finder| Some(finder.find(lower.as_bytes())? + finder.needle().len()))
        .collect();
    ends.sort_unstable();
    let rest = |end: usize| {
        let line = lower.get(end..)?.lines().next().unwrap_or_default();
        let said = line[..boundary(line, LONGEST.min(line.len()))].trim();
        (!said.is_empty()).then(|| said.to_owned())
    };
    ends.into_iter().filter_map(rest).collect()
}

/// Returns the last place up to `at` where no character is cut.
fn boundary(text: &str, at: usize) -> usize {
    (0..=at)
        .rev()
        .find(|&at| text.is_char_boundary(at))
        .unwrap_or(0)
}

/// Returns the sites that a statement names by address or host, without `www.`.
pub(crate) fn sites(statement: &str) -> impl Iterator<Item = String> + '_ {
    let part = |char: char| {
        char.is_whitespace() || matches!(char, '(' | ')' | '<' | '>' | '"' | '“' | '”' | ',' | ';')
    };
    statement.split(part).filter_map(|word| {
        let word = word.trim_end_matches(['.', ':', '!', '?', '/']);
        let with_scheme = match word.contains("://") {
            true => word.to_owned(),
            false => format!("http://{word}"),
        };
        let address = Address::of(&with_scheme)?;
        let host = address.host;
        // A host has letters after its last dot; "p. 12" and "3.5" have not.
        let (labels, top) = host.rsplit_once('.')?;
        let is_host = top.len() >= 2
            && top.chars().all(char::is_alphabetic)
            && !labels.is_empty()
            && host
                .chars()
                .all(|char| char.is_alphanumeric() || matches!(char, '.' | '-'));
        is_host.then(|| address.site())
    })
}

/// Returns whether a statement names this publisher, both in lower case.
pub(crate) fn names(statement: &str, publisher: &str) -> bool {
    /// Shorter names are words of other things.
    const LEAST: usize = 4;
    let is_word = |char: Option<char>| char.is_some_and(char::is_alphanumeric);
    publisher.chars().count() >= LEAST
        && statement.match_indices(publisher).any(|(at, found)| {
            !is_word(statement[..at].chars().next_back())
                && !is_word(statement[at + found.len()..].chars().next())
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn facts(url: &str, canonical: Option<&str>, text: &str) -> Facts {
        Facts::of(&Item {
            url: Some(url.to_owned()),
            canonical: canonical.map(str::to_owned),
            text: text.to_owned(),
            ..Item::default()
        })
    }

    #[test]
    fn statements_are_read_at_head_and_foot_only() {
        let filler = "words of the article. ".repeat(200);
        let said = |text: &str| statement(text);
        let at_foot = format!(
            "{filler}\nThis article was originally published at https://www.origin.example/news/5."
        );
        assert_eq!(
            said(&at_foot).as_deref(),
            Some("at https://www.origin.example/news/5.")
        );
        let at_head = format!("Источник: Бюро по правам\n{filler}");
        assert_eq!(said(&at_head).as_deref(), Some("бюро по правам"));
        assert_eq!(
            said(&format!(
                "{filler}originally published at x.example {filler}"
            )),
            None
        );
        assert_eq!(said(""), None);
        let both = format!("Report from the Harbour Office\n{filler}\nFirst published in 2020");
        assert_eq!(said(&both).as_deref(), Some("in 2020\nthe harbour office"));
    }

    #[test]
    fn statements_name_sites_and_publishers() {
        let named: Vec<String> =
            sites("by the office (www.origin.example), p. 3.5, at https://m.news.example/a/b.")
                .collect();
        assert_eq!(named, ["origin.example", "news.example"]);
        assert!(names("by the harbour office on 3 may", "harbour office"));
        assert!(!names("by the harbour offices", "harbour office"));
        assert!(!names("by nto", "nto"));
    }

    #[test]
    fn a_page_from_elsewhere_says_so_itself() {
        let own = "https://copy.example/a";
        assert!(facts(own, Some("https://origin.example/a"), "").is_from_elsewhere());
        assert!(!facts(own, Some("https://www.copy.example/b"), "").is_from_elsewhere());
        assert!(facts(own, None, "First published on origin.example").is_from_elsewhere());
        assert!(!facts(own, None, "First published on copy.example").is_from_elsewhere());
        assert!(!facts(own, None, "First published in 2019").is_from_elsewhere());
        assert!(!facts("", Some("https://origin.example/a"), "").is_from_elsewhere());
    }
}
