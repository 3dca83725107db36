//! schema.org objects in `application/ld+json`: only those that describe this page.

use std::collections::BTreeMap;

use serde_json::{Map, Value};
use thresh_types::{Field, Source};

use super::json;
use crate::gathered::{Offer, Sink};
use crate::names;
use crate::values::{collapse, key, unescape, words};

type Object = Map<String, Value>;

/// What is known of the page before its scripts are read: they are weighed against it.
#[derive(Debug)]
pub(super) struct Surroundings {
    /// The addresses that the page goes by.
    pub(super) urls: Vec<String>,
    /// The titles that the page shows.
    pub(super) titles: Vec<String>,
}

/// Types of things that a page can be about.
const WORKS: &str = " Article NewsArticle BlogPosting Report ScholarlyArticle TechArticle AnalysisNewsArticle OpinionNewsArticle ReportageNewsArticle BackgroundNewsArticle ReviewNewsArticle AskPublicNewsArticle AdvertiserContentArticle SatiricalArticle LiveBlogPosting SocialMediaPosting DiscussionForumPosting CreativeWork DigitalDocument PresentationDigitalDocument TextDigitalDocument Legislation Book Chapter Thesis Question Recipe HowTo Event BusinessEvent EducationEvent PublicationEvent Course Product JobPosting Review PodcastEpisode Dataset GovernmentService MedicalWebPage ";
/// Types of pages: what they say of dates is often the template's.
const PAGES: &str = " WebPage ItemPage AboutPage FAQPage QAPage CollectionPage SearchResultsPage ContactPage ProfilePage ";
const TYPED_DOCUMENTS: &str = " NewsArticle BlogPosting Report ScholarlyArticle Legislation Event BusinessEvent EducationEvent JobPosting CollectionPage SearchResultsPage ";

/// Deeper nesting than this describes nothing that is read here.
const MAX_OBJECTS: usize = 2_000;
/// A work of which neither address nor headline can be compared loses this much trust.
const UNCONFIRMED: u8 = 12;

/// Offers what the scripts say of the page. Their order does not matter.
pub(super) fn gather(scripts: &[String], around: &Surroundings, sink: &mut Sink) {
    let mut scripts: Vec<&String> = scripts.iter().collect();
    scripts.sort_unstable();
    scripts.dedup();
    let values: Vec<Value> = scripts
        .into_iter()
        .flat_map(|script| json::values(script))
        .collect();
    let graph = Graph::of(&values);
    for page in graph.objects.iter().filter(|o| has_type(o, PAGES)) {
        if verdict(page, around) >= 0 {
            graph.offer_page(page, sink);
        }
    }
    if let Some((work, score)) = graph.main_work(around) {
        graph.offer_work(work, if score > 0 { 0 } else { UNCONFIRMED }, sink);
    }
    graph.offer_site(sink);
}

struct Graph<'v> {
    objects: Vec<&'v Object>,
    by_id: BTreeMap<&'v str, &'v Object>,
}

impl<'v> Graph<'v> {
    /// Collects the objects that stand by themselves: at the top, in arrays, in `@graph`, and what a
    /// page names as its main entity.
    fn of(values: &'v [Value]) -> Self {
        let mut objects = Vec::new();
        let mut waiting: Vec<&Value> = values.iter().rev().collect();
        while let Some(value) = waiting.pop().filter(|_| objects.len() < MAX_OBJECTS) {
            match value {
                Value::Array(items) => waiting.extend(items.iter().rev()),
                Value::Object(object) => {
                    objects.push(object);
                    waiting.extend(
                        ["@graph", "mainEntity"]
                            .iter()
                            .filter_map(|k| object.get(*k)),
                    );
                }
                _ => {}
            }
        }
        let by_id = objects
            .iter()
            .filter(|o| o.len() > 1)
            .filter_map(|o| Some((o.get("@id")?.as_str()?, *o)))
            .collect();
        Self { objects, by_id }
    }

    /// Returns the object that the page is about, and how well it fits; none where several fit alike.
    fn main_work(&self, around: &Surroundings) -> Option<(&'v Object, i8)> {
        let mut works: Vec<(&Object, i8)> = self
            .objects
            .iter()
            .filter(|o| has_type(o, WORKS))
            .map(|o| (*o, verdict(o, around)))
            .filter(|(_, score)| *score >= 0)
            .collect();
        works.sort_by_key(|(o, score)| (std::cmp::Reverse(*score), std::cmp::Reverse(richness(o))));
        let (best, score) = *works.first()?;
        let rivals = works
            .iter()
            .filter(|(o, s)| *s == score && headline(o) != headline(best))
            .count();
        (score > 0 || rivals == 0).then_some((best, score))
    }

    fn offer_page(&self, page: &Object, sink: &mut Sink) {
        let about = |property: &str| format!("WebPage.{property}");
        offer_text(sink, Field::Title, &about("name"), page.get("name"), 58);
        offer_text(
            sink,
            Field::Date,
            &about("datePublished"),
            page.get("datePublished"),
            72,
        );
        offer_text(
            sink,
            Field::Modified,
            &about("dateModified"),
            page.get("dateModified"),
            72,
        );
        offer_text(
            sink,
            Field::Language,
            &about("inLanguage"),
            page.get("inLanguage"),
            58,
        );
        self.offer_type(page, sink);
    }

    fn offer_work(&self, work: &Object, doubt: u8, sink: &mut Sink) {
        let name = type_of(work);
        let mut offer = |field, property: &str, confidence: u8| {
            let place = format!("{name}.{property}");
            offer_text(sink, field, &place, work.get(property), confidence - doubt);
        };
        offer(Field::Title, "headline", 77);
        offer(Field::Title, "name", 70);
        offer(Field::Date, "datePublished", 88);
        offer(Field::Date, "dateCreated", 62);
        offer(Field::Date, "datePosted", 80);
        offer(Field::Modified, "dateModified", 85);
        offer(Field::Event, "startDate", 85);
        offer(Field::Event, "endDate", 80);
        offer(Field::Language, "inLanguage", 60);
        offer(Field::Licence, "license", 80);
        offer(Field::CanonicalUrl, "url", 50);
        offer(Field::Description, "description", 60);
        offer(Field::Tag, "articleSection", 60);
        self.offer_people(work, name, doubt, sink);
        self.offer_type(work, sink);
        offer_keywords(work, sink);
    }

    fn offer_people(&self, work: &Object, name: &str, doubt: u8, sink: &mut Sink) {
        for (field, property, confidence) in [
            (Field::Author, "author", 86),
            (Field::Author, "creator", 70),
            (Field::Publisher, "publisher", 82),
            (Field::Publisher, "sourceOrganization", 70),
        ] {
            let raws = work
                .get(property)
                .map(|v| self.names(v))
                .unwrap_or_default();
            let named: Vec<String> = raws
                .iter()
                .filter_map(|raw| normal_name(field, raw))
                .collect();
            if let Some(value) = names::join(&named) {
                let (place, raw) = (format!("{name}.{property}"), raws.join("; "));
                sink.push(
                    Offer {
                        field,
                        source: Source::JsonLd,
                        place: &place,
                        raw: &raw,
                        confidence: confidence - doubt,
                    },
                    value,
                );
            }
        }
    }

    /// Returns the names in a value: a string, an object with a name, a reference, or an array of such.
    fn names(&self, value: &Value) -> Vec<String> {
        let items = match value {
            Value::Array(items) => items.as_slice(),
            single => std::slice::from_ref(single),
        };
        items
            .iter()
            .take(20)
            .filter_map(|item| self.name(item))
            .collect()
    }

    fn name(&self, value: &Value) -> Option<String> {
        let object = match value {
            Value::String(name) => return Some(collapse(&unescape(name))),
            Value::Object(object) => object,
            _ => return None,
        };
        let own = object.get("name");
        let referred = || self.by_id.get(object.get("@id")?.as_str()?)?.get("name");
        first_text(own.or_else(referred)?).map(|name| collapse(&unescape(name)))
    }

    fn offer_type(&self, object: &Object, sink: &mut Sink) {
        for name in types(object).filter(|t| is_listed(TYPED_DOCUMENTS, t)) {
            sink.offer(Offer {
                field: Field::DocType,
                source: Source::JsonLd,
                place: "@type",
                raw: name,
                confidence: 55,
            });
        }
    }

    fn offer_site(&self, sink: &mut Sink) {
        for (kind, field, confidence) in [
            (" WebSite ", Field::SiteName, 75),
            (
                " Organization NGO GovernmentOrganization NewsMediaOrganization ",
                Field::Publisher,
                50,
            ),
        ] {
            let found: Vec<String> = self
                .objects
                .iter()
                .filter(|o| has_type(o, kind))
                .filter_map(|o| o.get("name").and_then(first_text))
                .map(str::to_owned)
                .collect();
            if let Some(first) = found
                .first()
                .filter(|first| found.iter().all(|name| name == *first))
            {
                sink.offer(Offer {
                    field,
                    source: Source::JsonLd,
                    place: kind.trim().split(' ').next().unwrap_or_default(),
                    raw: first,
                    confidence,
                });
            }
        }
    }
}

fn normal_name(field: Field, raw: &str) -> Option<String> {
    if field == Field::Author {
        names::authors(raw)
    } else {
        Some(raw.to_owned()).filter(|name| !name.is_empty() && !name.contains("://"))
    }
}

fn offer_text(sink: &mut Sink, field: Field, place: &str, value: Option<&Value>, confidence: u8) {
    let text = value.and_then(|value| match value {
        Value::Object(object) => object
            .get("name")
            .or_else(|| object.get("@id"))
            .and_then(first_text),
        other => first_text(other),
    });
    if let Some(raw) = text {
        sink.offer(Offer {
            field,
            source: Source::JsonLd,
            place,
            raw: &unescape(raw),
            confidence,
        });
    }
}

fn offer_keywords(work: &Object, sink: &mut Sink) {
    let keywords: Vec<&str> = match work.get("keywords") {
        Some(Value::String(text)) => text.split(',').collect(),
        Some(Value::Array(items)) => items.iter().filter_map(Value::as_str).collect(),
        _ => Vec::new(),
    };
    for raw in keywords.iter().filter(|_| keywords.len() <= 12) {
        sink.offer(Offer {
            field: Field::Tag,
            source: Source::JsonLd,
            place: "keywords",
            raw,
            confidence: 60,
        });
    }
}

fn first_text(value: &Value) -> Option<&str> {
    match value {
        Value::String(text) => Some(text),
        Value::Array(items) => items.first()?.as_str(),
        _ => None,
    }
}

fn types(object: &Object) -> impl Iterator<Item = &str> {
    let value = object.get("@type");
    let single = value.and_then(Value::as_str).into_iter();
    let several = value
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
        .filter_map(Value::as_str);
    single
        .chain(several)
        .map(|name| name.rsplit(['/', ':', '#']).next().unwrap_or(name))
}

fn type_of(object: &Object) -> &str {
    types(object)
        .find(|t| is_listed(WORKS, t))
        .unwrap_or("Thing")
}

fn has_type(object: &Object, list: &str) -> bool {
    types(object).any(|name| is_listed(list, name))
}

fn is_listed(list: &str, word: &str) -> bool {
    list.split(' ').any(|listed| listed == word)
}

fn headline(object: &Object) -> Option<&str> {
    object
        .get("headline")
        .or_else(|| object.get("name"))
        .and_then(first_text)
}

fn richness(object: &Object) -> usize {
    [
        "headline",
        "datePublished",
        "author",
        "dateModified",
        "publisher",
    ]
    .iter()
    .filter(|k| object.contains_key(**k))
    .count()
}

/// Returns how well an object fits the page: negative for one of another page.
fn verdict(object: &Object, around: &Surroundings) -> i8 {
    by_address(object, &around.urls) + by_headline(object, &around.titles)
}

fn by_address(object: &Object, urls: &[String]) -> i8 {
    let own: Vec<String> = ["url", "mainEntityOfPage", "@id"]
        .iter()
        .filter_map(|property| object.get(*property))
        .filter_map(|value| match value {
            Value::Object(inner) => inner
                .get("@id")
                .or_else(|| inner.get("url"))
                .and_then(Value::as_str),
            other => other.as_str(),
        })
        .filter_map(address_key)
        .collect();
    let known: Vec<String> = urls.iter().filter_map(|url| address_key(url)).collect();
    if own.is_empty() || known.is_empty() {
        0
    } else if own.iter().any(|url| known.contains(url)) {
        3
    } else {
        -3
    }
}

/// Returns host and path in a form that ignores scheme, `www.`, query, fragment and final slash; none
/// for a relative address and for a front page, which templates write everywhere.
fn address_key(url: &str) -> Option<String> {
    let (_, rest) = url.split_once("://")?;
    let rest = rest
        .split(['?', '#'])
        .next()?
        .trim_end_matches('/')
        .to_lowercase();
    let rest = rest.strip_prefix("www.").unwrap_or(&rest);
    rest.contains('/').then(|| rest.to_owned())
}

fn by_headline(object: &Object, titles: &[String]) -> i8 {
    let Some(headline) = headline(object).map(unescape) else {
        return 0;
    };
    if titles.is_empty() {
        0
    } else if titles.iter().any(|title| is_like(&headline, title)) {
        2
    } else {
        -2
    }
}

/// Returns whether two titles share most words, or one is the start of the other.
fn is_like(a: &str, b: &str) -> bool {
    let (key_a, key_b) = (key(a), key(b));
    if key_a.is_empty() || key_b.is_empty() {
        return false;
    }
    if key_a.contains(&key_b) || key_b.contains(&key_a) {
        return true;
    }
    let (words_a, words_b) = (words(a), words(b));
    let shared = words_a.iter().filter(|word| words_b.contains(word)).count();
    2 * shared > words_a.len().min(words_b.len())
}
