//! A document of the embedded web, as its file in `pages/` describes it.
//!
//! A file has lines `key: value`, an empty line, and blocks with empty lines between them: `## ` opens a
//! heading, `- ` an item of a list, `> text | speaker` a pull quote, `@attach label | address` a download
//! and `@cite text | address` the line by which a library cites a work. All else is a paragraph.

use crate::host::Host;

/// A part of the body.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Piece {
    Paragraph(&'static str),
    Heading(&'static str),
    Items(Vec<&'static str>),
    Quote {
        text: &'static str,
        speaker: &'static str,
    },
    Attachment {
        label: &'static str,
        to: &'static str,
    },
    Citation {
        text: &'static str,
        to: &'static str,
    },
}

/// A document.
#[derive(Debug, Clone)]
pub(crate) struct Article {
    pub(crate) host: Host,
    pub(crate) path: &'static str,
    pub(crate) kind: &'static str,
    pub(crate) title: &'static str,
    pub(crate) lang: &'static str,
    /// The day of publication, `YYYY-MM-DD`.
    pub(crate) date: Option<&'static str>,
    pub(crate) body: Vec<Piece>,
    fields: Vec<(&'static str, &'static str)>,
}

impl Article {
    /// Reads a file of `pages/`.
    pub(crate) fn parse(text: &'static str) -> Self {
        let (head, body) = text.split_once("\n\n").unwrap_or((text, ""));
        let fields: Vec<_> = head
            .lines()
            .filter_map(|line| line.split_once(':'))
            .map(|(key, value)| (key.trim(), value.trim()))
            .collect();
        let field = |key: &str| fields.iter().find(|(k, _)| *k == key).map(|(_, v)| *v);
        Self {
            host: match field("host") {
                Some("respect") => Host::Respect,
                Some("zero") => Host::Zero,
                Some("relief") => Host::Relief,
                _ => Host::Osce,
            },
            path: field("path").unwrap_or("/"),
            kind: field("kind").unwrap_or("page"),
            title: field("title").unwrap_or_default(),
            lang: field("lang").unwrap_or("en"),
            date: field("date"),
            body: body.split("\n\n").filter_map(piece).collect(),
            fields,
        }
    }

    /// Returns another field of the file's head.
    pub(crate) fn field(&self, key: &str) -> Option<&'static str> {
        let found = self.fields.iter().find(|(k, _)| *k == key);
        found
            .map(|(_, value)| *value)
            .filter(|value| !value.is_empty())
    }

    /// Returns whether the document is there in `edition`.
    pub(crate) fn is_in(&self, edition: u8) -> bool {
        let number = |key| self.field(key).and_then(|value| value.parse::<u8>().ok());
        number("edition").is_none_or(|since| since <= edition)
            && number("until").is_none_or(|until| edition <= until)
    }

    /// Returns the absolute address.
    pub(crate) fn url(&self) -> String {
        self.host.at(self.path)
    }

    /// Returns the last part of the path, which is the number of the node on the Drupal site.
    pub(crate) fn slug(&self) -> &'static str {
        self.path
            .trim_end_matches('/')
            .rsplit('/')
            .next()
            .unwrap_or_default()
    }

    /// Returns the first paragraph.
    pub(crate) fn lead(&self) -> &'static str {
        let first = self.body.iter().find_map(|piece| match piece {
            Piece::Paragraph(text) => Some(*text),
            _ => None,
        });
        first.unwrap_or_default()
    }

    /// Returns the text of the body in its order, block by block, without downloads.
    pub(crate) fn sentences(&self) -> Vec<&'static str> {
        let mut texts = Vec::new();
        for piece in &self.body {
            match piece {
                Piece::Paragraph(text) | Piece::Heading(text) | Piece::Quote { text, .. } => {
                    texts.push(*text);
                }
                Piece::Items(items) => texts.extend(items),
                Piece::Attachment { .. } | Piece::Citation { .. } => {}
            }
        }
        texts
    }
}

fn piece(block: &'static str) -> Option<Piece> {
    let block = block.trim();
    let pair = |text: &'static str| text.split_once(" | ").unwrap_or((text, ""));
    if block.is_empty() {
        None
    } else if let Some(text) = block.strip_prefix("## ") {
        Some(Piece::Heading(text))
    } else if block.starts_with("- ") {
        Some(Piece::Items(
            block
                .lines()
                .map(|line| line.trim_start_matches("- "))
                .collect(),
        ))
    } else if let Some(rest) = block.strip_prefix("> ") {
        let (text, speaker) = pair(rest);
        Some(Piece::Quote { text, speaker })
    } else if let Some(rest) = block.strip_prefix("@attach ") {
        let (label, to) = pair(rest);
        Some(Piece::Attachment { label, to })
    } else if let Some(rest) = block.strip_prefix("@cite ") {
        let (text, to) = pair(rest);
        Some(Piece::Citation { text, to })
    } else {
        Some(Piece::Paragraph(block))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_gives_its_head_and_its_blocks() {
        let article = Article::parse(
            "host: zero\npath: /post/a-b\ntitle: One: two\nedition: 2\n\nFirst.\n\n## Head\n\n- a\n- b\n\n> Said. | Who\n\n@attach L | /f\n",
        );
        assert_eq!(
            (article.host, article.slug(), article.title),
            (Host::Zero, "a-b", "One: two")
        );
        assert_eq!(article.sentences(), ["First.", "Head", "a", "b", "Said."]);
        assert_eq!(
            article.body[4],
            Piece::Attachment {
                label: "L",
                to: "/f"
            }
        );
        assert!(article.is_in(2) && !article.is_in(1));
    }
}
