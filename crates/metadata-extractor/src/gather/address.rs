//! What the address of a page and the headers of its response say.

use std::sync::LazyLock;

use regex::Regex;
use thresh_page::Page;
use thresh_types::{CanonicalUrl, Field, Source};

use super::offer;
use crate::gathered::Sink;

static DAY: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?:^|/)((?:19|20)\d\d)[/-](0?[1-9]|1[0-2])[/-](0?[1-9]|[12]\d|3[01])(?:[/._-]|$)")
        .expect("the pattern is well formed")
});
static MONTH: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"/((?:19|20)\d\d)/(0[1-9]|1[0-2])(?:/|$)").expect("the pattern is well formed")
});

/// Languages that sites write as the first segment of their addresses.
const LANGUAGES: &str = " ar az be bg bs cs da de el en es et fi fr he hr hu hy it ja ka kk ky lt lv mk mn nl no pl pt ro ru sk sl sq sr sv tg tk tr uk uz zh ";

/// Segments of a path that name a type of document.
const SEGMENTS: &[(&str, &str)] = &[
    ("press-releases", "press release"),
    ("press-release", "press release"),
    ("pressrelease", "press release"),
    ("pressreleases", "press release"),
    ("media-advisories", "media advisory"),
    ("statements", "press statement"),
    ("newsletters", "newsletter"),
    ("newsletter", "newsletter"),
    ("blog", "blog post"),
    ("blogs", "blog post"),
    ("events", "event"),
    ("event", "event"),
    ("vacancies", "vacancy"),
    ("jobs", "vacancy"),
    ("stories", "feature story"),
    ("factsheets", "factsheet"),
    ("projects", "project"),
];

/// Offers what headers and address say.
pub(super) fn gather(page: &Page, sink: &mut Sink) {
    for (name, value) in &page.headers {
        match name.to_ascii_lowercase().as_str() {
            "last-modified" => offer(
                sink,
                Field::Modified,
                Source::Http,
                "Last-Modified",
                value,
                30,
            ),
            "content-language" => offer(
                sink,
                Field::Language,
                Source::Http,
                "Content-Language",
                value,
                50,
            ),
            _ => {}
        }
    }
    if let Some(url) = &page.url {
        gather_url(url, sink);
    }
}

/// Offers what the address says.
pub(super) fn gather_url(url: &CanonicalUrl, sink: &mut Sink) {
    let path = url.as_url().path();
    date(path, sink);
    let mut segments = path.split('/').filter(|s| !s.is_empty());
    if let Some(first) = segments
        .clone()
        .next()
        .filter(|s| LANGUAGES.contains(&format!(" {} ", s.to_ascii_lowercase())))
    {
        offer(sink, Field::Language, Source::Url, "path", first, 50);
    }
    let named = segments.find_map(|segment| {
        SEGMENTS
            .iter()
            .find(|(name, _)| segment.eq_ignore_ascii_case(name))
    });
    // The last segment names a list, not a document of it.
    if let Some((_, kind)) = named.filter(|_| segments.next().is_some()) {
        offer(sink, Field::DocType, Source::Url, "path", kind, 55);
    }
}

fn date(path: &str, sink: &mut Sink) {
    if let Some(found) = DAY.captures(path) {
        let iso = format!("{}-{:0>2}-{:0>2}", &found[1], &found[2], &found[3]);
        offer(sink, Field::Date, Source::Url, "path", &iso, 76);
    } else if let Some(found) = MONTH.captures(path) {
        offer(
            sink,
            Field::Date,
            Source::Url,
            "path",
            &format!("{}-{}", &found[1], &found[2]),
            52,
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn offered(url: &str) -> Vec<(Field, String)> {
        let mut sink = Sink::default();
        gather_url(&url.parse().unwrap(), &mut sink);
        sink.into_candidates()
            .into_iter()
            .map(|c| (c.field, c.value))
            .collect()
    }

    #[test]
    fn paths_tell_dates_languages_and_types() {
        assert_eq!(
            offered("https://a.example/2018/02/20/title"),
            [(Field::Date, "2018-02-20".to_owned())]
        );
        assert_eq!(
            offered("https://a.example/2018/02/title"),
            [(Field::Date, "2018-02".to_owned())]
        );
        assert_eq!(
            offered("https://a.example/ru/node/451132"),
            [(Field::Language, "ru".to_owned())]
        );
        assert_eq!(
            offered("https://a.example/press-releases/some-title"),
            [(Field::DocType, "press release".to_owned())]
        );
        assert_eq!(offered("https://a.example/press-releases"), []);
        assert_eq!(offered("https://a.example/item/2018-99"), []);
    }
}
