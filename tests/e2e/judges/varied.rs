//! Pages of many kinds, and what each of them is once it is decoded.

use thresh_testkit::{Coding, Reply, Site};

/// How many kinds there are.
const KINDS: usize = 9;

/// How page `n` is sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Plain,
    Gzip,
    Brotli,
    Chunked,
    Latin,
    Binary,
    PackedBinary,
    Text,
    Redirect,
}

impl Kind {
    pub(crate) const fn of(n: usize) -> Self {
        match n % KINDS {
            0 => Self::Plain,
            1 => Self::Gzip,
            2 => Self::Brotli,
            3 => Self::Chunked,
            4 => Self::Latin,
            5 => Self::Binary,
            6 => Self::PackedBinary,
            7 => Self::Text,
            _ => Self::Redirect,
        }
    }
}

/// The path of page `n`.
pub(crate) fn path(n: usize) -> String {
    if n == 0 {
        "/".to_owned()
    } else {
        format!("/v/{n}")
    }
}

/// The body of page `n` of `count`, decoded; the tree of links reaches every page.
pub(crate) fn body(n: usize, count: usize) -> Vec<u8> {
    let links: String = (n * 3 + 1..=n * 3 + 3)
        .chain(leaves_above(n, count))
        .filter(|target| *target < count)
        .map(|target| format!("<a href=\"{}\">on</a>\r\n", path(target)))
        .collect();
    let words = format!("Page {n}: gr\u{fc}n, \u{df} and more of it. ").repeat(30 + n % 50);
    let markup = format!("<!doctype html>\n<title>{n}</title>\n<p>{words}</p>\n{links}");
    match Kind::of(n) {
        Kind::Latin => markup.chars().map(|c| c as u8).collect(),
        Kind::Binary | Kind::PackedBinary => noise(n),
        Kind::Text => words.into_bytes(),
        Kind::Redirect => b"<p>elsewhere".to_vec(),
        _ => markup.into_bytes(),
    }
}

/// The front page alone links to what hangs below pages whose links not every program can read:
/// some undo no content coding.
fn leaves_above(n: usize, count: usize) -> impl Iterator<Item = usize> {
    let readable = |n: usize| matches!(Kind::of(n), Kind::Plain | Kind::Chunked | Kind::Latin);
    (1..count).filter(move |target| n == 0 && !readable((target - 1) / 3))
}

/// Bytes like those of a PDF: every value, no order, and line ends of all sorts.
fn noise(n: usize) -> Vec<u8> {
    let mut state = u32::try_from(n).expect("few pages") | 1;
    let tail = (0..4096).map(move |_| {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        state.to_be_bytes()[0]
    });
    b"%PDF-1.4\r\n\r\n\x00\r\n\r\nWARC/1.1\r\n"
        .iter()
        .copied()
        .chain(tail)
        .collect()
}

/// Page `n` of `count` as it is sent.
pub(crate) fn reply(n: usize, count: usize) -> Reply {
    let body = body(n, count);
    let html = Reply::html(body.clone());
    let binary = Reply::status(200)
        .header("Content-Type", "application/pdf")
        .body(body.clone());
    match Kind::of(n) {
        Kind::Plain => html,
        Kind::Gzip => html.gzip(),
        Kind::Brotli => html.packed(&[Coding::Brotli]),
        Kind::Chunked => {
            let pieces: Vec<&[u8]> = body.chunks(701).collect();
            Reply::chunked(&pieces, b"0\r\n\r\n")
        }
        Kind::Latin => Reply::status(200)
            .header("Content-Type", "text/html; charset=ISO-8859-1")
            .body(body),
        Kind::Binary => binary,
        Kind::PackedBinary => binary.gzip(),
        Kind::Text => Reply::text(body),
        Kind::Redirect => Reply::redirect(301, &path(n - 1)).body(body),
    }
}

/// Lays `count` pages.
pub(crate) fn lay(site: &mut Site, count: usize) {
    for n in 0..count {
        site.on(&path(n), reply(n, count));
    }
}
