#![allow(dead_code)]
#[path = "network/crawl.rs"]
mod crawl;
use crawl::*;
use thresh_testkit::*;
#[test]
fn tls() {
    let mut s = thresh_fetcher::Settings { respect_robots: false, ..settings() };
    s.resolve.insert("tls.example:443".parse().unwrap(), "127.0.0.1:18443".parse().unwrap());
    let begun = std::time::Instant::now();
    let c = Crawl::start(s);
    let r = c.fetch("https://tls.example/");
    eprintln!("{:?} {:?}", begun.elapsed(), match r.outcome { thresh_types::FetchOutcome::Answered(e) => format!("{} {}", e.status, String::from_utf8_lossy(&e.response.0)), o => format!("{o:?}") });
}
#[test]
fn bench() {
    let page = { let mut x=String::new(); let mut n=1u32; while x.len()<48000 { n=n.wrapping_mul(1664525).wrapping_add(1013904223); x.push_str(&format!("<p>word{} text and more", n>>20)); } x };
    let reply = Reply::html(page).gzip();
    let server = Server::start(|site| site.on_other(move |_| reply.clone()));
    let urls: Vec<String> = (0..5000).map(|n| server.url(&format!("/{n}"))).collect();
    let c = Crawl::start(settings());
    let begun = std::time::Instant::now();
    let mut bytes = 0;
    for r in c.fetch_all(&urls) { if let thresh_types::FetchOutcome::Answered(e) = r.outcome { bytes += e.body.len(); } }
    eprintln!("5000 pages {:?} {} bytes", begun.elapsed(), bytes);
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap();
    let f: Vec<&str> = stat.rsplit(')').next().unwrap().split_whitespace().collect();
    eprintln!("utime+stime ticks {} + {}", f[11], f[12]);
}
