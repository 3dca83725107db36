//! Looks at the words in which two documents differ.
//!
//! Siblings of one template (the 15th and the 16th conference, daily spot reports, `/Rev.1`) differ
//! in numbers and dates and in little else; copies of one page differ in other words, or have words
//! more: a dateline, a print footer.

use std::ops::Range;

use rustc_hash::FxHashSet;

use crate::diff::{Hunk, hunks};
use crate::examples::Examples;
use crate::shape::Shape;
use crate::verify::{Reading, hashed, quote};

/// What a word may tell about which of several siblings a document is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Any other word.
    Plain,
    /// Has a digit.
    Number,
    /// A month or a day of the week.
    Calendar,
    /// A number in words, or a Roman numeral.
    Ordinal,
    /// Marks a revision where a number follows: `Rev`, `Corr`.
    Revision,
}

/// The words that have a kind.
pub(crate) struct Lexicon {
    calendar: FxHashSet<u64>,
    ordinal: FxHashSet<u64>,
    revision: FxHashSet<u64>,
}

/// Months and days of the week in the languages of the OSCE and of its neighbours, folded.
const CALENDAR: &[&str] = &[
    "january february march april may june july august september october november december",
    "jan feb mar apr jun jul aug sep sept oct nov dec",
    "monday tuesday wednesday thursday friday saturday sunday",
    "januar februar märz mai juni juli oktober dezember jänner",
    "montag dienstag mittwoch donnerstag freitag samstag sonntag sonnabend",
    "janvier février mars avril juin juillet août septembre octobre novembre décembre",
    "lundi mardi mercredi jeudi vendredi samedi dimanche",
    "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre",
    "lunes martes miércoles jueves viernes sábado domingo",
    "gennaio febbraio aprile maggio giugno luglio settembre ottobre dicembre",
    "lunedì martedì mercoledì giovedì venerdì sabato domenica",
    "janeiro fevereiro março maio junho julho setembro outubro novembro dezembro",
    "января февраля марта апреля мая июня июля августа сентября октября ноября декабря",
    "январь февраль март апрель май июнь июль август сентябрь октябрь ноябрь декабрь",
    "понедельник вторник среда четверг пятница суббота воскресенье",
    "січня лютого березня квітня травня червня липня серпня вересня жовтня листопада грудня",
    "ocak şubat mart nisan mayıs haziran temmuz ağustos eylül ekim kasım aralık",
    "იანვარი თებერვალი მარტი აპრილი მაისი ივნისი ივლისი აგვისტო სექტემბერი ოქტომბერი ნოემბერი დეკემბერი",
    "հունվարի փետրվարի մարտի ապրիլի մայիսի հունիսի հուլիսի օգոստոսի սեպտեմբերի հոկտեմբերի նոյեմբերի դեկտեմբերի",
];

/// Roman numerals (but `i`, which is a word) and numbers in words, folded.
const ORDINAL: &[&str] = &[
    "ii iii iv v vi vii viii ix x xi xii xiii xiv xv xvi xvii xviii xix xx",
    "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth",
    "fourteenth fifteenth sixteenth seventeenth eighteenth nineteenth twentieth",
    "one two three four five six seven eight nine ten eleven twelve",
    "premier première deuxième troisième quatrième cinquième sixième septième huitième",
    "erste zweite dritte vierte fünfte sechste siebte achte neunte zehnte",
    "первый второй третий четвертый пятый шестой седьмой восьмой девятый десятый",
    "первая вторая третья четвертая пятая шестая седьмая восьмая девятая десятая",
];

const REVISION: &[&str] = &["rev corr"];

impl Lexicon {
    /// Returns the lexicon of all languages known.
    pub(crate) fn new() -> Self {
        Self {
            calendar: hashed(CALENDAR),
            ordinal: hashed(ORDINAL),
            revision: hashed(REVISION),
        }
    }

    /// Returns the kind of the folded word with this hash.
    pub(crate) fn kind(&self, hash: u64, has_digit: bool) -> Kind {
        if has_digit {
            Kind::Number
        } else if self.calendar.contains(&hash) {
            Kind::Calendar
        } else if self.ordinal.contains(&hash) {
            Kind::Ordinal
        } else if self.revision.contains(&hash) {
            Kind::Revision
        } else {
            Kind::Plain
        }
    }
}

/// In what two documents differ.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Difference {
    /// Words that are not in both, the longer side of each hunk.
    pub(crate) words: usize,
    /// Numbers and dates that stand in the place of others.
    pub(crate) numeric: usize,
    /// Other substitutions.
    pub(crate) other: usize,
    /// Words of passages between common ones that stand in the place of others, the shorter side.
    pub(crate) replaced: usize,
    /// The revision marks in which they differ: the highest of each, 0 for none.
    pub(crate) revisions: (u32, u32),
    /// What the first document has alone.
    pub(crate) a: Shape,
    /// What the second document has alone.
    pub(crate) b: Shape,
    /// A few hunks for people.
    pub(crate) examples: Examples,
}

/// Hunks with more words on a side are passages, in which numbers have no counterpart.
const SMALL: usize = 8;

/// Examples kept per pair.
const EXAMPLES: usize = 3;

impl Difference {
    /// Returns the difference with the documents in the other order.
    pub(crate) fn turned(self) -> Self {
        Self {
            revisions: (self.revisions.1, self.revisions.0),
            a: self.b,
            b: self.a,
            examples: self.examples.turned(),
            ..self
        }
    }

    /// Compares two documents, given the anchors of their common 5-grams.
    pub(crate) fn of(a: &Reading<'_>, b: &Reading<'_>, anchors: Vec<(u32, u32)>) -> Self {
        let hunks = hunks(&a.words, &b.words, anchors);
        let mut difference = Self::default();
        let mut numbers = Numbers::default();
        for hunk in &hunks {
            difference.words += hunk.a.len().max(hunk.b.len());
            let (of_a, of_b) = &mut difference.revisions;
            *of_a = (*of_a).max(revision(a, &hunk.a));
            *of_b = (*of_b).max(revision(b, &hunk.b));
            if is_inner(hunk, a, b) && hunk.a.len().max(hunk.b.len()) > SMALL {
                difference.replaced += hunk.a.len().min(hunk.b.len());
            }
            if is_substitution(hunk, a, b) {
                if is_numeric(hunk, a, b) {
                    numbers.take(a, b, hunk);
                }
                difference.other += usize::from(has_plain(a, &hunk.a) && has_plain(b, &hunk.b));
            }
        }
        difference.numeric = numbers.substituted();
        difference.a = Shape::of(a, &hunks.iter().map(|hunk| &hunk.a).collect::<Vec<_>>());
        difference.b = Shape::of(b, &hunks.iter().map(|hunk| &hunk.b).collect::<Vec<_>>());
        difference.examples = examples(a, b, &hunks);
        difference
    }
}

fn examples(a: &Reading<'_>, b: &Reading<'_>, hunks: &[Hunk]) -> Examples {
    // Numbers tell people most, then short differences, then the order of the text.
    let weight = |hunk: &&Hunk| {
        let numeric = is_substitution(hunk, a, b) && numbers_of(a, &hunk.a).next().is_some();
        (!numeric, hunk.a.len().max(hunk.b.len()), hunk.a.start)
    };
    let mut order: Vec<&Hunk> = hunks.iter().collect();
    if order.len() > EXAMPLES {
        order.select_nth_unstable_by_key(EXAMPLES, weight);
        order.truncate(EXAMPLES);
    }
    order.sort_by_key(weight);
    order
        .into_iter()
        .map(|hunk| (quote(a, hunk.a.clone()), quote(b, hunk.b.clone())))
        .collect()
}

/// Whether a hunk replaces words by words, or takes a bare number away or puts one in.
fn is_substitution(hunk: &Hunk, a: &Reading<'_>, b: &Reading<'_>) -> bool {
    let (x, y) = (hunk.a.len(), hunk.b.len());
    let bare = !has_plain(a, &hunk.a) && !has_plain(b, &hunk.b);
    match (x.min(y), x.max(y)) {
        // At either end of a document stand datelines, page numbers and print times; there only a
        // number in the very place of another counts.
        _ if !is_inner(hunk, a, b) => bare && x == y && x <= SMALL,
        (0, more) => bare && more <= 2,
        (fewer, more) => more <= SMALL && more <= 2 * fewer + 1,
    }
}

/// Whether the numbers of a substitution stand for each other.
fn is_numeric(hunk: &Hunk, a: &Reading<'_>, b: &Reading<'_>) -> bool {
    let bare = !has_plain(a, &hunk.a) && !has_plain(b, &hunk.b);
    bare || hunk.a.len() == hunk.b.len()
}

fn is_inner(hunk: &Hunk, a: &Reading<'_>, b: &Reading<'_>) -> bool {
    hunk.a.start > 0 && hunk.b.start > 0 && hunk.a.end < a.words.len() && hunk.b.end < b.words.len()
}

fn has_plain(reading: &Reading<'_>, range: &Range<usize>) -> bool {
    range
        .clone()
        .any(|index| matches!(reading.kind(index), Kind::Plain | Kind::Revision))
}

fn numbers_of<'a>(
    reading: &'a Reading<'_>,
    range: &Range<usize>,
) -> impl Iterator<Item = u64> + 'a {
    range
        .clone()
        .filter(|&index| !matches!(reading.kind(index), Kind::Plain | Kind::Revision))
        .map(|index| reading.words[index])
}

/// Returns the number of the revision mark in a short hunk, as 1 for `/Rev.1`; the hunk may be the
/// number alone. 0 where there is none.
fn revision(reading: &Reading<'_>, range: &Range<usize>) -> u32 {
    if range.len() > SMALL {
        return 0;
    }
    let is = |index: usize, kind| index < reading.words.len() && reading.kind(index) == kind;
    let number = range.clone().find_map(|index| {
        if is(index, Kind::Revision) && is(index + 1, Kind::Number) {
            return Some(index + 1);
        }
        (index > 0 && is(index, Kind::Number) && is(index - 1, Kind::Revision)).then_some(index)
    });
    number
        .and_then(|index| reading.word(index).parse().ok())
        .unwrap_or(0)
}

/// The numbers of the substitutions; those that only moved cancel out.
#[derive(Default)]
struct Numbers {
    a: Vec<u64>,
    b: Vec<u64>,
}

impl Numbers {
    fn take(&mut self, a: &Reading<'_>, b: &Reading<'_>, hunk: &Hunk) {
        self.a.extend(numbers_of(a, &hunk.a));
        self.b.extend(numbers_of(b, &hunk.b));
    }

    fn substituted(mut self) -> usize {
        self.a.sort_unstable();
        self.b.sort_unstable();
        let (mut i, mut j, mut equal) = (0, 0, 0);
        while let (Some(x), Some(y)) = (self.a.get(i), self.b.get(j)) {
            equal += usize::from(x == y);
            i += usize::from(x <= y);
            j += usize::from(y <= x);
        }
        self.a.len().min(self.b.len()) - equal
    }
}
