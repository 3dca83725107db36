//! The text of the block at hand, plain and in Markdown, with white space collapsed on the fly.

use crate::block::BlockLink;

/// Most links that are remembered per block.
const MAX_LINKS: usize = 50;

/// An inline mark that Markdown can write.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Mark {
    Emphasis,
    Strong,
    Code,
    Link(String),
}

#[derive(Debug)]
struct Open {
    mark: Mark,
    /// Written into the Markdown already.
    written: bool,
    /// Where the text of a link starts.
    start: usize,
}

/// How two inline elements that touch each other are joined.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Joint {
    /// Never a gap: a subscript, a split word.
    Tight,
    /// A gap where the letters tell that a new label starts.
    ByLetters,
    /// Always a gap: two links, two chips.
    Gap,
}

/// What was gathered of a block.
#[derive(Debug, Default)]
pub(super) struct Gathered {
    pub(super) text: String,
    pub(super) markdown: Option<String>,
    pub(super) link_chars: u32,
    pub(super) links: Vec<BlockLink>,
    pub(super) all_code: bool,
}

/// Gathers the text of one block after the other.
#[derive(Debug, Default)]
pub(super) struct Buffer {
    text: String,
    markdown: String,
    space: bool,
    joint: Option<Joint>,
    marked: bool,
    open: Vec<Open>,
    links: Vec<BlockLink>,
    link_chars: u32,
    plain_chars: u32,
    breaks: u8,
}

impl Buffer {
    /// Adds flowing text.
    pub(super) fn push_flow(&mut self, text: &str) {
        for c in text.chars() {
            if c.is_ascii_whitespace() || matches!(c, '\u{2028}' | '\u{2029}' | '\u{85}') {
                self.space = true;
            } else {
                self.push_char(c);
            }
        }
    }

    /// Adds preformatted text as it stands.
    pub(super) fn push_verbatim(&mut self, text: &str) {
        self.text.push_str(text);
        self.breaks = 0;
    }

    fn push_char(&mut self, c: char) {
        let gap = self.space || self.joint_asks_for_gap(c);
        if gap && !self.text.is_empty() {
            self.text.push(' ');
            self.markdown.push(' ');
        }
        self.space = false;
        self.joint = None;
        self.breaks = 0;
        self.write_pending_marks();
        self.count(c);
        self.text.push(c);
        self.push_markdown(c);
    }

    fn count(&mut self, c: char) {
        let (mut link, mut code) = (false, false);
        for open in &self.open {
            link |= matches!(open.mark, Mark::Link(_));
            code |= open.mark == Mark::Code;
        }
        self.link_chars += u32::from(link);
        self.plain_chars += u32::from(!code && !c.is_whitespace());
    }

    fn push_markdown(&mut self, c: char) {
        let code = self.open.iter().any(|o| o.mark == Mark::Code);
        if !code && matches!(c, '*' | '_' | '`' | '[' | ']' | '\\' | '<') {
            self.markdown.push('\\');
        }
        self.markdown.push(c);
    }

    fn joint_asks_for_gap(&self, next: char) -> bool {
        let Some(joint) = self.joint else {
            return false;
        };
        let Some(last) = self.text.chars().next_back() else {
            return false;
        };
        match joint {
            Joint::Tight => false,
            Joint::Gap => is_wordy(last) && is_wordy(next),
            Joint::ByLetters => {
                (last.is_lowercase() && next.is_uppercase())
                    || (last.is_alphabetic() && next.is_numeric())
                    || (last.is_numeric() && next.is_alphabetic())
                    || (matches!(last, ')' | '.' | '!' | '?') && next.is_uppercase())
            }
        }
    }

    /// Notes that an inline element closed right before the next one opens.
    pub(super) fn touch(&mut self, joint: Joint) {
        self.joint = Some(joint);
    }

    /// Asks for white space before what follows.
    pub(super) fn gap(&mut self) {
        self.space = true;
    }

    /// Notes a line break and returns whether it is the second in a row.
    pub(super) fn line_break(&mut self) -> bool {
        self.space = true;
        self.breaks = self.breaks.saturating_add(1);
        self.breaks >= 2
    }

    /// Separates two cells of a table row.
    pub(super) fn cell(&mut self) {
        self.space = false;
        self.joint = None;
        if !self.text.is_empty() {
            self.text.push_str(" |");
            self.markdown.push_str(" |");
            self.space = true;
        }
    }

    /// Opens a mark; it is written when text follows.
    pub(super) fn open(&mut self, mark: Mark) {
        let start = self.text.len();
        self.open.push(Open {
            mark,
            written: false,
            start,
        });
    }

    /// Closes the innermost mark.
    pub(super) fn close(&mut self) {
        if let Some(open) = self.open.pop() {
            self.finish(&open);
        }
    }

    fn finish(&mut self, open: &Open) {
        if !open.written {
            return;
        }
        match &open.mark {
            Mark::Emphasis => self.markdown.push('*'),
            Mark::Strong => self.markdown.push_str("**"),
            Mark::Code => self.markdown.push('`'),
            Mark::Link(href) => {
                self.markdown.push_str(&format!("]({href})"));
                self.remember_link(href, open.start);
            }
        }
    }

    fn remember_link(&mut self, href: &str, start: usize) {
        let text = self.text.get(start..).unwrap_or("").trim();
        if self.links.len() < MAX_LINKS && !text.is_empty() {
            self.links.push(BlockLink {
                text: text.chars().take(300).collect(),
                href: href.to_owned(),
            });
        }
    }

    fn write_pending_marks(&mut self) {
        if self.open.iter().all(|o| o.written) {
            return;
        }
        let mut code = false;
        for open in &mut self.open {
            // Nothing can be marked within code, and a mark within its like says nothing.
            if !open.written && !code {
                open.written = true;
                open.start = self.text.len();
                self.marked = true;
                match open.mark {
                    Mark::Emphasis => self.markdown.push('*'),
                    Mark::Strong => self.markdown.push_str("**"),
                    Mark::Code => self.markdown.push('`'),
                    Mark::Link(_) => self.markdown.push('['),
                }
            }
            code |= open.mark == Mark::Code;
        }
    }

    /// Returns whether a mark of that kind is open, so that a second would say nothing.
    pub(super) fn has_open(&self, mark: &Mark) -> bool {
        self.open
            .iter()
            .any(|o| std::mem::discriminant(&o.mark) == std::mem::discriminant(mark))
    }

    /// Ends the block and returns what was gathered; marks that are open stay open for the next.
    pub(super) fn take(&mut self) -> Gathered {
        let open = std::mem::take(&mut self.open);
        for mark in open.iter().rev() {
            self.finish(mark);
        }
        let marked = std::mem::take(&mut self.marked);
        let markdown = std::mem::take(&mut self.markdown);
        let gathered = Gathered {
            text: std::mem::take(&mut self.text),
            markdown: marked.then_some(markdown),
            link_chars: std::mem::take(&mut self.link_chars),
            links: std::mem::take(&mut self.links),
            all_code: std::mem::take(&mut self.plain_chars) == 0,
        };
        self.space = false;
        self.joint = None;
        self.breaks = 0;
        self.open = open
            .into_iter()
            .map(|o| Open {
                written: false,
                start: 0,
                ..o
            })
            .collect();
        gathered
    }
}

fn is_wordy(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, ')' | '(' | '.' | '!' | '?' | '”' | '“' | '"' | '&')
}
