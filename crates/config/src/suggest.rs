//! Finds the name that was probably meant.

/// Returns the closest of `names` to `wrong`, where one is close enough to be a slip of the keyboard:
/// at most a third of its characters differ, and at least one slip is forgiven.
pub(crate) fn closest<'a>(
    wrong: &str,
    names: impl IntoIterator<Item = &'a str>,
) -> Option<&'a str> {
    // Longer names are no slip of any key, and the comparison takes the product of the lengths.
    if wrong.len() > 64 {
        return None;
    }
    let wrong = fold(wrong);
    names
        .into_iter()
        .map(|name| (distance(&wrong, &fold(name)), name))
        .filter(|(slips, name)| *slips <= (name.chars().count() / 3).max(1))
        .min()
        .map(|(_, name)| name)
}

/// Returns the remedy "did you mean …?" for [`closest`].
pub(crate) fn did_you_mean<'a>(
    wrong: &str,
    names: impl IntoIterator<Item = &'a str>,
) -> Option<String> {
    closest(wrong, names).map(|name| format!("did you mean `{name}`?"))
}

/// `-` for `_` and capitals are no slips: the distance ignores them.
fn fold(name: &str) -> Vec<char> {
    name.chars()
        .flat_map(char::to_lowercase)
        .map(|c| if c == '-' { '_' } else { c })
        .collect()
}

/// Returns how many characters have to be inserted, deleted, replaced or swapped with their neighbour
/// (optimal string alignment).
fn distance(a: &[char], b: &[char]) -> usize {
    let mut before: Vec<usize> = Vec::new();
    let mut last: Vec<usize> = (0..=b.len()).collect();
    for (i, &x) in a.iter().enumerate() {
        let mut row = vec![i + 1];
        for (j, &y) in b.iter().enumerate() {
            let mut cost = (last[j] + usize::from(x != y))
                .min(last[j + 1] + 1)
                .min(row[j] + 1);
            if i > 0 && j > 0 && x == b[j - 1] && a[i - 1] == y {
                cost = cost.min(before[j - 1] + 1);
            }
            row.push(cost);
        }
        before = std::mem::replace(&mut last, row);
    }
    last[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slips_are_recognised_and_other_words_are_not() {
        let keys = ["delay", "max_redirects", "max_body", "min_words", "retries"];
        for (wrong, meant) in [
            ("max_redirect", Some("max_redirects")),
            ("max-redirects", Some("max_redirects")),
            ("dealy", Some("delay")),
            ("Delay", Some("delay")),
            ("retires", Some("retries")),
            ("min_word", Some("min_words")),
            ("colour", None),
            ("", None),
        ] {
            assert_eq!(closest(wrong, keys), meant, "{wrong}");
        }
    }

    #[test]
    fn distances_of_known_pairs() {
        for (a, b, slips) in [
            ("", "abc", 3),
            ("ab", "ba", 1),
            ("kitten", "sitting", 3),
            ("a", "a", 0),
        ] {
            assert_eq!(distance(&fold(a), &fold(b)), slips, "{a} {b}");
        }
    }
}
