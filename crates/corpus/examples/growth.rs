//! How the frontier does as it grows: `cargo run --release -p thresh-corpus --example growth -- 10000000 20`
//!
//! The arguments are the number of addresses and of origins. Addresses are added as pages find them; at
//! each million (or at each tenth, for smaller runs) the operations are measured one by one, in CPU time:
//! new addresses, known ones anywhere in the table, taking and finishing; then a piece of the crawl's loop,
//! where each page is taken and finished and has forty links, of which two are new and thirty the site's
//! menu. RSS is the highest of the process so far, what makes up the addresses included.
#![allow(
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "an example for people, which fails by panicking"
)]

use std::fs;
use std::path::Path;

use thresh_corpus::{Clock, Corpus, CorpusError, Done, Frontier, History, NewUrl, Session};
use thresh_types::{CanonicalUrl, Discovery, How, SiteId, TaskKind, Timestamp};

/// Links of a page, those of its menu, and those that are new.
const LINKS: u64 = 40;
const MENU: u64 = 30;
const NEW: u64 = 2;

/// Pages that a turn of the loop takes in, and turns between commits: as in the crawl.
const TURN: usize = 16;
const TURNS: usize = 8;

struct Growth {
    session: Session,
    origins: u64,
    count: u64,
    random: u64,
    second: i64,
    /// CPU seconds spent in the corpus: what makes up the addresses does not count.
    spent: f64,
}

impl Growth {
    fn next_random(&mut self) -> u64 {
        // Xorshift, so that every run asks the same.
        self.random ^= self.random << 13;
        self.random ^= self.random >> 7;
        self.random ^= self.random << 17;
        self.random
    }

    fn url(&self, n: u64) -> NewUrl {
        const WORDS: [&str; 8] = [
            "river", "council", "winter", "market", "railway", "harvest", "museum", "library",
        ];
        let origin = n % self.origins;
        let word = |shift: u64| {
            WORDS[usize::try_from((n.wrapping_mul(0x9E37_79B9) >> shift) % 8).unwrap()]
        };
        let url = format!(
            "https://www.daily-{origin}.example/2026/{:02}/{}/{}-{}-{}-{n}",
            n % 12 + 1,
            word(8),
            word(16),
            word(24),
            word(20),
        );
        self.found(&url, (n / self.origins / 40) * self.origins + origin)
    }

    fn menu(&self, origin: u64, entry: u64) -> NewUrl {
        let url = format!("https://www.daily-{origin}.example/section/{entry}/all-the-news");
        self.found(&url, origin)
    }

    fn found(&self, url: &str, via: u64) -> NewUrl {
        let via = format!("https://www.daily-{}.example/", via % self.origins);
        NewUrl {
            url: url.parse().unwrap(),
            site: SiteId::local(),
            kind: TaskKind::Page,
            depth: 2,
            redirects: 0,
            requested: None,
            priority: 12,
            discovery: Discovery {
                how: How::Link,
                via: via.parse::<CanonicalUrl>().ok(),
                context: Some("What the council said of it".to_owned()),
            },
            vouched: false,
        }
    }

    /// Commits what `change` does, and counts the time.
    fn commit<T>(&mut self, change: impl FnOnce(&mut Frontier<'_>) -> Result<T, CorpusError>) -> T {
        let before = cpu();
        let value = self.session.commit(change).unwrap();
        self.spent += cpu() - before;
        value
    }

    fn per_second(&mut self, count: u64, work: impl FnOnce(&mut Self)) -> f64 {
        let before = std::mem::take(&mut self.spent);
        work(self);
        count as f64 / std::mem::replace(&mut self.spent, before) / 1000.0
    }

    fn insert(&mut self, count: u64) {
        let end = self.count + count;
        while self.count < end {
            let portion: Vec<NewUrl> = (self.count..end.min(self.count + 500))
                .map(|n| self.url(n))
                .collect();
            self.commit(|tx| {
                for new in &portion {
                    assert!(tx.enqueue(new)?, "{} is new", new.url);
                }
                Ok(())
            });
            self.count += portion.len() as u64;
        }
    }

    fn look_up(&mut self, count: u64) {
        let known: Vec<NewUrl> = (0..count)
            .map(|_| {
                let n = self.next_random() % self.count;
                self.url(n)
            })
            .collect();
        self.commit(|tx| {
            for new in &known {
                assert!(tx.known(&new.url, new.kind)?.is_some());
            }
            Ok(())
        });
    }

    fn now(&mut self) -> Timestamp {
        self.second += 1;
        Timestamp::from_second(1_700_000_000 + self.second).unwrap()
    }

    fn take(&mut self, count: usize) -> Vec<i64> {
        let now = self.now();
        let mut taken = Vec::new();
        while taken.len() < count {
            let rows = self.commit(|tx| tx.take_ready(now, usize::MAX, 64));
            assert!(!rows.is_empty());
            taken.extend(rows.into_iter().map(|row| row.id));
        }
        taken
    }

    fn done(&mut self) -> Done {
        let at = self.now();
        let wait = self.next_random() % (30 * 86_400);
        Done {
            status: 200,
            etag: Some("\"5f3a-61b2c0d4e8f00\"".to_owned()),
            last_modified: Some("Sun, 22 Nov 2026 08:00:00 GMT".to_owned()),
            changed: true,
            at,
            next_due: Some(at + std::time::Duration::from_secs(wait)),
            history: History::default(),
        }
    }

    fn finish(&mut self, ids: &[i64]) {
        for portion in ids.chunks(64) {
            let done = self.done();
            self.commit(|tx| portion.iter().try_for_each(|id| tx.finished(*id, &done)));
        }
    }

    /// Plays the crawl for so many pages.
    fn crawl(&mut self, pages: u64) {
        let mut left = pages;
        let mut in_hand = Vec::new();
        let mut turns = 0;
        while left > 0 {
            let now = self.now();
            let before = cpu();
            let room = 64_usize.saturating_sub(in_hand.len());
            in_hand.extend(
                self.session
                    .change(|tx| tx.take_ready(now, 6, room))
                    .unwrap(),
            );
            self.spent += cpu() - before;
            let turn: Vec<_> = in_hand.drain(..TURN.min(in_hand.len())).collect();
            left = left.saturating_sub(turn.len() as u64);
            let mut links = Vec::new();
            for row in &turn {
                links.extend(self.links(row.url.as_str()));
            }
            let done = self.done();
            let before = cpu();
            self.session
                .change(|tx| {
                    turn.iter().try_for_each(|row| tx.finished(row.id, &done))?;
                    links.iter().try_for_each(|new| tx.enqueue(new).map(drop))
                })
                .unwrap();
            turns += 1;
            if turns % TURNS == 0 {
                self.session.commit(|_| Ok(())).unwrap();
            }
            self.spent += cpu() - before;
        }
        for row in in_hand {
            self.session.change(|tx| tx.released(row.id)).unwrap();
        }
    }

    fn links(&mut self, of: &str) -> Vec<NewUrl> {
        let origin = of["https://www.daily-".len()..].split('.').next().unwrap();
        let origin: u64 = origin.parse().unwrap();
        let mut links: Vec<NewUrl> = (0..MENU).map(|entry| self.menu(origin, entry)).collect();
        for _ in 0..LINKS - MENU - NEW {
            // Near ones are likelier, as on real sites.
            let back = self.next_random() % 2_000;
            links.push(self.url(self.count.saturating_sub(1 + back)));
        }
        for _ in 0..NEW {
            links.push(self.url(self.count));
            self.count += 1;
        }
        links
    }
}

/// Returns the CPU time of this thread so far, user and system, in seconds. Linux counts nanoseconds.
fn cpu() -> f64 {
    let stat = fs::read_to_string("/proc/thread-self/schedstat").unwrap();
    stat.split_whitespace()
        .next()
        .unwrap()
        .parse::<f64>()
        .unwrap()
        / 1e9
}

fn rss() -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap();
    let line = status
        .lines()
        .find(|line| line.starts_with("VmHWM"))
        .unwrap();
    line.split_whitespace()
        .nth(1)
        .unwrap()
        .parse::<u64>()
        .unwrap()
        / 1024
}

fn on_disk(root: &Path) -> (u64, u64) {
    let size = |name: &str| fs::metadata(root.join(name)).map_or(0, |found| found.len());
    (size("state.db"), size("state.db-wal"))
}

fn main() {
    let arguments: Vec<u64> = std::env::args()
        .skip(1)
        .map(|argument| argument.parse().expect("arguments are numbers"))
        .collect();
    let total = arguments.first().copied().unwrap_or(1_000_000);
    let origins = arguments.get(1).copied().unwrap_or(20);
    let folder = tempfile::tempdir_in(".").unwrap();
    let corpus = Corpus::create(folder.path()).unwrap();
    let clock = Clock::fixed(Timestamp::from_second(1_700_000_000).unwrap());
    let session = corpus.begin(&corpus.lock().unwrap(), &clock).unwrap();
    let mut growth = Growth {
        session,
        origins,
        count: 0,
        random: 0x2545_F491_4F6C_DD1D,
        second: 0,
        spent: 0.0,
    };
    println!("{total} addresses, {origins} origins; thousands per CPU second");
    println!(
        "| addresses | new | known | taken | finished | loop, ms per page | RSS, MB | bytes per address | WAL, MB |"
    );
    println!("| ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |");
    let step = (total / 10).clamp(1, 1_000_000);
    while growth.count < total {
        let measured = (step / 10).max(1_000);
        growth.insert((step - measured).saturating_sub(measured / 2));
        let new = growth.per_second(measured, |growth| growth.insert(measured));
        let known = growth.per_second(measured, |growth| growth.look_up(measured));
        let mut taken = Vec::new();
        let some = measured / 5;
        let takes = growth.per_second(some, |growth| {
            taken = growth.take(usize::try_from(some).unwrap());
        });
        let finishes = growth.per_second(taken.len() as u64, |growth| growth.finish(&taken));
        let pages = measured / 4;
        let page = 1.0 / growth.per_second(pages, |growth| growth.crawl(pages));
        let (db, wal) = on_disk(folder.path());
        println!(
            "| {:.1} M | {new:.0} | {known:.0} | {takes:.0} | {finishes:.0} | {page:.3} | {} | {} | {} |",
            growth.count as f64 / 1e6,
            rss(),
            db / growth.count,
            wal / 1_048_576,
        );
    }
    let before = cpu();
    let now = growth.now();
    let due = growth
        .session
        .commit(|tx| {
            tx.counts()?;
            tx.pages_ahead()?;
            tx.next_ready_at()
        })
        .unwrap();
    assert!(due.is_some());
    let later = now + std::time::Duration::from_secs(15 * 86_400);
    let summary = corpus.frontier_summary(later).unwrap();
    println!(
        "counts, pages ahead, summary ({} due): {:.2} s",
        summary[0].due,
        cpu() - before
    );
}
