//! What pages are read to.

mod charsets;
mod directives;
mod links;
mod media;
mod real;
mod signals;
mod trees;

use thresh_types::CanonicalUrl;

use crate::Page;

fn url(text: &str) -> CanonicalUrl {
    text.parse().unwrap()
}

/// A page at an address of its own.
fn page(html: &str) -> Page {
    Page::parse(html, Some(url("https://a.example/dir/page")))
}

fn with_headers(html: &str, headers: &[(&str, &str)]) -> Page {
    let mut page = page(html);
    page.headers = owned(headers);
    page
}

fn owned(headers: &[(&str, &str)]) -> Vec<(String, String)> {
    headers
        .iter()
        .map(|&(name, value)| (name.to_owned(), value.to_owned()))
        .collect()
}
