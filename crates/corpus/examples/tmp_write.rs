#[path = "../tests/common/mod.rs"]
mod common;
use common::*;
fn main() {
    let root = std::path::PathBuf::from(std::env::args().nth(1).unwrap());
    let corpus = open(&root);
    let mut s = begin(&corpus);
    for n in 0..20 {
        s.append_exchange(&html(&format!("https://a.example/{n}?q=é"), n, &format!("<p>page {}</p>", n % 15)), &page()).unwrap();
    }
    s.append_exchange(&exchange("https://a.example/3?q=é", 60, 304, "ETag: \"v1\"\r\n", b""), &page()).unwrap();
    s.append_exchange(&exchange("https://a.example/empty", 61, 404, "", b""), &page()).unwrap();
    s.append_exchange(&exchange("https://a.example/r", 61, 301, "Location: /x\r\n", b"moved"), &page()).unwrap();
    let mut t = html("https://a.example/t", 62, "<p>half"); t.truncated = Some(thresh_types::Truncation::Disconnect);
    s.append_exchange(&t, &page()).unwrap();
    let gz = { use std::io::Write; let mut e = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default()); e.write_all(b"<p>zipped</p>").unwrap(); e.finish().unwrap() };
    s.append_exchange(&exchange("https://a.example/gz", 63, 200, "Content-Encoding: gzip\r\nContent-Type: text/html\r\n", &gz), &page()).unwrap();
    for (url, body) in [(None, "text one"), (Some("https://a.example/file.txt"), "text two"), (Some("not a url"), "text 3")] {
        s.append_resource(&thresh_corpus::Resource { url: url.map(str::to_owned), content_type: Some("text/plain".into()), body: body.as_bytes().to_vec().into(), fetched_at: None }, &page()).unwrap();
    }
    s.finish().unwrap();
}
