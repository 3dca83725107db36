//! The `Link` header (RFC 8288): how a page names its canonical address without markup.

use std::borrow::Cow;

use crate::links::{Reference, is_nofollow, kind_of};

/// Returns the references of one header value that lead to a page.
pub(crate) fn parse(value: &str) -> impl Iterator<Item = Reference<'_>> {
    let mut rest = value;
    std::iter::from_fn(move || {
        let (_, open) = rest.split_once('<')?;
        let (href, after) = open.split_once('>')?;
        let end = end_of_link(after);
        rest = &after[end..];
        Some((href, &after[..end]))
    })
    .filter_map(|(href, parameters)| reference(href, parameters))
}

fn reference<'v>(href: &'v str, parameters: &str) -> Option<Reference<'v>> {
    let rel = parameter(parameters, "rel")?;
    let kind = kind_of(
        rel,
        parameter(parameters, "hreflang"),
        parameter(parameters, "type"),
    )?;
    let text = parameter(parameters, "title").unwrap_or("").trim();
    Some(Reference {
        href: Cow::Borrowed(href),
        text: text.chars().take(200).collect(),
        nofollow: is_nofollow(rel),
        kind,
    })
}

/// Returns where the comma outside quotes stands that ends a link, or the end.
fn end_of_link(text: &str) -> usize {
    let mut quoted = false;
    for (at, byte) in text.bytes().enumerate() {
        match byte {
            b'"' => quoted = !quoted,
            b',' if !quoted => return at,
            _ => {}
        }
    }
    text.len()
}

/// Returns the value of a parameter. A `;` within quotes does not occur in those that are read.
fn parameter<'a>(parameters: &'a str, name: &str) -> Option<&'a str> {
    parameters
        .split(';')
        .filter_map(|part| part.split_once('='))
        .find(|(given, _)| given.trim().eq_ignore_ascii_case(name))
        .map(|(_, value)| value.trim().trim_matches('"'))
}
