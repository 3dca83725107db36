//! Tells from where the words stand that a document has alone what kind of copy it is.

use std::ops::Range;

use crate::verify::Reading;

/// The words of one document of a pair.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Shape {
    /// All words.
    pub(crate) words: usize,
    /// Own words before the first common one.
    pub(crate) lead: usize,
    /// Own words between common ones.
    pub(crate) inner: usize,
    /// Own words after the last common one.
    pub(crate) tail: usize,
    /// Own words that stand in lines of prose.
    pub(crate) prose: usize,
    /// Common words that stand in lines of prose.
    pub(crate) common_prose: usize,
}

impl Shape {
    /// Returns the shape of a document whose own words are in `ranges`, which ascend.
    pub(crate) fn of(reading: &Reading<'_>, ranges: &[&Range<usize>]) -> Self {
        let words = reading.words.len();
        let ranges: Vec<(usize, usize)> = ranges.iter().map(|r| (r.start, r.end)).collect();
        let own = length(&ranges);
        let first = leading(ranges.iter().copied());
        let mirrored = ranges[first..].iter().rev();
        let last = leading(mirrored.map(|&(start, end)| (words - end, words - start)));
        let (before, after) = (&ranges[..first], &ranges[ranges.len() - last..]);
        let (lead, tail) = (length(before), length(after));
        let is_prose = |&(start, end): &(usize, usize)| {
            let prose = &reading.prose[start..end];
            prose.iter().filter(|&&is_prose| is_prose).count()
        };
        let prose = ranges.iter().map(is_prose).sum();
        Self {
            words,
            lead,
            inner: own - lead - tail,
            tail,
            prose,
            common_prose: is_prose(&(0, words)) - prose,
        }
    }

    /// Returns the number of words that the other document lacks.
    pub(crate) const fn own(&self) -> usize {
        self.lead + self.inner + self.tail
    }

    /// Returns the number of words that both documents have.
    pub(crate) const fn common(&self) -> usize {
        self.words - self.own()
    }
}

fn length(ranges: &[(usize, usize)]) -> usize {
    ranges.iter().map(|(start, end)| end - start).sum()
}

/// Returns how many ranges stand before the first common run. Unlike passages have a word or two in
/// common by chance, so a run has as many words as a third of a line.
fn leading(ranges: impl Iterator<Item = (usize, usize)>) -> usize {
    const RUN: usize = 4;
    let mut reached = 0;
    ranges
        .take_while(|&(start, end)| {
            let is_near = start - reached < RUN;
            reached = end;
            is_near
        })
        .count()
}

/// Returns whether the smaller document is a part of the larger one that someone cut or shortened.
pub(crate) fn is_cut(smaller: &Shape, larger: &Shape) -> bool {
    ends_early(smaller, larger) || is_abridged(smaller, larger)
}

/// The larger document goes on behind the last common word and has little before the first one,
/// unlike a copy in chrome, which has a header as well as a footer. A fifth more text is more than a
/// footer of a cleaned page; "read more" and a share bar have at most some forty words.
const fn ends_early(smaller: &Shape, larger: &Shape) -> bool {
    larger.tail * 5 > larger.common() && larger.lead * 4 <= larger.tail && smaller.tail <= 40
}

/// The larger document has passages between the common ones that the smaller lacks.
const fn is_abridged(smaller: &Shape, larger: &Shape) -> bool {
    larger.inner * 5 > larger.common() && smaller.inner * 4 <= larger.inner
}

/// Returns whether the larger document is an article of its own that quotes the smaller one: what it
/// has alone is at least `prose` prose, and no mere header or footer.
///
/// Third-party chrome is prose to a half (teasers, comments), rarely to more than three quarters.
pub(crate) fn is_own_article(smaller: &Shape, larger: &Shape, prose: f64) -> bool {
    /// A standfirst or a "notes to editors" has fewer words.
    const LEAST: usize = 60;
    let own = larger.own();
    own >= LEAST
        && own * 3 >= larger.common()
        && larger.prose as f64 >= prose * own as f64
        && !is_cut(smaller, larger)
}

/// Returns whether both documents begin and end alike and have a passage of their own in the same
/// place: another article in the same frame, or the same article around another teaser.
pub(crate) fn is_exchanged(a: &Shape, b: &Shape, replaced: usize) -> bool {
    /// As many words as a document needs to be compared at all.
    const PASSAGE: usize = 30;
    /// Words at the ends: a print time, a dateline.
    const ENDS: usize = 10;
    replaced >= PASSAGE && a.lead + a.tail <= ENDS && b.lead + b.tail <= ENDS
}

/// Returns whether two documents are one text in different frames, by their form alone: an article's
/// worth of common prose with hardly a gap, and around it, before and behind, lines that are none.
///
/// Of a text with many copies no 5-gram is rare, so that nothing else tells it from a site's chrome;
/// that stands around what differs.
pub(crate) fn is_reframed(a: &Shape, b: &Shape) -> bool {
    /// Fewer words may be a disclaimer.
    const ARTICLE: usize = 100;
    /// Words before and behind, of one document at least: a menu, a footer.
    const FRAME: usize = 10;
    let common = a.common().min(b.common());
    let framed = |shape: &Shape| shape.lead >= FRAME && shape.tail >= FRAME;
    let whole = |shape: &Shape| {
        shape.inner * 12 <= common
            && shape.common_prose * 10 >= common * 9
            && shape.prose * 4 <= shape.own()
            && shape.own() <= common
    };
    common >= ARTICLE && (framed(a) || framed(b)) && whole(a) && whole(b)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shape(lead: usize, inner: usize, tail: usize, common: usize) -> Shape {
        Shape {
            words: lead + inner + tail + common,
            lead,
            inner,
            tail,
            prose: 0,
            common_prose: common,
        }
    }

    #[test]
    fn chance_matches_do_not_end_a_lead() {
        assert_eq!(leading([(0, 20), (22, 60), (90, 95)].into_iter()), 2);
        assert_eq!(leading([(50, 60)].into_iter()), 0);
    }

    #[test]
    fn an_early_end_is_no_footer() {
        assert!(is_cut(&shape(0, 0, 4, 200), &shape(0, 0, 300, 200)));
        assert!(!is_cut(&shape(0, 0, 4, 200), &shape(150, 0, 150, 200)));
        assert!(is_cut(&shape(0, 5, 0, 200), &shape(0, 100, 0, 200)));
    }

    #[test]
    fn only_prose_around_a_common_passage_makes_an_article() {
        let smaller = shape(0, 0, 60, 240);
        let chrome = Shape {
            prose: 100,
            ..shape(150, 0, 150, 240)
        };
        let article = Shape {
            prose: 290,
            ..chrome
        };
        assert!(is_own_article(&smaller, &article, 0.85));
        assert!(!is_own_article(&smaller, &chrome, 0.85));
    }

    #[test]
    fn a_passage_in_the_place_of_another_is_an_exchange() {
        assert!(is_exchanged(
            &shape(0, 60, 0, 500),
            &shape(0, 90, 2, 500),
            60
        ));
        assert!(!is_exchanged(
            &shape(40, 60, 0, 500),
            &shape(0, 90, 2, 500),
            60
        ));
    }

    #[test]
    fn one_text_in_two_frames_is_known_by_its_form() {
        let (menus, bare) = (shape(60, 2, 70, 240), shape(0, 0, 0, 240));
        assert!(is_reframed(&menus, &menus) && is_reframed(&menus, &bare));
        assert!(!is_reframed(&bare, &shape(0, 0, 60, 240)));
        assert!(!is_reframed(&menus, &shape(0, 80, 0, 240)));
        let prose = Shape { prose: 90, ..menus };
        assert!(!is_reframed(&prose, &menus));
        let listing = Shape {
            common_prose: 120,
            ..menus
        };
        assert!(!is_reframed(&listing, &menus));
    }
}
