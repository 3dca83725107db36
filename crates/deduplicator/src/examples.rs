//! A few places in which two texts differ, in little room: there may be millions of pairs.

/// What stands in the first text and what in the second, a few times.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Examples(Box<str>);

/// Between both sides of an example, and between examples: no word has them.
const SIDES: char = '\u{1f}';
const NEXT: char = '\u{1e}';

impl Examples {
    /// Returns what was written of examples before.
    pub(crate) fn from_written(written: String) -> Self {
        Self(written.into_boxed_str())
    }

    /// Returns the examples as one text.
    pub(crate) fn written(&self) -> &str {
        &self.0
    }

    /// Returns both sides of each example.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.split(NEXT).filter_map(|one| one.split_once(SIDES))
    }

    /// Returns the examples of the second text beside the first.
    pub(crate) fn turned(&self) -> Self {
        self.iter().map(|(a, b)| (b, a)).collect()
    }
}

impl<T: AsRef<str>> FromIterator<(T, T)> for Examples {
    fn from_iter<I: IntoIterator<Item = (T, T)>>(examples: I) -> Self {
        let mut written = String::new();
        for (a, b) in examples {
            if !written.is_empty() {
                written.push(NEXT);
            }
            written.push_str(a.as_ref());
            written.push(SIDES);
            written.push_str(b.as_ref());
        }
        Self::from_written(written)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sides_may_be_empty_and_are_turned() {
        let pairs = [("one", "two three"), ("", "more"), ("less", "")];
        let examples: Examples = pairs.into_iter().collect();
        assert_eq!(examples.iter().collect::<Vec<_>>(), pairs);
        let turned = examples.turned();
        assert_eq!(turned.iter().nth(1), Some(("more", "")));
        let again = Examples::from_written(examples.written().to_owned());
        assert_eq!(again, examples);
        assert_eq!(Examples::default().iter().count(), 0);
    }
}
