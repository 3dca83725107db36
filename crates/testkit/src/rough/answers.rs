//! The table of answers.

use std::sync::Arc;
use std::time::Duration;

use super::{Scale, attributes, links, long_text, nested};
use crate::{Act, Coding, Reply};

const HTML: &str = "Content-Type: text/html; charset=utf-8\r\n";
const OK: &[u8] = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n";

/// An answer with a name.
#[derive(Debug, Clone)]
pub struct Rough {
    /// What is bad about it, in a form that can be part of a path.
    pub name: String,
    /// The answer.
    pub reply: Reply,
    /// Whether all of its body can come home whole within usual limits, so that no judge may take
    /// "whole" for a fault: a page of HTML that is merely strange.
    pub may_be_whole: bool,
}

fn broken(name: &str, reply: Reply) -> Rough {
    Rough {
        name: name.to_owned(),
        reply,
        may_be_whole: false,
    }
}

fn strange(name: &str, reply: Reply) -> Rough {
    Rough {
        may_be_whole: true,
        ..broken(name, reply)
    }
}

/// Returns every kind of bad answer that needs no other address.
pub fn answers(scale: Scale) -> Vec<Rough> {
    let mut all = bombs(scale);
    all.extend(endless());
    all.extend(cut_short());
    all.extend(no_http());
    all.extend(heads());
    all.extend(codings());
    all.extend(markup(scale));
    all
}

fn coded(name: &str, body: Vec<u8>) -> Reply {
    let body: Arc<[u8]> = body.into();
    Reply::shared(&format!("{HTML}Content-Encoding: {name}\r\n"), &body)
}

fn bombs(scale: Scale) -> Vec<Rough> {
    let start = b"<title>Bomb</title><p>It begins like any page.";
    let mut all: Vec<Rough> = Coding::ALL
        .iter()
        .map(|coding| {
            let name = format!("bomb-{coding:?}").to_lowercase();
            broken(&name, coded(coding.name(), coding.bomb(start, scale.bomb)))
        })
        .collect();
    for outer in [Coding::Gzip, Coding::Brotli, Coding::Zstd] {
        let inner = Coding::Gzip.bomb(start, scale.bomb);
        let name = format!("bomb-in-{outer:?}").to_lowercase();
        let both = format!("gzip, {}", outer.name());
        all.push(broken(&name, coded(&both, outer.pack(&inner))));
    }
    all
}

fn endless() -> Vec<Rough> {
    let chunk = [b"1000\r\n".as_slice(), &[b'x'; 0x1000], b"\r\n"].concat();
    let head = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nTransfer-Encoding: chunked\r\n\r\n";
    let tiny = Duration::from_millis(20);
    vec![
        broken("endless", Reply::endless("text/html", "<p>and so on</p>\n")),
        broken(
            "endless-chunks",
            Reply::script([Act::Send(head.to_vec()), Act::Forever(chunk)]),
        ),
        broken(
            "endless-link-farm",
            Reply::endless("text/html", "<a href=/more/of/this>more</a>\n"),
        ),
        broken("drip", Reply::drip_forever("<p>drop</p>", tiny)),
        broken(
            "drip-head",
            Reply::script([
                Act::Send(b"HTTP/1.1 200 OK\r\n".to_vec()),
                Act::Drip(b"X-More: and more\r\n".to_vec(), tiny),
            ]),
        ),
        broken("hang", Reply::hang()),
        broken(
            "hang-after-head",
            Reply::script([Act::Send(OK.to_vec()), Act::Hang]),
        ),
        broken(
            "endless-head",
            Reply::script([
                Act::Send(b"HTTP/1.1 200 OK\r\nX-More: ".to_vec()),
                Act::Forever(vec![b'x'; 4096]),
            ]),
        ),
        broken(
            "endless-interim",
            Reply::script([Act::Forever(b"HTTP/1.1 103 Early Hints\r\n\r\n".repeat(16))]),
        ),
    ]
}

fn cut_short() -> Vec<Rough> {
    let page = b"<title>Cut</title><p>This page was longer once.";
    let mut cut_gzip = Coding::Gzip.pack(long_text(200_000).as_bytes());
    cut_gzip.truncate(cut_gzip.len() / 2);
    vec![
        broken("short-length", Reply::short(page, 50_000)),
        broken("chunks-cut", Reply::chunked(&[page], b"")),
        broken("chunk-size-bad", Reply::chunked(&[page], b"zz\r\n<p>more")),
        broken(
            "chunk-size-huge",
            Reply::chunked(&[page], b"ffffffffffffffff\r\n<p>more"),
        ),
        broken(
            "reset-within",
            Reply::script([
                Act::Send(b"HTTP/1.1 200 OK\r\nContent-Length: 5000\r\n\r\n<p>".to_vec()),
                Act::Pause(Duration::from_millis(20)),
                Act::Reset,
            ]),
        ),
        broken("coding-cut", coded("gzip", cut_gzip)),
    ]
}

fn no_http() -> Vec<Rough> {
    let raw = |name, bytes: &[u8]| broken(name, Reply::raw(bytes));
    vec![
        broken("reset", Reply::reset()),
        broken("closed", Reply::script([Act::Close])),
        broken("garbage", Reply::garbage()),
        raw("http-09", b"<p>no head at all"),
        raw("no-status", b"HTTP/1.1\r\n\r\n<p>x"),
        raw("status-bad", b"HTTP/1.1 2x0 OK\r\n\r\n<p>x"),
        raw("half-head", b"HTTP/1.1 200 OK\r\nContent-Type: te"),
        raw(
            "lengths-differ",
            b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\nContent-Length: 30\r\n\r\n<p>x",
        ),
        raw(
            "length-negative",
            b"HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n<p>x",
        ),
        raw(
            "length-overflows",
            b"HTTP/1.1 200 OK\r\nContent-Length: 18446744073709551616\r\n\r\n<p>x",
        ),
        raw(
            "switching",
            b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\nx",
        ),
        broken("unasked-304", Reply::status(304)),
    ]
}

fn heads() -> Vec<Rough> {
    vec![
        broken("head-of-megabytes", Reply::huge_head(1, 5_000_000)),
        broken("head-of-thousands", Reply::huge_head(20_000, 10)),
        strange(
            "head-of-odd-bytes",
            Reply::html("<p>odd").header("X-Odd", "\u{1}\u{7f}\u{ff}"),
        ),
    ]
}

fn codings() -> Vec<Rough> {
    let page = Reply::html("<title>Packed</title><p>packed");
    let many: Vec<Coding> = vec![Coding::Gzip; 12];
    vec![
        broken("stacked-codings", page.clone().packed(&many)),
        broken(
            "coding-unknown",
            page.clone().header("Content-Encoding", "x-secret"),
        ),
        broken(
            "coding-named-often",
            page.header("Content-Encoding", &"gzip, ".repeat(500)),
        ),
        broken(
            "coding-noise",
            coded(
                "gzip",
                [b"\x1f\x8b\x08\0".as_slice(), &[0xa5; 4000]].concat(),
            ),
        ),
    ]
}

fn markup(scale: Scale) -> Vec<Rough> {
    let page = |text: String| Reply::shared(HTML, &text.into_bytes().into());
    let url = format!("/{}", "u".repeat(scale.url));
    vec![
        strange("many-links", page(links("/many/", scale.links))),
        strange("nested", page(nested(scale.depth, "<p>inside"))),
        strange("attributes", page(attributes(scale.attributes, "<p>x"))),
        strange("long-text", page(long_text(scale.text))),
        strange("long-link", page(format!("<a href=\"{url}\">long</a>"))),
        strange(
            "never-closed",
            page("<b><i><a href=x><table><select><!--".repeat(2_000)),
        ),
        strange("noise", Reply::html([0xff, 0x00, 0xc3, 0x28].repeat(5_000))),
        strange("entities", page("&#x110000;&bogus;&amp".repeat(20_000))),
    ]
}

/// Returns redirects that lead nowhere good: without a target, to other schemes, in circles, without
/// end, and to each of `forbidden`. `path` is where each will stand, without a number.
pub fn redirects(path: &str, forbidden: &[String]) -> Vec<Rough> {
    let to = |name: &str, target: &str| broken(name, Reply::redirect(302, target));
    let mut all = vec![
        broken("redirect-nowhere", Reply::status(302)),
        to("redirect-empty", ""),
        to("redirect-unreadable", "http://[::bad"),
        to("redirect-ftp", "ftp://127.0.0.1/x"),
        to("redirect-file", "file:///etc/hostname"),
        to("redirect-script", "javascript:alert(1)"),
        to("redirect-data", "data:text/html,<p>x"),
        to("redirect-gopher", "gopher://127.0.0.1:70/x"),
        to("redirect-to-itself", &format!("{path}redirect-to-itself")),
        to("redirect-loop-a", &format!("{path}redirect-loop-b")),
        to("redirect-loop-b", &format!("{path}redirect-loop-a")),
        to("redirect-long", &format!("/{}", "u".repeat(100_000))),
    ];
    all.extend(forbidden.iter().enumerate().map(|(number, target)| {
        to(
            &format!("redirect-forbidden-{number}"),
            &format!("{target}/canary"),
        )
    }));
    all
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn names_are_unique_and_fit_into_paths() {
        let mut all = answers(Scale {
            bomb: 1 << 20,
            ..Scale::QUICK
        });
        all.extend(redirects("/bad/", &["http://127.0.0.1:1".to_owned()]));
        let names: BTreeSet<&str> = all.iter().map(|rough| rough.name.as_str()).collect();
        assert_eq!(names.len(), all.len());
        let fits = |name: &&str| name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
        assert!(names.iter().all(fits), "{names:?}");
    }
}
