//! A corpus in a folder of its own, with the stages as a program calls them.
#![allow(
    dead_code,
    unreachable_pub,
    clippy::unwrap_used,
    reason = "each test file is a crate of its own, uses a part, and fails by panicking"
)]

use std::fs;
use std::path::PathBuf;
use std::sync::Mutex;
use std::sync::atomic::AtomicBool;

use serde_json::{Value, json};
use tempfile::TempDir;
use thresh_config::Config;
use thresh_corpus::{Clock, Corpus, Filter};
use thresh_pipeline::{
    CrawlOptions, CrawlReport, CurateOptions, CurateReport, Event, Explanation, ImportOptions,
    ImportReport, Job, Revisit,
};
use thresh_testkit::Server;
use thresh_types::{Capture, CaptureKind, Document, Withheld};

/// A folder with a configuration and a corpus.
pub struct Bench {
    dir: TempDir,
    config: Config,
    warnings: Mutex<Vec<String>>,
}

impl Bench {
    /// Returns a bench without sites.
    pub fn new() -> Self {
        Self {
            dir: TempDir::new().unwrap(),
            config: Config::embedded(),
            warnings: Mutex::default(),
        }
    }

    /// Returns a bench whose one site is `server`, seeded with `/`.
    pub fn of(server: &Server) -> Self {
        let dir = TempDir::new().unwrap();
        let addr = server.addr();
        let main =
            format!("[crawl]\ndelay = \"0s\"\nretries = 0\nallow_addresses = [\"{addr}\"]\n");
        let site = format!(
            "id = \"here\"\nname = \"Here\"\nseeds = [\"http://{addr}/\"]\n\
             origins = [\"http://{addr}\"]\nnoise = [\"common\"]\n"
        );
        let folder = dir.path().join("config");
        fs::create_dir_all(folder.join("sites")).unwrap();
        fs::write(folder.join("thresh.toml"), main).unwrap();
        fs::write(folder.join("sites/here.toml"), site).unwrap();
        Self {
            config: Config::load(&folder).unwrap(),
            dir,
            warnings: Mutex::default(),
        }
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    pub fn corpus(&self) -> Corpus {
        Corpus::create(&self.path("corpus")).unwrap()
    }

    fn job<T>(&self, work: impl FnOnce(&Job<'_>) -> T) -> T {
        let corpus = self.corpus();
        let lock = corpus.lock().unwrap();
        let clock = Clock::system();
        let observe = |event| {
            if let Event::Warning { message, .. } = event {
                self.warnings.lock().unwrap().push(message);
            }
        };
        work(&Job {
            corpus: &corpus,
            lock: &lock,
            config: &self.config,
            clock: &clock,
            tool: "thresh/test",
            observe: &observe,
        })
    }

    /// Crawls, known pages included.
    pub fn crawl(&self) -> CrawlReport {
        let options = CrawlOptions {
            revisit: Revisit::All,
            ..CrawlOptions::default()
        };
        self.job(|job| thresh_pipeline::crawl(job, &options, &AtomicBool::new(false)).unwrap())
    }

    pub fn curate(&self) -> CurateReport {
        // Tests take most of a corpus away at will.
        let options = CurateOptions {
            force: Some("a test".to_owned()),
            dry_run: false,
        };
        self.job(|job| thresh_pipeline::curate(job, &options).unwrap())
    }

    pub fn import(&self, paths: &[PathBuf]) -> ImportReport {
        let options = ImportOptions::default();
        self.job(|job| thresh_pipeline::import(job, paths, &options).unwrap())
    }

    /// Imports pages of HTML under their addresses.
    pub fn import_html(&self, pages: &[(&str, &str)]) {
        let lines: Vec<String> = pages
            .iter()
            .map(|(url, html)| json!({"url": url, "html": html}).to_string())
            .collect();
        let path = self.path("pages.jsonl");
        fs::write(&path, lines.join("\n")).unwrap();
        let report = self.import(&[path]);
        assert!(report.unreadable.is_empty(), "{:?}", report.unreadable);
    }

    pub fn explain(&self, name: &str) -> Explanation {
        thresh_pipeline::explain(&self.corpus(), &self.config, name, &|_| ()).unwrap()
    }

    pub fn captures(&self, kind: CaptureKind) -> Vec<Capture> {
        let filter = Filter {
            kind: Some(kind),
            ..Filter::default()
        };
        self.corpus().captures(&filter).unwrap()
    }

    /// The rows of pages as `captures --jsonl` writes them, by path.
    pub fn row(&self, path: &str) -> Value {
        let captures = self.captures(CaptureKind::Page);
        let found = captures.iter().rfind(|c| c.final_url.ends_with(path));
        serde_json::to_value(found.unwrap_or_else(|| panic!("no capture of {path}"))).unwrap()
    }

    /// The documents of the latest version.
    pub fn documents(&self) -> Vec<Document> {
        let version = self.corpus().versions().latest().unwrap().unwrap();
        let leaves = version.leaves().unwrap();
        leaves
            .iter()
            .map(|leaf| version.document(leaf).unwrap())
            .collect()
    }

    /// The document whose address ends with `path`.
    pub fn document(&self, path: &str) -> Document {
        let found = self.documents().into_iter().find(|d| d.url.ends_with(path));
        found.unwrap_or_else(|| panic!("no document at {path}: {:#?}", self.withheld()))
    }

    pub fn withheld(&self) -> Vec<Withheld> {
        let version = self.corpus().versions().latest().unwrap().unwrap();
        version.withheld().unwrap()
    }

    /// Why the page at `path` is in no version.
    pub fn why_not(&self, path: &str) -> Option<(String, String)> {
        let found = self.withheld().into_iter().find(|p| p.url.ends_with(path));
        found.map(|page| (page.reason, page.detail))
    }

    pub fn warnings(&self) -> Vec<String> {
        self.warnings.lock().unwrap().clone()
    }

    pub fn forget_state(&self) {
        for name in ["state.db", "state.db-wal", "state.db-shm", "cache.db"] {
            let _ = fs::remove_file(self.path("corpus").join(name));
        }
    }
}

/// Some paragraphs that no other number has.
pub fn prose(number: u64) -> String {
    const WHO: &[&str] = &[
        "The harbour office",
        "A committee of teachers",
        "The younger sister",
        "Our archive",
        "The night ferry",
        "A retired judge",
        "The beekeepers",
        "An old cartographer",
    ];
    const DID: &[&str] = &[
        "counted",
        "repaired",
        "described",
        "forgot",
        "painted",
        "measured",
        "translated",
        "buried",
    ];
    const WHAT: &[&str] = &[
        "the copper bells of the valley",
        "seven letters from the coast",
        "a map without rivers",
        "the timetable of the winter school",
        "three barrels of salt",
        "the names of the wells",
        "an orchard behind the mill",
        "the rules of a forgotten game",
    ];
    const WHEN: &[&str] = &[
        "before the first snow",
        "while the market was closed",
        "in the year of the flood",
        "after a long silence",
        "on the last day of harvest",
        "with great patience",
        "without telling anybody",
        "although it was raining",
    ];
    let mut state = number.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
    let mut pick = |list: &[&'static str]| {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        list[usize::try_from(state >> 60).unwrap_or(0) % list.len()]
    };
    let mut text = String::new();
    for paragraph in 0..4 {
        text.push_str("<p>");
        for sentence in 0..4 {
            let place = number * 16 + paragraph * 4 + sentence;
            text.push_str(&format!(
                "{} {} {} {}, as note {place} says. ",
                pick(WHO),
                pick(DID),
                pick(WHAT),
                pick(WHEN)
            ));
        }
        text.push_str("</p>");
    }
    text
}

/// A page of HTML with `head` in its head and `body` in its article.
pub fn page(head: &str, body: &str) -> String {
    format!(
        "<!doctype html><html lang=en><head><title>A page</title>{head}</head>\
         <body><main><article><h1>A page</h1>{body}</article></main></body></html>"
    )
}
