//! Reading any bytes as a WARC.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod common;

use std::io::{Cursor, Write as _};
use std::path::Path;

use common::{only_warc, three_pages};
use proptest::prelude::*;
use thresh_corpus::warc::{Oddity, OnDamage, Problem, ProblemKind, Reader, Record, Want};

/// Reads all of the bytes: the records and the problems.
fn read(bytes: &[u8]) -> (Vec<Record>, Vec<Problem>) {
    read_with(bytes, OnDamage::GoOn)
}

/// Reads as an import does, which forgives other writers more.
fn mend(bytes: &[u8]) -> (Vec<Record>, Vec<Problem>) {
    read_with(bytes, OnDamage::Mend)
}

fn read_with(bytes: &[u8], on_damage: OnDamage) -> (Vec<Record>, Vec<Problem>) {
    let name = Path::new("x.warc");
    let mut reader = match Reader::new(Cursor::new(bytes), name, 0, on_damage) {
        Ok(reader) => reader,
        Err(_) => return (Vec::new(), Vec::new()),
    };
    let (mut records, mut problems) = (Vec::new(), Vec::new());
    while let Some(next) = reader.next_record(|_| Want::Keep) {
        match next {
            Ok(record) => records.push(record),
            Err(problem) => problems.push(problem),
        }
    }
    (records, problems)
}

fn record(n: usize, block: &str, newline: &str) -> String {
    let length = block.len();
    [
        "WARC/1.1",
        "WARC-Type: resource",
        &format!("WARC-Target-URI: urn:x:{n}"),
        &format!("Content-Length: {length}"),
        "",
        block,
        "",
        "",
    ]
    .join(newline)
}

fn gzip(text: &str) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    encoder.write_all(text.as_bytes()).unwrap();
    encoder.finish().unwrap()
}

fn zstd(text: &str) -> Vec<u8> {
    zstd::bulk::compress(text.as_bytes(), 3).unwrap()
}

/// Joins compressed records; returns the bytes and where each record ends.
fn joined(members: &[Vec<u8>]) -> (Vec<u8>, Vec<usize>) {
    let bytes = members.concat();
    let mut end = 0;
    let ends = members
        .iter()
        .map(|member| {
            end += member.len();
            end
        })
        .collect();
    (bytes, ends)
}

fn blocks(records: &[Record]) -> Vec<String> {
    records
        .iter()
        .map(|r| String::from_utf8(r.block.to_bytes().unwrap().to_vec()).unwrap())
        .collect()
}

#[test]
fn every_form_of_the_file_reads_the_same() {
    let texts = ["one", "", "three\r\n\r\n"];
    let plain = |newline: &str| -> Vec<u8> {
        let records = texts.iter().enumerate().map(|(n, t)| record(n, t, newline));
        records.collect::<String>().into_bytes()
    };
    let members = |pack: fn(&str) -> Vec<u8>| -> Vec<u8> {
        let records = texts
            .iter()
            .enumerate()
            .map(|(n, t)| pack(&record(n, t, "\r\n")));
        records.collect::<Vec<_>>().concat()
    };
    let crlf = String::from_utf8(plain("\r\n")).unwrap();
    let (front, back) = crlf.split_at(crlf.len() / 2);
    let forms = [
        ("plain", plain("\r\n")),
        ("line feeds", plain("\n")),
        ("gzip", members(gzip)),
        ("zstd", members(zstd)),
        ("one gzip member", gzip(&crlf)),
        ("members cut anywhere", [gzip(front), gzip(back)].concat()),
        (
            "skippable frame",
            [
                vec![0x50, 0x2a, 0x4d, 0x18, 2, 0, 0, 0, 9, 9],
                members(zstd),
            ]
            .concat(),
        ),
    ];
    for (form, bytes) in forms {
        let (records, problems) = read(&bytes);
        assert_eq!(problems, [], "{form}");
        assert_eq!(blocks(&records), texts, "{form}");
    }
}

#[test]
fn a_dictionary_of_a_zstd_file_is_used() {
    let dictionary = record(0, "words that every record has in common", "\r\n").into_bytes();
    let texts = ["words that every record has", "in common"];
    let mut compressor = zstd::bulk::Compressor::with_dictionary(3, &dictionary).unwrap();
    let mut bytes = vec![0x5d, 0x2a, 0x4d, 0x18];
    bytes.extend_from_slice(&u32::try_from(dictionary.len()).unwrap().to_le_bytes());
    bytes.extend_from_slice(&dictionary);
    for (n, text) in texts.iter().enumerate() {
        bytes.extend(
            compressor
                .compress(record(n, text, "\r\n").as_bytes())
                .unwrap(),
        );
    }
    let (records, problems) = read(&bytes);
    assert_eq!(problems, []);
    assert_eq!(blocks(&records), texts);
}

#[test]
fn members_know_their_places() {
    let packed = [gzip(&record(0, "a", "\r\n")), gzip(&record(1, "b", "\r\n"))];
    let (bytes, ends) = joined(&packed);
    let (records, _) = read(&bytes);
    assert_eq!((records[0].offset, records[0].length), (0, ends[0] as u64));
    assert_eq!(records[1].offset, ends[0] as u64);
    assert_eq!(records[1].length, packed[1].len() as u64);
}

/// The promise for files that a crash or a copy cut short: the whole records, and one named problem.
#[test]
fn a_file_cut_anywhere_yields_its_whole_records_and_one_problem() {
    let texts = ["first block", "second block", "third block"];
    for pack in [gzip, zstd, |text: &str| text.as_bytes().to_vec()] {
        let members: Vec<Vec<u8>> = texts
            .iter()
            .enumerate()
            .map(|(n, text)| pack(&record(n, text, "\r\n")))
            .collect();
        let (bytes, ends) = joined(&members);
        for length in 0..bytes.len() {
            let (records, problems) = read(&bytes[..length]);
            let whole = ends.iter().filter(|&&end| end <= length).count();
            // In a plain file a record is readable before its closing blank lines.
            let readable = ends.iter().filter(|&&end| end <= length + 4).count();
            assert!(
                (whole..=readable).contains(&records.len()),
                "cut at {length}"
            );
            assert_eq!(blocks(&records), texts[..records.len()]);
            let is_between = length == 0 || ends.contains(&length);
            assert_eq!(
                problems.len(),
                usize::from(!is_between),
                "cut at {length}: {problems:?}"
            );
            if let Some(problem) = problems.first() {
                let starts: Vec<u64> = [0]
                    .into_iter()
                    .chain(ends.iter().map(|&e| e as u64))
                    .collect();
                assert!(starts.contains(&problem.offset), "{problem}");
                assert!(problem.to_string().contains("x.warc: record at byte"));
            }
        }
    }
}

#[test]
fn reading_goes_on_after_damage() {
    let members: Vec<Vec<u8>> = (0..3)
        .map(|n| gzip(&record(n, &format!("block {n}"), "\r\n")))
        .collect();
    for at in 0..members[1].len() {
        let mut damaged = members.clone();
        damaged[1][at] ^= 0xff;
        let (records, problems) = read(&damaged.concat());
        let found = blocks(&records);
        assert_eq!(
            found.first().map(String::as_str),
            Some("block 0"),
            "byte {at}"
        );
        assert_eq!(
            found.last().map(String::as_str),
            Some("block 2"),
            "byte {at}"
        );
        // Bytes of a gzip header that nothing depends on, such as its time, may change unseen, and a
        // change may add bytes behind a record that itself is whole.
        assert!(problems.len() <= 1, "byte {at}: {problems:?}");
        assert!(problems.len() + found.len() >= 3, "byte {at}: {found:?}");
    }
}

#[test]
fn wrong_lengths_cost_one_record() {
    let good = |n: usize| record(n, "good", "\r\n");
    for (length, expected) in [
        ("2", 2),
        ("400", 2),
        ("x", 2),
        ("99999999999999999999", 2),
        ("4", 3),
    ] {
        let bad = good(1).replace("Content-Length: 4", &format!("Content-Length: {length}"));
        let text = format!("{}{bad}{}", good(0), good(2));
        let (records, problems) = read(text.as_bytes());
        assert_eq!(records.len(), expected, "length {length}: {problems:?}");
        assert_eq!(
            problems.len(),
            3 - expected,
            "length {length}: {problems:?}"
        );
    }
    let too_long = format!(
        "{}{}",
        good(0),
        good(1).replace("Content-Length: 4", "Content-Length: 40")
    );
    let (records, problems) = read(too_long.as_bytes());
    assert_eq!(records.len(), 1);
    assert_eq!(problems[0].kind, ProblemKind::Truncated);
}

#[test]
fn what_is_no_warc_is_one_problem() {
    for text in ["hello\n", "<html>\n<p>WARC/1.0</p>", "\n\n\nx"] {
        let (records, problems) = read(text.as_bytes());
        assert!(records.is_empty());
        assert_eq!(problems.len(), 1, "{text}: {problems:?}");
    }
    assert!(read(b"").1.is_empty());
}

/// Says another length than the block has.
fn with_length(record: &str, length: usize) -> String {
    let (head, rest) = record.split_once("Content-Length: ").unwrap();
    let (_, rest) = rest.split_once("\r\n").unwrap();
    format!("{head}Content-Length: {length}\r\n{rest}")
}

#[test]
fn a_member_tells_the_length_that_its_record_has_wrong() {
    let long = "a line\r\n\r\nand another one\r\n".repeat(9000);
    for text in [
        "a block",
        "",
        "head\r\n\r\nbody of it",
        "ends in lines\n\n",
        &long,
    ] {
        let said = [
            0,
            1,
            4,
            6,
            text.len() + 1,
            text.len() + 3,
            text.len() + 5000,
        ];
        // Two and four bytes more take in whole closing lines, which may be part of a block as well.
        let is_plain = |said: &usize| ![0, 2, 4].map(|more| text.len() + more).contains(said);
        for length in said.into_iter().filter(is_plain) {
            let bad = gzip(&with_length(&record(1, text, "\r\n"), length));
            let good = |n| gzip(&record(n, "good", "\r\n"));
            for after in [good(2), Vec::new()] {
                let (records, problems) = mend(&[good(0), bad.clone(), after.clone()].concat());
                assert_eq!(problems, [], "said {length}: {text:.20}");
                assert_eq!(blocks(&records)[1], text, "said {length}");
                assert_eq!(records[1].oddities, [Oddity::WrongLength]);
                let told = records[1].fields.get("Content-Length").unwrap();
                assert_eq!(told, text.len().to_string());
                assert!(
                    String::from_utf8_lossy(&records[1].head)
                        .contains(&format!("Content-Length: {}\r\n\r\n", text.len()))
                );
                assert_eq!(records.len(), if after.is_empty() { 2 } else { 3 });
            }
        }
    }
}

#[test]
fn a_damaged_member_is_never_mended() {
    let bad = gzip(&with_length(
        &record(1, "a block of some length", "\r\n"),
        400,
    ));
    let good = gzip(&record(2, "good", "\r\n"));
    for length in 30..bad.len() {
        let (records, problems) = mend(&bad[..length]);
        assert_eq!((records.len(), problems.len()), (0, 1), "cut at {length}");
    }
    for at in 10..bad.len() {
        let mut damaged = bad.clone();
        damaged[at] ^= 0x10;
        let (records, _) = mend(&[damaged, good.clone()].concat());
        assert_eq!(blocks(&records).last().map(String::as_str), Some("good"));
        let is_true = |block: &String| ["good", "a block of some length"].contains(&block.as_str());
        assert!(blocks(&records).iter().all(is_true), "byte {at}");
    }
}

#[test]
fn one_member_for_all_loses_only_the_record_that_is_wrong() {
    let good = |n: usize| record(n, "good", "\r\n");
    for length in [1, 2, 30] {
        let bad = with_length(&record(1, "a longer block", "\r\n"), length);
        let text = format!("{}{bad}{}{}", good(0), good(2), good(3));
        let (records, problems) = mend(&gzip(&text));
        assert!(records.len() >= 2, "said {length}: {problems:?}");
        assert_eq!(blocks(&records).last().map(String::as_str), Some("good"));
        assert_eq!(problems.len(), 1, "said {length}: {problems:?}");
    }
}

#[test]
fn a_page_about_records_is_no_record() {
    let text =
        "head\r\n\r\nWARC/1.0\r\nWARC-Type: resource\r\nContent-Length: 4\r\n\r\nfake\r\n\r\n";
    for bytes in [
        gzip(&record(1, text, "\r\n")),
        record(1, text, "\r\n").into_bytes(),
    ] {
        let (records, problems) = mend(&bytes);
        assert_eq!(
            (blocks(&records).as_slice(), problems.len()),
            (&[text.to_owned()][..], 0)
        );
    }
}

#[test]
fn missing_blank_lines_and_padding_are_forgiven() {
    let bare = |n: usize| record(n, "text", "\r\n").trim_end().to_owned();
    let half = |n: usize| bare(n) + "\r\n";
    for text in [
        bare(0) + &bare(1) + &half(2),
        half(0) + &half(1) + &record(2, "text", "\r\n") + &"\0".repeat(3000),
        "\r\n\r\n".to_owned() + &record(0, "text", "\n") + "\n\n" + &bare(1) + &half(2),
    ] {
        let (records, problems) = mend(text.as_bytes());
        assert_eq!(blocks(&records), ["text"; 3], "{problems:?}");
        assert!(problems.len() <= 1, "{problems:?}");
        assert_eq!(blocks(&mend(&gzip(&text)).0), ["text"; 3]);
    }
    for pack in [gzip, zstd] {
        let member = pack(&record(0, "text", "\r\n"));
        let (records, problems) = mend(&[&member, &[0; 700][..], &member, &[0; 512][..]].concat());
        assert_eq!((records.len(), problems), (2, Vec::new()));
    }
}

#[test]
fn what_follows_the_last_record_is_named() {
    let member = gzip(&record(0, "text", "\r\n"));
    let (records, problems) = mend(&[&member, &b"some garbage"[..]].concat());
    assert_eq!((records.len(), problems.len()), (1, 1));
    assert_eq!(problems[0].offset, member.len() as u64);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// Whatever stands between members, an import finds the records that a strict reader finds.
    #[test]
    fn mending_finds_what_plain_reading_finds(
        bytes in proptest::collection::vec(any::<u8>(), 0..300),
        at in 0_usize..4,
    ) {
        let mut members: Vec<Vec<u8>> = (0..3)
            .map(|n| gzip(&record(n, &format!("block {n}"), "\r\n")))
            .collect();
        members.insert(at, bytes);
        let file = members.concat();
        let (plain, mended) = (blocks(&read(&file).0), blocks(&mend(&file).0));
        for block in plain {
            prop_assert!(mended.contains(&block));
        }
    }

    #[test]
    fn any_bytes_end_in_values(bytes in proptest::collection::vec(any::<u8>(), 0..600)) {
        for magic in [&b""[..], &[0x1f, 0x8b, 8, 0], &[0x28, 0xb5, 0x2f, 0xfd], b"WARC/1.0\r\n", &[0x5d, 0x2a, 0x4d, 0x18]] {
            let _ = read(&[magic, &bytes].concat());
        }
    }

    #[test]
    fn a_changed_byte_never_panics_and_never_forges_a_payload(at in 0_usize..4000, with in 1_u8..) {
        let folder = three_pages();
        let mut bytes = std::fs::read(only_warc(folder.path())).unwrap();
        let (before, _) = read(&bytes);
        let at = at % bytes.len();
        bytes[at] ^= with;
        let (after, _) = read(&bytes);
        let known = blocks(&before);
        for block in blocks(&after) {
            prop_assert!(known.contains(&block));
        }
    }
}
