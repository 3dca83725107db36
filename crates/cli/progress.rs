//! Draws what the stages tell: bars on a terminal, log lines otherwise.
//!
//! Of a crawl it says how fast it is now, what waits, and when it may end as far as can be known
//! ([`pace`]). Where no bar is drawn, a line is logged now and then (`-v`, or `--log-format json`).

pub(crate) mod pace;

use std::io::IsTerminal;
use std::sync::Mutex;
use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};
use thresh_corpus::Clock;
use thresh_pipeline::{Event, Step};

use self::pace::Pace;
use crate::args::{Global, Progress};

/// How often a line is logged where no bar is drawn.
const LOGGED: Duration = Duration::from_secs(30);

/// Shows the events of a running command on stderr.
#[derive(Debug)]
pub(crate) struct Display {
    bar: Option<Mutex<ProgressBar>>,
    crawl: Mutex<Pace>,
    clock: Clock,
}

impl Display {
    pub(crate) fn new(global: &Global, clock: Clock) -> Self {
        let wanted = global.progress == Progress::Auto && !global.quiet;
        let drawn = wanted && std::io::stderr().is_terminal();
        Self {
            bar: drawn.then(|| Mutex::new(ProgressBar::hidden())),
            crawl: Mutex::new(Pace::default()),
            clock,
        }
    }

    /// Takes one event.
    pub(crate) fn show(&self, event: &Event) {
        self.log(event);
        let line = self.watch(event);
        if let Some(bar) = &self.bar
            && let Ok(mut bar) = bar.lock()
        {
            draw(&mut bar, event);
            if let Some(line) = line {
                bar.set_message(line);
            }
        }
    }

    /// Follows the pace of a crawl; returns what there is to say of it, where that may have changed.
    fn watch(&self, event: &Event) -> Option<String> {
        let mut pace = self.crawl.lock().ok()?;
        match event {
            Event::CrawlStarted { .. } => *pace = Pace::starting(self.clock.now()),
            Event::Captured { capture, .. } => pace.captured(self.clock.now(), capture),
            Event::Queues { lanes } => {
                let now = self.clock.now();
                pace.queues(now, lanes);
                if self.bar.is_some() {
                    return Some(pace.line(now));
                }
                if pace.is_time_to_tell(now, LOGGED) {
                    tell(&pace, now);
                }
            }
            _ => {}
        }
        None
    }

    /// Removes the bar.
    pub(crate) fn clear(&self) {
        if let Some(Ok(bar)) = self.bar.as_ref().map(Mutex::lock) {
            bar.finish_and_clear();
        }
    }

    /// Warnings must not be drawn over.
    fn log(&self, event: &Event) {
        match (&self.bar, event) {
            (Some(bar), Event::Warning { .. }) => match bar.lock() {
                Ok(bar) => bar.suspend(|| log(event)),
                Err(_) => log(event),
            },
            _ => log(event),
        }
    }
}

fn tell(pace: &Pace, now: thresh_types::Timestamp) {
    let speed = pace.speed(now);
    tracing::info!(
        fetched = pace.fetched(),
        queued = pace.ahead(),
        pages_per_second = speed.pages,
        bytes_per_second = speed.bytes,
        "progress: {}",
        pace.line(now)
    );
}

fn log(event: &Event) {
    match event {
        Event::Warning {
            site: Some(site),
            message,
        } => tracing::warn!(%site, "{message}"),
        Event::Warning {
            site: None,
            message,
        } => tracing::warn!("{message}"),
        Event::Captured { capture, .. } => {
            tracing::info!(
                status = capture.status,
                bytes = capture.bytes,
                "{}",
                capture.final_url
            );
        }
        Event::Refused(refusal) => {
            tracing::info!(reason = %refusal.reason, "refused {}: {}", refusal.url, refusal.detail);
        }
        Event::Deferred {
            url,
            detail,
            wait_seconds,
        } => {
            tracing::info!(wait_seconds, "later {url}: {detail}");
        }
        Event::Adopted { captures } => {
            tracing::info!("took over {captures} exchanges of an interrupted run");
        }
        Event::Imported { path, captures } => tracing::info!(captures, "imported {path}"),
        Event::CrawlStarted { queued } => tracing::info!(queued, "crawl started"),
        Event::StepStarted { step, items } => tracing::info!(items, "{}", step.as_str()),
        Event::StepAdvanced { .. } | Event::Queues { .. } => {}
    }
}

fn draw(bar: &mut ProgressBar, event: &Event) {
    match event {
        Event::CrawlStarted { .. } => *bar = spinner(),
        Event::Captured { .. } => bar.inc(1),
        Event::StepStarted { step, items } => {
            bar.finish_and_clear();
            *bar = steps(*step, *items);
        }
        Event::StepAdvanced { items } => bar.inc(*items as u64),
        Event::Imported { path, .. } => {
            bar.inc(1);
            bar.set_message(path.clone());
        }
        _ => {}
    }
}

/// How often a bar is redrawn while nothing happens.
const TICK: Duration = Duration::from_millis(120);

fn spinner() -> ProgressBar {
    let style = ProgressStyle::with_template("{spinner} {pos} fetched, {elapsed}  {wide_msg}");
    started(ProgressBar::new_spinner(), style)
}

fn steps(step: Step, items: usize) -> ProgressBar {
    let style = ProgressStyle::with_template("{msg:<10} {wide_bar} {pos}/{len}  {eta}");
    let bar = started(ProgressBar::new(items as u64), style);
    bar.set_message(step.as_str());
    bar
}

fn started(
    bar: ProgressBar,
    style: Result<ProgressStyle, indicatif::style::TemplateError>,
) -> ProgressBar {
    if let Ok(style) = style {
        bar.set_style(style);
    }
    bar.enable_steady_tick(TICK);
    bar
}
