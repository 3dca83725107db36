//! The title.

use thresh_types::{Candidate, Field, Metadata, Source};

use super::{Input, derived, evidence, weigh};
use crate::gather::{is_heading, is_prose};
use crate::titles;
use crate::values::{key, words as words_of};

/// What agreement, recurrence and a cut are worth, in percent.
const SAME: u8 = 6;
const PART: u8 = 2;
const MOST_SAME: u8 = 18;
const RECURRING: u8 = 50;
const CUT: u8 = 30;
/// What a headline loses that no other title shares a word with, or that ends the page's title as the
/// name of the site does.
const ALONE: u8 = 24;

/// Decides the title.
pub(super) fn resolve(input: &Input<'_>, metadata: &mut Metadata) {
    let offered = text_titles(input, metadata);
    metadata.candidates.extend(offered);
    let names = SiteNames::of(input, metadata);
    let rivals: Vec<Rival<'_>> = metadata
        .candidates
        .iter()
        .filter(|c| c.field == Field::Title && !is_dropped_line(input, c))
        .map(|candidate| Rival::of(candidate, &names))
        .filter(|rival| !titles::is_empty(&rival.title))
        .collect();
    let best =
        (0..rivals.len()).max_by_key(|&i| (score(input, &rivals, &names, i), std::cmp::Reverse(i)));
    metadata.title = best.map(|best| {
        let rival = &rivals[best];
        evidence(
            rival.candidate,
            rival.title.clone(),
            score(input, &rivals, &names, best).clamp(1, 99),
        )
    });
}

struct Rival<'c> {
    candidate: &'c Candidate,
    /// Without the name of the site.
    title: String,
    key: String,
}

impl<'c> Rival<'c> {
    fn of(candidate: &'c Candidate, names: &SiteNames<'_>) -> Self {
        let title = titles::without_site(
            &candidate.value,
            |segment| names.has(segment),
            |segment| names.is_kin(segment),
        );
        Self {
            candidate,
            key: key(&title),
            title,
        }
    }
}

fn score(input: &Input<'_>, rivals: &[Rival<'_>], names: &SiteNames<'_>, index: usize) -> u8 {
    let own = &rivals[index];
    let mut agreement = 0_u8;
    for (i, other) in rivals.iter().enumerate() {
        let same_place = other.candidate.source == own.candidate.source
            && other.candidate.place == own.candidate.place;
        if i == index || same_place {
            continue;
        }
        if other.key == own.key {
            agreement = (agreement + SAME).min(MOST_SAME);
        } else if other.key.contains(&own.key) && own.key.len() >= 12 {
            agreement = (agreement + PART).min(MOST_SAME);
        }
    }
    let alone = own.candidate.place == "h1" && is_alone(rivals, own);
    let cut = titles::is_cut(&own.title) || rivals.iter().any(|whole| is_cut_form(own, whole));
    let recurring = weigh::recurs(input, own.candidate) || names.has(&own.title);
    let penalty = [(cut, CUT), (recurring, RECURRING), (alone, ALONE)]
        .iter()
        .filter(|(holds, _)| *holds)
        .map(|(_, by)| by)
        .sum();
    (own.candidate.confidence + agreement).saturating_sub(penalty)
}

fn is_alone(rivals: &[Rival<'_>], own: &Rival<'_>) -> bool {
    let others: Vec<&Rival<'_>> = rivals
        .iter()
        .filter(|r| matches!(r.candidate.place.as_str(), "title" | "og:title"))
        .collect();
    let words = words_of(&own.title);
    let shares = |other: &&Rival<'_>| {
        words_of(&other.title)
            .iter()
            .any(|w| w.chars().count() > 2 && words.contains(w))
    };
    let ends = |other: &&Rival<'_>| {
        titles::last_segment(&other.candidate.value).is_some_and(|last| key(&last) == own.key)
    };
    let same = others.iter().any(|other| other.key == own.key);
    !others.is_empty() && !same && (!others.iter().any(shares) || others.iter().any(ends))
}

/// Wix cuts headlines in JSON-LD at about 110 characters, and many systems cut sharing titles.
fn is_cut_form(own: &Rival<'_>, whole: &Rival<'_>) -> bool {
    const CUT_FROM: usize = 55;
    let long = own.title.chars().count() >= CUT_FROM;
    let structured = matches!(
        own.candidate.source,
        Source::JsonLd | Source::OpenGraph | Source::Meta
    ) || own.candidate.place == "title";
    long && structured
        && whole.candidate.place != "title"
        && own.key.len() < whole.key.len()
        && whole.key.starts_with(&own.key)
}

/// The names that the site goes by.
struct SiteNames<'a> {
    keys: Vec<String>,
    input: &'a Input<'a>,
}

impl<'a> SiteNames<'a> {
    fn of(input: &'a Input<'a>, metadata: &Metadata) -> Self {
        let mut keys: Vec<String> = input
            .gathered
            .of(Field::SiteName)
            .map(|c| key(&c.value))
            .collect();
        keys.extend(input.site.name.map(key));
        keys.extend(
            input
                .gathered
                .of(Field::Publisher)
                .filter(|c| c.source == Source::JsonLd)
                .map(|c| key(&c.value)),
        );
        keys.extend(metadata.site_name.iter().map(|e| key(&e.value)));
        keys.extend(input.url.into_iter().flat_map(host_keys));
        keys.retain(|key| !key.is_empty());
        Self { keys, input }
    }

    fn has(&self, segment: &str) -> bool {
        let own = key(segment);
        self.keys.contains(&own)
            || self
                .input
                .recurring
                .is_some_and(|site| site.ends_titles(segment))
    }
}

impl SiteNames<'_> {
    /// A short last segment that holds the site's name names a section of the site:
    /// `Harbour Union Blog`.
    fn is_kin(&self, segment: &str) -> bool {
        const MIN_LETTERS: usize = 5;
        let own = key(segment);
        let short = segment.split_whitespace().count() <= 4;
        short
            && own.len() >= MIN_LETTERS
            && self
                .keys
                .iter()
                .any(|name| name.len() >= MIN_LETTERS && own.contains(name.as_str()))
    }
}

/// Returns the host as one word, and its longest label: `osceorg` and `osce`.
fn host_keys(url: &thresh_types::CanonicalUrl) -> Vec<String> {
    let host = url.as_url().host_str().unwrap_or_default();
    let host = host.strip_prefix("www.").unwrap_or(host);
    let labels = host.rsplit_once('.').map_or(host, |(labels, _)| labels);
    let longest = labels
        .split('.')
        .max_by_key(|label| label.len())
        .unwrap_or_default();
    vec![key(host), key(longest)]
}

/// Titles from the text: the first heading of a page, or the first line of a bare text, and the title
/// of the work that a text cites.
fn text_titles(input: &Input<'_>, metadata: &Metadata) -> Vec<Candidate> {
    let heading = if input.gathered.bare_text {
        first_line(input)
    } else {
        None
    };
    let heading = heading.map(|text| {
        derived(
            Field::Title,
            Source::Text,
            "first block",
            text,
            text.to_owned(),
            66,
        )
    });
    let cited = metadata.citation.as_ref().map(|cited| {
        let raw = cited.raw.clone().unwrap_or_default();
        derived(
            Field::Title,
            Source::CitationLine,
            "title of the work",
            &raw,
            cited.value.title.clone(),
            56,
        )
    });
    heading.into_iter().chain(cited).collect()
}

fn first_line<'a>(input: &Input<'a>) -> Option<&'a str> {
    let mut kept = input.text.kept().map(|block| block.text.as_str());
    let first = kept.next().filter(|line| is_heading(line))?;
    kept.take(8).any(is_prose).then_some(first)
}

/// A line of a text that the cleaner dropped is no title.
fn is_dropped_line(input: &Input<'_>, candidate: &Candidate) -> bool {
    candidate.source == Source::Text
        && candidate.place == "first-line"
        && !input.text.kept().any(|block| block.text == candidate.value)
}
