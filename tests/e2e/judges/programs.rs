//! Where the judges are, and what to do where they are not.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// Whether an absent judge is a failure.
#[expect(
    clippy::disallowed_methods,
    reason = "whether judges are required is for the environment to say"
)]
fn required() -> bool {
    std::env::var("THRESH_REQUIRE_JUDGES").is_ok()
}

/// Says loudly that something was not judged, or fails where it must be.
fn absent(what: &str, remedy: &str) {
    assert!(!required(), "{what}, and judges are required: {remedy}");
    say(&format!("NOT JUDGED: {what} ({remedy})"));
}

/// Says `line` past the test harness, which would swallow `eprintln!`.
pub(crate) fn say(line: &str) {
    let _ = writeln!(std::io::stderr(), "{line}");
}

/// Finds a program that `just judges` installs.
pub(crate) fn judge(name: &str) -> Option<PathBuf> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("target/judges/bin")
        .join(name);
    if path.is_file() {
        return Some(path);
    }
    absent(&format!("{name} is absent"), "`just judges` installs it");
    None
}

/// Finds a program of the system. `just judges` installs it where it may; nothing fails without it.
pub(crate) fn system(name: &str) -> Option<PathBuf> {
    let found = Command::new(name)
        .arg("--version")
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status();
    if found.is_ok() {
        return Some(PathBuf::from(name));
    }
    say(&format!(
        "NOT TRIED: {name} is absent (install it with the system's packages)"
    ));
    None
}

/// What a program said and whether it was content.
pub(crate) struct Said {
    pub(crate) content: bool,
    pub(crate) told: String,
}

/// Runs a program in `dir` to its end.
pub(crate) fn ask(program: &Path, dir: &Path, args: &[String]) -> Said {
    let output = Command::new(program)
        .args(args)
        .current_dir(dir)
        .stdin(Stdio::null())
        .output()
        .unwrap_or_else(|e| panic!("{}: {e}", program.display()));
    Said {
        content: output.status.success(),
        told: String::from_utf8_lossy(&output.stdout).into_owned()
            + &String::from_utf8_lossy(&output.stderr),
    }
}

/// Runs a program that makes something, which must go well.
#[track_caller]
pub(crate) fn make(program: &Path, dir: &Path, args: &[&str]) {
    let args: Vec<String> = args.iter().map(|&arg| arg.to_owned()).collect();
    let said = ask(program, dir, &args);
    assert!(
        said.content,
        "{} {args:?}:\n{}",
        program.display(),
        said.told
    );
}
