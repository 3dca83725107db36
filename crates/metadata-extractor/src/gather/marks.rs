//! The attributes of an element, read without making names of what is asked for.
//!
//! The tree keeps attributes under interned names: asking it by name takes a lock and a digest, for each of
//! some thousand elements and a dozen questions. Elements have few attributes, so looking at them is quicker.

use scraper::ElementRef;

/// The attributes that are asked of every element.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Marks<'p> {
    pub(crate) class: Option<&'p str>,
    pub(crate) itemprop: Option<&'p str>,
    pub(crate) rel: Option<&'p str>,
    pub(crate) hook: Option<&'p str>,
    pub(crate) role: Option<&'p str>,
    pub(crate) itemtype: Option<&'p str>,
}

impl<'p> Marks<'p> {
    pub(super) fn of(element: ElementRef<'p>) -> Self {
        let mut marks = Self::default();
        for (name, value) in own(element) {
            match name {
                "class" => marks.class = Some(value),
                "itemprop" => marks.itemprop = Some(value),
                "rel" => marks.rel = Some(value),
                "data-hook" => marks.hook = Some(value),
                "role" => marks.role = Some(value),
                "itemtype" => marks.itemtype = Some(value),
                _ => {}
            }
        }
        marks
    }

    /// Returns the classes in the order in which they are written.
    pub(crate) fn classes(&self) -> impl Iterator<Item = &'p str> + use<'p> {
        self.class.unwrap_or("").split_ascii_whitespace()
    }

    /// Returns whether `class` is one of the classes.
    pub(crate) fn has_class(&self, class: &str) -> bool {
        self.classes().any(|own| own == class)
    }
}

/// Reads single attributes.
pub(crate) trait Read<'p> {
    /// Returns the value of the attribute called `name`, of those without a namespace.
    fn read(&self, name: &str) -> Option<&'p str>;
}

impl<'p> Read<'p> for ElementRef<'p> {
    fn read(&self, name: &str) -> Option<&'p str> {
        own(*self)
            .find(|(known, _)| *known == name)
            .map(|(_, value)| value)
    }
}

fn own<'p>(element: ElementRef<'p>) -> impl Iterator<Item = (&'p str, &'p str)> {
    let attributes = element.value().attrs.iter();
    attributes
        .filter(|(name, _)| name.prefix.is_none() && name.ns.is_empty())
        .map(|(name, value)| (&*name.local, &**value))
}

#[cfg(test)]
mod tests {
    use super::*;
    use scraper::Html;

    #[test]
    fn attributes_are_those_that_the_tree_knows_by_name() {
        let html = Html::parse_document(
            "<html lang=en xml:lang=de><body class=' b a\nc ' data-hook=x rel><svg xlink:href=y><a href=z itemprop='n'>",
        );
        let elements = html.tree.nodes().filter_map(ElementRef::wrap);
        for element in elements {
            for name in [
                "lang",
                "xml:lang",
                "class",
                "data-hook",
                "rel",
                "href",
                "itemprop",
            ] {
                assert_eq!(element.read(name), element.attr(name), "{name}");
            }
            let marks = Marks::of(element);
            assert_eq!(
                (marks.class, marks.itemprop, marks.rel, marks.hook),
                (
                    element.attr("class"),
                    element.attr("itemprop"),
                    element.attr("rel"),
                    element.attr("data-hook")
                )
            );
            let mut classes: Vec<&str> = marks.classes().collect();
            classes.sort_unstable();
            assert_eq!(classes, element.value().classes().collect::<Vec<_>>());
        }
    }
}
