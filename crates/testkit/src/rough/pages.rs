//! Pages that are too much of something.

use std::fmt::Write;

/// Returns a page with `count` links below `prefix`.
pub fn links(prefix: &str, count: usize) -> String {
    let mut page = String::from("<title>Links</title>");
    for number in 0..count {
        // Writing to a string does not fail.
        let _ = write!(page, "<a href=\"{prefix}{number}\">{number}</a> ");
    }
    page
}

/// Returns a page of `depth` elements within each other, with `inside` in the innermost.
pub fn nested(depth: usize, inside: &str) -> String {
    format!("<title>Deep</title>{}{inside}", "<div>".repeat(depth))
}

/// Returns a page whose only element has `count` attributes, followed by `after`.
pub fn attributes(count: usize, after: &str) -> String {
    let mut page = String::from("<title>Attributes</title><p");
    for number in 0..count {
        // Writing to a string does not fail.
        let _ = write!(page, " a{number}=1");
    }
    page.push('>');
    page.push_str(after);
    page
}

/// Returns a page of `bytes` bytes of words that do not repeat soon.
pub fn long_text(bytes: usize) -> String {
    let mut page = String::from("<title>Long</title><main><p>");
    let mut state: u32 = 12_345;
    while page.len() < bytes {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        let _ = write!(page, "word{} ", state >> 12);
        if state & 0x3f00_0000 == 0 {
            page.push_str("</p><p>");
        }
    }
    page
}

/// Returns loopback and other private hosts in every spelling, each with `port`. What listens on a
/// loopback port is reached by most of the loopback ones on most machines.
pub fn private_spellings(port: u16) -> Vec<String> {
    let hosts = [
        "127.0.0.1",
        "127.0.0.2",
        "2130706433",
        "0x7f000001",
        "0x7f.1",
        "0177.0.0.1",
        "017700000001",
        "127.1",
        "127.0.1",
        "0",
        "0.0.0.0",
        "\u{ff11}\u{ff12}\u{ff17}.0.0.1",
        "127。0。0。1",
        "%31%32%37.0.0.1",
        "127.0.0.1.",
        "localhost",
        "LOCALHOST",
        "localhost.",
        "[::1]",
        "[0:0:0:0:0:0:0:1]",
        "[::]",
        "[::127.0.0.1]",
        "[::ffff:127.0.0.1]",
        "[::ffff:7f00:1]",
        "[64:ff9b::127.0.0.1]",
        "[2002:7f00:1::]",
        "[fe80::1]",
        "[fc00::1]",
        "[ff02::1]",
        "10.0.0.1",
        "172.16.0.1",
        "192.168.0.1",
        "169.254.169.254",
        "100.64.0.1",
        "224.0.0.1",
        "255.255.255.255",
        "user:secret@127.0.0.1",
    ];
    hosts
        .iter()
        .map(|host| format!("http://{host}:{port}"))
        .collect()
}
