//! A corpus that may not be written to: what writes says so, what reads goes on.

use std::os::unix::fs::PermissionsExt;
use std::process::{Command, Stdio};

use super::mount::Mount;
use super::{assert_once, site};
use crate::judges::say;
use crate::support::{Desk, Run};

const PAGES: usize = 12;
const SIZE: usize = 2000;

/// What writes.
const WRITERS: [&[&str]; 3] = [
    &["crawl", "--revisit", "all"],
    &["import", "x.txt"],
    &["curate", "--force", "a try"],
];

/// What only reads.
const READERS: [&[&str]; 5] = [
    &["captures", "--jsonl"],
    &["status"],
    &["log"],
    &["export", "--format", "jsonl", "--out", "-"],
    &["verify"],
];

#[track_caller]
fn assert_told(args: &[&str], run: &Run) {
    assert_eq!(run.code, 1, "{args:?}: {}", run.stderr);
    let told = run.stderr.to_lowercase();
    let named = told.contains("corpus")
        && ["read-only", "permission", "not writable", "written"]
            .iter()
            .any(|w| told.contains(w));
    assert!(
        named,
        "{args:?}: the error does not say what is wrong: {told}"
    );
}

fn filled() -> (thresh_testkit::Server, Desk) {
    let server = site(PAGES, SIZE);
    let desk = Desk::for_server(server.addr(), "");
    desk.write(
        "x.txt",
        "A text that is to be imported, if only the folder could be written to.",
    );
    desk.run(&["run"]).expect(0);
    (server, desk)
}

#[test]
fn a_read_only_disk_stops_what_writes_and_nothing_else() {
    let (server, desk) = filled();
    let asked = server.paths().len();
    let Some(disk) = Mount::read_only(&desk.path("corpus")) else {
        return;
    };
    for args in WRITERS {
        assert_told(args, &desk.run(args));
    }
    assert_eq!(
        server.paths().len(),
        asked,
        "nobody is asked for what cannot be kept"
    );
    for args in READERS {
        desk.run(args).expect(0);
    }
    drop(disk);
    assert_once(&desk, &server, PAGES, SIZE);
}

/// The command as a user who owns nothing here; none where that cannot be.
fn as_nobody(desk: &Desk, args: &[&str]) -> Option<Run> {
    let own = desk.command(args);
    let mut command = Command::new("setpriv");
    command
        .args(["--reuid=65534", "--regid=65534", "--clear-groups"])
        .arg(own.get_program())
        .args(args)
        .current_dir(desk.path(""))
        .stdin(Stdio::null());
    let output = command.output().ok()?;
    let run = Run::from(output);
    // 126 and 127: the program could not be changed to or run by that user.
    (!matches!(run.code, 126 | 127)).then_some(run)
}

#[test]
fn a_folder_of_somebody_else_stops_what_writes_and_nothing_else() {
    let (server, desk) = filled();
    std::fs::set_permissions(desk.path(""), std::fs::Permissions::from_mode(0o755)).unwrap();
    let able = as_nobody(&desk, &["--version"]).filter(|run| run.code == 0);
    if able.is_none() {
        say("NOT TRIED: no program can be run as another user here, which wants root and setpriv");
        return;
    }
    for args in WRITERS {
        assert_told(args, &as_nobody(&desk, args).unwrap());
    }
    for args in READERS {
        as_nobody(&desk, args).unwrap().expect(0);
    }
    assert_once(&desk, &server, PAGES, SIZE);
}
