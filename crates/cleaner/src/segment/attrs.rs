//! The attributes of an element that anything here asks for, read in one pass.

use scraper::node::Element;

/// Longest value that is read, in bytes; what follows is left out, so that no element is dear however
/// often a parser repeats it.
pub(super) const LONGEST: usize = 8 << 10;

macro_rules! attributes {
    ($($field:ident = $name:literal,)*) => {
        /// The attributes that are looked at; those without a namespace alone.
        #[derive(Debug, Clone, Copy, Default)]
        pub(super) struct Attrs<'a> { $(pub(super) $field: Option<&'a str>,)* }

        impl<'a> Attrs<'a> {
            fn note(&mut self, name: &str, value: &'a str) {
                let value = front(value, LONGEST);
                match name {
                    $($name => self.$field = self.$field.or(Some(value)),)*
                    _ => {}
                }
            }
        }
    };
}

attributes! {
    class = "class",
    id = "id",
    href = "href",
    style = "style",
    role = "role",
    src = "src",
    hidden = "hidden",
    aria_hidden = "aria-hidden",
    aria_label = "aria-label",
    aria_level = "aria-level",
    itemprop = "itemprop",
    data_hook = "data-hook",
    data_id = "data-id",
    data_nosnippet = "data-nosnippet",
    name = "name",
    kind = "type",
    value = "value",
    action = "action",
    content = "content",
    http_equiv = "http-equiv",
    alt = "alt",
    alttext = "alttext",
    start = "start",
    reversed = "reversed",
    colspan = "colspan",
    rowspan = "rowspan",
    ng_view = "ng-view",
    data_reactroot = "data-reactroot",
}

impl<'a> Attrs<'a> {
    /// Returns the attributes of the element.
    pub(super) fn of(element: &'a Element) -> Self {
        let mut attrs = Self::default();
        for (name, value) in &element.attrs {
            if name.prefix.is_none() {
                attrs.note(&name.local, value);
            }
        }
        attrs
    }

    /// Returns whether the element's own attributes hide it from readers.
    pub(super) fn hides(&self) -> bool {
        self.hidden.is_some_and(|v| v != "until-found")
            || self.aria_hidden == Some("true")
            || self.style.is_some_and(style_hides)
    }

    /// Returns whether the element's style makes a block of what is none by its name.
    pub(super) fn is_made_block(&self) -> bool {
        const DISPLAYS: [&str; 6] = [
            "display:block",
            "display:flex",
            "display:grid",
            "display:list-item",
            "display:table;",
            "display:table-row",
        ];
        self.style.is_some_and(|style| {
            style.contains("display") && {
                let compact = compact(style);
                DISPLAYS.iter().any(|display| compact.contains(display))
            }
        })
    }
}

/// Returns at most `length` bytes of the start of `text`.
pub(super) fn front(text: &str, length: usize) -> &str {
    let mut end = length.min(text.len());
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    &text[..end]
}

fn style_hides(style: &str) -> bool {
    let compact = compact(style);
    compact.contains("display:none") || compact.contains("visibility:hidden")
}

/// Returns the first 400 characters of a style in lower case without white space.
fn compact(style: &str) -> String {
    style
        .chars()
        .filter(|c| !c.is_whitespace())
        .take(400)
        .flat_map(char::to_lowercase)
        .collect()
}
