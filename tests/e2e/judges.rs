//! Independent programs judge our WARC files. `just judges` installs them.

mod foreign;
mod programs;
mod replay;
mod varied;

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use thresh_testkit::{Coding, Reply, Server, gzip_members};

use crate::kill::sound;
use crate::support::Desk;
pub(crate) use programs::say;
use programs::{Said, ask, judge};

/// The validators and how each is asked for the strictest judgement that it has.
const VALIDATORS: [(&str, &[&str]); 5] = [
    ("warcio", &["check", "-v"]),
    ("fastwarc", &["check", "-p"]),
    ("python", &["-m", "warcat", "verify"]),
    ("warcvalid", &[]),
    ("cdxj-indexer", &[]),
];

/// The WARC files of a desk, in their order.
pub(crate) fn warcs(desk: &Desk) -> Vec<PathBuf> {
    let folder = desk.path("corpus/captures/warc");
    let mut files: Vec<PathBuf> = fs::read_dir(folder)
        .unwrap()
        .flatten()
        .map(|entry| entry.path())
        .filter(|path| path.to_string_lossy().contains(".warc"))
        .collect();
    files.sort();
    files
}

/// Asserts that every validator accepts every WARC file of the desk.
#[track_caller]
pub(crate) fn accepted(desk: &Desk) {
    let files = warcs(desk);
    assert!(!files.is_empty(), "there is nothing to judge");
    for (name, args) in VALIDATORS {
        let Some(program) = judge(name) else { continue };
        for file in &files {
            let said = judgement(name, &program, args, &seen_by(name, desk, file));
            let (shown, told) = (file.display(), &said.told);
            assert!(
                said.content,
                "{name} on {shown}:\n{told}\n{}",
                named(file, told)
            );
        }
    }
}

/// The heads of the records whose ids `told` names, so that a complaint can be understood.
fn named(file: &Path, told: &str) -> String {
    let members = gzip_members(&fs::read(file).unwrap()).unwrap();
    let heads = members.iter().filter_map(|member| {
        let text = String::from_utf8_lossy(member);
        let id = text.split_once("WARC-Record-ID: ")?.1.lines().next()?;
        told.contains(id)
            .then(|| text.chars().take(1500).collect::<String>())
    });
    heads.take(3).collect()
}

/// Asks one validator about one file.
fn judgement(name: &str, program: &Path, args: &[&str], file: &Path) -> Said {
    let mut all: Vec<String> = args.iter().map(|&arg| arg.to_owned()).collect();
    all.push(file.to_string_lossy().into_owned());
    let mut said = ask(program, Path::new("."), &all);
    // What they say counts as well: not each of them says it with its exit code.
    let told = said.told.to_lowercase();
    let complaint = ["digest failed", "exception", "traceback", "error"]
        .iter()
        .any(|word| told.contains(word));
    // The indexer prints addresses, which may hold any word.
    said.content &= name == "cdxj-indexer" || !complaint;
    said
}

/// The file as `name` is to see it: two things that our files must say are more than some judges know.
/// Those judge a copy from which nothing but these is missing.
///
/// - warctools knows versions up to 1.0 only (`KNOWN_VERSIONS` of its parser) and fails on any other.
/// - ISO 28500 §6.7.2 wants a revisit of an identical payload to have the digest of the payload that it
///   leaves out. `FastWARC` and warcat check it against the empty rest of the block.
fn seen_by(name: &str, desk: &Desk, file: &Path) -> PathBuf {
    let change: fn(&str) -> String = match name {
        "warcvalid" => |head| head.replacen("WARC/1.1\r\n", "WARC/1.0\r\n", 1),
        "fastwarc" | "python" => without_digest_of_absent,
        _ => return file.to_owned(),
    };
    let copy = gzip_members(&fs::read(file).unwrap())
        .unwrap()
        .iter()
        .flat_map(|member| {
            let end = member
                .windows(4)
                .position(|four| four == b"\r\n\r\n")
                .unwrap();
            let head = change(std::str::from_utf8(&member[..end]).unwrap());
            Coding::Gzip.pack(&[head.as_bytes(), &member[end..]].concat())
        })
        .collect::<Vec<u8>>();
    let copied = file.file_name().unwrap().to_string_lossy();
    desk.write(&format!("judged/{name}/{copied}"), copy)
}

/// The head of a record without the payload digest, where that is of a payload which is elsewhere.
fn without_digest_of_absent(head: &str) -> String {
    if !head.contains("/revisit/identical-payload-digest") {
        return head.to_owned();
    }
    let lines = head
        .split("\r\n")
        .filter(|line| !line.starts_with("WARC-Payload-Digest:"));
    lines.collect::<Vec<_>>().join("\r\n")
}

/// A site whose captures need every kind of record.
fn server() -> Server {
    Server::start(|site| {
        site.on("/robots.txt", Reply::text("User-agent: *\nDisallow: /no\n"));
        let names = [
            "kept",
            "same",
            "packed",
            "brotli",
            "old",
            "none",
            "no/entry",
            "cut",
            "short",
            "chunked",
            "twin-1",
            "twin-2",
            "empty",
            "binary",
            "nothing",
            "changed",
            "latin",
            "broken-packing",
        ];
        let links: String = names
            .iter()
            .map(|name| format!("<a href=/{name}>{name}</a> "))
            .collect();
        site.on("/", Reply::html(links).header("ETag", "\"1\""));
        site.on_fn("/kept", |seen| {
            let known = seen.header("if-none-match").is_some();
            let reply = if known {
                Reply::status(304)
            } else {
                Reply::html("<p>kept as it is")
            };
            reply
                .header("ETag", "\"kept\"")
                .header("Last-Modified", "Sun, 06 Nov 1994 08:49:37 GMT")
        });
        let long = "<p>\u{e4} \u{f6} \u{fc}, a text that is long enough to be referred to.</p>";
        site.on("/same", Reply::html(long.repeat(40)));
        site.on("/packed", Reply::html(long.repeat(60)).gzip());
        site.on(
            "/brotli",
            Reply::html(long.repeat(70)).packed(&[Coding::Brotli]),
        );
        site.on("/old", Reply::redirect(301, "/same"));
        site.on(
            "/cut",
            Reply::html("a line that goes on and on\n".repeat(9000)),
        );
        site.on("/short", Reply::short(b"<p>it breaks off", 900));
        site.on(
            "/chunked",
            Reply::chunked(&[b"<p>in ", b"two chunks"], b"0\r\n\r\n"),
        );
        for twin in ["/twin-1", "/twin-2"] {
            site.on(twin, Reply::html(long.repeat(1200)));
        }
        site.on("/empty", Reply::html(""));
        site.on("/nothing", Reply::status(204));
        let bytes: Vec<u8> = (0..=255).cycle().take(3000).collect();
        site.on(
            "/binary",
            Reply::status(200)
                .header("Content-Type", "application/pdf")
                .body(bytes),
        );
        site.on_each(
            "/changed",
            [Reply::html("<p>once"), Reply::html("<p>twice")],
        );
        site.on("/latin", Reply::raw(*b"HTTP/1.1 200 Gut\r\nContent-Type: text/html\r\nX-Who: J\xfcrgen\r\nx-empty:\r\nContent-Length: 6\r\n\r\n<p>\xfcms"));
        site.on(
            "/broken-packing",
            Reply::html("no gzip at all").header("Content-Encoding", "gzip"),
        );
    })
}

/// A corpus that holds every kind of record.
fn corpus() -> Desk {
    let server = server();
    let desk = Desk::for_server(server.addr(), "max_body = \"128KiB\"\nretries = 1\n");
    for _ in 0..2 {
        desk.run(&["crawl", "--revisit", "all"]).expect(0);
    }
    desk.write("x.txt", "An imported text.");
    desk.write("y.html", "<title>Imported</title><p>An imported page.");
    desk.run(&["import", "x.txt", "y.html"]).expect(0);
    desk
}

/// What the records of a file are: type, with profile or reason of truncation.
fn kinds(files: &[PathBuf]) -> BTreeSet<String> {
    let mut kinds = BTreeSet::new();
    for file in files {
        for member in gzip_members(&fs::read(file).unwrap()).unwrap() {
            let text = String::from_utf8_lossy(&member).into_owned();
            let head = text.split("\r\n\r\n").next().unwrap_or_default();
            let field = |name: &str| {
                let line = head.lines().find_map(|line| line.strip_prefix(name));
                line.map(|value| value.trim().to_owned())
            };
            kinds.extend(field("WARC-Type:"));
            kinds.extend(field("WARC-Truncated:").map(|why| format!("truncated {why}")));
            let profile = field("WARC-Profile:").unwrap_or_default();
            kinds.extend(profile.rsplit('/').next().map(str::to_owned));
        }
    }
    kinds
}

#[test]
fn independent_programs_accept_our_warc_files() {
    let desk = corpus();
    let kinds = kinds(&warcs(&desk));
    for kind in [
        "warcinfo",
        "request",
        "response",
        "revisit",
        "server-not-modified",
        "identical-payload-digest",
        "metadata",
        "resource",
        "truncated length",
        "truncated disconnect",
    ] {
        assert!(kinds.contains(kind), "no {kind} was made: {kinds:?}");
    }
    accepted(&desk);
    sound(&desk);
}

/// A judge that accepts everything shows nothing.
#[test]
fn the_judges_notice_a_byte_that_is_not_ours() {
    let server = Server::start(|site| site.on("/", Reply::html("<p>a page of the site")));
    let desk = Desk::for_server(server.addr(), "");
    desk.run(&["crawl"]).expect(0);
    let file = &warcs(&desk)[0];
    let members = gzip_members(&fs::read(file).unwrap()).unwrap();
    let forged = members.into_iter().flat_map(|member| {
        let text = String::from_utf8(member).unwrap();
        Coding::Gzip.pack(text.replace("a page of", "a cage of").as_bytes())
    });
    let forged = desk.write("forged.warc.gz", forged.collect::<Vec<u8>>());
    for (name, args) in &VALIDATORS[..3] {
        let Some(program) = judge(name) else { continue };
        assert!(
            !judgement(name, &program, args, &forged).content,
            "{name} accepts a forged page"
        );
    }
}

/// The indexer of others finds what ours names, at the same places.
#[test]
fn an_independent_index_agrees_with_ours() {
    let Some(indexer) = judge("cdxj-indexer") else {
        return;
    };
    let desk = corpus();
    let ours = places(&desk.read("corpus/captures/index.cdxj"));
    let mut theirs = BTreeSet::new();
    for file in warcs(&desk) {
        let said = ask(
            &indexer,
            Path::new("."),
            &[file.to_string_lossy().into_owned()],
        );
        assert!(said.content, "{}", said.told);
        theirs.extend(places(&said.told));
    }
    let missing: Vec<_> = ours.difference(&theirs).collect();
    assert!(missing.is_empty(), "ours alone: {missing:#?}");
    let more: Vec<_> = theirs.difference(&ours).collect();
    assert!(more.is_empty(), "theirs alone: {more:#?}");
}

/// Time, file, offset, length, status and address of each line of a CDXJ file. What has no address of
/// the web, such as an imported file, has no status either, which is for each indexer to fill.
fn places(index: &str) -> BTreeSet<String> {
    let lines = index
        .lines()
        .filter(|line| !line.contains("\"urn:"))
        .filter_map(|line| {
            let (key, rest) = line.split_once(" {")?;
            let row: serde_json::Value = serde_json::from_str(&format!("{{{rest}")).ok()?;
            let time = key.split(' ').next_back()?;
            let text = |name: &str| row[name].as_str().unwrap_or_default().to_owned();
            let file = text("filename").rsplit('/').next().map(str::to_owned)?;
            Some(format!(
                "{time} {file} {} {} {} {}",
                text("offset"),
                text("length"),
                text("status"),
                text("url")
            ))
        });
    lines.collect()
}
