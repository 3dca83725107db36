//! Whole pages to text and metadata: headers, an empty line, and the body.

use thresh_config::Config;
use thresh_pipeline::{ExtractInput, Extracted, Extractor};
use thresh_types::CanonicalUrl;

use super::{Target, ensure, head_and_body};
use crate::rng::Rng;
use crate::signature::Signature;

pub(crate) struct Extract {
    extractor: Extractor,
    url: CanonicalUrl,
}

impl Extract {
    pub(crate) fn new() -> Self {
        Self {
            extractor: Extractor::new(&Config::embedded()).expect("the shipped packs compile"),
            url: "https://a.example/2020/01/page".parse().expect("a literal"),
        }
    }

    fn of(&self, input: &ExtractInput) -> Option<Extracted> {
        self.extractor.extract(input, Some(&self.url)).ok()
    }
}

impl Target for Extract {
    fn run(&mut self, input: &[u8]) -> Result<Signature, String> {
        let (headers, body) = head_and_body(input);
        let content_type = headers
            .iter()
            .find(|(name, _)| name.eq_ignore_ascii_case("content-type"));
        let input = ExtractInput::Body {
            bytes: body.to_vec(),
            content_type: content_type.map(|(_, value)| value.clone()),
        };
        let Some(page) = self.of(&input) else {
            return Ok(Signature::new().name("unreadable"));
        };
        ensure(
            self.of(&input).as_ref() == Some(&page),
            "another answer",
            || page.text.clone(),
        )?;
        is_sound(&page)?;
        // What came out as text is taken as text.
        let text = self.of(&ExtractInput::Text(page.text.clone()));
        ensure(text.is_some(), "own text refused", || page.text.clone())?;
        Ok(signature(&page))
    }

    fn dictionary(&self) -> &'static [&'static [u8]] {
        &[
            b"<p>A sentence of some words stands here, and it ends.</p>",
            b"<h1>A title</h1>",
            b"<title>A title | A site</title>",
            b"<html lang=ru>",
            b"<article>",
            b"</article>",
            b"<main>",
            b"<nav class=menu>",
            b"<footer>",
            b"<div class=\"sidebar widget\">",
            b"</div>",
            b"<ul><li>",
            b"<a href=/x>link</a>",
            b"<table><tr><td>",
            b"</table>",
            b"<pre>",
            b"<code>",
            b"<blockquote>",
            b"<dl><dt>",
            b"<dd>",
            b"<br><br>",
            b"<noscript>",
            b"<select><option>",
            b"<time datetime=2020-01-01>",
            b"<span class=byline>By Ana Maric</span>",
            b"<meta property=og:title content=\"A title\">",
            b"<meta name=date content=\"1 January 2020\">",
            b"<meta name=author content=x>",
            b"<link rel=canonical href=/k>",
            b"<script type=application/ld+json>",
            b"{\"@type\":\"Article\",\"headline\":\"A title\",\"datePublished\":\"2020-01-01\",\"author\":{\"name\":\"B\"}}",
            b"{\"@graph\":[",
            b"</script>",
            b"Posted on 1 January 2020",
            b"London, 20 February 2018 \xe2\x80\x93 ",
            b"A Handbook - An Office, 2019 DOWNLOAD",
            b"\xe2\x80\x9cAct,\xe2\x80\x9d said Ana Maric, the envoy.",
            b"PC.DEC/557/Rev.1",
            b"Recent Posts",
            b"nav_menu_item",
            b"Page not found",
            b"We use cookies",
            b"Read More",
            b"pro- tect",
            b"\xd0\xbf\xd1\x80\xd0\xb8\xd0\xb2\xd0\xb5\xd1\x82 ",
            b"\xe4\xba\xba\xe8\xba\xab",
            b"\xc2\xad",
            b"\xe2\x80\x8e",
            b"&nbsp;",
            b"&#x202e;",
            b"<!--",
            b"-->",
            b"<template>",
            b"<svg><title>",
            b"hidden",
            b"content-type: text/plain\n\n",
            b"content-type: text/html; charset=windows-1251\n\n",
            b"\0",
            b"\xff",
        ]
    }

    fn generate(&mut self, rng: &mut Rng) -> Option<Vec<u8>> {
        let words = self.dictionary();
        let mut page = Vec::new();
        for _ in 0..rng.below(40) {
            page.extend_from_slice(words[rng.below(words.len())]);
        }
        Some(page)
    }

    fn max_len(&self) -> usize {
        4000
    }

    fn short_pass(&self) -> usize {
        150
    }

    fn patience(&self) -> std::time::Duration {
        // The first page of a process pays for patterns that are compiled when they are first asked for.
        std::time::Duration::from_millis(800)
    }
}

fn is_sound(page: &Extracted) -> Result<(), String> {
    let text = &page.text;
    ensure(
        text.is_empty() || text.ends_with('\n'),
        "no line end",
        || text.clone(),
    )?;
    let written = serde_json::to_string(page).map_err(|error| format!("not written: {error}"))?;
    ensure(!written.contains('\n'), "several lines", || written.clone())?;
    for removed in &page.removed {
        ensure(!removed.rule.as_str().is_empty(), "no rule", || {
            format!("{removed:?}")
        })?;
    }
    let language = page.language.as_deref().unwrap_or("en");
    ensure(
        language
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b == b'-'),
        "no language",
        || language.to_owned(),
    )
}

fn signature(page: &Extracted) -> Signature {
    Signature::new()
        .count(page.text.len())
        .count(page.removed.len())
        .count(page.warnings.len())
        .flag(page.title.is_some())
        .flag(page.author.is_some())
        .flag(page.date.is_some())
        .flag(page.modified.is_some())
        .name(page.language.as_deref().unwrap_or(""))
        .name(page.doc_type.as_deref().unwrap_or(""))
        .name(page.page_type.as_deref().unwrap_or(""))
}
