//! Runs a plan step by step: emits events, writes the journal, goes on where it stopped, undoes what it did.

mod alone;
pub mod download;
mod event;
mod fetch;
pub mod in_place;
pub mod journal;
pub mod kept;
mod kernel;
mod listed;
mod locked;
pub mod log;
pub mod output;
mod places;
mod problems;
mod program;
pub mod prove;
mod quiet;
pub mod readers;
mod rehome;
mod remembered;
pub mod rollback;
mod said;
pub mod space;
mod steps;
mod wake;
mod wide;

use crate::host::{Host, HostError};
use crate::plan::{Action, Plan, PlanStep};
use crate::problem::Problem;
use crate::progress::Progress;
use crate::verify::{Circumstances, VerificationReport};
use journal::{History, Journal};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

pub use event::{EventKind, Outcome, RunEvent, Stall};
pub use locked::{lock_of, wheels_of};
pub use places::comes_back;
pub use problems::{network_problem, other_form, problem_of};
pub use program::is_unfinished_program;
pub use remembered::found_again;
pub use said::full_disk;

/// How a step ended other than well.
#[derive(Debug)]
enum Stop {
    Cancelled,
    Failed(Problem),
    NeedsUser(Problem),
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
    address: &'a (dyn Fn(&str) -> String + Sync),
    /// Best speed of a card for a check, from the catalogue.
    expected: &'a dyn Fn(&str, &str) -> Option<crate::verify::Expected>,
    circumstances: Circumstances,
    offline: bool,
    interactive: bool,
    /// Free bytes on the volume of uv's cache when the present installer began.
    room_before: Option<u64>,
    /// Writes that were refused though there seems to be room, since it was last waited for.
    refusals: u32,
    cancel: &'a AtomicBool,
    sink: &'a mut dyn FnMut(&RunEvent),
    journal: Journal,
    log: log::RunLog,
    watch: quiet::Watch,
    shown: Option<Duration>,
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
    pub address: &'a (dyn Fn(&str) -> String + Sync),
    /// Best speed of a card (by name) for a check (by name), in TFLOPS.
    pub expected: &'a dyn Fn(&str, &str) -> Option<crate::verify::Expected>,
    /// What the verdict rests on beside the checks; its choice of device and its time are set by the run.
    pub circumstances: Circumstances,
    /// Only what is in the caches.
    pub offline: bool,
    /// Somebody watches who can make room on a full disk: the run waits for that instead of ending.
    pub interactive: bool,
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
        Outcome::Promoted { report } => (promoted_code(plan, report.as_deref()), true),
        Outcome::NeedsUser { .. } => (NEEDS_USER, false),
        Outcome::Failed { problem, .. } if is_interruption(problem) => (INTERRUPTED, false),
        Outcome::Failed { .. } => (NO, false),
        Outcome::Cancelled { .. } => (CANCELLED, false),
    };
    // The journal of a run that another wizard is busy with is not ours to end.
    if !matches!(outcome, Outcome::Failed { problem, .. } if problem.label == "busy") {
        end(host, plan, code, settled)?;
    }
    if settled {
        program::settle(host, plan);
        rollback::give_up_replaced(host, plan);
    }
    Ok(code)
}

const NO: i32 = 1;
const NEEDS_USER: i32 = 3;
const INTERRUPTED: i32 = 4;
const CANCELLED: i32 = 130;

/// Trouble of the way there, not of the plan: the same run can go on later.
fn is_interruption(problem: &Problem) -> bool {
    matches!(
        problem.label.as_str(),
        "no-network" | "network" | "proxy" | "certificate" | "index-refused" | "disk-full" | "timeout" | "in-use"
            // The same in the words of `diagnose`.
            | "network-timeout" | "proxy-error" | "tls-verify" | "index-403-404" | "file-in-use"
            | crate::mistake::LABEL
    )
}

fn promoted_code(plan: &Plan, report: Option<&VerificationReport>) -> i32 {
    use crate::verify::Proof;
    // A plan that proves nothing has done what it says.
    let Some(report) = report else { return 0 };
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
/// A mistake of our own in the middle leaves what a killed wizard leaves, and it is gone on from there in the same way.
pub fn run(plan: &Plan, surroundings: Surroundings<'_>) -> Outcome {
    let (host, sink) = (Arc::clone(&surroundings.host), surroundings.sink);
    let done = crate::mistake::caught(|| go(plan, Surroundings { sink: &mut *sink, ..surroundings }));
    done.unwrap_or_else(|problem| {
        let problem = problems::of_mistake(plan, problem);
        // It may have been the telling that went wrong.
        crate::mistake::caught(|| tell_mistake(&host, plan, &problem, sink)).ok();
        Outcome::Failed { problem, report: None }
    })
}

/// In the journal, in the log and to whoever watches, as far as each of them works.
fn tell_mistake(host: &Arc<dyn Host>, plan: &Plan, problem: &Problem, sink: &mut dyn FnMut(&RunEvent)) {
    let kind = EventKind::Failed { problem: problem.clone() };
    let event = RunEvent { time: crate::time::now(&**host), step: None, kind };
    Journal::open(&**host, &plan.places.run).and_then(|mut journal| journal.add(&event)).ok();
    log::RunLog::open(Arc::clone(host), &plan.places.run).and_then(|mut log| log.note(&problem.cause)).ok();
    sink(&event);
}

fn go(plan: &Plan, surroundings: Surroundings<'_>) -> Outcome {
    let Surroundings { host, address, expected, circumstances, offline, interactive, cancel, sink } = surroundings;
    // What fails before there is a journal is told as well.
    let failed = |problem: Problem, sink: &mut dyn FnMut(&RunEvent)| {
        let kind = EventKind::Failed { problem: problem.clone() };
        sink(&RunEvent { time: crate::time::now(&*host), step: None, kind });
        Outcome::Failed { problem, report: None }
    };
    let locks = match alone::take_locks(&*host, plan) {
        Ok(locks) => locks,
        Err(problem) => return failed(problem, sink),
    };
    let opened = || -> Result<_, Problem> {
        let history = History::read(&*host, &plan.places.run).map_err(|error| problems::damaged(plan, &error))?;
        let journal = Journal::open(&*host, &plan.places.run).map_err(|error| problems::problem_of(&error))?;
        let mut log =
            log::RunLog::open(Arc::clone(&host), &plan.places.run).map_err(|error| problems::problem_of(&error))?;
        for line in log::heading(&*host, plan) {
            log.note(&line).map_err(|error| problems::problem_of(&error))?;
        }
        Ok((history, journal, log))
    };
    let (history, journal, log) = match opened() {
        Ok(opened) => opened,
        Err(problem) => return failed(problem, sink),
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
        interactive,
        room_before: None,
        refusals: 0,
        cancel,
        sink,
        journal,
        log,
        watch: quiet::Watch::default(),
        shown: None,
        history,
        report: None,
        last_sound: now,
        last_quiet: now,
    };
    let outcome = runner.all();
    drop(locks);
    outcome
}

impl<'a> Runner<'a> {
    fn all(&mut self) -> Outcome {
        let woken = if self.history == History::default() { self.clear_staging() } else { self.wake_up() };
        if let Err(stop) = woken.and_then(|()| self.unlock_source()) {
            if let Stop::Failed(problem) = &stop {
                self.emit(None, EventKind::Failed { problem: problem.clone() }).ok();
            }
            return self.stopped(stop);
        }
        while let Err((step, stop)) = self.steps() {
            // With room made, what was thrown away is made again by the next round.
            let Err(stop) = self.make_room(step, *stop) else { continue };
            let stop = self.back_in_place(stop);
            let told = match &stop {
                Stop::Failed(problem) => Some(EventKind::Failed { problem: problem.clone() }),
                Stop::NeedsUser(problem) => {
                    Some(EventKind::NeedsUser { problem: problem.clone(), booted: self.host.booted() })
                }
                Stop::Cancelled => None,
            };
            if let Stop::Failed(problem) = &stop {
                // Whoever reads the log alone finds the cause there as well.
                self.log.note(&problem.cause).ok();
            }
            if let Some(told) = told {
                self.emit(Some(step), told).ok();
            }
            return self.stopped(stop);
        }
        let proves = self.plan.steps.iter().any(|step| matches!(step.action, Action::Verify { .. }));
        match self.report.take() {
            None if proves => Outcome::Failed { problem: problems::no_report(self.plan), report: None },
            report => Outcome::Promoted { report },
        }
    }

    /// Runs what is not done, until a step stops.
    fn steps(&mut self) -> Result<(), (&'a PlanStep, Box<Stop>)> {
        let plan = self.plan;
        for (number, step) in plan.steps.iter().enumerate() {
            self.progress.begin(number);
            if self.history.done.contains(&step.key) {
                self.progress.end();
                continue;
            }
            let began = self.host.uptime();
            let result = self
                .emit(Some(step), EventKind::Started { title: step.title.clone() })
                .and_then(|()| self.may_run(step))
                .and_then(|()| self.one(step))
                .and_then(|()| {
                    self.progress.end();
                    self.history.done.insert(step.key.clone());
                    self.emit(Some(step), EventKind::Finished)
                });
            let how = match &result {
                Ok(()) => "done",
                Err(Stop::Cancelled) => "cancelled",
                Err(Stop::Failed(_)) => "failed",
                Err(Stop::NeedsUser(_)) => "waits for the user",
            };
            let after = log::seconds(self.host.uptime().saturating_sub(began));
            // A log that cannot be written is no reason to call a step undone.
            self.log.note(&format!("══ {}: {how} after {after}", step.key)).ok();
            result.map_err(|stop| (step, Box::new(stop)))?;
        }
        Ok(())
    }

    /// A step for administrators waits until we are one.
    fn may_run(&self, step: &PlanStep) -> Result<(), Stop> {
        if step.admin && !self.host.is_elevated() {
            return Err(Stop::NeedsUser(problems::needs_administrator(self.plan, step, self.shell())));
        }
        Ok(())
    }

    fn one(&mut self, step: &PlanStep) -> Result<(), Stop> {
        match &step.action {
            Action::Run { command } => self.run_command(step, command),
            Action::Fetch => self.fetch(step),
            Action::WritePins { path } => self.write_pins(path),
            Action::Rehome { from, to } => self.rehome(from, to),
            Action::Verify { python, device, inside } => self.verify(step, python, device, inside),
            Action::WriteFile { path, text, kept } => self.write_file(step, path, text, kept.as_deref()),
            Action::Expect { path, any, why } => self.expect(path, any, why),
            Action::Restart { why } => self.restart(step, why),
            Action::Register { at } => self.register(at, at),
            Action::SetAside { environment, packages, leftovers, aside } => {
                self.set_aside(step, environment, (packages, leftovers), aside)
            }
            Action::MoveIn { aside, environment } => self.move_in(step, aside, environment),
            Action::DropAside { aside } => self.drop_aside(step, aside),
            Action::Program { commands, staging, to, .. } => self.program(step, commands, staging, to),
            Action::Promote { from, to, aside } => self.promote(step, from, to, aside.as_deref()),
        }
    }

    fn stopped(&mut self, stop: Stop) -> Outcome {
        let report = self.report.take();
        match stop {
            Stop::Failed(problem) => Outcome::Failed { problem, report },
            Stop::NeedsUser(problem) => Outcome::NeedsUser { problem },
            Stop::Cancelled => {
                self.emit(None, EventKind::Cancelled).ok();
                Outcome::Cancelled { problem: problems::cancelled(self.plan) }
            }
        }
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
        if let EventKind::Child { id, .. } = kind {
            self.watch.begin(id);
        } else if matches!(kind, EventKind::Started { .. }) {
            self.watch = quiet::Watch::default();
        }
        let time = self.log.moment().to_owned();
        let event = RunEvent { time, step: step.map(|step| step.key.clone()), kind };
        if event.kind.is_kept() {
            self.journal.add(&event)?;
        }
        (self.sink)(&event);
        Ok(())
    }

    fn store(&self) -> PathBuf {
        self.plan.places.store.clone()
    }
}
