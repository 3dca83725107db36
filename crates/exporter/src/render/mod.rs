//! Documents, versions, histories and differences as text for a terminal.
//!
//! Texts of pages are made harmless first: control characters, which could move the cursor or change
//! the window's title, are left out. Columns are aligned by characters; what may be long stands last
//! on its line and is not cut, except the words of a difference.

mod difference;
mod document;
mod history;
mod version;

use std::borrow::Cow;
use std::fmt::Write;

pub use difference::render_diff;
pub use document::render_document;
pub use history::render_log;
pub use version::render_version;

/// Whether colours are used.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Colour {
    /// Plain text.
    #[default]
    Never,
    /// ANSI escape sequences.
    Always,
}

/// How text is set.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Style {
    /// Whether colours are used.
    pub colour: Colour,
}

impl Style {
    /// Returns the style without colours.
    pub const fn plain() -> Self {
        Self {
            colour: Colour::Never,
        }
    }

    /// Returns the style with colours.
    pub const fn coloured() -> Self {
        Self {
            colour: Colour::Always,
        }
    }

    fn paint<'a>(self, ink: Ink, text: impl Into<Cow<'a, str>>) -> Cow<'a, str> {
        let text = text.into();
        match self.colour {
            Colour::Always if !text.is_empty() => {
                Cow::Owned(format!("\u{1B}[{}m{text}\u{1B}[0m", ink.code()))
            }
            _ => text,
        }
    }
}

/// What a piece of text is, by colour.
#[derive(Debug, Clone, Copy)]
enum Ink {
    Heading,
    Added,
    Removed,
    Changed,
    Faint,
}

impl Ink {
    /// Returns the parameter of SGR (ECMA-48, 8.3.117).
    const fn code(self) -> &'static str {
        match self {
            Self::Heading => "1",
            Self::Added => "32",
            Self::Removed => "31",
            Self::Changed => "33",
            Self::Faint => "2",
        }
    }
}

/// Returns the text on one line, without control characters.
fn one_line(text: &str) -> String {
    let parts = text.split(|c: char| c.is_whitespace() || c.is_control());
    let words: Vec<&str> = parts.filter(|part| !part.is_empty()).collect();
    words.join(" ")
}

/// Returns the text without control characters other than line feed and tab.
fn harmless(text: &str) -> String {
    text.chars()
        .filter(|&c| matches!(c, '\n' | '\t') || !c.is_control())
        .collect()
}

/// Returns the number with a comma between groups of three digits.
fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut out = String::new();
    for (position, digit) in digits.chars().enumerate() {
        if position > 0 && (digits.len() - position).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// Returns `1 document` or `1,204 documents`.
fn counted(number: u64, one: &str, many: &str) -> String {
    format!(
        "{} {}",
        grouped(number),
        if number == 1 { one } else { many }
    )
}

/// Returns the time in UTC to the minute.
fn minute(time: thresh_types::Timestamp) -> String {
    let text = time.to_string();
    match (text.get(..10), text.get(11..16)) {
        (Some(day), Some(minute)) => format!("{day} {minute} UTC"),
        _ => text,
    }
}

/// Writes a line; writing to a string does not fail.
fn line(out: &mut String, text: std::fmt::Arguments<'_>) {
    let _ = out.write_fmt(text);
    out.truncate(out.trim_end_matches([' ', '\t']).len());
    out.push('\n');
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_grouped_by_three() {
        let all = [0, 999, 1_000, 1_234_567].map(grouped);
        assert_eq!(all, ["0", "999", "1,000", "1,234,567"]);
        assert_eq!(counted(1, "word", "words"), "1 word");
        assert_eq!(counted(2_000, "word", "words"), "2,000 words");
    }

    #[test]
    fn escape_sequences_of_pages_lose_their_escape() {
        assert_eq!(
            one_line("a\u{1B}]0;title\u{7}\n\tb\u{9B}31m"),
            "a ]0;title b 31m"
        );
        assert_eq!(harmless("a\u{1B}[2J\nb\r\tc"), "a[2J\nb\tc");
    }

    #[test]
    fn colours_are_there_only_when_asked_for() {
        assert_eq!(Style::plain().paint(Ink::Added, "x"), "x");
        assert_eq!(
            Style::coloured().paint(Ink::Added, "x"),
            "\u{1B}[32mx\u{1B}[0m"
        );
    }

    #[test]
    fn times_are_cut_to_the_minute() {
        let time = "2026-02-03T04:05:06.789Z".parse().unwrap();
        assert_eq!(minute(time), "2026-02-03 04:05 UTC");
    }
}
