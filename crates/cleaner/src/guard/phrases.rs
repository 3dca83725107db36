//! What stand-ins say, in many languages: `phrases.txt`, compiled.
//!
//! Everything is compared in one plain form, so that neither case nor accents, apostrophes, punctuation
//! or white space matter. The patterns run in linear time.

use std::sync::{LazyLock, OnceLock};

use regex::bytes::{Regex, RegexBuilder};
use rustc_hash::FxHashMap;
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

use super::StandInKind;
use crate::needed::{self, Gate};

/// Longest text, in bytes of its plain form, that can be a headline of a stand-in or hold its message.
const LONGEST_HEADLINE: usize = 240;
const LONGEST_MESSAGE: usize = 900;

/// What may stand around a headline without a meaning of its own: excuses, words for errors, codes.
const AROUND: &str = "(?:o*ops|whoops|sorry|uh oh|oh no|hmm+|ups|hoppla|hoops|entschuldigung|desole|lo sentimos|ops|\
    ой|упс|извините|к сожалению|на жаль|вибачте|leider|zut|http|error|err|status|code|warning|notice|fehler|erreur|\
    errore|erro|eroare|blad|greska|gabim|hiba|hata|xəta|chyba|ошибка|помилка|грешка|σφαλμα|შეცდომა|սխալ|خطا|خطأ|עמוד|\
    no|nr|\\d{3}|№)";

#[derive(Debug, Default)]
struct Patterns {
    headline: Option<Pattern>,
    message: Option<Pattern>,
    control: Option<Pattern>,
}

/// A pattern that is compiled when the first text asks for it: most never are.
#[derive(Debug)]
struct Pattern {
    source: String,
    compiled: OnceLock<Regex>,
}

impl Pattern {
    fn is_match(&self, plain: &str) -> bool {
        let build = || {
            let compiled = RegexBuilder::new(&self.source)
                .dfa_size_limit(CACHE)
                .build();
            compiled.unwrap_or_else(|error| panic!("phrases.txt: {error}"))
        };
        self.compiled.get_or_init(build).is_match(plain.as_bytes())
    }
}

/// The patterns by kind, and what a text must hold to be a message of any kind.
struct Phrases {
    by_kind: FxHashMap<StandInKind, Patterns>,
    messages: Option<Gate>,
}

static PHRASES: LazyLock<Phrases> = LazyLock::new(|| compile(include_str!("phrases.txt")));

fn compile(file: &str) -> Phrases {
    let lines = lines_of(file);
    let kinds = StandInKind::ALL.into_iter();
    Phrases {
        by_kind: kinds.map(|kind| (kind, patterns(kind, &lines))).collect(),
        messages: gate_of_messages(&lines),
    }
}

/// The patterns of each section of the file.
type Lines<'a> = FxHashMap<(&'a str, &'a str), Vec<String>>;

fn lines_of(file: &str) -> Lines<'_> {
    let mut lines = Lines::default();
    let mut section = ("", "");
    for line in file.lines().map(str::trim) {
        if let Some(head) = line.strip_prefix('[').and_then(|l| l.strip_suffix(']'))
            && let Some((kind, place)) = head.split_once(' ')
            && kind_of(kind).is_some()
        {
            section = (kind, place);
        } else if !line.is_empty() && !line.starts_with('#') {
            let (pattern, also_message) = match line.strip_prefix('~') {
                Some(pattern) => (pattern, true),
                None => (line, false),
            };
            let pattern = expand(&fold(pattern));
            if also_message {
                let messages = lines.entry((section.0, "message")).or_default();
                messages.push(pattern.clone());
            }
            lines.entry(section).or_default().push(pattern);
        }
    }
    lines
}

/// Returns the gate to all messages, whatever their kind; none where some message need hold nothing in
/// particular.
fn gate_of_messages(lines: &Lines<'_>) -> Option<Gate> {
    let mut gate = Gate::default();
    let messages = lines.iter().filter(|((_, place), _)| *place == "message");
    for pattern in messages.flat_map(|(_, patterns)| patterns) {
        gate.add(0, needed::needed(pattern)?);
    }
    Some(gate)
}

/// Bytes that one pattern may remember of its states, in each thread; there are two dozen patterns.
const CACHE: usize = 384 << 10;

/// What `[^ ]` stands for: any byte, since the text is whole characters between two spaces anyway. As
/// characters it would take ten times the states, and there are hundreds.
const NO_SPACE: &str = "(?-u:[^ ])";

fn patterns(kind: StandInKind, lines: &Lines<'_>) -> Patterns {
    let compiled = |place, before: &str, behind: &str| {
        let alternatives = lines.get(&(kind.as_str(), place))?.join("|");
        let pattern = format!("{before}(?:{alternatives}){behind}").replace("[^ ]", NO_SPACE);
        Some(Pattern {
            source: pattern,
            compiled: OnceLock::new(),
        })
    };
    let (before, behind) = (format!("^(?:{AROUND} )*"), format!("(?: {AROUND})*$"));
    Patterns {
        headline: compiled("headline", &before, &behind),
        message: compiled("message", "(?:^| )", "(?: |$)"),
        control: compiled("control", "^", "$"),
    }
}

fn kind_of(name: &str) -> Option<StandInKind> {
    StandInKind::ALL
        .into_iter()
        .find(|kind| kind.as_str() == name)
}

/// Expands `{n}` and `{+n}`, which stand for up to n words.
fn expand(pattern: &str) -> String {
    (0..=20).fold(pattern.to_owned(), |text, n| {
        text.replace(&format!("{{{n}}}"), &format!("(?:[^ ]+ ){{0,{n}}}"))
            .replace(&format!("{{+{n}}}"), &format!("(?: [^ ]+){{0,{n}}}"))
    })
}

/// Returns the text in lower case, without accents and apostrophes.
fn fold(text: &str) -> String {
    text.chars()
        .flat_map(char::to_lowercase)
        .nfd()
        .filter(|&c| !is_combining_mark(c) && !matches!(c, '\'' | '’' | '‘' | 'ʼ' | '`' | '´'))
        .collect()
}

/// Returns the plain form in which texts are compared.
pub(super) fn plain(text: &str) -> String {
    if text.is_ascii() {
        return plain_ascii(text);
    }
    let folded = fold(text);
    let words: Vec<&str> = folded
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .collect();
    words.join(" ")
}

/// As [`plain`]; most texts of most pages are of this kind.
fn plain_ascii(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut parted = false;
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() {
            if std::mem::take(&mut parted) && !out.is_empty() {
                out.push(' ');
            }
            out.push(char::from(byte.to_ascii_lowercase()));
        } else if !matches!(byte, b'\'' | b'`') {
            parted = true;
        }
    }
    out
}

/// Returns whether a text in plain form is a headline of that kind.
pub(super) fn is_headline(kind: StandInKind, plain: &str) -> bool {
    !plain.is_empty()
        && plain.len() <= LONGEST_HEADLINE
        && matches(PHRASES.by_kind[&kind].headline.as_ref(), plain)
}

/// Returns whether a text in plain form could be a message of any kind: what [`is_message`] says no to for every
/// kind, found out in one look.
pub(super) fn may_be_message(plain: &str) -> bool {
    let gate = PHRASES.messages.as_ref();
    plain.len() <= LONGEST_MESSAGE && gate.is_none_or(|gate| !gate.open_for(plain).is_empty())
}

/// Returns whether a text in plain form says what pages of that kind say to their visitors.
pub(super) fn is_message(kind: StandInKind, plain: &str) -> bool {
    plain.len() <= LONGEST_MESSAGE && matches(PHRASES.by_kind[&kind].message.as_ref(), plain)
}

/// Returns whether a text in plain form is the label of a button that pages of that kind have.
pub(super) fn is_control(kind: StandInKind, plain: &str) -> bool {
    plain.len() <= LONGEST_HEADLINE && matches(PHRASES.by_kind[&kind].control.as_ref(), plain)
}

fn matches(pattern: Option<&Pattern>, plain: &str) -> bool {
    pattern.is_some_and(|pattern| pattern.is_match(plain))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_is_told_by_headlines() {
        for kind in StandInKind::ALL {
            assert!(PHRASES.by_kind[&kind].headline.is_some(), "{kind:?}");
        }
    }

    #[test]
    fn every_pattern_compiles_and_every_message_needs_something() {
        for patterns in PHRASES.by_kind.values() {
            for pattern in [&patterns.headline, &patterns.message, &patterns.control]
                .into_iter()
                .flatten()
            {
                assert!(!pattern.is_match(""), "{}", pattern.source);
            }
        }
        assert!(PHRASES.messages.is_some());
        for ((kind, place), patterns) in lines_of(include_str!("phrases.txt")) {
            for pattern in patterns.iter().filter(|_| place == "message") {
                assert!(needed::needed(pattern).is_some(), "{kind}: {pattern}");
            }
        }
    }

    #[test]
    fn what_may_be_no_message_is_none() {
        for text in [
            "",
            "a story of the river",
            "you have been blocked",
            "checking your browser before accessing",
        ] {
            let plain = plain(text);
            let is = StandInKind::ALL
                .into_iter()
                .any(|kind| is_message(kind, &plain));
            assert!(may_be_message(&plain) || !is, "{text}");
        }
        assert!(may_be_message("you have been blocked") && !may_be_message("a story of the river"));
    }

    #[test]
    fn no_pattern_matches_nothing_or_one_letter() {
        for kind in StandInKind::ALL {
            for text in ["", "a", "и", "a a a", "x y z x y z x y"] {
                assert!(!is_headline(kind, text), "{kind:?}: {text}");
                assert!(!is_message(kind, text), "{kind:?}: {text}");
                assert!(!is_control(kind, text), "{kind:?}: {text}");
            }
        }
    }

    #[test]
    fn sections_are_known_and_words_are_of_one_script() {
        let script = |c: char| match c {
            'a'..='z' | 'ß'..='ʯ' => 1,
            'α'..='ω' => 2,
            'а'..='ӿ' => 3,
            'ա'..='և' => 4,
            'ა'..='ჿ' => 5,
            _ => 0,
        };
        for line in include_str!("phrases.txt").lines() {
            if let Some(head) = line.strip_prefix('[').and_then(|l| l.strip_suffix(']')) {
                let (kind, place) = head.split_once(' ').unwrap();
                assert!(
                    kind_of(kind).is_some() && ["headline", "message", "control"].contains(&place)
                );
                continue;
            }
            assert!(
                line.starts_with('#') || line.rfind('~').unwrap_or(0) == 0,
                "{line}"
            );
            for word in fold(line).split(|c: char| !c.is_alphabetic()) {
                let mut scripts: Vec<i32> = word.chars().map(script).filter(|&s| s > 0).collect();
                scripts.dedup();
                assert!(scripts.len() <= 1, "`{word}` mixes scripts: {line}");
            }
        }
    }

    #[test]
    fn the_plain_form_does_not_depend_on_the_way() {
        for text in ["", " It's `so` -- A1 b's!", "don't ' x", "'a' . b"] {
            // The other way is taken for the character without a word.
            assert_eq!(plain(text), plain(&format!("{text} –")), "{text}");
        }
    }

    #[test]
    fn a_headline_is_all_that_is_said() {
        let is = |text| is_headline(StandInKind::Soft404, &plain(text));
        for text in [
            "Error 404: Page Not Found",
            "Oops! That page can’t be found.",
            "404",
            "Страница не найдена",
            "Página no encontrada",
        ] {
            assert!(is(text), "{text}");
        }
        for text in [
            "Page not found: the missing children",
            "Not found guilty",
            "Section 404 of the act",
            "A page from history",
        ] {
            assert!(!is(text), "{text}");
        }
    }
}
