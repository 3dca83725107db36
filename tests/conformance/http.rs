//! How answers to robots.txt are taken (RFC 9309 §2.2 to §2.5), against a server that plays them.

use std::time::Duration;

use serde_json::Value;
use thresh_fetcher::{HumanDuration, Settings};
use thresh_testkit::{Act, Reply, Server, shared_dir};
use thresh_types::FetchOutcome;

use crate::crawl::{Crawl, settings};
use crate::robots::base64;

/// Plays one step, or none where its kind is not known here.
fn reply(step: &Value) -> Option<Reply> {
    if let Some(net) = step["net"].as_str() {
        return Some(match net {
            "read_timeout" | "timeout" | "connect_timeout" => Reply::hang(),
            "reset_mid_body" => Reply::script([
                Act::Send(
                    b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nUser-agent: *\n".to_vec(),
                ),
                Act::Pause(Duration::from_millis(20)),
                Act::Reset,
            ]),
            _ => Reply::reset(),
        });
    }
    let mut reply = Reply::status(u16::try_from(step["status"].as_u64()?).ok()?);
    if let Some(location) = step["location"].as_str() {
        reply = reply.header("Location", location);
    }
    let mut body = match step["body_b64"].as_str() {
        Some(text) => reply.body(base64(text)),
        None => reply.body(step["body"].as_str().unwrap_or_default()),
    };
    for (name, value) in step["headers"].as_object().into_iter().flatten() {
        body = match (name.as_str(), value.as_str()?) {
            ("Content-Encoding", "gzip") => body.gzip(),
            (name, value) => body.header(name, value),
        };
    }
    Some(body)
}

/// Returns a server that plays the steps: each redirect leads to the next step.
fn server(steps: &[Value]) -> Option<Server> {
    let replies: Option<Vec<Reply>> = steps.iter().map(reply).collect();
    let replies = replies?;
    let places = steps.iter().filter_map(|step| step["location"].as_str());
    let paths: Vec<String> = std::iter::once("/robots.txt")
        .chain(places)
        .map(str::to_owned)
        .collect();
    Some(Server::start(move |site| {
        for (path, reply) in paths.iter().zip(replies) {
            site.on(path, reply);
        }
        site.on_other(|_| Reply::html("<p>page"));
    }))
}

fn is_allowed(outcome: &FetchOutcome) -> bool {
    matches!(outcome, FetchOutcome::Answered(_))
}

fn check(row: &Value) -> Option<bool> {
    let steps = row["steps"].as_array()?;
    let is_timed = |step: &Value| step["at_s"].as_u64() > Some(0) || !step["authority"].is_null();
    if steps.iter().any(is_timed) {
        return None;
    }
    let server = server(steps)?;
    let brisk = Settings {
        total_timeout: HumanDuration::from_secs(2),
        ..settings()
    };
    let crawl = Crawl::start(brisk);
    let expect = row["expect"].as_object()?;
    let unresolved = steps.iter().any(|step| step["net"] == "dns_fail");
    let address = |path: &str| {
        if unresolved {
            format!("http://nowhere.invalid{path}")
        } else {
            server.url(path)
        }
    };
    Some(expect.iter().all(|(path, expected)| {
        let path = path.rsplit(' ').next().unwrap_or(path);
        // robots.txt itself is always allowed, whatever it then answers.
        let allowed = path == "/robots.txt" || is_allowed(&crawl.fetch(&address(path)).outcome);
        match expected.as_str() {
            Some("allow") => allowed,
            Some("allow_or_deny") => true,
            _ => !allowed,
        }
    }))
}

#[test]
fn answers_to_robots_txt_are_taken_as_the_rfc_says() {
    let Some(dir) = shared_dir("data/conformance/robots") else {
        return;
    };
    let (mut right, mut wrong, mut passed_over) = (0, Vec::new(), Vec::new());
    for row in crate::robots::rows(&dir) {
        let id = row["id"].as_str().unwrap().to_owned();
        if row["kind"] != "http" {
            continue;
        }
        match check(&row) {
            Some(true) => right += 1,
            Some(false) => wrong.push(id),
            None => passed_over.push(id),
        }
    }
    eprintln!("rfc_http: {right} right, wrong {wrong:?}, not played here {passed_over:?}");
    assert!(wrong.is_empty(), "{wrong:?}");
}
