//! Pages: headers, an empty line, and the body.

use std::collections::HashSet;

use thresh_page::{Link, Page, Raw, Readable};
use thresh_types::CanonicalUrl;

use super::{Target, ensure, head_and_body};
use crate::rng::Rng;
use crate::signature::Signature;

const MAX_LINKS: usize = 500;

/// A tree has at most a million nodes, and those of one token more.
const MAX_NODES: usize = 1_010_000;

/// Words of a body that are tried as addresses.
const MAX_WORDS: usize = 24;

pub(crate) struct Links;

impl Target for Links {
    fn run(&mut self, input: &[u8]) -> Result<Signature, String> {
        let (headers, body) = head_and_body(input);
        let url: CanonicalUrl = "https://a.example/d/page?q=1".parse().expect("a literal");
        words_are_canonical_once(body, &url)?;
        let content_type = headers
            .iter()
            .find(|(n, _)| n.eq_ignore_ascii_case("content-type"));
        let raw = Raw {
            url: Some(&url),
            headers: &headers,
            content_type: content_type
                .map(|(_, value)| value.as_str())
                .or(Some("text/html")),
            body,
        };
        let page = match thresh_page::read(raw) {
            Ok(Readable::Html(page)) => page,
            Ok(Readable::Text(text)) => return Ok(Signature::new().count(text.len())),
            Err(refused) => return Ok(Signature::new().name(&refused.to_string())),
        };
        check_page(&page)
    }

    fn dictionary(&self) -> &'static [&'static [u8]] {
        &[
            b"<a href=\"",
            b"<a href=/x>",
            b"</a>",
            b"<area href=y alt=z>",
            b"<base href=\"//b.example/c/\">",
            b"<iframe src=w>",
            b"<link rel=canonical href=/k>",
            b"<link rel=alternate hreflang=ru href=/ru>",
            b"<meta http-equiv=refresh content=\"1;url='/r'\">",
            b"<meta name=robots content=nofollow>",
            b" rel=nofollow",
            b"<b>",
            b"<i>",
            b"<font>",
            b"</p>",
            b"<p>",
            b"<div>",
            b"</div>",
            b"<table>",
            b"<tr>",
            b"<td>",
            b"<select>",
            b"<option>",
            b"<svg>",
            b"<math>",
            b"<foreignObject>",
            b"<template>",
            b"</template>",
            b"<script>",
            b"</script>",
            b"<!--",
            b"-->",
            b"<style>",
            b"</style>",
            b"<title>",
            b"<textarea>",
            b"<plaintext>",
            b"<noscript>",
            b"<frameset>",
            b"<![CDATA[",
            b"]]>",
            b"<!doctype html>",
            b"<?x",
            b"\0",
            b"&amp;",
            b"&#x0;",
            b"&notit;",
            b"link: </h>; rel=next\n\n",
            b"https://a.example:443/",
            b"http://a.example.:80//x",
            b"http://1.2.3/",
            b"http://0x7f.1/",
            b"http://[::1]:8080/",
            b"http://\xc3\xa9.example/",
            b"//user:pw@b.example",
            b"/%41%zz%2e%2E/",
            b"%25%34%31",
            b";jsessionid=1",
            b"?utm_source=a&b",
            b"&&",
            b"?",
            b"#",
            b"/../",
            b"/./",
            b"//",
            b"\\",
            b"\xe3\x80\x82",
            b"javascript:",
            b"mailto:a@b",
            b"data:,x",
            b" a=1",
            b" a",
            b"=",
            b"\"",
            b"'",
            b">",
            b"/>",
        ]
    }

    fn generate(&mut self, rng: &mut Rng) -> Option<Vec<u8>> {
        if rng.once_in(3) {
            return Some(address(rng));
        }
        let names = [
            "div", "p", "a", "b", "table", "td", "svg", "ul", "li", "select", "font", "template",
        ];
        let mut text = String::new();
        let mut open = Vec::new();
        for _ in 0..rng.below(60) {
            match rng.below(4) {
                0 => text.push_str(
                    &open
                        .pop()
                        .map_or(String::new(), |name| format!("</{name}>")),
                ),
                1 => text.push_str("<a href='x/../y?z#w'>t</a>"),
                _ => {
                    let name = names[rng.below(names.len())];
                    open.push(name);
                    text.push_str(&format!("<{name} a=b>"));
                }
            }
        }
        Some(text.into_bytes())
    }

    fn max_len(&self) -> usize {
        3000
    }
}

/// Makes an address of parts that canonical form changes.
fn address(rng: &mut Rng) -> Vec<u8> {
    let parts = [
        "/",
        "//",
        "a",
        "%",
        "%4",
        "1",
        "%2F",
        "%2e",
        ".",
        "..",
        ";jsessionid=",
        "?",
        "&",
        "=",
        "utm_x",
        "phpsessid",
        "#",
        "\\",
        ":",
        "@",
        "é",
        "|",
        "^",
        "%c3%a9",
    ];
    let mut text = rng
        .pick(&["http://a.example", "https://a.example.", "http:", "/", ""])
        .to_owned();
    for _ in 0..rng.below(12) {
        text.push_str(rng.pick(&parts));
    }
    text.into_bytes()
}

fn check_page(page: &Page) -> Result<Signature, String> {
    let nodes = page.html.tree.values().len();
    ensure(nodes <= MAX_NODES, "too many nodes", || nodes.to_string())?;
    let links = page.links(MAX_LINKS);
    links_are_sound(page, &links)?;
    let few: Vec<_> = page.links(3).into_iter().map(|l| l.url).collect();
    let front: Vec<_> = links.iter().take(3).map(|l| l.url.clone()).collect();
    ensure(few == front, "no front", || format!("{few:?} {front:?}"))?;
    let directives = page.directives("thresh");
    Ok(Signature::new()
        .count(nodes)
        .count(links.len())
        .count(links.iter().filter(|l| l.nofollow).count())
        .count(
            links
                .iter()
                .map(|l| l.kind.clone())
                .collect::<HashSet<_>>()
                .len(),
        )
        .flag(directives.nofollow)
        .flag(page.declared_language().is_some())
        .flag(
            page.base.as_ref().map(|b| b.host_str())
                == page.url.as_ref().map(|u| u.as_url().host_str()),
        )
        .name(&format!("{:?}", page.cut))
        .count(page.elements().count()))
}

fn links_are_sound(page: &Page, links: &[Link]) -> Result<(), String> {
    ensure(links.len() <= MAX_LINKS, "too many links", || {
        links.len().to_string()
    })?;
    let different: HashSet<_> = links.iter().map(|l| &l.url).collect();
    ensure(different.len() == links.len(), "repeated links", || {
        format!("{links:?}")
    })?;
    for link in links {
        is_canonical(&link.url)?;
        ensure(link.text.chars().count() <= 200, "long text", || {
            link.text.clone()
        })?;
        let again = page.resolve(link.url.as_str());
        ensure(again.as_ref() == Some(&link.url), "resolve", || {
            link.url.to_string()
        })?;
    }
    Ok(())
}

/// The canonical form of a canonical address is that address, however it is read.
fn is_canonical(url: &CanonicalUrl) -> Result<(), String> {
    let again = url.as_str().parse::<CanonicalUrl>();
    ensure(again.as_ref() == Ok(url), "canonical", || {
        format!("{url} {again:?}")
    })?;
    let joined = url.join(url.as_str());
    ensure(joined.as_ref() == Ok(url), "join", || {
        format!("{url} {joined:?}")
    })?;
    let path = url.join(url.path_and_query());
    ensure(path.as_ref() == Ok(url), "join of its path", || {
        format!("{url} {path:?}")
    })?;
    let is_web = matches!(url.as_url().scheme(), "http" | "https") && url.as_url().has_host();
    let has_user = !url.as_url().username().is_empty() || url.as_url().password().is_some();
    let is_bare = url.as_url().fragment().is_none() && !has_user;
    ensure(is_web && is_bare, "no bare web address", || url.to_string())?;
    let origin = url.origin();
    ensure(
        origin.at(url.path_and_query()).as_ref() == Some(url),
        "origin",
        || url.to_string(),
    )
}

fn words_are_canonical_once(body: &[u8], base: &CanonicalUrl) -> Result<(), String> {
    let text = String::from_utf8_lossy(&body[..body.len().min(4096)]);
    let apart = |c: char| c.is_whitespace() || matches!(c, '"' | '\'' | '<' | '>');
    for word in text.split(apart).filter(|w| !w.is_empty()).take(MAX_WORDS) {
        for url in [word.parse::<CanonicalUrl>(), base.join(word)]
            .into_iter()
            .flatten()
        {
            is_canonical(&url)?;
        }
    }
    Ok(())
}
