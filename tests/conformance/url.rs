//! The published URL cases: parsing and resolving (web-platform-tests, crawler-commons), the
//! canonical form (crawler-commons), and other policies' forms (urlcanon), of which only what no
//! policy may do is asked.

use std::net::Ipv4Addr;

use serde_json::Value;
use thresh_types::{CanonicalUrl, canonical};
use url::Url;

use crate::cases::{self, Verdict};

fn text<'a>(row: &'a Value, key: &str) -> Option<&'a str> {
    row[key].as_str()
}

/// Web addresses in the canonical form of the crawler, others in the general one.
fn form_of(text: &str) -> Option<String> {
    let url = Url::parse(text.trim()).ok()?;
    match CanonicalUrl::new(&url) {
        Ok(own) => Some(own.to_string()),
        Err(_) => Some(canonical(&url).to_string()),
    }
}

fn is_web(url: &Url) -> bool {
    matches!(url.scheme(), "http" | "https")
}

/// Returns what the crate makes of a row.
fn parsed(row: &Value) -> Option<Url> {
    let input = text(row, "input").unwrap_or_default();
    match text(row, "base") {
        None | Some("about:blank") => Url::parse(input).ok(),
        Some(base) => Url::parse(base).ok()?.join(input).ok(),
    }
}

/// Returns whether the crate reads the row as the suite wants.
fn crate_passes(row: &Value, url: Option<&Url>) -> bool {
    let expected = text(row, "href");
    if row["failure"] == true {
        return url.is_none();
    }
    url.map(Url::as_str) == expected
}

/// Judges what the crawler makes of a row that the crate passes: the same address in canonical form,
/// or a refusal of what is no web address.
fn judge_wpt(row: &Value) -> Verdict {
    let url = parsed(row);
    if !crate_passes(row, url.as_ref()) {
        return Verdict::Left("the crate `url` reads it otherwise");
    }
    let input = text(row, "input").unwrap_or_default();
    let base = text(row, "base").and_then(|base| Url::parse(base).ok());
    let own = match base.filter(is_web).map(|base| CanonicalUrl::new(&base)) {
        // The base loses its fragment and tracking; only references to a whole address tell the same.
        Some(Ok(base)) if text(row, "base") == Some(base.as_str()) => base.join(input),
        Some(_) => return Verdict::Left("the base itself is not in canonical form"),
        None => match &url {
            Some(url) => CanonicalUrl::new(url),
            None => input.parse(),
        },
    };
    Verdict::of(match (url, own) {
        (None, own) => own.is_err(),
        (Some(url), own) if !is_web(&url) => own.is_err(),
        (Some(url), Err(_)) => url.host_str().is_none_or(|host| host.starts_with('.')),
        (Some(url), Ok(own)) => is_canonical_of(&own, &url),
    })
}

/// Returns whether `own` is idempotent and keeps scheme, host (but for trailing dots, where a host is left
/// without them) and port.
fn is_canonical_of(own: &CanonicalUrl, url: &Url) -> bool {
    let undotted = url.host_str().map(|host| host.trim_end_matches('.'));
    let host = [undotted, url.host_str()];
    form_of(own.as_str()).as_deref() == Some(own.as_str())
        && own.as_url().scheme() == url.scheme()
        && host.contains(&own.as_url().host_str())
        && own.as_url().port() == url.port()
        && CanonicalUrl::new(url).as_ref() == Ok(own)
}

#[test]
fn what_the_parser_reads_the_crawler_keeps() {
    cases::run("url/wpt_urltestdata.jsonl", 1.0, judge_wpt);
}

#[test]
fn addresses_have_one_form() {
    cases::run("url/crawler_commons_normalizer.jsonl", 0.95, |row| {
        let own = text(row, "in").and_then(form_of);
        Verdict::of(own.as_deref() == text(row, "out"))
    });
}

#[test]
fn references_are_resolved() {
    cases::run("url/crawler_commons_resolve.jsonl", 0.95, |row| {
        let base = text(row, "base").and_then(|base| Url::parse(base).ok());
        let url = text(row, "ref")
            .zip(base)
            .and_then(|(r, base)| base.join(r).ok());
        let expected = text(row, "out").and_then(|out| Url::parse(out).ok());
        // Compared in canonical form: the suite resolves only.
        Verdict::of(url.as_ref().map(canonical) == expected.as_ref().map(canonical))
    });
}

/// Each set is the policy of another program, and they contradict one another. Whatever the policy, a
/// form must be stable, and numbers must be read as the host that a resolver would reach.
#[test]
fn forms_of_other_policies_are_stable_in_ours() {
    cases::run("url/urlcanon.jsonl", 1.0, |row| {
        let (from, to) = (
            text(row, "in").unwrap_or_default(),
            text(row, "out").unwrap_or_default(),
        );
        match text(row, "set") {
            Some("funky_ipv4") => match to.parse::<Ipv4Addr>() {
                Ok(ip) => Verdict::of(ipv4_of(from) == Some(ip)),
                Err(_) => Verdict::of(ipv4_of(from).is_none()),
            },
            _ => Verdict::of(
                form_of(from).is_none_or(|own| form_of(&own).as_deref() == Some(own.as_str())),
            ),
        }
    });
}

fn ipv4_of(host: &str) -> Option<Ipv4Addr> {
    match Url::parse(&format!("http://{host}/")).ok()?.host()? {
        url::Host::Ipv4(ip) => Some(ip),
        _ => None,
    }
}
