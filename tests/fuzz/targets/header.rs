//! Response heads: the input is the head, an empty line, and perhaps markup.

use std::collections::BTreeSet;

use thresh_page::{Directives, MediaKind, Page, Raw, Readable};
use thresh_types::{CanonicalUrl, HttpHead};

use super::{Target, ensure};
use crate::rng::Rng;
use crate::signature::Signature;

const TOKEN: &str = "thresh";

type Headers = Vec<(String, String)>;

pub(crate) struct Header;

impl Target for Header {
    fn run(&mut self, input: &[u8]) -> Result<Signature, String> {
        let cut = input.windows(4).position(|four| four == b"\r\n\r\n");
        let (head, body) = input.split_at(cut.unwrap_or(input.len()));
        let head = HttpHead(head.to_vec());
        let headers: Headers = head.headers().collect();
        first_is_of_all(&head, &headers)?;
        let directives = Directives::of_headers(&headers, TOKEN);
        directives_are_bounded(&directives)?;
        case_means_nothing(&headers, &directives)?;
        strict_rules_win(&headers, &directives)?;
        let content_type = head.header("content-type");
        let (kind, media_type) = MediaKind::of(content_type.as_deref(), None, body);
        ensure(!media_type.is_empty(), "no media type", || {
            format!("{kind:?}")
        })?;
        let links = links(&headers, body)?;
        Ok(Signature::new()
            .count(headers.len())
            .flag(directives.noindex)
            .flag(directives.nofollow)
            .flag(directives.noarchive)
            .flag(directives.noai)
            .flag(directives.tdm_reservation)
            .count(directives.seen.len())
            .name(kind.media_type())
            .flag(media_type == kind.media_type())
            .count(links))
    }

    fn dictionary(&self) -> &'static [&'static [u8]] {
        &[
            b"\r\n",
            b"\r\n\r\n",
            b"\n",
            b": ",
            b",",
            b";",
            b"\"",
            b"X-Robots-Tag: ",
            b"noindex",
            b"nofollow",
            b"none",
            b"noarchive",
            b"noai",
            b"thresh: noindex",
            b"otherbot: none",
            b"*: nofollow",
            b"unavailable_after: 1 Jan 2027 00:00:00 GMT",
            b"max-snippet:-1",
            b"TDM-Reservation: 1",
            b"Content-Type: text/html; charset=\"utf-8\"",
            b"Content-Type: application/pdf",
            b"charset=",
            b"Link: </c>; rel=\"canonical\"",
            b"<https://b.example/x>; rel=alternate; hreflang=ru",
            b"; rel=\"next prev\"",
            b"; type=\"application/rss+xml\"",
            b"title=\"a, <b>; c\"",
            b"Retry-After: 120",
            b"Set-Cookie: a=b; Path=/; Domain=.example",
            b"Refresh: 0; url=/y",
            b"<meta name=robots content='noindex, nofollow'>",
            b"<meta http-equiv=refresh content='0; url=\"/z\"'>",
            b"<meta name=thresh content=none>",
            b"<meta name=tdm-reservation content=1>",
            b"<link rel=canonical href='/k'>",
            b"<base href='//c.example/'>",
            b"%PDF-1.7",
            b"\xff",
            b"\xe2\x80\xa8",
        ]
    }

    fn generate(&mut self, rng: &mut Rng) -> Option<Vec<u8>> {
        let mut head = b"HTTP/1.1 200 OK\r\n".to_vec();
        for _ in 0..rng.below(6) {
            head.extend_from_slice(rng.pick(&[
                b"X-Robots-Tag: ",
                b"Link: " as &[u8],
                b"Content-Type: ",
                b"x-robots-tag: thresh:",
            ]));
            for _ in 0..=rng.below(3) {
                head.extend_from_slice(rng.pick(self.dictionary()));
                head.extend_from_slice(rng.pick(&[b", " as &[u8], b"; ", b" ", b""]));
            }
            head.extend_from_slice(b"\r\n");
        }
        head.extend_from_slice(b"\r\n<p>body");
        Some(head)
    }
}

fn first_is_of_all(head: &HttpHead, headers: &Headers) -> Result<(), String> {
    // Each look-up goes through the whole head, so looking up all would take quadratic time.
    for (name, _) in headers.iter().take(8) {
        let all = head.header_all(name);
        ensure(
            head.header(name) == all.first().cloned(),
            "first value",
            || name.clone(),
        )?;
        let lost = headers
            .iter()
            .filter(|(n, _)| n.eq_ignore_ascii_case(name))
            .count();
        ensure(lost == all.len(), "all values", || name.clone())?;
    }
    Ok(())
}

fn directives_are_bounded(directives: &Directives) -> Result<(), String> {
    let longest = directives.seen.iter().map(|s| s.chars().count()).max();
    let different: BTreeSet<_> = directives.seen.iter().collect();
    ensure(
        directives.seen.len() <= 64
            && longest.unwrap_or(0) <= 200
            && different.len() == directives.seen.len(),
        "seen",
        || format!("{:?}", directives.seen),
    )
}

fn said(directives: &Directives) -> [bool; 5] {
    [
        directives.noindex,
        directives.nofollow,
        directives.noarchive,
        directives.noai,
        directives.tdm_reservation,
    ]
}

fn case_means_nothing(headers: &Headers, directives: &Directives) -> Result<(), String> {
    let upper: Headers = headers
        .iter()
        .map(|(name, value)| (name.to_ascii_uppercase(), value.to_ascii_uppercase()))
        .collect();
    let other = Directives::of_headers(&upper, TOKEN);
    ensure(said(&other) == said(directives), "case", || {
        format!("{directives:?} {other:?}")
    })
}

/// Whatever stands beside it, a rule for everybody holds, and one for another crawler does not.
fn strict_rules_win(headers: &Headers, directives: &Directives) -> Result<(), String> {
    let with = |value: &str| {
        let mut more = headers.clone();
        more.push(("X-Robots-Tag".to_owned(), value.to_owned()));
        said(&Directives::of_headers(&more, TOKEN))
    };
    let [noindex, nofollow, ..] = with("none");
    ensure(noindex && nofollow, "none", || format!("{headers:?}"))?;
    let ours = with("thresh: noarchive, otherbot: noai");
    ensure(ours[2], "our token", || format!("{headers:?}"))?;
    ensure(ours[3] == directives.noai, "another crawler", || {
        format!("{headers:?}")
    })
}

/// Reads the page behind the head and returns how many links it has.
fn links(headers: &Headers, body: &[u8]) -> Result<usize, String> {
    let url: CanonicalUrl = "https://a.example/d/page".parse().expect("a literal");
    let raw = Raw {
        url: Some(&url),
        headers,
        content_type: Some("text/html"),
        body,
    };
    let Ok(Readable::Html(page)) = thresh_page::read(raw) else {
        return Ok(0);
    };
    let links = page.links(100);
    ensure(links.len() <= 100, "too many links", || {
        links.len().to_string()
    })?;
    let of_page = page.directives(TOKEN);
    directives_are_bounded(&of_page)?;
    let of_headers = Directives::of_headers(headers, TOKEN);
    // But for the reservation, where markup has the last word.
    let both = said(&of_headers).into_iter().zip(said(&of_page));
    let kept = both.take(4).all(|(headers, page)| !headers || page);
    ensure(kept, "headers count", || {
        format!("{of_headers:?} {of_page:?}")
    })?;
    let plain = Page::parse("", Some(url));
    ensure(plain.links(9).is_empty(), "links of nothing", String::new)?;
    Ok(links.len())
}
