//! Case folders as values.

use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// One file of a case folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fixture {
    /// The file's path below the folder, with `/` between parts.
    pub name: String,
    /// What it holds.
    pub bytes: Vec<u8>,
}

/// Returns the folder of shared test data where it is there: `THRESH_SHARED`, or `../shared`
/// relative to the workspace's root. Where it is not, prints one line that says so, since the
/// calling test skips itself.
///
/// # Panics
/// When it is absent although `THRESH_REQUIRE_SHARED` is set: continuous integration has it.
#[expect(
    clippy::disallowed_methods,
    reason = "only tests call this: they are told by the environment where their data lies, and \
              a skipped test must say so"
)]
pub fn shared_dir(below: &str) -> Option<PathBuf> {
    let root = std::env::var("THRESH_SHARED").map_or_else(
        |_| Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared"),
        PathBuf::from,
    );
    // Cargo runs tests in the folder of their package, but the variable is given at the root.
    let workspace = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let dir = workspace.join(root).join(below);
    if dir.is_dir() {
        return Some(dir);
    }
    let required = std::env::var_os("THRESH_REQUIRE_SHARED").is_some();
    assert!(
        !required,
        "no shared data in {}, and it is required",
        dir.display()
    );
    // Not `eprintln!`: the test harness would swallow it.
    let _ = writeln!(io::stderr(), "skipped: no shared data in {}", dir.display());
    None
}

/// Reads every file below `dir`, sorted by name.
///
/// # Errors
/// When a folder or a file cannot be read.
pub fn fixtures(dir: &Path) -> io::Result<Vec<Fixture>> {
    let mut found = Vec::new();
    let mut folders = vec![dir.to_path_buf()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder)? {
            let path = entry?.path();
            if path.is_dir() {
                folders.push(path);
            } else {
                let name = path.strip_prefix(dir).unwrap_or(&path).to_string_lossy();
                let (name, bytes) = (name.replace('\\', "/"), std::fs::read(&path)?);
                found.push(Fixture { name, bytes });
            }
        }
    }
    found.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_come_sorted_and_with_their_folders() {
        let here = Path::new(env!("CARGO_MANIFEST_DIR"));
        let names: Vec<String> = fixtures(here)
            .unwrap()
            .into_iter()
            .map(|f| f.name)
            .collect();
        assert!(names.contains(&"src/lib.rs".to_owned()), "{names:?}");
        assert!(names.is_sorted());
    }
}
