//! Runs targets: the corpus first, then mutants, for a number of them or for a time.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use crate::args::Arguments;
use crate::finding::{self, Fault, Trace};
use crate::mutate::mutate;
use crate::pool::{self, Pool};
use crate::rng::Rng;
use crate::targets::{self, Maker, Target};

/// The stack of a thread that runs inputs: that of a thread of the program.
const STACK: usize = 2 << 20;

/// Between two lines of progress.
const PROGRESS: Duration = Duration::from_secs(30);

/// After so long an input that does not end is given up, and the program with it.
const HANG: Duration = Duration::from_secs(120);

/// Different findings after which a target stops.
const MAX_FINDINGS: usize = 20;

/// How long a target goes on.
#[derive(Debug, Clone, Copy)]
enum Extent {
    /// The mutants of the short pass.
    Short,
    /// Until then.
    Until(Instant),
}

/// What the threads of one target share.
struct Session<'a> {
    name: &'a str,
    folder: PathBuf,
    extent: Extent,
    pool: Mutex<Pool>,
    runs: AtomicU64,
    found: Mutex<BTreeSet<(&'static str, u64)>>,
    /// What each thread is busy with.
    busy: Vec<Mutex<Option<Busy>>>,
}

/// An input that runs, and since when.
struct Busy {
    since: Instant,
    input: Vec<u8>,
}

/// Does what was asked for and returns whether nothing was found.
pub(crate) fn main(arguments: &Arguments) -> Result<bool, String> {
    let wanted: Vec<_> = targets::ALL
        .iter()
        .filter(|(name, _)| arguments.wants(name))
        .collect();
    if arguments.list {
        for (name, _) in wanted {
            println!("{name}: test");
        }
        return Ok(true);
    }
    if arguments.time.is_some() && wanted.is_empty() {
        let names: Vec<_> = targets::ALL.iter().map(|(name, _)| *name).collect();
        return Err(format!("no such target: there are {}", names.join(", ")));
    }
    finding::listen_to_panics();
    println!("\nrunning {} tests", wanted.len());
    let mut failed = 0;
    for (name, make) in &wanted {
        failed += usize::from(!fuzz(name, *make, arguments)?);
    }
    let passed = wanted.len() - failed;
    let verdict = if failed == 0 { "ok" } else { "FAILED" };
    println!("\ntest result: {verdict}. {passed} passed; {failed} failed\n");
    Ok(failed == 0)
}

fn fuzz(name: &str, make: Maker, arguments: &Arguments) -> Result<bool, String> {
    let begun = Instant::now();
    let extent = match arguments.time {
        Some(time) => Extent::Until(begun + time),
        None => Extent::Short,
    };
    let jobs = if arguments.time.is_some() {
        arguments.jobs
    } else {
        1
    };
    let session = Session::new(name, extent, jobs)?;
    thread::scope(|scope| {
        let threads: Vec<_> = (0..jobs)
            .map(|job| {
                let seed = arguments.seed.wrapping_add(job as u64 * 0x1_0000);
                let (session, thread) = (&session, thread::Builder::new().stack_size(STACK));
                thread.spawn_scoped(scope, move || session.work(make, job, seed))
            })
            .collect();
        let mut told = Instant::now();
        while threads
            .iter()
            .any(|t| t.as_ref().is_ok_and(|t| !t.is_finished()))
        {
            thread::sleep(Duration::from_millis(20));
            session.watch();
            if told.elapsed() >= PROGRESS {
                told = Instant::now();
                session.tell(begun.elapsed());
            }
        }
    });
    session.tell_end(begun.elapsed());
    Ok(lock(&session.found).is_empty())
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl<'a> Session<'a> {
    fn new(name: &'a str, extent: Extent, jobs: usize) -> Result<Self, String> {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).with_file_name("fuzz");
        let folder = folder.join(name);
        fs::create_dir_all(&folder).map_err(|e| format!("{}: {e}", folder.display()))?;
        Ok(Self {
            name,
            folder,
            extent,
            pool: Mutex::default(),
            runs: AtomicU64::new(0),
            found: Mutex::default(),
            busy: (0..jobs).map(|_| Mutex::new(None)).collect(),
        })
    }

    /// Runs the corpus and then mutants.
    fn work(&self, make: Maker, job: usize, seed: u64) {
        let mut target = make();
        let mut rng = Rng::new(seed);
        let mut trace = self.trace(job);
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fuzz/corpus");
        let corpus = pool::files(&folder.join(self.name)).unwrap_or_default();
        let left = if job == 0 {
            self.left_behind()
        } else {
            Vec::new()
        };
        let known = corpus.iter().map(|(_, input)| input);
        for input in known.chain(&left) {
            self.check(target.as_mut(), job, input, &mut rng);
        }
        if lock(&self.pool).len() == 0 {
            lock(&self.pool).add(Vec::new());
        }
        let mut mutants = 0;
        while self.goes_on(mutants, target.as_ref()) {
            let input = self.next_input(target.as_mut(), &mut rng);
            if let Some(trace) = &mut trace {
                // Without it nothing but the input of a crash is lost.
                let _ = trace.note(&input);
            }
            self.check(target.as_mut(), job, &input, &mut rng);
            mutants += 1;
        }
        if let Some(trace) = trace {
            trace.forget();
        }
    }

    /// Opens the trace of a thread. The short pass has none.
    fn trace(&self, job: usize) -> Option<Trace> {
        let name = format!("running-{}-{job}", std::process::id());
        matches!(self.extent, Extent::Until(_))
            .then(|| Trace::open(self.folder.join(name)).ok())
            .flatten()
    }

    /// Returns the inputs on which earlier runs ended, killed or dead, and saves them.
    fn left_behind(&self) -> Vec<Vec<u8>> {
        let is_dead = |name: &str| {
            let process = name.strip_prefix("running-")?.split('-').next()?.to_owned();
            (!Path::new("/proc").join(process).exists()).then_some(())
        };
        let mut left = Vec::new();
        for (name, input) in pool::files(&self.folder).unwrap_or_default() {
            if is_dead(&name).is_some() {
                let place = finding::save(&self.folder, &input);
                println!("{}: an earlier run ended on {place:?}", self.name);
                let _ = fs::remove_file(self.folder.join(&name));
                left.push(input);
            }
        }
        left
    }

    fn goes_on(&self, mutants: usize, target: &dyn Target) -> bool {
        let more = match self.extent {
            Extent::Short => mutants < target.short_pass(),
            Extent::Until(end) => Instant::now() < end,
        };
        more && lock(&self.found).len() < MAX_FINDINGS
    }

    fn next_input(&self, target: &mut dyn Target, rng: &mut Rng) -> Vec<u8> {
        let made = rng.once_in(4).then(|| target.generate(rng)).flatten();
        let (base, other) = lock(&self.pool).pick(rng);
        match made {
            Some(made) if rng.once_in(3) => made,
            Some(made) => mutate(rng, made, &other, target.dictionary(), target.max_len()),
            None => mutate(rng, base, &other, target.dictionary(), target.max_len()),
        }
    }

    fn check(&self, target: &mut dyn Target, job: usize, input: &[u8], rng: &mut Rng) {
        *lock(&self.busy[job]) = Some(Busy {
            since: Instant::now(),
            input: input.to_vec(),
        });
        let outcome = finding::run(target, input);
        self.runs.fetch_add(1, Ordering::Relaxed);
        match outcome {
            Ok(signature) => lock(&self.pool).offer(signature, input, rng),
            Err(fault) => self.found(target, job, input, &fault),
        }
        *lock(&self.busy[job]) = None;
    }

    fn found(&self, target: &mut dyn Target, job: usize, input: &[u8], fault: &Fault) {
        if !lock(&self.found).insert(fault.key()) {
            return;
        }
        *lock(&self.busy[job]) = None;
        let small = finding::minimise(target, input, fault);
        let place = match finding::save(&self.folder, &small) {
            Ok(path) => path.display().to_string(),
            Err(error) => format!("nowhere ({error})"),
        };
        let shown = String::from_utf8_lossy(&small[..small.len().min(200)]).into_owned();
        println!("{}: {}: {}", self.name, fault.kind, fault.message);
        println!("  {} bytes in {place}: {shown:?}", small.len());
    }

    /// Ends the program if an input does not end: a thread cannot be stopped.
    fn watch(&self) {
        for busy in &self.busy {
            let busy = lock(busy);
            if let Some(busy) = busy.as_ref().filter(|b| b.since.elapsed() > HANG) {
                let place = finding::save(&self.folder, &busy.input);
                println!("{}: does not end: {place:?}", self.name);
                std::process::exit(1);
            }
        }
    }

    fn tell(&self, elapsed: Duration) {
        println!("{}: {}", self.name, self.figures(elapsed));
    }

    fn tell_end(&self, elapsed: Duration) {
        let verdict = if lock(&self.found).is_empty() {
            "ok"
        } else {
            "FAILED"
        };
        let figures = self.figures(elapsed);
        println!("test {} ... {verdict} ({figures})", self.name);
    }

    fn figures(&self, elapsed: Duration) -> String {
        let runs = self.runs.load(Ordering::Relaxed);
        format!(
            "{runs} inputs, {:.0}/s, {} kept, {} findings, {} MiB at most",
            runs as f64 / elapsed.as_secs_f64().max(0.001),
            lock(&self.pool).len(),
            lock(&self.found).len(),
            peak().unwrap_or(0) >> 20
        )
    }
}

/// Returns the most memory in bytes that the program has had, where the system tells.
pub(crate) fn peak() -> Option<u64> {
    let status = fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|l| l.strip_prefix("VmHWM:"))?;
    let kib: u64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    Some(kib << 10)
}
