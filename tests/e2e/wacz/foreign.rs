//! WARC files of other writers, with what they do wrong.

use std::io::Write;

use super::page;
use crate::support::Desk;

pub(super) fn record(fields: &str, block: &str) -> String {
    format!(
        "WARC/1.0\r\n{fields}Content-Length: {}\r\n\r\n{block}\r\n\r\n",
        block.len()
    )
}

fn gzip(text: &str) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(text.as_bytes()).unwrap();
    encoder.finish().unwrap()
}

pub(super) fn answer(body: &str) -> String {
    format!("HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n{body}")
}

/// As other writers make them, one odd thing each.
fn odd_records() -> Vec<(&'static str, String)> {
    let common = "WARC-Type: response\r\nWARC-Record-ID: <urn:uuid:6ba7b810-9dad-11d1-80b4-00c04fd430c8>\r\n";
    let dated = format!("{common}WARC-Date: 2024-05-06T07:08:09Z\r\n");
    let at = |name: &str| format!("WARC-Target-URI: http://odd.example/{name}\r\n");
    let with = |name: &str, extra: &str, block: &str| {
        record(&format!("{dated}{}{extra}", at(name)), block)
    };
    let html = |name: &str| answer(&page(name, ""));
    vec![
        (
            "bracketed",
            record(
                &format!("{dated}WARC-Target-URI: <http://odd.example/bracketed>\r\n"),
                &html("bracketed"),
            ),
        ),
        (
            "lower",
            with("lower", "", &html("lower"))
                .to_lowercase()
                .replace("warc/1.0", "WARC/0.18")
                .replace("http/1.1", "HTTP/1.1"),
        ),
        (
            "two",
            with(
                "two",
                "Content-Type: application/http\r\n",
                &html("two").replace("HTTP/1.1 200 OK", "HTTP/2 200"),
            ),
        ),
        (
            "folded",
            with("folded", "X-Note: a\r\n  folded one\r\n", &html("folded")),
        ),
        (
            "undated",
            record(&format!("{common}{}", at("undated")), &html("undated")),
        ),
        (
            "misdated",
            record(
                &format!("{common}WARC-Date: 20240506070809\r\n{}", at("misdated")),
                &html("misdated"),
            ),
        ),
        (
            "unnamed",
            record(
                &format!(
                    "WARC-Type: response\r\nWARC-Date: 2024-05-06T07:08:09Z\r\n{}",
                    at("unnamed")
                ),
                &html("unnamed"),
            ),
        ),
        (
            "digest",
            with(
                "digest",
                "WARC-Payload-Digest: sha1:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\r\nWARC-Block-Digest: sha1:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\r\n",
                &html("digest"),
            ),
        ),
        ("chunked", {
            let body = page("chunked", "");
            let chunks = format!("{:x}\r\n{body}\r\n0\r\n\r\n", body.len());
            with(
                "chunked",
                "",
                &answer(&chunks).replacen(
                    "HTTP/1.1 200 OK\r\n",
                    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n",
                    1,
                ),
            )
        }),
        (
            "undone",
            with(
                "undone",
                "",
                &html("undone").replacen("OK\r\n", "OK\r\nContent-Encoding: gzip\r\n", 1),
            ),
        ),
    ]
}

#[test]
fn files_of_other_writers_import_whole_and_their_faults_are_named() {
    let records = odd_records();
    let all: String = records.iter().map(|(_, text)| text.as_str()).collect();
    let others = [
        record("WARC-Type: response\r\nWARC-Record-ID: <urn:x:1>\r\nWARC-Date: 2024-05-06T07:08:09Z\r\nWARC-Target-URI: dns:odd.example\r\nContent-Type: text/dns\r\n", "20240506070809\nodd.example. 300 IN A 192.0.2.1\n"),
        record("WARC-Type: conversion\r\nWARC-Record-ID: <urn:x:2>\r\nWARC-Date: 2024-05-06T07:08:09Z\r\n", "a conversion"),
        record("WARC-Type: request\r\nWARC-Record-ID: <urn:x:3>\r\nWARC-Date: 2024-05-06T07:08:09Z\r\n", "GET / HTTP/1.1\r\n\r\n"),
    ]
    .concat();
    let members: Vec<u8> = records.iter().flat_map(|(_, text)| gzip(text)).collect();
    let dropped = {
        let mut block = answer("").into_bytes();
        block.extend(gzip(&page("dropped", "")));
        let head = "WARC/1.0\r\nWARC-Type: response\r\nWARC-Record-ID: <urn:x:4>\r\nWARC-Date: 2024-05-06T07:08:09Z\r\nWARC-Target-URI: http://odd.example/dropped\r\n";
        let mut bytes = format!("{head}Content-Length: {}\r\n\r\n", block.len()).into_bytes();
        bytes.extend(block);
        bytes.extend(b"\r\n\r\n");
        bytes
    };
    let plain = [all.as_bytes(), others.as_bytes(), &dropped].concat();
    let whole = {
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        encoder.write_all(&plain).unwrap();
        encoder.finish().unwrap()
    };
    let forms: [(&str, Vec<u8>); 4] = [
        ("plain.warc", plain.clone()),
        ("plain-named-as.warc.gz", [&plain[..], &[0; 512]].concat()),
        ("one-member.warc", whole),
        (
            "members.warc.gz",
            [
                &members[..],
                &gzip(&others),
                &dropped_member(&dropped),
                &[0; 900],
            ]
            .concat(),
        ),
    ];
    for (name, bytes) in forms {
        let desk = Desk::new();
        desk.write(name, bytes);
        let run = desk.run(&["import", name]).expect(0);
        assert!(
            run.stdout.starts_with("11 captures added"),
            "{name}: {}",
            run.stdout
        );
        for (told, count) in [
            ("no WARC-Date", 1),
            ("a WARC-Date that", 1),
            ("no WARC-Record-ID", 1),
            ("wrong WARC-Payload-Digest", 1),
            ("wrong WARC-Block-Digest", 1),
        ] {
            assert_eq!(
                run.stderr.matches(told).count(),
                count,
                "{name}: {told}\n{}",
                run.stderr
            );
        }
        let rows = desk
            .run(&["captures", "--jsonl", "--text"])
            .expect(0)
            .jsonl();
        for word in records.iter().map(|(name, _)| *name).chain(["dropped"]) {
            let row = rows
                .iter()
                .find(|row| row["final_url"] == format!("http://odd.example/{word}"));
            let row = row.unwrap_or_else(|| panic!("{name}: {word} is missing"));
            let text = row["text"]
                .as_str()
                .unwrap_or_else(|| panic!("{name}: {word} is no text"));
            assert!(
                text.to_lowercase()
                    .contains(&format!("the {word} office opened")),
                "{name}: {word}"
            );
            assert_eq!(
                row["fetched_at"].is_null(),
                word == "undated",
                "{name}: {row}"
            );
        }
        // The corpus holds whole records, whatever came in.
        let again = desk.path("corpus/captures/warc");
        let folder = again.to_string_lossy().into_owned();
        let second = desk
            .run(&["--corpus", "second", "import", &folder])
            .expect(0);
        assert!(
            second.stdout.starts_with("11 captures added"),
            "{}",
            second.stdout
        );
        assert!(!second.stderr.contains("no WARC-"), "{}", second.stderr);
        desk.run(&["curate"]).expect(0);
    }
}

fn dropped_member(record: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(record).unwrap();
    encoder.finish().unwrap()
}

#[test]
fn what_cannot_be_read_is_named_with_its_place_and_the_rest_comes_in() {
    let desk = Desk::new();
    let records = odd_records();
    let good = |n: usize| gzip(&records[n].1);
    let mut broken = good(1);
    let middle = broken.len() / 2;
    broken[middle] ^= 0xff;
    let start = good(0).len();
    desk.write(
        "x.warc.gz",
        [good(0), broken, good(3), b"garbage".to_vec()].concat(),
    );
    let run = desk.run(&["import", "x.warc.gz"]).expect(6);
    assert!(run.stdout.starts_with("2 captures added"), "{}", run.stdout);
    let place = format!("x.warc.gz: record at byte {start}: ");
    assert!(run.stderr.contains(&place), "{}", run.stderr);
    let revisit = record(
        "WARC-Type: revisit\r\nWARC-Record-ID: <urn:x:1>\r\nWARC-Date: 2024-05-06T07:08:09Z\r\nWARC-Target-URI: http://odd.example/none\r\nWARC-Profile: http://netpreserve.org/warc/1.0/revisit/identical-payload-digest\r\nWARC-Payload-Digest: sha1:BBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBB\r\n",
        "",
    );
    desk.write("revisit.warc", revisit);
    desk.write("empty.warc.gz", "");
    desk.write(
        "old.arc.gz",
        "filedesc://old.arc 0.0.0.0 20000101000000 text/plain 0\n",
    );
    for (name, told) in [
        (
            "revisit.warc",
            "record at byte 0: the original of the revisit of `http://odd.example/none`",
        ),
        ("empty.warc.gz", "the file is empty"),
        ("old.arc.gz", "warcio recompress"),
    ] {
        let run = desk.run(&["import", name]).expect(6);
        assert!(
            run.stderr.contains(told) && run.stderr.contains(name),
            "{}",
            run.stderr
        );
    }
}
