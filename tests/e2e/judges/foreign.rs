//! WARC files that other programs wrote, made while the test runs, are imported whole.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use data_encoding::HEXLOWER;
use sha2::{Digest, Sha256};
use thresh_testkit::Server;

use super::programs::{judge, make, system};
use super::varied::{Kind, body, lay, path};
use crate::kill::sound;
use crate::support::Desk;

/// How many pages the others capture.
const PAGES: usize = 36;

fn server() -> Server {
    Server::start(|site| lay(site, PAGES))
}

/// The scripts that drive programs of others.
fn script(name: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/judges")
        .join(name);
    path.to_string_lossy().into_owned()
}

/// Address and digest of the decoded body of each page that the others were sent.
fn sent(server: &Server) -> BTreeSet<(String, String)> {
    let asked: BTreeSet<String> = server.paths().into_iter().collect();
    let pages = (0..PAGES).filter(|n| Kind::of(*n) != Kind::Redirect && asked.contains(&path(*n)));
    pages
        .map(|n| {
            (
                server.url(&path(n)),
                HEXLOWER.encode(&Sha256::digest(body(n, PAGES))),
            )
        })
        .collect()
}

/// Address and digest of the decoded body of each capture of a page.
fn kept(desk: &Desk) -> Vec<(String, String)> {
    let rows = desk
        .run(&["captures", "--jsonl", "--kind", "page"])
        .expect(0)
        .jsonl();
    let pages = rows
        .iter()
        .filter(|row| row["status"] == 200 && row["url"] != "");
    let text = |value: &serde_json::Value| value.as_str().unwrap_or_default().to_owned();
    pages
        .map(|row| (text(&row["final_url"]), text(&row["sha256"])))
        .collect()
}

/// Imports `files` and asserts that every page is there with the body that was sent, and that a second
/// import finds nothing new.
#[track_caller]
fn assert_whole(server: &Server, files: &[&Path]) -> Desk {
    let expected = sent(server);
    assert!(
        expected.len() >= PAGES - PAGES / 9 - 1,
        "only {} pages were asked for",
        expected.len()
    );
    let desk = Desk::for_server(server.addr(), "");
    let mut args = vec!["import".to_owned()];
    args.extend(files.iter().map(|file| file.to_string_lossy().into_owned()));
    let args: Vec<&str> = args.iter().map(String::as_str).collect();
    desk.run(&args).expect(0);
    let once = kept(&desk);
    let found: BTreeSet<_> = once.iter().cloned().collect();
    let missing: Vec<_> = expected.difference(&found).collect();
    assert!(
        missing.is_empty(),
        "of {files:?} not imported as sent: {missing:#?}"
    );
    desk.run(&args).expect(0);
    assert_eq!(
        kept(&desk).len(),
        once.len(),
        "a second import of {files:?} added captures"
    );
    sound(&desk);
    desk
}

/// Lets wget capture the site into `<name>.warc[.gz]` of `dir`.
fn wget(dir: &Path, server: &Server, name: &str, more: &[&str]) -> Option<PathBuf> {
    let wget = system("wget")?;
    let file = format!("--warc-file={name}");
    let url = server.url("/");
    let common = [
        "-q",
        "-r",
        "-l",
        "inf",
        "--no-proxy",
        "-e",
        "robots=off",
        "--warc-cdx",
        "--compression=none",
    ];
    let args: Vec<String> = common
        .iter()
        .chain([
            &file.as_str(),
            &format!("--directory-prefix={name}").as_str(),
        ])
        .chain(more)
        .chain([&url.as_str()])
        .map(|&arg| arg.to_owned())
        .collect();
    // Its exit code 8 says that a page was missing: it follows links that lead nowhere.
    super::programs::ask(&wget, dir, &args);
    let plain = dir.join(format!("{name}.warc"));
    let packed = dir.join(format!("{name}.warc.gz"));
    Some(if plain.is_file() { plain } else { packed })
}

#[test]
fn what_wget_wrote_is_imported_whole() {
    let (server, desk) = (server(), Desk::new());
    let dir = desk.write("made/here", "");
    let dir = dir.parent().unwrap();
    let Some(packed) = wget(dir, &server, "packed", &[]) else {
        return;
    };
    let plain = wget(dir, &server, "plain", &["--no-warc-compression"]).unwrap();
    assert!(packed.to_string_lossy().ends_with(".gz") && plain.is_file());
    assert_whole(&server, &[&packed]);
    assert_whole(&server, &[&plain]);
    // A second run of wget that refers to the first one wherever nothing changed.
    let again = wget(dir, &server, "again", &["--warc-dedup=packed.cdx"]).unwrap();
    let desk = assert_whole(&server, &[&packed, &again]);
    let rows = desk.run(&["captures", "--jsonl"]).expect(0).jsonl();
    let from = |name: &str| rows.iter().filter(|row| row["final_url"] == name).count();
    assert_eq!(
        from(&server.url("/")),
        2,
        "a revisit is a capture of its own"
    );
}

#[test]
fn what_others_made_of_a_file_of_wget_is_imported_whole() {
    let (server, desk) = (server(), Desk::new());
    let dir = desk.write("made/here", "");
    let dir = dir.parent().unwrap();
    let Some(plain) = wget(dir, &server, "plain", &["--no-warc-compression"]) else {
        return;
    };
    let source = plain.to_string_lossy().into_owned();
    if let Some(warcio) = judge("warcio") {
        let out = dir.join("warcio.warc.gz");
        make(
            &warcio,
            dir,
            &["recompress", &source, &out.to_string_lossy()],
        );
        assert_whole(&server, &[&out]);
    }
    let Some(fastwarc) = judge("fastwarc") else {
        return;
    };
    for ending in ["warc.gz", "warc.zst", "warc"] {
        let out = dir.join(format!("fastwarc.{ending}"));
        make(
            &fastwarc,
            dir,
            &["recompress", &source, &out.to_string_lossy()],
        );
        assert_whole(&server, &[&out]);
    }
}

#[test]
fn what_fastwarc_warcio_and_scrapy_wrote_is_imported_whole() {
    let Some(python) = judge("python") else {
        return;
    };
    for maker in [
        "write_fastwarc.py",
        "write_capture_http.py",
        "write_scrapy.py",
    ] {
        let (server, desk) = (server(), Desk::new());
        let dir = desk.write("made/here", "");
        let dir = dir.parent().unwrap();
        let out = dir.join("made.warc.gz");
        make(
            &python,
            dir,
            &[&script(maker), &server.url("/"), &out.to_string_lossy()],
        );
        assert_whole(&server, &[&out]);
    }
}
