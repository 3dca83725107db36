//! What an origin says of text and data mining: `/.well-known/tdmrep.json` after the TDM Reservation
//! Protocol (W3C Community Group report of 2024), §"TDM File on the Origin Server".
//!
//! The file is an array of rules; of those whose `location` matches the path of an address, the first in
//! the file holds. Locations are compared as the paths of robots.txt are: from the start, case-sensitive,
//! `*` for anything, `$` for the end, escapes in normal form.
//!
//! Decided where the report leaves room:
//! - A rule without a location or with a value other than 0 and 1 is passed over, as if it were not there;
//!   `"1"` counts as 1.
//! - A rule that stands alone, without the array, counts.
//! - A location that begins neither with `/` nor with `*` is read as if a `/` came first.
//! - A page of HTML or JSON of another shape is no such file, whatever the status says: failing to give
//!   one means that the origin does not take part.

use serde_json::Value;
use thresh_types::CanonicalUrl;

use crate::robots::pattern::{Pattern, normalise_path};

/// The largest file that is read, in bytes: one that is longer is none.
const MAX_BYTES: usize = 1 << 20;

/// Rules that are read, the first of the file.
const MAX_RULES: usize = 1000;

/// Bytes of a location; longer ones match nothing that is ever fetched.
const MAX_LOCATION: usize = 2048;

/// The rules of one origin. The default has none.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Tdmrep {
    rules: Vec<Rule>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Rule {
    pattern: Pattern,
    location: String,
    reserved: bool,
    policy: Option<String>,
}

/// What the file says of one address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reservation<'a> {
    /// Whether text and data mining is reserved (1) or free (0).
    pub reserved: bool,
    /// The location that matched, as written.
    pub location: &'a str,
    /// The policy, as written; where a licence may be had.
    pub policy: Option<&'a str>,
}

/// Reads the file; none where the bytes are no such file. What is no rule in it is passed over.
pub fn parse(bytes: &[u8]) -> Option<Tdmrep> {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    if bytes.len() > MAX_BYTES {
        return None;
    }
    let rules = match serde_json::from_slice(bytes) {
        Ok(Value::Array(rules)) => rules,
        Ok(alone @ Value::Object(_)) => vec![alone],
        _ => return None,
    };
    Some(Tdmrep {
        rules: rules.iter().filter_map(rule).take(MAX_RULES).collect(),
    })
}

fn rule(value: &Value) -> Option<Rule> {
    let location = value.get("location")?.as_str()?.trim();
    if location.is_empty() || location.len() > MAX_LOCATION {
        return None;
    }
    let reserved = match value.get("tdm-reservation")? {
        Value::Number(number) => as_bit(number.as_f64()?)?,
        Value::String(text) => as_bit(text.trim().parse().ok()?)?,
        _ => return None,
    };
    let rooted = if location.starts_with(['/', '*']) {
        location.to_owned()
    } else {
        format!("/{location}")
    };
    Some(Rule {
        pattern: Pattern::read(&rooted),
        location: location.to_owned(),
        reserved,
        policy: value
            .get("tdm-policy")
            .and_then(Value::as_str)
            .map(str::to_owned),
    })
}

fn as_bit(number: f64) -> Option<bool> {
    match number {
        1.0 => Some(true),
        0.0 => Some(false),
        _ => None,
    }
}

impl Tdmrep {
    /// Returns what the first matching rule says of `url`, which must be of the file's origin; none where
    /// no rule matches.
    pub fn decide(&self, url: &CanonicalUrl) -> Option<Reservation<'_>> {
        let path = normalise_path(url.path_and_query());
        let rule = self.rules.iter().find(|rule| rule.pattern.matches(&path))?;
        Some(Reservation {
            reserved: rule.reserved,
            location: &rule.location,
            policy: rule.policy.as_deref(),
        })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn says(file: &str, path: &str) -> Option<bool> {
        let url = format!("https://a.example{path}").parse().unwrap();
        parse(file.as_bytes())
            .unwrap_or_default()
            .decide(&url)
            .map(|found| found.reserved)
    }

    #[test]
    fn the_first_rule_that_matches_holds() {
        let file = r#"[
            {"location": "/press/open/", "tdm-reservation": 0},
            {"location": "/press/", "tdm-reservation": 1, "tdm-policy": "/terms.json"},
            {"location": "/img/*.jpg$", "tdm-reservation": 0},
            {"location": "/*", "tdm-reservation": 1},
            {"location": "/about", "tdm-reservation": 0}
        ]"#;
        for (path, expected) in [
            ("/press/open/a", Some(false)),
            ("/press/a", Some(true)),
            ("/img/x/y.jpg", Some(false)),
            ("/img/x.jpg?size=2", Some(true)),
            ("/about", Some(true)),
        ] {
            assert_eq!(says(file, path), expected, "{path}");
        }
        let rules = parse(file.as_bytes()).unwrap();
        let found = rules.decide(&"https://a.example/press/1".parse().unwrap());
        assert_eq!(
            found,
            Some(Reservation {
                reserved: true,
                location: "/press/",
                policy: Some("/terms.json"),
            })
        );
    }

    #[test]
    fn an_address_that_no_rule_names_has_no_word() {
        let file = r#"[{"location": "/Docs/", "tdm-reservation": 1}]"#;
        assert_eq!(says(file, "/docs/"), None, "paths are case-sensitive");
        assert_eq!(says(file, "/x/Docs/"), None, "locations begin at the root");
        assert_eq!(says(file, "/Docs/a"), Some(true));
        assert_eq!(says("[]", "/"), None);
    }

    #[test]
    fn escapes_are_compared_in_normal_form() {
        let file = r#"[{"location": "/caf\u00e9/%7Ea-%24", "tdm-reservation": 1}]"#;
        assert_eq!(says(file, "/caf%c3%a9/~a-$"), Some(true));
    }

    #[test]
    fn rules_that_are_none_are_passed_over() {
        for rule in [
            r#"{"location": "/", "tdm-reservation": 2}"#,
            r#"{"location": "/", "tdm-reservation": true}"#,
            r#"{"location": "/", "tdm-reservation": null}"#,
            r#"{"location": "/"}"#,
            r#"{"location": "", "tdm-reservation": 1}"#,
            r#"{"location": ["/"], "tdm-reservation": 1}"#,
            r#"{"tdm-reservation": 1}"#,
            "7",
            "null",
        ] {
            let file = format!(r#"[{rule}, {{"location": "*", "tdm-reservation": 0}}]"#);
            assert_eq!(says(&file, "/x"), Some(false), "{rule}");
        }
    }

    #[test]
    fn near_misses_are_understood() {
        for file in [
            r#"{"location": "/", "tdm-reservation": 1}"#,
            r#"[{"location": "/", "tdm-reservation": "1"}]"#,
            r#"[{"location": "/", "tdm-reservation": 1.0}]"#,
            r#"[{"location": "x", "tdm-reservation": 1}]"#,
            "\u{feff}[{\"location\": \"/\", \"tdm-reservation\": 1}]",
        ] {
            assert_eq!(says(file, "/x"), Some(true), "{file}");
        }
    }

    #[test]
    fn other_files_are_none() {
        let deep = "[".repeat(100_000);
        let long = format!(
            r#"[{{"location": "/", "tdm-reservation": 1, "x": "{}"}}]"#,
            "y".repeat(MAX_BYTES)
        );
        for file in [
            "",
            "<!doctype html><title>Not found</title>",
            "7",
            "[{",
            &deep,
            &long,
        ] {
            assert_eq!(parse(file.as_bytes()), None);
        }
        assert_eq!(parse(&[0xff; 9]), None);
        assert_eq!(parse(b"[]"), Some(Tdmrep::default()));
    }

    #[test]
    fn a_file_of_many_rules_is_cut() {
        let rules = vec![r#"{"location": "/a", "tdm-reservation": 1}"#; MAX_RULES];
        let file = format!(
            r#"[{}, {{"location": "/b", "tdm-reservation": 1}}]"#,
            rules.join(",")
        );
        assert_eq!((says(&file, "/a"), says(&file, "/b")), (Some(true), None));
    }

    proptest! {
        #[test]
        fn any_bytes_are_read(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            let _ = parse(&bytes);
        }

        #[test]
        fn any_location_is_matched(location in "\\PC{0,30}", path in "[a-z/*$%.]{0,20}") {
            let file = serde_json::json!([{"location": location, "tdm-reservation": 1}]).to_string();
            let _ = says(&file, &format!("/{path}"));
        }

        #[test]
        fn the_order_of_the_file_decides(first in 0..2u8, second in 0..2u8) {
            let file = format!(
                r#"[{{"location":"/a","tdm-reservation":{first}}},{{"location":"/a/b","tdm-reservation":{second}}}]"#
            );
            prop_assert_eq!(says(&file, "/a/b"), Some(first == 1));
        }
    }
}
