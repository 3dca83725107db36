//! What a tag is, where it ends and how many attributes it has.
//!
//! [`scan`] is the tokenizer's machine for tags (HTML Standard §13.2.5.8 and §13.2.5.32 to §13.2.5.40),
//! reduced to the question of what the next byte can start or end.

/// A tag with its attributes, of a tree or of tokens.
pub(crate) trait Tag {
    /// Returns the name, in lower case.
    fn name(&self) -> &str;
    /// Returns the value of the attribute called `name`.
    fn attr(&self, name: &str) -> Option<&str>;
}

impl Tag for scraper::node::Element {
    fn name(&self) -> &str {
        Self::name(self)
    }

    fn attr(&self, name: &str) -> Option<&str> {
        Self::attr(self, name)
    }
}

impl<T: Tag> Tag for &T {
    fn name(&self) -> &str {
        (*self).name()
    }

    fn attr(&self, name: &str) -> Option<&str> {
        (*self).attr(name)
    }
}

/// Attributes of one tag that are read. The largest tags that site builders write have some dozens.
pub(crate) const MAX_ATTRIBUTES: usize = 512;

/// Where in a tag the machine is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum State {
    /// In the name of the tag.
    Name,
    /// Where an attribute may start.
    Between,
    /// In the name of an attribute.
    Attribute,
    /// After the name of an attribute and white space.
    AfterAttribute,
    /// After an `=`.
    BeforeValue,
    /// In a value, up to this quote.
    Quoted(u8),
    /// In a value without quotes.
    Unquoted,
}

/// What [`scan`] found.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Scan {
    /// Where the first attribute that is too many starts; `end` where there is none.
    pub(crate) keep: usize,
    /// Where the tag ends.
    pub(crate) end: usize,
    /// Whether it ends with `>` rather than with the text.
    pub(crate) closed: bool,
}

/// Elements whose content the tokenizer may read as something else than markup (HTML Standard §13.2.6.2
/// and §13.2.6.4.4), whether or not it does so in the place where they stand.
const SWITCHES: [&str; 10] = [
    "iframe",
    "noembed",
    "noframes",
    "noscript",
    "plaintext",
    "script",
    "style",
    "textarea",
    "title",
    "xmp",
];

/// Returns whether `name`, which goes on to the end of the text, begins with that of an element after
/// whose tag something else than markup may follow.
pub(crate) fn may_switch(name: &[u8]) -> bool {
    // Six letters begin all ten names.
    matches!(
        name.first(),
        Some(b'i' | b'I' | b'n' | b'N' | b'p' | b'P' | b's' | b'S' | b't' | b'T' | b'x' | b'X')
    ) && SWITCHES.iter().any(|switch| {
        name.get(..switch.len())
            .is_some_and(|start| start.eq_ignore_ascii_case(switch.as_bytes()))
    })
}

/// Returns whether `byte` ends the name of a tag.
pub(crate) fn ends_name(byte: u8) -> bool {
    is_space(byte) || byte == b'/' || byte == b'>'
}

fn is_space(byte: u8) -> bool {
    matches!(byte, b'\t' | b'\n' | b'\x0c' | b'\r' | b' ')
}

/// Follows the tag that the byte `from` is in.
pub(crate) fn scan(bytes: &[u8], from: usize, mut state: State) -> Scan {
    let mut at = from;
    let mut attributes = 0;
    let mut keep = None;
    while at < bytes.len() {
        if let State::Quoted(quote) = state {
            at = memchr::memchr(quote, &bytes[at..]).map_or(bytes.len(), |n| at + n + 1);
            state = State::Between;
            continue;
        }
        let Some(next) = step(state, bytes[at]) else {
            return Scan {
                keep: keep.unwrap_or(at + 1),
                end: at + 1,
                closed: true,
            };
        };
        if next == State::Attribute && state != State::Attribute {
            attributes += 1;
            if attributes > MAX_ATTRIBUTES {
                keep = keep.or(Some(at));
            }
        }
        state = next;
        at += 1;
    }
    Scan {
        keep: keep.unwrap_or(bytes.len()),
        end: bytes.len(),
        closed: false,
    }
}

/// Returns the state after `byte`; none where it ends the tag.
fn step(state: State, byte: u8) -> Option<State> {
    use State::{AfterAttribute, Attribute, BeforeValue, Between, Name, Quoted, Unquoted};
    Some(match (state, byte) {
        (Quoted(_), _) => state,
        (_, b'>') => return None,
        (BeforeValue, b'"' | b'\'') => Quoted(byte),
        (BeforeValue, _) if is_space(byte) => BeforeValue,
        (BeforeValue, _) => Unquoted,
        (Unquoted, _) if is_space(byte) => Between,
        (Unquoted, _) => Unquoted,
        (Attribute | AfterAttribute, b'=') => BeforeValue,
        (Attribute | AfterAttribute, _) if is_space(byte) => AfterAttribute,
        (Name | Between, _) if is_space(byte) => Between,
        (_, b'/') => Between,
        (Name, _) => Name,
        (Attribute | AfterAttribute | Between, _) => Attribute,
    })
}
