//! Small file systems, where this machine lets us mount them.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::judges::say;

/// A file system that goes away when it is dropped.
pub(super) struct Mount(PathBuf);

impl Mount {
    /// Mounts a tmpfs of `size` at `at`, or says loudly that this cannot be done here.
    pub(super) fn tmpfs(at: &Path, size: &str) -> Option<Self> {
        std::fs::create_dir_all(at).unwrap();
        let option = format!("size={size}");
        let at_text = at.to_string_lossy();
        mount(&["-t", "tmpfs", "-o", &option, "none", &at_text]).then(|| Self(at.to_owned()))
    }

    /// Makes the folder read-only by mounting it upon itself.
    pub(super) fn read_only(at: &Path) -> Option<Self> {
        let folder = at.to_string_lossy();
        if !mount(&["--bind", &folder, &folder]) {
            return None;
        }
        let mounted = Self(at.to_owned());
        mount(&["-o", "remount,ro,bind", &folder]).then_some(mounted)
    }

    /// Gives the file system another size.
    pub(super) fn resize(&self, size: &str) {
        let option = format!("remount,size={size}");
        assert!(mount(&["-o", &option, &self.0.to_string_lossy()]));
    }
}

impl Drop for Mount {
    fn drop(&mut self) {
        // Lazily: a program that is still ending may hold a file.
        let _ = Command::new("umount").arg("-l").arg(&self.0).status();
    }
}

/// Runs `mount`; a machine that forbids it is named, as nothing can be tried there.
fn mount(args: &[&str]) -> bool {
    let output = Command::new("mount")
        .args(args)
        .stdin(Stdio::null())
        .output();
    let why = match output {
        Ok(output) if output.status.success() => return true,
        Ok(output) => String::from_utf8_lossy(&output.stderr).trim().to_owned(),
        Err(error) => error.to_string(),
    };
    say(&format!(
        "NOT TRIED: nothing can be mounted here, which wants root: {why}"
    ));
    false
}
