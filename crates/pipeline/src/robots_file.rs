//! The robots.txt files that the archive holds: which was in force, and what it says of an address.

use std::collections::BTreeMap;

use thresh_corpus::{Corpus, Filter};
use thresh_fetcher::robots::{self, RobotsFile};
use thresh_types::{CanonicalUrl, Capture, CaptureKind, Origin, Timestamp};

use crate::PipelineError;
use crate::record::{ROBOTS_TOKEN, body_text};

/// Returns the newest answer to robots.txt at the origin of `url`, not after `at` where that is known.
fn in_force<'a>(
    captures: &'a [Capture],
    url: &CanonicalUrl,
    at: Option<Timestamp>,
) -> Option<&'a Capture> {
    let place = String::from(url.origin().at("/robots.txt")?);
    captures
        .iter()
        .filter(|c| c.kind == CaptureKind::Robots && c.url == place)
        .filter(|c| at.is_none() || c.fetched_at <= at)
        .max_by_key(|c| c.fetched_at)
}

/// Returns what the robots.txt that was in force at `at` says of the address: which line of which file,
/// fetched when. None where none is archived.
///
/// # Errors
/// When the archive cannot be read.
pub(crate) fn verdict(
    corpus: &Corpus,
    captures: &[Capture],
    url: &CanonicalUrl,
    at: Option<Timestamp>,
) -> Result<Option<String>, PipelineError> {
    let Some(capture) = in_force(captures, url, at) else {
        return Ok(None);
    };
    let when = capture
        .fetched_at
        .map(|at| format!(", fetched {at:.0}"))
        .unwrap_or_default();
    let file = format!("{}{when}", capture.final_url);
    Ok(Some(match capture.status {
        200..=299 => format!("{file}: {}", by_rules(corpus, capture, url)?),
        status @ (429 | 500..=599) => {
            format!("{file}: status {status}, so everything is forbidden until it can be read")
        }
        status => format!("{file}: status {status}, so there are no rules and it is allowed"),
    }))
}

fn by_rules(
    corpus: &Corpus,
    capture: &Capture,
    url: &CanonicalUrl,
) -> Result<String, PipelineError> {
    let decision = read(corpus, capture)?.decide(ROBOTS_TOKEN, url);
    let verdict = if decision.allowed {
        "allowed"
    } else {
        "forbidden"
    };
    Ok(match decision.line {
        Some((number, line)) => format!("{verdict} by line {number}, `{line}`"),
        None => format!("no line speaks of the address, so it is {verdict}"),
    })
}

fn read(corpus: &Corpus, capture: &Capture) -> Result<robots::Robots, PipelineError> {
    let body = body_text(&corpus.read_payload(capture)?).unwrap_or_default();
    Ok(robots::parse(body.as_bytes()))
}

/// Returns the newest robots.txt that was read at each origin: the copies that may serve while the files
/// are out of reach. An origin whose newest answer was that there is no file has none.
///
/// # Errors
/// When the archive cannot be read.
pub(crate) fn known(corpus: &Corpus) -> Result<BTreeMap<Origin, RobotsFile>, PipelineError> {
    let filter = Filter {
        kind: Some(CaptureKind::Robots),
        ..Filter::default()
    };
    let mut newest: BTreeMap<Origin, Capture> = BTreeMap::new();
    for capture in corpus.captures(&filter)? {
        let said = !matches!(capture.status, 429 | 500..=599);
        let Ok(asked) = capture.url.parse::<CanonicalUrl>() else {
            continue;
        };
        let origin = asked.origin();
        let older = newest.get(&origin).map(|known| known.fetched_at);
        if said && capture.fetched_at.is_some() && older.is_none_or(|at| at <= capture.fetched_at) {
            newest.insert(origin, capture);
        }
    }
    let mut files = BTreeMap::new();
    for (origin, capture) in newest {
        let (Ok(url), Some(fetched_at)) = (capture.final_url.parse(), capture.fetched_at) else {
            continue;
        };
        if (200..300).contains(&capture.status) && capture.truncated.is_none() {
            let rules = read(corpus, &capture)?;
            files.insert(
                origin,
                RobotsFile {
                    rules,
                    url,
                    fetched_at,
                },
            );
        }
    }
    Ok(files)
}
