//! A contact is asked for before a public host is.

#![allow(clippy::unwrap_used, reason = "a test stops at the first surprise")]

use std::fs;

use tempfile::TempDir;
use thresh_config::Config;

fn folder(files: &[(&str, &str)]) -> TempDir {
    let dir = tempfile::tempdir().unwrap();
    for (path, content) in files {
        let file = dir.path().join(path);
        fs::create_dir_all(file.parent().unwrap()).unwrap();
        fs::write(file, content).unwrap();
    }
    dir
}

const SITE: &str = "id = \"a\"\norigins = [\"https://a.example\"]\n";

#[test]
fn an_empty_contact_stops_public_hosts_only() {
    let public = [
        ("thresh.toml", "[corpus]\nname = \"x\"\n\ncontact = \"\"\n"),
        ("sites/a.toml", SITE),
    ];
    let config = Config::load(folder(&public).path()).unwrap();
    let errors = config.check_contact_for_public().unwrap_err();
    assert_eq!(errors.problems[0].line, Some(4));
    assert!(
        errors.to_string().contains("thresh.toml:4") && errors.to_string().contains("mailto:"),
        "{errors}"
    );

    let given = [
        (
            "thresh.toml",
            "[corpus]\ncontact = \"mailto:a@b.example\"\n",
        ),
        ("sites/a.toml", SITE),
    ];
    assert_eq!(
        Config::load(folder(&given).path())
            .unwrap()
            .check_contact_for_public(),
        Ok(())
    );

    for origin in [
        "http://127.0.0.1:8600",
        "http://[::1]:8600",
        "http://localhost:1",
        "http://10.0.0.7",
        "http://web.example",
    ] {
        let site = format!("id = \"a\"\norigins = [\"{origin}\"]\n");
        let main = "[crawl]\nresolve = { \"web.example:80\" = \"127.0.0.1:8600\" }\n";
        let config =
            Config::load(folder(&[("thresh.toml", main), ("sites/a.toml", &site)]).path()).unwrap();
        assert_eq!(config.check_contact_for_public(), Ok(()), "{origin}");
    }
    for origin in [
        "http://93.184.216.34",
        "https://web.example",
        "http://[2606:2800:220:1::1]",
    ] {
        let site = format!("id = \"a\"\norigins = [\"{origin}\"]\n");
        let config = Config::load(folder(&[("sites/a.toml", &site)]).path()).unwrap();
        assert!(config.check_contact_for_public().is_err(), "{origin}");
    }
}

#[test]
fn a_crawl_without_sites_is_told_how_to_add_one() {
    let config =
        Config::load(folder(&[("thresh.toml", "[corpus]\ncontact = \"\"\n")]).path()).unwrap();
    let shown = config.check_ready_to_crawl().unwrap_err().to_string();
    assert!(
        shown.contains("thresh site add") && shown.contains("thresh.toml:2"),
        "{shown}"
    );
}
