//! One run of a target over one input, and what is wrong with it.

use std::cell::RefCell;
use std::fs::{self, File};
use std::io::{self, Seek, Write};
use std::panic::{self, AssertUnwindSafe};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use crate::signature::{Signature, hash};
use crate::targets::Target;

/// How long an input may take: far more than any target needs, far less than a quadratic one takes.
const PER_MIB: Duration = Duration::from_secs(2);
const AT_LEAST: Duration = Duration::from_millis(200);

/// A slow input counts when it is slow each of so many times: others use the machine too.
const SLOW_TIMES: usize = 3;

/// Without optimisation all is slower by about this factor.
const DEBUG_FACTOR: u32 = if cfg!(debug_assertions) { 50 } else { 1 };

/// How long a finding is made smaller.
const MINIMISE: Duration = Duration::from_secs(10);

/// Panics on threads that a target has started.
static ELSEWHERE: Mutex<Vec<String>> = Mutex::new(Vec::new());

thread_local! {
    /// Whether this thread runs inputs, and the message of its last panic.
    static PANIC: RefCell<Option<String>> = const { RefCell::new(None) };
    static RUNS: RefCell<bool> = const { RefCell::new(false) };
}

/// What is wrong with an input.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Fault {
    pub(crate) kind: &'static str,
    pub(crate) message: String,
}

impl Fault {
    /// Returns what makes two findings the same: the kind and the message without its particulars.
    pub(crate) fn key(&self) -> (&'static str, u64) {
        let message = self.message.split(": ").next().unwrap_or_default();
        (self.kind, Signature::new().message(message).value())
    }
}

/// Keeps panics from being printed: they are findings.
pub(crate) fn listen_to_panics() {
    panic::set_hook(Box::new(|info| {
        let message = format!("{}: {}", place(info), text(info));
        if RUNS.with(|runs| *runs.borrow()) {
            PANIC.with(|panic| *panic.borrow_mut() = Some(message));
        } else {
            lock(&ELSEWHERE).push(message);
        }
    }));
}

fn place(info: &panic::PanicHookInfo<'_>) -> String {
    info.location().map(ToString::to_string).unwrap_or_default()
}

fn text(info: &panic::PanicHookInfo<'_>) -> String {
    let payload = info.payload();
    let text = payload.downcast_ref::<&str>().copied();
    let text = text.or_else(|| payload.downcast_ref::<String>().map(String::as_str));
    text.unwrap_or("no message").to_owned()
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Runs `target` over `input`.
pub(crate) fn run(target: &mut dyn Target, input: &[u8]) -> Result<Signature, Fault> {
    let (outcome, took) = once(target, input);
    let signature = outcome?;
    let limit = limit(target, input.len());
    if took > limit {
        let again = (1..SLOW_TIMES).map(|_| once(target, input).1).min();
        let took = again.map_or(took, |again| again.min(took));
        if took > limit {
            let message = format!("slow: {took:?} for {} bytes", input.len());
            return Err(Fault {
                kind: "slow",
                message,
            });
        }
    }
    Ok(signature)
}

fn limit(target: &dyn Target, length: usize) -> Duration {
    let linear = PER_MIB.mul_f64(length as f64 / f64::from(1 << 20));
    (AT_LEAST.max(target.patience()) + linear) * DEBUG_FACTOR
}

fn once(target: &mut dyn Target, input: &[u8]) -> (Result<Signature, Fault>, Duration) {
    RUNS.with(|runs| *runs.borrow_mut() = true);
    let begun = Instant::now();
    let result = panic::catch_unwind(AssertUnwindSafe(|| target.run(input)));
    let took = begun.elapsed();
    RUNS.with(|runs| *runs.borrow_mut() = false);
    let outcome = match result {
        Ok(Ok(signature)) => elsewhere().map_or(Ok(signature), Err),
        Ok(Err(message)) => Err(Fault {
            kind: "invariant",
            message,
        }),
        Err(_) => Err(Fault {
            kind: "panic",
            message: PANIC.with(|p| p.borrow_mut().take()).unwrap_or_default(),
        }),
    };
    (outcome, took)
}

fn elsewhere() -> Option<Fault> {
    let mut panics = lock(&ELSEWHERE);
    let message = panics.first()?.clone();
    panics.clear();
    Some(Fault {
        kind: "panic",
        message,
    })
}

/// Returns the smallest input with the same fault that is found in time.
pub(crate) fn minimise(target: &mut dyn Target, input: &[u8], fault: &Fault) -> Vec<u8> {
    let until = Instant::now() + MINIMISE;
    let mut best = input.to_vec();
    let mut fails = |candidate: &[u8]| {
        Instant::now() < until && run(target, candidate).is_err_and(|f| f.key() == fault.key())
    };
    let mut size = best.len() / 2;
    while size > 0 {
        let mut at = 0;
        while at < best.len() {
            let mut candidate = best.clone();
            candidate.drain(at..(at + size).min(best.len()));
            if fails(&candidate) {
                best = candidate;
            } else {
                at += size;
            }
        }
        size /= 2;
    }
    for at in 0..best.len() {
        let mut candidate = best.clone();
        candidate[at] = b'a';
        if candidate != best && fails(&candidate) {
            best = candidate;
        }
    }
    best
}

/// Writes a finding and returns where it is.
pub(crate) fn save(folder: &Path, input: &[u8]) -> io::Result<PathBuf> {
    fs::create_dir_all(folder)?;
    let path = folder.join(format!("{:016x}", hash(input)));
    fs::write(&path, input)?;
    Ok(path)
}

/// A file that holds the input that runs: all that is left where the stack overflows, which ends the
/// program.
pub(crate) struct Trace {
    file: File,
    path: PathBuf,
}

impl Trace {
    pub(crate) fn open(path: PathBuf) -> io::Result<Self> {
        let file = File::create(&path)?;
        Ok(Self { file, path })
    }

    pub(crate) fn note(&mut self, input: &[u8]) -> io::Result<()> {
        self.file.set_len(0)?;
        self.file.rewind()?;
        self.file.write_all(input)
    }

    pub(crate) fn forget(self) {
        let _ = fs::remove_file(self.path);
    }
}
