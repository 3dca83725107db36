//! The texts that the project started from, where they are at hand.

mod common;

use common::*;

fn seed(name: &str) -> Option<String> {
    let files = std::fs::read_dir(thresh_testkit::shared_dir("seeds")?).ok()?;
    let path = files.flatten().map(|f| f.path()).find(|p| {
        p.file_name()
            .is_some_and(|n| n.to_string_lossy().starts_with(name))
    })?;
    std::fs::read_to_string(path).ok()
}

#[test]
fn seeds_are_dated_only_where_they_say_so() {
    let Some(first) = seed("000") else {
        return;
    };
    let m = text(&first);
    assert_eq!(date(&m).as_deref(), Some("2018-02-20"));
    assert_eq!(m.dateline.unwrap().value.place.as_deref(), Some("London"));
    for (name, expected) in [
        ("001", None),
        ("002", Some("2021")),
        ("003", Some("2021")),
        ("004", None),
    ] {
        if let Some(body) = seed(name) {
            let m = text(&body);
            assert_eq!(date(&m).as_deref(), expected, "{name}");
            assert_eq!(m.language.map(|l| l.value).as_deref(), Some("en"), "{name}");
            assert!(m.author.is_none(), "{name}");
        }
    }
}
