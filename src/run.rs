//! Runs a plan step by step: emits events, writes the journal, goes on where it stopped, undoes what it did.

pub mod download;
pub mod journal;
pub mod output;
mod places;
mod problems;
pub mod prove;
pub mod rollback;
mod steps;

use crate::host::{Host, HostError};
use crate::plan::{Action, Plan, PlanStep};
use crate::problem::Problem;
use crate::progress::Progress;
use crate::verify::{Check, Circumstances, VerificationReport};
use journal::{History, Journal};
use serde::{Deserialize, Serialize};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

pub use problems::{network_problem, problem_of};

/// Something happened in a run.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RunEvent {
    /// When (RFC 3339, UTC).
    pub time: String,
    /// Key of the step; `None` for the run as a whole.
    pub step: Option<String>,
    /// What.
    #[serde(flatten)]
    pub kind: EventKind,
}

/// What happened.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum EventKind {
    /// A step begins.
    Started {
        /// Its title.
        title: String,
    },
    /// A child was started.
    Child {
        /// Process id, which is its group's as well.
        id: u32,
        /// When it began, in seconds since 1970.
        began: u64,
    },
    /// A step gets on.
    Progress {
        /// Bytes of the step that are there.
        done_bytes: u64,
        /// Bytes of the step.
        total_bytes: Option<u64>,
        /// Share of the whole run, 0.0 to 1.0; never falls.
        fraction: f64,
        /// Bytes a second over the last few seconds.
        bytes_per_second: Option<f64>,
        /// Time left of the step, in seconds.
        seconds_left: Option<f64>,
        /// What is under way, e.g. a file's name.
        what: String,
    },
    /// A line of a tool's output.
    Log {
        /// It came on standard error.
        stderr: bool,
        /// The line.
        text: String,
    },
    /// Nothing was heard for a while.
    Quiet {
        /// For so long.
        seconds: u64,
        /// What it is known to be doing.
        doing: String,
    },
    /// The hash of a file whose index names none was computed.
    Hashed {
        /// The file.
        file: String,
        /// SHA-256, lower-case hex.
        sha256: String,
    },
    /// A check of the verification began.
    Checking {
        /// Its name.
        check: String,
        /// NVML's number of the device; `None` for the processor.
        device: Option<u32>,
    },
    /// One check of the verification ended.
    Check {
        /// Its result.
        check: Check,
    },
    /// The verification ended.
    Verified {
        /// What it found.
        report: Box<VerificationReport>,
    },
    /// A step is done.
    Finished,
    /// A step failed.
    Failed {
        /// Why.
        problem: Problem,
    },
    /// The user said stop.
    Cancelled,
    /// A new life of the run begins.
    Resumed,
    /// A step that was done must be done again.
    Undone {
        /// Its key; not called `step` on disk, which every event has already.
        #[serde(rename = "undone")]
        step: String,
    },
    /// The run ends.
    Ended {
        /// Exit code of CLI.md.
        exit: i32,
        /// Nothing is left to resume.
        settled: bool,
    },
}

impl EventKind {
    /// Whether the journal keeps it: what is needed to go on, and nothing that comes ten times a second.
    const fn is_kept(&self) -> bool {
        match self {
            Self::Progress { .. } | Self::Log { .. } | Self::Quiet { .. } | Self::Checking { .. } => false,
            Self::Started { .. }
            | Self::Child { .. }
            | Self::Hashed { .. }
            | Self::Check { .. }
            | Self::Verified { .. }
            | Self::Finished
            | Self::Failed { .. }
            | Self::Cancelled
            | Self::Resumed
            | Self::Undone { .. }
            | Self::Ended { .. } => true,
        }
    }
}

/// How a run ended.
#[derive(Clone, Debug, PartialEq)]
pub enum Outcome {
    /// The environment stands at its place.
    Promoted {
        /// What the verification found.
        report: Box<VerificationReport>,
    },
    /// A step failed; what stood at the target is untouched.
    Failed {
        /// Why.
        problem: Problem,
        /// What the verification found, if it was what failed.
        report: Option<Box<VerificationReport>>,
    },
    /// The user said stop.
    Cancelled {
        /// In words.
        problem: Problem,
    },
}

/// How a step ended other than well.
#[derive(Debug)]
enum Stop {
    Cancelled,
    Failed(Problem),
}

impl From<HostError> for Stop {
    fn from(error: HostError) -> Self {
        Self::Failed(problems::problem_of(&error))
    }
}

/// A run under way.
pub struct Runner<'a> {
    host: Arc<dyn Host>,
    plan: &'a Plan,
    /// Adds user name and password to an address, where the user's settings have them.
    address: &'a dyn Fn(&str) -> String,
    /// Best speed of a card for a check, from the catalogue.
    expected: &'a dyn Fn(&str, &str) -> Option<f64>,
    circumstances: Circumstances,
    offline: bool,
    cancel: &'a AtomicBool,
    sink: &'a mut dyn FnMut(&RunEvent),
    journal: Journal,
    log: Box<dyn crate::host::Growing>,
    history: History,
    progress: Progress,
    report: Option<Box<VerificationReport>>,
    last_sound: Duration,
    last_quiet: Duration,
}

/// What a run needs beside its plan.
pub struct Surroundings<'a> {
    /// The world.
    pub host: Arc<dyn Host>,
    /// Adds user name and password to an address, where the user's settings have them.
    pub address: &'a dyn Fn(&str) -> String,
    /// Best speed of a card (by name) for a check (by name), in TFLOPS.
    pub expected: &'a dyn Fn(&str, &str) -> Option<f64>,
    /// What the verdict rests on beside the checks; its choice of device and its time are set by the run.
    pub circumstances: Circumstances,
    /// Only what is in the caches.
    pub offline: bool,
    /// Set from outside to stop.
    pub cancel: &'a AtomicBool,
    /// Gets every event.
    pub sink: &'a mut dyn FnMut(&RunEvent),
}

/// Writes the plan as approved into its run's folder; runs that came to an end long ago make room.
pub fn save(host: &dyn Host, plan: &Plan) -> Result<(), Problem> {
    let path = plan.places.run.join("plan.json");
    crate::store::save(host, &path, plan).map_err(Problem::from)?;
    journal::prune(host);
    Ok(())
}

/// Exit code of CLI.md for an outcome, written into the journal as the end of this life of the run.
pub fn finish(host: &dyn Host, plan: &Plan, outcome: &Outcome) -> Result<i32, Problem> {
    let (code, settled) = match outcome {
        Outcome::Promoted { report } => (promoted_code(plan, report), true),
        Outcome::Failed { problem, .. } if is_interruption(problem) => (INTERRUPTED, false),
        Outcome::Failed { .. } => (NO, false),
        Outcome::Cancelled { .. } => (CANCELLED, false),
    };
    // The journal of a run that another wizard is busy with is not ours to end.
    if !matches!(outcome, Outcome::Failed { problem, .. } if problem.label == "busy") {
        end(host, plan, code, settled)?;
    }
    Ok(code)
}

const NO: i32 = 1;
const INTERRUPTED: i32 = 4;
const CANCELLED: i32 = 130;

/// Trouble of the way there, not of the plan: the same run can go on later.
fn is_interruption(problem: &Problem) -> bool {
    matches!(
        problem.label.as_str(),
        "no-network" | "network" | "proxy" | "certificate" | "index-refused" | "disk-full" | "timeout"
    )
}

fn promoted_code(plan: &Plan, report: &VerificationReport) -> i32 {
    use crate::verify::Proof;
    let cpu_is_fine = plan.assessment.route == crate::assess::Route::Cpu
        && matches!(report.verdict, Proof::NoGpu | Proof::CpuOnly)
        && report.all_passed();
    if report.verdict == Proof::Proven || cpu_is_fine { 0 } else { NO }
}

/// Writes the end of a run into its journal.
fn end(host: &dyn Host, plan: &Plan, exit: i32, settled: bool) -> Result<(), Problem> {
    let event = RunEvent { time: crate::time::now(host), step: None, kind: EventKind::Ended { exit, settled } };
    Journal::open(host, &plan.places.run)
        .and_then(|mut journal| journal.add(&event))
        .map_err(|error| problem_of(&error))
}

/// Runs a plan, or goes on with it: steps that its journal calls done, and whose work is still there, are skipped.
pub fn run(plan: &Plan, surroundings: Surroundings<'_>) -> Outcome {
    let Surroundings { host, address, expected, circumstances, offline, cancel, sink } = surroundings;
    let failed = |problem: Problem| Outcome::Failed { problem, report: None };
    let lock = match take_lock(&*host, plan) {
        Ok(lock) => lock,
        Err(problem) => return failed(problem),
    };
    let opened = || -> Result<_, Problem> {
        let history = History::read(&*host, &plan.places.run).map_err(|error| problems::damaged(plan, &error))?;
        let journal = Journal::open(&*host, &plan.places.run).map_err(|error| problems::problem_of(&error))?;
        let log = host.grow(&plan.places.run.join("install.log")).map_err(|error| problems::problem_of(&error))?;
        Ok((history, journal, log))
    };
    let (history, journal, log) = match opened() {
        Ok(opened) => opened,
        Err(problem) => return failed(problem),
    };
    let now = host.uptime();
    let mut runner = Runner {
        progress: Progress::new(plan.steps.iter().map(|step| step.weight)),
        host,
        plan,
        address,
        expected,
        circumstances,
        offline,
        cancel,
        sink,
        journal,
        log,
        history,
        report: None,
        last_sound: now,
        last_quiet: now,
    };
    let outcome = runner.all();
    drop(lock);
    outcome
}

/// Keeps two wizards off one environment.
pub(crate) fn take_lock(host: &dyn Host, plan: &Plan) -> Result<Box<dyn crate::host::Guard>, Problem> {
    use sha2::{Digest as _, Sha256};
    let name = crate::text::hex(Sha256::digest(plan.target.to_string_lossy().as_bytes()).as_slice());
    let path = host.folders().data.join("locks").join(format!("{}.lock", name.get(..16).unwrap_or(&name)));
    match host.lock(&path) {
        Ok(Some(guard)) => Ok(guard),
        Ok(None) => Err(Problem::new("busy", format!("Another torch-wizard is working on {}.", plan.target.display()))
            .advise("Wait until it is done, or choose another folder with --env.")),
        Err(error) => Err(problems::problem_of(&error)),
    }
}

impl Runner<'_> {
    fn all(&mut self) -> Outcome {
        let woken = if self.history == History::default() { self.clear_staging() } else { self.wake_up() };
        if let Err(stop) = woken {
            return self.stopped(stop);
        }
        for (number, step) in self.plan.steps.iter().enumerate() {
            self.progress.begin(number);
            if self.history.done.contains(&step.key) {
                self.progress.end();
                continue;
            }
            let result = self
                .emit(Some(step), EventKind::Started { title: step.title.clone() })
                .and_then(|()| self.one(step))
                .and_then(|()| {
                    self.progress.end();
                    self.emit(Some(step), EventKind::Finished)
                });
            if let Err(stop) = result {
                if let Stop::Failed(problem) = &stop {
                    self.emit(Some(step), EventKind::Failed { problem: problem.clone() }).ok();
                }
                return self.stopped(stop);
            }
        }
        match self.report.take() {
            Some(report) => Outcome::Promoted { report },
            None => Outcome::Failed { problem: problems::no_report(self.plan), report: None },
        }
    }

    fn one(&mut self, step: &PlanStep) -> Result<(), Stop> {
        match &step.action {
            Action::Run { command } => self.run_command(step, command),
            Action::Fetch => self.fetch(step),
            Action::WritePins { path } => self.write_pins(path),
            Action::Rehome { from, to } => self.rehome(from, to),
            Action::Verify { python, device, inside } => self.verify(step, python, device, inside),
            Action::WriteFile { path, text, kept } => self.write_file(path, text, kept.as_deref()),
            Action::Expect { path, any, why } => self.expect(path, any, why),
            Action::Restart { why } => self.restart(why),
            Action::Register { at } => self.register(at),
            Action::Promote { from, to, aside } => self.promote(from, to, aside.as_deref()),
        }
    }

    fn stopped(&mut self, stop: Stop) -> Outcome {
        let report = self.report.take();
        match stop {
            Stop::Failed(problem) => Outcome::Failed { problem, report },
            Stop::Cancelled => {
                self.emit(None, EventKind::Cancelled).ok();
                Outcome::Cancelled { problem: problems::cancelled(self.plan) }
            }
        }
    }

    /// An environment half made by a run whose record is lost would be in the way of this one.
    fn clear_staging(&self) -> Result<(), Stop> {
        let staging = &self.plan.staging;
        if self.host.meta(&staging.join("pyvenv.cfg")).is_some() {
            self.host.remove(staging)?;
        }
        Ok(())
    }

    /// A new life of a run: survivors are ended, and what an interrupted install left half done is begun anew.
    fn wake_up(&mut self) -> Result<(), Stop> {
        rollback::end_survivors(&*self.host, &self.history)?;
        self.emit(None, EventKind::Resumed)?;
        let moved = self.history.done.contains("promote") || self.history.open.as_deref() == Some("promote");
        let staging_is_there = self.host.meta(&self.plan.staging).is_some();
        // An installer that was killed leaves files that it later takes for whole: only a fresh folder is trusted.
        let whole = self.history.done.contains("install") && staging_is_there;
        let torn = !moved && !whole;
        if torn {
            self.host.remove(&self.plan.staging)?;
            for step in ["environment", "pins", "install", "rehome", "verify"] {
                if self.history.done.remove(step) {
                    self.emit(None, EventKind::Undone { step: step.to_owned() })?;
                }
            }
        }
        // The verdict is needed at the end and is cheap beside the rest: it is made anew in each life.
        if !moved && self.history.done.remove("verify") {
            self.emit(None, EventKind::Undone { step: "verify".to_owned() })?;
        }
        if moved {
            self.report = prove::saved(&*self.host, &self.plan.places.run).map(Box::new);
        }
        // The wheels may have been cleaned away in between.
        let gone = |package: &crate::lock::LockedPackage| {
            let known = self.history.hashes.get(&package.wheel.file_name).map(String::as_str);
            let hash = package.wheel.sha256.as_deref().or(known);
            hash.is_none_or(|hash| {
                self.host.meta(&download::place(&self.plan.places.store, hash, &package.wheel.file_name)).is_none()
            })
        };
        if self.history.done.contains("download") && torn && self.plan.lock.packages.iter().any(gone) {
            self.history.done.remove("download");
        }
        Ok(())
    }

    fn is_cancelled(&self) -> bool {
        self.cancel.load(Ordering::Relaxed)
    }

    fn emit(&mut self, step: Option<&PlanStep>, kind: EventKind) -> Result<(), Stop> {
        let now = self.host.uptime();
        if !matches!(kind, EventKind::Quiet { .. }) {
            self.last_sound = now;
        }
        self.last_quiet = now;
        let event = RunEvent { time: crate::time::now(&*self.host), step: step.map(|step| step.key.clone()), kind };
        if event.kind.is_kept() {
            self.journal.add(&event)?;
        }
        (self.sink)(&event);
        Ok(())
    }

    /// Names a silence, once a second, from the second second on.
    fn quiet(&mut self, step: &PlanStep, doing: &str) -> Result<(), Stop> {
        let now = self.host.uptime();
        let silent = now.saturating_sub(self.last_sound);
        if silent >= Duration::from_millis(1500) && now.saturating_sub(self.last_quiet) >= Duration::from_secs(1) {
            let doing = doing.to_owned();
            self.emit(Some(step), EventKind::Quiet { seconds: silent.as_secs().max(1), doing })?;
        }
        Ok(())
    }

    fn store(&self) -> PathBuf {
        self.plan.places.store.clone()
    }
}
