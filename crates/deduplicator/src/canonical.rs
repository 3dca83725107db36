//! Picks the document that speaks for a cluster, and says why.

use crate::facts::Facts;
use crate::judge::Finding;
use crate::shape::is_cut;

/// Returns the document of a merged pair that lacks a part of the other, where one does.
pub(crate) fn truncated(finding: &Finding) -> Option<u32> {
    let difference = finding.difference.as_ref()?;
    let (smaller, larger) = finding.by_size(&difference.a, &difference.b);
    is_cut(smaller, larger).then_some(finding.smaller())
}

/// What is known of a member of a cluster beside its facts.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Member {
    /// Words of the text.
    pub(crate) words: usize,
    /// Whether another member holds a part that it lacks.
    pub(crate) is_cut: bool,
    /// Whether it has its text from another member.
    pub(crate) is_copy: bool,
}

/// What makes one document a better spokesman than another; the least is chosen.
///
/// All but what other members show (that it is cut, a copy, or partial) is a matter of the document
/// alone, so that a new member changes the choice only where it is the better one or shows such a
/// fault of the one chosen before.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Preference<'a> {
    is_cut: bool,
    is_empty: bool,
    rank: u32,
    is_copy: bool,
    /// Lacks much of what the longest copy has, where that cannot be chrome.
    is_partial: bool,
    /// The address shows a page once more that has another.
    is_secondary: bool,
    claim: Claim,
    is_unlisted: bool,
    /// Among copies of one text the shortest has least chrome. In steps of a twelfth: a line more or
    /// less is no merit.
    chrome: u32,
    is_undated: bool,
    date: Option<&'a str>,
    extent: (usize, usize),
    words: usize,
    id: &'a str,
}

/// What a page says of its address.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Claim {
    /// It is the page's own.
    Own,
    /// Nothing.
    None,
    /// Another is.
    Other,
}

impl<'a> Preference<'a> {
    /// Returns the preference of a member of a cluster whose longest text has `longest` words.
    pub(crate) fn of(facts: &'a Facts, member: Member, longest: usize) -> Self {
        let address = facts.address();
        // A fifth: cleaning leaves a line or two of chrome, not a fifth of a page.
        let lacks_much = member.words * 5 < longest * 4;
        Self {
            is_cut: member.is_cut,
            is_empty: member.words == 0,
            rank: facts.rank,
            is_copy: member.is_copy || facts.is_from_elsewhere(),
            is_partial: facts.cleaned && lacks_much,
            is_secondary: address.is_some_and(|a| a.is_secondary() || a.is_dressed()),
            claim: claim(facts),
            is_unlisted: !facts.listed,
            chrome: step(member.words),
            is_undated: facts.date.is_none(),
            date: facts.date.as_deref(),
            extent: address.map_or((usize::MAX, usize::MAX), |address| address.extent()),
            words: member.words,
            id: &facts.id,
        }
    }

    /// Returns why this one is chosen before `other`, for people; `X` is the other.
    pub(crate) fn advantage(&self, other: &Self) -> &'static str {
        let reasons: [(bool, &'static str); 12] = [
            (
                self.is_cut != other.is_cut,
                "it is complete, X is cut short",
            ),
            (self.is_empty != other.is_empty, "it has a text, X has none"),
            (
                self.rank != other.rank,
                "its kind of source goes before that of X",
            ),
            (
                self.is_copy != other.is_copy,
                "it is the origin, X has the text from elsewhere",
            ),
            (
                self.is_partial != other.is_partial,
                "it is complete, X lacks much of it",
            ),
            (
                self.is_secondary != other.is_secondary,
                "its address is the page's main one, X shows the page once more",
            ),
            (self.claim != other.claim, self.claim.told(&other.claim)),
            (
                self.is_unlisted != other.is_unlisted,
                "a sitemap lists its address, and not that of X",
            ),
            (
                self.chrome != other.chrome,
                "it has less around the text than X",
            ),
            (
                self.is_undated != other.is_undated,
                "it has a date, X has none",
            ),
            (self.date != other.date, "it is earlier than X"),
            (
                self.extent != other.extent,
                "its address is shorter than that of X",
            ),
        ];
        let found = reasons.into_iter().find(|(differs, _)| *differs);
        let last = match self.words == other.words {
            true => "it is equal to X in all else, and its id comes first",
            false => "it has fewer words around the text than X",
        };
        found.map_or(last, |(_, why)| why)
    }
}

impl Claim {
    fn told(&self, other: &Self) -> &'static str {
        match (self, other) {
            (Self::Own, Self::Other) => "it calls its address its own, X names another page",
            (_, Self::Other) => "X names another page as the one to read",
            _ => "it calls its address its own, X says nothing of it",
        }
    }
}

fn claim(facts: &Facts) -> Claim {
    match (facts.address(), facts.claimed()) {
        (Some(own), Some(claimed)) => {
            let same = own.host.eq_ignore_ascii_case(claimed.host) && own.page() == claimed.page();
            if same { Claim::Own } else { Claim::Other }
        }
        _ => Claim::None,
    }
}

/// Returns the logarithm of a count, eight steps to an octave, without floating point.
fn step(words: usize) -> u32 {
    let octave = words.checked_ilog2().unwrap_or(0);
    let eighths = (words << 3 >> octave) & 7;
    octave * 8 + u32::try_from(eighths).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::item::Item;

    fn facts(id: &str, url: &str, canonical: &str, date: &str) -> Facts {
        let known = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
        Facts::of(&Item {
            id: id.to_owned(),
            url: known(url),
            canonical: known(canonical),
            date: known(date),
            ..Item::default()
        })
    }

    fn member(words: usize) -> Member {
        Member {
            words,
            ..Member::default()
        }
    }

    #[test]
    fn complete_then_rank_then_chrome_then_date_then_id() {
        let (a, mut b) = (facts("a", "", "", ""), facts("b", "", "", "2020"));
        let (c, d) = (facts("c", "", "", "2019-05"), facts("d", "", "", "2019-05"));
        b.rank = 1;
        let of = |facts, words| Preference::of(facts, member(words), 50);
        let cut = Preference::of(
            &a,
            Member {
                is_cut: true,
                ..member(40)
            },
            50,
        );
        assert!(of(&b, 50) < cut);
        assert_eq!(of(&b, 50).advantage(&cut), "it is complete, X is cut short");
        assert!(of(&a, 50) < of(&b, 40));
        assert!(of(&d, 40) < of(&c, 50));
        assert!(of(&c, 50) < of(&a, 50));
        assert!(of(&c, 50) < of(&d, 50));
    }

    #[test]
    fn a_cleaned_copy_that_lacks_much_does_not_speak_and_a_line_more_is_no_merit() {
        let clean = |id| Facts {
            cleaned: true,
            ..facts(id, "", "", "")
        };
        let (a, b) = (clean("a"), clean("b"));
        let of = |facts, words| Preference::of(facts, member(words), 50);
        assert!(of(&b, 50) < of(&a, 30));
        assert!(of(&a, 48) < of(&b, 50));
    }

    #[test]
    fn the_address_of_the_page_itself_goes_before_those_that_show_it_once_more() {
        let post = "https://a.example/2019/05/post/";
        let comments = facts(
            "a",
            "https://a.example/2019/05/post/comment-page-1/",
            "",
            "",
        );
        let (own, plain) = (facts("z", post, post, ""), facts("y", post, "", ""));
        let of = |facts, words| Preference::of(facts, member(words), 100);
        assert!(of(&plain, 100) < of(&comments, 90));
        assert!(of(&own, 100) < of(&plain, 100));
        let other = facts("b", "https://a.example/?p=7", post, "");
        assert!(of(&own, 100) < of(&other, 100));
        assert_eq!(
            of(&own, 100).advantage(&of(&other, 100)),
            "it calls its address its own, X names another page"
        );
    }

    #[test]
    fn the_listed_the_earlier_and_the_shorter_address_go_first() {
        let listed = Facts {
            listed: true,
            ..facts("z", "https://a.example/long/way/7", "", "")
        };
        let short = facts("a", "https://a.example/7", "", "");
        let long = facts("A", "https://a.example/long/way/8", "", "");
        let of = |facts| Preference::of(facts, member(100), 100);
        assert!(of(&listed) < of(&short));
        assert!(of(&short) < of(&long));
        assert_eq!(
            of(&short).advantage(&of(&long)),
            "its address is shorter than that of X"
        );
    }

    #[test]
    fn steps_ascend() {
        let steps: Vec<u32> = [0, 1, 8, 9, 48, 50, 180, 245, 1000].map(step).to_vec();
        assert!(steps.is_sorted(), "{steps:?}");
        assert_eq!(step(48), step(50));
        assert!(step(220) < step(245));
    }
}
