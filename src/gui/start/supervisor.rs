//! Starts workers, one renderer after the other, until one paints; writes down what each did.

use super::{SAID, Said, Wish};
use crate::cli::exit;
use crate::gui::renderer::{Remembered, Renderer};
use crate::host::{ChildEvent, ChildExit, Host};
use crate::mistake;
use crate::problem::Problem;
use crate::store::{self, SCHEMA};
use serde::{Deserialize, Serialize};
use std::io::Write as _;
use std::ops::ControlFlow;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

/// A worker that has painted nothing by then hangs in its driver.
const PAINT_LIMIT: Duration = Duration::from_secs(25);
/// A worker gets this long to end, once it is asked to or says that it does.
const END_LIMIT: Duration = Duration::from_secs(6);
/// How often in all a window that died after painting is opened with the same renderer again: this program replaces
/// drivers, and the window may sit on one. More often it is not the driver's replacement that ends it.
const AGAIN: u8 = 2;
/// Bytes of a worker's standard error that are kept.
const TAIL: usize = 4096;

/// What is different when a window ended by itself.
const STOPPED: &str = "What it was doing stopped there. Opened again, the window offers to go on with an install.";

/// How the last start of the window went, as kept on disk for the doctor.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WindowStart {
    /// Form of the file.
    pub schema: u32,
    /// When (RFC 3339, UTC).
    pub began: String,
    /// The one renderer that `TORCH_WIZARD_RENDERER` allowed.
    pub forced: Option<Renderer>,
    /// In order.
    pub tries: Vec<Try>,
}

/// One worker.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Try {
    /// What it was to draw with.
    pub renderer: Renderer,
    /// What became of it.
    pub outcome: Outcome,
    /// How its process ended, in words.
    pub exit: Option<String>,
    /// Milliseconds from its start to its word that it painted.
    pub ready_ms: Option<u64>,
    /// Milliseconds from its start to its end.
    pub ended_ms: Option<u64>,
    /// What it painted on, in the driver's words.
    pub adapter: Option<String>,
    /// The end of its standard error.
    pub stderr: String,
}

/// What became of a worker.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    /// It has not painted yet.
    Starting,
    /// Its window is there.
    Open,
    /// The user closed its window.
    Closed,
    /// It ended with an error before it painted.
    Failed,
    /// It painted nothing in time and was ended.
    Late,
    /// It painted, and ended with an error later.
    Died,
    /// It could not be started.
    NotStarted,
    /// Somebody asked it to end.
    Ended,
}

impl Try {
    /// With what it was drawn and how it ended.
    fn ending(&self) -> String {
        format!("{}: {}", self.renderer.word(), self.exit.as_deref().unwrap_or("not known"))
    }

    /// Where and how its program went wrong, if it is our mistake and not the driver's: Rust's own words for a panic of the
    /// window's thread. What talks to a driver tells the driver's faults in this way, too.
    fn mistake(&self) -> Option<String> {
        const TALK_TO_DRIVERS: [&str; 6] = ["/wgpu", "/naga-", "/glow-", "/glutin", "/egui-wgpu-", "/egui_glow-"];
        const BEGINS: &str = "thread 'main' ";
        if self.exit.as_deref() != Some("code 101") {
            return None;
        }
        let said = self.stderr.get(self.stderr.rfind(BEGINS)?..)?;
        let mut lines = said.get(said.find("panicked at ")? + "panicked at ".len()..)?.lines();
        let place = lines.next()?.trim_end_matches(':').replace('\\', "/");
        let words = lines.next().unwrap_or_default().trim().trim_end_matches('.');
        let is_of_a_driver = TALK_TO_DRIVERS.iter().any(|name| place.contains(name)) || words.starts_with("wgpu error");
        (!is_of_a_driver).then(|| format!("{words} ({place})"))
    }
}

impl WindowStart {
    /// Where it is kept.
    pub fn path(host: &dyn Host) -> PathBuf {
        host.folders().data.join("window-start.json")
    }

    /// What went wrong before anything was painted, if it was the same with each renderer: then none of them did it.
    fn the_same_mistake(&self) -> Option<String> {
        let (first, others) = self.tries.split_first()?;
        let first = first.mistake()?;
        let is_one = !others.is_empty() && others.iter().all(|one| one.mistake().as_ref() == Some(&first));
        is_one.then_some(first)
    }

    fn save(&self, host: &dyn Host) {
        if let Err(error) = store::save(host, &Self::path(host), self) {
            tracing::warn!("how the window started could not be written down: {error}");
        }
    }
}

/// Opens the window; `Ok` is an exit code, and the problem says that no renderer works.
pub fn run(host: &dyn Host, wish: &Wish, end: &AtomicBool) -> Result<i32, Problem> {
    let forced = forced(host)?;
    let order = forced
        .map_or_else(|| Renderer::order(host.family(), Remembered::load(host).renderer), |renderer| vec![renderer]);
    let mut record = WindowStart { schema: SCHEMA, began: crate::time::now(host), forced, tries: Vec::new() };
    let mut again = AGAIN;
    for renderer in order {
        loop {
            match attempt(host, wish, renderer, &mut record, end) {
                Outcome::Closed => return Ok(exit::DONE),
                Outcome::Ended => return Ok(exit::CANCELLED),
                Outcome::Died if again > 0 => again -= 1,
                Outcome::Died
                | Outcome::Failed
                | Outcome::Late
                | Outcome::NotStarted
                | Outcome::Starting
                | Outcome::Open => break,
            }
        }
    }
    Err(no_window(host, &record))
}

/// The renderer that the user wants and no other.
fn forced(host: &dyn Host) -> Result<Option<Renderer>, Problem> {
    let Some(word) = host.var("TORCH_WIZARD_RENDERER").filter(|word| !word.is_empty()) else { return Ok(None) };
    let word = word.to_string_lossy();
    Renderer::from_word(&word).map(Some).ok_or_else(|| {
        Problem::new("usage", format!("TORCH_WIZARD_RENDERER is {word}, which is no renderer."))
            .advise("Set it to dx12, vulkan, glow or software, or take it away.")
    })
}

fn no_window(host: &dyn Host, record: &WindowStart) -> Problem {
    let died: Vec<_> = record.tries.iter().filter(|one| one.outcome == Outcome::Died).collect();
    let problem = if let Some(words) = died.iter().rev().find_map(|one| one.mistake()) {
        Problem::new(mistake::LABEL, format!("torch-wizard made a mistake of its own, and its window ended: {words}."))
            .changed(STOPPED)
            .command("If it happens again, report it with what this writes", mistake::REPORT)
    } else if let Some(words) = record.the_same_mistake() {
        let cause = format!("torch-wizard made a mistake of its own, and its window could not be opened: {words}.");
        Problem::new(mistake::LABEL, cause).command("Report it with what this writes", mistake::REPORT)
    } else if died.is_empty() {
        let tried: Vec<_> = record.tries.iter().map(|one| one.renderer.word()).collect();
        let tried = tried.join(", ");
        Problem::new("no-window", format!("The window could not be opened: nothing here can draw it (tried: {tried})."))
    } else {
        let died: Vec<_> = died.iter().map(|one| one.ending()).collect();
        Problem::new("no-window", format!("The window opened and then ended by itself ({}).", died.join("; ")))
            .changed(STOPPED)
            .advise("A graphics driver that is broken, or was just replaced, does that. Open the window again.")
    };
    problem
        .advise("The console program torch-wizard does the same work without a window.")
        .command("See what is in this PC", "torch-wizard detect")
        .command("Install PyTorch", "torch-wizard install")
        .advise(format!("What was tried stands in {}.", WindowStart::path(host).display()))
}

/// One worker, from its start to its end.
fn attempt(host: &dyn Host, wish: &Wish, renderer: Renderer, record: &mut WindowStart, end: &AtomicBool) -> Outcome {
    let mut watch = Watch {
        host,
        began: host.uptime(),
        end,
        ending: None,
        closing: false,
        late: false,
        loud: wish.level != crate::log::USUAL || host.var("TORCH_WIZARD_LOG").is_some(),
        line: Vec::new(),
        stderr: Vec::new(),
        one: Try {
            renderer,
            outcome: Outcome::Starting,
            exit: None,
            ready_ms: None,
            ended_ms: None,
            adapter: None,
            stderr: String::new(),
        },
        record,
    };
    watch.write_down();
    let exit = host.run_part(&wish.command(host, renderer), &mut |event| watch.hear(&event));
    let (outcome, words) = match exit {
        Ok(exit) => (watch.outcome(exit), words(exit)),
        Err(error) => (Outcome::NotStarted, error.to_string()),
    };
    let ended = watch.millis();
    let Watch { mut one, record, stderr, .. } = watch;
    String::from_utf8_lossy(&stderr).trim().clone_into(&mut one.stderr);
    one.ended_ms = Some(ended);
    one.outcome = outcome;
    tracing::info!(renderer = renderer.word(), ?outcome, exit = words, ended, "window");
    if !matches!(outcome, Outcome::Closed | Outcome::Ended) {
        tracing::info!("the worker's last words: {}", one.stderr);
    }
    one.exit = Some(words);
    record.tries.push(one);
    record.save(host);
    outcome
}

fn words(exit: ChildExit) -> String {
    match exit {
        // Windows' codes for a crash are known by their hexadecimal form.
        ChildExit::Code(code) if code < 0 => format!("code {code:#x}"),
        ChildExit::Code(code) => format!("code {code}"),
        ChildExit::Signal(signal) => format!("signal {signal}"),
        ChildExit::Stopped => "ended by us".to_owned(),
    }
}

/// What is heard of a worker that runs.
struct Watch<'a> {
    host: &'a dyn Host,
    began: Duration,
    end: &'a AtomicBool,
    /// Since when it is expected to end.
    ending: Option<Duration>,
    closing: bool,
    late: bool,
    /// Its standard error is shown as it comes.
    loud: bool,
    line: Vec<u8>,
    stderr: Vec<u8>,
    one: Try,
    record: &'a mut WindowStart,
}

impl Watch<'_> {
    fn millis(&self) -> u64 {
        u64::try_from(self.host.uptime().saturating_sub(self.began).as_millis()).unwrap_or(u64::MAX)
    }

    /// So that the file tells the truth while this worker runs.
    fn write_down(&mut self) {
        self.record.tries.push(self.one.clone());
        self.record.save(self.host);
        self.record.tries.pop();
    }

    fn hear(&mut self, event: &ChildEvent<'_>) -> ControlFlow<()> {
        match event {
            ChildEvent::Stdout(bytes) => self.stdout(bytes),
            ChildEvent::Stderr(bytes) => self.stderr(bytes),
            ChildEvent::Started(_) | ChildEvent::Tick => {}
        }
        let now = self.host.uptime();
        if self.closing || self.end.load(Ordering::SeqCst) {
            let since = *self.ending.get_or_insert(now);
            return if now.saturating_sub(since) > END_LIMIT {
                ControlFlow::Break(())
            } else {
                ControlFlow::Continue(())
            };
        }
        self.late = self.one.ready_ms.is_none() && now.saturating_sub(self.began) > PAINT_LIMIT;
        if self.late { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    }

    fn stdout(&mut self, bytes: &[u8]) {
        for &byte in bytes {
            if byte == b'\n' {
                let line = std::mem::take(&mut self.line);
                let said = line.strip_prefix(SAID.as_bytes()).and_then(|said| serde_json::from_slice(said).ok());
                if let Some(said) = said {
                    self.said(said);
                }
            } else if self.line.len() < TAIL {
                self.line.push(byte);
            }
        }
    }

    fn said(&mut self, said: Said) {
        match said {
            Said::Closing => self.closing = true,
            Said::Ready { adapter, hidden } => {
                let millis = self.millis();
                self.one.ready_ms = Some(millis);
                self.one.outcome = Outcome::Open;
                self.one.adapter.clone_from(&adapter);
                let renderer = self.one.renderer;
                tracing::info!(renderer = renderer.word(), millis, hidden, adapter, "the window is open");
                if self.record.forced.is_none() {
                    Remembered::save(self.host, renderer, adapter);
                }
                self.write_down();
            }
        }
    }

    fn stderr(&mut self, bytes: &[u8]) {
        if self.loud {
            std::io::stderr().write_all(bytes).ok();
        }
        self.stderr.extend_from_slice(bytes);
        let surplus = self.stderr.len().saturating_sub(TAIL);
        self.stderr.drain(..surplus);
    }

    fn outcome(&self, exit: ChildExit) -> Outcome {
        /// Hang-up, Ctrl-C and the polite end: somebody's wish, not a crash.
        const WISHED: [i32; 3] = [1, 2, 15];
        let is_wished = matches!(exit, ChildExit::Signal(signal) if WISHED.contains(&signal));
        // A driver that crashes while it is put away is no reason to open what the user has closed.
        if self.closing || exit == ChildExit::Code(0) {
            Outcome::Closed
        } else if is_wished || self.end.load(Ordering::SeqCst) {
            Outcome::Ended
        } else if self.late {
            Outcome::Late
        } else if self.one.ready_ms.is_some() {
            Outcome::Died
        } else {
            Outcome::Failed
        }
    }
}

#[cfg(test)]
mod tests;
