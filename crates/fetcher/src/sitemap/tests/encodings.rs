//! Encodings, packing, text and size.

use std::io::Write;

use super::*;

fn listed(bytes: &[u8]) -> Vec<String> {
    let base = "https://a.example/".parse().unwrap();
    let sitemap = parse(bytes, &base, Limits::default());
    sitemap.urls.iter().map(|u| u.url.to_string()).collect()
}

fn list(declared: &str) -> String {
    format!(
        "<?xml version=\"1.0\" encoding=\"{declared}\"?><urlset><url><loc>https://a.example/\u{e9}t\u{e9}</loc></url></urlset>"
    )
}

fn wide(text: &str, big: bool) -> Vec<u8> {
    let bytes = |unit: u16| {
        if big {
            unit.to_be_bytes()
        } else {
            unit.to_le_bytes()
        }
    };
    text.encode_utf16().flat_map(bytes).collect()
}

fn coded(text: &str, label: &str) -> Vec<u8> {
    let encoding = encoding_rs::Encoding::for_label(label.as_bytes()).unwrap();
    encoding.encode(text).0.into_owned()
}

#[test]
fn encodings_are_told_by_mark_declaration_and_bytes() {
    let expected = ["https://a.example/%C3%A9t%C3%A9"];
    let marked = |mark: &[u8], rest: Vec<u8>| [mark, &rest].concat();
    for (name, bytes) in [
        ("UTF-8", list("UTF-8").into_bytes()),
        (
            "UTF-8 with a mark",
            marked(b"\xef\xbb\xbf", list("UTF-8").into_bytes()),
        ),
        (
            "UTF-8 with a mark that says otherwise",
            marked(b"\xef\xbb\xbf", list("ISO-8859-1").into_bytes()),
        ),
        ("UTF-8 that says Latin-1", list("ISO-8859-1").into_bytes()),
        ("UTF-8 that says UTF-16", list("UTF-16").into_bytes()),
        (
            "UTF-8 that says nothing known",
            list("klingon").into_bytes(),
        ),
        ("Latin-1", coded(&list("ISO-8859-1"), "iso-8859-1")),
        (
            "Latin-1 in single quotes",
            coded(&list("iso-8859-1").replace('"', "'"), "iso-8859-1"),
        ),
        (
            "windows-1252 that says UTF-8",
            coded(&list("UTF-8"), "windows-1252"),
        ),
        (
            "windows-1252 that says nothing",
            coded(&list("x").replace(" encoding=\"x\"", ""), "windows-1252"),
        ),
        (
            "UTF-16 LE with a mark",
            marked(b"\xff\xfe", wide(&list("UTF-16"), false)),
        ),
        (
            "UTF-16 BE with a mark",
            marked(b"\xfe\xff", wide(&list("UTF-16"), true)),
        ),
        ("UTF-16 LE without a mark", wide(&list("UTF-16"), false)),
        ("UTF-16 BE without a mark", wide(&list("UTF-16"), true)),
        ("UTF-16 LE that says UTF-8", wide(&list("UTF-8"), false)),
        ("GB 18030", coded(&list("gb18030"), "gb18030")),
    ] {
        assert_eq!(listed(&bytes), expected, "{name}");
    }
    let cyrillic = "<?xml version='1.0' encoding='windows-1251'?><urlset><url><loc>https://a.example/\u{43f}</loc></url></urlset>";
    assert_eq!(
        listed(&coded(cyrillic, "windows-1251")),
        ["https://a.example/%D0%BF"]
    );
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

#[test]
fn packed_files_are_unpacked_twice_and_as_far_as_they_go() {
    let entry = |n: usize| format!("<url><loc>https://a.example/{n}</loc></url>");
    let many: String = (0..2000).map(entry).collect();
    let file = format!("<urlset>{many}</urlset>");
    let packed = gzip(file.as_bytes());
    assert_eq!(listed(&packed).len(), 2000);
    assert_eq!(listed(&gzip(&packed)).len(), 2000);
    assert!(
        listed(&gzip(&gzip(&packed))).is_empty(),
        "thrice is nobody's mistake"
    );
    let parts = [gzip(&file.as_bytes()[..100]), gzip(&file.as_bytes()[100..])].concat();
    assert_eq!(listed(&parts).len(), 2000, "members follow each other");
    let base = "https://a.example/".parse().unwrap();
    let cut = parse(&packed[..packed.len() / 2], &base, Limits::default());
    assert!((10..2000).contains(&cut.urls.len()), "{}", cut.urls.len());
    assert!(
        cut.problems.iter().any(|p| p.contains("ends early")),
        "{:?}",
        cut.problems
    );
    let text = gzip(b"https://a.example/1\nhttps://a.example/2\n");
    assert_eq!(listed(&text).len(), 2);
    assert!(listed(b"\x1f\x8b\x08garbage").is_empty());
}

#[test]
fn bombs_stop_at_the_cap() {
    let base = "https://a.example/".parse().unwrap();
    let limits = Limits {
        max_bytes: 1 << 20,
        ..Limits::default()
    };
    let bomb = [
        b"<urlset><url><loc>https://a.example/1</loc></url>" as &[u8],
        &vec![b' '; 40 << 20],
    ]
    .concat();
    for bomb in [gzip(&bomb), gzip(&gzip(&bomb))] {
        let sitemap = parse(&bomb, &base, limits);
        assert_eq!(sitemap.urls.len(), 1);
        assert!(
            sitemap.problems[0].contains("more than 1048576 bytes"),
            "{:?}",
            sitemap.problems
        );
    }
    let large = parse(&bomb, &base, limits);
    assert!(
        large.problems[0].contains("larger than 1048576"),
        "{:?}",
        large.problems
    );
}

#[test]
fn text_has_one_address_a_line() {
    for (name, text) in [
        ("LF", "https://a.example/1\nhttps://a.example/2".to_owned()),
        (
            "CRLF",
            "https://a.example/1\r\nhttps://a.example/2\r\n".to_owned(),
        ),
        (
            "CR",
            "https://a.example/1\rhttps://a.example/2\r".to_owned(),
        ),
        (
            "mark",
            "\u{feff}https://a.example/1\nhttps://a.example/2\n".to_owned(),
        ),
        (
            "blank lines and white space",
            "\n\n  https://a.example/1 \u{a0}\n \t\nhttps://a.example/2\u{3000}".to_owned(),
        ),
        (
            "comments",
            "# our pages\nhttps://a.example/1\n// more\nhttps://a.example/2\n".to_owned(),
        ),
        (
            "other lines",
            "ftp://a.example/\nhttps://a.example/1\nwww.a.example\nhttps://\nhttps://a.example/2\n"
                .to_owned(),
        ),
        (
            "repeated",
            "https://a.example/1\nhttps://a.example/1#x\nhttps://a.example/2\n".to_owned(),
        ),
        (
            "a line without end",
            format!(
                "https://a.example/{}\nhttps://a.example/1\nhttps://a.example/2\n",
                "x".repeat(100_000)
            ),
        ),
    ] {
        assert_eq!(
            listed(text.as_bytes()),
            ["https://a.example/1", "https://a.example/2"],
            "{name}"
        );
        assert_eq!(listed(&wide(&text, false)).len(), 2, "{name} in UTF-16");
    }
    assert!(listed(b"<p>https://a.example/1\nhttps://a.example/2</p>").is_empty());
    assert_eq!(
        listed(b"https://a.example/caf\xe9\n"),
        ["https://a.example/caf%C3%A9"]
    );
}
