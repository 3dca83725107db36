//! How answers to robots.txt are taken (RFC 9309 §2.2 to §2.5).
//!
//! Every row is played twice where that can be: in a small world without a network, which drives
//! the same values as the fetcher does and can let days go by and speak HTTPS, and over loopback, with
//! a server for each authority. A row of a shape that is not known here fails the test.

mod net;
mod steps;
mod world;

use serde_json::{Value, json};
use thresh_testkit::shared_dir;

use steps::Script;

/// What a row says of an address at a time.
struct Expectation {
    at: u64,
    /// A path of the default authority, or a whole address.
    place: String,
    permitted: Expected,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Expected {
    Allow,
    Deny,
    /// Denied, until the time that the server asked for is over.
    DenyUntilRetry,
    Either,
}

impl Expected {
    fn read(text: &str) -> Self {
        match text {
            "allow" => Self::Allow,
            "deny" => Self::Deny,
            "deny_until_retry" => Self::DenyUntilRetry,
            "allow_or_deny" => Self::Either,
            other => panic!("the expectation {other:?} is not known here"),
        }
    }

    fn fits(self, permitted: bool) -> bool {
        match self {
            Self::Allow => permitted,
            Self::Deny | Self::DenyUntilRetry => !permitted,
            Self::Either => true,
        }
    }
}

/// Reads `{"t=600 /b": "deny"}`, in the order of time.
fn expectations(row: &Value) -> Vec<Expectation> {
    let expect = row["expect"].as_object().expect("a row expects something");
    let mut all: Vec<Expectation> = expect
        .iter()
        .map(|(key, value)| {
            let (at, place) = match key.strip_prefix("t=") {
                Some(timed) => timed.split_once(' ').expect("a time and a place"),
                None => ("0", key.as_str()),
            };
            Expectation {
                at: at.parse().expect("a time in seconds"),
                place: place.to_owned(),
                permitted: Expected::read(value.as_str().expect("an expectation is text")),
            }
        })
        .collect();
    assert!(!all.is_empty(), "a row expects something");
    all.sort_by_key(|expectation| expectation.at);
    all
}

/// Plays a row, and returns what came out other than expected.
fn faults(row: &Value) -> Vec<String> {
    let script = Script::read(row);
    let expectations = expectations(row);
    let mut faults = world::faults(&script, &expectations);
    if script.is_for_loopback() && expectations.iter().all(|e| e.at == 0) {
        faults.extend(net::faults(&script, &expectations));
    }
    faults
}

#[test]
fn answers_to_robots_txt_are_taken_as_the_rfc_says() {
    let Some(dir) = shared_dir("data/conformance/robots") else {
        return;
    };
    let (mut right, mut networked, mut wrong) = (0, 0, Vec::new());
    for row in crate::robots::rows(&dir) {
        if row["kind"] != "http" {
            continue;
        }
        let faults = faults(&row);
        networked += usize::from(Script::read(&row).is_for_loopback());
        if faults.is_empty() {
            right += 1;
        } else {
            wrong.push(format!("{}: {faults:?}", row["id"]));
        }
    }
    eprintln!("rfc_http: {right} right ({networked} over loopback too), wrong {wrong:#?}");
    assert!(wrong.is_empty(), "{wrong:#?}");
    assert!(right > 0, "there are rows");
}

const RULES: &str = "User-agent: *\nDisallow: /a\n";
const DAY: u64 = 86_400;

fn row(steps: &Value, expect: &Value) -> Value {
    json!({"id": "own", "kind": "http", "steps": steps, "expect": expect})
}

/// Asserts that a row of our own comes out as it says.
fn holds(steps: &Value, expect: &Value) {
    let row = row(steps, expect);
    let faults = faults(&row);
    assert!(faults.is_empty(), "{row}: {faults:?}");
}

#[test]
fn rules_are_cached_for_a_day() {
    let steps = json!([
        {"at_s": 0, "status": 200, "body": RULES},
        {"at_s": 3_600, "status": 200, "body": "User-agent: *\nDisallow: /b\n"},
    ]);
    let late = DAY + 1;
    holds(
        &steps,
        &json!({
            "t=0 /a/x": "deny", "t=0 /b": "allow", "t=7200 /a/x": "deny",
            format!("t={late} /a/x"): "allow", format!("t={late} /b"): "deny",
        }),
    );
}

#[test]
fn a_stale_copy_goes_on_while_its_file_is_out_of_reach() {
    for down in [
        json!({"at_s": DAY + 1, "status": 503}),
        json!({"at_s": DAY + 1, "status": 429, "headers": {"Retry-After": "60"}}),
        json!({"at_s": DAY + 1, "net": "connect_refused"}),
        json!({"at_s": DAY + 1, "net": "reset_mid_body"}),
        json!({"at_s": DAY + 1, "net": "dns_fail"}),
    ] {
        let (next, month) = (DAY + 10, 31 * DAY);
        holds(
            &json!([{"at_s": 0, "status": 200, "body": RULES}, down]),
            &json!({
                "t=0 /a/x": "deny", format!("t={next} /a/x"): "deny", format!("t={next} /b"): "allow",
                format!("t={month} /a/x"): "deny", format!("t={month} /b"): "deny",
            }),
        );
    }
}

#[test]
fn what_was_missing_is_no_copy() {
    let late = DAY + 1;
    holds(
        &json!([{"at_s": 0, "status": 404}, {"at_s": late, "status": 500}]),
        &json!({"t=0 /b": "allow", format!("t={late} /b"): "deny"}),
    );
}

#[test]
fn each_authority_has_its_own_file() {
    holds(
        &json!([
            {"authority": "h.test:80", "status": 200, "body": RULES},
            {"authority": "h.test:443", "status": 404},
            {"authority": "www.h.test:80", "status": 500},
            {"authority": "https://www.h.test", "status": 200, "body": RULES},
        ]),
        &json!({
            "http://h.test/a": "deny", "https://h.test/a": "allow", "http://www.h.test/b": "deny",
            "https://www.h.test/a": "deny", "https://www.h.test/b": "allow",
        }),
    );
}

#[test]
fn rules_behind_redirects_hold_for_the_authority_first_asked() {
    for target in [
        "http://other.test/robots.txt",
        "https://other.test/robots.txt",
    ] {
        holds(
            &json!([
                {"status": 301, "location": target},
                {"status": 302, "location": "/deeper.txt"},
                {"status": 200, "body": RULES},
            ]),
            &json!({"/a/x": "deny", "/b": "allow"}),
        );
    }
    // The other one goes by what it gives itself.
    holds(
        &json!([
            {"authority": "h.test:80", "status": 301, "location": "http://other.test/rules.txt"},
            {"status": 200, "body": RULES},
            {"authority": "other.test:80", "status": 404},
        ]),
        &json!({"http://h.test/a": "deny", "http://other.test/a": "allow"}),
    );
    holds(
        &json!([{"status": 301, "location": "http://other.test/robots.txt"}, {"net": "connect_refused"}]),
        &json!({"/b": "deny"}),
    );
}

#[test]
fn network_errors_forbid_everything() {
    for net in [
        "connect_refused",
        "connect_timeout",
        "read_timeout",
        "dns_fail",
        "dns_timeout",
        "reset",
        "reset_before_headers",
        "reset_mid_body",
        "tls_handshake_failed",
        "closed_early",
    ] {
        holds(
            &json!([{"net": net}]),
            &json!({"/a": "deny", "/robots.txt": "allow"}),
        );
    }
}

#[test]
fn long_files_are_read_for_500_kib() {
    let filler = "# thirty-two bytes of a comment.\n".repeat(15_300);
    let late = format!("User-agent: *\nDisallow: /a\n{filler}Disallow: /b\n");
    assert!(late.len() > 490 * 1024 && late.len() < 500 * 1024);
    holds(
        &json!([{"status": 200, "body": late}]),
        &json!({"/a/x": "deny", "/b": "deny"}),
    );
    let endless = format!("User-agent: *\nDisallow: /a\n{}", filler.repeat(5));
    holds(
        &json!([{"status": 200, "body": endless}]),
        &json!({"/a/x": "deny", "/b": "allow"}),
    );
}

#[test]
fn a_server_that_recovers_is_asked_again() {
    holds(
        &json!([
            {"at_s": 0, "status": 429, "headers": {"Retry-After": "120"}},
            {"at_s": 100, "status": 200, "body": RULES},
        ]),
        &json!({"t=0 /b": "deny_until_retry", "t=119 /b": "deny", "t=121 /b": "allow"}),
    );
}

#[test]
fn answers_that_come_out_otherwise_are_faults() {
    let wrong = row(&json!([{"status": 404}]), &json!({"/b": "deny"}));
    assert_eq!(faults(&wrong).len(), 2, "in the world and over loopback");
    let wrong = row(&json!([{"status": 503}]), &json!({"/b": "allow"}));
    assert_eq!(faults(&wrong).len(), 2);
}

#[test]
#[should_panic(expected = "not known here")]
fn an_unknown_network_error_fails() {
    faults(&row(&json!([{"net": "gremlins"}]), &json!({"/": "deny"})));
}

#[test]
#[should_panic(expected = "not known here")]
fn an_unknown_step_fails() {
    faults(&row(
        &json!([{"status": 200, "mood": "sour"}]),
        &json!({"/": "deny"}),
    ));
}

#[test]
#[should_panic(expected = "not known here")]
fn an_unknown_expectation_fails() {
    faults(&row(&json!([{"status": 200}]), &json!({"/": "perhaps"})));
}
