//! Runs the check program in an environment and reads what it says. The same for `verify` and for the step of a plan.

mod place;
pub mod several;

pub use place::{NOT_STARTED, Place, prove_known};

use super::output::{Lines, without_colours};
use super::wake::promotion;
use super::{EventKind, Runner, Stop};
use crate::assess::{Route, Unblock, install_vc_runtime};
use crate::catalog::Catalog;
use crate::diagnose::Knowledge;
use crate::host::{ChildEvent, ChildExit, Host, HostError};
use crate::monitor::MonitorTick;
use crate::plan::{CommandSpec, Inside, PlanStep};
use crate::problem::Problem;
use crate::verify::command::SOAK_SECONDS;
use crate::verify::{
    Check, CheckOutcome, Circumstances, DeviceChoice, Expected, Level, Progress, Proof, ReportBuilder, VC_RUNTIME,
    VerificationReport,
};
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

/// What to prove, and under which circumstances.
pub struct Proving<'a> {
    /// The interpreter of the environment, and where it runs.
    pub place: Place,
    /// A folder for the check program.
    pub folder: PathBuf,
    /// How thorough.
    pub level: Level,
    /// How long the load of a soak lasts.
    pub seconds: u64,
    /// What the verdict rests on beside the checks.
    pub circumstances: Circumstances,
    /// Best speed of a card (by name) in a check (by name).
    pub expected: &'a dyn Fn(&str, &str) -> Option<Expected>,
    /// Variables that would bend the interpreter.
    pub cleared: std::collections::BTreeSet<String>,
    /// Python writes nothing of what it compiles into the environment.
    pub leaves_no_trace: bool,
}

/// What happens meanwhile.
pub enum News<'a> {
    /// The check program runs.
    Child(u32),
    /// It said where it stands.
    Progress(Progress),
    /// A line that is none of its own.
    Log {
        /// On standard error.
        stderr: bool,
        /// The line.
        text: &'a str,
    },
    /// 100 ms went by.
    Tick,
}

/// Runs the checks. `None` if `on` said stop.
pub fn prove(
    host: &dyn Host,
    proving: Proving<'_>,
    on: &mut dyn FnMut(News<'_>) -> ControlFlow<()>,
) -> Result<Option<VerificationReport>, Problem> {
    let command = command_of(host, &proving)?;
    let Proving { folder, place: Place { inside, .. }, circumstances, expected, .. } = proving;
    // Without a card there is nothing to read; one that is played says nothing true.
    let reads = circumstances.choice != DeviceChoice::Cpu && circumstances.card_present != Some(false);
    let mut builder = ReportBuilder::new(circumstances, expected);
    let (mut out, mut err) = (Lines::default(), Lines::default());
    // Whoever says stop is not told what a child found that had just ended.
    let is_stopped = std::cell::Cell::new(false);
    let mut on = |news: News<'_>| {
        let flow = on(news);
        is_stopped.set(is_stopped.get() || flow.is_break());
        flow
    };
    let began = host.uptime();
    let seconds = || host.uptime().saturating_sub(began).as_secs_f64();
    let mut child = None;
    builder.powered(host.power_supply());
    let exit = while_reading(host, reads, |ticks| {
        host.run(&command, &mut |event| {
            builder.at(seconds());
            for tick in ticks.try_iter() {
                read(host, &mut builder, &tick, child);
            }
            let (bytes, lines, stderr) = match event {
                ChildEvent::Started(id) => {
                    child = Some(id);
                    return on(News::Child(id));
                }
                ChildEvent::Tick => return on(News::Tick),
                ChildEvent::Stdout(bytes) => (bytes, &mut out, false),
                ChildEvent::Stderr(bytes) => (bytes, &mut err, true),
            };
            let mut flow = ControlFlow::Continue(());
            lines.take(bytes, &mut |line| {
                if flow.is_continue() {
                    flow = pass_on(&mut builder, stderr, line, &mut on);
                }
            });
            flow
        })
    });
    let exit = exit.map_err(|error| super::problem_of(&error))?;
    end_container(host, &inside, &folder).map_err(|error| super::problem_of(&error))?;
    if is_stopped.get() {
        return Ok(None);
    }
    builder.powered(host.power_supply());
    // A program that crashes does not end its last line.
    for (lines, stderr) in [(&mut out, false), (&mut err, true)] {
        lines.flush(&mut |line| {
            // The child has ended: there is nothing left to stop.
            let _nothing_to_stop = pass_on(&mut builder, stderr, line, &mut on);
        });
    }
    match exit {
        ChildExit::Stopped => Ok(None),
        ChildExit::Code(code) => Ok(Some(builder.finish(Some(code)))),
        ChildExit::Signal(_) => Ok(Some(builder.finish(None))),
    }
}

/// Takes a reading. A process on a card that nobody announced may be of the check program's tree all the same; only then
/// the system's table of processes is read, which takes a while.
fn read(host: &dyn Host, builder: &mut ReportBuilder<'_>, tick: &MonitorTick, child: Option<u32>) {
    if builder.meets_strangers(tick)
        && let Some(activity) = child.and_then(|child| host.activity(child))
    {
        builder.own(activity.processes);
    }
    builder.read(tick);
}

/// The cards are read so often while the checks run.
const READ: Duration = Duration::from_millis(500);

/// Does something while the cards are read on a thread of their own, which a driver that hangs holds up for a moment at
/// most.
fn while_reading<T>(host: &dyn Host, reads: bool, work: impl FnOnce(&Receiver<MonitorTick>) -> T) -> T {
    std::thread::scope(|scope| {
        let (sender, ticks) = channel();
        let body = move || {
            // Ends once nobody hears it any more, whatever became of the work.
            let watched = crate::monitor::watch(host, READ, None, &mut |tick| {
                if sender.send(tick.clone()).is_err() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
            });
            if let Err(error) = watched {
                tracing::debug!("the cards are not read meanwhile: {error}");
            }
        };
        if reads && let Err(error) = std::thread::Builder::new().name("readings".to_owned()).spawn_scoped(scope, body) {
            tracing::debug!("the cards are not read meanwhile: {error}");
        }
        work(&ticks)
    })
}

fn command_of(host: &dyn Host, proving: &Proving<'_>) -> Result<CommandSpec, Problem> {
    let Proving { place, folder, level, seconds, circumstances, cleared, leaves_no_trace, .. } = proving;
    let Place { python, inside } = place;
    let failed = |error| super::problem_of(&error);
    if *inside == Inside::Here {
        let script = folder.join("verify.py");
        host.write_atomic(&script, crate::verify::VERIFY_PY.as_bytes()).map_err(failed)?;
        let mut command = crate::verify::command(python, &script, &circumstances.choice, *level, *seconds);
        command.env_remove.clone_from(cleared);
        if *leaves_no_trace {
            command.args.insert(0, "-B".to_owned());
        }
        return Ok(command);
    }
    end_container(host, inside, folder).map_err(failed)?;
    host.make_dir(folder).map_err(failed)?;
    let command = crate::verify::command_inside(python, inside, &circumstances.choice, *level, *seconds);
    Ok(noting_id(inside, folder).wrap(command))
}

/// Where the container of a verification writes its id.
fn id_file(folder: &Path) -> PathBuf {
    folder.join("verify.container")
}

/// The same place; a container writes down its id, since it does not end with the program that started it.
fn noting_id(inside: &Inside, folder: &Path) -> Inside {
    let mut inside = inside.clone();
    if let Inside::Container { options, .. } = &mut inside {
        options.push(format!("--cidfile={}", id_file(folder).display()));
    }
    inside
}

/// How long an engine may take to end a container.
const ENDING: Duration = Duration::from_secs(30);

/// Ends the container of a verification that was stopped or left behind. Nothing there is success.
pub fn end_container(host: &dyn Host, inside: &Inside, folder: &Path) -> Result<(), HostError> {
    let (Inside::Container { program, .. }, file) = (inside, id_file(folder)) else { return Ok(()) };
    if host.meta(&file).is_none() {
        return Ok(());
    }
    let id = String::from_utf8_lossy(&host.read(&file)?).trim().to_owned();
    if !id.is_empty() {
        // One that has ended by itself is not there any more, which the engine calls an error.
        crate::host::output(host, &CommandSpec::new(program, ["rm", "--force", &id]), ENDING)?;
    }
    host.remove(&file)
}

fn pass_on(
    builder: &mut ReportBuilder<'_>,
    stderr: bool,
    line: &str,
    on: &mut dyn FnMut(News<'_>) -> ControlFlow<()>,
) -> ControlFlow<()> {
    let progress = if stderr { None } else { builder.line(line) };
    match progress {
        Some(progress) => on(News::Progress(progress)),
        None if stderr => on(News::Log { stderr, text: &without_colours(line) }),
        None => ControlFlow::Continue(()),
    }
}

/// The report that a run left.
pub fn saved(host: &dyn Host, run: &Path) -> Option<VerificationReport> {
    serde_json::from_slice(&host.read(&run.join("report.json")).ok()?).ok()
}

impl Runner<'_> {
    pub(super) fn verify(&mut self, step: &PlanStep, python: &Path, device: &str, inside: &Inside) -> Result<(), Stop> {
        let choice: DeviceChoice = device.parse().unwrap_or(DeviceChoice::All);
        let mut circumstances = self.circumstances.clone();
        circumstances.choice = choice;
        circumstances.taken_at = crate::time::now(&*self.host);
        let proving = Proving {
            place: Place { python: python.to_owned(), inside: inside.clone() },
            folder: self.plan.places.run.clone(),
            level: Level::Quick,
            seconds: SOAK_SECONDS,
            circumstances,
            expected: self.expected,
            cleared: self.plan.inheritance.cleared.clone(),
            leaves_no_trace: crate::plan::in_place::is_in_place(self.plan),
        };
        let host = Arc::clone(&self.host);
        let (from, began) = (self.log.end(), self.host.now());
        let mut trouble = None;
        let result = prove(&*host, proving, &mut |news| {
            let result = self.proof_news(step, news);
            let stop = result.is_err() || self.is_cancelled();
            trouble = trouble.take().or(result.err());
            if stop { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        });
        if let Some(trouble) = trouble {
            return Err(trouble);
        }
        let Some(mut report) = result.map_err(Stop::Failed)? else { return Err(Stop::Cancelled) };
        // The processor was checked because there is no card: the verdict says so.
        if report.verdict == Proof::CpuOnly && self.circumstances.card_present == Some(false) {
            report.verdict = Proof::NoGpu;
        }
        report.lock = Some(self.lock_with_hashes().digest());
        let path = self.plan.places.run.join("report.json");
        crate::store::save(&*self.host, &path, &report).map_err(|error| Stop::Failed(error.into()))?;
        self.emit(Some(step), EventKind::Verified { report: Box::new(report.clone()) })?;
        let good = is_good(self.plan.assessment.route, &report);
        let problem = (!good).then(|| not_proven(self.plan, &report));
        self.report = Some(Box::new(report));
        let Some(problem) = problem else { return Ok(()) };
        self.log.flush()?;
        if self
            .report
            .as_ref()
            .is_some_and(|report| report.checks.iter().any(|check| check.outcome == CheckOutcome::Crashed))
        {
            self.note_kernel(began)?;
        }
        let diagnosis = self.diagnosed(from);
        self.tell_diagnosis(step, diagnosis)?;
        Err(Stop::Failed(problem))
    }

    fn proof_news(&mut self, step: &PlanStep, news: News<'_>) -> Result<(), Stop> {
        match news {
            News::Child(id) => {
                let began = self.host.process_began(id).unwrap_or_default();
                self.emit(Some(step), EventKind::Child { id, began })
            }
            News::Progress(Progress::Ended(check)) => {
                if let Some(words) = complaint(&check) {
                    self.log.note(&words)?;
                }
                self.emit(Some(step), EventKind::Check { check: *check })
            }
            News::Progress(Progress::Waiting { what, seconds }) => {
                if seconds == 0 {
                    return Ok(());
                }
                self.emit(Some(step), EventKind::Quiet { seconds, doing: what, stall: None })
            }
            News::Progress(Progress::Started { check, device, .. }) => {
                self.emit(Some(step), EventKind::Checking { check, device })
            }
            // What an install runs are short ones.
            News::Progress(Progress::Began(_) | Progress::GoesOn { .. } | Progress::Finished) => Ok(()),
            News::Log { stderr, text } => {
                let text = crate::report::without_secrets(text);
                self.log.note(&text)?;
                self.emit(Some(step), EventKind::Log { stderr, text: text.into_owned() })
            }
            News::Tick => self.quiet(step, &step.silence),
        }
    }
}

/// What is promoted: a proof; without a usable card, or on the processor by choice, checks that all passed.
fn is_good(route: Route, report: &VerificationReport) -> bool {
    match report.verdict {
        Proof::Proven => true,
        Proof::NoGpu | Proof::CpuOnly => route == Route::Cpu && report.all_passed(),
        // The checks of a simulated card pass and prove nothing.
        Proof::Incomplete => report.simulated && report.all_passed(),
        Proof::Failed => false,
    }
}

/// A check that did not pass, as it stands in the log.
fn complaint(check: &Check) -> Option<String> {
    let is_bad = !matches!(check.outcome, CheckOutcome::Passed | CheckOutcome::Skipped);
    let detail = check.detail.as_deref().filter(|_| is_bad)?;
    Some(format!("{}: {detail}", check.check))
}

/// What helps against a failure that has a name, before the checks run again.
fn remedy(label: Option<&str>) -> Option<Unblock> {
    let catalog = label.filter(|label| *label == VC_RUNTIME).and_then(|_| Catalog::embedded().ok())?;
    install_vc_runtime(catalog)
}

fn not_proven(plan: &crate::plan::Plan, report: &VerificationReport) -> Problem {
    let first =
        report.checks.iter().find(|check| !matches!(check.outcome, CheckOutcome::Passed | CheckOutcome::Skipped));
    let which = first.map_or_else(
        || format!("the verdict is {}", report.verdict.word()),
        |check| format!("{}: {}", check.check, check.detail.as_deref().unwrap_or("no further words")),
    );
    let problem = Problem::new(
        report.label.as_deref().unwrap_or("not-proven"),
        format!("PyTorch was installed but not proven: {}.", which.trim_end_matches('.')),
    )
    .changed(match promotion(plan) {
        Some(_) => format!(
            "{} is as it was before; what was not proven waits in {}.",
            plan.target.display(),
            plan.staging.display()
        ),
        None if crate::plan::in_place::is_in_place(plan) => super::problems::untouched(plan),
        None => "What was installed stays, and is not in the list of environments.".to_owned(),
    });
    let problem = match remedy(report.label.as_deref()) {
        Some(Unblock { text, command: Some(command), .. }) => problem.command(text, command),
        Some(Unblock { text, command: None, .. }) => problem.advise(text),
        None => match report.label.as_deref().and_then(|label| Knowledge::embedded().ok()?.failure(label)) {
            Some(failure) => problem.advise(&failure.remedy),
            None => problem,
        },
    };
    problem.command("Run the checks again", "torch-wizard resume").command("Remove it", "torch-wizard rollback")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn libraries_that_windows_cannot_load_have_the_remedy_that_the_advice_has() {
        let way = remedy(Some("vcredist-missing")).unwrap();
        assert_eq!(way.code, "install-vc-runtime");
        assert!(way.command.is_some_and(|command| command.starts_with("winget install")));
        assert_eq!((remedy(Some("antivirus")), remedy(None)), (None, None));
    }
}
