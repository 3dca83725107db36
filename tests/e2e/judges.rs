//! Independent programs judge our WARC files. `just judges` installs them.

use std::io::Write;
use std::path::PathBuf;
use std::process::Command;

use thresh_testkit::{Reply, Server};

use crate::support::Desk;

/// Finds a judge, or says loudly that it is absent.
fn judge(name: &str) -> Option<PathBuf> {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .join("target/judges/bin")
        .join(name);
    if path.is_file() {
        return Some(path);
    }
    #[expect(
        clippy::disallowed_methods,
        reason = "whether judges are required is for the environment to say"
    )]
    let required = std::env::var("THRESH_REQUIRE_JUDGES").is_ok();
    assert!(
        !required,
        "{name} is absent, and judges are required: `just judges` installs them"
    );
    // Not `eprintln!`: the test harness would swallow it.
    let _ = writeln!(
        std::io::stderr(),
        "NOT JUDGED: {name} is absent (`just judges` installs it)"
    );
    None
}

/// A corpus that holds every kind of record: pages, a redirect, a 404, robots, gzip, a revisit.
fn corpus() -> (Desk, Vec<PathBuf>) {
    let server = Server::start(|site| {
        site.on("/robots.txt", Reply::text("User-agent: *\nDisallow: /no\n"));
        site.on(
            "/",
            Reply::html(
                "<a href=/a>a</a><a href=/b>b</a><a href=/old>old</a><a href=/none>none</a>",
            )
            .header("ETag", "\"1\""),
        );
        site.on(
            "/a",
            Reply::html("<p>ä ö ü — a page that is sent compressed</p>".repeat(50)).gzip(),
        );
        site.on("/b", Reply::html("<p>plain</p>"));
        site.on("/old", Reply::redirect(301, "/b"));
    });
    let desk = Desk::for_server(server.addr(), "");
    desk.run(&["crawl"]).expect(0);
    desk.run(&["crawl", "--revisit", "all"]).expect(0);
    desk.write("x.txt", "An imported text.");
    desk.run(&["import", "x.txt"]).expect(0);
    let mut warcs: Vec<PathBuf> = std::fs::read_dir(desk.path("corpus/captures/warc"))
        .unwrap()
        .flatten()
        .map(|e| e.path())
        .collect();
    warcs.sort();
    (desk, warcs)
}

#[test]
fn independent_programs_accept_our_warc_files() {
    let (_desk, warcs) = corpus();
    // warcvalid of warctools 5 is left out: it knows versions up to 1.0 only.
    let calls: [(&str, &[&str]); 4] = [
        ("warcio", &["check", "-v"]),
        ("fastwarc", &["check", "-p"]),
        ("python", &["-m", "warcat", "verify"]),
        ("cdxj-indexer", &[]),
    ];
    for (name, args) in calls {
        let Some(judge) = judge(name) else { continue };
        for warc in &warcs {
            let output = Command::new(&judge).args(args).arg(warc).output().unwrap();
            let told = String::from_utf8_lossy(&output.stdout).into_owned()
                + &String::from_utf8_lossy(&output.stderr);
            assert!(
                output.status.success(),
                "{name} on {}:\n{told}",
                warc.display()
            );
            assert!(
                !told.to_lowercase().contains("digest failed"),
                "{name} on {}:\n{told}",
                warc.display()
            );
        }
    }
}
