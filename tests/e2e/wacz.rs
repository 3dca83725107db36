//! Archives in and out: WACZ written and read, WARC files of other writers, captures found again.

mod foreign;

use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, File};
use std::io::{Cursor, Read, Write};
use std::path::Path;
use std::process::Command;

use serde_json::Value;
use sha2::{Digest, Sha256};
use thresh_testkit::{Reply, Server};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipArchive, ZipWriter};

use crate::support::Desk;
use foreign::{answer, record};

/// A page whose text is long enough to be published, and unlike that of any other name.
fn page(name: &str, links: &str) -> String {
    let words: Vec<String> = (0..40).map(|n| format!("{name}{n}")).collect();
    let text = format!(
        "The {name} office opened in spring. On its shelves are {}, and much else of the kind.",
        words.join(" and ")
    );
    format!(
        "<html><head><title>About {name}</title></head><body><h1>All about {name}</h1><p>{text}</p>\
         {links}<!-- {} --></body></html>",
        name.repeat(200)
    )
}

/// A crawled and published desk: two pages that stay, one moved, one that asks not to be indexed.
fn published() -> (Desk, String) {
    let server = Server::start(|site| {
        let links = "<a href=/apple>a</a> <a href=/secret>s</a> <a href=/old>o</a>";
        site.on("/robots.txt", Reply::text("User-agent: *\nAllow: /\n"));
        site.on("/", Reply::html(page("harbour", links)));
        site.on("/apple", Reply::html(page("apple", "")).gzip());
        site.on(
            "/secret",
            Reply::html(page("secret", "")).header("X-Robots-Tag", "noindex"),
        );
        site.on("/old", Reply::redirect(301, "/new?a=1"));
        site.on("/new?a=1", Reply::html(page("orchard", "")));
    });
    let desk = Desk::for_server(server.addr(), "");
    desk.run(&["crawl"]).expect(0);
    desk.run(&["crawl", "--revisit", "all"]).expect(0);
    desk.run(&["curate"]).expect(0);
    (desk, format!("http://{}", server.addr()))
}

fn entries(path: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut zip = ZipArchive::new(File::open(path).unwrap()).unwrap();
    (0..zip.len())
        .map(|place| {
            let mut entry = zip.by_index(place).unwrap();
            let mut bytes = Vec::new();
            entry.read_to_end(&mut bytes).unwrap();
            (entry.name().unwrap().into_owned(), bytes)
        })
        .collect()
}

fn gunzip(bytes: &[u8]) -> String {
    let mut text = Vec::new();
    flate2::read::MultiGzDecoder::new(bytes)
        .read_to_end(&mut text)
        .unwrap();
    String::from_utf8_lossy(&text).into_owned()
}

fn hash(bytes: &[u8]) -> String {
    let hex: String = Sha256::digest(bytes)
        .iter()
        .map(|b| format!("{b:02x}"))
        .collect();
    format!("sha256:{hex}")
}

#[test]
fn a_version_is_exported_with_its_evidence_and_nothing_else() {
    let (desk, site) = published();
    desk.run(&["export", "--format", "wacz", "--out", "x.wacz"])
        .expect(0);
    let entries = entries(&desk.path("x.wacz"));
    let names: Vec<&str> = entries.keys().map(String::as_str).collect();
    let (archive, rest) = names.split_first().unwrap();
    assert!(archive.starts_with("archive/") && archive.ends_with(".warc.gz"));
    assert_eq!(
        rest,
        [
            "datapackage-digest.json",
            "datapackage.json",
            "indexes/index.cdx.gz",
            "indexes/index.idx",
            "pages/pages.jsonl"
        ]
    );
    let warc = gunzip(&entries[*archive]);
    for address in ["/", "/apple", "/old", "/new?a=1"] {
        let field = format!("WARC-Target-URI: {site}{address}\r\n");
        assert!(warc.contains(&field), "{address} is missing");
    }
    assert!(!warc.contains("/secret\r\n"), "a withheld page is in");
    assert!(!warc.contains("/robots.txt\r\n"), "no page, no evidence");
    let list = String::from_utf8(entries["pages/pages.jsonl"].clone()).unwrap();
    let pages: Vec<Value> = list
        .lines()
        .skip(1)
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let documents = desk.documents();
    assert_eq!(pages.len(), documents.len());
    for (page, document) in pages.iter().zip(&documents) {
        assert_eq!(
            (&page["id"], &page["text"]),
            (&document["id"], &document["text"])
        );
        assert_eq!(page["title"], document["title"]);
    }
    described(&entries);
    indexed(&entries, archive);
}

/// Every part has the length and the hash that the package tells.
fn described(entries: &BTreeMap<String, Vec<u8>>) {
    let package = &entries["datapackage.json"];
    let digest: Value = serde_json::from_slice(&entries["datapackage-digest.json"]).unwrap();
    assert_eq!(digest["hash"], hash(package));
    let package: Value = serde_json::from_slice(package).unwrap();
    assert_eq!(package["wacz_version"], "1.1.1");
    let resources = package["resources"].as_array().unwrap();
    assert_eq!(resources.len() + 2, entries.len());
    for resource in resources {
        let bytes = &entries[resource["path"].as_str().unwrap()];
        assert_eq!(resource["hash"], hash(bytes));
        assert_eq!(resource["bytes"], bytes.len());
    }
}

/// Every line of the index leads to the member of its record, and blocks are where the list says.
fn indexed(entries: &BTreeMap<String, Vec<u8>>, archive: &str) {
    let (data, warc) = (&entries["indexes/index.cdx.gz"], &entries[archive]);
    let lines = gunzip(data);
    assert!(lines.lines().is_sorted());
    let mut count = 0;
    for line in lines.lines() {
        let row: Value = serde_json::from_str(line.splitn(3, ' ').nth(2).unwrap()).unwrap();
        let number = |name: &str| row[name].as_str().unwrap().parse::<usize>().unwrap();
        let (offset, length) = (number("offset"), number("length"));
        let record = gunzip(&warc[offset..offset + length]);
        let target = format!("WARC-Target-URI: {}\r\n", row["url"].as_str().unwrap());
        assert!(record.contains(&target), "{line}");
        assert!(archive.ends_with(row["filename"].as_str().unwrap()));
        count += 1;
    }
    assert!(count >= 4, "{count} captures");
    let list = String::from_utf8(entries["indexes/index.idx"].clone()).unwrap();
    for line in list.lines().skip(1) {
        let (front, object) = line.split_once(" {").unwrap();
        let block: Value = serde_json::from_str(&format!("{{{object}")).unwrap();
        let number = |name: &str| usize::try_from(block[name].as_u64().unwrap()).unwrap();
        let (offset, length) = (number("offset"), number("length"));
        assert!(gunzip(&data[offset..offset + length]).starts_with(front));
        assert_eq!(block["digest"], hash(&data[offset..offset + length]));
    }
}

#[test]
fn the_same_version_gives_the_same_file_wherever_it_is_put() {
    let (desk, _) = published();
    let export = |out: &str| {
        desk.run(&["export", "--format", "wacz", "--out", out])
            .expect(0);
    };
    export("x.wacz");
    export("folder/");
    let named: Vec<_> = fs::read_dir(desk.path("folder"))
        .unwrap()
        .flatten()
        .collect();
    assert_eq!(named.len(), 1);
    let bytes = fs::read(desk.path("x.wacz")).unwrap();
    assert!(bytes == fs::read(named[0].path()).unwrap());
    let zip = ZipArchive::new(Cursor::new(&bytes)).unwrap();
    for place in 0..zip.len() {
        let entry = zip.by_index_data(place).unwrap();
        let is_stored = entry.compression() == CompressionMethod::Stored;
        let name = entry.name().unwrap();
        // A viewer reads single records and blocks of these over HTTP.
        assert_eq!(is_stored, name.ends_with(".gz"), "{name}");
    }
    desk.run(&["export", "--format", "wacz", "--out", "-"])
        .expect(2);
}

#[test]
fn a_licence_policy_keeps_captures_out() {
    let (desk, _) = published();
    let args = [
        "export",
        "--format",
        "wacz",
        "--licence-policy",
        "open",
        "--out",
        "x.wacz",
    ];
    desk.run(&args).expect(0);
    let entries = entries(&desk.path("x.wacz"));
    let (archive, bytes) = entries.iter().next().unwrap();
    let warc = gunzip(bytes);
    assert!(warc.contains("WARC-Type: warcinfo"), "{archive}");
    assert!(
        !warc.contains("WARC-Target-URI"),
        "no document is open here"
    );
}

#[test]
fn the_judge_of_the_format_accepts_the_file() {
    let (desk, _) = published();
    desk.run(&["export", "--format", "wacz", "--out", "x.wacz"])
        .expect(0);
    let judge = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/judges/bin/wacz");
    if !judge.is_file() {
        let _ = writeln!(
            std::io::stderr(),
            "NOT JUDGED: wacz is absent (`just judges` installs it)"
        );
        return;
    }
    let run = |args: &[&str]| {
        let mut command = Command::new(&judge);
        let output = command
            .current_dir(desk.path(""))
            .args(args)
            .output()
            .unwrap();
        let told = String::from_utf8_lossy(&output.stdout).into_owned();
        assert!(
            output.status.success(),
            "{told}{}",
            String::from_utf8_lossy(&output.stderr)
        );
        told
    };
    let told = run(&["validate", "-f", "x.wacz"]);
    assert!(told.contains("Validation succeeded"), "{told}");
    // And what it makes itself is read whole.
    let mut args = vec!["create", "-o", "theirs.wacz"];
    let warcs: Vec<String> = fs::read_dir(desk.path("corpus/captures/warc"))
        .unwrap()
        .flatten()
        .map(|entry| entry.path().to_string_lossy().into_owned())
        .collect();
    args.extend(warcs.iter().map(String::as_str));
    run(&args);
    let other = desk.run(&["--corpus", "other", "import", "theirs.wacz"]);
    other.expect(0);
    assert_eq!(payloads(&desk, "other"), payloads(&desk, "corpus"));
}

/// Addresses and payloads of a corpus.
fn payloads(desk: &Desk, corpus: &str) -> BTreeSet<(String, String)> {
    let rows = desk.run(&["--corpus", corpus, "captures", "--jsonl", "--kind", "all"]);
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let rows = rows.expect(0).jsonl();
    rows.iter()
        .filter(|row| row["status"] != 304)
        .map(|row| (text(&row["final_url"]), text(&row["sha256"])))
        .collect()
}

#[test]
fn an_export_imports_as_the_same_documents() {
    let (desk, _) = published();
    desk.run(&["export", "--format", "wacz", "--out", "x.wacz"])
        .expect(0);
    desk.run(&["--corpus", "other", "import", "x.wacz"])
        .expect(0);
    desk.run(&["--corpus", "other", "curate"]).expect(0);
    let texts = |rows: Vec<Value>| -> BTreeMap<String, String> {
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        rows.iter()
            .map(|row| (text(&row["url"]), text(&row["text"])))
            .collect()
    };
    let other = desk.run(&[
        "--corpus", "other", "export", "--format", "jsonl", "--out", "-",
    ]);
    let (theirs, ours) = (texts(other.expect(0).jsonl()), texts(desk.documents()));
    assert_eq!(theirs, ours);
    let again = desk
        .run(&["--corpus", "other", "import", "x.wacz"])
        .expect(0);
    assert!(
        again.stdout.contains("0 captures added"),
        "{}",
        again.stdout
    );
}

fn repacked(desk: &Desk, name: &str, method: CompressionMethod) -> Vec<u8> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    for (path, bytes) in entries(&desk.path("x.wacz")) {
        let options = SimpleFileOptions::default().compression_method(method);
        zip.start_file(path, options).unwrap();
        zip.write_all(&bytes).unwrap();
    }
    let bytes = zip.finish().unwrap().into_inner();
    desk.write(name, &bytes);
    bytes
}

/// Marks every entry as encrypted, in its own header and in the list.
fn encrypted(mut bytes: Vec<u8>) -> Vec<u8> {
    for (sign, flags) in [(b"PK\x03\x04", 6), (b"PK\x01\x02", 8)] {
        let places: Vec<usize> = bytes
            .windows(4)
            .enumerate()
            .filter(|(_, window)| window == sign)
            .map(|(place, _)| place)
            .collect();
        for place in places {
            bytes[place + flags] |= 1;
        }
    }
    bytes
}

#[test]
fn archives_are_read_however_they_are_packed_and_faults_are_named() {
    let (desk, _) = published();
    desk.run(&["export", "--format", "wacz", "--out", "x.wacz"])
        .expect(0);
    desk.run(&["--corpus", "plain", "import", "x.wacz"])
        .expect(0);
    let stored = repacked(&desk, "stored.wacz", CompressionMethod::Stored);
    let packed = repacked(&desk, "deflated.wacz", CompressionMethod::Deflated);
    for name in ["stored", "deflated"] {
        let file = format!("{name}.wacz");
        desk.run(&["--corpus", name, "import", &file]).expect(0);
        assert_eq!(payloads(&desk, name), payloads(&desk, "plain"));
        let left = fs::read_dir(desk.path(name)).unwrap().flatten();
        assert!(
            left.into_iter()
                .all(|entry| !entry.file_name().to_string_lossy().starts_with(".tmp"))
        );
    }
    let mut damaged = packed.clone();
    damaged[700] ^= 0x55;
    desk.write("damaged.wacz", damaged);
    let mut torn = stored.clone();
    torn.truncate(stored.len() / 2);
    desk.write("torn.wacz", torn);
    desk.write("encrypted.wacz", encrypted(stored));
    desk.write("text.wacz", "no zip at all");
    let mut bare = ZipWriter::new(Cursor::new(Vec::new()));
    bare.start_file("a.warc", SimpleFileOptions::default())
        .unwrap();
    desk.write("bare.wacz", bare.finish().unwrap().into_inner());
    for (name, told) in [
        ("damaged", "the zip entry is damaged"),
        ("torn", "no whole zip file"),
        ("encrypted", "is encrypted"),
        ("text", "no whole zip file"),
        ("bare", "no WARC file in its `archive` folder"),
    ] {
        let file = format!("{name}.wacz");
        let run = desk.run(&["--corpus", "faults", "import", &file]).expect(6);
        assert!(
            run.stderr.contains(told) && run.stderr.contains(&file),
            "{}",
            run.stderr
        );
        // What can be read beside it still is.
        desk.run(&["--corpus", name, "import", &file, "x.wacz"])
            .expect(6);
        assert_eq!(payloads(&desk, name), payloads(&desk, "plain"), "{name}");
    }
}

#[test]
fn captures_are_found_by_address_and_time() {
    let desk = Desk::new();
    let capture = |url: &str, date: &str, body: &str| {
        let fields = format!(
            "WARC-Type: response\r\nWARC-Record-ID: <urn:x:{date}>\r\nWARC-Date: {date}\r\nWARC-Target-URI: {url}\r\n"
        );
        record(&fields, &answer(&page(body, "")))
    };
    let text = [
        capture(
            "https://www.a.example/docs?b=2&a=1",
            "2024-03-01T00:00:00Z",
            "third",
        ),
        capture(
            "http://a.example/docs/?a=1&b=2",
            "2024-01-01T00:00:00Z",
            "first",
        ),
        capture(
            "http://a.example/docs/?a=1&b=2",
            "2024-02-01T00:00:00Z",
            "second",
        ),
        capture("http://a.example/docs/x", "2024-01-01T00:00:00Z", "below"),
        capture("http://a.example/docsx", "2024-01-01T00:00:00Z", "beside"),
        capture("http://b.example/docs", "2024-01-01T00:00:00Z", "elsewhere"),
    ]
    .concat();
    desk.write("x.warc", text);
    desk.run(&["import", "x.warc"]).expect(0);
    let find = |args: &[&str]| -> Vec<String> {
        let all: Vec<&str> = ["captures", "--jsonl", "--url"]
            .iter()
            .chain(args)
            .copied()
            .collect();
        let rows = desk.run(&all).expect(0).jsonl();
        let date = |row: &Value| row["fetched_at"].as_str().unwrap()[..7].to_owned();
        rows.iter().map(date).collect()
    };
    for spelling in [
        "https://www.A.example/docs?a=1&b=2",
        "a.example/docs/?b=2&a=1#x",
        "http://a.example:80/docs?a=1&b=2",
    ] {
        assert_eq!(
            find(&[spelling]),
            ["2024-01", "2024-02", "2024-03"],
            "{spelling}"
        );
    }
    let address = "a.example/docs?a=1&b=2";
    for (at, found) in [
        ("2020", "2024-01"),
        ("20240120", "2024-02"),
        ("2024-01-10", "2024-01"),
        ("2024-02-16T00:00:00Z", "2024-03"),
        ("2024-02-15", "2024-02"),
        ("20300101000000", "2024-03"),
    ] {
        assert_eq!(find(&[address, "--at", at]), [found], "{at}");
    }
    assert_eq!(find(&["a.example/docs/", "--prefix"]).len(), 4);
    assert_eq!(find(&["a.example/docs", "--prefix"]).len(), 5);
    assert_eq!(
        find(&["a.example", "--prefix", "--at", "2024-03"]).len(),
        3,
        "one each"
    );
    assert_eq!(find(&["a.example/none"]), [""; 0]);
    assert_eq!(find(&["a.example/docs/x", "--kind", "robots"]), [""; 0]);
    desk.run(&["captures", "--url", "a.example", "--at", "soon"])
        .expect(2);
    desk.run(&["captures", "--at", "2024"]).expect(2);
    let index = desk.read("corpus/captures/index.cdxj");
    assert!(index.lines().is_sorted());
    assert!(index.starts_with("example,a)/docs/x 20240101000000 {\"url\": \"http://a.example/docs/x\", \"mime\": \"text/html\", \"status\": \"200\", \"digest\": \"sha256:"), "{index}");
}
